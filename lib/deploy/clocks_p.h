/* Between clocks.c (what is collected), clocks_estimate.c (what is made of it) and clocks_traces.c. */
#ifndef APD_CLOCKS_P_H
#define APD_CLOCKS_P_H

#include "clocks.h"
#include "vec.h"

/* Offsets on the grid: from 12 hours west to 14 hours east in quarters of an hour. */
enum { GRID_FIRST = -48, GRID_LAST = 56, GRID = GRID_LAST - GRID_FIRST + 1 };
#define GRID_STEP (15 * APD_TICKS_MINUTE)
#define NEAR (2 * APD_TICKS_MINUTE) /* farther moments are not one moment */
/* A zone that changed eastwards looks like a rest. */
#define REST (14 * APD_TICKS_MINUTE)

/* Why a stretch begins where it begins. */
typedef enum stretch_break {
    BREAK_FILE,  /* the file begins */
    BREAK_START, /* a process of the writer starts */
    BREAK_BACK,  /* time runs backwards */
    BREAK_REST   /* nothing was written for long */
} stretch_break;

typedef struct stretch {
    apd_sym log;
    uint32_t member;
    uint32_t first_record, last_record;
    apd_time first, last; /* local; last is the latest */
    stretch_break why;
    /* when settled */
    int16_t chosen; /* grid index, -1 none */
    bool voted;     /* has pairs of its own */
    bool known;
} stretch;

typedef struct moment {
    uint64_t key; /* of kind and key */
    apd_time time;
    apd_time at;      /* UTC held by the record itself, or APD_TIME_NONE */
    int64_t within;   /* of a pair, at most */
    uint32_t stretch; /* LOCAL: which; else UINT32_MAX */
    apd_sym log;
    bool named;  /* it has a key, or the record its own UTC */
    bool shared; /* LOCAL: was taken over into the moments in UTC */
    bool kept;   /* UTC: a fact remembers it; nothing tells which of several runs it was */
    bool since;  /* UTC: the earliest of its key counts */
} moment;

typedef struct zone {
    apd_time from; /* UTC */
    int grid;
} zone;

/* Which process writes a log. */
typedef struct writer {
    apd_sym log;
    bool leads;
    uint64_t name;
} writer;

typedef struct place {
    uint32_t member, record; /* where a stretch begins */
    uint32_t stretch;
} place;

typedef struct file_at { /* the file being read */
    uint32_t member;
    apd_sym log;
    bool any;
    uint32_t record;
    apd_time time;
} file_at;

/* An event that several sources may have. */
typedef struct shared {
    uint64_t key; /* provider and id */
    apd_time time;
} shared;

/* A file in UTC with its newest events. */
typedef struct watched {
    uint32_t member;
    apd_sym log;
    bool steady; /* apd_event.steady */
    apd_time first, last;
    APD_VEC(shared) seen; /* a ring once it is full */
    size_t oldest;
} watched;

/* Windows set the clock. */
typedef struct jump {
    apd_time from; /* by the clock as it was */
    int64_t by;
    bool slept; /* it went on by the hardware's clock when the device woke */
} jump;

/* What the time service corrects all day is less. */
#define CLOCKS_LEAST_JUMP APD_TICKS_SECOND

struct apd_clocks {
    apd_arena *arena;
    APD_VEC(stretch) stretches;
    APD_VEC(moment) local;
    APD_VEC(moment) utc;
    APD_VEC(zone) zones;
    APD_VEC(writer) writers; /* one per log, few */
    APD_VEC(apd_era) eras;
    APD_VEC(apd_clock_step) steps;
    APD_VEC(watched) watched;
    APD_VEC(jump) jumps; /* in the order of their log */
    APD_VEC(apd_trace_shift) shifts;
    size_t last_watched;
    file_at local_file, utc_file;
    uint32_t in_file; /* stretches of the file being read */
    bool overridden;
    int minutes;
    place *places; /* stretches by place, after settling */
};

static inline apd_time clocks_utc(const stretch *s, apd_time local)
{
    return local - (s->chosen + GRID_FIRST) * GRID_STEP;
}

/* The writer of the log, or NULL. */
const writer *clocks_writer_of(const apd_clocks *c, apd_sym log);
/* Chooses offsets and fills c->eras. */
apd_status clocks_estimate(apd_clocks *c) APD_MUST_USE;

/* --- clocks_traces.c --- */

apd_status clocks_note_shared(apd_clocks *c, const apd_event *ev) APD_MUST_USE;
/* Fills c->shifts. */
apd_status clocks_align_traces(apd_clocks *c) APD_MUST_USE;
/* Of a record in UTC, if it is of a trace whose clock went on as if it had not been set. */
void clocks_shift(const apd_clocks *c, apd_event *ev);

#endif
