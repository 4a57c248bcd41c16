/* apdiag members BUNDLE...: every file that a bundle holds, archives inside archives opened. */
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
        {"--format", "term|json|csv", "how the list is written (term)", &s->format, NULL, NULL,
         NULL},
        {"--rules", "PATH", "names of sources that add to the built-in ones; may be repeated", NULL,
         NULL, apd_rule_paths_add, &s->rules},
        {"--color", "auto|always|never", "colours (auto: on a terminal, unless NO_COLOR is set)",
         &s->colour, NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    };
    memcpy(table, rows, sizeof rows);
}

void apd_cmd_members_help(void)
{
    settings s = {0};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    puts("  apdiag members [OPTIONS] BUNDLE...\n");
    apd_options_help(stdout, table);
    puts("\nKinds: a format of `apdiag formats`; archive; opaque (of no known format); not read "
         "(damaged, or\n"
         "behind a limit); empty.");
}

static bool print(const apd_report *r, const settings *s, bool first)
{
    if (strcmp(s->format, "json") == 0)
        return apd_members_json(stdout, r);
    if (strcmp(s->format, "csv") == 0)
        return apd_members_csv(stdout, r, first);
    apd_style style = apd_term_style(stdout, s->colour);
    return apd_members_term(stdout, r, &style);
}

static int list(void *ctx, const apd_knowledge *k, const char *path, bool first)
{
    const settings *s = ctx;
    apd_run *run;
    apd_error err = {0};
    if (apd_run_members(k, path, &run, &err) != APD_OK) {
        apd_complain("%s", err.text);
        return APD_EXIT_UNREADABLE;
    }
    bool written = print(apd_run_report(run), s, first);
    apd_run_free(run);
    if (!written)
        apd_complain("the output could not be written");
    return written ? APD_EXIT_CLEAN : APD_EXIT_UNREADABLE;
}

int apd_cmd_members(int argc, char **argv)
{
    settings s = {.format = "term", .colour = "auto"};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    int n = apd_options_parse("members", table, argc, argv);
    if (n < 0)
        return APD_EXIT_USAGE;
    apd_bundles all = {.command = "members",
                       .rules = &s.rules,
                       .load = apd_knowledge_load_names,
                       .one = list,
                       .ctx = &s,
                       .blank_between = strcmp(s.format, "term") == 0};
    return apd_bundles_each(&all, argv, n);
}
