/* Peek and consume over blocks that somebody else owns.
 *
 * A producer (file, archive member, memory) lends one block at a time. apd_stream_peek() gives a
 * pointer straight into it when enough bytes are there; only what straddles two blocks is joined in
 * a carry buffer. Peeking does not move; apd_stream_consume() does. A peeked view is valid until
 * the next peek, consume or skip on the stream. */
#ifndef APD_STREAM_H
#define APD_STREAM_H

#include "bytes.h"
#include "status.h"

typedef struct apd_stream apd_stream;

/* A producer of blocks. read() lends the next block (len > 0, valid until the next read()), or
 * returns APD_END, or an error that ends the stream: what was read before stays readable. It is not
 * called again after that. */
typedef struct apd_producer {
    apd_status (*read)(void *ctx, apd_bytes *block, apd_error *err);
    void *ctx;
} apd_producer;

/* NULL when out of memory. */
apd_stream *apd_stream_new(apd_producer p);
/* The first byte is the one at `offset` of a file of which only a part is read. Call before the first
 * peek. */
void apd_stream_starts_at(apd_stream *s, uint64_t offset);
/* The producer can also give bytes of any place: read_at copies up to n of them from `offset` on, fewer
 * only where they end or cannot be read. Call before the first peek. */
typedef size_t apd_read_at(void *ctx, uint64_t offset, void *to, size_t n);
void apd_stream_seeks(apd_stream *s, apd_read_at *read_at);
void apd_stream_free(apd_stream *s); /* does not touch the producer; NULL is fine */

/* APD_OK: out holds at least min bytes, more where they lie behind without a copy. APD_END: fewer
 * than min are left; out holds them (len may be 0). min is at most APD_MAX_PEEK; 0 means "whatever
 * is at hand, 1 at least". A producer's error is returned once everything before it has been
 * consumed; until then the stream just ends there (APD_END), and apd_stream_error() tells. */
apd_status apd_stream_peek(apd_stream *s, size_t min, apd_bytes *out, apd_error *err) APD_MUST_USE;
/* n must not exceed what the last peek gave. */
void apd_stream_consume(apd_stream *s, size_t n);
/* Passes over n bytes without showing them; returns how many there were. */
uint64_t apd_stream_skip(apd_stream *s, uint64_t n);
/* Offset of the next byte in the file. */
uint64_t apd_stream_offset(const apd_stream *s);
/* For readers that must look ahead: bytes at any place, without moving. Files and whole memory can be
 * sought in; members of archives and standard input cannot. */
bool apd_stream_can_seek(const apd_stream *s);
size_t apd_stream_read_at(apd_stream *s, uint64_t offset, void *to, size_t n);
/* How far the input was looked at, in either way. */
uint64_t apd_stream_seen(const apd_stream *s);
/* The producer's error that cut the stream short, or NULL. */
const apd_error *apd_stream_error(const apd_stream *s);

/* For tests and rule tests: a stream over memory, handed out in blocks of `step` bytes (0 = whole;
 * SIZE_MAX = blocks of pseudo-random sizes from `seed`). Blocks are copies that are freed when the
 * next one is lent, so that a memory checker sees whoever looks at a view too late; whole, the data
 * itself is lent, and can be sought in. NULL when out of memory. */
apd_stream *apd_stream_memory(apd_bytes data, size_t step, uint32_t seed);

#endif
