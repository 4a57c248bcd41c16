/* What is known of the device, its profile and its set-up: each property with its source, and with what another
 * source says differently. And the reasons why nothing happened for a while. */
#ifndef APD_DEVICE_H
#define APD_DEVICE_H

#include "clocks.h"
#include "note.h"

typedef struct apd_property {
    apd_str value; /* "" = not told */
    apd_sym log;   /* log or fact that told it */
    apd_where where;
    apd_str other; /* what another source says, or "" */
    apd_sym other_log;
    apd_where other_where;
} apd_property;

/* A stretch of time in which something waited. */
typedef struct apd_stall {
    apd_str reason; /* "grs", "throttled", "reboot-pending", …: names in tracker files */
    apd_str item;   /* id of the app it is about, or "" */
    apd_str say;    /* in words, or "" */
    apd_time from, to; /* first and last record of it */
    apd_clock from_clock, to_clock;
    apd_time until; /* UTC, or APD_TIME_NONE */
    int64_t lasts;  /* ticks from its first record that it lasts at most; 0 = not known. `until` follows from it */
    bool ended;     /* a record says that it is over */
    bool stale;     /* it was over before the newest attempt began */
    uint32_t times;
    apd_sym log;
    apd_where where; /* of the first record */
    apd_sym last_log;
    apd_where last_where;
} apd_stall;

typedef struct apd_device apd_device;

apd_device *apd_device_new(apd_arena *a); /* NULL when out of memory */
/* A note with the verb device, stall or version. */
apd_status apd_device_note(apd_device *d, const apd_note *note) APD_MUST_USE;
/* Once, after the clocks are settled. newest: start of the newest attempt in UTC, or APD_TIME_NONE. */
void apd_device_build(apd_device *d, const apd_clocks *clocks, apd_time newest);

const apd_property *apd_device_property(const apd_device *d, enum apd_device_value which);
/* Version of a writer ("ime"), "" if it is not told. */
apd_str apd_device_version(const apd_device *d, apd_str of);
size_t apd_device_stalls(const apd_device *d);
const apd_stall *apd_device_stall(const apd_device *d, size_t i);

#endif
