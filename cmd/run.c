#include "run.h"

#include <stdlib.h>

#include "collected.h"
#include "gaps.h"
#include "journey.h"
#include "limits.h"
#include "model.h"
#include "parsers.h"

struct apd_run {
    const apd_knowledge *know;
    apd_journey journey;
    const apd_run_options *options;
    apd_scan *scan; /* NULL: only the files are asked for */
    apd_model *model;
    apd_collected collected;
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
    APD_TRY(apd_model_event(r->model, ev));
    if (!apd_collected_note(&r->collected, ev))
        return APD_E_NOMEM;
    return apd_scan_event(r->scan, ev);
}

static apd_status on_event_counted(void *ctx, apd_event *ev)
{
    (void)ctx;
    (void)ev;
    return APD_OK;
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

/* The phrases that trackers look for in the logs of the agent. */
static apd_status note_drift(apd_run *r)
{
    size_t n = apd_scan_phrases(r->scan), kept = 0;
    apd_phrase *list = APD_NEWS(r->keep, apd_phrase, n + 1);
    if (!list)
        return APD_E_NOMEM;
    for (size_t i = 0; i < n; i++) {
        list[kept] = apd_scan_phrase(r->scan, i);
        kept += apd_starts(list[kept].log, APD_LIT("ime"));
    }
    r->report.drift = (apd_drift){.phrases = list, .nphrases = kept};
    apd_scan_told(r->scan, APD_LIT("ime"), &r->report.drift.lines, &r->report.drift.told);
    return APD_OK;
}

static void make_report(apd_run *r, const char *path)
{
    r->report.bundle = apd_str_of(path);
    r->report.names = r->know->names;
    r->report.codes = r->know->codes;
    r->report.sentences = r->know->sentences;
    r->report.source_table = r->know->sources;
    r->report.enums = r->know->enums;
    r->report.files = r->journey.files.at;
    r->report.nfiles = r->journey.files.n;
    r->report.model = r->model;
    r->report.problems = r->problems.at;
    r->report.nproblems = r->problems.n;
    r->report.more_problems = r->more_problems;
    r->report.version = APD_VERSION;
}

static apd_status judge_sources(apd_run *r)
{
    apd_sources_bundle b = {.files = r->journey.files.at,
                            .nfiles = r->journey.files.n,
                            .coverage = r->report.diagnosis->coverage,
                            .collected = &r->collected,
                            .names = r->know->names,
                            .codes = r->know->codes};
    r->report.sources = apd_sources_judge(r->know->sources, &b, r->keep);
    return r->report.sources ? APD_OK : APD_E_NOMEM;
}

static apd_status find_gaps(apd_run *r)
{
    const apd_phases *p = apd_model_phases(r->model);
    size_t n = apd_phases_attempts(p);
    apd_report_gaps *gaps = APD_NEWS(r->keep, apd_report_gaps, n + 1);
    for (size_t i = 0; gaps && i < n; i++) {
        gaps[i].at = apd_gaps_find(r->scan, apd_phases_attempt(p, i),
                                   r->options ? r->options->gap : 0, &gaps[i].n);
        if (!gaps[i].at)
            return APD_E_NOMEM;
    }
    r->report.gaps = gaps;
    return gaps ? APD_OK : APD_E_NOMEM;
}

static apd_status diagnose(apd_run *r, const char *path, apd_error *err)
{
    if (!apd_collected_init(&r->collected, r->keep, r->know->names))
        return APD_E_NOMEM;
    r->scan = apd_scan_new(r->know->rules, r->know->names, r->keep);
    size_t nphases;
    const apd_str *phases = apd_rules_phases(r->know->rules, &nphases);
    r->model = apd_model_new(r->keep, r->know->names, phases, nphases);
    if (!r->scan || !r->model)
        return APD_E_NOMEM;
    if (r->options && r->options->has_offset)
        apd_clocks_override(apd_model_clocks(r->model), r->options->offset);
    APD_TRY(apd_scan_watch(r->scan, apd_model_note, r->model));
    r->journey = (apd_journey){.names = r->know->names,
                               .trace_tables = r->know->trace_tables,
                               .ntrace_tables = r->know->ntrace_tables,
                               .ctx = r,
                               .event = on_event,
                               .problem = on_problem,
                               .torn = on_torn,
                               .empty = on_empty};
    APD_TRY(apd_journey_go(&r->journey, path, err));
    APD_TRY(apd_model_settle(r->model));
    apd_scan_set_clocks(r->scan, apd_model_clocks(r->model));
    APD_TRY(apd_scan_settle(r->scan));
    size_t nattempts, nboots;
    const apd_time *attempts = apd_scan_attempts(r->scan, &nattempts);
    const apd_time *boots = apd_scan_boots(r->scan, &nboots);
    APD_TRY(apd_model_build(r->model, attempts, nattempts, boots, nboots));
    APD_TRY(apd_scan_diagnose(r->scan, r->model, &r->report.diagnosis, err));
    APD_TRY(find_gaps(r));
    APD_TRY(note_given_up(r));
    APD_TRY(note_drift(r));
    make_report(r, path);
    return judge_sources(r);
}

static apd_status list_members(apd_run *r, const char *path, apd_error *err)
{
    r->journey = (apd_journey){
        .names = r->know->names, .ctx = r, .event = on_event_counted, .problem = on_problem};
    apd_status st = apd_journey_go(&r->journey, path, err);
    if (st == APD_E_NOMEM || r->journey.files.n == 0)
        return st;
    make_report(r, path);
    return APD_OK;
}

static apd_status run(const apd_knowledge *k, const apd_run_options *options, const char *path,
                      apd_status (*go)(apd_run *r, const char *path, apd_error *err), apd_run **out,
                      apd_error *err)
{
    apd_run *r = calloc(1, sizeof *r);
    if (!r)
        return APD_E_NOMEM;
    r->know = k;
    r->options = options;
    r->keep = apd_arena_new(0);
    err->text[0] = '\0';
    apd_status st = r->keep ? go(r, path, err) : APD_E_NOMEM;
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

apd_status apd_run_bundle(const apd_knowledge *k, const apd_run_options *options, const char *path,
                          apd_run **out, apd_error *err)
{
    return run(k, options, path, diagnose, out, err);
}

apd_status apd_run_members(const apd_knowledge *k, const char *path, apd_run **out, apd_error *err)
{
    return run(k, NULL, path, list_members, out, err);
}

bool apd_run_offset(const char *text, apd_run_options *out)
{
    enum { WEST = -12 * 60, EAST = 14 * 60 };
    apd_str s = apd_str_of(text);
    uint64_t hours = 0, minutes = 0;
    bool negative = apd_starts(s, APD_LIT("-")), sign;
    *out = (apd_run_options){.has_offset = true};
    if (apd_ieq(s, APD_LIT("Z")) || apd_ieq(s, APD_LIT("UTC")))
        return true;
    if (!negative && !apd_starts(s, APD_LIT("+")))
        return false;
    s = apd_sub(s, 1, s.len);
    size_t colon = apd_find(s, APD_LIT(":")), split = colon != SIZE_MAX ? colon
                                                      : s.len == 4      ? 2
                                                                        : s.len;
    apd_str rest = apd_sub(s, split + (colon != SIZE_MAX), s.len);
    for (size_t i = 0; i < s.len; i++)
        if (i != colon && !apd_is_digit(s.ptr[i]))
            return false;
    if (!apd_parse_int(apd_sub(s, 0, split), &hours, &sign) || hours > 14 ||
        (rest.len && (!apd_parse_int(rest, &minutes, &sign) || minutes > 59)) ||
        (colon != SIZE_MAX && !rest.len))
        return false;
    out->offset = (int)(hours * 60 + minutes) * (negative ? -1 : 1);
    return out->offset >= WEST && out->offset <= EAST;
}

typedef struct second_look {
    apd_run *run;
    apd_status (*each)(void *ctx, apd_event *ev, apd_str log);
    void *ctx;
} second_look;

static apd_status look_again(void *ctx, apd_event *ev)
{
    const second_look *l = ctx;
    apd_clocks_convert(apd_model_clocks(l->run->model), ev);
    return l->each(l->ctx, ev, apd_rules_log_name(l->run->know->rules, l->run->know->names, ev));
}

static apd_status problem_known(void *ctx, apd_str file, const apd_error *err)
{
    (void)ctx;
    (void)file;
    (void)err;
    return APD_OK;
}

apd_status apd_run_again(apd_run *r, const char *path,
                         apd_status (*each)(void *ctx, apd_event *ev, apd_str log), void *ctx,
                         apd_error *err)
{
    second_look l = {r, each, ctx};
    apd_journey j = {.names = r->know->names,
                     .trace_tables = r->know->trace_tables,
                     .ntrace_tables = r->know->ntrace_tables,
                     .ctx = &l,
                     .event = look_again,
                     .problem = problem_known};
    apd_status st = apd_journey_go(&j, path, err);
    apd_journey_end(&j);
    return st;
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
