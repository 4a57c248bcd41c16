#include "merge.h"

#include <stdlib.h>

#include "limits.h"
#include "vec.h"

typedef struct place {
    bool local; /* the offset is unknown: behind all others */
    apd_time time;
    uint32_t member, record;
    uint64_t offset; /* carved and damaged logs repeat numbers */
} place;

typedef struct held {
    place at;
    const apd_event *event;
    apd_str log;
} held;

typedef struct pass {
    apd_merge *m;
    apd_arena *arena, *spare; /* of the records held; the other takes those that stay */
    held *rows;               /* malloc */
    size_t n, cap;
    place done, cut; /* handed over up to `done`; from `cut` on it is left to the next pass */
    bool any_done, any_cut;
    size_t memory;
} pass;

static place place_of(const apd_event *ev)
{
    return (place){.local = !apd_clock_is_utc(ev->clock),
                   .time = ev->time,
                   .member = ev->where.member,
                   .record = ev->where.record,
                   .offset = ev->where.offset};
}

static int compare(const place *a, const place *b)
{
    if (a->local != b->local)
        return a->local ? 1 : -1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->member != b->member)
        return a->member < b->member ? -1 : 1;
    if (a->record != b->record)
        return a->record < b->record ? -1 : 1;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

static int by_place(const void *x, const void *y)
{
    const held *a = x, *b = y;
    return compare(&a->at, &b->at);
}

/* Keeps the earlier half. */
static apd_status drop_later(pass *p)
{
    qsort(p->rows, p->n, sizeof *p->rows, by_place);
    size_t keep = p->n / 2;
    p->cut = p->rows[keep].at;
    p->any_cut = true;
    for (size_t i = 0; i < keep; i++) {
        apd_event copy = *p->rows[i].event;
        p->rows[i].event = apd_event_keep(p->spare, &copy);
        if (!p->rows[i].event)
            return APD_E_NOMEM;
    }
    p->n = keep;
    apd_arena *full = p->arena;
    p->arena = p->spare;
    p->spare = full;
    apd_arena_rewind(full, (apd_mark){0});
    return APD_OK;
}

static apd_status hold(pass *p, apd_event *ev, apd_str log)
{
    if (p->n == p->cap) {
        size_t cap = p->cap ? 2 * p->cap : 1024;
        held *rows = realloc(p->rows, cap * sizeof *rows);
        if (!rows)
            return APD_E_NOMEM;
        p->rows = rows;
        p->cap = cap;
    }
    held h = {place_of(ev), apd_event_keep(p->arena, ev), log};
    if (!h.event)
        return APD_E_NOMEM;
    p->rows[p->n++] = h;
    bool full = apd_arena_used(p->arena) + p->n * sizeof h > p->memory;
    return full && p->n > 1 ? drop_later(p) : APD_OK;
}

static apd_status on_event(void *ctx, apd_event *ev, apd_str log)
{
    pass *p = ctx;
    if (ev->clock == APD_CLOCK_NONE || ev->time == APD_TIME_NONE) {
        p->m->timeless += p->m->passes == 1;
        return APD_OK;
    }
    place at = place_of(ev);
    if ((p->any_done && compare(&at, &p->done) <= 0) || (p->any_cut && compare(&at, &p->cut) >= 0))
        return APD_OK;
    return !p->m->wants || p->m->wants(p->m->ctx, ev) ? hold(p, ev, log) : APD_OK;
}

static apd_status hand_over(pass *p)
{
    if (p->n)
        qsort(p->rows, p->n, sizeof *p->rows, by_place);
    for (size_t i = 0; i < p->n; i++)
        APD_TRY(p->m->event(p->m->ctx, p->rows[i].event, p->rows[i].log));
    if (p->n) {
        p->done = p->rows[p->n - 1].at;
        p->any_done = true;
    }
    p->n = 0;
    apd_arena_rewind(p->arena, (apd_mark){0});
    return APD_OK;
}

static apd_status make_passes(pass *p, apd_error *err)
{
    do {
        p->any_cut = false;
        p->m->passes++;
        APD_TRY(apd_run_again(p->m->run, p->m->path, on_event, p, err));
        APD_TRY(hand_over(p));
    } while (p->any_cut);
    return APD_OK;
}

apd_status apd_merge_go(apd_merge *m, apd_error *err)
{
    size_t memory = m->memory ? m->memory : APD_MERGE_MEMORY;
    pass p = {.m = m,
              .memory = memory / 2, /* the half that stays is copied before the whole is let go */
              .arena = apd_arena_new(0),
              .spare = apd_arena_new(0)};
    m->timeless = 0;
    m->passes = 0;
    apd_status st = p.arena && p.spare ? make_passes(&p, err) : APD_E_NOMEM;
    apd_arena_free(p.arena);
    apd_arena_free(p.spare);
    free(p.rows);
    return st;
}
