#include "chunkings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_base64(const uint8_t *p, size_t n, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i + 3 <= n; i += 3) {
        uint32_t bits = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];
        for (int k = 18; k >= 0; k -= 6)
            *out++ = digits[bits >> k & 63];
    }
    *out = '\0';
}

/* A first byte of 0: the rest is a hash, which is put into a list; else it is the list itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char csv[40000];
    if (size == 0 || size > 24000)
        return 0;
    if (data[0]) {
        same_in_all_chunkings(&apd_parser_devicehash, "x.csv", (apd_bytes){data + 1, size - 1});
        return 0;
    }
    int n = sprintf(csv, "Device Serial Number,Hardware Hash\n1,");
    put_base64(data + 1, size - 1, csv + n);
    same_in_all_chunkings(&apd_parser_devicehash, "x.csv", apd_str_bytes(apd_str_of(csv)));
    return 0;
}
