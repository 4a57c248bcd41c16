/* The records of a trace in the order they were written, from whatever order their buffers have in the file.
 *
 * Every processor fills buffers of its own, which reach the file when they are full, so neighbours in the file
 * may be hours apart. The streams of all processors are merged by time, one buffer of each at hand. A session
 * with one stream for all (LogFileMode 0x10000000) is in order as it is, and is never sorted by time: its clock
 * may have been set meanwhile. */
#ifndef APD_ETL_TRACE_H
#define APD_ETL_TRACE_H

#include "etl_buffer.h"
#include "etl_header.h"

typedef struct etl_cursor etl_cursor;

typedef struct etl_trace {
    etl_source source;
    etl_index index;
    etl_header header;
    etl_clock clock;
    uint32_t member;
    etl_order order;
    etl_cursor **heap; /* by time; the first one's record is the next one */
    etl_cursor *cursors;
    uint32_t n, ready, cap; /* cursors of this lot, those in the heap, room */
    etl_cursor *moving;     /* its record was given out */
    bool primed;            /* all cursors have been asked for their first record */
    bool lot_is_open;
    uint32_t lots;
    uint32_t packing; /* 2 LZNT1, 3 LZ77, 4 LZ77+Huffman */
    uint8_t *packed;  /* a compressed buffer as stored */
    uint32_t packed_room;
    /* Told of the session, for the header's event: */
    uint64_t overwritten; /* buffers before the first one that is left */
    uint64_t buffers;     /* in the file */
    uint64_t record;      /* ordinal of the record given out */
    int64_t back;         /* the clock went back so far before it; 0 = it did not */
} etl_trace;

/* APD_E_DAMAGED: this is no trace. The trace must be closed in any case. */
apd_status etl_trace_open(etl_trace *t, apd_stream *stream, uint32_t member,
                          apd_error *err) APD_MUST_USE;
void etl_trace_close(etl_trace *t);
/* APD_OK: *r is valid until the next call. APD_SKIPPED: something is lost, err says what; go on.
 * APD_END, or the error that ended the stream. */
apd_status etl_trace_next(etl_trace *t, const etl_record **r, apd_error *err) APD_MUST_USE;

#endif
