/* Names as small integers, so that records and rules compare names by number.
 *
 * One table per run. Symbol 0 is "no name". A symbol keeps the spelling it was made with;
 * apd_sym_fold() gives the symbol of its lower-case form, which is what matching compares, since
 * names of channels, fields and files differ in case between Windows builds. Texts live as long as
 * the table. The table grows only with distinct names; it refuses more than APD_MAX_NAMES
 * (symbol 0 comes back), so hostile input cannot fill memory with names. */
#ifndef APD_INTERN_H
#define APD_INTERN_H

#include "arena.h"

typedef uint32_t apd_sym;
typedef struct apd_intern apd_intern;

apd_intern *apd_intern_new(void);
void apd_intern_free(apd_intern *t);
apd_sym apd_intern_add(apd_intern *t, apd_str name); /* 0 when full or out of memory */
/* For names that a file chooses: *left says how many new ones it may still add, since the table belongs to
 * the whole run, and all files together may fill it up to APD_MAX_CHOSEN_NAMES, since event logs cannot be
 * read without room for theirs. Names that are known already, such as those of rules, always work. */
apd_sym apd_intern_some(apd_intern *t, apd_str name, uint32_t *left);
apd_sym apd_intern_find(const apd_intern *t, apd_str name); /* 0 if unknown */
/* Was a name refused because there were too many before? */
bool apd_intern_full(const apd_intern *t);
apd_str apd_sym_text(const apd_intern *t, apd_sym s); /* "" for 0 */
apd_sym apd_sym_fold(const apd_intern *t, apd_sym s);

#endif
