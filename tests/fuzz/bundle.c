/* The bytes behind the first as a bundle. The first byte says how it is read: bit 0 by seeking, bit 1
 * members are passed over unread, the rest the size of blocks. */
#include <stdlib.h>

#include "bundle_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENOUGH = 4 << 20 }; /* bytes read of one input */

static size_t drain(apd_stream *s)
{
    size_t total = 0;
    unsigned sum = 0;
    apd_bytes v;
    apd_error err;
    while (total < ENOUGH && apd_stream_peek(s, 0, &v, &err) == APD_OK) {
        for (size_t i = 0; i < v.len; i++)
            sum += v.ptr[i]; /* touch every byte that is lent */
        total += v.len;
        apd_stream_consume(s, v.len);
    }
    return total + (sum == 1); /* keeps the sum */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    if (!ready)
        ready = apd_io_init();
    if (size < 2)
        return 0;
    apd_bundle *b;
    apd_error err;
    if (apd_bundle_open_memory(APD_LIT("bundle"), (apd_bytes){data + 1, size - 1}, data[0] >> 2,
                               data[0] & 1, &b, &err) != APD_OK)
        return 0;
    size_t total = 0;
    const apd_member *m;
    apd_stream *s;
    apd_status st;
    while (total < ENOUGH && (st = apd_bundle_next(b, &m, &s, &err)) <= APD_SKIPPED &&
           st != APD_END)
        if (st == APD_OK && !(data[0] & 2))
            total += drain(s);
    for (uint32_t i = 0; i < apd_bundle_count(b); i++)
        if (apd_bundle_member(b, i)->full.len == 0)
            abort();
    apd_bundle_close(b);
    return 0;
}
