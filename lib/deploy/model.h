/* The picture of a deployment, built from notes while records stream by: clocks first, then what needs them.
 *
 * Everything lives in the arena given. Feed every record to apd_model_event() before its notes. */
#ifndef APD_MODEL_H
#define APD_MODEL_H

#include "clocks.h"
#include "note.h"

typedef struct apd_model apd_model;

/* NULL when out of memory. names: the table of the run. */
apd_model *apd_model_new(apd_arena *a, apd_intern *names);
apd_status apd_model_event(apd_model *m, const apd_event *ev) APD_MUST_USE;
/* An apd_note_sink: takes up what a tracker found. */
apd_status apd_model_note(void *model, const apd_note *note);
/* Once, after the last record. */
apd_status apd_model_settle(apd_model *m) APD_MUST_USE;

apd_clocks *apd_model_clocks(apd_model *m);

#endif
