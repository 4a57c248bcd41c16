/* Runs the tests that rule files carry: each on a fresh scanner, through the same selecting, relating
 * and ranking as a bundle. Only the rule of the file is judged, besides the look-alikes it names,
 * so that a test says nothing about the other rules of the set. */
#include <stdlib.h>

#include "rank.h"
#include "rule_test.h"
#include "rule_test_feed.h"
#include "track_test.h"

typedef struct runner {
    const apd_rules *rules;
    apd_intern *names;
    const apd_raw_parser *raw;
    apd_arena *arena; /* of one test */
    bool *only;
} runner;

/* One test at work. */
typedef struct trial {
    runner *r;
    const apd_rule_test *test;
    uint32_t first, n; /* the rule, or all causes of its family */
    apd_scan *scan;
    const apd_diagnosis *d;
    apd_buf faults; /* what was not as expected */
} trial;

/* --- what is judged --- */

static uint32_t group_start(const apd_rules *rules, uint32_t rule)
{
    uint32_t family = rules->rules[rule].family;
    return family == UINT32_MAX ? rule : rules->families[family].first;
}

static void choose_rules(trial *t)
{
    const apd_rules *rules = t->r->rules;
    memset(t->r->only, 0, rules->nrules * sizeof *t->r->only);
    t->r->only[t->first] = true;
    for (uint32_t i = t->first; i < t->first + t->n; i++)
        for (size_t k = 0; k < rules->rules[i].ndifferential; k++) {
            uint32_t other = apd_rule_find(rules, rules->rules[i].differential[k].rule);
            if (other != UINT32_MAX)
                t->r->only[group_start(rules, other)] = true;
        }
    t->scan->only = t->r->only;
}

/* --- expectations --- */

static void add_fault(trial *t, apd_str words)
{
    if (t->faults.len)
        apd_buf_add(&t->faults, APD_LIT("; "));
    apd_buf_add(&t->faults, words);
}

static void expected_got(trial *t, const char *what, apd_str expected, apd_str got)
{
    add_fault(t, apd_printf_a(t->r->arena, "expected %s: %.*s, got %.*s", what, APD_FMT(expected),
                              APD_FMT(got)));
}

static apd_str joined(apd_arena *a, const apd_str *items, size_t n)
{
    apd_buf b;
    apd_buf_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        apd_buf_add(&b, i ? APD_LIT(", ") : APD_LIT(""));
        apd_buf_add(&b, items[i]);
    }
    return n ? apd_buf_str(&b) : APD_LIT("nothing");
}

static bool is_own(const trial *t, apd_str id)
{
    for (uint32_t i = t->first; i < t->first + t->n; i++)
        if (apd_eq(t->r->rules->rules[i].id, id))
            return true;
    return false;
}

static const apd_finding *own_finding(const trial *t)
{
    for (size_t i = 0; i < t->d->nfindings; i++)
        if (is_own(t, t->d->findings[i].rule))
            return &t->d->findings[i];
    return NULL;
}

static const apd_unchecked *own_unchecked(const trial *t)
{
    for (size_t i = 0; i < t->d->nunchecked; i++)
        if (is_own(t, t->d->unchecked[i].rule))
            return &t->d->unchecked[i];
    return NULL;
}

/* Why nothing was found: of the rule, or of the family's first cause. */
static apd_str why_not(trial *t)
{
    apd_view *views;
    if (apd_views_make(t->scan, &views) == 0)
        return APD_LIT("");
    apd_grounds g = apd_grounds_of(&views[0], &t->r->rules->rules[t->first]);
    return apd_why_false(&g);
}

static void check_found(trial *t, const apd_finding *f, const apd_unchecked *u)
{
    apd_truth got = f ? APD_TRUE : u ? APD_UNKNOWN : APD_FALSE;
    const apd_test_expect *e = &t->test->expect;
    if (got == e->found)
        return;
    apd_str words = f ? joined(t->r->arena, f->by, f->nby) : u ? u->why : why_not(t);
    words = apd_printf_a(t->r->arena, "%s%s%.*s", apd_truth_name(got),
                         f           ? " by "
                         : words.len ? ": "
                                     : "",
                         APD_FMT(words));
    expected_got(t, "found", apd_str_of(apd_truth_name(e->found)), words);
}

static bool has(const apd_str *list, size_t n, apd_str item)
{
    for (size_t i = 0; i < n; i++)
        if (apd_eq(list[i], item))
            return true;
    return false;
}

static bool holds_part(apd_str sentence, apd_str part)
{
    return apd_find(sentence, part) != SIZE_MAX;
}

/* Every sentence printed for a finding. */
static bool finding_says(const apd_finding *f, apd_str part)
{
    if (holds_part(f->title, part) || holds_part(f->say, part))
        return true;
    for (size_t i = 0; i < f->nevidence; i++)
        if (holds_part(f->evidence[i].text, part))
            return true;
    for (size_t i = 0; i < f->nterms; i++)
        if (f->terms[i].state == APD_TRUE && holds_part(f->terms[i].say, part))
            return true;
    for (size_t i = 0; i < f->nconsidered; i++)
        if (holds_part(f->considered[i].text, part))
            return true;
    return false;
}

static void check_say(trial *t, const apd_finding *f, const apd_unchecked *u)
{
    apd_str part = t->test->expect.say;
    if (!part.len || (f && finding_says(f, part)) || (u && holds_part(u->why, part)))
        return;
    apd_str got = f ? f->say : u ? u->why : APD_LIT("");
    expected_got(t, "say", part, got.len ? got : APD_LIT("nothing said"));
}

static bool is_contradicted(const apd_finding *f)
{
    for (size_t i = 0; i < f->nterms; i++)
        if (f->terms[i].weight < 0 && f->terms[i].state == APD_TRUE)
            return true;
    return false;
}

static void check_considered(trial *t, const apd_finding *f)
{
    const apd_test_expect *e = &t->test->expect;
    for (size_t i = 0; i < e->nconsidered; i++) {
        bool found = false;
        for (size_t k = 0; f && k < f->nconsidered; k++)
            found |= apd_eq(f->considered[k].rule, e->considered[i]);
        if (!found)
            add_fault(t, apd_printf_a(t->r->arena, "expected %.*s to be considered",
                                      APD_FMT(e->considered[i])));
    }
}

static void check_finding(trial *t, const apd_finding *f)
{
    const apd_test_expect *e = &t->test->expect;
    if (e->strength >= 0 && (int)f->strength != e->strength)
        expected_got(t, "strength", apd_str_of(apd_strength_name((apd_strength)e->strength)),
                     apd_str_of(apd_strength_name(f->strength)));
    if (e->contradicted >= 0 && is_contradicted(f) != (e->contradicted > 0))
        expected_got(t, "contradicted", e->contradicted ? APD_LIT("true") : APD_LIT("false"),
                     is_contradicted(f) ? APD_LIT("true") : APD_LIT("false"));
    for (size_t i = 0; i < e->nby; i++)
        if (!has(f->by, f->nby, e->by[i]))
            expected_got(t, "by", e->by[i], joined(t->r->arena, f->by, f->nby));
    if (e->diagnosis.len && !apd_eq(f->rule, e->diagnosis))
        expected_got(t, "diagnosis", e->diagnosis, f->rule);
}

/* Does the `if` of a look-alike hold, whether the rule was found or not? */
static bool points_to(trial *t, apd_str id)
{
    apd_view *views;
    size_t nviews = apd_views_make(t->scan, &views);
    for (uint32_t i = t->first; i < t->first + t->n; i++) {
        const apd_rule *rule = &t->r->rules->rules[i];
        for (size_t k = 0; k < rule->ndifferential; k++) {
            const apd_differential *d = &rule->differential[k];
            for (size_t v = 0; apd_eq(d->rule, id) && d->cond.root && v < nviews; v++)
                if (apd_eval_expr(&views[v], d->cond.root) == APD_TRUE)
                    return true;
        }
    }
    return false;
}

static void check_expectations(trial *t)
{
    const apd_test_expect *e = &t->test->expect;
    const apd_finding *f = own_finding(t);
    const apd_unchecked *u = f ? NULL : own_unchecked(t);
    check_found(t, f, u);
    if (t->faults.len == 0) {
        if (f)
            check_finding(t, f);
        else if (e->strength >= 0 || e->contradicted >= 0 || e->nby)
            add_fault(t, APD_LIT("strength, by and contradicted ask about a finding, and there is "
                                 "none"));
        check_considered(t, f);
        check_say(t, f, u);
    }
    if (e->rather.len && !points_to(t, e->rather))
        add_fault(t, apd_printf_a(t->r->arena, "expected rather: %.*s, but its `if` does not hold",
                                  APD_FMT(e->rather)));
}

/* --- running --- */

/* What makes the test fail is in `faults`; the status is only about going on. */
static apd_status run_trial(trial *t)
{
    apd_error err = {0};
    choose_rules(t);
    apd_status st = apd_test_feed(t->scan, t->test, t->r->raw, &err);
    if (st <= APD_SKIPPED)
        st = apd_scan_settle(t->scan);
    if (st <= APD_SKIPPED)
        st = apd_scan_diagnose(t->scan, NULL, &t->d, &err);
    if (st == APD_E_NOMEM)
        return st;
    if (st > APD_SKIPPED)
        add_fault(t, apd_strdup_a(t->r->arena, apd_str_of(err.text)));
    else
        check_expectations(t);
    return APD_OK;
}

static apd_status run_test(runner *r, uint32_t rule, const apd_rule_test *test,
                           apd_test_result *result)
{
    const apd_rule *owner = &r->rules->rules[rule];
    trial t = {.r = r, .test = test, .first = rule, .n = 1};
    if (owner->family != UINT32_MAX)
        t.n = r->rules->families[owner->family].count;
    apd_buf_init(&t.faults, r->arena);
    t.scan = apd_scan_new(r->rules, r->names, r->arena);
    apd_status st = t.scan ? run_trial(&t) : APD_E_NOMEM;
    apd_scan_free(t.scan);
    *result = (apd_test_result){
        .file = r->rules->files[owner->at.file].name,
        .rule = t.n > 1 ? r->rules->families[owner->family].id : owner->id,
        .name = test->name,
        .line = test->at.line,
        .ok = t.faults.len == 0,
        .detail = apd_buf_str(&t.faults),
    };
    return st;
}

static apd_status run_all(runner *r, bool (*each)(void *ctx, const apd_test_result *t), void *ctx)
{
    for (uint32_t i = 0; i < r->rules->nrules; i++) {
        const apd_rule *rule = &r->rules->rules[i];
        for (size_t k = 0; k < rule->ntests; k++) {
            apd_mark mark = apd_arena_mark(r->arena);
            apd_test_result result;
            APD_TRY(run_test(r, i, &rule->tests[k], &result));
            if (!each(ctx, &result))
                return APD_OK;
            apd_arena_rewind(r->arena, mark);
        }
    }
    for (size_t i = 0; i < r->rules->ntrack_tests; i++) {
        apd_mark mark = apd_arena_mark(r->arena);
        apd_test_result result;
        APD_TRY(apd_track_test_run(r->rules, r->names, r->raw, &r->rules->track_tests[i], r->arena,
                                   &result));
        if (!each(ctx, &result))
            return APD_OK;
        apd_arena_rewind(r->arena, mark);
    }
    return APD_OK;
}

apd_status apd_rules_test(const apd_rules *rules, apd_intern *names, const apd_raw_parser *raw,
                          bool (*each)(void *ctx, const apd_test_result *t), void *ctx,
                          apd_error *err)
{
    runner r = {.rules = rules, .names = names, .raw = raw, .arena = apd_arena_new(0)};
    r.only = calloc(rules->nrules + 1, sizeof *r.only);
    apd_status st = r.arena && r.only ? run_all(&r, each, ctx) : APD_E_NOMEM;
    free(r.only);
    apd_arena_free(r.arena);
    if (st > APD_SKIPPED)
        return apd_fail(err, st, APD_NOWHERE, "not enough memory to run the tests of the rules");
    return APD_OK;
}
