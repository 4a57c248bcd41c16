/* Writes hardware hashes of devices that do not exist, for apd-make and for the tests of the reader.
 * The layout is that of parsers/hashblob.h. */
#ifndef MK_HASH_MAKE_H
#define MK_HASH_MAKE_H

#include "base64.h"
#include "sha256.h"

enum { MK_HASH_BYTES = 3000, MK_HASH_TEXT = 4 * MK_HASH_BYTES / 3 + 1 };

typedef struct mk_hash {
    uint8_t data[MK_HASH_BYTES];
    size_t len;
} mk_hash;

static inline void mk_hash_begin(mk_hash *h)
{
    memset(h, 0, sizeof *h);
    memcpy(h->data, "OA", 2);
    h->len = 4;
}

/* False, and nothing written, if there is no room for it and the seal. */
static inline bool mk_hash_block(mk_hash *h, uint8_t type, const void *data, size_t n)
{
    if (n > MK_HASH_BYTES || h->len + 4 + n + 4 + APD_SHA256_SIZE > MK_HASH_BYTES)
        return false;
    uint8_t *p = h->data + h->len;
    p[0] = type;
    p[2] = (uint8_t)((n + 4) & 0xff);
    p[3] = (uint8_t)((n + 4) >> 8);
    if (n)
        memcpy(p + 4, data, n);
    h->len += 4 + n;
    return true;
}

/* Texts end in a NUL. */
static inline bool mk_hash_text(mk_hash *h, uint8_t type, apd_str s)
{
    char text[512] = "";
    if (s.len >= sizeof text)
        return false;
    memcpy(text, s.ptr, s.len);
    return mk_hash_block(h, type, text, s.len + 1);
}

/* The tool's and Windows' version: 10.0.22631.4317 with what follows it. */
static inline void mk_hash_versions(mk_hash *h)
{
    static const uint8_t both[24] = {0,    0,    10,   0,    0xdd, 0x10, 0x67, 0x58, 0, 0, 10, 0,
                                     0xdd, 0x10, 0x67, 0x58, 0,    0,    0,    0,    0, 2, 9,  8};
    mk_hash_block(h, 1, both, sizeof both);
}

static inline void mk_hash_seal(mk_hash *h)
{
    h->data[2] = (uint8_t)(h->len & 0xff);
    h->data[3] = (uint8_t)(h->len >> 8);
    memcpy(h->data + h->len, "CS\x24", 4);
    apd_sha256((apd_bytes){h->data, h->len}, h->data + h->len + 4);
}

/* Base64 of n bytes, n divisible by 3; NUL-terminated. */
static inline void mk_hash_base64(const uint8_t *p, size_t n, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i + 3 <= n; i += 3) {
        uint32_t bits = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];
        for (int k = 18; k >= 0; k -= 6)
            *out++ = digits[bits >> k & 63];
    }
    *out = '\0';
}

#endif
