/* FNV-1a, 64 bit: for tables of our own names only; tables cap their size, so a chosen collision
 * costs time, never memory. */
#ifndef APD_HASH_H
#define APD_HASH_H

#include "bytes.h"

static inline uint64_t apd_hash(apd_str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.ptr[i]) * UINT64_C(0x100000001b3);
    return h ^ h >> 32;
}

static inline uint64_t apd_hash_u64(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    return x ^ x >> 33;
}

#endif
