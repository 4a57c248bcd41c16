#include "text_writers.h"

void mk_json_string(mk_out *o, apd_str s)
{
    mk_u8(o, '"');
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.ptr[i];
        if (c == '"' || c == '\\')
            mk_u8(o, '\\');
        if (c < 0x20)
            mk_printf(o, "\\u%04x", c);
        else
            mk_u8(o, c);
    }
    mk_u8(o, '"');
}

static bool is_literal(const mk_node *n)
{
    uint64_t v;
    bool negative;
    return n->plain && (apd_parse_int(n->text, &v, &negative) || apd_eq(n->text, APD_LIT("true")) ||
                        apd_eq(n->text, APD_LIT("false")) || apd_eq(n->text, APD_LIT("null")));
}

/* Depth is bounded by the YAML loader. */
void mk_json_put(mk_out *o, const mk_node *n)
{
    if (n->kind == MK_SCALAR) {
        if (is_literal(n))
            mk_str(o, n->text);
        else
            mk_json_string(o, n->text);
        return;
    }
    bool map = n->kind == MK_MAP;
    mk_u8(o, map ? '{' : '[');
    for (const mk_node *m = n->first; m; m = m->next) {
        if (m != n->first)
            mk_u8(o, ',');
        if (map) {
            mk_json_string(o, m->key);
            mk_u8(o, ':');
        }
        mk_json_put(o, m);
    }
    mk_u8(o, map ? '}' : ']');
}

void mk_profile_write(mk_out *o, const mk_node *profile)
{
    mk_out utf8 = {0};
    mk_json_put(&utf8, profile);
    mk_u16(o, 0xFEFF);
    mk_utf16(o, apd_bytes_str(mk_bytes(&utf8)));
    mk_free(&utf8);
}

void mk_plain_write(mk_out *o, const mk_file *f)
{
    mk_out lines = {0};
    for (size_t i = 0; i < f->text.len; i++) {
        if (f->text.ptr[i] == '\n' && !f->lf)
            mk_u8(&lines, '\r');
        mk_u8(&lines, (uint8_t)f->text.ptr[i]);
    }
    apd_str text = apd_bytes_str(mk_bytes(&lines));
    if (f->encoding == MK_UTF16LE) {
        mk_u16(o, 0xFEFF);
        mk_utf16(o, text);
    } else {
        if (f->encoding == MK_UTF8_BOM)
            mk_str(o, APD_LIT("\xEF\xBB\xBF"));
        mk_str(o, text);
    }
    mk_free(&lines);
}
