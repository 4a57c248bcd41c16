#include "chunkings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    same_in_all_chunkings(&apd_parser_msilog, "msi.log", (apd_bytes){data, size});
    return 0;
}
