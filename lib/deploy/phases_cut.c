/* Sorted milestones into attempts, attempts into phases: an attempt has the steps of a range and those without UTC that
 * belong to it. */
#include <stdlib.h>

#include "phases_p.h"

/* What happens so shortly before an attempt's mark (the network check of OOBE) belongs to it. */
#define LEAD (30 * APD_TICKS_MINUTE)
/* --- one phase --- */

/* Two logs may both tell of one start. */
static bool is_same_start(const apd_phase *ph, const apd_step *s)
{
    return ph->begun && !ph->decided && s->log != ph->begun->log &&
           s->order - ph->begun->order <= APD_TICKS_MINUTE;
}

/* Takes up one step of the phase, or of a part of it. */
static void take_step(apd_phase *ph, const apd_step *s)
{
    bool own = apd_eq(s->part, ph->part);
    ph->first = ph->first ? ph->first : s;
    ph->last = s;
    ph->only_seen &= s->edge == APD_EDGE_SEEN;
    if (!own)
        return;
    if (s->edge == APD_EDGE_START && !is_same_start(ph, s)) {
        ph->begun = s;
        ph->tries++;
    }
    if (s->edge >= APD_EDGE_SUCCESS)
        ph->decided = s;
    else if (s->edge == APD_EDGE_START)
        ph->decided = NULL; /* tried again */
}

static void end_phase(apd_phase *ph)
{
    const apd_step *end = ph->decided ? ph->decided : ph->last;
    ph->end = end->time;
    ph->end_clock = end->clock;
}

/* Looks through the steps of one phase (part "") or of one of its parts; false if it has none. */
static bool find_phase(const apd_phases *p, const apd_attempt *at, uint32_t place, apd_str part,
                       apd_phase *out)
{
    bool moved_on = false;
    *out = (apd_phase){.name = p->order[place], .part = part, .only_seen = true};
    for (size_t i = 0; i < at->nsteps; i++) {
        const apd_step *s = &at->steps[i];
        bool done = out->decided && out->decided->edge == APD_EDGE_SUCCESS;
        if (s->place != place)
            moved_on |= done && s->place > place && s->edge != APD_EDGE_SEEN;
        else if (done && moved_on)
            break;
        else if (!part.len || apd_eq(s->part, part))
            take_step(out, s);
    }
    if (!out->first)
        return false;
    end_phase(out);
    out->start = out->first->time;
    out->start_clock = out->first->clock;
    out->tries = out->tries ? out->tries : 1;
    out->outcome = !out->decided                            ? APD_UNFINISHED
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

static bool add_parts(apd_phases *p, const apd_attempt *at, uint32_t place, phase_list *l)
{
    size_t from = l->n;
    for (size_t i = 0; i < at->nsteps; i++) {
        const apd_step *s = &at->steps[i];
        apd_phase part;
        if (!s->part.len || s->place != place || listed(l, from, s->part))
            continue;
        if (find_phase(p, at, place, s->part, &part) && !APD_PUSH(p->arena, *l, part))
            return false;
    }
    return true;
}

/* --- all phases of an attempt --- */

static bool comparable(apd_clock a, apd_clock b)
{
    return apd_clock_is_utc(a) == apd_clock_is_utc(b);
}

/* A phase without an end of its own ended where a later one began; one that was only seen, where any other did. A
 * failed part fails what has no verdict. */
static void conclude_one(const phase_list *l, apd_phase *ph, size_t behind)
{
    for (size_t k = ph->only_seen ? 0 : behind; k < l->n && ph->outcome == APD_UNFINISHED; k++) {
        const apd_phase *later = &l->at[k];
        bool own_part = apd_eq(later->name, ph->name);
        if (later == ph)
            continue;
        if (own_part && later->outcome == APD_FAILED) {
            ph->outcome = APD_FAILED;
            ph->decided = later->decided;
            end_phase(ph);
        } else if (!own_part && !later->part.len && later->start >= ph->last->time &&
                   comparable(later->start_clock, ph->end_clock)) {
            ph->outcome = APD_PASSED;
        }
    }
}

/* Whatever was going on in a phase that is over is over. */
static void conclude_parts(phase_list *l, size_t phase)
{
    bool over = l->at[phase].outcome == APD_SUCCEEDED || l->at[phase].outcome == APD_PASSED;
    for (size_t i = phase + 1; i < l->n && l->at[i].part.len; i++)
        if (l->at[i].outcome == APD_UNFINISHED && (over || l->at[i].only_seen))
            l->at[i].outcome = APD_PASSED;
}

static void conclude(phase_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->at[i].part.len)
            continue;
        if (l->at[i].outcome == APD_UNFINISHED)
            conclude_one(l, &l->at[i], i + 1);
        conclude_parts(l, i);
    }
}

static bool begins_before(const apd_phase *a, const apd_phase *b)
{
    if (!comparable(a->start_clock, b->start_clock))
        return apd_clock_is_utc(a->start_clock);
    return a->first->order < b->first->order;
}

/* As they began, parts staying behind their phase; few enough to be looked through again and again. */
static bool sort_phases(apd_phases *p, const phase_list *l, apd_attempt *at)
{
    phase_list sorted = {0};
    bool *used = APD_NEWS(p->arena, bool, l->n + 1);
    while (used && sorted.n < l->n) {
        size_t first = SIZE_MAX;
        for (size_t i = 0; i < l->n; i++)
            if (!used[i] && !l->at[i].part.len &&
                (first == SIZE_MAX || begins_before(&l->at[i], &l->at[first])))
                first = i;
        do {
            used[first] = true;
            if (!APD_PUSH(p->arena, sorted, l->at[first]))
                return false;
        } while (++first < l->n && l->at[first].part.len);
    }
    at->phases = sorted.at;
    at->nphases = sorted.n;
    return used != NULL;
}

static bool counts(const apd_phase *ph)
{
    return !ph->part.len && apd_clock_is_utc(ph->start_clock);
}

/* Did the deployment reach a later phase after this one had failed? */
static bool got_beyond(const apd_attempt *at, const apd_phase *failed)
{
    for (size_t i = 0; i < at->nphases; i++) {
        const apd_phase *ph = &at->phases[i];
        if (counts(ph) && ph->first->place > failed->first->place && ph->start >= failed->end)
            return true;
    }
    return false;
}

/* The phase that failed and was not got over, the furthest of such; else the one that began last. */
static const apd_phase *fate_of(const apd_attempt *at)
{
    const apd_phase *last = NULL, *failed = NULL;
    for (size_t i = 0; i < at->nphases; i++) {
        const apd_phase *ph = &at->phases[i];
        if (!counts(ph))
            continue;
        last = ph;
        if (ph->outcome == APD_FAILED && !got_beyond(at, ph) &&
            (!failed || ph->first->place >= failed->first->place))
            failed = ph;
    }
    return failed ? failed : last;
}

/* Of what ended the phases, so that a network check long after the failure is not called the last success. */
static const apd_step *last_good(const apd_attempt *at)
{
    const apd_step *good = NULL;
    for (size_t i = 0; i < at->nphases; i++) {
        const apd_step *s = at->phases[i].decided;
        if (s && s->edge == APD_EDGE_SUCCESS && apd_clock_is_utc(s->clock) &&
            (!good || s->order > good->order))
            good = s;
    }
    return good;
}

/* Ticks that passed; -1 where the clock was set back, or only one of the times is UTC. */
static int64_t length(const apd_phases *p, apd_time from, apd_clock from_clock, apd_time to,
                      apd_clock to_clock)
{
    bool utc = apd_clock_is_utc(from_clock);
    if (from == APD_TIME_NONE || to < from || utc != apd_clock_is_utc(to_clock))
        return -1;
    return utc ? apd_clocks_passed(p->clocks, from, to) : to - from;
}

static void measure(const apd_phases *p, apd_attempt *at, phase_list *l)
{
    at->length = length(p, at->start, at->start_clock, at->end, at->end_clock);
    for (size_t i = 0; i < l->n; i++) {
        apd_phase *ph = &l->at[i];
        ph->since = length(p, at->start, at->start_clock, ph->start, ph->start_clock);
        ph->length = length(p, ph->start, ph->start_clock, ph->end, ph->end_clock);
    }
}

static bool find_phases(apd_phases *p, apd_attempt *at)
{
    phase_list list = {0};
    for (uint32_t i = 0; i < p->norder; i++) {
        apd_phase ph;
        if (!find_phase(p, at, i, APD_LIT(""), &ph))
            continue;
        if (!APD_PUSH(p->arena, list, ph) || !add_parts(p, at, i, &list))
            return false;
    }
    conclude(&list);
    measure(p, at, &list);
    if (!sort_phases(p, &list, at))
        return false;
    at->fate = fate_of(at);
    at->last_good = last_good(at);
    return true;
}

/* --- scenario --- */

static int heavier(const void *x, const void *y)
{
    const apd_scenario_sign *a = x, *b = y;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    if (a->time != b->time)
        return a->time > b->time ? 1 : -1;
    return apd_cmp(a->say, b->say);
}

static bool concerns(const apd_attempt *at, const apd_scenario_sign *s)
{
    return !apd_clock_is_utc(s->clock) || at->start == APD_TIME_NONE ||
           (s->time >= at->start - LEAD && s->time <= at->end + LEAD);
}

static int sum_for(const apd_attempt *at, apd_str scenario)
{
    int sum = 0;
    for (size_t k = 0; k < at->nsigns; k++)
        sum += apd_eq(at->signs[k].is, scenario) ? at->signs[k].weight : 0;
    return sum;
}

/* What the kind of the attempt before says of this one. */
static apd_scenario_sign sign_of_before(const apd_phases *p)
{
    enum { WEIGHT = 6 };
    const apd_attempt *before = p->attempts.n ? &p->attempts.at[p->attempts.n - 1] : NULL;
    apd_scenario_sign s = {.is = APD_LIT(""),
                           .say = APD_LIT("the attempt before prepared it"),
                           .next = APD_LIT(""),
                           .weight = WEIGHT,
                           .time = APD_TIME_NONE,
                           .clock = APD_CLOCK_NONE};
    for (size_t i = 0; before && i < before->nsigns; i++)
        if (apd_eq(before->signs[i].is, before->scenario) && before->signs[i].next.len)
            s.is = before->signs[i].next;
    return s;
}

static bool judge_scenario(apd_phases *p, apd_attempt *at)
{
    APD_VEC(apd_scenario_sign) signs = {0};
    int best = 0;
    apd_scenario_sign before = sign_of_before(p);
    if (before.is.len && !APD_PUSH(p->arena, signs, before))
        return false;
    for (size_t i = 0; i < p->signs.n; i++)
        if (concerns(at, &p->signs.at[i]) && !APD_PUSH(p->arena, signs, p->signs.at[i]))
            return false;
    if (signs.n)
        qsort(signs.at, signs.n, sizeof *signs.at, heavier);
    at->signs = signs.at;
    at->nsigns = signs.n;
    at->scenario = APD_LIT("");
    for (size_t i = 0; i < signs.n; i++) {
        int sum = sum_for(at, signs.at[i].is);
        if (sum > best) {
            best = sum;
            at->scenario = signs.at[i].is;
        }
    }
    return true;
}

/* Does the step count in such a deployment? */
static bool counts_in(const apd_step *s, apd_str scenario)
{
    apd_str kind = s->scenario;
    bool others = apd_starts(kind, APD_LIT("not "));
    if (others)
        kind = apd_sub(kind, 4, kind.len);
    return kind.len == 0 || apd_eq(kind, scenario) != others;
}

/* --- attempts --- */

static void find_span(apd_attempt *at)
{
    at->start = at->end = APD_TIME_NONE;
    for (size_t i = 0; i < at->nsteps; i++) {
        const apd_step *s = &at->steps[i];
        if (s->time == APD_TIME_NONE ||
            (at->start != APD_TIME_NONE && !comparable(s->clock, at->start_clock)))
            continue;
        if (at->start == APD_TIME_NONE || s->time < at->start) {
            at->start = s->time;
            at->start_clock = s->clock;
        }
        if (at->end == APD_TIME_NONE || s->time > at->end) {
            at->end = s->time;
            at->end_clock = s->clock;
        }
    }
}

static void find_boots(apd_attempt *at, const apd_time *boots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (at->start == APD_TIME_NONE || boots[i] < at->start || boots[i] > at->end)
            continue;
        at->boots = at->nboots ? at->boots : &boots[i];
        at->nboots++;
    }
}

/* Its steps by time, those without UTC behind; what only another kind of deployment has is left out. */
static bool build_attempt(apd_phases *p, const phases_cut *cut, apd_step *steps, size_t n,
                          const apd_time *boots, size_t nboots)
{
    apd_attempt at = {.number = cut->number, .later = cut->later, .steps = steps, .nsteps = n};
    find_span(&at);
    find_boots(&at, boots, nboots);
    if (!judge_scenario(p, &at))
        return false;
    at.nsteps = 0;
    for (size_t i = 0; i < n; i++)
        if (counts_in(&steps[i], at.scenario))
            steps[at.nsteps++] = steps[i];
    return find_phases(p, &at) && APD_PUSH(p->arena, p->attempts, at);
}

/* --- cutting --- */

typedef struct cutter {
    apd_phases *p;
    size_t utc; /* steps with a time in UTC; the others stand behind them */
    const apd_time *boots;
    size_t nboots;
    APD_VEC(phases_cut) cuts;
    uint32_t *of; /* per step without UTC */
} cutter;

/* A device goes on synchronising for years: milestones after a long rest do not belong to the deployment, unless a
 * phase begins there. */
static void without_everyday(const apd_phases *p, phases_cut *cut)
{
    const apd_step *at = p->steps.at;
    size_t to = cut->to;
    for (size_t i = cut->from + 1; i < cut->to; i++)
        if (apd_clocks_passed(p->clocks, at[i - 1].order, at[i].order) > PHASES_REST &&
            to == cut->to)
            to = i;
        else if (to < i && at[i].edge == APD_EDGE_START && !at[i].part.len)
            to = cut->to;
    cut->later = cut->to - to;
    cut->to = to;
}

static bool add_cut(cutter *c, phases_cut cut)
{
    without_everyday(c->p, &cut);
    for (size_t i = cut.from; i < cut.to; i++) {
        apd_time t = c->p->steps.at[i].time;
        cut.start = i == cut.from || t < cut.start ? t : cut.start;
        cut.end = i == cut.from || t > cut.end ? t : cut.end;
    }
    return APD_PUSH(c->p->arena, c->cuts, cut);
}

/* Where the steps of an attempt begin: at its mark, or with what led up to it since the boot, which can only be its
 * first phase. */
static size_t begin_of(const cutter *c, size_t from, apd_time start, apd_time before)
{
    const apd_step *s = c->p->steps.at;
    size_t at = from;
    apd_time boot = APD_TIME_NONE;
    while (at < c->utc && s[at].order < start)
        at++;
    for (size_t b = 0; b < c->nboots; b++)
        if (c->boots[b] < start && c->boots[b] > before && start - c->boots[b] < LEAD)
            boot = c->boots[b];
    while (boot != APD_TIME_NONE && at > from && s[at - 1].order >= boot && s[at - 1].place == 0)
        at--;
    return at;
}

static bool cut_utc(cutter *c, const apd_time *starts, size_t n)
{
    size_t from = 0;
    for (size_t k = 0; k < (n ? n : 1); k++) {
        size_t to = k + 1 < n ? begin_of(c, from, starts[k + 1], starts[k]) : c->utc;
        phases_cut cut = {.number = (uint32_t)k + 1,
                          .from = from,
                          .to = to,
                          .start = n ? starts[k] : APD_TIME_NONE,
                          .end = n ? starts[k] : APD_TIME_NONE};
        if (!add_cut(c, cut))
            return false;
        from = to;
    }
    return true;
}

/* The steps of one attempt, copied: those without UTC come from all over. */
static bool build_cut(cutter *c, uint32_t k)
{
    apd_phases *p = c->p;
    phases_cut *cut = &c->cuts.at[k];
    size_t n = cut->to - cut->from;
    for (size_t i = c->utc; i < p->steps.n; i++) {
        n += c->of[i - c->utc] == k;
        cut->later += c->of[i - c->utc] == (k | PHASES_LATER);
    }
    if (n == 0)
        return true;
    apd_step *steps = APD_NEWS(p->arena, apd_step, n);
    if (!steps)
        return false;
    n = cut->to - cut->from;
    if (n)
        memcpy(steps, &p->steps.at[cut->from], n * sizeof *steps);
    for (size_t i = c->utc; i < p->steps.n; i++)
        if (c->of[i - c->utc] == k)
            steps[n++] = p->steps.at[i];
    return build_attempt(p, cut, steps, n, c->boots, c->nboots);
}

bool phases_cut_all(apd_phases *p, const apd_time *starts, size_t n, const apd_time *boots,
                    size_t nboots)
{
    cutter c = {.p = p, .boots = boots, .nboots = nboots};
    while (c.utc < p->steps.n && apd_clock_is_utc(p->steps.at[c.utc].clock))
        c.utc++;
    c.of = APD_NEWS(p->arena, uint32_t, p->steps.n - c.utc + 1);
    if (!c.of || !cut_utc(&c, starts, n))
        return false;
    phases_place(p, c.cuts.at, c.cuts.n, c.utc, c.of);
    for (uint32_t k = 0; k < c.cuts.n; k++)
        if (!build_cut(&c, k))
            return false;
    for (size_t i = c.utc; i < p->steps.n; i++)
        if (c.of[i - c.utc] == PHASES_NOWHERE && !APD_PUSH(p->arena, p->unplaced, p->steps.at[i]))
            return false;
    return true;
}
