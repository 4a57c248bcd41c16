/* Scanning: every event is counted for coverage, offered to the selector, and kept if a selection
 * holds.
 *
 * A selection may hit a million times, so of each only the first and the last hits are kept. The
 * first ones stay: they go into `keep`. The last ones come and go, and an arena cannot give one
 * back. So they live in one of two arenas; when that one has filled up, the hits that are still
 * among the last are copied into the other one and the first is rewound (a copying collector,
 * whose roots are the rings). Memory stays within a small multiple of what is alive, an event that
 * several selections share is copied once, and the cost per hit is constant on average because
 * the next copying comes only after twice the living amount was written again. */
#include "scan.h"

#include <stdlib.h>

#include "track.h"

/* An event among the last of some selection; `moved` is its copy while arenas are changed. */
typedef struct recent {
    apd_event *event;
    struct recent *moved;
} recent;

typedef struct slot {
    apd_hit hit;
    recent *recent; /* NULL: the event is in `keep`, as another selection's first */
} slot;

typedef struct ring {
    slot at[APD_KEEP_LAST];
    size_t n, next;
} ring;

typedef struct apd_recent {
    apd_arena *arena, *spare;
    size_t renew_at; /* bytes used that call for copying */
    ring **rings;    /* per selection, NULL until needed */
} apd_recent;

enum { RENEW_MIN = 4 << 20 }; /* below this, copying saves nothing worth the time */

/* Half of an arena is for records, the rest for what is said about them. Only a hostile bundle gets
 * there; its further hits are counted without being kept. */
static bool has_room(const apd_arena *a)
{
    return apd_arena_used(a) < APD_ARENA_LIMIT / 2;
}

/* The copy has no event when there is no room for it. */
static recent *copy_recent(apd_scan *s, apd_arena *to, const recent *from)
{
    recent *copy = APD_NEW(to, recent);
    if (!copy)
        return NULL;
    if (from->event && has_room(to)) {
        copy->event = apd_event_keep(to, from->event);
        if (!copy->event)
            return NULL;
        s->kept += to == s->keep;
    }
    return copy;
}

/* Copies the events of all rings into `to`, each once, and points the rings there. */
static bool move_recent(apd_scan *s, apd_arena *to)
{
    for (size_t sel = 0; sel < s->rules->nselections; sel++) {
        ring *r = s->recent->rings[sel];
        for (size_t i = 0; r && i < r->n; i++) {
            recent *from = r->at[i].recent;
            if (!from)
                continue;
            if (!from->moved && !(from->moved = copy_recent(s, to, from)))
                return false;
            r->at[i].recent = from->moved;
            r->at[i].hit.event = from->moved->event;
        }
    }
    return true;
}

static bool renew(apd_scan *s)
{
    apd_recent *t = s->recent;
    if (!move_recent(s, t->spare))
        return false;
    apd_arena *full = t->arena;
    t->arena = t->spare;
    t->spare = full;
    apd_arena_rewind(full, (apd_mark){0});
    size_t alive = apd_arena_used(t->arena);
    t->renew_at = 2 * alive > RENEW_MIN ? 2 * alive : RENEW_MIN;
    return true;
}

static void lose(apd_hits *h, const apd_event *ev)
{
    int64_t doubt = apd_clock_doubt(ev->clock, APD_CLOCK_UTC);
    apd_time from = doubt == INT64_MAX ? INT64_MIN : apd_time_add(ev->time, -doubt);
    apd_time to = doubt == INT64_MAX ? INT64_MAX : apd_time_add(ev->time, doubt);
    if (from < h->lost_from)
        h->lost_from = from;
    if (to > h->lost_to)
        h->lost_to = to;
}

static apd_status push_recent(apd_scan *s, uint32_t sel, slot fresh)
{
    ring **r = &s->recent->rings[sel];
    if (!*r && !(*r = APD_NEW(s->keep, ring)))
        return APD_E_NOMEM;
    if ((*r)->n < APD_KEEP_LAST)
        (*r)->n++;
    else
        lose(&s->hits[sel], (*r)->at[(*r)->next].hit.event);
    (*r)->at[(*r)->next] = fresh;
    (*r)->next = ((*r)->next + 1) % APD_KEEP_LAST;
    return APD_OK;
}

/* One copy for all selections of the event: in `keep` if it is among the first of any. Without
 * room the event stays NULL. */
static apd_status keep_event(apd_scan *s, apd_event *ev, bool first, slot *out)
{
    *out = (slot){0};
    if (!first && apd_arena_used(s->recent->arena) > s->recent->renew_at && !renew(s))
        return APD_E_NOMEM;
    if (!has_room(first ? s->keep : s->recent->arena))
        return APD_OK;
    if (first) {
        out->hit.event = apd_event_keep(s->keep, ev);
        s->kept++;
        return out->hit.event ? APD_OK : APD_E_NOMEM;
    }
    recent *r = APD_NEW(s->recent->arena, recent);
    if (!r || !(r->event = apd_event_keep(s->recent->arena, ev)))
        return APD_E_NOMEM;
    out->recent = r;
    out->hit.event = r->event;
    return APD_OK;
}

/* Trackers' selections stand for notes, not for evidence: they are handed over and taken out. Those of
 * milestones and trackers come in the order of files, so they may stand anywhere in the list. */
static apd_status track(apd_scan *s, apd_event *ev, apd_match *m, size_t *n)
{
    size_t kept = 0, all = *n;
    for (size_t i = 0; i < *n; i++) {
        uint32_t track = s->rules->selections[m[i].selection].track;
        if (track == APD_NO_TRACK)
            m[kept++] = m[i];
        else if (s->tracker)
            APD_TRY(apd_tracker_take(s->tracker, track, ev));
    }
    *n = kept;
    if (kept < all && s->tracker)
        apd_selector_told(s->selector);
    return APD_OK;
}

apd_status apd_scan_watch(apd_scan *s, apd_note_sink fn, void *ctx)
{
    s->tracker = apd_tracker_new(s->rules, s->names, fn, ctx);
    return s->tracker ? APD_OK : APD_E_NOMEM;
}

apd_status apd_scan_watch_tracker(apd_scan *s, apd_str file, apd_note_sink fn, void *ctx)
{
    APD_TRY(apd_scan_watch(s, fn, ctx));
    apd_tracker_only(s->tracker, file);
    return APD_OK;
}

void apd_scan_set_clocks(apd_scan *s, const apd_clocks *clocks)
{
    s->clocks = clocks;
}

const apd_time *apd_scan_attempts(const apd_scan *s, size_t *n)
{
    *n = s->nattempts;
    return s->attempts;
}

const apd_time *apd_scan_boots(const apd_scan *s, size_t *n)
{
    *n = s->nboots;
    return s->boots;
}

size_t apd_scan_phrases(const apd_scan *s)
{
    return s->rules->ntracks;
}

/* The short name of the first log that the track reads. */
static apd_str phrase_log(const apd_rules *r, size_t track)
{
    const apd_selection *sel = r->selections;
    while (sel < r->selections + r->nselections && sel->track != track)
        sel++;
    bool reads = sel < r->selections + r->nselections && sel->nalts && sel->alts[0].naliases;
    return reads ? r->aliases[sel->alts[0].aliases[0]].name : APD_LIT("");
}

apd_phrase apd_scan_phrase(const apd_scan *s, size_t i)
{
    const apd_track *t = &s->rules->tracks[i];
    uint64_t seen = s->tracker ? apd_tracker_seen(s->tracker, i) : 0;
    return (apd_phrase){t->file, t->name, phrase_log(s->rules, i), t->since, t->until, seen};
}

void apd_scan_told(const apd_scan *s, apd_str log, uint64_t *records, uint64_t *told)
{
    size_t alias = apd_alias_find(s->rules, log);
    *records = *told = 0;
    if (alias == SIZE_MAX || !s->tracker)
        return;
    for (size_t i = 0; i < apd_coverage_count(s->coverage); i++)
        if (apd_alias_has_row(s, alias, i))
            *records += apd_coverage_at(s->coverage, i)->records;
    *told = apd_selector_told_of(s->selector, alias);
}

apd_status apd_scan_event(apd_scan *s, apd_event *ev)
{
    s->events++;
    if (!apd_scan_cover(s, ev))
        return APD_E_NOMEM;
    apd_match *m;
    size_t n;
    APD_TRY(apd_select(s->selector, ev, &m, &n));
    if (n > 0 && s->rules->ntracks)
        APD_TRY(track(s, ev, m, &n));
    if (n == 0)
        return APD_OK;
    bool first = false;
    for (size_t i = 0; i < n; i++)
        first |= s->hits[m[i].selection].n < APD_KEEP_FIRST;
    slot fresh;
    APD_TRY(keep_event(s, ev, first, &fresh));
    for (size_t i = 0; i < n; i++) {
        apd_hits *h = &s->hits[m[i].selection];
        fresh.hit.alt = m[i].alt;
        fresh.hit.has_code = m[i].has_code;
        fresh.hit.code = m[i].code;
        h->count++;
        if (!fresh.hit.event)
            lose(h, ev);
        else if (h->n >= APD_KEEP_FIRST)
            APD_TRY(push_recent(s, m[i].selection, fresh));
        else if (!APD_PUSH(s->keep, *h, fresh.hit))
            return APD_E_NOMEM;
    }
    return APD_OK;
}

bool apd_scan_cover(apd_scan *s, const apd_event *ev)
{
    return apd_coverage_add(s->coverage, ev) && apd_logs_note(s, ev->provider, ev->log) &&
           apd_facts_note(s, ev);
}

apd_status apd_scan_present(apd_scan *s, apd_sym log, apd_kind kind, uint32_t member)
{
    return apd_coverage_present(s->coverage, log, kind, member) ? APD_OK : APD_E_NOMEM;
}

void apd_scan_torn(apd_scan *s, uint32_t member)
{
    apd_coverage_torn(s->coverage, member);
    apd_facts_torn(s, member);
}

/* Joins the first and the last hits of a selection. */
static bool join(apd_scan *s, size_t sel)
{
    ring *r = s->recent->rings[sel];
    apd_hits *h = &s->hits[sel];
    for (size_t i = 0; r && i < r->n; i++) {
        if (r->at[i].hit.event && !APD_PUSH(s->keep, *h, r->at[i].hit))
            return false;
        if (!r->at[i].hit.event) { /* there was no room for its copy, so its time is gone too */
            h->lost_from = INT64_MIN;
            h->lost_to = INT64_MAX;
        }
    }
    return true;
}

static int time_cmp(const void *a, const void *b)
{
    apd_time x = *(const apd_time *)a, y = *(const apd_time *)b;
    return (x > y) - (x < y);
}

/* Times at which one of the milestones hits; those within two minutes of the one before are one. */
static bool find_starts(apd_scan *s, const uint32_t *sels, size_t nsels, apd_time **out, size_t *n)
{
    APD_VEC(apd_time) at = {0};
    for (size_t i = 0; i < nsels; i++) {
        const apd_hits *h = &s->hits[sels[i]];
        for (size_t k = 0; k < h->n; k++) {
            const apd_event *ev = h->at[k].event;
            if (apd_clock_doubt(ev->clock, APD_CLOCK_UTC) == 0 && !APD_PUSH(s->keep, at, ev->time))
                return false;
        }
    }
    if (at.n)
        qsort(at.at, at.n, sizeof *at.at, time_cmp);
    size_t kept = 0;
    apd_time before = APD_TIME_NONE;
    for (size_t i = 0; i < at.n; i++) {
        if (i == 0 || apd_time_sub(at.at[i], before) > 2 * APD_TICKS_MINUTE)
            at.at[kept++] = at.at[i];
        before = at.at[i];
    }
    *out = at.at;
    *n = kept;
    return true;
}

apd_status apd_scan_settle(apd_scan *s)
{
    const apd_rules *r = s->rules;
    if (!move_recent(s, s->keep))
        return APD_E_NOMEM;
    for (size_t sel = 0; sel < r->nselections; sel++)
        if (!join(s, sel))
            return APD_E_NOMEM;
    if (s->clocks)
        apd_scan_convert(s);
    for (size_t sel = 0; sel < r->nselections; sel++)
        if (!apd_hits_sort(&s->hits[sel], s->names, s->keep))
            return APD_E_NOMEM;
    if (!apd_logs_settle(s) ||
        !find_starts(s, r->attempt_starts, r->nattempt_starts, &s->attempts, &s->nattempts) ||
        !find_starts(s, r->boots, r->nboots, &s->boots, &s->nboots))
        return APD_E_NOMEM;
    return APD_OK;
}

apd_scan *apd_scan_new(const apd_rules *r, apd_intern *names, apd_arena *keep)
{
    apd_scan *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    *s = (apd_scan){.rules = r, .names = names, .keep = keep};
    s->coverage = apd_coverage_new(keep);
    s->selector = apd_selector_new(r, names);
    s->hits = APD_NEWS(keep, apd_hits, r->nselections);
    s->recent = APD_NEW(keep, apd_recent);
    if (s->recent) {
        s->recent->renew_at = RENEW_MIN;
        s->recent->rings = APD_NEWS(keep, ring *, r->nselections);
        s->recent->arena = apd_arena_new(0);
        s->recent->spare = apd_arena_new(0);
    }
    if (!s->coverage || !s->selector || !s->hits || !s->recent || !s->recent->rings ||
        !s->recent->arena || !s->recent->spare) {
        apd_scan_free(s);
        return NULL;
    }
    for (size_t i = 0; i < r->nselections; i++) {
        s->hits[i].lost_from = INT64_MAX;
        s->hits[i].lost_to = INT64_MIN;
    }
    return s;
}

void apd_scan_free(apd_scan *s)
{
    if (!s)
        return;
    if (s->recent) {
        apd_arena_free(s->recent->arena);
        apd_arena_free(s->recent->spare);
    }
    apd_selector_free(s->selector);
    apd_tracker_free(s->tracker);
    free(s);
}
