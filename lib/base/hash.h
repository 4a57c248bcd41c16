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

/* Equal for texts that apd_ieq() finds equal. Eight bytes at a time, the last ones with some of those before. */
static inline uint64_t apd_hash_fold(apd_str s)
{
    const uint8_t *p = (const uint8_t *)s.ptr;
    uint64_t h = s.len;
    for (size_t i = 0; s.len < 8 && i < s.len; i++)
        h = apd_hash_u64(h ^ (uint8_t)apd_lower(s.ptr[i]));
    for (size_t i = 0; i + 8 < s.len; i += 8)
        h = apd_hash_u64(h ^ apd_lower8(apd_u64le(p + i)));
    return s.len < 8 ? h : apd_hash_u64(h ^ apd_lower8(apd_u64le(p + s.len - 8)));
}

#endif
