#include "escape.h"

#include "utf.h"

/* Overrides of the writing direction can make a line read as something it is not. */
static bool is_direction_mark(uint32_t cp)
{
    return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e ||
           cp == 0x200f || cp == 0x061c;
}

size_t apd_columns(apd_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((uint8_t)s.ptr[i] & 0xc0) != 0x80;
    return n;
}

/* One code point as it may be shown. Returns the bytes used of s. */
static size_t show_one(apd_str s, apd_buf *out)
{
    uint32_t cp;
    size_t n = apd_utf8_step(s, &cp);
    if (n == 0) {
        apd_buf_addf(out, "\\x%02x", (uint8_t)s.ptr[0]);
        return 1;
    }
    if (cp == '\t')
        apd_buf_addc(out, ' ');
    else if (cp == '\n')
        apd_buf_add(out, APD_LIT("\\n"));
    else if (cp == '\r')
        apd_buf_add(out, APD_LIT("\\r"));
    else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
        apd_buf_addf(out, "\\x%02x", (unsigned)cp);
    else if (is_direction_mark(cp) || cp == 0x2028 || cp == 0x2029)
        apd_buf_addf(out, "\\u%04x", (unsigned)cp);
    else
        apd_buf_add(out, apd_sub(s, 0, n));
    return n;
}

apd_str apd_escape_term(apd_arena *a, apd_str s, size_t max_columns)
{
    apd_buf out;
    apd_buf_init(&out, a);
    s = apd_redact_secrets(a, s);
    size_t cut = 0, columns = 0; /* cut: the length at which an ellipsis still fits */
    while (s.len) {
        size_t before = out.len;
        s = apd_sub(s, show_one(s, &out), s.len);
        columns += apd_columns(apd_sub(apd_str_from(out.ptr, out.len), before, out.len));
        if (!max_columns)
            continue;
        if (columns > max_columns) {
            out.len = cut;
            apd_buf_add(&out, APD_LIT("\xe2\x80\xa6"));
            break;
        }
        if (columns < max_columns)
            cut = out.len;
    }
    return apd_buf_str(&out);
}

apd_str apd_escape_json(apd_arena *a, apd_str s)
{
    apd_buf out;
    apd_buf_init(&out, a);
    s = apd_redact_secrets(a, s);
    apd_buf_addc(&out, '"');
    while (s.len) {
        uint32_t cp;
        size_t n = apd_utf8_step(s, &cp);
        if (n == 0) {
            apd_buf_add(&out, APD_LIT("\xef\xbf\xbd"));
            n = 1;
        } else if (cp == '"' || cp == '\\') {
            apd_buf_addc(&out, '\\');
            apd_buf_addc(&out, (char)cp);
        } else if (cp == '\n') {
            apd_buf_add(&out, APD_LIT("\\n"));
        } else if (cp == '\r') {
            apd_buf_add(&out, APD_LIT("\\r"));
        } else if (cp == '\t') {
            apd_buf_add(&out, APD_LIT("\\t"));
        } else if (cp < 0x20 ||
                   (cp >= 0x7f && cp < 0xa0)) { /* JSON is looked at in terminals too */
            apd_buf_addf(&out, "\\u%04x", (unsigned)cp);
        } else {
            apd_buf_add(&out, apd_sub(s, 0, n));
        }
        s = apd_sub(s, n, s.len);
    }
    apd_buf_addc(&out, '"');
    return apd_buf_str(&out);
}

static bool token_char(char c)
{
    return apd_is_digit(c) || (apd_lower(c) >= 'a' && apd_lower(c) <= 'z') || c == '-' ||
           c == '_' || c == '.' || c == '+' || c == '/' || c == '=' || c == '%' || c == '~';
}

/* Length of the secret that starts at s, after the `keep` characters that may stay; 0 = none. */
static size_t secret_at(apd_str s, size_t *keep)
{
    static const struct {
        apd_str lead;
        bool shown; /* the lead itself is harmless */
    } leads[] = {
        {{"eyJ", 3}, false}, /* the head of every JSON web token */
        {{"Bearer ", 7}, true},        {{"sig=", 4}, true},
        {{"access_token=", 13}, true}, {{"refresh_token=", 14}, true},
        {{"id_token=", 9}, true},
    };
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        apd_str lead = leads[i].lead;
        if (leads[i].shown ? !apd_istarts(s, lead) : !apd_starts(s, lead))
            continue;
        size_t n = lead.len;
        while (n < s.len && token_char(s.ptr[n]))
            n++;
        if (n - lead.len < 16)
            continue;
        *keep = leads[i].shown ? lead.len : 0;
        return n - *keep;
    }
    return 0;
}

apd_str apd_redact_secrets(apd_arena *a, apd_str s)
{
    apd_buf out = {0};
    size_t done = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = apd_lower(s.ptr[i]);
        if (c != 'e' && c != 'b' && c != 's' && c != 'a' && c != 'r' && c != 'i')
            continue;
        size_t keep, n = secret_at(apd_sub(s, i, s.len), &keep);
        if (!n)
            continue;
        if (!out.arena)
            apd_buf_init(&out, a);
        apd_buf_add(&out, apd_sub(s, done, i + keep - done));
        apd_buf_add(&out, APD_LIT("[redacted]"));
        done = i + keep + n;
        i = done - 1;
    }
    if (!out.arena)
        return s;
    apd_buf_add(&out, apd_sub(s, done, s.len));
    return apd_buf_str(&out);
}
