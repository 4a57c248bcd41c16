/* Searching and comparing views. Case is folded for ASCII letters only: names and codes in these
 * logs are ASCII, and folding anything else would depend on a locale. */
#include "bytes.h"

static uint64_t lower8_at(apd_str s, size_t i)
{
    return apd_lower8(apd_u64le((const uint8_t *)s.ptr + i));
}

/* Eight bytes at a time, the last ones with some of those before. */
bool apd_ieq(apd_str a, apd_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i + 8 < a.len; i += 8)
        if (lower8_at(a, i) != lower8_at(b, i))
            return false;
    if (a.len >= 8)
        return lower8_at(a, a.len - 8) == lower8_at(b, b.len - 8);
    for (size_t i = 0; i < a.len; i++)
        if (apd_lower(a.ptr[i]) != apd_lower(b.ptr[i]))
            return false;
    return true;
}

bool apd_starts(apd_str s, apd_str prefix)
{
    return s.len >= prefix.len && apd_eq(apd_sub(s, 0, prefix.len), prefix);
}

bool apd_istarts(apd_str s, apd_str prefix)
{
    return s.len >= prefix.len && apd_ieq(apd_sub(s, 0, prefix.len), prefix);
}

bool apd_ends(apd_str s, apd_str suffix)
{
    return s.len >= suffix.len && apd_eq(apd_sub(s, s.len - suffix.len, suffix.len), suffix);
}

bool apd_iends(apd_str s, apd_str suffix)
{
    return s.len >= suffix.len && apd_ieq(apd_sub(s, s.len - suffix.len, suffix.len), suffix);
}

size_t apd_find(apd_str s, apd_str needle)
{
    if (needle.len == 0)
        return 0;
    if (needle.len > s.len)
        return SIZE_MAX;
    const char *p = s.ptr, *last = s.ptr + (s.len - needle.len);
    while (p <= last && (p = memchr(p, needle.ptr[0], (size_t)(last - p) + 1))) {
        if (memcmp(p, needle.ptr, needle.len) == 0)
            return (size_t)(p - s.ptr);
        p++;
    }
    return SIZE_MAX;
}

size_t apd_ifind(apd_str s, apd_str needle)
{
    if (needle.len == 0)
        return 0;
    char first = apd_lower(needle.ptr[0]);
    for (size_t i = 0; i + needle.len <= s.len; i++)
        if (apd_lower(s.ptr[i]) == first && apd_ieq(apd_sub(s, i, needle.len), needle))
            return i;
    return SIZE_MAX;
}

int apd_cmp(apd_str a, apd_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (c)
        return c;
    return (a.len > b.len) - (a.len < b.len);
}

apd_str apd_trim(apd_str s)
{
    while (s.len && apd_is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len && apd_is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

apd_str apd_sub(apd_str s, size_t from, size_t len)
{
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return (apd_str){s.ptr ? s.ptr + from : NULL, len};
}

apd_str apd_cut(apd_str *rest, char separator)
{
    const char *end = rest->len ? memchr(rest->ptr, separator, rest->len) : NULL;
    size_t n = end ? (size_t)(end - rest->ptr) : rest->len;
    apd_str part = apd_sub(*rest, 0, n);
    *rest = apd_sub(*rest, end ? n + 1 : n, rest->len);
    return part;
}

/* Greedy with one point of return: the last star seen. Linear in practice, never exponential. */
bool apd_glob(apd_str pattern, apd_str s, bool fold)
{
    size_t p = 0, i = 0, star = SIZE_MAX, resume = 0;
    for (;;) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = i;
            continue;
        }
        if (i == s.len && p == pattern.len)
            return true;
        if (i < s.len && p < pattern.len) {
            size_t step = 1;
            char c = pattern.ptr[p];
            bool any = c == '?';
            if (c == '\\' && p + 1 < pattern.len &&
                (pattern.ptr[p + 1] == '*' || pattern.ptr[p + 1] == '?' ||
                 pattern.ptr[p + 1] == '\\')) {
                c = pattern.ptr[p + 1];
                step = 2;
            }
            if (any || c == s.ptr[i] || (fold && apd_lower(c) == apd_lower(s.ptr[i]))) {
                p += step;
                i++;
                continue;
            }
        }
        if (star == SIZE_MAX || resume >= s.len)
            return false;
        p = star + 1;
        i = ++resume;
    }
}

static unsigned hex_digit(char c)
{
    return apd_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(apd_lower(c) - 'a') + 10;
}

static bool parse_digits(apd_str s, unsigned base, uint64_t *out)
{
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (base == 16 ? !apd_is_hex(c) : !apd_is_digit(c))
            return false;
        unsigned d = hex_digit(c);
        if (v > (UINT64_MAX - d) / base)
            return false;
        v = v * base + d;
    }
    *out = v;
    return s.len > 0;
}

bool apd_parse_int(apd_str s, uint64_t *out, bool *negative)
{
    bool minus = s.len && s.ptr[0] == '-';
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'))
        s = apd_sub(s, 1, s.len);
    bool hex = s.len > 2 && s.ptr[0] == '0' && apd_lower(s.ptr[1]) == 'x';
    uint64_t v;
    if (!parse_digits(hex ? apd_sub(s, 2, s.len) : s, hex ? 16 : 10, &v))
        return false;
    if (minus && v > (uint64_t)1 << 63)
        return false;
    *out = minus ? (uint64_t)0 - v : v;
    *negative = minus && v != 0;
    return true;
}

bool apd_find_hex(apd_str s, size_t *from, uint32_t *value, unsigned *ndigits)
{
    size_t i = *from;
    while (i + 2 < s.len) {
        const char *x = memchr(s.ptr + i + 1, 'x', s.len - i - 1);
        if (!x)
            return false;
        i = (size_t)(x - s.ptr);
        unsigned n = 0;
        uint32_t v = 0;
        if (s.ptr[i - 1] == '0')
            for (; i + 1 + n < s.len && apd_is_hex(s.ptr[i + 1 + n]); n++)
                v = v << 4 | hex_digit(s.ptr[i + 1 + n]);
        if (n >= 1 && n <= 8) {
            *from = i + 1 + n;
            *value = v;
            *ndigits = n;
            return true;
        }
        i += n;
    }
    return false;
}

bool apd_find_code(apd_str s, uint32_t *code)
{
    size_t from = 0;
    uint32_t value;
    unsigned ndigits;
    while (apd_find_hex(s, &from, &value, &ndigits))
        if (ndigits == 8) {
            *code = value;
            return true;
        }
    return false;
}

bool apd_parse_guid(apd_str text, uint8_t guid[16])
{
    /* the order in which the digits of the text fill the bytes */
    static const uint8_t place[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    text = apd_trim(text);
    if (text.len == 38 && text.ptr[0] == '{' && text.ptr[37] == '}')
        text = apd_sub(text, 1, 36);
    if (text.len != 36)
        return false;
    unsigned digits = 0;
    uint8_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-')
                return false;
            continue;
        }
        if (!apd_is_hex(c))
            return false;
        value = (uint8_t)(value << 4 | hex_digit(c));
        if (++digits % 2 == 0)
            guid[place[digits / 2 - 1]] = value;
    }
    return true;
}
