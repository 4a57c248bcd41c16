#include "bundles.h"

#include "commands.h"
#include "term.h"

void apd_bundles_options(apd_bundles *b, const char *formats, apd_option rows[APD_BUNDLE_OPTIONS])
{
    const apd_option all[APD_BUNDLE_OPTIONS] = {
        {"--format", formats, "how the result is written (term)", &b->format, NULL, NULL, NULL},
        {"--rules", "PATH", "rules that add to or replace the built-in ones; may be repeated", NULL,
         NULL, apd_rule_paths_add, &b->rules},
        {"--color", "auto|always|never", "colours (auto: on a terminal, unless NO_COLOR is set)",
         &b->colour, NULL, NULL, NULL},
        {"--utc-offset", "OFFSET", "of all local times (+01:00), instead of what the logs tell",
         &b->offset, NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    };
    memcpy(rows, all, sizeof all);
}

/* Everything but the bundles themselves. APD_EXIT_CLEAN: go on. */
static int check_usage(apd_bundles *b, const char *command, int operands)
{
    if (operands < 0)
        return APD_EXIT_USAGE;
    if (b->offset && !apd_run_offset(b->offset, &b->run)) {
        apd_complain("--utc-offset is an offset from UTC such as +01:00 or -08:00, not '%s'",
                     b->offset);
        return APD_EXIT_USAGE;
    }
    if (operands == 0) {
        apd_complain("%s: no bundle given; name a CAB, ZIP, folder or log", command);
        return APD_EXIT_USAGE;
    }
    return APD_EXIT_CLEAN;
}

int apd_bundles_go(apd_bundles *b, const char *command, const apd_option *table, int argc,
                   char **argv, int (*each)(void *ctx, const apd_knowledge *k, const char *path),
                   void *ctx)
{
    int n = apd_options_parse(command, table, argc, argv);
    int worst = check_usage(b, command, n);
    if (worst == APD_EXIT_CLEAN && b->check && !b->check(ctx))
        worst = APD_EXIT_USAGE;
    if (worst != APD_EXIT_CLEAN)
        return worst;
    apd_knowledge k;
    apd_error err = {0};
    if ((b->only_names ? apd_knowledge_load_names : apd_knowledge_load)(&k, b->rules.at, b->rules.n,
                                                                        &err) != APD_OK) {
        apd_knowledge_print(&k, stderr, false);
        if (err.text[0])
            apd_complain("%s", err.text);
        worst = APD_EXIT_USAGE;
    }
    for (int i = 0; i < n && worst != APD_EXIT_USAGE; i++) {
        int code = each(ctx, &k, argv[i]);
        worst = code > worst ? code : worst;
        if (i + 1 < n && strcmp(b->format, "term") == 0)
            putchar('\n');
    }
    apd_knowledge_free(&k);
    return worst;
}

int apd_bundles_written(bool written)
{
    if (!written)
        apd_complain("the output could not be written");
    return written ? APD_EXIT_CLEAN : APD_EXIT_UNREADABLE;
}

int apd_bundles_report(const apd_bundles *b, const apd_run *run,
                       bool (*print)(void *ctx, const apd_report *r), void *ctx)
{
    apd_report r = *apd_run_report(run);
    r.mask = b->redact ? apd_mask_of(&r) : NULL;
    bool written = (r.mask || !b->redact) && print(ctx, &r);
    apd_mask_free(r.mask);
    return apd_bundles_written(written);
}

int apd_bundles_print(const apd_bundles *b, const apd_knowledge *k, const char *path,
                      bool (*print)(void *ctx, const apd_report *r), void *ctx)
{
    apd_run *run;
    apd_error err = {0};
    if (apd_run_bundle(k, &b->run, path, &run, &err) != APD_OK) {
        apd_complain("%s", err.text);
        return APD_EXIT_UNREADABLE;
    }
    int code = apd_bundles_report(b, run, print, ctx);
    apd_run_free(run);
    return code;
}
