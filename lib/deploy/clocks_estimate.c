/* From pairs of moments to offsets.
 *
 * Every local moment votes, in its stretch, for each offset that lays it beside a moment of its kind in UTC: the
 * closer, the heavier. A chance neighbour supports a wrong offset now and then; the right one is supported by
 * nearly all, and closely. The stretches of one file are then decided together, since an offset seldom changes: the
 * best way through them weighs votes against changes and against time that would run backwards in UTC. Logs whose
 * offset is known serve as a clock for others; this is repeated until nothing more becomes known. */
#include <stdlib.h>

#include "clocks_p.h"

#define NEAR (2 * APD_TICKS_MINUTE) /* farther moments are not one moment */

enum {
    ROUNDS = 4,
    VOTE_CAP = 24, /* of one stretch, so that a long one does not overrule the others */
    COST_START = 3,
    COST_BREAK = 5,
    COST_BACKWARDS = 12,
    ENOUGH_PAIRS = 2,
    ENOUGH_WEIGHT = 5,
    ZONE_WEIGHT = 3,
    LEADER_WEIGHT = ENOUGH_WEIGHT /* what made the leader known was that much at least */
};

typedef struct votes {
    uint32_t weight[GRID];
    uint32_t pairs[GRID];
    int64_t residual[GRID]; /* sum */
    uint32_t used[GRID];    /* the moment in UTC used last, + 1: one is not used twice */
} votes;

typedef struct estimate {
    apd_clocks *c;
    apd_arena *scratch;
    votes *votes; /* per stretch */
} estimate;

/* --- voting --- */

static int by_key(const void *x, const void *y)
{
    const moment *a = x, *b = y;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->time > b->time) - (a->time < b->time);
}

static size_t first_from(const apd_clocks *c, uint64_t key, apd_time from)
{
    size_t low = 0, high = c->utc.n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const moment *m = &c->utc.at[mid];
        if (m->key < key || (m->key == key && m->time < from))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Index on the grid of a difference local - UTC and how far it is from it; false if beyond. */
static bool on_grid(int64_t difference, int *grid, int64_t *residual)
{
    int64_t shifted = difference - (int64_t)GRID_FIRST * GRID_STEP + GRID_STEP / 2;
    if (shifted < 0 || shifted / GRID_STEP >= GRID)
        return false;
    *grid = (int)(shifted / GRID_STEP);
    *residual = llabs(shifted % GRID_STEP - GRID_STEP / 2);
    return *residual <= NEAR;
}

static uint32_t weight_of(int64_t residual)
{
    return residual <= 2 * APD_TICKS_SECOND ? 4 : residual <= 15 * APD_TICKS_SECOND ? 2 : 1;
}

static void vote(votes *v, int64_t difference, uint32_t utc)
{
    int grid;
    int64_t residual;
    if (!on_grid(difference, &grid, &residual) || (utc && v->used[grid] == utc))
        return;
    v->used[grid] = utc;
    v->weight[grid] += weight_of(residual);
    v->pairs[grid]++;
    v->residual[grid] += residual;
}

static void vote_moment(estimate *e, const moment *m)
{
    apd_clocks *c = e->c;
    votes *v = &e->votes[m->stretch];
    if (m->at != APD_TIME_NONE) {
        vote(v, m->time - m->at, 0);
        return;
    }
    apd_time from = m->time - GRID_LAST * GRID_STEP - NEAR;
    apd_time to = m->time - GRID_FIRST * GRID_STEP + NEAR;
    for (size_t i = first_from(c, m->key, from);
         i < c->utc.n && c->utc.at[i].key == m->key && c->utc.at[i].time <= to; i++)
        if (c->utc.at[i].log != m->log)
            vote(v, m->time - c->utc.at[i].time, (uint32_t)i + 1);
}

/* The device's zone while the stretch was written, if it did not change meanwhile. */
static void vote_zones(estimate *e, size_t index)
{
    const apd_clocks *c = e->c;
    const stretch *s = &c->stretches.at[index];
    for (size_t i = 0; i < c->zones.n; i++) {
        const zone *z = &c->zones.at[i];
        int64_t offset = (z->grid + GRID_FIRST) * GRID_STEP;
        bool last = true;
        for (size_t k = 0; k < c->zones.n; k++)
            last &= c->zones.at[k].from <= z->from || c->zones.at[k].from >= s->last - offset ||
                    c->zones.at[k].grid == z->grid;
        if (!last || s->first - offset < z->from || e->votes[index].used[z->grid] == UINT32_MAX)
            continue;
        e->votes[index].used[z->grid] = UINT32_MAX; /* once per stretch */
        e->votes[index].weight[z->grid] += ZONE_WEIGHT;
        e->votes[index].pairs[z->grid]++;
    }
}

/* The log that notes the starts of the same process, as far as it is known from the round before and of one mind
 * about the time of this stretch. */
static void vote_leader(estimate *e, size_t index)
{
    const apd_clocks *c = e->c;
    const stretch *s = &c->stretches.at[index];
    const writer *w = clocks_writer_of(c, s->log);
    int grid = -1;
    if (!w || w->leads)
        return;
    for (size_t i = 0; i < c->stretches.n; i++) {
        const stretch *k = &c->stretches.at[i];
        if (k->log == s->log || k->first > s->last + REST || k->last < s->first - REST)
            continue;
        const writer *of = clocks_writer_of(c, k->log);
        if (!of || !of->leads || of->name != w->name)
            continue;
        if (!k->known || (grid >= 0 && k->chosen != grid))
            return;
        grid = k->chosen;
    }
    if (grid < 0)
        return;
    e->votes[index].weight[grid] += LEADER_WEIGHT;
    e->votes[index].pairs[grid] += ENOUGH_PAIRS;
}

static void vote_all(estimate *e)
{
    apd_clocks *c = e->c;
    if (c->utc.n)
        qsort(c->utc.at, c->utc.n, sizeof *c->utc.at, by_key);
    memset(e->votes, 0, c->stretches.n * sizeof *e->votes);
    for (size_t i = 0; i < c->local.n; i++)
        vote_moment(e, &c->local.at[i]);
    for (size_t i = 0; i < c->stretches.n; i++) {
        vote_zones(e, i);
        vote_leader(e, i);
    }
}

/* --- the way through the stretches of one file --- */

static int gain(const estimate *e, size_t i, int grid)
{
    uint32_t w = e->votes[i].weight[grid];
    return w < VOTE_CAP ? (int)w : VOTE_CAP;
}

static int cost(const estimate *e, size_t i, int from, int to)
{
    const stretch *before = &e->c->stretches.at[i - 1], *s = &e->c->stretches.at[i];
    int price = from == to ? 0 : s->why == BREAK_START ? COST_START : COST_BREAK;
    apd_time end = before->last - (from + GRID_FIRST) * GRID_STEP;
    apd_time begin = s->first - (to + GRID_FIRST) * GRID_STEP;
    return price + (begin < end - NEAR ? COST_BACKWARDS : 0);
}

static size_t candidates(const estimate *e, size_t first, size_t n, int *list)
{
    size_t count = 0;
    for (int g = 0; g < GRID; g++) {
        bool any = false;
        for (size_t i = first; i < first + n && !any; i++)
            any = e->votes[i].weight[g] > 0;
        if (any)
            list[count++] = g;
    }
    return count;
}

static bool choose(estimate *e, size_t first, size_t n)
{
    int list[GRID];
    size_t k = candidates(e, first, n, list);
    stretch *s = &e->c->stretches.at[first];
    if (k == 0)
        return true;
    apd_mark mark = apd_arena_mark(e->scratch);
    int *score = APD_NEWS(e->scratch, int, n *k);
    uint8_t *from = APD_NEWS(e->scratch, uint8_t, n * k);
    if (!score || !from)
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t to = 0; to < k; to++) {
            int best = i ? INT32_MIN : 0;
            for (size_t f = 0; i && f < k; f++) {
                int value = score[(i - 1) * k + f] - cost(e, first + i, list[f], list[to]);
                if (value > best) {
                    best = value;
                    from[i * k + to] = (uint8_t)f;
                }
            }
            score[i * k + to] = best + gain(e, first + i, list[to]);
        }
    size_t at = 0;
    for (size_t to = 1; to < k; to++)
        if (score[(n - 1) * k + to] > score[(n - 1) * k + at])
            at = to;
    for (size_t i = n; i-- > 0;) {
        s[i].chosen = (int16_t)list[at];
        s[i].voted = e->votes[first + i].pairs[list[at]] > 0;
        at = from[i * k + at];
    }
    apd_arena_rewind(e->scratch, mark);
    return true;
}

/* --- what is good enough to be said --- */

/* Did no other process begin between the two stretches? Where starts of the writer are not marked, only as long as
 * nothing else suggests a change. */
static bool same_process(const apd_clocks *c, size_t from, size_t to, bool marked)
{
    for (size_t i = from + 1; i <= to; i++) {
        const stretch *s = &c->stretches.at[i];
        bool close =
            s->why == BREAK_REST && s->first - c->stretches.at[i - 1].last < 2 * APD_TICKS_HOUR;
        if (s->why == BREAK_START || (!marked && !close))
            return false;
    }
    return true;
}

static void accept(apd_clocks *c, size_t first, size_t n, bool marked)
{
    size_t before = SIZE_MAX;
    for (size_t i = first; i < first + n; i++) {
        stretch *s = &c->stretches.at[i];
        if (s->voted) {
            s->known = true;
            before = i;
            continue;
        }
        size_t behind = i + 1;
        while (behind < first + n && !c->stretches.at[behind].voted)
            behind++;
        bool enclosed = before != SIZE_MAX && behind < first + n;
        s->known = enclosed || (before != SIZE_MAX && same_process(c, before, i, marked)) ||
                   (behind < first + n && same_process(c, i, behind, marked));
    }
}

/* Sums the votes of a run of stretches with one offset; true if they are enough. */
static bool judge(const estimate *e, size_t first, size_t n, apd_era *era)
{
    const stretch *s = &e->c->stretches.at[first];
    uint32_t weight = 0, other = 0;
    int64_t residual = 0;
    for (int g = 0; g < GRID; g++) {
        uint32_t w = 0, pairs = 0;
        for (size_t i = first; i < first + n; i++) {
            w += e->votes[i].weight[g];
            pairs += e->votes[i].pairs[g];
            residual += g == s->chosen ? e->votes[i].residual[g] : 0;
        }
        if (g == s->chosen) {
            weight = w;
            era->pairs = pairs;
        } else if (w > other) {
            other = w;
            era->others = pairs;
        }
    }
    era->residual = era->pairs ? residual / era->pairs : 0;
    return era->pairs >= ENOUGH_PAIRS && weight >= ENOUGH_WEIGHT && weight >= 2 * other + 2;
}

static apd_status decide(estimate *e, size_t first, size_t n)
{
    apd_clocks *c = e->c;
    bool marked = false;
    for (size_t i = first; i < first + n; i++)
        marked |= c->stretches.at[i].why == BREAK_START;
    if (!choose(e, first, n))
        return APD_E_NOMEM;
    for (size_t from = first, to; from < first + n; from = to) {
        const stretch *s = &c->stretches.at[from];
        for (to = from; to < first + n && c->stretches.at[to].chosen == s->chosen; to++)
            ;
        apd_era era = {.log = s->log, .member = s->member};
        if (s->chosen >= 0 && judge(e, from, to - from, &era))
            accept(c, from, to - from, marked);
    }
    return APD_OK;
}

static apd_status decide_all(estimate *e)
{
    apd_clocks *c = e->c;
    for (size_t i = 0; i < c->stretches.n; i++) {
        c->stretches.at[i].chosen = -1;
        c->stretches.at[i].known = c->stretches.at[i].voted = false;
    }
    for (size_t from = 0, to; from < c->stretches.n; from = to) {
        for (to = from + 1; to < c->stretches.n && c->stretches.at[to].why != BREAK_FILE; to++)
            ;
        APD_TRY(decide(e, from, to - from));
    }
    return APD_OK;
}

/* Moments of logs whose offset is known serve the others. */
static apd_status share(apd_clocks *c, bool *more)
{
    *more = false;
    for (size_t i = 0; i < c->local.n; i++) {
        moment *m = &c->local.at[i];
        const stretch *s = &c->stretches.at[m->stretch];
        if (m->shared || !s->known)
            continue;
        m->shared = true;
        moment utc = *m;
        utc.time = m->time - (s->chosen + GRID_FIRST) * GRID_STEP;
        utc.stretch = UINT32_MAX;
        if (!APD_PUSH(c->arena, c->utc, utc))
            return APD_E_NOMEM;
        *more = true;
    }
    return APD_OK;
}

/* --- for people, and for finding a record's stretch --- */

static apd_status list_eras(estimate *e)
{
    apd_clocks *c = e->c;
    for (size_t from = 0, to; from < c->stretches.n; from = to) {
        const stretch *s = &c->stretches.at[from];
        apd_era era = {.log = s->log, .member = s->member, .first = s->first, .known = s->known};
        for (to = from; to < c->stretches.n; to++) {
            const stretch *n = &c->stretches.at[to];
            if (n->member != s->member || n->known != s->known ||
                (s->known && n->chosen != s->chosen) || (to > from && n->why == BREAK_FILE))
                break;
            era.first = n->first < era.first ? n->first : era.first;
            era.last = n->last > era.last || to == from ? n->last : era.last;
        }
        if (s->known) {
            era.minutes = 15 * (s->chosen + GRID_FIRST);
            judge(e, from, to - from, &era);
        }
        if (c->overridden) {
            era.known = era.given = true;
            era.minutes = c->minutes;
        }
        if (!APD_PUSH(c->arena, c->eras, era))
            return APD_E_NOMEM;
    }
    return APD_OK;
}

static int by_place(const void *x, const void *y)
{
    const place *a = x, *b = y;
    if (a->member != b->member)
        return a->member < b->member ? -1 : 1;
    return (a->record > b->record) - (a->record < b->record);
}

/* Files are read in any order, and a file that had to wait comes last. */
static apd_status index_places(apd_clocks *c)
{
    c->places = APD_NEWS(c->arena, place, c->stretches.n);
    if (!c->places)
        return APD_E_NOMEM;
    for (uint32_t i = 0; i < c->stretches.n; i++)
        c->places[i] = (place){c->stretches.at[i].member, c->stretches.at[i].first_record, i};
    if (c->stretches.n)
        qsort(c->places, c->stretches.n, sizeof *c->places, by_place);
    return APD_OK;
}

apd_status clocks_estimate(apd_clocks *c)
{
    estimate e = {.c = c, .scratch = apd_arena_new(0)};
    e.votes = e.scratch ? APD_NEWS(e.scratch, votes, c->stretches.n) : NULL;
    apd_status st = e.votes ? APD_OK : APD_E_NOMEM;
    bool more = true;
    for (int round = 0; round < ROUNDS && more && st == APD_OK; round++) {
        vote_all(&e);
        st = decide_all(&e);
        if (st == APD_OK)
            st = share(c, &more);
    }
    if (st == APD_OK)
        st = list_eras(&e);
    apd_arena_free(e.scratch);
    return st == APD_OK ? index_places(c) : st;
}
