/* Views of the kept hits, and expressions over them, in Kleene's three values. */
#include "scan.h"

typedef struct view_hits {
    const apd_hit **at;
    size_t n;
    bool known;
} view_hits;

struct apd_view_memo {
    view_hits *hits;
    const apd_relation_result **relations;
};

bool apd_view_init(apd_view *v, apd_scan *s, apd_time from, apd_time to)
{
    *v = (apd_view){.scan = s, .from = from, .to = to, .arena = s->keep};
    v->memo = APD_NEW(s->keep, struct apd_view_memo);
    if (!v->memo)
        return false;
    v->memo->hits = APD_NEWS(s->keep, view_hits, s->rules->nselections);
    v->memo->relations = APD_NEWS(s->keep, const apd_relation_result *, s->rules->nrelations);
    return v->memo->hits && v->memo->relations;
}

size_t apd_views_make(apd_scan *s, apd_view **out)
{
    size_t n = s->nattempts;
    if (n > APD_MAX_ATTEMPTS)
        n = APD_MAX_ATTEMPTS;
    size_t nviews = n < 2 ? 1 : n + 1;
    apd_view *v = APD_NEWS(s->keep, apd_view, nviews);
    bool ok = v != NULL;
    for (size_t i = 0; ok && i + 1 < nviews; i++) {
        size_t k =
            s->nattempts - 1 - i; /* index of the attempt's start; the oldest looked at is open */
        apd_time from = i + 1 < n ? s->attempts[k] : INT64_MIN;
        apd_time to = i == 0 ? INT64_MAX : s->attempts[k + 1];
        ok = apd_view_init(&v[i], s, from, to);
        v[i].attempt = (uint32_t)k + 1;
    }
    ok = ok && apd_view_init(&v[nviews - 1], s, INT64_MIN, INT64_MAX);
    *out = v;
    return ok ? nviews : 0;
}

bool apd_view_is_whole(const apd_view *v)
{
    return v->from == INT64_MIN && v->to == INT64_MAX;
}

bool apd_view_holds(const apd_view *v, const apd_event *ev)
{
    int64_t doubt = apd_clock_doubt(ev->clock, APD_CLOCK_UTC);
    if (doubt == INT64_MAX || apd_view_is_whole(v))
        return true;
    return apd_time_add(ev->time, doubt) >= v->from && apd_time_add(ev->time, -doubt) < v->to;
}

/* An array even if it is empty, so that NULL means out of memory. */
static view_hits collect(const apd_view *v, uint32_t selection)
{
    const apd_hits *h = &v->scan->hits[selection];
    view_hits found = {.known = true};
    size_t n = 0;
    for (size_t i = 0; i < h->n; i++)
        n += apd_view_holds(v, h->at[i].event);
    found.at = APD_NEWS(v->arena, const apd_hit *, n);
    if (!found.at)
        v->scan->nomem = true;
    for (size_t i = 0; found.at && i < h->n; i++)
        if (apd_view_holds(v, h->at[i].event))
            found.at[found.n++] = &h->at[i];
    return found;
}

size_t apd_view_hits(const apd_view *v, uint32_t selection, const apd_hit ***out)
{
    view_hits once, *h = v->memo ? &v->memo->hits[selection] : &once;
    if (!v->memo || !h->known)
        *h = collect(v, selection);
    *out = h->at;
    return h->n;
}

bool apd_hits_lost(const apd_hits *h, apd_time from, apd_time to)
{
    return h->count > h->n && h->lost_from <= to && h->lost_to >= from;
}

uint64_t apd_view_count(const apd_view *v, uint32_t selection, uint64_t *most)
{
    const apd_hits *h = &v->scan->hits[selection];
    const apd_hit **at;
    uint64_t least = apd_view_is_whole(v) ? h->count : apd_view_hits(v, selection, &at);
    *most = least;
    if (!apd_view_is_whole(v) && apd_hits_lost(h, v->from, v->to))
        *most += h->count - h->n;
    if (*most == 0 && !apd_selection_present(v->scan, selection))
        *most = UINT64_MAX;
    return least;
}

apd_truth apd_eval_selection(const apd_view *v, uint32_t selection)
{
    uint64_t most, least = apd_view_count(v, selection, &most);
    return least ? APD_TRUE : most ? APD_UNKNOWN : APD_FALSE;
}

const apd_relation_result *apd_eval_relation(const apd_view *v, uint32_t relation)
{
    if (!v->memo)
        return apd_relate(v, relation);
    if (!v->memo->relations[relation])
        v->memo->relations[relation] = apd_relate(v, relation);
    return v->memo->relations[relation];
}

/* Is a count somewhere in least..most in the relation to n? */
static apd_truth compare(apd_cmp_op op, uint64_t least, uint64_t most, uint64_t n)
{
    switch (op) {
    case APD_CMP_GE:
        return least >= n ? APD_TRUE : most < n ? APD_FALSE : APD_UNKNOWN;
    case APD_CMP_GT:
        return least > n ? APD_TRUE : most <= n ? APD_FALSE : APD_UNKNOWN;
    case APD_CMP_LE:
        return apd_not(compare(APD_CMP_GT, least, most, n));
    case APD_CMP_LT:
        return apd_not(compare(APD_CMP_GE, least, most, n));
    case APD_CMP_EQ:
        if (least == most)
            return least == n ? APD_TRUE : APD_FALSE;
        return n < least || n > most ? APD_FALSE : APD_UNKNOWN;
    case APD_CMP_NE:
        return apd_not(compare(APD_CMP_EQ, least, most, n));
    }
    return APD_UNKNOWN;
}

static apd_truth eval_count(const apd_view *v, const apd_node *n)
{
    uint64_t most, least = apd_view_count(v, n->ref, &most);
    return compare(n->cmp, least, most, n->n);
}

/* "1 of x*": enough of them are true, or enough may be. */
static apd_truth eval_n_of(const apd_view *v, const apd_node *n)
{
    uint32_t want = n->n == UINT32_MAX ? n->nof : n->n, sure = 0, maybe = 0;
    for (uint32_t i = 0; i < n->nof; i++) {
        apd_truth t = apd_eval_expr(v, &n->of[i]);
        sure += t == APD_TRUE;
        maybe += t != APD_FALSE;
    }
    return sure >= want ? APD_TRUE : maybe >= want ? APD_UNKNOWN : APD_FALSE;
}

/* `a and b and c` is a chain down the left, as long as its author likes: walked in a loop, so that
 * the depth of recursion is that of the parentheses, which loading limits. */
static apd_truth eval_chain(const apd_view *v, const apd_node *n)
{
    apd_node_kind kind = n->kind;
    apd_truth t = kind == APD_X_AND ? APD_TRUE : APD_FALSE;
    for (;; n = n->left) {
        const apd_node *term = n->kind == kind ? n->right : n;
        apd_truth one = apd_eval_expr(v, term);
        t = kind == APD_X_AND ? apd_and(t, one) : apd_or(t, one);
        if (n->kind != kind)
            return t;
    }
}

apd_truth apd_eval_expr(const apd_view *v, const apd_node *n)
{
    switch (n->kind) {
    case APD_X_SEL:
        return apd_eval_selection(v, n->ref);
    case APD_X_REL:
        return apd_eval_relation(v, n->ref)->truth;
    case APD_X_COUNT:
        return eval_count(v, n);
    case APD_X_AND:
    case APD_X_OR:
        return eval_chain(v, n);
    case APD_X_NOT:
        return apd_not(apd_eval_expr(v, n->left));
    case APD_X_N_OF:
        return eval_n_of(v, n);
    case APD_X_OTHER: /* loading made it a selection or a relation */
        break;
    }
    return APD_UNKNOWN;
}
