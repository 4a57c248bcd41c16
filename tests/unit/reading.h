/* Reads a whole input through a parser and keeps what came out, for the tests of readers. Every
 * input goes through several chunkings, which must all give the same. */
#ifndef TEST_READING_H
#define TEST_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parsers.h"

#define BYTES(s) ((apd_bytes){(const uint8_t *)(s), sizeof(s) - 1})

typedef struct item {
    apd_status status; /* APD_OK: an event, APD_SKIPPED or what ended the file: a note */
    apd_event ev;      /* its views point into the reading's arena */
    char note[232];
    apd_where where;
} item;

typedef struct reading {
    apd_intern *names;
    apd_arena *arena;
    item *items;
    size_t n, cap;
} reading;

static inline void reading_free(reading *r)
{
    apd_intern_free(r->names);
    apd_arena_free(r->arena);
    free(r->items);
}

static inline apd_field *copy_fields(reading *r, apd_event *ev)
{
    uint32_t n;
    const apd_field *from = apd_event_fields(ev, &n);
    apd_field *to = apd_calloc(r->arena, n + 1, sizeof *to);
    assert_non_null(to);
    for (uint32_t i = 0; i < n; i++) {
        to[i] = from[i];
        if (to[i].type >= APD_T_UTF8) /* the views */
            to[i].as.raw = apd_str_bytes(apd_strdup_a(r->arena, apd_bytes_str(from[i].as.raw)));
    }
    return to;
}

static inline void reading_add(reading *r, apd_status st, apd_event *ev, const apd_error *err)
{
    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 64;
        r->items = realloc(r->items, r->cap * sizeof *r->items);
        assert_non_null(r->items);
    }
    item *it = &r->items[r->n++];
    *it = (item){.status = st};
    if (st == APD_OK) {
        apd_field *fields = copy_fields(r, ev);
        it->ev = *ev;
        it->ev.fields = fields;
        it->ev.message = apd_strdup_a(r->arena, apd_event_words(ev, r->arena));
        it->ev.payload = NULL; /* its reader will be gone */
        it->where = ev->where;
    } else if (st != APD_END) {
        memcpy(it->note, err->text, sizeof it->note);
        it->where = err->where;
    }
}

/* Everything the parser gives for the stream; the last item is what ended it. */
static inline reading read_stream(const apd_parser *p, const char *path, apd_stream *s)
{
    reading r = {.names = apd_intern_new(), .arena = apd_arena_new(0)};
    apd_arena *batch = apd_arena_new(0);
    apd_input in = {
        .stream = s, .path = apd_str_of(path), .member = 7, .names = r.names, .batch = batch};
    apd_reader *reader = NULL;
    apd_error err = {0};
    assert_non_null(s);
    apd_status st = p->open(&in, &reader, &err);
    while (st == APD_OK || st == APD_SKIPPED) {
        apd_event ev;
        err = (apd_error){0};
        st = p->next(reader, &ev, &err);
        reading_add(&r, st, &ev, &err);
    }
    if (r.n == 0)
        reading_add(&r, st, NULL, &err);
    p->close(reader);
    apd_arena_free(batch);
    return r;
}

static inline reading read_steps(const apd_parser *p, const char *path, apd_bytes data, size_t step,
                                 uint32_t seed)
{
    apd_stream *s = apd_stream_memory(data, step, seed);
    reading r = read_stream(p, path, s);
    apd_stream_free(s);
    return r;
}

static inline void assert_same_str(apd_str a, apd_str b)
{
    assert_int_equal(a.len, b.len);
    if (a.len)
        assert_memory_equal(a.ptr, b.ptr, a.len);
}

static inline void assert_same_item(const reading *ra, const item *a, const reading *rb,
                                    const item *b)
{
    assert_int_equal(a->status, b->status);
    assert_string_equal(a->note, b->note);
    assert_int_equal(a->where.member, b->where.member);
    assert_int_equal(a->where.record, b->where.record);
    assert_int_equal(a->where.offset, b->where.offset);
    assert_int_equal(a->where.len, b->where.len);
    assert_int_equal(a->ev.time, b->ev.time);
    assert_int_equal(a->ev.clock, b->ev.clock);
    assert_int_equal(a->ev.kind, b->ev.kind);
    assert_int_equal(a->ev.level, b->ev.level);
    assert_same_str(apd_sym_text(ra->names, a->ev.log), apd_sym_text(rb->names, b->ev.log));
    assert_same_str(apd_sym_text(ra->names, a->ev.provider),
                    apd_sym_text(rb->names, b->ev.provider));
    assert_same_str(a->ev.message, b->ev.message);
    assert_int_equal(a->ev.nfields, b->ev.nfields);
    for (uint32_t i = 0; i < a->ev.nfields; i++) {
        assert_same_str(apd_sym_text(ra->names, a->ev.fields[i].name),
                        apd_sym_text(rb->names, b->ev.fields[i].name));
        assert_same_str(apd_field_text(&a->ev.fields[i], ra->arena),
                        apd_field_text(&b->ev.fields[i], rb->arena));
    }
}

/* Reads in one piece, byte by byte (short inputs) and in random pieces; all must agree. */
static inline reading read_all_ways(const apd_parser *p, const char *path, apd_bytes data)
{
    static const struct {
        size_t step;
        uint32_t seed;
    } ways[] = {{1, 0}, {SIZE_MAX, 1}, {SIZE_MAX, 2}, {13, 0}, {4096, 0}};
    reading whole = read_steps(p, path, data, 0, 0);
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        if (ways[w].step < 4096 && data.len > 1u << 20)
            continue;
        reading other = read_steps(p, path, data, ways[w].step, ways[w].seed);
        assert_int_equal(whole.n, other.n);
        for (size_t i = 0; i < whole.n; i++)
            assert_same_item(&whole, &whole.items[i], &other, &other.items[i]);
        reading_free(&other);
    }
    return whole;
}

/* The i-th item, which must be an event. */
static inline const apd_event *event_at(const reading *r, size_t i)
{
    assert_true(i < r->n);
    assert_int_equal(r->items[i].status, APD_OK);
    return &r->items[i].ev;
}

static inline void assert_text(apd_str s, const char *expected)
{
    assert_same_str(s, apd_str_of(expected));
}

static inline void assert_message(const reading *r, size_t i, const char *expected)
{
    assert_text(event_at(r, i)->message, expected);
}

/* Nothing but n events, then the regular end. */
static inline void assert_events(const reading *r, size_t n)
{
    assert_int_equal(r->n, n + 1);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(r->items[i].status, APD_OK);
    assert_int_equal(r->items[n].status, APD_END);
}

/* Text of a field, "(none)" if there is no such field. */
static inline apd_str field_text(const reading *r, size_t i, const char *name)
{
    apd_event ev = *event_at(r, i);
    apd_sym sym = apd_intern_find(r->names, apd_str_of(name));
    const apd_field *f = apd_event_field(&ev, r->names, apd_sym_fold(r->names, sym));
    return f && sym ? apd_field_text(f, r->arena) : APD_LIT("(none)");
}

static inline void assert_field(const reading *r, size_t i, const char *name, const char *expected)
{
    assert_text(field_text(r, i, name), expected);
}

static inline void assert_time(const reading *r, size_t i, const char *expected, apd_clock clock)
{
    char text[APD_TIME_TEXT];
    const apd_event *ev = event_at(r, i);
    assert_int_equal(ev->clock, clock);
    assert_string_equal(apd_time_format(ev->time, 7, false, text), expected);
}

/* UTF-8 to UTF-16 with a byte order mark, for the tests' own short texts. */
static inline apd_bytes to_utf16(apd_arena *a, apd_str s, bool big, bool mark)
{
    uint8_t *out = apd_alloc(a, 2 * s.len + 2);
    size_t n = 0;
    assert_non_null(out);
#define UNIT(u) (out[n + !big] = (uint8_t)((u) >> 8), out[n + big] = (uint8_t)(u), n += 2)
    if (mark)
        UNIT(0xfeff);
    while (s.len) {
        uint32_t cp = 0;
        size_t step = 1, more = (uint8_t)s.ptr[0] >= 0xf0   ? 3
                                : (uint8_t)s.ptr[0] >= 0xe0 ? 2
                                : (uint8_t)s.ptr[0] >= 0xc0 ? 1
                                                            : 0;
        cp = (uint8_t)s.ptr[0] & (more ? 0x3fu >> more : 0x7fu);
        for (; step <= more; step++)
            cp = cp << 6 | ((uint8_t)s.ptr[step] & 0x3f);
        if (cp >= 0x10000) {
            UNIT(0xd800 + ((cp - 0x10000) >> 10));
            UNIT(0xdc00 + ((cp - 0x10000) & 0x3ff));
        } else {
            UNIT(cp);
        }
        s = apd_sub(s, step, s.len);
    }
#undef UNIT
    return (apd_bytes){out, n};
}

/* A producer that hands out its data and then fails, as a damaged archive does. */
typedef struct broken {
    apd_bytes data;
    bool given;
} broken;

static inline apd_status broken_read(void *ctx, apd_bytes *block, apd_error *err)
{
    broken *b = ctx;
    if (b->given || b->data.len == 0)
        return apd_fail(err, APD_E_DAMAGED, APD_NOWHERE, "the archive ends here");
    b->given = true;
    *block = b->data;
    return APD_OK;
}

static inline reading read_broken(const apd_parser *p, const char *path, apd_bytes data)
{
    broken b = {data, false};
    apd_stream *s = apd_stream_new((apd_producer){broken_read, &b});
    reading r = read_stream(p, path, s);
    apd_stream_free(s);
    return r;
}

static inline void assert_broken_end(const reading *r)
{
    assert_true(r->n > 0);
    assert_int_equal(r->items[r->n - 1].status, APD_E_DAMAGED);
    assert_string_equal(r->items[r->n - 1].note, "the archive ends here");
}

#endif
