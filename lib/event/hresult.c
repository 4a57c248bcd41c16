/* One error code, many spellings: 0x800705B4, 800705b4, 2147943860, -2147023436, as a typed value or
 * as a word inside a text. */
#include "event.h"
#include "utf.h"

static bool code_of(uint64_t v, bool negative, uint32_t *code)
{
    if (negative ? v < UINT64_MAX - 0x7fffffffu : v > 0xffffffffu)
        return false;
    *code = (uint32_t)v;
    return true;
}

static bool word_char(char c)
{
    return apd_is_digit(c) || (apd_lower(c) >= 'a' && apd_lower(c) <= 'z');
}

/* Is the word (letters and digits, perhaps with a minus before it) the code? Exactly eight hex
 * digits count without 0x too. */
static bool word_is(apd_str word, bool minus, uint32_t code)
{
    uint64_t v;
    bool negative;
    uint32_t c;
    if (word.len > 2 && word.ptr[0] == '0' && apd_lower(word.ptr[1]) == 'x') {
        /* 64-bit sign extension is how some writers print an HRESULT */
        if (!apd_parse_int(word, &v, &negative))
            return false;
        if (v >> 32 == 0xffffffffu)
            v &= 0xffffffffu;
        return v == code;
    }
    if (apd_parse_int(word, &v, &negative) &&
        code_of(minus ? (uint64_t)0 - v : v, minus && v != 0, &c) && c == code)
        return true;
    if (word.len != 8)
        return false;
    v = 0;
    for (size_t i = 0; i < 8; i++) {
        if (!apd_is_hex(word.ptr[i]))
            return false;
        char d = apd_lower(word.ptr[i]);
        v = v << 4 | (uint64_t)(apd_is_digit(d) ? d - '0' : d - 'a' + 10);
    }
    return v == code;
}

bool apd_text_has_hresult(apd_str text, uint32_t code)
{
    for (size_t i = 0; i < text.len;) {
        if (!word_char(text.ptr[i])) {
            i++;
            continue;
        }
        size_t end = i;
        while (end < text.len && word_char(text.ptr[end]))
            end++;
        bool minus = i > 0 && text.ptr[i - 1] == '-';
        if (apd_is_hex(text.ptr[i]) && word_is(apd_sub(text, i, end - i), minus, code))
            return true;
        i = end;
    }
    return false;
}

bool apd_utf16_has_hresult(apd_bytes text, uint32_t code)
{
    /* Words that can be codes are ASCII: the text is looked at in pieces of plain ASCII. */
    char piece[64];
    size_t n = 0;
    for (size_t i = 0; i + 1 < text.len + 2; i += 2) {
        bool end = i + 1 >= text.len;
        char c = !end && text.ptr[i + 1] == 0 ? (char)text.ptr[i] : ' ';
        bool part = !end && (word_char(c) || c == '-');
        if (part && n < sizeof piece) {
            piece[n++] = c;
        } else if (part) {
            n = sizeof piece; /* longer than any code: the whole word is passed over */
        } else {
            if (n && n < sizeof piece && apd_text_has_hresult(apd_str_from(piece, n), code))
                return true;
            n = 0;
        }
    }
    return false;
}

bool apd_field_is_hresult(const apd_field *f, uint32_t code)
{
    uint32_t c;
    switch (f->type) {
    case APD_T_I64:
        return code_of((uint64_t)f->as.i, f->as.i < 0, &c) && c == code;
    case APD_T_U64:
    case APD_T_HEX:
        return f->as.u == code || f->as.u == (UINT64_C(0xffffffff00000000) | code);
    case APD_T_UTF8:
        return apd_text_has_hresult(apd_bytes_str(f->as.raw), code);
    case APD_T_UTF16LE:
        return apd_utf16_has_hresult(f->as.raw, code);
    default:
        return false;
    }
}
