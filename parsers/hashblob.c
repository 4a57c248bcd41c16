/* Every length is checked against what is there before it is used. */
#include "hashblob.h"

#include "sha256.h"

enum { HEAD = 4, SEAL = HEAD + APD_SHA256_SIZE };

static blob_seal read_seal(apd_bytes blob, size_t at)
{
    uint8_t digest[APD_SHA256_SIZE];
    const uint8_t *seal = blob.ptr + at;
    if (blob.len - at < SEAL || seal[0] != 'C' || seal[1] != 'S' || apd_u16le(seal + 2) != SEAL)
        return BLOB_UNSEALED;
    apd_sha256((apd_bytes){blob.ptr, at}, digest);
    return memcmp(digest, seal + HEAD, sizeof digest) == 0 ? BLOB_SEALED : BLOB_BROKEN;
}

bool apd_blob_open(apd_bytes blob, apd_bytes *blocks, blob_seal *seal)
{
    *blocks = (apd_bytes){NULL, 0};
    *seal = BLOB_UNSEALED;
    if (blob.len < HEAD || blob.ptr[0] != 'O' || blob.ptr[1] != 'A')
        return false;
    size_t end = apd_u16le(blob.ptr + 2);
    if (end < HEAD || end > blob.len)
        return false;
    *seal = read_seal(blob, end);
    *blocks = (apd_bytes){blob.ptr + HEAD, end - HEAD};
    return true;
}

bool apd_blob_next(apd_bytes *blocks, blob_block *out)
{
    if (blocks->len < HEAD)
        return false;
    size_t len = apd_u16le(blocks->ptr + 2);
    if (len < HEAD || len > blocks->len)
        return false;
    out->type = blocks->ptr[0];
    out->data = (apd_bytes){blocks->ptr + HEAD, len - HEAD};
    return apd_skip(blocks, len);
}
