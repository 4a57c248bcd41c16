#include "evtx_writer.h"

#include <stdlib.h>
#include <zlib.h>

#include "binxml_writer.h"

enum { FILE_HEAD = 4096, HEAD_USED = 128, RECORD_HEAD = 24, TABLES = MK_CHUNK_HEAD - HEAD_USED };

typedef struct writer {
    mk_out *out;
    mk_chunk *chunk;
    size_t file_at;
    uint32_t chunks;
    uint64_t first_id, next_id, first_number, last_offset;
} writer;

static uint32_t crc(uint32_t start, const uint8_t *p, size_t n)
{
    return (uint32_t)crc32(start, p, (uInt)n);
}

static void start_chunk(writer *w)
{
    memset(w->chunk, 0, sizeof(*w->chunk));
    w->chunk->len = MK_CHUNK_HEAD;
    w->first_id = w->next_id;
}

/* A chunk without records has all ids set, as a freshly made log does. */
static void finish_chunk(writer *w)
{
    uint8_t *b = w->chunk->bytes;
    bool empty = w->next_id == w->first_id;
    uint64_t first = w->first_id - w->first_number + 1;
    memcpy(b, "ElfChnk", 8);
    mk_store64(b + 8, empty ? 1 : first);
    mk_store64(b + 16, empty ? UINT64_MAX : first + (w->next_id - w->first_id) - 1);
    mk_store64(b + 24, empty ? UINT64_MAX : w->first_id);
    mk_store64(b + 32, empty ? UINT64_MAX : w->next_id - 1);
    mk_store32(b + 40, HEAD_USED);
    mk_store32(b + 44, empty ? 0 : (uint32_t)w->last_offset);
    mk_store32(b + 48, (uint32_t)w->chunk->len);
    mk_store32(b + 52, crc(0, b + MK_CHUNK_HEAD, w->chunk->len - MK_CHUNK_HEAD));
    mk_store32(b + 120, 1);
    mk_store32(b + 124, crc(crc(0, b, 120), b + HEAD_USED, TABLES));
    mk_put(w->out, b, MK_CHUNK_SIZE);
    w->chunks++;
}

/* False if the record does not fit; the chunk is then as it was before. */
static bool put_record(writer *w, const mk_event *e)
{
    mk_chunk *c = w->chunk;
    uint8_t tables[TABLES];
    size_t start = c->len;
    memcpy(tables, c->bytes + HEAD_USED, TABLES);
    mk_chunk_u32(c, 0x2a2a);
    mk_chunk_u32(c, 0);
    mk_chunk_u64(c, w->next_id);
    mk_chunk_u64(c, (uint64_t)e->time);
    mk_binxml_event(c, e, w->next_id);
    size_t size = (c->len - start + 4 + 7) & ~(size_t)7;
    static const uint8_t zeros[8] = {0};
    mk_chunk_put(c, zeros, start + size - 4 - c->len);
    mk_chunk_u32(c, (uint32_t)size);
    if (c->full) {
        memset(c->bytes + start, 0, MK_CHUNK_SIZE - start);
        memcpy(c->bytes + HEAD_USED, tables, TABLES);
        c->len = start;
        c->full = false;
        return false;
    }
    mk_store32(c->bytes + start + 4, (uint32_t)size);
    w->last_offset = start;
    w->next_id++;
    return true;
}

static void file_header(writer *w, const mk_evtx *how)
{
    uint8_t *h = w->out->ptr + w->file_at;
    memcpy(h, "ElfFile", 8);
    mk_store64(h + 16, w->chunks - 1);
    mk_store64(h + 24, w->next_id);
    mk_store32(h + 32, HEAD_USED);
    mk_store16(h + 36, how->minor);
    mk_store16(h + 38, 3);
    mk_store16(h + 40, FILE_HEAD);
    mk_store16(h + 42, (uint16_t)w->chunks);
    mk_store32(h + 120, how->flags);
    mk_store32(h + 124, crc(0, h, 120));
}

void mk_evtx_write(mk_out *o, const mk_evtx *how, const mk_event *const *events, size_t n)
{
    writer w = {.out = o,
                .chunk = malloc(sizeof(mk_chunk)),
                .file_at = o->len,
                .next_id = how->first_record,
                .first_number = how->first_record};
    if (!w.chunk)
        mk_die("out of memory");
    mk_zero(o, FILE_HEAD);
    start_chunk(&w);
    for (size_t i = 0; i < n; i++) {
        if (put_record(&w, events[i]))
            continue;
        finish_chunk(&w);
        start_chunk(&w);
        if (!put_record(&w, events[i]))
            mk_die("event %u of %.*s is larger than a chunk", events[i]->id,
                   APD_FMT(events[i]->provider));
    }
    finish_chunk(&w);
    if (how->min_chunks > w.chunks)
        mk_zero(o, (size_t)(how->min_chunks - w.chunks) * MK_CHUNK_SIZE);
    file_header(&w, how);
    free(w.chunk);
}
