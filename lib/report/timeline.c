/* The timeline in its forms; the rows are made in timeline_rows.c. CSV and JSON lines are short enough to be here. */
#include "events_forms.h"
#include "timeline_p.h"

/* --- CSV --- */

static void csv_cell(const apd_timeline *t, apd_buf *b, apd_str s)
{
    apd_buf_addc(b, ',');
    apd_csv_cell(apd_mask_text(t->report->mask, b->arena, s), b);
}

static void csv_time(apd_buf *b, apd_time t, apd_clock c)
{
    char text[APD_TIME_TEXT];
    apd_buf_addf(b, ",%s",
                 t == APD_TIME_NONE ? "" : apd_time_format(t, 7, apd_clock_is_utc(c), text));
}

static void csv_row(apd_timeline *t, apd_arena *a, uint32_t attempt, const timeline_row *w)
{
    apd_buf b;
    apd_buf_init(&b, a);
    apd_csv_cell(apd_mask_text(t->report->mask, a, t->report->bundle), &b);
    apd_buf_addc(&b, ',');
    if (attempt)
        apd_buf_addf(&b, "%u", (unsigned)attempt);
    apd_buf_addf(&b, ",%s", timeline_kind_name(w->kind));
    csv_time(&b, w->time, w->clock);
    apd_buf_addf(&b, ",%s", apd_clock_name(w->clock));
    csv_time(&b, w->end, w->clock);
    csv_cell(t, &b, w->phase);
    csv_cell(t, &b, w->part);
    csv_cell(t, &b, w->state);
    csv_cell(t, &b, w->log);
    apd_buf_addc(&b, ',');
    if (w->id)
        apd_buf_addf(&b, "%u", (unsigned)w->id);
    csv_cell(t, &b, timeline_file(t->report, w->where));
    apd_buf_addc(&b, ',');
    if (w->where.member != UINT32_MAX)
        apd_buf_addf(&b, "%llu", (unsigned long long)w->where.record);
    apd_buf_addc(&b, ',');
    if (w->has_code)
        apd_buf_addf(&b, "0x%08X", (unsigned)w->code);
    apd_buf_addc(&b, ',');
    if (w->finding)
        apd_buf_addf(&b, "%u", (unsigned)w->finding);
    csv_cell(t, &b, w->text);
    apd_buf_addc(&b, '\n');
    fwrite(b.ptr, 1, b.len, t->out);
}

static void csv_phases(apd_timeline *t, apd_arena *a, const apd_attempt *at)
{
    for (size_t i = 0; i < at->nphases; i++) {
        const apd_phase *ph = &at->phases[i];
        apd_mark m = apd_arena_mark(a);
        apd_buf b;
        apd_buf_init(&b, a);
        apd_csv_cell(apd_mask_text(t->report->mask, a, t->report->bundle), &b);
        apd_buf_addf(&b, ",%u,phase", (unsigned)at->number);
        csv_time(&b, ph->start, ph->start_clock);
        apd_buf_addf(&b, ",%s", apd_clock_name(ph->start_clock));
        csv_time(&b, ph->end, ph->end_clock);
        csv_cell(t, &b, ph->name);
        csv_cell(t, &b, ph->part);
        csv_cell(t, &b, apd_str_of(apd_outcome_name(ph->outcome)));
        apd_buf_add(&b, APD_LIT(",,,,,"));
        if (ph->decided && ph->decided->has_code)
            apd_buf_addf(&b, "0x%08X", (unsigned)ph->decided->code);
        apd_buf_addc(&b, ',');
        csv_cell(t, &b,
                 ph->part.len ? timeline_part_words(ph->part) : timeline_phase_words(ph->name));
        apd_buf_addc(&b, '\n');
        fwrite(b.ptr, 1, b.len, t->out);
        apd_arena_rewind(a, m);
    }
}

/* --- JSON lines --- */

static json line(apd_timeline *t, apd_arena *a, const char *type)
{
    json j = {.f = t->out, .a = a, .mask = t->report->mask};
    open_(&j, '{');
    put_z(&j, "type", type);
    return j;
}

static void end_line(json *j)
{
    close_(j, '}');
    fputc('\n', j->f);
}

static void jsonl_head(apd_timeline *t, apd_arena *a)
{
    json j = line(t, a, "bundle");
    put_z(&j, "schema", "apdiag/timeline/1");
    put_z(&j, "version", t->report->version);
    put_s(&j, "bundle", t->report->bundle);
    end_line(&j);
}

static void jsonl_row(apd_timeline *t, apd_arena *a, uint32_t attempt, const timeline_row *w)
{
    json j = line(t, a, timeline_kind_name(w->kind));
    if (attempt)
        put_u(&j, "attempt", attempt);
    timeline_json_row(&j, t->report, w);
    end_line(&j);
}

static void jsonl_attempt(apd_timeline *t, apd_arena *a, const apd_attempt *at)
{
    json j = line(t, a, "attempt");
    timeline_json_attempt(&j, t->report, at);
    end_line(&j);
}

static void jsonl_clocks(apd_timeline *t, apd_arena *a, apd_str left_out)
{
    const apd_clocks *c = t->report->model ? apd_model_clocks(t->report->model) : NULL;
    for (size_t i = 0; c && i < apd_clocks_count(c); i++) {
        json j = line(t, a, "clock");
        timeline_json_clock(&j, t->report, apd_clocks_at(c, i));
        end_line(&j);
    }
    for (size_t i = 0; c && i < apd_clocks_shifts(c); i++) {
        json j = line(t, a, "trace_clock");
        timeline_json_shift(&j, t->report, apd_clocks_shift(c, i));
        end_line(&j);
    }
    if (left_out.len) {
        json j = line(t, a, "note");
        put_s(&j, "text", left_out);
        end_line(&j);
    }
}

/* --- all forms --- */

static void put_attempt(apd_timeline *t, apd_arena *a, size_t i)
{
    switch (t->form) {
    case APD_TIMELINE_TERM:
        if (i)
            fputc('\n', t->out);
        timeline_term_attempt(t, a, i);
        break;
    case APD_TIMELINE_JSONL:
        jsonl_attempt(t, a, timeline_attempt(t->report, i));
        break;
    case APD_TIMELINE_CSV:
        csv_phases(t, a, timeline_attempt(t->report, i));
        break;
    case APD_TIMELINE_HTML:
        timeline_html_attempt(t, a, i);
        break;
    }
}

static void put_row(apd_timeline *t, apd_arena *a, uint32_t attempt, const timeline_row *w)
{
    switch (t->form) {
    case APD_TIMELINE_TERM:
        timeline_term_row(t, a, w);
        break;
    case APD_TIMELINE_JSONL:
        jsonl_row(t, a, attempt, w);
        break;
    case APD_TIMELINE_CSV:
        csv_row(t, a, attempt, w);
        break;
    case APD_TIMELINE_HTML:
        timeline_html_row(t, a, w);
        break;
    }
}

static void print_list(apd_timeline *t, apd_arena *a, uint32_t attempt, const timeline_row *rows,
                       size_t n)
{
    if (t->form == APD_TIMELINE_HTML)
        timeline_html_list(t, true);
    for (size_t k = 0; k < n; k++) {
        apd_mark m = apd_arena_mark(a);
        put_row(t, a, attempt, &rows[k]);
        apd_arena_rewind(a, m);
    }
    if (t->form == APD_TIMELINE_HTML)
        timeline_html_list(t, false);
}

static bool put_rows(apd_timeline *t, apd_arena *a, size_t i)
{
    timeline_row *rows;
    size_t n;
    if (!timeline_rows(t, i, a, &rows, &n))
        return false;
    print_list(t, a, timeline_attempt(t->report, i)->number, rows, n);
    return true;
}

/* In JSON lines and CSV these are milestones without the number of an attempt. */
static bool put_unplaced(apd_timeline *t, apd_arena *a)
{
    timeline_row *rows;
    size_t n;
    if (!timeline_unplaced_rows(t, a, &rows, &n))
        return false;
    if (n == 0)
        return true;
    if (t->form == APD_TIMELINE_TERM)
        timeline_term_unplaced(t, a);
    if (t->form == APD_TIMELINE_HTML)
        timeline_html_unplaced(t);
    print_list(t, a, 0, rows, n);
    return true;
}

static void put_head(apd_timeline *t, apd_arena *a)
{
    static const char columns[] =
        "bundle,attempt,type,time,clock,end,phase,part,state,log,event_id,file,record,"
        "code,finding,text\n";
    if (t->form == APD_TIMELINE_JSONL)
        jsonl_head(t, a);
    if (t->form == APD_TIMELINE_CSV && t->head)
        fputs(columns, t->out);
    if (t->form == APD_TIMELINE_HTML)
        timeline_html_begin(t, a);
    size_t nunplaced;
    timeline_unplaced(t->report, &nunplaced);
    if (t->form == APD_TIMELINE_TERM && timeline_attempts(t->report) + nunplaced == 0)
        fputs("no milestone of a deployment is in these logs\n", t->out);
}

bool apd_timeline_begin(apd_timeline *t)
{
    apd_arena *a = apd_arena_new(0);
    if (!a)
        return false;
    put_head(t, a);
    bool ok = true;
    for (size_t i = 0; i < timeline_attempts(t->report) && ok; i++) {
        apd_mark m = apd_arena_mark(a);
        put_attempt(t, a, i);
        ok = t->all || put_rows(t, a, i);
        apd_arena_rewind(a, m);
    }
    ok = ok && (t->all || put_unplaced(t, a));
    if (t->all && t->form == APD_TIMELINE_HTML)
        timeline_html_list(t, true);
    if (t->all && t->form == APD_TIMELINE_TERM)
        fputc('\n', t->out);
    *t->day = '\0';
    apd_arena_free(a);
    return ok && !ferror(t->out);
}

bool apd_timeline_event(apd_timeline *t, const apd_event *ev, apd_str log)
{
    apd_arena *a = apd_arena_new(0);
    if (!a)
        return false;
    timeline_row w = timeline_event_row(t, a, ev, log);
    put_row(t, a, 0, &w);
    apd_arena_free(a);
    return !ferror(t->out);
}

bool apd_timeline_end(apd_timeline *t, apd_str left_out)
{
    apd_arena *a = apd_arena_new(0);
    if (!a)
        return false;
    if (t->all && t->form == APD_TIMELINE_HTML)
        timeline_html_list(t, false);
    if (t->form == APD_TIMELINE_TERM) {
        timeline_term_clocks(t, a);
        if (left_out.len)
            fprintf(t->out, "note: %.*s\n", APD_FMT(left_out));
    } else if (t->form == APD_TIMELINE_JSONL) {
        jsonl_clocks(t, a, left_out);
    } else if (t->form == APD_TIMELINE_HTML) {
        timeline_html_end(t, a, left_out);
    }
    apd_arena_free(a);
    return !ferror(t->out);
}
