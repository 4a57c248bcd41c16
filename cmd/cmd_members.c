/* apdiag members BUNDLE...: every file that a bundle holds, archives inside archives opened. */
#include "bundles.h"
#include "commands.h"
#include "term.h"

typedef struct settings {
    apd_bundles bundles;
    bool later; /* not the first bundle */
} settings;

void apd_cmd_members_help(void)
{
    apd_bundles b = {0};
    apd_option table[APD_BUNDLE_OPTIONS];
    apd_bundles_options(&b, "term|json|csv", table);
    puts("  apdiag members [OPTIONS] BUNDLE...\n");
    apd_options_help(stdout, table);
    puts("\nKinds: a format of `apdiag formats`; archive; opaque (of no known format); not read "
         "(damaged, or\n"
         "behind a limit); empty.");
}

static bool print(const apd_report *r, const settings *s)
{
    const char *format = s->bundles.format;
    if (strcmp(format, "json") == 0)
        return apd_members_json(stdout, r);
    if (strcmp(format, "csv") == 0)
        return apd_members_csv(stdout, r, !s->later);
    apd_style style = apd_term_style(stdout, s->bundles.colour);
    return apd_members_term(stdout, r, &style);
}

static int list(void *ctx, const apd_knowledge *k, const char *path)
{
    settings *s = ctx;
    apd_run *run;
    apd_error err = {0};
    if (apd_run_members(k, path, &run, &err) != APD_OK) {
        apd_complain("%s", err.text);
        return APD_EXIT_UNREADABLE;
    }
    bool written = print(apd_run_report(run), s);
    apd_run_free(run);
    s->later = true;
    return apd_bundles_written(written);
}

int apd_cmd_members(int argc, char **argv)
{
    settings s = {.bundles = APD_BUNDLES_DEFAULT};
    apd_option table[APD_BUNDLE_OPTIONS];
    s.bundles.only_names = true;
    apd_bundles_options(&s.bundles, "term|json|csv", table);
    return apd_bundles_go(&s.bundles, "members", table, argc, argv, list, &s);
}
