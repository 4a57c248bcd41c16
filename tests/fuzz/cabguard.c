/* A cabinet is judged the same whether it comes whole or in pieces, and nothing passes that was not
 * fed. The first byte is the size of the pieces. */
#include <stdlib.h>

#include "cabguard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct verdict {
    apd_status status;
    size_t passed;
    uint64_t seen;
    char text[232];
} verdict;

static verdict judge(apd_bytes cab, size_t step)
{
    apd_cabguard *g = apd_cabguard_new();
    apd_error err = {.text = ""};
    verdict v = {.status = APD_OK};
    if (!g)
        abort();
    while (cab.len > 0 && v.status == APD_OK) {
        apd_bytes part = {NULL, 0};
        size_t pass;
        (void)apd_get_bytes(&cab, step && step < cab.len ? step : cab.len, &part);
        v.status = apd_cabguard_feed(g, part, &pass, &err);
        if (pass > part.len || (v.status != APD_OK && pass == part.len))
            abort();
        v.passed += pass;
    }
    v.seen = apd_cabguard_seen(g);
    memcpy(v.text, err.text, sizeof v.text);
    apd_cabguard_free(g);
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    apd_bytes cab = {data + 1, size - 1};
    verdict whole = judge(cab, 0), parts = judge(cab, data[0]);
    if (whole.status != parts.status || whole.passed != parts.passed || whole.seen != parts.seen ||
        strcmp(whole.text, parts.text) != 0)
        abort();
    return 0;
}
