/* What each log of a bundle covers, so that absence is only claimed where somebody was looking.
 *
 * One row per (log, clock): first and last time, count, gaps of record ids, and where records are
 * missing. Fed with every event; a row costs the same however long the log is. */
#ifndef APD_COVERAGE_H
#define APD_COVERAGE_H

#include "event.h"

typedef struct apd_log_cover {
    apd_sym log; /* channel or file base name */
    apd_clock clock;
    apd_kind kind;
    apd_time first, last; /* APD_TIME_NONE while only timeless records were seen */
    uint64_t records;
    uint64_t id_gaps;  /* record ids missing inside, EVTX only */
    uint32_t member;   /* the file the first record came from */
    uint32_t files;    /* that hold records of it: rotation, or copies of an event log */
    uint64_t first_id; /* lowest record id, event logs only; above 1 older records are gone */
    bool trace;        /* it overwrites and loses records unseen: its silence proves nothing */
    /* private to coverage.c */
    uint64_t last_record;
    uint32_t file;                  /* that the last record came from */
    apd_time file_first, file_last; /* its times; past: those of the files before it */
    apd_time past_first, past_last;
    apd_time latest;             /* of the last record */
    bool numbered;               /* an event log */
    bool torn;                   /* something was lost since the last record */
    uint64_t epoch;              /* in which the last record came */
    apd_time lost_from, lost_to; /* none while from is after to */
} apd_log_cover;

typedef struct apd_coverage apd_coverage;

apd_coverage *apd_coverage_new(apd_arena *a);
/* False when out of memory. */
bool apd_coverage_add(apd_coverage *c, const apd_event *ev);
/* Tells of a log that is there although it holds no record. */
bool apd_coverage_present(apd_coverage *c, apd_sym log, apd_kind kind, uint32_t member);
/* Tells that records of this file are lost, between those added so far and the next one. */
void apd_coverage_torn(apd_coverage *c, uint32_t member);
size_t apd_coverage_count(const apd_coverage *c);
const apd_log_cover *apd_coverage_at(const apd_coverage *c, size_t i);
/* Between which times records of the log may be missing: they were damaged, or lie between two
 * files of an event log that do not meet. The files of a text log follow one another by rotation.
 * False if nothing is missing. */
bool apd_cover_lost(const apd_log_cover *row, apd_time *from, apd_time *to);

/* The times of a row of local time, now that they are known in UTC; its losses move by between `least` and `most`
 * ticks back. The row then has APD_CLOCK_ESTIMATED; nothing may be added any more. */
void apd_coverage_as_utc(apd_coverage *c, size_t i, apd_time first, apd_time last, int64_t least,
                         int64_t most);

#endif
