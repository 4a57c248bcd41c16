/* Canonical Huffman codes of limited length. */
#ifndef MK_HUFFMAN_H
#define MK_HUFFMAN_H

#include <stddef.h>
#include <stdint.h>

enum { MK_HUFFMAN_MAX = 656 };

/* Lengths for n symbols (n <= MK_HUFFMAN_MAX) that were used freq[i] times, none above `longest`.
 * A tree with one symbol gets a second one, so that the code is always complete. */
void mk_huffman_lengths(const uint32_t *freq, size_t n, unsigned longest, uint8_t *length);
void mk_huffman_codes(const uint8_t *length, size_t n, uint16_t *code);

#endif
