/* Message texts with inserts, as FormatMessage and TMF files write them:
 *   %1 … %99    the top-level property of that number; a C format between `!` may follow
 *   %n %r %t %b newline, carriage return, tab, blank      %% percent      %0 ends the text (manifests) */
#include "digits.h"
#include "etl_schema.h"
#include "limits.h"
#include "utf.h"

enum { NUMBER = 64 }; /* bytes for the longest one, and what is written too much */

/* The format between the exclamation marks, "" without. */
static apd_str take_format(apd_str *text)
{
    if (text->len == 0 || text->ptr[0] != '!')
        return APD_LIT("");
    apd_str rest = apd_sub(*text, 1, text->len);
    size_t end = apd_find(rest, APD_LIT("!"));
    if (end == SIZE_MAX || end > 16)
        return APD_LIT("");
    apd_str format = apd_sub(rest, 0, end);
    *text = apd_sub(rest, end + 1, rest.len);
    return format;
}

static bool is_number(const apd_field *f)
{
    return f->type == APD_T_I64 || f->type == APD_T_U64 || f->type == APD_T_HEX;
}

/* As apd_field_text() shows it, without a copy in between for what most inserts are. */
static void put_text(apd_buf *b, const apd_field *f, apd_arena *a)
{
    if (is_number(f)) {
        if (!apd_buf_room(b, NUMBER))
            return;
        char *p = b->ptr + b->len;
        p = f->type == APD_T_I64   ? apd_put_i64(p, f->as.i)
            : f->type == APD_T_U64 ? apd_put_u64(p, f->as.u)
                                   : apd_put_hex(p, f->as.u);
        b->len = (size_t)(p - b->ptr);
    } else if (f->type == APD_T_UTF16LE) {
        apd_bytes text = apd_utf16_trim(f->as.raw);
        if (apd_buf_room(b, text.len + text.len / 2)) /* no unit becomes more than 3 bytes */
            b->len += apd_utf16_to_utf8(text, b->ptr + b->len);
    } else {
        apd_buf_add(b, apd_field_text(f, a));
    }
}

/* "08x", "X", "#x": the digits of a number in hex; anything else as it is shown. */
static void put_value(apd_buf *b, const apd_field *f, apd_str format, apd_arena *a)
{
    uint64_t v;
    bool negative;
    char last = format.len ? format.ptr[format.len - 1] : 's';
    if (!is_number(f) || (last != 'x' && last != 'X') || !apd_field_number(f, &v, &negative)) {
        put_text(b, f, a);
        return;
    }
    bool wide =
        apd_find(format, APD_LIT("I64")) != SIZE_MAX || apd_find(format, APD_LIT("ll")) != SIZE_MAX;
    if (negative && !wide)
        v = (uint32_t)v;
    unsigned width = 0;
    for (size_t i = 0; i < format.len && width < 16; i++) {
        if (apd_is_digit(format.ptr[i]))
            width = 10 * width + (unsigned)(format.ptr[i] - '0');
        else if (width)
            break;
    }
    bool zeros = apd_find(format, APD_LIT("0")) != SIZE_MAX;
    if (format.ptr[0] == '#')
        apd_buf_add(b, APD_LIT("0x"));
    apd_buf_addf(b, last == 'X' ? "%0*llX" : "%0*llx", zeros && width <= 16 ? (int)width : 1,
                 (unsigned long long)v);
}

/* Of a map the text, with its number behind; of arrays and structs all values. */
static void put_property(apd_buf *b, const etl_schema *s, const apd_field *f, uint32_t n,
                         uint16_t i, apd_str format, apd_arena *a)
{
    const etl_prop *p = &s->layout.props[i];
    if (n == 2 && p->map_text && f[1].name == p->map_text) {
        put_text(b, &f[1], a);
        apd_buf_addc(b, ' ');
        apd_buf_addc(b, '(');
        put_value(b, &f[0], format, a);
        apd_buf_addc(b, ')');
        return;
    }
    for (uint32_t k = 0; k < n && b->len < APD_ETL_MAX_SENTENCE; k++) {
        if (k)
            apd_buf_add(b, APD_LIT(", "));
        put_value(b, &f[k], format, a);
    }
}

/* The text after a `%`; false: it ends here. */
static bool put_insert(apd_buf *b, const etl_schema *s, const apd_field *fields, const uint32_t *at,
                       apd_str *text, apd_arena *a)
{
    char c = text->len ? text->ptr[0] : '%';
    if (!apd_is_digit(c)) {
        static const char from[] = "nrtb", to[] = "\n\r\t ";
        const char *known = memchr(from, c, sizeof from - 1);
        apd_buf_addc(b, known ? to[known - from] : c);
        *text = apd_sub(*text, 1, text->len);
        return true;
    }
    unsigned n = 0, digits = 0;
    while (digits < text->len && digits < 2 && apd_is_digit(text->ptr[digits]))
        n = 10 * n + (unsigned)(text->ptr[digits++] - '0');
    *text = apd_sub(*text, digits, text->len);
    apd_str format = take_format(text);
    if (n == 0)
        return s->tmf; /* there it stands for the prefix of the line */
    unsigned base = s->tmf ? 10 : 1;
    if (n < base)
        return true;
    uint16_t i = (uint16_t)(n - base);
    if (i < s->layout.top && at[i] < at[i + 1])
        put_property(b, s, fields + at[i], at[i + 1] - at[i], i, format, a);
    else if (i >= s->layout.top)
        apd_buf_addf(b, "%%%u", n);
    return true;
}

apd_str etl_message_fill(const etl_schema *s, const apd_field *fields, const uint32_t *at,
                         apd_arena *a)
{
    apd_buf b;
    apd_buf_init(&b, a);
    apd_str text = s->message;
    while (text.len && b.len < APD_ETL_MAX_SENTENCE) {
        size_t plain = apd_find(text, APD_LIT("%"));
        apd_buf_add(&b, apd_sub(text, 0, plain));
        text = plain == SIZE_MAX ? APD_LIT("") : apd_sub(text, plain + 1, text.len);
        if (plain != SIZE_MAX && !put_insert(&b, s, fields, at, &text, a))
            break;
    }
    return apd_trim(apd_buf_str(&b));
}
