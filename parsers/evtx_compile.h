/* From the tokens of one fragment to a program. */
#ifndef APD_EVTX_COMPILE_H
#define APD_EVTX_COMPILE_H

#include "evtx_template.h"

/* Compiles the first root element at the cursor. What was understood before a damaged place stays,
 * and p->damage says what was wrong. False when out of memory. p comes zeroed, but for the arena it
 * lives in. `keep`: it will outlive the chunk, so it owns its texts, and notes where its names are. */
bool evtx_compile(evtx_decoder *d, evtx_cursor in, evtx_program *p, bool keep) APD_MUST_USE;

#endif
