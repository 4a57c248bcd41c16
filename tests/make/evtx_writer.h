/* EVTX files, versions 3.1 and 3.2, readable by every reader that was tried on them. */
#ifndef MK_EVTX_WRITER_H
#define MK_EVTX_WRITER_H

#include "scenario.h"

typedef struct mk_evtx {
    uint16_t minor;        /* 1 or 2 */
    uint16_t flags;        /* 1: dirty */
    uint64_t first_record; /* EventRecordID of the first record */
    uint32_t min_chunks;   /* the file is filled up with zero chunks */
} mk_evtx;

/* Appends the file that holds the n events in this order. */
void mk_evtx_write(mk_out *o, const mk_evtx *how, const mk_event *const *events, size_t n);

#endif
