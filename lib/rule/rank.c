/* From judged rules to a ranked diagnosis.
 *
 * Each rule is tried in the newest OOBE attempt, then in older ones, then over everything, and
 * found at most once. The causes of a family compete and at most one of them is found. Then
 * findings mask one another: what is only a consequence goes behind its cause. The order is
 * written down in docs/rules.md, section Ranking. */
#include "rank.h"

#include <stdlib.h>

typedef struct ranking {
    apd_scan *scan;
    const apd_model *model; /* or NULL */
    apd_arena *arena;
    apd_view *views;
    size_t nviews;
    APD_VEC(apd_candidate) found;
    APD_VEC(apd_unchecked) unchecked;
    size_t nrules;
} ranking;

/* --- judging --- */

static void weigh(apd_judged *j)
{
    const apd_rule *rule = j->rule;
    bool contradicted = false;
    for (size_t i = 0; i < rule->nsupports; i++) {
        const apd_support *s = &rule->supports[i];
        if (apd_eval_expr(j->view, s->cond.root) != APD_TRUE)
            continue;
        j->supported = true;
        j->score += s->weight;
        if (s->makes > (int)j->strength)
            j->strength = (apd_strength)s->makes;
    }
    for (size_t i = 0; i < rule->ncontradicts; i++) {
        if (apd_eval_expr(j->view, rule->contradicts[i].cond.root) != APD_TRUE)
            continue;
        contradicted = true;
        j->score -= rule->contradicts[i].weight;
    }
    if (contradicted && j->strength > APD_SUGGESTS)
        j->strength = (apd_strength)(j->strength - 1);
}

apd_judged apd_judge(const apd_view *v, const apd_rule *rule)
{
    apd_judged j = {.rule = rule, .view = v, .truth = APD_TRUE, .strength = rule->strength};
    if (rule->family != UINT32_MAX && v->scan->rules->families[rule->family].when.root)
        j.truth = apd_eval_expr(v, v->scan->rules->families[rule->family].when.root);
    if (j.truth != APD_FALSE && rule->when.root)
        j.truth = apd_and(j.truth, apd_eval_expr(v, rule->when.root));
    if (j.truth != APD_FALSE)
        weigh(&j);
    return j;
}

/* --- a rule, or a family of causes --- */

typedef struct group {
    const apd_rule *rules;
    size_t n;
} group;

static const apd_judged *judge_all(ranking *r, const apd_view *v, group g)
{
    apd_judged *j = APD_NEWS(r->arena, apd_judged, g.n);
    for (size_t i = 0; j && i < g.n; i++)
        j[i] = apd_judge(v, &g.rules[i]);
    return j;
}

/* The best of those found: strength, score, order in the file. NULL if none is. */
static const apd_judged *winner_of(const apd_judged *j, size_t n)
{
    const apd_judged *best = NULL;
    for (size_t i = 0; i < n; i++) {
        if (j[i].truth != APD_TRUE)
            continue;
        if (!best || j[i].strength > best->strength ||
            (j[i].strength == best->strength && j[i].score > best->score))
            best = &j[i];
    }
    return best;
}

/* Does nothing speak for the winner that does not speak for another cause, found or unchecked? */
static bool is_undecided(const apd_judged *winner, const apd_judged *j, size_t n)
{
    for (size_t i = 0; i < n && !winner->supported; i++)
        if (&j[i] != winner && j[i].truth != APD_FALSE && j[i].strength >= winner->strength &&
            j[i].score >= winner->score)
            return true;
    return false;
}

static apd_finding describe(const apd_scan *s, const apd_candidate *c)
{
    const apd_rule *rule = c->judged.rule;
    apd_finding f = {.rule = rule->id,
                     .title = rule->title,
                     .phase = rule->phase,
                     .severity = rule->severity,
                     .strength = c->undecided ? APD_SUGGESTS : c->judged.strength,
                     .score = c->judged.score,
                     .fix = rule->fix,
                     .nfix = rule->nfix,
                     .escalate_with = rule->escalate_with,
                     .nescalate = rule->nescalate,
                     .links = rule->links,
                     .nlinks = rule->nlinks};
    if (rule->family != UINT32_MAX)
        f.family = s->rules->families[rule->family].id;
    return f;
}

/* Which attempt it is of: the view's; over everything, that of the last record. */
static void place(const apd_scan *s, apd_candidate *c)
{
    apd_finding *f = &c->f;
    size_t n = s->nattempts, k = 0;
    if (n < 2)
        return;
    f->attempt = c->judged.view->attempt;
    if (f->attempt == 0) {
        while (k + 1 < n && f->last != APD_TIME_NONE && s->attempts[k + 1] <= f->last)
            k++;
        f->attempt = f->last == APD_TIME_NONE ? (uint32_t)n : (uint32_t)k + 1;
    }
    f->history = f->attempt < n;
}

static void get_over(apd_finding *f, apd_overcome how)
{
    f->overcome = how;
    if (how.phase.len)
        f->severity = APD_SEV_INFO;
}

static bool add_found(ranking *r, const apd_judged *winner, const apd_judged *all, size_t n)
{
    apd_candidate c = {.judged = *winner, .siblings = all, .nsiblings = n};
    c.undecided = is_undecided(winner, all, n);
    c.f = describe(r->scan, &c);
    apd_explain_words(&c);
    apd_explain_evidence(&c);
    place(r->scan, &c);
    if (r->model)
        get_over(&c.f, apd_overcome_find(r->model, &c.f));
    return APD_PUSH(r->arena, r->found, c);
}

/* One entry a family: its causes lack the same log as a rule. */
static bool add_unchecked(ranking *r, const apd_judged *j, size_t n)
{
    apd_unchecked u = {.rules = 0};
    for (size_t i = 0; i < n; i++) {
        if (j[i].truth != APD_UNKNOWN || u.rules++ > 0)
            continue;
        const apd_rule *rule = j[i].rule;
        apd_grounds g = apd_grounds_of(j[i].view, rule);
        u.rule = rule->id;
        u.title =
            rule->family == UINT32_MAX ? rule->title : r->scan->rules->families[rule->family].title;
        u.why = apd_why_unknown(&g);
        u.missing_log = apd_grounds_blind(&g);
    }
    return u.rules == 0 || APD_PUSH(r->arena, r->unchecked, u);
}

static bool evaluate(ranking *r, group g)
{
    const apd_judged *newest = NULL;
    r->nrules += g.n;
    for (size_t i = 0; i < r->nviews; i++) {
        const apd_judged *all = judge_all(r, &r->views[i], g);
        if (!all)
            return false;
        const apd_judged *winner = winner_of(all, g.n);
        if (winner)
            return add_found(r, winner, all, g.n);
        if (i == 0)
            newest = all;
    }
    return !newest || add_unchecked(r, newest, g.n);
}

static bool evaluate_all(ranking *r)
{
    const apd_rules *rules = r->scan->rules;
    for (size_t i = 0; i < rules->nrules;) {
        group g = {&rules->rules[i], 1};
        if (rules->rules[i].family != UINT32_MAX)
            g.n = rules->families[rules->rules[i].family].count;
        if ((!r->scan->only || r->scan->only[i]) && !evaluate(r, g))
            return false;
        i += g.n ? g.n : 1;
    }
    return true;
}

/* --- masks --- */

static bool names_it(const apd_rule *masker, apd_str id)
{
    for (size_t i = 0; i < masker->nmasks; i++)
        if (apd_glob(masker->masks[i], id, false))
            return true;
    return false;
}

/* What was overcome explains nothing that came later. */
static bool was_over(const apd_finding *a, const apd_finding *b)
{
    return a->overcome.phase.len && !b->overcome.phase.len && b->last > a->overcome.time;
}

/* A cause explains what comes with it or after it, in the same attempt, and no better proven than
 * itself. What only suggests explains nothing away. */
static bool may_mask(const apd_candidate *a, const apd_candidate *b)
{
    if (a == b || a->f.strength < APD_STRONG || a->f.strength < b->f.strength ||
        a->f.attempt != b->f.attempt || !names_it(a->judged.rule, b->f.rule) ||
        was_over(&a->f, &b->f))
        return false;
    int64_t doubt = apd_clock_doubt(a->f.clock, b->f.clock);
    if (doubt == INT64_MAX || a->f.first == APD_TIME_NONE || b->f.last == APD_TIME_NONE)
        return true;
    return apd_time_sub(a->f.first, b->f.last) <= doubt;
}

static bool is_masked_by(const apd_candidate *c, const apd_candidate *by)
{
    for (; c; c = c->masker)
        if (c == by)
            return true;
    return false;
}

static unsigned depth_of(const apd_candidate *c)
{
    unsigned n = 0;
    for (; c->masker; c = c->masker)
        n++;
    return n;
}

static int cmp_u(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Which of two may mask the other first: the stronger, then the earlier phase, then as ranked. */
static int masker_cmp(const void *x, const void *y)
{
    const apd_candidate *a = *(apd_candidate *const *)x, *b = *(apd_candidate *const *)y;
    int c = (int)b->f.strength - (int)a->f.strength;
    if (c == 0)
        c = cmp_u(a->judged.rule->phase_order, b->judged.rule->phase_order);
    if (c == 0)
        c = (int)b->f.severity - (int)a->f.severity;
    return c ? c : apd_cmp(a->f.rule, b->f.rule);
}

static bool apply_masks(ranking *r)
{
    size_t n = r->found.n;
    apd_candidate **order = APD_NEWS(r->arena, apd_candidate *, n);
    if (!order)
        return false;
    for (size_t i = 0; i < n; i++)
        order[i] = &r->found.at[i];
    if (n > 1)
        qsort(order, n, sizeof *order, masker_cmp);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            apd_candidate *masked = order[k];
            if (masked->masker || !may_mask(order[i], masked) || is_masked_by(order[i], masked))
                continue;
            masked->masker = order[i];
            masked->f.masked_by = order[i]->f.rule;
            if (order[i]->f.overcome.phase.len)
                get_over(&masked->f, order[i]->f.overcome);
        }
    return true;
}

/* --- order --- */

/* 0: an error that at least strong evidence backs. 1: an error that is merely suggested, a
 * warning. 2: information, which no amount of proof lifts above a failure. */
static int weight_class(const apd_finding *f)
{
    if (f->severity == APD_SEV_INFO)
        return 2;
    return f->severity == APD_SEV_ERROR && f->strength >= APD_STRONG ? 0 : 1;
}

static int first_cmp(const apd_finding *a, const apd_finding *b)
{
    bool none_a = a->first == APD_TIME_NONE, none_b = b->first == APD_TIME_NONE;
    if (none_a || none_b)
        return (int)none_a - (int)none_b;
    return (a->first > b->first) - (a->first < b->first);
}

static int rank_cmp(const void *x, const void *y)
{
    const apd_candidate *ca = *(apd_candidate *const *)x, *cb = *(apd_candidate *const *)y;
    const apd_finding *a = &ca->f, *b = &cb->f;
    int c = cmp_u(depth_of(ca), depth_of(cb));
    if (c == 0)
        c = (int)a->history - (int)b->history;
    if (c == 0)
        c = weight_class(a) - weight_class(b);
    if (c == 0)
        c = (int)b->strength - (int)a->strength;
    if (c == 0)
        c = (int)b->severity - (int)a->severity;
    if (c == 0)
        c = (b->score > a->score) - (b->score < a->score);
    if (c == 0)
        c = first_cmp(a, b);
    return c ? c : apd_cmp(a->rule, b->rule);
}

static const apd_finding *put_in_order(ranking *r)
{
    size_t n = r->found.n;
    const apd_candidate **order = APD_NEWS(r->arena, const apd_candidate *, n);
    apd_finding *out = APD_NEWS(r->arena, apd_finding, n);
    if (!order || !out)
        return NULL;
    for (size_t i = 0; i < n; i++)
        order[i] = &r->found.at[i];
    if (n > 1)
        qsort(order, n, sizeof *order, rank_cmp);
    for (size_t i = 0; i < n; i++) {
        out[i] = order[i]->f;
        out[i].rank = (uint32_t)i + 1;
    }
    return out;
}

static apd_diagnosis *diagnose(ranking *r)
{
    apd_scan *s = r->scan;
    r->nviews = apd_views_make(s, &r->views);
    if (r->nviews == 0 || !evaluate_all(r) || !apply_masks(r))
        return NULL;
    for (size_t i = 0; i < r->found.n; i++)
        apd_explain_considered(&r->found.at[i], r->found.at, r->found.n);
    apd_diagnosis *d = APD_NEW(r->arena, apd_diagnosis);
    const apd_finding *findings = put_in_order(r);
    size_t nlogs, nlimits;
    const apd_log_asked *logs = apd_logs_asked(s, &nlogs);
    const apd_limit *limits = apd_limits_find(s, r->found.n ? findings : NULL, &nlimits);
    if (!d || !findings || !logs || !limits || s->nomem)
        return NULL;
    *d = (apd_diagnosis){.findings = findings,
                         .nfindings = r->found.n,
                         .unchecked = r->unchecked.at,
                         .nunchecked = r->unchecked.n,
                         .nrules = r->nrules,
                         .coverage = s->coverage,
                         .logs = logs,
                         .nlogs = nlogs,
                         .limits = limits,
                         .nlimits = nlimits,
                         .attempts = (uint32_t)s->nattempts,
                         .events = s->events,
                         .kept = s->kept,
                         .given_up = apd_selector_given_up(s->selector)};
    return d;
}

apd_status apd_scan_diagnose(apd_scan *s, const apd_model *model, const apd_diagnosis **out,
                             apd_error *err)
{
    ranking r = {.scan = s, .model = model, .arena = s->keep};
    *out = diagnose(&r);
    if (!*out)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "not enough memory to judge the rules");
    return APD_OK;
}
