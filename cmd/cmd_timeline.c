/* apdiag timeline BUNDLE...: attempts, phases, milestones and gaps, or every event, in order of time. */
#include "bundles.h"
#include "commands.h"
#include "merge.h"
#include "options.h"
#include "term.h"

typedef struct settings {
    const char *format, *colour, *offset, *since, *until, *gap;
    apd_rule_paths rules;
    apd_run_options run;
    bool all;
    apd_time from, to;
} settings;

enum { NOPTIONS = 9 };

static void option_table(settings *s, apd_option table[NOPTIONS])
{
    const apd_option rows[NOPTIONS] = {
        {"--format", "term|jsonl|csv|html-fragment", "how the timeline is written (term)",
         &s->format, NULL, NULL, NULL},
        {"--all", NULL, "every event of the bundle in order of time", NULL, &s->all, NULL, NULL},
        {"--since", "TIME", "list from 2025-11-22 or 2025-11-22T10:00Z on", &s->since, NULL, NULL,
         NULL},
        {"--until", "TIME", "list what is before it; a date counts as a whole", &s->until, NULL,
         NULL, NULL},
        {"--gap", "DURATION", "call out gaps longer than this (10m), whatever the rules say",
         &s->gap, NULL, NULL, NULL},
        {"--rules", "PATH", "rules that add to or replace the built-in ones; may be repeated", NULL,
         NULL, apd_rule_paths_add, &s->rules},
        {"--color", "auto|always|never", "colours (auto: on a terminal, unless NO_COLOR is set)",
         &s->colour, NULL, NULL, NULL},
        {"--utc-offset", "OFFSET", "of all local times (+01:00), instead of what the logs tell",
         &s->offset, NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    };
    memcpy(table, rows, sizeof rows);
}

void apd_cmd_timeline_help(void)
{
    settings s = {0};
    apd_option table[NOPTIONS];
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

static int written(bool ok)
{
    if (!ok)
        apd_complain("the output could not be written");
    return ok ? APD_EXIT_CLEAN : APD_EXIT_UNREADABLE;
}

static int print(const settings *s, apd_run *run, const char *path, bool first)
{
    char note[128] = "";
    apd_error err = {0};
    apd_timeline t = {.out = stdout,
                      .report = apd_run_report(run),
                      .form = form_of(s->format),
                      .style = apd_term_style(stdout, s->colour),
                      .since = s->from,
                      .until = s->to,
                      .all = s->all,
                      .head = first};
    if (!apd_timeline_begin(&t))
        return written(false);
    apd_status st = s->all ? put_events(&t, run, path, note, sizeof note, &err) : APD_OK;
    if (st != APD_OK && st != APD_E_IO) {
        apd_complain("%s", err.text[0] ? err.text : "out of memory");
        return APD_EXIT_UNREADABLE;
    }
    return written(st == APD_OK && apd_timeline_end(&t, apd_str_of(note)));
}

static int show(void *ctx, const apd_knowledge *k, const char *path, bool first)
{
    const settings *s = ctx;
    apd_run *run;
    apd_error err = {0};
    if (s->all && strcmp(path, "-") == 0) {
        apd_complain(
            "timeline --all goes through the bundle several times; standard input can be read only "
            "once: save it to a file");
        return APD_EXIT_USAGE;
    }
    if (apd_run_bundle(k, &s->run, path, &run, &err) != APD_OK) {
        apd_complain("%s", err.text);
        return APD_EXIT_UNREADABLE;
    }
    int code = print(s, run, path, first);
    apd_run_free(run);
    return code;
}

static bool check(settings *s)
{
    s->from = s->to = APD_TIME_NONE;
    if (s->offset && !apd_run_offset(s->offset, &s->run)) {
        apd_complain("--utc-offset is an offset from UTC such as +01:00 or -08:00, not '%s'",
                     s->offset);
        return false;
    }
    if (!apd_options_time("timeline", "--since", s->since, false, &s->from) ||
        !apd_options_time("timeline", "--until", s->until, true, &s->to))
        return false;
    if (!s->gap || (apd_span_parse(apd_str_of(s->gap), &s->run.gap) && s->run.gap > 0))
        return true;
    apd_complain("--gap is a duration such as 90s, 15m or 1h30m, not '%s'", s->gap);
    return false;
}

int apd_cmd_timeline(int argc, char **argv)
{
    settings s = {.format = "term", .colour = "auto"};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    int n = apd_options_parse("timeline", table, argc, argv);
    if (n < 0 || !check(&s))
        return APD_EXIT_USAGE;
    apd_bundles all = {.command = "timeline",
                       .rules = &s.rules,
                       .load = apd_knowledge_load,
                       .one = show,
                       .ctx = &s,
                       .blank_between = strcmp(s.format, "term") == 0};
    return apd_bundles_each(&all, argv, n);
}
