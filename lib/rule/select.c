/* From an event to the selections that hold for it.
 *
 * What can hold depends first on where the event comes from. For every (provider, log) pair that
 * is met, the aliases it belongs to are worked out once, and with them a plan: which alternatives
 * are found by EventID, which by a literal in the message, which have to be looked at for every
 * record. Pairs of equal aliases share a plan, so there are only as many as the rules can tell
 * apart. An event whose plan is empty costs one probe of a hash table. */
#include "select.h"

#include <stdlib.h>

#include "cond.h"
#include "hash.h"
#include "select_matcher.h"

typedef struct plan {
    struct plan *next;
    const uint64_t *aliases; /* which it is for */
    bool idle;               /* nothing to find here */
    bool literals;           /* some choice needs literals: the message is scanned */
    const uint64_t *always;  /* choices to look at for every record; NULL: none */
    const uint64_t *message; /* choices that need a literal in the message, where there is one */
    apd_leads ids;           /* by EventID */
    uint64_t told;           /* its records that were told (apd_selector_told) */
} plan;

typedef struct origin {
    apd_sym provider, log;
    plan *plan; /* NULL = free */
} origin;

struct apd_selector {
    const apd_rules *rules;
    const struct apd_matcher *matcher;
    apd_intern *names;
    apd_arena *arena;
    apd_probe *probe;
    plan *plans;
    origin *origins; /* APD_MAX_ORIGINS slots, emptied when three quarters full */
    size_t norigins;
    plan *now;        /* of the event at hand; NULL: it is a fact */
    uint64_t *wanted; /* its candidates; empty again when it is verified */
    uint64_t *seen;   /* choices whose literals are in its message; twice the words of a set */
    bool seen_dirty;
    bool scanned; /* `seen` is of the event at hand */
    apd_match *matches;
};

static bool has_bit(const uint64_t *set, size_t i)
{
    return set[i >> 6] >> (i & 63) & 1;
}

static void set_bit(uint64_t *set, size_t i)
{
    set[i >> 6] |= UINT64_C(1) << (i & 63);
}

apd_selector *apd_selector_new(const apd_rules *r, apd_intern *names)
{
    apd_selector *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->rules = r;
    s->matcher = r->matcher;
    s->names = names;
    s->arena = apd_arena_new(0);
    s->probe = apd_probe_new(r, names);
    if (s->arena) {
        s->origins = APD_NEWS(s->arena, origin, APD_MAX_ORIGINS);
        s->wanted = APD_NEWS(s->arena, uint64_t, s->matcher->words);
        s->seen = APD_NEWS(s->arena, uint64_t, 2 * s->matcher->words);
        s->matches = APD_NEWS(s->arena, apd_match, r->nselections);
    }
    if (!s->probe || !s->origins || !s->wanted || !s->seen || !s->matches) {
        apd_selector_free(s);
        return NULL;
    }
    return s;
}

void apd_selector_free(apd_selector *s)
{
    if (!s)
        return;
    apd_probe_free(s->probe);
    apd_arena_free(s->arena);
    free(s);
}

uint64_t apd_selector_given_up(const apd_selector *s)
{
    return apd_re_given_up(apd_probe_re(s->probe));
}

void apd_selector_told(apd_selector *s)
{
    if (s->now)
        s->now->told++;
}

uint64_t apd_selector_told_of(const apd_selector *s, size_t alias)
{
    uint64_t n = 0;
    for (const plan *p = s->plans; p; p = p->next)
        n += has_bit(p->aliases, alias) ? p->told : 0;
    return n;
}

/* --- plans --- */

static bool reads(const apd_choice *c, const uint64_t *aliases)
{
    for (size_t i = 0; i < c->alt->naliases; i++)
        if (has_bit(aliases, c->alt->aliases[i]))
            return true;
    return c->alt->naliases == 0;
}

static bool add_ids(apd_selector *s, plan *p, const apd_cond *ids, uint32_t choice)
{
    for (size_t i = 0; i < ids->nvalues; i++) {
        const apd_value *v = &ids->values[i];
        if (v->number <= UINT32_MAX && !v->negative &&
            !apd_leads_add(s->arena, &p->ids, (uint32_t)v->number, choice))
            return false;
    }
    return true;
}

static bool fill_plan(apd_selector *s, plan *p)
{
    const struct apd_matcher *m = s->matcher;
    uint64_t *always = APD_NEWS(s->arena, uint64_t, m->words);
    uint64_t *message = APD_NEWS(s->arena, uint64_t, m->words);
    if (!always || !message)
        return false;
    bool any = false;
    p->idle = true;
    for (size_t i = 0; i < m->n; i++) {
        const apd_choice *c = &m->choices[i];
        if (c->by == APD_BY_FACT || !reads(c, p->aliases))
            continue;
        p->idle = false;
        p->literals |= c->by == APD_BY_MESSAGE || c->any != APD_NONE;
        if (c->by == APD_BY_ID && !add_ids(s, p, c->ids, (uint32_t)i))
            return false;
        if (c->by == APD_BY_MESSAGE)
            set_bit(message, i);
        if (c->by == APD_BY_LOOKING) {
            set_bit(always, i);
            any = true;
        }
    }
    apd_leads_sort(&p->ids);
    p->always = any ? always : NULL;
    p->message = message;
    return true;
}

static plan *plan_for(apd_selector *s, const uint64_t *aliases, size_t words)
{
    for (plan *p = s->plans; p; p = p->next)
        if (memcmp(p->aliases, aliases, words * sizeof *aliases) == 0)
            return p;
    plan *p = APD_NEW(s->arena, plan);
    if (!p)
        return NULL;
    p->aliases = aliases;
    if (!fill_plan(s, p))
        return NULL;
    p->next = s->plans;
    s->plans = p;
    return p;
}

/* A pair that was not met before (or forgotten since). */
static plan *new_origin(apd_selector *s, origin *slot, apd_sym provider, apd_sym log)
{
    size_t words = (s->rules->naliases + 63) / 64;
    apd_mark start = apd_arena_mark(s->arena);
    uint64_t *aliases = APD_NEWS(s->arena, uint64_t, words);
    if (!aliases)
        return NULL;
    apd_sym p = apd_sym_fold(s->names, provider), l = apd_sym_fold(s->names, log);
    for (size_t i = 0; i < s->rules->naliases; i++)
        if (apd_alias_holds(s->rules, s->names, i, p, l))
            set_bit(aliases, i);
    plan *found = plan_for(s, aliases, words);
    if (!found)
        return NULL;
    if (found->aliases != aliases) /* there was one already */
        apd_arena_rewind(s->arena, start);
    *slot = (origin){provider, log, found};
    s->norigins++;
    return found;
}

static plan *plan_of(apd_selector *s, const apd_event *ev)
{
    size_t mask = APD_MAX_ORIGINS - 1;
    uint64_t key = (uint64_t)ev->provider << 32 | ev->log;
    size_t i = apd_hash_u64(key) & mask;
    for (; s->origins[i].plan; i = (i + 1) & mask)
        if (s->origins[i].provider == ev->provider && s->origins[i].log == ev->log)
            return s->origins[i].plan;
    if (s->norigins >= APD_MAX_ORIGINS / 4 * 3) {
        memset(s->origins, 0, APD_MAX_ORIGINS * sizeof *s->origins);
        s->norigins = 0;
        i = apd_hash_u64(key) & mask;
    }
    return new_origin(s, &s->origins[i], ev->provider, ev->log);
}

/* --- candidates --- */

static bool add_set(apd_selector *s, const uint64_t *set, const uint64_t *mask)
{
    uint64_t any = 0;
    for (size_t i = 0; i < s->matcher->words; i++) {
        uint64_t w = mask ? set[i] & mask[i] : set[i];
        s->wanted[i] |= w;
        any |= w;
    }
    return any != 0;
}

static bool add_leads(apd_selector *s, const apd_leads *l, uint32_t id)
{
    bool any = false;
    for (size_t i = apd_leads_find(l, id); i < l->n && l->at[i].id == id; i++, any = true)
        set_bit(s->wanted, l->at[i].choice);
    return any;
}

/* By the name its reader gave it, and by the names that names.yml gives to parts of that. */
static bool find_fact(apd_selector *s, const apd_event *ev)
{
    const struct apd_matcher *m = s->matcher;
    apd_sym log = apd_sym_fold(s->names, ev->log);
    bool any = add_leads(s, &m->facts, log);
    for (size_t i = 0; i < m->nasked; i++)
        if (apd_fact_holds(s->rules, m->asked[i], log, ev->message))
            any |= add_leads(s, &m->facts, m->asked[i]->sym);
    return any;
}

static void scan_message(apd_selector *s, apd_str message)
{
    const struct apd_matcher *m = s->matcher;
    if (s->seen_dirty)
        memset(s->seen, 0, 2 * m->words * sizeof *s->seen);
    s->seen_dirty = apd_wordset_scan(m->literals, message, s->seen);
    for (size_t i = 0; i < m->words && s->seen_dirty; i++)
        s->seen[i] &= s->seen[m->words + i] | m->one_claim[i];
}

/* Fills `wanted`; false if there is no candidate. */
static bool find_candidates(apd_selector *s, const plan *p, const apd_event *ev)
{
    bool any = p->always && add_set(s, p->always, NULL);
    any |= add_leads(s, &p->ids, ev->id);
    s->scanned = p->literals && ev->message.len > 0;
    if (!p->literals)
        return any;
    if (!s->scanned) /* the text is in fields, which may not even be located */
        return any | add_set(s, p->message, NULL);
    scan_message(s, ev->message);
    if (s->seen_dirty)
        any |= add_set(s, p->message, s->seen);
    return any;
}

/* --- verifying --- */

static bool alternative_holds(apd_selector *s, size_t index, apd_match *match)
{
    const apd_choice *c = &s->matcher->choices[index];
    size_t code_from = SIZE_MAX;
    *match = (apd_match){.selection = c->selection, .alt = c->number};
    if (c->proven && s->scanned)
        return true;
    for (size_t i = 0; i < c->alt->nconds; i++) {
        size_t k = c->order[i];
        bool ruled_out = k == c->any && !has_bit(s->seen, index);
        apd_cond_hit hit = {false, 0};
        if (!apd_cond_holds(s->probe, &c->alt->conds[k], ruled_out, &hit))
            return false;
        if (hit.has_code && k < code_from) { /* the first one as written */
            code_from = k;
            match->has_code = true;
            match->code = hit.code;
        }
    }
    return true;
}

static size_t lowest_bit(uint64_t w)
{
    size_t n = 0;
    for (; !(w & 0xff); w >>= 8)
        n += 8;
    for (; !(w & 1); w >>= 1)
        n++;
    return n;
}

/* Choices come in the order of selections: the first that holds settles its selection. */
static size_t verify(apd_selector *s)
{
    size_t n = 0;
    for (size_t word = 0; word < s->matcher->words; word++) {
        uint64_t left = s->wanted[word];
        s->wanted[word] = 0;
        for (; left; left &= left - 1) {
            size_t i = word * 64 + lowest_bit(left);
            if (n && s->matches[n - 1].selection == s->matcher->choices[i].selection)
                continue;
            if (alternative_holds(s, i, &s->matches[n]))
                n++;
        }
    }
    return n;
}

apd_status apd_select(apd_selector *s, apd_event *ev, apd_match **out, size_t *n)
{
    *out = s->matches;
    *n = 0;
    s->now = NULL;
    if (ev->kind == APD_EVENT) {
        s->now = plan_of(s, ev);
        if (!s->now)
            return APD_E_NOMEM;
        if (s->now->idle)
            return APD_OK;
    }
    bool some = s->now ? find_candidates(s, s->now, ev) : find_fact(s, ev);
    if (!some)
        return APD_OK;
    apd_probe_open(s->probe, ev);
    *n = verify(s);
    bool failed = apd_probe_failed(s->probe);
    apd_probe_close(s->probe);
    return failed ? APD_E_NOMEM : APD_OK;
}
