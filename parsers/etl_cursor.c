#include "etl_cursor.h"

#include <stdlib.h>

#include "limits.h"
#include "xca.h"

/* Records of several processors in one stream may be out of order by microseconds; more is a clock that was set. */
#define STEP APD_TICKS_SECOND

void etl_cursor_start(etl_cursor *c, uint32_t from, uint32_t to)
{
    *c = (etl_cursor){
        .own = c->own, .room = c->room, .next = from, .last = to, .time = APD_TIME_NONE};
}

void etl_cursor_close(etl_cursor *c)
{
    free(c->own);
    *c = (etl_cursor){0};
}

static apd_where place(const etl_trace *t, const etl_buffer *b)
{
    return (apd_where){.member = t->member, .len = b->stored, .offset = b->offset};
}

/* What the index knows to be lost in front of a buffer, one sentence at a time. */
static apd_status tell(const etl_trace *t, etl_buffer *b, apd_error *err)
{
    unsigned long long at = b->offset;
    uint32_t missing = b->missing, skipped = b->skipped;
    bool cut = b->cut;
    if (missing) {
        b->missing = 0;
        return apd_fail(
            err, APD_SKIPPED, place(t, b),
            "buffers are missing before the one at byte %llu: %u; their events are lost", at,
            (unsigned)missing);
    }
    if (skipped) {
        b->skipped = 0;
        return apd_fail(err, APD_SKIPPED, place(t, b),
                        "up to %u KiB before byte %llu are no buffers; reading goes on there",
                        (unsigned)skipped, at);
    }
    if (b->flags & (ETL_EVENTS_LOST | ETL_BUFFERS_LOST)) {
        const char *what = b->flags & ETL_BUFFERS_LOST ? "buffers" : "events";
        b->flags &= (uint16_t) ~(ETL_EVENTS_LOST | ETL_BUFFERS_LOST);
        return apd_fail(err, APD_SKIPPED, place(t, b),
                        "Windows had no room for %s before the buffer at byte %llu; they are lost",
                        what, at);
    }
    b->cut = false;
    if (cut)
        return apd_fail(err, APD_SKIPPED, place(t, b),
                        "the file ends at byte %llu, inside of a buffer; the rest is missing",
                        at + b->stored);
    return APD_OK;
}

static bool room(uint8_t **memory, uint32_t *have, uint32_t want)
{
    if (*have >= want)
        return true;
    uint8_t *p = realloc(*memory, want);
    if (!p)
        return false;
    *memory = p;
    *have = want;
    return true;
}

static apd_status out_of_memory(const etl_trace *t, const etl_buffer *b, apd_error *err)
{
    return apd_fail(err, APD_E_NOMEM, place(t, b), "out of memory for a buffer of %u bytes",
                    (unsigned)b->filled);
}

typedef size_t unpacker(apd_bytes in, uint8_t *out, size_t room, const char **why);

/* The header buffer, which itself is never compressed, names the format where others have their state. */
static unpacker *unpacker_of(const etl_trace *t)
{
    switch (t->packing) {
    case 2:
        return xca_lznt1;
    case 4:
        return xca_huffman;
    default: /* 3 */
        return xca_lz77;
    }
}

/* The body is compressed, the head is not. What came out before damage is read. */
static apd_status unpack(etl_cursor *c, etl_trace *t, apd_error *err)
{
    const etl_buffer *b = c->buffer;
    const char *why = NULL;
    if (!room(&c->own, &c->room, b->filled))
        return out_of_memory(t, b, err);
    apd_bytes in = c->data;
    size_t head = in.len < ETL_BUFFER_HEAD ? in.len : ETL_BUFFER_HEAD;
    memcpy(c->own, in.ptr, head);
    (void)apd_skip(&in, head);
    size_t want = b->filled - head, n = unpacker_of(t)(in, c->own + head, want, &why);
    c->data = (apd_bytes){c->own, head + n};
    if (n == want && !why)
        return APD_OK;
    return apd_fail(
        err, APD_SKIPPED, place(t, b),
        "the compressed buffer at byte %llu is damaged: %s; %zu of its %u bytes are read",
        (unsigned long long)b->offset, why ? why : "it ends too early", head + n,
        (unsigned)b->filled);
}

/* The next buffer. APD_SKIPPED: it is at hand, or, when `next` did not move, to be asked for again. */
static apd_status load(etl_cursor *c, etl_trace *t, apd_error *err)
{
    etl_buffer *b = &t->index.buffers.at[c->next];
    apd_status st = tell(t, b, err);
    if (st != APD_OK)
        return st;
    bool compressed = b->flags & ETL_COMPRESSED;
    bool has_room = compressed ? room(&t->packed, &t->packed_room, b->stored)
                               : !t->source.seeks || room(&c->own, &c->room, b->filled);
    if (!has_room)
        return out_of_memory(t, b, err);
    c->next++;
    c->buffer = b;
    c->data = etl_source_at(&t->source, b->offset, compressed ? t->packed : c->own,
                            compressed ? b->stored : b->filled);
    c->at = ETL_BUFFER_HEAD;
    return compressed ? unpack(c, t, err) : APD_OK;
}

static apd_status bad_record(etl_cursor *c, const etl_trace *t, uint32_t size, const char *why,
                             apd_error *err)
{
    uint64_t at = c->buffer->offset + (c->buffer->flags & ETL_COMPRESSED ? 0 : c->at);
    size_t rest = c->data.len - c->at;
    apd_where where = {.member = t->member, .len = size, .offset = at};
    c->at = size ? c->at + ((size + 7) & ~(size_t)7) : c->data.len;
    if (size)
        return apd_fail(err, APD_SKIPPED, where, "the record at byte %llu is passed over: %s",
                        (unsigned long long)at, why);
    return apd_fail(
        err, APD_SKIPPED, where,
        "the record at byte %llu is damaged: %s; the other %zu bytes of its buffer are lost",
        (unsigned long long)at, why, rest);
}

static void note_time(etl_cursor *c, const etl_trace *t)
{
    etl_record *r = &c->record;
    r->time = r->has_time ? etl_clock_time(&t->clock, r->stamp) : APD_TIME_NONE;
    c->back = 0;
    if (r->time == APD_TIME_NONE)
        return;
    if (c->time != APD_TIME_NONE && r->time < c->time - STEP && t->order != ETL_AS_IN_FILE) {
        c->back = c->time - r->time;
        c->epoch++;
    }
    c->time = r->time;
}

apd_status etl_cursor_next(etl_cursor *c, etl_trace *t, apd_error *err)
{
    for (;;) {
        while (c->at < c->data.len) {
            const char *why;
            apd_bytes rest = {c->data.ptr + c->at, c->data.len - c->at};
            uint32_t size = etl_record_read(rest, &c->record, &why);
            if (why)
                return bad_record(c, t, size, why, err);
            if (size == 0)
                break; /* the rest is unused */
            c->record.cpu = c->buffer->cpu;
            c->record.offset = c->buffer->offset + (c->buffer->flags & ETL_COMPRESSED ? 0 : c->at);
            c->at += (size + 7) & ~(size_t)7;
            note_time(c, t);
            return APD_OK;
        }
        c->data.len = 0;
        c->at = 0;
        if (c->next == c->last)
            return APD_END;
        apd_status st = load(c, t, err);
        if (st != APD_OK)
            return st;
    }
}
