/* Rows are found by id through an open-addressing table. What a note tells is put into the row at once; only the
 * verdict waits until all sources have spoken. */
#include "items.h"

#include "hash.h"
#include "limits.h"
#include "vec.h"

enum { START_SLOTS = 256, LOGS = 16 };

typedef struct current {
    apd_sym log;
    size_t item;
} current;

struct apd_items {
    apd_arena *arena;
    APD_VEC(apd_item) rows;
    uint32_t *slots; /* row + 1 */
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
    t->slots = APD_NEWS(a, uint32_t, t->nslots);
    return t->slots ? t : NULL;
}

/* --- finding rows --- */

static uint64_t fold_hash(apd_str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)apd_lower(s.ptr[i])) * UINT64_C(0x100000001b3);
    return apd_hash_u64(h);
}

static size_t slot_of(const apd_items *t, apd_str id)
{
    size_t i = fold_hash(id) & (t->nslots - 1);
    while (t->slots[i] && !apd_ieq(t->rows.at[t->slots[i] - 1].id, id))
        i = (i + 1) & (t->nslots - 1);
    return i;
}

static bool widen(apd_items *t)
{
    uint32_t *slots = APD_NEWS(t->arena, uint32_t, 2 * t->nslots);
    if (!slots)
        return false;
    t->slots = slots;
    t->nslots *= 2;
    for (size_t i = 0; i < t->rows.n; i++)
        t->slots[slot_of(t, t->rows.at[i].id)] = (uint32_t)i + 1;
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
    t->slots[slot_of(t, id)] = (uint32_t)t->rows.n;
    return APD_OK;
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

/* The row that a note is about; APD_SKIPPED if there is none. */
static apd_status row_of(apd_items *t, const apd_note *note, size_t *row)
{
    enum { LONGEST_ID = 512 }; /* a LocURI; longer is no id */
    apd_str id = apd_trim(note->value[APD_ITEM_ID]);
    current *now = note->event->kind == APD_EVENT ? current_of(t, note->event->log) : NULL;
    if (apd_eq(id, APD_LIT("."))) {
        *row = now ? now->item : SIZE_MAX;
        return *row == SIZE_MAX ? APD_SKIPPED : APD_OK;
    }
    if (id.len == 0 || id.len > LONGEST_ID)
        return APD_SKIPPED;
    size_t slot = slot_of(t, id);
    *row = t->slots[slot] - 1u;
    if (!t->slots[slot])
        APD_TRY(add_row(t, id, row));
    if (*row >= t->rows.n)
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
    apd_item_mark m = {ev->time, ev->clock, ev->log, ev->where, true};
    apd_time told;
    if (m.time == APD_TIME_NONE && apd_note_time(note->value[APD_ITEM_TIME], &told)) {
        m.time = told;
        m.clock = APD_CLOCK_UTC;
    }
    return m;
}

/* A life goes forward; what was a step back is a new attempt. */
static void enter(apd_item *item, apd_item_state s, const apd_item_mark *m, bool counted)
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
    if (s == APD_ITEM_INSTALLING && before != s) {
        item->install_start = *m;
        item->attempts += !counted;
    }
    if (s > APD_ITEM_INSTALLING && item->install_start.seen && !item->install_end.seen)
        item->install_end = *m;
}

static apd_status take_state(apd_items *t, apd_item *item, const apd_note *note)
{
    apd_item_source by = source_of(note);
    apd_item_mark m = mark_of(note);
    apd_item_word *word = &item->said[by];
    apd_item_state s = state_of(note->value[APD_ITEM_STATE]);
    if (s == APD_ITEM_UNKNOWN)
        return APD_OK;
    if (by == APD_BY_LOG)
        enter(item, s, &m, note->value[APD_ITEM_ATTEMPT].len > 0);
    word->state = s;
    word->mark = m;
    return take_text(t, note->value[APD_ITEM_RAW], &word->raw);
}

static void take_results(apd_item *item, const apd_note *note)
{
    const apd_str *v = note->value;
    uint64_t n;
    bool negative;
    if (apd_parse_int(apd_trim(v[APD_ITEM_EXIT]), &n, &negative)) {
        item->has_exit = true;
        item->exit = (int64_t)n;
    }
    if (apd_parse_int(apd_trim(v[APD_ITEM_CODE]), &n, &negative)) {
        item->has_code = (uint32_t)n != 0; /* 0 takes an earlier error back */
        item->code = (uint32_t)n;
    }
    n = UINT64_MAX;
    take_number(v[APD_ITEM_ATTEMPT], &n);
    if (n < 1000 && n + 1 > item->attempts) /* counted from 0 */
        item->attempts = (uint32_t)n + 1;
    take_number(v[APD_ITEM_BYTES], &item->bytes);
    take_number(v[APD_ITEM_TOTAL], &item->total);
    take_number(v[APD_ITEM_PEERS], &item->peers);
    apd_note_time(v[APD_ITEM_UNTIL], &item->until);
    item->blocking |= apd_ieq(v[APD_ITEM_BLOCKING], APD_LIT("yes"));
    if (v[APD_ITEM_DETECTED].len)
        item->detected = apd_ieq(apd_trim(v[APD_ITEM_DETECTED]), APD_LIT("true"));
}

static apd_status take_texts(apd_items *t, apd_item *item, const apd_note *note)
{
    const struct {
        unsigned value;
        apd_str *to;
    } texts[] = {
        {APD_ITEM_USER, &item->user},       {APD_ITEM_NAME, &item->name},
        {APD_ITEM_VERSION, &item->version}, {APD_ITEM_INTENT, &item->intent},
        {APD_ITEM_PHASE, &item->phase},     {APD_ITEM_MAPPING, &item->mapping},
        {APD_ITEM_REASON, &item->reason},   {APD_ITEM_DETECTION, &item->detection},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        APD_TRY(take_text(t, note->value[texts[i].value], texts[i].to));
    /* the kind told first stands: "win32" is also said of a store app by lines that do not know better */
    return item->kind.len ? APD_OK : take_text(t, note->value[APD_ITEM_KIND], &item->kind);
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
    return take_state(t, item, note);
}

/* --- the verdict --- */

static void convert(const apd_clocks *clocks, apd_item_mark *m)
{
    if (m->seen)
        apd_clocks_convert_time(clocks, &m->time, &m->clock, m->log, m->where);
}

static bool is_final(apd_item_state s)
{
    return s >= APD_ITEM_REBOOT || s == APD_ITEM_NOT_APPLICABLE;
}

static bool is_good(apd_item_state s)
{
    return s == APD_ITEM_INSTALLED || s == APD_ITEM_REBOOT || s == APD_ITEM_NOT_APPLICABLE;
}

/* What was written last counts for most; the registry keeps states that logs have lost. */
static void judge(apd_item *item)
{
    static const apd_item_source order[] = {APD_BY_LOG, APD_BY_REPORT, APD_BY_REGISTRY, APD_BY_ESP};
    const apd_item_word *best = NULL;
    for (size_t i = 0; i < APD_NSOURCES; i++) {
        const apd_item_word *w = &item->said[order[i]];
        if (w->state == APD_ITEM_UNKNOWN)
            continue;
        if (!best || (is_final(w->state) && !is_final(best->state)))
            best = w;
        if (is_final(w->state) && is_final(best->state) && is_good(w->state) != is_good(best->state))
            item->disagree = true;
    }
    item->state = best ? best->state : APD_ITEM_UNKNOWN;
}

void apd_items_build(apd_items *t, const apd_clocks *clocks)
{
    for (size_t i = 0; i < t->rows.n; i++) {
        apd_item *item = &t->rows.at[i];
        for (int by = 0; by < APD_NSOURCES; by++)
            convert(clocks, &item->said[by].mark);
        apd_item_mark *marks[] = {&item->first,        &item->last,          &item->download_start,
                                  &item->download_end, &item->install_start, &item->install_end};
        for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
            convert(clocks, marks[k]);
        judge(item);
    }
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
    size_t slot = slot_of(t, id);
    return t->slots[slot] ? &t->rows.at[t->slots[slot] - 1] : NULL;
}

uint64_t apd_items_left_out(const apd_items *t)
{
    return t->left_out;
}
