/* From a record that a tracker selected to the note it means. Private to lib/rule. */
#ifndef APD_TRACK_H
#define APD_TRACK_H

#include "ruleset.h"

typedef struct apd_tracker apd_tracker;

apd_tracker *apd_tracker_new(const apd_rules *r, apd_intern *names, apd_note_sink fn, void *ctx);
void apd_tracker_free(apd_tracker *t); /* NULL is fine */
/* Hands over the notes of the record, none if a pattern of `take` or a value that is needed is missing. */
apd_status apd_tracker_take(apd_tracker *t, size_t track, apd_event *ev) APD_MUST_USE;
/* From now on only the notes of this tracker file count; "" = all. */
void apd_tracker_only(apd_tracker *t, apd_str file);
/* How many records the track has selected. */
uint64_t apd_tracker_seen(const apd_tracker *t, size_t track);

#endif
