/* A chain of blocks, each at least twice the one before up to a cap; rewinding moves back along the
 * chain and keeps the blocks behind the mark for the next allocations. */
#include "arena.h"

#include <stdio.h>
#include <stdlib.h>

#include "limits.h"
#include "vec.h"

typedef struct block {
    struct block *next;
    size_t size, used;
    max_align_t data[];
} block;

struct apd_arena {
    block *first, *current;
    size_t limit;
    size_t before; /* bytes used in the blocks before `current` */
};

enum { GROW_CAP = 1 << 20 };

apd_arena *apd_arena_new(size_t limit)
{
    apd_arena *a = calloc(1, sizeof *a);
    if (a)
        a->limit = limit ? limit : APD_ARENA_LIMIT;
    return a;
}

void apd_arena_free(apd_arena *a)
{
    if (!a)
        return;
    for (block *b = a->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

size_t apd_arena_used(const apd_arena *a)
{
    return a->before + (a->current ? a->current->used : 0);
}

/* Moves on to a block with room for size bytes: a kept one if it is large enough, else a new one
 * in front of the kept ones. */
static bool next_block(apd_arena *a, size_t size)
{
    block *kept = a->current ? a->current->next : a->first;
    if (!kept || kept->size < size) {
        size_t want = APD_ARENA_BLOCK;
        if (a->current)
            want = a->current->size < GROW_CAP / 2 ? a->current->size * 2 : GROW_CAP;
        if (want < size)
            want = size;
        block *b = malloc(sizeof *b + want);
        if (!b)
            return false;
        *b = (block){.next = kept, .size = want};
        if (a->current)
            a->current->next = b;
        else
            a->first = b;
        kept = b;
    }
    if (a->current)
        a->before += a->current->used;
    a->current = kept;
    kept->used = 0;
    return true;
}

void *apd_alloc(apd_arena *a, size_t size)
{
    const size_t align = sizeof(max_align_t);
    if (size > a->limit)
        return NULL;
    size = size ? (size + align - 1) / align * align : align;
    if (size > a->limit - (apd_arena_used(a) < a->limit ? apd_arena_used(a) : a->limit))
        return NULL;
    if ((!a->current || a->current->size - a->current->used < size) && !next_block(a, size))
        return NULL;
    void *p = (char *)a->current->data + a->current->used;
    a->current->used += size;
    return p;
}

void *apd_calloc(apd_arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *p = apd_alloc(a, count * size);
    if (p)
        memset(p, 0, count * size);
    return p;
}

apd_mark apd_arena_mark(const apd_arena *a)
{
    return (apd_mark){a->current, a->current ? a->current->used : 0};
}

void apd_arena_rewind(apd_arena *a, apd_mark m)
{
    if (a->current == m.block) {
        if (a->current)
            a->current->used = m.used;
        return;
    }
    size_t before = 0;
    for (block *b = a->first; b && b != m.block; b = b->next)
        before += b->used;
    a->before = m.block ? before : 0;
    a->current = m.block;
    if (a->current)
        a->current->used = m.used;
}

apd_str apd_strdup_a(apd_arena *a, apd_str s)
{
    char *p = s.len < SIZE_MAX ? apd_alloc(a, s.len + 1) : NULL;
    if (!p)
        return (apd_str){NULL, 0};
    if (s.len)
        memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return (apd_str){p, s.len};
}

bool apd_restr_a(apd_arena *a, apd_str *to, uint32_t *room, apd_str from)
{
    char *place = *room ? (char *)to->ptr : NULL; /* it came from here */
    if (from.len > *room) {
        size_t size = from.len > 2 * (size_t)*room ? from.len : 2 * (size_t)*room;
        place = size <= UINT32_MAX ? apd_alloc(a, size) : NULL;
        if (!place)
            return false;
        *room = (uint32_t)size;
    }
    if (from.len)
        memmove(place, from.ptr, from.len);
    *to = place ? (apd_str){place, from.len} : APD_LIT("");
    return true;
}

apd_str apd_vprintf_a(apd_arena *a, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *p = n >= 0 ? apd_alloc(a, (size_t)n + 1) : NULL;
    if (p)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p ? (apd_str){p, (size_t)n} : (apd_str){NULL, 0};
}

apd_str apd_printf_a(apd_arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    apd_str s = apd_vprintf_a(a, fmt, ap);
    va_end(ap);
    return s;
}

void apd_buf_init(apd_buf *b, apd_arena *a)
{
    *b = (apd_buf){.arena = a};
}

bool apd_buf_grow(apd_buf *b, size_t n)
{
    if (b->failed || n >= SIZE_MAX / 2 - b->len)
        return false;
    size_t cap = b->cap ? b->cap * 2 : 128;
    while (cap - b->len <= n)
        cap *= 2;
    char *p = apd_alloc(b->arena, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    if (b->len)
        memcpy(p, b->ptr, b->len);
    b->ptr = p;
    b->cap = cap;
    return true;
}

void apd_buf_addf(apd_buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0 && apd_buf_room(b, (size_t)n)) {
        vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

apd_str apd_buf_str(apd_buf *b)
{
    if (!apd_buf_room(b, 0))
        return (apd_str){b->len ? b->ptr : "", b->len};
    b->ptr[b->len] = '\0';
    return (apd_str){b->ptr, b->len};
}

bool apd_vec_room(apd_arena *a, void **at, size_t *cap, size_t n, size_t size)
{
    if (n < *cap)
        return true;
    size_t want = *cap ? *cap * 2 : 8;
    if (want > SIZE_MAX / size)
        return false;
    void *p = apd_alloc(a, want * size);
    if (!p)
        return false;
    if (n)
        memcpy(p, *at, n * size);
    *at = p;
    *cap = want;
    return true;
}
