/* Templates compiled to programs, and records as instances of them.
 *
 * Nearly every record is a template definition plus an array of values. A definition is compiled
 * once per file to a flat, pre-order list of operations: elements and attributes (which know where
 * they end), literal texts, substitutions. What a record's System part holds is resolved while
 * compiling, so that reading EventID or channel is one look into the value array. Elements written
 * without a template become a program of their own, with no values.
 *
 * Every chunk stores its definitions anew, with names at other offsets or right inside the body. A
 * program keeps the definition it was made of, and where its names are, so that another chunk's copy
 * is recognised by comparing: same bytes between the names, same names. */
#ifndef APD_EVTX_TEMPLATE_H
#define APD_EVTX_TEMPLATE_H

#include "digits.h"
#include "evtx_binxml.h"
#include "evtx_names.h"
#include "evtx_value.h"
#include "limits.h"

typedef enum evtx_op_kind {
    EVTX_OP_ELEMENT,
    EVTX_OP_ATTRIBUTE,
    EVTX_OP_PI,
    EVTX_OP_TEXT, /* from here on: text */
    EVTX_OP_SUB
} evtx_op_kind;

typedef struct evtx_op {
    uint8_t kind;
    uint8_t known; /* ELEMENT, ATTRIBUTE: evtx_known of the name */
    bool optional; /* SUB: what holds it is left out when the value is null */
    bool is_xmlns; /* ATTRIBUTE: xmlns or xmlns:… */
    uint16_t slot; /* SUB: value; ELEMENT: value it depends on, or EVTX_NO_SLOT */
    uint8_t type;  /* SUB: evtx_type that the template declares for the value */
    uint32_t end;  /* index of the operation behind this one and all that it holds */
    union {
        apd_bytes text; /* TEXT: UTF-16LE */
        struct {
            apd_bytes target, data;
        } pi;
        struct { /* ELEMENT, ATTRIBUTE */
            apd_sym name;
            apd_sym label;        /* ELEMENT: its literal Name attribute */
            apd_sym parent, path; /* the last path made of it, and what it was made from */
        } n;
    } as;
} evtx_op;

/* Where a program has a value of the System part. */
typedef struct evtx_source {
    uint16_t op;      /* TEXT or SUB */
    uint16_t depends; /* slot, or EVTX_NO_SLOT */
    bool there;
} evtx_source;

/* Where a definition's body has a name, and what surrounds it: bytes that say the same wherever the
 * definition is stored, though they differ. */
typedef struct evtx_name_place {
    uint32_t at, end;      /* in the body */
    uint8_t before, after; /* sizes in front of the name's offset, and behind the name */
    apd_bytes name;
} evtx_name_place;

struct evtx_code; /* evtx_render.h */
#define EVTX_CODES 5u

typedef struct evtx_program {
    struct evtx_program *next; /* in its bucket */
    apd_arena *arena;          /* that it lives in */
    evtx_op *ops;
    uint32_t nops, nnames;
    evtx_name_place *names;
    apd_bytes definition; /* a copy of it; nothing when it is damaged or was no definition */
    struct evtx_code *code[EVTX_CODES]; /* how to write it, made when first asked for */
    const char *damage;                 /* not NULL: ends early, for this reason */
    evtx_source system[EVTX_SYSTEM_COUNT];
    apd_sym provider; /* when its name is a literal */
} evtx_program;

/* A value of a record. */
typedef struct evtx_slot {
    uint32_t from;       /* offset in the chunk */
    uint32_t descriptor; /* as the file has it: u16 size, u8 type, u8 zero */
} evtx_slot;

typedef struct evtx_instance {
    evtx_program *program;
    const uint8_t *base; /* the chunk */
    const evtx_slot *slots;
    uint32_t count;
    uint32_t whole; /* the values from here on are cut off: the record ends before they do */
} evtx_instance;

#define EVTX_BUCKETS 256u /* a power of two; a file has about ten templates, a busy one hundreds */

typedef struct evtx_place {
    uint32_t offset; /* in the chunk; 0 = none */
    evtx_program *program;
} evtx_place;

/* Everything that decoding one chunk needs; independent of the file. */
typedef struct evtx_decoder {
    const uint8_t *base; /* the chunk */
    uint32_t size;
    apd_arena *batch;     /* for the current record */
    apd_arena *templates; /* the programs */
    apd_mark templates_start;
    evtx_place places[EVTX_BUCKETS];   /* of the chunk, by offset; the later one takes the slot */
    evtx_program *known[EVTX_BUCKETS]; /* by template id */
    uint32_t compiled;                 /* bytes of definitions compiled for the chunk */
    evtx_names names;
    apd_second second; /* of the time written last */
} evtx_decoder;

apd_status evtx_decoder_init(evtx_decoder *d, apd_intern *names, apd_arena *batch);
void evtx_decoder_free(evtx_decoder *d);
/* Goes to another chunk. The programs are kept, as long as they do not need too much memory. */
void evtx_decoder_chunk(evtx_decoder *d, const uint8_t *base, uint32_t size);

/* Opens the BinXML at at..end: a template instance, or an element compiled on the spot into the
 * batch arena. NULL and in->program NULL: there is nothing in it. Else NULL, or the reason why it
 * cannot be read. */
const char *evtx_open(evtx_decoder *d, uint32_t at, uint32_t end, evtx_instance *in);

/* Value by slot; one that is not there is null. */
static inline evtx_value evtx_value_at(const evtx_instance *in, uint32_t slot)
{
    if (slot >= in->count)
        return (evtx_value){.type = EVTX_T_NULL};
    evtx_slot s = in->slots[slot];
    return (evtx_value){in->base + s.from, s.descriptor & 0xffff, (uint8_t)(s.descriptor >> 16)};
}

static inline bool evtx_is_null(const evtx_instance *in, uint32_t slot)
{
    return slot >= in->count || (in->slots[slot].descriptor >> 16 & 0xff) == EVTX_T_NULL;
}

/* A value of the System part of a program whose root is Event; null when there is none. Seven times a record: a call
 * costs twice as much as the look. */
APD_INLINE evtx_value evtx_system(const evtx_instance *in, evtx_known which)
{
    const evtx_source *s = &in->program->system[which];
    if (!s->there || (s->depends != EVTX_NO_SLOT && evtx_is_null(in, s->depends)))
        return (evtx_value){.type = EVTX_T_NULL};
    const evtx_op *op = &in->program->ops[s->op];
    return op->kind == EVTX_OP_SUB ? evtx_value_at(in, op->slot) : evtx_text(op->as.text);
}

#endif
