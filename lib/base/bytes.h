/* Borrowed views of memory, and bounded little-endian reads.
 *
 * A view never owns and is never NUL-terminated: pass its length along. A cursor is a view that
 * shrinks from the front; every read checks what is left first, so a parser built on them cannot
 * read outside its input. */
#ifndef APD_BYTES_H
#define APD_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct apd_bytes {
    const uint8_t *ptr;
    size_t len;
} apd_bytes;

typedef struct apd_str {
    const char *ptr;
    size_t len;
} apd_str;

#define APD_LIT(s) ((apd_str){(s), sizeof(s) - 1})
#define APD_FMT(s) (int)(s).len, (s).ptr /* for "%.*s"; only for views known to be short */

static inline apd_str apd_str_of(const char *z)
{
    return (apd_str){z, z ? strlen(z) : 0};
}

static inline apd_str apd_str_from(const char *p, size_t n)
{
    return (apd_str){p, n};
}

static inline apd_str apd_bytes_str(apd_bytes b)
{
    return (apd_str){(const char *)b.ptr, b.len};
}

static inline apd_bytes apd_str_bytes(apd_str s)
{
    return (apd_bytes){(const uint8_t *)s.ptr, s.len};
}

static inline bool apd_eq(apd_str a, apd_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline char apd_lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c | 0x20) : c;
}

static inline bool apd_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool apd_is_hex(char c)
{
    return apd_is_digit(c) || (apd_lower(c) >= 'a' && apd_lower(c) <= 'f');
}

static inline bool apd_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The i-forms ignore the case of ASCII letters only. */
bool apd_ieq(apd_str a, apd_str b);
bool apd_starts(apd_str s, apd_str prefix);
bool apd_istarts(apd_str s, apd_str prefix);
bool apd_ends(apd_str s, apd_str suffix);
bool apd_iends(apd_str s, apd_str suffix);
/* Offset of the first occurrence, or SIZE_MAX. */
size_t apd_find(apd_str s, apd_str needle);
size_t apd_ifind(apd_str s, apd_str needle);
int apd_cmp(apd_str a, apd_str b);
apd_str apd_trim(apd_str s);
/* Clamped sub-view: never leaves s. */
apd_str apd_sub(apd_str s, size_t from, size_t len);
/* Takes off the front of *rest up to the separator, which goes too; all of it if there is none. */
apd_str apd_cut(apd_str *rest, char separator);
/* Glob with * and ?, ASCII case ignored when `fold`. `\*`, `\?` and `\\` stand for themselves. */
bool apd_glob(apd_str pattern, apd_str s, bool fold);

/* Reads a whole view as a number: decimal with optional sign, or 0x hex. False if any byte is left
 * over or the value does not fit 64 bits; negative numbers come back as two's complement. */
bool apd_parse_int(apd_str s, uint64_t *out, bool *negative);
/* The first "0x" with at least one and at most eight hexadecimal digits, at or behind *from, which
 * moves behind it. *ndigits: as written. */
bool apd_find_hex(apd_str s, size_t *from, uint32_t *value, unsigned *ndigits);
/* The first error code in a text: "0x" and eight digits. */
bool apd_find_code(apd_str s, uint32_t *code);
/* "{bab3ad92-fb96-5902-450b-b8421bdec7bd}", braces optional, to the 16 bytes of Windows. */
bool apd_parse_guid(apd_str text, uint8_t guid[16]);

/* --- cursor: reads shrink the view; false means too short and leaves it as it was --- */
static inline bool apd_get_bytes(apd_bytes *cur, size_t n, apd_bytes *out)
{
    if (cur->len < n)
        return false;
    *out = (apd_bytes){cur->ptr, n};
    cur->ptr += n;
    cur->len -= n;
    return true;
}

static inline bool apd_skip(apd_bytes *cur, size_t n)
{
    apd_bytes ignored;
    return apd_get_bytes(cur, n, &ignored);
}

/* Unchecked loads, for places that have checked already. */
static inline uint16_t apd_u16le(const uint8_t *p)
{
    return (uint16_t)(p[0] | (uint16_t)(p[1] << 8));
}

static inline uint32_t apd_u32le(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t apd_u64le(const uint8_t *p)
{
    return (uint64_t)apd_u32le(p) | (uint64_t)apd_u32le(p + 4) << 32;
}

static inline uint64_t apd_u64be(const uint8_t *p)
{
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 |
           (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
           (uint64_t)p[6] << 8 | (uint64_t)p[7];
}

/* Eight bytes with their letters A to Z in lower case. */
static inline uint64_t apd_lower8(uint64_t v)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t low7 = v & ~tops;
    uint64_t from_a = low7 + (0x80 - 'A') * ones, behind_z = low7 + (0x80 - 'Z' - 1) * ones;
    return v | (from_a & ~behind_z & ~v & tops) >> 2;
}

static inline bool apd_get_u8(apd_bytes *cur, uint8_t *v)
{
    if (cur->len < 1)
        return false;
    *v = cur->ptr[0];
    cur->ptr += 1;
    cur->len -= 1;
    return true;
}

static inline bool apd_get_u16le(apd_bytes *cur, uint16_t *v)
{
    if (cur->len < 2)
        return false;
    *v = apd_u16le(cur->ptr);
    cur->ptr += 2;
    cur->len -= 2;
    return true;
}

#endif
