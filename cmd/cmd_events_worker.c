/* Selecting records and writing the chosen ones. All that it touches is its own, but for the sink,
 * so that several of them can work at once. */
#include "cmd_events.h"
#include "escape.h"
#include "journey.h"

enum { SPARE = 64 << 10 };         /* room for the record that fills the buffer */
enum { MANY_PROBLEMS = 64 << 10 }; /* bytes */

static apd_status compile(apd_events_worker *w, apd_error *err)
{
    if (!w->ask->where)
        return APD_OK;
    apd_error why = {0};
    apd_status st =
        apd_filter_new(w->know.rules, w->know.names, apd_str_of(w->ask->where), &w->filter, &why);
    return st == APD_E_RULE ? apd_fail(err, st, APD_NOWHERE, "--where, %s", why.text) : st;
}

apd_status apd_worker_open(apd_events_worker *w, const apd_events_ask *ask, apd_events_sink *sink,
                           size_t full, apd_error *err)
{
    *w = (apd_events_worker){.ask = ask, .sink = sink, .full = full};
    err->text[0] = '\0';
    APD_TRY(apd_knowledge_load_names(&w->know, ask->rules, ask->nrules, err));
    w->scratch = apd_arena_new(0);
    w->store = apd_arena_new(0);
    if (!w->scratch || !w->store)
        return APD_E_NOMEM;
    apd_buf_init(&w->records, w->store);
    apd_buf_init(&w->problems, w->store);
    apd_buf_init(&w->last_file, w->store);
    apd_buf_init(&w->last_member, w->store);
    if (full != SIZE_MAX && !apd_buf_room(&w->records, full + SPARE))
        return APD_E_NOMEM;
    w->memo.arena = w->store;
    w->writer = (apd_events_writer){.form = ask->form,
                                    .names = w->know.names,
                                    .sentences = w->know.sentences,
                                    .enums = w->know.enums,
                                    .codes = w->know.codes,
                                    .carved = ask->carve,
                                    .memo = &w->memo,
                                    .scratch = w->scratch};
    return compile(w, err);
}

void apd_worker_close(apd_events_worker *w)
{
    apd_filter_free(w->filter);
    apd_arena_free(w->scratch);
    apd_arena_free(w->store);
    apd_knowledge_free(&w->know);
}

static bool in_time(const apd_events_ask *ask, const apd_event *ev)
{
    if (ask->since == APD_TIME_NONE && ask->until == APD_TIME_NONE)
        return true;
    return ev->time != APD_TIME_NONE && ev->clock != APD_CLOCK_NONE &&
           (ask->since == APD_TIME_NONE || ev->time >= ask->since) &&
           (ask->until == APD_TIME_NONE || ev->time < ask->until);
}

static bool in_logs(const apd_events_worker *w, const apd_event *ev)
{
    for (size_t i = 0; i < w->ask->nlogs; i++)
        if (apd_rules_is_log(w->know.rules, w->know.names, apd_str_of(w->ask->logs[i]), ev))
            return true;
    return w->ask->nlogs == 0;
}

static apd_status passes(apd_events_worker *w, apd_event *ev, bool *pass)
{
    *pass = in_time(w->ask, ev) && in_logs(w, ev);
    return *pass && w->filter ? apd_filter_holds(w->filter, ev, pass) : APD_OK;
}

/* Records come in runs of one writer. */
static apd_str log_name(apd_events_worker *w, const apd_event *ev)
{
    if (w->ask->form != APD_EVENTS_TEXT && w->ask->form != APD_EVENTS_CSV)
        return APD_LIT("");
    if (ev->kind == APD_FACT)
        return apd_sym_text(w->know.names, ev->log);
    if (!w->last_name.ptr || ev->provider != w->last_provider || ev->log != w->last_log) {
        w->last_name = apd_rules_log_name(w->know.rules, w->know.names, ev);
        w->last_provider = ev->provider;
        w->last_log = ev->log;
    }
    return w->last_name;
}

static apd_str as_str(const apd_buf *b)
{
    return apd_str_from(b->ptr, b->len);
}

static apd_str member_of(apd_events_worker *w, apd_str file)
{
    if (!apd_eq(as_str(&w->last_file), file)) {
        w->last_file.len = w->last_member.len = 0;
        apd_buf_add(&w->last_file, file);
        apd_events_member(file, &w->last_member);
        if (w->last_file.failed || w->last_member.failed) {
            w->records.failed = true;
            w->last_file.len = w->last_member.len = 0;
            w->last_file.failed = w->last_member.failed = false;
        }
    }
    return as_str(&w->last_member);
}

static apd_status write_record(apd_events_worker *w, apd_event *ev, apd_str file)
{
    apd_events_row row = {ev, file, member_of(w, file), log_name(w, ev)};
    size_t before = w->records.len;
    apd_buf_add(&w->records, apd_events_between(w->ask->form));
    if (w->records.failed || apd_events_put(&w->writer, &row, &w->records) != APD_OK) {
        w->records.failed = false;
        w->records.len = before;
        apd_error err = {0};
        apd_fail(&err, APD_E_NOMEM, ev->where, "record %llu is too large to be written",
                 (unsigned long long)ev->where.record);
        return apd_worker_problem(w, file, &err);
    }
    return w->records.len >= w->full ? apd_worker_flush(w) : APD_OK;
}

apd_status apd_worker_event(apd_events_worker *w, apd_event *ev, apd_str file)
{
    bool pass;
    w->seen++;
    if (w->skip) {
        w->skip--;
        return APD_OK;
    }
    APD_TRY(passes(w, ev, &pass));
    if (!pass)
        return APD_OK;
    w->passed++;
    return w->ask->count ? APD_OK : write_record(w, ev, file);
}

apd_status apd_worker_problem(apd_events_worker *w, apd_str file, const apd_error *err)
{
    apd_mark mark = apd_arena_mark(w->scratch);
    file = apd_journey_file(w->path, file);
    apd_buf_addf(&w->problems, "apdiag: %s: ", w->path);
    if (file.len) {
        apd_buf_add(&w->problems, apd_escape_term(w->scratch, file, 0));
        apd_buf_add(&w->problems, APD_LIT(": "));
    }
    apd_buf_add(&w->problems, apd_escape_term(w->scratch, apd_str_of(err->text), 0));
    apd_buf_addc(&w->problems, '\n');
    apd_arena_rewind(w->scratch, mark);
    if (w->problems.failed)
        return APD_E_NOMEM;
    return w->problems.len >= MANY_PROBLEMS ? apd_worker_flush(w) : APD_OK;
}

void apd_worker_clean(apd_events_worker *w)
{
    apd_events_redact(&w->records, w->clean);
    w->clean = w->records.len;
}

apd_status apd_worker_flush(apd_events_worker *w)
{
    apd_worker_clean(w);
    if (!w->records.len && !w->problems.len)
        return APD_OK;
    apd_sink_problems(w->sink, as_str(&w->problems));
    apd_status st = apd_sink_records(w->sink, as_str(&w->records));
    w->problems.len = 0;
    w->records.len = w->clean = 0;
    return st;
}

void apd_worker_forget(apd_events_worker *w)
{
    w->records.len = w->clean = 0;
    w->problems.len = 0;
    w->seen = 0;
    w->passed = 0;
}
