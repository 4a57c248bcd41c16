/* What the commands over bundles share: their options, the knowledge they work with, the loop over the operands
 * and its exit code. */
#ifndef APD_BUNDLES_H
#define APD_BUNDLES_H

#include "options.h"
#include "run.h"

typedef struct apd_bundles {
    const char *format, *colour; /* --format, --color */
    const char *offset;          /* --utc-offset as written, or NULL */
    apd_rule_paths rules;
    bool only_names; /* the rules themselves are not needed */
    bool redact;     /* --redact: the report has pseudonyms for what is personal */
    /* Looks at the command's own options once they are parsed, with the ctx of apd_bundles_go(); false after a
     * complaint. NULL: there is nothing to look at. */
    bool (*check)(void *ctx);
    apd_run_options run; /* made of the options, for `each` */
} apd_bundles;

#define APD_BUNDLES_DEFAULT                                                                        \
    {                                                                                              \
        .format = "term", .colour = "auto"                                                         \
    }

/* The rows of the shared options and the one that ends a table. */
enum { APD_BUNDLE_OPTIONS = 5 };
/* Writes them to `rows`. formats: the words --format takes. */
void apd_bundles_options(apd_bundles *b, const char *formats, apd_option rows[APD_BUNDLE_OPTIONS]);

/* Parses the arguments and calls `each` for every operand; its results are exit codes, the worst is returned.
 * On a terminal a blank line stands between two bundles. */
int apd_bundles_go(apd_bundles *b, const char *command, const apd_option *table, int argc,
                   char **argv, int (*each)(void *ctx, const apd_knowledge *k, const char *path),
                   void *ctx);

/* The row of --redact, for commands that print reports. */
#define APD_BUNDLES_REDACT(b)                                                                      \
    {                                                                                              \
        "--redact", NULL, "pseudonyms for users, names, serial number and tenant", NULL,           \
            &(b)->redact, NULL, NULL                                                               \
    }

/* Has the report of a run printed: `print` says whether the output took it. */
int apd_bundles_report(const apd_bundles *b, const apd_run *run,
                       bool (*print)(void *ctx, const apd_report *r), void *ctx);
/* Reads the bundle and has the report printed: `print` says whether the output took it. */
int apd_bundles_print(const apd_bundles *b, const apd_knowledge *k, const char *path,
                      bool (*print)(void *ctx, const apd_report *r), void *ctx);
/* The exit code of a command that only prints; complains if the output did not take it. */
int apd_bundles_written(bool written);

#endif
