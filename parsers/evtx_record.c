/* Per record only the System part is read; the event's payload is the reading, which finds the
 * fields when asked. Damage found while looking for them is told by the reader's next next(). */
#include "evtx_record.h"

#include "evtx_render.h"

static apd_status expand(const apd_payload *self, apd_event *ev)
{
    evtx_reading *r = (evtx_reading *)(uintptr_t)self;
    const char *lost = evtx_event_fields(&r->decoder, &r->record, ev);
    if (!lost)
        return APD_OK;
    r->lost = lost;
    return APD_SKIPPED;
}

static apd_status render(const apd_payload *self, const apd_event *ev, apd_form form, apd_buf *out)
{
    evtx_reading *r = (evtx_reading *)(uintptr_t)self;
    const char *lost = NULL;
    apd_status s = evtx_render(&r->decoder, &r->record, ev, form, out, &lost);
    if (lost)
        r->lost = lost;
    return s;
}

apd_status evtx_reading_init(evtx_reading *r, apd_intern *names, apd_arena *batch)
{
    r->payload.expand = expand;
    r->payload.render = render;
    return evtx_decoder_init(&r->decoder, names, batch);
}

void evtx_reading_free(evtx_reading *r)
{
    evtx_decoder_free(&r->decoder);
}

void evtx_reading_chunk(evtx_reading *r, const uint8_t *base, uint32_t size)
{
    evtx_decoder_chunk(&r->decoder, base, size);
    r->last = (evtx_lasts){0};
}

apd_status evtx_reading_event(evtx_reading *r, const evtx_record *rec, apd_where where,
                              apd_event *ev, apd_error *err)
{
    *ev = (apd_event){.time = (apd_time)(rec->written & INT64_MAX),
                      .clock = APD_CLOCK_UTC,
                      .kind = APD_EVENT,
                      .message = APD_LIT(""),
                      .where = where};
    uint32_t from = rec->at + EVTX_RECORD_HEAD, to = rec->at + rec->size - 4;
    const char *why = evtx_open(&r->decoder, from, to, &r->record);
    if (!why && !r->record.program)
        why = "it is empty";
    if (!why)
        r->lost = evtx_event_system(&r->decoder, &r->record, &r->last, ev);
    if (r->lost && !ev->log) { /* neither what it is nor where it was written */
        why = r->lost;
        r->lost = NULL;
    }
    if (why)
        return apd_fail(err, APD_SKIPPED, where, "record %llu cannot be read: %s",
                        (unsigned long long)rec->id, why);
    if (r->shapes.sink)
        evtx_shape_note(&r->shapes, &r->decoder, &r->record, ev);
    ev->payload = &r->payload;
    r->where = ev->where;
    return APD_OK;
}

apd_status evtx_reading_lost(evtx_reading *r, apd_error *err)
{
    const char *why = r->lost;
    if (!why)
        return APD_OK;
    r->lost = NULL;
    return apd_fail(err, APD_SKIPPED, r->where, "fields of record %llu are missing: %s",
                    (unsigned long long)r->where.record, why);
}
