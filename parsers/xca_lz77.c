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

/* Flags of 0 in front of the first match, of those that are left. */
static inline unsigned literals(uint32_t flags, unsigned left)
{
#if defined(__GNUC__)
    unsigned n = flags ? (unsigned)__builtin_clz(flags) : 32;
#else
    unsigned n = 0;
    while (n < 32 && !(flags << n >> 31))
        n++;
#endif
    return n < left ? n : left;
}

/* Copies them, as many as there are and have room. */
static inline size_t copy_literals(reader *r, uint8_t *to, size_t room, size_t n)
{
    enum { ALL = 32 }; /* in one piece, where that is inside of both */
    size_t there = (size_t)(r->end - r->at);
    if (there >= ALL && room >= ALL) {
        memcpy(to, r->at, ALL);
    } else {
        n = n < there ? n : there;
        n = n < room ? n : room;
        for (size_t i = 0; i < n; i++)
            to[i] = r->at[i];
    }
    r->at += n;
    return n;
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
        unsigned run =
            literals(flags, left); /* also when it is 0: no branch is as good as guessing */
        size_t copied = copy_literals(&r, out + n, room - n, run);
        n += copied;
        if (copied < run)
            return n;
        flags = (uint32_t)((uint64_t)flags << run);
        left -= run;
        if (left == 0 || n == room)
            continue;
        flags <<= 1;
        left--;
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
