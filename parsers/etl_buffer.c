/* Heads are believed as far as they can be: where one makes no sense, the next is looked for at the usual
 * distance. What the file's own header counts plays no part. */
#include "etl_buffer.h"

#include <stdlib.h>

#include "limits.h"

#define KIB 1024u

enum {
    AT_SIZE = 0,
    AT_TIME = 0x10,
    AT_SEQUENCE = 0x18,
    AT_CPU = 0x28,
    AT_FILLED = 0x30,
    AT_FLAGS = 0x34,
    AT_TYPE = 0x36,
    INDEXED_CPU = 0x20, /* flag: the processor's number has 11 bits; before Windows 8 it had 8 */
    TYPES = 8
};

bool etl_buffer_is_head(apd_bytes h)
{
    if (h.len < ETL_BUFFER_HEAD)
        return false;
    uint32_t size = apd_u32le(h.ptr + AT_SIZE), filled = apd_u32le(h.ptr + AT_FILLED);
    return size >= ETL_BUFFER_HEAD && size <= APD_ETL_MAX_BUFFER && filled <= APD_ETL_MAX_BUFFER &&
           (filled == 0 || filled >= ETL_BUFFER_HEAD) && apd_u16le(h.ptr + AT_TYPE) < TYPES;
}

static bool is_blank(apd_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.ptr[i])
            return false;
    return true;
}

static etl_buffer read_head(const uint8_t *h, uint64_t offset)
{
    etl_buffer b = {.offset = offset,
                    .sequence = apd_u64le(h + AT_SEQUENCE),
                    .stored = apd_u32le(h + AT_SIZE),
                    .filled = apd_u32le(h + AT_FILLED),
                    .flags = apd_u16le(h + AT_FLAGS),
                    .type = (uint8_t)apd_u16le(h + AT_TYPE)};
    b.cpu = b.flags & INDEXED_CPU ? apd_u16le(h + AT_CPU) & 0x7ff : h[AT_CPU];
    if (b.filled < ETL_BUFFER_HEAD)
        b.filled = ETL_BUFFER_HEAD;
    if (!(b.flags & ETL_COMPRESSED) && b.filled > b.stored)
        b.filled = b.stored;
    return b;
}

/* How many of the n bytes at `at` the file has. */
static uint32_t bytes_there(etl_source *src, uint64_t at, uint32_t n)
{
    uint8_t own[4096];
    uint32_t there = 0;
    while (there < n) {
        size_t ask = n - there < sizeof own ? n - there : sizeof own;
        size_t got = etl_source_at(src, at + there, own, ask).len;
        there += (uint32_t)got;
        if (got < ask)
            break;
    }
    return there;
}

/* The file ended: how much of its last buffer is there? */
static void clip_last(etl_index *x, etl_source *src)
{
    if (x->buffers.n == 0)
        return;
    etl_buffer *b = &x->buffers.at[x->buffers.n - 1];
    uint8_t last;
    if (etl_source_at(src, b->offset + b->stored - 1, &last, 1).len == 1)
        return;
    b->stored = bytes_there(src, b->offset, b->stored);
    b->cut = (b->flags & ETL_COMPRESSED) || b->filled > b->stored;
    if (!(b->flags & ETL_COMPRESSED) && b->filled > b->stored)
        b->filled = b->stored;
}

/* Passes what is no head, as far as the next one or the end. KiB that may have held something. */
static uint32_t look_for_head(etl_index *x, etl_source *src)
{
    uint8_t own[ETL_BUFFER_HEAD];
    uint64_t from = x->next, blank = 0;
    uint32_t step = x->step ? x->step : KIB;
    for (;;) {
        apd_bytes h = etl_source_at(src, x->next, own, sizeof own);
        if (h.len < sizeof own ||
            (etl_buffer_is_head(h) && apd_u32le(h.ptr) >= 2 * ETL_BUFFER_HEAD))
            break;
        blank += is_blank(h) ? step : 0; /* space set aside and never used */
        x->next += step;
    }
    uint64_t lost = x->next - from > blank ? x->next - from - blank : 0;
    lost = (lost + KIB - 1) / KIB;
    return lost < UINT32_MAX ? (uint32_t)lost : UINT32_MAX;
}

/* False when out of memory. */
static bool add(etl_index *x, const uint8_t *head)
{
    etl_buffer b = read_head(head, x->next);
    int64_t flushed = (int64_t)apd_u64le(head + AT_TIME);
    if (b.type != ETL_BUFFER_IS_HEADER && flushed > x->last_flush)
        x->last_flush = flushed;
    b.skipped = x->blind;
    x->blind = 0;
    x->next += b.stored;
    return APD_PUSH(x->arena, x->buffers, b);
}

bool etl_index_fill(etl_index *x, etl_source *src)
{
    uint8_t own[ETL_BUFFER_HEAD];
    bool first = x->next == 0;
    x->buffers.n = 0;
    while (x->buffers.n < APD_ETL_MAX_BUFFERS) {
        apd_bytes h = etl_source_at(src, x->next, own, sizeof own);
        bool more_comes = !etl_source_is_whole(src);
        if (h.len < sizeof own) {
            x->whole = !more_comes;
            clip_last(x, src);
            return true;
        }
        if (!etl_buffer_is_head(h)) {
            uint32_t lost = look_for_head(x, src);
            x->blind = lost < UINT32_MAX - x->blind ? x->blind + lost : UINT32_MAX;
            continue;
        }
        uint64_t end = x->next + apd_u32le(h.ptr);
        if (more_comes && x->buffers.n && end > src->base + src->n)
            return true; /* it comes with the next lot */
        if (!add(x, h.ptr))
            return false;
        if (!x->step && !first)
            x->step = x->buffers.at[x->buffers.n - 1].stored;
        first = false;
    }
    return true;
}

static int by_sequence(const void *a, const void *b)
{
    const etl_buffer *l = a, *r = b;
    if (l->sequence != r->sequence)
        return l->sequence < r->sequence ? -1 : 1;
    return l->offset < r->offset ? -1 : l->offset > r->offset;
}

/* The file's header stands before everything. */
static bool is_front(const etl_buffer *b)
{
    return b->offset == 0;
}

static int by_stream(const void *a, const void *b)
{
    const etl_buffer *l = a, *r = b;
    if (is_front(l) != is_front(r))
        return is_front(l) ? -1 : 1;
    return by_sequence(a, b);
}

static int by_cpu(const void *a, const void *b)
{
    const etl_buffer *l = a, *r = b;
    return l->cpu != r->cpu ? (l->cpu < r->cpu ? -1 : 1) : by_stream(a, b);
}

static void sort(etl_index *x, int (*order)(const void *, const void *))
{
    for (size_t i = 1; i < x->buffers.n; i++) {
        if (order(&x->buffers.at[i - 1], &x->buffers.at[i]) > 0) {
            qsort(x->buffers.at, x->buffers.n, sizeof *x->buffers.at, order);
            return;
        }
    }
}

uint64_t etl_index_gaps(etl_index *x)
{
    bool any = false;
    uint64_t first = 0, last = 0;
    sort(x, by_sequence);
    for (size_t i = 0; i < x->buffers.n; i++) {
        etl_buffer *b = &x->buffers.at[i];
        if (is_front(b))
            continue;
        uint64_t gap = any && b->sequence > last ? b->sequence - last - 1 : 0;
        b->missing = gap < UINT32_MAX ? (uint32_t)gap : UINT32_MAX;
        first = any ? first : b->sequence;
        last = b->sequence;
        any = true;
    }
    return first;
}

static int by_offset(const void *a, const void *b)
{
    const etl_buffer *l = a, *r = b;
    return l->offset < r->offset ? -1 : l->offset > r->offset;
}

void etl_index_sort(etl_index *x, etl_order order)
{
    static int (*const orders[])(const void *, const void *) = {by_cpu, by_stream, by_offset};
    sort(x, orders[order]);
}
