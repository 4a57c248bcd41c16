/* The three compressions of trace buffers, as [MS-XCA] describes them.
 *
 * Each fills `out` with at most `room` bytes and returns how many it could. Without a format error *why is
 * NULL: the input then held all of them, or ended where an item may end. Nothing outside of `in` and `out` is
 * touched, whatever the input. */
#ifndef APD_XCA_H
#define APD_XCA_H

#include "bytes.h"

/* [MS-XCA] 2.3, 2.4: "Plain LZ77". */
size_t xca_lz77(apd_bytes in, uint8_t *out, size_t room, const char **why);
/* [MS-XCA] 2.5. */
size_t xca_lznt1(apd_bytes in, uint8_t *out, size_t room, const char **why);
/* [MS-XCA] 2.1, 2.2: "LZ77+Huffman". */
size_t xca_huffman(apd_bytes in, uint8_t *out, size_t room, const char **why);

/* Appends a match to the *n bytes of `out`, as far as `room` goes; its source may reach into what it writes.
 * False, and *why, when it would begin before `out`; *why is NULL otherwise. `distance` is at least 1. */
static inline bool xca_match(uint8_t *out, size_t *n, size_t room, size_t distance, size_t length,
                             const char **why)
{
    *why = "it refers to bytes before its beginning";
    if (distance > *n)
        return false;
    *why = NULL;
    if (length > room - *n)
        length = room - *n;
    uint8_t *to = out + *n;
    const uint8_t *from = to - distance;
    *n += length;
    if (distance >= length) {
        memcpy(to, from, length);
        return true;
    }
    while (length--)
        *to++ = *from++;
    return true;
}

#endif
