#include "escape.h"

#if defined(__SSE2__)
#include <immintrin.h>
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

enum { SHORTEST = 16 /* characters of a secret */, BLOCK = 64 };

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

static bool is_mark(char before, char c)
{
    char lower = apd_lower(before);
    return (c == 'J' && before == 'y') || (c == '=' && (lower == 'g' || lower == 'n')) ||
           (c == ' ' && lower == 'r');
}

typedef struct span {
    size_t from, end;
} span;

/* Is there a secret whose mark ends at `at`? */
static bool is_secret(apd_str s, size_t at, span *out)
{
    static const apd_str keys[] = {
        {"sig=", 4}, {"access_token=", 13}, {"refresh_token=", 14}, {"id_token=", 9}};
    apd_str before = apd_sub(s, 0, at + 1);
    out->from = SIZE_MAX;
    out->end = at + 1;
    if (s.ptr[at] == 'J' && apd_ends(before, APD_LIT("eyJ")))
        out->from = at - 2;
    if (s.ptr[at] == ' ' && apd_iends(before, APD_LIT("Bearer ")))
        out->from = at + 1;
    for (size_t i = 0; s.ptr[at] == '=' && i < sizeof keys / sizeof *keys; i++)
        if (apd_iends(before, keys[i]))
            out->from = at + 1;
    if (out->from == SIZE_MAX)
        return false;
    while (out->end < s.len && is_token[(unsigned char)s.ptr[out->end]])
        out->end++;
    return out->end - at > SHORTEST;
}

#if defined(__SSE2__)
/* A bit for each of BLOCK characters that may end a mark; s[-1] is looked at too. For speed any 'J'
 * counts. Of "r ", "n=", "g=" the two characters differ in the bits 0x52, 0x53 and 0x5a. */
static inline uint64_t marks(const char *s)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < BLOCK; i += 16) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
        __m128i before = _mm_loadu_si128((const __m128i *)(const void *)(s + i - 1));
        __m128i differ = _mm_xor_si128(c, _mm_or_si128(before, _mm_set1_epi8(0x20)));
        __m128i near = _mm_cmpeq_epi8(_mm_or_si128(differ, _mm_set1_epi8(9)), _mm_set1_epi8(0x5b));
        __m128i end = _mm_or_si128(_mm_cmpeq_epi8(c, _mm_set1_epi8(' ')),
                                   _mm_cmpeq_epi8(c, _mm_set1_epi8('=')));
        __m128i any = _mm_or_si128(_mm_and_si128(near, end), _mm_cmpeq_epi8(c, _mm_set1_epi8('J')));
        all |= (uint64_t)(uint32_t)_mm_movemask_epi8(any) << i;
    }
    return all;
}

/* The same for processors that have AVX2. */
__attribute__((target("avx2"))) static inline uint64_t marks_avx2(const char *s)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < BLOCK; i += 32) {
        __m256i c = _mm256_loadu_si256((const __m256i *)(const void *)(s + i));
        __m256i before = _mm256_loadu_si256((const __m256i *)(const void *)(s + i - 1));
        __m256i differ = _mm256_xor_si256(c, _mm256_or_si256(before, _mm256_set1_epi8(0x20)));
        __m256i near =
            _mm256_cmpeq_epi8(_mm256_or_si256(differ, _mm256_set1_epi8(9)), _mm256_set1_epi8(0x5b));
        __m256i end = _mm256_or_si256(_mm256_cmpeq_epi8(c, _mm256_set1_epi8(' ')),
                                      _mm256_cmpeq_epi8(c, _mm256_set1_epi8('=')));
        __m256i any = _mm256_or_si256(_mm256_and_si256(near, end),
                                      _mm256_cmpeq_epi8(c, _mm256_set1_epi8('J')));
        all |= (uint64_t)(uint32_t)_mm256_movemask_epi8(any) << i;
    }
    return all;
}

/* The first secret whose mark ends in one of the blocks from *at on, and in *at where they end. */
#define SEARCH_BLOCKS(marks)                                                                       \
    for (; *at + BLOCK <= s.len; *at += BLOCK)                                                     \
        for (uint64_t m = marks(s.ptr + *at); m; m &= m - 1)                                       \
            if (is_secret(s, *at + (size_t)__builtin_ctzll(m), out))                               \
                return true;                                                                       \
    return false

static bool search(apd_str s, size_t *at, span *out)
{
    SEARCH_BLOCKS(marks);
}

__attribute__((target("avx2"))) static bool search_avx2(apd_str s, size_t *at, span *out)
{
    SEARCH_BLOCKS(marks_avx2);
}

static bool search_blocks(apd_str s, size_t *at, span *out)
{
    return __builtin_cpu_supports("avx2") ? search_avx2(s, at, out) : search(s, at, out);
}
#else
static bool search_blocks(apd_str s, size_t *at, span *out)
{
    (void)s, (void)at, (void)out;
    return false;
}
#endif

/* The next secret whose mark ends at `at` (at least 1) or behind. */
static bool next_secret(apd_str s, size_t at, span *out)
{
    if (search_blocks(s, &at, out))
        return true;
    for (; at < s.len; at++)
        if (is_mark(s.ptr[at - 1], s.ptr[at]) && is_secret(s, at, out))
            return true;
    return false;
}

/* The replacement is shorter than any secret, by so much that a mark behind it ("Bearer" may end a
 * secret) is still there to be seen. */
size_t apd_redact_in_place(char *text, size_t len)
{
    apd_str s = apd_str_from(text, len);
    size_t done = 0, n = 0; /* bytes read, and what became of them */
    span secret;
    for (size_t at = 1; next_secret(s, at, &secret); at = secret.end) {
        memmove(text + n, text + done, secret.from - done);
        n += secret.from - done;
        memcpy(text + n, "[redacted]", 10);
        n += 10;
        done = secret.end;
    }
    if (done == 0)
        return len;
    memmove(text + n, text + done, len - done);
    return n + len - done;
}

apd_str apd_redact_secrets(apd_arena *a, apd_str s)
{
    span first;
    if (!next_secret(s, 1, &first))
        return s;
    apd_str copy = apd_strdup_a(a, s);
    if (!copy.ptr)
        return copy;
    char *text = (char *)(uintptr_t)copy.ptr;
    return apd_str_from(text, apd_redact_in_place(text, copy.len));
}
