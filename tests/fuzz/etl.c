/* Traces: the input as a file, sought in and held in memory, every field and sentence. */
#include "chunkings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    same_in_all_chunkings(&apd_parser_etl, "fuzz.etl", (apd_bytes){data, size});
    return 0;
}
