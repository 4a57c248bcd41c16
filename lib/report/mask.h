/* Pseudonyms for what is personal: each value is replaced by one of the same length and shape ("5CG1…" stays two
 * characters, then letters for letters and digits for digits), the same value always by the same one. The pseudonym
 * is made from the order in which values are met, not from the value, so nothing can be worked out from it. */
#ifndef APD_MASK_H
#define APD_MASK_H

#include "arena.h"

typedef struct apd_mask apd_mask;

apd_mask *apd_mask_new(void);    /* NULL when out of memory */
void apd_mask_free(apd_mask *m); /* NULL is fine */
/* From now on this value is replaced wherever it occurs as a word, whatever its case. Texts shorter than three
 * characters are left alone: they occur by chance. False when out of memory. */
bool apd_mask_add(apd_mask *m, apd_str value);
/* The text with all values replaced, and with every SID of a person and every user name of the form name@domain.tld;
 * the text itself where it holds none. m may be NULL. */
apd_str apd_mask_text(apd_mask *m, apd_arena *a, apd_str text);

#endif
