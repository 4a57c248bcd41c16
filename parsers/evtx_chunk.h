/* A 64 KiB chunk: is it sound, and where are its records?
 *
 * A chunk needs nothing outside of itself. Damage inside is passed over: the walk looks for the next
 * place that has all the marks of a record. What lies behind the last record (old ones of earlier
 * use) is not read here: evtx_carve.c does that. */
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
    uint64_t last_id; /* records to come have higher ones; 0 = nothing known */
    uint64_t id;      /* of the record read last, as it was found */
    uint64_t written; /* so was it */
    bool cut;         /* the file ended inside */
} evtx_chunk;

typedef enum evtx_step { EVTX_STEP_RECORD, EVTX_STEP_LOST, EVTX_STEP_END } evtx_step;

bool evtx_file_head_sound(const uint8_t *head); /* the 128 bytes that a file begins with */
bool evtx_chunk_is_blank(const uint8_t *base, uint32_t size);
/* Where the next header of a chunk begins that is likely to be one, anywhere in from..size; size
 * when there is none. */
uint32_t evtx_chunk_find(const uint8_t *p, uint32_t from, uint32_t size);
/* Has what is at p all the marks of a record, and does it fit into room? The signature, the size at
 * both ends, the head of BinXML: no chance pattern has them. r->at is 0. */
bool evtx_record_at(const uint8_t *p, uint32_t room, evtx_record *r);
/* size: 512..65536. Returns NULL, or what is wrong with the chunk as a whole; its records can be
 * walked either way. */
const char *evtx_chunk_open(evtx_chunk *c, const uint8_t *base, uint32_t size, bool checksums);
/* LOST: r->at and r->size tell which bytes were passed over, *why the reason. */
evtx_step evtx_chunk_next(evtx_chunk *c, evtx_record *r, const char **why);

#endif
