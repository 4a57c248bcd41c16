/* Plain LZ77: 32 flags at a time, the highest first; 0 is a byte as it is, 1 a match. A long match keeps
 * the upper half of its length in a half byte that it shares with the next long match. */
#include "xca.h"

typedef struct reader {
    const uint8_t *at, *end;
    const uint8_t *half; /* the byte whose high half is not used yet */
} reader;

static const char cut_off[] = "it ends inside of an item";

/* What goes beyond the 3 bits of the match itself. False: the input is over, or the length absurd. */
static bool long_length(reader *r, size_t *length)
{
    unsigned nibble;
    if (r->half) {
        nibble = *r->half >> 4;
        r->half = NULL;
    } else {
        if (r->at == r->end)
            return false;
        r->half = r->at;
        nibble = *r->at++ & 15;
    }
    *length = 7 + nibble;
    if (nibble < 15)
        return true;
    if (r->at == r->end)
        return false;
    uint32_t more = *r->at++;
    if (more < 255) {
        *length += more;
        return true;
    }
    if (r->end - r->at < 2)
        return false;
    more = apd_u16le(r->at);
    r->at += 2;
    if (more == 0) {
        if (r->end - r->at < 4)
            return false;
        more = apd_u32le(r->at);
        r->at += 4;
    }
    *length = more; /* the whole of it */
    return more >= 7 + 15;
}

size_t xca_lz77(apd_bytes in, uint8_t *out, size_t room, const char **why)
{
    reader r = {in.ptr, in.ptr + in.len, NULL};
    size_t n = 0;
    uint32_t flags = 0;
    unsigned left = 0;
    *why = NULL;
    while (n < room) {
        if (left == 0) {
            if (r.end - r.at < 4)
                return n;
            flags = apd_u32le(r.at);
            r.at += 4;
            left = 32;
        }
        bool match = flags >> 31;
        flags <<= 1;
        left--;
        if (!match) {
            if (r.at == r.end)
                return n;
            out[n++] = *r.at++;
            continue;
        }
        if (r.at == r.end)
            return n; /* the flag that ends the data */
        *why = cut_off;
        if (r.end - r.at < 2)
            return n;
        uint16_t m = apd_u16le(r.at);
        r.at += 2;
        size_t distance = (size_t)(m >> 3) + 1, length = m & 7;
        if (length == 7 && !long_length(&r, &length))
            return n;
        length += 3;
        if (!xca_match(out, &n, room, distance, length, why))
            return n;
    }
    return n;
}
