/* Two values differ if no hit of one side says what a hit of the other says. A value that is not
 * there differs from nothing: without one on either side the relation is false, or unknown where the
 * file that would hold it is not in the bundle. */
#include "relate.h"

static apd_str value_of(const apd_subject *s, const apd_hit *h, apd_sym field)
{
    const apd_event *ev = h->event;
    for (uint32_t i = 0; i < ev->nfields; i++)
        if (apd_sym_fold(s->view->scan->names, ev->fields[i].name) == field)
            return apd_trim(apd_field_text(&ev->fields[i], s->view->arena));
    return APD_LIT("");
}

/* The first hit that has a value. */
static const apd_hit *first_with_value(const apd_subject *s, const apd_side *side)
{
    apd_seen seen = apd_subject_hits(s, side->selection);
    for (size_t i = 0; i < seen.n; i++)
        if (value_of(s, seen.at[i], side->field).len)
            return seen.at[i];
    return NULL;
}

static bool any_equal(const apd_subject *s, const apd_side *a, const apd_side *b)
{
    apd_seen of_a = apd_subject_hits(s, a->selection), of_b = apd_subject_hits(s, b->selection);
    for (size_t i = 0; i < of_a.n; i++) {
        apd_str x = value_of(s, of_a.at[i], a->field);
        for (size_t k = 0; x.len && k < of_b.n; k++)
            if (apd_ieq(x, value_of(s, of_b.at[k], b->field)))
                return true;
    }
    return false;
}

apd_relation_result apd_relate_differ(const apd_subject *s)
{
    const apd_side *sides = s->rel->differ;
    apd_used *used = APD_NEWS(s->view->arena, apd_used, 2);
    if (!used) {
        s->view->scan->nomem = true;
        return (apd_relation_result){.truth = APD_UNKNOWN};
    }
    for (size_t i = 0; i < 2; i++) {
        used[i] =
            (apd_used){.selection = sides[i].selection, .hit = first_with_value(s, &sides[i])};
        if (!used[i].hit)
            return apd_relation_missing(s, sides[i].selection);
    }
    if (any_equal(s, &sides[0], &sides[1]))
        return (apd_relation_result){.truth = APD_FALSE};
    return apd_relation_true(s, used, 2);
}
