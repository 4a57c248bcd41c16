/* From pairs of moments to offsets.
 *
 * Every local moment votes, in its stretch, for each offset that lays it beside a moment of its kind in UTC: the
 * closer, the heavier. A chance neighbour supports a wrong offset now and then; the right one is supported by
 * nearly all, and closely. The stretches of one file are then decided together, since an offset seldom changes: the
 * best way through them weighs votes against changes and against time that would run backwards in UTC. Logs whose
 * offset is known serve as a clock for others; this is repeated until nothing more becomes known. */
#include <stdlib.h>

#include "clocks_p.h"

/* Pairs closer together than this are of one burst and count as one; so are what facts remember of one run of work. */
#define BURST (10 * APD_TICKS_SECOND)
#define BURST_KEPT (5 * APD_TICKS_MINUTE)

enum {
    ROUNDS = 4,
    VOTE_CAP = 24, /* of one stretch, so that a long one does not overrule the others */
    GAIN =
        2, /* of a vote's weight, beside these costs: one moment may tell of another zone where a process starts */
    COST_START = 1,
    COST_BREAK = 10,
    COST_BACKWARDS = 24,
    ENOUGH_PROOF =
        6, /* two pairs with a key, three without, or one and what Windows says of its zone */
    PROOF_NAMED = 3,
    PROOF_PLAIN = 2,
    PROOF_ZONE = 4,
    LEADER_PAIRS = 2,
    FEW = 3, /* moments of one key: of more, none is known by it */
    ENOUGH_WEIGHT = 5,
    ZONE_WEIGHT = 3,
    LEADER_WEIGHT = ENOUGH_WEIGHT, /* what made the leader known was that much at least */
    UNTAUGHT = -1,
    TORN = -2
};

typedef struct votes {
    uint32_t weight[GRID];
    uint32_t pairs[GRID];
    uint32_t proof[GRID];
    int64_t residual[GRID]; /* sum */
} votes;

/* The last pair of each offset in the stretch that is being voted on. */
typedef struct burst {
    bool any;
    apd_time local;
    uint32_t weight, proof;
    int64_t residual;
    uint32_t used; /* the moment in UTC, + 1: one is not used twice */
} burst;

typedef struct estimate {
    apd_clocks *c;
    apd_arena *scratch;
    votes *votes; /* per stretch */
    uint32_t voting;
    burst last[GRID];
    int16_t *taught; /* per stretch that leads: what the others of its process say */
} estimate;

/* --- voting --- */

static int by_key(const void *x, const void *y)
{
    const moment *a = x, *b = y;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->time > b->time) - (a->time < b->time);
}

static void sort_utc(apd_clocks *c)
{
    if (c->utc.n)
        qsort(c->utc.at, c->utc.n, sizeof *c->utc.at, by_key);
}

/* Of what holds since a moment the earliest record counts. */
static void drop_repeated(apd_clocks *c)
{
    size_t n = 0;
    sort_utc(c);
    for (size_t i = 0; i < c->utc.n; i++) {
        const moment *m = &c->utc.at[i], *before = n ? &c->utc.at[n - 1] : NULL;
        if (!m->since || !before || !before->since || before->key != m->key)
            c->utc.at[n++] = *m;
    }
    c->utc.n = n;
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

/* The pair of a local moment and one in UTC, whose index + 1 is `utc` if it is one of the list. */
static void vote(estimate *e, const moment *local, const moment *m, uint32_t utc, uint32_t proof)
{
    int grid;
    int64_t residual, within = m->within < local->within ? m->within : local->within;
    apd_time at = utc ? m->time : m->at;
    if (!on_grid(local->time - at, &grid, &residual) || residual > within)
        return;
    burst *b = &e->last[grid];
    votes *v = &e->votes[local->stretch];
    uint32_t weight = weight_of(residual);
    if (utc && b->used == utc)
        return;
    b->used = utc;
    if (b->any && llabs(local->time - b->local) < (m->kept ? BURST_KEPT : BURST)) {
        if (weight <= b->weight)
            return; /* else this one stands for the burst */
        v->weight[grid] -= b->weight;
        v->residual[grid] -= b->residual;
        v->pairs[grid]--;
        v->proof[grid] -= b->proof;
    } else {
        b->local = local->time;
    }
    b->any = true;
    b->weight = weight;
    b->residual = residual;
    b->proof = proof;
    v->weight[grid] += weight;
    v->residual[grid] += residual;
    v->pairs[grid]++;
    v->proof[grid] += proof;
}

static void vote_moment(estimate *e, const moment *m)
{
    apd_clocks *c = e->c;
    if (m->stretch != e->voting)
        memset(e->last, 0, sizeof e->last);
    e->voting = m->stretch;
    if (m->at != APD_TIME_NONE) {
        vote(e, m, m, 0, PROOF_NAMED);
        return;
    }
    apd_time from = m->time - GRID_LAST * GRID_STEP - NEAR;
    apd_time to = m->time - GRID_FIRST * GRID_STEP + NEAR;
    size_t first = first_from(c, m->key, from), n = 0, others = 0;
    for (; first + n < c->utc.n && c->utc.at[first + n].key == m->key &&
           c->utc.at[first + n].time <= to;
         n++)
        others += c->utc.at[first + n].log != m->log;
    for (size_t i = first; i < first + n; i++)
        if (c->utc.at[i].log != m->log)
            vote(e, m, &c->utc.at[i], (uint32_t)i + 1,
                 m->named && others <= FEW ? PROOF_NAMED : PROOF_PLAIN);
}

/* The device's zone while the stretch was written, if it did not change meanwhile. */
static void vote_zones(estimate *e, size_t index)
{
    const apd_clocks *c = e->c;
    const stretch *s = &c->stretches.at[index];
    bool voted[GRID] = {false}; /* once per stretch */
    for (size_t i = 0; i < c->zones.n; i++) {
        const zone *z = &c->zones.at[i];
        int64_t offset = (z->grid + GRID_FIRST) * GRID_STEP;
        bool last = true;
        for (size_t k = 0; k < c->zones.n; k++)
            last &= c->zones.at[k].from <= z->from || c->zones.at[k].from >= s->last - offset ||
                    c->zones.at[k].grid == z->grid;
        if (!last || s->first - offset < z->from || voted[z->grid])
            continue;
        voted[z->grid] = true;
        e->votes[index].weight[z->grid] += ZONE_WEIGHT;
        e->votes[index].proof[z->grid] += PROOF_ZONE;
        e->votes[index].pairs[z->grid]++;
    }
}

static bool overlap(const stretch *a, const stretch *b, int64_t around)
{
    return a->first <= b->last + around && a->last >= b->first - around;
}

/* Are they of one process's logs, one of which notes its starts? */
static bool is_led_by(const apd_clocks *c, const stretch *s, const stretch *leader)
{
    const writer *w = clocks_writer_of(c, s->log), *of = clocks_writer_of(c, leader->log);
    return w && of && !w->leads && of->leads && w->name == of->name;
}

static void vote_for(estimate *e, size_t index, int grid)
{
    if (grid < 0)
        return;
    e->votes[index].weight[grid] += LEADER_WEIGHT;
    e->votes[index].pairs[grid] += LEADER_PAIRS;
    e->votes[index].proof[grid] += ENOUGH_PROOF;
}

/* The log that notes the starts of the same process, as far as it is known from the round before and of one mind
 * about the time of this stretch. Where it has a single process at that time, it also learns of this one. */
static void vote_leader(estimate *e, size_t index)
{
    const apd_clocks *c = e->c;
    const stretch *s = &c->stretches.at[index], *k = NULL;
    size_t processes = 0, unknown = 0, leader = SIZE_MAX;
    int grid = -1;
    bool torn = false;
    for (size_t i = 0; i < c->stretches.n; i++) {
        k = &c->stretches.at[i];
        if (!overlap(s, k, REST) || !is_led_by(c, s, k))
            continue;
        processes += processes == 0 || k->why != BREAK_REST;
        leader = overlap(s, k, 0) ? i : leader;
        unknown += !k->known;
        torn |= k->known && grid >= 0 && grid != k->chosen;
        grid = k->known ? k->chosen : grid;
    }
    if (!unknown && !torn)
        vote_for(e, index, grid);
    if (processes == 1 && s->known && leader != SIZE_MAX)
        e->taught[leader] =
            e->taught[leader] == UNTAUGHT || e->taught[leader] == s->chosen ? s->chosen : TORN;
}

static void vote_all(estimate *e)
{
    apd_clocks *c = e->c;
    sort_utc(c);
    memset(e->votes, 0, c->stretches.n * sizeof *e->votes);
    e->voting = UINT32_MAX;
    for (size_t i = 0; i < c->local.n; i++)
        vote_moment(e, &c->local.at[i]);
    for (size_t i = 0; i < c->stretches.n; i++)
        e->taught[i] = UNTAUGHT;
    for (size_t i = 0; i < c->stretches.n; i++) {
        vote_zones(e, i);
        vote_leader(e, i);
    }
    for (size_t i = 0; i < c->stretches.n; i++)
        vote_for(e, i, e->taught[i]);
}

/* --- the way through the stretches of one file --- */

static int gain(const estimate *e, size_t i, int grid)
{
    uint32_t w = e->votes[i].weight[grid];
    return GAIN * (w < VOTE_CAP ? (int)w : VOTE_CAP);
}

static int cost(const estimate *e, size_t i, int from, int to)
{
    const stretch *before = &e->c->stretches.at[i - 1], *s = &e->c->stretches.at[i];
    int price = from == to ? 0 : s->why == BREAK_START ? COST_START : COST_BREAK;
    apd_time end = before->last - (from + GRID_FIRST) * GRID_STEP;
    apd_time begin = s->first - (to + GRID_FIRST) * GRID_STEP;
    return price + (begin < end - NEAR ? COST_BACKWARDS : 0);
}

/* Does any zone have it, summer time included? Whole hours, and these in quarters of an hour. What misleads seldom
 * does, and then votes against the rest. */
static bool is_in_use(int grid)
{
    static const int8_t others[] = {-38, -14, -10, 14, 18, 22, 23, 26, 35, 38, 42, 51, 55};
    int quarters = grid + GRID_FIRST;
    bool found = quarters % 4 == 0;
    for (size_t i = 0; i < sizeof others; i++)
        found |= quarters == others[i];
    return found;
}

static size_t candidates(const estimate *e, size_t first, size_t n, int *list)
{
    size_t count = 0;
    for (int g = 0; g < GRID; g++) {
        bool any = false;
        for (size_t i = first; i < first + n && !any; i++)
            any = e->votes[i].weight[g] > 0;
        if (any && is_in_use(g))
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

typedef struct tally {
    uint32_t weight, proof; /* for the offset */
    uint32_t other;         /* for the next best */
} tally;

/* What the stretches of that offset among n say. */
static tally count_votes(const estimate *e, size_t first, size_t n, int grid)
{
    tally t = {0};
    for (int g = 0; g < GRID; g++) {
        uint32_t weight = 0;
        for (size_t i = first; i < first + n; i++)
            if (e->c->stretches.at[i].chosen == grid) {
                weight += e->votes[i].weight[g];
                t.proof += g == grid ? e->votes[i].proof[g] : 0;
            }
        if (g == grid)
            t.weight = weight;
        else if (weight > t.other)
            t.other = weight;
    }
    return t;
}

static bool is_clear(const tally *t)
{
    return t->weight >= 2 * t->other + 2;
}

static bool is_enough(const tally *t)
{
    return is_clear(t) && t->proof >= ENOUGH_PROOF && t->weight >= ENOUGH_WEIGHT;
}

/* A run of stretches has to be clear in itself. What is enough may stand all over the file: processes that take turns
 * have a moment each. */
static bool is_proven(const estimate *e, size_t from, size_t to, const tally *file)
{
    tally run = count_votes(e, from, to - from, e->c->stretches.at[from].chosen);
    return is_enough(&run) || (is_clear(&run) && is_enough(file));
}

static apd_status decide(estimate *e, size_t first, size_t n)
{
    apd_clocks *c = e->c;
    bool marked = false;
    tally file[GRID];
    for (size_t i = first; i < first + n; i++)
        marked |= c->stretches.at[i].why == BREAK_START;
    if (!choose(e, first, n))
        return APD_E_NOMEM;
    for (int g = 0; g < GRID; g++)
        file[g] = count_votes(e, first, n, g);
    for (size_t from = first, to; from < first + n; from = to) {
        int grid = c->stretches.at[from].chosen;
        for (to = from; to < first + n && c->stretches.at[to].chosen == grid; to++)
            ;
        if (grid >= 0 && is_proven(e, from, to, &file[grid]))
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

static bool is_of_era(const apd_clocks *c, const apd_era *era, const stretch *s)
{
    return era->log == s->log && era->member == s->member &&
           (c->overridden || (era->known == s->known &&
                              (!s->known || era->minutes == 15 * (s->chosen + GRID_FIRST))));
}

/* The era that the stretch belongs to; those of one file stand together. */
static apd_era *era_of(apd_clocks *c, const stretch *s)
{
    for (size_t i = c->eras.n; i-- > 0 && c->eras.at[i].member == s->member;)
        if (is_of_era(c, &c->eras.at[i], s))
            return &c->eras.at[i];
    apd_era era = {.log = s->log,
                   .member = s->member,
                   .first = s->first,
                   .last = s->last,
                   .known = s->known || c->overridden,
                   .given = c->overridden,
                   .minutes = c->overridden ? c->minutes
                              : s->known    ? 15 * (s->chosen + GRID_FIRST)
                                            : 0};
    return APD_PUSH(c->arena, c->eras, era) ? &c->eras.at[c->eras.n - 1] : NULL;
}

/* How many moments agree with it, and with the next best offset. */
static void tell_votes(const estimate *e, apd_era *era)
{
    const apd_clocks *c = e->c;
    int grid = era->minutes / 15 - GRID_FIRST;
    votes sum = {0};
    uint32_t other = 0;
    for (size_t i = 0; i < c->stretches.n; i++)
        for (int g = 0; is_of_era(c, era, &c->stretches.at[i]) && g < GRID; g++) {
            sum.weight[g] += e->votes[i].weight[g];
            sum.pairs[g] += e->votes[i].pairs[g];
            sum.residual[g] += e->votes[i].residual[g];
        }
    era->pairs = sum.pairs[grid];
    era->residual = sum.pairs[grid] ? sum.residual[grid] / sum.pairs[grid] : 0;
    for (int g = 0; g < GRID; g++)
        if (g != grid && sum.weight[g] > other) {
            other = sum.weight[g];
            era->others = sum.pairs[g];
        }
}

static apd_status list_eras(estimate *e)
{
    apd_clocks *c = e->c;
    for (size_t i = 0; i < c->stretches.n; i++) {
        const stretch *s = &c->stretches.at[i];
        apd_era *era = era_of(c, s);
        if (!era)
            return APD_E_NOMEM;
        era->first = s->first < era->first ? s->first : era->first;
        era->last = s->last > era->last ? s->last : era->last;
    }
    for (size_t i = 0; i < c->eras.n; i++)
        if (c->eras.at[i].known && !c->eras.at[i].given)
            tell_votes(e, &c->eras.at[i]);
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
    e.taught = e.votes ? APD_NEWS(e.scratch, int16_t, c->stretches.n) : NULL;
    apd_status st = e.taught ? APD_OK : APD_E_NOMEM;
    bool more = true;
    drop_repeated(c);
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
