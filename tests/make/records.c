/* The record lists of a scenario: written-out events and lines, and noise, which is many of them at
 * times and with values that the seed chooses. */
#include "catalog.h"
#include "hash.h"
#include "text_writers.h"

static const char *const event_keys[] = {
    "at",  "log",  "EventID", "Level",    "Provider_Name", "Channel", "Computer", "user", "pid",
    "tid", "Data", "Binary",  "UserData", "from",          "to",      "count",    NULL};
static const char *const line_keys[] = {"at",   "log", "message", "type",   "component", "thread",
                                        "from", "to",  "count",   "format", NULL};

/* In noise a list of values is a choice, and the texts may hold {n} (running number), {num} and
 * {guid} (random). The choice is made per record. */
typedef struct dice {
    mk_scenario *s;
    uint64_t state, n;
    bool noise;
} dice;

static void keep_field(mk_scenario *s, mk_fields *v, mk_field f)
{
    if (!APD_PUSH(s->arena, *v, f))
        mk_die("out of memory");
}

static apd_str fill_in(dice *d, apd_str text)
{
    if (!d->noise || apd_find(text, APD_LIT("{")) == SIZE_MAX)
        return text;
    apd_buf b;
    apd_buf_init(&b, d->s->arena);
    while (text.len > 0) {
        size_t used = 1;
        uint64_t r = apd_starts(text, APD_LIT("{")) ? mk_rand(&d->state) : 0;
        if (apd_starts(text, APD_LIT("{n}"))) {
            apd_buf_addf(&b, "%llu", (unsigned long long)d->n);
            used = 3;
        } else if (apd_starts(text, APD_LIT("{num}"))) {
            apd_buf_addf(&b, "%llu", (unsigned long long)(r % 60000));
            used = 5;
        } else if (apd_starts(text, APD_LIT("{guid}"))) {
            uint64_t q = mk_rand(&d->state);
            apd_buf_addf(&b, "%08x-%04x-4%03x-a%03x-%012llx", (unsigned)(r >> 32),
                         (unsigned)(r >> 16 & 0xFFFF), (unsigned)(r & 0xFFF), (unsigned)(q >> 52),
                         (unsigned long long)(q & 0xFFFFFFFFFFFF));
            used = 6;
        } else {
            apd_buf_addc(&b, text.ptr[0]);
        }
        text = apd_sub(text, used, text.len);
    }
    return apd_buf_str(&b);
}

static apd_str choose(dice *d, const mk_node *n)
{
    if (n && n->kind == MK_SEQ && d->noise && n->first) {
        size_t count = 0;
        for (const mk_node *m = n->first; m; m = m->next)
            count++;
        uint64_t pick = mk_below(&d->state, count);
        for (n = n->first; pick > 0; pick--)
            n = n->next;
    }
    if (n && n->kind != MK_SCALAR)
        mk_die_at(n, "one text is expected here");
    return n ? fill_in(d, n->text) : (apd_str){0};
}

static bool is_event_key(apd_str key)
{
    for (size_t i = 0; event_keys[i]; i++)
        if (apd_eq(key, apd_str_of(event_keys[i])))
            return true;
    return false;
}

/* A field written as {type: T, value: V}, or a text, which is a string. */
static mk_field typed_field(dice *d, const mk_node *n)
{
    mk_field f = {.name = n->key, .type = MK_STRING};
    if (n->kind != MK_MAP) {
        f.text = choose(d, n);
        return f;
    }
    f.text = choose(d, mk_get(n, "value"));
    if (!mk_type_parse(mk_get_text(n, "type", "string"), &f.type))
        mk_die_at(n, "there is no such type");
    return f;
}

static void set_field(dice *d, mk_event *e, const mk_node *n, bool listed)
{
    if (!listed) {
        keep_field(d->s, &e->fields, typed_field(d, n));
        return;
    }
    for (size_t i = 0; i < e->fields.n; i++) {
        if (apd_eq(e->fields.at[i].name, n->key)) {
            e->fields.at[i].text = choose(d, n);
            return;
        }
    }
    mk_die_at(n, "event %u of %.*s has no field %.*s", e->id, APD_FMT(e->provider),
              APD_FMT(n->key));
}

static void set_classic(dice *d, mk_event *e, const mk_node *data, const mk_node *binary)
{
    e->body = MK_CLASSIC;
    e->fields.n = 0;
    e->binary = choose(d, binary);
    for (const mk_node *m = data ? data->first : NULL; m; m = m->next) {
        mk_field f = {.text = choose(d, m), .type = MK_STRING};
        keep_field(d->s, &e->fields, f);
    }
    if (e->qualifiers < 0)
        e->qualifiers = 0;
}

static void set_user_data(dice *d, mk_event *e, const mk_node *n)
{
    const mk_node *root = n->first;
    if (!root || root->kind != MK_MAP || root->next)
        mk_die_at(n, "UserData holds one element with its fields");
    e->body = MK_USER_DATA;
    e->fields.n = 0;
    e->root = root->key;
    for (const mk_node *m = root->first; m; m = m->next) {
        if (apd_eq(m->key, APD_LIT("xmlns")))
            e->xmlns = m->text;
        else
            keep_field(d->s, &e->fields, typed_field(d, m));
    }
}

static void check_values(const mk_event *e, const mk_node *n)
{
    mk_out scratch = {0};
    for (size_t i = 0; i < e->fields.n; i++) {
        const mk_field *f = &e->fields.at[i];
        if (!mk_value_put(&scratch, f->type, f->text))
            mk_die_at(n, "%.*s: '%.*s' is not a %s", APD_FMT(f->name), APD_FMT(f->text),
                      mk_type_name(f->type));
    }
    mk_free(&scratch);
}

static mk_event read_event(dice *d, const mk_catalog *c, const mk_node *n)
{
    mk_event e = {.qualifiers = -1,
                  .id = (uint32_t)mk_get_number(n, "EventID", UINT32_MAX),
                  .provider = mk_get_text(n, "Provider_Name", ""),
                  .channel = mk_get_text(n, "Channel", ""),
                  .computer = mk_get_text(n, "Computer", ""),
                  .sid = mk_get_text(n, "user", "S-1-5-18")};
    if (e.id > UINT16_MAX)
        mk_die_at(n, "an event needs an EventID up to 65535");
    if (mk_get(n, "log") && !mk_catalog_log(c, mk_get(n, "log")->text, &e))
        mk_die_at(n, "names.yml has no event log of that name");
    if (e.provider.len == 0)
        mk_die_at(n, "an event needs a log with one provider, or Provider_Name");
    mk_catalog_provider(c, &e);
    bool listed = mk_catalog_event(c, &e);
    e.level = (uint32_t)mk_get_number(n, "Level", listed ? e.level : 4);
    uint64_t h = apd_hash(e.provider);
    e.pid = (uint32_t)mk_get_number(n, "pid", 1000 + (h % 2000) * 4);
    e.tid = (uint32_t)mk_get_number(n, "tid", e.pid + 12 + (h >> 32) % 400 * 4);
    for (const mk_node *m = n->first; m; m = m->next)
        if (!is_event_key(m->key))
            set_field(d, &e, m, listed);
    if (mk_get(n, "Data") || mk_get(n, "Binary"))
        set_classic(d, &e, mk_get(n, "Data"), mk_get(n, "Binary"));
    if (mk_get(n, "UserData"))
        set_user_data(d, &e, mk_get(n, "UserData"));
    check_values(&e, n);
    return e;
}

static mk_line read_line(dice *d, const mk_node *n)
{
    mk_only_keys(n, line_keys);
    mk_line l = {.log = mk_get_text(n, "log", "IntuneManagementExtension"),
                 .message = choose(d, mk_get(n, "message")),
                 .component = mk_get_text(n, "component", ""),
                 .format = mk_get_text(n, "format", "")};
    apd_str thread = choose(d, mk_get(n, "thread")), type = choose(d, mk_get(n, "type"));
    uint64_t v = 0;
    bool negative;
    l.thread = apd_parse_int(thread, &v, &negative) ? (uint32_t)v : 4;
    l.type = apd_parse_int(type, &v, &negative) ? (uint32_t)v : 1;
    if (l.format.len && !mk_lines_format(l.format))
        mk_die_at(n, "there is no format %.*s", APD_FMT(l.format));
    if (l.component.len == 0 && l.format.len == 0)
        l.component = l.log;
    return l;
}

static void add_record(dice *d, const mk_catalog *c, const mk_node *n, bool line, apd_time time)
{
    mk_scenario *s = d->s;
    bool kept;
    if (line) {
        mk_line l = read_line(d, n);
        l.time = time;
        l.seq = s->lines.n;
        kept = APD_PUSH(s->arena, s->lines, l);
    } else {
        mk_event e = read_event(d, c, n);
        e.time = time;
        e.seq = s->events.n;
        kept = APD_PUSH(s->arena, s->events, e);
    }
    if (!kept)
        mk_die("out of memory");
}

static void read_list(mk_scenario *s, const mk_catalog *c, const mk_node *list, bool line)
{
    dice d = {.s = s};
    for (const mk_node *n = list ? list->first : NULL; n; n = n->next) {
        if (!mk_get(n, "at") || mk_get(n, "count"))
            mk_die_at(n, "a record needs at, the time since the start; count belongs into noise");
        add_record(&d, c, n, line, s->start + mk_get_span(n, "at", 0));
    }
}

static void read_noise(mk_scenario *s, const mk_catalog *c, const mk_node *list, bool line)
{
    for (const mk_node *n = list ? list->first : NULL; n; n = n->next) {
        int64_t from = mk_get_span(n, "from", 0), to = mk_get_span(n, "to", -1);
        uint64_t count = mk_get_number(n, "count", 0);
        dice d = {.s = s, .state = s->seed << 32 ^ n->line << 1 ^ line, .noise = true};
        if (to <= from || count == 0 || count > 1000000)
            mk_die_at(n, "noise needs from, a later to, and a count");
        for (d.n = 1; d.n <= count; d.n++) {
            int64_t at = from + (int64_t)mk_below(&d.state, (uint64_t)(to - from));
            add_record(&d, c, n, line, s->start + at);
        }
    }
}

void mk_read_records(mk_scenario *s, const struct mk_catalog *c, const mk_node *root)
{
    read_list(s, c, mk_get(root, "events"), false);
    read_list(s, c, mk_get(root, "ime"), true);
    read_list(s, c, mk_get(root, "lines"), true);
    read_noise(s, c, mk_get(root, "noise"), false);
    read_noise(s, c, mk_get(root, "ime_noise"), true);
}
