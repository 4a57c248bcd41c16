#include "reg_value.h"

#include "utf.h"

/* --- lines --- */

static bool is_word(char c)
{
    return c == '_' || apd_is_digit(c) || (apd_lower(c) >= 'a' && apd_lower(c) <= 'z');
}

static size_t word(apd_str s, size_t i)
{
    while (i < s.len && is_word(s.ptr[i]))
        i++;
    return i;
}

/* What may follow the `=`: a text, a kind with its colon, or `-`. */
static bool is_data(apd_str s)
{
    if (s.len && s.ptr[0] == '"')
        return true;
    size_t i = 1;
    if (s.len && s.ptr[0] == '-') {
        while (i < s.len && apd_is_space(s.ptr[i]))
            i++;
        return i == s.len;
    }
    i = word(s, 0);
    if (i && i < s.len && s.ptr[i] == '(') {
        i = word(s, i + 1);
        if (i == s.len || s.ptr[i++] != ')')
            return false;
    }
    return i && i < s.len && s.ptr[i] == ':';
}

/* Offset of the quote that ends the name which begins at i, SIZE_MAX if there is none. Nothing is
 * escaped in a dump, so there the name goes up to the first `"=` that data follow. */
static size_t name_end(apd_str line, size_t i, apd_reg_dialect dialect)
{
    for (; i + 1 < line.len; i++) {
        if (line.ptr[i] == '\\' && dialect != APD_REG_DUMP)
            i++;
        else if (line.ptr[i] == '"' && line.ptr[i + 1] == '=' &&
                 is_data(apd_sub(line, i + 2, line.len)))
            return i;
        else if (line.ptr[i] == '"' && dialect != APD_REG_DUMP)
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

bool apd_reg_value_line(apd_str line, apd_reg_dialect export_kind, apd_reg_dialect *dialect,
                        apd_str *name, size_t *data)
{
    size_t i = 0;
    while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
        i++;
    if (i == line.len || (line.ptr[i] != '"' && line.ptr[i] != '@'))
        return false;
    *dialect = i ? APD_REG_DUMP : export_kind;
    if (line.ptr[i] == '@') {
        *name = apd_sub(line, i, 1);
        *data = i + 2;
        return i + 1 < line.len && line.ptr[i + 1] == '=' &&
               is_data(apd_sub(line, i + 2, line.len));
    }
    size_t end = name_end(line, i + 1, *dialect);
    if (end == SIZE_MAX)
        return false;
    *name = apd_sub(line, i + 1, end - i - 1);
    *data = end + 2;
    return true;
}

bool apd_reg_is_whole(apd_str data)
{
    if (data.len && data.ptr[0] != '"')
        return data.ptr[data.len - 1] != '\\';
    size_t slashes = 0;
    if (data.len < 2 || data.ptr[data.len - 1] != '"')
        return false;
    while (data.ptr[data.len - 2 - slashes] == '\\') /* the quote in front ends this */
        slashes++;
    return slashes % 2 == 0;
}

bool apd_reg_deletes(apd_reg_dialect dialect, apd_str data)
{
    return dialect != APD_REG_DUMP && apd_eq(apd_trim(data), APD_LIT("-"));
}

/* --- texts --- */

/* Exports escape only `"` and `\`. */
static apd_str unescape(apd_arena *a, apd_str s)
{
    if (!s.len || !memchr(s.ptr, '\\', s.len))
        return apd_strdup_a(a, s);
    char *to = apd_alloc(a, s.len);
    size_t n = 0;
    if (!to)
        return (apd_str){NULL, 0};
    for (size_t i = 0; i < s.len; i++) {
        bool escape = s.ptr[i] == '\\' && i + 1 < s.len;
        i += escape && (s.ptr[i + 1] == '\\' || s.ptr[i + 1] == '"');
        to[n++] = s.ptr[i];
    }
    return apd_str_from(to, n);
}

apd_str apd_reg_name(apd_arena *a, apd_reg_dialect dialect, apd_str name)
{
    bool plain = dialect == APD_REG_DUMP || !name.len || !memchr(name.ptr, '\\', name.len);
    return plain ? name : unescape(a, name);
}

static bool set_text(apd_str text, apd_field *out)
{
    if (!text.ptr)
        return false;
    if (apd_time_parse_net(text, &out->as.t)) {
        out->type = APD_T_TIME;
        return true;
    }
    out->type = APD_T_UTF8;
    out->as.raw = apd_str_bytes(text);
    return true;
}

/* Between the quotes. The last one may be missing where a file was cut. */
static apd_str unquoted(apd_str s)
{
    s = apd_sub(s, 1, s.len);
    return apd_ends(s, APD_LIT("\"")) ? apd_sub(s, 0, s.len - 1) : s;
}

static bool set_quoted(apd_arena *a, apd_reg_dialect dialect, apd_str s, apd_field *out)
{
    s = unquoted(s);
    return set_text(dialect == APD_REG_DUMP ? apd_strdup_a(a, s) : unescape(a, s), out);
}

/* One string a line. */
static bool set_lines(apd_arena *a, apd_str s, apd_field *out)
{
    apd_buf b;
    apd_buf_init(&b, a);
    s = apd_starts(s, APD_LIT("\"")) ? unquoted(s) : s;
    while (s.len) {
        apd_str line = apd_trim(apd_cut(&s, '\n'));
        if (line.len && b.len)
            apd_buf_addc(&b, '\n');
        apd_buf_add(&b, line);
    }
    out->type = APD_T_UTF8;
    out->as.raw = apd_str_bytes(apd_buf_str(&b));
    return !b.failed;
}

/* --- numbers and bytes --- */

static bool set_number(apd_str s, size_t most, apd_field *out)
{
    uint64_t v = 0;
    if (s.len == 0 || s.len > most)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!apd_is_hex(s.ptr[i]))
            return false;
        char c = apd_lower(s.ptr[i]);
        v = v << 4 | (unsigned)(apd_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    out->type = APD_T_U64;
    out->as.u = v;
    return true;
}

static int nibble(char c)
{
    if (apd_is_digit(c))
        return c - '0';
    c = apd_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Pairs of digits with commas, blanks, `\` and line ends between. Sets ptr to NULL where it is none. */
static bool read_bytes(apd_arena *a, apd_str s, apd_bytes *out)
{
    uint8_t *to = apd_alloc(a, s.len / 2 + 1);
    size_t n = 0, i = 0;
    if (!to)
        return false;
    while (i < s.len) {
        char c = s.ptr[i];
        if (c == ',' || c == '\\' || apd_is_space(c)) {
            i++;
            continue;
        }
        int high = nibble(c), low = i + 1 < s.len ? nibble(s.ptr[i + 1]) : -1;
        if (high < 0 || low < 0) {
            *out = (apd_bytes){NULL, 0};
            return true;
        }
        to[n++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    *out = (apd_bytes){to, n};
    return true;
}

static void set_blob(apd_bytes b, apd_field *out)
{
    out->type = APD_T_BLOB;
    out->as.raw = b;
}

/* Text that is written as bytes; several strings have NULs between. */
static bool set_wide(apd_arena *a, apd_reg_dialect dialect, apd_bytes b, apd_field *out)
{
    apd_str text = apd_bytes_str(b);
    if (dialect != APD_REG_ANSI)
        text = apd_utf16_dup(a, b);
    if (!text.ptr)
        return false;
    while (text.len && text.ptr[text.len - 1] == '\0')
        text.len--;
    char *to = apd_alloc(a, text.len + 1);
    if (!to)
        return false;
    for (size_t i = 0; i < text.len; i++)
        to[i] = text.ptr[i] ? text.ptr[i] : '\n';
    return set_text(apd_str_from(to, text.len), out);
}

/* The kinds of winnt.h: 1 SZ, 2 EXPAND_SZ, 4 DWORD, 5 DWORD high byte first, 6 LINK, 7 MULTI_SZ, 11 QWORD. */
static bool set_kind(apd_arena *a, apd_reg_dialect dialect, uint64_t kind, apd_bytes b,
                     apd_field *out)
{
    bool text = kind == 1 || kind == 2 || kind == 6 || kind == 7;
    if (text && (dialect == APD_REG_ANSI || b.len % 2 == 0))
        return set_wide(a, dialect, b, out);
    set_blob(b, out);
    if (b.len == (kind == 11 ? 8 : 4) && (kind == 4 || kind == 5 || kind == 11)) {
        out->type = APD_T_U64;
        out->as.u = kind == 11  ? apd_u64le(b.ptr)
                    : kind == 4 ? apd_u32le(b.ptr)
                                : ((uint32_t)b.ptr[0] << 24 | (uint32_t)b.ptr[1] << 16 |
                                   (uint32_t)b.ptr[2] << 8 | b.ptr[3]);
    }
    return true;
}

/* `hex:...`, `hex(7):...`; *mine is false where it is not of that form after all. */
static bool set_hex(apd_arena *a, apd_reg_dialect dialect, apd_str tag, apd_str data,
                    apd_field *out, bool *mine)
{
    apd_field kind = {.as.u = 3};
    apd_bytes b;
    *mine = tag.len == 3 || (tag.ptr[3] == '(' && tag.ptr[tag.len - 1] == ')' &&
                             set_number(apd_sub(tag, 4, tag.len - 5), 8, &kind));
    if (!*mine)
        return true;
    if (!read_bytes(a, data, &b))
        return false;
    *mine = b.ptr != NULL;
    return !*mine || set_kind(a, dialect, kind.as.u, b, out);
}

bool apd_reg_decode(apd_arena *a, apd_reg_dialect dialect, apd_str data, apd_field *out)
{
    data = apd_trim(data);
    out->type = APD_T_NONE;
    if (data.len == 0)
        return true;
    if (data.ptr[0] == '"')
        return set_quoted(a, dialect, data, out);
    apd_str rest = data, tag = apd_cut(&rest, ':');
    bool mine = true;
    if ((apd_ieq(tag, APD_LIT("dword")) && set_number(rest, 8, out)) ||
        (apd_ieq(tag, APD_LIT("qword")) && set_number(rest, 16, out)))
        return true;
    if (apd_ieq(tag, APD_LIT("multi_sz")))
        return set_lines(a, rest, out);
    if (apd_iends(tag, APD_LIT("sz")) && rest.len && rest.ptr[0] == '"')
        return set_quoted(a, dialect, rest, out);
    if (apd_istarts(tag, APD_LIT("hex"))) {
        if (!set_hex(a, dialect, tag, rest, out, &mine))
            return false;
        if (mine)
            return true;
    }
    return set_text(apd_strdup_a(a, data), out);
}
