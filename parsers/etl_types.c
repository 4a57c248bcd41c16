/* Names and numbers of types as TraceLogging, manifests and our tables write them. */
#include "etl_layout.h"
#include "limits.h"
#include "vec.h"

etl_show etl_show_of_tracelogging(uint8_t out)
{
    switch (out) {
    case 2:
        return ETL_SHOW_TEXT;
    case 3:
        return ETL_SHOW_BOOL;
    case 4:
    case 14: /* NTSTATUS */
    case 15: /* HRESULT */
    case 37: /* code pointer */
        return ETL_SHOW_HEX;
    case 7:
        return ETL_SHOW_PORT;
    case 8:
        return ETL_SHOW_IPV4;
    case 9:
        return ETL_SHOW_IPV6;
    case 10:
        return ETL_SHOW_SOCKADDR;
    case 11: /* XML */
    case 12: /* JSON */
    case 35:
        return ETL_SHOW_UTF8;
    case 16:
        return ETL_SHOW_TIME;
    case 17:
        return ETL_SHOW_SIGNED;
    case 18:
        return ETL_SHOW_UNSIGNED;
    case 38:
        return ETL_SHOW_TIME_UTC;
    default:
        return ETL_SHOW_PLAIN;
    }
}

etl_show etl_show_of_manifest(uint16_t out)
{
    switch (out) {
    case 1:
        return ETL_SHOW_TEXT;
    case 2:
    case 26:
    case 27:
    case 33:
        return ETL_SHOW_TIME;
    case 3:
    case 5:
    case 7:
    case 9:
        return ETL_SHOW_SIGNED;
    case 4:
    case 6:
    case 8:
    case 10:
        return ETL_SHOW_UNSIGNED;
    case 13:
        return ETL_SHOW_BOOL;
    case 16:
    case 17:
    case 18:
    case 19:
    case 29: /* error code */
    case 31: /* NTSTATUS */
    case 32: /* HRESULT */
    case 37:
        return ETL_SHOW_HEX;
    case 22:
        return ETL_SHOW_PORT;
    case 23:
        return ETL_SHOW_IPV4;
    case 24:
        return ETL_SHOW_IPV6;
    case 25:
        return ETL_SHOW_SOCKADDR;
    case 34: /* JSON */
    case 35:
        return ETL_SHOW_UTF8;
    case 38:
        return ETL_SHOW_TIME_UTC;
    default:
        return ETL_SHOW_PLAIN;
    }
}

uint8_t etl_in_of_manifest(uint16_t in)
{
    if (in <= ETL_IN_COUNTED_BINARY)
        return (uint8_t)in;
    return in >= 300 && in <= 310 ? (uint8_t)(ETL_IN_MOF + in - 300) : ETL_IN_NONE;
}

typedef struct word {
    const char *name;
    uint8_t value;
} word;

static uint8_t look_up(const word *words, size_t n, apd_str name)
{
    if (apd_istarts(name, APD_LIT("win:")) || apd_istarts(name, APD_LIT("xs:")))
        (void)apd_cut(&name, ':');
    for (size_t i = 0; i < n; i++)
        if (apd_ieq(name, apd_str_of(words[i].name)))
            return words[i].value;
    return 0;
}

uint8_t etl_in_named(apd_str name)
{
    static const word words[] = {
        {"UnicodeString", ETL_IN_UTF16},
        {"AnsiString", ETL_IN_ANSI},
        {"Int8", ETL_IN_I8},
        {"UInt8", ETL_IN_U8},
        {"Int16", ETL_IN_I16},
        {"UInt16", ETL_IN_U16},
        {"Int32", ETL_IN_I32},
        {"UInt32", ETL_IN_U32},
        {"Int64", ETL_IN_I64},
        {"UInt64", ETL_IN_U64},
        {"Float", ETL_IN_FLOAT},
        {"Double", ETL_IN_DOUBLE},
        {"Boolean", ETL_IN_BOOL32},
        {"Binary", ETL_IN_BINARY},
        {"GUID", ETL_IN_GUID},
        {"Pointer", ETL_IN_POINTER},
        {"FILETIME", ETL_IN_FILETIME},
        {"SYSTEMTIME", ETL_IN_SYSTEMTIME},
        {"SID", ETL_IN_SID},
        {"HexInt32", ETL_IN_HEX32},
        {"HexInt64", ETL_IN_HEX64},
        {"CountedUnicodeString", ETL_IN_COUNTED_UTF16},
        {"CountedAnsiString", ETL_IN_COUNTED_ANSI},
        {"CountedBinary", ETL_IN_COUNTED_BINARY},
        {"WbemSid", ETL_IN_WBEM_SID},
    };
    return look_up(words, sizeof words / sizeof *words, name);
}

etl_show etl_show_named(apd_str name)
{
    static const word words[] = {
        {"string", ETL_SHOW_TEXT},
        {"boolean", ETL_SHOW_BOOL},
        {"HexInt8", ETL_SHOW_HEX},
        {"HexInt16", ETL_SHOW_HEX},
        {"HexInt32", ETL_SHOW_HEX},
        {"HexInt64", ETL_SHOW_HEX},
        {"ErrorCode", ETL_SHOW_HEX},
        {"NTSTATUS", ETL_SHOW_HEX},
        {"HResult", ETL_SHOW_HEX},
        {"CodePointer", ETL_SHOW_HEX},
        {"Hex", ETL_SHOW_HEX},
        {"Port", ETL_SHOW_PORT},
        {"IPv4", ETL_SHOW_IPV4},
        {"IPv6", ETL_SHOW_IPV6},
        {"SocketAddress", ETL_SHOW_SOCKADDR},
        {"dateTime", ETL_SHOW_TIME},
        {"ETWTIME", ETL_SHOW_TIME},
        {"DateTimeUtc", ETL_SHOW_TIME_UTC},
        {"utf8", ETL_SHOW_UTF8},
        {"Json", ETL_SHOW_UTF8},
        {"byte", ETL_SHOW_SIGNED},
        {"short", ETL_SHOW_SIGNED},
        {"int", ETL_SHOW_SIGNED},
        {"long", ETL_SHOW_SIGNED},
        {"unsignedInt", ETL_SHOW_UNSIGNED},
        {"unsignedLong", ETL_SHOW_UNSIGNED},
    };
    return (etl_show)look_up(words, sizeof words / sizeof *words, name);
}

bool etl_is_hresult_name(apd_str name)
{
    static const char *const names[] = {
        "hr",       "result",           "resultCode", "returnCode",    "errorCode",
        "hrResult", "enrollmentResult", "hresult",    "returnHResult", "failureHr",
        "hrError",  "lastError"};
    for (size_t i = name.len; i-- > 0;)
        if (name.ptr[i] == '.') {
            name = apd_sub(name, i + 1, name.len);
            break;
        }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (apd_ieq(name, apd_str_of(names[i])))
            return true;
    return apd_iends(name, APD_LIT("hresult"));
}

/* "UInt32", "Pointer[]", "UInt8[16]" */
static bool parse_type(apd_str word_, etl_prop *p)
{
    uint64_t n;
    bool negative;
    apd_str type = apd_cut(&word_, '[');
    p->in = etl_in_named(type);
    if (word_.len == 0)
        return p->in != ETL_IN_NONE;
    apd_str count = apd_cut(&word_, ']');
    p->count_by = count.len ? ETL_BY_FIXED : ETL_BY_REST;
    if (count.len && (!apd_parse_int(count, &n, &negative) || negative || n > UINT16_MAX))
        return false;
    p->count = count.len ? (uint16_t)n : 0;
    if (p->in == ETL_IN_BINARY) { /* so many bytes */
        p->length_by = p->count_by;
        p->length = p->count;
        p->count_by = ETL_BY_NONE;
    }
    return p->in != ETL_IN_NONE;
}

bool etl_layout_parse(apd_arena *a, apd_intern *names, apd_str text, etl_layout *out)
{
    APD_VEC(etl_prop) props = {0};
    while (text.len) {
        apd_str rest = apd_trim(apd_cut(&text, ','));
        apd_str name = apd_cut(&rest, ':');
        etl_prop p = {.name = apd_intern_add(names, name)};
        p.next = (uint16_t)(props.n + 1);
        if (!p.name || !parse_type(apd_cut(&rest, ':'), &p) || props.n >= APD_MAX_FIELDS)
            return false;
        p.show = (uint8_t)etl_show_named(rest);
        if (rest.len && p.show == ETL_SHOW_PLAIN)
            return false;
        if (!APD_PUSH(a, props, p))
            return false;
    }
    *out = etl_layout_of(props.at, (uint16_t)props.n, (uint16_t)props.n);
    return true;
}
