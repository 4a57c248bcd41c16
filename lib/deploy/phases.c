/* Milestones into attempts, attempts into phases. Steps are kept small and in one array; after sorting, an attempt is
 * a range of them. */
#include "phases.h"

#include <stdlib.h>

#include "limits.h"
#include "vec.h"

/* A milestone that is logged again within this time is the same one. */
#define SAME (1 * APD_TICKS_MINUTE)
/* What happens so shortly before an attempt's mark (the network check of OOBE) belongs to it. */
#define LEAD (30 * APD_TICKS_MINUTE)

struct apd_phases {
    apd_arena *arena;
    const apd_str *order;
    size_t norder;
    APD_VEC(apd_step) steps;
    APD_VEC(apd_scenario_sign) signs;
    APD_VEC(apd_attempt) attempts;
};

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
            o->id == s->id && o->clock == s->clock && s->time - o->time >= 0 && s->time - o->time <= SAME &&
            apd_eq(o->phase, s->phase) && apd_eq(o->part, s->part) && apd_eq(o->detail, s->detail))
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
    apd_step s = {.phase = v[APD_PHASE_NAME],
                  .part = v[APD_PHASE_PART],
                  .detail = v[APD_PHASE_DETAIL],
                  .time = ev->time,
                  .clock = ev->clock,
                  .log = ev->log,
                  .provider = ev->provider,
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
        !keep(p->arena, s.detail, &s.detail) || !APD_PUSH(p->arena, p->steps, s))
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
                           .log = ev->log,
                           .where = ev->where};
    for (size_t i = 0; i < p->signs.n; i++)
        if (apd_eq(p->signs.at[i].is, note->value[APD_SCENARIO_IS]) &&
            apd_eq(p->signs.at[i].say, note->value[APD_SCENARIO_SAY]) &&
            p->signs.at[i].where.member == s.where.member && llabs(p->signs.at[i].time - s.time) < LEAD)
            return APD_OK;
    if (p->signs.n >= APD_MAX_MILESTONES / 16)
        return APD_OK;
    if (!keep(p->arena, note->value[APD_SCENARIO_IS], &s.is) ||
        !keep(p->arena, note->value[APD_SCENARIO_SAY], &s.say) || !APD_PUSH(p->arena, p->signs, s))
        return APD_E_NOMEM;
    return APD_OK;
}

apd_status apd_phases_note(apd_phases *p, const apd_note *note)
{
    return note->verb == APD_SAYS_PHASE ? note_step(p, note) : note_scenario(p, note);
}

/* --- order --- */

/* Times that are not UTC cannot be put among those that are: they follow. */
static int by_time(const void *x, const void *y)
{
    const apd_step *a = x, *b = y;
    bool ua = apd_clock_is_utc(a->clock), ub = apd_clock_is_utc(b->clock);
    if (ua != ub)
        return ua ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->where.member != b->where.member)
        return a->where.member < b->where.member ? -1 : 1;
    return (a->where.record > b->where.record) - (a->where.record < b->where.record);
}

static size_t place_of(const apd_phases *p, apd_str phase)
{
    size_t i = 0;
    while (i < p->norder && !apd_eq(p->order[i], phase))
        i++;
    return i;
}

/* --- phases of one attempt --- */

typedef struct range {
    size_t from, to;
} range;

/* Looks through the steps of one phase, or of one part of it. */
static bool find_phase(const apd_phases *p, range r, apd_str name, apd_str part, apd_phase *out)
{
    *out = (apd_phase){.name = name, .part = part};
    for (size_t i = r.from; i < r.to; i++) {
        const apd_step *s = &p->steps.at[i];
        bool own = apd_eq(s->part, part);
        if (!apd_eq(s->phase, name) || (part.len && !own))
            continue;
        out->first = out->first ? out->first : s;
        out->last = s;
        out->tries += own && s->edge == APD_EDGE_START;
        if (own && s->edge >= APD_EDGE_SUCCESS)
            out->decided = s;
        else if (own && s->edge == APD_EDGE_START)
            out->decided = NULL; /* tried again */
    }
    if (!out->first)
        return false;
    const apd_step *end = out->decided ? out->decided : out->last;
    out->start = out->first->time;
    out->start_clock = out->first->clock;
    out->end = end->time;
    out->end_clock = end->clock;
    out->tries = out->tries ? out->tries : 1;
    out->outcome = !out->decided                               ? APD_UNFINISHED
                   : out->decided->edge == APD_EDGE_SUCCESS ? APD_SUCCEEDED
                                                              : APD_FAILED;
    return true;
}

typedef struct phase_list {
    apd_phase *at;
    size_t n, cap;
} phase_list;

static bool listed(const phase_list *l, size_t from, apd_str part)
{
    for (size_t i = from; i < l->n; i++)
        if (apd_eq(l->at[i].part, part))
            return true;
    return false;
}

static bool add_parts(apd_phases *p, range r, apd_str name, phase_list *l)
{
    size_t from = l->n;
    for (size_t i = r.from; i < r.to; i++) {
        const apd_step *s = &p->steps.at[i];
        apd_phase part;
        if (!s->part.len || !apd_eq(s->phase, name) || listed(l, from, s->part))
            continue;
        if (find_phase(p, r, name, s->part, &part) && !APD_PUSH(p->arena, *l, part))
            return false;
    }
    return true;
}

/* A phase without an end of its own ended where a later one began. A failed part fails what has no verdict. */
static void conclude(phase_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        apd_phase *ph = &l->at[i];
        if (ph->outcome != APD_UNFINISHED || ph->part.len)
            continue;
        for (size_t k = i + 1; k < l->n && ph->outcome == APD_UNFINISHED; k++) {
            const apd_phase *later = &l->at[k];
            bool own_part = apd_eq(later->name, ph->name);
            if (own_part && later->outcome == APD_FAILED) {
                ph->outcome = APD_FAILED;
                ph->decided = later->decided;
            } else if (!own_part && apd_clock_is_utc(later->start_clock) == apd_clock_is_utc(ph->end_clock) &&
                       later->start >= ph->last->time) {
                ph->outcome = APD_PASSED;
            }
        }
        if (ph->decided) {
            ph->end = ph->decided->time;
            ph->end_clock = ph->decided->clock;
        }
    }
}

static const apd_step *last_good(const apd_phases *p, range r)
{
    for (size_t i = r.to; i-- > r.from;)
        if (p->steps.at[i].edge == APD_EDGE_SUCCESS && apd_clock_is_utc(p->steps.at[i].clock))
            return &p->steps.at[i];
    return NULL;
}

/* --- scenario --- */

static int heavier(const void *x, const void *y)
{
    const apd_scenario_sign *a = x, *b = y;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return (a->time > b->time) - (a->time < b->time);
}

static bool concerns(const apd_attempt *at, const apd_scenario_sign *s)
{
    return !apd_clock_is_utc(s->clock) || at->start == APD_TIME_NONE ||
           (s->time >= at->start - LEAD && s->time <= at->end + LEAD);
}

static bool judge_scenario(apd_phases *p, apd_attempt *at)
{
    APD_VEC(apd_scenario_sign) signs = {0};
    int best = 0;
    for (size_t i = 0; i < p->signs.n; i++)
        if (concerns(at, &p->signs.at[i]) && !APD_PUSH(p->arena, signs, p->signs.at[i]))
            return false;
    if (signs.n)
        qsort(signs.at, signs.n, sizeof *signs.at, heavier);
    for (size_t i = 0; i < signs.n; i++) {
        int sum = 0;
        for (size_t k = 0; k < signs.n; k++)
            sum += apd_eq(signs.at[k].is, signs.at[i].is) ? signs.at[k].weight : 0;
        if (sum > best) {
            best = sum;
            at->scenario = signs.at[i].is;
        }
    }
    at->signs = signs.at;
    at->nsigns = signs.n;
    return true;
}

/* --- attempts --- */

static bool build_attempt(apd_phases *p, range r, const apd_time *boots, size_t nboots)
{
    apd_attempt at = {.number = (uint32_t)p->attempts.n + 1, .start = APD_TIME_NONE, .end = APD_TIME_NONE};
    phase_list list = {0};
    for (size_t i = 0; i < p->norder; i++) {
        apd_phase ph;
        if (!find_phase(p, r, p->order[i], APD_LIT(""), &ph))
            continue;
        if (!APD_PUSH(p->arena, list, ph) || !add_parts(p, r, p->order[i], &list))
            return false;
    }
    conclude(&list);
    for (size_t i = r.from; i < r.to; i++) {
        const apd_step *s = &p->steps.at[i];
        if (s->time == APD_TIME_NONE || (at.start != APD_TIME_NONE && !apd_clock_is_utc(s->clock)))
            continue;
        if (at.start == APD_TIME_NONE) {
            at.start = s->time;
            at.start_clock = s->clock;
        }
        at.end = s->time;
        at.end_clock = s->clock;
    }
    for (size_t i = 0; i < nboots; i++) {
        bool inside = at.start != APD_TIME_NONE && boots[i] >= at.start && boots[i] <= at.end;
        at.boots = inside && !at.nboots ? &boots[i] : at.boots;
        at.nboots += inside;
    }
    at.phases = list.at;
    at.nphases = list.n;
    at.last_good = last_good(p, r);
    at.scenario = APD_LIT("");
    return judge_scenario(p, &at) && APD_PUSH(p->arena, p->attempts, at);
}

/* Steps without UTC cannot be shared out: they go with the newest attempt. */
static bool cut(apd_phases *p, const apd_time *starts, size_t n, const apd_time *boots, size_t nboots)
{
    size_t from = 0;
    for (size_t k = 1; k < n; k++) {
        size_t to = from;
        while (to < p->steps.n && apd_clock_is_utc(p->steps.at[to].clock) &&
               p->steps.at[to].time < starts[k])
            to++;
        /* what led up to the attempt, after a boot */
        for (size_t b = 0; b < nboots; b++)
            while (to > from && boots[b] < starts[k] && starts[k] - boots[b] < LEAD &&
                   p->steps.at[to - 1].time >= boots[b])
                to--;
        if (to > from && !build_attempt(p, (range){from, to}, boots, nboots))
            return false;
        from = to;
    }
    return from == p->steps.n || build_attempt(p, (range){from, p->steps.n}, boots, nboots);
}

apd_status apd_phases_build(apd_phases *p, const apd_clocks *clocks, const apd_time *attempts,
                            size_t nattempts, const apd_time *boots, size_t nboots)
{
    for (size_t i = 0; i < p->steps.n; i++)
        apd_clocks_convert_time(clocks, &p->steps.at[i].time, &p->steps.at[i].clock, p->steps.at[i].log,
                p->steps.at[i].where);
    for (size_t i = 0; i < p->signs.n; i++)
        apd_clocks_convert_time(clocks, &p->signs.at[i].time, &p->signs.at[i].clock, p->signs.at[i].log,
                p->signs.at[i].where);
    size_t known = 0; /* phases nobody listed have no place */
    for (size_t i = 0; i < p->steps.n; i++)
        if (place_of(p, p->steps.at[i].phase) < p->norder)
            p->steps.at[known++] = p->steps.at[i];
    p->steps.n = known;
    if (known)
        qsort(p->steps.at, known, sizeof *p->steps.at, by_time);
    return cut(p, attempts, nattempts, boots, nboots) ? APD_OK : APD_E_NOMEM;
}

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
