/* Which names belong to a source. Private to sources.c and sources_judge.c. */
#ifndef APD_SOURCE_NAMES_H
#define APD_SOURCE_NAMES_H

#include "sources.h"

/* Is it one of "a|b|c"? Case ignored. */
bool apd_source_lists(apd_str list, char separator, apd_str one);
/* By the log of its records if it has one, else by its name. */
bool apd_source_has_file(const apd_source *r, apd_str path, apd_str log);
bool apd_source_has_log(const apd_source *r, apd_str log);
/* However the collector spells it. */
bool apd_source_is_channel(const apd_source *r, apd_str channel);

/* Collectors turn signs of a path or channel into others ("%windir%\ccm\logs" becomes "windir_ccm_logs"), so
 * only letters and digits count. */
bool apd_squashed_eq(apd_str a, apd_str b);
bool apd_squashed_has(apd_str text, apd_str part);

#endif
