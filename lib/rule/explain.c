/* Words for what was judged: which leaves of an expression decide it, and why one could not be
 * checked or does not hold. */
#include "rank.h"

static void add_leaf(apd_grounds *g, const apd_node *leaf)
{
    for (size_t i = 0; i < g->leaves.n; i++)
        if (g->leaves.at[i]->kind == leaf->kind && g->leaves.at[i]->ref == leaf->ref)
            return;
    if (!APD_PUSH(g->view->arena, g->leaves, leaf))
        g->view->scan->nomem = true;
}

/* An operand matters if it has the value of the whole: of `a or b` that is true those that are true,
 * of one that is unknown those that are unknown. */
static void add_if(apd_grounds *g, const apd_node *n, apd_truth whole)
{
    if (apd_eval_expr(g->view, n) == whole)
        apd_grounds_add(g, n);
}

void apd_grounds_add(apd_grounds *g, const apd_node *n)
{
    if (!n)
        return;
    apd_truth t = apd_eval_expr(g->view, n);
    switch (n->kind) {
    case APD_X_AND:
    case APD_X_OR: {
        apd_node_kind kind = n->kind;
        for (; n->kind == kind; n = n->left) /* chains run down the left, see eval.c */
            add_if(g, n->right, t);
        add_if(g, n, t);
        return;
    }
    case APD_X_NOT:
        apd_grounds_add(g, n->left);
        return;
    case APD_X_N_OF:
        for (uint32_t i = 0; i < n->nof; i++)
            add_if(g, &n->of[i], t);
        return;
    default:
        add_leaf(g, n);
    }
}

apd_grounds apd_grounds_of(const apd_view *v, const apd_rule *rule)
{
    apd_grounds g = {.view = v};
    const apd_node *own = rule->when.root, *family = NULL;
    if (rule->family != UINT32_MAX)
        family = v->scan->rules->families[rule->family].when.root;
    apd_truth a = family ? apd_eval_expr(v, family) : APD_TRUE;
    apd_truth b = own ? apd_eval_expr(v, own) : APD_TRUE;
    if (a <= b)
        apd_grounds_add(&g, family);
    if (b <= a)
        apd_grounds_add(&g, own);
    return g;
}

static apd_str leaf_name(const apd_grounds *g, const apd_node *leaf)
{
    const apd_rules *r = g->view->scan->rules;
    return leaf->kind == APD_X_REL ? r->relations[leaf->ref].name
                                   : apd_selection_words(&r->selections[leaf->ref]);
}

/* The reason why a leaf is unknown, without its name. */
static apd_str reason_of(const apd_view *v, const apd_node *leaf)
{
    const apd_str words = APD_LIT(" could not be checked: ");
    if (leaf->kind == APD_X_REL) {
        apd_str why = apd_eval_relation(v, leaf->ref)->why;
        size_t at = apd_find(why, words);
        return at == SIZE_MAX ? why : apd_sub(why, at + words.len, why.len);
    }
    if (apd_selection_present(v->scan, leaf->ref))
        return APD_LIT("more records than are kept, and some of this time are not");
    apd_str logs = apd_selection_logs(v->scan, leaf->ref, v->arena);
    return apd_printf_a(v->arena, "no %.*s is in this bundle", APD_FMT(logs));
}

/* Is the leaf a selection that has no log to look into? */
static bool lacks_log(const apd_grounds *g, const apd_node *leaf)
{
    return leaf->kind != APD_X_REL && !apd_selection_present(g->view->scan, leaf->ref);
}

static bool said_before(const apd_str *said, size_t n, apd_str reason)
{
    for (size_t i = 0; i < n; i++)
        if (apd_eq(said[i], reason))
            return true;
    return false;
}

apd_str apd_why_unknown(const apd_grounds *g)
{
    enum { MOST = 3 }; /* different reasons in one sentence */
    apd_str said[MOST];
    size_t n = 0;
    apd_buf b;
    apd_buf_init(&b, g->view->arena);
    for (size_t i = g->leaves.n; i-- > 0 && n < MOST;) { /* chains were walked from their end */
        const apd_node *leaf = g->leaves.at[i];
        if (apd_eval_expr(g->view, leaf) != APD_UNKNOWN)
            continue;
        apd_str reason = reason_of(g->view, leaf);
        if (said_before(said, n, reason))
            continue;
        apd_buf_add(&b, n ? APD_LIT("; ") : APD_LIT(""));
        if (!lacks_log(g, leaf)) /* else whatever is asked for, its name says nothing more */
            apd_buf_addf(&b, "%.*s could not be checked: ", APD_FMT(leaf_name(g, leaf)));
        apd_buf_add(&b, reason);
        said[n++] = reason;
    }
    return apd_buf_str(&b);
}

apd_str apd_why_false(const apd_grounds *g)
{
    enum { MOST = 4 };
    apd_buf b;
    apd_buf_init(&b, g->view->arena);
    size_t n = 0;
    for (size_t i = g->leaves.n; i-- > 0 && n < MOST;) {
        const apd_node *leaf = g->leaves.at[i];
        apd_truth t = apd_eval_expr(g->view, leaf);
        if (t == APD_UNKNOWN)
            continue;
        apd_str name = leaf_name(g, leaf);
        apd_buf_add(&b, n ? APD_LIT("; ") : APD_LIT(""));
        if (leaf->kind == APD_X_SEL && t == APD_FALSE)
            apd_buf_addf(&b, "no %.*s", APD_FMT(name));
        else if (leaf->kind == APD_X_SEL)
            apd_buf_addf(&b, "%.*s is there", APD_FMT(name));
        else if (leaf->kind == APD_X_REL)
            apd_buf_addf(&b, "%.*s %s", APD_FMT(name), t == APD_TRUE ? "holds" : "does not hold");
        else
            apd_buf_addf(&b, "the number of %.*s is %s", APD_FMT(name),
                         t == APD_TRUE ? "reached" : "another");
        n++;
    }
    return apd_buf_str(&b);
}

static bool any_missing(const apd_scan *s, const uint32_t *selections, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!apd_selection_present(s, selections[i]))
            return true;
    return false;
}

static bool relation_lacks_log(const apd_scan *s, const apd_relation *r)
{
    const uint32_t single[] = {r->after, r->before, r->count};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (single[i] != UINT32_MAX && any_missing(s, &single[i], 1))
            return true;
    for (size_t i = 0; i < r->nseen_through; i++)
        if (!apd_alias_present(s, r->seen_through[i]))
            return true;
    for (size_t i = 0; r->differ && i < 2; i++)
        if (!apd_selection_present(s, r->differ[i].selection))
            return true;
    return any_missing(s, r->order, r->norder) || any_missing(s, r->all_of, r->nall_of) ||
           any_missing(s, r->any_of, r->nany_of) || any_missing(s, r->none_of, r->nnone_of);
}

bool apd_grounds_blind(const apd_grounds *g)
{
    const apd_scan *s = g->view->scan;
    for (size_t i = 0; i < g->leaves.n; i++) {
        const apd_node *leaf = g->leaves.at[i];
        if (apd_eval_expr(g->view, leaf) != APD_UNKNOWN)
            continue;
        if (leaf->kind == APD_X_REL ? !relation_lacks_log(s, &s->rules->relations[leaf->ref])
                                    : !lacks_log(g, leaf))
            return false;
    }
    return true;
}

/* --- say and terms --- */

static apd_str undecided_words(const apd_candidate *c)
{
    const apd_scan *s = c->judged.view->scan;
    apd_str words = s->rules->families[c->judged.rule->family].undecided;
    return words.len ? words : APD_LIT("nothing in this bundle tells the two causes apart");
}

static void add_sentence(apd_buf *b, apd_str sentence)
{
    if (b->len && sentence.len) {
        char end = b->ptr[b->len - 1];
        apd_buf_add(b, end == '.' || end == '!' || end == '?' ? APD_LIT(" ") : APD_LIT("; "));
    }
    apd_buf_add(b, sentence);
}

static apd_term make_term(const apd_judged *j, const apd_support *s, int sign)
{
    return (apd_term){.weight = sign * s->weight,
                      .state = apd_eval_expr(j->view, s->cond.root),
                      .cond = s->cond.text,
                      .say = apd_fill(j->view, j->rule, s->say)};
}

void apd_explain_words(apd_candidate *c)
{
    const apd_judged *j = &c->judged;
    const apd_rule *rule = j->rule;
    apd_buf b;
    apd_buf_init(&b, j->view->arena);
    add_sentence(&b, apd_fill(j->view, rule, rule->say));
    if (c->undecided)
        add_sentence(&b, apd_fill(j->view, rule, undecided_words(c)));
    c->f.say = apd_buf_str(&b);
    apd_term *terms = APD_NEWS(j->view->arena, apd_term, rule->nsupports + rule->ncontradicts);
    if (!terms) {
        j->view->scan->nomem = true;
        return;
    }
    for (size_t i = 0; i < rule->nsupports; i++)
        terms[c->f.nterms++] = make_term(j, &rule->supports[i], 1);
    for (size_t i = 0; i < rule->ncontradicts; i++)
        terms[c->f.nterms++] = make_term(j, &rule->contradicts[i], -1);
    c->f.terms = terms;
}
