/* apdiag timeline BUNDLE...: attempts, phases, milestones and gaps, or every event, in order of time. */
#include "bundles.h"
#include "commands.h"
#include "merge.h"
#include "term.h"

typedef struct settings {
    apd_bundles bundles;
    const char *since, *until, *gap;
    bool all;
    apd_time from, to;
    bool later; /* not the first bundle */
} settings;

enum { OWN = 5 };

static void option_table(settings *s, apd_option table[OWN + APD_BUNDLE_OPTIONS])
{
    const apd_option rows[OWN] = {
        {"--all", NULL, "every event of the bundle in order of time", NULL, &s->all, NULL, NULL},
        {"--since", "TIME", "list from 2025-11-22 or 2025-11-22T10:00Z on", &s->since, NULL, NULL,
         NULL},
        {"--until", "TIME", "list what is before it; a date counts as a whole", &s->until, NULL,
         NULL, NULL},
        {"--gap", "DURATION", "call out gaps longer than this (10m), whatever the rules say",
         &s->gap, NULL, NULL, NULL},
        APD_BUNDLES_REDACT(&s->bundles),
    };
    memcpy(table, rows, sizeof rows);
    apd_bundles_options(&s->bundles, "term|jsonl|csv|html-fragment", table + OWN);
}

void apd_cmd_timeline_help(void)
{
    settings s = {0};
    apd_option table[OWN + APD_BUNDLE_OPTIONS];
    option_table(&s, table);
    puts("  apdiag timeline [OPTIONS] BUNDLE...\n");
    apd_options_help(stdout, table);
    puts(
        "\nZ is UTC; est: local time of the device, converted with an offset that other logs "
        "tell;\n"
        "local: its offset is unknown. Outcomes: succeeded; failed; passed (its end was not seen,\n"
        "but a later phase began); unfinished.");
}

static apd_timeline_form form_of(const char *name)
{
    static const char *const names[] = {"term", "jsonl", "csv", "html-fragment"};
    int i = 0;
    while (i < 3 && strcmp(names[i], name) != 0)
        i++;
    return (apd_timeline_form)i;
}

/* --- every event --- */

static bool wanted(void *ctx, const apd_event *ev)
{
    return apd_timeline_wants(ctx, ev->time);
}

static apd_status put_event(void *ctx, const apd_event *ev, apd_str log)
{
    return apd_timeline_event(ctx, ev, log) ? APD_OK : APD_E_IO;
}

static apd_status put_events(apd_timeline *t, apd_run *run, const char *path, char *note,
                             size_t size, apd_error *err)
{
    apd_merge m = {.run = run, .path = path, .wants = wanted, .event = put_event, .ctx = t};
    apd_status st = apd_merge_go(&m, err);
    if (m.timeless)
        snprintf(note, size, "%llu records without a time (registry keys, reports) are not listed",
                 (unsigned long long)m.timeless);
    return st;
}

/* --- one bundle --- */

typedef struct job {
    const settings *s;
    apd_run *run;
    const char *path;
    apd_status st; /* of the second look at the bundle */
    apd_error err;
} job;

static bool print(void *ctx, const apd_report *r)
{
    job *j = ctx;
    const settings *s = j->s;
    char note[128] = "";
    apd_timeline t = {.out = stdout,
                      .report = r,
                      .form = form_of(s->bundles.format),
                      .style = apd_term_style(stdout, s->bundles.colour),
                      .since = s->from,
                      .until = s->to,
                      .all = s->all,
                      .head = !s->later};
    if (!apd_timeline_begin(&t))
        return false;
    if (s->all)
        j->st = put_events(&t, j->run, j->path, note, sizeof note, &j->err);
    if (j->st != APD_OK)
        return j->st != APD_E_IO;
    return apd_timeline_end(&t, apd_str_of(note));
}

static int show(void *ctx, const apd_knowledge *k, const char *path)
{
    settings *s = ctx;
    apd_run *run;
    apd_error err = {0};
    if (s->all && strcmp(path, "-") == 0) {
        apd_complain(
            "timeline --all goes through the bundle several times; standard input can be read only "
            "once: save it to a file");
        return APD_EXIT_USAGE;
    }
    if (apd_run_bundle(k, &s->bundles.run, path, &run, &err) != APD_OK) {
        apd_complain("%s", err.text);
        return APD_EXIT_UNREADABLE;
    }
    job j = {.s = s, .run = run, .path = path};
    int code = apd_bundles_report(&s->bundles, run, print, &j);
    if (j.st != APD_OK && j.st != APD_E_IO) {
        apd_complain("%s", j.err.text[0] ? j.err.text : "out of memory");
        code = APD_EXIT_UNREADABLE;
    }
    apd_run_free(run);
    s->later = true;
    return code;
}

static bool check(void *ctx)
{
    settings *s = ctx;
    s->from = s->to = APD_TIME_NONE;
    if (!apd_options_time("timeline", "--since", s->since, false, &s->from) ||
        !apd_options_time("timeline", "--until", s->until, true, &s->to))
        return false;
    if (!s->gap ||
        (apd_span_parse(apd_str_of(s->gap), &s->bundles.run.gap) && s->bundles.run.gap > 0))
        return true;
    apd_complain("--gap is a duration such as 90s, 15m or 1h30m, not '%s'", s->gap);
    return false;
}

int apd_cmd_timeline(int argc, char **argv)
{
    settings s = {.bundles = APD_BUNDLES_DEFAULT};
    apd_option table[OWN + APD_BUNDLE_OPTIONS];
    option_table(&s, table);
    s.bundles.check = check;
    return apd_bundles_go(&s.bundles, "timeline", table, argc, argv, show, &s);
}
