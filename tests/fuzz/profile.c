#include "chunkings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte chooses the name, which has a say in what the document is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"AutopilotDDSZTDFile.json",
                                        "AutopilotConfigurationFile.json",
                                        "AutopilotConciergeFile.json", "x.json"};
    if (size == 0)
        return 0;
    same_in_all_chunkings(&apd_parser_profile, names[data[0] % 4], (apd_bytes){data + 1, size - 1});
    return 0;
}
