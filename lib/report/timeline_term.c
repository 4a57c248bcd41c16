/* The timeline for a terminal: a head and bars per attempt, then the list, then the clocks. */
#include "termout.h"
#include "timeline_p.h"

enum { TIME_COLUMNS = 14, NAME_COLUMNS = 34, LEAST_BAR = 20, MOST_BAR = 100, PIPE_WIDTH = 120 };

static unsigned width_of(const out *o)
{
    return o->style->width ? o->style->width : PIPE_WIDTH;
}

static ink ink_of(apd_outcome o)
{
    static const ink inks[] = {YELLOW, PLAIN, GREEN, RED};
    return inks[o];
}

/* --- head --- */

static void fate_line(out *o, const apd_attempt *at)
{
    const apd_phase *ph = at->fate;
    if (!ph)
        return;
    lead(o, BOLD, "  ended         ");
    put(o, ink_of(ph->outcome), timeline_phase_words(ph->name), 0);
    put(o, ink_of(ph->outcome), apd_printf_a(o->a, ": %s", apd_outcome_name(ph->outcome)), 0);
    if (ph->decided && ph->decided->has_code)
        put(o, ink_of(ph->outcome),
            apd_printf_a(o->a, ", %.*s", APD_FMT(timeline_code(o->a, o->r, ph->decided->code))), 0);
    fputc('\n', o->f);
}

static void scenario_line(out *o, const apd_attempt *at)
{
    enum { SIGNS = 3 }; /* the strongest are enough */
    apd_buf b;
    apd_buf_init(&b, o->a);
    apd_buf_add(&b, timeline_scenario_words(at->scenario));
    size_t shown = 0;
    for (size_t i = 0; i < at->nsigns && shown < SIGNS; i++)
        if (timeline_sign_tells(at, i))
            apd_buf_addf(&b, "%s%.*s", shown++ ? "; " : " - ", APD_FMT(at->signs[i].say));
    labelled(o, BOLD, "  scenario      ", apd_buf_str(&b));
}

static void restarts_line(out *o, const apd_attempt *at)
{
    enum { LISTED = 6 };
    apd_buf b;
    apd_buf_init(&b, o->a);
    apd_buf_addf(&b, "%zu", at->nboots);
    for (size_t i = 0; i < at->nboots && i < LISTED; i++)
        apd_buf_addf(&b, "%s%.*s", i ? ", " : ": ",
                     APD_FMT(timeline_moment(o->a, at->boots[i], APD_CLOCK_UTC)));
    if (at->nboots > LISTED)
        apd_buf_add(&b, APD_LIT(", ..."));
    labelled(o, BOLD, "  restarts      ", apd_buf_str(&b));
}

static void last_good_line(out *o, const apd_attempt *at)
{
    const apd_step *s = at->last_good;
    if (!s)
        return;
    apd_str text = apd_printf_a(
        o->a, "%.*s  %.*s (%.*s %u)", APD_FMT(timeline_moment(o->a, s->time, s->clock)),
        APD_FMT(timeline_step_words(o->a, s)), APD_FMT(s->log_name), (unsigned)s->id);
    labelled(o, BOLD, "  last worked   ", text);
}

static void head(out *o, const apd_attempt *at)
{
    apd_str title = apd_printf_a(o->a, "attempt %u  ", (unsigned)at->number);
    apd_str length = timeline_length_words(o->a, at);
    put(o, BOLD, title, 0);
    put(o, PLAIN,
        apd_printf_a(o->a, "%.*s to %.*s%s%.*s",
                     APD_FMT(timeline_moment(o->a, at->start, at->start_clock)),
                     APD_FMT(timeline_moment(o->a, at->end, at->end_clock)), length.len ? ", " : "",
                     APD_FMT(length)),
        0);
    fputc('\n', o->f);
    fate_line(o, at);
    scenario_line(o, at);
    restarts_line(o, at);
    last_good_line(o, at);
    if (at->later)
        labelled(o, BOLD, "  afterwards    ",
                 apd_printf_a(o->a, "%zu milestones of everyday life, not listed", at->later));
}

/* --- bars --- */

typedef struct scale {
    int64_t length; /* ticks of the attempt */
    unsigned columns;
} scale;

static unsigned column(const scale *s, int64_t since)
{
    if (s->length <= 0 || since <= 0)
        return 0;
    double share = (double)since / (double)s->length;
    return share >= 1 ? s->columns - 1 : (unsigned)(share * s->columns);
}

/* Succeeded is solid, failed ends in a cross, unfinished in an arrow, passed is light: readable without colour. */
static void bar(out *o, const scale *s, const apd_phase *ph)
{
    static const char *const fancy[] = {"\xe2\x94\x81", "\xe2\x94\x80", "\xe2\x96\x88",
                                        "\xe2\x96\x88"};
    static const char *const fancy_end[] = {"\xe2\x96\xb6", "\xe2\x94\x80", "\xe2\x96\x88",
                                            "\xe2\x9c\x97"};
    static const char *const plain[] = {"=", "-", "#", "#"}, *const plain_end[] = {">", "-", "#",
                                                                                   "x"};
    const char *fill = o->style->ascii ? plain[ph->outcome] : fancy[ph->outcome];
    const char *end = o->style->ascii ? plain_end[ph->outcome] : fancy_end[ph->outcome];
    int64_t length = ph->length > 0 ? ph->length : 0;
    unsigned from = column(s, ph->since), to = column(s, ph->since + length);
    fprintf(o->f, "%*s%s", (int)from, "", paint(o, ink_of(ph->outcome)));
    for (unsigned i = from; i < to; i++)
        fputs(fill, o->f);
    fprintf(o->f, "%s%s%*s", end, paint(o, PLAIN), (int)(s->columns - 1 - to), "");
}

static void phase_line(out *o, const scale *s, const apd_phase *ph, bool drawn)
{
    apd_str name = ph->part.len ? timeline_part_words(ph->part) : timeline_phase_words(ph->name);
    apd_str shown = apd_escape_term(o->a, name, NAME_COLUMNS - (ph->part.len ? 6 : 4));
    char span[APD_TIME_TEXT];
    fprintf(o->f, "  %s%.*s%*s", ph->part.len ? "  " : "", (int)shown.len, shown.ptr,
            (int)(NAME_COLUMNS - 2 - (ph->part.len ? 2 : 0) - apd_columns(shown)), "");
    if (drawn)
        bar(o, s, ph);
    else
        fprintf(o->f, "%-*s", (int)s->columns, "(local time)");
    put(o, ink_of(ph->outcome), apd_printf_a(o->a, " %s", apd_outcome_name(ph->outcome)), 0);
    if (ph->length > 0)
        fprintf(o->f, ", %s", apd_span_format(ph->length, span));
    if (ph->tries > 1)
        fprintf(o->f, ", %u tries", (unsigned)ph->tries);
    fputc('\n', o->f);
}

static void bars(out *o, const apd_attempt *at)
{
    enum { WORDS = 36 }; /* "unfinished, 12 h 05 m, 12 tries" */
    unsigned width = width_of(o);
    unsigned room =
        width > NAME_COLUMNS + WORDS + LEAST_BAR ? width - NAME_COLUMNS - WORDS : LEAST_BAR;
    scale s = {at->length, room < MOST_BAR ? room : MOST_BAR};
    for (size_t i = 0; i < at->nphases; i++) {
        apd_mark m = apd_arena_mark(o->a);
        const apd_phase *ph = &at->phases[i];
        phase_line(o, &s, ph,
                   apd_clock_is_utc(ph->start_clock) == apd_clock_is_utc(at->start_clock));
        apd_arena_rewind(o->a, m);
    }
}

void timeline_term_attempt(apd_timeline *t, apd_arena *a, size_t i)
{
    out o = {t->out, t->report, &t->style, a};
    const apd_attempt *at = timeline_attempt(t->report, i);
    head(&o, at);
    fputc('\n', o.f);
    bars(&o, at);
    fputc('\n', o.f);
    *t->day = '\0';
}

void timeline_term_unplaced(apd_timeline *t, apd_arena *a)
{
    out o = {t->out, t->report, &t->style, a};
    if (timeline_attempts(t->report))
        fputc('\n', o.f);
    labelled(&o, BOLD, "not placed  ", APD_LIT(TIMELINE_UNPLACED));
    fputc('\n', o.f);
    *t->day = '\0';
}

/* --- the list --- */

static const char *mark_of(const out *o, const timeline_row *w)
{
    if (w->kind == ROW_GAP)
        return ":";
    if (w->finding)
        return o->style->ascii ? "*" : "\xe2\x96\xb6";
    return o->style->ascii ? "|" : "\xe2\x94\x82";
}

static ink ink_of_row(const timeline_row *w)
{
    if (w->kind == ROW_MILESTONE && apd_eq(w->state, APD_LIT("success")))
        return GREEN;
    if (w->kind == ROW_MILESTONE && apd_eq(w->state, APD_LIT("failure")))
        return RED;
    return w->kind == ROW_GAP                               ? YELLOW
           : w->kind == ROW_RESTART || w->kind == ROW_CLOCK ? BOLD
                                                            : PLAIN;
}

static void day_line(apd_timeline *t, out *o, const timeline_row *w)
{
    char day[APD_TIME_TEXT];
    apd_time_format(w->time, 0, false, day);
    day[10] = '\0';
    if (strcmp(day, t->day) == 0)
        return;
    memcpy(t->day, day, sizeof day);
    fprintf(o->f, "%*s %s%s%s\n", TIME_COLUMNS, day, paint(o, BLUE),
            o->style->ascii ? "|" : "\xe2\x94\x82", paint(o, PLAIN));
}

static void time_column(out *o, const timeline_row *w)
{
    char text[APD_TIME_TEXT] = "";
    apd_civil c = apd_time_civil(w->time);
    if (w->kind != ROW_GAP && w->clock == APD_CLOCK_DATE)
        snprintf(text, sizeof text, "(day)");
    else if (w->kind != ROW_GAP)
        snprintf(text, sizeof text, "%02d:%02d:%02d%s", c.hour % 100, c.minute % 100,
                 c.second % 100, timeline_clock_mark(w->clock));
    fprintf(o->f, "%*s ", TIME_COLUMNS, text);
    lead(o, w->finding ? RED : w->kind == ROW_GAP ? YELLOW : BLUE, mark_of(o, w));
    fputc(' ', o->f);
}

void timeline_term_row(apd_timeline *t, apd_arena *a, const timeline_row *w)
{
    enum { LINES = 3 }; /* a raw message may be kilobytes */
    out o = {t->out, t->report, &t->style, a};
    day_line(t, &o, w);
    time_column(&o, w);
    size_t used = TIME_COLUMNS + 3;
    if (w->log.len) {
        char id[16] = "";
        if (w->id)
            snprintf(id, sizeof id, " %u", (unsigned)w->id);
        put(&o, DIM, w->log, 32);
        fprintf(o.f, "%s%s%s  ", paint(&o, DIM), id, paint(&o, PLAIN));
        used += apd_columns(w->log) + strlen(id) + 2;
    }
    apd_buf b;
    apd_buf_init(&b, a);
    apd_buf_add(&b, w->text);
    if (w->has_code)
        apd_buf_addf(&b, " - %.*s", APD_FMT(timeline_code(a, t->report, w->code)));
    size_t width = width_of(&o), room = width > used + LEAST_BAR ? width - used : LEAST_BAR;
    clipped_paragraph(&o, ink_of_row(w), apd_buf_str(&b), (unsigned)used, LINES * room);
}

/* --- clocks --- */

static void era_line(out *o, const apd_era *e)
{
    char offset[16], close[APD_TIME_TEXT];
    apd_buf b;
    apd_buf_init(&b, o->a);
    apd_buf_addf(&b, "  %-28.*s %.*s to %.*s  ", APD_FMT(apd_sym_text(o->r->names, e->log)),
                 APD_FMT(timeline_moment(o->a, e->first, APD_CLOCK_LOCAL)),
                 APD_FMT(timeline_moment(o->a, e->last, APD_CLOCK_LOCAL)));
    if (!e->known)
        apd_buf_add(&b, APD_LIT("offset unknown"));
    else if (e->given)
        apd_buf_addf(&b, "UTC%s, as given", timeline_offset(e->minutes, offset));
    else
        apd_buf_addf(&b, "UTC%s, %u moments agree within %s; next best %u",
                     timeline_offset(e->minutes, offset), (unsigned)e->pairs,
                     apd_span_format(e->residual, close), (unsigned)e->others);
    put(o, e->known ? PLAIN : YELLOW, apd_buf_str(&b), 0);
    fputc('\n', o->f);
}

/* Is any part of the log known, so that the unknown ones have to be told apart? */
static bool is_listed(const apd_clocks *c, const apd_era *e)
{
    bool known = e->known;
    for (size_t i = 0; i < apd_clocks_count(c) && !known; i++)
        known = apd_clocks_at(c, i)->log == e->log && apd_clocks_at(c, i)->known;
    return known;
}

static bool is_first_of_log(const apd_clocks *c, size_t era)
{
    for (size_t i = 0; i < era; i++)
        if (apd_clocks_at(c, i)->log == apd_clocks_at(c, era)->log)
            return false;
    return true;
}

/* Logs that nothing is known of, in one paragraph. */
static void unknown_logs(out *o, const apd_clocks *c)
{
    apd_buf b;
    size_t n = 0;
    apd_buf_init(&b, o->a);
    for (size_t i = 0; i < apd_clocks_count(c); i++) {
        const apd_era *e = apd_clocks_at(c, i);
        if (is_listed(c, e) || !is_first_of_log(c, i))
            continue;
        apd_buf_addf(&b, "%s%.*s", n++ ? ", " : "", APD_FMT(apd_sym_text(o->r->names, e->log)));
    }
    if (n)
        labelled(o, YELLOW, "  offset unknown  ",
                 apd_printf_a(o->a, "%.*s: too few moments that another log knows too",
                              APD_FMT(apd_buf_str(&b))));
}

static void shift_line(out *o, const apd_trace_shift *s)
{
    apd_buf b;
    apd_buf_init(&b, o->a);
    apd_buf_add(&b, APD_LIT("  "));
    apd_buf_add(&b, timeline_file(o->r, (apd_where){.member = s->member}));
    apd_buf_addf(&b, " from %.*s on: ", APD_FMT(timeline_moment(o->a, s->from, APD_CLOCK_UTC)));
    apd_buf_add(&b, timeline_shift_words(o->a, s));
    put(o, s->known ? PLAIN : YELLOW, apd_buf_str(&b), 0);
    fputc('\n', o->f);
}

void timeline_term_clocks(apd_timeline *t, apd_arena *a)
{
    out o = {t->out, t->report, &t->style, a};
    const apd_clocks *c = t->report->model ? apd_model_clocks(t->report->model) : NULL;
    fputc('\n', o.f);
    lead(&o, BOLD, "clocks\n");
    apd_str legend = APD_LIT("event logs: UTC (Z)");
    if (c && apd_clocks_count(c) + apd_clocks_shifts(c))
        legend = APD_LIT(
            "event logs: UTC (Z); Z est: converted, as below; local: the offset is unknown");
    labelled(&o, PLAIN, "  ", legend);
    for (size_t i = 0; c && i < apd_clocks_count(c); i++) {
        apd_mark m = apd_arena_mark(a);
        if (is_listed(c, apd_clocks_at(c, i)))
            era_line(&o, apd_clocks_at(c, i));
        apd_arena_rewind(a, m);
    }
    if (c)
        unknown_logs(&o, c);
    for (size_t i = 0; c && i < apd_clocks_shifts(c); i++)
        shift_line(&o, apd_clocks_shift(c, i));
}
