/* Which of many words occur in a text, ASCII case ignored, in one pass. Private to lib/rule. */
#ifndef APD_MATCH_AC_H
#define APD_MATCH_AC_H

#include "arena.h"
#include "limits.h"

typedef struct apd_ac apd_ac;

typedef struct apd_ac_word {
    apd_str text;   /* at least APD_MIN_LITERAL bytes */
    uint32_t owner; /* the bit that is set when the word is seen; owners may have several words */
} apd_ac_word;

/* NULL when out of memory. Lives in the arena; the words need not stay. */
apd_ac *apd_ac_new(apd_arena *a, const apd_ac_word *words, size_t n);

/* Sets the bit of every owner one of whose words is in the text; the other bits stay as they are.
 * True if a word was seen. */
bool apd_ac_scan(const apd_ac *ac, apd_str text, uint64_t *owners);

#endif
