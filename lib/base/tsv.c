#include "tsv.h"

static bool next_line(apd_tsv *t)
{
    while (!t->rest.len && t->files < t->n) {
        t->rest = t->texts[t->files++];
        t->line = 0;
    }
    if (!t->rest.len)
        return false;
    t->row = apd_cut(&t->rest, '\n');
    t->line++;
    return true;
}

bool apd_tsv_next(apd_tsv *t)
{
    while (next_line(t))
        if (apd_trim(t->row).len && t->row.ptr[0] != '#')
            return true;
    return false;
}

apd_status apd_tsv_fail(const apd_tsv *t, apd_error *err, const char *what)
{
    return apd_fail(err, APD_E_RULE, APD_NOWHERE, "%.*s:%u: %s", APD_FMT(t->names[t->files - 1]),
                    t->line, what);
}
