/* SHA-256 (FIPS 180-4) of a view: for checking what files say of themselves, and for naming a secret
 * without showing it. */
#ifndef APD_SHA256_H
#define APD_SHA256_H

#include "bytes.h"

enum { APD_SHA256_SIZE = 32 };

void apd_sha256(apd_bytes data, uint8_t digest[APD_SHA256_SIZE]);

#endif
