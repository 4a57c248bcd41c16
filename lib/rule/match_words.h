/* Which of many words occur in a text, ASCII case ignored, in one pass. Private to lib/rule. */
#ifndef APD_MATCH_WORDS_H
#define APD_MATCH_WORDS_H

#include "arena.h"
#include "limits.h"

typedef struct apd_wordset apd_wordset;

typedef struct apd_word {
    apd_str text;   /* at least APD_MIN_LITERAL bytes */
    uint32_t owner; /* the bit that is set when the word is seen; owners may have several words */
} apd_word;

/* NULL when out of memory. Lives in the arena; the words need not stay. */
apd_wordset *apd_wordset_new(apd_arena *a, const apd_word *words, size_t n);

/* Sets the bit of every owner one of whose words is in the text; the other bits stay as they are.
 * True if a word was seen. */
bool apd_wordset_scan(const apd_wordset *w, apd_str text, uint64_t *owners);

#endif
