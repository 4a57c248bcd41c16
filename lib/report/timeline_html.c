/* The timeline as a fragment of HTML for tickets and wikis: no script, no outer resource, its style inside. Every text of
 * the bundle goes through escape(). */
#include "timeline_p.h"

static void escape(apd_timeline *t, apd_arena *a, apd_str text)
{
    FILE *f = t->out;
    apd_mark m = apd_arena_mark(a);
    text = apd_mask_text(t->report->mask, a, text);
    apd_str s =
        apd_escape_term(a, text, 0); /* no control characters, no secrets, no turned direction */
    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '<':
            fputs("&lt;", f);
            break;
        case '>':
            fputs("&gt;", f);
            break;
        case '&':
            fputs("&amp;", f);
            break;
        case '"':
            fputs("&quot;", f);
            break;
        case '\'':
            fputs("&#39;", f);
            break;
        default:
            fputc(s.ptr[i], f);
        }
    }
    apd_arena_rewind(a, m);
}

static const char style[] =
    "<style>\n"
    ".apdiag{font:14px/1.45 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:75em}\n"
    ".apdiag h2{font-size:1.15em;margin:1.2em 0 .3em}\n"
    ".apdiag dl{display:grid;grid-template-columns:max-content 1fr;gap:.1em 1em;margin:.3em 0 "
    "1em}\n"
    ".apdiag dt{color:#555}.apdiag dd{margin:0}\n"
    ".apdiag .ph{display:grid;grid-template-columns:16em 1fr 15em;gap:.8em;align-items:center}\n"
    ".apdiag .part{padding-left:1.4em;color:#444}\n"
    ".apdiag .lane{position:relative;height:.85em;background:#f0f0f0}\n"
    ".apdiag .bar{position:absolute;top:0;bottom:0;min-width:3px;background:#888}\n"
    ".apdiag .succeeded{background:#2f7d32}.apdiag .failed{background:#b3261e}\n"
    ".apdiag .unfinished{background:#c77700}.apdiag .passed{background:#7a93a8}\n"
    ".apdiag table{border-collapse:collapse;margin:1em 0;width:100%}\n"
    ".apdiag td,.apdiag th{padding:.15em .6em;text-align:left;vertical-align:top;border-top:1px "
    "solid #e3e3e3}\n"
    ".apdiag td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    ".apdiag td{overflow-wrap:anywhere}.apdiag td:nth-child(2){overflow-wrap:normal}\n"
    ".apdiag .gap td{background:#fff6e0}.apdiag .finding td,.apdiag .marked "
    "td{background:#fdeceb}\n"
    ".apdiag .restart td,.apdiag .clock-step td{background:#eef3f8}\n"
    "</style>\n";

static void put_moment(FILE *f, apd_arena *a, apd_time t, apd_clock c)
{
    apd_str s = timeline_moment(a, t, c);
    fwrite(s.ptr, 1, s.len, f);
}

static void term(apd_timeline *t, apd_arena *a, const char *name, apd_str text)
{
    FILE *f = t->out;
    fprintf(f, "<dt>%s</dt><dd>", name);
    escape(t, a, text);
    fputs("</dd>\n", f);
}

static void head(apd_timeline *t, apd_arena *a, const apd_attempt *at)
{
    FILE *f = t->out;
    fprintf(f, "<h2>Attempt %u: ", (unsigned)at->number);
    put_moment(f, a, at->start, at->start_clock);
    fputs(" to ", f);
    put_moment(f, a, at->end, at->end_clock);
    apd_str length = timeline_length_words(a, at);
    if (length.len)
        fprintf(f, " (%.*s)", APD_FMT(length));
    fputs("</h2>\n<dl>\n", f);
    if (at->fate)
        term(t, a, "Ended",
             apd_printf_a(a, "%.*s: %s", APD_FMT(timeline_phase_words(at->fate->name)),
                          apd_outcome_name(at->fate->outcome)));
    term(t, a, "Scenario", timeline_scenario_words(at->scenario));
    for (size_t i = 0, shown = 0; i < at->nsigns && shown < 3; i++)
        if (timeline_sign_tells(at, i) && ++shown)
            term(t, a, "", at->signs[i].say);
    term(t, a, "Restarts", apd_printf_a(a, "%zu", at->nboots));
    if (at->last_good) {
        fputs("<dt>Last worked</dt><dd>", f);
        put_moment(f, a, at->last_good->time, at->last_good->clock);
        fputs(" ", f);
        escape(t, a, timeline_step_words(a, at->last_good));
        fputs("</dd>\n", f);
    }
    fputs("</dl>\n", f);
}

static double percent(const apd_attempt *at, int64_t since)
{
    double share = at->length > 0 ? (double)since / (double)at->length : 0;
    return share < 0 ? 0 : share > 1 ? 100 : 100 * share;
}

static void phase(apd_timeline *t, apd_arena *a, const apd_attempt *at, const apd_phase *ph)
{
    FILE *f = t->out;
    char span[APD_TIME_TEXT];
    int64_t length = ph->length > 0 ? ph->length : 0;
    fprintf(f, "<div class=\"ph\"><span%s>", ph->part.len ? " class=\"part\"" : "");
    escape(t, a, ph->part.len ? timeline_part_words(ph->part) : timeline_phase_words(ph->name));
    fputs("</span><span class=\"lane\">", f);
    if (apd_clock_is_utc(ph->start_clock) == apd_clock_is_utc(at->start_clock)) {
        double from = percent(at, ph->since), to = percent(at, ph->since + length);
        fprintf(f, "<span class=\"bar %s\" style=\"left:%.2f%%;width:%.2f%%\"></span>",
                apd_outcome_name(ph->outcome), from, to - from);
    }
    fprintf(f, "</span><span>%s%s%s</span></div>\n", apd_outcome_name(ph->outcome),
            ph->length < 0 ? "" : ", ", ph->length < 0 ? "" : apd_span_format(length, span));
}

void timeline_html_begin(apd_timeline *t, apd_arena *a)
{
    fputs("<section class=\"apdiag\">\n", t->out);
    fputs(style, t->out);
    fputs("<p>Timeline of ", t->out);
    escape(t, a, t->report->bundle);
    fputs("</p>\n", t->out);
}

void timeline_html_attempt(apd_timeline *t, apd_arena *a, size_t i)
{
    const apd_attempt *at = timeline_attempt(t->report, i);
    head(t, a, at);
    for (size_t k = 0; k < at->nphases; k++)
        phase(t, a, at, &at->phases[k]);
}

void timeline_html_unplaced(apd_timeline *t)
{
    fputs("<h2>Not placed</h2>\n<p>" TIMELINE_UNPLACED "</p>\n", t->out);
}

void timeline_html_list(apd_timeline *t, bool open)
{
    fputs(open ? "<table>\n<tr><th>Time</th><th>Log</th><th>What happened</th></tr>\n"
               : "</table>\n",
          t->out);
}

void timeline_html_row(apd_timeline *t, apd_arena *a, const timeline_row *w)
{
    FILE *f = t->out;
    bool marked = w->kind == ROW_MILESTONE && w->finding;
    fprintf(f, "<tr class=\"%s\"><td>", marked ? "marked" : timeline_kind_name(w->kind));
    put_moment(f, a, w->time, w->clock);
    fputs("</td><td>", f);
    escape(t, a, w->log);
    if (w->id)
        fprintf(f, " %u", (unsigned)w->id);
    fputs("</td><td>", f);
    escape(t, a, w->text);
    if (w->has_code) {
        fputs(" - ", f);
        escape(t, a, timeline_code(a, t->report, w->code));
    }
    fputs("</td></tr>\n", f);
}

static void era(apd_timeline *t, apd_arena *a, const apd_era *e)
{
    FILE *f = t->out;
    char offset[16];
    fputs("<tr><td>", f);
    escape(t, a, apd_sym_text(t->report->names, e->log));
    fputs("</td><td>", f);
    put_moment(f, a, e->first, APD_CLOCK_LOCAL);
    fputs(" to ", f);
    put_moment(f, a, e->last, APD_CLOCK_LOCAL);
    fputs("</td><td>", f);
    if (!e->known)
        fputs("offset unknown", f);
    else if (e->given)
        fprintf(f, "UTC%s, as given", timeline_offset(e->minutes, offset));
    else
        fprintf(f, "UTC%s, %u moments agree, next best %u", timeline_offset(e->minutes, offset),
                (unsigned)e->pairs, (unsigned)e->others);
    fputs("</td></tr>\n", f);
}

void timeline_html_end(apd_timeline *t, apd_arena *a, apd_str left_out)
{
    const apd_clocks *c = t->report->model ? apd_model_clocks(t->report->model) : NULL;
    if (left_out.len) {
        fputs("<p>", t->out);
        escape(t, a, left_out);
        fputs("</p>\n", t->out);
    }
    if (c && apd_clocks_count(c)) {
        fputs("<h2>Clocks</h2>\n<table>\n<tr><th>Log in local time</th><th>From, "
              "to</th><th>Offset</th></tr>\n",
              t->out);
        for (size_t i = 0; i < apd_clocks_count(c); i++)
            era(t, a, apd_clocks_at(c, i));
        fputs("</table>\n", t->out);
    }
    for (size_t i = 0; c && i < apd_clocks_shifts(c); i++) {
        const apd_trace_shift *s = apd_clocks_shift(c, i);
        fputs("<p>", t->out);
        escape(t, a, timeline_file(t->report, (apd_where){.member = s->member}));
        fputs(": ", t->out);
        escape(t, a, timeline_shift_words(a, s));
        fputs("</p>\n", t->out);
    }
    fputs("<p>Z: UTC. Z est: converted, as above. local: its offset is unknown.</p>\n</section>\n",
          t->out);
}
