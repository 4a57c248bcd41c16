/* The buffers of a trace: WMI_BUFFER_HEADER, and where they lie in the file.
 *
 * A trace is nothing but buffers. The index of them is made from their headers alone, so that those of each
 * processor can be read in the order they were written, whatever order they reached the file in. */
#ifndef APD_ETL_BUFFER_H
#define APD_ETL_BUFFER_H

#include "etl_source.h"
#include "vec.h"

enum {
    ETL_BUFFER_HEAD = 0x48,
    ETL_BUFFER_IS_HEADER = 4 /* BufferType of the one with the file's header */
};

typedef enum etl_buffer_flag {
    ETL_EVENTS_LOST = 2,  /* BufferFlag as stored: no room was left for events, */
    ETL_BUFFERS_LOST = 4, /* or for buffers, before this one */
    ETL_COMPRESSED = 0x40
} etl_buffer_flag;

typedef struct etl_buffer {
    uint64_t offset; /* in the file */
    uint64_t sequence;
    uint32_t stored;  /* bytes in the file, of the buffer at the end what there is of it */
    uint32_t filled;  /* bytes in use, its head included; of a compressed one when unpacked */
    uint32_t missing; /* buffers with numbers right before this one's that are not there */
    uint32_t skipped; /* unreadable KiB in front of it, rounded up */
    uint16_t cpu;
    uint16_t flags;
    uint8_t type;
    bool cut; /* the file ends before its data do */
} etl_buffer;

typedef struct etl_index {
    apd_arena *arena;
    APD_VEC(etl_buffer) buffers;
    uint64_t next;      /* where in the file the next buffer is looked for */
    uint32_t step;      /* usual distance of buffers, 0 unknown */
    uint32_t blind;     /* KiB that are unreadable and belong to no buffer after them */
    int64_t last_flush; /* latest TimeStamp of a buffer, in the session's clock */
    bool whole;         /* nothing of the file is left */
} etl_index;

/* Could this be the head of a buffer? */
bool etl_buffer_is_head(apd_bytes head);
/* Reads heads from index->next on, until the file, what the source holds of it, or the room for buffers
 * (APD_ETL_MAX_BUFFERS) ends. They are in the order of the file. False when out of memory. */
bool etl_index_fill(etl_index *x, etl_source *src) APD_MUST_USE;
/* Notes in each buffer how many numbers are missing before it; the first number of all is returned. */
uint64_t etl_index_gaps(etl_index *x);
/* Orders the buffers: those of one processor together, or all as one stream, by their number; or as they are
 * in the file. The file's header buffer comes first in its group. */
typedef enum etl_order { ETL_PER_CPU, ETL_ONE_STREAM, ETL_AS_IN_FILE } etl_order;
void etl_index_sort(etl_index *x, etl_order order);

#endif
