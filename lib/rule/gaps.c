#include "gaps.h"

#include <stdlib.h>

#include "scan.h"

typedef struct finder {
    apd_scan *scan;
    const apd_attempt *at;
    APD_VEC(apd_gap) gaps;
    int64_t within; /* 0: what each threshold says */
    bool nomem;
} finder;

static bool matches(const apd_gap_end *e, const apd_step *s)
{
    return apd_eq(e->phase, s->phase) && e->edges >> s->edge & 1 &&
           (e->any_part || apd_eq(e->part, s->part)) && apd_clock_is_utc(s->clock);
}

static bool applies(const apd_gap_rule *g, const apd_attempt *at)
{
    for (size_t i = 0; i < g->nscenarios; i++)
        if (apd_eq(g->scenarios[i], at->scenario))
            return true;
    return g->nscenarios == 0;
}

static void add(finder *f, const apd_gap_rule *g, const apd_step *after, const apd_step *until,
                apd_time to)
{
    apd_gap gap = {.name = g->name,
                   .say = g->say,
                   .after = after,
                   .until = until,
                   .from = after->time,
                   .to = to,
                   .length = apd_scan_awake(f->scan, after->time, to),
                   .within = f->within ? f->within : g->within};
    if (gap.length > gap.within)
        f->nomem |= !APD_PUSH(f->scan->keep, f->gaps, gap);
}

/* May the track mark such a milestone? A part or edge that is taken out of the record may be any. */
static bool may_mark(const apd_track *t, const apd_gap_end *e)
{
    static const char *const edges[] = {"seen", "start", "success", "failure"};
    if (t->verb != APD_SAYS_PHASE || !t->set || !apd_eq(t->set[APD_PHASE_NAME], e->phase))
        return false;
    apd_str edge = t->set[APD_PHASE_EDGE], part = t->set[APD_PHASE_PART];
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        if (apd_eq(edge, apd_str_of(edges[i])) && !(e->edges >> i & 1))
            return false;
    return e->any_part || t->ntakes || apd_eq(part, e->part);
}

/* Up to when every log that marks the milestone tells of it, if that is longer than the threshold; else the start. */
static apd_time silent_until(const finder *f, const apd_gap_end *e, apd_time from, int64_t within)
{
    const apd_scan *s = f->scan;
    apd_time to = apd_scan_after(s, from, within + 1);
    apd_span span = {.from = from, .to = to};
    bool any = false;
    for (size_t i = 0; i < s->rules->nselections; i++) {
        const apd_selection *sel = &s->rules->selections[i];
        if (sel->track == APD_NO_TRACK || !may_mark(&s->rules->tracks[sel->track], e))
            continue;
        for (size_t k = 0; k < sel->nalts; k++)
            for (size_t a = 0; a < sel->alts[k].naliases; a++) {
                apd_time edge;
                any = true;
                if (apd_alias_reach(s, sel->alts[k].aliases[a], &span, &edge) != APD_REACH_ALL)
                    return from;
            }
    }
    return any ? to : from;
}

/* The attempt has told all it has when the next one begins. */
static apd_time end_of(const finder *f)
{
    size_t n = f->at->number;
    return n < f->scan->nattempts ? f->scan->attempts[n] : INT64_MAX;
}

static void find_named(finder *f, const apd_gap_rule *g)
{
    const apd_step *after = NULL;
    for (size_t i = 0; i < f->at->nsteps; i++) {
        const apd_step *s = &f->at->steps[i];
        if (matches(&g->until, s)) {
            if (after)
                add(f, g, after, s, s->time);
            return;
        }
        after = !after && matches(&g->after, s) ? s : after;
    }
    if (!after)
        return;
    apd_time to = silent_until(f, &g->until, after->time, f->within ? f->within : g->within);
    if (to <= end_of(f))
        add(f, g, after, NULL, to > f->at->end ? to : f->at->end);
}

static bool is_named(const finder *f, size_t nnamed, apd_time from, apd_time to)
{
    for (size_t i = 0; i < nnamed; i++)
        if (f->gaps.at[i].from <= from && f->gaps.at[i].to >= to)
            return true;
    return false;
}

/* Between any two milestones, where no other threshold has words for it. */
static void find_quiet(finder *f, const apd_gap_rule *g)
{
    size_t nnamed = f->gaps.n;
    for (size_t i = 1; i < f->at->nsteps; i++) {
        const apd_step *a = &f->at->steps[i - 1], *b = a + 1;
        if (apd_clock_is_utc(a->clock) && apd_clock_is_utc(b->clock) &&
            !is_named(f, nnamed, a->time, b->time))
            add(f, g, a, b, b->time);
    }
}

static int by_time(const void *x, const void *y)
{
    const apd_gap *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

const apd_gap *apd_gaps_find(apd_scan *s, const apd_attempt *at, int64_t within, size_t *n)
{
    finder f = {.scan = s, .at = at, .within = within};
    const apd_rules *r = s->rules;
    for (int quiet = 0; quiet < 2; quiet++)
        for (size_t i = 0; i < r->ngaps; i++)
            if (r->gaps[i].quiet == (quiet == 1) && applies(&r->gaps[i], at))
                quiet ? find_quiet(&f, &r->gaps[i]) : find_named(&f, &r->gaps[i]);
    if (f.gaps.n)
        qsort(f.gaps.at, f.gaps.n, sizeof *f.gaps.at, by_time);
    *n = f.gaps.n;
    if (f.nomem)
        return NULL;
    return f.gaps.n ? f.gaps.at : APD_NEW(s->keep, apd_gap);
}
