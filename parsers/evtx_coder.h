/* Putting code together: text that is not yet a step, and steps. */
#ifndef APD_EVTX_CODER_H
#define APD_EVTX_CODER_H

#include "evtx_put.h"
#include "evtx_render.h"
#include "vec.h"

typedef struct evtx_coder {
    const evtx_program *program;
    const evtx_op *ops;
    const apd_intern *names;
    apd_arena *arena;
    apd_buf text; /* belongs to the next step */
    APD_VEC(evtx_piece) steps;
    bool failed;
} evtx_coder;

void evtx_code_text(evtx_coder *c, const char *z);
void evtx_code_str(evtx_coder *c, apd_str s);
/* Escaped for where it stands. */
void evtx_code_utf16(evtx_coder *c, apd_bytes utf16, apd_style style);
void evtx_code_name(evtx_coder *c, apd_sym name, apd_style style);

/* Makes the waiting text a step of its own, if there is any. */
void evtx_code_flush(evtx_coder *c, evtx_do what);
/* A step with the waiting text as `open`. Returns its index. */
uint32_t evtx_code_step(evtx_coder *c, evtx_do what, uint16_t slot, const char *close);
/* The steps from here on are passed over if the value is null, up to evtx_code_join(). */
uint32_t evtx_code_skip(evtx_coder *c, uint16_t slot);
void evtx_code_join(evtx_coder *c, uint32_t skip);

void evtx_code_xml(evtx_coder *c);
void evtx_code_json(evtx_coder *c, evtx_code_kind kind);

/* Where the attributes of an element end and its content begins. */
uint32_t evtx_code_body(const evtx_coder *c, uint32_t element);
/* Is the content one substitution and nothing else? */
bool evtx_code_single(const evtx_coder *c, uint32_t element, uint32_t body);

#endif
