/* Bytes from outside: a file, standard input, or memory (tests). The only place that reads files. */
#ifndef APD_SOURCE_H
#define APD_SOURCE_H

#include <stdio.h> /* SEEK_SET… */

#include "bytes.h"
#include "clock.h"
#include "status.h"

typedef struct apd_source apd_source;

/* `label` is the name in messages; it must outlive the source. */
apd_status apd_source_open(const char *path, apd_str label, apd_source **out,
                           apd_error *err) APD_MUST_USE;
/* Standard input. Never sought in, even when it is a file. */
apd_status apd_source_stdin(apd_source **out, apd_error *err) APD_MUST_USE;
/* Takes over an open descriptor, also when it fails. */
apd_status apd_source_fd(int fd, apd_str label, apd_source **out, apd_error *err) APD_MUST_USE;
/* The data must outlive it. Lends blocks of `step` bytes (0 = whole). NULL when out of memory. */
apd_source *apd_source_memory(apd_bytes data, size_t step, bool seekable);
void apd_source_close(apd_source *s); /* NULL is fine */

/* Lends the next block until the next call, at most APD_READ_BLOCK bytes of a file; APD_END behind
 * the last byte. */
apd_status apd_source_read(apd_source *s, apd_bytes *block, apd_error *err) APD_MUST_USE;
/* Bytes of any place of a seekable source, without moving: up to n, fewer only where they end or
 * cannot be read. */
size_t apd_source_read_at(apd_source *s, uint64_t offset, void *to, size_t n);
bool apd_source_seekable(const apd_source *s);
/* The new offset, or -1. */
int64_t apd_source_seek(apd_source *s, int64_t offset, int whence);

uint64_t apd_source_size(const apd_source *s); /* UINT64_MAX unknown */
uint64_t
apd_source_taken(const apd_source *s); /* bytes lent; at most the size, where that is known */
apd_time apd_source_mtime(const apd_source *s); /* APD_TIME_NONE unknown */

#endif
