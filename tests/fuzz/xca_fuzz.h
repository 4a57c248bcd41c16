/* A decompressor: any input into rooms of several sizes, which must agree as far as they reach. */
#ifndef TEST_XCA_FUZZ_H
#define TEST_XCA_FUZZ_H

#include <stdlib.h>

#include "xca.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void unpack_any(size_t (*decode)(apd_bytes, uint8_t *, size_t, const char **),
                              const uint8_t *data, size_t size)
{
    enum { MOST = 1 << 18, SOME = 1000 };
    const char *why;
    uint8_t *large = malloc(MOST), *small = malloc(SOME), *in = malloc(size ? size : 1);
    if (!large || !small || !in)
        abort();
    memcpy(in, data, size);
    size_t all = decode((apd_bytes){in, size}, large, MOST, &why);
    size_t some = decode((apd_bytes){in, size}, small, SOME, &why);
    if (all > MOST || some > SOME || some > all || memcmp(large, small, some) != 0)
        abort();
    free(in);
    free(small);
    free(large);
}

#endif
