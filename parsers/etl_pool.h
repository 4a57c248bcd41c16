/* Descriptions of trace events that outlive a file: what one trace of a bundle tells about its events explains those
 * of the next, which may have been copied while it was still written and then tells nothing.
 *
 * Fed by the decoders of traces (TRACE_EVENT_INFO, maps, EventSource manifests), by tables that come with the program
 * (rules/etl/, read when the first record asks), by templates of event logs and by message files of WPP. What was learnt last wins. Memory is
 * limited by APD_ETL_POOL_MEMORY; beyond it nothing is learnt. Not for several threads at a time. */
#ifndef APD_ETL_POOL_H
#define APD_ETL_POOL_H

#include "shape.h"

typedef struct apd_schemas apd_schemas;

/* names outlives the pool. NULL when out of memory. */
apd_schemas *apd_schemas_new(apd_intern *names);
void apd_schemas_free(apd_schemas *s); /* NULL is fine */

/* A table of rules/etl by its base name (providers.tsv, classes.tsv, kernel.tsv, fields.tsv); the text outlives the
 * pool. False when out of memory. */
bool apd_schemas_table(apd_schemas *s, apd_str name, apd_str text);
/* A message file of WPP (TMF). Returns the number of messages it describes. */
size_t apd_schemas_tmf(apd_schemas *s, apd_str text);

/* What event logs tell (apd_input.shapes) goes in here; the pool outlives what comes back. It describes events that no
 * trace does, where a payload fits it exactly: a log does not tell how long bytes and arrays are. What was told first
 * stays. */
apd_shape_sink apd_schemas_shapes(apd_schemas *s);

#endif
