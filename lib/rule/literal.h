/* What a text must contain so that a condition can hold for it. Private to lib/rule.
 *
 * The claim is one-sided: a text that satisfies the condition always contains one of the literals,
 * ASCII case ignored; a text that contains one may still fail. Where anything about a pattern is
 * not understood, nothing is claimed (n = 0). */
#ifndef APD_LITERAL_H
#define APD_LITERAL_H

#include "ruleset.h"

typedef struct apd_literals {
    const apd_str *at;
    size_t n; /* 0: nothing is known to be required */
} apd_literals;

/* Two such claims that hold together. Boilerplate is often the longest literal of a pattern, so
 * that the next one is what makes the difference: \[Win32App\].*(failed|timed out) */
typedef struct apd_required {
    apd_literals first, second;
} apd_required;

/* utf: the pattern is compiled with PCRE2_UTF. Of a pattern that pcre2 refuses, the answer means
 * nothing. */
apd_required apd_required_by_regex(apd_arena *a, apd_str pattern, bool utf);

/* For a text (not a number, not an absent field) that the condition is put to. */
apd_required apd_required_by_cond(apd_arena *a, const apd_cond *c, const apd_pattern *patterns);

/* Takes another claim in, keeping the two most selective. */
void apd_require(apd_required *r, apd_literals claim);

/* Bytes of the shortest one; 0 if there is none. */
size_t apd_literals_shortest(apd_literals l);

#endif
