#include "escape.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

static size_t printable_run(apd_str s)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] >= 0x20 && s.ptr[n] < 0x7f)
        n++;
    return n;
}

apd_str apd_escape_term(apd_arena *a, apd_str s, size_t max_columns)
{
    apd_buf out;
    apd_buf_init(&out, a);
    s = apd_redact_secrets(a, s);
    size_t cut = 0, columns = 0; /* cut: the length at which an ellipsis still fits */
    while (s.len) {
        size_t plain = max_columns ? 0 : printable_run(s);
        apd_buf_add(&out, apd_sub(s, 0, plain));
        s = apd_sub(s, plain, s.len);
        if (!s.len)
            break;
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

/* --- secrets ---
 *
 * What stands in front of a secret, or begins it, ends in a mark of two characters: the "yJ" of
 * "eyJ", the head of every JSON web token; the end of sig= and of ..._token=; the end of "Bearer ".
 * Marks are rare, so nearly all of the time goes into finding that there is none. */

enum { SHORTEST = 16 /* characters of a secret */, BLOCK = 16 };

static const bool is_token[256] = {
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
    ['8'] = 1, ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1,
    ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1,
    ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1,
    ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1,
    ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1,
    ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1,
    ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1, ['-'] = 1, ['_'] = 1,
    ['.'] = 1, ['+'] = 1, ['/'] = 1, ['='] = 1, ['%'] = 1, ['~'] = 1,
};

#if defined(__SSE2__)
/* Which of 16 characters end a mark, 0xff each; s[-1] is looked at too. For speed any 'J' counts.
 * Of "r ", "n=", "g=" the two characters differ in the bits 0x52, 0x53 and 0x5a. */
static inline __m128i marks(const char *s)
{
    __m128i c = _mm_loadu_si128((const __m128i *)(const void *)s);
    __m128i before = _mm_loadu_si128((const __m128i *)(const void *)(s - 1));
    __m128i differ = _mm_xor_si128(c, _mm_or_si128(before, _mm_set1_epi8(0x20)));
    __m128i near = _mm_cmpeq_epi8(_mm_or_si128(differ, _mm_set1_epi8(9)), _mm_set1_epi8(0x5b));
    __m128i end =
        _mm_or_si128(_mm_cmpeq_epi8(c, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(c, _mm_set1_epi8('=')));
    return _mm_or_si128(_mm_and_si128(near, end), _mm_cmpeq_epi8(c, _mm_set1_epi8('J')));
}
#endif

static bool is_mark(char before, char c)
{
    char lower = apd_lower(before);
    return (c == 'J' && before == 'y') || (c == '=' && (lower == 'g' || lower == 'n')) ||
           (c == ' ' && lower == 'r');
}

/* The next second character of a mark from `at` (at least 1) on; s.len = there is none. */
static size_t next_mark(apd_str s, size_t at)
{
#if defined(__SSE2__)
    for (; at + 2 * BLOCK <= s.len; at += 2 * BLOCK) {
        __m128i first = marks(s.ptr + at), second = marks(s.ptr + at + BLOCK);
        if (_mm_movemask_epi8(_mm_or_si128(first, second)) == 0)
            continue;
        unsigned found = (unsigned)_mm_movemask_epi8(first) | (unsigned)_mm_movemask_epi8(second)
                                                                  << BLOCK;
        return at + (size_t)__builtin_ctz(found);
    }
#endif
    while (at < s.len && !is_mark(s.ptr[at - 1], s.ptr[at]))
        at++;
    return at < s.len ? at : s.len;
}

/* Where the secret begins whose mark ends at `at`; SIZE_MAX: the mark means something else. */
static size_t secret_at(apd_str s, size_t at)
{
    static const apd_str keys[] = {
        {"sig=", 4}, {"access_token=", 13}, {"refresh_token=", 14}, {"id_token=", 9}};
    apd_str before = apd_sub(s, 0, at + 1);
    if (s.ptr[at] == 'J')
        return apd_ends(before, APD_LIT("eyJ")) ? at - 2 : SIZE_MAX;
    if (s.ptr[at] == ' ')
        return apd_iends(before, APD_LIT("Bearer ")) ? at + 1 : SIZE_MAX;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (apd_iends(before, keys[i]))
            return at + 1;
    return SIZE_MAX;
}

apd_str apd_redact_secrets(apd_arena *a, apd_str s)
{
    apd_buf out = {0};
    size_t done = 0;
    for (size_t at = next_mark(s, 1); at < s.len; at = next_mark(s, at + 1)) {
        size_t from = secret_at(s, at), end = at + 1;
        while (from != SIZE_MAX && end < s.len && is_token[(unsigned char)s.ptr[end]])
            end++;
        if (end - at <= SHORTEST)
            continue;
        if (!out.arena)
            apd_buf_init(&out, a);
        apd_buf_add(&out, apd_sub(s, done, from - done));
        apd_buf_add(&out, APD_LIT("[redacted]"));
        done = at = end;
    }
    if (!out.arena)
        return s;
    apd_buf_add(&out, apd_sub(s, done, s.len));
    return apd_buf_str(&out);
}
