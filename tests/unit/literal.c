/* Required literals: what is found in given patterns, and the promise on random ones - a text that
 * pcre2 matches contains one of the literals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "literal.h"
#include "match_re.h"

static void quiet(void *ctx, bool error, apd_mark_at at, const char *fmt, ...)
{
    (void)ctx;
    (void)error;
    (void)at;
    (void)fmt;
}

/* Literals joined with '|'. */
static apd_str joined(apd_arena *a, apd_literals l)
{
    apd_buf b;
    apd_buf_init(&b, a);
    for (size_t i = 0; i < l.n; i++) {
        if (i)
            apd_buf_addc(&b, '|');
        apd_buf_add(&b, l.at[i]);
    }
    return apd_buf_str(&b);
}

static void given_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *want;
    } rows[] = {
        {"error", "error"},
        {"^error$", "error"},
        {"failed|timeout", "failed|timeout"},
        {"failed|", ""},
        {"failed|t?", ""},
        {"(failed|timeout) at \\d+", "failed|timeout"},
        {"(failed|time)out of memory", "out of memory"},
        {"(?:abc)?defg", "defg"},
        {"(?:abcd)+x", "abcd"},
        {"(?:abcd){0,3}x", "x"},
        {"(?:abcd){2}x", "abcd"},
        {"abcd{0}e", "abc"},
        {"abcd?e", "abc"},
        {"abcd*efgh", "efgh"},
        {"abcd+e", "abcd"},
        {"ab+cdef", "bcdef"},
        {"abc{2,}?de", "abc"},
        {"abc{1}{0}de", "ab"},
        {"abc{,2}defg", "defg"}, /* text or quantifier, depending on the version */
        {"abc{x}", "abc{x}"},
        {"a\\.b\\\\c\\[d\\]", "a.b\\c[d]"},
        {"[abc]defg[^]]hi", "defg"},
        {"[]x]defg", "defg"},
        {"[[:alpha:]]defg", ""},
        {"\\bfailed\\b", "failed"},
        {"exit code \\d+ for app", "exit code "},
        {"\\x41\\x{42}C\\t", "ABC\t"},
        {"\\Qa.b\\E", ""},
        {"a(?#b)*c", ""},
        {"(?x) a b c", ""},
        {"(?i)abc", "abc"},
        {"(?i:abc)d", "abc"},
        {"(?s-i:abc|def)", "abc|def"},
        {"(?x:abc)defg", ""},
        {"foo(?=barbar)", "foo"},
        {"foo(?!barbar)baz", "foo"},
        {"(?<=foobar)baz", "baz"},
        {"(?<!foobar)baz", "baz"},
        {"(?<name>hello) (\\w+)", "hello"},
        {"(?P<name>hello)", "hello"},
        {"(?'name'hello)", "hello"},
        {"(?>hello)", "hello"},
        {"(?|hello|world)", "hello|world"},
        {"(a)?(?(1)bcd|efg)", ""},
        {"(?R)?abc", ""},
        {"(*ACCEPT)abc", ""},
        {"abc(*ACCEPT)def", ""},
        {"(abc)\\1def", "abc"},
        {"abc\\0123def", "abc"},
        {".*", ""},
        {"", ""},
        {"\\p{L}abc", ""},
        {"((((deep))))", "deep"},
        {"0x8[0-9a-f]{7}", "0x8"},
        {"gr\xc3\xbc\xc3\x9f"
         "e",
         "gr"},
        {"\xc3\xbc"
         "ask not",
         " not"}, /* k and s have Unicode relatives */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_arena *a = apd_arena_new(0);
        apd_str pattern = apd_str_of(rows[i].pattern);
        apd_required r = apd_required_by_regex(a, pattern, apd_re_wants_utf(pattern));
        apd_str got = joined(a, r.first);
        apd_str want = apd_str_of(rows[i].want);
        if (!apd_eq(got, want))
            fail_msg("%s: literals '%.*s', expected '%.*s'", rows[i].pattern, APD_FMT(got),
                     APD_FMT(want));
        apd_arena_free(a);
    }
}

static void second_claims(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *first, *second;
    } rows[] = {
        {"\\[Win32App\\].*(failed|timeout)", "[Win32App]", "failed|timeout"},
        {"a.bcd.ef", "bcd", "ef"},
        {"(abc.defg)?xy.z", "xy", "z"},
        {"(abc.defg)xy.z", "defg", "abc"},
        {"(ab.cdef|ghi.j)kl", "cdef|ghi", "kl"},
        {"ab.cdef|ghi.j", "cdef|ghi", ""},
        {"abc", "abc", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_arena *a = apd_arena_new(0);
        apd_required r = apd_required_by_regex(a, apd_str_of(rows[i].pattern), false);
        apd_str first = joined(a, r.first), second = joined(a, r.second);
        if (!apd_eq(first, apd_str_of(rows[i].first)) ||
            !apd_eq(second, apd_str_of(rows[i].second)))
            fail_msg("%s: '%.*s' and '%.*s'", rows[i].pattern, APD_FMT(first), APD_FMT(second));
        apd_arena_free(a);
    }
}

static apd_str of_values(apd_arena *a, apd_op op, bool all, const char *x, const char *y)
{
    apd_value values[2] = {{.text = apd_str_of(x)}, {.text = apd_str_of(y)}};
    for (int i = 0; i < 2; i++) {
        bool negative;
        apd_parse_int(values[i].text, &values[i].number, &negative);
    }
    apd_cond c = {.op = op, .all = all, .values = values, .nvalues = y ? 2 : 1};
    return joined(a, apd_required_by_cond(a, &c, NULL).first);
}

static void given_values(void **state)
{
    (void)state;
    static const struct {
        apd_op op;
        bool all;
        const char *x, *y, *want;
    } rows[] = {
        {APD_OP_CONTAINS, false, "One Time", "Limit", "One Time|Limit"},
        {APD_OP_CONTAINS, true, "One Time", "Limit", "One Time"},
        {APD_OP_CONTAINS, false, "a*b?c", NULL, "a*b?c"},
        {APD_OP_STARTS, false, "[Win32App]", NULL, "[Win32App]"},
        {APD_OP_ENDS, false, "timed out.", NULL, "timed out."},
        {APD_OP_EQ, false, "no*longer?", NULL, "longer"},
        {APD_OP_EQ, false, "a\\*b\\\\c*d", NULL, "a*b\\c"},
        {APD_OP_EQ, false, "C:\\dir", NULL, "C:\\dir"},
        {APD_OP_EQ, false, "*", NULL, ""},
        {APD_OP_EQ, false, "", NULL, ""},
        {APD_OP_EQ, false, "word", "*", ""},
        {APD_OP_EQ, true, "word", "*", "word"},
        {APD_OP_HRESULT, false, "0x800705B4", NULL, "800705b4|2147943860|2147023436"},
        {APD_OP_HRESULT, false, "1603", NULL, "643|1603"},
        {APD_OP_GT, false, "1603", NULL, ""},
        {APD_OP_EXISTS, false, "true", NULL, ""},
        {APD_OP_CONTAINS, false, "0123456789abcdefghijklmnopqrstuvwxyz", NULL,
         "456789abcdefghijklmnopqrstuvwxyz"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_arena *a = apd_arena_new(0);
        apd_str got = of_values(a, rows[i].op, rows[i].all, rows[i].x, rows[i].y);
        if (!apd_eq(got, apd_str_of(rows[i].want)))
            fail_msg("%s: literals '%.*s', expected '%s'", rows[i].x, APD_FMT(got), rows[i].want);
        apd_arena_free(a);
    }
}

/* Whatever spelling apd_text_has_hresult accepts, one of the literals is in it. */
static void every_spelling_of_a_code(void **state)
{
    (void)state;
    static const char *const formats[] = {"%lld", "0x%llX", "0x%08llx", "%08llX", "%020lld"};
    static const uint32_t codes[] = {0x800705B4, 0x80072EE7, 0x643, 0x80180014,
                                     0xFFFFFFFE, 0x80000000, 123456};
    unsigned seen = 0;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        apd_arena *a = apd_arena_new(0);
        apd_value v = {.number = codes[i]};
        apd_cond c = {.op = APD_OP_HRESULT, .values = &v, .nvalues = 1};
        apd_literals l = apd_required_by_cond(a, &c, NULL).first;
        const long long spelled[] = {codes[i], (int32_t)codes[i]};
        for (size_t k = 0; k < 2 * sizeof formats / sizeof *formats; k++) {
            char text[64];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(text, sizeof text, formats[k / 2], spelled[k % 2]);
#pragma GCC diagnostic pop
            if (!apd_text_has_hresult(apd_str_of(text), codes[i]))
                continue;
            seen++;
            bool found = false;
            for (size_t n = 0; n < l.n; n++)
                found |= apd_ifind(apd_str_of(text), l.at[n]) != SIZE_MAX;
            if (!found)
                fail_msg("%s is a spelling of 0x%x without a literal", text, (unsigned)codes[i]);
        }
        apd_arena_free(a);
    }
    assert_true(seen > 30);
}

/* --- the promise on random patterns --- */

typedef struct gen {
    uint64_t rng;
    apd_arena *a;
    unsigned groups;
} gen;

/* A piece of a pattern with a text that it probably matches. */
typedef struct piece {
    apd_str pattern, text;
} piece;

static uint32_t rnd(gen *g, uint32_t below)
{
    g->rng = g->rng * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(g->rng >> 33) % below;
}

static piece atom(gen *g)
{
    static const struct {
        const char *pattern, *text;
    } atoms[] = {
        {"a", "a"},
        {"b", "B"},
        {"k", "K"},
        {"S", "s"},
        {" ", " "},
        {"0", "0"},
        {"-", "-"},
        {"]", "]"},
        {"}", "}"},
        {"{", "{"},
        {",", ","},
        {"\\.", "."},
        {"\\\\", "\\"},
        {"\\x62", "b"},
        {"\\t", "\t"},
        {"\\d", "7"},
        {"\\w", "z"},
        {"\\s", " "},
        {".", "q"},
        {"[ab]", "b"},
        {"[^a]", "c"},
        {"[]a]", "]"},
        {"[\\]x]", "]"},
        {"\\b", ""},
        {"^", ""},
        {"$", ""},
        {"\\B", ""},
        {"\\N", "x"},
        {"\\R", "\n"},
        {"(?i)", ""},
        {"(?=a)", "a"},
        {"(?!a)", ""},
        {"(?<!b)", ""},
        {"a{1}", "a"},
        {"\\0", ""},
        {"\\x", ""},
        {"\\x{61}", "a"},
        {"\\1", ""},
        {"\\_", "_"},
        {"{,2}", "{,2}"},
        {"{2}", ""},
        {"\xc3\xa4", "\xc3\x84"},
        {"\xe2\x84\xaa", "k"},
    };
    size_t i = rnd(g, sizeof atoms / sizeof *atoms - (rnd(g, 20) ? 2 : 0));
    return (piece){apd_str_of(atoms[i].pattern), apd_str_of(atoms[i].text)};
}

static piece sequence(gen *g, int depth);

static piece alternation(gen *g, int depth)
{
    piece p = sequence(g, depth);
    while (rnd(g, 3) == 0) {
        piece other = sequence(g, depth);
        p.pattern = apd_printf_a(g->a, "%.*s|%.*s", APD_FMT(p.pattern), APD_FMT(other.pattern));
        if (rnd(g, 2))
            p.text = other.text;
    }
    return p;
}

static piece quantified(gen *g, piece p)
{
    static const struct {
        const char *text;
        unsigned least, most;
    } kinds[] = {{"*", 0, 3},      {"+", 1, 3},       {"?", 0, 1},  {"{2}", 2, 2},
                 {"{0,2}", 0, 2},  {"{1,}?", 1, 3},   {"++", 1, 3}, {"{0}", 0, 0},
                 {"{3}{2}", 6, 6}, {"{1}{0,1}", 0, 1}};
    size_t k = rnd(g, sizeof kinds / sizeof *kinds);
    unsigned times = kinds[k].least + rnd(g, kinds[k].most - kinds[k].least + 1);
    apd_buf text;
    apd_buf_init(&text, g->a);
    for (unsigned i = 0; i < times; i++)
        apd_buf_add(&text, p.text);
    return (piece){apd_printf_a(g->a, "%.*s%s", APD_FMT(p.pattern), kinds[k].text),
                   apd_buf_str(&text)};
}

static piece sequence(gen *g, int depth)
{
    static const char *const heads[] = {
        "(", "(?:", "(?>", "(?|", "(?i:", "(?-s:", "(?=", "(?<=", "(?!"};
    apd_buf pattern, text;
    apd_buf_init(&pattern, g->a);
    apd_buf_init(&text, g->a);
    for (unsigned n = rnd(g, 6); n > 0; n--) {
        piece p = atom(g);
        if (depth > 0 && rnd(g, 4) == 0) {
            p = alternation(g, depth - 1);
            p.pattern = apd_printf_a(g->a, "%s%.*s)", heads[rnd(g, sizeof heads / sizeof *heads)],
                                     APD_FMT(p.pattern));
        }
        if (rnd(g, 4) == 0)
            p = quantified(g, p);
        apd_buf_add(&pattern, p.pattern);
        apd_buf_add(&text, p.text);
    }
    return (piece){apd_buf_str(&pattern), apd_buf_str(&text)};
}

static bool has_one(apd_str text, apd_literals l)
{
    bool found = l.n == 0;
    for (size_t i = 0; i < l.n && !found; i++)
        found = apd_ifind(text, l.at[i]) != SIZE_MAX;
    return found;
}

static void promise(apd_arena *a, apd_re *re, const apd_pattern *p, apd_str text, unsigned *tried,
                    unsigned *claims)
{
    if (!apd_re_match(re, p, text))
        return;
    ++*tried;
    apd_required r = apd_required_by_regex(a, p->text, apd_re_wants_utf(p->text));
    *claims += (r.first.n > 0) + (r.second.n > 0);
    if (!has_one(text, r.first) || !has_one(text, r.second))
        fail_msg("'%.*s' matches '%.*s', which has none of '%.*s' or of '%.*s'", APD_FMT(p->text),
                 APD_FMT(text), APD_FMT(joined(a, r.first)), APD_FMT(joined(a, r.second)));
}

static void random_patterns(void **state)
{
    (void)state;
    gen g = {.rng = 42};
    apd_re *re = apd_re_new();
    assert_non_null(re);
    unsigned tried = 0, claims = 0;
    for (int round = 0; round < 60000; round++) {
        g.a = apd_arena_new(0);
        piece x = alternation(&g, 3), y = alternation(&g, 2);
        apd_pattern p = {.text = x.pattern, .cased = rnd(&g, 4) == 0};
        if (apd_re_compile(&p, quiet, NULL)) {
            promise(g.a, re, &p, x.text, &tried, &claims);
            promise(g.a, re, &p, y.text, &tried, &claims);
            promise(g.a, re, &p, x.pattern, &tried, &claims);
        }
        apd_re_free(&p);
        apd_arena_free(g.a);
    }
    /* else the generator has become blunt */
    assert_true(tried > 20000);
    assert_true(claims > 10000);
    apd_re_delete(re);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_patterns),  cmocka_unit_test(second_claims),
        cmocka_unit_test(given_values),    cmocka_unit_test(every_spelling_of_a_code),
        cmocka_unit_test(random_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
