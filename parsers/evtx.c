/* Windows event logs (EVTX): a 4096-byte header, then chunks of 64 KiB, each complete in itself.
 *
 * The header's counts are stale in logs that were copied while in use, so chunks are taken as they
 * come, and each is looked at where the stream lent it. Per record only the System part is read; the
 * event's payload is this reader, which finds the fields when asked. Damage costs what is damaged
 * and is told once: by next() at its place, or, when found while looking for fields, by the next()
 * after. */
#include <stdlib.h>

#include "evtx_chunk.h"
#include "evtx_event.h"
#include "parsers.h"

#define FILE_HEAD 4096u
#define FILE_FLAGS 120
#define FLAG_NO_CHECKSUMS 4u

struct apd_reader {
    apd_payload payload; /* first: expand() gets from it to the reader */
    apd_input in;
    apd_mark batch_start;
    evtx_decoder decoder;
    evtx_chunk chunk; /* the one that `lent` is */
    evtx_lasts last;
    evtx_instance record; /* what the last event stands for */
    apd_where where;
    const char *lost; /* found missing while its fields were looked for */
    uint32_t lent;    /* bytes of the stream that are still in use; 0 = no chunk */
    uint64_t place;   /* of the chunk in the file */
    bool checksums;
    bool header_bad; /* not told yet */
};

static bool is_file(apd_bytes b)
{
    return b.len >= 8 && memcmp(b.ptr, "ElfFile", 8) == 0;
}

static bool is_chunk(apd_bytes b)
{
    return b.len >= 8 && memcmp(b.ptr, "ElfChnk", 8) == 0;
}

static int bid(apd_bytes head, apd_str path)
{
    if (is_file(head))
        return 100;
    if (is_chunk(head))
        return 90;
    return apd_iends(path, APD_LIT(".evtx")) ? 30 : 0; /* damaged: chunks may be there */
}

static apd_status open_header(apd_reader *r, apd_error *err)
{
    apd_bytes head;
    apd_status s = apd_stream_peek(r->in.stream, FILE_HEAD, &head, err);
    if (s != APD_OK && s != APD_END)
        return s;
    apd_where at = {.member = r->in.member};
    if (head.len == 0)
        return apd_fail(err, APD_E_DAMAGED, at, "the event log is empty: it has no bytes at all");
    r->checksums = true;
    if (is_chunk(head))
        return APD_OK; /* bare chunks */
    if (s == APD_END)
        return apd_fail(err, APD_E_DAMAGED, at,
                        "the event log has %zu bytes, less than its header of %u; copy it again",
                        head.len, FILE_HEAD);
    r->header_bad = !is_file(head);
    if (!r->header_bad)
        r->checksums = !(apd_u32le(head.ptr + FILE_FLAGS) & FLAG_NO_CHECKSUMS);
    apd_stream_consume(r->in.stream, FILE_HEAD);
    return APD_OK;
}

static void close_reader(apd_reader *r)
{
    if (r)
        evtx_decoder_free(&r->decoder);
    free(r);
}

static apd_status expand(const apd_payload *self, apd_event *ev)
{
    apd_reader *r = (apd_reader *)(uintptr_t)self;
    const char *lost = evtx_event_fields(&r->decoder, &r->record, ev);
    if (!lost)
        return APD_OK;
    r->lost = lost;
    return APD_SKIPPED;
}

static apd_status open_reader(const apd_input *in, apd_reader **out, apd_error *err)
{
    *out = NULL;
    apd_reader *r = calloc(1, sizeof *r);
    if (!r || evtx_decoder_init(&r->decoder, in->names, in->batch) != APD_OK) {
        close_reader(r);
        return apd_fail(err, APD_E_NOMEM, (apd_where){.member = in->member},
                        "out of memory while opening an event log");
    }
    r->payload.expand = expand;
    r->in = *in;
    r->batch_start = apd_arena_mark(in->batch);
    apd_status s = open_header(r, err);
    if (s != APD_OK) {
        close_reader(r);
        return s;
    }
    *out = r;
    return APD_OK;
}

/* Borrows the next chunk. APD_SKIPPED: it is open, but something about it had to be said. */
static apd_status next_chunk(apd_reader *r, apd_error *err)
{
    for (;;) {
        apd_stream_consume(r->in.stream, r->lent);
        r->lent = 0;
        apd_bytes b;
        r->place = apd_stream_offset(r->in.stream);
        apd_status s = apd_stream_peek(r->in.stream, EVTX_CHUNK_SIZE, &b, err);
        if (s != APD_OK && s != APD_END)
            return s;
        if (b.len == 0)
            return APD_END;
        r->lent = b.len < EVTX_CHUNK_SIZE ? (uint32_t)b.len : EVTX_CHUNK_SIZE;
        apd_where at = {.member = r->in.member, .len = r->lent, .offset = r->place};
        bool marked = is_chunk(b);
        if (!marked && evtx_chunk_is_blank(b.ptr, r->lent))
            continue; /* space that was never used */
        if (r->lent < EVTX_CHUNK_HEAD) {
            apd_stream_consume(r->in.stream, r->lent);
            r->lent = 0;
            return apd_fail(err, APD_SKIPPED, at,
                            "the file ends %u bytes into a chunk; no record of it is there",
                            (unsigned)at.len);
        }
        const char *why = evtx_chunk_open(&r->chunk, b.ptr, r->lent, r->checksums);
        evtx_decoder_chunk(&r->decoder, b.ptr, r->lent);
        r->last = (evtx_lasts){0};
        if (!why)
            return APD_OK;
        return apd_fail(err, APD_SKIPPED, at,
                        "the chunk at byte %llu %s; what is sound in it is read",
                        (unsigned long long)r->place, why);
    }
}

static apd_where record_place(const apd_reader *r, const evtx_record *rec)
{
    return (apd_where){
        .member = r->in.member, .len = rec->size, .record = rec->id, .offset = r->place + rec->at};
}

static apd_status lost_record(const apd_reader *r, const evtx_record *rec, const char *why,
                              apd_error *err)
{
    unsigned long long at = (unsigned long long)r->place + rec->at;
    if (r->chunk.at == r->chunk.end)
        return apd_fail(err, APD_SKIPPED, record_place(r, rec),
                        "the record at byte %llu is damaged: %s; nothing behind it in its chunk "
                        "is a sound record",
                        at, why);
    return apd_fail(err, APD_SKIPPED, record_place(r, rec),
                    "the record at byte %llu is damaged: %s; reading goes on %u bytes behind", at,
                    why, (unsigned)rec->size);
}

static apd_status fill(apd_reader *r, const evtx_record *rec, apd_event *ev, apd_error *err)
{
    apd_where where = record_place(r, rec);
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
    ev->payload = &r->payload;
    r->where = ev->where;
    return APD_OK;
}

static apd_status next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_arena_rewind(r->in.batch, r->batch_start);
    if (r->header_bad) {
        r->header_bad = false;
        return apd_fail(err, APD_SKIPPED, (apd_where){.member = r->in.member, .len = FILE_HEAD},
                        "the file's header is damaged; its chunks are looked for");
    }
    if (r->lost) {
        const char *why = r->lost;
        r->lost = NULL;
        return apd_fail(err, APD_SKIPPED, r->where, "fields of record %llu are missing: %s",
                        (unsigned long long)r->where.record, why);
    }
    for (;;) {
        evtx_record rec;
        const char *why = NULL;
        evtx_step step = r->lent ? evtx_chunk_next(&r->chunk, &rec, &why) : EVTX_STEP_END;
        if (step == EVTX_STEP_RECORD)
            return fill(r, &rec, ev, err);
        if (step == EVTX_STEP_LOST) {
            if (r->chunk.cut && r->chunk.at == r->chunk.end)
                continue; /* that the chunk is cut off was said */
            return lost_record(r, &rec, why, err);
        }
        apd_status s = next_chunk(r, err);
        if (s != APD_OK)
            return s;
    }
}

const apd_parser apd_parser_evtx = {
    .name = "evtx",
    .about = "Windows event log (.evtx)",
    .bid = bid,
    .open = open_reader,
    .next = next,
    .close = close_reader,
};
