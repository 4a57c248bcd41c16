/* Numbers, times, GUIDs and SIDs as text, to be inlined where records are written: each is a few
 * instructions, and there are dozens of them in a record.
 *
 * Every function writes at p and returns the new end; up to 32 bytes behind it may be overwritten. */
#ifndef APD_DIGITS_H
#define APD_DIGITS_H

#include "bytes.h"
#include "clock.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline char *apd_put_z(char *p, const char *z)
{
    size_t n = strlen(z);
    memcpy(p, z, n);
    return p + n;
}

/* --- decimal --- */

/* Both digits of a number below 100, the first one in the lower byte. */
static inline uint32_t apd_digit_pair(uint32_t v)
{
    uint32_t tens = v * 103 >> 10; /* v / 10 */
    return tens + ((v - 10 * tens) << 8);
}

/* The four digits of a number below 10000, as values; both pairs at once. */
static inline uint32_t apd_digit_four(uint32_t v)
{
    uint32_t high = v * 5243 >> 19; /* v / 100 */
    uint32_t pairs = high | (v - 100 * high) << 16;
    uint32_t tens = pairs * 103 >> 10 & 0x000f000f;
    return tens + ((pairs - 10 * tens) << 8);
}

static inline void apd_put_word(char *p, uint32_t digits)
{
    digits += 0x30303030u;
    for (unsigned i = 0; i < 4; i++)
        p[i] = (char)(digits >> 8 * i);
}

static inline char *apd_put_pair(char *p, uint32_t v)
{
    uint32_t text = apd_digit_pair(v) + 0x3030u;
    p[0] = (char)text;
    p[1] = (char)(text >> 8);
    return p + 2;
}

static inline char *apd_put_four(char *p, uint32_t v)
{
    apd_put_word(p, apd_digit_four(v));
    return p + 4;
}

/* Below 10000, which most numbers are; without the leading zeros. */
static inline char *apd_put_small(char *p, uint32_t v)
{
    uint32_t digits = apd_digit_four(v);
#if defined(__GNUC__)
    unsigned zeros = (unsigned)__builtin_ctz(digits | 1u << 24) / 8;
#else
    unsigned zeros = (v < 10) + (v < 100) + (v < 1000);
#endif
    apd_put_word(p, digits >> 8 * zeros);
    return p + 4 - zeros;
}

static inline char *apd_put_u32(char *p, uint32_t v)
{
    if (v < 10000)
        return apd_put_small(p, v);
    uint32_t high = v / 10000;
    if (high >= 10000) {
        p = apd_put_small(p, high / 10000);
        p = apd_put_four(p, high % 10000);
    } else {
        p = apd_put_small(p, high);
    }
    return apd_put_four(p, v % 10000);
}

static inline char *apd_put_eight(char *p, uint32_t v)
{
    return apd_put_four(apd_put_four(p, v / 10000), v % 10000);
}

static inline char *apd_put_u64(char *p, uint64_t v)
{
    if (v <= UINT32_MAX)
        return apd_put_u32(p, (uint32_t)v);
    uint64_t high = v / 100000000;
    if (high > UINT32_MAX)
        p = apd_put_eight(apd_put_u32(p, (uint32_t)(high / 100000000)),
                          (uint32_t)(high % 100000000));
    else
        p = apd_put_u32(p, (uint32_t)high);
    return apd_put_eight(p, (uint32_t)(v % 100000000));
}

static inline char *apd_put_i64(char *p, int64_t v)
{
    if (v < 0)
        *p++ = '-';
    return apd_put_u64(p, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

/* --- hexadecimal --- */

#if defined(__SSE2__)
/* The digits of 16 nibbles, a byte each. */
static inline void apd_put_digits(char *p, __m128i nibbles, char ten)
{
    __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(nibbles, _mm_set1_epi8(9)),
                                    _mm_set1_epi8((char)(ten - '0' - 10)));
    __m128i text = _mm_add_epi8(_mm_add_epi8(nibbles, _mm_set1_epi8('0')), letters);
    _mm_storeu_si128((__m128i *)(void *)p, text);
}
#endif

/* All 16 digits; those above 9 begin at `ten`, 'a' or 'A'. */
static inline void apd_put_nibbles_of(char *p, uint64_t v, char ten)
{
#if defined(__SSE2__)
    __m128i bytes = _mm_cvtsi64_si128((long long)__builtin_bswap64(v));
    __m128i mask = _mm_set1_epi8(15);
    __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), mask), low = _mm_and_si128(bytes, mask);
    apd_put_digits(p, _mm_unpacklo_epi8(high, low), ten);
#else
    for (int i = 15; i >= 0; i--, v >>= 4)
        p[i] = (char)((v & 15) < 10 ? '0' + (v & 15) : ten - 10 + (v & 15));
#endif
}

static inline void apd_put_nibbles(char *p, uint64_t v)
{
    apd_put_nibbles_of(p, v, 'a');
}

/* Bytes in their order, two digits each, in upper case. */
static inline char *apd_put_bytes(char *p, apd_bytes b)
{
#if defined(__SSE2__)
    for (; b.len >= 16; b.ptr += 16, b.len -= 16, p += 32) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)b.ptr);
        __m128i mask = _mm_set1_epi8(15);
        __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), mask);
        __m128i low = _mm_and_si128(bytes, mask);
        apd_put_digits(p, _mm_unpacklo_epi8(high, low), 'A');
        apd_put_digits(p + 16, _mm_unpackhi_epi8(high, low), 'A');
    }
#endif
    for (; b.len >= 8; b.ptr += 8, b.len -= 8, p += 16)
        apd_put_nibbles_of(p, apd_u64be(b.ptr), 'A');
    for (size_t i = 0; i < b.len; i++, p += 2) {
        p[0] = "0123456789ABCDEF"[b.ptr[i] >> 4];
        p[1] = "0123456789ABCDEF"[b.ptr[i] & 15];
    }
    return p;
}

static inline unsigned apd_hex_digits(uint64_t v)
{
#if defined(__GNUC__)
    return (67u - (unsigned)__builtin_clzll(v | 1)) / 4;
#else
    unsigned n = 1;
    while (n < 16 && v >> 4 * n)
        n++;
    return n;
#endif
}

static inline char *apd_put_hex(char *p, uint64_t v)
{
    unsigned n = apd_hex_digits(v);
    *p++ = '0';
    *p++ = 'x';
    apd_put_nibbles(p, v << (64 - 4 * n));
    return p + n;
}

static inline void apd_move_word(char *to, const char *from)
{
    char word[4];
    memcpy(word, from, 4);
    memcpy(to, word, 4);
}

/* {01234567-89ab-cdef-0123-456789abcdef}: both halves in one piece, then their parts to where they
 * belong. */
static inline char *apd_put_guid(char *p, const uint8_t *g)
{
    uint64_t first =
        (uint64_t)apd_u32le(g) << 32 | (uint64_t)apd_u16le(g + 4) << 16 | apd_u16le(g + 6);
    apd_put_nibbles(p + 21, apd_u64be(g + 8));
    apd_put_nibbles(p + 1, first);
    apd_move_word(p + 20, p + 21);
    apd_move_word(p + 15, p + 13);
    apd_move_word(p + 10, p + 9);
    p[0] = '{';
    p[9] = p[14] = p[19] = p[24] = '-';
    p[37] = '}';
    return p + 38;
}

/* --- SIDs and times --- */

/* The caller has looked: 8 bytes and 4 for each of sid[1] parts are there. */
static inline char *apd_put_sid(char *p, const uint8_t *sid)
{
    uint64_t authority = 0;
    for (int i = 2; i < 8; i++)
        authority = authority << 8 | sid[i];
    memcpy(p, "S-1-5", 5);
    if (sid[0] == 1 && authority == 5)
        p += 5;
    else
        p = apd_put_u64(apd_put_z(apd_put_small(p + 2, sid[0]), "-"), authority);
    for (unsigned i = 0; i < sid[1]; i++) {
        *p++ = '-';
        p = apd_put_u32(p, apd_u32le(sid + 8 + 4 * i));
    }
    return p;
}

#define APD_LAST_TIME UINT64_C(2650467744000000000) /* the year 10000 */

/* The second written last: records that follow each other share it. */
typedef struct apd_second {
    uint64_t number; /* since 1601; 0: none */
    char text[20];   /* 2021-01-01T00:00:00. */
} apd_second;

/* Out of line: the calendar. */
void apd_second_set(apd_second *s, uint64_t number);

/* t is before APD_LAST_TIME. */
static inline char *apd_put_time(char *p, uint64_t t, apd_second *s)
{
    uint64_t number = t / APD_TICKS_SECOND;
    uint32_t fraction = (uint32_t)(t - number * APD_TICKS_SECOND);
    if (number != s->number || number == 0)
        apd_second_set(s, number);
    memcpy(p, s->text, sizeof s->text);
    uint32_t high = fraction / 10000; /* 3 digits, the first one where the point is */
    p = apd_put_four(p + 19, high);
    p[-4] = '.';
    p = apd_put_four(p, fraction % 10000);
    *p++ = 'Z';
    return p;
}

#endif
