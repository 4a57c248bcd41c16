/* Required literals against pcre2: for whatever pattern pcre2 accepts, a text that it matches
 * contains one of the literals.
 *
 * Input: one byte of options, then pattern and text separated by a zero byte. Option 1: cased.
 * Option 2: bytes are mapped to a small alphabet of pattern characters, so that patterns compile
 * and texts match often. */
#include <stdlib.h>

#include "literal.h"
#include "match_re.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void quiet(void *ctx, bool error, apd_mark_at at, const char *fmt, ...)
{
    (void)ctx;
    (void)error;
    (void)at;
    (void)fmt;
}

static bool has_one(apd_str text, apd_literals l)
{
    for (size_t i = 0; i < l.n; i++)
        if (apd_ifind(text, l.at[i]) != SIZE_MAX)
            return true;
    return l.n == 0;
}

static void check_claim(apd_str text, bool matches, apd_literals l)
{
    for (size_t i = 0; i < l.n; i++)
        if (l.at[i].len == 0 || l.at[i].len > APD_MAX_LITERAL)
            abort();
    if (matches && !has_one(text, l))
        abort();
}

static void check(apd_arena *a, apd_re *re, const apd_pattern *p, apd_str text)
{
    apd_required r = apd_required_by_regex(a, p->text, apd_re_wants_utf(p->text));
    bool matches = apd_re_match(re, p, text);
    check_claim(text, matches, r.first);
    check_claim(text, matches, r.second);
}

static void map_to_alphabet(char *s, size_t n)
{
    static const char alphabet[] = "aabbcck S01{},?*+|()[]^\\.:=!<>-xQEdbi$P'#\xc3\xa4\xe2\x84\xaa";
    for (size_t i = 0; i < n; i++)
        if (s[i])
            s[i] = alphabet[(uint8_t)s[i] % (sizeof alphabet - 1)];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 512)
        return 0;
    apd_arena *a = apd_arena_new(0);
    apd_re *re = apd_re_new();
    char *s = a ? apd_alloc(a, size) : NULL;
    if (!re || !s)
        abort();
    memcpy(s, data, size);
    if (data[0] & 2)
        map_to_alphabet(s + 1, size - 1);
    const char *zero = memchr(s + 1, 0, size - 1);
    size_t len = zero ? (size_t)(zero - s - 1) : size - 1;
    apd_str text = zero ? apd_str_from(zero + 1, size - len - 2) : APD_LIT("");
    apd_pattern p = {.text = apd_str_from(s + 1, len), .cased = data[0] & 1};
    if (apd_re_compile(&p, quiet, NULL)) {
        check(a, re, &p, text);
        check(a, re, &p, p.text);
        apd_re_free(&p);
    }
    apd_re_delete(re);
    apd_arena_free(a);
    return 0;
}
