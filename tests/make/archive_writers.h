/* Archives from members in memory: CAB (stored, MSZIP, LZX) and ZIP (stored, deflate). */
#ifndef MK_ARCHIVE_WRITERS_H
#define MK_ARCHIVE_WRITERS_H

#include "scenario.h"

typedef struct mk_member {
    apd_str name;
    mk_out data;
} mk_member;
typedef APD_VEC(mk_member) mk_members;

/* local: time that the members get. */
void mk_cab_write(mk_out *o, const mk_members *m, const mk_bundle *how, apd_time local);
void mk_zip_write(mk_out *o, const mk_members *m, const mk_bundle *how, apd_time local);

/* MS-DOS date (high half) and time (low half). */
uint32_t mk_dos_time(apd_time local);

/* One LZX stream, compressed frame by frame (32 KiB; the last may be shorter). */
typedef struct mk_lzx mk_lzx;
mk_lzx *mk_lzx_new(apd_bytes all, unsigned window_bits);
/* Appends the next frame; false when all is done. */
bool mk_lzx_frame(mk_lzx *z, mk_out *o, size_t *plain);
void mk_lzx_free(mk_lzx *z);

#endif
