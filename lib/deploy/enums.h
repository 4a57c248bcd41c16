/* What a value of the registry means: enumerations, bit masks, times and error codes, from the .tsv file rules/enums.tsv:
 * pattern of the key (regkey.h), pattern of the value's name (`*`, `?`), kind, number, meaning, with a tab between
 * them; '#' starts a comment line. Kinds: `enum` and `flags` have a row for each number or bit; `filetime`
 * (100 ns since 1601, a number or eight bytes), `unixtime` (seconds since 1970) and `hresult` have one row
 * with `-` for the number, and a word for people as meaning. */
#ifndef APD_ENUMS_H
#define APD_ENUMS_H

#include "codes.h"
#include "event.h"

typedef struct apd_enums apd_enums;

/* The texts must outlive the table, which lives in the arena. A line that is no row is an
 * APD_E_RULE with file and line in the error. */
apd_status apd_enums_load(apd_arena *a, const apd_str *files, const apd_str *texts, size_t n,
                          apd_enums **out, apd_error *err) APD_MUST_USE;

typedef struct apd_meaning {
    apd_str text; /* "" where nothing is known about the value */
    bool instead; /* stands for the value (a time, a code), not beside it */
} apd_meaning;

/* The meaning of one value of a key; in the arena or a view of the table. e and codes may be NULL. */
apd_meaning apd_enum_meaning(const apd_enums *e, const apd_codes *codes, apd_arena *a, apd_str key,
                             apd_str name, const apd_field *value);

#endif
