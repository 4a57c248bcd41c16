/* The word set must see exactly what a naive search sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "match_words.h"

enum { MAX_WORDS = 40, OWNERS = 100, SET = (OWNERS + 63) / 64 };

static uint32_t rnd(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

static void naive(const apd_word *words, size_t n, apd_str text, uint64_t *owners)
{
    for (size_t i = 0; i < n; i++)
        if (apd_ifind(text, words[i].text) != SIZE_MAX)
            owners[words[i].owner >> 6] |= UINT64_C(1) << (words[i].owner & 63);
}

static void check(const apd_wordset *ws, const apd_word *words, size_t n, apd_str text)
{
    uint64_t want[SET] = {0}, got[SET] = {0};
    naive(words, n, text, want);
    bool any = apd_wordset_scan(ws, text, got);
    assert_memory_equal(got, want, sizeof want);
    assert_int_equal(any, (want[0] | want[1]) != 0);
}

/* The text is put at the end of its own allocation, so that a sanitizer sees any read behind it. */
static void check_tight(const apd_wordset *ws, const apd_word *words, size_t n, apd_str text)
{
    char *tight = malloc(text.len ? text.len : 1);
    assert_non_null(tight);
    if (text.len)
        memcpy(tight, text.ptr, text.len);
    check(ws, words, n, apd_str_from(tight, text.len));
    free(tight);
}

static void fill(uint64_t *rng, const char *alphabet, char *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = alphabet[rnd(rng, (uint32_t)strlen(alphabet))];
}

static void same_as_naive(void **state)
{
    (void)state;
    static const char *const alphabets[] = {"ab", "abC", "aAbB.", "abcdefghijklmnop [0]",
                                            "\x01\x80\xff\xe9zZ@`[{"};
    uint64_t rng = 1;
    for (int round = 0; round < 400; round++) {
        const char *alphabet = alphabets[rnd(&rng, sizeof alphabets / sizeof *alphabets)];
        apd_arena *a = apd_arena_new(0);
        char text[MAX_WORDS][20], line[300];
        apd_word words[MAX_WORDS];
        size_t n = 1 + rnd(&rng, MAX_WORDS);
        for (size_t i = 0; i < n; i++) {
            size_t len = APD_MIN_LITERAL + rnd(&rng, sizeof text[0] - APD_MIN_LITERAL + 1);
            fill(&rng, alphabet, text[i], len);
            words[i] = (apd_word){apd_str_from(text[i], len), rnd(&rng, OWNERS)};
        }
        apd_wordset *ws = apd_wordset_new(a, words, n);
        assert_non_null(ws);
        for (int k = 0; k < 40; k++) {
            size_t len = rnd(&rng, sizeof line);
            fill(&rng, alphabet, line, len);
            check_tight(ws, words, n, apd_str_from(line, len));
        }
        apd_arena_free(a);
    }
}

static void every_place_and_case(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    const apd_word words[] = {{APD_LIT("Failed"), 0},      {APD_LIT("ailed to"), 1},
                              {APD_LIT("led"), 2},         {APD_LIT("led"), 70},
                              {APD_LIT("0x800705B4"), 99}, {APD_LIT("fff"), 3}};
    const size_t n = sizeof words / sizeof *words;
    apd_wordset *ws = apd_wordset_new(a, words, n);
    assert_non_null(ws);
    static const char *const texts[] = {"failed",     "FAILED TO",  "ailed t",   "lelelED",
                                        "fafafailed", "0X800705b4", "0x800705b", "ffailed",
                                        "ff",         "",           "ffff"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        for (size_t before = 0; before < 12; before++) {
            for (size_t after = 0; after < 12; after++) {
                char line[64];
                memset(line, '.', sizeof line);
                memcpy(line + before, texts[t], strlen(texts[t]));
                check_tight(ws, words, n, apd_str_from(line, before + strlen(texts[t]) + after));
            }
        }
    }
    apd_arena_free(a);
}

/* Words of one beginning differ behind it, at their end, or in what is no letter; equal ones have several owners. */
static void words_that_begin_alike(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    const apd_word words[] = {{APD_LIT("Processing app"), 0},
                              {APD_LIT("Processing policy"), 1},
                              {APD_LIT("PROCESSING APP"), 2},
                              {APD_LIT("processi"), 3},
                              {APD_LIT("Processing"), 4},
                              {APD_LIT("[Process]"), 5},
                              {APD_LIT("{Process}"), 6},
                              {APD_LIT("Processing app with an id of"), 7},
                              {APD_LIT("process"), 8},
                              {APD_LIT("pro"), 9},
                              {APD_LIT("0123456789abcdefG"), 10},
                              {APD_LIT("0123456789abcdefgh"), 11}};
    const size_t n = sizeof words / sizeof *words;
    apd_wordset *ws = apd_wordset_new(a, words, n);
    assert_non_null(ws);
    static const char *const texts[] = {"processing APP with an ID of",
                                        "Processing app with an id off",
                                        "processing app with an id_of",
                                        "{PROCESS]",
                                        "[process]",
                                        "{process}",
                                        "Processinf app",
                                        "processing polic",
                                        "PROcess",
                                        "@rocessing",
                                        "0123456789ABCDEFGH",
                                        "0123456789ABCDEF'",
                                        "pProcess",
                                        "proprocess"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        char line[64];
        for (size_t before = 0; before < 10; before++) {
            int len = snprintf(line, sizeof line, "%*s%s", (int)before, "", texts[t]);
            for (int cut = 0; cut < 10 && cut < len; cut++)
                check_tight(ws, words, n, apd_str_from(line, (size_t)(len - cut)));
        }
    }
    apd_arena_free(a);
}

static void other_bits_stay(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_word word = {APD_LIT("needle"), 5};
    apd_wordset *ws = apd_wordset_new(a, &word, 1);
    uint64_t set[SET] = {0x80, 0};
    assert_false(apd_wordset_scan(ws, APD_LIT("nothing of the kind"), set));
    assert_int_equal(set[0], 0x80);
    assert_true(apd_wordset_scan(ws, APD_LIT("a NEEDLE in the hay"), set));
    assert_int_equal(set[0], 0xa0);
    apd_arena_free(a);
}

/* Texts at every place of which a long word nearly matches: with a search that starts over at each for
 * the rest of the text, a megabyte of them would not end. */
static void no_quadratic_text(void **state)
{
    (void)state;
    enum { N = 1 << 20 };
    apd_arena *a = apd_arena_new(0);
    const apd_word words[] = {{APD_LIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), 0},
                              {APD_LIT("abcabcabcabcabcx"), 1}};
    apd_wordset *ws = apd_wordset_new(a, words, 2);
    char *text = malloc(N);
    assert_non_null(text);
    uint64_t set[SET] = {0};
    memset(text, 'a', N);
    assert_false(apd_wordset_scan(ws, apd_str_from(text, N), set));
    for (size_t i = 0; i < N; i++)
        text[i] = "abc"[i % 3];
    assert_false(apd_wordset_scan(ws, apd_str_from(text, N), set));
    text[N - 1] = 'x';
    memcpy(text + N - 16, "abcabcabcabcabcx", 16);
    assert_true(apd_wordset_scan(ws, apd_str_from(text, N), set));
    assert_int_equal(set[0], 2);
    free(text);
    apd_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_naive),          cmocka_unit_test(every_place_and_case),
        cmocka_unit_test(words_that_begin_alike), cmocka_unit_test(other_bits_stay),
        cmocka_unit_test(no_quadratic_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
