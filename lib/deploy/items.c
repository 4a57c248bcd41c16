/* Rows are found by id through an open-addressing table, whose slots know a part of the hash: a row is large, and
 * fetching it from memory to see that it is another one is what would cost. What a note tells is put into the row at
 * once; only the verdict waits until all sources have spoken. */
#include "items_p.h"

#include "hash.h"
#include "limits.h"
#include "vec.h"

enum { START_SLOTS = 256, LOGS = 16 };

/* The texts of a row, which are replaced as more is told. */
enum text {
    USER,
    NAME,
    VERSION,
    INTENT,
    PHASE,
    MAPPING,
    DETECTION,
    REASON,
    KIND,
    RAW, /* one of each source */
    NTEXTS = RAW + APD_NSOURCES
};

typedef struct row {
    apd_item item;
    uint32_t room[NTEXTS]; /* of the text's place in the arena */
} row;

typedef struct slot {
    uint32_t row; /* + 1; 0 = free */
    uint32_t tag; /* of the id */
} slot;

typedef struct current {
    apd_sym log;
    size_t row; /* SIZE_MAX: of none yet */
} current;

struct apd_items {
    apd_arena *arena;
    APD_VEC(row) rows;
    slot *slots;
    size_t nslots;
    current current[LOGS]; /* whom each log spoke of last */
    size_t ncurrent;
    uint64_t left_out;
};

#define NAMED(s)                                                                                   \
    {                                                                                              \
        (s), sizeof(s) - 1                                                                         \
    }
static const apd_str state_names[APD_ITEM_NSTATES] = {
    NAMED("unknown"),     NAMED("targeted"),   NAMED("not-applicable"), NAMED("waiting"),
    NAMED("downloading"), NAMED("downloaded"), NAMED("installing"),     NAMED("reboot"),
    NAMED("installed"),   NAMED("failed"),     NAMED("sleeping")};
static const apd_str source_names[APD_NSOURCES] = {NAMED("log"), NAMED("registry"), NAMED("report"),
                                                   NAMED("esp")};

const char *apd_item_state_name(apd_item_state s)
{
    return state_names[s].ptr;
}

const char *apd_item_source_name(apd_item_source s)
{
    return source_names[s].ptr;
}

apd_items *apd_items_new(apd_arena *a)
{
    apd_items *t = APD_NEW(a, apd_items);
    if (!t)
        return NULL;
    t->arena = a;
    t->nslots = START_SLOTS;
    t->slots = APD_NEWS(a, slot, t->nslots);
    return t->slots ? t : NULL;
}

static apd_str *text_of(apd_item *item, int which)
{
    apd_str *const texts[RAW] = {
        [USER] = &item->user,           [NAME] = &item->name,     [VERSION] = &item->version,
        [INTENT] = &item->intent,       [PHASE] = &item->phase,   [MAPPING] = &item->mapping,
        [DETECTION] = &item->detection, [REASON] = &item->reason, [KIND] = &item->kind,
    };
    return which < RAW ? texts[which] : &item->said[which - RAW].raw;
}

/* --- finding rows --- */

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* Where the id stands, or where it belongs. */
static slot *slot_of(const apd_items *t, apd_str id, uint64_t hash)
{
    size_t i = hash & (t->nslots - 1);
    while (t->slots[i].row && (t->slots[i].tag != tag_of(hash) ||
                               !apd_ieq(t->rows.at[t->slots[i].row - 1].item.id, id)))
        i = (i + 1) & (t->nslots - 1);
    return &t->slots[i];
}

static void enter_slot(apd_items *t, size_t i)
{
    apd_str id = t->rows.at[i].item.id;
    uint64_t hash = apd_hash_fold(id);
    *slot_of(t, id, hash) = (slot){(uint32_t)i + 1, tag_of(hash)};
}

static size_t find_row(const apd_items *t, apd_str id) /* SIZE_MAX: it has none */
{
    uint32_t found = slot_of(t, id, apd_hash_fold(id))->row;
    return found ? found - 1 : SIZE_MAX;
}

static bool widen(apd_items *t)
{
    slot *slots = APD_NEWS(t->arena, slot, 2 * t->nslots);
    if (!slots)
        return false;
    t->slots = slots;
    t->nslots *= 2;
    for (size_t i = 0; i < t->rows.n; i++)
        enter_slot(t, i);
    return true;
}

static apd_status add_row(apd_items *t, apd_str id, size_t *at)
{
    if (t->rows.n >= APD_MAX_ITEMS) {
        t->left_out++;
        return APD_SKIPPED;
    }
    if (2 * t->rows.n >= t->nslots && !widen(t))
        return APD_E_NOMEM;
    row r = {.item = {.detected = -1, .until = APD_TIME_NONE}};
    r.item.id = apd_strdup_a(t->arena, id);
    for (int i = 0; i < NTEXTS; i++)
        *text_of(&r.item, i) = APD_LIT("");
    if (!r.item.id.ptr || !APD_PUSH(t->arena, t->rows, r))
        return APD_E_NOMEM;
    *at = t->rows.n - 1;
    enter_slot(t, *at);
    return APD_OK;
}

/* A name that is known without anybody having spoken of the app. */
static bool is_catalog(const apd_item *item)
{
    return apd_eq(item->kind, APD_LIT("catalog"));
}

static bool is_script(apd_str kind)
{
    return apd_eq(kind, APD_LIT("script")) || apd_eq(kind, APD_LIT("remediation"));
}

static current *current_of(apd_items *t, apd_sym log)
{
    for (size_t i = 0; i < t->ncurrent; i++)
        if (t->current[i].log == log)
            return &t->current[i];
    if (t->ncurrent == LOGS)
        return NULL;
    t->current[t->ncurrent] = (current){log, SIZE_MAX};
    return &t->current[t->ncurrent++];
}

enum { LONGEST_ID = 512 }; /* a LocURI; longer is no id */

static int hex_value(char c)
{
    char l = apd_lower(c);
    return apd_is_digit(c) ? c - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* One spelling of an id: product codes without braces; LocURIs as the log writes them, not URL-encoded as names of
 * registry values are. */
static apd_str plain_id(apd_str id, char room[LONGEST_ID])
{
    if (id.len > 2 && id.ptr[0] == '{' && id.ptr[id.len - 1] == '}')
        return apd_sub(id, 1, id.len - 2);
    if (id.len > LONGEST_ID || !apd_starts(id, APD_LIT(".")) ||
        apd_find(id, APD_LIT("%")) == SIZE_MAX)
        return id;
    size_t n = 0;
    for (size_t i = 0; i < id.len; i++) {
        int high = i + 2 < id.len && id.ptr[i] == '%' ? hex_value(id.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_value(id.ptr[i + 2]) : -1;
        room[n++] = low >= 0 ? (char)(high << 4 | low) : id.ptr[i];
        i += low >= 0 ? 2 : 0;
    }
    return (apd_str){room, n};
}

/* The row that a note is about; APD_SKIPPED if there is none. */
static apd_status row_of(apd_items *t, const apd_note *note, size_t *at)
{
    char room[LONGEST_ID];
    apd_str id = plain_id(apd_trim(note->value[APD_ITEM_ID]), room);
    current *now = note->event->kind == APD_EVENT ? current_of(t, note->event->log) : NULL;
    if (apd_eq(id, APD_LIT("."))) {
        *at = now ? now->row : SIZE_MAX;
        bool fits = *at != SIZE_MAX &&
                    is_script(t->rows.at[*at].item.kind) == is_script(note->value[APD_ITEM_KIND]);
        return fits ? APD_OK : APD_SKIPPED;
    }
    if (id.len == 0 || id.len > LONGEST_ID)
        return APD_SKIPPED;
    *at = find_row(t, id);
    if (*at == SIZE_MAX)
        APD_TRY(add_row(t, id, at));
    if (*at == SIZE_MAX) /* left out */
        return APD_SKIPPED;
    if (now)
        now->row = *at;
    return APD_OK;
}

/* --- taking up what a note tells --- */

/* What a note says, read once. */
typedef struct told {
    const apd_str *value;
    apd_item_mark mark;
    apd_item_state state;
    apd_item_source by;
} told;

static apd_status set_text(apd_items *t, row *r, int which, apd_str from)
{
    bool kept = apd_restr_a(t->arena, text_of(&r->item, which), &r->room[which],
                            apd_sub(from, 0, APD_MAX_TOLD));
    return kept ? APD_OK : APD_E_NOMEM;
}

static apd_status take_text(apd_items *t, row *r, int which, apd_str from)
{
    from = apd_trim(from);
    if (from.len == 0 || apd_eq(from, *text_of(&r->item, which)))
        return APD_OK;
    return set_text(t, r, which, from);
}

static bool read_int(apd_str text, uint64_t *n, bool *negative)
{
    return text.len && apd_parse_int(apd_trim(text), n, negative);
}

static void take_number(apd_str text, uint64_t *out)
{
    uint64_t n;
    bool negative;
    if (read_int(text, &n, &negative) && !negative)
        *out = n;
}

static apd_item_state state_of(apd_str name)
{
    for (int i = 0; i < APD_ITEM_NSTATES && name.len; i++)
        if (apd_eq(name, state_names[i]))
            return (apd_item_state)i;
    return APD_ITEM_UNKNOWN;
}

static apd_item_source source_of(const apd_note *note)
{
    apd_str by = note->value[APD_ITEM_BY];
    for (int i = 0; i < APD_NSOURCES && by.len; i++)
        if (apd_eq(by, source_names[i]))
            return (apd_item_source)i;
    return note->event->kind == APD_FACT ? APD_BY_REGISTRY : APD_BY_LOG;
}

static apd_item_mark mark_of(const apd_note *note)
{
    const apd_event *ev = note->event;
    apd_item_mark m = {ev->time, ev->clock, ev->log, ev->where, true, ev->kind == APD_FACT};
    apd_time says;
    if (m.time == APD_TIME_NONE && apd_note_time_utc(note->value[APD_ITEM_TIME], &says)) {
        m.time = says;
        m.clock = APD_CLOCK_UTC;
    }
    return m;
}

/* A life goes forward; what was a step back is a new attempt, and so is a numbered one. */
static void enter(apd_item *item, apd_item_state s, const apd_item_mark *m, bool numbered)
{
    apd_item_state before = item->said[APD_BY_LOG].state;
    bool again = s != before && s <= APD_ITEM_INSTALLING && before >= APD_ITEM_INSTALLING;
    if (again) {
        item->download_start = item->download_end = item->install_start = item->install_end =
            (apd_item_mark){0};
        item->bytes = item->total = item->peers = 0;
    }
    if (s == APD_ITEM_DOWNLOADING && !item->download_start.seen)
        item->download_start = *m;
    if (s > APD_ITEM_DOWNLOADING && item->download_start.seen && !item->download_end.seen)
        item->download_end = *m;
    if (s == APD_ITEM_INSTALLING && (before != s || numbered)) {
        item->install_start = *m;
        item->install_end = (apd_item_mark){0};
        item->attempts += !numbered;
    }
    if (s > APD_ITEM_INSTALLING && item->install_start.seen && !item->install_end.seen)
        item->install_end = *m;
}

/* Which record told it: one of a log rather than the state that is left of it in the registry. */
static void remember(apd_item_mark *kept, const apd_item_mark *m)
{
    if (!kept->seen || kept->fact || !m->fact)
        *kept = *m;
}

static void take_exit(apd_item *item, apd_item_word *word, const apd_item_mark *m, int64_t code)
{
    word->has_exit = true;
    word->exit = code;
    remember(&item->exit_at, m);
    if (!m->fact && item->install_start.seen && !item->install_end.seen)
        item->install_end = *m;
}

/* What a source says now takes the place of what it said before, whatever the order of the files: a fact is the state
 * at the end, so it outlasts lines of a log; of two facts, for two users for example, the newer one stands. */
static bool is_outdated(const apd_item_word *word, const apd_item_mark *m)
{
    bool fact_before = word->mark.seen && word->mark.fact;
    if (fact_before && !m->fact)
        return true;
    return fact_before && m->time != APD_TIME_NONE && word->mark.time != APD_TIME_NONE &&
           m->time < word->mark.time;
}

static apd_status take_word(apd_items *t, row *r, const told *say)
{
    const apd_str *v = say->value;
    const apd_item_mark *m = &say->mark;
    apd_item *item = &r->item;
    apd_item_word *word = &item->said[say->by];
    uint64_t n;
    bool negative;
    if (is_outdated(word, m))
        return APD_OK;
    if (!word->mark.seen && (v[APD_ITEM_EXIT].len || v[APD_ITEM_CODE].len))
        word->mark = *m;
    if (read_int(v[APD_ITEM_EXIT], &n, &negative))
        take_exit(item, word, m, (int64_t)n);
    if (read_int(v[APD_ITEM_CODE], &n, &negative)) {
        word->has_code = (uint32_t)n != 0; /* 0 takes an earlier error back */
        word->code = (uint32_t)n;
        remember(&item->code_at, m);
    }
    /* every check-in lists all apps again: that takes nothing back */
    apd_item_state s = say->state;
    if (s == APD_ITEM_UNKNOWN || (s == APD_ITEM_TARGETED && word->state != APD_ITEM_UNKNOWN))
        return APD_OK;
    if (say->by == APD_BY_LOG)
        enter(item, s, m, v[APD_ITEM_ATTEMPT].len > 0);
    if (s == APD_ITEM_INSTALLED || s == APD_ITEM_INSTALLING)
        word->has_code = word->has_code && v[APD_ITEM_CODE].len > 0; /* of an earlier try */
    word->state = s;
    word->mark = *m;
    return set_text(t, r, RAW + say->by, apd_trim(v[APD_ITEM_RAW]));
}

static void take_results(apd_item *item, const told *say)
{
    const apd_str *v = say->value;
    uint64_t n = UINT64_MAX;
    apd_time slept;
    take_number(v[APD_ITEM_ATTEMPT], &n);
    if (n < 1000 && n + 1 > item->attempts) /* counted from 0 */
        item->attempts = (uint32_t)n + 1;
    take_number(v[APD_ITEM_BYTES], &item->bytes);
    take_number(v[APD_ITEM_TOTAL], &item->total);
    take_number(v[APD_ITEM_PEERS], &item->peers);
    if (v[APD_ITEM_UNTIL].len)
        apd_note_time(v[APD_ITEM_UNTIL], &item->until);
    if (v[APD_ITEM_ASLEEP].len && apd_note_time_utc(v[APD_ITEM_ASLEEP], &slept) &&
        slept < INT64_MAX - APD_TICKS_DAY) {
        item->until = slept + APD_TICKS_DAY;
        item->asleep_at = say->mark;
    }
    item->blocking |= apd_ieq(v[APD_ITEM_BLOCKING], APD_LIT("yes"));
    if (v[APD_ITEM_DETECTED].len) {
        item->detected = apd_ieq(apd_trim(v[APD_ITEM_DETECTED]), APD_LIT("true"));
        item->detection_at = say->mark;
    }
    if (say->state == APD_ITEM_TARGETED)
        item->assigned = say->mark;
}

/* Policies have numbers, decisions have words ("RequiredInstall"). */
static apd_str intent_words(apd_str s)
{
    static const struct {
        const char *prefix, *words;
    } table[] = {
        {"0", "dependency"},        {"1", "available"},          {"3", "required"},
        {"4", "uninstall"},         {"RequiredUn", "uninstall"}, {"Required", "required"},
        {"Available", "available"}, {"Uninstall", "uninstall"},  {"Dependen", "dependency"}};
    s = apd_trim(s);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        apd_str prefix = apd_str_of(table[i].prefix);
        if (prefix.len == 1 ? apd_eq(s, prefix) : apd_istarts(s, prefix))
            return apd_str_of(table[i].words);
    }
    return s;
}

static apd_status take_texts(apd_items *t, row *r, const apd_str *value)
{
    static const struct {
        unsigned value;
        enum text text;
    } table[] = {
        {APD_ITEM_USER, USER},           {APD_ITEM_NAME, NAME},       {APD_ITEM_VERSION, VERSION},
        {APD_ITEM_PHASE, PHASE},         {APD_ITEM_MAPPING, MAPPING}, {APD_ITEM_REASON, REASON},
        {APD_ITEM_DETECTION, DETECTION},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (value[table[i].value].len)
            APD_TRY(take_text(t, r, table[i].text, value[table[i].value]));
    if (value[APD_ITEM_INTENT].len)
        APD_TRY(take_text(t, r, INTENT, intent_words(value[APD_ITEM_INTENT])));
    /* the kind told first stands, but "win32" is also said of Store apps by lines that do not know better */
    apd_str before = r->item.kind, kind = value[APD_ITEM_KIND];
    bool vague = before.len == 0 || is_catalog(&r->item) || apd_eq(before, APD_LIT("win32"));
    bool tells = before.len == 0 || !apd_eq(kind, APD_LIT("catalog"));
    return vague && tells ? take_text(t, r, KIND, kind) : APD_OK;
}

apd_status apd_items_note(apd_items *t, const apd_note *note)
{
    size_t at;
    apd_status st = row_of(t, note, &at);
    if (st != APD_OK)
        return st == APD_SKIPPED ? APD_OK : st;
    row *r = &t->rows.at[at];
    const told say = {.value = note->value,
                      .mark = mark_of(note),
                      .state = state_of(note->value[APD_ITEM_STATE]),
                      .by = source_of(note)};
    if (note->event->kind == APD_EVENT) {
        r->item.last = say.mark;
        if (!r->item.first.seen)
            r->item.first = say.mark;
    }
    take_results(&r->item, &say);
    APD_TRY(take_texts(t, r, note->value));
    return take_word(t, r, &say);
}

/* Takes out the rows that only name something. */
static void drop_catalog(apd_items *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->rows.n; i++)
        if (!is_catalog(&t->rows.at[i].item))
            t->rows.at[n++] = t->rows.at[i];
    t->rows.n = n;
    memset(t->slots, 0, t->nslots * sizeof *t->slots);
    for (size_t i = 0; i < n; i++)
        enter_slot(t, i);
}

void apd_items_build(apd_items *t, const apd_clocks *clocks, apd_time newest)
{
    drop_catalog(t);
    for (size_t i = 0; i < t->rows.n; i++)
        apd_item_judge(&t->rows.at[i].item, clocks, newest);
}

size_t apd_items_count(const apd_items *t)
{
    return t->rows.n;
}

const apd_item *apd_items_at(const apd_items *t, size_t i)
{
    return &t->rows.at[i].item;
}

const apd_item *apd_items_find(const apd_items *t, apd_str id)
{
    char room[LONGEST_ID];
    size_t at = find_row(t, plain_id(id, room));
    return at != SIZE_MAX ? &t->rows.at[at].item : NULL;
}

uint64_t apd_items_left_out(const apd_items *t)
{
    return t->left_out;
}
