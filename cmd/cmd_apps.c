/* apdiag apps BUNDLE...: what became of each app, script and policy, and why nothing happened for a while. */
#include "commands.h"
#include "options.h"
#include "run.h"
#include "term.h"

typedef struct settings {
    const char *format, *colour, *app, *offset;
    bool all, verbose, redact;
    apd_rule_paths rules;
    apd_run_options run;
} settings;

enum { NOPTIONS = 9 };

static void option_table(settings *s, apd_option table[NOPTIONS])
{
    const apd_option rows[NOPTIONS] = {
        {"--format", "term|json|csv", "how the table is written (term)", &s->format, NULL, NULL,
         NULL},
        {"--app", "APP", "everything about one app, by its id or a part of its name", &s->app,
         NULL, NULL, NULL},
        {"--all", NULL, "policies too, although they did not fail", NULL, &s->all, NULL, NULL},
        {"--verbose", NULL,
         "how many lines of the agent's logs were understood, and which phrases were never seen",
         NULL, &s->verbose, NULL, NULL},
        {"--redact", NULL, "pseudonyms for users, names, serial number and tenant", NULL,
         &s->redact, NULL, NULL},
        {"--utc-offset", "OFFSET", "of all local times (+01:00), instead of what the logs tell",
         &s->offset, NULL, NULL, NULL},
        {"--rules", "PATH", "rules and trackers that add to the built-in ones; may be repeated",
         NULL, NULL, apd_rule_paths_add, &s->rules},
        {"--color", "auto|always|never", "colours (auto: on a terminal, unless NO_COLOR is set)",
         &s->colour, NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    };
    memcpy(table, rows, sizeof rows);
}

void apd_cmd_apps_help(void)
{
    settings s = {0};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    puts("  apdiag apps [OPTIONS] BUNDLE...\n");
    apd_options_help(stdout, table);
    puts("\nWhat failed comes first, and of that what the Enrollment Status Page waits for. "
         "\"tries\" counts starts of\n"
         "the installer. Then why nothing happened: what had to wait, until when.");
}

static bool print(const apd_report *r, const settings *s, bool first)
{
    apd_apps_view view = {.all = s->all, .app = apd_str_of(s->app ? s->app : "")};
    if (strcmp(s->format, "json") == 0)
        return apd_apps_json(stdout, r, &view);
    if (strcmp(s->format, "csv") == 0)
        return apd_apps_csv(stdout, r, &view, first);
    apd_style style = apd_term_style(stdout, s->colour);
    style.verbose = s->verbose;
    return apd_apps_term(stdout, r, &style, &view);
}

static int show(const apd_knowledge *k, const char *path, const settings *s, bool first)
{
    apd_run *run;
    apd_error err = {0};
    if (apd_run_bundle(k, &s->run, path, &run, &err) != APD_OK) {
        apd_complain("%s", err.text);
        return APD_EXIT_UNREADABLE;
    }
    apd_report r = *apd_run_report(run);
    r.mask = s->redact ? apd_mask_of(&r) : NULL;
    apd_apps_view wanted = {.app = apd_str_of(s->app ? s->app : "")};
    if (s->app && apd_apps_count(&r, &wanted) == 0)
        apd_complain("%s: no app, script or policy is called '%s'", path, s->app);
    bool written = (r.mask || !s->redact) && print(&r, s, first);
    apd_mask_free(r.mask);
    apd_run_free(run);
    if (!written)
        apd_complain("the output could not be written");
    return written ? APD_EXIT_CLEAN : APD_EXIT_UNREADABLE;
}

int apd_cmd_apps(int argc, char **argv)
{
    settings s = {.format = "term", .colour = "auto"};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    int n = apd_options_parse("apps", table, argc, argv);
    if (n < 0)
        return APD_EXIT_USAGE;
    if (n == 0) {
        apd_complain("apps: no bundle given; name a CAB, ZIP, folder or log");
        return APD_EXIT_USAGE;
    }
    if (s.offset && !apd_run_offset(s.offset, &s.run)) {
        apd_complain(
            "apps: --utc-offset wants a distance to UTC such as +01:00 or -07:30, not '%s'",
            s.offset);
        return APD_EXIT_USAGE;
    }
    apd_knowledge k;
    apd_error err = {0};
    int worst = APD_EXIT_CLEAN;
    if (apd_knowledge_load(&k, s.rules.at, s.rules.n, &err) != APD_OK) {
        apd_knowledge_print(&k, stderr, false);
        if (err.text[0])
            apd_complain("%s", err.text);
        worst = APD_EXIT_USAGE;
    }
    for (int i = 0; i < n && worst != APD_EXIT_USAGE; i++) {
        int code = show(&k, argv[i], &s, i == 0);
        worst = code > worst ? code : worst;
        if (i + 1 < n && strcmp(s.format, "term") == 0)
            putchar('\n');
    }
    apd_knowledge_free(&k);
    return worst;
}
