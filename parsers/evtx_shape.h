/* Tells what the templates of a log say about the payloads of its events. Each event (provider, id, version) is
 * looked at once, or a few times where logs have very many; that is found out by a look into a small table. */
#ifndef APD_EVTX_SHAPE_H
#define APD_EVTX_SHAPE_H

#include "evtx_event.h"
#include "shape.h"

enum { EVTX_SHAPES_MET = 1024 }; /* a power of two; a busy log has hundreds of events */

typedef struct evtx_shapes {
    const apd_shape_sink *sink; /* NULL: nobody asks */
    uint64_t met[EVTX_SHAPES_MET];
} evtx_shapes;

/* For every record; in: open, ev: as evtx_event_system() filled it. */
void evtx_shape_note(evtx_shapes *s, evtx_decoder *d, const evtx_instance *in, const apd_event *ev);

#endif
