/* A record of a chunk as an event whose fields are found when asked: what reading and carving share. */
#ifndef APD_EVTX_RECORD_H
#define APD_EVTX_RECORD_H

#include "evtx_chunk.h"
#include "evtx_shape.h"

typedef struct evtx_reading {
    apd_payload payload; /* first: expand() gets from it to the reading */
    evtx_decoder decoder;
    evtx_lasts last;
    evtx_shapes shapes;
    evtx_instance record; /* what the last event stands for */
    apd_where where;
    const char *lost; /* found missing in it, not told yet */
} evtx_reading;

/* r comes zeroed. APD_OK or APD_E_NOMEM; to be freed either way. */
apd_status evtx_reading_init(evtx_reading *r, apd_intern *names, apd_arena *batch);
void evtx_reading_free(evtx_reading *r);
void evtx_reading_chunk(evtx_reading *r, const uint8_t *base, uint32_t size);

/* The record as an event; `where` is its place in the file. APD_SKIPPED: it cannot be read. */
apd_status evtx_reading_event(evtx_reading *r, const evtx_record *rec, apd_where where,
                              apd_event *ev, apd_error *err);
/* What was found missing in the last event since: APD_SKIPPED, or APD_OK if nothing was. */
apd_status evtx_reading_lost(evtx_reading *r, apd_error *err);

#endif
