/* The order of records.
 *
 * Times of one kind of clock compare as they are. Local time without its offset may lie up to
 * 14 h to either side of UTC, so such a pair is only ordered when further apart. Within one file
 * the records' own numbers decide, because Windows sets the clock during a deployment. */
#include <stdlib.h>

#include "scan.h"

/* Kinds of clock that may be compared tick by tick. */
static int clock_kind(apd_clock c)
{
    switch (c) {
    case APD_CLOCK_UTC:
    case APD_CLOCK_OFFSET:
    case APD_CLOCK_ESTIMATED:
        return 0;
    case APD_CLOCK_LOCAL:
        return 1;
    case APD_CLOCK_DATE:
        return 2;
    case APD_CLOCK_NONE:
        break;
    }
    return 3;
}

int64_t apd_clock_doubt(apd_clock a, apd_clock b)
{
    int x = clock_kind(a), y = clock_kind(b);
    if (x == 3 || y == 3)
        return INT64_MAX;
    if (x == 2 || y == 2)
        return 38 * APD_TICKS_HOUR; /* a day, seen from any zone */
    return x == y ? 0 : 14 * APD_TICKS_HOUR;
}

static bool same_file(const apd_event *a, const apd_event *b)
{
    return a->log == b->log && clock_kind(a->clock) == clock_kind(b->clock) &&
           a->where.member == b->where.member && a->where.record && b->where.record;
}

apd_order apd_event_order(const apd_event *a, const apd_event *b)
{
    if (a == b)
        return APD_TOGETHER;
    int64_t doubt = apd_clock_doubt(a->clock, b->clock);
    if (doubt == INT64_MAX || a->time == APD_TIME_NONE || b->time == APD_TIME_NONE)
        return APD_UNORDERED;
    if (same_file(a, b) && a->where.record != b->where.record)
        return a->where.record < b->where.record ? APD_BEFORE : APD_AFTER;
    int64_t apart = apd_time_sub(b->time, a->time);
    if (doubt && apart <= doubt && apart >= -doubt)
        return APD_UNORDERED;
    return apart > 0 ? APD_BEFORE : apart < 0 ? APD_AFTER : APD_TOGETHER;
}

static int cmp_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

bool apd_event_listed_after(const apd_event *a, const apd_event *b)
{
    return same_file(a, b) && a->where.record > b->where.record;
}

int apd_event_cmp(const apd_event *a, const apd_event *b)
{
    bool timeless_a = a->time == APD_TIME_NONE, timeless_b = b->time == APD_TIME_NONE;
    int c = timeless_a - timeless_b;
    if (c == 0)
        c = (a->time > b->time) - (a->time < b->time);
    if (c == 0)
        c = cmp_u64(a->log, b->log);
    if (c == 0)
        c = cmp_u64(a->where.member, b->where.member);
    return c ? c : cmp_u64(a->where.record, b->where.record);
}

static int hit_cmp(const void *a, const void *b)
{
    return apd_event_cmp(((const apd_hit *)a)->event, ((const apd_hit *)b)->event);
}

bool apd_hits_sort(apd_hits *h, const apd_intern *names, apd_arena *keep)
{
    if (h->n < 2)
        return true;
    qsort(h->at, h->n, sizeof *h->at, hit_cmp);
    if (!apd_hits_join_same(h, names, keep))
        return false;
    /* Where a file's clock was set back, its record numbers win over its times. */
    for (size_t i = 1; i < h->n; i++) {
        apd_hit moved = h->at[i];
        size_t to = i;
        for (; to > 0 && apd_event_listed_after(h->at[to - 1].event, moved.event); to--)
            h->at[to] = h->at[to - 1];
        h->at[to] = moved;
    }
    return true;
}
