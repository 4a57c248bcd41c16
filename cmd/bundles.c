#include "bundles.h"

#include "commands.h"
#include "term.h"

static int each(const apd_bundles *b, const apd_knowledge *k, char **paths, int n)
{
    int worst = APD_EXIT_CLEAN;
    for (int i = 0; i < n; i++) {
        int code = b->one(b->ctx, k, paths[i], i == 0);
        worst = code > worst ? code : worst;
        if (i + 1 < n && b->blank_between)
            putchar('\n');
    }
    return worst;
}

int apd_bundles_each(const apd_bundles *b, char **paths, int n)
{
    if (n == 0) {
        apd_complain("%s: no bundle given; name a CAB, ZIP, folder or log", b->command);
        return APD_EXIT_USAGE;
    }
    apd_knowledge k;
    apd_error err = {0};
    int code = APD_EXIT_USAGE;
    if (b->load(&k, b->rules->at, b->rules->n, &err) == APD_OK) {
        code = each(b, &k, paths, n);
    } else {
        apd_knowledge_print(&k, stderr, false);
        if (err.text[0])
            apd_complain("%s", err.text);
    }
    apd_knowledge_free(&k);
    return code;
}
