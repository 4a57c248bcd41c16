/* Which logs of the bundle a short name of names.yml means, and how far they reach.
 *
 * Coverage is kept per log, a short name may ask for a provider. A log belongs to a row of the
 * short name if it is one of the row's channels or files. A row that names only a provider means
 * the provider's own channels ("<provider>/...") and every log in which a record of it was seen. The silence of a trace says nothing: it overwrites
 * and loses records unseen. */
#include "hash.h"
#include "scan.h"

/* Pairs (provider with its case folded, log) as an open-addressing set; a power of two of slots, at most half full. */
typedef struct apd_pairs {
    uint64_t *slots; /* 0 = free */
    size_t nslots, n;
    uint64_t last; /* records come in runs of one writer */
} apd_pairs;

enum { PAIRS_START = 64, PAIRS_MAX = 1 << 16 }; /* real bundles have about 500 */

static uint64_t pair_of(apd_sym provider, apd_sym log)
{
    return (uint64_t)provider << 32 | log;
}

static size_t slot_of(const apd_pairs *p, uint64_t pair)
{
    size_t i = apd_hash_u64(pair) & (p->nslots - 1);
    while (p->slots[i] && p->slots[i] != pair)
        i = (i + 1) & (p->nslots - 1);
    return i;
}

static bool grow(apd_pairs *p, apd_arena *a, size_t nslots)
{
    apd_pairs wider = {.slots = APD_NEWS(a, uint64_t, nslots), .nslots = nslots, .n = p->n};
    if (!wider.slots)
        return false;
    for (size_t i = 0; i < p->nslots; i++)
        if (p->slots[i])
            wider.slots[slot_of(&wider, p->slots[i])] = p->slots[i];
    *p = wider;
    return true;
}

bool apd_logs_note(apd_scan *s, apd_sym provider, apd_sym log)
{
    if (!s->pairs && !(s->pairs = APD_NEW(s->keep, apd_pairs)))
        return false;
    apd_pairs *p = s->pairs;
    uint64_t pair = pair_of(apd_sym_fold(s->names, provider), log);
    if (pair == p->last || provider == 0 || p->n >= PAIRS_MAX)
        return true;
    if (2 * p->n >= p->nslots && !grow(p, s->keep, p->nslots ? 2 * p->nslots : PAIRS_START))
        return false;
    uint64_t *slot = &p->slots[slot_of(p, pair)];
    p->n += *slot == 0;
    *slot = p->last = pair;
    return true;
}

static bool holds(const apd_sym *list, size_t n, apd_sym folded)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == folded)
            return true;
    return false;
}

/* Was a record of this provider (folded) seen in the log? */
static bool was_seen(const apd_scan *s, apd_sym provider, apd_sym log)
{
    const apd_pairs *p = s->pairs;
    return p && p->n && p->slots[slot_of(p, pair_of(provider, log))] != 0;
}

static bool is_own_channel(const apd_scan *s, apd_sym provider, apd_sym log)
{
    apd_str p = apd_sym_text(s->names, provider), l = apd_sym_text(s->names, log);
    return apd_istarts(l, p) && (l.len == p.len || l.ptr[p.len] == '/');
}

static bool any_seen(const apd_scan *s, const apd_alias_row *row, apd_sym log)
{
    for (size_t i = 0; i < row->nproviders; i++)
        if (was_seen(s, row->providers[i], log))
            return true;
    return false;
}

/* All traces have one channel, so there it takes a record of the provider. */
static bool row_has_log(const apd_scan *s, const apd_alias_row *row, const apd_log_cover *cover)
{
    apd_sym folded = apd_sym_fold(s->names, cover->log);
    if (row->nchannels || row->nfiles)
        return (holds(row->channels, row->nchannels, folded) ||
                holds(row->files, row->nfiles, folded)) &&
               (!cover->trace || row->nproviders == 0 || any_seen(s, row, cover->log));
    for (size_t i = 0; i < row->nproviders; i++)
        if (is_own_channel(s, row->providers[i], cover->log))
            return true;
    return any_seen(s, row, cover->log);
}

static bool alias_has_log(const apd_scan *s, size_t alias, const apd_log_cover *cover)
{
    const apd_alias *a = &s->rules->aliases[alias];
    for (size_t i = 0; cover->kind == APD_EVENT && i < a->nrows; i++)
        if (row_has_log(s, &a->rows[i], cover))
            return true;
    return false;
}

bool apd_logs_settle(apd_scan *s)
{
    size_t nrows = apd_coverage_count(s->coverage), naliases = s->rules->naliases;
    s->alias_logs = APD_NEWS(s->keep, bool, naliases *nrows);
    s->alias_here = APD_NEWS(s->keep, bool, naliases);
    s->alias_tells = APD_NEWS(s->keep, bool, naliases);
    if (!s->alias_logs || !s->alias_here || !s->alias_tells)
        return false;
    for (size_t a = 0; a < naliases; a++)
        for (size_t i = 0; i < nrows; i++) {
            bool has = alias_has_log(s, a, apd_coverage_at(s->coverage, i));
            s->alias_logs[a * nrows + i] = has;
            s->alias_here[a] |= has;
            s->alias_tells[a] |= has && !apd_coverage_at(s->coverage, i)->trace;
        }
    return true;
}

bool apd_alias_has_row(const apd_scan *s, size_t alias, size_t row)
{
    return s->alias_logs[alias * apd_coverage_count(s->coverage) + row];
}

bool apd_alias_present(const apd_scan *s, size_t alias)
{
    return s->alias_here[alias];
}

static bool reads_alias(const apd_selection *sel, size_t alias)
{
    for (size_t i = 0; i < sel->nalts; i++)
        for (size_t k = 0; k < sel->alts[i].naliases; k++)
            if (sel->alts[i].aliases[k] == alias)
                return true;
    return false;
}

/* Selections of one rule stand together, so a change of rule is a new rule. */
static uint32_t rules_reading(const apd_rules *r, size_t alias)
{
    uint32_t n = 0, last = UINT32_MAX;
    for (size_t i = 0; i < r->nselections; i++) {
        const apd_selection *sel = &r->selections[i];
        if (sel->rule == UINT32_MAX || sel->rule == last || !reads_alias(sel, alias))
            continue;
        last = sel->rule;
        n++;
    }
    return n;
}

const apd_log_asked *apd_logs_asked(const apd_scan *s, size_t *n)
{
    const apd_rules *r = s->rules;
    apd_log_asked *list = APD_NEWS(s->keep, apd_log_asked, r->naliases);
    *n = 0;
    for (size_t a = 0; list && a < r->naliases; a++) {
        uint32_t rules = rules_reading(r, a);
        if (rules && (apd_alias_present(s, a) || !apd_alias_is_trace(r, s->names, a)))
            list[(*n)++] = (apd_log_asked){r->aliases[a].name, apd_alias_present(s, a), rules};
    }
    return list;
}

bool apd_selection_present(const apd_scan *s, uint32_t selection)
{
    const apd_selection *sel = &s->rules->selections[selection];
    for (size_t i = 0; i < sel->nalts; i++) {
        const apd_alt *alt = &sel->alts[i];
        if (alt->fact ? apd_fact_present(s, alt->fact)
                      : alt->naliases == 0 && apd_coverage_count(s->coverage) > 0)
            return true;
        for (size_t k = 0; k < alt->naliases; k++)
            if (s->alias_tells[alt->aliases[k]])
                return true;
    }
    return false;
}

static bool said_before(const apd_str *list, size_t n, apd_str name)
{
    for (size_t i = 0; i < n; i++)
        if (apd_eq(list[i], name))
            return true;
    return false;
}

apd_str apd_selection_logs(const apd_scan *s, uint32_t selection, apd_arena *a)
{
    enum { MOST = 4 }; /* a sentence holds no more */
    const apd_selection *sel = &s->rules->selections[selection];
    apd_str list[MOST];
    size_t n = 0;
    bool logs = false;
    for (size_t i = 0; i < sel->nalts; i++) {
        const apd_alt *alt = &sel->alts[i];
        apd_str fact = apd_sym_text(s->names, alt->fact);
        if (alt->fact && n < MOST && !said_before(list, n, fact))
            list[n++] = fact;
        for (size_t k = 0; k < alt->naliases; k++) {
            apd_str name = s->rules->aliases[alt->aliases[k]].name;
            if (n < MOST && !said_before(list, n, name))
                list[n++] = name;
            logs = true;
        }
    }
    apd_buf b;
    apd_buf_init(&b, a);
    for (size_t i = 0; i < n; i++)
        apd_buf_addf(&b, "%s%.*s", i == 0 ? "" : i + 1 < n ? ", " : " or ", APD_FMT(list[i]));
    if (logs || n == 0)
        apd_buf_add(&b, n ? APD_LIT(" log") : APD_LIT("log"));
    return apd_buf_str(&b);
}

/* What one log is worth for the span; *edge as in apd_alias_reach(). */
static apd_reach row_reach(const apd_log_cover *row, const apd_span *span, apd_time *edge)
{
    if (row->first == APD_TIME_NONE)
        return APD_REACH_EMPTY;
    int64_t early = apd_clock_doubt(row->clock, span->from_clock);
    int64_t late = apd_clock_doubt(row->clock, span->to_clock);
    apd_time first = apd_time_add(row->first, early), last = apd_time_sub(row->last, late);
    if (last < span->to) {
        *edge = last;
        return APD_REACH_ENDS;
    }
    if (first > span->from) {
        *edge = first;
        return APD_REACH_LATE;
    }
    apd_time lost_from, lost_to;
    if (apd_cover_lost(row, &lost_from, &lost_to) && apd_time_sub(lost_from, late) < span->to &&
        apd_time_add(lost_to, early) > span->from)
        return APD_REACH_TORN;
    return APD_REACH_ALL;
}

/* Of two logs that fall short, the one that lasts longer tells more. */
static bool tells_more(apd_reach reach, apd_time edge, apd_reach best, apd_time best_edge)
{
    if (reach != best)
        return reach > best;
    return reach == APD_REACH_ENDS ? edge > best_edge : edge < best_edge;
}

apd_reach apd_alias_reach(const apd_scan *s, size_t alias, const apd_span *span, apd_time *edge)
{
    apd_reach best = APD_REACH_NONE;
    *edge = APD_TIME_NONE;
    for (size_t i = 0; i < apd_coverage_count(s->coverage); i++) {
        apd_time e = APD_TIME_NONE;
        if (!apd_alias_has_row(s, alias, i) || apd_coverage_at(s->coverage, i)->trace)
            continue;
        apd_reach reach = row_reach(apd_coverage_at(s->coverage, i), span, &e);
        if (tells_more(reach, e, best, *edge)) {
            best = reach;
            *edge = e;
        }
    }
    return best;
}
