/* The table of types: how many bytes a value has, and which field it becomes. */
#include "evtx_value.h"

#include "utf.h"

static uint64_t load(apd_bytes b)
{
    switch (b.len) {
    case 1:
        return b.ptr[0];
    case 2:
        return apd_u16le(b.ptr);
    case 4:
        return apd_u32le(b.ptr);
    case 8:
        return apd_u64le(b.ptr);
    default:
        return 0;
    }
}

static int64_t load_signed(apd_bytes b)
{
    switch (b.len) {
    case 1:
        return (int8_t)b.ptr[0];
    case 2:
        return (int16_t)apd_u16le(b.ptr);
    case 4:
        return (int32_t)apd_u32le(b.ptr);
    default:
        return (int64_t)load(b);
    }
}

/* Bytes of one value of the type; 0 = any number. */
static size_t fixed_size(uint8_t type)
{
    static const uint8_t sizes[] = {
        [EVTX_T_I8] = 1,       [EVTX_T_U8] = 1,     [EVTX_T_I16] = 2,         [EVTX_T_U16] = 2,
        [EVTX_T_I32] = 4,      [EVTX_T_U32] = 4,    [EVTX_T_I64] = 8,         [EVTX_T_U64] = 8,
        [EVTX_T_FLOAT] = 4,    [EVTX_T_DOUBLE] = 8, [EVTX_T_BOOL] = 4,        [EVTX_T_GUID] = 16,
        [EVTX_T_FILETIME] = 8, [EVTX_T_HEX32] = 4,  [EVTX_T_SYSTEMTIME] = 16, [EVTX_T_HEX64] = 8,
    };
    return type < sizeof sizes ? sizes[type] : 0;
}

static bool size_agrees(evtx_value v)
{
    size_t n = v.len;
    switch (v.type) {
    case EVTX_T_BOOL:
        return n == 1 || n == 2 || n == 4 || n == 8;
    case EVTX_T_SIZE:
        return n == 4 || n == 8;
    case EVTX_T_SID:
        return n >= 8 && n >= 8 + 4u * v.ptr[1];
    default:
        return fixed_size(v.type) == 0 || n == fixed_size(v.type);
    }
}

static bool systemtime(const uint8_t *p, apd_time *out)
{
    /* year, month, weekday, day, hour, minute, second, millisecond */
    return apd_time_from_civil(apd_u16le(p), apd_u16le(p + 2), apd_u16le(p + 6), apd_u16le(p + 8),
                               apd_u16le(p + 10), apd_u16le(p + 12),
                               apd_u16le(p + 14) * (int64_t)10000, out);
}

/* The code page of the log is not stored in it; 1252 is what nearly all of them use. */
static bool ansi_field(apd_bytes raw, apd_arena *a, apd_field *f)
{
    while (raw.len && raw.ptr[raw.len - 1] == 0)
        raw.len--;
    size_t plain = 0;
    while (plain < raw.len && raw.ptr[plain] && raw.ptr[plain] < 0x80)
        plain++;
    f->type = APD_T_UTF8;
    f->as.raw = raw;
    if (plain == raw.len)
        return true;
    char *text = apd_alloc(a, raw.len * 3); /* no character of the page needs more */
    if (!text)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char cp[4];
        size_t len = raw.ptr[i] ? apd_utf8_put(apd_cp1252(raw.ptr[i]), cp) : 0;
        memcpy(text + n, cp, len);
        n += len;
    }
    f->as.raw = (apd_bytes){(const uint8_t *)text, n};
    return true;
}

static void double_field(evtx_value v, apd_field *f)
{
    uint64_t bits = load(evtx_raw(v));
    f->type = APD_T_DOUBLE;
    if (v.type == EVTX_T_FLOAT) {
        uint32_t half = (uint32_t)bits;
        float value;
        memcpy(&value, &half, sizeof value);
        f->as.d = value;
    } else {
        memcpy(&f->as.d, &bits, sizeof bits);
    }
}

static void time_field(evtx_value v, apd_field *f)
{
    apd_time t;
    if (evtx_value_time(v, &t)) {
        f->type = APD_T_TIME;
        f->as.t = t;
    } else if (v.type == EVTX_T_SYSTEMTIME && apd_u16le(v.ptr) == 0) {
        f->type = APD_T_NONE; /* unset */
    } else {
        f->type = APD_T_BLOB;
        f->as.raw = evtx_raw(v);
    }
}

bool evtx_value_field(evtx_value v, apd_arena *a, apd_field *f)
{
    f->type = APD_T_BLOB;
    f->as.raw = evtx_raw(v);
    if (!size_agrees(v))
        return true;
    switch (v.type) {
    case EVTX_T_NULL:
        f->type = APD_T_NONE;
        break;
    case EVTX_T_STRING:
        f->type = APD_T_UTF16LE;
        f->as.raw = apd_utf16_trim(evtx_raw(v));
        break;
    case EVTX_T_ANSI:
        return ansi_field(evtx_raw(v), a, f);
    case EVTX_T_I8:
    case EVTX_T_I16:
    case EVTX_T_I32:
    case EVTX_T_I64:
        f->type = APD_T_I64;
        f->as.i = load_signed(evtx_raw(v));
        break;
    case EVTX_T_U8:
    case EVTX_T_U16:
    case EVTX_T_U32:
    case EVTX_T_U64:
        f->type = APD_T_U64;
        f->as.u = load(evtx_raw(v));
        break;
    case EVTX_T_SIZE:
    case EVTX_T_HEX32:
    case EVTX_T_HEX64:
        f->type = APD_T_HEX;
        f->as.u = load(evtx_raw(v));
        break;
    case EVTX_T_BOOL:
        f->type = APD_T_BOOL;
        f->as.b = load(evtx_raw(v)) != 0;
        break;
    case EVTX_T_FLOAT:
    case EVTX_T_DOUBLE:
        double_field(v, f);
        break;
    case EVTX_T_GUID:
        f->type = APD_T_GUID;
        break;
    case EVTX_T_SID:
        f->type = APD_T_SID;
        f->as.raw.len = 8 + 4u * v.ptr[1];
        break;
    case EVTX_T_FILETIME:
    case EVTX_T_SYSTEMTIME:
        time_field(v, f);
        break;
    default: /* binary, handles and what nobody has seen in a file */
        break;
    }
    return true;
}

static size_t string_item(apd_bytes rest, size_t unit, size_t *step)
{
    size_t n = 0;
    while (n + unit <= rest.len && (rest.ptr[n] || (unit == 2 && rest.ptr[n + 1])))
        n += unit;
    *step = n + unit <= rest.len ? n + unit : rest.len;
    return n;
}

bool evtx_value_item(evtx_value *array, evtx_value *item)
{
    apd_bytes rest = evtx_raw(*array);
    if (rest.len == 0)
        return false;
    item->type = array->type & (uint8_t)~EVTX_T_ARRAY;
    size_t step = fixed_size(item->type), len;
    if (item->type == EVTX_T_STRING || item->type == EVTX_T_ANSI) {
        len = string_item(rest, item->type == EVTX_T_STRING ? 2 : 1, &step);
    } else {
        if (item->type == EVTX_T_SID)
            step = rest.len >= 8 ? 8 + 4u * rest.ptr[1] : rest.len;
        if (step == 0 || step > rest.len)
            step = rest.len; /* not divisible: the remainder as it is */
        len = step;
    }
    item->ptr = rest.ptr;
    item->len = (uint32_t)len;
    array->ptr = rest.ptr + step;
    array->len = (uint32_t)(rest.len - step);
    return true;
}

/* Digits of a UTF-16 text as ASCII. */
static bool narrow(apd_bytes utf16, char *text, size_t size, apd_str *out)
{
    utf16 = apd_utf16_trim(utf16);
    if (utf16.len / 2 > size)
        return false;
    for (size_t i = 0; i < utf16.len / 2; i++) {
        if (utf16.ptr[2 * i + 1] || utf16.ptr[2 * i] >= 0x80)
            return false;
        text[i] = (char)utf16.ptr[2 * i];
    }
    *out = apd_trim(apd_str_from(text, utf16.len / 2));
    return true;
}

bool evtx_value_number(evtx_value v, uint64_t *out)
{
    if (v.type == EVTX_T_STRING) {
        char text[32];
        apd_str s;
        bool negative;
        return narrow(evtx_raw(v), text, sizeof text, &s) && apd_parse_int(s, out, &negative);
    }
    if (!size_agrees(v))
        return false;
    switch (v.type) {
    case EVTX_T_I8:
    case EVTX_T_I16:
    case EVTX_T_I32:
    case EVTX_T_I64:
        *out = (uint64_t)load_signed(evtx_raw(v));
        return true;
    case EVTX_T_U8:
    case EVTX_T_U16:
    case EVTX_T_U32:
    case EVTX_T_U64:
    case EVTX_T_SIZE:
    case EVTX_T_HEX32:
    case EVTX_T_HEX64:
        *out = load(evtx_raw(v));
        return true;
    default:
        return false;
    }
}

bool evtx_value_time(evtx_value v, apd_time *out)
{
    if (v.type == EVTX_T_FILETIME && v.len == 8) {
        uint64_t ticks = apd_u64le(v.ptr);
        *out = (apd_time)ticks;
        return ticks <= INT64_MAX;
    }
    if (v.type == EVTX_T_SYSTEMTIME && v.len == 16)
        return systemtime(v.ptr, out);
    if (v.type == EVTX_T_STRING) {
        char text[APD_TIME_TEXT];
        apd_str s;
        apd_clock clock;
        return narrow(evtx_raw(v), text, sizeof text, &s) && apd_time_parse_iso(s, out, &clock);
    }
    return false;
}
