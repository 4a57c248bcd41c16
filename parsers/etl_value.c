/* One typed value of a payload as a field. Values lie unaligned; every length is checked here. */
#include "etl_layout.h"

#include <string.h>

#include "utf.h"

static void set_raw(apd_field *f, apd_type type, apd_bytes raw)
{
    f->type = raw.len || type == APD_T_BLOB ? type : APD_T_NONE;
    f->as.raw = raw;
    if (type == APD_T_UTF8 || type == APD_T_UTF16LE)
        f->type = type; /* an empty text is a text */
}

/* --- texts --- */

/* The code page is not stored; what is valid UTF-8 was hardly meant otherwise. */
static bool set_ansi(apd_field *f, apd_bytes raw, bool utf8, apd_arena *a)
{
    while (raw.len && raw.ptr[raw.len - 1] == 0)
        raw.len--;
    if (utf8 || apd_utf8_valid(apd_bytes_str(raw))) {
        set_raw(f, APD_T_UTF8, raw);
        return true;
    }
    apd_buf b;
    apd_buf_init(&b, a);
    for (size_t i = 0; i < raw.len && apd_buf_room(&b, 4); i++)
        b.len += apd_utf8_put(apd_cp1252(raw.ptr[i]), b.ptr + b.len);
    set_raw(f, APD_T_UTF8, apd_str_bytes(apd_buf_str(&b)));
    return true;
}

static bool set_text(apd_field *f, apd_bytes raw, bool wide, const etl_prop *p, apd_arena *a)
{
    if (!wide)
        return set_ansi(f, raw, p->show == ETL_SHOW_UTF8, a);
    raw.len &= ~(size_t)1;
    set_raw(f, APD_T_UTF16LE, apd_utf16_trim(raw));
    return true;
}

/* Bytes up to a NUL unit, or of all whole units. */
static size_t units_before_nul(apd_bytes s)
{
    const uint64_t one = UINT64_C(0x0001000100010001);
    size_t n = 0;
    for (; n + 8 <= s.len; n += 8) {
        uint64_t v = apd_u64le(s.ptr + n);
        if ((v - one) & ~v & 0x8000 * one)
            break; /* one of the four is zero */
    }
    while (n + 2 <= s.len && (s.ptr[n] | s.ptr[n + 1]))
        n += 2;
    return n;
}

/* Up to the NUL, which the last text of a payload may lack. */
static apd_bytes take_terminated(apd_bytes *rest, bool wide)
{
    size_t unit = wide ? 2 : 1, n;
    if (wide) {
        n = units_before_nul(*rest);
    } else {
        const uint8_t *nul = rest->len ? memchr(rest->ptr, 0, rest->len) : NULL;
        n = nul ? (size_t)(nul - rest->ptr) : rest->len;
    }
    apd_bytes text = {rest->ptr, n};
    (void)apd_skip(rest, n + unit <= rest->len ? n + unit : rest->len);
    return text;
}

/* --- bytes with their length in front --- */

static bool take_counted(apd_bytes *rest, bool big_endian, apd_bytes *out)
{
    uint16_t n;
    apd_bytes cur = *rest;
    if (!apd_get_u16le(&cur, &n))
        return false;
    if (big_endian)
        n = (uint16_t)(n >> 8 | n << 8);
    if (!apd_get_bytes(&cur, n, out))
        return false;
    *rest = cur;
    return true;
}

static bool take_hexdump(apd_bytes *rest, apd_field *f)
{
    apd_bytes raw;
    if (rest->len < 4 || rest->len - 4 < apd_u32le(rest->ptr))
        return false;
    size_t n = apd_u32le(rest->ptr);
    (void)apd_skip(rest, 4);
    (void)apd_get_bytes(rest, n, &raw);
    set_raw(f, APD_T_BLOB, raw);
    return true;
}

static bool take_sid(apd_bytes *rest, apd_field *f)
{
    apd_bytes raw;
    if (rest->len < 8 || !apd_get_bytes(rest, 8 + 4u * rest->ptr[1], &raw))
        return false;
    set_raw(f, APD_T_SID, raw);
    return true;
}

static bool take_wbem_sid(apd_bytes *rest, bool narrow, apd_field *f)
{
    if (rest->len < 4)
        return false;
    if (apd_u32le(rest->ptr) == 0) {
        f->type = APD_T_NONE;
        return apd_skip(rest, 4);
    }
    apd_bytes cur = *rest;
    if (!apd_skip(&cur, narrow ? 8 : 16) || !take_sid(&cur, f))
        return false;
    *rest = cur;
    return true;
}

/* --- numbers --- */

static size_t number_size(uint8_t in, bool narrow)
{
    switch (in) {
    case ETL_IN_I8:
    case ETL_IN_U8:
    case ETL_IN_MOF_CHAR8:
        return 1;
    case ETL_IN_I16:
    case ETL_IN_U16:
    case ETL_IN_MOF_CHAR16:
        return 2;
    case ETL_IN_I32:
    case ETL_IN_U32:
    case ETL_IN_FLOAT:
    case ETL_IN_BOOL32:
    case ETL_IN_HEX32:
        return 4;
    case ETL_IN_I64:
    case ETL_IN_U64:
    case ETL_IN_DOUBLE:
    case ETL_IN_FILETIME:
    case ETL_IN_HEX64:
        return 8;
    case ETL_IN_POINTER:
    case ETL_IN_MOF_SIZE:
        return narrow ? 4 : 8;
    default:
        return 0;
    }
}

static uint64_t load(const uint8_t *p, size_t size)
{
    uint64_t v = 0;
    for (size_t i = size; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

static int64_t extend(uint64_t v, size_t size)
{
    uint64_t sign = UINT64_C(1) << (8 * size - 1);
    return (int64_t)((v ^ sign) - sign);
}

static bool is_signed(const etl_prop *p)
{
    bool by_type =
        p->in == ETL_IN_I8 || p->in == ETL_IN_I16 || p->in == ETL_IN_I32 || p->in == ETL_IN_I64;
    return p->show == ETL_SHOW_SIGNED || (by_type && p->show != ETL_SHOW_UNSIGNED);
}

static void set_words(apd_field *f, apd_str text)
{
    set_raw(f, APD_T_UTF8, apd_str_bytes(text));
}

static apd_str ipv4_text(apd_arena *a, const uint8_t *p)
{
    return apd_printf_a(a, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
}

static void set_char(apd_field *f, const uint8_t *at, size_t size, apd_arena *a)
{
    if (size == 2)
        set_raw(f, APD_T_UTF16LE, (apd_bytes){at, 2});
    else
        (void)set_ansi(f, (apd_bytes){at, 1}, false, a);
}

static void set_real(apd_field *f, uint64_t v, bool single)
{
    f->type = APD_T_DOUBLE;
    if (single) {
        uint32_t bits = (uint32_t)v;
        float x;
        memcpy(&x, &bits, sizeof x);
        f->as.d = (double)x;
    } else {
        memcpy(&f->as.d, &v, sizeof v);
    }
}

static void set_time(apd_field *f, uint64_t v)
{
    *f = (apd_field){.name = f->name, .type = APD_T_TIME, .as.t = (apd_time)v};
    if (v == 0 || v > INT64_MAX) { /* no moment: often 0, or "never" */
        f->type = APD_T_U64;
        f->as.u = v;
    }
}

/* The type of the field, where the number is shown as a number; APD_T_NONE: it becomes something else. */
static apd_type number_type(const etl_prop *p, size_t size)
{
    if (p->in == ETL_IN_FLOAT || p->in == ETL_IN_DOUBLE || p->in == ETL_IN_FILETIME ||
        (p->show == ETL_SHOW_TIME && size == 8))
        return APD_T_NONE;
    if (p->in == ETL_IN_BOOL32 || p->show == ETL_SHOW_BOOL)
        return APD_T_BOOL;
    if ((p->show == ETL_SHOW_TEXT && size <= 2) || p->in == ETL_IN_MOF_CHAR8 ||
        p->in == ETL_IN_MOF_CHAR16 || (p->show == ETL_SHOW_PORT && size == 2) ||
        (p->show == ETL_SHOW_IPV4 && size == 4))
        return APD_T_NONE;
    if (p->show == ETL_SHOW_HEX || p->in == ETL_IN_HEX32 || p->in == ETL_IN_HEX64 ||
        p->in == ETL_IN_POINTER || p->in == ETL_IN_MOF_SIZE)
        return APD_T_HEX;
    return is_signed(p) ? APD_T_I64 : APD_T_U64;
}

void etl_value_plan(etl_prop *p)
{
    size_t wide = number_size(p->in, false), narrow = number_size(p->in, true);
    apd_type type = wide ? number_type(p, wide) : APD_T_NONE;
    p->size[false] = (uint8_t)wide;
    p->size[true] = (uint8_t)narrow;
    p->number = (uint8_t)(type == number_type(p, narrow) ? type : APD_T_NONE);
}

uint64_t etl_value_number(const uint8_t *at, size_t left, const etl_prop *p, size_t size)
{
    uint64_t v = left >= 8 ? apd_u64le(at) & UINT64_MAX >> (64 - 8 * size) : load(at, size);
    return p->number == APD_T_I64 ? (uint64_t)extend(v, size) : v;
}

/* What the type or the way of showing makes of an integer that does not stay one. */
static void set_number(apd_field *f, const etl_prop *p, const uint8_t *at, size_t size,
                       apd_arena *a)
{
    uint64_t v = load(at, size);
    apd_type type = number_type(p, size);
    if (p->in == ETL_IN_FLOAT || p->in == ETL_IN_DOUBLE) {
        set_real(f, v, size == 4);
    } else if (p->in == ETL_IN_FILETIME || (p->show == ETL_SHOW_TIME && size == 8)) {
        set_time(f, v);
    } else if (type != APD_T_NONE) { /* by the width of pointers it may */
        f->type = type;
        f->as.u = v;
    } else if (p->show == ETL_SHOW_PORT && size == 2) {
        f->type = APD_T_U64;
        f->as.u = (uint64_t)at[0] << 8 | at[1];
    } else if (p->show == ETL_SHOW_IPV4 && size == 4) {
        set_words(f, ipv4_text(a, at));
    } else {
        set_char(f, at, size, a);
    }
}

static bool take_systemtime(apd_bytes *rest, const etl_prop *p, apd_arena *a, apd_field *f)
{
    apd_bytes raw;
    apd_time t;
    if (!apd_get_bytes(rest, 16, &raw))
        return false;
    unsigned v[8];
    for (int i = 0; i < 8; i++)
        v[i] = apd_u16le(raw.ptr + 2 * i);
    bool real = apd_time_from_civil((int)v[0], (int)v[1], (int)v[3], (int)v[4], (int)v[5],
                                    (int)v[6], (int64_t)v[7] * 10000, &t);
    if (real && p->show == ETL_SHOW_TIME_UTC)
        set_time(f, (uint64_t)t);
    else /* of whatever zone */
        set_words(f, apd_printf_a(a, "%04u-%02u-%02uT%02u:%02u:%02u.%03u", v[0], v[1], v[3], v[4],
                                  v[5], v[6], v[7]));
    return true;
}

/* --- addresses --- */

static apd_str ipv6_text(apd_arena *a, const uint8_t *p)
{
    unsigned g[8], best = 8, best_n = 1;
    for (unsigned i = 0; i < 8; i++)
        g[i] = (unsigned)p[2 * i] << 8 | p[2 * i + 1];
    for (unsigned i = 0; i < 8; i++) { /* the longest run of zeros becomes "::" */
        unsigned n = 0;
        while (i + n < 8 && g[i + n] == 0)
            n++;
        if (n > best_n) {
            best = i;
            best_n = n;
        }
    }
    apd_buf b;
    apd_buf_init(&b, a);
    for (unsigned i = 0; i < 8; i++) {
        if (i == best) {
            apd_buf_add(&b, APD_LIT("::"));
            i += best_n - 1;
            continue;
        }
        apd_buf_addf(&b, i == 0 || i == best + best_n ? "%x" : ":%x", g[i]);
    }
    return apd_buf_str(&b);
}

/* AF_INET 2 {port, address}, AF_INET6 23 {port, flow, address, scope}; the port big-endian. */
static bool set_sockaddr(apd_field *f, apd_bytes raw, apd_arena *a)
{
    unsigned family = raw.len >= 8 ? apd_u16le(raw.ptr) : 0;
    unsigned port = raw.len >= 8 ? (unsigned)raw.ptr[2] << 8 | raw.ptr[3] : 0;
    if (family == 2)
        set_words(f, apd_printf_a(a, "%.*s:%u", APD_FMT(ipv4_text(a, raw.ptr + 4)), port));
    else if (family == 23 && raw.len >= 24)
        set_words(f, apd_printf_a(a, "[%.*s]:%u", APD_FMT(ipv6_text(a, raw.ptr + 8)), port));
    else
        return false;
    return true;
}

static bool set_bytes(apd_field *f, const etl_prop *p, apd_bytes raw, apd_arena *a)
{
    if (p->show == ETL_SHOW_IPV6 && raw.len == 16)
        set_words(f, ipv6_text(a, raw.ptr));
    else if (p->show == ETL_SHOW_IPV4 && raw.len == 4)
        set_words(f, ipv4_text(a, raw.ptr));
    else if (p->show == ETL_SHOW_UTF8)
        return set_ansi(f, raw, true, a);
    else if (p->show != ETL_SHOW_SOCKADDR || !set_sockaddr(f, raw, a))
        set_raw(f, APD_T_BLOB, raw);
    return true;
}

/* --- all of them --- */

static bool is_wide(uint8_t in)
{
    return in == ETL_IN_UTF16 || in == ETL_IN_COUNTED_UTF16 || in == ETL_IN_MOF_UTF16 ||
           in == ETL_IN_MOF_REVERSED_UTF16 || in == ETL_IN_MOF_REST_UTF16;
}

static bool take_text(apd_bytes *rest, const etl_prop *p, size_t length, apd_arena *a, apd_field *f)
{
    bool wide = is_wide(p->in);
    apd_bytes raw;
    if (length == SIZE_MAX)
        return set_text(f, take_terminated(rest, wide), wide, p, a);
    if (length > rest->len || !apd_get_bytes(rest, wide ? 2 * length : length, &raw))
        return false;
    return set_text(f, raw, wide, p, a);
}

static bool take_rest(apd_bytes *rest, const etl_prop *p, apd_arena *a, apd_field *f)
{
    apd_bytes raw = *rest;
    (void)apd_skip(rest, rest->len);
    return set_text(f, raw, is_wide(p->in), p, a);
}

bool etl_value_take(apd_bytes *rest, const etl_prop *p, size_t length, bool narrow, apd_arena *a,
                    apd_field *f)
{
    apd_bytes raw;
    size_t size = p->size[narrow];
    if (size) {
        if (!apd_get_bytes(rest, size, &raw))
            return false;
        set_number(f, p, raw.ptr, size, a);
        return true;
    }
    switch (p->in) {
    case ETL_IN_UTF16:
    case ETL_IN_ANSI:
        return take_text(rest, p, length, a, f);
    case ETL_IN_COUNTED_UTF16:
    case ETL_IN_COUNTED_ANSI:
    case ETL_IN_MOF_UTF16:
    case ETL_IN_MOF_ANSI:
        return take_counted(rest, false, &raw) && set_text(f, raw, is_wide(p->in), p, a);
    case ETL_IN_MOF_REVERSED_UTF16:
    case ETL_IN_MOF_REVERSED_ANSI:
        return take_counted(rest, true, &raw) && set_text(f, raw, is_wide(p->in), p, a);
    case ETL_IN_MOF_REST_UTF16:
    case ETL_IN_MOF_REST_ANSI:
        return take_rest(rest, p, a, f);
    case ETL_IN_COUNTED_BINARY:
        return take_counted(rest, false, &raw) && set_bytes(f, p, raw, a);
    case ETL_IN_BINARY:
        return apd_get_bytes(rest, length == SIZE_MAX ? rest->len : length, &raw) &&
               set_bytes(f, p, raw, a);
    case ETL_IN_GUID:
        if (!apd_get_bytes(rest, 16, &raw))
            return false;
        set_raw(f, APD_T_GUID, raw);
        return true;
    case ETL_IN_SYSTEMTIME:
        return take_systemtime(rest, p, a, f);
    case ETL_IN_SID:
        return take_sid(rest, f);
    case ETL_IN_MOF_HEXDUMP:
        return take_hexdump(rest, f);
    case ETL_IN_WBEM_SID:
        return take_wbem_sid(rest, narrow, f);
    default:
        return false;
    }
}

size_t etl_value_least(const etl_prop *p, bool narrow)
{
    size_t size = p->size[narrow];
    if (size)
        return size;
    switch (p->in) {
    case ETL_IN_UTF16:
        return 2;
    case ETL_IN_ANSI:
        return 1;
    case ETL_IN_GUID:
    case ETL_IN_SYSTEMTIME:
        return 16;
    case ETL_IN_SID:
        return 8;
    case ETL_IN_WBEM_SID:
        return 4;
    default:
        return 0;
    }
}

bool etl_value_is_text(const etl_prop *p)
{
    size_t size = p->size[false];
    return size == 1 || (size == 2 && p->show == ETL_SHOW_TEXT) || p->in == ETL_IN_MOF_CHAR16;
}

bool etl_value_take_text(apd_bytes *rest, const etl_prop *p, size_t n, apd_arena *a, apd_field *f)
{
    size_t size = p->size[false];
    bool text = p->show == ETL_SHOW_TEXT || p->show == ETL_SHOW_UTF8 || p->in == ETL_IN_MOF_CHAR8 ||
                p->in == ETL_IN_MOF_CHAR16;
    apd_bytes raw;
    if (n > rest->len || !apd_get_bytes(rest, size * n, &raw))
        return false;
    if (size == 2)
        set_raw(f, APD_T_UTF16LE, apd_utf16_trim(raw));
    else if (text)
        (void)set_ansi(f, raw, p->show == ETL_SHOW_UTF8, a);
    else
        (void)set_bytes(f, p, raw, a);
    return true;
}
