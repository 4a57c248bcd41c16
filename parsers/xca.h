/* The three compressions of trace buffers, as [MS-XCA] describes them.
 *
 * Each fills `out` with at most `room` bytes and returns how many it could. Without a format error *why is
 * NULL: the input then held all of them, or ended where an item may end. Nothing outside of `in` and `out` is
 * touched, whatever the input; bytes of `out` behind those that count may be. */
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
    size_t left = room - *n;
    if (length > left)
        length = left;
    uint8_t *to = out + *n;
    const uint8_t *from = to - distance;
    *n += length;
    /* In steps that reach beyond the match while there is room, which what comes next writes over. */
    if (distance >= 32 && left - length >= 32) {
        size_t i = 0;
        do /* hardly ever twice */
            memcpy(to + i, from + i, 32);
        while ((i += 32) < length);
    } else if (distance >= 8 && left - length >= 8) {
        for (size_t i = 0; i < length; i += 8)
            memcpy(to + i, from + i, 8);
    } else {
        while (length--)
            *to++ = *from++;
    }
    return true;
}

#endif
