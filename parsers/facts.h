/* Facts that one step of a reader found, handed out one by one; private to this room. They and what
 * they point to lie in the batch arena, which is rewound when the last one has been handed out and
 * the reader asks for more. */
#ifndef APD_FACTS_H
#define APD_FACTS_H

#include "parsers.h"
#include "vec.h"

typedef struct apd_facts {
    apd_arena *batch;
    apd_intern *names;
    uint32_t member;
    apd_mark mark;
    APD_VEC(apd_event) queue;
    size_t next;
    apd_status pending; /* what ended the step, told behind its facts */
    apd_error why;
} apd_facts;

static inline void apd_facts_init(apd_facts *f, const apd_input *in)
{
    *f = (apd_facts){.batch = in->batch,
                     .names = in->names,
                     .member = in->member,
                     .mark = apd_arena_mark(in->batch)};
}

/* The fields must live until the next next(). record: line or number, for where. False when out of
 * memory. */
static inline bool apd_facts_add(apd_facts *f, const char *name, uint64_t record,
                                 const apd_field *fields, size_t n)
{
    apd_event ev = {.time = APD_TIME_NONE,
                    .clock = APD_CLOCK_NONE,
                    .kind = APD_FACT,
                    .log = apd_intern_add(f->names, apd_str_of(name)),
                    .fields = fields,
                    .nfields = (uint32_t)n,
                    .where = {.member = f->member, .record = record}};
    return APD_PUSH(f->batch, f->queue, ev);
}

/* False when none is left; then the batch arena is free for new ones. */
static inline bool apd_facts_take(apd_facts *f, apd_event *ev)
{
    if (f->next == f->queue.n) {
        apd_arena_rewind(f->batch, f->mark);
        f->queue.at = NULL;
        f->queue.n = f->queue.cap = f->next = 0;
        return false;
    }
    *ev = f->queue.at[f->next++];
    return true;
}

/* One field of text, copied into the batch arena; type NONE where the text is empty. */
static inline bool apd_facts_text(apd_facts *f, apd_field *to, const char *name, apd_str value)
{
    apd_str copy = apd_strdup_a(f->batch, value);
    *to = (apd_field){.name = apd_intern_add(f->names, apd_str_of(name)),
                      .type = value.len ? APD_T_UTF8 : APD_T_NONE};
    if (value.len)
        to->as.raw = apd_str_bytes(copy);
    return value.len == 0 || copy.ptr;
}

#endif
