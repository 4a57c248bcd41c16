/* JSON strings and values, straight into the output. Nearly all text is ASCII without anything to escape, so
 * it is tested and copied eight characters at a time; room is asked for once a piece. */
#include "events_forms.h"

#include "utf.h"

enum {
    PIECE = 4096, /* bytes of a text that room is made for at a time */
    GROWTH = 6,   /* \u001f for a byte; of UTF-16 for a unit */
    SLACK = 64    /* any number; quotes; what is written too much */
};

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* The top bit of every byte that is c; of those above one, too. */
static inline uint64_t equal_bytes(uint64_t v, uint8_t c)
{
    v ^= EACH_BYTE(c);
    return (v - EACH_BYTE(1)) & ~v;
}

/* How many of these eight, from the first on, may stand as they are? */
static inline unsigned count_plain(uint64_t v)
{
    uint64_t bad =
        v | (v - EACH_BYTE(0x20)) | (v + EACH_BYTE(1)) | equal_bytes(v, '"') | equal_bytes(v, '\\');
    bad &= EACH_BYTE(0x80);
#if defined(__GNUC__)
    return bad ? (unsigned)__builtin_ctzll(bad) / 8 : 8;
#else
    unsigned n = 0;
    while (n < 8 && !(bad >> 8 * n & 0x80))
        n++;
    return n;
#endif
}

static inline uint64_t load(const char *s)
{
    return apd_u64le((const uint8_t *)s);
}

/* Fewer than eight; zeros behind them, which are not plain. */
static inline uint64_t load_few(const char *s, size_t n)
{
    uint64_t v = 0;
    if (n >= 4)
        return apd_u32le((const uint8_t *)s) | (uint64_t)apd_u32le((const uint8_t *)s + n - 4)
                                                   << 8 * (n - 4);
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)(uint8_t)s[i] << 8 * i;
    return v;
}

static inline void store(char *p, uint64_t v)
{
    for (unsigned i = 0; i < 8; i++)
        p[i] = (char)(v >> 8 * i);
}

static char *put_char(char *p, uint32_t cp)
{
    static const char letters[0x80] = {
        ['"'] = '"', ['\\'] = '\\', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    if (cp < 0x80 && letters[cp]) {
        *p++ = '\\';
        *p++ = letters[cp];
        return p;
    }
    if (cp >= 0x20 && cp != 0x7f)
        return p + apd_utf8_put(cp, p);
    apd_put_nibbles(p + 2, (uint64_t)cp << 48);
    p[0] = '\\';
    p[1] = 'u';
    return p + 6;
}

/* --- UTF-8; a byte that is none becomes U+FFFD --- */

/* Copies up to the first character that may not stand as it is; writes up to 8 bytes too much. */
static inline size_t put_plain(char *p, const char *s, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t v = load(s + i);
        store(p + i, v);
        unsigned plain = count_plain(v);
        if (plain < 8)
            return i + plain;
    }
    if (i == n)
        return n;
    uint64_t v = n < 8 ? load_few(s, n) : load(s + n - 8) >> 8 * (i + 8 - n);
    store(p + i, v);
    return i + count_plain(v);
}

static char *put_some(char *p, apd_str *rest, size_t n)
{
    const char *s = rest->ptr, *until = s + n, *end = s + rest->len;
    while (s < until) {
        size_t plain = put_plain(p, s, (size_t)(until - s));
        p += plain;
        s += plain;
        if (s == until)
            break;
        uint32_t cp = 0xfffd;
        size_t step = apd_utf8_step(apd_str_from(s, (size_t)(end - s)), &cp);
        p = put_char(p, cp);
        s += step ? step : 1;
    }
    *rest = apd_str_from(s, (size_t)(end - s));
    return p;
}

static void put_utf8(apd_str s, apd_buf *out)
{
    while (s.len) {
        size_t n = s.len < PIECE ? s.len : PIECE;
        if (!apd_buf_room(out, GROWTH * n + SLACK))
            return;
        out->len = (size_t)(put_some(out->ptr + out->len, &s, n) - out->ptr);
    }
}

/* --- UTF-16LE; a lone surrogate becomes U+FFFD --- */

/* The low bytes of four units, in order. */
static inline uint64_t narrow(uint64_t units)
{
    units = (units | units >> 8) & UINT64_C(0x0000ffff0000ffff);
    return (units | units >> 16) & UINT32_MAX;
}

static uint32_t next_utf16(const uint8_t **s, const uint8_t *end)
{
    uint32_t u = apd_u16le(*s);
    *s += 2;
    if (u < 0xd800 || u > 0xdbff || end - *s < 2)
        return u;
    uint32_t low = apd_u16le(*s);
    if (low < 0xdc00 || low > 0xdfff)
        return u;
    *s += 2;
    return 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
}

static char *put_units(char *p, apd_bytes *rest, size_t n)
{
    const uint8_t *s = rest->ptr, *until = s + n, *end = s + rest->len;
    while (s < until) {
        if (end - s >= 16) {
            uint64_t first = apd_u64le(s), last = apd_u64le(s + 8);
            if (((first | last) & UINT64_C(0xff00ff00ff00ff00)) == 0) {
                uint64_t eight = narrow(first) | narrow(last) << 32;
                unsigned plain = count_plain(eight);
                store(p, eight);
                p += plain;
                s += 2 * (size_t)plain;
                if (plain == 8 || s >= until)
                    continue;
            }
        }
        p = put_char(p, next_utf16(&s, end));
    }
    *rest = (apd_bytes){s, (size_t)(end - s)};
    return p;
}

static void put_utf16(apd_bytes utf16, apd_buf *out)
{
    utf16 = apd_utf16_trim(utf16);
    while (utf16.len) {
        size_t n = utf16.len < PIECE ? utf16.len : PIECE;
        if (!apd_buf_room(out, GROWTH / 2 * n + SLACK))
            return;
        out->len = (size_t)(put_units(out->ptr + out->len, &utf16, n) - out->ptr);
    }
}

/* --- values --- */

void apd_json_put_string(apd_str s, apd_buf *out)
{
    apd_buf_addc(out, '"');
    put_utf8(s, out);
    apd_buf_addc(out, '"');
}

void apd_json_put_key(apd_str name, bool first, apd_buf *out)
{
    if (name.len > PIECE || !apd_buf_room(out, GROWTH * name.len + SLACK))
        return;
    char *p = out->ptr + out->len;
    *p = ',';
    p += !first;
    *p++ = '"';
    p = put_some(p, &name, name.len);
    *p++ = '"';
    *p++ = ':';
    out->len = (size_t)(p - out->ptr);
}

/* Values of a known greatest length. */
static char *put_short_value(char *p, const apd_field *f, apd_second *second)
{
    switch (f->type) {
    case APD_T_NONE:
        return apd_put_z(p, "null");
    case APD_T_I64:
        return apd_put_i64(p, f->as.i);
    case APD_T_U64:
        return apd_put_u64(p, f->as.u);
    case APD_T_BOOL:
        return apd_put_z(p, f->as.b ? "true" : "false");
    case APD_T_HEX:
        *p++ = '"';
        p = apd_put_hex(p, f->as.u);
        break;
    case APD_T_TIME:
        *p++ = '"';
        p = apd_put_time(p, (uint64_t)f->as.t, second);
        break;
    default: /* a GUID */
        *p++ = '"';
        p = apd_put_guid(p, f->as.raw.ptr);
        break;
    }
    *p++ = '"';
    return p;
}

static bool is_short(const apd_field *f)
{
    if (f->type == APD_T_TIME)
        return f->as.t >= 0 && (uint64_t)f->as.t < APD_LAST_TIME;
    if (f->type == APD_T_GUID)
        return f->as.raw.len == 16;
    return f->type == APD_T_NONE || f->type == APD_T_I64 || f->type == APD_T_U64 ||
           f->type == APD_T_BOOL || f->type == APD_T_HEX;
}

void apd_json_put_value(const apd_field *f, apd_second *second, apd_arena *scratch, apd_buf *out)
{
    if (is_short(f)) {
        if (apd_buf_room(out, SLACK))
            out->len = (size_t)(put_short_value(out->ptr + out->len, f, second) - out->ptr);
        return;
    }
    apd_buf_addc(out, '"');
    if (f->type == APD_T_UTF16LE)
        put_utf16(f->as.raw, out);
    else if (f->type == APD_T_BLOB && apd_buf_room(out, 2 * f->as.raw.len + SLACK))
        out->len = (size_t)(apd_put_bytes(out->ptr + out->len, f->as.raw) - out->ptr);
    else
        put_utf8(apd_field_text(f, scratch), out);
    apd_buf_addc(out, '"');
}

void apd_json_put_number(apd_str key, uint64_t v, apd_buf *out)
{
    apd_buf_add(out, key);
    if (apd_buf_room(out, SLACK))
        out->len = (size_t)(apd_put_u64(out->ptr + out->len, v) - out->ptr);
}
