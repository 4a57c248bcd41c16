/* One record of a trace, as the container gives it to the decoders of payloads: the header of whatever kind
 * it has is read, time is converted, extended items are found; the payload is bytes.
 *
 * Views point into the buffer at hand and are valid until the next record. Layouts follow the trace headers
 * of Windows (EVENT_HEADER, EVENT_TRACE_HEADER, SYSTEM_TRACE_HEADER, PERFINFO_TRACE_HEADER, MESSAGE_TRACE_HEADER). */
#ifndef APD_ETL_RECORD_H
#define APD_ETL_RECORD_H

#include "event.h"

typedef enum etl_kind {
    ETL_SYSTEM,  /* system and perfinfo records: a hook id (group << 8 | type), no provider */
    ETL_CLASSIC, /* full and instance headers: a class GUID and an opcode */
    ETL_EVENT,   /* EVENT_HEADER: manifest, TraceLogging, EventSource */
    ETL_MESSAGE  /* WPP: the GUID of a message file and a number */
} etl_kind;

typedef struct etl_record {
    etl_kind kind;
    bool narrow;       /* of a 32-bit writer: pointers have 4 bytes */
    bool has_time;     /* WPP messages may have none */
    apd_time time;     /* APD_TIME_NONE without */
    int64_t stamp;     /* as stored, in the session's clock */
    uint32_t pid, tid; /* UINT32_MAX unknown */
    uint16_t cpu;      /* of the buffer */
    const uint8_t *
        guid; /* provider, class or message file; 16 bytes; NULL for ETL_SYSTEM and GUID-less messages */
    uint16_t id; /* EventID, message number, hook id */
    uint8_t version, channel, level, opcode;
    uint16_t task, property; /* EventProperty: 1 = XML, 2 = forwarded XML, 4 = legacy event log */
    uint64_t keyword;
    const uint8_t *activity, *related; /* 16 bytes or NULL */
    apd_bytes schema;             /* TraceLogging event schema (extended item 0xB), empty without */
    apd_bytes traits;             /* provider traits (0xC) */
    apd_bytes sid;                /* 0x2 */
    uint32_t flags;               /* of a message: its option flags */
    uint32_t sequence, component; /* of a message, 0 without */
    apd_bytes payload;            /* after the extended items; of a message its raw arguments */
    uint64_t offset; /* of the record in the file; in a compressed buffer, of the buffer */
} etl_record;

#endif
