/* Every record of a bundle in order of time, in bounded memory: as many passes over the bundle as it takes.
 *
 * A pass collects the earliest records that were not handed over yet. Where they outgrow the memory, the later half is
 * dropped, and whatever comes after the earliest one dropped is passed over without a copy. So memory stays the same,
 * and each pass settles at least half of it. Records of one time stand in the order of their files. */
#ifndef APD_MERGE_H
#define APD_MERGE_H

#include "run.h"

typedef struct apd_merge {
    apd_run *run;
    const char *path;
    /* Records of it are wanted; NULL: all. */
    bool (*wants)(void *ctx, const apd_event *ev);
    /* One record in its turn, a copy that lives until it returns. */
    apd_status (*event)(void *ctx, const apd_event *ev, apd_str log);
    void *ctx;
    size_t memory;     /* bytes; 0 = APD_MERGE_MEMORY */
    uint64_t timeless; /* out: records without a time, which have no place here */
    unsigned passes;   /* out */
} apd_merge;

/* Records whose offset is unknown come last, in order of their local time. */
apd_status apd_merge_go(apd_merge *m, apd_error *err) APD_MUST_USE;

#endif
