/* Short names of logs. A row of an alias holds if every list it gives has the event's name. */
#include "ruleset.h"

size_t apd_alias_find(const apd_rules *r, apd_str name)
{
    for (size_t i = 0; i < r->naliases; i++)
        if (apd_eq(r->aliases[i].name, name))
            return i;
    return SIZE_MAX;
}

/* An empty list asks for nothing. */
static bool in_list(const apd_sym *syms, size_t n, apd_sym s)
{
    for (size_t i = 0; i < n; i++)
        if (syms[i] == s)
            return true;
    return n == 0;
}

bool apd_alias_holds(const apd_rules *r, const apd_intern *names, size_t alias, apd_sym provider,
                     apd_sym log)
{
    const apd_alias *a = &r->aliases[alias];
    provider = apd_sym_fold(names, provider);
    log = apd_sym_fold(names, log);
    for (size_t i = 0; i < a->nrows; i++) {
        const apd_alias_row *row = &a->rows[i];
        if (in_list(row->providers, row->nproviders, provider) &&
            in_list(row->channels, row->nchannels, log) && in_list(row->files, row->nfiles, log))
            return true;
    }
    return false;
}

bool apd_alias_is_trace(const apd_rules *r, const apd_intern *names, size_t alias)
{
    const apd_alias *a = &r->aliases[alias];
    for (size_t i = 0; i < a->nrows; i++)
        if (a->rows[i].nchannels != 1 ||
            !apd_eq(apd_sym_text(names, a->rows[i].channels[0]), APD_LIT("etl")))
            return false;
    return a->nrows > 0;
}

apd_str apd_rules_log_name(const apd_rules *r, const apd_intern *names, const apd_event *ev)
{
    for (size_t i = 0; ev->kind == APD_EVENT && i < r->naliases; i++)
        if (apd_alias_holds(r, names, i, ev->provider, ev->log))
            return r->aliases[i].name;
    return apd_sym_text(names, ev->log);
}
