/* One stream of buffers, and the record at which it stands. */
#ifndef APD_ETL_CURSOR_H
#define APD_ETL_CURSOR_H

#include "etl_headers.h"
#include "etl_trace.h"

struct etl_cursor {
    etl_record record;
    apd_bytes data; /* the buffer at hand, with its head */
    size_t at;      /* in it, the next record */
    const etl_buffer *buffer;
    uint8_t *own; /* memory for it */
    uint32_t room;
    uint32_t next, last; /* buffers to come, in the index */
    uint32_t epoch;      /* times that the clock went back in this stream */
    apd_time time;       /* of the last record that has one */
    int64_t back;        /* so far did it go back right before this record */
};

/* The buffers [from, to) of the index. Memory of an earlier use is kept. */
void etl_cursor_start(etl_cursor *c, uint32_t from, uint32_t to);
void etl_cursor_close(etl_cursor *c);
/* On to the next record. APD_SKIPPED: something is lost, call again. APD_END, APD_E_NOMEM. */
apd_status etl_cursor_next(etl_cursor *c, etl_trace *t, apd_error *err);

static inline const etl_record *etl_cursor_record(const etl_cursor *c)
{
    return &c->record;
}

static inline int64_t etl_cursor_back(const etl_cursor *c)
{
    return c->back;
}

/* By time, but what comes after a step back of the clock stays after what came before it. */
static inline bool etl_cursor_before(const etl_cursor *a, const etl_cursor *b)
{
    if (a->epoch != b->epoch)
        return a->epoch < b->epoch;
    return a->time != b->time ? a->time < b->time : a < b;
}

#endif
