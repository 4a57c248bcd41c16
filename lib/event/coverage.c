/* One row per log, found by hashing; the row of the last event is remembered, since records come
 * in runs of one log. */
#include "coverage.h"

#include "hash.h"
#include "vec.h"

enum { START_SLOTS = 64 }; /* real bundles have about 100 logs */

struct apd_coverage {
    apd_arena *arena;
    APD_VEC(apd_log_cover) rows;
    uint32_t *slots; /* row + 1, 0 = free; a power of two of them, at most half full */
    size_t nslots;
    size_t last;
    APD_VEC(size_t) touched; /* rows that had a record in this epoch */
    uint64_t epoch;          /* one ends with every loss */
};

apd_coverage *apd_coverage_new(apd_arena *a)
{
    apd_coverage *c = APD_NEW(a, apd_coverage);
    if (!c)
        return NULL;
    c->arena = a;
    c->epoch = 1;
    c->nslots = START_SLOTS;
    c->slots = APD_NEWS(a, uint32_t, c->nslots);
    return c->slots ? c : NULL;
}

static bool row_is(const apd_log_cover *r, apd_sym log, apd_kind kind, apd_clock clock)
{
    return r->log == log && r->kind == kind && r->clock == clock;
}

static size_t slot_of(const apd_coverage *c, apd_sym log, apd_kind kind, apd_clock clock)
{
    uint64_t key = (uint64_t)log << 8 | (uint64_t)kind << 4 | (uint64_t)clock;
    size_t i = apd_hash_u64(key) & (c->nslots - 1);
    while (c->slots[i] && !row_is(&c->rows.at[c->slots[i] - 1], log, kind, clock))
        i = (i + 1) & (c->nslots - 1);
    return i;
}

static bool widen_table(apd_coverage *c)
{
    uint32_t *slots = APD_NEWS(c->arena, uint32_t, 2 * c->nslots);
    if (!slots)
        return false;
    c->slots = slots;
    c->nslots *= 2;
    for (size_t i = 0; i < c->rows.n; i++) {
        const apd_log_cover *r = &c->rows.at[i];
        c->slots[slot_of(c, r->log, r->kind, r->clock)] = (uint32_t)i + 1;
    }
    return true;
}

static apd_log_cover *row(apd_coverage *c, apd_sym log, apd_kind kind, apd_clock clock,
                          uint32_t member)
{
    if (c->last < c->rows.n && row_is(&c->rows.at[c->last], log, kind, clock))
        return &c->rows.at[c->last];
    size_t slot = slot_of(c, log, kind, clock);
    if (c->slots[slot]) {
        c->last = c->slots[slot] - 1;
        return &c->rows.at[c->last];
    }
    if (2 * c->rows.n >= c->nslots && !widen_table(c))
        return NULL;
    apd_log_cover fresh = {.log = log,
                           .kind = kind,
                           .clock = clock,
                           .member = member,
                           .file = member,
                           .first = APD_TIME_NONE,
                           .last = APD_TIME_NONE,
                           .file_first = APD_TIME_NONE,
                           .file_last = APD_TIME_NONE,
                           .past_first = APD_TIME_NONE,
                           .past_last = APD_TIME_NONE,
                           .latest = APD_TIME_NONE,
                           .lost_from = INT64_MAX,
                           .lost_to = INT64_MIN};
    if (!APD_PUSH(c->arena, c->rows, fresh))
        return NULL;
    c->last = c->rows.n - 1;
    c->slots[slot_of(c, log, kind, clock)] = (uint32_t)c->rows.n;
    return &c->rows.at[c->last];
}

/* --- where records are missing --- */

typedef struct gap {
    apd_time from, to; /* none while from is after to */
} gap;

static const gap no_gap = {INT64_MAX, INT64_MIN};

static gap both(gap a, gap b)
{
    return (gap){a.from < b.from ? a.from : b.from, a.to > b.to ? a.to : b.to};
}

/* Between the record before the loss and the one behind it. Where the file is not in the order of
 * time (a log that was written round), nobody knows. */
static gap torn_gap(const apd_log_cover *r, apd_time next)
{
    if (!r->torn)
        return no_gap;
    if (r->latest == APD_TIME_NONE || next == APD_TIME_NONE || next < r->latest)
        return (gap){INT64_MIN, INT64_MAX};
    return (gap){r->latest, next};
}

static void lose(apd_log_cover *r, gap g)
{
    g = both(g, (gap){r->lost_from, r->lost_to});
    r->lost_from = g.from;
    r->lost_to = g.to;
}

static void widen(apd_time *first, apd_time *last, apd_time t)
{
    if (*first == APD_TIME_NONE || t < *first)
        *first = t;
    if (*last == APD_TIME_NONE || t > *last)
        *last = t;
}

/* Between two files of an event log that do not meet: the log was cleared, or they were collected
 * at different times. Text logs are rotated, so their files meet by construction. */
static gap file_gap(const apd_log_cover *r)
{
    if (!r->numbered || r->past_first == APD_TIME_NONE || r->file_first == APD_TIME_NONE)
        return no_gap;
    if (r->file_first > r->past_last)
        return (gap){r->past_last, r->file_first};
    return r->file_last < r->past_first ? (gap){r->file_last, r->past_first} : no_gap;
}

static void next_file(apd_log_cover *r, uint32_t file)
{
    lose(r, both(torn_gap(r, INT64_MAX), file_gap(r)));
    r->torn = false;
    r->past_first = r->first;
    r->past_last = r->last;
    r->file_first = r->file_last = APD_TIME_NONE;
    r->file = file;
}

/* Windows numbers the records of a log without gaps: a jump is a lost chunk or a filtered export. */
static void count_record(apd_log_cover *r, const apd_event *ev)
{
    uint64_t number = ev->where.record;
    if (r->records == 0 || r->file != ev->where.member)
        r->files++;
    if (ev->id && (r->first_id == 0 || number < r->first_id))
        r->first_id = number;
    if (r->file != ev->where.member) {
        next_file(r, ev->where.member);
    } else if (r->records && ev->id && !ev->trace && number > r->last_record + 1) {
        r->id_gaps += number - r->last_record - 1;
        r->torn = true;
    }
    r->records++;
    r->trace |= ev->trace;
    r->last_record = number;
    r->numbered |= ev->id != 0;
}

bool apd_coverage_add(apd_coverage *c, const apd_event *ev)
{
    apd_log_cover *r = row(c, ev->log, ev->kind, ev->clock, ev->where.member);
    if (!r)
        return false;
    count_record(r, ev);
    if (r->epoch != c->epoch && !APD_PUSH(c->arena, c->touched, c->last))
        return false;
    r->epoch = c->epoch;
    if (ev->time == APD_TIME_NONE)
        return true;
    if (r->torn)
        lose(r, torn_gap(r, ev->time));
    r->torn = false;
    widen(&r->first, &r->last, ev->time);
    widen(&r->file_first, &r->file_last, ev->time);
    r->latest = ev->time;
    return true;
}

bool apd_coverage_present(apd_coverage *c, apd_sym log, apd_kind kind, uint32_t member)
{
    for (int clock = APD_CLOCK_UTC; clock <= APD_CLOCK_NONE; clock++)
        if (c->slots[slot_of(c, log, kind, (apd_clock)clock)])
            return true; /* it holds some */
    return row(c, log, kind, APD_CLOCK_NONE, member) != NULL;
}

void apd_coverage_torn(apd_coverage *c, uint32_t member)
{
    for (size_t i = 0; i < c->touched.n; i++) {
        apd_log_cover *r = &c->rows.at[c->touched.at[i]];
        r->torn |= r->file == member;
    }
    c->touched.n = 0;
    c->epoch++;
}

size_t apd_coverage_count(const apd_coverage *c)
{
    return c->rows.n;
}

const apd_log_cover *apd_coverage_at(const apd_coverage *c, size_t i)
{
    return &c->rows.at[i];
}

bool apd_cover_lost(const apd_log_cover *row, apd_time *from, apd_time *to)
{
    gap g = both((gap){row->lost_from, row->lost_to}, file_gap(row));
    g = both(g, torn_gap(row, INT64_MAX));
    *from = g.from;
    *to = g.to;
    return g.from <= g.to;
}

static apd_time back(apd_time t, int64_t ticks)
{
    return t == APD_TIME_NONE || t == INT64_MAX ? t : t - ticks;
}

void apd_coverage_as_utc(apd_coverage *c, size_t i, apd_time first, apd_time last, int64_t least,
                         int64_t most)
{
    apd_log_cover *r = &c->rows.at[i];
    r->clock = APD_CLOCK_ESTIMATED;
    r->first = first;
    r->last = last;
    r->latest = back(r->latest, most);
    r->lost_from = back(r->lost_from, most);
    r->lost_to = back(r->lost_to, least);
    r->file_first = back(r->file_first, most);
    r->file_last = back(r->file_last, least);
    r->past_first = back(r->past_first, most);
    r->past_last = back(r->past_last, least);
}
