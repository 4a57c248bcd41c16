/* The compressions of trace buffers ([MS-XCA]), for the tests: greedy, not small. Independent of the reader. */
#ifndef MK_XCA_WRITER_H
#define MK_XCA_WRITER_H

#include "out.h"

void mk_lz77(mk_out *o, apd_bytes in);
void mk_lznt1(mk_out *o, apd_bytes in);
void mk_xpress_huffman(mk_out *o, apd_bytes in);

#endif
