/* Manifests that EventSources send in pieces, see etl_eventsource.c. Private to the ETL parser. */
#ifndef APD_ETL_EVENTSOURCE_H
#define APD_ETL_EVENTSOURCE_H

#include "etl_record.h"
#include "etl_schema.h"

typedef struct etl_manifests etl_manifests;

etl_manifests *etl_manifests_new(void); /* NULL when out of memory */
void etl_manifests_free(etl_manifests *m);
/* True if the record is a piece of a manifest; the last piece teaches the pool. */
bool etl_manifests_add(etl_manifests *m, apd_schemas *s, const etl_record *r);

#endif
