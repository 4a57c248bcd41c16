/* A record as an event: the System part at once, the payload when somebody asks. */
#ifndef APD_EVTX_EVENT_H
#define APD_EVTX_EVENT_H

#include "evtx_template.h"

/* The name met last, as the chunk spells it. */
typedef struct evtx_last {
    apd_bytes utf16;
    apd_sym sym;
} evtx_last;

/* Belongs to one chunk: zero it when going to another. */
typedef struct evtx_lasts {
    evtx_last channel, provider;
} evtx_lasts;

/* Fills time, clock, id, level, log, provider and where.record from the System part, as far as they
 * are there. NULL, or why there is no EventID. */
const char *evtx_event_system(evtx_decoder *d, const evtx_instance *in, evtx_lasts *last,
                              apd_event *ev);

/* The payload in its order, then the rest of the System part; fields live in d->batch. NULL, or what
 * was lost. */
const char *evtx_event_fields(evtx_decoder *d, const evtx_instance *in, apd_event *ev);
/* The fields of a document that is EventData, or what is in UserData. */
const char *evtx_part_fields(evtx_decoder *d, const evtx_instance *in, bool user_data,
                             apd_event *ev);

#endif
