/* A bundle whose file lies in memory, for tests and fuzzing. */
#ifndef APD_BUNDLE_MEMORY_H
#define APD_BUNDLE_MEMORY_H

#include "bundle.h"

/* As apd_bundle_open() for a file called `name` with this content, read in blocks of `step` bytes
 * (0 = whole), by seeking or only forward. Data and name must outlive the bundle. */
apd_status apd_bundle_open_memory(apd_str name, apd_bytes data, size_t step, bool seekable,
                                  apd_bundle **out, apd_error *err) APD_MUST_USE;

#endif
