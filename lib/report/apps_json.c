/* Apps, scripts and policies for programs: JSON and CSV. */
#include "apps_p.h"
#include "events_forms.h"

static apd_str file_of(const apd_report *r, apd_where where)
{
    return where.member < r->nfiles ? r->files[where.member].path : APD_LIT("");
}

static void put_at(json *j, const apd_report *r, const apd_item_mark *m)
{
    put_time(j, "time", m->time, m->clock);
    put_z(j, "clock", apd_clock_name(m->clock));
    put_s(j, "file", file_of(r, m->where));
    put_u(j, "record", m->where.record);
}

static void put_int(json *j, const char *name, int64_t v)
{
    key(j, name);
    fprintf(j->f, "%lld", (long long)v);
    j->comma = true;
}

static void put_code(json *j, const apd_report *r, uint32_t code)
{
    const apd_code *c = apd_code_find(r->codes, code);
    char text[16];
    snprintf(text, sizeof text, "0x%08X", (unsigned)code);
    put_z(j, "code", text);
    put_s(j, "symbol", c ? c->symbol : APD_LIT(""));
    put_s(j, "meaning", c ? c->meaning : APD_LIT(""));
}

static void put_said(json *j, const apd_report *r, const apd_item *it)
{
    key(j, "said");
    open_(j, '[');
    for (int by = 0; by < APD_NSOURCES; by++) {
        const apd_item_word *w = &it->said[by];
        if (w->state == APD_ITEM_UNKNOWN)
            continue;
        item(j, '{');
        put_z(j, "by", apd_item_source_name((apd_item_source)by));
        put_z(j, "state", apd_item_state_name(w->state));
        put_s(j, "raw", w->raw);
        put_b(j, "stale", w->stale);
        put_at(j, r, &w->mark);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_marks(json *j, const apd_report *r, const apd_item *it)
{
    apd_named_mark marks[APD_NAMED_MARKS];
    apd_item_marks(it, marks);
    key(j, "records");
    open_(j, '[');
    for (size_t i = 0; i < APD_NAMED_MARKS; i++) {
        if (!marks[i].mark->seen)
            continue;
        item(j, '{');
        put_z(j, "what", marks[i].name);
        put_at(j, r, marks[i].mark);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_item(json *j, const apd_report *r, const apd_item *it)
{
    item(j, '{');
    put_s(j, "kind", it->kind);
    put_s(j, "id", it->id);
    put_s(j, "name", it->name);
    put_s(j, "user", it->user);
    put_s(j, "version", it->version);
    put_s(j, "intent", it->intent);
    put_b(j, "blocking", it->blocking);
    put_s(j, "phase", it->phase);
    put_z(j, "state", apd_item_state_name(it->state));
    put_b(j, "stale", it->stale);
    put_b(j, "disagree", it->disagree);
    put_said(j, r, it);
    put_u(j, "attempts", it->attempts);
    put_u(j, "bytes", it->bytes);
    put_u(j, "total", it->total);
    put_u(j, "peers", it->peers);
    if (it->has_exit)
        put_int(j, "exit", it->exit);
    put_s(j, "mapping", it->mapping);
    if (it->has_code)
        put_code(j, r, it->code);
    put_s(j, "detection", it->detection);
    if (it->detected >= 0)
        put_b(j, "detected", it->detected > 0);
    put_time(j, "until", it->until, APD_CLOCK_UTC);
    put_s(j, "reason", it->reason);
    put_marks(j, r, it);
    close_(j, '}');
}

void apd_items_json(json *j, const apd_report *r, const apd_apps_view *view)
{
    apd_apps_rows rows;
    open_(j, '[');
    if (apd_apps_select(j->a, r, view, &rows))
        for (size_t i = 0; i < rows.n; i++)
            put_item(j, r, rows.at[i]);
    close_(j, ']');
}

bool apd_apps_json(FILE *f, const apd_report *r, const apd_apps_view *view)
{
    json j = {.f = f, .a = apd_arena_new(0), .mask = r->mask};
    if (!j.a)
        return false;
    open_(&j, '{');
    put_z(&j, "schema", "apdiag/apps/1");
    put_z(&j, "version", r->version);
    put_s(&j, "bundle", r->bundle);
    key(&j, "apps");
    apd_items_json(&j, r, view);
    key(&j, "stalls");
    apd_stalls_json(&j, r);
    key(&j, "agent");
    apd_drift_json(&j, r);
    put_u(&j, "not_kept", r->model ? apd_items_left_out(apd_model_items(r->model)) : 0);
    close_(&j, '}');
    fputc('\n', f);
    apd_arena_free(j.a);
    return !ferror(f);
}

/* --- CSV --- */

static void text_cell(apd_buf *b, const apd_report *r, apd_str s)
{
    apd_csv_cell(apd_mask_text(r->mask, b->arena, s), b);
    apd_buf_addc(b, ',');
}

static void number_of(apd_buf *b, uint64_t n)
{
    if (n)
        apd_buf_addf(b, "%llu", (unsigned long long)n);
    apd_buf_addc(b, ',');
}

static void time_of(apd_buf *b, const apd_item_mark *m)
{
    char text[APD_TIME_TEXT];
    if (m->seen && m->time != APD_TIME_NONE)
        apd_buf_addf(b, "%s", apd_time_format(m->time, 3, apd_clock_is_utc(m->clock), text));
    apd_buf_addc(b, ',');
}

static void csv_row(apd_buf *b, const apd_report *r, const apd_item *it)
{
    text_cell(b, r, r->bundle);
    text_cell(b, r, apd_str_of(apd_item_state_name(it->state)));
    text_cell(b, r, it->kind);
    text_cell(b, r, it->name);
    text_cell(b, r, it->id);
    text_cell(b, r, it->intent);
    apd_buf_addf(b, "%s,", it->blocking ? "yes" : "no");
    for (int by = 0; by < APD_NSOURCES; by++) {
        const apd_item_word *w = &it->said[by];
        text_cell(b, r, w->state ? apd_str_of(apd_item_state_name(w->state)) : APD_LIT(""));
    }
    apd_buf_addf(b, "%s,%s,", it->disagree ? "yes" : "no", it->stale ? "yes" : "no");
    number_of(b, it->attempts);
    number_of(b, it->bytes);
    number_of(b, it->total);
    number_of(b, it->peers);
    time_of(b, &it->download_start);
    time_of(b, &it->download_end);
    time_of(b, &it->install_start);
    time_of(b, &it->install_end);
    if (it->has_exit)
        apd_buf_addf(b, "%lld", (long long)it->exit);
    apd_buf_addc(b, ',');
    text_cell(b, r, it->mapping);
    text_cell(b, r, it->has_code ? apd_item_code_words(b->arena, r, it->code) : APD_LIT(""));
    text_cell(b, r, it->detection);
    text_cell(b, r, apd_when_words(b->arena, it->until, APD_CLOCK_UTC));
    text_cell(b, r, it->reason);
    apd_csv_cell(apd_mask_text(r->mask, b->arena, it->user), b);
    apd_buf_add(b, APD_LIT("\r\n"));
}

bool apd_apps_csv(FILE *f, const apd_report *r, const apd_apps_view *view, bool head)
{
    apd_arena *a = apd_arena_new(0);
    apd_apps_rows rows = {0};
    if (!a || !apd_apps_select(a, r, view, &rows)) {
        apd_arena_free(a);
        return false;
    }
    if (head)
        fputs("bundle,state,kind,name,id,intent,blocking,log,registry,report,esp,disagree,stale,"
              "attempts,bytes,total,"
              "peers,download_start,download_end,install_start,install_end,exit,mapping,code,"
              "detection,until,reason,"
              "user\r\n",
              f);
    for (size_t i = 0; i < rows.n; i++) {
        apd_mark m = apd_arena_mark(a);
        apd_buf b;
        apd_buf_init(&b, a);
        csv_row(&b, r, rows.at[i]);
        fwrite(apd_buf_str(&b).ptr, 1, apd_buf_str(&b).len, f);
        apd_arena_rewind(a, m);
    }
    apd_arena_free(a);
    return !ferror(f);
}
