/* Milestones as they are noted, put in order once the clocks are known; and what was made of them. */
#include <stdlib.h>

#include "limits.h"
#include "phases_p.h"

/* A milestone that is logged again within this time is the same one. */
#define SAME (1 * APD_TICKS_MINUTE)
/* A sign of the scenario that is seen again within this time is the same one. */
#define SIGN_AGAIN (30 * APD_TICKS_MINUTE)
/* A clock that is set back by more was wrong by days: nothing tells what came first. */
#define SET_BACK (26 * APD_TICKS_HOUR)
/* Records of one event in two files are not farther apart. */
#define DOUBLE (APD_TICKS_SECOND / 100)

apd_phases *apd_phases_new(apd_arena *a, const apd_str *order, size_t norder)
{
    apd_phases *p = APD_NEW(a, apd_phases);
    if (p)
        *p = (apd_phases){.arena = a, .order = order, .norder = norder};
    return p;
}

const char *apd_outcome_name(apd_outcome o)
{
    static const char *const names[] = {"unfinished", "passed", "succeeded", "failed"};
    return names[o];
}

/* --- taking notes --- */

static bool read_edge(apd_str s, apd_edge *out)
{
    static const char *const names[] = {"seen", "start", "success", "failure"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (apd_eq(s, apd_str_of(names[i]))) {
            *out = (apd_edge)i;
            return true;
        }
    return false;
}

/* As much of a text as is kept. */
static apd_str cut(apd_str s)
{
    return apd_sub(s, 0, APD_MAX_TOLD);
}

static bool keep(apd_arena *a, apd_str from, apd_str *to)
{
    *to = APD_LIT("");
    if (from.len)
        *to = apd_strdup_a(a, from);
    return to->ptr != NULL;
}

/* The step that this one only repeats, among the last few. */
static apd_step *repeated(apd_phases *p, const apd_step *s)
{
    enum { LOOK_BACK = 8 };
    for (size_t i = p->steps.n; i-- > 0 && p->steps.n - i <= LOOK_BACK;) {
        apd_step *o = &p->steps.at[i];
        if (o->edge == s->edge && o->log == s->log && o->where.member == s->where.member &&
            o->id == s->id && o->clock == s->clock && s->time - o->time >= 0 &&
            s->time - o->time <= SAME && apd_eq(o->phase, s->phase) && apd_eq(o->part, s->part) &&
            apd_eq(o->detail, s->detail) && apd_eq(o->scenario, s->scenario))
            return o;
    }
    return NULL;
}

static apd_status note_step(apd_phases *p, const apd_note *note)
{
    const apd_event *ev = note->event;
    const apd_str *v = note->value;
    uint64_t code;
    bool negative;
    apd_step s = {.phase = cut(v[APD_PHASE_NAME]),
                  .part = cut(v[APD_PHASE_PART]),
                  .detail = cut(v[APD_PHASE_DETAIL]),
                  .scenario = cut(v[APD_PHASE_SCENARIO]),
                  .time = ev->time,
                  .clock = ev->clock,
                  .log_name = note->log,
                  .log = ev->log,
                  .id = ev->id,
                  .where = ev->where,
                  .times = 1};
    if (!read_edge(v[APD_PHASE_EDGE], &s.edge))
        return APD_OK;
    s.has_code = apd_parse_int(apd_trim(v[APD_PHASE_CODE]), &code, &negative) && (uint32_t)code;
    s.code = s.has_code ? (uint32_t)code : 0;
    apd_step *same = repeated(p, &s);
    if (same)
        same->times++;
    if (same || p->steps.n >= APD_MAX_MILESTONES)
        return APD_OK;
    if (!keep(p->arena, s.phase, &s.phase) || !keep(p->arena, s.part, &s.part) ||
        !keep(p->arena, s.detail, &s.detail) || !keep(p->arena, s.scenario, &s.scenario) ||
        !APD_PUSH(p->arena, p->steps, s))
        return APD_E_NOMEM;
    return APD_OK;
}

static apd_status note_scenario(apd_phases *p, const apd_note *note)
{
    const apd_event *ev = note->event;
    uint64_t weight = 1;
    bool negative = false;
    apd_parse_int(note->value[APD_SCENARIO_WEIGHT], &weight, &negative);
    apd_scenario_sign s = {.weight = weight < 10 ? (int)weight : 9,
                           .time = ev->time,
                           .clock = ev->clock,
                           .log_name = note->log,
                           .log = ev->log,
                           .where = ev->where};
    for (size_t i = 0; i < p->signs.n; i++)
        if (apd_eq(p->signs.at[i].is, cut(note->value[APD_SCENARIO_IS])) &&
            apd_eq(p->signs.at[i].say, cut(note->value[APD_SCENARIO_SAY])) &&
            p->signs.at[i].where.member == s.where.member &&
            llabs(p->signs.at[i].time - s.time) < SIGN_AGAIN)
            return APD_OK;
    if (p->signs.n >= APD_MAX_MILESTONES / 16)
        return APD_OK;
    if (!keep(p->arena, cut(note->value[APD_SCENARIO_IS]), &s.is) ||
        !keep(p->arena, cut(note->value[APD_SCENARIO_SAY]), &s.say) ||
        !keep(p->arena, cut(note->value[APD_SCENARIO_NEXT]), &s.next) ||
        !APD_PUSH(p->arena, p->signs, s))
        return APD_E_NOMEM;
    return APD_OK;
}

apd_status apd_phases_note(apd_phases *p, const apd_note *note)
{
    return note->verb == APD_SAYS_PHASE ? note_step(p, note) : note_scenario(p, note);
}

/* --- order --- */

/* Times that are not UTC cannot be put among those that are: they follow. */
static int by_order(const void *x, const void *y)
{
    const apd_step *a = x, *b = y;
    bool ua = apd_clock_is_utc(a->clock), ub = apd_clock_is_utc(b->clock);
    if (ua != ub)
        return ua ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->where.member != b->where.member)
        return a->where.member < b->where.member ? -1 : 1;
    return (a->where.record > b->where.record) - (a->where.record < b->where.record);
}

/* In one file the records' own order is the truth. Where the clock was set back, what stands before that moment has
 * times that are too late: it is sorted in front of what follows. */
static void order_steps(apd_phases *p)
{
    for (size_t i = p->steps.n; i-- > 0;) {
        apd_step *s = &p->steps.at[i];
        const apd_step *next = i + 1 < p->steps.n ? s + 1 : NULL;
        s->order = s->time;
        if (next && next->where.member == s->where.member && next->where.record > s->where.record &&
            next->clock == s->clock && apd_clock_is_utc(s->clock) && next->order < s->time &&
            s->time - next->order <= SET_BACK)
            s->order = next->order;
    }
}

static bool is_same(const apd_step *a, const apd_step *b)
{
    return a->where.member != b->where.member && a->id == b->id && a->edge == b->edge &&
           a->place == b->place && apd_eq(a->part, b->part);
}

static apd_step *double_of(apd_step *kept, size_t n, const apd_step *s)
{
    if (!s->id || !apd_clock_is_utc(s->clock))
        return NULL;
    while (n-- > 0 && s->order - kept[n].order <= DOUBLE)
        if (is_same(&kept[n], s))
            return &kept[n];
    return NULL;
}

/* What a trace and an event log both tell is one milestone; the one in UTC stands. */
static void drop_doubles(apd_phases *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->steps.n; i++) {
        const apd_step s = p->steps.at[i];
        apd_step *known = double_of(p->steps.at, n, &s);
        if (!known)
            p->steps.at[n++] = s;
        else if (known->clock != APD_CLOCK_UTC)
            *known = s;
    }
    p->steps.n = n;
}

static void place_steps(apd_phases *p)
{
    size_t known = 0; /* phases nobody listed have no place */
    for (size_t i = 0; i < p->steps.n; i++) {
        apd_step s = p->steps.at[i];
        for (s.place = 0; s.place < p->norder && !apd_eq(p->order[s.place], s.phase);)
            s.place++;
        if (s.place < p->norder)
            p->steps.at[known++] = s;
    }
    p->steps.n = known;
}

apd_status apd_phases_build(apd_phases *p, const apd_clocks *clocks, const apd_time *attempts,
                            size_t nattempts, const apd_time *boots, size_t nboots)
{
    p->clocks = clocks;
    for (size_t i = 0; i < p->steps.n; i++) {
        apd_step *s = &p->steps.at[i];
        apd_clocks_convert_time(clocks, &s->time, &s->clock, s->log, s->where);
    }
    for (size_t i = 0; i < p->signs.n; i++) {
        apd_scenario_sign *s = &p->signs.at[i];
        apd_clocks_convert_time(clocks, &s->time, &s->clock, s->log, s->where);
    }
    place_steps(p);
    order_steps(p);
    if (p->steps.n)
        qsort(p->steps.at, p->steps.n, sizeof *p->steps.at, by_order);
    drop_doubles(p);
    return phases_cut_all(p, attempts, nattempts, boots, nboots) ? APD_OK : APD_E_NOMEM;
}

/* --- what was made --- */

size_t apd_phases_attempts(const apd_phases *p)
{
    return p->attempts.n;
}

const apd_attempt *apd_phases_attempt(const apd_phases *p, size_t i)
{
    return &p->attempts.at[i];
}

const apd_step *apd_phases_steps(const apd_phases *p, size_t *n)
{
    *n = p->steps.n;
    return p->steps.at;
}

const apd_step *apd_phases_unplaced(const apd_phases *p, size_t *n)
{
    *n = p->unplaced.n;
    return p->unplaced.at;
}

const apd_phase *apd_phases_at(const apd_phases *p, apd_time utc)
{
    const apd_phase *found = NULL;
    for (size_t i = 0; i < p->attempts.n; i++)
        for (size_t k = 0; k < p->attempts.at[i].nphases; k++) {
            const apd_phase *ph = &p->attempts.at[i].phases[k];
            if (apd_clock_is_utc(ph->start_clock) && utc >= ph->start && utc <= ph->end)
                found = ph; /* a later phase, or a part, says more */
        }
    return found;
}
