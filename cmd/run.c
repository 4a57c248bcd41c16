#include "run.h"

#include <stdlib.h>

#include "journey.h"
#include "limits.h"
#include "parsers.h"

struct apd_run {
    const apd_knowledge *know;
    apd_journey journey;
    apd_scan *scan;
    apd_arena *keep; /* hits, diagnosis, report */
    APD_VEC(apd_problem) problems;
    uint64_t more_problems;
    apd_report report;
};

static apd_status problem(apd_run *r, apd_str file, const apd_error *err)
{
    if (r->problems.n >= APD_MAX_PROBLEMS) {
        r->more_problems++;
        return APD_OK;
    }
    apd_problem p = {file, err->where, apd_strdup_a(r->keep, apd_str_of(err->text))};
    return APD_PUSH(r->keep, r->problems, p) ? APD_OK : APD_E_NOMEM;
}

static apd_status on_event(void *ctx, apd_event *ev)
{
    apd_run *r = ctx;
    return apd_scan_event(r->scan, ev);
}

static apd_status on_problem(void *ctx, apd_str file, const apd_error *err)
{
    return problem(ctx, file, err);
}

static void on_torn(void *ctx, uint32_t member)
{
    apd_run *r = ctx;
    apd_scan_torn(r->scan, member);
}

/* A log that is there and empty still answers "did it happen?". */
static apd_status on_empty(void *ctx, apd_str log, uint32_t member)
{
    apd_run *r = ctx;
    return apd_scan_present(r->scan, apd_intern_add(r->know->names, log), APD_EVENT, member);
}

/* A pattern that was given up may have matched. */
static apd_status note_given_up(apd_run *r)
{
    apd_error err = {0};
    if (r->report.diagnosis->given_up == 0)
        return APD_OK;
    apd_fail(&err, APD_E_UNSUPPORTED, APD_NOWHERE,
             "patterns of rules were given up %llu times as too costly for the text; what they "
             "look for may be there",
             (unsigned long long)r->report.diagnosis->given_up);
    return problem(r, APD_LIT(""), &err);
}

static void make_report(apd_run *r, const char *path)
{
    r->report.bundle = apd_str_of(path);
    r->report.names = r->know->names;
    r->report.codes = r->know->codes;
    r->report.sentences = r->know->sentences;
    r->report.files = r->journey.files.at;
    r->report.nfiles = r->journey.files.n;
    r->report.problems = r->problems.at;
    r->report.nproblems = r->problems.n;
    r->report.more_problems = r->more_problems;
    r->report.version = APD_VERSION;
}

static apd_status run(apd_run *r, const char *path, apd_error *err)
{
    r->keep = apd_arena_new(0);
    if (!r->keep)
        return APD_E_NOMEM;
    r->scan = apd_scan_new(r->know->rules, r->know->names, r->keep);
    if (!r->scan)
        return APD_E_NOMEM;
    r->journey = (apd_journey){.names = r->know->names,
                               .trace_tables = r->know->trace_tables,
                               .ntrace_tables = r->know->ntrace_tables,
                               .ctx = r,
                               .event = on_event,
                               .problem = on_problem,
                               .torn = on_torn,
                               .empty = on_empty};
    APD_TRY(apd_journey_go(&r->journey, path, err));
    APD_TRY(apd_scan_finish(r->scan, &r->report.diagnosis, err));
    APD_TRY(note_given_up(r));
    make_report(r, path);
    return APD_OK;
}

apd_status apd_run_bundle(const apd_knowledge *k, const char *path, apd_run **out, apd_error *err)
{
    apd_run *r = calloc(1, sizeof *r);
    if (!r)
        return APD_E_NOMEM;
    r->know = k;
    err->text[0] = '\0';
    apd_status st = run(r, path, err);
    if (st != APD_OK) {
        if (!err->text[0])
            apd_fail(err, st, APD_NOWHERE, "%s: %s", path,
                     st == APD_E_NOMEM ? "out of memory" : "could not be read");
        apd_run_free(r);
        return st;
    }
    *out = r;
    return APD_OK;
}

const apd_report *apd_run_report(const apd_run *r)
{
    return &r->report;
}

void apd_run_set_exit(apd_run *r, int code)
{
    r->report.exit_code = code;
}

void apd_run_free(apd_run *r)
{
    if (!r)
        return;
    apd_scan_free(r->scan);
    apd_journey_end(&r->journey);
    apd_arena_free(r->keep);
    free(r);
}

static apd_status raw_events(const apd_parser *p, const apd_input *in,
                             apd_status (*each)(void *each_ctx, apd_event *ev), void *each_ctx,
                             apd_error *err)
{
    apd_reader *reader = NULL;
    APD_TRY(p->open(in, &reader, err));
    apd_status st;
    do {
        apd_event ev = {0};
        st = p->next(reader, &ev, err);
        if (st == APD_OK)
            st = each(each_ctx, &ev);
    } while (st == APD_OK || st == APD_SKIPPED);
    p->close(reader);
    return st == APD_END ? APD_OK : st;
}

static apd_status raw_run(void *ctx, apd_str log, apd_str text,
                          apd_status (*each)(void *each_ctx, apd_event *ev), void *each_ctx,
                          apd_error *err)
{
    const apd_parser *p = apd_parser_for(apd_str_bytes(text), log);
    if (!p)
        return apd_fail(err, APD_E_RULE, APD_NOWHERE, "no parser recognises the raw text");
    apd_arena *batch = apd_arena_new(0);
    apd_stream *s = apd_stream_memory(apd_str_bytes(text), 0, 0);
    apd_status st = APD_E_NOMEM;
    if (batch && s) {
        apd_input in = {.stream = s, .path = log, .names = ctx, .batch = batch};
        st = raw_events(p, &in, each, each_ctx, err);
    }
    apd_stream_free(s);
    apd_arena_free(batch);
    return st;
}

apd_raw_parser apd_run_raw_parser(apd_intern *names)
{
    return (apd_raw_parser){raw_run, names};
}
