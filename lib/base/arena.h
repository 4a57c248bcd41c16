/* Bump allocation: an arena owns what is put into it, and lets go of all of it at once.
 *
 * Memory is aligned for any type and lives until apd_arena_rewind() passes it or the arena is
 * freed; nothing is freed singly. Rewinding keeps the blocks for reuse, so a batch arena that is
 * rewound per chunk stops asking the system for memory after the first few chunks. */
#ifndef APD_ARENA_H
#define APD_ARENA_H

#include <stdarg.h>

#include "bytes.h"
#include "status.h"

typedef struct apd_arena apd_arena;

typedef struct apd_mark {
    void *block;
    size_t used;
} apd_mark;

/* limit: total bytes the arena may hand out at a time; 0 = APD_ARENA_LIMIT. NULL when out of
 * memory. */
apd_arena *apd_arena_new(size_t limit);
void apd_arena_free(apd_arena *a); /* NULL is fine */

/* NULL when memory or the limit is used up. Not zeroed. */
void *apd_alloc(apd_arena *a, size_t size) APD_MUST_USE;
/* count * size with overflow check, zeroed. */
void *apd_calloc(apd_arena *a, size_t count, size_t size) APD_MUST_USE;
#define APD_NEW(arena, type) ((type *)apd_calloc((arena), 1, sizeof(type)))
#define APD_NEWS(arena, type, n) ((type *)apd_calloc((arena), (n), sizeof(type)))

/* Copies. On failure ptr is NULL and len 0. apd_strdup_a's copy has a NUL behind its end. */
apd_str apd_strdup_a(apd_arena *a, apd_str s);
/* Replaces a kept text. *room: bytes that its place has, 0 before the first time. The place is used again, so that a
 * text takes no more than four times its longest form, however often it changes. False when out of memory. */
bool apd_restr_a(apd_arena *a, apd_str *to, uint32_t *room, apd_str from) APD_MUST_USE;
apd_str apd_printf_a(apd_arena *a, const char *fmt, ...) APD_PRINTF(2, 3);
apd_str apd_vprintf_a(apd_arena *a, const char *fmt, va_list ap);

apd_mark apd_arena_mark(const apd_arena *a);
void apd_arena_rewind(apd_arena *a, apd_mark m);
/* Bytes handed out and not rewound. */
size_t apd_arena_used(const apd_arena *a);

/* A text that grows inside an arena. On out-of-memory it stops growing and remembers it. */
typedef struct apd_buf {
    apd_arena *arena;
    char *ptr;
    size_t len, cap;
    bool failed;
} apd_buf;

void apd_buf_init(apd_buf *b, apd_arena *a);
/* The rarely taken part of apd_buf_room(). */
bool apd_buf_grow(apd_buf *b, size_t n);

/* Makes room for n more bytes behind len, for writers that fill ptr[len..] themselves and then move
 * len. False when out of memory. */
static inline bool apd_buf_room(apd_buf *b, size_t n)
{
    return (b->cap - b->len > n && !b->failed) || apd_buf_grow(b, n);
}

static inline void apd_buf_add(apd_buf *b, apd_str s)
{
    if (s.len && apd_buf_room(b, s.len)) {
        memcpy(b->ptr + b->len, s.ptr, s.len);
        b->len += s.len;
    }
}

static inline void apd_buf_addc(apd_buf *b, char c)
{
    apd_buf_add(b, (apd_str){&c, 1});
}

void apd_buf_addf(apd_buf *b, const char *fmt, ...) APD_PRINTF(2, 3);
/* View of what was written; NUL-terminated behind its end. */
apd_str apd_buf_str(apd_buf *b);

#endif
