/* apdiag coverage BUNDLE...: what is there, empty, failed or not asked for, and what that limits. */
#include "bundles.h"
#include "commands.h"
#include "options.h"
#include "run.h"
#include "term.h"

typedef struct settings {
    const char *format, *colour;
    apd_rule_paths rules;
} settings;

enum { NOPTIONS = 4 };

static void option_table(settings *s, apd_option table[NOPTIONS])
{
    const apd_option rows[NOPTIONS] = {
        {"--format", "term|json", "how the table is written (term)", &s->format, NULL, NULL, NULL},
        {"--rules", "PATH", "rules and sources that add to the built-in ones; may be repeated",
         NULL, NULL, apd_rule_paths_add, &s->rules},
        {"--color", "auto|always|never", "colours (auto: on a terminal, unless NO_COLOR is set)",
         &s->colour, NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    };
    memcpy(table, rows, sizeof rows);
}

void apd_cmd_coverage_help(void)
{
    settings s = {0};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    puts("  apdiag coverage [OPTIONS] BUNDLE...\n");
    apd_options_help(stdout, table);
    puts("\nStates: present; empty; not read (there, but of no known format, or damaged); failed "
         "(the\n"
         "collector did not get it, with its reason); not asked for (with what would bring it); "
         "unknown.");
}

static bool print(const apd_report *r, const settings *s)
{
    if (strcmp(s->format, "json") == 0)
        return apd_coverage_json(stdout, r);
    apd_style style = apd_term_style(stdout, s->colour);
    return apd_coverage_term(stdout, r, &style);
}

static int cover(void *ctx, const apd_knowledge *k, const char *path, bool first)
{
    const settings *s = ctx;
    (void)first;
    apd_run *run;
    apd_error err = {0};
    if (apd_run_bundle(k, NULL, path, &run, &err) != APD_OK) {
        apd_complain("%s", err.text);
        return APD_EXIT_UNREADABLE;
    }
    bool written = print(apd_run_report(run), s);
    apd_run_free(run);
    if (!written)
        apd_complain("the output could not be written");
    return written ? APD_EXIT_CLEAN : APD_EXIT_UNREADABLE;
}

int apd_cmd_coverage(int argc, char **argv)
{
    settings s = {.format = "term", .colour = "auto"};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    int n = apd_options_parse("coverage", table, argc, argv);
    if (n < 0)
        return APD_EXIT_USAGE;
    apd_bundles all = {.command = "coverage",
                       .rules = &s.rules,
                       .load = apd_knowledge_load,
                       .one = cover,
                       .ctx = &s,
                       .blank_between = strcmp(s.format, "term") == 0};
    return apd_bundles_each(&all, argv, n);
}
