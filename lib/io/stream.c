/* Two places hold bytes that are not consumed yet: the carry, then what is left of the lent block.
 *
 *     carry:  [ used ....... seam ======= len )
 *     block:                 [============|ptr ........ ptr + len )
 *
 * The carry is filled only when a peek does not fit into what is left of the block. What stands in
 * it from `seam` on is a copy of the bytes right before block.ptr; as soon as everything in front
 * of the seam is consumed, the stream goes back to pointing into the block. */
#include "stream.h"

#include <stdlib.h>

#include "limits.h"

struct apd_stream {
    apd_producer from;
    apd_bytes block;
    uint8_t *carry;
    size_t used, seam, len, cap;
    uint64_t offset;
    apd_read_at *read_at; /* NULL: cannot be sought in */
    uint64_t read_to;     /* the furthest byte that read_at gave */
    apd_status end;       /* APD_OK while more blocks may come */
    apd_error error;
    struct memory *memory; /* the producer's context when the stream made it itself */
};

/* Bytes joined beyond what is asked for, so that a peek that grows byte by byte does not copy one
 * byte at a time. */
enum { JOIN_AHEAD = 4096 };

apd_stream *apd_stream_new(apd_producer p)
{
    apd_stream *s = calloc(1, sizeof *s);
    if (s)
        s->from = p;
    return s;
}

void apd_stream_starts_at(apd_stream *s, uint64_t offset)
{
    s->offset = offset;
}

void apd_stream_seeks(apd_stream *s, apd_read_at *read_at)
{
    s->read_at = read_at;
}

bool apd_stream_can_seek(const apd_stream *s)
{
    return s->read_at != NULL;
}

size_t apd_stream_read_at(apd_stream *s, uint64_t offset, void *to, size_t n)
{
    size_t got = s->read_at ? s->read_at(s->from.ctx, offset, to, n) : 0;
    if (got && offset + got > s->read_to)
        s->read_to = offset + got;
    return got;
}

/* Fetches the next block; the last one is used up or copied. */
static bool refill(apd_stream *s)
{
    s->seam = s->len;
    s->block = (apd_bytes){NULL, 0};
    if (s->end == APD_OK)
        s->end = s->from.read(s->from.ctx, &s->block, &s->error);
    if (s->end != APD_OK)
        s->block = (apd_bytes){NULL, 0};
    return s->block.len > 0;
}

static size_t in_carry(const apd_stream *s)
{
    return s->len - s->used;
}

/* Room for n more bytes in the carry, which never holds more than has really arrived. */
static bool carry_room(apd_stream *s, size_t n)
{
    if (s->cap - s->len >= n)
        return true;
    if (s->used > 0) {
        memmove(s->carry, s->carry + s->used, in_carry(s));
        s->seam -= s->used;
        s->len -= s->used;
        s->used = 0;
        if (s->cap - s->len >= n)
            return true;
    }
    size_t cap = s->len + n > s->cap * 2 ? s->len + n : s->cap * 2;
    uint8_t *p = realloc(s->carry, cap);
    if (!p)
        return false;
    s->carry = p;
    s->cap = cap;
    return true;
}

/* Copies from the block into the carry until it holds `want` bytes or the block is used up. */
static bool join(apd_stream *s, size_t want)
{
    size_t n = want - in_carry(s);
    if (n < JOIN_AHEAD)
        n = JOIN_AHEAD;
    if (n > s->block.len)
        n = s->block.len;
    if (!carry_room(s, n))
        return false;
    memcpy(s->carry + s->len, s->block.ptr, n);
    s->len += n;
    s->block.ptr += n;
    s->block.len -= n;
    return true;
}

apd_status apd_stream_peek(apd_stream *s, size_t min, apd_bytes *out, apd_error *err)
{
    size_t want = min ? min : 1;
    *out = (apd_bytes){NULL, 0};
    if (min > APD_MAX_PEEK)
        return apd_fail(err, APD_E_LIMIT, APD_NOWHERE,
                        "%zu bytes were asked for at once, at most %u are given", min,
                        APD_MAX_PEEK);
    if (in_carry(s) == 0 && (s->block.len > 0 || refill(s)) && s->block.len >= want) {
        *out = s->block;
        return APD_OK;
    }
    while (in_carry(s) < want && (s->block.len > 0 || refill(s)))
        if (!join(s, want))
            return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory for %zu bytes of input",
                            want);
    if (in_carry(s) > 0) {
        *out = (apd_bytes){s->carry + s->used, in_carry(s)};
        return out->len >= want ? APD_OK : APD_END;
    }
    if (err && s->end > APD_SKIPPED)
        *err = s->error;
    return s->end;
}

/* Everything in front of the seam is consumed: back to the block. */
static void leave_carry(apd_stream *s)
{
    if (s->block.ptr) {
        s->block.ptr -= in_carry(s);
        s->block.len += in_carry(s);
    }
    s->used = s->seam = s->len = 0;
}

void apd_stream_consume(apd_stream *s, size_t n)
{
    bool joined = in_carry(s) > 0;
    size_t here = joined ? in_carry(s) : s->block.len;
    if (n > here)
        n = here;
    if (n == 0)
        return;
    s->offset += n;
    if (!joined) {
        s->block.ptr += n;
        s->block.len -= n;
        return;
    }
    s->used += n;
    if (s->used >= s->seam)
        leave_carry(s);
}

uint64_t apd_stream_skip(apd_stream *s, uint64_t n)
{
    uint64_t passed = 0;
    while (passed < n) {
        size_t here = in_carry(s) ? in_carry(s) : s->block.len;
        if (here == 0) {
            if (!refill(s))
                break;
            continue;
        }
        if (here > n - passed)
            here = (size_t)(n - passed);
        apd_stream_consume(s, here);
        passed += here;
    }
    return passed;
}

uint64_t apd_stream_offset(const apd_stream *s)
{
    return s->offset;
}

uint64_t apd_stream_seen(const apd_stream *s)
{
    return s->read_to > s->offset ? s->read_to : s->offset;
}

const apd_error *apd_stream_error(const apd_stream *s)
{
    return s->end > APD_SKIPPED ? &s->error : NULL;
}

/* --- streams over memory --- */

typedef struct memory {
    apd_bytes all, rest;
    size_t step;
    uint32_t seed;
    uint8_t *lent;
} memory;

/* Mostly a few bytes, now and then some thousand: both kinds of straddling. */
static size_t random_step(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return 1 + *seed % ((*seed >> 16) % 4 ? 16 : 5000);
}

static apd_status memory_read(void *ctx, apd_bytes *block, apd_error *err)
{
    memory *m = ctx;
    if (m->rest.len == 0)
        return APD_END;
    size_t n = m->step == SIZE_MAX ? random_step(&m->seed) : m->step;
    if (n == 0 || n > m->rest.len)
        n = m->rest.len;
    (void)apd_get_bytes(&m->rest, n, block);
    if (m->step == 0)
        return APD_OK;
    free(m->lent);
    m->lent = malloc(n);
    if (!m->lent)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory for a block of input");
    memcpy(m->lent, block->ptr, n);
    block->ptr = m->lent;
    return APD_OK;
}

static size_t memory_read_at(void *ctx, uint64_t offset, void *to, size_t n)
{
    const memory *m = ctx;
    if (offset >= m->all.len)
        return 0;
    size_t left = m->all.len - (size_t)offset;
    if (n > left)
        n = left;
    memcpy(to, m->all.ptr + offset, n);
    return n;
}

apd_stream *apd_stream_memory(apd_bytes data, size_t step, uint32_t seed)
{
    memory *m = calloc(1, sizeof *m);
    apd_stream *s = apd_stream_new((apd_producer){memory_read, m});
    if (!m || !s) {
        free(m);
        free(s);
        return NULL;
    }
    *m = (memory){.all = data, .rest = data, .step = step, .seed = seed ? seed : 1};
    s->memory = m;
    if (step == 0)
        apd_stream_seeks(s, memory_read_at);
    return s;
}

void apd_stream_free(apd_stream *s)
{
    if (!s)
        return;
    if (s->memory)
        free(s->memory->lent);
    free(s->memory);
    free(s->carry);
    free(s);
}
