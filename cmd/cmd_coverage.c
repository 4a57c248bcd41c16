/* apdiag coverage BUNDLE...: what is there, empty, failed or not asked for, and what that limits. */
#include "bundles.h"
#include "commands.h"
#include "term.h"

void apd_cmd_coverage_help(void)
{
    apd_bundles b = {0};
    apd_option table[APD_BUNDLE_OPTIONS];
    apd_bundles_options(&b, "term|json", table);
    puts("  apdiag coverage [OPTIONS] BUNDLE...\n");
    apd_options_help(stdout, table);
    puts("\nStates: present; empty; not read (there, but of no known format, or damaged); failed "
         "(the\n"
         "collector did not get it, with its reason); not asked for (with what would bring it); "
         "unknown.");
}

static bool print(void *ctx, const apd_report *r)
{
    const apd_bundles *b = ctx;
    if (strcmp(b->format, "json") == 0)
        return apd_coverage_json(stdout, r);
    apd_style style = apd_term_style(stdout, b->colour);
    return apd_coverage_term(stdout, r, &style);
}

static int cover(void *ctx, const apd_knowledge *k, const char *path)
{
    return apd_bundles_print(ctx, k, path, print, ctx);
}

int apd_cmd_coverage(int argc, char **argv)
{
    apd_bundles b = APD_BUNDLES_DEFAULT;
    apd_option table[APD_BUNDLE_OPTIONS];
    apd_bundles_options(&b, "term|json", table);
    return apd_bundles_go(&b, "coverage", table, argc, argv, cover, &b);
}
