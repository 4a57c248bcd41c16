/* Traces that tests/make writes, and what was read of them. Include after cmocka.h. */
#ifndef APD_ETL_TRACE_WORLD_H
#define APD_ETL_TRACE_WORLD_H

#include "etl_builder.h"
#include "etl_trace.h"

#define SECOND APD_TICKS_SECOND
#define START INT64_C(134000000000000000) /* 2025-08-18 */
#define PAYLOAD ((apd_bytes){(const uint8_t *)"payload", 7})

static const mk_etl_record plain = {.kind = MK_ETL_EVENT,
                                    .time = START + SECOND,
                                    .pid = 1234,
                                    .tid = 5678,
                                    .guid = {1, 2, 3, 4},
                                    .id = 42,
                                    .version = 3,
                                    .channel = 16,
                                    .level = 4,
                                    .opcode = 9,
                                    .task = 77,
                                    .keyword = 0x8000000000000001,
                                    .activity = {9, 9, 9},
                                    .payload = {(const uint8_t *)"payload", 7}};

static inline mk_etl *new_trace(int clock)
{
    mk_etl_how how = {
        .start = START, .end = START + 3600 * SECOND, .clock = clock, .buffer_size = 4096};
    return mk_etl_new(&how);
}

/* What came out of a trace: copies, since records live only until the next. */
typedef struct seen {
    etl_record at[400];
    size_t n;
    int64_t back[400];
    char notes[4][232];
    size_t nnotes;
    apd_status end;
    etl_header header;
    uint64_t overwritten;
    etl_order order;
    bool whole_at_once;
} seen;

static apd_arena *texts; /* of all records of a test */

static inline etl_record kept(const etl_record *r)
{
    etl_record copy = *r;
    copy.payload = apd_str_bytes(apd_strdup_a(texts, apd_bytes_str(r->payload)));
    if (r->guid)
        copy.guid = apd_str_bytes(apd_strdup_a(texts, (apd_str){(const char *)r->guid, 16})).ptr;
    return copy;
}

static inline void read_all(apd_stream *s, seen *out)
{
    etl_trace t;
    const etl_record *r;
    apd_error err = {0};
    *out = (seen){0};
    assert_non_null(s);
    apd_status st = etl_trace_open(&t, s, 0, &err);
    while (st == APD_OK || st == APD_SKIPPED) {
        st = etl_trace_next(&t, &r, &err);
        if (st == APD_SKIPPED && out->nnotes < 4)
            memcpy(out->notes[out->nnotes++], err.text, sizeof err.text);
        if (st != APD_OK)
            continue;
        assert_true(out->n < 400);
        out->back[out->n] = t.back;
        out->at[out->n++] = kept(r);
    }
    out->end = st;
    out->header = t.header;
    out->overwritten = t.overwritten;
    out->order = t.order;
    etl_trace_close(&t);
    apd_stream_free(s);
}

/* Saves and reads the trace, by seeking and held in memory, which must agree. */
static inline seen *read_bytes(apd_bytes file)
{
    static seen whole, held;
    read_all(apd_stream_memory(file, 0, 0), &whole);
    read_all(apd_stream_memory(file, SIZE_MAX, 3), &held);
    assert_int_equal(whole.n, held.n);
    assert_int_equal(whole.nnotes, held.nnotes);
    assert_int_equal(whole.end, held.end);
    for (size_t i = 0; i < whole.n; i++) {
        assert_int_equal(whole.at[i].time, held.at[i].time);
        assert_int_equal(whole.at[i].offset, held.at[i].offset);
        assert_int_equal(whole.at[i].cpu, held.at[i].cpu);
    }
    for (size_t i = 0; i < whole.nnotes; i++)
        assert_string_equal(whole.notes[i], held.notes[i]);
    return &whole;
}

static mk_out file; /* of the test at hand: what is read points into it */

static inline seen *read_trace(mk_etl *e)
{
    file.len = 0;
    mk_etl_save(e, &file);
    return read_bytes(mk_bytes(&file));
}

/* A record at so many ticks since the start, told apart by its id. */
static inline void add(mk_etl *e, uint32_t cpu, int64_t ticks, uint16_t id)
{
    mk_etl_record r = plain;
    r.time = START + ticks;
    r.id = id;
    mk_etl_add(e, cpu, &r);
}

static inline void assert_ids(const seen *s, const uint16_t *ids, size_t n)
{
    assert_int_equal(s->n, n + 1); /* and the header's */
    for (size_t i = 0; i < n; i++)
        assert_int_equal(s->at[i + 1].id, ids[i]);
}
#define ASSERT_IDS(s, ...)                                                                         \
    assert_ids(s, (const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}) / 2)

#endif
