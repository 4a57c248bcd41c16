/* Buffers are taken in lots: all there are, or as many as the index or the memory for a stream that cannot be
 * sought in has room for. In a lot each processor has a cursor on its buffer at hand. */
#include "etl_trace.h"

#include <stdlib.h>

#include "etl_cursor.h"
#include "limits.h"

static apd_where file_of(const etl_trace *t, uint64_t offset)
{
    return (apd_where){.member = t->member, .offset = offset};
}

static apd_status out_of_memory(const etl_trace *t, apd_error *err)
{
    return apd_fail(err, APD_E_NOMEM, file_of(t, 0), "out of memory while reading a trace");
}

/* --- lots --- */

/* Where the group of buffers that begins at `from` ends: those of one processor, or all. */
static uint32_t group_end(const etl_trace *t, uint32_t from)
{
    const etl_buffer *b = t->index.buffers.at;
    uint32_t n = (uint32_t)t->index.buffers.n, to = from + 1;
    if (t->order != ETL_PER_CPU)
        return n;
    while (to < n && b[to].cpu == b[from].cpu)
        to++;
    return to;
}

/* Memory for one buffer of every processor. */
static uint64_t resident(const etl_trace *t)
{
    uint64_t sum = 0;
    for (uint32_t from = 0, to; from < t->index.buffers.n; from = to) {
        uint32_t most = 0;
        to = group_end(t, from);
        for (uint32_t i = from; i < to; i++)
            most = t->index.buffers.at[i].filled > most ? t->index.buffers.at[i].filled : most;
        sum += most;
    }
    return sum;
}

static bool room_for_cursors(etl_trace *t, uint32_t n)
{
    if (n <= t->cap)
        return true;
    for (uint32_t i = 0; i < t->cap; i++)
        etl_cursor_close(&t->cursors[i]);
    free(t->cursors);
    free(t->heap);
    t->cursors = calloc(n, sizeof *t->cursors);
    t->heap = calloc(n, sizeof(etl_cursor *));
    t->cap = t->cursors ? n : 0;
    return t->cursors && t->heap;
}

static bool make_cursors(etl_trace *t)
{
    uint32_t n = 0;
    for (uint32_t from = 0; from < t->index.buffers.n; from = group_end(t, from))
        n++;
    if (!room_for_cursors(t, n))
        return false;
    uint32_t from = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t to = group_end(t, from);
        etl_cursor_start(&t->cursors[i], from, to);
        from = to;
    }
    t->n = n;
    t->ready = 0;
    t->primed = false;
    t->moving = NULL;
    t->lot_is_open = n > 0;
    return true;
}

/* APD_END: no buffers are left. */
static apd_status open_lot(etl_trace *t, apd_error *err)
{
    etl_index *x = &t->index;
    if (x->whole)
        return APD_END;
    if (etl_source_hold(&t->source, x->next) != APD_OK || !etl_index_fill(x, &t->source))
        return out_of_memory(t, err);
    if (x->buffers.n == 0)
        return APD_END;
    t->buffers += x->buffers.n;
    t->lots++;
    return APD_OK;
}

static apd_status order_lot(etl_trace *t, apd_error *err)
{
    uint64_t first = etl_index_gaps(&t->index);
    if (t->lots == 1 && t->header.mode & ETL_MODE_CIRCULAR && first > 1)
        t->overwritten = first - 1;
    etl_index_sort(&t->index, t->order);
    if (t->order == ETL_PER_CPU && resident(t) > APD_ETL_MAX_RESIDENT) {
        t->order = ETL_AS_IN_FILE;
        etl_index_sort(&t->index, t->order);
    }
    return make_cursors(t) ? APD_OK : out_of_memory(t, err);
}

/* --- opening --- */

static void read_header(etl_trace *t)
{
    enum { SEEN = 1024, AT_STATE = 0x2c };
    uint8_t own[SEEN];
    etl_record r;
    const char *why;
    const etl_buffer *b = &t->index.buffers.at[0];
    apd_bytes data = etl_source_at(&t->source, b->offset, own, b->filled < SEEN ? b->filled : SEEN);
    if (b->offset != 0 || b->flags & ETL_COMPRESSED || !apd_skip(&data, ETL_BUFFER_HEAD))
        return;
    t->packing = apd_u32le(data.ptr - ETL_BUFFER_HEAD + AT_STATE);
    if (etl_record_read(data, &r, &why) && !why)
        (void)etl_header_read(&t->header, &r);
}

apd_status etl_trace_open(etl_trace *t, apd_stream *stream, uint32_t member, apd_error *err)
{
    *t = (etl_trace){.member = member, .index.arena = apd_arena_new(0)};
    etl_source_init(&t->source, stream);
    if (!t->index.arena)
        return out_of_memory(t, err);
    apd_status st = open_lot(t, err);
    if (st == APD_END && t->source.end > APD_SKIPPED) {
        *err = t->source.why;
        return t->source.end;
    }
    if (st == APD_END)
        return apd_fail(err, APD_E_DAMAGED, file_of(t, 0),
                        "is no trace: it holds not one buffer; copy it again");
    if (st != APD_OK)
        return st;
    read_header(t);
    t->clock = etl_clock_of(&t->header);
    t->order = t->header.mode & ETL_MODE_ONE_STREAM ? ETL_ONE_STREAM : ETL_PER_CPU;
    return order_lot(t, err);
}

void etl_trace_close(etl_trace *t)
{
    for (uint32_t i = 0; i < t->cap; i++)
        etl_cursor_close(&t->cursors[i]);
    free(t->cursors);
    free(t->heap);
    free(t->packed);
    etl_source_free(&t->source);
    apd_arena_free(t->index.arena);
    *t = (etl_trace){0};
}

/* --- merging --- */

static void sift_down(etl_trace *t, uint32_t at)
{
    etl_cursor **heap = t->heap, *c = heap[at];
    for (uint32_t child; (child = 2 * at + 1) < t->ready; at = child) {
        if (child + 1 < t->ready && etl_cursor_before(heap[child + 1], heap[child]))
            child++;
        if (!etl_cursor_before(heap[child], c))
            break;
        heap[at] = heap[child];
    }
    heap[at] = c;
}

static void sift_up(etl_trace *t, uint32_t at)
{
    etl_cursor **heap = t->heap, *c = heap[at];
    for (; at > 0 && etl_cursor_before(c, heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = c;
}

/* Moves the cursor whose record was given out, and puts it where it now belongs. */
static apd_status move(etl_trace *t, apd_error *err)
{
    apd_status st = etl_cursor_next(t->moving, t, err);
    if (st > APD_END)
        return st;
    t->moving = NULL;
    if (st == APD_END) {
        t->heap[0] = t->heap[--t->ready];
        if (t->ready == 0)
            return APD_OK;
    }
    sift_down(t, 0);
    return APD_OK;
}

/* Every cursor's first record; `n` counts down what is still to be asked. */
static apd_status prime(etl_trace *t, apd_error *err)
{
    while (t->n > 0) {
        etl_cursor *c = &t->cursors[t->n - 1];
        apd_status st = etl_cursor_next(c, t, err);
        if (st > APD_END)
            return st;
        t->n--;
        if (st == APD_OK) {
            t->heap[t->ready] = c;
            sift_up(t, t->ready++);
        }
    }
    t->primed = true;
    return APD_OK;
}

static apd_status end_of_trace(etl_trace *t, apd_error *err)
{
    uint32_t blind = t->index.blind;
    t->index.blind = 0;
    if (blind)
        return apd_fail(err, APD_SKIPPED, file_of(t, t->index.next),
                        "what the file holds in its last %u KiB is no part of a trace", blind);
    if (t->source.end > APD_SKIPPED)
        *err = t->source.why;
    return t->source.end;
}

apd_status etl_trace_next(etl_trace *t, const etl_record **r, apd_error *err)
{
    for (;;) {
        if (!t->lot_is_open) {
            apd_status st = open_lot(t, err);
            if (st == APD_OK)
                st = order_lot(t, err);
            if (st != APD_OK)
                return st == APD_END ? end_of_trace(t, err) : st;
        }
        apd_status st = !t->primed ? prime(t, err) : t->moving ? move(t, err) : APD_OK;
        if (st != APD_OK)
            return st;
        if (t->ready)
            break;
        t->lot_is_open = false;
    }
    t->moving = t->heap[0];
    t->back = etl_cursor_back(t->moving);
    t->record++;
    *r = etl_cursor_record(t->moving);
    return APD_OK;
}
