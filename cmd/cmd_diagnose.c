/* apdiag BUNDLE...: one diagnosis after another; the exit code is the worst of them. */
#include "bundles.h"
#include "commands.h"
#include "options.h"
#include "run.h"
#include "term.h"

typedef struct settings {
    const char *format, *fail_on, *colour, *offset;
    apd_run_options run;
    apd_rule_paths rules;
    bool why, verbose;
} settings;

enum { NOPTIONS = 8 };

static void option_table(settings *s, apd_option table[NOPTIONS])
{
    const apd_option rows[NOPTIONS] = {
        {"--format", "term|json", "how the diagnosis is written (term)", &s->format, NULL, NULL,
         NULL},
        {"--fail-on", "error|warning|info|never", "least severity that gives exit code 1 (warning)",
         &s->fail_on, NULL, NULL, NULL},
        {"--rules", "PATH", "rules that add to or replace the built-in ones; may be repeated", NULL,
         NULL, apd_rule_paths_add, &s->rules},
        {"--color", "auto|always|never", "colours (auto: on a terminal, unless NO_COLOR is set)",
         &s->colour, NULL, NULL, NULL},
        {"--utc-offset", "OFFSET", "of all local times (+01:00), instead of what the logs tell", &s->offset,
         NULL, NULL, NULL},
        {"--why", NULL, "the terms of each score", NULL, &s->why, NULL, NULL},
        {"--verbose", NULL, "every problem, file and rule that could not be checked", NULL,
         &s->verbose, NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    };
    memcpy(table, rows, sizeof rows);
}

void apd_cmd_diagnose_help(void)
{
    settings s = {0};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    apd_options_help(stdout, table);
}

/* Does any finding reach the bar? Consequences count too: the deployment failed either way. */
static bool reaches(const apd_diagnosis *d, const char *fail_on)
{
    if (strcmp(fail_on, "never") == 0)
        return false;
    for (size_t i = 0; i < d->nfindings; i++)
        for (int s = (int)d->findings[i].severity; s >= APD_SEV_INFO; s--)
            if (strcmp(fail_on, apd_severity_name((apd_severity)s)) == 0)
                return true;
    return false;
}

static bool print(const apd_report *r, const settings *s)
{
    if (strcmp(s->format, "json") == 0)
        return apd_report_json(stdout, r);
    apd_style style = apd_term_style(stdout, s->colour);
    style.why = s->why;
    style.verbose = s->verbose;
    return apd_report_term(stdout, r, &style);
}

/* Also a bundle that could not be read has its line of JSON. */
static void print_failure(const char *path, const apd_error *err, const settings *s)
{
    apd_complain("%s", err->text);
    if (strcmp(s->format, "json") != 0)
        return;
    apd_problem p = {.where = err->where, .text = apd_str_of(err->text)};
    apd_report r = {.bundle = apd_str_of(path),
                    .problems = &p,
                    .nproblems = 1,
                    .exit_code = APD_EXIT_UNREADABLE,
                    .version = APD_VERSION};
    apd_report_json(stdout, &r);
}

static int diagnose(void *ctx, const apd_knowledge *k, const char *path, bool first)
{
    const settings *s = ctx;
    (void)first;
    apd_run *run;
    apd_error err = {0};
    if (apd_run_bundle(k, &s->run, path, &run, &err) != APD_OK) {
        print_failure(path, &err, s);
        return APD_EXIT_UNREADABLE;
    }
    const apd_report *r = apd_run_report(run);
    int code = reaches(r->diagnosis, s->fail_on) ? APD_EXIT_FINDINGS : APD_EXIT_CLEAN;
    apd_run_set_exit(run, code);
    bool written = print(r, s);
    apd_run_free(run);
    if (!written) {
        apd_complain("the output could not be written");
        return APD_EXIT_UNREADABLE;
    }
    return code;
}

int apd_cmd_diagnose(int argc, char **argv)
{
    settings s = {.format = "term", .fail_on = "warning", .colour = "auto"};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    int n = apd_options_parse("diagnose", table, argc, argv);
    if (n < 0)
        return APD_EXIT_USAGE;
    if (s.offset && !apd_run_offset(s.offset, &s.run)) {
        apd_complain("--utc-offset is an offset from UTC such as +01:00 or -08:00, not '%s'", s.offset);
        return APD_EXIT_USAGE;
    }
    apd_bundles all = {.command = "diagnose",
                       .rules = &s.rules,
                       .load = apd_knowledge_load,
                       .one = diagnose,
                       .ctx = &s,
                       .blank_between = strcmp(s.format, "term") == 0};
    return apd_bundles_each(&all, argv, n);
}
