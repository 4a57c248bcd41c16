/* Names of facts. A reader names what it reads ("registry"); names.yml gives names to parts of that. */
#include "ruleset.h"

const apd_fact *apd_fact_find(const apd_rules *r, apd_sym folded)
{
    for (size_t i = 0; i < r->nfacts; i++)
        if (r->facts[i].sym == folded)
            return &r->facts[i];
    return NULL;
}

bool apd_fact_holds(const apd_rules *r, const apd_fact *f, apd_sym log, apd_str message)
{
    for (uint32_t i = f->first; i < f->first + f->count; i++) {
        const apd_fact_key *k = &r->fact_keys[i];
        if (k->log == log && (k->any || apd_regkey_matches(&k->key, message)))
            return true;
    }
    return false;
}

bool apd_fact_is(const apd_rules *r, const apd_intern *names, apd_sym folded, const apd_event *ev)
{
    apd_sym log = apd_sym_fold(names, ev->log);
    const apd_fact *f = ev->kind == APD_FACT ? apd_fact_find(r, folded) : NULL;
    return ev->kind == APD_FACT && (log == folded || (f && apd_fact_holds(r, f, log, ev->message)));
}

bool apd_fact_is_source(const apd_rules *r, apd_sym log)
{
    for (size_t i = 0; i < r->nfact_keys; i++)
        if (r->fact_keys[i].log == log && !r->fact_keys[i].any)
            return true;
    return false;
}
