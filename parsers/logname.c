/* The name a text log goes by, whatever rotation, collection or a mail system did to its file name.
 * Things are cut from the outside in: folder, ordinal, extensions, rotation. */
#include "parsers.h"

enum { MAX_EXTENSION = 6 };

static apd_str base_name(apd_str path)
{
    static const apd_str nested = {" ! ", 3};
    for (size_t at; (at = apd_find(path, nested)) != SIZE_MAX;)
        path = apd_sub(path, at + nested.len, path.len);
    size_t i = path.len;
    while (i > 0 && path.ptr[i - 1] != '/' && path.ptr[i - 1] != '\\')
        i--;
    return apd_sub(path, i, path.len);
}

static size_t digits_at_end(apd_str s)
{
    size_t n = 0;
    while (n < s.len && apd_is_digit(s.ptr[s.len - 1 - n]))
        n++;
    return n;
}

/* "(31) Command ..." of the Intune collection: the number is the place in one collection. */
static apd_str cut_ordinal(apd_str s)
{
    size_t close = apd_find(s, APD_LIT(") "));
    if (close == SIZE_MAX || s.ptr[0] != '(' || close < 2 ||
        digits_at_end(apd_sub(s, 1, close - 1)) != close - 1)
        return s;
    return apd_sub(s, close + 2, s.len);
}

/* "FoldersFiles windir_panther_setupact_log setupact.log": what was asked for stands before the file. */
static apd_str cut_request(apd_str s)
{
    if (!apd_istarts(s, APD_LIT("FoldersFiles ")))
        return s;
    size_t i = s.len;
    while (s.ptr[i - 1] != ' ')
        i--;
    return apd_sub(s, i, s.len);
}

static apd_str cut_extension(apd_str s)
{
    for (size_t n = 1; n <= MAX_EXTENSION + 1u && n < s.len; n++) {
        char c = s.ptr[s.len - n];
        if (c == '.')
            return n > 1 ? apd_sub(s, 0, s.len - n) : s;
        if (!apd_is_hex(c) && !(apd_lower(c) >= 'g' && apd_lower(c) <= 'z') && c != '_')
            break;
    }
    return s;
}

/* "x.log.003" and "x.log.txt" have two. */
static apd_str cut_extensions(apd_str s)
{
    s = cut_extension(s);
    while (apd_iends(s, APD_LIT(".log")) || apd_iends(s, APD_LIT(".lo_"))) {
        apd_str cut = cut_extension(s);
        if (cut.len == s.len)
            break;
        s = cut;
    }
    return s;
}

/* One of "-YYYYMMDD-HHMMSS", "-YYYYMMDD", "-1" and the " (2)" of a second download. */
static apd_str cut_rotation(apd_str s)
{
    if (s.len && s.ptr[s.len - 1] == ')') {
        apd_str inner = apd_sub(s, 0, s.len - 1);
        size_t n = digits_at_end(inner);
        if (n && n + 2 < inner.len && apd_ends(apd_sub(inner, 0, inner.len - n), APD_LIT(" (")))
            return apd_sub(inner, 0, inner.len - n - 2);
        return s;
    }
    size_t n = digits_at_end(s);
    if (!(n >= 1 && n <= 3) && n != 6 && n != 8)
        return s;
    apd_str front = apd_sub(s, 0, s.len - n);
    if (!apd_ends(front, APD_LIT("-")) || front.len < 2)
        return s;
    front.len--;
    if (n == 6) { /* a time of day counts only behind a date */
        if (digits_at_end(front) != 8 || front.len < 10 || front.ptr[front.len - 9] != '-')
            return s;
        front.len -= 9;
    }
    return front;
}

apd_str apd_log_name(apd_str path)
{
    apd_str base = base_name(path);
    apd_str s = cut_ordinal(base);
    if (s.len < base.len)
        s = cut_request(s);
    s = cut_extensions(s);
    for (apd_str cut; (cut = cut_rotation(s)).len != s.len;)
        s = cut;
    while (s.len && s.ptr[0] == '_')
        s = apd_sub(s, 1, s.len);
    return s.len ? s : base;
}

/* The '/' of a channel cannot stand in a file name: "Microsoft-Windows-AppLocker_EXE and DLL". */
static apd_str request_channel(apd_arena *a, apd_str s)
{
    size_t at = apd_find(s, APD_LIT("_"));
    if (at == SIZE_MAX)
        return s;
    return apd_printf_a(a, "%.*s/%.*s", (int)at, s.ptr, (int)(s.len - at - 1), s.ptr + at + 1);
}

apd_str apd_channel_name(apd_arena *a, apd_str path)
{
    static const apd_str type = {"Events ", 7}, file = {" Events", 7};
    apd_str base = base_name(path), s = cut_extension(cut_ordinal(base));
    if (apd_ieq(s, APD_LIT("Events")))
        return apd_sub(s, 0, 0);
    if (cut_ordinal(base).len < base.len && apd_istarts(s, type) && apd_iends(s, file) &&
        s.len > type.len + file.len)
        return request_channel(a, apd_sub(s, type.len, s.len - type.len - file.len));
    size_t at = apd_find(s, APD_LIT("%4")), skip = 2;
    if (at == SIZE_MAX) {
        skip = 1;
        for (at = s.len; at > 0 && s.ptr[at - 1] != '-'; at--)
            ;
        if (at-- == 0)
            return s;
    }
    return apd_printf_a(a, "%.*s/%.*s", (int)at, s.ptr, (int)(s.len - at - skip),
                        s.ptr + at + skip);
}
