/* Binary XML inside one EVTX chunk. All offsets count from the start of the chunk, so everything is
 * written in place: names and template definitions stand inline where they are first used and are
 * referred to afterwards, chained into the two tables of the chunk header. */
#ifndef MK_BINXML_WRITER_H
#define MK_BINXML_WRITER_H

#include "scenario.h"

enum { MK_CHUNK_SIZE = 65536, MK_CHUNK_HEAD = 512, MK_NAME_TABLE = 128, MK_TEMPLATE_TABLE = 384 };

typedef struct mk_chunk {
    uint8_t bytes[MK_CHUNK_SIZE];
    size_t len; /* where the next byte goes */
    bool full;  /* something did not fit; the record must go to the next chunk */
} mk_chunk;

void mk_chunk_put(mk_chunk *c, const void *bytes, size_t n);
void mk_chunk_u32(mk_chunk *c, uint32_t v);
void mk_chunk_u64(mk_chunk *c, uint64_t v);

/* The record's whole binary XML, from the fragment header to the end token. */
void mk_binxml_event(mk_chunk *c, const mk_event *e, uint64_t record);

#endif
