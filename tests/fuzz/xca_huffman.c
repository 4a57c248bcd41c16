#include "xca_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unpack_any(xca_huffman, data, size);
    return 0;
}
