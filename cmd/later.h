/* Members that are read after all others, held in memory meanwhile: a trace that was copied while it was recorded
 * does not tell what its events mean, other traces and logs of the bundle may. */
#ifndef APD_LATER_H
#define APD_LATER_H

#include "bundle.h"
#include "vec.h"

typedef struct apd_held {
    const apd_member *member;
    uint8_t *bytes;
    size_t n, cap;
} apd_held;

typedef struct apd_later {
    APD_VEC(apd_held) members;
    size_t bytes; /* of all of them; at most APD_MAX_LATER */
} apd_later;

bool apd_later_has_room(const apd_later *l, const apd_member *m);
/* Takes the member's stream over, as far as the size that was stated for it. Anything but APD_OK and APD_E_NOMEM: what
 * came before it is held. */
apd_status apd_later_hold(apd_later *l, apd_arena *a, const apd_member *m, apd_stream *s,
                          apd_error *err) APD_MUST_USE;
void apd_later_free(apd_later *l);

#endif
