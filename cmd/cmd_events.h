/* Between the parts of `apdiag events`: what was asked for, the one output, and those who write to
 * it. */
#ifndef APD_CMD_EVENTS_H
#define APD_CMD_EVENTS_H

#include "events.h"
#include "rulefiles.h"
#include "where.h"

enum { APD_EVENTS_MAX_NAMES = 64, APD_EVENTS_MAX_JOBS = 64 };

typedef struct apd_events_ask {
    apd_events_form form;
    const char *where;                      /* NULL: every record */
    apd_time since, until;                  /* [since, until); APD_TIME_NONE: open */
    const char *logs[APD_EVENTS_MAX_NAMES]; /* any of them */
    size_t nlogs;
    const char *rules[APD_EVENTS_MAX_NAMES];
    size_t nrules;
    const char *tmf[APD_EVENTS_MAX_NAMES];
    size_t ntmf;
    unsigned jobs;
    bool count, carve;
} apd_events_ask;

/* --- the output (cmd_events_sink.c) --- */

typedef struct apd_events_sink {
    apd_events_form form;
    bool begun;        /* a record was written */
    bool closed;       /* nobody reads any more */
    int failed;        /* errno of a write that failed otherwise */
    uint64_t problems; /* met; the first APD_MAX_PROBLEMS were printed */
} apd_events_sink;

void apd_sink_head(apd_events_sink *s);
/* Records, each behind its separator. APD_E_IO: nothing more can be written. */
apd_status apd_sink_records(apd_events_sink *s, apd_str records) APD_MUST_USE;
/* Lines about what could not be read. */
void apd_sink_problems(apd_events_sink *s, apd_str lines);
void apd_sink_tail(apd_events_sink *s);

/* --- one who selects and writes records (cmd_events_worker.c) --- */

typedef struct apd_events_worker {
    const apd_events_ask *ask;
    apd_events_sink *sink;
    const char *path; /* the operand at work */

    apd_knowledge know;
    apd_filter *filter; /* NULL: none */
    apd_str *tmf;       /* texts of ask->tmf; private to cmd_events.c */
    apd_events_writer writer;
    apd_events_memo memo; /* the writer's */
    apd_arena *scratch, *store;
    size_t full; /* bytes at which the buffer is emptied */
    apd_buf records, problems;
    uint64_t skip; /* so many records are only passed over */
    uint64_t seen, passed;
    apd_sym last_provider, last_log; /* and what they are called: */
    apd_str last_name;
    apd_buf last_file, last_member; /* and how JSON says it */
    size_t clean;                   /* bytes of records that hold no secret any more */
} apd_events_worker;

/* `full` bytes are gathered before the sink gets them; SIZE_MAX: only apd_worker_flush() hands them over. APD_E_RULE: err says what is wrong with the
 * condition or the rule files. Close in any case. */
apd_status apd_worker_open(apd_events_worker *w, const apd_events_ask *ask, apd_events_sink *sink,
                           size_t full, apd_error *err) APD_MUST_USE;
void apd_worker_close(apd_events_worker *w);
/* The record, if it passes. APD_E_IO: the output is gone. */
apd_status apd_worker_event(apd_events_worker *w, apd_event *ev, apd_str file) APD_MUST_USE;
/* file may be "". */
apd_status apd_worker_problem(apd_events_worker *w, apd_str file,
                              const apd_error *err) APD_MUST_USE;
/* Takes secrets out of what was gathered. */
void apd_worker_clean(apd_events_worker *w);
/* The same, and hands it over. */
apd_status apd_worker_flush(apd_events_worker *w) APD_MUST_USE;
/* Drops what was gathered, and its counts. */
void apd_worker_forget(apd_events_worker *w);

/* --- a plain event log in several threads (cmd_events_parallel.c) --- */

typedef struct apd_events_tally {
    uint64_t seen, passed;
} apd_events_tally;

/* False: the file cannot be divided, or something in it could not be read. It is then to be read in
 * one piece, but for the first tally->seen records, which are done: tally->passed of them passed. */
bool apd_events_parallel(const apd_events_ask *ask, apd_events_sink *sink, const char *path,
                         apd_events_tally *tally);

#endif
