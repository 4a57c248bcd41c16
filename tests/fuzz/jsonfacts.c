#include "chunkings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte chooses the name, which has a say in what the document is. The markers of Intune are
 * nothing but names: the document serves as one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"MdmDiagLogMetadata.json", "DiagnosticsFrameworkData.json"};
    char marker[256];
    if (size == 0)
        return 0;
    apd_bytes doc = {data + 1, size - 1};
    same_in_all_chunkings(&apd_parser_jsonfacts, names[data[0] % 2], doc);
    size_t n = doc.len < sizeof marker - 1 ? doc.len : sizeof marker - 1;
    memcpy(marker, doc.ptr, n);
    marker[n] = '\0';
    same_in_all_chunkings(&apd_parser_intuneitem, marker, (apd_bytes){data, 0});
    return 0;
}
