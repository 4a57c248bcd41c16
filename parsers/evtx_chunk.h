/* A 64 KiB chunk: is it sound, and where are its records?
 *
 * A chunk needs nothing outside of itself. Damage inside is passed over: the walk looks for the next
 * place that has all the marks of a record. Bytes behind the last record (old records of earlier
 * use) are never read. */
#ifndef APD_EVTX_CHUNK_H
#define APD_EVTX_CHUNK_H

#include "clock.h"

#define EVTX_CHUNK_SIZE 65536u
#define EVTX_CHUNK_HEAD 512u
#define EVTX_RECORD_HEAD 24u

typedef struct evtx_record {
    uint32_t at, size; /* in the chunk */
    uint64_t id;
    uint64_t written; /* FILETIME */
} evtx_record;

typedef struct evtx_chunk {
    const uint8_t *base;
    uint32_t size;    /* bytes that are there */
    uint32_t at, end; /* the next record; where they end */
    uint64_t last_id; /* of the record read last; 0 = none yet */
    bool cut;         /* the file ended inside */
} evtx_chunk;

typedef enum evtx_step { EVTX_STEP_RECORD, EVTX_STEP_LOST, EVTX_STEP_END } evtx_step;

bool evtx_chunk_is_blank(const uint8_t *base, uint32_t size);
/* size: 512..65536. Returns NULL, or what is wrong with the chunk as a whole; its records can be
 * walked either way. */
const char *evtx_chunk_open(evtx_chunk *c, const uint8_t *base, uint32_t size, bool checksums);
/* LOST: r->at and r->size tell which bytes were passed over, *why the reason. */
evtx_step evtx_chunk_next(evtx_chunk *c, evtx_record *r, const char **why);

#endif
