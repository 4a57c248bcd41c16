/* One occurrence, several records: a log that is in the bundle twice, a trace beside its merged copy, and events that
 * traces and event logs both write. It is evidence once; where else it was seen is kept with the hit.
 *
 * Copies of a log agree in everything. A trace agrees with another one, or with an event log, in provider, id, time
 * (to a microsecond: the event log rounds) and in every field that both have. */
#include "scan.h"

enum { ROUNDING = 10, COMPARED = 128 }; /* 100 ns; fields, real events have a few dozen */

/* Written by the session, not by the event: the event log adds bits of its own. */
static bool is_incidental(apd_str name)
{
    return apd_ieq(name, APD_LIT("Keywords")) || apd_ieq(name, APD_LIT("UserID")) ||
           apd_ieq(name, APD_LIT("Payload")) || apd_ieq(name, APD_LIT("Text"));
}

static bool same_value(const apd_field *a, const apd_field *b, apd_arena *scratch)
{
    uint64_t x, y;
    bool minus_x, minus_y;
    if (apd_field_number(a, &x, &minus_x) && apd_field_number(b, &y, &minus_y))
        return x == y || (minus_x != minus_y && (uint32_t)x == (uint32_t)y);
    apd_mark mark = apd_arena_mark(scratch);
    bool same = apd_eq(apd_field_text(a, scratch), apd_field_text(b, scratch));
    apd_arena_rewind(scratch, mark);
    return same;
}

/* Names may repeat: the first of a name with the first. */
static const apd_field *counterpart(const apd_event *ev, const apd_intern *names, apd_sym folded)
{
    for (uint32_t i = 0; i < ev->nfields && i < COMPARED; i++)
        if (apd_sym_fold(names, ev->fields[i].name) == folded)
            return &ev->fields[i];
    return NULL;
}

static bool fields_agree(const apd_event *a, const apd_event *b, const apd_intern *names,
                         apd_arena *scratch)
{
    bool some = a->nfields == 0 && b->nfields == 0;
    for (uint32_t i = 0; i < a->nfields && i < COMPARED; i++) {
        apd_sym folded = apd_sym_fold(names, a->fields[i].name);
        const apd_field *other = counterpart(b, names, folded);
        if (!other || is_incidental(apd_sym_text(names, folded)) ||
            counterpart(a, names, folded) != &a->fields[i])
            continue;
        if (!same_value(&a->fields[i], other, scratch))
            return false;
        some = true;
    }
    return some;
}

static bool is_copy(const apd_event *a, const apd_event *b)
{
    return a->time == b->time && a->log == b->log && a->where.record == b->where.record &&
           a->id == b->id && a->provider == b->provider && a->kind == b->kind &&
           apd_eq(a->message, b->message);
}

bool apd_event_same(const apd_event *a, const apd_event *b, const apd_intern *names,
                    apd_arena *scratch)
{
    if (a->time == APD_TIME_NONE || b->time == APD_TIME_NONE || a->where.member == b->where.member)
        return false;
    if (is_copy(a, b))
        return true;
    int64_t apart = apd_time_sub(a->time, b->time);
    return (a->trace || b->trace) && a->kind == b->kind && a->id == b->id &&
           apd_clock_doubt(a->clock, b->clock) == 0 && apart <= ROUNDING && apart >= -ROUNDING &&
           apd_sym_fold(names, a->provider) == apd_sym_fold(names, b->provider) &&
           fields_agree(a, b, names, scratch);
}

/* An event log numbers its records; of two traces the one that describes its events tells more. */
static bool tells_more(const apd_event *a, const apd_event *b)
{
    if (a->trace != b->trace)
        return b->trace;
    return a->trace && a->nfields > b->nfields;
}

static bool add_place(apd_hit *hit, const apd_event *ev, apd_arena *keep)
{
    apd_place *p;
    if (hit->nalso >= APD_MAX_PLACES)
        return true;
    p = APD_NEW(keep, apd_place);
    if (!p)
        return false;
    *p = (apd_place){ev->where, hit->also};
    hit->also = p;
    hit->nalso++;
    return true;
}

/* Joins `more` to the hit that stands for the same occurrence. */
static bool join(apd_hit *hit, const apd_hit *more, apd_arena *keep)
{
    if (!tells_more(more->event, hit->event))
        return add_place(hit, more->event, keep);
    apd_hit best = *more;
    best.also = hit->also;
    best.nalso = hit->nalso;
    const apd_event *other = hit->event;
    *hit = best;
    return add_place(hit, other, keep);
}

bool apd_hits_join_same(apd_hits *h, const apd_intern *names, apd_arena *keep)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->n; i++) {
        const apd_event *ev = h->at[i].event;
        size_t k = kept;
        while (k > 0 && apd_time_sub(ev->time, h->at[k - 1].event->time) <= 2 * ROUNDING &&
               !apd_event_same(h->at[k - 1].event, ev, names, keep))
            k--;
        bool same = k > 0 && apd_time_sub(ev->time, h->at[k - 1].event->time) <= 2 * ROUNDING;
        if (!same)
            h->at[kept++] = h->at[i];
        else if (!join(&h->at[k - 1], &h->at[i], keep))
            return false;
    }
    h->count -= h->n - kept;
    h->n = kept;
    return true;
}
