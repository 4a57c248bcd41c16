/* Windows: what lies after an anchor, before one, or between two.
 *
 * One question carries all three lists: is a hit of this selection in the window? True if one is
 * there for certain, false if none is there although every log that could show it spans the
 * window, else unknown. all_of, any_of and none_of are and, or and not of the answers.
 *
 * A record at exactly the anchor's time counts as inside, unless its file lists it on the other
 * side. With `after` and `before` the window ends at whichever end comes first, `within` or the
 * second anchor; the second anchor is looked for behind the first. */
#include "relate.h"
#include "vec.h"

typedef struct window {
    const apd_hit *after, *before; /* one of them may be NULL */
    int64_t within;                /* 0 = up to `before`, or open */
    apd_span span;                 /* what the logs must reach over */
} window;

/* --- is a record inside? --- */

/* Does b come behind a, or at its very time? */
static apd_truth follows(const apd_event *a, const apd_event *b)
{
    apd_order o = apd_event_order(a, b);
    if (o == APD_UNORDERED)
        return APD_UNKNOWN;
    return o == APD_AFTER ? APD_FALSE : APD_TRUE;
}

/* Is b, which follows a, at most that far from it? */
static apd_truth close_by(const apd_scan *s, const apd_event *a, const apd_event *b, int64_t within)
{
    int64_t doubt = apd_clock_doubt(a->clock, b->clock);
    if (doubt == INT64_MAX)
        return APD_UNKNOWN;
    const apd_span between = {a->time, b->time, a->clock, b->clock};
    int64_t apart = apd_span_length(s, &between);
    if (apd_time_add(apart, doubt) <= within)
        return APD_TRUE;
    return apd_time_add(apart, -doubt) > within ? APD_FALSE : APD_UNKNOWN;
}

static apd_truth inside(const apd_scan *s, const window *w, const apd_event *ev)
{
    apd_truth t = APD_TRUE;
    const apd_event *a = w->after ? w->after->event : NULL;
    const apd_event *b = w->before ? w->before->event : NULL;
    if (ev == a || ev == b)
        return APD_FALSE;
    if (a)
        t = apd_and(t, follows(a, ev));
    if (b)
        t = apd_and(t, follows(ev, b));
    if (w->within && t != APD_FALSE)
        t = apd_and(t, a ? close_by(s, a, ev, w->within) : close_by(s, ev, b, w->within));
    return t;
}

/* --- do the logs span it? --- */

static apd_str span_words(apd_arena *a, int64_t ticks)
{
    char text[APD_TIME_TEXT];
    return apd_strdup_a(
        a, apd_str_of(apd_span_format(ticks < 0 ? apd_time_sub(0, ticks) : ticks, text)));
}

/* One log that does not span the window, and the words for it. */
typedef struct shortfall {
    apd_reach reach;
    apd_time edge;
    size_t alias;
} shortfall;

static void add_shortfall_words(apd_buf *b, const apd_subject *s, const window *w, shortfall f)
{
    apd_str log = s->view->scan->rules->aliases[f.alias].name;
    if (f.reach == APD_REACH_NONE) {
        apd_buf_addf(b, "no %.*s log is in this bundle", APD_FMT(log));
        return;
    }
    if (f.reach == APD_REACH_EMPTY) {
        apd_buf_addf(b, "%.*s holds no record with a time", APD_FMT(log));
        return;
    }
    if (f.reach == APD_REACH_TORN) {
        apd_buf_addf(b, "records of %.*s from that time are missing", APD_FMT(log));
        return;
    }
    const apd_span until = {w->span.from, f.edge, w->span.from_clock, w->span.to_clock};
    int64_t in = apd_span_length(s->view->scan, &until);
    apd_buf_add(b, log);
    apd_buf_add(b, f.reach == APD_REACH_ENDS ? APD_LIT(" ends ") : APD_LIT(" begins "));
    apd_buf_add(b, span_words(b->arena, in));
    apd_buf_add(b, in < 0 ? APD_LIT(" before the window begins") : APD_LIT(" in"));
}

/* The watched log that falls short, from alias number *i on; false if there is none. */
static bool next_shortfall(const apd_subject *s, const window *w, size_t *i, shortfall *out)
{
    while (*i < s->rel->nseen_through) {
        out->alias = s->rel->seen_through[(*i)++];
        out->reach = apd_alias_reach(s->view->scan, out->alias, &w->span, &out->edge);
        if (out->reach != APD_REACH_ALL)
            return true;
    }
    return false;
}

/* "shell-core ends 2 m 00 s in, the window runs to 15 m 00 s (autopilot ends 0 s in)": a log that is
 * missing altogether leads, then the one that reaches furthest. */
static apd_relation_result not_spanned(const apd_subject *s, const window *w)
{
    shortfall f, lead = {.reach = APD_REACH_ALL};
    for (size_t i = 0; next_shortfall(s, w, &i, &f);)
        if (f.reach < lead.reach || (f.reach == lead.reach && f.edge > lead.edge))
            lead = f;
    apd_buf b;
    apd_buf_init(&b, s->view->arena);
    add_shortfall_words(&b, s, w, lead);
    int64_t length = apd_span_length(s->view->scan, &w->span);
    if ((lead.reach == APD_REACH_ENDS || lead.reach == APD_REACH_LATE) && length > 0) {
        apd_buf_add(&b, APD_LIT(", the window runs to "));
        apd_buf_add(&b, span_words(b.arena, length));
    }
    size_t others = 0;
    for (size_t i = 0; next_shortfall(s, w, &i, &f);) {
        if (f.alias == lead.alias)
            continue;
        apd_buf_add(&b, others++ ? APD_LIT("; ") : APD_LIT(" ("));
        add_shortfall_words(&b, s, w, f);
    }
    if (others)
        apd_buf_addc(&b, ')');
    return apd_relation_unknown(s, apd_buf_str(&b));
}

/* The device started over before the window was through. */
static apd_relation_result cut_short(const apd_subject *s, const window *w)
{
    if (s->quiet)
        return (apd_relation_result){.truth = APD_UNKNOWN};
    apd_arena *a = s->view->arena;
    const apd_span until = {w->span.from, s->view->to, w->span.from_clock, APD_CLOCK_UTC};
    apd_str seen = span_words(a, apd_span_length(s->view->scan, &until));
    apd_str whole = span_words(a, apd_span_length(s->view->scan, &w->span));
    return apd_relation_unknown(s, apd_printf_a(a, "the %s ends %.*s in, the window runs to %.*s",
                                                s->rel->same == APD_SAME_BOOT ? "boot" : "attempt",
                                                APD_FMT(seen), APD_FMT(whole)));
}

/* False if every log in seen_through spans the window, for then nothing was there. */
static apd_relation_result absent(const apd_subject *s, const window *w)
{
    const apd_view *v = s->view;
    size_t i = 0;
    shortfall f;
    if (next_shortfall(s, w, &i, &f))
        return s->quiet ? (apd_relation_result){.truth = APD_UNKNOWN} : not_spanned(s, w);
    if (w->within && w->after && apd_clock_doubt(w->span.to_clock, APD_CLOCK_UTC) == 0 &&
        w->span.to > v->to)
        return cut_short(s, w);
    return (apd_relation_result){.truth = APD_FALSE};
}

/* --- the question --- */

/* A hit that may be inside or not: says why nobody can tell. */
static apd_relation_result doubtful(const apd_subject *s, const window *w, uint32_t selection,
                                    const apd_hit *h, bool sure)
{
    if (s->quiet)
        return (apd_relation_result){.truth = APD_UNKNOWN};
    const apd_hit *anchor = w->after ? w->after : w->before;
    uint32_t anchor_sel = w->after ? s->rel->after : s->rel->before;
    if (!sure)
        return apd_relation_unknown(
            s, apd_printf_a(s->view->arena, "a record of %.*s does not say which %s it is about",
                            APD_FMT(apd_selection_name(s, selection)),
                            s->rel->same == APD_SAME_USER ? "user" : "app"));
    if (w->after && w->before && follows(w->after->event, h->event) != APD_UNKNOWN) {
        anchor = w->before;
        anchor_sel = s->rel->before;
    }
    return apd_relation_unknown(s,
                                apd_order_doubt(s, anchor_sel, anchor->event, selection, h->event));
}

static apd_relation_result is_present(const apd_subject *s, uint32_t selection, const apd_hit *h)
{
    apd_relation_result r = {.truth = APD_TRUE};
    apd_used *used = s->quiet ? NULL : APD_NEW(s->view->arena, apd_used);
    if (used) {
        *used = (apd_used){.selection = selection, .hit = h};
        r.used = used;
        r.nused = 1;
    } else if (!s->quiet) {
        s->view->scan->nomem = true;
    }
    return r;
}

/* Is a hit of the selection in the window? True carries the first one. */
static apd_relation_result present(const apd_subject *s, const window *w, uint32_t selection)
{
    apd_relation_result doubt = {.truth = APD_FALSE};
    apd_seen seen = apd_subject_hits(s, selection);
    for (size_t i = 0; i < seen.n; i++) {
        bool sure = apd_seen_sure(&seen, i);
        apd_truth in = inside(s->view->scan, w, seen.at[i]->event);
        if (in == APD_TRUE && sure)
            return is_present(s, selection, seen.at[i]);
        if (in != APD_FALSE && doubt.truth == APD_FALSE)
            doubt = doubtful(s, w, selection, seen.at[i], sure);
    }
    if (doubt.truth == APD_UNKNOWN)
        return doubt;
    apd_time from = w->after || w->within ? w->span.from : INT64_MIN;
    apd_time to = w->before || w->within ? w->span.to : INT64_MAX;
    if (apd_hits_lost(&s->view->scan->hits[selection], from, to))
        return apd_relation_crowded(s, selection);
    return absent(s, w);
}

/* --- the three lists --- */

typedef struct verdict {
    apd_truth truth;
    apd_str why; /* of the first unknown answer */
    APD_VEC(apd_used) used;
} verdict;

static void take(const apd_subject *s, verdict *v, const apd_relation_result *r)
{
    if (s->quiet)
        return;
    if (r->truth == APD_UNKNOWN && !v->why.len)
        v->why = r->why;
    for (size_t i = 0; i < r->nused; i++)
        if (!APD_PUSH(s->view->arena, v->used, r->used[i]))
            s->view->scan->nomem = true;
}

static verdict judge_lists(const apd_subject *s, const window *w)
{
    const apd_relation *rel = s->rel;
    verdict v = {.truth = APD_TRUE};
    for (size_t i = 0; i < rel->nnone_of; i++) {
        apd_relation_result r = present(s, w, rel->none_of[i]);
        v.truth = apd_and(v.truth, apd_not(r.truth));
        if (r.truth == APD_UNKNOWN)
            take(s, &v, &r);
    }
    for (size_t i = 0; i < rel->nall_of; i++) {
        apd_relation_result r = present(s, w, rel->all_of[i]);
        v.truth = apd_and(v.truth, r.truth);
        take(s, &v, &r);
    }
    apd_truth any = rel->nany_of ? APD_FALSE : APD_TRUE;
    for (size_t i = 0; i < rel->nany_of; i++) {
        apd_relation_result r = present(s, w, rel->any_of[i]);
        any = apd_or(any, r.truth);
        take(s, &v, &r);
    }
    v.truth = apd_and(v.truth, any);
    return v;
}

/* --- what a true window says --- */

static void add_names(apd_buf *b, const apd_subject *s, const uint32_t *sels, size_t n)
{
    for (size_t i = 0; i < n; i++)
        apd_buf_addf(b, "%sno %.*s",
                     i == 0      ? ""
                     : i + 1 < n ? ", "
                                 : " and ",
                     APD_FMT(apd_selection_name(s, sels[i])));
}

static void add_watchers(apd_buf *b, const apd_subject *s)
{
    const apd_relation *rel = s->rel;
    for (size_t i = 0; i < rel->nseen_through; i++)
        apd_buf_addf(b, "%s%.*s",
                     i == 0                       ? " ("
                     : i + 1 < rel->nseen_through ? ", "
                                                  : " and ",
                     APD_FMT(s->view->scan->rules->aliases[rel->seen_through[i]].name));
    if (rel->nseen_through)
        apd_buf_add(b, rel->nseen_through > 1 ? APD_LIT(" cover the whole window)")
                                              : APD_LIT(" covers the whole window)"));
}

/* "12 m 00 s, no confirmed TPM identity and no later step in between (autopilot covers the whole
 * window)" */
static apd_evidence gap_line(const apd_subject *s, const window *w)
{
    apd_evidence gap = {.kind = APD_EV_GAP};
    gap.event = w->after ? w->after->event : w->before->event;
    apd_buf b;
    apd_buf_init(&b, s->view->arena);
    int64_t length = apd_span_length(s->view->scan, &w->span);
    if (length > 0 && (w->within || (w->after && w->before))) {
        apd_buf_add(&b, span_words(b.arena, length));
        apd_buf_add(&b, APD_LIT(", "));
    }
    add_names(&b, s, s->rel->none_of, s->rel->nnone_of);
    apd_buf_add(&b, w->after && w->before ? APD_LIT(" in between")
                    : w->after            ? APD_LIT(" followed")
                                          : APD_LIT(" before it"));
    add_watchers(&b, s);
    gap.text = apd_buf_str(&b);
    return gap;
}

static apd_relation_result window_true(const apd_subject *s, const window *w, verdict *v)
{
    apd_arena *a = s->view->arena;
    APD_VEC(apd_used) used = {0};
    bool ok = true;
    if (w->after)
        ok = APD_PUSH(a, used, ((apd_used){.selection = s->rel->after, .hit = w->after}));
    for (size_t i = 0; ok && i < v->used.n; i++)
        ok = APD_PUSH(a, used, v->used.at[i]);
    if (ok && w->before)
        ok = APD_PUSH(a, used, ((apd_used){.selection = s->rel->before, .hit = w->before}));
    apd_relation_result r = apd_relation_true(s, used.at, used.n);
    if (s->rel->nnone_of) {
        apd_evidence *gaps = APD_NEWS(a, apd_evidence, r.ngaps + 1);
        ok = ok && gaps;
        if (gaps) {
            gaps[0] = gap_line(s, w);
            for (size_t i = 0; i < r.ngaps; i++)
                gaps[i + 1] = r.gaps[i];
            r.gaps = gaps;
            r.ngaps++;
        }
    }
    if (!ok)
        s->view->scan->nomem = true;
    return r;
}

/* --- the anchors --- */

/* What the clock of the record showed so many ticks later. */
static apd_time ticks_after(const apd_scan *s, const apd_event *ev, int64_t ticks)
{
    return apd_clock_is_utc(ev->clock) ? apd_scan_after(s, ev->time, ticks)
                                       : apd_time_add(ev->time, ticks);
}

static apd_span span_of(const apd_subject *s, const window *w)
{
    const apd_view *v = s->view;
    const apd_event *a = w->after ? w->after->event : w->before->event;
    const apd_event *b = w->before ? w->before->event : a;
    apd_span span = {a->time, b->time, a->clock, b->clock};
    if (w->after && w->within) {
        apd_time end = ticks_after(s->view->scan, a, w->within);
        if (!w->before || (apd_clock_doubt(a->clock, b->clock) == 0 && end < b->time)) {
            span.to = end;
            span.to_clock = a->clock;
        }
    } else if (w->after && !w->before && v->to != INT64_MAX) {
        span.to = v->to;
        span.to_clock = APD_CLOCK_UTC;
    } else if (!w->after && w->within) {
        span.from = ticks_after(s->view->scan, b, -w->within);
    } else if (!w->after && v->from != INT64_MIN) {
        span.from = v->from;
        span.from_clock = APD_CLOCK_UTC;
    }
    return span;
}

static apd_relation_result judge_window(const apd_subject *s, const window *w)
{
    verdict v = judge_lists(s, w);
    if (v.truth == APD_TRUE && !s->quiet)
        return window_true(s, w, &v);
    return (apd_relation_result){.truth = v.truth, .why = v.why};
}

/* Or of the windows. There may be many (`each`), so words are only made for one that counts. */
static void try_window(const apd_subject *s, const apd_hit *after, const apd_hit *before,
                       apd_relation_result *so_far)
{
    apd_subject quiet = *s;
    quiet.quiet = true;
    window w = {.after = after, .before = before, .within = s->rel->within};
    w.span = span_of(s, &w);
    if (judge_window(&quiet, &w).truth > so_far->truth)
        *so_far = judge_window(s, &w);
}

/* The hits that an anchor picks out of those that qualify. */
typedef struct anchors {
    const apd_hit *at[APD_KEEP_FIRST + APD_KEEP_LAST];
    size_t n;
} anchors;

static void pick_from(anchors *a, apd_pick pick)
{
    if (a->n > 1 && pick == APD_PICK_LAST)
        a->at[0] = a->at[a->n - 1];
    if (a->n > 1 && pick != APD_PICK_EACH)
        a->n = 1;
}

/* The hits of `sel` that come behind `behind` (NULL: all). False if clocks leave that open. */
static bool find_anchors(const apd_subject *s, uint32_t sel, const apd_hit *behind, apd_pick pick,
                         anchors *out, const apd_hit **unclear)
{
    out->n = 0;
    apd_seen seen = apd_subject_hits(s, sel);
    for (size_t i = 0; i < seen.n && out->n < sizeof out->at / sizeof *out->at; i++) {
        const apd_hit *h = seen.at[i];
        apd_truth t = behind ? follows(behind->event, h->event) : APD_TRUE;
        *unclear = h;
        if (t == APD_UNKNOWN)
            return false;
        if (t == APD_TRUE && apd_seen_sure(&seen, i) && (!behind || h->event != behind->event))
            out->at[out->n++] = h;
    }
    pick_from(out, pick);
    return true;
}

/* All windows that begin at one anchor (NULL: those that only end at one). */
static void judge_from(const apd_subject *s, const apd_hit *after, apd_relation_result *so_far)
{
    const apd_relation *rel = s->rel;
    anchors ends = {.n = 0};
    const apd_hit *unclear = NULL;
    if (rel->before == UINT32_MAX) {
        try_window(s, after, NULL, so_far);
    } else if (!find_anchors(s, rel->before, after, rel->before_pick, &ends, &unclear)) {
        if (so_far->truth == APD_FALSE)
            *so_far = apd_relation_unknown(
                s, apd_order_doubt(s, rel->after, after->event, rel->before, unclear->event));
    } else if (ends.n == 0 && after && rel->within) {
        try_window(s, after, NULL, so_far);
    } else if (ends.n == 0 && so_far->truth == APD_FALSE) {
        *so_far = apd_relation_missing(s, rel->before);
    }
    for (size_t i = 0; i < ends.n && so_far->truth != APD_TRUE; i++)
        try_window(s, after, ends.at[i], so_far);
}

apd_relation_result apd_relate_window(const apd_subject *s)
{
    const apd_relation *rel = s->rel;
    apd_relation_result r = {.truth = APD_FALSE};
    anchors starts;
    const apd_hit *unclear;
    if (rel->after == UINT32_MAX) {
        judge_from(s, NULL, &r);
        return r;
    }
    find_anchors(s, rel->after, NULL, rel->after_pick, &starts, &unclear);
    if (starts.n == 0)
        return apd_relation_missing(s, rel->after);
    for (size_t i = 0; i < starts.n && r.truth != APD_TRUE; i++)
        judge_from(s, starts.at[i], &r);
    return r;
}
