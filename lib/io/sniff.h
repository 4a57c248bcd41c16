/* What a file is, told by its first bytes. */
#ifndef APD_SNIFF_H
#define APD_SNIFF_H

#include "bytes.h"

typedef enum apd_sniffed {
    APD_IS_PLAIN,
    APD_IS_CAB,
    APD_IS_ZIP,
    APD_IS_FOREIGN /* an archive or compressed file of a kind that is not opened */
} apd_sniffed;

/* Bytes that a verdict may need; fewer are fine when the file has no more. */
#define APD_SNIFF_HEAD 264u

/* For APD_IS_FOREIGN, *why is the end of a sentence ("is a 7z archive; extract it first"). */
apd_sniffed apd_sniff(apd_bytes head, const char **why);

#endif
