/* A bundle as the files it holds: a CAB, a ZIP, a folder, a single log or standard input, archives
 * inside archives down to APD_MAX_DEPTH, all streamed, nothing unpacked to disk.
 *
 * What a file is, is told by its bytes, never by its name alone. Archives go through libarchive (the
 * only place that knows it), cabinets through cabguard first. Members come in the order of the
 * archive; folders are walked in byte order of their names, symbolic links to files inside the
 * folder are followed, others are not. */
#ifndef APD_BUNDLE_H
#define APD_BUNDLE_H

#include "clock.h"
#include "status.h"
#include "stream.h"

typedef struct apd_bundle apd_bundle;

typedef enum apd_container {
    APD_C_FILE,
    APD_C_FOLDER,
    APD_C_CAB,
    APD_C_ZIP,
    APD_C_STDIN /* a single file from standard input; archives from there are CAB or ZIP */
} apd_container;

typedef struct apd_member {
    apd_str path;    /* inside its container, as stored, '\' turned into '/'; UTF-8 or raw bytes */
    apd_str full;    /* "outer.zip ! inner.cab ! name", without the bundle's own path */
    uint32_t index;  /* 0.. in the order met; archives inside count too */
    uint32_t parent; /* index of the archive it is in, or its own index at the top */
    uint32_t depth;  /* 0 = directly in the bundle */
    bool is_archive; /* opened and walked, not parsed itself */
    bool misnamed;   /* called .cab or .zip, and is neither */
    uint64_t declared;     /* size as declared, may lie; UINT64_MAX unknown */
    uint64_t read;         /* bytes that came out so far */
    apd_time mtime;        /* APD_TIME_NONE unknown */
    apd_clock mtime_clock; /* UTC in folders; archives keep local time */
} apd_member;

/* In err->where.member: the error is not about a member. */
#define APD_NO_MEMBER UINT32_MAX

/* path "-" is standard input. Fails (APD_E_IO, APD_E_DAMAGED, APD_E_UNSUPPORTED…) with one sentence
 * that names the file and what to do when nothing at all can be read. */
apd_status apd_bundle_open(const char *path, apd_bundle **out, apd_error *err) APD_MUST_USE;
/* The next file. APD_OK: *m lives as long as the bundle, *s until the next call. APD_SKIPPED: a
 * member or the rest of an archive could not be read; err->text is a whole sentence about it,
 * err->status its kind (damaged, unsupported, limit…), err->where.member the member or
 * APD_NO_MEMBER. APD_END: no more. APD_E_NOMEM ends the bundle. */
apd_status apd_bundle_next(apd_bundle *b, const apd_member **m, apd_stream **s,
                           apd_error *err) APD_MUST_USE;
void apd_bundle_close(apd_bundle *b); /* NULL is fine */

apd_container apd_bundle_container(const apd_bundle *b);
/* Every member met so far, archives and those that could not be read included. */
size_t apd_bundle_count(const apd_bundle *b);
const apd_member *apd_bundle_member(const apd_bundle *b, uint32_t index);

/* Must run once, before any archive is opened: without a UTF-8 LC_CTYPE libarchive gives no names.
 * Returns false if no UTF-8 locale could be set. */
bool apd_io_init(void);
/* "libarchive 3.6.2", and a warning when that version has known faults that only cabguard covers; "" otherwise. */
const char *apd_io_version(void);
const char *apd_io_warning(void);

#endif
