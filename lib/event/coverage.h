/* What each log of a bundle covers, so that absence is only claimed where somebody was looking.
 *
 * One row per (log, clock): first and last time, count, gaps of record ids. Fed with every
 * event; a row costs the same however long the log is. */
#ifndef APD_COVERAGE_H
#define APD_COVERAGE_H

#include "event.h"

typedef struct apd_log_cover {
    apd_sym log; /* channel or file base name */
    apd_clock clock;
    apd_kind kind;
    apd_time first, last; /* APD_TIME_NONE while only timeless records were seen */
    uint64_t records;
    uint64_t first_record, last_record;
    uint64_t id_gaps; /* record ids missing inside, EVTX only */
    uint32_t member;  /* the file the first record came from */
} apd_log_cover;

typedef struct apd_coverage apd_coverage;

apd_coverage *apd_coverage_new(apd_arena *a);
/* False when out of memory. */
bool apd_coverage_add(apd_coverage *c, const apd_event *ev);
/* Tells of a log that is there although it holds no record. */
bool apd_coverage_present(apd_coverage *c, apd_sym log, apd_kind kind, uint32_t member);
size_t apd_coverage_count(const apd_coverage *c);
const apd_log_cover *apd_coverage_at(const apd_coverage *c, size_t i);

#endif
