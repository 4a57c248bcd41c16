/* Sorted milestones into attempts, attempts into phases: an attempt is a range of steps. */
#include <stdlib.h>

#include "phases_p.h"

/* What happens so shortly before an attempt's mark (the network check of OOBE) belongs to it. */
#define LEAD (30 * APD_TICKS_MINUTE)
/* No milestone for so long: the deployment is over, unless a phase begins once more. */
#define REST (12 * APD_TICKS_HOUR)

typedef struct range {
    size_t from, to;
} range;

/* --- one phase --- */

/* Takes up one step of the phase, or of a part of it. */
static void take_step(apd_phase *ph, const apd_step *s)
{
    bool own = apd_eq(s->part, ph->part);
    ph->first = ph->first ? ph->first : s;
    ph->last = s;
    ph->only_seen &= s->edge == APD_EDGE_SEEN;
    if (!own)
        return;
    ph->tries += s->edge == APD_EDGE_START;
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
static bool find_phase(const apd_phases *p, range r, uint32_t place, apd_str part, apd_phase *out)
{
    bool moved_on = false;
    *out = (apd_phase){.name = p->order[place], .part = part, .only_seen = true};
    for (size_t i = r.from; i < r.to; i++) {
        const apd_step *s = &p->steps.at[i];
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

static bool add_parts(apd_phases *p, range r, uint32_t place, phase_list *l)
{
    size_t from = l->n;
    for (size_t i = r.from; i < r.to; i++) {
        const apd_step *s = &p->steps.at[i];
        apd_phase part;
        if (!s->part.len || s->place != place || listed(l, from, s->part))
            continue;
        if (find_phase(p, r, place, s->part, &part) && !APD_PUSH(p->arena, *l, part))
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

static bool find_phases(apd_phases *p, range r, apd_attempt *at)
{
    phase_list list = {0};
    for (uint32_t i = 0; i < p->norder; i++) {
        apd_phase ph;
        if (!find_phase(p, r, i, APD_LIT(""), &ph))
            continue;
        if (!APD_PUSH(p->arena, list, ph) || !add_parts(p, r, i, &list))
            return false;
    }
    conclude(&list);
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

/* --- attempts --- */

static void find_span(const apd_phases *p, range r, apd_attempt *at)
{
    at->start = at->end = APD_TIME_NONE;
    for (size_t i = r.from; i < r.to; i++) {
        const apd_step *s = &p->steps.at[i];
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

static void reverse(apd_step *s, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        apd_step t = s[i];
        s[i] = s[n - 1 - i];
        s[n - 1 - i] = t;
    }
}

/* A device goes on synchronising for years: milestones after a long rest do not belong to the deployment, unless a
 * phase begins there. They change places with the steps whose offset is unknown, which stand behind all others. */
static range without_everyday(apd_phases *p, range r, size_t *later)
{
    apd_step *at = p->steps.at;
    size_t utc = r.from, keep;
    while (utc < r.to && apd_clock_is_utc(at[utc].clock))
        utc++;
    keep = utc;
    for (size_t i = r.from + 1; i < utc; i++)
        if (at[i].order - at[i - 1].order > REST && keep == utc)
            keep = i;
        else if (keep < i && at[i].edge == APD_EDGE_START && !at[i].part.len)
            keep = utc;
    *later = utc - keep;
    if (*later) {
        reverse(at + keep, *later);
        reverse(at + utc, r.to - utc);
        reverse(at + keep, r.to - keep);
    }
    return (range){r.from, r.to - *later};
}

static bool build_attempt(apd_phases *p, range r, uint32_t number, const apd_time *boots,
                          size_t nboots)
{
    apd_attempt at = {.number = number};
    r = without_everyday(p, r, &at.later);
    at.steps = &p->steps.at[r.from];
    at.nsteps = r.to - r.from;
    find_span(p, r, &at);
    find_boots(&at, boots, nboots);
    return find_phases(p, r, &at) && judge_scenario(p, &at) && APD_PUSH(p->arena, p->attempts, at);
}

/* Where the steps of an attempt begin: at its mark, or with what led up to it since the boot, which can only be its
 * first phase. */
static size_t begin_of(const apd_phases *p, size_t from, apd_time start, apd_time before,
                       const apd_time *boots, size_t nboots)
{
    size_t at = from;
    apd_time boot = APD_TIME_NONE;
    while (at < p->steps.n && apd_clock_is_utc(p->steps.at[at].clock) &&
           p->steps.at[at].order < start)
        at++;
    for (size_t b = 0; b < nboots; b++)
        if (boots[b] < start && boots[b] > before && start - boots[b] < LEAD)
            boot = boots[b];
    while (boot != APD_TIME_NONE && at > from && p->steps.at[at - 1].order >= boot &&
           p->steps.at[at - 1].place == 0)
        at--;
    return at;
}

/* Steps without UTC cannot be shared out: they go with the newest attempt. */
bool phases_cut(apd_phases *p, const apd_time *starts, size_t n, const apd_time *boots,
                size_t nboots)
{
    size_t from = 0;
    uint32_t number = 1;
    for (size_t k = 1; k < n; k++, number++) {
        size_t to = begin_of(p, from, starts[k], starts[k - 1], boots, nboots);
        if (to > from && !build_attempt(p, (range){from, to}, number, boots, nboots))
            return false;
        from = to;
    }
    return from == p->steps.n || build_attempt(p, (range){from, p->steps.n}, number, boots, nboots);
}
