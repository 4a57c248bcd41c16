/* Values of reports: from text to the types that rules compare. */
#include "keyvalue.h"

static void set_text(apd_field *f, apd_str s)
{
    s = apd_trim(s);
    f->type = s.len ? APD_T_UTF8 : APD_T_NONE;
    f->as.raw = apd_str_bytes(s);
}

/* The front of s as long as `in` says so, behind blanks and an apostrophe. */
static apd_str front(apd_str s, bool (*in)(char c))
{
    size_t n = 0;
    s = apd_trim(s);
    if (s.len && s.ptr[0] == '\'')
        s = apd_sub(s, 1, s.len);
    while (n < s.len && in(s.ptr[n]))
        n++;
    return apd_sub(s, 0, n);
}

static bool in_version(char c)
{
    return apd_is_digit(c) || c == '.';
}

static bool in_word(char c)
{
    return apd_kv_bare(c) || c == '.' || c == '_' || c == '-';
}

static bool not_parenthesis(char c)
{
    return c != '(';
}

/* Up to a quote that no backslash stands before. */
static apd_str quoted(apd_str s)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] != '"')
        n += s.ptr[n] == '\\' && n + 1 < s.len ? 2 : 1;
    return apd_sub(s, 0, n);
}

static bool set_number(apd_field *f, apd_str s)
{
    uint64_t v;
    bool negative;
    if (!apd_parse_int(s, &v, &negative) ||
        (s.len > 1 && s.ptr[0] == '0' && apd_is_digit(s.ptr[1])))
        return false;
    bool hex = apd_istarts(s, APD_LIT("0x"));
    f->type = hex ? APD_T_HEX : negative ? APD_T_I64 : APD_T_U64;
    if (negative)
        f->as.i = (int64_t)v;
    else
        f->as.u = v;
    return true;
}

static bool set_code(apd_field *f, apd_str s)
{
    uint32_t code;
    if (!apd_find_code(s, &code))
        return false;
    f->type = APD_T_HEX;
    f->as.u = code;
    return true;
}

/* Yes and no of English, German, French, Dutch, Spanish, Italian and Portuguese. The accented letters
 * of the latter are one byte or two, so they are passed over. */
static bool set_bool(apd_field *f, apd_str s, bool localised)
{
    static const struct {
        const char *glob;
        bool localised, value;
    } words[] = {
        {"yes", false, true},  {"true", false, true}, {"no", false, false}, {"false", false, false},
        {"ja", true, true},    {"oui", true, true},   {"s?", true, true},   {"s??", true, true},
        {"nein", true, false}, {"non", true, false},  {"nee", true, false}, {"n?o", true, false},
        {"n??o", true, false},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if ((words[i].localised && !localised) || !apd_glob(apd_str_of(words[i].glob), s, true))
            continue;
        f->type = APD_T_BOOL;
        f->as.b = words[i].value;
        return true;
    }
    return false;
}

static void set_flag(apd_field *f, bool value)
{
    f->type = APD_T_BOOL;
    f->as.b = value;
}

void apd_kv_value(kv_type type, apd_str label, apd_str value, apd_field *f)
{
    value = apd_trim(value);
    switch (type) {
    case KV_BOOL:
        if (set_bool(f, value, true))
            return;
        break;
    case KV_AUTO:
        if (set_number(f, value) || set_bool(f, value, false))
            return;
        break;
    case KV_HEX:
        if (apd_istarts(value, APD_LIT("0x")) && set_number(f, value))
            return;
        break;
    case KV_NUMBER:
        if (set_number(f, front(value, apd_is_digit)))
            return;
        break;
    case KV_CODE:
        if (set_code(f, value))
            return;
        break;
    case KV_VERSION:
        value = front(value, in_version);
        break;
    case KV_WORD:
        value = front(value, in_word);
        break;
    case KV_QUOTED:
        value = quoted(value);
        break;
    case KV_ADDRESS:
        value = front(value, not_parenthesis);
        break;
    case KV_LABELS:
        while (label.len && !apd_kv_bare(label.ptr[0]))
            label = apd_sub(label, 1, label.len);
        value = label;
        break;
    case KV_TRUE:
    case KV_FALSE:
        set_flag(f, type == KV_TRUE);
        return;
    case KV_COUNT:
        f->type = APD_T_U64;
        f->as.u = 1;
        return;
    case KV_DIGITS: /* the blanks go when it is copied */
    case KV_TEXT:
        break;
    }
    set_text(f, value);
}
