/* Which items are listed, and in which order: what failed and what the status page waits for first. */
#include <stdlib.h>

#include "apps_p.h"

enum { POLICIES_LISTED = 20 }; /* failed ones, unless all are asked for */

static bool is_policy(const apd_item *it)
{
    return apd_eq(it->kind, APD_LIT("policy"));
}

static bool has_failed(const apd_item *it)
{
    return it->state == APD_ITEM_FAILED || it->state == APD_ITEM_SLEEPING;
}

static int urgency(const apd_item *it)
{
    bool unfinished = it->state >= APD_ITEM_TARGETED && it->state < APD_ITEM_INSTALLED &&
                      it->state != APD_ITEM_NOT_APPLICABLE;
    if (has_failed(it))
        return is_policy(it) ? 2 : it->blocking ? 0 : 1;
    if (it->disagree)
        return 3;
    if (unfinished)
        return it->blocking ? 4 : 5;
    return it->state == APD_ITEM_INSTALLED ? 6 : it->state == APD_ITEM_NOT_APPLICABLE ? 7 : 8;
}

static int compare(const void *a, const void *b)
{
    const apd_item *x = *(const apd_item *const *)a, *y = *(const apd_item *const *)b;
    int ux = urgency(x), uy = urgency(y);
    if (ux != uy)
        return ux - uy;
    return x < y ? -1 : x > y; /* rows of one array: in the order met */
}

static bool is_meant(const apd_item *it, apd_str what)
{
    return apd_ieq(it->id, what) || apd_ifind(it->name, what) != SIZE_MAX ||
           (what.len >= 4 && apd_istarts(it->id, what));
}

static bool shows(const apd_item *it, const apd_apps_view *view, apd_apps_rows *rows)
{
    if (view->app.len)
        return is_meant(it, view->app);
    if (!is_policy(it) || view->all)
        return true;
    if (!has_failed(it)) {
        rows->quiet++;
        return false;
    }
    return true;
}

bool apd_apps_select(apd_arena *a, const apd_report *r, const apd_apps_view *view,
                     apd_apps_rows *out)
{
    const apd_items *items = r->model ? apd_model_items(r->model) : NULL;
    size_t n = items ? apd_items_count(items) : 0, policies = 0;
    *out = (apd_apps_rows){.at = APD_NEWS(a, const apd_item *, n + 1)};
    if (!out->at)
        return false;
    for (size_t i = 0; i < n; i++) {
        const apd_item *it = apd_items_at(items, i);
        if (!shows(it, view, out))
            continue;
        if (is_policy(it) && !view->all && !view->app.len && policies++ >= POLICIES_LISTED)
            out->policies++;
        else
            out->at[out->n++] = it;
    }
    qsort(out->at, out->n, sizeof *out->at, compare);
    return true;
}

size_t apd_apps_count(const apd_report *r, const apd_apps_view *view)
{
    apd_arena *a = apd_arena_new(0);
    apd_apps_rows rows = {0};
    if (a && !apd_apps_select(a, r, view, &rows))
        rows.n = 0;
    apd_arena_free(a);
    return rows.n;
}
