/* The records a finding shows: those that its `when` rests on, in order, with what was not seen in
 * between; then those that only support it. */
#include <stdlib.h>

#include "rank.h"

enum { SHOWN = 4, SHOWN_SUPPORT = 2 }; /* records of one selection; the rest is told as a number */

typedef struct line {
    const apd_hit *hit;
    uint32_t selection;
    uint32_t more;
    bool supports;
} line;

typedef struct listing {
    apd_candidate *c;
    const apd_view *view;
    APD_VEC(line) lines;
    APD_VEC(apd_evidence) gaps;
    APD_VEC(apd_str) by;
} listing;

static void check(listing *l, bool pushed)
{
    if (!pushed)
        l->view->scan->nomem = true;
}

static line *find_line(listing *l, const apd_event *ev)
{
    for (size_t i = 0; i < l->lines.n; i++)
        if (l->lines.at[i].hit->event == ev)
            return &l->lines.at[i];
    return NULL;
}

static void add_line(listing *l, uint32_t sel, const apd_hit *hit, uint32_t more, bool supports)
{
    line *known = find_line(l, hit->event);
    if (!known)
        check(l, APD_PUSH(l->view->arena, l->lines, ((line){hit, sel, more, supports})));
    else if (more > known->more)
        known->more = more;
}

/* The span of time of what carries the finding, by the better clock where there are two. */
static void widen(apd_finding *f, const apd_event *ev)
{
    if (ev->time == APD_TIME_NONE)
        return;
    bool utc = apd_clock_is_utc(ev->clock), span_is_utc = apd_clock_is_utc(f->clock);
    if (f->first == APD_TIME_NONE || (utc && !span_is_utc)) {
        f->first = f->last = ev->time;
        f->clock = ev->clock;
    } else if (utc == span_is_utc) {
        f->clock = ev->time < f->first ? ev->clock : f->clock;
        f->first = ev->time < f->first ? ev->time : f->first;
        f->last = ev->time > f->last ? ev->time : f->last;
    }
}

/* How many hits of the selection have no line of their own. */
static uint32_t unlisted(listing *l, uint32_t sel, const apd_hit **hits, size_t n)
{
    uint64_t most, left = apd_view_count(l->view, sel, &most);
    for (size_t i = 0; i < n; i++)
        left -= left && find_line(l, hits[i]->event);
    return left > UINT32_MAX ? UINT32_MAX : (uint32_t)left;
}

static void add_selection(listing *l, uint32_t sel, bool supports)
{
    const apd_hit **hits;
    size_t n = apd_view_hits(l->view, sel, &hits), limit = supports ? SHOWN_SUPPORT : SHOWN;
    for (size_t i = 0; i < n && i < limit; i++)
        add_line(l, sel, hits[i], 0, supports);
    for (size_t i = 0; i < n && !supports; i++)
        widen(&l->c->f, hits[i]->event);
    uint32_t more = unlisted(l, sel, hits, n);
    if (n && more)
        add_line(l, sel, hits[n < limit ? n - 1 : limit - 1], more, supports);
}

static void add_relation(listing *l, uint32_t rel, bool supports)
{
    const apd_relation_result *r = apd_eval_relation(l->view, rel);
    for (size_t i = 0; i < r->nused; i++) {
        add_line(l, r->used[i].selection, r->used[i].hit, r->used[i].more, supports);
        if (!supports)
            widen(&l->c->f, r->used[i].hit->event);
    }
    for (size_t i = 0; i < r->ngaps; i++)
        check(l, APD_PUSH(l->view->arena, l->gaps, r->gaps[i]));
}

static void add_grounds(listing *l, const apd_grounds *g, bool supports)
{
    for (size_t i = g->leaves.n; i-- > 0;) {
        const apd_node *leaf = g->leaves.at[i];
        if (apd_eval_expr(l->view, leaf) != APD_TRUE)
            continue; /* under `not`: its absence is the ground, and has no record */
        if (leaf->kind == APD_X_REL)
            add_relation(l, leaf->ref, supports);
        else
            add_selection(l, leaf->ref, supports);
    }
}

static bool has_record(const listing *l, const apd_node *leaf)
{
    const apd_hit **hits;
    return leaf->kind == APD_X_REL || apd_view_hits(l->view, leaf->ref, &hits) > 0;
}

static void add_name(listing *l, apd_str name)
{
    for (size_t i = 0; i < l->by.n; i++)
        if (apd_eq(l->by.at[i], name))
            return;
    check(l, APD_PUSH(l->view->arena, l->by, name));
}

static void add_names(listing *l, const apd_grounds *g)
{
    const apd_rules *r = l->view->scan->rules;
    for (size_t i = g->leaves.n; i-- > 0;) {
        const apd_node *leaf = g->leaves.at[i];
        if (apd_eval_expr(l->view, leaf) == APD_TRUE && has_record(l, leaf))
            add_name(l, leaf->kind == APD_X_REL ? r->relations[leaf->ref].name
                                                : r->selections[leaf->ref].name);
    }
}

static int line_cmp(const void *a, const void *b)
{
    return apd_event_cmp(((const line *)a)->hit->event, ((const line *)b)->hit->event);
}

static void sort_lines(listing *l)
{
    line *at = l->lines.at;
    if (l->lines.n > 1)
        qsort(at, l->lines.n, sizeof *at, line_cmp);
    for (size_t i = 1; i < l->lines.n; i++) {
        line moved = at[i];
        size_t to = i;
        for (; to > 0 && apd_event_listed_after(at[to - 1].hit->event, moved.hit->event); to--)
            at[to] = at[to - 1];
        at[to] = moved;
    }
}

static apd_evidence record(const listing *l, const line *n)
{
    const apd_scan *s = l->view->scan;
    const apd_selection *sel = &s->rules->selections[n->selection];
    apd_str show = n->hit->alt < sel->nalts ? sel->alts[n->hit->alt].show : APD_LIT("");
    return (apd_evidence){.kind = APD_EV_RECORD,
                          .event = n->hit->event,
                          .log = apd_rules_log_name(s->rules, s->names, n->hit->event),
                          .selection = sel->name,
                          .text = apd_fill_event(l->view, n->hit->event, show),
                          .has_code = n->hit->has_code,
                          .code = n->hit->code,
                          .supports = n->supports,
                          .more = n->more,
                          .also = n->hit->also};
}

/* Local time may put a record into another attempt than the one it is shown in. */
static bool attempt_unsure(const listing *l)
{
    const apd_view *v = l->view;
    for (size_t i = 0; i < l->lines.n && v->attempt; i++) {
        const apd_event *ev = l->lines.at[i].hit->event;
        int64_t doubt = apd_clock_doubt(ev->clock, APD_CLOCK_UTC);
        if (doubt && doubt != INT64_MAX && !l->lines.at[i].supports &&
            (apd_time_add(ev->time, -doubt) < v->from || apd_time_add(ev->time, doubt) >= v->to))
            return true;
    }
    return false;
}

static void write_out(listing *l, apd_finding *f)
{
    apd_evidence *e = APD_NEWS(l->view->arena, apd_evidence, l->lines.n + l->gaps.n + 1);
    if (!e) {
        check(l, false);
        return;
    }
    for (size_t i = 0; i < l->lines.n; i++) {
        e[f->nevidence++] = record(l, &l->lines.at[i]);
        for (size_t k = 0; k < l->gaps.n; k++)
            if (l->gaps.at[k].event == l->lines.at[i].hit->event)
                e[f->nevidence++] = l->gaps.at[k];
    }
    if (attempt_unsure(l))
        e[f->nevidence++] = (apd_evidence){
            .kind = APD_EV_NOTE,
            .text = APD_LIT("a log here writes local time without its offset, so these records may "
                            "belong to a neighbouring attempt")};
    f->evidence = e;
}

void apd_explain_evidence(apd_candidate *c)
{
    const apd_judged *j = &c->judged;
    listing l = {.c = c, .view = j->view};
    c->f.first = c->f.last = APD_TIME_NONE;
    c->f.clock = APD_CLOCK_NONE;
    apd_grounds why = apd_grounds_of(j->view, j->rule);
    add_names(&l, &why);
    add_grounds(&l, &why, false);
    for (size_t i = 0; i < j->rule->nsupports; i++) {
        const apd_node *cond = j->rule->supports[i].cond.root;
        apd_grounds support = {.view = j->view};
        if (apd_eval_expr(j->view, cond) != APD_TRUE)
            continue;
        apd_grounds_add(&support, cond);
        add_grounds(&l, &support, true);
    }
    sort_lines(&l);
    c->f.by = l.by.at;
    c->f.nby = l.by.n;
    write_out(&l, &c->f);
}
