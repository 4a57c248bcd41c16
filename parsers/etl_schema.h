/* What the pool holds about one event, and the pool's inner side. Private to the ETL parser. */
#ifndef APD_ETL_SCHEMA_H
#define APD_ETL_SCHEMA_H

#include "etl_layout.h"
#include "etl_pool.h"

typedef struct etl_schema {
    etl_layout layout;
    apd_sym provider; /* 0 unknown */
    apd_sym event;    /* name of the event, 0 without */
    apd_str message;  /* with inserts, UTF-8; "" without */
    bool tmf;         /* its inserts begin at %10 */
    bool shipped;     /* out of our tables: a build may have other fields */
    bool named_only;  /* the event has a name, but nobody knows its fields */
} etl_schema;

typedef enum etl_kept {
    ETL_KEPT_NONE,
    ETL_KEPT_EVENT,    /* provider; id << 8 | version: etl_schema */
    ETL_KEPT_LOGGED,   /* the same, as an event log has it */
    ETL_KEPT_LOGGER,   /* provider; 0: apd_sym, as an event log calls it */
    ETL_KEPT_MAP,      /* provider; symbol of the map's name: etl_map */
    ETL_KEPT_PROVIDER, /* provider; 0: apd_sym */
    ETL_KEPT_CLASS,    /* class GUID; 0: group, uint8_t */
    ETL_KEPT_KERNEL,   /* no GUID; group << 16 | type << 8 | version: etl_schema */
    ETL_KEPT_MESSAGE   /* message GUID; number: etl_schema */
} etl_kept;

enum { ETL_ANY_VERSION = 0xff };

/* guid: 16 bytes or NULL. */
bool etl_pool_has(const apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key);
const void *etl_pool_get(apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key);
/* thing lives in etl_pool_arena(). False: the pool is full. */
bool etl_pool_put(apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key,
                  const void *thing);
/* Was this very description (its bytes) the last one learnt for the key? Remembers that it is now. */
bool etl_pool_knows(apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key,
                    apd_bytes from);
apd_arena *etl_pool_arena(apd_schemas *s);
apd_intern *etl_pool_names(apd_schemas *s);
/* The name of the provider, 0 unknown. */
apd_sym etl_pool_provider(apd_schemas *s, const uint8_t *guid);
void etl_pool_name_provider(apd_schemas *s, const uint8_t *guid, apd_str name);
/* Of a kernel event: that version's, else the one that stands for all; NULL unknown. */
const etl_schema *etl_pool_kernel(apd_schemas *s, uint8_t group, uint8_t type, uint8_t version);
/* Of a manifest event: that version's, else the one that stands for all; NULL unknown. */
const etl_schema *etl_pool_event(apd_schemas *s, const uint8_t *guid, uint16_t id, uint8_t version);

/* --- learning (etl_manifest.c, etl_eventsource.c, etl_wpp.c); what is damaged is passed over --- */

/* KernelTraceControl's opcodes 32 and 33. */
void etl_learn_event_info(apd_schemas *s, apd_bytes payload);
void etl_learn_map(apd_schemas *s, apd_bytes payload);
/* A whole manifest of an EventSource. */
void etl_learn_manifest(apd_schemas *s, apd_str xml);

/* --- applying --- */

/* The schema blob (extended item 0xB) to a layout and the event's name; names of members are paths. NULL, or
 * what is wrong. */
const char *etl_tracelogging_compile(apd_arena *a, apd_intern *names, apd_bytes blob,
                                     etl_schema *out);
/* The name in provider traits (extended item 0xC), "" without. */
apd_str etl_tracelogging_provider(apd_bytes traits);

/* message with %1, %2!x!, … filled in from fields; at as in etl_walk, n top-level properties. */
apd_str etl_message_fill(const etl_schema *s, const apd_field *fields, const uint32_t *at,
                         apd_arena *a);

#endif
