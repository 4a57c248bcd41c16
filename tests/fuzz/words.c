/* The word set against a search for each word.
 *
 * Input: lines; up to the first empty one they are words, the rest is the text. The text is copied to a block of its own
 * size, so that a sanitizer sees any read behind it. */
#include <stdlib.h>

#include "match_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 64 };

static uint64_t naive(const apd_word *words, size_t n, apd_str text)
{
    uint64_t seen = 0;
    for (size_t i = 0; i < n; i++)
        if (apd_ifind(text, words[i].text) != SIZE_MAX)
            seen |= UINT64_C(1) << words[i].owner;
    return seen;
}

static size_t take_words(apd_str *rest, apd_word words[MOST])
{
    size_t n = 0;
    while (rest->len) {
        apd_str line = apd_cut(rest, '\n');
        if (line.len == 0)
            break;
        if (n < MOST && line.len >= APD_MIN_LITERAL && line.len <= APD_MAX_LITERAL) {
            words[n] = (apd_word){line, (uint32_t)n};
            n++;
        }
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apd_word words[MOST];
    apd_str rest = apd_bytes_str((apd_bytes){data, size});
    size_t n = take_words(&rest, words);
    apd_arena *a = apd_arena_new(0);
    apd_wordset *set = a && n ? apd_wordset_new(a, words, n) : NULL;
    char *text = malloc(rest.len ? rest.len : 1);
    if (!a || !text || (n && !set))
        abort();
    if (rest.len)
        memcpy(text, rest.ptr, rest.len);
    uint64_t seen = 0, want = naive(words, n, rest);
    if (set &&
        (apd_wordset_scan(set, apd_str_from(text, rest.len), &seen) != (want != 0) || seen != want))
        abort();
    free(text);
    apd_arena_free(a);
    return 0;
}
