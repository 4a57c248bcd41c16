/* Text, numbers, times, GUIDs and SIDs. Nearly all text is ASCII without anything to escape, so that is
 * found out and copied 16 characters at a time. */
#include "evtx_put.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "utf.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define BLOCK 16u /* characters */
/* For what is to be compiled once for each style. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define MAX_DIGITS 20u
#define MAX_EXACT (UINT64_C(1) << 53) /* integers below it are exact in a double */

/* --- one character --- */

static char *put_z(char *p, const char *z)
{
    size_t n = strlen(z);
    memcpy(p, z, n);
    return p + n;
}

static char *put_xml_char(char *p, uint32_t cp, bool attribute)
{
    switch (cp) {
    case '&':
        return put_z(p, "&amp;");
    case '<':
        return put_z(p, "&lt;");
    case '>':
        return put_z(p, "&gt;");
    case '"':
        return put_z(p, attribute ? "&quot;" : "\"");
    case '\t':
        return put_z(p, attribute ? "&#9;" : "\t");
    case '\n': /* kept through normalisation, and the record on one line */
        return put_z(p, "&#10;");
    case '\r':
        return put_z(p, "&#13;");
    default:
        if (cp < 0x20 || cp == 0xfffe || cp == 0xffff)
            cp = 0xfffd;
        return p + apd_utf8_put(cp, p);
    }
}

static char *put_json_char(char *p, uint32_t cp)
{
    static const char digits[] = "0123456789abcdef";
    static const char letters[] = "btn\0fr"; /* from 8 */
    if (cp == '"' || cp == '\\') {
        *p++ = '\\';
        *p++ = (char)cp;
    } else if (cp >= 8 && cp <= 13 && letters[cp - 8]) {
        *p++ = '\\';
        *p++ = letters[cp - 8];
    } else if (cp < 0x20 || cp == 0x7f) {
        p = put_z(p, "\\u00");
        *p++ = digits[cp >> 4];
        *p++ = digits[cp & 15];
    } else {
        p += apd_utf8_put(cp, p);
    }
    return p;
}

static char *put_char(char *p, uint32_t cp, evtx_style style)
{
    return style == EVTX_JSON ? put_json_char(p, cp)
                              : put_xml_char(p, cp, style == EVTX_XML_ATTRIBUTE);
}

/* --- UTF-16 --- */

static inline bool is_plain(unsigned unit, evtx_style style)
{
    if (unit < 0x20 || unit >= 0x7f)
        return unit == 0x7f && style != EVTX_JSON;
    if (style == EVTX_JSON)
        return unit != '"' && unit != '\\';
    return unit != '&' && unit != '<' && unit != '>' && (unit != '"' || style == EVTX_XML_TEXT);
}

#if defined(__SSE2__)
/* Which of 16 bytes are not plain, as bits. Bytes from 0x80 count as negative, so less than 0x20. */
static inline unsigned odd_bytes(__m128i v, evtx_style style)
{
    __m128i odd = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    if (style == EVTX_JSON) {
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
    } else {
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('&')));
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('<')));
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
    }
    if (style != EVTX_XML_TEXT)
        odd = _mm_or_si128(odd, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    return (unsigned)_mm_movemask_epi8(odd);
}

/* Writes BLOCK characters; returns how many of them are plain, counted to the first that is not. */
static inline unsigned plain_units(char *p, const uint8_t *s, evtx_style style)
{
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)s);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(s + 16));
    /* Saturating: units from 0x80 to 0x7fff become bytes from 0x80, those above become 0. */
    __m128i v = _mm_packus_epi16(low, high);
    _mm_storeu_si128((__m128i *)(void *)p, v);
    return (unsigned)__builtin_ctz(odd_bytes(v, style) | 1u << BLOCK);
}

static inline unsigned plain_bytes(char *p, const char *s, evtx_style style)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
    _mm_storeu_si128((__m128i *)(void *)p, v);
    return (unsigned)__builtin_ctz(odd_bytes(v, style) | 1u << BLOCK);
}
#else
static inline unsigned plain_units(char *p, const uint8_t *s, evtx_style style)
{
    unsigned n = 0;
    for (; n < BLOCK && is_plain(apd_u16le(s + 2 * n), style); n++)
        p[n] = (char)s[2 * n];
    return n;
}

static inline unsigned plain_bytes(char *p, const char *s, evtx_style style)
{
    unsigned n = 0;
    for (; n < BLOCK && is_plain((unsigned char)s[n], style); n++)
        p[n] = s[n];
    return n;
}
#endif

static uint32_t next_char(const uint8_t **s, const uint8_t *end)
{
    uint32_t u = apd_u16le(*s);
    *s += 2;
    if (u < 0xd800 || u > 0xdfff)
        return u;
    if (u < 0xdc00 && *s < end) {
        uint32_t low = apd_u16le(*s);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *s += 2;
            return 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return 0xfffd;
}

ALWAYS_INLINE char *put_utf16(char *p, apd_bytes utf16, const uint8_t *limit, evtx_style style)
{
    const uint8_t *s = utf16.ptr, *end = s + (utf16.len & ~(size_t)1);
    while (s < end) {
        if (limit - s >= (ptrdiff_t)(2 * BLOCK)) {
            size_t left = (size_t)(end - s) / 2;
            size_t n = plain_units(p, s, style);
            n = n < left ? n : left;
            p += n;
            s += 2 * n;
            if (n == BLOCK || s == end)
                continue;
        }
        do /* what has to be escaped comes in runs: line end and tabs */
            p = put_char(p, next_char(&s, end), style);
        while (s < end && !is_plain(apd_u16le(s), style));
    }
    return p;
}

char *evtx_put_utf16(char *p, apd_bytes utf16, const uint8_t *limit, evtx_style style)
{
    switch (style) { /* each with its own loop */
    case EVTX_JSON:
        return put_utf16(p, utf16, limit, EVTX_JSON);
    case EVTX_XML_TEXT:
        return put_utf16(p, utf16, limit, EVTX_XML_TEXT);
    case EVTX_XML_ATTRIBUTE:
        break;
    }
    return put_utf16(p, utf16, limit, EVTX_XML_ATTRIBUTE);
}

char *evtx_put_utf8(char *p, apd_str s, evtx_style style)
{
    while (s.len) {
        unsigned plain = 0;
        if (s.len >= BLOCK)
            plain = plain_bytes(p, s.ptr, style);
        else
            for (; plain < s.len && is_plain((unsigned char)s.ptr[plain], style); plain++)
                p[plain] = s.ptr[plain];
        p += plain;
        s = (apd_str){s.ptr + plain, s.len - plain};
        if (plain == BLOCK || s.len == 0)
            continue;
        uint32_t cp = 0xfffd;
        size_t n = apd_utf8_step(s, &cp);
        p = put_char(p, cp, style);
        s = apd_sub(s, n ? n : 1, s.len);
    }
    return p;
}

/* --- names of XML --- */

static bool is_name_char(uint32_t c, bool first)
{
    static const uint32_t ranges[][2] = {
        {'A', 'Z'},       {'a', 'z'},       {'_', '_'},       {':', ':'},
        {0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2ff},    {0x370, 0x37d},
        {0x37f, 0x1fff},  {0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef},
        {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffc}, {0x10000, 0xeffff}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return !first && ((c >= '0' && c <= '9') || c == '-' || c == '.' || c == 0xb7 ||
                      (c >= 0x300 && c <= 0x36f) || c == 0x203f || c == 0x2040);
}

char *evtx_put_xml_name(char *p, apd_str name)
{
    char *start = p;
    while (name.len) {
        char c = apd_lower(*name.ptr);
        if (c >= 'a' && c <= 'z') {
            *p++ = *name.ptr++;
            name.len--;
            continue;
        }
        uint32_t cp = 0;
        size_t n = apd_utf8_step(name, &cp);
        bool good = n && is_name_char(cp, p == start);
        if (good)
            memcpy(p, name.ptr, n);
        else
            *p = '_';
        p += good ? n : 1;
        name = apd_sub(name, n ? n : 1, name.len);
    }
    if (p == start)
        *p++ = '_';
    return p;
}

/* --- numbers --- */

static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233"
                            "34353637383940414243444546474849505152535455565758596061626364656667"
                            "6869707172737475767778798081828384858687888990919293949596979899";

static inline char *put_pair(char *p, unsigned v)
{
    memcpy(p, pairs + 2 * v, 2);
    return p + 2;
}

/* Below 10000, which most numbers are: four digits in one word, without the leading zeros. */
static inline char *put_small(char *p, unsigned v)
{
    unsigned zeros = (v < 10) + (v < 100) + (v < 1000);
    uint32_t text = apd_u16le((const uint8_t *)pairs + 2 * (v / 100)) |
                    (uint32_t)apd_u16le((const uint8_t *)pairs + 2 * (v % 100)) << 16;
    text >>= 8 * zeros;
    for (unsigned i = 0; i < 4; i++)
        p[i] = (char)(text >> 8 * i);
    return p + 4 - zeros;
}

static inline char *put_u64(char *p, uint64_t v)
{
    if (v < 10000)
        return put_small(p, (unsigned)v);
    char text[2 * MAX_DIGITS], *t = text + MAX_DIGITS; /* so that MAX_DIGITS bytes can be copied */
    memset(t, 0, MAX_DIGITS);
    for (; v >= 10000; v /= 10000) {
        put_pair(t -= 2, (unsigned)(v % 100));
        put_pair(t -= 2, (unsigned)(v / 100 % 100));
    }
    p = put_small(p, (unsigned)v);
    memcpy(p, t, MAX_DIGITS);
    return p + (text + MAX_DIGITS - t);
}

char *evtx_put_u64(char *p, uint64_t v)
{
    return put_u64(p, v);
}

static char *put_i64(char *p, int64_t v)
{
    if (v < 0)
        *p++ = '-';
    return put_u64(p, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

/* Each byte as two digits. */
#define ROW(d)                                                                                     \
    d "0" d "1" d "2" d "3" d "4" d "5" d "6" d "7" d "8" d "9" d "a" d "b" d "c" d "d" d "e" d "f"
static const char bytes[] = ROW("0") ROW("1") ROW("2") ROW("3") ROW("4") ROW("5") ROW("6") ROW("7")
    ROW("8") ROW("9") ROW("a") ROW("b") ROW("c") ROW("d") ROW("e") ROW("f");

static inline char *put_byte(char *p, uint8_t b)
{
    memcpy(p, bytes + 2 * b, 2);
    return p + 2;
}

static inline unsigned hex_digits(uint64_t v)
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

/* From the first digit on, two at a time; the last pair may write one too many. */
static inline char *put_hex(char *p, uint64_t v)
{
    unsigned n = hex_digits(v);
    *p++ = '0';
    *p++ = 'x';
    v <<= 64 - 4 * n;
    for (unsigned i = 0; i < n; i += 2, v <<= 8)
        put_byte(p + i, (uint8_t)(v >> 56));
    return p + n;
}

/* The fewest digits that read back as the same number. */
static char *put_double(char *p, double d)
{
    char text[40];
    if (isnan(d))
        return put_z(p, "NaN");
    if (isinf(d))
        return put_z(p, d < 0 ? "-INF" : "INF");
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) == d)
            break;
    }
    return put_z(p, text);
}

/* --- times, GUIDs, SIDs, bytes --- */

static char *put_time(char *p, apd_time t)
{
    if (t < 0 || t >= INT64_C(2650467744000000000)) { /* not in 1601..9999 */
        char text[APD_TIME_TEXT];
        return put_z(p, apd_time_format(t, 7, true, text));
    }
    apd_civil c = apd_time_civil(t);
    p = put_pair(p, (unsigned)c.year / 100);
    p = put_pair(p, (unsigned)c.year % 100);
    *p++ = '-';
    p = put_pair(p, (unsigned)c.month);
    *p++ = '-';
    p = put_pair(p, (unsigned)c.day);
    *p++ = 'T';
    p = put_pair(p, (unsigned)c.hour);
    *p++ = ':';
    p = put_pair(p, (unsigned)c.minute);
    *p++ = ':';
    p = put_pair(p, (unsigned)c.second);
    *p++ = '.';
    unsigned f = (unsigned)c.fraction;
    p = put_pair(p, f / 100000);
    p = put_pair(p, f / 1000 % 100);
    p = put_pair(p, f / 10 % 100);
    *p++ = (char)('0' + f % 10);
    *p++ = 'Z';
    return p;
}

static char *put_guid(char *p, const uint8_t *g)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    static const uint8_t at[16] = {1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35};
    memcpy(p, "{--------------------------------------", 38);
    for (int i = 0; i < 16; i++)
        put_byte(p + at[i], g[order[i]]);
    p[37] = '}';
    return p + 38;
}

static char *put_blob(char *p, apd_bytes b)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < b.len; i++) {
        *p++ = digits[b.ptr[i] >> 4];
        *p++ = digits[b.ptr[i] & 15];
    }
    return p;
}

static char *put_sid(char *p, const uint8_t *sid)
{
    uint64_t authority = 0;
    for (int i = 2; i < 8; i++)
        authority = authority << 8 | sid[i];
    *p++ = 'S';
    *p++ = '-';
    p = put_u64(p, sid[0]);
    *p++ = '-';
    p = put_u64(p, authority);
    for (unsigned i = 0; i < sid[1]; i++) {
        *p++ = '-';
        p = put_u64(p, apd_u32le(sid + 8 + 4 * i));
    }
    return p;
}

bool evtx_is_json_bare(const apd_field *f)
{
    switch (f->type) {
    case APD_T_I64:
        return f->as.i > -(int64_t)MAX_EXACT && f->as.i < (int64_t)MAX_EXACT;
    case APD_T_U64:
        return f->as.u < MAX_EXACT;
    case APD_T_DOUBLE:
        return isfinite(f->as.d);
    case APD_T_BOOL:
        return true;
    default:
        return false;
    }
}

char *evtx_put_field(char *p, const apd_field *f, evtx_style style)
{
    switch (f->type) {
    case APD_T_NONE:
        break;
    case APD_T_I64:
        return put_i64(p, f->as.i);
    case APD_T_U64:
        return put_u64(p, f->as.u);
    case APD_T_BOOL:
        return put_z(p, f->as.b ? "true" : "false");
    case APD_T_DOUBLE:
        return put_double(p, f->as.d);
    case APD_T_TIME:
        return put_time(p, f->as.t);
    case APD_T_HEX:
        return put_hex(p, f->as.u);
    case APD_T_UTF8:
        return evtx_put_utf8(p, apd_bytes_str(f->as.raw), style);
    case APD_T_UTF16LE:
        return evtx_put_utf16(p, f->as.raw, f->as.raw.ptr + f->as.raw.len, style);
    case APD_T_GUID:
        return put_guid(p, f->as.raw.ptr);
    case APD_T_SID:
        return put_sid(p, f->as.raw.ptr);
    case APD_T_BLOB:
        return put_blob(p, f->as.raw);
    }
    return p;
}

/* --- any value --- */

static char *quoted(char *p, const apd_field *f, evtx_style style)
{
    if (f->type == APD_T_NONE)
        return put_z(p, "null");
    bool bare = evtx_is_json_bare(f);
    if (!bare)
        *p++ = '"';
    p = evtx_put_field(p, f, style);
    if (!bare)
        *p++ = '"';
    return p;
}

/* The long way, for everything. */
static __attribute__((noinline)) char *put_any(char *p, evtx_value v, evtx_style style, bool quotes,
                                               apd_arena *a)
{
    apd_field f = {0};
    if (!evtx_value_field(v, a, &f))
        return NULL;
    return quotes ? quoted(p, &f, style) : evtx_put_field(p, &f, style);
}

static inline apd_bytes trimmed(evtx_value v)
{
    size_t n = v.len & ~(size_t)1;
    return n && apd_u16le(v.ptr + n - 2) == 0 ? apd_utf16_trim(evtx_raw(v)) : (apd_bytes){v.ptr, n};
}

ALWAYS_INLINE char *quote(char *p, bool quotes)
{
    *p = '"';
    return p + quotes;
}

/* Text of a code page, as long as it is ASCII; NULL: it is not, or too near to the limit. */
ALWAYS_INLINE char *put_ansi(char *p, evtx_value v, const uint8_t *limit, evtx_style style)
{
    const uint8_t *s = v.ptr, *end = s + v.len;
    while (s < end && end[-1] == 0)
        end--;
    while (s < end) {
        if (limit - s < (ptrdiff_t)BLOCK)
            return NULL;
        size_t left = (size_t)(end - s), n = plain_bytes(p, (const char *)s, style);
        n = n < left ? n : left;
        p += n;
        s += n;
        if (n == BLOCK || s == end)
            continue;
        if (*s == 0 || *s >= 0x80)
            return NULL;
        p = put_char(p, *s++, style);
    }
    return p;
}

/* What most values are, without making a field of it first. */
ALWAYS_INLINE char *put_value(char *p, evtx_value v, const uint8_t *limit, evtx_style style,
                              bool quotes, apd_arena *a)
{
    uint32_t n = v.len;
    switch (v.type) {
    case EVTX_T_STRING:
        p = put_utf16(quote(p, quotes), trimmed(v), limit, style);
        return quote(p, quotes);
    case EVTX_T_ANSI: {
        char *end = put_ansi(quote(p, quotes), v, limit, style);
        if (!end)
            break;
        return quote(end, quotes);
    }
    case EVTX_T_U8:
        if (n != 1)
            break;
        return put_small(p, v.ptr[0]);
    case EVTX_T_U16:
        if (n != 2)
            break;
        return put_u64(p, apd_u16le(v.ptr));
    case EVTX_T_U32:
        if (n != 4)
            break;
        return put_u64(p, apd_u32le(v.ptr));
    case EVTX_T_I32:
        if (n != 4)
            break;
        return put_i64(p, (int32_t)apd_u32le(v.ptr));
    case EVTX_T_HEX32:
        if (n != 4)
            break;
        return quote(put_hex(quote(p, quotes), apd_u32le(v.ptr)), quotes);
    case EVTX_T_HEX64:
        if (n != 8)
            break;
        return quote(put_hex(quote(p, quotes), apd_u64le(v.ptr)), quotes);
    case EVTX_T_FILETIME:
        if (n != 8 || v.ptr[7] >= 0x80)
            break;
        return quote(put_time(quote(p, quotes), (apd_time)apd_u64le(v.ptr)), quotes);
    case EVTX_T_GUID:
        if (n != 16)
            break;
        return quote(put_guid(quote(p, quotes), v.ptr), quotes);
    case EVTX_T_SID:
        if (n < 8 || n < 8 + 4u * v.ptr[1])
            break;
        return quote(put_sid(quote(p, quotes), v.ptr), quotes);
    default:
        break;
    }
    return put_any(p, v, style, quotes, a);
}

char *evtx_put_xml(char *p, evtx_value v, const uint8_t *limit, apd_arena *a)
{
    return put_value(p, v, limit, EVTX_XML_TEXT, false, a);
}

char *evtx_put_attribute(char *p, evtx_value v, const uint8_t *limit, apd_arena *a)
{
    return put_value(p, v, limit, EVTX_XML_ATTRIBUTE, false, a);
}

char *evtx_put_json(char *p, evtx_value v, const uint8_t *limit, apd_arena *a)
{
    return put_value(p, v, limit, EVTX_JSON, true, a);
}

char *evtx_put_inside(char *p, evtx_value v, const uint8_t *limit, evtx_style style, apd_arena *a)
{
    if (v.type == EVTX_T_STRING)
        return evtx_put_utf16(p, apd_utf16_trim(evtx_raw(v)), limit, style);
    return put_any(p, v, style, false, a);
}
