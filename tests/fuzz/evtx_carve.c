/* Carving: any bytes, in any blocks, give the same events. */
#include "chunkings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    same_in_all_chunkings(&apd_parser_evtx_carve, "image.bin", (apd_bytes){data, size});
    return 0;
}
