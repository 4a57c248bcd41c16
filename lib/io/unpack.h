/* One CAB or ZIP as a sequence of entries and their bytes: the only user of libarchive.
 *
 * Only the cabinet and ZIP readers of the library are switched on, for ZIP only the methods store
 * and deflate; cabinets pass cabguard first. Once the library has called an error fatal it is not
 * asked for anything more about that archive: its older versions fail badly when they are. Nothing
 * here believes a stated size. */
#ifndef APD_UNPACK_H
#define APD_UNPACK_H

#include "source.h"
#include "stream.h"

typedef struct apd_unpack apd_unpack;

typedef struct apd_entry {
    apd_str path;   /* as stored; {NULL, 0} if the archive has no name that can be shown */
    uint64_t size;  /* as stated; UINT64_MAX unknown */
    apd_time mtime; /* clock on the wall of the device that packed it; APD_TIME_NONE unknown */
} apd_entry;

/* A cabinet (cab) or ZIP in `in`, whose bytes come in order. `label` names the archive in messages.
 * Both must outlive it. NULL when out of memory. */
apd_unpack *apd_unpack_stream(apd_stream *in, bool cab, apd_str label);
/* A ZIP in a seekable source, read by its central directory. */
apd_unpack *apd_unpack_zip(apd_source *in, apd_str label);
void apd_unpack_close(apd_unpack *u); /* NULL is fine */

/* The next file. APD_OK: *e is valid until the next call, apd_unpack_read() gives its bytes.
 * APD_SKIPPED: this entry cannot be read (*e is still filled), err says why; go on. APD_END. Any
 * error: the archive is over. */
apd_status apd_unpack_next(apd_unpack *u, apd_entry *e, apd_error *err) APD_MUST_USE;
/* The next bytes of the entry, lent until the next call on u. An error ends the entry. */
apd_status apd_unpack_read(apd_unpack *u, apd_bytes *block, apd_error *err) APD_MUST_USE;

/* Nothing more can be read from the archive, because it is damaged or what it is read from ended. */
bool apd_unpack_is_over(const apd_unpack *u);
/* Entries are compressed together: passing over one means unpacking it. */
bool apd_unpack_is_solid(const apd_unpack *u);

#endif
