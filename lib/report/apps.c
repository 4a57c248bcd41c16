/* Apps, scripts and policies for a terminal: a row each with remarks below it, or everything about one; then why
 * nothing happened for a while. */
#include "apps_p.h"
#include "table.h"

enum {
    STATE_CELL = 14,
    KIND_CELL = 11,
    INTENT_CELL = 10,
    ESP_CELL = 3,
    TRIES_CELL = 5,
    WHEN_CELL = 26,
    INDENT = 4
};

static ink ink_of(const apd_item *it)
{
    if (it->state == APD_ITEM_FAILED || it->state == APD_ITEM_SLEEPING)
        return RED;
    if (it->disagree)
        return YELLOW;
    return it->state == APD_ITEM_INSTALLED ? GREEN : it->state == APD_ITEM_UNKNOWN ? DIM : PLAIN;
}

static apd_str title_of(const apd_item *it)
{
    return it->name.len ? it->name : it->id;
}

static void remark(out *o, apd_str text)
{
    fprintf(o->f, "%*s", INDENT, "");
    paragraph(o, DIM, text, INDENT);
}

static void head(out *o)
{
    cell(o, BOLD, APD_LIT("state"), STATE_CELL);
    cell(o, BOLD, APD_LIT("kind"), KIND_CELL);
    cell(o, BOLD, APD_LIT("intent"), INTENT_CELL);
    cell(o, BOLD, APD_LIT("ESP"), ESP_CELL);
    cell(o, BOLD, APD_LIT("tries"), TRIES_CELL);
    cell(o, BOLD, APD_LIT("time"), WHEN_CELL);
    fprintf(o->f, "%sname%s\n", paint(o, BOLD), paint(o, PLAIN));
}

static const apd_item_mark *time_of(const apd_item *it)
{
    const apd_item_mark *said = &it->said[it->by].mark;
    return it->state != APD_ITEM_UNKNOWN && said->time != APD_TIME_NONE ? said : &it->last;
}

static void row(out *o, const apd_item *it)
{
    apd_mark m = apd_arena_mark(o->a);
    char tries[16] = "";
    const apd_item_mark *when = time_of(it);
    if (it->attempts)
        snprintf(tries, sizeof tries, "%u", (unsigned)it->attempts);
    cell(o, ink_of(it), apd_str_of(apd_item_state_name(it->state)), STATE_CELL);
    cell(o, PLAIN, it->kind, KIND_CELL);
    cell(o, PLAIN, it->intent, INTENT_CELL);
    cell(o, PLAIN, it->blocking ? APD_LIT("yes") : APD_LIT(""), ESP_CELL);
    cell(o, PLAIN, apd_str_of(tries), TRIES_CELL);
    cell(o, PLAIN, when->seen ? apd_when_words(o->a, when->time, when->clock) : APD_LIT(""),
         WHEN_CELL);
    put(o, PLAIN, title_of(it), 0);
    fputc('\n', o->f);
    apd_words words;
    apd_item_remarks(o->a, o->r, it, &words);
    if (it->name.len)
        remark(o, it->id);
    for (size_t i = 0; i < words.n; i++)
        remark(o, words.at[i]);
    apd_arena_rewind(o->a, m);
}

/* --- everything about one --- */

static void line(out *o, const char *label, apd_str text)
{
    char lead_text[32];
    if (text.len == 0)
        return;
    snprintf(lead_text, sizeof lead_text, "  %-16s ", label);
    labelled(o, DIM, lead_text, text);
}

static apd_str told_at(out *o, const apd_item_mark *m)
{
    apd_str when = apd_when_words(o->a, m->time, m->clock),
            where = apd_where_words(o->a, o->r, m->where);
    return when.len ? apd_printf_a(o->a, "%.*s (%.*s)", APD_FMT(when), APD_FMT(where)) : where;
}

static void said(out *o, const apd_item *it, apd_item_source by)
{
    const apd_item_word *w = &it->said[by];
    char label[32];
    if (w->state == APD_ITEM_UNKNOWN)
        return;
    snprintf(label, sizeof label, "by %s", apd_item_source_name(by));
    apd_str raw = w->raw.len ? apd_printf_a(o->a, " (%.*s)", APD_FMT(w->raw)) : APD_LIT("");
    line(o, label,
         apd_printf_a(o->a, "%s%.*s%s, %.*s", apd_item_state_name(w->state), APD_FMT(raw),
                      w->stale ? ", left over from before this deployment" : "",
                      APD_FMT(told_at(o, &w->mark))));
}

static void details(out *o, const apd_item *it)
{
    apd_mark m = apd_arena_mark(o->a);
    apd_named_mark marks[APD_NAMED_MARKS];
    put(o, BOLD, title_of(it), 0);
    fputs(": ", o->f);
    put(o, ink_of(it), apd_str_of(apd_item_state_name(it->state)), 0);
    fputs(it->disagree ? " (sources disagree)\n" : "\n", o->f);
    line(o, "kind", it->kind);
    line(o, "id", it->id);
    line(o, "user", it->user);
    line(o, "version", it->version);
    line(o, "intent", it->intent);
    line(o, "status page",
         it->blocking ? APD_LIT("waits for it")
                      : APD_LIT("does not wait for it, as far as can be seen"));
    line(o, "phase", it->phase);
    for (int by = 0; by < APD_NSOURCES; by++)
        said(o, it, (apd_item_source)by);
    if (it->attempts)
        line(o, "tries", apd_printf_a(o->a, "%u", (unsigned)it->attempts));
    line(o, "download", apd_item_download_words(o->a, it));
    if (it->has_exit)
        line(o, "installer", apd_item_exit_words(o->a, o->r, it));
    if (it->has_code)
        line(o, "error", apd_item_code_words(o->a, o->r, it->code));
    line(o, "detection",
         it->detection.len || it->detected >= 0
             ? apd_printf_a(o->a, "%.*s%s%s", APD_FMT(it->detection), it->detection.len ? ": " : "",
                            it->detected > 0    ? "found"
                            : it->detected == 0 ? "not found"
                                                : "result unknown")
             : APD_LIT(""));
    line(o, "reason", it->reason);
    line(o, "asleep until", apd_when_words(o->a, it->until, APD_CLOCK_UTC));
    apd_item_marks(it, marks);
    for (size_t i = 0; i < APD_NAMED_MARKS; i++)
        if (marks[i].mark->seen)
            line(o, marks[i].name, told_at(o, marks[i].mark));
    apd_arena_rewind(o->a, m);
}

/* --- why nothing happened --- */

static void stall(out *o, const apd_stalled *s)
{
    apd_mark m = apd_arena_mark(o->a);
    apd_buf b;
    apd_buf_init(&b, o->a);
    const apd_stall *f = s->first;
    apd_buf_add(&b, f->say.len ? f->say : f->reason);
    if (s->item)
        apd_buf_addf(&b, ": %.*s", APD_FMT(title_of(s->item)));
    else if (f->item.len)
        apd_buf_addf(&b, ": %.*s", APD_FMT(f->item));
    if (f->from != APD_TIME_NONE)
        apd_buf_addf(&b, "; since %.*s", APD_FMT(apd_when_words(o->a, f->from, f->from_clock)));
    if (s->last->ended)
        apd_buf_addf(&b, ", over at %.*s",
                     APD_FMT(apd_when_words(o->a, s->last->to, s->last->to_clock)));
    else if (s->until != APD_TIME_NONE)
        apd_buf_addf(&b, ", until %.*s", APD_FMT(apd_when_words(o->a, s->until, APD_CLOCK_UTC)));
    if (s->times > 1)
        apd_buf_addf(&b, " (%llu times)", (unsigned long long)s->times);
    apd_buf_addf(&b, " [%.*s]", APD_FMT(apd_where_words(o->a, o->r, f->where)));
    fputs("  - ", o->f);
    paragraph(o, PLAIN, apd_buf_str(&b), INDENT);
    apd_arena_rewind(o->a, m);
}

static void stalls(out *o)
{
    size_t n;
    apd_mark m = apd_arena_mark(o->a);
    const apd_stalled *list = apd_stalls_select(o->a, o->r, &n);
    fprintf(o->f, "\n%sWhy did nothing happen?%s\n", paint(o, BOLD), paint(o, PLAIN));
    for (size_t i = 0; list && i < n; i++)
        stall(o, &list[i]);
    if (n == 0)
        fputs("  No record says that anything had to wait.\n", o->f);
    apd_arena_rewind(o->a, m);
}

static void not_listed(out *o, const apd_apps_rows *rows)
{
    uint64_t left_out = o->r->model ? apd_items_left_out(apd_model_items(o->r->model)) : 0;
    if (rows->n == 0)
        fputs("No record speaks of an app, script or policy.\n", o->f);
    if (rows->policies)
        fprintf(o->f, "%zu more policies failed; --all lists them\n", rows->policies);
    if (rows->quiet)
        fprintf(o->f, "%zu policies did not fail; --all lists them\n", rows->quiet);
    if (left_out)
        fprintf(o->f, "there are more: %llu mentions of further ones were not kept\n",
                (unsigned long long)left_out);
}

static void drift(out *o)
{
    apd_words words;
    apd_mark m = apd_arena_mark(o->a);
    apd_drift_words(o->a, o->r, &words);
    fputc('\n', o->f);
    for (size_t i = 0; i < words.n; i++)
        paragraph(o, DIM, words.at[i], 0);
    apd_arena_rewind(o->a, m);
}

bool apd_apps_term(FILE *f, const apd_report *r, const apd_style *style, const apd_apps_view *view)
{
    out o = {f, r, style, apd_arena_new(0)};
    apd_apps_rows rows;
    if (!o.a || !apd_apps_select(o.a, r, view, &rows)) {
        apd_arena_free(o.a);
        return false;
    }
    put(&o, BOLD, r->bundle, 0);
    fputs(":\n\n", f);
    if (view->app.len) {
        for (size_t i = 0; i < rows.n; i++)
            details(&o, rows.at[i]);
    } else {
        if (rows.n)
            head(&o);
        for (size_t i = 0; i < rows.n; i++)
            row(&o, rows.at[i]);
        not_listed(&o, &rows);
        stalls(&o);
    }
    if (style->verbose)
        drift(&o);
    apd_arena_free(o.a);
    return !ferror(f);
}
