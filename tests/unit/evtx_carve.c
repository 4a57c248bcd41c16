/* Carving: chunks and records are found at any place in any bytes, and say where they were found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "evtx_make.h"
#include "evtx_read.h"

static mk f;
static size_t records[8]; /* where in f the records begin */

/* One chunk of five events with ids 1..5. The first stores the System template; each its payload's. */
static void five(void)
{
    mk_file(&f);
    mk_chunk(&f);
    for (unsigned i = 0; i < 5; i++) {
        records[i] = f.len;
        mk_plain_event(&f, i + 1, (uint16_t)(10 + i), "text");
    }
    mk_chunk_end(&f);
}

/* The last n records become old ones, in the free space. */
static void release(unsigned n)
{
    mk_poke(&f, MK_HEAD + 48, records[5 - n] - MK_HEAD, 4);
    for (unsigned i = 5 - n; i < 5; i++)
        mk_poke(&f, records[i] + 8, 100 + i, 8);
    mk_chunk_crc(&f, MK_HEAD);
}

static evtx_text carve(const uint8_t *p, size_t n)
{
    /* A copy of exactly n bytes, so that a sanitizer sees a read behind them. */
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, p, n);
    evtx_text t = evtx_read_with(&apd_parser_evtx_carve, (apd_bytes){copy, n}, 0, 0);
    free(copy);
    assert_int_equal(t.end, APD_END);
    return t;
}

static unsigned count(apd_str s, const char *words)
{
    unsigned n = 0;
    for (size_t at; (at = apd_find(s, apd_str_of(words))) != SIZE_MAX; n++)
        s = apd_sub(s, at + 1, SIZE_MAX);
    return n;
}

/* How many events come from where. */
static void expect(apd_bytes b, unsigned chunk, unsigned slack, unsigned alone, unsigned skipped)
{
    evtx_text t = carve(b.ptr, b.len);
    unsigned got[] = {count(t.all, "  Carved u8 chunk\n"), count(t.all, "  Carved u8 slack\n"),
                      count(t.all, "  Carved u8 record\n")};
    if (got[0] != chunk || got[1] != slack || got[2] != alone || t.skipped != skipped ||
        t.events != chunk + slack + alone)
        fail_msg("wanted %u, %u, %u events, %u losses; got %u, %u, %u and %u of %u:\n%.*s", chunk,
                 slack, alone, skipped, got[0], got[1], got[2], t.skipped, t.events,
                 APD_FMT(t.all));
    apd_arena_free(t.arena);
}

static apd_bytes whole(void)
{
    return (apd_bytes){f.data, f.len};
}

static void sound_log(void **state)
{
    (void)state;
    five();
    expect(whole(), 5, 0, 0, 0);
    evtx_text t = carve(f.data, f.len);
    assert_true(apd_starts(t.all, APD_LIT("event 1 id=10 level=4 log=Test/Operational")));
    apd_arena_free(t.arena);
    expect((apd_bytes){f.data, 0}, 0, 0, 0, 0);
    expect((apd_bytes){f.data, MK_HEAD}, 0, 0, 0, 0);
}

/* What is behind the end of the records, with the templates of the chunk. */
static void slack(void **state)
{
    (void)state;
    five();
    release(2);
    expect(whole(), 3, 2, 0, 0);
    evtx_text t = carve(f.data, f.len);
    assert_int_equal(count(t.all, "id=13 level=4 log=Test/Operational"), 1);
    assert_int_equal(count(t.all, "  Text u16 text\n"), 5);
    apd_arena_free(t.arena);
    mk_poke(&f, records[4] + 8, 103, 8); /* the same id, the same time of writing */
    expect(whole(), 3, 1, 0, 0);
    mk_poke(&f, records[4] + 8, 2, 8); /* as that of a record of the log */
    expect(whole(), 3, 1, 0, 0);
    mk_poke(&f, records[4] + 4, 60, 4); /* no frame */
    expect(whole(), 3, 1, 0, 0);
}

/* In a place that the walk through the chunk passes over, too. */
static void old_record_in_a_gap(void **state)
{
    (void)state;
    five();
    mk_poke(&f, MK_HEAD + 24, 1, 8);
    mk_poke(&f, records[2] + 4, 0, 4);
    mk_poke(&f, records[3] + 8, 1, 8); /* lower than the last id: not of this use of the chunk */
    mk_poke(&f, records[3] + 16, 130000000000000001u, 8);
    mk_chunk_crc(&f, MK_HEAD);
    expect(whole(), 3, 1, 0, 0);
}

/* A template that was overwritten: id 0, but time, record id and bytes are there. */
static void lost_template(void **state)
{
    (void)state;
    five();
    release(1);
    mk_poke(&f, records[4] + 28 + 2, 1, 4); /* names another template than is there */
    expect(whole(), 4, 1, 0, 0);
    evtx_text t = carve(f.data, f.len);
    assert_int_equal(count(t.all, "event 104 id=0 level=0 log= provider= time=2012-12-14T"), 1);
    assert_int_equal(count(t.all, "  Raw blob 0F0101000C"), 1);
    apd_arena_free(t.arena);
}

/* A carved record has its own form like any other, unless its frame is all that is left. */
static void rendered(void **state)
{
    (void)state;
    five();
    release(1);
    mk_poke(&f, records[4] + 28 + 2, 1, 4);
    apd_arena *a = apd_arena_new(0), *batch = apd_arena_new(0);
    apd_input in = {.stream = apd_stream_memory(whole(), 0, 0),
                    .path = APD_LIT("image"),
                    .names = apd_intern_new(),
                    .batch = batch};
    apd_reader *r = NULL;
    apd_event ev;
    assert_int_equal(apd_parser_evtx_carve.open(&in, &r, NULL), APD_OK);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(apd_parser_evtx_carve.next(r, &ev, NULL), APD_OK);
        apd_buf out;
        apd_buf_init(&out, a);
        assert_int_equal(apd_event_render(&ev, APD_FORM_XML, &out),
                         i < 4 ? APD_OK : APD_E_UNSUPPORTED);
        assert_int_equal(count(apd_buf_str(&out), "<Data Name=\"Text\">text</Data>"), i < 4);
    }
    assert_int_equal(apd_parser_evtx_carve.next(r, &ev, NULL), APD_END);
    apd_parser_evtx_carve.close(r);
    apd_stream_free(in.stream);
    apd_intern_free(in.names);
    apd_arena_free(batch);
    apd_arena_free(a);
}

/* Chunks at odd places in something else, and between them their remains. */
static void other_bytes(void **state)
{
    (void)state;
    five();
    size_t n = 0, size = 3 * (MK_HEAD + MK_CHUNK);
    uint8_t *image = malloc(size);
    for (size_t i = 0; i < size; i++)
        image[i] = (uint8_t)(i * 7 + i / 256);
    memcpy(image + 12345, f.data + MK_HEAD, MK_CHUNK);
    expect((apd_bytes){image, size}, 5, 0, 0, 0);
    memcpy(image + 12345, "no head", 7); /* the first record tells where the chunk began */
    expect((apd_bytes){image, size}, 0, 0, 5, 0);
    evtx_text t = carve(image, size);
    assert_int_equal(count(t.all, "log=Test/Operational"), 5);
    apd_arena_free(t.arena);
    memset(image + 12345 + (records[0] - MK_HEAD), 0, 600); /* the template is gone */
    t = carve(image, size);
    assert_int_equal(count(t.all, "  Raw blob"), 4);
    assert_int_equal(count(t.all, "  Carved u8 record\n"), 4);
    apd_arena_free(t.arena);
    /* records 3 to 5 at the very start: where their chunk began is before the bytes */
    n = records[5 - 1] + 2000 - records[2];
    expect((apd_bytes){f.data + records[2], n}, 0, 0, 3, 0);
    free(image);
}

/* A chunk that is cut by the next one, or by the end. */
static void cut_chunks(void **state)
{
    (void)state;
    five();
    size_t half = records[3] + 20 - MK_HEAD;
    uint8_t *p = malloc(half + MK_CHUNK);
    memcpy(p, f.data + MK_HEAD, half);
    memcpy(p + half, f.data + MK_HEAD, MK_CHUNK);
    expect((apd_bytes){p, half + MK_CHUNK}, 8, 0, 0, 1);
    expect((apd_bytes){p, half}, 3, 0, 0, 1);
    for (size_t n = 0; n < half; n += 13) {
        evtx_text t = carve(p, n);
        assert_in_range(t.events, 0, 3);
        apd_arena_free(t.arena);
    }
    free(p);
}

/* More bytes than the window, lent in all sorts of blocks: every chunk once, in order. */
static void long_streams(void **state)
{
    (void)state;
    enum { CHUNKS = 40, STRIDE = MK_CHUNK + 777 };
    uint8_t *image = calloc(CHUNKS, STRIDE);
    for (unsigned c = 0; c < CHUNKS; c++) {
        mk_file(&f);
        mk_chunk(&f);
        for (unsigned i = 0; i < 5; i++) {
            records[i] = f.len;
            mk_plain_event(&f, 1000 * c + i + 1, 10, "text");
        }
        mk_chunk_end(&f);
        mk_poke(&f, MK_HEAD + 48, records[4] - MK_HEAD, 4);
        mk_poke(&f, records[4] + 8, 1000 * c, 8);
        mk_chunk_crc(&f, MK_HEAD);
        if (c % 3 == 2) /* no header */
            memset(f.data + MK_HEAD, 'x', 100);
        memcpy(image + (size_t)c * STRIDE + 3 * c, f.data + MK_HEAD, MK_CHUNK);
    }
    apd_bytes b = {image, (size_t)CHUNKS * STRIDE};
    evtx_text first = {0};
    static const size_t steps[] = {0, 65536, 4099, SIZE_MAX};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        evtx_text t = evtx_read_with(&apd_parser_evtx_carve, b, steps[i], 5);
        assert_int_equal(t.end, APD_END);
        assert_int_equal(t.events, 5 * CHUNKS);
        assert_int_equal(t.skipped, 0);
        assert_int_equal(count(t.all, "  Carved u8 record\n"), 5 * (CHUNKS / 3));
        assert_int_equal(count(t.all, "  Carved u8 slack\n"), CHUNKS - CHUNKS / 3);
        assert_int_equal(count(t.all, "log=Test/Operational"), 5 * CHUNKS);
        assert_true(i == 0 || apd_eq(t.all, first.all));
        if (i == 0)
            first = t;
        else
            apd_arena_free(t.arena);
    }
    apd_arena_free(first.arena);
    free(image);
}

/* Any byte, with a few values: no hang, no read outside, and at most a few records lost. */
static void any_byte(void **state)
{
    (void)state;
    five();
    release(2);
    size_t end = records[4] + f.data[records[4] + 4] + 256u * f.data[records[4] + 5];
    static const uint8_t values[] = {0x00, 0x01, 0x0c, 0x2a, 0x7f, 0x80, 0xff};
    for (size_t at = MK_HEAD; at < end; at++) {
        uint8_t before = f.data[at];
        f.data[at] = values[at % sizeof values];
        evtx_text t = carve(f.data + MK_HEAD, f.len - MK_HEAD);
        assert_in_range(t.events, 3, 5);
        apd_arena_free(t.arena);
        f.data[at] = before;
    }
}

static void never_bids(void **state)
{
    (void)state;
    five();
    assert_int_equal(apd_parser_evtx_carve.bid((apd_bytes){f.data, 4096}, APD_LIT("x.evtx")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_log),     cmocka_unit_test(slack),
        cmocka_unit_test(lost_template), cmocka_unit_test(old_record_in_a_gap),
        cmocka_unit_test(rendered),      cmocka_unit_test(other_bytes),
        cmocka_unit_test(cut_chunks),    cmocka_unit_test(long_streams),
        cmocka_unit_test(any_byte),      cmocka_unit_test(never_bids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
