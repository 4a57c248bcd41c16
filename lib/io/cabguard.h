/* A structural check of a cabinet, byte by byte in the order of the file, in front of the library
 * that unpacks it: older versions of that library write outside their buffers on hostile cabinets.
 *
 * Demanded are: folder and file tables in order and inside the cabinet, every data block inside the
 * cabinet with at most 32768 bytes when unpacked, blocks that do not overlap each other or the
 * tables, and files that lie inside the data of their folder. Faults inside compressed data cannot
 * be seen from here. */
#ifndef APD_CABGUARD_H
#define APD_CABGUARD_H

#include "arena.h"

typedef struct apd_cabguard apd_cabguard;

apd_cabguard *apd_cabguard_new(void); /* NULL when out of memory */
void apd_cabguard_free(apd_cabguard *g);

/* Judges the next bytes. *pass is how many of them may be handed on: all of them; fewer when the
 * cabinet ends before they do (signatures follow some cabinets); or, with APD_E_DAMAGED, all in
 * front of the byte that completes the faulty structure. The sentence in err has no subject ("is
 * damaged: …"). Once it has failed it stays failed and passes nothing. How the bytes are cut into
 * blocks makes no difference. */
apd_status apd_cabguard_feed(apd_cabguard *g, apd_bytes in, size_t *pass,
                             apd_error *err) APD_MUST_USE;

/* Bytes of the cabinet seen so far, and how many the header states (0 until it has been read). */
uint64_t apd_cabguard_seen(const apd_cabguard *g);
uint64_t apd_cabguard_size(const apd_cabguard *g);
/* True if the cabinet is one of a set that continues in other cabinets. */
bool apd_cabguard_is_part(const apd_cabguard *g);

#endif
