/* The values of a record are those of the payload that the provider wrote, in that order; the elements around the
 * substitutions name them. To learn the names an instance is walked whose values are their own indices: what comes out
 * under a name is the value that has it. */
#include "evtx_shape.h"

/* 16 bytes, or a text in the template; false if the provider has none: then it is no provider of ETW. */
static bool provider_guid(const evtx_instance *in, apd_arena *a, uint8_t guid[16])
{
    evtx_value v = evtx_system(in, EVTX_K_GUID);
    apd_field f = {0};
    if (v.type == EVTX_T_GUID && v.len == 16) {
        memcpy(guid, v.ptr, 16);
        return true;
    }
    return v.type == EVTX_T_STRING && evtx_value_field(v, a, &f) &&
           apd_parse_guid(apd_field_text(&f, a), guid);
}

typedef struct payload {
    evtx_instance in;
    bool user_data; /* EventData has its element in the instance, UserData around it */
} payload;

/* The one value of the record that is an instance of a template for EventData or UserData; false if there is none such,
 * or several: only then the payload is exactly its values. */
static bool find_payload(evtx_decoder *d, const evtx_instance *in, payload *out)
{
    const evtx_program *p = in->program;
    bool found = false;
    *out = (payload){0};
    for (uint32_t i = 1, next; p->nops && i < p->ops[0].end; i = next) {
        const evtx_op *op = &p->ops[i];
        bool around = op->kind == EVTX_OP_ELEMENT && op->known == EVTX_K_USER_DATA;
        next = around ? i + 1 : op->end;
        out->user_data |= around;
        evtx_value v =
            op->kind == EVTX_OP_SUB ? evtx_value_at(in, op->slot) : evtx_text((apd_bytes){0});
        if (v.type != EVTX_T_BINXML || v.len == 0)
            continue;
        uint32_t at = (uint32_t)(v.ptr - in->base);
        if (found || evtx_open(d, at, at + v.len, &out->in) || !out->in.program ||
            !out->in.program->definition.len)
            return false;
        found = true;
    }
    return found && (out->user_data || out->in.program->ops[0].known == EVTX_K_EVENT_DATA);
}

/* The types that the template declares, at the index of each value. */
static void set_types(const evtx_program *p, apd_shape_value *values, uint32_t n)
{
    for (uint32_t i = 0; i < p->nops; i++)
        if (p->ops[i].kind == EVTX_OP_SUB && p->ops[i].slot < n)
            values[p->ops[i].slot].type = p->ops[i].type;
}

static bool set_names(evtx_decoder *d, const payload *p, apd_shape_value *values)
{
    const evtx_instance *of = &p->in;
    uint8_t *index = apd_alloc(d->batch, 2 * of->count);
    evtx_slot *slots = APD_NEWS(d->batch, evtx_slot, of->count);
    apd_event found = {0};
    if (!index || !slots)
        return false;
    for (uint32_t i = 0; i < of->count; i++) {
        index[2 * i] = (uint8_t)i;
        index[2 * i + 1] = (uint8_t)(i >> 8);
        slots[i] = (evtx_slot){2 * i, 2 | (uint32_t)EVTX_T_U16 << 16};
    }
    evtx_instance indices = {of->program, index, slots, of->count, of->count};
    if (evtx_part_fields(d, &indices, p->user_data, &found))
        return false;
    for (uint32_t i = 0; i < found.nfields; i++) {
        const apd_field *f = &found.fields[i];
        if (f->type == APD_T_U64 && f->as.u < of->count && !values[f->as.u].name)
            values[f->as.u].name = f->name;
    }
    for (uint32_t i = 0; i < of->count; i++)
        if (!values[i].name)
            return false; /* nobody knows what that is */
    return true;
}

/* An event that was not met before, as far as the table remembers. */
static void tell(const evtx_shapes *s, evtx_decoder *d, const evtx_instance *in,
                 const apd_event *ev, uint64_t version)
{
    uint8_t guid[16];
    payload found;
    if (ev->id > UINT16_MAX || version > UINT8_MAX || !provider_guid(in, d->batch, guid))
        return;
    apd_shape shape = {.guid = guid,
                       .provider = ev->provider,
                       .id = (uint16_t)ev->id,
                       .version = (uint8_t)version};
    if (!s->sink->wants(s->sink->ctx, &shape) || !find_payload(d, in, &found))
        return;
    apd_shape_value *values = APD_NEWS(d->batch, apd_shape_value, found.in.count);
    if (!values || found.in.count == 0)
        return;
    set_types(found.in.program, values, found.in.count);
    if (!set_names(d, &found, values))
        return;
    shape.values = values;
    shape.n = found.in.count;
    s->sink->take(s->sink->ctx, &shape);
}

void evtx_shape_note(evtx_shapes *s, evtx_decoder *d, const evtx_instance *in, const apd_event *ev)
{
    uint64_t version = 0;
    evtx_value v = evtx_system(in, EVTX_K_VERSION);
    if (v.type == EVTX_T_U8 && v.len == 1)
        version = v.ptr[0];
    else if (v.type != EVTX_T_NULL && !evtx_value_number(v, &version))
        return;
    uint64_t key = (uint64_t)ev->provider << 32 ^ (uint64_t)ev->id << 9 ^ (version | 0x100);
    uint64_t *met = &s->met[(key >> 9 ^ key >> 29) & (EVTX_SHAPES_MET - 1)];
    if (*met == key)
        return;
    *met = key;
    tell(s, d, in, ev, version);
}
