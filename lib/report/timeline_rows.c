/* What happened in an attempt, as rows in order of time: milestones, restarts, steps of the clock, gaps, and the
 * records that findings rest on. */
#include <stdlib.h>

#include "timeline_p.h"
#include "vec.h"

/* Evidence so long before or after the milestones still belongs to the attempt. */
#define AROUND (30 * APD_TICKS_MINUTE)
/* Steps of the clock that several logs show so close together are one. */
#define SAME_STEP (5 * APD_TICKS_MINUTE)
#define NO_RECORD ((apd_where){.member = UINT32_MAX})

typedef struct list {
    const apd_timeline *t;
    const apd_report *r;
    const apd_attempt *at;
    apd_arena *a;
    APD_VEC(timeline_row) rows;
    bool failed;
} list;

bool apd_timeline_wants(const apd_timeline *t, apd_time time)
{
    return (t->since == APD_TIME_NONE || time >= t->since) &&
           (t->until == APD_TIME_NONE || time < t->until);
}

static void add(list *l, timeline_row w)
{
    if (apd_timeline_wants(l->t, w.time))
        l->failed |= !APD_PUSH(l->a, l->rows, w);
}

static apd_str step_text(list *l, const apd_step *s)
{
    static const char *const verbs[] = {"", "started", "succeeded", "failed"};
    apd_buf b;
    apd_buf_init(&b, l->a);
    apd_buf_add(&b, timeline_phase_words(s->phase));
    if (s->part.len)
        apd_buf_addf(&b, ": %.*s", APD_FMT(timeline_part_words(s->part)));
    if (*verbs[s->edge])
        apd_buf_addf(&b, " %s", verbs[s->edge]);
    if (s->detail.len)
        apd_buf_addf(&b, " - %.*s", APD_FMT(s->detail));
    else if (s->edge == APD_EDGE_SEEN && !s->part.len)
        apd_buf_add(&b, APD_LIT(" was going on"));
    if (s->times > 1)
        apd_buf_addf(&b, " (%u times)", (unsigned)s->times);
    return apd_buf_str(&b);
}

static timeline_row step_row(list *l, const apd_step *s)
{
    return (timeline_row){.kind = ROW_MILESTONE,
                          .time = s->time,
                          .end = APD_TIME_NONE,
                          .clock = s->clock,
                          .order = s->order,
                          .phase = s->phase,
                          .part = s->part,
                          .state = apd_str_of(timeline_edge_name(s->edge)),
                          .log = s->log_name,
                          .id = s->id,
                          .where = s->where,
                          .has_code = s->has_code,
                          .code = s->code,
                          .text = step_text(l, s)};
}

static void add_steps(list *l, const apd_step *steps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(l, step_row(l, &steps[i]));
}

static bool within(const apd_attempt *at, apd_time time)
{
    return at->start != APD_TIME_NONE && time >= at->start && time <= at->end;
}

static void add_restarts(list *l)
{
    for (size_t i = 0; i < l->at->nboots; i++)
        add(l, (timeline_row){.kind = ROW_RESTART,
                              .time = l->at->boots[i],
                              .end = APD_TIME_NONE,
                              .order = l->at->boots[i],
                              .where = NO_RECORD,
                              .text = APD_LIT("Windows started")});
}

/* Every event log shows the same step between two records of its own. */
static bool is_told(const apd_clocks *c, size_t i)
{
    const apd_clock_step *s = apd_clocks_step(c, i);
    for (size_t k = 0; k < i; k++) {
        const apd_clock_step *o = apd_clocks_step(c, k);
        if (llabs(o->to - s->to) < SAME_STEP)
            return true;
    }
    return false;
}

static void add_clock_steps(list *l)
{
    const apd_clocks *c = apd_model_clocks(l->r->model);
    for (size_t i = 0; i < apd_clocks_steps(c); i++) {
        const apd_clock_step *s = apd_clocks_step(c, i);
        char back[APD_TIME_TEXT];
        if (!within(l->at, s->to) || is_told(c, i))
            continue;
        add(l, (timeline_row){.kind = ROW_CLOCK,
                              .time = s->to,
                              .end = APD_TIME_NONE,
                              .order = s->to,
                              .where = {.member = s->member, .record = s->record},
                              .text = apd_printf_a(l->a, "the clock was set back by %s",
                                                   apd_span_format(s->from - s->to, back))});
    }
}

static void add_gaps(list *l, const apd_report_gaps *gaps)
{
    for (size_t i = 0; i < gaps->n; i++) {
        const apd_gap *g = &gaps->at[i];
        char length[APD_TIME_TEXT], limit[APD_TIME_TEXT];
        add(l, (timeline_row){.kind = ROW_GAP,
                              .time = g->from,
                              .end = g->to,
                              .order = g->after->order,
                              .where = NO_RECORD,
                              .text = apd_printf_a(
                                  l->a, "%s%s: %.*s (more than %s)", g->until ? "" : "at least ",
                                  apd_span_format(g->length, length), APD_FMT(g->say),
                                  apd_span_format(g->within, limit))});
    }
}

/* --- findings --- */

static bool is_of_attempt(const list *l, const apd_finding *f, const apd_event *ev)
{
    if (timeline_attempts(l->r) < 2)
        return true;
    if (f->attempt)
        return f->attempt == l->at->number;
    return apd_clock_is_utc(ev->clock) && l->at->start != APD_TIME_NONE &&
           ev->time >= l->at->start - AROUND && ev->time <= l->at->end + AROUND;
}

/* A milestone that is evidence itself carries the mark; it needs no row of its own. */
static bool mark_milestone(list *l, const apd_finding *f, const apd_event *ev, bool first)
{
    for (size_t i = 0; i < l->rows.n; i++) {
        timeline_row *w = &l->rows.at[i];
        if (w->kind != ROW_MILESTONE || w->where.member != ev->where.member ||
            w->where.record != ev->where.record)
            continue;
        w->finding = w->finding ? w->finding : f->rank;
        if (first)
            w->text = apd_printf_a(l->a, "%.*s - finding %u: %.*s", APD_FMT(w->text),
                                   (unsigned)f->rank, APD_FMT(f->title));
        return true;
    }
    return false;
}

static void add_evidence(list *l, const apd_finding *f, const apd_evidence *e, bool first)
{
    const apd_event *ev = e->event;
    if (mark_milestone(l, f, ev, first))
        return;
    apd_str what = e->text.len ? e->text : apd_event_summary(l->a, l->r, ev);
    apd_str title = first ? apd_printf_a(l->a, "%.*s - ", APD_FMT(f->title)) : APD_LIT("");
    add(l, (timeline_row){.kind = ROW_FINDING,
                          .time = ev->time,
                          .end = APD_TIME_NONE,
                          .clock = ev->clock,
                          .order = ev->time,
                          .log = e->log,
                          .id = ev->id,
                          .where = ev->where,
                          .has_code = e->has_code,
                          .code = e->code,
                          .finding = f->rank,
                          .text = apd_printf_a(l->a, "finding %u: %.*s%.*s", (unsigned)f->rank,
                                               APD_FMT(title), APD_FMT(what))});
}

static void add_finding(list *l, const apd_finding *f)
{
    bool first = true;
    for (size_t i = 0; i < f->nevidence; i++) {
        const apd_evidence *e = &f->evidence[i];
        if (e->kind != APD_EV_RECORD || e->event->time == APD_TIME_NONE ||
            !is_of_attempt(l, f, e->event))
            continue;
        add_evidence(l, f, e, first);
        first = false;
    }
}

/* --- order --- */

static int by_order(const void *x, const void *y)
{
    const timeline_row *a = x, *b = y;
    bool ua = apd_clock_is_utc(a->clock), ub = apd_clock_is_utc(b->clock);
    if (ua != ub)
        return ua ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if ((a->kind == ROW_GAP) != (b->kind == ROW_GAP)) /* behind the milestone that it follows */
        return a->kind == ROW_GAP ? 1 : -1;
    if (a->where.member != b->where.member)
        return a->where.member < b->where.member ? -1 : 1;
    if (a->where.record != b->where.record)
        return a->where.record < b->where.record ? -1 : 1;
    return a->kind != b->kind ? (int)a->kind - (int)b->kind : apd_cmp(a->text, b->text);
}

static bool hand_over(list *l, timeline_row **rows, size_t *n)
{
    if (l->rows.n)
        qsort(l->rows.at, l->rows.n, sizeof *l->rows.at, by_order);
    *rows = l->rows.at;
    *n = l->rows.n;
    return !l->failed;
}

bool timeline_rows(const apd_timeline *t, size_t attempt, apd_arena *a, timeline_row **rows,
                   size_t *n)
{
    list l = {.t = t, .r = t->report, .at = timeline_attempt(t->report, attempt), .a = a};
    const apd_diagnosis *d = l.r->diagnosis;
    add_steps(&l, l.at->steps, l.at->nsteps);
    for (size_t i = 0; d && i < d->nfindings; i++)
        add_finding(&l, &d->findings[i]);
    add_restarts(&l);
    add_clock_steps(&l);
    if (l.r->gaps)
        add_gaps(&l, &l.r->gaps[attempt]);
    return hand_over(&l, rows, n);
}

bool timeline_unplaced_rows(const apd_timeline *t, apd_arena *a, timeline_row **rows, size_t *n)
{
    list l = {.t = t, .r = t->report, .a = a};
    size_t nsteps;
    const apd_step *steps = timeline_unplaced(t->report, &nsteps);
    add_steps(&l, steps, nsteps);
    return hand_over(&l, rows, n);
}

timeline_row timeline_event_row(const apd_timeline *t, apd_arena *a, const apd_event *ev,
                                apd_str log)
{
    return (timeline_row){.kind = ROW_EVENT,
                          .time = ev->time,
                          .end = APD_TIME_NONE,
                          .clock = ev->clock,
                          .order = ev->time,
                          .log = log,
                          .id = ev->id,
                          .where = ev->where,
                          .text = apd_event_summary(a, t->report, ev)};
}
