/* The System part. Few instructions a record: this is all that most records ever cost. */
#include "evtx_event.h"

#include "utf.h"

/* Channel and provider hardly change from record to record: compare before hashing. */
static apd_sym name_sym(evtx_decoder *d, evtx_value v, evtx_last *last)
{
    if (v.type != EVTX_T_STRING)
        return 0;
    if (last->sym && v.len == last->utf16.len && memcmp(v.ptr, last->utf16.ptr, v.len) == 0)
        return last->sym;
    apd_bytes text = apd_utf16_trim(evtx_raw(v));
    if (text.len == 0)
        return 0;
    *last = (evtx_last){evtx_raw(v), evtx_names_get(&d->names, text, d->batch).sym};
    return last->sym;
}

/* The types that the System part has, without a call. */
static inline bool number(evtx_value v, uint64_t *out)
{
    if (v.type == EVTX_T_U16 && v.len == 2)
        *out = apd_u16le(v.ptr);
    else if (v.type == EVTX_T_U8 && v.len == 1)
        *out = v.ptr[0];
    else if (v.type == EVTX_T_U64 && v.len == 8)
        *out = apd_u64le(v.ptr);
    else
        return evtx_value_number(v, out);
    return true;
}

const char *evtx_event_system(evtx_decoder *d, const evtx_instance *in, evtx_lasts *last,
                              apd_event *ev)
{
    uint64_t n;
    bool known = number(evtx_system(in, EVTX_K_EVENT_ID), &n);
    ev->id = known ? (uint32_t)n : 0;
    ev->level = number(evtx_system(in, EVTX_K_LEVEL), &n) ? (uint8_t)n : 0;
    if (number(evtx_system(in, EVTX_K_RECORD_ID), &n))
        ev->where.record = n;
    apd_time time;
    if (evtx_value_time(evtx_system(in, EVTX_K_SYSTEM_TIME), &time)) {
        ev->time = time;
        ev->clock = APD_CLOCK_UTC;
    }
    ev->log = name_sym(d, evtx_system(in, EVTX_K_CHANNEL), &last->channel);
    ev->provider = in->program->provider
                       ? in->program->provider
                       : name_sym(d, evtx_system(in, EVTX_K_NAME), &last->provider);
    if (known)
        return NULL;
    return in->program->damage ? in->program->damage : "it has no EventID";
}
