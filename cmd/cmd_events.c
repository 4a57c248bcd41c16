/* apdiag events FILE|BUNDLE...: every record, in the order of the bundle, or those that were asked
 * for. docs/events.md describes options and forms. */
#include "cmd_events.h"

#include <errno.h>

#include "commands.h"
#include "journey.h"
#include "limits.h"
#include "options.h"

enum { NOPTIONS = 11, GATHERED = 256 << 10 };

typedef struct words {
    const char *format, *since, *until, *jobs;
    apd_events_ask ask;
} words;

/* --- arguments --- */

static void add_log(void *ctx, const char *value)
{
    apd_events_ask *ask = ctx;
    if (ask->nlogs < APD_EVENTS_MAX_NAMES)
        ask->logs[ask->nlogs++] = value;
}

static void add_rules(void *ctx, const char *value)
{
    apd_events_ask *ask = ctx;
    if (ask->nrules < APD_EVENTS_MAX_NAMES)
        ask->rules[ask->nrules++] = value;
}

static void add_tmf(void *ctx, const char *value)
{
    apd_events_ask *ask = ctx;
    if (ask->ntmf < APD_EVENTS_MAX_NAMES)
        ask->tmf[ask->ntmf++] = value;
}

static void option_table(words *w, apd_option table[NOPTIONS])
{
    const apd_option rows[NOPTIONS] = {
        {"--format", "text|jsonl|json|xml|csv", "how records are written (text)", &w->format, NULL,
         NULL, NULL},
        {"--where", "CONDITION", "only those: 'EventID=71 and Level<=2'", &w->ask.where, NULL, NULL,
         NULL},
        {"--log", "NAME", "only this log: short name or channel; may be repeated", NULL, NULL,
         add_log, &w->ask},
        {"--since", "TIME", "not before 2025-11-22 or 2025-11-22T10:00Z", &w->since, NULL, NULL,
         NULL},
        {"--until", "TIME", "before this moment; a date counts as a whole", &w->until, NULL, NULL,
         NULL},
        {"--count", NULL, "the number of records, nothing else", NULL, &w->ask.count, NULL, NULL},
        {"--carve", NULL, "search event logs and unknown files for records, old ones too", NULL,
         &w->ask.carve, NULL, NULL},
        {"--tmf", "FILE", "message file (TMF) for WPP traces; may be repeated", NULL, NULL, add_tmf,
         &w->ask},
        {"-j", "N", "threads for one large event log (1)", &w->jobs, NULL, NULL, NULL},
        {"--rules", "PATH", "names of logs and sentences that add to the built-in ones", NULL, NULL,
         add_rules, &w->ask},
        {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    };
    memcpy(table, rows, sizeof rows);
}

void apd_cmd_events_help(void)
{
    words w = {0};
    apd_option table[NOPTIONS];
    option_table(&w, table);
    puts("  apdiag events [OPTIONS] FILE|BUNDLE...\n");
    apd_options_help(stdout, table);
    puts("\nThe formats and the language of --where are described in docs/events.md.");
}

/* In the order of apd_events_form. */
static apd_events_form form_of(const char *name)
{
    static const char *const names[] = {"text", "jsonl", "json", "xml", "csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (apd_events_form)i;
    return APD_EVENTS_TEXT;
}

/* A time without zone is UTC. */
static bool take_jobs(const char *text, unsigned *out)
{
    uint64_t n;
    bool negative;
    if (apd_parse_int(apd_str_of(text), &n, &negative) && !negative && n >= 1 &&
        n <= APD_EVENTS_MAX_JOBS) {
        *out = (unsigned)n;
        return true;
    }
    fprintf(stderr, "apdiag events: -j wants a number from 1 to %d, not \"%s\"\n",
            APD_EVENTS_MAX_JOBS, text);
    return false;
}

/* `-j4` is one word to those who know make. */
static char *split_jobs(char *arg, char room[16])
{
    if (strncmp(arg, "-j", 2) != 0 || !apd_is_digit(arg[2]) || strlen(arg) > 12)
        return arg;
    snprintf(room, 16, "-j=%s", arg + 2);
    return room;
}

static int take_arguments(words *w, int argc, char **argv)
{
    apd_option table[NOPTIONS];
    static const char one[] = "1";
    char jobs[16];
    option_table(w, table);
    w->format = "text";
    w->jobs = one;
    w->ask.since = w->ask.until = APD_TIME_NONE;
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        argv[i] = split_jobs(argv[i], jobs);
    int n = apd_options_parse("events", table, argc, argv);
    if (n < 0 || !apd_options_time("events", "--since", w->since, false, &w->ask.since) ||
        !apd_options_time("events", "--until", w->until, true, &w->ask.until) ||
        !take_jobs(w->jobs, &w->ask.jobs))
        return -1;
    w->ask.form = form_of(w->format);
    if (n == 0) {
        fputs("apdiag events: no file given; name a log, a CAB, a ZIP or a folder\n", stderr);
        return -1;
    }
    return n;
}

/* --- one bundle after another --- */

typedef struct visit {
    apd_events_worker *worker;
    apd_journey journey;
} visit;

static apd_str file_of(const visit *v, uint32_t member)
{
    return member < v->journey.files.n ? v->journey.files.at[member].path : APD_LIT("");
}

static apd_status on_event(void *ctx, apd_event *ev)
{
    visit *v = ctx;
    return apd_worker_event(v->worker, ev, file_of(v, ev->where.member));
}

static apd_status on_problem(void *ctx, apd_str file, const apd_error *err)
{
    visit *v = ctx;
    return apd_worker_problem(v->worker, file, err);
}

/* In one piece. */
static apd_status read_whole(apd_events_worker *w, const char *path, apd_error *err)
{
    visit v = {.worker = w};
    v.journey = (apd_journey){.names = w->know.names,
                              .trace_tables = w->know.trace_tables,
                              .ntrace_tables = w->know.ntrace_tables,
                              .tmf = w->tmf,
                              .ntmf = w->ask->ntmf,
                              .carve = w->ask->carve,
                              .ctx = &v,
                              .event = on_event,
                              .problem = on_problem};
    apd_status st = apd_journey_go(&v.journey, path, err);
    if (v.journey.troubled)
        err->text[0] = '\0'; /* said already */
    apd_journey_end(&v.journey);
    return st;
}

/* By several threads, as far as they get: true if that is to the end. */
static bool read_divided(apd_events_worker *w, const char *path)
{
    apd_events_tally t;
    if (w->ask->jobs < 2 || w->ask->carve)
        return false;
    bool whole = apd_events_parallel(w->ask, w->sink, path, &t);
    w->passed += t.passed;
    w->skip = t.seen;
    return whole || w->sink->closed || w->sink->failed;
}

static int read_one(apd_events_worker *w, const char *path)
{
    apd_error err = {0};
    apd_status st = APD_OK;
    w->path = path;
    if (!read_divided(w, path))
        st = read_whole(w, path, &err);
    w->skip = 0;
    if (apd_worker_flush(w) != APD_OK || st == APD_OK)
        return APD_EXIT_CLEAN; /* a lost output is told at the end */
    if (w->sink->closed || w->sink->failed)
        return APD_EXIT_CLEAN;
    if (st == APD_E_NOMEM)
        fprintf(stderr, "apdiag: %s: out of memory\n", path);
    else if (err.text[0])
        fprintf(stderr, "apdiag: %s\n", err.text);
    return APD_EXIT_UNREADABLE;
}

static int read_all(apd_events_worker *w, int n, char **paths)
{
    apd_events_sink *s = w->sink;
    int worst = APD_EXIT_CLEAN;
    if (!w->ask->count)
        apd_sink_head(s);
    for (int i = 0; i < n && !s->closed && !s->failed; i++) {
        int code = read_one(w, paths[i]);
        worst = code > worst ? code : worst;
    }
    if (!w->ask->count)
        apd_sink_tail(s);
    else if (printf("%llu\n", (unsigned long long)w->passed) < 0 || fflush(stdout) != 0)
        s->failed = errno;
    if (s->failed && s->failed != EPIPE) {
        fprintf(stderr, "apdiag: the output could not be written: %s\n", strerror(s->failed));
        return APD_EXIT_UNREADABLE;
    }
    return worst;
}

static apd_status read_message_files(apd_events_worker *w, apd_error *err)
{
    size_t n = w->ask->ntmf;
    w->tmf = APD_NEWS(w->know.arena, apd_str, n);
    for (size_t i = 0; w->tmf && i < n; i++)
        APD_TRY(apd_read_text(w->know.arena, w->ask->tmf[i], APD_ETL_MAX_TMF, &w->tmf[i], err));
    return w->tmf ? APD_OK : APD_E_NOMEM;
}

int apd_cmd_events(int argc, char **argv)
{
    words w = {0};
    int n = take_arguments(&w, argc, argv);
    if (n < 0)
        return APD_EXIT_USAGE;
    apd_events_sink sink = {.form = w.ask.form};
    apd_events_worker worker;
    apd_error err = {0};
    int code = APD_EXIT_USAGE;
    if (apd_worker_open(&worker, &w.ask, &sink, GATHERED, &err) == APD_OK &&
        read_message_files(&worker, &err) == APD_OK) {
        code = read_all(&worker, n, argv);
    } else {
        apd_knowledge_print(&worker.know, stderr, false);
        if (err.text[0])
            fprintf(stderr, "apdiag events: %s\n", err.text);
    }
    apd_worker_close(&worker);
    return code;
}
