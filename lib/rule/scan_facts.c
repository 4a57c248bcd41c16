/* Which named facts the bundle would show if they were there.
 *
 * A dump or export of the registry goes down from a key to all that lies below, so a file that shows
 * the head of a pattern, or a key above it, shows whatever fits the pattern. A file of which something is lost shows
 * nothing for certain, apart from what it does show. */
#include "scan.h"

typedef struct apd_fact_seen { /* per place a fact is read from */
    uint32_t member;           /* the file that covered it last */
    bool now, before;          /* by that file; by one before it */
    bool torn;                 /* that file has losses */
} apd_fact_seen;

bool apd_facts_note(apd_scan *s, const apd_event *ev)
{
    const apd_rules *r = s->rules;
    if (ev->kind != APD_FACT || r->nfact_keys == 0)
        return true;
    if (!s->fact_seen && !(s->fact_seen = APD_NEWS(s->keep, apd_fact_seen, r->nfact_keys)))
        return false;
    apd_sym log = apd_sym_fold(s->names, ev->log);
    for (size_t i = 0; i < r->nfact_keys; i++) {
        const apd_fact_key *k = &r->fact_keys[i];
        apd_fact_seen *seen = &s->fact_seen[i];
        if (k->log != log || (!k->any && !apd_regkey_is_root(&k->key, ev->message)))
            continue;
        if (seen->member != ev->where.member)
            *seen = (apd_fact_seen){.member = ev->where.member, .before = seen->now | seen->before};
        seen->now = !seen->torn;
    }
    return true;
}

void apd_facts_torn(apd_scan *s, uint32_t member)
{
    for (size_t i = 0; s->fact_seen && i < s->rules->nfact_keys; i++) {
        apd_fact_seen *seen = &s->fact_seen[i];
        if (seen->member != member)
            continue;
        seen->now = false;
        seen->torn = true;
    }
}

static bool was_read(const apd_scan *s, apd_sym folded)
{
    for (size_t i = 0; i < apd_coverage_count(s->coverage); i++) {
        const apd_log_cover *row = apd_coverage_at(s->coverage, i);
        if (row->kind == APD_FACT && apd_sym_fold(s->names, row->log) == folded)
            return true;
    }
    return false;
}

bool apd_fact_present(const apd_scan *s, apd_sym folded)
{
    const apd_fact *f = apd_fact_find(s->rules, folded);
    if (was_read(s, folded))
        return !apd_fact_is_source(s->rules, folded);
    if (!f || !s->fact_seen)
        return false;
    for (uint32_t i = f->first; i < f->first + f->count; i++)
        if (!s->fact_seen[i].now && !s->fact_seen[i].before)
            return false;
    return true;
}
