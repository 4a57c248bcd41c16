#include "out.h"

#include <stdio.h>
#include <stdlib.h>

#include "hash.h"
#include "utf.h"

void mk_die(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("apd-make: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(2);
}

static uint8_t *room(mk_out *o, size_t n)
{
    if (o->cap - o->len < n) {
        size_t cap = o->cap ? o->cap : 4096;
        while (cap - o->len < n)
            cap *= 2;
        o->ptr = realloc(o->ptr, cap);
        if (!o->ptr)
            mk_die("out of memory");
        o->cap = cap;
    }
    o->len += n;
    return o->ptr + o->len - n;
}

void mk_put(mk_out *o, const void *bytes, size_t n)
{
    if (n > 0)
        memcpy(room(o, n), bytes, n);
}

void mk_zero(mk_out *o, size_t n)
{
    if (n > 0)
        memset(room(o, n), 0, n);
}

void mk_u8(mk_out *o, uint8_t v)
{
    *room(o, 1) = v;
}

void mk_u16(mk_out *o, uint16_t v)
{
    mk_store16(room(o, 2), v);
}

void mk_u32(mk_out *o, uint32_t v)
{
    mk_store32(room(o, 4), v);
}

void mk_u64(mk_out *o, uint64_t v)
{
    mk_store64(room(o, 8), v);
}

void mk_str(mk_out *o, apd_str s)
{
    mk_put(o, s.ptr, s.len);
}

void mk_printf(mk_out *o, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof(text))
        mk_die("a formatted text is longer than %zu bytes", sizeof(text));
    mk_put(o, text, (size_t)n);
}

void mk_utf16(mk_out *o, apd_str utf8)
{
    while (utf8.len > 0) {
        uint32_t cp = 0xFFFD;
        size_t n = apd_utf8_step(utf8, &cp);
        utf8 = apd_sub(utf8, n ? n : 1, utf8.len);
        if (cp >= 0x10000) {
            mk_u16(o, (uint16_t)(0xD7C0 + (cp >> 10)));
            mk_u16(o, (uint16_t)(0xDC00 | (cp & 0x3FF)));
        } else {
            mk_u16(o, (uint16_t)cp);
        }
    }
}

void mk_free(mk_out *o)
{
    free(o->ptr);
    *o = (mk_out){0};
}

apd_bytes mk_bytes(const mk_out *o)
{
    return (apd_bytes){o->ptr, o->len};
}

void mk_store16(uint8_t *at, uint16_t v)
{
    at[0] = (uint8_t)v;
    at[1] = (uint8_t)(v >> 8);
}

void mk_store32(uint8_t *at, uint32_t v)
{
    mk_store16(at, (uint16_t)v);
    mk_store16(at + 2, (uint16_t)(v >> 16));
}

void mk_store64(uint8_t *at, uint64_t v)
{
    mk_store32(at, (uint32_t)v);
    mk_store32(at + 4, (uint32_t)(v >> 32));
}

/* A counter through a mixing function: enough for data that only has to look uneven. */
uint64_t mk_rand(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t x = apd_hash_u64(*state);
    x *= UINT64_C(0xC4CEB9FE1A85EC53);
    return x ^ x >> 33;
}

uint64_t mk_below(uint64_t *state, uint64_t n)
{
    return mk_rand(state) % n;
}
