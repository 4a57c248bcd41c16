/* Text on its way into XML or JSON. Nearly all of it is ASCII without anything to escape ("plain"), so it is
 * tested and copied 16 characters at a time; whoever writes the text escapes what is left.
 *
 * apd_plain_…() write a whole block at p, of which the plain characters in front count. */
#ifndef APD_PLAIN_H
#define APD_PLAIN_H

#include "bytes.h"
#include "status.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define APD_PLAIN_BLOCK 16u /* characters */

#define APD_TEXT_STEP 32u /* apd_put_text() reads and writes up to so many bytes more */

/* A text that is ready to be written. */
static inline char *apd_put_text(char *p, const char *text, size_t n)
{
    size_t i = 0;
    do {
        memcpy(p + i, text + i, APD_TEXT_STEP);
        i += APD_TEXT_STEP;
    } while (i < n);
    return p + n;
}

typedef enum apd_style { APD_STYLE_XML_TEXT, APD_STYLE_XML_ATTRIBUTE, APD_STYLE_JSON } apd_style;

APD_INLINE bool apd_is_plain(unsigned unit, apd_style style)
{
    if (unit < 0x20 || unit >= 0x7f)
        return unit == 0x7f && style != APD_STYLE_JSON;
    if (style == APD_STYLE_JSON)
        return unit != '"' && unit != '\\';
    return unit != '&' && unit != '<' && unit != '>' &&
           (unit != '"' || style == APD_STYLE_XML_TEXT);
}

#if defined(__SSE2__)
/* Which of 16 bytes are not plain, as bits. Bytes from 0x80 count as negative, so less than 0x20. */
APD_INLINE unsigned apd_odd_bytes(__m128i v, apd_style style)
{
    __m128i odd = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    if (style == APD_STYLE_JSON) {
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
    } else {
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('&')));
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('<')));
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
    }
    if (style != APD_STYLE_XML_TEXT)
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    return (unsigned)_mm_movemask_epi8(odd);
}

APD_INLINE unsigned apd_plain_block(char *p, __m128i v, apd_style style)
{
    _mm_storeu_si128((__m128i *)(void *)p, v);
    return (unsigned)__builtin_ctz(apd_odd_bytes(v, style) | 1u << APD_PLAIN_BLOCK);
}

/* Saturating: units from 0x80 to 0x7fff become bytes from 0x80, those above become 0. */
APD_INLINE unsigned apd_plain_packed(char *p, __m128i low, __m128i high, apd_style style)
{
    return apd_plain_block(p, _mm_packus_epi16(low, high), style);
}

APD_INLINE __m128i apd_load_block(const void *s)
{
    return _mm_loadu_si128((const __m128i *)s);
}

/* At most 8 bytes, zeros behind them. */
APD_INLINE uint64_t apd_load_word(const uint8_t *s, size_t n)
{
    if (n == 8)
        return apd_u64le(s);
    if (n >= 4)
        return apd_u32le(s) | (uint64_t)apd_u32le(s + n - 4) << 8 * (n - 4);
    uint64_t v = n > 0 ? s[0] : 0;
    return n < 2 ? v : v | (uint64_t)apd_u16le(s + n - 2) << 8 * (n - 2);
}

/* Fewer than 16 bytes, zeros behind them, which are not plain. */
APD_INLINE __m128i apd_load_few(const uint8_t *s, size_t n)
{
    uint64_t low = apd_load_word(s, n < 8 ? n : 8);
    uint64_t high = n > 8 ? apd_u64le(s + n - 8) >> 8 * (16 - n) : 0;
    return _mm_set_epi64x((long long)high, (long long)low);
}

/* How many of the block's characters are plain, counted to the first that is not. */
APD_INLINE unsigned apd_plain_units(char *p, const uint8_t *s, apd_style style)
{
    return apd_plain_packed(p, apd_load_block(s), apd_load_block(s + 16), style);
}

APD_INLINE unsigned apd_plain_bytes(char *p, const char *s, apd_style style)
{
    return apd_plain_block(p, apd_load_block(s), style);
}

/* The same where no more than n characters may be read. */
APD_INLINE unsigned apd_plain_units_of(char *p, const uint8_t *s, size_t n, apd_style style)
{
    if (n >= APD_PLAIN_BLOCK)
        return apd_plain_units(p, s, style);
    if (n >= 8)
        return apd_plain_packed(p, apd_load_block(s), apd_load_few(s + 16, 2 * n - 16), style);
    return apd_plain_packed(p, apd_load_few(s, 2 * n), _mm_setzero_si128(), style);
}

APD_INLINE unsigned apd_plain_bytes_of(char *p, const char *s, size_t n, apd_style style)
{
    if (n >= APD_PLAIN_BLOCK)
        return apd_plain_bytes(p, s, style);
    return apd_plain_block(p, apd_load_few((const uint8_t *)s, n), style);
}
#else
APD_INLINE unsigned apd_plain_units_of(char *p, const uint8_t *s, size_t most, apd_style style)
{
    unsigned n = 0;
    for (; n < APD_PLAIN_BLOCK && n < most && apd_is_plain(apd_u16le(s + 2 * n), style); n++)
        p[n] = (char)s[2 * n];
    return n;
}

APD_INLINE unsigned apd_plain_bytes_of(char *p, const char *s, size_t most, apd_style style)
{
    unsigned n = 0;
    for (; n < APD_PLAIN_BLOCK && n < most && apd_is_plain((unsigned char)s[n], style); n++)
        p[n] = s[n];
    return n;
}

APD_INLINE unsigned apd_plain_units(char *p, const uint8_t *s, apd_style style)
{
    return apd_plain_units_of(p, s, APD_PLAIN_BLOCK, style);
}

APD_INLINE unsigned apd_plain_bytes(char *p, const char *s, apd_style style)
{
    return apd_plain_bytes_of(p, s, APD_PLAIN_BLOCK, style);
}
#endif

#endif
