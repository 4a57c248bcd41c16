/* The diagnosis for a terminal, in the anatomy of a compiler's message: what is wrong, where it says
 * so, the records in order with what was missing between them, what else was considered, and help.
 *
 * Every text from the bundle or a rule goes through apd_escape_term on its way out. */
#include "termout.h"
#include "timeline_p.h"

enum { TIME_COLUMNS = 14 };

static const char *clip_mark(const out *o)
{
    return o->style->ascii ? "|" : "\xe2\x94\x82";
}

static apd_str file_of(const out *o, const apd_event *ev)
{
    if (ev->where.member < o->r->nfiles)
        return o->r->files[ev->where.member].path;
    return APD_LIT("(unknown file)");
}

/* "10:00:00Z", "10:00:00Z est" (by an estimated offset), "10:00:00 local", or blanks for a fact. */
static void time_column(out *o, const apd_event *ev)
{
    char text[APD_TIME_TEXT] = "";
    if (ev->clock != APD_CLOCK_NONE && ev->time != APD_TIME_NONE) {
        apd_civil c = apd_time_civil(ev->time);
        bool utc = apd_clock_is_utc(ev->clock);
        snprintf(text, sizeof text, "%02d:%02d:%02d%s", c.hour, c.minute, c.second,
                 ev->clock == APD_CLOCK_ESTIMATED ? "Z est"
                 : utc                            ? "Z"
                                                  : " local");
    }
    fprintf(o->f, "%*s ", TIME_COLUMNS, text);
    lead(o, BLUE, clip_mark(o));
    fputc(' ', o->f);
}

static void day_line(out *o, const apd_event *ev, char last_day[APD_TIME_TEXT])
{
    char day[APD_TIME_TEXT];
    if (ev->time == APD_TIME_NONE)
        return;
    apd_time_format(ev->time, 0, false, day);
    day[10] = '\0';
    if (strcmp(day, last_day) == 0)
        return;
    memcpy(last_day, day, sizeof day);
    fprintf(o->f, "%*s ", TIME_COLUMNS, day);
    lead(o, BLUE, clip_mark(o));
    fputc('\n', o->f);
}

static void code_line(out *o, const apd_evidence *e)
{
    fprintf(o->f, "%*s ", TIME_COLUMNS, "");
    lead(o, BLUE, clip_mark(o));
    fputs("   ^ ", o->f);
    paragraph(o, YELLOW, timeline_code(o->a, o->r, e->code), TIME_COLUMNS + 8);
}

static size_t rest_of_line(const out *o, size_t used)
{
    enum { LEAST = 20, PIPE = 160 };
    if (o->style->width == 0)
        return PIPE;
    return o->style->width > used + LEAST ? o->style->width - used : LEAST;
}

/* "also in a.etl #7, b.etl #9" */
static void also_line(out *o, const apd_evidence *e)
{
    apd_buf b;
    apd_buf_init(&b, o->a);
    for (const apd_place *p = e->also; p; p = p->next) {
        apd_event there = {.where = p->where};
        apd_buf_add(&b, p == e->also ? APD_LIT("also in ") : APD_LIT(", "));
        apd_buf_add(&b, file_of(o, &there));
        apd_buf_addf(&b, " #%llu", (unsigned long long)p->where.record);
    }
    fprintf(o->f, "%*s ", TIME_COLUMNS, "");
    lead(o, BLUE, "=");
    fputs("   ", o->f);
    paragraph(o, DIM, apd_buf_str(&b), TIME_COLUMNS + 5);
}

static void record_line(out *o, const apd_evidence *e)
{
    const apd_event *ev = e->event;
    time_column(o, ev);
    char place[64] = "";
    if (ev->kind == APD_EVENT)
        snprintf(place, sizeof place, "#%llu ", (unsigned long long)ev->where.record);
    lead(o, DIM, place);
    char id[16] = "";
    if (ev->id)
        snprintf(id, sizeof id, " %u", (unsigned)ev->id);
    put(o, BOLD, e->log, 32);
    fprintf(o->f, "%s  ", id);
    apd_str text = e->text.len ? e->text : apd_event_summary(o->a, o->r, ev);
    size_t used = TIME_COLUMNS + 5 + strlen(place) + apd_columns(e->log) + strlen(id);
    /* A raw message may be kilobytes: three lines show what it is. */
    size_t room = rest_of_line(o, used);
    clipped_paragraph(o, PLAIN, text, (unsigned)used, 3 * room);
    if (e->has_code)
        code_line(o, e);
    if (e->also)
        also_line(o, e);
    if (e->more) {
        fprintf(o->f, "%*s ", TIME_COLUMNS, "");
        lead(o, BLUE, clip_mark(o));
        fprintf(o->f, " %s(%u more of these)%s\n", paint(o, DIM), e->more, paint(o, PLAIN));
    }
}

static void gap_line(out *o, const apd_evidence *e)
{
    fprintf(o->f, "%*s ", TIME_COLUMNS, "");
    lead(o, BLUE, e->kind == APD_EV_GAP ? ":" : "=");
    fputs("   ", o->f);
    paragraph(o, DIM, e->text, TIME_COLUMNS + 5);
}

static void evidence(out *o, const apd_finding *f)
{
    apd_str file = {NULL, 0};
    char day[APD_TIME_TEXT] = "";
    bool first = true;
    for (size_t i = 0; i < f->nevidence; i++) {
        const apd_evidence *e = &f->evidence[i];
        apd_mark m = apd_arena_mark(o->a);
        if (e->kind == APD_EV_RECORD) {
            apd_str now = file_of(o, e->event);
            if (first || !apd_eq(now, file)) {
                fprintf(o->f, "%*s", TIME_COLUMNS - 2, "");
                lead(o, BLUE, first ? "--> " : "::: ");
                put(o, PLAIN, now, 0);
                fputc('\n', o->f);
                file = now;
                first = false;
            }
            day_line(o, e->event, day);
            record_line(o, e);
        } else {
            gap_line(o, e);
        }
        apd_arena_rewind(o->a, m);
    }
}

static void title_line(out *o, const apd_finding *f)
{
    ink i = f->severity == APD_SEV_ERROR ? RED : f->severity == APD_SEV_WARNING ? YELLOW : BLUE;
    lead(o, i, apd_severity_name(f->severity));
    apd_str head = apd_printf_a(o->a, "[%.*s]: ", APD_FMT(f->rule));
    put(o, i, head, 0);
    unsigned indent = 4;
    apd_str tail =
        apd_printf_a(o->a, "%.*s  (%s%s)", APD_FMT(f->title), apd_strength_name(f->strength),
                     f->overcome.phase.len ? ", overcome"
                     : f->history          ? ", in an earlier attempt"
                                           : "");
    unsigned width = o->style->width;
    size_t used = strlen(apd_severity_name(f->severity)) + apd_columns(head);
    size_t n = width ? line_break(tail, width > used + 20 ? width - used : 20) : tail.len;
    put(o, BOLD, apd_sub(tail, 0, n), 0);
    fputc('\n', o->f);
    apd_str rest = apd_trim(apd_sub(tail, n, tail.len));
    if (rest.len) {
        fprintf(o->f, "%*s", (int)indent, "");
        paragraph(o, BOLD, rest, indent);
    }
}

static apd_str joined(apd_arena *a, const apd_str *items, size_t n)
{
    apd_buf b;
    apd_buf_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        if (i)
            apd_buf_add(&b, APD_LIT(", "));
        apd_buf_add(&b, items[i]);
    }
    return apd_buf_str(&b);
}

static void why(out *o, const apd_finding *f)
{
    if (!o->style->why)
        return;
    labelled(o, BLUE, "  = why: ",
             apd_printf_a(o->a, "strength %s, score %d, phase %.*s; holds: %.*s",
                          apd_strength_name(f->strength), f->score, APD_FMT(f->phase),
                          APD_FMT(joined(o->a, f->by, f->nby))));
    for (size_t i = 0; i < f->nterms; i++) {
        const apd_term *t = &f->terms[i];
        labelled(o, BLUE, "         ",
                 apd_printf_a(o->a, "%+d if %.*s: %s%s%.*s", t->weight, APD_FMT(t->cond),
                              apd_truth_name(t->state), t->say.len ? ", " : "", APD_FMT(t->say)));
    }
}

static void overcome(out *o, const apd_finding *f)
{
    if (!f->overcome.phase.len)
        return;
    apd_buf b;
    apd_buf_init(&b, o->a);
    apd_buf_addf(&b, "%.*s succeeded afterwards, %.*s",
                 APD_FMT(timeline_phase_words(f->overcome.phase)),
                 APD_FMT(timeline_moment(o->a, f->overcome.time, f->overcome.clock)));
    if (f->attempt && f->overcome.attempt != f->attempt)
        apd_buf_addf(&b, ", in attempt %u", (unsigned)f->overcome.attempt);
    labelled(o, GREEN, "  = overcome: ", apd_buf_str(&b));
}

static void said_terms(out *o, const apd_finding *f)
{
    for (size_t i = 0; i < f->nterms; i++)
        if (f->terms[i].state == APD_TRUE && f->terms[i].say.len)
            labelled(o, BLUE,
                     f->terms[i].weight > 0 ? "  = for: " : "  = against: ", f->terms[i].say);
}

static void considered(out *o, const apd_finding *f)
{
    for (size_t i = 0; i < f->nconsidered; i++) {
        const apd_considered *c = &f->considered[i];
        labelled(o, BLUE, "  = considered: ",
                 apd_printf_a(o->a, "%.*s, %s%s%.*s", APD_FMT(c->rule),
                              apd_verdict_name(c->verdict), c->text.len ? ": " : "",
                              APD_FMT(c->text)));
    }
}

static void finding(out *o, const apd_finding *f)
{
    apd_mark m = apd_arena_mark(o->a);
    title_line(o, f);
    evidence(o, f);
    if (f->say.len)
        labelled(o, BLUE, "  = ", f->say);
    overcome(o, f);
    said_terms(o, f);
    considered(o, f);
    if (f->masked_by.len)
        labelled(o, BLUE, "  = consequence: ",
                 apd_printf_a(o->a, "explained by %.*s above; repair that first",
                              APD_FMT(f->masked_by)));
    for (size_t i = 0; i < f->nfix; i++)
        labelled(o, GREEN, i == 0 ? "  help: " : "        ", f->fix[i]);
    if (f->nescalate)
        labelled(o, GREEN, "  support case: ", joined(o->a, f->escalate_with, f->nescalate));
    for (size_t i = 0; i < f->nlinks; i++)
        labelled(o, GREEN, "  see: ", f->links[i]);
    why(o, f);
    fputc('\n', o->f);
    apd_arena_rewind(o->a, m);
}

/* A consequence needs no help of its own: one line under its cause. */
static void consequence(out *o, const apd_finding *f)
{
    apd_mark m = apd_arena_mark(o->a);
    labelled(o, DIM, "  follows from it: ",
             apd_printf_a(o->a, "%s[%.*s]: %.*s (after %.*s)", apd_severity_name(f->severity),
                          APD_FMT(f->rule), APD_FMT(f->title), APD_FMT(f->masked_by)));
    why(o, f);
    apd_arena_rewind(o->a, m);
}

static void span_text(apd_buf *b, apd_time first, apd_time last)
{
    char from[APD_TIME_TEXT], to[APD_TIME_TEXT];
    apd_time_format(first, 0, true, from);
    apd_time_format(last, 0, true, to);
    apd_buf_addf(b, ", %s to %s", from, to);
}

static void heading(out *o)
{
    apd_mark m = apd_arena_mark(o->a);
    uint64_t records = 0;
    size_t files = 0;
    for (size_t i = 0; i < o->r->nfiles; i++) {
        const apd_file *f = &o->r->files[i];
        files += f->format && strcmp(f->format, "archive") != 0;
        records += f->records;
    }
    apd_time first = APD_TIME_NONE, last = APD_TIME_NONE;
    const apd_coverage *c = o->r->diagnosis->coverage;
    for (size_t i = 0; i < apd_coverage_count(c); i++) {
        const apd_log_cover *row = apd_coverage_at(c, i);
        if (row->clock != APD_CLOCK_UTC || row->first == APD_TIME_NONE)
            continue;
        first = first == APD_TIME_NONE || row->first < first ? row->first : first;
        last = last == APD_TIME_NONE || row->last > last ? row->last : last;
    }
    apd_buf b;
    apd_buf_init(&b, o->a);
    apd_buf_add(&b, o->r->bundle);
    apd_buf_addf(&b, ": %zu file%s read, %llu record%s", files, files == 1 ? "" : "s",
                 (unsigned long long)records, records == 1 ? "" : "s");
    if (first != APD_TIME_NONE)
        span_text(&b, first, last);
    if (o->r->diagnosis->attempts > 1)
        apd_buf_addf(&b, ", %u OOBE attempts", o->r->diagnosis->attempts);
    paragraph(o, BOLD, apd_buf_str(&b), 2);
    apd_arena_rewind(o->a, m);
}

/* How the newest attempt ended. */
static void deployment(out *o)
{
    size_t n = timeline_attempts(o->r);
    const apd_attempt *at = n ? timeline_attempt(o->r, n - 1) : NULL;
    if (at && at->fate)
        labelled(o, BOLD, "deployment: ", timeline_fate_words(o->a, at));
    fputc('\n', o->f);
}

/* Without a finding, limits are still worth a line: they tell what was not looked into. */
static void limits(out *o)
{
    size_t n;
    const apd_str *lines = apd_limit_sentences(o->a, o->r, &n);
    for (size_t i = 0; i < n; i++)
        labelled(o, YELLOW, "limit: ", lines[i]);
}

static void nothing_found(out *o)
{
    const apd_diagnosis *d = o->r->diagnosis;
    size_t logs = 0, unchecked = 0;
    for (size_t i = 0; i < d->nlogs; i++)
        logs += d->logs[i].present;
    for (size_t i = 0; i < d->nunchecked; i++)
        unchecked += d->unchecked[i].rules;
    if (logs == 0)
        labelled(o, YELLOW, "nothing checked: ",
                 APD_LIT("none of the logs that the rules read is in this bundle"));
    else if (unchecked)
        labelled(o, GREEN, "no known failure: ",
                 apd_printf_a(o->a, "%zu of %zu rules could be checked, none holds",
                              d->nrules - unchecked, d->nrules));
    else
        labelled(o, GREEN, "no known failure: ",
                 apd_printf_a(o->a, "%zu rules were checked, none holds", d->nrules));
}

static void findings(out *o)
{
    const apd_diagnosis *d = o->r->diagnosis;
    if (d->nfindings == 0)
        nothing_found(o);
    for (size_t i = 0; i < d->nfindings; i++) {
        const apd_finding *f = &d->findings[i];
        if (!f->masked_by.len)
            finding(o, f);
    }
    bool any = false;
    for (size_t i = 0; i < d->nfindings; i++)
        if (d->findings[i].masked_by.len) {
            consequence(o, &d->findings[i]);
            any = true;
        }
    if (any)
        fputc('\n', o->f);
}

/* "autopilot, mdm, shell-core": the logs that rules read and that are there, or are not. */
static apd_str log_names(out *o, bool present, size_t *n)
{
    const apd_diagnosis *d = o->r->diagnosis;
    apd_buf b;
    apd_buf_init(&b, o->a);
    *n = 0;
    for (size_t i = 0; i < d->nlogs; i++)
        if (d->logs[i].present == present)
            apd_buf_addf(&b, "%s%.*s", (*n)++ ? ", " : "", APD_FMT(d->logs[i].name));
    return apd_buf_str(&b);
}

static void checked(out *o)
{
    size_t n;
    apd_str names = log_names(o, true, &n);
    if (n)
        labelled(o, DIM, "checked: ", names);
    names = log_names(o, false, &n);
    if (n)
        labelled(o, DIM, "not in this bundle: ", names);
}

static void unchecked(out *o)
{
    const apd_diagnosis *d = o->r->diagnosis;
    size_t blind = 0;
    for (size_t i = 0; i < d->nunchecked; i++) {
        const apd_unchecked *u = &d->unchecked[i];
        if (u->missing_log && !o->style->verbose) {
            blind += u->rules;
            continue;
        }
        labelled(o, DIM, "could not be checked: ",
                 apd_printf_a(o->a, "%.*s: %.*s", APD_FMT(u->rule), APD_FMT(u->why)));
    }
    if (blind)
        labelled(o, DIM, "could not be checked: ",
                 apd_printf_a(o->a, "%zu rule%s for want of logs (--verbose names them)", blind,
                              blind == 1 ? "" : "s"));
}

static void unread(out *o)
{
    const apd_report *r = o->r;
    apd_buf b;
    apd_buf_init(&b, o->a);
    size_t n = 0;
    for (size_t i = 0; i < r->nfiles; i++)
        if (!r->files[i].format)
            apd_buf_addf(&b, "%s%.*s", n++ ? ", " : "", APD_FMT(r->files[i].path));
    if (n && (o->style->verbose || n <= 8))
        labelled(o, DIM, "not recognised: ", apd_buf_str(&b));
    else if (n)
        labelled(o, DIM,
                 "not recognised: ", apd_printf_a(o->a, "%zu files (--verbose names them)", n));
}

static void problems(out *o)
{
    const apd_report *r = o->r;
    for (size_t i = 0; i < r->nproblems; i++) {
        apd_mark m = apd_arena_mark(o->a);
        const apd_problem *p = &r->problems[i];
        if (i == 10 && !o->style->verbose) {
            labelled(o, YELLOW, "not read: ",
                     apd_printf_a(o->a, "%llu more places (--verbose lists them)",
                                  (unsigned long long)r->more_problems + r->nproblems - i));
            return;
        }
        labelled(o, YELLOW, "not read: ",
                 p->file.len ? apd_printf_a(o->a, "%.*s: %.*s", APD_FMT(p->file), APD_FMT(p->text))
                             : p->text);
        apd_arena_rewind(o->a, m);
    }
    if (r->more_problems)
        labelled(o, YELLOW, "not read: ",
                 apd_printf_a(o->a, "%llu more places", (unsigned long long)r->more_problems));
}

/* Jumps in the numbers of the records: what was there nobody can say. */
static void missing(out *o)
{
    enum { LISTED = 10 };
    const apd_coverage *c = o->r->diagnosis->coverage;
    size_t n = 0;
    for (size_t i = 0; i < apd_coverage_count(c); i++) {
        const apd_log_cover *row = apd_coverage_at(c, i);
        if (row->id_gaps == 0 || (n++ >= LISTED && !o->style->verbose))
            continue;
        apd_mark m = apd_arena_mark(o->a);
        labelled(o, YELLOW, "missing: ",
                 apd_printf_a(o->a, "%llu record%s within %.*s, by their numbers",
                              (unsigned long long)row->id_gaps, row->id_gaps == 1 ? "" : "s",
                              APD_FMT(apd_sym_text(o->r->names, row->log))));
        apd_arena_rewind(o->a, m);
    }
    if (n > LISTED && !o->style->verbose)
        labelled(
            o, YELLOW, "missing: ",
            apd_printf_a(o->a, "records within %zu more logs (--verbose lists them)", n - LISTED));
}

bool apd_report_term(FILE *f, const apd_report *r, const apd_style *style)
{
    apd_style s = *style;
    if (s.width && s.width < MIN_WIDTH)
        s.width = MIN_WIDTH;
    out o = {f, r, &s, apd_arena_new(0)};
    if (!o.a)
        return false;
    if (r->diagnosis) {
        heading(&o);
        deployment(&o);
        findings(&o);
        limits(&o);
        checked(&o);
        unchecked(&o);
        unread(&o);
        missing(&o);
    }
    problems(&o);
    apd_arena_free(o.a);
    return !ferror(f);
}
