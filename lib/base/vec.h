/* A growing array in an arena, for any element type.
 *
 *     APD_VEC(apd_hit) hits = {0};
 *     if (!APD_PUSH(arena, hits, hit)) return APD_E_NOMEM;
 *
 * Growth doubles and leaves the old copy in the arena, so at most half of it is waste. */
#ifndef APD_VEC_H
#define APD_VEC_H

#include "arena.h"

#define APD_VEC(type)                                                                              \
    struct {                                                                                       \
        type *at;                                                                                  \
        size_t n, cap;                                                                             \
    }

#define APD_PUSH(arena, vec, value)                                                                \
    (apd_vec_room((arena), (void **)&(vec).at, &(vec).cap, (vec).n, sizeof(*(vec).at))             \
         ? ((vec).at[(vec).n++] = (value), true)                                                   \
         : false)

/* Makes room for one more element behind n; false when out of memory. */
bool apd_vec_room(apd_arena *a, void **at, size_t *cap, size_t n, size_t size);

#endif
