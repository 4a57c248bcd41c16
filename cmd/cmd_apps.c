/* apdiag apps BUNDLE...: what became of each app, script and policy, and why nothing happened for a while. */
#include "bundles.h"
#include "commands.h"
#include "term.h"

typedef struct settings {
    apd_bundles bundles;
    const char *app;
    bool all, verbose;
    bool later; /* not the first bundle */
} settings;

enum { OWN = 4 };

static void option_table(settings *s, apd_option table[OWN + APD_BUNDLE_OPTIONS])
{
    const apd_option rows[OWN] = {
        {"--app", "APP", "everything about one app, by its id or a part of its name", &s->app, NULL,
         NULL, NULL},
        {"--all", NULL, "policies too, although they did not fail", NULL, &s->all, NULL, NULL},
        {"--verbose", NULL,
         "how many lines of the agent's logs were understood, and which phrases were never seen",
         NULL, &s->verbose, NULL, NULL},
        APD_BUNDLES_REDACT(&s->bundles),
    };
    memcpy(table, rows, sizeof rows);
    apd_bundles_options(&s->bundles, "term|json|csv", table + OWN);
}

void apd_cmd_apps_help(void)
{
    settings s = {0};
    apd_option table[OWN + APD_BUNDLE_OPTIONS];
    option_table(&s, table);
    puts("  apdiag apps [OPTIONS] BUNDLE...\n");
    apd_options_help(stdout, table);
    puts("\nWhat failed comes first, and of that what the Enrollment Status Page waits for. "
         "\"tries\" counts starts of\n"
         "the installer. Then why nothing happened: what had to wait, until when.");
}

static bool print(void *ctx, const apd_report *r)
{
    settings *s = ctx;
    const char *format = s->bundles.format;
    apd_apps_view view = {.all = s->all, .app = apd_str_of(s->app ? s->app : "")};
    apd_apps_view wanted = {.app = view.app};
    if (s->app && apd_apps_count(r, &wanted) == 0)
        apd_complain("%.*s: no app, script or policy is called '%s'", APD_FMT(r->bundle), s->app);
    if (strcmp(format, "json") == 0)
        return apd_apps_json(stdout, r, &view);
    if (strcmp(format, "csv") == 0)
        return apd_apps_csv(stdout, r, &view, !s->later);
    apd_style style = apd_term_style(stdout, s->bundles.colour);
    style.verbose = s->verbose;
    return apd_apps_term(stdout, r, &style, &view);
}

static int show(void *ctx, const apd_knowledge *k, const char *path)
{
    settings *s = ctx;
    int code = apd_bundles_print(&s->bundles, k, path, print, s);
    s->later = true;
    return code;
}

int apd_cmd_apps(int argc, char **argv)
{
    settings s = {.bundles = APD_BUNDLES_DEFAULT};
    apd_option table[OWN + APD_BUNDLE_OPTIONS];
    option_table(&s, table);
    return apd_bundles_go(&s.bundles, "apps", table, argc, argv, show, &s);
}
