/* The bytes of a trace at any place. A file on a disk is sought in; what only comes in order (the member of an
 * archive) is held in memory, up to APD_ETL_MAX_HELD bytes at a time. */
#ifndef APD_ETL_SOURCE_H
#define APD_ETL_SOURCE_H

#include "stream.h"

typedef struct etl_source {
    apd_stream *stream;
    bool seeks;
    uint8_t *held; /* bytes from `base` on */
    size_t n, cap;
    uint64_t base;
    bool ended;     /* held: nothing follows */
    apd_status end; /* APD_END, or the stream's error */
    apd_error why;
} etl_source;

void etl_source_init(etl_source *s, apd_stream *stream);
void etl_source_free(etl_source *s);
/* Lets go of what is held in front of `from` and takes more, as much as may be held. Does nothing where
 * the stream can be sought in. APD_E_NOMEM or APD_OK; how the stream ended is in `end`. */
apd_status etl_source_hold(etl_source *s, uint64_t from) APD_MUST_USE;
/* Is what there is now all that ever comes? */
bool etl_source_is_whole(const etl_source *s);
/* Up to n bytes; fewer at the end. They are copied to `own`, or are a view into what is held. */
apd_bytes etl_source_at(etl_source *s, uint64_t at, void *own, size_t n);

#endif
