/* apdiag rules check|test|list: what a rule author works with. */
#include "commands.h"
#include "options.h"
#include "run.h"
#include "term.h"

typedef struct tally {
    size_t passed, failed;
    const char *const *paths;
    size_t npaths;
} tally;

void apd_cmd_rules_help(void)
{
    puts("  apdiag rules check [PATH...]   every mistake in the rules, with file:line:column\n"
         "  apdiag rules test [PATH...]    run the tests that the rules carry\n"
         "  apdiag rules list [PATH...]    one line a rule: id, severity, strength, phase, title\n"
         "\n"
         "PATH is a rule file or a folder; its rules add to or replace the built-in ones.\n"
         "The format is described in docs/rules.md.");
}

/* With paths given, only what lies below them is spoken of. */
static bool concerns(const tally *t, apd_str file)
{
    for (size_t i = 0; i < t->npaths; i++) {
        apd_str p = apd_str_of(t->paths[i]);
        if (apd_starts(file, p))
            return true;
    }
    return t->npaths == 0;
}

static int check(const apd_knowledge *k, apd_status loaded)
{
    size_t errors = 0;
    for (size_t i = 0; i < k->nnotes; i++)
        errors += k->notes[i].error;
    apd_knowledge_print(k, stderr, true);
    if (loaded == APD_OK)
        printf("%zu rules, no errors, %zu warnings\n", apd_rules_count(k->rules), k->nnotes);
    else
        printf("%zu errors, %zu warnings\n", errors, k->nnotes - errors);
    return loaded == APD_OK ? APD_EXIT_CLEAN : APD_EXIT_USAGE;
}

static bool print_test(void *ctx, const apd_test_result *r)
{
    tally *t = ctx;
    if (!concerns(t, r->file))
        return true;
    if (r->ok)
        t->passed++;
    else
        t->failed++;
    printf("%s %.*s: %.*s\n", r->ok ? "ok  " : "FAIL", APD_FMT(r->rule), APD_FMT(r->name));
    if (!r->ok) {
        printf("     %.*s:%u: ", APD_FMT(r->file), r->line);
        apd_print_line(stdout, r->detail);
    }
    return true;
}

static int test(const apd_knowledge *k, tally *t)
{
    apd_raw_parser raw = apd_run_raw_parser(k->names);
    apd_error err = {0};
    if (apd_rules_test(k->rules, k->names, &raw, print_test, t, &err) != APD_OK) {
        apd_complain("%s", err.text);
        return APD_EXIT_USAGE;
    }
    printf("%zu passed, %zu failed\n", t->passed, t->failed);
    return t->failed ? APD_EXIT_USAGE : APD_EXIT_CLEAN;
}

static int list(const apd_knowledge *k, const tally *t)
{
    for (size_t i = 0; i < apd_rules_count(k->rules); i++) {
        apd_rule_info r = apd_rules_info(k->rules, i);
        if (concerns(t, r.file))
            printf("%-40.*s %-8s %-9s %-19.*s %.*s\n", APD_FMT(r.id), apd_severity_name(r.severity),
                   apd_strength_name(r.strength), APD_FMT(r.phase), APD_FMT(r.title));
    }
    return APD_EXIT_CLEAN;
}

int apd_cmd_rules(int argc, char **argv)
{
    static const apd_option none[] = {{NULL, NULL, NULL, NULL, NULL, NULL, NULL}};
    int n = apd_options_parse("rules", none, argc, argv);
    if (n < 0)
        return APD_EXIT_USAGE;
    const char *what = n > 0 ? argv[0] : "";
    bool known =
        strcmp(what, "check") == 0 || strcmp(what, "test") == 0 || strcmp(what, "list") == 0;
    if (!known) {
        apd_complain("rules needs check, test or list; see apdiag help rules");
        return APD_EXIT_USAGE;
    }
    tally t = {.paths = (const char *const *)argv + 1, .npaths = (size_t)n - 1};
    apd_knowledge k;
    apd_error err = {0};
    apd_status loaded = apd_knowledge_load_tests(&k, t.paths, t.npaths, &err);
    int code = APD_EXIT_USAGE;
    if (loaded != APD_OK && err.text[0])
        apd_complain("%s", err.text);
    else if (strcmp(what, "check") == 0)
        code = check(&k, loaded);
    else if (loaded != APD_OK)
        apd_knowledge_print(&k, stderr, false);
    else
        code = strcmp(what, "test") == 0 ? test(&k, &t) : list(&k, &t);
    apd_knowledge_free(&k);
    return code;
}
