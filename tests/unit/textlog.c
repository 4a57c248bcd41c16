#include "reading.h"

#include "limits.h"

static reading text(apd_bytes data)
{
    return read_all_ways(&apd_parser_text, "logs/setupact.log", data);
}

static void lines_are_events(void **state)
{
    (void)state;
    reading r = text(BYTES("first\r\n\r\n  \t\r\nsecond \n\n\nlast without an end"));
    assert_events(&r, 3);
    static const struct {
        const char *message;
        uint64_t line, offset;
    } expected[] = {{"first", 1, 0}, {"second ", 4, 14}, {"last without an end", 7, 24}};
    for (size_t i = 0; i < 3; i++) {
        const apd_event *ev = event_at(&r, i);
        assert_message(&r, i, expected[i].message);
        assert_int_equal(ev->where.record, expected[i].line);
        assert_int_equal(ev->where.offset, expected[i].offset);
        assert_int_equal(ev->where.len, strlen(expected[i].message));
        assert_int_equal(ev->where.member, 7);
        assert_int_equal(ev->clock, APD_CLOCK_NONE);
        assert_int_equal(ev->time, APD_TIME_NONE);
        assert_int_equal(ev->kind, APD_EVENT);
        assert_int_equal(ev->level, 4);
        assert_int_equal(ev->nfields, 0);
        assert_text(apd_sym_text(r.names, ev->log), "setupact");
    }
    reading_free(&r);
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    static const char *const inputs[] = {"", "\n", "\r\n\r\n", "   ", "\xef\xbb\xbf", "\xff\xfe"};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        reading r = text((apd_bytes){(const uint8_t *)inputs[i], strlen(inputs[i])});
        assert_events(&r, 0);
        reading_free(&r);
    }
    reading r = text(BYTES("a\n\0\0\0\0\0\0"));
    assert_events(&r, 1);
    reading_free(&r);
}

static void bytes_stay_as_they_are(void **state)
{
    (void)state;
    reading r = text(BYTES("a\0b\xe4\xff\r\rc\r\r\n\xef\xbb\xbf"
                           "d"));
    assert_events(&r, 2);
    assert_same_str(event_at(&r, 0)->message, APD_LIT("a\0b\xe4\xff\r\rc"));
    assert_message(&r, 1,
                   "\xef\xbb\xbf"
                   "d");
    reading_free(&r);
}

static void a_byte_order_mark_is_no_text(void **state)
{
    (void)state;
    reading r = text(BYTES("\xef\xbb\xbf"
                           "a\nb"));
    assert_events(&r, 2);
    assert_message(&r, 0, "a");
    assert_int_equal(r.items[0].where.offset, 3);
    reading_free(&r);
}

static void utf16_is_converted_in_both_orders(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_str s = APD_LIT("\xc3\xa4"
                        "1\r\n\r\n\xf0\x9f\x98\x80\xe2\x82\xac\r\nend");
    for (int big = 0; big < 2; big++) {
        reading r = text(to_utf16(a, s, big, true));
        assert_events(&r, 3);
        assert_message(&r, 0,
                       "\xc3\xa4"
                       "1");
        assert_message(&r, 1, "\xf0\x9f\x98\x80\xe2\x82\xac");
        assert_message(&r, 2, "end");
        assert_int_equal(r.items[1].where.offset, 2 + 2 * 6);
        assert_int_equal(r.items[1].where.len, 2 * 3);
        assert_int_equal(r.items[1].where.record, 3);
        assert_int_equal(r.items[2].where.offset, 2 + 2 * 11);
        reading_free(&r);
    }
    apd_arena_free(a);
}

static void lone_surrogates_become_one_mark_each(void **state)
{
    (void)state;
    reading r = text(BYTES("\xff\xfe\x3d\xd8\x3d\xd8\x00\xde\n\0\x00\xde\n\0\x3d\xd8\n\0\x3d\xd8"));
    assert_events(&r, 4);
    assert_message(&r, 0, "\xef\xbf\xbd\xf0\x9f\x98\x80");
    assert_message(&r, 1, "\xef\xbf\xbd");
    assert_message(&r, 2, "\xef\xbf\xbd");
    assert_message(&r, 3, "\xef\xbf\xbd");
    assert_int_equal(r.items[3].where.offset, 2 + 2 * 8);
    reading_free(&r);
}

static void utf16_of_many_blocks_is_whole(void **state)
{
    (void)state;
    enum { N = 30000 };
    apd_arena *a = apd_arena_new(0);
    char *s = apd_alloc(a, N * 9), *p = s;
    assert_non_null(s);
    for (int i = 0; i < N; i++)
        p += sprintf(p, "%s%04d", i % 100 == 0 ? "\n" : "\xf0\x9f\x98\x80", i % 10000);
    apd_bytes utf16 = to_utf16(a, apd_str_from(s, (size_t)(p - s)), false, true);
    size_t total = 0, steps[] = {0, 3, 4096, 65536, SIZE_MAX};
    for (size_t w = 0; w < sizeof steps / sizeof *steps; w++, total = 0) {
        reading r = read_steps(&apd_parser_text, "x.txt", utf16, steps[w], 5);
        assert_events(&r, N / 100);
        for (size_t i = 0; i < N / 100; i++)
            total += event_at(&r, i)->message.len + 1;
        assert_int_equal(total, p - s);
        assert_memory_equal(event_at(&r, N / 100 - 1)->message.ptr, "9900", 4);
        reading_free(&r);
    }
    apd_arena_free(a);
}

static void a_long_line_is_cut_and_said(void **state)
{
    (void)state;
    static const size_t sizes[] = {APD_MAX_LINE, APD_MAX_LINE + 1, 3 * APD_MAX_LINE + 77};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t n = sizes[i];
        bool cut = n > APD_MAX_LINE;
        char *s = malloc(n + 64);
        assert_non_null(s);
        memset(s, 'x', n);
        sprintf(s + n, "\nnext\n");
        for (int last = 0; last < 2; last++) {
            reading r = text((apd_bytes){(uint8_t *)s, n + (last ? 0 : 6)});
            assert_int_equal(r.n, 2 + cut + !last);
            assert_int_equal(event_at(&r, 0)->message.len, APD_MAX_LINE);
            if (cut) {
                assert_int_equal(r.items[1].status, APD_SKIPPED);
                assert_string_equal(
                    r.items[1].note,
                    "line 1 is longer than 1024 KiB; the rest of the line was passed over");
                assert_int_equal(r.items[1].where.record, 1);
            }
            if (!last) {
                assert_message(&r, 1 + cut, "next");
                assert_int_equal(event_at(&r, 1 + cut)->where.record, 2);
                assert_int_equal(event_at(&r, 1 + cut)->where.offset, n + 1);
            }
            reading_free(&r);
        }
        free(s);
    }
}

static void a_cut_never_splits_a_character(void **state)
{
    (void)state;
    size_t n = APD_MAX_LINE + 100;
    char *s = malloc(n);
    assert_non_null(s);
    memset(s, 'x', n);
    static const uint8_t face[] = {0xf0, 0x9f, 0x98, 0x80};
    memcpy(s + APD_MAX_LINE - 2, face, sizeof face);
    reading r = text((apd_bytes){(uint8_t *)s, n});
    assert_int_equal(event_at(&r, 0)->message.len, APD_MAX_LINE - 2);
    assert_int_equal(r.items[1].status, APD_SKIPPED);
    reading_free(&r);
    free(s);
}

static void a_broken_archive_loses_only_what_follows(void **state)
{
    (void)state;
    reading r = read_broken(&apd_parser_text, "x.log", BYTES("one\ntw"));
    assert_int_equal(r.n, 3);
    assert_message(&r, 0, "one");
    assert_message(&r, 1, "tw");
    assert_broken_end(&r);
    reading_free(&r);
    r = read_broken(&apd_parser_text, "x.log",
                    BYTES("\xff\xfe"
                          "a\0\n\0b\0"));
    assert_int_equal(r.n, 3);
    assert_message(&r, 1, "b");
    assert_broken_end(&r);
    reading_free(&r);
}

static void only_text_is_bid_on(void **state)
{
    (void)state;
    int (*bid)(apd_bytes, apd_str) = apd_parser_text.bid;
    apd_str name = APD_LIT("x.log");
    apd_arena *a = apd_arena_new(0);
    assert_true(bid(BYTES("2025-11-02 10:11:12, Info  [windeploy.exe] begins"), name) > 0);
    assert_true(bid(BYTES("<?xml version=\"1.0\"?><a/>"), name) > 0);
    assert_true(bid(BYTES("a;b;c\r\n\x1b[0m1;2;3\f"), name) > 0);
    assert_true(bid(BYTES("Ger\xe4tename: \x84\x81\x94"), name) > 0);
    assert_true(bid(BYTES(""), name) > 0);
    apd_str reg = APD_LIT("Windows Registry Editor Version 5.00\r\n");
    assert_true(bid(to_utf16(a, reg, false, true), name) > 0);
    assert_true(bid(to_utf16(a, reg, true, true), name) > 0);
    assert_int_equal(bid(to_utf16(a, reg, false, false), name), 0);
    assert_int_equal(bid(BYTES("ElfFile\0\0\0\0\0"), name), 0);
    assert_int_equal(bid(BYTES("MZ\x90\0\3\0"), name), 0);
    assert_int_equal(bid(BYTES("PK\3\4\x14\0"), name), 0);
    assert_int_equal(bid(BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), name), 0);
    assert_int_equal(bid(BYTES("\x1f\x8b\x8\x1\x2\x3\x4\x5"), name), 0);
    assert_int_equal(bid(BYTES("\xff\xfe\0\0\1\0\2\0"), name), 0);
    apd_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_events),
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(bytes_stay_as_they_are),
        cmocka_unit_test(a_byte_order_mark_is_no_text),
        cmocka_unit_test(utf16_is_converted_in_both_orders),
        cmocka_unit_test(lone_surrogates_become_one_mark_each),
        cmocka_unit_test(utf16_of_many_blocks_is_whole),
        cmocka_unit_test(a_long_line_is_cut_and_said),
        cmocka_unit_test(a_cut_never_splits_a_character),
        cmocka_unit_test(a_broken_archive_loses_only_what_follows),
        cmocka_unit_test(only_text_is_bid_on),
    };
    return cmocka_run_group_tests_name("textlog", tests, NULL, NULL);
}
