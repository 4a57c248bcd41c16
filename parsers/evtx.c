/* Windows event logs (EVTX): a 4096-byte header, then chunks of 64 KiB, each complete in itself.
 *
 * The header's counts are stale in logs that were copied while in use, so chunks are taken as they
 * come, and each is looked at where the stream lent it. Damage costs what is damaged and is told
 * once: by next() at its place, or, when found while looking for fields, by the next() after. */
#include <stdlib.h>

#include "evtx_record.h"
#include "parsers.h"

#define FILE_HEAD 4096u
#define FILE_CHUNKS 42
#define FILE_FLAGS 120
#define MARK 8u /* bytes of a signature */
#define FLAG_NO_CHECKSUMS 4u

struct apd_reader {
    apd_input in;
    apd_mark batch_start;
    evtx_reading reading;
    evtx_chunk chunk; /* the one that `lent` is */
    uint32_t lent;    /* bytes of the stream that are still in use; 0 = no chunk */
    uint64_t place;   /* of the chunk in the file */
    uint32_t places;  /* for chunks, used or not, that were passed */
    uint32_t said;    /* so many chunks there are, the header says; 0 = it cannot be relied on */
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
    if (r->header_bad) {
        apd_stream_consume(r->in.stream, evtx_chunk_find(head.ptr, 0, FILE_HEAD));
        return APD_OK;
    }
    r->checksums = !(apd_u32le(head.ptr + FILE_FLAGS) & FLAG_NO_CHECKSUMS);
    if (evtx_file_head_sound(head.ptr))
        r->said = apd_u16le(head.ptr + FILE_CHUNKS);
    apd_stream_consume(r->in.stream, FILE_HEAD);
    return APD_OK;
}

static void close_reader(apd_reader *r)
{
    if (r)
        evtx_reading_free(&r->reading);
    free(r);
}

static apd_status open_reader(const apd_input *in, apd_reader **out, apd_error *err)
{
    *out = NULL;
    apd_reader *r = calloc(1, sizeof *r);
    if (!r || evtx_reading_init(&r->reading, in->names, in->batch) != APD_OK) {
        close_reader(r);
        return apd_fail(err, APD_E_NOMEM, (apd_where){.member = in->member},
                        "out of memory while opening an event log");
    }
    r->in = *in;
    r->reading.shapes.sink = in->shapes;
    r->batch_start = apd_arena_mark(in->batch);
    apd_status s = open_header(r, err);
    if (s != APD_OK) {
        close_reader(r);
        return s;
    }
    *out = r;
    return APD_OK;
}

/* The header's count is often too small (the log was copied while in use), but too large it only is
 * when the rest of the file is missing. */
static apd_status end_of_file(apd_reader *r, apd_error *err)
{
    uint32_t said = r->said;
    r->said = 0;
    if (said <= r->places)
        return APD_END;
    return apd_fail(err, APD_SKIPPED, (apd_where){.member = r->in.member, .offset = r->place},
                    "the file ends at byte %llu, after %u of %u chunks; the rest is missing",
                    (unsigned long long)r->place, (unsigned)r->places, (unsigned)said);
}

/* Bytes that are no chunk, as far as the next one or the end of the file. */
static apd_status no_chunk(apd_reader *r, apd_where at, apd_error *err)
{
    r->chunk = (evtx_chunk){0};
    return apd_fail(err, APD_SKIPPED, at,
                    "the %u bytes from byte %llu on are no chunk; reading goes on behind them",
                    (unsigned)at.len, (unsigned long long)at.offset);
}

/* Opens what is lent as a chunk. Where something about it is wrong, or no chunk follows it where one
 * should, bytes of the file may be missing: the next chunk may then begin inside of this one. */
static const char *open_chunk(apd_reader *r, const uint8_t *base, bool followed)
{
    const char *why = evtx_chunk_open(&r->chunk, base, r->lent, r->checksums);
    if (!why && followed)
        return NULL;
    uint32_t next = evtx_chunk_find(base, EVTX_CHUNK_HEAD, r->lent);
    if (next == r->lent)
        return why;
    r->lent = next;
    return evtx_chunk_open(&r->chunk, base, r->lent, r->checksums);
}

/* Borrows the next chunk. APD_SKIPPED: it is open, but something about it had to be said. */
static apd_status next_chunk(apd_reader *r, apd_error *err)
{
    for (;;) {
        apd_stream_consume(r->in.stream, r->lent);
        r->lent = 0;
        apd_bytes b;
        r->place = apd_stream_offset(r->in.stream);
        apd_status s = apd_stream_peek(r->in.stream, EVTX_CHUNK_SIZE + MARK, &b, err);
        if (s != APD_OK && s != APD_END)
            return s;
        if (b.len == 0)
            return end_of_file(r, err);
        r->lent = b.len < EVTX_CHUNK_SIZE ? (uint32_t)b.len : EVTX_CHUNK_SIZE;
        r->places++;
        bool marked = is_chunk(b);
        if (!marked && evtx_chunk_is_blank(b.ptr, r->lent))
            continue; /* space that was never used */
        uint32_t next = marked ? r->lent : evtx_chunk_find(b.ptr, 1, r->lent);
        apd_where at = {.member = r->in.member, .len = next, .offset = r->place};
        if (next < r->lent || r->lent < EVTX_CHUNK_HEAD) {
            r->places -= next < r->lent;
            r->lent = next;
            return no_chunk(r, at, err);
        }
        bool followed = is_chunk((apd_bytes){b.ptr + r->lent, b.len - r->lent});
        const char *why = open_chunk(r, b.ptr, followed);
        evtx_reading_chunk(&r->reading, b.ptr, r->lent);
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

static apd_status next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_arena_rewind(r->in.batch, r->batch_start);
    if (r->header_bad) {
        r->header_bad = false;
        return apd_fail(err, APD_SKIPPED, (apd_where){.member = r->in.member, .len = FILE_HEAD},
                        "the file's header is damaged; its chunks are looked for");
    }
    apd_status lost = evtx_reading_lost(&r->reading, err);
    if (lost != APD_OK)
        return lost;
    for (;;) {
        evtx_record rec;
        const char *why = NULL;
        evtx_step step = r->lent ? evtx_chunk_next(&r->chunk, &rec, &why) : EVTX_STEP_END;
        if (step == EVTX_STEP_RECORD)
            return evtx_reading_event(&r->reading, &rec, record_place(r, &rec), ev, err);
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
