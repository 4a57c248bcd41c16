/* The picture of a deployment, built from notes while records stream by: clocks first, then what needs them.
 *
 * Everything lives in the arena given. Feed every record to apd_model_event() before its notes. */
#ifndef APD_MODEL_H
#define APD_MODEL_H

#include "device.h"
#include "items.h"
#include "phases.h"

typedef struct apd_model apd_model;

/* NULL when out of memory. names: the table of the run; phases: those of names.yml, in order. */
apd_model *apd_model_new(apd_arena *a, apd_intern *names, const apd_str *phases, size_t nphases);
apd_status apd_model_event(apd_model *m, const apd_event *ev) APD_MUST_USE;
/* An apd_note_sink: takes up what a tracker found. */
apd_status apd_model_note(void *model, const apd_note *note);
/* Once, after the last record: the clocks. */
apd_status apd_model_settle(apd_model *m) APD_MUST_USE;
/* Once, after that: everything else. Attempts and boots as the scan found them. */
apd_status apd_model_build(apd_model *m, const apd_time *attempts, size_t nattempts,
                           const apd_time *boots, size_t nboots) APD_MUST_USE;

apd_clocks *apd_model_clocks(apd_model *m);
const apd_phases *apd_model_phases(const apd_model *m);
const apd_items *apd_model_items(const apd_model *m);
const apd_device *apd_model_device(const apd_model *m);

#endif
