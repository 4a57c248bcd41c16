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

/* Copies a match whose source may reach into what it writes. The caller has checked that it fits. */
static inline void xca_copy(uint8_t *to, size_t distance, size_t n)
{
    const uint8_t *from = to - distance;
    if (distance >= n) {
        memcpy(to, from, n);
        return;
    }
    while (n--)
        *to++ = *from++;
}

#endif
