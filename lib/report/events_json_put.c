/* JSON strings and values, straight into the output; room is asked for once a piece. */
#include "events_forms.h"

#include "plain.h"
#include "utf.h"

enum {
    PIECE = 4096, /* bytes of a text that room is made for at a time */
    GROWTH = 6,   /* \u001f for a byte; of UTF-16 for a unit */
    SLACK = 64    /* any number; quotes; what is written too much */
};

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

static char *put_some(char *p, apd_str *rest, size_t n)
{
    const char *s = rest->ptr, *until = s + n, *end = s + rest->len;
    while (s < until) {
        unsigned plain = apd_plain_bytes_of(p, s, (size_t)(until - s), APD_STYLE_JSON);
        p += plain;
        s += plain;
        if (plain == APD_PLAIN_BLOCK || s == until)
            continue;
        uint32_t cp = 0xfffd;
        size_t step = apd_utf8_step(apd_str_from(s, (size_t)(end - s)), &cp);
        p = put_char(p, cp);
        s += step ? step : 1;
    }
    *rest = apd_str_from(s, (size_t)(end - s));
    return p;
}

/* Where the output goes on; NULL without room. */
static inline char *begin(apd_buf *out, size_t room)
{
    return apd_buf_room(out, room) ? out->ptr + out->len : NULL;
}

static inline void end(apd_buf *out, const char *p)
{
    out->len = (size_t)(p - out->ptr);
}

static void put_utf8(apd_str s, apd_buf *out)
{
    while (s.len) {
        size_t n = s.len < PIECE ? s.len : PIECE;
        char *p = begin(out, GROWTH * n + SLACK);
        if (!p)
            return;
        end(out, put_some(p, &s, n));
    }
}

/* --- UTF-16LE; a lone surrogate becomes U+FFFD --- */

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
        unsigned plain = apd_plain_units_of(p, s, (size_t)(until - s) / 2, APD_STYLE_JSON);
        p += plain;
        s += 2 * (size_t)plain;
        if (plain < APD_PLAIN_BLOCK && s < until)
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
        char *p = begin(out, GROWTH / 2 * n + SLACK);
        if (!p)
            return;
        end(out, put_units(p, &utf16, n));
    }
}

/* --- values --- */

void apd_json_put_string(apd_str s, apd_buf *out)
{
    apd_buf_addc(out, '"');
    put_utf8(s, out);
    apd_buf_addc(out, '"');
}

static void put_text(const apd_field *f, apd_arena *scratch, apd_buf *out)
{
    apd_buf_addc(out, '"');
    if (f->type == APD_T_UTF16LE)
        put_utf16(f->as.raw, out);
    else if (f->type == APD_T_BLOB && apd_buf_room(out, 2 * f->as.raw.len + SLACK))
        end(out, apd_put_bytes(out->ptr + out->len, f->as.raw));
    else
        put_utf8(apd_field_text(f, scratch), out);
    apd_buf_addc(out, '"');
}

void apd_json_put_value(const apd_field *f, apd_second *second, apd_arena *scratch, apd_buf *out)
{
    char *p = begin(out, SLACK);
    if (!p)
        return;
    bool quotes = f->type >= APD_T_TIME;
    *p = '"';
    p += quotes;
    if (f->type == APD_T_U64)
        p = apd_put_u64(p, f->as.u);
    else if (f->type == APD_T_HEX)
        p = apd_put_hex(p, f->as.u);
    else if (f->type == APD_T_I64)
        p = apd_put_i64(p, f->as.i);
    else if (f->type == APD_T_BOOL)
        p = apd_put_z(p, f->as.b ? "true" : "false");
    else if (f->type == APD_T_NONE)
        p = apd_put_z(p, "null");
    else if (f->type == APD_T_TIME && f->as.t >= 0 && (uint64_t)f->as.t < APD_LAST_TIME)
        p = apd_put_time(p, (uint64_t)f->as.t, second);
    else if (f->type == APD_T_GUID && f->as.raw.len == 16)
        p = apd_put_guid(p, f->as.raw.ptr);
    else {
        put_text(f, scratch, out);
        return;
    }
    *p = '"';
    end(out, p + quotes);
}

void apd_json_put_number(apd_str key, uint64_t v, apd_buf *out)
{
    char *p = begin(out, key.len + SLACK);
    if (!p)
        return;
    memcpy(p, key.ptr, key.len);
    end(out, apd_put_u64(p + key.len, v));
}

/* --- names --- */

/* `,"name":` with room behind it for apd_put_text(). */
static apd_str make_name(apd_str name, apd_arena *a)
{
    char *from = apd_alloc(a, GROWTH * name.len + SLACK);
    if (!from)
        return (apd_str){NULL, 0};
    char *p = apd_put_z(from, ",\"");
    p = apd_put_z(put_some(p, &name, name.len), "\":");
    return apd_str_from(from, (size_t)(p - from));
}

static bool room_for_name(apd_events_memo *m, apd_sym name)
{
    size_t n = m->nnames ? m->nnames : 256;
    while (n <= name)
        n *= 2;
    apd_str *wider = APD_NEWS(m->arena, apd_str, n);
    if (!wider)
        return false;
    if (m->nnames)
        memcpy(wider, m->names, m->nnames * sizeof *wider);
    m->names = wider;
    m->nnames = n;
    return true;
}

/* Only what is short is remembered, so that the names of a run take little memory. */
static void remember(apd_events_memo *m, apd_sym name, apd_str made)
{
    if (!m || !m->arena || made.len > SLACK || (name >= m->nnames && !room_for_name(m, name)))
        return;
    char *kept = apd_alloc(m->arena, made.len + APD_TEXT_STEP);
    if (!kept)
        return;
    memcpy(kept, made.ptr, made.len + APD_TEXT_STEP);
    m->names[name] = apd_str_from(kept, made.len);
}

apd_str apd_json_name(const apd_events_writer *w, apd_sym name)
{
    apd_events_memo *m = w->memo;
    if (m && name < m->nnames && m->names[name].len)
        return m->names[name];
    apd_str made = make_name(apd_sym_text(w->names, name), w->scratch);
    if (made.ptr)
        remember(m, name, made);
    return made;
}

void apd_json_put_part(apd_str of, size_t from, size_t to, apd_buf *out)
{
    char *p = begin(out, of.len + APD_TEXT_STEP);
    if (p && of.len)
        end(out, apd_put_text(p, of.ptr + from, to - from));
    out->failed |= of.len == 0;
}
