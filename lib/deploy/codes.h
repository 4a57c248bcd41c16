/* Error codes with symbol and meaning, from the .tsv files of rules/codes (code, symbol, meaning; a tab between
 * them, '#' starts a comment line). */
#ifndef APD_CODES_H
#define APD_CODES_H

#include "arena.h"

typedef struct apd_code {
    uint32_t code;
    apd_str symbol;  /* may be "" */
    apd_str meaning; /* one short phrase */
} apd_code;

typedef struct apd_codes apd_codes;

/* The texts must outlive the table, which lives in the arena. A line that is not a row is an
 * APD_E_RULE with file and line in the error; a code given twice keeps its first row. */
apd_status apd_codes_load(apd_arena *a, const apd_str *names, const apd_str *texts, size_t n,
                          apd_codes **out, apd_error *err) APD_MUST_USE;
/* NULL when unknown; codes may be NULL. */
const apd_code *apd_code_find(const apd_codes *codes, uint32_t code);
size_t apd_codes_count(const apd_codes *codes);

#endif
