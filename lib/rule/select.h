/* Which selections does an event satisfy? Private to lib/rule.
 *
 * The matcher is built once per set: a table (log alias, EventID) -> candidate alternatives; for
 * alternatives without an EventID one set of words, the literals that their text conditions
 * require, so that a line without any of them is passed over in one sweep; where the words are all
 * that is asked nothing is looked at twice, else pcre2 (JIT) verifies. The scanner side has no state
 * but a cache of which aliases a (provider, log) pair belongs to, and counts of what was told. */
#ifndef APD_SELECT_H
#define APD_SELECT_H

#include "ruleset.h"

typedef struct apd_matcher apd_matcher;
typedef struct apd_selector apd_selector;

/* Compiles patterns and the word set. Errors (a bad regex) and warnings ("slow: … has no literal to look for first") go through note(). */
typedef void (*apd_note_fn)(void *ctx, bool error, apd_mark_at at, const char *fmt, ...)
    APD_PRINTF(4, 5);
apd_status apd_matcher_new(apd_rules *r, apd_note_fn note, void *ctx) APD_MUST_USE;
void apd_matcher_free(apd_rules *r);

apd_selector *apd_selector_new(const apd_rules *r, apd_intern *names);
void apd_selector_free(apd_selector *s);

typedef struct apd_match {
    uint32_t selection;
    uint16_t alt;
    bool has_code;
    uint32_t code; /* the |hresult value that matched */
} apd_match;

/* All selections that hold for ev; the array belongs to the selector and lives until the next call. */
apd_status apd_select(apd_selector *s, apd_event *ev, apd_match **out, size_t *n) APD_MUST_USE;

/* The event selected last is one that some track selected: it counts as told in each log that it belongs to. */
void apd_selector_told(apd_selector *s);
/* Records told of a short name, by index into apd_rules.aliases. */
uint64_t apd_selector_told_of(const apd_selector *s, size_t alias);

/* Pattern matches that were given up at a limit, and counted as no match. */
uint64_t apd_selector_given_up(const apd_selector *s);

#endif
