#include "sniff.h"

typedef struct magic {
    apd_sniffed is;
    uint16_t at;
    uint16_t len;
    const char *bytes;
    const char *why;
} magic;

/* Spanned ZIPs that came out in one piece begin with a marker in front of the first entry. */
static const magic magics[] = {
    {APD_IS_CAB, 0, 4, "MSCF", NULL},
    {APD_IS_ZIP, 0, 4, "PK\003\004", NULL},
    {APD_IS_ZIP, 0, 4, "PK\005\006", NULL},
    {APD_IS_ZIP, 0, 8, "PK\007\010PK\003\004", NULL},
    {APD_IS_ZIP, 0, 8, "PK00PK\003\004", NULL},
    {APD_IS_FOREIGN, 0, 6, "7z\274\257\047\034", "is a 7z archive; extract it first"},
    {APD_IS_FOREIGN, 0, 6, "Rar!\032\007", "is a RAR archive; extract it first"},
    {APD_IS_FOREIGN, 0, 3, "\037\213\010", "is a gzip file; extract it first"},
    {APD_IS_FOREIGN, 0, 6,
     "\375"
     "7zXZ\0",
     "is an xz file; extract it first"},
    {APD_IS_FOREIGN, 4, 6, "1AY&SY", "is a bzip2 file; extract it first"},
    {APD_IS_FOREIGN, 0, 4, "\050\265\057\375", "is a zstd file; extract it first"},
    {APD_IS_FOREIGN, 0, 8, "MSWIM\0\0\0", "is a Windows image (WIM); extract it first"},
    {APD_IS_FOREIGN, 257, 5, "ustar", "is a tar archive; extract it first"},
};

apd_sniffed apd_sniff(apd_bytes head, const char **why)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const magic *m = &magics[i];
        if (head.len < (size_t)m->at + m->len || memcmp(head.ptr + m->at, m->bytes, m->len) != 0)
            continue;
        *why = m->why;
        return m->is;
    }
    *why = NULL;
    return APD_IS_PLAIN;
}
