/* Traces by a counter keep the clock of their start: when Windows sets the clock meanwhile, what they write from then
 * on is wrong by the jump. Windows notes the jump in its event log. Whether a trace was under way by then, and by how
 * much its times are off, is told by events that it shares with another source: by the clock that was set, they lie
 * apart by the same distance to a few milliseconds. Each stretch behind a jump needs such events of its own; without
 * them its times stay, and that is said. */
#include <stdlib.h>

#include "clocks_p.h"
#include "limits.h"

#define AROUND                                                                                     \
    (CLOCKS_LEAST_JUMP / 2) /* a shared event is looked for so far from where it should be */
#define TOGETHER (10 * APD_TICKS_SECOND / 1000) /* and those that agree lie so close */

enum { ENOUGH_SHARED = 3 };

/* --- collecting --- */

static watched *watch(apd_clocks *c, const apd_event *ev)
{
    if (c->last_watched < c->watched.n && c->watched.at[c->last_watched].member == ev->where.member)
        return &c->watched.at[c->last_watched];
    for (c->last_watched = 0; c->last_watched < c->watched.n; c->last_watched++)
        if (c->watched.at[c->last_watched].member == ev->where.member)
            return &c->watched.at[c->last_watched];
    watched w = {.member = ev->where.member,
                 .log = ev->log,
                 .steady = ev->steady,
                 .first = ev->time,
                 .last = ev->time};
    if (c->watched.n >= APD_MAX_SHARED_LOGS || !APD_PUSH(c->arena, c->watched, w))
        return NULL;
    return &c->watched.at[c->last_watched];
}

apd_status clocks_note_shared(apd_clocks *c, const apd_event *ev)
{
    bool named_only = ev->id == 0; /* TraceLogging, lines: nothing that an event log has too */
    watched *w = named_only && !ev->steady ? NULL : watch(c, ev);
    if (!w)
        return APD_OK;
    w->last = ev->time > w->last ? ev->time : w->last;
    if (named_only)
        return APD_OK;
    shared s = {(uint64_t)ev->provider << 32 | ev->id, ev->time};
    if (w->seen.n < APD_MAX_SHARED)
        return APD_PUSH(c->arena, w->seen, s) ? APD_OK : APD_E_NOMEM;
    w->seen.at[w->oldest] = s;
    w->oldest = (w->oldest + 1) % APD_MAX_SHARED;
    return APD_OK;
}

/* --- shared events --- */

typedef struct others { /* events of all sources whose clock was set, by key and time */
    shared *at;
    size_t n;
} others;

static int by_key(const void *x, const void *y)
{
    const shared *a = x, *b = y;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->time > b->time) - (a->time < b->time);
}

static bool gather(const apd_clocks *c, apd_arena *a, others *out)
{
    size_t n = 0;
    for (size_t i = 0; i < c->watched.n; i++)
        n += c->watched.at[i].seen.n;
    *out = (others){.at = APD_NEWS(a, shared, n + 1)};
    for (size_t i = 0; out->at && i < c->watched.n; i++) {
        const watched *w = &c->watched.at[i];
        for (size_t k = 0; !w->steady && k < w->seen.n; k++)
            out->at[out->n++] = w->seen.at[k];
    }
    if (out->n)
        qsort(out->at, out->n, sizeof *out->at, by_key);
    return out->at != NULL;
}

/* How far the event of that key that lies nearest to `time` is behind it; false if none is near. */
static bool nearest(const others *o, uint64_t key, apd_time time, int64_t *behind)
{
    size_t low = 0, high = o->n;
    bool found = false;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (o->at[mid].key < key || (o->at[mid].key == key && o->at[mid].time < time - AROUND))
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < o->n && o->at[low].key == key && o->at[low].time <= time + AROUND; low++) {
        int64_t d = o->at[low].time - time;
        if (!found || llabs(d) < llabs(*behind))
            *behind = d;
        found = true;
    }
    return found;
}

static int by_size(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

typedef struct agreement {
    uint32_t pairs, against; /* that lie together, and those elsewhere */
    int64_t by;              /* median */
    int64_t residual;        /* the farthest from it that counts */
} agreement;

/* Shared events of a stretch if its times are off by about `by`. */
static agreement compare(const watched *w, const others *o, const apd_trace_shift *s, int64_t by,
                         int64_t *scratch)
{
    agreement a = {0};
    uint32_t n = 0;
    for (size_t i = 0; i < w->seen.n; i++) {
        const shared *e = &w->seen.at[i];
        if (e->time > s->from && e->time < s->to && nearest(o, e->key, e->time + by, &scratch[n]))
            n++;
    }
    if (n == 0)
        return a;
    qsort(scratch, n, sizeof *scratch, by_size);
    int64_t middle = scratch[n / 2];
    for (uint32_t i = 0; i < n; i++) {
        int64_t off = llabs(scratch[i] - middle);
        a.pairs += off <= TOGETHER;
        if (off <= TOGETHER && off > a.residual)
            a.residual = off;
    }
    a.against = n - a.pairs;
    a.by = by + middle;
    return a;
}

static bool enough(const agreement *a, const agreement *other)
{
    return a->pairs >= ENOUGH_SHARED && a->pairs >= 2 * (a->against + other->pairs);
}

/* --- the stretches of one trace --- */

/* The jump may have been before the trace began: a clock that was set back shows the same time twice. */
static apd_status try_jump(apd_clocks *c, const watched *w, const others *o, size_t i,
                           int64_t *so_far, int64_t *scratch)
{
    const jump *j = &c->jumps.at[i];
    apd_trace_shift s = {
        .log = w->log, .member = w->member, .from = j->from - *so_far, .to = w->last + 1};
    s.said = *so_far + j->by;
    if (s.from <= w->first || s.from >= w->last)
        return APD_OK;
    for (size_t k = i + 1; k < c->jumps.n; k++) {
        apd_time next = c->jumps.at[k].from - s.said;
        if (next > s.from && next < s.to)
            s.to = next;
    }
    agreement moved = compare(w, o, &s, s.said, scratch);
    agreement stayed = compare(w, o, &s, *so_far, scratch);
    if (enough(&stayed, &moved))
        return APD_OK;
    s.known = enough(&moved, &stayed);
    s.by = s.known ? moved.by : 0;
    s.pairs = moved.pairs;
    s.residual = moved.residual;
    *so_far = s.said;
    return APD_PUSH(c->arena, c->shifts, s) ? APD_OK : APD_E_NOMEM;
}

static apd_status align(apd_clocks *c, const watched *w, const others *o, apd_arena *a)
{
    int64_t so_far = 0;
    int64_t *scratch = APD_NEWS(a, int64_t, w->seen.n + 1);
    if (!scratch)
        return APD_E_NOMEM;
    for (size_t i = 0; i < c->jumps.n; i++)
        APD_TRY(try_jump(c, w, o, i, &so_far, scratch));
    return APD_OK;
}

apd_status clocks_align_traces(apd_clocks *c)
{
    apd_arena *a = apd_arena_new(0);
    others o = {0};
    apd_status st = a ? APD_OK : APD_E_NOMEM;
    for (size_t i = 0; i < c->watched.n && c->jumps.n && st == APD_OK; i++) {
        if (!c->watched.at[i].steady)
            continue;
        st = o.at || gather(c, a, &o) ? align(c, &c->watched.at[i], &o, a) : APD_E_NOMEM;
    }
    apd_arena_free(a);
    return st;
}

void clocks_shift(const apd_clocks *c, apd_event *ev)
{
    for (size_t i = 0; i < c->shifts.n; i++) {
        const apd_trace_shift *s = &c->shifts.at[i];
        if (!s->known || s->member != ev->where.member || ev->time < s->from || ev->time >= s->to)
            continue;
        ev->time += s->by;
        ev->clock = APD_CLOCK_ESTIMATED;
        return;
    }
}
