#include "jsonscan.h"

static apd_str behind(apd_str s, size_t n) /* n <= s.len */
{
    return (apd_str){s.ptr + n, s.len - n};
}

static apd_str skip_blank(apd_str s)
{
    size_t n = 0;
    while (n < s.len &&
           (s.ptr[n] == ' ' || s.ptr[n] == '\t' || s.ptr[n] == '\r' || s.ptr[n] == '\n'))
        n++;
    return behind(s, n);
}

/* Bytes of the string that begins here, with its quotes; 0 if it does not end. */
static size_t string_length(apd_str s)
{
    size_t from = 1;
    while (from < s.len) {
        const char *quote = memchr(s.ptr + from, '"', s.len - from);
        if (!quote)
            return 0;
        size_t at = (size_t)(quote - s.ptr), slashes = 0;
        while (s.ptr[at - 1 - slashes] == '\\') /* ends at the opening quote at the latest */
            slashes++;
        from = at + 1;
        if (slashes % 2 == 0)
            return from;
    }
    return 0;
}

/* Bytes up to the bracket that closes the one here; strings inside may hold brackets. */
static size_t nest_length(apd_str s)
{
    enum { OTHER, QUOTE, OPENS, CLOSES };
    static const uint8_t kinds[256] = {
        ['"'] = QUOTE, ['{'] = OPENS, ['['] = OPENS, ['}'] = CLOSES, [']'] = CLOSES};
    size_t depth = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t kind = kinds[(uint8_t)s.ptr[i]];
        if (kind == OTHER)
            continue;
        if (kind == QUOTE) {
            size_t n = string_length(behind(s, i));
            if (n == 0)
                return 0;
            i += n - 1;
        } else if (kind == OPENS) {
            depth++;
        } else if (--depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

static size_t value_length(apd_str s)
{
    size_t n = 0;
    if (s.len == 0)
        return 0;
    if (s.ptr[0] == '"')
        return string_length(s);
    if (s.ptr[0] == '{' || s.ptr[0] == '[')
        return nest_length(s);
    while (n < s.len && (uint8_t)s.ptr[n] > ' ' && !memchr(",[]{}\"", s.ptr[n], 6))
        n++; /* a number or a word */
    return n;
}

/* Bytes of the object, its members noted on the way; where it is no good object, up to the bracket that closes it. */
static size_t object_length(apd_str s, apd_json_pair *members, size_t room, size_t *n)
{
    apd_str rest = s;
    apd_json_pair m;
    bool more = true;
    while (more && apd_json_member(&rest, &m)) {
        if (*n < room)
            members[(*n)++] = m;
        rest = skip_blank(rest);
        more = rest.len > 0 && rest.ptr[0] == ',';
    }
    bool closed = rest.len < s.len && rest.len > 0 && rest.ptr[0] == '}';
    return closed ? (size_t)(rest.ptr - s.ptr) + 1 : nest_length(s);
}

bool apd_json_next(apd_str *rest, apd_str *element, apd_json_pair *members, size_t room, size_t *n)
{
    apd_str s = skip_blank(*rest);
    *n = 0;
    if (s.len == 0 || (s.ptr[0] != '[' && s.ptr[0] != ','))
        return false;
    s = skip_blank(behind(s, 1));
    bool object = room > 0 && s.len > 0 && s.ptr[0] == '{';
    size_t len = object ? object_length(s, members, room, n) : value_length(s);
    *element = apd_sub(s, 0, len);
    *rest = behind(s, len);
    return len > 0;
}

bool apd_json_member(apd_str *rest, apd_json_pair *member)
{
    apd_str s = skip_blank(*rest);
    if (s.len == 0 || (s.ptr[0] != '{' && s.ptr[0] != ','))
        return false;
    s = skip_blank(behind(s, 1));
    size_t n = s.len && s.ptr[0] == '"' ? string_length(s) : 0;
    if (n == 0)
        return false;
    member->name = apd_sub(s, 1, n - 2);
    s = skip_blank(behind(s, n));
    if (s.len == 0 || s.ptr[0] != ':')
        return false;
    s = skip_blank(behind(s, 1));
    n = value_length(s);
    member->value = apd_sub(s, 0, n);
    *rest = behind(s, n);
    return n > 0;
}
