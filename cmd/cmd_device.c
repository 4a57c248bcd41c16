/* apdiag device BUNDLE...: what the device is and how it was set up, with sources and contradictions. */
#include "commands.h"
#include "options.h"
#include "run.h"
#include "term.h"

typedef struct settings {
    const char *format, *colour;
    bool verbose, redact;
    apd_rule_paths rules;
} settings;

enum { NOPTIONS = 6 };

static void option_table(settings *s, apd_option table[NOPTIONS])
{
    const apd_option rows[NOPTIONS] = {
        {"--format", "term|json", "how it is written (term)", &s->format, NULL, NULL, NULL},
        {"--verbose", NULL, "where each property comes from", NULL, &s->verbose, NULL, NULL},
        {"--redact", NULL, "pseudonyms for users, names, serial number and tenant", NULL,
         &s->redact, NULL, NULL},
        {"--rules", "PATH", "rules and trackers that add to the built-in ones; may be repeated",
         NULL, NULL, apd_rule_paths_add, &s->rules},
        {"--color", "auto|always|never", "colours (auto: on a terminal, unless NO_COLOR is set)",
         &s->colour, NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    };
    memcpy(table, rows, sizeof rows);
}

void apd_cmd_device_help(void)
{
    settings s = {0};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    puts("  apdiag device [OPTIONS] BUNDLE...\n");
    apd_options_help(stdout, table);
    puts("\nA property that two sources tell differently is shown with both.");
}

static bool print(const apd_report *r, const settings *s)
{
    if (strcmp(s->format, "json") == 0)
        return apd_device_json(stdout, r);
    apd_style style = apd_term_style(stdout, s->colour);
    style.verbose = s->verbose;
    return apd_device_term(stdout, r, &style);
}

static int show(const apd_knowledge *k, const char *path, const settings *s)
{
    apd_run *run;
    apd_error err = {0};
    if (apd_run_bundle(k, NULL, path, &run, &err) != APD_OK) {
        apd_complain("%s", err.text);
        return APD_EXIT_UNREADABLE;
    }
    apd_report r = *apd_run_report(run);
    r.mask = s->redact ? apd_mask_of(&r) : NULL;
    bool written = (r.mask || !s->redact) && print(&r, s);
    apd_mask_free(r.mask);
    apd_run_free(run);
    if (!written)
        apd_complain("the output could not be written");
    return written ? APD_EXIT_CLEAN : APD_EXIT_UNREADABLE;
}

int apd_cmd_device(int argc, char **argv)
{
    settings s = {.format = "term", .colour = "auto"};
    apd_option table[NOPTIONS];
    option_table(&s, table);
    int n = apd_options_parse("device", table, argc, argv);
    if (n < 0)
        return APD_EXIT_USAGE;
    if (n == 0) {
        apd_complain("device: no bundle given; name a CAB, ZIP, folder or log");
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
        int code = show(&k, argv[i], &s);
        worst = code > worst ? code : worst;
        if (i + 1 < n && strcmp(s.format, "term") == 0)
            putchar('\n');
    }
    apd_knowledge_free(&k);
    return worst;
}
