/* Patterns of registry keys, as names.yml and enums.tsv write them: components with a backslash between, ASCII case
 * ignored. `*` and `?` stand for characters inside one component, a component `**` for any number of
 * components, also none. */
#ifndef APD_REGKEY_H
#define APD_REGKEY_H

#include "bytes.h"

typedef struct apd_regkey {
    apd_str head; /* the components in front of the first wildcard: where the keys live */
    apd_str rest; /* the pattern behind them; ptr NULL: there is none */
} apd_regkey;

/* Views into the pattern. */
apd_regkey apd_regkey_of(apd_str pattern);
bool apd_regkey_matches(const apd_regkey *p, apd_str key);
/* Is the key the head or one above it? Both registry dumps and exports go down from a key to all
 * that lies below, so whoever shows this key shows what the pattern asks for. */
bool apd_regkey_is_root(const apd_regkey *p, apd_str key);

#endif
