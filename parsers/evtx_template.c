/* Instances: where the definition is, which values there are, and the cache of programs. */
#include "evtx_template.h"

#include "evtx_compile.h"

#define DEFINITION_HEAD 24u /* next, GUID, body size */

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
    memset(d->buckets, 0, sizeof d->buckets);
    apd_arena_rewind(d->templates, d->templates_start);
}

static const char *definition(evtx_decoder *d, uint32_t offset, evtx_program **out)
{
    evtx_program **bucket = &d->buckets[(offset >> 3 ^ offset) % EVTX_BUCKETS];
    for (evtx_program *p = *bucket; p; p = p->next) {
        if (p->offset == offset) {
            *out = p;
            return NULL;
        }
    }
    const uint8_t *head = d->base + offset;
    uint32_t body = apd_u32le(head + 20), at = offset + DEFINITION_HEAD;
    bool cut = body > d->size - at;
    if (cut)
        body = d->size - at;
    if (body > APD_EVTX_MAX_COMPILED - d->compiled)
        return "the chunk has more template definitions than fit into it";
    d->compiled += body;
    evtx_program *p = APD_NEW(d->templates, evtx_program);
    if (!p)
        return "the templates of the chunk need too much memory";
    evtx_cursor c = {.base = d->base, .size = d->size, .at = at, .end = at + body, .depends = true};
    if (!evtx_compile(d, c, d->templates, p))
        return "the templates of the chunk need too much memory";
    if (cut && !p->damage)
        p->damage = "the template definition is cut off";
    p->offset = offset;
    p->id = apd_u32le(head + 4);
    p->next = *bucket;
    *bucket = p;
    *out = p;
    return NULL;
}

/* at is behind the token. Layout: u8 version, u32 id, u32 definition offset, [definition], u32
 * count, descriptors, values. */
static const char *open_instance(evtx_decoder *d, uint32_t at, uint32_t end, evtx_instance *in)
{
    if (end - at < 13)
        return "a template instance is cut off";
    uint32_t id = apd_u32le(d->base + at + 1), offset = apd_u32le(d->base + at + 5);
    at += 9;
    if (offset > d->size || d->size - offset < DEFINITION_HEAD)
        return "its template lies outside the chunk";
    if (apd_u32le(d->base + offset + 4) != id)
        return "its template has been overwritten";
    if (offset == at) {
        if (end - at < DEFINITION_HEAD || end - at - DEFINITION_HEAD < apd_u32le(d->base + at + 20))
            return "a template definition is longer than the record";
        at += DEFINITION_HEAD + apd_u32le(d->base + at + 20);
    }
    if (end - at < 4)
        return "a template instance is cut off";
    uint32_t count = apd_u32le(d->base + at);
    at += 4;
    if (count > APD_EVTX_MAX_VALUES || end - at < 4 * count)
        return "a template instance has more values than fit into the record";
    const char *why = definition(d, offset, &in->program);
    if (why)
        return why;
    uint32_t *starts = apd_alloc(d->batch, (count + 1) * sizeof *starts);
    if (!starts)
        return "the values of the record need too much memory";
    in->base = d->base;
    in->descriptors = d->base + at;
    in->starts = starts;
    in->count = count;
    in->end = end;
    starts[0] = at + 4 * count;
    for (uint32_t i = 0; i < count; i++)
        starts[i + 1] = starts[i] + apd_u16le(in->descriptors + 4 * i);
    return NULL;
}

static const char *open_element(evtx_decoder *d, evtx_cursor c, evtx_instance *in)
{
    in->program = APD_NEW(d->batch, evtx_program);
    if (!in->program || !evtx_compile(d, c, d->batch, in->program))
        return "the record needs too much memory";
    return NULL;
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
