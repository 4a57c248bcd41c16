/* Traces, buffer by buffer: what the tests of the reader and the writer of scenarios are built on. */
#ifndef MK_ETL_BUILDER_H
#define MK_ETL_BUILDER_H

#include "clock.h"
#include "out.h"

typedef struct mk_etl_how {
    apd_time start, end; /* end 0: not stopped; it is copied while it is recorded */
    enum { MK_QPC = 1, MK_SYSTEM_TIME, MK_CYCLES } clock;
    uint64_t frequency; /* of the clock; 0: 10 MHz */
    bool narrow;        /* of a 32-bit system */
    bool old;           /* of Windows 7: processor numbers in one byte */
    uint32_t buffer_size, cpus, mode;
    uint32_t packing; /* 0, or 2 LZNT1, 3 LZ77, 4 LZ77+Huffman */
    uint32_t ring;    /* so many buffers besides the first fit into the file; 0: all */
    uint32_t events_lost, buffers_lost;
    const char *logger, *file;
} mk_etl_how;

typedef struct mk_etl mk_etl;

typedef enum mk_etl_kind {
    MK_ETL_SYSTEM,
    MK_ETL_COMPACT,
    MK_ETL_PERFINFO,
    MK_ETL_FULL,
    MK_ETL_INSTANCE,
    MK_ETL_EVENT,
    MK_ETL_MESSAGE
} mk_etl_kind;

/* A record; what its kind does not have is ignored. */
typedef struct mk_etl_record {
    mk_etl_kind kind;
    bool narrow;
    apd_time time;
    uint32_t pid, tid;
    uint8_t guid[16];
    uint16_t id; /* EventID, hook id, message number */
    uint8_t version, channel, level, opcode;
    uint16_t task, property, flags; /* flags: of a message, 0: 0xAA */
    uint64_t keyword;
    uint8_t activity[16], related[16]; /* related: all zero = none */
    apd_bytes schema, traits, sid, payload;
} mk_etl_record;

mk_etl *mk_etl_new(const mk_etl_how *how);
void mk_etl_add(mk_etl *e, uint32_t cpu, const mk_etl_record *r);
/* A record as it stands, whatever it is. */
void mk_etl_add_bytes(mk_etl *e, uint32_t cpu, apd_bytes record);
/* Bytes of a record of this kind. */
void mk_etl_encode(const mk_etl *e, const mk_etl_record *r, mk_out *o);
/* EVENT_DESCRIPTOR, as events and their descriptions have it. */
void mk_etl_put_descriptor(mk_out *o, const mk_etl_record *r);
uint64_t mk_etl_stamp(const mk_etl *e, apd_time t);
/* The processor's buffer goes to the file as full as it is; flags are added to its own. */
void mk_etl_flush(mk_etl *e, uint32_t cpu, uint16_t flags);
/* So many buffers are counted, but never reach the file. */
void mk_etl_lose(mk_etl *e, uint32_t buffers);
/* Flushes all, appends the file to `o` and frees the builder. */
void mk_etl_save(mk_etl *e, mk_out *o);

/* The name's provider traits and the event's schema, as TraceLogging sends them. */
void mk_etl_traits(mk_out *o, apd_str provider);
void mk_etl_schema(mk_out *o, apd_str event); /* then fields, then end */
void mk_etl_schema_field(mk_out *o, apd_str name, uint8_t in, uint8_t out);
void mk_etl_schema_end(mk_out *o);

#endif
