/* UTF-16LE to UTF-8. Nearly all text in these logs is ASCII, so the loops take four units at a time
 * while that lasts. */
#include "utf.h"

static inline bool four_ascii(const uint8_t *p)
{
    return (apd_u64le(p) & UINT64_C(0xff80ff80ff80ff80)) == 0;
}

/* One code point from p (at least one unit left); advances. Lone surrogates become U+FFFD. */
static uint32_t next_utf16(const uint8_t **p, const uint8_t *end)
{
    uint32_t u = apd_u16le(*p);
    *p += 2;
    if (u < 0xd800 || u > 0xdfff)
        return u;
    if (u < 0xdc00 && end - *p >= 2) {
        uint32_t low = apd_u16le(*p);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *p += 2;
            return 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return 0xfffd;
}

size_t apd_utf8_put(uint32_t cp, char dst[4])
{
    uint8_t *d = (uint8_t *)dst;
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        cp = 0xfffd;
    if (cp < 0x80) {
        d[0] = (uint8_t)cp;
        return 1;
    }
    if (cp < 0x800) {
        d[0] = (uint8_t)(0xc0 | cp >> 6);
        d[1] = (uint8_t)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        d[0] = (uint8_t)(0xe0 | cp >> 12);
        d[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
        d[2] = (uint8_t)(0x80 | (cp & 0x3f));
        return 3;
    }
    d[0] = (uint8_t)(0xf0 | cp >> 18);
    d[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
    d[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
    d[3] = (uint8_t)(0x80 | (cp & 0x3f));
    return 4;
}

size_t apd_utf16_utf8_len(apd_bytes utf16)
{
    const uint8_t *p = utf16.ptr, *end = p + (utf16.len & ~(size_t)1);
    size_t n = 0;
    char scratch[4];
    while (p < end) {
        if (end - p >= 8 && four_ascii(p)) {
            p += 8;
            n += 4;
        } else {
            n += apd_utf8_put(next_utf16(&p, end), scratch);
        }
    }
    return n;
}

size_t apd_utf16_to_utf8(apd_bytes utf16, char *dst)
{
    const uint8_t *p = utf16.ptr, *end = p + (utf16.len & ~(size_t)1);
    char *d = dst;
    while (p < end) {
        if (end - p >= 8 && four_ascii(p)) {
            d[0] = (char)p[0];
            d[1] = (char)p[2];
            d[2] = (char)p[4];
            d[3] = (char)p[6];
            p += 8;
            d += 4;
        } else {
            char cp[4];
            size_t n = apd_utf8_put(next_utf16(&p, end), cp);
            memcpy(d, cp, n);
            d += n;
        }
    }
    return (size_t)(d - dst);
}

apd_str apd_utf16_dup(apd_arena *a, apd_bytes utf16)
{
    size_t n = apd_utf16_utf8_len(utf16);
    char *p = apd_alloc(a, n + 1);
    if (!p)
        return (apd_str){NULL, 0};
    apd_utf16_to_utf8(utf16, p);
    p[n] = '\0';
    return (apd_str){p, n};
}

apd_bytes apd_utf16_trim(apd_bytes utf16)
{
    utf16.len &= ~(size_t)1;
    while (utf16.len && utf16.ptr[utf16.len - 2] == 0 && utf16.ptr[utf16.len - 1] == 0)
        utf16.len -= 2;
    return utf16;
}

static bool ascii_at(const uint8_t *p, apd_str ascii, bool fold)
{
    for (size_t i = 0; i < ascii.len; i++) {
        if (p[2 * i + 1] != 0)
            return false;
        char c = (char)p[2 * i];
        if (c != ascii.ptr[i] && !(fold && apd_lower(c) == apd_lower(ascii.ptr[i])))
            return false;
    }
    return true;
}

bool apd_utf16_eq_ascii(apd_bytes utf16, apd_str ascii, bool fold)
{
    return utf16.len / 2 == ascii.len && ascii_at(utf16.ptr, ascii, fold);
}

bool apd_utf16_find_ascii(apd_bytes utf16, apd_str ascii, bool fold)
{
    size_t units = utf16.len / 2;
    for (size_t i = 0; i + ascii.len <= units; i++)
        if (ascii_at(utf16.ptr + 2 * i, ascii, fold))
            return true;
    return false;
}

size_t apd_utf8_step(apd_str s, uint32_t *codepoint)
{
    if (s.len == 0)
        return 0;
    const uint8_t *p = (const uint8_t *)s.ptr;
    if (p[0] < 0x80) {
        *codepoint = p[0];
        return 1;
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = p[0] >= 0xf0 && p[0] < 0xf8   ? 4
               : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
               : p[0] >= 0xc0 && p[0] < 0xe0 ? 2
                                             : 0;
    if (n == 0 || s.len < n)
        return 0;
    uint32_t cp = p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        cp = cp << 6 | (p[i] & 0x3f);
    }
    if (cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return 0;
    *codepoint = cp;
    return n;
}

bool apd_utf8_valid(apd_str s)
{
    uint32_t cp;
    while (s.len >= 8 && !(apd_u64le((const uint8_t *)s.ptr) & UINT64_C(0x8080808080808080)))
        s = (apd_str){s.ptr + 8, s.len - 8}; /* ASCII */
    for (size_t n; s.len; s = apd_sub(s, n, s.len))
        if ((n = apd_utf8_step(s, &cp)) == 0)
            return false;
    return true;
}

uint32_t apd_cp1252(uint8_t c)
{
    static const uint16_t high[32] = {
        0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};
    return c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c;
}
