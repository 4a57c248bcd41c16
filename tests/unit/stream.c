#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "limits.h"
#include "stream.h"

/* The linker sends every realloc() here, so that a test can see how much was asked for. */
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
static size_t largest_realloc;

void *__wrap_realloc(void *p, size_t n)
{
    if (n > largest_realloc)
        largest_realloc = n;
    return __real_realloc(p, n);
}

enum { SIZE = 300000 };
static uint8_t flat[SIZE];
static const size_t steps[] = {0, 1, 7, 4096, 65536, SIZE_MAX};

static int fill_flat(void **state)
{
    (void)state;
    uint32_t x = 1;
    for (size_t i = 0; i < SIZE; i++) {
        x = x * 1664525 + 1013904223;
        flat[i] = (uint8_t)(x >> 24);
    }
    return 0;
}

/* Whatever is asked and however it is cut, the stream shows the bytes of the file. */
static void test_any_cut_shows_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        apd_stream *s = apd_stream_memory((apd_bytes){flat, SIZE}, steps[i], 99);
        uint32_t x = 7;
        size_t at = 0;
        assert_non_null(s);
        while (at < SIZE) {
            apd_bytes v;
            x = x * 1664525 + 1013904223;
            size_t want = (x >> 8) % 5 ? (x >> 12) % 100 : (x >> 12) % 20000;
            apd_status st = apd_stream_peek(s, want, &v, NULL);
            assert_int_equal(st, want <= SIZE - at ? APD_OK : APD_END);
            assert_true(v.len >= (want < SIZE - at ? (want ? want : 1) : SIZE - at));
            assert_memory_equal(v.ptr, flat + at, v.len);
            size_t n = (x >> 4) % 3 ? v.len : v.len / 2;
            apd_stream_consume(s, n);
            at += n;
            assert_int_equal(apd_stream_offset(s), at);
        }
        apd_bytes v;
        assert_int_equal(apd_stream_peek(s, 0, &v, NULL), APD_END);
        assert_int_equal(v.len, 0);
        assert_null(apd_stream_error(s));
        apd_stream_free(s);
    }
}

static void test_whole_blocks_are_lent_not_copied(void **state)
{
    (void)state;
    apd_stream *s = apd_stream_memory((apd_bytes){flat, SIZE}, 0, 0);
    apd_bytes v;
    assert_int_equal(apd_stream_peek(s, 5000, &v, NULL), APD_OK);
    assert_ptr_equal(v.ptr, flat);
    assert_int_equal(v.len, SIZE);
    apd_stream_consume(s, 1234);
    assert_int_equal(apd_stream_peek(s, 0, &v, NULL), APD_OK);
    assert_ptr_equal(v.ptr, flat + 1234);
    apd_stream_free(s);
}

static void test_skip(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        apd_stream *s = apd_stream_memory((apd_bytes){flat, SIZE}, steps[i], 5);
        apd_bytes v;
        assert_int_equal(apd_stream_peek(s, 9000, &v, NULL), APD_OK);
        assert_int_equal(apd_stream_skip(s, 10001), 10001);
        assert_int_equal(apd_stream_peek(s, 3, &v, NULL), APD_OK);
        assert_memory_equal(v.ptr, flat + 10001, 3);
        assert_int_equal(apd_stream_skip(s, UINT64_MAX), SIZE - 10001);
        assert_int_equal(apd_stream_skip(s, 1), 0);
        assert_int_equal(apd_stream_offset(s), SIZE);
        apd_stream_free(s);
    }
}

/* What a caller asks for costs nothing; only what arrives does. */
static void test_memory_follows_what_arrives(void **state)
{
    (void)state;
    apd_stream *s = apd_stream_memory((apd_bytes){flat, 1000}, 10, 0);
    apd_bytes v;
    largest_realloc = 0;
    assert_int_equal(apd_stream_peek(s, APD_MAX_PEEK, &v, NULL), APD_END);
    assert_int_equal(v.len, 1000);
    assert_memory_equal(v.ptr, flat, 1000);
    assert_in_range(largest_realloc, 1000, 2000);
    apd_stream_free(s);
}

static void test_peek_has_a_limit(void **state)
{
    (void)state;
    apd_stream *s = apd_stream_memory((apd_bytes){flat, 10}, 0, 0);
    apd_bytes v;
    apd_error err;
    assert_int_equal(apd_stream_peek(s, (size_t)APD_MAX_PEEK + 1, &v, &err), APD_E_LIMIT);
    assert_int_equal(v.len, 0);
    assert_non_null(strstr(err.text, "8388609"));
    apd_stream_free(s);
}

typedef struct failing {
    int blocks, calls_after;
} failing;

static apd_status fail_later(void *ctx, apd_bytes *block, apd_error *err)
{
    failing *f = ctx;
    if (f->blocks-- > 0) {
        *block = (apd_bytes){flat, 100};
        return APD_OK;
    }
    f->calls_after++;
    return apd_fail(err, APD_E_IO, APD_NOWHERE, "the disk is gone");
}

static void test_error_comes_after_the_bytes_before_it(void **state)
{
    (void)state;
    failing f = {.blocks = 2};
    apd_stream *s = apd_stream_new((apd_producer){fail_later, &f});
    apd_bytes v;
    apd_error err = {.status = APD_OK};
    assert_int_equal(apd_stream_peek(s, 150, &v, &err), APD_OK);
    assert_null(apd_stream_error(s));
    assert_int_equal(apd_stream_peek(s, 201, &v, &err), APD_END);
    assert_int_equal(v.len, 200);
    assert_int_equal(err.status, APD_OK);
    assert_string_equal(apd_stream_error(s)->text, "the disk is gone");
    assert_int_equal(apd_stream_peek(s, 200, &v, &err), APD_OK);
    apd_stream_consume(s, 200);
    assert_int_equal(apd_stream_peek(s, 1, &v, &err), APD_E_IO);
    assert_string_equal(err.text, "the disk is gone");
    assert_int_equal(apd_stream_peek(s, 0, &v, NULL), APD_E_IO);
    assert_int_equal(f.calls_after, 1);
    apd_stream_free(s);
}

static void test_empty(void **state)
{
    (void)state;
    apd_stream *s = apd_stream_memory((apd_bytes){NULL, 0}, 1, 0);
    apd_bytes v;
    assert_int_equal(apd_stream_peek(s, 0, &v, NULL), APD_END);
    assert_int_equal(apd_stream_peek(s, 10, &v, NULL), APD_END);
    apd_stream_consume(s, 5);
    assert_int_equal(apd_stream_offset(s), 0);
    apd_stream_free(s);
    apd_stream_free(NULL);
}

/* Whole memory can be sought in, without moving; pieces cannot. */
static void seeks(void **state)
{
    (void)state;
    char to[4];
    apd_bytes b;
    apd_stream *s = apd_stream_memory((apd_bytes){(const uint8_t *)"0123456789", 10}, 0, 0);
    assert_true(apd_stream_can_seek(s));
    assert_int_equal(apd_stream_peek(s, 2, &b, NULL), APD_OK);
    apd_stream_consume(s, 2);
    assert_int_equal(apd_stream_seen(s), 2);
    assert_int_equal(apd_stream_read_at(s, 5, to, 4), 4);
    assert_memory_equal(to, "5678", 4);
    assert_int_equal(apd_stream_read_at(s, 8, to, 4), 2);
    assert_int_equal(apd_stream_read_at(s, 10, to, 4), 0);
    assert_int_equal(apd_stream_read_at(s, UINT64_MAX, to, 4), 0);
    assert_int_equal(apd_stream_offset(s), 2);
    assert_int_equal(apd_stream_seen(s), 10);
    assert_int_equal(apd_stream_peek(s, 1, &b, NULL), APD_OK);
    assert_int_equal(b.ptr[0], '2');
    apd_stream_free(s);
    s = apd_stream_memory((apd_bytes){(const uint8_t *)"0123456789", 10}, 3, 0);
    assert_false(apd_stream_can_seek(s));
    assert_int_equal(apd_stream_read_at(s, 0, to, 4), 0);
    apd_stream_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeks),
        cmocka_unit_test(test_any_cut_shows_the_same),
        cmocka_unit_test(test_whole_blocks_are_lent_not_copied),
        cmocka_unit_test(test_skip),
        cmocka_unit_test(test_memory_follows_what_arrives),
        cmocka_unit_test(test_peek_has_a_limit),
        cmocka_unit_test(test_error_comes_after_the_bytes_before_it),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, fill_flat, NULL);
}
