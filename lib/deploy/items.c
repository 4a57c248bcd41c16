/* Rows are found by id through an open-addressing table, whose slots know a part of the hash: a row is large, and
 * fetching it from memory to see that it is another one is what would cost. What a note tells is put into the row at
 * once; only the verdict waits until all sources have spoken. */
#include "items_p.h"

#include "hash.h"
#include "limits.h"
#include "vec.h"

enum { START_SLOTS = 256, LOGS = 16 };

typedef struct slot {
    uint32_t row; /* + 1; 0 = free */
    uint32_t tag; /* of the id */
} slot;

typedef struct current {
    apd_sym log;
    size_t item;
} current;

struct apd_items {
    apd_arena *arena;
    APD_VEC(apd_item) rows;
    slot *slots;
    size_t nslots;
    current current[LOGS]; /* whom each log spoke of last */
    size_t ncurrent;
    uint64_t left_out;
};

static const char *const state_names[APD_ITEM_NSTATES] = {
    "unknown",    "targeted", "not-applicable", "waiting", "downloading", "downloaded",
    "installing", "reboot",   "installed",      "failed",  "sleeping"};
static const char *const source_names[APD_NSOURCES] = {"log", "registry", "report", "esp"};

const char *apd_item_state_name(apd_item_state s)
{
    return state_names[s];
}

const char *apd_item_source_name(apd_item_source s)
{
    return source_names[s];
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

/* --- finding rows --- */

/* Eight bytes at a time, the last ones with some of those before; what this folds beside letters only costs a
 * comparison. */
static uint64_t fold_hash(apd_str s)
{
    const uint64_t fold = UINT64_C(0x2020202020202020);
    const uint8_t *p = (const uint8_t *)s.ptr;
    uint64_t h = s.len;
    for (size_t i = 0; s.len < 8 && i < s.len; i++)
        h = apd_hash_u64(h ^ (p[i] | 0x20u));
    for (size_t i = 0; i + 8 < s.len; i += 8)
        h = apd_hash_u64(h ^ (apd_u64le(p + i) | fold));
    return s.len < 8 ? h : apd_hash_u64(h ^ (apd_u64le(p + s.len - 8) | fold));
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* Where the id stands, or where it belongs. */
static slot *slot_of(const apd_items *t, apd_str id, uint64_t hash)
{
    size_t i = hash & (t->nslots - 1);
    while (t->slots[i].row &&
           (t->slots[i].tag != tag_of(hash) || !apd_ieq(t->rows.at[t->slots[i].row - 1].id, id)))
        i = (i + 1) & (t->nslots - 1);
    return &t->slots[i];
}

static void enter_slot(apd_items *t, size_t row)
{
    uint64_t hash = fold_hash(t->rows.at[row].id);
    *slot_of(t, t->rows.at[row].id, hash) = (slot){(uint32_t)row + 1, tag_of(hash)};
}

static size_t find_row(const apd_items *t, apd_str id) /* SIZE_MAX: it has none */
{
    uint32_t row = slot_of(t, id, fold_hash(id))->row;
    return row ? row - 1 : SIZE_MAX;
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

static apd_status add_row(apd_items *t, apd_str id, size_t *row)
{
    if (t->rows.n >= APD_MAX_ITEMS) {
        t->left_out++;
        return APD_SKIPPED;
    }
    if (2 * t->rows.n >= t->nslots && !widen(t))
        return APD_E_NOMEM;
    apd_item item = {.detected = -1, .until = APD_TIME_NONE};
    item.id = apd_strdup_a(t->arena, id);
    item.kind = item.user = item.name = item.version = item.intent = item.phase = APD_LIT("");
    item.mapping = item.detection = item.reason = APD_LIT("");
    if (!item.id.ptr || !APD_PUSH(t->arena, t->rows, item))
        return APD_E_NOMEM;
    *row = t->rows.n - 1;
    enter_slot(t, *row);
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
    if (id.len > LONGEST_ID || apd_find(id, APD_LIT("%")) == SIZE_MAX ||
        !apd_starts(id, APD_LIT(".")))
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
static apd_status row_of(apd_items *t, const apd_note *note, size_t *row)
{
    char room[LONGEST_ID];
    apd_str id = plain_id(apd_trim(note->value[APD_ITEM_ID]), room);
    current *now = note->event->kind == APD_EVENT ? current_of(t, note->event->log) : NULL;
    if (apd_eq(id, APD_LIT("."))) {
        *row = now ? now->item : SIZE_MAX;
        bool fits = *row != SIZE_MAX &&
                    is_script(t->rows.at[*row].kind) == is_script(note->value[APD_ITEM_KIND]);
        return fits ? APD_OK : APD_SKIPPED;
    }
    if (id.len == 0 || id.len > LONGEST_ID)
        return APD_SKIPPED;
    *row = find_row(t, id);
    if (*row == SIZE_MAX)
        APD_TRY(add_row(t, id, row));
    if (*row == SIZE_MAX) /* left out */
        return APD_SKIPPED;
    if (now)
        now->item = *row;
    return APD_OK;
}

/* --- taking up what a note tells --- */

static apd_status take_text(apd_items *t, apd_str from, apd_str *to)
{
    enum { LONGEST = 512 };
    from = apd_trim(from);
    if (from.len == 0 || apd_eq(from, *to))
        return APD_OK;
    apd_str copy = apd_strdup_a(t->arena, apd_sub(from, 0, LONGEST));
    if (!copy.ptr)
        return APD_E_NOMEM;
    *to = copy;
    return APD_OK;
}

static void take_number(apd_str text, uint64_t *out)
{
    uint64_t n;
    bool negative;
    if (apd_parse_int(apd_trim(text), &n, &negative) && !negative)
        *out = n;
}

static apd_item_state state_of(apd_str name)
{
    for (int i = 0; i < APD_ITEM_NSTATES; i++)
        if (apd_eq(name, apd_str_of(state_names[i])))
            return (apd_item_state)i;
    return APD_ITEM_UNKNOWN;
}

static apd_item_source source_of(const apd_note *note)
{
    for (int i = 0; i < APD_NSOURCES; i++)
        if (apd_eq(note->value[APD_ITEM_BY], apd_str_of(source_names[i])))
            return (apd_item_source)i;
    return note->event->kind == APD_FACT ? APD_BY_REGISTRY : APD_BY_LOG;
}

static apd_item_mark mark_of(const apd_note *note)
{
    const apd_event *ev = note->event;
    apd_item_mark m = {ev->time, ev->clock, ev->log, ev->where, true, ev->kind == APD_FACT};
    apd_time told;
    if (m.time == APD_TIME_NONE && apd_note_time_utc(note->value[APD_ITEM_TIME], &told)) {
        m.time = told;
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
static bool is_outdated(const apd_item_word *word, const apd_item_mark *m, bool is_fact)
{
    bool fact_before = word->mark.seen && word->mark.fact;
    if (fact_before && !is_fact)
        return true;
    return fact_before && m->time != APD_TIME_NONE && word->mark.time != APD_TIME_NONE &&
           m->time < word->mark.time;
}

static apd_status take_word(apd_items *t, apd_item *item, const apd_note *note)
{
    const apd_str *v = note->value;
    apd_item_source by = source_of(note);
    apd_item_mark m = mark_of(note);
    apd_item_word *word = &item->said[by];
    apd_item_state s = state_of(v[APD_ITEM_STATE]);
    uint64_t n;
    bool negative;
    if (is_outdated(word, &m, m.fact))
        return APD_OK;
    if (!word->mark.seen && (v[APD_ITEM_EXIT].len || v[APD_ITEM_CODE].len))
        word->mark = m;
    if (apd_parse_int(apd_trim(v[APD_ITEM_EXIT]), &n, &negative))
        take_exit(item, word, &m, (int64_t)n);
    if (apd_parse_int(apd_trim(v[APD_ITEM_CODE]), &n, &negative)) {
        word->has_code = (uint32_t)n != 0; /* 0 takes an earlier error back */
        word->code = (uint32_t)n;
        remember(&item->code_at, &m);
    }
    /* every check-in lists all apps again: that takes nothing back */
    if (s == APD_ITEM_UNKNOWN || (s == APD_ITEM_TARGETED && word->state != APD_ITEM_UNKNOWN))
        return APD_OK;
    if (by == APD_BY_LOG)
        enter(item, s, &m, v[APD_ITEM_ATTEMPT].len > 0);
    if (s == APD_ITEM_INSTALLED || s == APD_ITEM_INSTALLING)
        word->has_code = word->has_code && v[APD_ITEM_CODE].len > 0; /* of an earlier try */
    word->state = s;
    word->mark = m;
    word->raw = APD_LIT("");
    return take_text(t, v[APD_ITEM_RAW], &word->raw);
}

static void take_results(apd_item *item, const apd_note *note)
{
    const apd_str *v = note->value;
    uint64_t n = UINT64_MAX;
    apd_time slept;
    take_number(v[APD_ITEM_ATTEMPT], &n);
    if (n < 1000 && n + 1 > item->attempts) /* counted from 0 */
        item->attempts = (uint32_t)n + 1;
    take_number(v[APD_ITEM_BYTES], &item->bytes);
    take_number(v[APD_ITEM_TOTAL], &item->total);
    take_number(v[APD_ITEM_PEERS], &item->peers);
    apd_note_time(v[APD_ITEM_UNTIL], &item->until);
    if (apd_note_time_utc(v[APD_ITEM_ASLEEP], &slept) && slept < INT64_MAX - APD_TICKS_DAY) {
        item->until = slept + APD_TICKS_DAY;
        item->asleep_at = mark_of(note);
    }
    item->blocking |= apd_ieq(v[APD_ITEM_BLOCKING], APD_LIT("yes"));
    if (v[APD_ITEM_DETECTED].len) {
        item->detected = apd_ieq(apd_trim(v[APD_ITEM_DETECTED]), APD_LIT("true"));
        item->detection_at = mark_of(note);
    }
    if (state_of(v[APD_ITEM_STATE]) == APD_ITEM_TARGETED)
        item->assigned = mark_of(note);
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

static apd_status take_texts(apd_items *t, apd_item *item, const apd_note *note)
{
    const struct {
        unsigned value;
        apd_str *to;
    } texts[] = {
        {APD_ITEM_USER, &item->user},           {APD_ITEM_NAME, &item->name},
        {APD_ITEM_VERSION, &item->version},     {APD_ITEM_PHASE, &item->phase},
        {APD_ITEM_MAPPING, &item->mapping},     {APD_ITEM_REASON, &item->reason},
        {APD_ITEM_DETECTION, &item->detection},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        APD_TRY(take_text(t, note->value[texts[i].value], texts[i].to));
    APD_TRY(take_text(t, intent_words(note->value[APD_ITEM_INTENT]), &item->intent));
    /* the kind told first stands, but "win32" is also said of Store apps by lines that do not know better */
    bool vague = item->kind.len == 0 || is_catalog(item) || apd_eq(item->kind, APD_LIT("win32"));
    apd_str kind = note->value[APD_ITEM_KIND];
    bool tells = item->kind.len == 0 || !apd_eq(kind, APD_LIT("catalog"));
    return vague && tells ? take_text(t, kind, &item->kind) : APD_OK;
}

apd_status apd_items_note(apd_items *t, const apd_note *note)
{
    size_t row;
    apd_status st = row_of(t, note, &row);
    if (st != APD_OK)
        return st == APD_SKIPPED ? APD_OK : st;
    apd_item *item = &t->rows.at[row];
    if (note->event->kind == APD_EVENT) {
        item->last = mark_of(note);
        if (!item->first.seen)
            item->first = item->last;
    }
    take_results(item, note);
    APD_TRY(take_texts(t, item, note));
    return take_word(t, item, note);
}

/* Takes out the rows that only name something. */
static void drop_catalog(apd_items *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->rows.n; i++)
        if (!is_catalog(&t->rows.at[i]))
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
        apd_item_judge(&t->rows.at[i], clocks, newest);
}

size_t apd_items_count(const apd_items *t)
{
    return t->rows.n;
}

const apd_item *apd_items_at(const apd_items *t, size_t i)
{
    return &t->rows.at[i];
}

const apd_item *apd_items_find(const apd_items *t, apd_str id)
{
    char room[LONGEST_ID];
    size_t row = find_row(t, plain_id(id, room));
    return row != SIZE_MAX ? &t->rows.at[row] : NULL;
}

uint64_t apd_items_left_out(const apd_items *t)
{
    return t->left_out;
}
