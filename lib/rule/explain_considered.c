/* What else it could have been: the look-alikes a rule names, the other causes of its family, and
 * what was found but follows from it. */
#include "rank.h"

typedef struct thoughts {
    const apd_candidate *c;
    const apd_candidate *all;
    size_t n;
    APD_VEC(apd_considered) list;
} thoughts;

/* One entry a rule: a later word replaces an earlier one. */
static void consider(thoughts *t, apd_str rule, apd_verdict verdict, apd_str text)
{
    const apd_view *v = t->c->judged.view;
    apd_considered entry = {rule, verdict, text};
    for (size_t i = 0; i < t->list.n; i++)
        if (apd_eq(t->list.at[i].rule, rule)) {
            t->list.at[i] = entry;
            return;
        }
    if (!APD_PUSH(v->arena, t->list, entry))
        v->scan->nomem = true;
}

static bool was_found(const thoughts *t, apd_str rule)
{
    for (size_t i = 0; i < t->n; i++)
        if ((apd_eq(t->all[i].f.rule, rule) || apd_eq(t->all[i].f.family, rule)) &&
            t->all[i].f.attempt == t->c->f.attempt)
            return true;
    return false;
}

/* A rule by its id, or the likeliest cause of a family by the family's. */
static apd_truth judge_other(const apd_view *v, apd_str id, apd_grounds *g)
{
    const apd_rules *rules = v->scan->rules;
    uint32_t at = apd_rule_find(rules, id), n = 1;
    if (at == UINT32_MAX)
        return APD_FALSE;
    if (!apd_eq(rules->rules[at].id, id))
        n = rules->families[rules->rules[at].family].count;
    uint32_t best = at;
    apd_truth truth = apd_judge(v, &rules->rules[at]).truth;
    for (uint32_t i = at + 1; i < at + n; i++) {
        apd_truth one = apd_judge(v, &rules->rules[i]).truth;
        if (one > truth) {
            truth = one;
            best = i;
        }
    }
    *g = apd_grounds_of(v, &rules->rules[best]);
    return truth;
}

static apd_str ruled_out_words(const apd_view *v, apd_str check, const apd_grounds *g)
{
    if (check.len)
        return apd_printf_a(v->arena, "looked for %.*s, not there", APD_FMT(check));
    return apd_why_false(g);
}

static apd_str unchecked_words(const apd_view *v, apd_str check, const apd_grounds *g)
{
    apd_str why = apd_why_unknown(g);
    if (check.len)
        return apd_printf_a(v->arena, "%.*s (%.*s)", APD_FMT(check), APD_FMT(why));
    return why;
}

static apd_str possible_words(const apd_view *v, const apd_rule *rule, const apd_differential *d)
{
    if (d->say.len)
        return apd_fill(v, rule, d->say);
    if (d->check.len)
        return apd_printf_a(v->arena, "%.*s: that is there too", APD_FMT(d->check));
    return apd_printf_a(v->arena, "its sign is there too: %.*s", APD_FMT(d->cond.text));
}

static void consider_lookalike(thoughts *t, const apd_differential *d)
{
    const apd_judged *j = &t->c->judged;
    const apd_view *v = j->view;
    apd_grounds g = {.view = v};
    apd_truth truth;
    if (d->cond.root) {
        truth = apd_eval_expr(v, d->cond.root);
        apd_grounds_add(&g, d->cond.root);
    } else {
        truth = judge_other(v, d->rule, &g);
    }
    if (truth == APD_TRUE && d->cond.root)
        consider(t, d->rule, APD_V_POSSIBLE, possible_words(v, j->rule, d));
    else if (truth == APD_TRUE || was_found(t, d->rule))
        consider(t, d->rule, APD_V_POSSIBLE, APD_LIT("found as well"));
    else if (truth == APD_FALSE)
        consider(t, d->rule, APD_V_RULED_OUT, ruled_out_words(v, d->check, &g));
    else
        consider(t, d->rule, APD_V_UNCHECKED, unchecked_words(v, d->check, &g));
}

static apd_str rival_words(const apd_candidate *c, const apd_judged *rival)
{
    if (c->undecided)
        return APD_LIT("fits as well");
    return apd_printf_a(c->judged.view->arena, "fits as well, with less behind it (%s, score %d)",
                        apd_strength_name(rival->strength), rival->score);
}

static void consider_sibling(thoughts *t, const apd_judged *rival)
{
    const apd_view *v = rival->view;
    apd_grounds g = apd_grounds_of(v, rival->rule);
    if (rival->truth == APD_TRUE)
        consider(t, rival->rule->id, APD_V_POSSIBLE, rival_words(t->c, rival));
    else if (rival->truth == APD_FALSE)
        consider(t, rival->rule->id, APD_V_RULED_OUT, apd_why_false(&g));
    else
        consider(t, rival->rule->id, APD_V_UNCHECKED, apd_why_unknown(&g));
}

void apd_explain_considered(apd_candidate *c, const apd_candidate *all, size_t n)
{
    thoughts t = {.c = c, .all = all, .n = n};
    const apd_rule *rule = c->judged.rule;
    for (size_t i = 0; i < c->nsiblings; i++)
        if (c->siblings[i].rule != rule)
            consider_sibling(&t, &c->siblings[i]);
    for (size_t i = 0; i < rule->ndifferential; i++)
        consider_lookalike(&t, &rule->differential[i]);
    for (size_t i = 0; i < n; i++)
        if (all[i].masker == c)
            consider(&t, all[i].f.rule, APD_V_CONSEQUENCE,
                     APD_LIT("found as well, and explained by this"));
    c->f.considered = t.list.at;
    c->f.nconsidered = t.list.n;
}
