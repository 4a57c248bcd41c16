/* Events: looking up fields, turning values into text, and keeping an event beyond its batch. */
#include "event.h"

#include "digits.h"
#include "limits.h"
#include "utf.h"

const apd_field *apd_event_fields(apd_event *ev, uint32_t *n)
{
    if (ev->payload && !ev->located) {
        ev->located = true;
        /* A payload that is damaged half way still shows what was found before. */
        (void)ev->payload->expand(ev->payload, ev);
    }
    *n = ev->nfields;
    return ev->fields;
}

apd_status apd_event_render(const apd_event *ev, apd_form form, apd_buf *out)
{
    if (!ev->payload || !ev->payload->render)
        return APD_E_UNSUPPORTED;
    return ev->payload->render(ev->payload, ev, form, out);
}

apd_str apd_event_words(const apd_event *ev, apd_arena *a)
{
    if (ev->message.len || !ev->payload || !ev->payload->sentence)
        return ev->message;
    return ev->payload->sentence(ev->payload, ev, a);
}

const apd_field *apd_event_field(apd_event *ev, const apd_intern *names, apd_sym folded)
{
    uint32_t n;
    const apd_field *f = apd_event_fields(ev, &n);
    for (uint32_t i = 0; i < n; i++)
        if (f[i].name == folded || apd_sym_fold(names, f[i].name) == folded)
            return &f[i];
    return NULL;
}

static bool is_raw(apd_type t)
{
    return t >= APD_T_UTF8;
}

static bool keep_bytes(apd_arena *a, apd_bytes *b, bool even)
{
    size_t n = b->len < APD_MAX_KEPT_TEXT ? b->len : APD_MAX_KEPT_TEXT;
    if (even)
        n &= ~(size_t)1;
    uint8_t *p = apd_alloc(a, n);
    if (!p)
        return false;
    if (n)
        memcpy(p, b->ptr, n);
    *b = (apd_bytes){p, n};
    return true;
}

/* Cuts UTF-8 at a whole character, so that a kept text stays as valid as it was. */
static apd_bytes cut_utf8(apd_bytes b)
{
    if (b.len <= APD_MAX_KEPT_TEXT)
        return b;
    b.len = APD_MAX_KEPT_TEXT;
    while (b.len && (b.ptr[b.len] & 0xc0) == 0x80)
        b.len--;
    return b;
}

/* What making the sentence takes is given back; only the sentence stays, in `room`. */
static apd_bytes spoken(const apd_event *ev, apd_arena *a, char room[APD_MAX_KEPT_TEXT])
{
    apd_mark mark = apd_arena_mark(a);
    apd_bytes words = cut_utf8(apd_str_bytes(apd_event_words(ev, a)));
    if (words.len)
        memcpy(room, words.ptr, words.len);
    apd_arena_rewind(a, mark);
    return (apd_bytes){(const uint8_t *)room, words.len};
}

apd_event *apd_event_keep(apd_arena *a, apd_event *ev)
{
    char room[APD_MAX_KEPT_TEXT];
    uint32_t n;
    const apd_field *fields = apd_event_fields(ev, &n);
    n = n < APD_MAX_FIELDS ? n : APD_MAX_FIELDS; /* long arrays of a trace */
    apd_event *kept = APD_NEW(a, apd_event);
    apd_field *copy = APD_NEWS(a, apd_field, n);
    if (!kept || !copy)
        return NULL;
    *kept = *ev;
    apd_bytes message = cut_utf8(apd_str_bytes(ev->message));
    if (message.len == 0)
        message = spoken(ev, a, room);
    if (!keep_bytes(a, &message, false))
        return NULL;
    kept->message = apd_bytes_str(message);
    for (uint32_t i = 0; i < n; i++) {
        copy[i] = fields[i];
        if (!is_raw(fields[i].type))
            continue;
        if (fields[i].type == APD_T_UTF8)
            copy[i].as.raw = cut_utf8(copy[i].as.raw);
        if (!keep_bytes(a, &copy[i].as.raw, fields[i].type == APD_T_UTF16LE))
            return NULL;
    }
    kept->fields = copy;
    kept->nfields = n;
    kept->payload = NULL;
    return kept;
}

/* What was written into `room` of the arena, with a NUL behind it. */
static apd_str text_of(const char *room, char *end)
{
    *end = '\0';
    return apd_str_from(room, (size_t)(end - room));
}

static apd_str guid_text(apd_bytes g, apd_arena *a)
{
    if (g.len != 16)
        return apd_printf_a(a, "(GUID of %zu bytes)", g.len);
    char *p = apd_alloc(a, 64);
    return p ? text_of(p, apd_put_guid(p, g.ptr)) : (apd_str){NULL, 0};
}

static apd_str sid_text(apd_bytes s, apd_arena *a)
{
    if (s.len < 8 || s.len < 8 + 4u * s.ptr[1])
        return apd_printf_a(a, "(SID of %zu bytes)", s.len);
    char *p = apd_alloc(a, 64 + 11u * s.ptr[1]);
    return p ? text_of(p, apd_put_sid(p, s.ptr)) : (apd_str){NULL, 0};
}

static apd_str hex_text(apd_bytes b, apd_arena *a)
{
    char *p = b.len < SIZE_MAX / 4 ? apd_alloc(a, 2 * b.len + 32) : NULL;
    return p ? text_of(p, apd_put_bytes(p, b)) : (apd_str){NULL, 0};
}

static apd_str number_text(const apd_field *f, apd_arena *a)
{
    char *p = apd_alloc(a, 64);
    if (!p)
        return (apd_str){NULL, 0};
    return text_of(p, f->type == APD_T_I64   ? apd_put_i64(p, f->as.i)
                      : f->type == APD_T_U64 ? apd_put_u64(p, f->as.u)
                                             : apd_put_hex(p, f->as.u));
}

apd_str apd_field_text(const apd_field *f, apd_arena *a)
{
    char time[APD_TIME_TEXT];
    switch (f->type) {
    case APD_T_NONE:
        break;
    case APD_T_I64:
    case APD_T_U64:
    case APD_T_HEX:
        return number_text(f, a);
    case APD_T_BOOL:
        return f->as.b ? APD_LIT("true") : APD_LIT("false");
    case APD_T_DOUBLE:
        return apd_printf_a(a, "%.17g", f->as.d);
    case APD_T_TIME:
        return apd_strdup_a(a, apd_str_of(apd_time_format(f->as.t, 7, true, time)));
    case APD_T_UTF8:
        return apd_bytes_str(f->as.raw);
    case APD_T_UTF16LE:
        return apd_utf16_dup(a, apd_utf16_trim(f->as.raw));
    case APD_T_GUID:
        return guid_text(f->as.raw, a);
    case APD_T_SID:
        return sid_text(f->as.raw, a);
    case APD_T_BLOB:
        return hex_text(f->as.raw, a);
    }
    return APD_LIT("");
}

/* A short ASCII text inside UTF-16, for numbers only. */
static bool utf16_number(apd_bytes raw, uint64_t *out, bool *negative)
{
    char text[32];
    raw = apd_utf16_trim(raw);
    if (raw.len / 2 > sizeof text)
        return false;
    for (size_t i = 0; i < raw.len / 2; i++) {
        if (raw.ptr[2 * i + 1])
            return false;
        text[i] = (char)raw.ptr[2 * i];
    }
    return apd_parse_int(apd_str_from(text, raw.len / 2), out, negative);
}

bool apd_field_number(const apd_field *f, uint64_t *out, bool *negative)
{
    *negative = false;
    switch (f->type) {
    case APD_T_I64:
        *out = (uint64_t)f->as.i;
        *negative = f->as.i < 0;
        return true;
    case APD_T_U64:
    case APD_T_HEX:
        *out = f->as.u;
        return true;
    case APD_T_BOOL:
        *out = f->as.b;
        return true;
    case APD_T_TIME:
        *out = (uint64_t)f->as.t;
        return f->as.t >= 0;
    case APD_T_UTF8:
        return apd_parse_int(apd_trim(apd_bytes_str(f->as.raw)), out, negative);
    case APD_T_UTF16LE:
        return utf16_number(f->as.raw, out, negative);
    default:
        return false;
    }
}
