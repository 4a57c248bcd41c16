/* Bytes being written, for the test writers: a growing buffer that ends the program when memory
 * runs out (these are tools of the build, not of the product), and the only random source, which
 * is seeded by the scenario so that the same scenario gives the same bytes everywhere. */
#ifndef MK_OUT_H
#define MK_OUT_H

#include "bytes.h"
#include "status.h"

typedef struct mk_out {
    uint8_t *ptr;
    size_t len, cap;
} mk_out;

_Noreturn void mk_die(const char *fmt, ...) APD_PRINTF(1, 2);

void mk_put(mk_out *o, const void *bytes, size_t n);
void mk_zero(mk_out *o, size_t n);
void mk_u8(mk_out *o, uint8_t v);
void mk_u16(mk_out *o, uint16_t v);
void mk_u32(mk_out *o, uint32_t v);
void mk_u64(mk_out *o, uint64_t v);
void mk_str(mk_out *o, apd_str s);
void mk_printf(mk_out *o, const char *fmt, ...) APD_PRINTF(2, 3);
/* UTF-8 as UTF-16LE, without BOM or NUL. */
void mk_utf16(mk_out *o, apd_str utf8);
void mk_free(mk_out *o);
apd_bytes mk_bytes(const mk_out *o);

/* Little-endian stores into memory that is there already. */
void mk_store16(uint8_t *at, uint16_t v);
void mk_store32(uint8_t *at, uint32_t v);
void mk_store64(uint8_t *at, uint64_t v);

uint64_t mk_rand(uint64_t *state);
uint64_t mk_below(uint64_t *state, uint64_t n); /* 0 .. n-1; n > 0 */

#endif
