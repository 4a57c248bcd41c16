/* apdiag device BUNDLE...: what the device is and how it was set up, with sources and contradictions. */
#include "bundles.h"
#include "commands.h"
#include "term.h"

typedef struct settings {
    apd_bundles bundles;
    bool verbose;
} settings;

enum { OWN = 2 };

static void option_table(settings *s, apd_option table[OWN + APD_BUNDLE_OPTIONS])
{
    const apd_option rows[OWN] = {
        {"--verbose", NULL, "where each property comes from", NULL, &s->verbose, NULL, NULL},
        APD_BUNDLES_REDACT(&s->bundles),
    };
    memcpy(table, rows, sizeof rows);
    apd_bundles_options(&s->bundles, "term|json", table + OWN);
}

void apd_cmd_device_help(void)
{
    settings s = {0};
    apd_option table[OWN + APD_BUNDLE_OPTIONS];
    option_table(&s, table);
    puts("  apdiag device [OPTIONS] BUNDLE...\n");
    apd_options_help(stdout, table);
    puts("\nA property that two sources tell differently is shown with both.");
}

static bool print(void *ctx, const apd_report *r)
{
    const settings *s = ctx;
    if (strcmp(s->bundles.format, "json") == 0)
        return apd_device_json(stdout, r);
    apd_style style = apd_term_style(stdout, s->bundles.colour);
    style.verbose = s->verbose;
    return apd_device_term(stdout, r, &style);
}

static int show(void *ctx, const apd_knowledge *k, const char *path)
{
    settings *s = ctx;
    return apd_bundles_print(&s->bundles, k, path, print, s);
}

int apd_cmd_device(int argc, char **argv)
{
    settings s = {.bundles = APD_BUNDLES_DEFAULT};
    apd_option table[OWN + APD_BUNDLE_OPTIONS];
    option_table(&s, table);
    return apd_bundles_go(&s.bundles, "device", table, argc, argv, show, &s);
}
