/* Patterns: pcre2 with JIT, explicit lengths and limits. Private to lib/rule; the only user of pcre2. */
#ifndef APD_MATCH_RE_H
#define APD_MATCH_RE_H

#include "select.h"

/* A pattern with other than ASCII in it is matched by characters, all others by bytes. */
bool apd_re_wants_utf(apd_str pattern);

/* Fills p->code, or says through note() what is wrong and where. */
bool apd_re_compile(apd_pattern *p, apd_note_fn note, void *ctx);
void apd_re_free(apd_pattern *p); /* not compiled is fine */

/* What matching needs besides the pattern; one per selector. */
typedef struct apd_re apd_re;
apd_re *apd_re_new(void);       /* NULL when out of memory */
void apd_re_delete(apd_re *re); /* NULL is fine */
/* Is there a match anywhere? A match that is given up at a limit counts as none. */
bool apd_re_match(apd_re *re, const apd_pattern *p, apd_str text);
/* The same, with where its groups matched: group i of the pattern in groups[i], ptr NULL where it took no
 * part; 0 is the whole match. */
#define APD_RE_GROUPS 25u
bool apd_re_capture(apd_re *re, const apd_pattern *p, apd_str text, apd_str groups[APD_RE_GROUPS]);
/* Number of a named group, 0 if there is none. */
uint32_t apd_re_group(const apd_pattern *p, const char *name);
/* How many were given up. */
uint64_t apd_re_given_up(const apd_re *re);

#endif
