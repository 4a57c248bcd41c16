/* Through a bundle: members to parsers, events and losses to whoever asked for them. */
#ifndef APD_JOURNEY_H
#define APD_JOURNEY_H

#include "bundle.h"
#include "etl_pool.h"
#include "event.h"
#include "file.h"
#include "later.h"
#include "rulefiles.h"
#include "vec.h"

typedef struct apd_journey {
    /* Set by the caller. A callback's failure ends the journey with that status. */
    apd_intern *names;
    const apd_table *trace_tables; /* what is known about events of traces; may be NULL */
    size_t ntrace_tables;
    const apd_str *tmf; /* texts of message files for WPP; may be NULL */
    size_t ntmf;
    bool carve; /* search event logs, and files that nobody knows, for records wherever they are */
    void *ctx;
    apd_status (*event)(void *ctx, apd_event *ev);
    apd_status (*problem)(void *ctx, apd_str file, const apd_error *err);
    /* These two may be NULL: a log without records; records of a file are lost where it now stands. */
    apd_status (*empty)(void *ctx, apd_str log, uint32_t member);
    void (*torn)(void *ctx, uint32_t member);
    /* Made on the way. */
    APD_VEC(apd_file) files; /* by member index */
    apd_bundle *bundle;
    apd_schemas *schemas;  /* what the bundle tells about events of its traces */
    apd_shape_sink shapes; /* takes that from its event logs */
    apd_later later;
    apd_arena *keep;  /* files and the first problem */
    apd_arena *batch; /* of the reader at work; rewound per file */
    uint64_t bytes;
    bool troubled; /* there was a problem: */
    apd_str first_file;
    apd_error first;
    apd_error last; /* said last */
} apd_journey;

/* Anything but APD_OK: nothing of the bundle could be read, or a callback gave up; err says why in
 * one sentence unless it is out of memory or the callback's. */
apd_status apd_journey_go(apd_journey *j, const char *path, apd_error *err) APD_MUST_USE;
/* In messages that begin with the bundle's path: the file, "" where the bundle is that file itself. */
static inline apd_str apd_journey_file(const char *bundle, apd_str file)
{
    return apd_ends(apd_str_of(bundle), file) ? (apd_str){"", 0} : file;
}
void apd_journey_end(apd_journey *j); /* one that never went is fine */

#endif
