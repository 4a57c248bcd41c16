/* A failure counts as overcome if it stopped a phase of its attempt and the same phase succeeded afterwards, in
 * that attempt ("Try again") or in a later one. What lies within the phase, an app or a policy, may have
 * failed beside what stopped the phase: there nothing may be left in failure. */
#include "rank.h"

static bool anything_failed(const apd_items *items)
{
    for (size_t i = 0; i < apd_items_count(items); i++) {
        const apd_item *it = apd_items_at(items, i);
        if (!it->stale && (it->state == APD_ITEM_FAILED || it->state == APD_ITEM_SLEEPING))
            return true;
    }
    return false;
}

/* The first failure of a phase since the evidence began. */
static const apd_step *stop_of(const apd_attempt *at, const apd_finding *f)
{
    for (size_t i = 0; i < at->nsteps; i++) {
        const apd_step *s = &at->steps[i];
        if (s->edge == APD_EDGE_FAILURE && apd_clock_is_utc(s->clock) && s->time >= f->first)
            return s;
    }
    return NULL;
}

static const apd_phase *success_of(const apd_attempt *at, apd_str phase, apd_time since)
{
    for (size_t i = 0; i < at->nphases; i++) {
        const apd_phase *ph = &at->phases[i];
        if (!ph->part.len && apd_eq(ph->name, phase) && ph->outcome == APD_SUCCEEDED &&
            apd_clock_is_utc(ph->end_clock) && ph->end > since)
            return ph;
    }
    return NULL;
}

apd_overcome apd_overcome_find(const apd_model *m, const apd_finding *f)
{
    apd_overcome none = {.time = APD_TIME_NONE};
    const apd_phases *phases = apd_model_phases(m);
    size_t n = apd_phases_attempts(phases), i = 0;
    if (!apd_clock_is_utc(f->clock) || f->first == APD_TIME_NONE)
        return none;
    while (f->attempt && i < n && apd_phases_attempt(phases, i)->number < f->attempt)
        i++;
    const apd_step *stop = i < n ? stop_of(apd_phases_attempt(phases, i), f) : NULL;
    if (!stop || (!apd_eq(stop->phase, f->phase) && anything_failed(apd_model_items(m))))
        return none;
    apd_time since = f->last > stop->time ? f->last : stop->time;
    for (; i < n; i++) {
        const apd_attempt *at = apd_phases_attempt(phases, i);
        const apd_phase *ph = success_of(at, stop->phase, since);
        if (ph)
            return (apd_overcome){ph->name, ph->end, ph->end_clock, at->number};
    }
    return none;
}
