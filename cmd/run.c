#include "run.h"

#include <stdlib.h>

#include "limits.h"
#include "parsers.h"
#include "term.h"
#include "vec.h"

struct apd_run {
    const apd_knowledge *know;
    apd_bundle *bundle;
    apd_scan *scan;
    apd_arena *keep;  /* hits, diagnosis, report */
    apd_arena *batch; /* of the reader at work; rewound per file */
    APD_VEC(apd_problem) problems;
    uint64_t more_problems;
    APD_VEC(apd_report_file) files;
    uint64_t bytes;
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

/* Rows for all members met so far; nested archives appear between two files. */
static apd_status note_members(apd_run *r)
{
    while (r->files.n < apd_bundle_count(r->bundle)) {
        const apd_member *m = apd_bundle_member(r->bundle, (uint32_t)r->files.n);
        apd_report_file f = {.path = m->full, .format = m->is_archive ? "archive" : NULL};
        if (!APD_PUSH(r->keep, r->files, f))
            return APD_E_NOMEM;
    }
    return APD_OK;
}

/* All events of one reader into the scanner. Damage ends the file, not the run; what is returned
 * is only what must end the run. */
static apd_status read_events(apd_run *r, const apd_parser *p, apd_reader *reader, uint32_t member)
{
    apd_report_file *f = &r->files.at[member];
    for (;;) {
        apd_event ev = {0};
        apd_error err = {0};
        apd_status st = p->next(reader, &ev, &err);
        if (st == APD_OK) {
            f->records++;
            APD_TRY(apd_scan_event(r->scan, &ev));
            continue;
        }
        if (st == APD_END)
            return APD_OK;
        f->lost++;
        apd_scan_torn(r->scan, member);
        APD_TRY(problem(r, f->path, &err));
        if (st != APD_SKIPPED)
            return st == APD_E_NOMEM ? st : APD_OK;
    }
}

/* A log that is there and empty still answers "did it happen?". */
static apd_status note_empty_log(apd_run *r, const apd_parser *p, const apd_member *m)
{
    apd_str name =
        p == &apd_parser_evtx ? apd_channel_name(r->batch, m->path) : apd_log_name(m->path);
    return apd_scan_present(r->scan, apd_intern_add(r->know->names, name), APD_EVENT, m->index);
}

static apd_status read_member(apd_run *r, const apd_member *m, apd_stream *s)
{
    apd_error err = {0};
    apd_bytes head;
    apd_report_file *f = &r->files.at[m->index];
    apd_status st = apd_stream_peek(s, APD_SNIFF, &head, &err);
    if (st > APD_SKIPPED)
        return problem(r, f->path, &err);
    const apd_parser *p = apd_parser_for(head, m->path);
    if (m->misnamed && (!p || p == &apd_parser_text)) {
        apd_fail(&err, APD_E_DAMAGED, (apd_where){.member = m->index},
                 "is named like an archive but is none; get the file again from where it came");
        return problem(r, f->path, &err);
    }
    if (!p)
        return APD_OK;
    f->format = p->name;
    apd_mark mark = apd_arena_mark(r->batch);
    apd_input in = {.stream = s,
                    .path = m->path,
                    .member = m->index,
                    .names = r->know->names,
                    .batch = r->batch};
    apd_reader *reader = NULL;
    st = p->open(&in, &reader, &err);
    if (st == APD_OK) {
        st = read_events(r, p, reader, m->index);
        p->close(reader);
    } else {
        f->lost++;
        st = problem(r, f->path, &err);
    }
    if (apd_stream_error(s)) {
        apd_scan_torn(r->scan, m->index);
        APD_TRY(problem(r, f->path, apd_stream_error(s)));
    }
    if (st == APD_OK && f->records == 0 && f->lost == 0)
        st = note_empty_log(r, p, m);
    f->bytes = apd_stream_offset(s);
    r->bytes += f->bytes;
    apd_arena_rewind(r->batch, mark);
    return st;
}

static apd_status read_members(apd_run *r)
{
    for (;;) {
        const apd_member *m = NULL;
        apd_stream *s = NULL;
        apd_error err = {0};
        apd_status st = apd_bundle_next(r->bundle, &m, &s, &err);
        APD_TRY(note_members(r));
        if (st == APD_OK) {
            apd_progress(m->full, r->bytes);
            APD_TRY(read_member(r, m, s));
            continue;
        }
        if (st == APD_END)
            return APD_OK;
        APD_TRY(problem(r, APD_LIT(""), &err)); /* the sentence names the member */
        if (st != APD_SKIPPED)
            return st == APD_E_NOMEM ? st : APD_OK;
    }
}

/* Nothing came out: the first loss is the reason, or else nobody knew the files. */
static apd_status nothing_read(const apd_run *r, const char *path, apd_error *err)
{
    for (size_t i = 0; i < r->files.n; i++)
        if (r->files.at[i].records)
            return APD_OK;
    if (r->problems.n) {
        const apd_problem *p = &r->problems.at[0];
        return apd_fail(err, APD_E_DAMAGED, p->where, "%s: %.*s%s%.*s", path, APD_FMT(p->file),
                        p->file.len ? ": " : "", APD_FMT(p->text));
    }
    for (size_t i = 0; i < r->files.n; i++)
        if (r->files.at[i].format && strcmp(r->files.at[i].format, "archive") != 0)
            return APD_OK; /* a log without records is a readable log */
    return apd_fail(err, APD_E_UNSUPPORTED, APD_NOWHERE,
                    "%s: holds nothing that apdiag can read; give it the CAB or ZIP of "
                    "mdmdiagnosticstool or of Intune's Collect diagnostics, or one of their logs",
                    path);
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
    for (size_t i = 0; i < r->files.n; i++)
        if (r->files.at[i].bytes == 0)
            r->files.at[i].bytes = apd_bundle_member(r->bundle, (uint32_t)i)->read;
    r->report.bundle = apd_str_of(path);
    r->report.names = r->know->names;
    r->report.codes = r->know->codes;
    r->report.sentences = r->know->sentences;
    r->report.files = r->files.at;
    r->report.nfiles = r->files.n;
    r->report.problems = r->problems.at;
    r->report.nproblems = r->problems.n;
    r->report.more_problems = r->more_problems;
    r->report.version = APD_VERSION;
}

static apd_status run(apd_run *r, const char *path, apd_error *err)
{
    r->keep = apd_arena_new(0);
    r->batch = apd_arena_new(0);
    if (!r->keep || !r->batch)
        return APD_E_NOMEM;
    APD_TRY(apd_bundle_open(path, &r->bundle, err));
    r->scan = apd_scan_new(r->know->rules, r->know->names, r->keep);
    if (!r->scan)
        return APD_E_NOMEM;
    APD_TRY(read_members(r));
    apd_progress_end();
    APD_TRY(nothing_read(r, path, err));
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
        apd_progress_end();
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
    apd_bundle_close(r->bundle);
    apd_arena_free(r->batch);
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
