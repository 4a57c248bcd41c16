/* Payloads built byte by byte, and a decoder at work on them. Include after cmocka.h. */
#ifndef APD_ETL_PAYLOAD_WORLD_H
#define APD_ETL_PAYLOAD_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "etl_decode.h"
#include "etl_schema.h"

/* --- bytes --- */

typedef struct bytes {
    uint8_t at[1 << 16];
    size_t n;
} bytes;

static inline void put(bytes *b, const void *p, size_t n)
{
    assert_true(b->n + n <= sizeof b->at);
    memcpy(b->at + b->n, p, n);
    b->n += n;
}

static inline void u8(bytes *b, unsigned v)
{
    uint8_t x = (uint8_t)v;
    put(b, &x, 1);
}

static inline void u16(bytes *b, unsigned v)
{
    u8(b, v & 0xff);
    u8(b, v >> 8 & 0xff);
}

static inline void u32(bytes *b, uint32_t v)
{
    u16(b, v & 0xffff);
    u16(b, v >> 16);
}

static inline void u64(bytes *b, uint64_t v)
{
    u32(b, (uint32_t)v);
    u32(b, (uint32_t)(v >> 32));
}

static inline void z(bytes *b, const char *text)
{
    put(b, text, strlen(text) + 1);
}

static inline void wide(bytes *b, const char *text)
{
    for (; *text; text++)
        u16(b, (unsigned char)*text);
    u16(b, 0);
}

static inline apd_bytes view(const bytes *b)
{
    return (apd_bytes){b->at, b->n};
}

/* --- a decoder at work --- */

typedef struct world {
    apd_intern *names;
    apd_arena *arena;
    etl_decoder *decoder;
    apd_schemas *pool;
} world;

static inline world *open_world(void)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->names = apd_intern_new();
    w->arena = apd_arena_new(0);
    w->decoder = etl_decoder_new(w->names);
    w->pool = apd_schemas_new(w->names);
    assert_true(w->decoder && w->pool);
    etl_decoder_share(w->decoder, w->pool);
    return w;
}

static inline void close_world(world *w)
{
    etl_decoder_free(w->decoder);
    apd_schemas_free(w->pool);
    apd_arena_free(w->arena);
    apd_intern_free(w->names);
    free(w);
}

static const uint8_t some_guid[16] = {0x78, 0x56, 0x34, 0x12, 0xbc, 0x9a, 0xf0, 0xde,
                                      1,    2,    3,    4,    5,    6,    7,    8};
#define SOME_GUID "12345678-9abc-def0-0102-030405060708"

static inline etl_record event(const bytes *schema, const bytes *payload)
{
    etl_record r = {.kind = ETL_EVENT, .guid = some_guid, .pid = UINT32_MAX, .tid = UINT32_MAX};
    if (schema)
        r.schema = view(schema);
    r.payload = view(payload);
    return r;
}

/* "Name=value; Name=value", without the fields of the System part; `!` at the end where there is damage. */
static inline void assert_fields(world *w, const etl_record *r, const char *want)
{
    static const char *const system[] = {"Version", "Task", "Opcode", "Keywords"};
    etl_reading got;
    apd_status st = etl_fields(w->decoder, r, w->arena, &got);
    const apd_field *f = got.fields;
    apd_buf b;
    apd_buf_init(&b, w->arena);
    for (uint32_t i = 0; i < got.n; i++) {
        apd_str name = apd_sym_text(w->names, f[i].name);
        bool skip = false;
        for (size_t k = 0; k < sizeof system / sizeof *system; k++)
            skip |= apd_eq(name, apd_str_of(system[k]));
        if (skip)
            continue;
        apd_buf_addf(&b, "%s%.*s=", b.len ? "; " : "", APD_FMT(name));
        apd_buf_add(&b, apd_field_text(&f[i], w->arena));
    }
    if (st == APD_SKIPPED)
        apd_buf_add(&b, APD_LIT(" !"));
    else
        assert_int_equal(st, APD_OK);
    char *text = strndup(apd_buf_str(&b).ptr ? apd_buf_str(&b).ptr : "", b.len);
    assert_string_equal(text, want);
    free(text);
}

static inline void assert_sentence(world *w, const etl_record *r, const char *want)
{
    etl_reading reading;
    assert_true(etl_fields(w->decoder, r, w->arena, &reading) <= APD_SKIPPED);
    apd_str got = etl_sentence(&reading, w->arena);
    char text[1024];
    snprintf(text, sizeof text, "%.*s", APD_FMT(got));
    assert_string_equal(text, want);
}

#endif
