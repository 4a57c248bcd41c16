/* The values of a record outlive its template, and Windows writes those of the System part in an order
 * that has never changed: 18 values where a manifest describes the event, 20 where a classic source
 * does (provider and channel are then literals of the template, and lost with it). So a definition is
 * written that says what the lost one said, and compiled like any other. */
#include "evtx_lost.h"

#include "evtx_compile.h"

#define MANIFEST 18u
#define CLASSIC 20u
#define BEGIN 512u      /* offset: where a chunk's first record is */
#define CAPACITY 16384u /* bytes; the System part needs 1,900 */
#define LISTED 256u     /* values; each needs 40 bytes */

typedef struct writer {
    uint8_t *base;
    uint32_t at;
} writer;

static void put(writer *w, uint32_t v, uint32_t size)
{
    if (CAPACITY - w->at < size)
        return;
    for (; size; size--, v >>= 8)
        w->base[w->at++] = (uint8_t)v;
}

static void put_name(writer *w, const char *name)
{
    put(w, w->at + 4, 4);
    put(w, 0, 4); /* next entry */
    uint32_t hash = 0;
    for (const char *c = name; *c; c++)
        hash = hash * 65599u + (uint8_t)*c;
    put(w, hash, 2);
    put(w, (uint32_t)strlen(name), 2);
    for (const char *c = name; *c; c++)
        put(w, (uint8_t)*c, 2);
    put(w, 0, 2);
}

static void begin(writer *w, const char *name, bool attributes)
{
    put(w, attributes ? EVTX_ELEMENT | 0x40u : EVTX_ELEMENT, 1);
    put(w, EVTX_NO_SLOT, 2);
    put(w, 0, 4); /* size: only asked for behind damage */
    put_name(w, name);
    if (attributes)
        put(w, 0, 4);
}

static void put_slot(writer *w, uint32_t slot, evtx_kind kind)
{
    put(w, kind, 1);
    put(w, slot, 2);
    put(w, 0, 1);
}

static void attribute(writer *w, const char *name, uint32_t slot)
{
    put(w, EVTX_ATTRIBUTE, 1);
    put_name(w, name);
    put_slot(w, slot, EVTX_SUB_OPTIONAL);
}

static void content(writer *w, uint32_t slot)
{
    put(w, EVTX_CLOSE_START, 1);
    put_slot(w, slot, EVTX_SUB_OPTIONAL);
    put(w, EVTX_END, 1);
}

static void element(writer *w, const char *name, uint32_t slot)
{
    begin(w, name, false);
    content(w, slot);
}

static void write_system(writer *w, uint32_t count)
{
    begin(w, "Event", false);
    put(w, EVTX_CLOSE_START, 1);
    begin(w, "System", false);
    put(w, EVTX_CLOSE_START, 1);
    if (count == MANIFEST) {
        begin(w, "Provider", true);
        attribute(w, "Name", 14);
        attribute(w, "Guid", 15);
        put(w, EVTX_CLOSE_EMPTY, 1);
    }
    begin(w, "EventID", true);
    attribute(w, "Qualifiers", 4);
    content(w, 3);
    element(w, "Version", 11);
    element(w, "Level", 0);
    element(w, "Task", 2);
    element(w, "Opcode", 1);
    element(w, "Keywords", 5);
    begin(w, "TimeCreated", true);
    attribute(w, "SystemTime", 6);
    put(w, EVTX_CLOSE_EMPTY, 1);
    element(w, "EventRecordID", 10);
    begin(w, "Correlation", true);
    attribute(w, "ActivityID", 7);
    attribute(w, "RelatedActivityID", 13);
    put(w, EVTX_CLOSE_EMPTY, 1);
    begin(w, "Execution", true);
    attribute(w, "ProcessID", 8);
    attribute(w, "ThreadID", 9);
    put(w, EVTX_CLOSE_EMPTY, 1);
    if (count == MANIFEST)
        element(w, "Channel", 16);
    begin(w, "Security", true);
    attribute(w, "UserID", 12);
    put(w, EVTX_CLOSE_EMPTY, 1);
    put(w, EVTX_END, 1);
    put_slot(w, count - 1, EVTX_SUB_OPTIONAL);
    put(w, EVTX_END, 1);
}

static void write_list(writer *w, uint32_t count)
{
    begin(w, "EventData", false);
    put(w, EVTX_CLOSE_START, 1);
    for (uint32_t i = 0; i < count && i < LISTED; i++) {
        begin(w, "Data", false);
        put(w, EVTX_CLOSE_START, 1);
        put_slot(w, i, EVTX_SUB);
        put(w, EVTX_END, 1);
    }
    put(w, EVTX_END, 1);
}

static bool is(const evtx_instance *in, uint32_t slot, evtx_type type, uint32_t size)
{
    evtx_value v = evtx_value_at(in, slot);
    return v.type == type && v.len == size;
}

bool evtx_is_system(const evtx_instance *in)
{
    return (in->count == MANIFEST || in->count == CLASSIC) && is(in, 0, EVTX_T_U8, 1) &&
           is(in, 3, EVTX_T_U16, 2) && is(in, 6, EVTX_T_FILETIME, 8) && is(in, 10, EVTX_T_U64, 8);
}

bool evtx_stand_in(evtx_decoder *d, evtx_instance *in, const char *why)
{
    writer w = {apd_calloc(d->batch, 1, CAPACITY), BEGIN};
    evtx_program *p = APD_NEW(d->batch, evtx_program);
    if (!w.base || !p)
        return false;
    put(&w, 0x0001010fu, 4);
    if (evtx_is_system(in))
        write_system(&w, in->count);
    else
        write_list(&w, in->count);
    put(&w, EVTX_EOF, 1);
    p->arena = d->batch;
    evtx_cursor c = {.base = w.base, .size = w.at, .at = BEGIN, .end = w.at, .depends = true};
    if (!evtx_compile(d, c, p, false))
        return false;
    p->damage = why;
    in->program = p;
    return true;
}
