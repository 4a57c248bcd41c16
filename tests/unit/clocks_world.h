/* A device with a log in UTC and others, for tests of its clocks. Include after cmocka.h. */
#ifndef APD_CLOCKS_WORLD_H
#define APD_CLOCKS_WORLD_H

#include "clocks.h"

enum {
    UTC_LOG = 1,
    LOCAL_LOG = 2,
    OTHER_LOG = 3,
    UTC_MEMBER = 1,
    LOCAL_MEMBER = 2,
    OTHER_MEMBER = 3
};

#define MINUTE APD_TICKS_MINUTE
#define SECOND APD_TICKS_SECOND

typedef struct world {
    apd_arena *arena;
    apd_clocks *clocks;
    uint32_t seed, utc_record, local_record, other_record;
    apd_time start;
} world;

static inline uint32_t next(world *w, uint32_t below)
{
    w->seed = w->seed * 1664525u + 1013904223u;
    return (w->seed >> 8) % below;
}

static inline world make(uint32_t seed)
{
    world w = {.arena = apd_arena_new(0), .seed = seed * 7919u + 1u};
    assert_non_null(w.arena);
    w.clocks = apd_clocks_new(w.arena);
    assert_non_null(w.clocks);
    assert_true(apd_time_from_civil(2025, 11, 22, 8, 0, 0, 0, &w.start));
    return w;
}

static inline apd_event utc_event(world *w, apd_time at)
{
    return (apd_event){.time = at,
                       .clock = APD_CLOCK_UTC,
                       .log = UTC_LOG,
                       .id = 1,
                       .where = {.member = UTC_MEMBER, .record = ++w->utc_record}};
}

static inline void feed(world *w, const apd_event *ev)
{
    assert_int_equal(apd_clocks_event(w->clocks, ev), APD_OK);
}

static inline void settle(world *w)
{
    assert_int_equal(apd_clocks_settle(w->clocks), APD_OK);
}

static inline void drop(world *w)
{
    apd_arena_free(w->arena);
}

#endif
