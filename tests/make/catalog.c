#include "catalog.h"

#include <stdio.h>
#include <stdlib.h>

enum { PROVIDER, GUID, CHANNEL, KEYWORDS, PROVIDER_COLUMNS };
enum {
    EV_PROVIDER,
    EV_ID,
    EV_VERSION,
    EV_LEVEL,
    EV_TASK,
    EV_OPCODE,
    EV_KEYWORDS,
    EV_QUALIFIERS,
    EV_FIELDS,
    EVENT_COLUMNS
};

typedef struct row {
    apd_str cell[EVENT_COLUMNS];
} row;

typedef APD_VEC(row) rows;

struct mk_catalog {
    apd_arena *arena;
    const mk_node *logs;
    rows providers, events;
};

static apd_str read_file(apd_arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        mk_die("%s: cannot be opened", path);
    apd_buf b;
    apd_buf_init(&b, a);
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof(block), f)) > 0;)
        apd_buf_add(&b, apd_str_from(block, n));
    fclose(f);
    return apd_buf_str(&b);
}

/* Takes the part of *s before `end` and steps over it. */
static apd_str cut(apd_str *s, char end)
{
    const char *p = s->len > 0 ? memchr(s->ptr, end, s->len) : NULL;
    apd_str head = apd_sub(*s, 0, p ? (size_t)(p - s->ptr) : s->len);
    *s = apd_sub(*s, head.len + 1, s->len);
    return head;
}

static rows read_table(apd_arena *a, const char *folder, const char *name, size_t columns)
{
    rows t = {0};
    apd_str path = apd_printf_a(a, "%s/%s", folder, name);
    apd_str text = read_file(a, path.ptr);
    for (unsigned line = 1; text.len > 0; line++) {
        apd_str s = cut(&text, '\n');
        row r = {0};
        if (s.len == 0 || s.ptr[0] == '#')
            continue;
        size_t n = 0;
        for (apd_str rest = s; n < columns && (rest.len > 0 || n == columns - 1); n++)
            r.cell[n] = cut(&rest, '\t');
        if (n != columns)
            mk_die("%s:%u: %zu columns expected", path.ptr, line, columns);
        if (!APD_PUSH(a, t, r))
            mk_die("out of memory");
    }
    return t;
}

mk_catalog *mk_catalog_load(apd_arena *a, const char *names, const char *folder)
{
    mk_catalog *c = APD_NEW(a, mk_catalog);
    if (!c)
        mk_die("out of memory");
    c->arena = a;
    c->logs = mk_get(mk_yaml_load(a, names), "logs");
    c->providers = read_table(a, folder, "providers.tsv", PROVIDER_COLUMNS);
    c->events = read_table(a, folder, "events.tsv", EVENT_COLUMNS);
    return c;
}

static apd_str first_text(const mk_node *n)
{
    if (n && n->kind == MK_SEQ)
        n = n->first;
    return n ? n->text : (apd_str){0};
}

bool mk_catalog_log(const mk_catalog *c, apd_str log, mk_event *e)
{
    apd_str key = apd_strdup_a(c->arena, log);
    const mk_node *log_row = key.ptr ? mk_get(c->logs, key.ptr) : NULL;
    if (log_row && log_row->kind == MK_SEQ)
        log_row = log_row->first;
    if (!log_row || mk_get(log_row, "file"))
        return false;
    if (e->provider.len == 0)
        e->provider = first_text(mk_get(log_row, "provider"));
    if (e->channel.len == 0)
        e->channel = first_text(mk_get(log_row, "channel"));
    return true;
}

static uint64_t number(apd_str s)
{
    uint64_t v = 0;
    bool negative;
    if (!apd_parse_int(s, &v, &negative))
        mk_die("the catalog has %.*s where a number belongs", APD_FMT(s));
    return v;
}

/* A scenario may write only the part behind the slash: Enrollment. */
static bool channel_fits(apd_str full, apd_str wanted)
{
    if (apd_ieq(full, wanted))
        return true;
    size_t slash = apd_find(full, APD_LIT("/"));
    return slash != SIZE_MAX && apd_ieq(apd_sub(full, slash + 1, full.len), wanted);
}

void mk_catalog_provider(const mk_catalog *c, mk_event *e)
{
    for (size_t i = 0; i < c->providers.n; i++) {
        const row *r = &c->providers.at[i];
        if (!apd_eq(r->cell[PROVIDER], e->provider) ||
            (e->channel.len > 0 && !channel_fits(r->cell[CHANNEL], e->channel)))
            continue;
        e->channel = r->cell[CHANNEL];
        e->keywords = number(r->cell[KEYWORDS]);
        if (r->cell[GUID].len > 1)
            e->guid = r->cell[GUID];
        return;
    }
    if (e->channel.len == 0)
        mk_die("providers.tsv has no channel for the provider %.*s", APD_FMT(e->provider));
}

static void add_fields(const mk_catalog *c, mk_event *e, apd_str list)
{
    while (list.len > 0) {
        apd_str one = cut(&list, ' ');
        mk_field f = {.name = cut(&one, ':')};
        if (!mk_type_parse(one, &f.type))
            mk_die("events.tsv: event %u has a field of the unknown type %.*s", e->id,
                   APD_FMT(one));
        if (!APD_PUSH(c->arena, e->fields, f))
            mk_die("out of memory");
    }
}

bool mk_catalog_event(const mk_catalog *c, mk_event *e)
{
    for (size_t i = 0; i < c->events.n; i++) {
        const row *r = &c->events.at[i];
        if (number(r->cell[EV_ID]) != e->id || !apd_eq(r->cell[EV_PROVIDER], e->provider))
            continue;
        e->version = (uint32_t)number(r->cell[EV_VERSION]);
        e->level = (uint32_t)number(r->cell[EV_LEVEL]);
        e->task = (uint32_t)number(r->cell[EV_TASK]);
        e->opcode = (uint32_t)number(r->cell[EV_OPCODE]);
        if (!apd_eq(r->cell[EV_KEYWORDS], APD_LIT("-")))
            e->keywords = number(r->cell[EV_KEYWORDS]);
        if (!apd_eq(r->cell[EV_QUALIFIERS], APD_LIT("-")))
            e->qualifiers = (int32_t)number(r->cell[EV_QUALIFIERS]);
        add_fields(c, e, r->cell[EV_FIELDS]);
        return true;
    }
    return false;
}
