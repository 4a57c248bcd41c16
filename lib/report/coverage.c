/* What a bundle holds of what it could hold: a table of the sources that are there, the others by
 * the reason why they are not, and what follows for the diagnosis. */
#include "limits_json.h"
#include "table.h"

enum { NAME_MOST = 56, STATE_CELL = 9, RECORDS_CELL = 8, REMARK_ROOM = 24, OTHERS_LISTED = 50 };

/* By the log's name, or by that of the file it came from. */
static const apd_source *source_of_row(const apd_report *r, const apd_log_cover *row)
{
    apd_str log = apd_sym_text(r->names, row->log);
    const apd_source *s = r->source_table ? apd_source_of_log(r->source_table, log) : NULL;
    if (!s && r->source_table && row->member < r->nfiles)
        s = apd_source_of_file(r->source_table, r->files[row->member].path, log);
    return s;
}

/* --- terminal --- */

static size_t name_columns(const apd_report *r)
{
    size_t most = 6;
    for (size_t i = 0; r->sources && i < apd_sources_count(r->source_table); i++) {
        size_t n = apd_columns(r->sources[i].source->name);
        if (r->sources[i].state <= APD_SRC_UNREAD && n > most)
            most = n;
    }
    return most > NAME_MOST ? NAME_MOST : most;
}

static apd_str joined(apd_arena *a, const apd_str *list, size_t n)
{
    apd_buf b;
    apd_buf_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        apd_buf_add(&b, i ? APD_LIT("; ") : APD_LIT(""));
        apd_buf_add(&b, list[i]);
    }
    return apd_buf_str(&b);
}

/* Behind the row, or below it where the terminal is too narrow. */
static void remarks(out *o, apd_str text, size_t used)
{
    if (text.len == 0) {
        fputc('\n', o->f);
        return;
    }
    if (o->style->width && used + REMARK_ROOM > o->style->width) {
        used = 4;
        fprintf(o->f, "\n%*s", (int)used, "");
    }
    paragraph(o, DIM, text, (unsigned)used);
}

static size_t span_cells(out *o, apd_time first, apd_time last, apd_clock clock)
{
    time_cell(o, first, clock);
    time_cell(o, last, clock);
    cell(o, PLAIN, apd_str_of(apd_clock_name(clock)), CLOCK_CELL);
    return 2 * (TIME_CELL + 1) + CLOCK_CELL + 1;
}

static void source_row(out *o, const apd_source_seen *s, size_t columns)
{
    apd_mark m = apd_arena_mark(o->a);
    ink i = s->state == APD_SRC_PRESENT ? PLAIN : s->state == APD_SRC_UNREAD ? YELLOW : DIM;
    cell(o, PLAIN, s->source->name, columns);
    cell(o, i, apd_str_of(apd_source_state_name(s->state)), STATE_CELL);
    number_cell(o, s->records, RECORDS_CELL);
    size_t used = columns + STATE_CELL + RECORDS_CELL + 3;
    used += span_cells(o, s->first, s->last, s->clock);
    remarks(o, joined(o->a, s->remarks, s->nremarks), used);
    apd_arena_rewind(o->a, m);
}

static void table_head(out *o, size_t columns)
{
    cell(o, BOLD, APD_LIT("source"), columns);
    cell(o, BOLD, APD_LIT("state"), STATE_CELL);
    fprintf(o->f, "%s%*s ", paint(o, BOLD), RECORDS_CELL, "records");
    fprintf(o->f, "%-*s %-*s %-*s remarks%s\n", TIME_CELL, "from", TIME_CELL, "to", CLOCK_CELL,
            "clock", paint(o, PLAIN));
}

/* Logs that the table of sources does not know: those of a bundle that somebody put together. */
static void other_logs(out *o, size_t columns)
{
    const apd_report *r = o->r;
    const apd_coverage *c = r->diagnosis->coverage;
    size_t n = 0;
    for (size_t i = 0; i < apd_coverage_count(c); i++) {
        const apd_log_cover *row = apd_coverage_at(c, i);
        apd_str log = apd_sym_text(r->names, row->log);
        if (row->kind != APD_EVENT || source_of_row(r, row) || n++ >= OTHERS_LISTED)
            continue;
        apd_mark m = apd_arena_mark(o->a);
        cell(o, PLAIN, log, columns);
        cell(o, row->records ? PLAIN : DIM, row->records ? APD_LIT("present") : APD_LIT("empty"),
             STATE_CELL);
        number_cell(o, row->records, RECORDS_CELL);
        (void)span_cells(o, row->first, row->last, row->clock);
        fputc('\n', o->f);
        apd_arena_rewind(o->a, m);
    }
    if (n > OTHERS_LISTED)
        fprintf(o->f, "(%zu more logs; --format json lists them)\n", n - OTHERS_LISTED);
}

static apd_str reason(const apd_source_seen *s)
{
    if (s->nremarks && apd_starts(s->remarks[0], APD_LIT("Intune's Collect diagnostics")))
        return APD_LIT("Intune's Collect diagnostics brings them");
    if (s->nremarks && !apd_eq(s->remarks[0], s->source->since))
        return s->remarks[0];
    return APD_LIT("nothing in the bundle says why");
}

/* "not asked for (-area TPM brings it): a, b, c", one line a reason. */
static void absent(out *o, apd_source_state state)
{
    const apd_report *r = o->r;
    size_t n = apd_sources_count(r->source_table);
    for (size_t i = 0; i < n; i++) {
        if (r->sources[i].state != state)
            continue;
        apd_str why = reason(&r->sources[i]);
        bool told = false;
        for (size_t k = 0; k < i; k++)
            told |= r->sources[k].state == state && apd_eq(reason(&r->sources[k]), why);
        if (told)
            continue;
        apd_mark m = apd_arena_mark(o->a);
        apd_buf b;
        apd_buf_init(&b, o->a);
        for (size_t k = i; k < n; k++)
            if (r->sources[k].state == state && apd_eq(reason(&r->sources[k]), why)) {
                apd_buf_add(&b, b.len ? APD_LIT(", ") : APD_LIT(""));
                apd_buf_add(&b, r->sources[k].source->name);
            }
        fprintf(o->f, "\n%s%s%s (", paint(o, BOLD), apd_source_state_name(state), paint(o, PLAIN));
        put(o, PLAIN, why, 0);
        fputs("):\n    ", o->f);
        paragraph(o, PLAIN, apd_buf_str(&b), 4);
        apd_arena_rewind(o->a, m);
    }
}

static void limits(out *o)
{
    const apd_diagnosis *d = o->r->diagnosis;
    if (d->nlimits == 0)
        return;
    fprintf(o->f, "\n%slimits of the diagnosis", paint(o, BOLD));
    if (d->nfindings) {
        fputs(" of ", o->f);
        put(o, BOLD, d->findings[0].rule, 0);
    }
    fprintf(o->f, ":%s\n", paint(o, PLAIN));
    for (size_t i = 0; i < d->nlimits; i++) {
        apd_mark m = apd_arena_mark(o->a);
        fputs("  - ", o->f);
        paragraph(o, PLAIN, apd_limit_words(o->a, o->r, &d->limits[i]), 4);
        apd_arena_rewind(o->a, m);
    }
}

bool apd_coverage_term(FILE *f, const apd_report *r, const apd_style *style)
{
    out o = {f, r, style, apd_arena_new(0)};
    if (!o.a)
        return false;
    size_t columns = name_columns(r);
    put(&o, BOLD, r->bundle, 0);
    fputs(":\n\n", f);
    table_head(&o, columns);
    for (size_t i = 0; r->sources && i < apd_sources_count(r->source_table); i++)
        if (r->sources[i].state <= APD_SRC_UNREAD)
            source_row(&o, &r->sources[i], columns);
    other_logs(&o, columns);
    if (r->sources) {
        absent(&o, APD_SRC_FAILED);
        absent(&o, APD_SRC_NOT_ASKED);
        absent(&o, APD_SRC_UNKNOWN);
    }
    limits(&o);
    apd_arena_free(o.a);
    return !ferror(f);
}

/* --- JSON --- */

static void put_source(json *j, const apd_report *r, const apd_source_seen *s)
{
    item(j, '{');
    put_s(j, "source", s->source->name);
    put_z(j, "state", apd_source_state_name(s->state));
    put_u(j, "records", s->records);
    put_u(j, "lost", s->lost);
    put_u(j, "missing_ids", s->missing);
    put_u(j, "first_id", s->first_id);
    put_time(j, "first", s->first, s->clock);
    put_time(j, "last", s->last, s->clock);
    put_z(j, "clock", apd_clock_name(s->clock));
    key(j, "files");
    open_(j, '[');
    for (size_t i = 0; i < s->nfiles; i++) {
        sep(j);
        string(j, r->files[s->files[i]].path);
    }
    close_(j, ']');
    put_list(j, "remarks", s->remarks, s->nremarks);
    put_s(j, "shows", s->source->shows);
    put_s(j, "areas", s->source->areas);
    put_s(j, "intune", s->source->intune);
    put_s(j, "since", s->source->since);
    close_(j, '}');
}

static void put_log(json *j, const apd_report *r, const apd_log_cover *row)
{
    apd_str log = apd_sym_text(r->names, row->log);
    const apd_source *s = row->kind == APD_EVENT ? source_of_row(r, row) : NULL;
    apd_time from, to;
    item(j, '{');
    put_s(j, "log", log);
    put_z(j, "kind", row->kind == APD_FACT ? "fact" : "log");
    put_s(j, "source", s ? s->name : APD_LIT(""));
    put_u(j, "records", row->records);
    put_time(j, "first", row->first, row->clock);
    put_time(j, "last", row->last, row->clock);
    put_z(j, "clock", apd_clock_name(row->clock));
    put_u(j, "files", row->files);
    put_u(j, "missing_ids", row->id_gaps);
    put_u(j, "first_id", row->first_id);
    if (apd_cover_lost(row, &from, &to)) {
        put_time(j, "lost_from", from == INT64_MIN ? APD_TIME_NONE : from, row->clock);
        put_time(j, "lost_to", to == INT64_MAX ? APD_TIME_NONE : to, row->clock);
    }
    close_(j, '}');
}

bool apd_coverage_json(FILE *f, const apd_report *r)
{
    json j = {.f = f, .a = apd_arena_new(0), .mask = r->mask};
    if (!j.a)
        return false;
    const apd_diagnosis *d = r->diagnosis;
    open_(&j, '{');
    put_z(&j, "schema", "apdiag/coverage/1");
    put_z(&j, "version", r->version);
    put_s(&j, "bundle", r->bundle);
    if (d && d->nfindings)
        put_s(&j, "finding", d->findings[0].rule);
    key(&j, "sources");
    open_(&j, '[');
    for (size_t i = 0; r->sources && i < apd_sources_count(r->source_table); i++)
        put_source(&j, r, &r->sources[i]);
    close_(&j, ']');
    key(&j, "logs");
    open_(&j, '[');
    for (size_t i = 0; d && i < apd_coverage_count(d->coverage); i++)
        put_log(&j, r, apd_coverage_at(d->coverage, i));
    close_(&j, ']');
    key(&j, "limits");
    open_(&j, '[');
    for (size_t i = 0; d && i < d->nlimits; i++)
        apd_limit_json(&j, r, &d->limits[i]);
    close_(&j, ']');
    key(&j, "problems");
    open_(&j, '[');
    for (size_t i = 0; i < r->nproblems; i++) {
        sep(&j);
        string(&j, r->problems[i].text);
    }
    close_(&j, ']');
    close_(&j, '}');
    fputc('\n', f);
    apd_arena_free(j.a);
    return !ferror(f);
}
