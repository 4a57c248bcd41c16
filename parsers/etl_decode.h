/* What a record says: names, typed fields and a sentence for its payload, from whatever describes it.
 *
 * Descriptions are learnt on the way: TRACE_EVENT_INFO and maps that merging wrote into the trace, EventSource
 * manifests, and of the whole bundle through a pool that outlives the reader. A decoder belongs to one reader;
 * fields live in the arena given. */
#ifndef APD_ETL_DECODE_H
#define APD_ETL_DECODE_H

#include "etl_pool.h"
#include "etl_record.h"

typedef struct etl_decoder etl_decoder;

/* NULL when out of memory. */
etl_decoder *etl_decoder_new(apd_intern *names);
void etl_decoder_free(etl_decoder *d); /* NULL is fine */
/* Uses and feeds the bundle's pool (apd_input.schemas) instead of one of its own. Before the first record; NULL is
 * fine. */
void etl_decoder_share(etl_decoder *d, apd_schemas *pool);

/* Is this a record that only describes others? Then it is learnt and true comes back: it is no event of its own. */
bool etl_learn(etl_decoder *d, const etl_record *r);

/* Fills provider, log, trace, id, level and what can be told without the payload: cheap, for every record. */
void etl_identify(etl_decoder *d, const etl_record *r, apd_event *ev);

/* What a record was found to say; valid as long as the arena's memory and the decoder. */
typedef struct etl_reading {
    const apd_field *fields;
    uint32_t n;
    bool described; /* something describes the payload */
    /* private: of a record that has a sentence, its description and where the properties of the payload begin */
    const struct etl_schema *schema;
    const uint32_t *at;
} etl_reading;

/* The fields: `EventName` where there is a name, those of the payload, then those that event logs keep in the System
 * part (Version, Task, Opcode, Keywords, ProcessID, ThreadID, UserID, ActivityID, RelatedActivityID). APD_OK also when
 * nothing describes the payload: then there is `Text`, the runs of it that can be read, and the blob `Payload`.
 * Damage: what was found before it, and APD_SKIPPED. */
apd_status etl_fields(etl_decoder *d, const etl_record *r, apd_arena *a, etl_reading *out);

/* The sentence of the event from its description: the message text with the fields in place; "" without. Only made
 * when asked: it hangs on apd_payload.sentence, apd_event.message stays empty, so that rules see the fields of an
 * event the same whether it comes out of a trace or an event log. */
apd_str etl_sentence(const etl_reading *of, apd_arena *a);

#endif
