/* The hardware hash that Windows makes for Autopilot: a list of blocks that describe the device, not a
 * hash. Private to this room.
 *
 * The layout is nowhere documented by its maker; it is what public decoders read alike (the Autopilot
 * utilities of M. Niehaus and O. Kieselbach): "OA", a length, blocks of type (8 bit), a byte, length
 * (16 bit, itself included) and content, all little-endian; behind them, where the first length ends, a
 * block "CS" with the SHA-256 of everything before it, and zeros up to 3,000 bytes. docs/formats.md
 * says what is certain. */
#ifndef APD_HASHBLOB_H
#define APD_HASHBLOB_H

#include "bytes.h"

typedef enum blob_seal {
    BLOB_UNSEALED, /* no "CS" block */
    BLOB_SEALED,
    BLOB_BROKEN /* its SHA-256 is not that of the blocks */
} blob_seal;

typedef struct blob_block {
    uint8_t type;
    apd_bytes data;
} blob_block;

/* Takes the frame off: *blocks is what lies between head and seal. False if it is not a hash. */
bool apd_blob_open(apd_bytes blob, apd_bytes *blocks, blob_seal *seal);
/* Takes the next block off the front. False at the end, or where a length is impossible: then
 * blocks->len is not 0. */
bool apd_blob_next(apd_bytes *blocks, blob_block *out);

#endif
