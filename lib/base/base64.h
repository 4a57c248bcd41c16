/* Base64 (RFC 4648, the alphabet with + and /), strict and into memory of the caller. */
#ifndef APD_BASE64_H
#define APD_BASE64_H

#include "bytes.h"

/* Decodes the whole view into dst and sets *n. False, and *n is what fitted, if a character is not of
 * the alphabet, the padding is wrong, bits behind the last byte are set, or `cap` bytes do not hold it.
 * No white space is passed over. */
bool apd_base64_decode(apd_str s, uint8_t *dst, size_t cap, size_t *n);

#endif
