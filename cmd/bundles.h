/* What commands over bundles share: the rules are loaded once, then one bundle after the other is looked at. */
#ifndef APD_BUNDLES_H
#define APD_BUNDLES_H

#include "rulefiles.h"

typedef struct apd_bundles {
    const char *command;
    const apd_rule_paths *rules;
    /* apd_knowledge_load or apd_knowledge_load_names */
    apd_status (*load)(apd_knowledge *k, const char *const *paths, size_t n, apd_error *err);
    /* One bundle; an exit code. */
    int (*one)(void *ctx, const apd_knowledge *k, const char *path, bool first);
    void *ctx;
    bool blank_between; /* a line between two bundles */
} apd_bundles;

/* The worst exit code of all bundles; APD_EXIT_USAGE if there are none or the rules have mistakes, after saying so
 * on stderr. */
int apd_bundles_each(const apd_bundles *b, char **paths, int n);

#endif
