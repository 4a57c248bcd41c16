#include "xca_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unpack_any(xca_lznt1, data, size);
    return 0;
}
