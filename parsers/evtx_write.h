/* What is written millions of times, to be inlined into the loops that write records: text, and the
 * usual types of values. Everything else is left to evtx_put.c. */
#ifndef APD_EVTX_WRITE_H
#define APD_EVTX_WRITE_H

#include "evtx_put.h"

#define EVTX_MAX_EXACT (UINT64_C(1) << 53) /* integers below it are exact in a double */

typedef struct evtx_copied {
    char *p;
    const uint8_t *s;
} evtx_copied;

/* The character at s and those behind it that are not plain either. */
evtx_copied evtx_put_odd(char *p, const uint8_t *s, const uint8_t *end, apd_style style);

APD_INLINE char *evtx_write_utf16(char *p, apd_bytes utf16, const uint8_t *limit, apd_style style)
{
    const uint8_t *s = utf16.ptr, *end = s + (utf16.len & ~(size_t)1);
    while (s < end) {
        if (limit - s >= (ptrdiff_t)(2 * APD_PLAIN_BLOCK)) {
            size_t left = (size_t)(end - s) / 2;
            size_t n = apd_plain_units(p, s, style);
            if (n >= left)
                return p + left;
            p += n;
            s += 2 * n;
            if (n == APD_PLAIN_BLOCK)
                continue;
            if (style == APD_STYLE_JSON && s[0] == '\\' && s[1] == 0) { /* paths */
                p[0] = p[1] = '\\';
                p += 2;
                s += 2;
                continue;
            }
        }
        evtx_copied done = evtx_put_odd(p, s, end, style);
        p = done.p;
        s = done.s;
    }
    return p;
}

/* --- values --- */

APD_INLINE char *evtx_quote(char *p, bool quotes)
{
    *p = '"';
    return p + quotes;
}

APD_INLINE apd_bytes evtx_trimmed(evtx_value v)
{
    size_t n = v.len & ~(uint32_t)1;
    while (n && apd_u16le(v.ptr + n - 2) == 0)
        n -= 2;
    return (apd_bytes){v.ptr, n};
}

/* What most values are, without making a field of it first. */
APD_INLINE char *evtx_write_value(char *p, evtx_value v, const evtx_pen *pen, apd_style style,
                                  bool quotes)
{
    uint32_t n = v.len;
    switch (v.type) {
    case EVTX_T_STRING:
        p = evtx_write_utf16(evtx_quote(p, quotes), evtx_trimmed(v), pen->limit, style);
        return evtx_quote(p, quotes);
    case EVTX_T_U8:
        if (n != 1)
            break;
        return apd_put_small(p, v.ptr[0]);
    case EVTX_T_U16:
        if (n != 2)
            break;
        return apd_put_u32(p, apd_u16le(v.ptr));
    case EVTX_T_U32:
        if (n != 4)
            break;
        return apd_put_u32(p, apd_u32le(v.ptr));
    case EVTX_T_I32:
        if (n != 4)
            break;
        return apd_put_i64(p, (int32_t)apd_u32le(v.ptr));
    case EVTX_T_U64:
        if (n != 8 || apd_u64le(v.ptr) >= EVTX_MAX_EXACT)
            break;
        return apd_put_u64(p, apd_u64le(v.ptr));
    case EVTX_T_HEX32:
        if (n != 4)
            break;
        return evtx_quote(apd_put_hex(evtx_quote(p, quotes), apd_u32le(v.ptr)), quotes);
    case EVTX_T_HEX64:
        if (n != 8)
            break;
        return evtx_quote(apd_put_hex(evtx_quote(p, quotes), apd_u64le(v.ptr)), quotes);
    case EVTX_T_FILETIME:
        if (n != 8 || apd_u64le(v.ptr) >= APD_LAST_TIME)
            break;
        p = apd_put_time(evtx_quote(p, quotes), apd_u64le(v.ptr), pen->second);
        return evtx_quote(p, quotes);
    case EVTX_T_GUID:
        if (n != 16)
            break;
        return evtx_quote(apd_put_guid(evtx_quote(p, quotes), v.ptr), quotes);
    case EVTX_T_SID:
        if (n < 8 || n < 8 + 4u * v.ptr[1])
            break;
        return evtx_quote(apd_put_sid(evtx_quote(p, quotes), v.ptr), quotes);
    default:
        break;
    }
    return evtx_put_any(p, v, style, quotes, pen);
}

#endif
