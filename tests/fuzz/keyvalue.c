#include "chunkings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte chooses the name, which decides where the content does not. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"x.txt",
                                        "TpmHliInfo_Output.txt",
                                        "CertReq_enrollaik_Output.txt",
                                        "CertUtil_tpminfo_Output.txt",
                                        "UEFI_Data_Output.txt",
                                        "dsregcmd.log",
                                        "ipconfig.log",
                                        "certutil_store.log",
                                        "netsh_winhttp_show_proxy.log",
                                        "LicensingDiag_Output.txt",
                                        "msinfo32.log"};
    if (size == 0)
        return 0;
    same_in_all_chunkings(&apd_parser_keyvalue, names[data[0] % 11],
                          (apd_bytes){data + 1, size - 1});
    return 0;
}
