/* What real providers write: GUID, channels and keywords of a provider (providers.tsv), level and
 * typed fields of an event (events.tsv), and the short log names of rules/names.yml. A scenario
 * that uses a field an event does not have is refused. */
#ifndef MK_CATALOG_H
#define MK_CATALOG_H

#include "scenario.h"

typedef struct mk_catalog mk_catalog;

mk_catalog *mk_catalog_load(apd_arena *a, const char *names, const char *folder);
/* Fills provider and channel from the short name; false if names.yml has none that fits. */
bool mk_catalog_log(const mk_catalog *c, apd_str log, mk_event *e);
/* Fills GUID and keywords, and a channel if the event has none. */
void mk_catalog_provider(const mk_catalog *c, mk_event *e);
/* Fills level, version, task, opcode, keywords, qualifiers and the fields with empty values.
 * False if the event is not listed. */
bool mk_catalog_event(const mk_catalog *c, mk_event *e);

#endif
