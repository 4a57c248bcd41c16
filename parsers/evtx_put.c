/* Text, numbers, times, GUIDs and SIDs. Nearly all text is ASCII without anything to escape, so that is
 * found out and copied 16 characters at a time. */
#include "evtx_put.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "evtx_write.h"
#include "utf.h"

/* --- one character --- */

static char *put_xml_char(char *p, uint32_t cp, bool attribute)
{
    switch (cp) {
    case '&':
        return apd_put_z(p, "&amp;");
    case '<':
        return apd_put_z(p, "&lt;");
    case '>':
        return apd_put_z(p, "&gt;");
    case '"':
        return apd_put_z(p, attribute ? "&quot;" : "\"");
    case '\t':
        return apd_put_z(p, attribute ? "&#9;" : "\t");
    case '\n': /* kept through normalisation, and the record on one line */
        return apd_put_z(p, "&#10;");
    case '\r':
        return apd_put_z(p, "&#13;");
    default:
        if (cp < 0x20 || cp == 0xfffe || cp == 0xffff)
            cp = 0xfffd;
        return p + apd_utf8_put(cp, p);
    }
}

/* The letter behind a backslash, where that is all. */
static const char short_escapes[0x80] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                         ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};

static char *put_json_char(char *p, uint32_t cp)
{
    static const char digits[] = "0123456789abcdef";
    if (cp < 0x80 && short_escapes[cp]) {
        *p++ = '\\';
        *p++ = short_escapes[cp];
    } else if (cp < 0x20 || cp == 0x7f) {
        p = apd_put_z(p, "\\u00");
        *p++ = digits[cp >> 4];
        *p++ = digits[cp & 15];
    } else {
        p += apd_utf8_put(cp, p);
    }
    return p;
}

static char *put_char(char *p, uint32_t cp, apd_style style)
{
    return style == APD_STYLE_JSON ? put_json_char(p, cp)
                                   : put_xml_char(p, cp, style == APD_STYLE_XML_ATTRIBUTE);
}

/* --- UTF-16 --- */

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

/* What has to be escaped comes in runs (line end and tabs), and so do the letters of a language. */
evtx_copied evtx_put_odd(char *p, const uint8_t *s, const uint8_t *end, apd_style style)
{
    uint32_t unit = apd_u16le(s);
    do {
        if (style == APD_STYLE_JSON && unit < 0x80 && short_escapes[unit]) {
            *p++ = '\\';
            *p++ = short_escapes[unit];
            s += 2;
        } else if (unit >= 0x80 && unit < 0x800) {
            *p++ = (char)(0xc0 | unit >> 6);
            *p++ = (char)(0x80 | (unit & 0x3f));
            s += 2;
        } else {
            p = put_char(p, next_char(&s, end), style);
        }
    } while (s < end && !apd_is_plain(unit = apd_u16le(s), style));
    return (evtx_copied){p, s};
}

char *evtx_put_utf16(char *p, apd_bytes utf16, const uint8_t *limit, apd_style style)
{
    switch (style) { /* each with its own loop */
    case APD_STYLE_JSON:
        return evtx_write_utf16(p, utf16, limit, APD_STYLE_JSON);
    case APD_STYLE_XML_TEXT:
        return evtx_write_utf16(p, utf16, limit, APD_STYLE_XML_TEXT);
    case APD_STYLE_XML_ATTRIBUTE:
        break;
    }
    return evtx_write_utf16(p, utf16, limit, APD_STYLE_XML_ATTRIBUTE);
}

char *evtx_put_utf8(char *p, apd_str s, apd_style style)
{
    while (s.len) {
        unsigned plain = apd_plain_bytes_of(p, s.ptr, s.len, style);
        p += plain;
        s = (apd_str){s.ptr + plain, s.len - plain};
        if (plain == APD_PLAIN_BLOCK || s.len == 0)
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

/* --- numbers and times --- */

/* The fewest digits that read back as the same number. */
static char *put_double(char *p, double d)
{
    char text[40];
    if (isnan(d))
        return apd_put_z(p, "NaN");
    if (isinf(d))
        return apd_put_z(p, d < 0 ? "-INF" : "INF");
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) == d)
            break;
    }
    return apd_put_z(p, text);
}

char *evtx_put_ticks(char *p, apd_time t, apd_second *second)
{
    char text[APD_TIME_TEXT];
    if (t >= 0 && (uint64_t)t < APD_LAST_TIME)
        return apd_put_time(p, (uint64_t)t, second);
    return apd_put_z(p, apd_time_format(t, 7, true, text)); /* not in 1601..9999 */
}

/* Is the value one of JSON's own: a number that no reader rounds, true, false? */
static bool is_json_bare(const apd_field *f)
{
    switch (f->type) {
    case APD_T_I64:
        return f->as.i > -(int64_t)EVTX_MAX_EXACT && f->as.i < (int64_t)EVTX_MAX_EXACT;
    case APD_T_U64:
        return f->as.u < EVTX_MAX_EXACT;
    case APD_T_DOUBLE:
        return isfinite(f->as.d);
    case APD_T_BOOL:
        return true;
    default:
        return false;
    }
}

/* As apd_field_text() would show it, without quotes. */
static char *put_field(char *p, const apd_field *f, apd_style style, apd_second *second)
{
    switch (f->type) {
    case APD_T_NONE:
        break;
    case APD_T_I64:
        return apd_put_i64(p, f->as.i);
    case APD_T_U64:
        return apd_put_u64(p, f->as.u);
    case APD_T_BOOL:
        return apd_put_z(p, f->as.b ? "true" : "false");
    case APD_T_DOUBLE:
        return put_double(p, f->as.d);
    case APD_T_TIME:
        return evtx_put_ticks(p, f->as.t, second);
    case APD_T_HEX:
        return apd_put_hex(p, f->as.u);
    case APD_T_UTF8:
        return evtx_put_utf8(p, apd_bytes_str(f->as.raw), style);
    case APD_T_UTF16LE:
        return evtx_put_utf16(p, f->as.raw, f->as.raw.ptr + f->as.raw.len, style);
    case APD_T_GUID:
        return apd_put_guid(p, f->as.raw.ptr);
    case APD_T_SID:
        return apd_put_sid(p, f->as.raw.ptr);
    case APD_T_BLOB:
        return apd_put_bytes(p, f->as.raw);
    }
    return p;
}

/* --- any value --- */

char *evtx_put_number(char *p, uint64_t v)
{
    bool quotes = v >= EVTX_MAX_EXACT;
    return evtx_quote(apd_put_u64(evtx_quote(p, quotes), v), quotes);
}

static char *quoted(char *p, const apd_field *f, apd_style style, apd_second *second)
{
    if (f->type == APD_T_NONE)
        return apd_put_z(p, "null");
    bool quotes = !is_json_bare(f);
    return evtx_quote(put_field(evtx_quote(p, quotes), f, style, second), quotes);
}

/* Text of a code page, as long as it is ASCII; NULL: it is not, or too near to the limit. */
static char *put_ansi(char *p, evtx_value v, const uint8_t *limit, apd_style style)
{
    const uint8_t *s = v.ptr, *end = s + v.len;
    while (s < end && end[-1] == 0)
        end--;
    while (s < end) {
        if (limit - s < (ptrdiff_t)APD_PLAIN_BLOCK)
            return NULL;
        size_t left = (size_t)(end - s), n = apd_plain_bytes(p, (const char *)s, style);
        n = n < left ? n : left;
        p += n;
        s += n;
        if (n == APD_PLAIN_BLOCK || s == end)
            continue;
        if (*s == 0 || *s >= 0x80)
            return NULL;
        p = put_char(p, *s++, style);
    }
    return p;
}

char *evtx_put_any(char *p, evtx_value v, apd_style style, bool quotes, const evtx_pen *pen)
{
    if (v.type == EVTX_T_ANSI) {
        char *end = put_ansi(evtx_quote(p, quotes), v, pen->limit, style);
        if (end)
            return evtx_quote(end, quotes);
    }
    apd_field f = {0};
    if (!evtx_value_field(v, pen->arena, &f))
        return NULL;
    return quotes ? quoted(p, &f, style, pen->second) : put_field(p, &f, style, pen->second);
}

char *evtx_put_xml(char *p, evtx_value v, const evtx_pen *pen)
{
    return evtx_write_value(p, v, pen, APD_STYLE_XML_TEXT, false);
}

char *evtx_put_attribute(char *p, evtx_value v, const evtx_pen *pen)
{
    return evtx_write_value(p, v, pen, APD_STYLE_XML_ATTRIBUTE, false);
}

char *evtx_put_json(char *p, evtx_value v, const evtx_pen *pen)
{
    return evtx_write_value(p, v, pen, APD_STYLE_JSON, true);
}

char *evtx_put_inside(char *p, evtx_value v, apd_style style, const evtx_pen *pen)
{
    if (v.type == EVTX_T_STRING)
        return evtx_put_utf16(p, evtx_trimmed(v), pen->limit, style);
    return evtx_put_any(p, v, style, false, pen);
}
