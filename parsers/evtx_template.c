/* Instances: where the definition is, which values there are, and the programs by template. */
#include "evtx_template.h"

#include "evtx_compile.h"
#include "evtx_lost.h"

#define DEFINITION_HEAD 24u /* next, GUID, body size */
#define GUID_SIZE 16u
#define MAX_TRIES 16u /* programs compared; a busy file has three or four in a bucket */

apd_status evtx_decoder_init(evtx_decoder *d, apd_intern *names, apd_arena *batch)
{
    memset(d, 0, sizeof *d);
    d->batch = batch;
    d->templates = apd_arena_new(APD_EVTX_TEMPLATE_MEMORY);
    if (!d->templates)
        return APD_E_NOMEM;
    d->templates_start = apd_arena_mark(d->templates);
    evtx_names_init(&d->names, names);
    return APD_OK;
}

void evtx_decoder_free(evtx_decoder *d)
{
    apd_arena_free(d->templates);
}

void evtx_decoder_chunk(evtx_decoder *d, const uint8_t *base, uint32_t size)
{
    d->base = base;
    d->size = size;
    d->compiled = 0;
    memset(d->places, 0, sizeof d->places);
    if (apd_arena_used(d->templates) > APD_EVTX_TEMPLATE_CACHE) {
        memset(d->known, 0, sizeof d->known);
        apd_arena_rewind(d->templates, d->templates_start);
    }
}

/* Passes over the name at *at if it is this one. */
static bool same_name(const evtx_decoder *d, const evtx_name_place *n, uint32_t *at, uint32_t end)
{
    if (end - *at < n->before + 4u)
        return false;
    *at += n->before + 4u;
    uint32_t offset = apd_u32le(d->base + *at - 4);
    apd_bytes name = n->name;
    if (!evtx_name_is(d->base, d->size, offset, name))
        return false;
    uint32_t rest = n->after;
    if (offset == *at)
        rest += EVTX_NAME_HEAD + (uint32_t)name.len + 2;
    if (end - *at < rest)
        return false;
    *at += rest;
    return true;
}

/* Is the definition whose body is at..end the one that p was made of? */
static bool same_definition(const evtx_decoder *d, const evtx_program *p, const uint8_t *guid,
                            uint32_t at, uint32_t end)
{
    apd_bytes own = p->definition;
    if (own.len < GUID_SIZE || memcmp(own.ptr, guid, GUID_SIZE) != 0)
        return false;
    apd_skip(&own, GUID_SIZE);
    uint32_t from = 0;
    for (uint32_t i = 0; i < p->nnames; i++) {
        uint32_t n = p->names[i].at - from;
        if (end - at < n || memcmp(own.ptr + from, d->base + at, n) != 0)
            return false;
        at += n;
        if (!same_name(d, &p->names[i], &at, end))
            return false;
        from = p->names[i].end;
    }
    uint32_t n = (uint32_t)own.len - from;
    return end - at == n && memcmp(own.ptr + from, d->base + at, n) == 0;
}

static const char *compile(evtx_decoder *d, const uint8_t *head, uint32_t at, uint32_t end,
                           bool cut, evtx_program **out)
{
    static const char nomem[] = "the templates of the file need too much memory";
    if (end - at > APD_EVTX_MAX_COMPILED - d->compiled)
        return "the chunk has more template definitions than fit into it";
    d->compiled += end - at;
    evtx_program *p = APD_NEW(d->templates, evtx_program);
    if (!p)
        return nomem;
    p->arena = d->templates;
    evtx_cursor c = {.base = d->base, .size = d->size, .at = at, .end = end, .depends = true};
    if (!evtx_compile(d, c, p, true))
        return nomem;
    if (cut && !p->damage)
        p->damage = "the template definition is cut off";
    *out = p;
    if (p->damage)
        return NULL;
    uint8_t *copy = apd_alloc(d->templates, GUID_SIZE + end - at);
    if (!copy)
        return nomem;
    memcpy(copy, head + 4, GUID_SIZE);
    memcpy(copy + GUID_SIZE, d->base + at, end - at);
    p->definition = (apd_bytes){copy, GUID_SIZE + end - at};
    return NULL;
}

static const char *definition(evtx_decoder *d, uint32_t offset, evtx_program **out)
{
    evtx_place *place = &d->places[(offset >> 8 ^ offset) % EVTX_BUCKETS];
    if (place->program && place->offset == offset) {
        *out = place->program;
        return NULL;
    }
    const uint8_t *head = d->base + offset;
    uint32_t body = apd_u32le(head + 20), at = offset + DEFINITION_HEAD;
    bool cut = body > d->size - at;
    uint32_t end = cut ? d->size : at + body;
    evtx_program **bucket = &d->known[apd_u32le(head + 4) % EVTX_BUCKETS], *p = *bucket;
    for (uint32_t tries = 0; p && !same_definition(d, p, head + 4, at, end);)
        p = ++tries < MAX_TRIES ? p->next : NULL;
    if (!p) {
        const char *why = compile(d, head, at, end, cut, &p);
        if (why)
            return why;
        p->next = *bucket;
        *bucket = p;
    }
    *place = (evtx_place){offset, p};
    *out = p;
    return NULL;
}

/* A definition of the same template that another chunk had; NULL: none was sound. */
static evtx_program *known(const evtx_decoder *d, uint32_t id)
{
    evtx_program *p = d->known[id % EVTX_BUCKETS];
    for (uint32_t tries = 0; p && tries < MAX_TRIES; p = p->next, tries++) {
        if (p->definition.len && apd_u32le(p->definition.ptr) == id)
            return p;
    }
    return NULL;
}

/* Of a System part the program must know where the EventID is. */
static const char *program_damage(const evtx_instance *in)
{
    if (in->program->damage || in->program->system[EVTX_K_EVENT_ID].there || !evtx_is_system(in))
        return in->program->damage;
    return "its template has no EventID";
}

/* The values are open; now the program. What is lost or damaged is replaced as far as possible. */
static const char *open_program(evtx_decoder *d, uint32_t id, uint32_t offset, const char *lost,
                                evtx_instance *in)
{
    const char *why = lost ? lost : definition(d, offset, &in->program);
    bool found = !why;
    if (found)
        why = program_damage(in);
    if (!why)
        return NULL;
    evtx_program *other = known(d, id);
    if (other && other != in->program) {
        in->program = other;
        return NULL;
    }
    if (found && (in->program->system[EVTX_K_EVENT_ID].there || !evtx_is_system(in)))
        return NULL; /* better than a stand-in */
    return evtx_stand_in(d, in, why) ? NULL : "the record needs too much memory";
}

/* The record ends at `end`, before its values do. */
static void cut_values(evtx_instance *in, evtx_slot *slots, uint32_t end)
{
    for (uint32_t i = in->count; i-- > 0;) {
        evtx_slot *s = &slots[i];
        uint32_t size = s->descriptor & 0xffff;
        if (s->from + size <= end)
            break;
        s->from = s->from < end ? s->from : end;
        s->descriptor += end - s->from - size; /* stays below 64 KiB, like size */
        in->whole = i;
    }
}

static const char *open_values(evtx_decoder *d, uint32_t at, uint32_t end, evtx_instance *in)
{
    if (end - at < 4)
        return "a template instance is cut off";
    uint32_t count = apd_u32le(d->base + at);
    at += 4;
    if (count > APD_EVTX_MAX_VALUES || end - at < 4 * count)
        return "a template instance has more values than fit into the record";
    evtx_slot *slots = apd_alloc(d->batch, count * sizeof *slots);
    if (!slots)
        return "the values of the record need too much memory";
    const uint8_t *descriptors = d->base + at;
    uint32_t from = at + 4 * count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t descriptor = apd_u32le(descriptors + 4 * i);
        slots[i] = (evtx_slot){from, descriptor};
        from += descriptor & 0xffff;
    }
    in->base = d->base;
    in->slots = slots;
    in->count = in->whole = count;
    if (from > end)
        cut_values(in, slots, end);
    return NULL;
}

/* at is behind the token. Layout: u8 version, u32 id, u32 definition offset, [definition], u32
 * count, descriptors, values. The definition is where its offset says or, if that is damaged, right
 * here; its id begins it. */
static const char *open_instance(evtx_decoder *d, uint32_t at, uint32_t end, evtx_instance *in)
{
    if (end - at < 13)
        return "a template instance is cut off";
    uint32_t id = apd_u32le(d->base + at + 1), offset = apd_u32le(d->base + at + 5);
    const char *lost = NULL;
    at += 9;
    uint32_t room = end - at;
    bool fits = room >= DEFINITION_HEAD && room - DEFINITION_HEAD >= apd_u32le(d->base + at + 20);
    bool outside = offset > d->size || d->size - offset < DEFINITION_HEAD;
    if (offset != at && (outside || !evtx_same_id(apd_u32le(d->base + offset + 4), id))) {
        if (fits && apd_u32le(d->base + at + 4) == id)
            offset = at;
        else
            lost = outside ? "its template lies outside the chunk"
                           : "its template has been overwritten";
    }
    if (offset == at) {
        if (!fits)
            return "a template definition is longer than the record";
        at += DEFINITION_HEAD + apd_u32le(d->base + at + 20);
    }
    const char *why = open_values(d, at, end, in);
    return why ? why : open_program(d, id, offset, lost, in);
}

static const char *open_element(evtx_decoder *d, evtx_cursor c, evtx_instance *in)
{
    in->program = APD_NEW(d->batch, evtx_program);
    if (!in->program)
        return "the record needs too much memory";
    in->program->arena = d->batch;
    return evtx_compile(d, c, in->program, false) ? NULL : "the record needs too much memory";
}

const char *evtx_open(evtx_decoder *d, uint32_t at, uint32_t end, evtx_instance *in)
{
    *in = (evtx_instance){0};
    evtx_cursor c = {.base = d->base, .size = d->size, .at = at, .end = end};
    for (;;) {
        /* The usual head of a record: fragment header, template instance. */
        if (end - c.at >= 5 && apd_u32le(d->base + c.at) == 0x0001010fu)
            c.at += 4;
        if (c.at < end && (d->base[c.at] & 0xbfu) == EVTX_INSTANCE)
            return open_instance(d, c.at + 1, end, in);
        evtx_cursor before = c;
        evtx_token t;
        const char *why = evtx_token_next(&c, &t);
        if (why)
            return why;
        switch (t.kind) {
        case EVTX_EOF:
            return NULL;
        case EVTX_ELEMENT:
            return open_element(d, before, in);
        case EVTX_FRAGMENT:
        case EVTX_PI:
        case EVTX_PI_DATA:
            break;
        default:
            return "it does not begin with an element";
        }
    }
}
