/* Which UTC a local time was: for every log that writes local time without an offset, the offset of its writer,
 * worked out from moments that a log in UTC knows too.
 *
 * A process keeps the time zone it started with, and Windows changes the zone during OOBE, so one file may hold
 * several eras, even interleaved ones. A file is cut into stretches: at every start of a writer and wherever its
 * time runs backwards or rests for long. Each stretch is put beside the anchors of other clocks; differences are
 * multiples of a quarter of an hour (every zone's are), and the offset with the most and closest pairs wins if no
 * other comes near. Pairs of one burst are one pair: work that runs by a timer repeats after quarters of an hour, and
 * all of its lines would agree on the wrong run. What cannot be told stays unknown: a wrong offset is worse than
 * none. Both clocks are those of one machine, so that a wrong clock of the device does not disturb the difference. */
#ifndef APD_CLOCKS_H
#define APD_CLOCKS_H

#include "event.h"

typedef struct apd_clocks apd_clocks;

/* NULL when out of memory. */
apd_clocks *apd_clocks_new(apd_arena *a);
/* Every record, in the order of its file; only those of local clocks cost anything. */
apd_status apd_clocks_event(apd_clocks *c, const apd_event *ev) APD_MUST_USE;

/* A record that marks a moment. Only anchors of the same kind, and of the same key where there is one, are put beside
 * each other. */
typedef struct apd_anchor {
    apd_str kind, key;
    apd_time at; /* the same moment in UTC where the record holds it itself, or APD_TIME_NONE */
    bool since;  /* it holds from `at` on: of several records that tell it the earliest counts */
    int64_t
        within; /* the most between the two records of a pair, ticks; 0 = two minutes, its limit */
} apd_anchor;

/* Call after apd_clocks_event() for the same record. */
apd_status apd_clocks_anchor(apd_clocks *c, const apd_event *ev, const apd_anchor *a) APD_MUST_USE;
/* The record is the first of a new process of its log's writer. */
apd_status apd_clocks_writer_starts(apd_clocks *c, const apd_event *ev) APD_MUST_USE;
/* One process writes the record's log and others of that name, so that they share an offset; the log that notes its
 * starts leads them. */
apd_status apd_clocks_writer(apd_clocks *c, const apd_event *ev, apd_str name,
                             bool leads) APD_MUST_USE;
/* From ev's time on (UTC) the device's zone was so many minutes east of UTC. */
apd_status apd_clocks_zone(apd_clocks *c, const apd_event *ev, int minutes) APD_MUST_USE;
/* Windows notes that it set the clock: from one time to another, both in UTC. slept: because the device woke. */
apd_status apd_clocks_set(apd_clocks *c, apd_time from, apd_time to, bool slept) APD_MUST_USE;
/* All local times are so many minutes east of UTC, whatever the records say. */
void apd_clocks_override(apd_clocks *c, int minutes);

/* Works the offsets out; once, after the last record. */
apd_status apd_clocks_settle(apd_clocks *c) APD_MUST_USE;

/* Offset in minutes east of UTC for a record of a local clock; false if unknown. After settling. */
bool apd_clocks_offset(const apd_clocks *c, const apd_event *ev, int *minutes);
/* Gives the record its UTC and APD_CLOCK_ESTIMATED if the offset is known, or if it is of a trace that is known to
 * have missed a step of the clock. */
void apd_clocks_convert(const apd_clocks *c, apd_event *ev);
/* The same for a time that was taken out of a record. */
void apd_clocks_convert_time(const apd_clocks *c, apd_time *time, apd_clock *clock, apd_sym log,
                             apd_where where);

/* The earliest and the latest moment in UTC that a local time of that record may be: every offset on Earth, as far as the
 * nearest records of its file leave them whose offset is known. */
void apd_clocks_bounds(const apd_clocks *c, apd_time local, apd_where where, apd_time *from,
                       apd_time *to);

/* What was worked out, for people: stretches of one file with the same offset, which may take turns with others. */
typedef struct apd_era {
    apd_sym log;
    uint32_t member;      /* file of its first record */
    apd_time first, last; /* local time */
    bool known;
    int minutes; /* east of UTC */
    bool given;  /* by override */
    uint32_t
        pairs; /* moments that agree; what another log of the same writer shows counts as two */
    uint32_t others;  /* that agree with the next best offset */
    int64_t residual; /* mean distance of the pairs from the grid, ticks */
} apd_era;

size_t apd_clocks_count(const apd_clocks *c);
const apd_era *apd_clocks_at(const apd_clocks *c, size_t i);

/* A trace by a counter (apd_event.steady) during which Windows set the clock: from then on its times are off. */
typedef struct apd_trace_shift {
    apd_sym log;
    uint32_t member;
    apd_time from, to; /* [from, to) by the clock of the trace */
    int64_t said;      /* ticks that Windows says the clock was moved by since the trace began */
    bool known;        /* shared events confirm it: times are moved by */
    int64_t by;        /* so many ticks */
    uint32_t pairs;    /* events that another source has too and that agree */
    int64_t residual;  /* the farthest of them */
} apd_trace_shift;

/* Ticks that passed between two times in UTC: not those by which Windows says it set the clock. Negative if the second
 * time is the earlier one. */
int64_t apd_clocks_passed(const apd_clocks *c, apd_time from, apd_time to);
/* Of these, those in which the device was awake, so that something could happen. */
int64_t apd_clocks_awake(const apd_clocks *c, apd_time from, apd_time to);
/* What the clock showed when the device had been awake for so many ticks; negative: earlier. */
apd_time apd_clocks_after(const apd_clocks *c, apd_time from, int64_t ticks);

size_t apd_clocks_shifts(const apd_clocks *c);
const apd_trace_shift *apd_clocks_shift(const apd_clocks *c, size_t i);

/* A log in UTC whose records jump: the clock was set between two of them. */
typedef struct apd_clock_step {
    apd_time from, to; /* the record before and the one behind, in UTC of the device */
    uint32_t member;
    uint32_t record; /* the one behind */
} apd_clock_step;

size_t apd_clocks_steps(const apd_clocks *c);
const apd_clock_step *apd_clocks_step(const apd_clocks *c, size_t i);

#endif
