/* The first bytes are a script of peeks, consumes and skips over the rest, checked against the flat
 * data: however the blocks are cut, the same bytes show. */
#include <stdlib.h>

#include "stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void run(apd_bytes script, apd_bytes flat, size_t step)
{
    apd_stream *s = apd_stream_memory(flat, step, 1 + (uint32_t)flat.len);
    size_t at = 0;
    uint16_t op;
    demand(s != NULL);
    while (apd_get_u16le(&script, &op)) {
        size_t n = op >> 2, left = flat.len - at;
        apd_bytes v;
        if ((op & 3) == 3) {
            uint64_t skipped = apd_stream_skip(s, n);
            demand(skipped == (n < left ? n : left));
            at += (size_t)skipped;
        } else {
            size_t want = n ? n : 1;
            apd_status st = apd_stream_peek(s, n, &v, NULL);
            demand(st == (want <= left ? APD_OK : APD_END));
            demand(v.len <= left && v.len >= (want <= left ? want : left));
            demand(v.len == 0 || memcmp(v.ptr, flat.ptr + at, v.len) == 0);
            size_t used = (op & 3) == 0 ? 0 : (op & 3) == 1 ? v.len / 2 : v.len;
            apd_stream_consume(s, used);
            at += used;
        }
        demand(apd_stream_offset(s) == at);
    }
    apd_stream_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apd_bytes flat = {data, size}, script;
    uint8_t step, ops;
    if (!apd_get_u8(&flat, &step) || !apd_get_u8(&flat, &ops) ||
        !apd_get_bytes(&flat, ops, &script))
        return 0;
    run(script, flat, 0);
    run(script, flat, step);
    run(script, flat, SIZE_MAX);
    return 0;
}
