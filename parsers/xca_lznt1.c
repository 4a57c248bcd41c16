/* LZNT1: chunks of up to 4096 bytes, each with a head that tells its size and whether it is compressed. How
 * many bits of a match tell the distance, and how many the length, depends on where in the chunk it stands. */
#include "xca.h"

enum { CHUNK = 4096, SIZE_BITS = 0xfff, IS_COMPRESSED = 0x8000 };

static size_t one_chunk(apd_bytes in, uint8_t *out, size_t room, const char **why)
{
    size_t n = 0;
    uint8_t flags = 0;
    unsigned left = 0;
    while (n < room && in.len) {
        if (left == 0) {
            (void)apd_get_u8(&in, &flags);
            left = 8;
            continue;
        }
        bool match = flags & 1;
        flags >>= 1;
        left--;
        if (!match) {
            (void)apd_get_u8(&in, &out[n++]);
            continue;
        }
        uint16_t m;
        *why = "it ends inside of an item";
        if (!apd_get_u16le(&in, &m))
            return n;
        unsigned length_bits = 12;
        for (size_t at = n ? n - 1 : 0; at >= 16; at >>= 1)
            length_bits--;
        size_t distance = (size_t)(m >> length_bits) + 1;
        size_t length = (m & ((1u << length_bits) - 1)) + 3;
        if (!xca_match(out, &n, room, distance, length, why))
            return n;
    }
    return n;
}

size_t xca_lznt1(apd_bytes in, uint8_t *out, size_t room, const char **why)
{
    size_t n = 0;
    uint16_t head;
    *why = NULL;
    while (n < room && !*why && apd_get_u16le(&in, &head) && head != 0) {
        apd_bytes body = {in.ptr, (size_t)(head & SIZE_BITS) + 1};
        if (body.len > in.len) {
            body.len = in.len;
            *why = "it ends inside of a chunk";
        }
        in.ptr += body.len;
        in.len -= body.len;
        size_t most = room - n < CHUNK ? room - n : CHUNK;
        if (head & IS_COMPRESSED) {
            const char *wrong = NULL;
            n += one_chunk(body, out + n, most, &wrong);
            *why = wrong ? wrong : *why;
        } else {
            most = body.len < most ? body.len : most;
            memcpy(out + n, body.ptr, most);
            n += most;
        }
    }
    return n;
}
