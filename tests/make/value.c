#include "value.h"

static const struct {
    const char *name;
    mk_type type;
    uint8_t size; /* of a number; 0 = not a plain number */
} types[] = {
    {"string", MK_STRING, 0}, {"ansi", MK_ANSI, 0},         {"i8", MK_I8, 1},
    {"u8", MK_U8, 1},         {"i16", MK_I16, 2},           {"u16", MK_U16, 2},
    {"i32", MK_I32, 4},       {"u32", MK_U32, 4},           {"i64", MK_I64, 8},
    {"u64", MK_U64, 8},       {"bool", MK_BOOL, 0},         {"binary", MK_BINARY, 0},
    {"guid", MK_GUID, 0},     {"filetime", MK_FILETIME, 0}, {"systemtime", MK_SYSTEMTIME, 0},
    {"sid", MK_SID, 0},       {"hex32", MK_HEX32, 4},       {"hex64", MK_HEX64, 8},
    {"null", MK_NULL, 0},
};
#define NTYPES (sizeof(types) / sizeof(*types))

bool mk_type_parse(apd_str name, mk_type *out)
{
    for (size_t i = 0; i < NTYPES; i++) {
        if (apd_eq(name, apd_str_of(types[i].name))) {
            *out = types[i].type;
            return true;
        }
    }
    return false;
}

const char *mk_type_name(mk_type t)
{
    for (size_t i = 0; i < NTYPES; i++)
        if (types[i].type == t)
            return types[i].name;
    return t == MK_STRINGS ? "strings" : "?";
}

static size_t number_size(mk_type t)
{
    for (size_t i = 0; i < NTYPES; i++)
        if (types[i].type == t)
            return types[i].size;
    return 0;
}

static int nibble(char c)
{
    return apd_is_digit(c) ? c - '0' : apd_lower(c) - 'a' + 10;
}

static bool put_hex_bytes(mk_out *o, apd_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!apd_is_hex(s.ptr[i]))
            return false;
    for (size_t i = 0; i + 1 < s.len; i += 2)
        mk_u8(o, (uint8_t)(nibble(s.ptr[i]) << 4 | nibble(s.ptr[i + 1])));
    return s.len % 2 == 0;
}

/* Bytes 0..3, 4..5 and 6..7 of a GUID are little-endian numbers, the rest stands as written. */
static bool put_guid(mk_out *o, apd_str s)
{
    static const uint8_t place[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    uint8_t bytes[16] = {0};
    size_t digits = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!apd_is_hex(s.ptr[i])) {
            if (!strchr("{}-", s.ptr[i]))
                return false;
            continue;
        }
        if (digits == 32)
            return false;
        uint8_t *b = &bytes[place[digits / 2]];
        *b = (uint8_t)(*b << 4 | nibble(s.ptr[i]));
        digits++;
    }
    mk_put(o, bytes, sizeof(bytes));
    return digits == 32 || s.len == 0;
}

static bool put_sid(mk_out *o, apd_str s)
{
    uint64_t part[17] = {0};
    size_t n = 0;
    if (!apd_istarts(s, APD_LIT("S-1-")))
        return false;
    for (size_t at = 4; at <= s.len && n < 17; n++) {
        size_t dash = apd_find(apd_sub(s, at, s.len), APD_LIT("-"));
        apd_str word = apd_sub(s, at, dash);
        bool negative;
        if (!apd_parse_int(word, &part[n], &negative) || negative)
            return false;
        at += word.len + 1;
    }
    mk_u8(o, 1);
    mk_u8(o, (uint8_t)(n - 1));
    mk_u16(o, 0); /* the authority is 48 bits, big-endian; known ones fit the last byte */
    mk_u16(o, 0);
    mk_u8(o, 0);
    mk_u8(o, (uint8_t)part[0]);
    for (size_t i = 1; i < n; i++)
        mk_u32(o, (uint32_t)part[i]);
    return n >= 2 && part[0] < 256;
}

static void put_systemtime(mk_out *o, apd_time t)
{
    apd_civil c = apd_time_civil(t);
    int64_t days = t / APD_TICKS_DAY;
    const int words[] = {c.year,   c.month,  (int)((days + 1) % 7), c.day, c.hour,
                         c.minute, c.second, c.fraction / 10000};
    for (size_t i = 0; i < 8; i++)
        mk_u16(o, (uint16_t)words[i]);
}

static bool put_time(mk_out *o, mk_type t, apd_str text)
{
    apd_time time = 0;
    apd_clock clock;
    if (text.len > 0 && !apd_time_parse_iso(text, &time, &clock))
        return false;
    if (t == MK_FILETIME)
        mk_u64(o, (uint64_t)time);
    else
        put_systemtime(o, time);
    return true;
}

static bool put_bool(mk_out *o, apd_str s)
{
    bool yes = apd_ieq(s, APD_LIT("true")) || apd_eq(s, APD_LIT("1"));
    mk_u32(o, yes);
    return yes || s.len == 0 || apd_ieq(s, APD_LIT("false")) || apd_eq(s, APD_LIT("0"));
}

static bool put_number(mk_out *o, apd_str s, size_t size)
{
    uint64_t v = 0;
    bool negative;
    if (s.len > 0 && !apd_parse_int(s, &v, &negative))
        return false;
    uint8_t bytes[8];
    mk_store64(bytes, v);
    mk_put(o, bytes, size);
    return true;
}

bool mk_value_put(mk_out *o, mk_type t, apd_str text)
{
    switch (t) {
    case MK_STRING:
        mk_utf16(o, text);
        mk_u16(o, 0); /* Windows counts the NUL of event texts as part of them */
        return true;
    case MK_ANSI:
        mk_str(o, text);
        mk_u8(o, 0);
        return true;
    case MK_BOOL:
        return put_bool(o, text);
    case MK_BINARY:
        return put_hex_bytes(o, text);
    case MK_GUID:
        return put_guid(o, text);
    case MK_FILETIME:
    case MK_SYSTEMTIME:
        return put_time(o, t, text);
    case MK_SID:
        return put_sid(o, text.len > 0 ? text : APD_LIT("S-1-0-0"));
    case MK_NULL:
        return text.len == 0;
    default:
        return number_size(t) > 0 && put_number(o, text, number_size(t));
    }
}
