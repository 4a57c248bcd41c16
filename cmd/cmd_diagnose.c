/* apdiag BUNDLE...: one diagnosis after another; the exit code is the worst of them. */
#include "bundles.h"
#include "commands.h"
#include "term.h"

typedef struct settings {
    apd_bundles bundles;
    const char *fail_on;
    bool why, verbose;
} settings;

enum { OWN = 4 };

static void option_table(settings *s, apd_option table[OWN + APD_BUNDLE_OPTIONS])
{
    const apd_option rows[OWN] = {
        {"--fail-on", "error|warning|info|never", "least severity that gives exit code 1 (warning)",
         &s->fail_on, NULL, NULL, NULL},
        {"--why", NULL, "the terms of each score", NULL, &s->why, NULL, NULL},
        {"--verbose", NULL, "every problem, file and rule that could not be checked", NULL,
         &s->verbose, NULL, NULL},
        APD_BUNDLES_REDACT(&s->bundles),
    };
    memcpy(table, rows, sizeof rows);
    apd_bundles_options(&s->bundles, "term|json", table + OWN);
}

void apd_cmd_diagnose_help(void)
{
    settings s = {0};
    apd_option table[OWN + APD_BUNDLE_OPTIONS];
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

static bool print(void *ctx, const apd_report *r)
{
    const settings *s = ctx;
    if (strcmp(s->bundles.format, "json") == 0)
        return apd_report_json(stdout, r);
    apd_style style = apd_term_style(stdout, s->bundles.colour);
    style.why = s->why;
    style.verbose = s->verbose;
    return apd_report_term(stdout, r, &style);
}

/* Also a bundle that could not be read has its line of JSON. */
static void print_failure(const char *path, const apd_error *err, const settings *s)
{
    apd_complain("%s", err->text);
    if (strcmp(s->bundles.format, "json") != 0)
        return;
    apd_problem p = {.where = err->where, .text = apd_str_of(err->text)};
    apd_report r = {.bundle = apd_str_of(path),
                    .problems = &p,
                    .nproblems = 1,
                    .exit_code = APD_EXIT_UNREADABLE,
                    .version = APD_VERSION};
    apd_report_json(stdout, &r);
}

static int diagnose(void *ctx, const apd_knowledge *k, const char *path)
{
    settings *s = ctx;
    apd_run *run;
    apd_error err = {0};
    if (apd_run_bundle(k, &s->bundles.run, path, &run, &err) != APD_OK) {
        print_failure(path, &err, s);
        return APD_EXIT_UNREADABLE;
    }
    bool reached = reaches(apd_run_report(run)->diagnosis, s->fail_on);
    int code = reached ? APD_EXIT_FINDINGS : APD_EXIT_CLEAN;
    apd_run_set_exit(run, code);
    int written = apd_bundles_report(&s->bundles, run, print, s);
    apd_run_free(run);
    return written != APD_EXIT_CLEAN ? written : code;
}

int apd_cmd_diagnose(int argc, char **argv)
{
    settings s = {.bundles = APD_BUNDLES_DEFAULT, .fail_on = "warning"};
    apd_option table[OWN + APD_BUNDLE_OPTIONS];
    option_table(&s, table);
    return apd_bundles_go(&s.bundles, "diagnose", table, argc, argv, diagnose, &s);
}
