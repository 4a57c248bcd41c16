/* Attempts, their phases, and the kind of deployment: from milestones that records mark.
 *
 * A milestone belongs to a phase (names.yml lists them in order) and perhaps to a part of it (the apps of device
 * setup); it begins it, ends it well or badly, or only shows that it was going on. Attempts are cut where the caller
 * says one begins, and end where nothing more of a deployment is marked. A milestone whose offset is unknown belongs
 * to an attempt only if every offset puts it there. A phase has the outcome of its last
 * decisive milestone, so that a try that failed and was repeated ends as the repetition did; once it succeeded and
 * a later phase is under way, what is said of it counts no more (a network that is lost for a moment). */
#ifndef APD_PHASES_H
#define APD_PHASES_H

#include "clocks.h"
#include "note.h"

typedef enum apd_edge {
    APD_EDGE_SEEN,
    APD_EDGE_START,
    APD_EDGE_SUCCESS,
    APD_EDGE_FAILURE
} apd_edge;

typedef struct apd_step {
    apd_str phase, part; /* part "" = the phase itself */
    apd_edge edge;
    apd_str detail; /* in words, or "" */
    bool has_code;
    uint32_t code;
    apd_time time; /* UTC, or local where the offset is unknown */
    apd_clock clock;
    apd_str log_name; /* short name of the log */
    apd_sym log;
    uint32_t id;
    apd_where where;
    uint32_t times;   /* the same milestone again within a minute */
    uint32_t place;   /* of its phase in names.yml; after building */
    apd_str scenario; /* it counts in that kind of deployment only, or "not KIND"; "" = in any */
    apd_time
        order; /* what it is sorted by: `time`, unless the clock was set back behind it; after building */
} apd_step;

typedef enum apd_outcome {
    APD_UNFINISHED, /* began; neither its end nor a later phase was seen */
    APD_PASSED, /* its end was not seen, but a later phase began; of a part: it was seen, or its phase is over */
    APD_SUCCEEDED,
    APD_FAILED
} apd_outcome;

const char *apd_outcome_name(apd_outcome o); /* "unfinished", "passed", "succeeded", "failed" */

typedef struct apd_phase {
    apd_str name, part;
    apd_time start, end; /* end: of the milestone that decided, or the last one seen */
    apd_clock start_clock, end_clock;
    int64_t since,
        length; /* ticks that passed from the attempt's start, and from its own to its end;
                              -1: the clocks do not tell */
    apd_outcome outcome;
    const apd_step *decided; /* NULL: none did */
    const apd_step *first, *last;
    const apd_step *begun; /* the start of the last try, or NULL */
    uint32_t tries;        /* starts seen, at least 1 */
    bool only_seen;        /* nothing began or ended it */
} apd_phase;

typedef struct apd_attempt {
    uint32_t number;     /* 1.. oldest first, as findings count them */
    apd_time start, end; /* APD_TIME_NONE where no milestone has a time */
    apd_clock start_clock, end_clock;
    int64_t length; /* ticks that passed; -1: the clocks do not tell */
    const apd_step
        *steps; /* its milestones in order of time, those whose offset is unknown behind */
    size_t nsteps;
    size_t later;            /* milestones after its end: everyday life of the device */
    const apd_phase *phases; /* as they began; parts behind their phase, by start */
    size_t nphases;
    const apd_phase *fate;     /* the phase that tells how it ended, or NULL */
    const apd_step *last_good; /* the last thing known to have worked, or NULL */
    const apd_time *boots;
    size_t nboots;
    apd_str scenario;                      /* "user-driven", …, or "" = unknown */
    const struct apd_scenario_sign *signs; /* for and against it, heaviest first */
    size_t nsigns;
} apd_attempt;

typedef struct apd_scenario_sign {
    apd_str is, say;
    apd_str next; /* what the attempt behind one of this kind is, or "" */
    int weight;
    apd_time time;
    apd_clock clock;
    apd_str log_name;
    apd_sym log;
    apd_where where;
} apd_scenario_sign;

/* More time between two milestones than a deployment that works needs. */
typedef struct apd_gap {
    apd_str name, say;     /* of the threshold */
    const apd_step *after; /* the milestone in front of the gap */
    const apd_step *until; /* the one behind it, or NULL: it was not seen */
    apd_time from, to;     /* UTC; without `until` the logs that would show it tell up to `to` */
    int64_t length; /* ticks in between, without those by which the clock was set, or of sleep */
    int64_t within; /* the threshold, ticks */
} apd_gap;

typedef struct apd_phases apd_phases;

/* NULL when out of memory. order: the phases of names.yml; they outlive it. */
apd_phases *apd_phases_new(apd_arena *a, const apd_str *order, size_t norder);
/* A note with the verb phase or scenario. */
apd_status apd_phases_note(apd_phases *p, const apd_note *note) APD_MUST_USE;
/* Once, after the clocks are settled. attempts and boots: times in UTC, ascending. */
apd_status apd_phases_build(apd_phases *p, const apd_clocks *clocks, const apd_time *attempts,
                            size_t nattempts, const apd_time *boots, size_t nboots) APD_MUST_USE;

size_t apd_phases_attempts(const apd_phases *p);
const apd_attempt *apd_phases_attempt(const apd_phases *p, size_t i);
/* All milestones in order of time, those whose offset is unknown behind. */
const apd_step *apd_phases_steps(const apd_phases *p, size_t *n);
/* Those whose offset is unknown and that may belong to one attempt as well as to another, or to none that is known. */
const apd_step *apd_phases_unplaced(const apd_phases *p, size_t *n);
/* The phase or part that was going on at that time, the latest begun of several, or NULL. */
const apd_phase *apd_phases_at(const apd_phases *p, apd_time utc);

#endif
