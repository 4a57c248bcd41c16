/* What a trace says of itself in its first record (TRACE_LOGFILE_HEADER), and its clock. The counts in it are
 * those of the last orderly stop: a trace that was copied while it was recorded has zero or old ones. */
#ifndef APD_ETL_HEADER_H
#define APD_ETL_HEADER_H

#include "etl_record.h"

enum {
    ETL_MODE_CIRCULAR = 0x2,
    ETL_MODE_RELOGGED = 0x10000, /* rewritten by a merge, which adds descriptions of the events */
    ETL_MODE_ONE_STREAM = 0x10000000, /* buffers are not of a processor */
    ETL_HOOK_HEADER = 0               /* id of the header's own record */
};

typedef enum etl_clock_type {
    ETL_CLOCK_QPC = 1,
    ETL_CLOCK_SYSTEM,
    ETL_CLOCK_CYCLES
} etl_clock_type;

typedef struct etl_header {
    bool known; /* there is a header; else all else is zero */
    bool narrow;
    uint32_t buffer_size, build, cpus, mode, buffers_written, events_lost, buffers_lost, mhz, clock;
    int32_t bias; /* minutes from local time to UTC, without daylight saving */
    apd_time start, end, boot;
    int64_t frequency;
    int64_t stamp; /* of the record: the same moment as `start` */
} etl_header;

/* False: the record is no header. */
bool etl_header_read(etl_header *h, const etl_record *r);
/* The two texts behind it, UTF-16LE without NUL: views into the record. */
void etl_header_names(const etl_record *r, apd_bytes *logger, apd_bytes *file);

typedef struct etl_clock {
    etl_clock_type type; /* 0: unknown */
    apd_time start;
    int64_t stamp, frequency;
} etl_clock;

/* Of a file without header (h->known is false) only times that can be nothing but system time are known. */
etl_clock etl_clock_of(const etl_header *h);
/* A stamp as time; APD_TIME_NONE if the clock is unknown or the result is no time. */
apd_time etl_clock_time(const etl_clock *c, int64_t stamp);

#endif
