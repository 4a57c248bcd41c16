#include "reading.h"

#include "limits.h"

#define ATTRS                                                                                      \
    "<time=\"10:11:12.1234567\" date=\"11-2-2025\" component=\"AppWorkload\" context=\"\" "        \
    "type=\"1\" thread=\"9\" file=\"\">"
#define REC(msg) "<![LOG[" msg "]LOG]!>" ATTRS
#define IME "IntuneManagementExtension.log"

static reading ime(apd_bytes data)
{
    return read_all_ways(&apd_parser_cmtrace, IME, data);
}

/* One record with these attributes. */
static reading with_attrs(const char *attrs)
{
    char text[512];
    int n = snprintf(text, sizeof text, "<![LOG[m]LOG]!><%s>\r\n", attrs);
    reading r = ime((apd_bytes){(const uint8_t *)text, (size_t)n});
    assert_events(&r, 1);
    assert_message(&r, 0, "m");
    return r;
}

static void a_record_has_all_its_parts(void **state)
{
    (void)state;
    reading r =
        ime(BYTES("<![LOG[[Win32App] done]LOG]!><time=\"14:54:47.4106180\" date=\"2-25-2025\" "
                  "component=\"IntuneManagementExtension\" context=\"SYSTEM\" type=\"2\" "
                  "thread=\"26\" file=\"a.cpp:12\">\r\n"));
    assert_events(&r, 1);
    const apd_event *ev = event_at(&r, 0);
    assert_message(&r, 0, "[Win32App] done");
    assert_time(&r, 0, "2025-02-25T14:54:47.4106180", APD_CLOCK_LOCAL);
    assert_int_equal(ev->kind, APD_EVENT);
    assert_int_equal(ev->level, 3);
    assert_int_equal(ev->id, 0);
    assert_text(apd_sym_text(r.names, ev->log), "IntuneManagementExtension");
    assert_text(apd_sym_text(r.names, ev->provider), "IntuneManagementExtension");
    assert_field(&r, 0, "component", "IntuneManagementExtension");
    assert_field(&r, 0, "context", "SYSTEM");
    assert_field(&r, 0, "type", "2");
    assert_field(&r, 0, "thread", "26");
    assert_field(&r, 0, "file", "a.cpp:12");
    assert_int_equal(ev->nfields, 5);
    assert_int_equal(ev->where.member, 7);
    reading_free(&r);
}

static void empty_attributes_are_no_fields(void **state)
{
    (void)state;
    reading r = ime(BYTES(REC("x")));
    assert_events(&r, 1);
    assert_int_equal(event_at(&r, 0)->nfields, 3);
    assert_field(&r, 0, "file", "(none)");
    assert_field(&r, 0, "context", "(none)");
    reading_free(&r);
}

static void records_are_counted_and_placed(void **state)
{
    (void)state;
    reading r = ime(BYTES(REC("one") "\r\n" REC("two") REC("three") "\n\n" REC("")));
    size_t len = sizeof REC("one") - 1, at[] = {0, len + 2, 2 * len + 2, 3 * len + 6};
    size_t size[] = {len, len, len + 2, len - 3};
    assert_events(&r, 4);
    assert_message(&r, 2, "three");
    assert_message(&r, 3, "");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(r.items[i].where.record, i + 1);
        assert_int_equal(r.items[i].where.offset, at[i]);
        assert_int_equal(r.items[i].where.len, size[i]);
    }
    reading_free(&r);
}

static void a_message_may_hold_anything(void **state)
{
    (void)state;
    static const char *const messages[] = {
        "first\r\nsecond\n\nfourth",
        "a]LOG] b ]LOG]!> c ]LOG]!><b>bold</b> !!!",
        "quoted <![LOG[inner",
        "ends like it ]LOG]!><time= but no quote",
        "]LOG]!><time=\"1\" and no end",
        "]LOG]!><foo=\"1\">",
        "text!",
        "]LOG",
        "<",
        "\xff\xfe caf\xe9 \xf0\x9f\x98\x80",
    };
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        char text[1024];
        int n = snprintf(text, sizeof text, "%s<![LOG[%s]LOG]!>%s\r\n%s\r\n", REC("before\r\n"),
                         messages[i], ATTRS, REC("after"));
        reading r = ime((apd_bytes){(const uint8_t *)text, (size_t)n});
        assert_events(&r, 3);
        assert_message(&r, 1, messages[i]);
        assert_time(&r, 1, "2025-11-02T10:11:12.1234567", APD_CLOCK_LOCAL);
        assert_message(&r, 2, "after");
        reading_free(&r);
    }
}

static void nul_bytes_stay(void **state)
{
    (void)state;
    reading r = ime(BYTES(REC("a\0b")));
    assert_events(&r, 1);
    assert_same_str(event_at(&r, 0)->message, APD_LIT("a\0b"));
    reading_free(&r);
}

static void a_torn_record_gives_its_text(void **state)
{
    (void)state;
    reading r = ime(BYTES("<![LOG[torn by the next\r\n" REC(
        "whole") "\r\n<![LOG[torn ]LOG]!><time=\"10:"
                 "\r\n" REC("whole too") "\n<![LOG[torn by the end]LOG]!><time=\"10:11"));
    assert_events(&r, 5);
    assert_message(&r, 0, "torn by the next");
    assert_message(&r, 1, "whole");
    assert_message(&r, 2, "torn ]LOG]!><time=\"10:");
    assert_message(&r, 3, "whole too");
    assert_message(&r, 4, "torn by the end]LOG]!><time=\"10:11");
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(event_at(&r, i)->clock, i % 2 ? APD_CLOCK_LOCAL : APD_CLOCK_NONE);
    assert_int_equal(event_at(&r, 0)->time, APD_TIME_NONE);
    assert_int_equal(event_at(&r, 0)->nfields, 0);
    assert_int_equal(event_at(&r, 0)->provider, 0);
    reading_free(&r);
}

static void a_list_cut_by_the_end_counts_as_far_as_it_goes(void **state)
{
    (void)state;
    reading r =
        ime(BYTES("<![LOG[cut]LOG]!><time=\"10:11:12.1\" date=\"11-2-2025\" component=\"App"));
    assert_events(&r, 1);
    assert_message(&r, 0, "cut");
    assert_time(&r, 0, "2025-11-02T10:11:12.1000000", APD_CLOCK_LOCAL);
    assert_int_equal(event_at(&r, 0)->nfields, 0);
    reading_free(&r);
    r = ime(BYTES("<![LOG[cut]LOG]!><time=\"10:11:12.1\" date=\"11-2-2025\" type=\"3\""));
    assert_events(&r, 1);
    assert_time(&r, 0, "2025-11-02T10:11:12.1000000", APD_CLOCK_LOCAL);
    assert_int_equal(event_at(&r, 0)->level, 2);
    reading_free(&r);
}

static void nothing_between_two_marks_is_no_event(void **state)
{
    (void)state;
    reading r = ime(BYTES("<![LOG[\r\n" REC("whole") "\r\n<![LOG["));
    assert_events(&r, 1);
    assert_message(&r, 0, "whole");
    assert_int_equal(r.items[0].where.record, 1);
    reading_free(&r);
}

static void the_tail_of_a_record_rotated_away_keeps_its_time(void **state)
{
    (void)state;
    reading r = ime(BYTES("middle of it\r\nend of it]LOG]!>" ATTRS "\r\n" REC("next")));
    assert_events(&r, 3);
    assert_message(&r, 0, "middle of it");
    assert_int_equal(event_at(&r, 0)->clock, APD_CLOCK_NONE);
    assert_message(&r, 1, "end of it");
    assert_time(&r, 1, "2025-11-02T10:11:12.1234567", APD_CLOCK_LOCAL);
    assert_field(&r, 1, "thread", "9");
    assert_message(&r, 2, "next");
    reading_free(&r);

    r = ime(BYTES("]LOG]!>" ATTRS "\r\n"));
    assert_events(&r, 1);
    assert_message(&r, 0, "");
    assert_int_equal(event_at(&r, 0)->clock, APD_CLOCK_LOCAL);
    reading_free(&r);
}

static void lines_between_records_are_events_without_time(void **state)
{
    (void)state;
    reading r = ime(
        BYTES("# a note!\r\n \t\r\n" REC("one") " stray \r\nmore<![LOG[two]LOG]!>" ATTRS "\nlast"));
    assert_events(&r, 6);
    assert_message(&r, 0, "# a note!");
    assert_message(&r, 1, "one");
    assert_message(&r, 2, "stray");
    assert_message(&r, 3, "more");
    assert_message(&r, 4, "two");
    assert_message(&r, 5, "last");
    assert_int_equal(event_at(&r, 3)->clock, APD_CLOCK_NONE);
    assert_int_equal(event_at(&r, 3)->level, 4);
    assert_int_equal(event_at(&r, 4)->clock, APD_CLOCK_LOCAL);
    reading_free(&r);
}

static void lines_outside_may_be_long(void **state)
{
    (void)state;
    static const size_t sizes[] = {4088, 4095, 4096, 4097, 8190, 20000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t n = sizes[i];
        char *text = malloc(2 * n + 1024), *p = text;
        assert_non_null(text);
        memset(p, 'x', n);
        p += n;
        p += sprintf(p, "\n");
        memset(p, 'y', n);
        p += n;
        p += sprintf(p, "]LOG]!>%s\n%s\n", ATTRS, REC("after"));
        reading r = ime((apd_bytes){(uint8_t *)text, (size_t)(p - text)});
        assert_events(&r, 3);
        assert_int_equal(event_at(&r, 0)->message.len, n);
        assert_int_equal(event_at(&r, 0)->clock, APD_CLOCK_NONE);
        assert_int_equal(event_at(&r, 1)->message.len, n);
        assert_int_equal(event_at(&r, 1)->clock, APD_CLOCK_LOCAL);
        assert_message(&r, 2, "after");
        reading_free(&r);
        free(text);
    }
}

static void byte_order_marks_are_no_text(void **state)
{
    (void)state;
    reading r = ime(BYTES("\xef\xbb\xbf" REC("one") "\r\n\xef\xbb\xbf" REC(
        "two") "\r\n<![LOG[torn\r\n\xef\xbb\xbf" REC("three") "\r\n\xef\xbb\xbf"));
    assert_events(&r, 4);
    assert_int_equal(r.items[0].where.offset, 3);
    assert_message(&r, 0, "one");
    assert_message(&r, 1, "two");
    assert_message(&r, 2, "torn");
    assert_message(&r, 3, "three");
    reading_free(&r);
}

static void a_tail_of_nul_bytes_is_passed_over(void **state)
{
    (void)state;
    static char text[100000];
    memcpy(text, REC("one"), sizeof REC("one") - 1);
    memcpy(text + 90000, REC("two"), sizeof REC("two") - 1);
    reading r = ime((apd_bytes){(const uint8_t *)text, sizeof text});
    assert_events(&r, 2);
    assert_message(&r, 1, "two");
    assert_int_equal(r.items[1].where.offset, 90000);
    reading_free(&r);
}

static void utf16_is_converted(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_str text = APD_LIT(
        REC("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\xf0\x9f\x98\x80") "\r\n" REC("two") "\r\n");
    for (int big = 0; big < 2; big++) {
        reading r = ime(to_utf16(a, text, big, true));
        assert_events(&r, 2);
        assert_message(&r, 0, "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\xf0\x9f\x98\x80");
        assert_time(&r, 0, "2025-11-02T10:11:12.1234567", APD_CLOCK_LOCAL);
        size_t units = sizeof REC("") - 1 + 1 + 1 + 1 + 1 + 2 + 2;
        assert_int_equal(r.items[0].where.offset, 2);
        assert_int_equal(r.items[0].where.len, 2 * units);
        assert_int_equal(r.items[1].where.offset, 2 + 2 * (units + 2));
        reading_free(&r);
    }
    reading r = ime(BYTES("\xff\xfe\x3d\xd8"
                          "a\0\n\0"
                          "b\0\n\0"
                          "\x3d\xd8"
                          "c"));
    assert_events(&r, 3);
    assert_message(&r, 0,
                   "\xef\xbf\xbd"
                   "a");
    assert_message(&r, 1, "b");
    assert_message(&r, 2, "\xef\xbf\xbd");
    reading_free(&r);
    apd_arena_free(a);
}

static void times_of_all_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *time, *date, *expected;
        apd_clock clock;
    } cases[] = {
        {"10:11:12.1234567", "11-2-2025", "2025-11-02T10:11:12.1234567", APD_CLOCK_LOCAL},
        {"10:11:12.123", "11-02-2025", "2025-11-02T10:11:12.1230000", APD_CLOCK_LOCAL},
        {"10:11:12.123456789", "1-31-2025", "2025-01-31T10:11:12.1234567", APD_CLOCK_LOCAL},
        {"1:2:3", "12-31-2025", "2025-12-31T01:02:03.0000000", APD_CLOCK_LOCAL},
        {"10:11:60", "12-31-2025", "2025-12-31T10:12:00.0000000", APD_CLOCK_LOCAL},
        {"10:11:12.123+480", "11-2-2025", "2025-11-02T18:11:12.1230000", APD_CLOCK_OFFSET},
        {"10:11:12.123+000", "11-2-2025", "2025-11-02T10:11:12.1230000", APD_CLOCK_OFFSET},
        {"10:11:12.123-60", "11-2-2025", "2025-11-02T09:11:12.1230000", APD_CLOCK_OFFSET},
        {"10:11:12.123+60", "11-2-2025", "2025-11-02T11:11:12.1230000", APD_CLOCK_OFFSET},
        {"10:11:12.123+-420", "11-2-2025", "2025-11-02T03:11:12.1230000", APD_CLOCK_OFFSET},
        {"23:11:12.1234567+300", "12-31-2025", "2026-01-01T04:11:12.1234567", APD_CLOCK_OFFSET},
        {"10:11:12.123+9999", "11-2-2025", "2025-11-02T10:11:12.1230000", APD_CLOCK_LOCAL},
        {"10:11:12.123-99999", "11-2-2025", "2025-11-02T10:11:12.1230000", APD_CLOCK_LOCAL},
        {"24:00:00", "11-2-2025", "2025-11-02T00:00:00.0000000", APD_CLOCK_DATE},
        {"10:11", "11-2-2025", "2025-11-02T00:00:00.0000000", APD_CLOCK_DATE},
        {"10:11:12.123+", "11-2-2025", "2025-11-02T00:00:00.0000000", APD_CLOCK_DATE},
        {"10:11:12.1x", "11-2-2025", "2025-11-02T00:00:00.0000000", APD_CLOCK_DATE},
        {"", "11-2-2025", "2025-11-02T00:00:00.0000000", APD_CLOCK_DATE},
        {"10:11:12.123", "13-2-2025", "-", APD_CLOCK_NONE},
        {"10:11:12.123", "2-30-2025", "-", APD_CLOCK_NONE},
        {"10:11:12.123", "2-3-25", "-", APD_CLOCK_NONE},
        {"10:11:12.123", "", "-", APD_CLOCK_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char attrs[128];
        snprintf(attrs, sizeof attrs, "time=\"%s\" date=\"%s\"", cases[i].time, cases[i].date);
        reading r = with_attrs(attrs);
        assert_time(&r, 0, cases[i].expected, cases[i].clock);
        reading_free(&r);
    }
}

static void a_bad_date_does_not_stick(void **state)
{
    (void)state;
    reading r = ime(BYTES("<![LOG[a]LOG]!><time=\"1:00:00\" date=\"11-2-2025\">\n"
                          "<![LOG[b]LOG]!><time=\"2:00:00\" date=\"11-99-2025\">\n"
                          "<![LOG[c]LOG]!><time=\"3:00:00\" date=\"11-3-2025\">\n"
                          "<![LOG[d]LOG]!><time=\"4:00:00\" date=\"11-2-2025\">\n"));
    assert_events(&r, 4);
    assert_time(&r, 0, "2025-11-02T01:00:00.0000000", APD_CLOCK_LOCAL);
    assert_time(&r, 1, "-", APD_CLOCK_NONE);
    assert_time(&r, 2, "2025-11-03T03:00:00.0000000", APD_CLOCK_LOCAL);
    assert_time(&r, 3, "2025-11-02T04:00:00.0000000", APD_CLOCK_LOCAL);
    reading_free(&r);
}

static void types_become_levels(void **state)
{
    (void)state;
    static const struct {
        const char *attrs;
        int level;
    } cases[] = {{"type=\"1\"", 4}, {"type=\"2\"", 3}, {"type=\"3\"", 2},  {"type=\"0\"", 4},
                 {"type=\"\"", 4},  {"type=\"9\"", 4}, {"type=\"33\"", 4}, {"thread=\"3\"", 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r = with_attrs(cases[i].attrs);
        assert_int_equal(event_at(&r, 0)->level, cases[i].level);
        reading_free(&r);
    }
}

static void attributes_come_in_any_order(void **state)
{
    (void)state;
    reading r = with_attrs("file=\"f\" thread=\"\" new=\"x\"  date=\"1-2-2025\" type=\"3\" "
                           "time=\"03:04:05.6\" component=\"C D\" ");
    assert_time(&r, 0, "2025-01-02T03:04:05.6000000", APD_CLOCK_LOCAL);
    assert_int_equal(event_at(&r, 0)->level, 2);
    assert_text(apd_sym_text(r.names, event_at(&r, 0)->provider), "C D");
    assert_field(&r, 0, "file", "f");
    assert_field(&r, 0, "thread", "(none)");
    assert_field(&r, 0, "new", "(none)");
    reading_free(&r);
}

static void components_are_names_only_while_few(void **state)
{
    (void)state;
    enum { N = APD_MAX_COMPONENTS + 50 };
    size_t cap = N * 64u, n = 0;
    char *text = malloc(cap);
    assert_non_null(text);
    for (int i = 0; i < N; i++)
        n += (size_t)snprintf(text + n, cap - n, "<![LOG[m]LOG]!><component=\"c%d\">\n", i);
    n += (size_t)snprintf(text + n, cap - n, "<![LOG[m]LOG]!><component=\"c5\">\n");
    reading r = read_steps(&apd_parser_cmtrace, IME, (apd_bytes){(uint8_t *)text, n}, 0, 0);
    assert_events(&r, N + 1);
    assert_text(apd_sym_text(r.names, event_at(&r, APD_MAX_COMPONENTS - 1)->provider), "c1023");
    assert_int_equal(event_at(&r, N - 1)->provider, 0);
    assert_field(&r, N - 1, "component", "c1073");
    assert_text(apd_sym_text(r.names, event_at(&r, N)->provider), "c5");
    reading_free(&r);
    free(text);
}

/* A record with a message of n bytes, between two short ones. */
static char *long_log(size_t n, const char *end, size_t *len)
{
    static const char front[] = REC("before") "\n<![LOG[";
    char *text = malloc(n + 1024), *p = text;
    assert_non_null(text);
    p += sprintf(p, "%s", front);
    for (size_t i = 0; i < n; i++)
        *p++ = (char)(i % 61 == 60 ? '\n' : i % 97 == 0 ? '!' : 'a' + i % 23);
    p += sprintf(p, "%s\r\n%s\r\n", end, REC("after"));
    *len = (size_t)(p - text);
    return text;
}

static void a_long_record_is_whole_up_to_the_limit(void **state)
{
    (void)state;
    size_t len, most = APD_MAX_RECORD - 7;
    char *text = long_log(most, "]LOG]!>" ATTRS, &len);
    reading r = ime((apd_bytes){(uint8_t *)text, len});
    assert_events(&r, 3);
    assert_int_equal(event_at(&r, 1)->message.len, most);
    reading_free(&r);
    free(text);
}

static void a_longer_record_is_cut_and_said(void **state)
{
    (void)state;
    static const size_t sizes[] = {APD_MAX_RECORD - 6, APD_MAX_RECORD, APD_MAX_RECORD + 4000,
                                   2 * APD_MAX_RECORD + 12345};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t len;
        char *text = long_log(sizes[i], "]LOG]!>" ATTRS, &len), note[128];
        reading r = ime((apd_bytes){(uint8_t *)text, len});
        assert_int_equal(r.n, 5);
        assert_int_equal(event_at(&r, 1)->message.len, APD_MAX_RECORD - 7);
        assert_time(&r, 1, "2025-11-02T10:11:12.1234567", APD_CLOCK_LOCAL);
        assert_field(&r, 1, "thread", "9");
        assert_int_equal(r.items[1].where.len, sizes[i] + sizeof REC("") - 1);
        assert_int_equal(r.items[2].status, APD_SKIPPED);
        snprintf(note, sizeof note,
                 "record 2 is longer than 4096 KiB; %zu bytes of its message were passed over",
                 sizes[i] - (APD_MAX_RECORD - 7));
        assert_string_equal(r.items[2].note, note);
        assert_int_equal(r.items[2].where.record, 2);
        assert_message(&r, 3, "after");
        assert_int_equal(r.items[3].where.record, 3);
        reading_free(&r);
        free(text);
    }
}

static void a_longer_torn_record_ends_at_the_next(void **state)
{
    (void)state;
    size_t len;
    char *text = long_log(APD_MAX_RECORD + 100000, "", &len);
    reading r = ime((apd_bytes){(uint8_t *)text, len});
    assert_int_equal(r.n, 5);
    assert_int_equal(event_at(&r, 1)->message.len, APD_MAX_RECORD - 7);
    assert_int_equal(event_at(&r, 1)->clock, APD_CLOCK_NONE);
    assert_int_equal(r.items[2].status, APD_SKIPPED);
    assert_message(&r, 3, "after");
    reading_free(&r);
    free(text);
}

static void a_long_line_outside_is_cut_too(void **state)
{
    (void)state;
    size_t n = APD_MAX_RECORD + 5000;
    char *text = malloc(n + 1024);
    assert_non_null(text);
    memset(text, 'x', n);
    int rest = sprintf(text + n, "\n%s\n", REC("after"));
    reading r = ime((apd_bytes){(uint8_t *)text, n + (size_t)rest});
    assert_int_equal(r.n, 4);
    assert_int_equal(event_at(&r, 0)->message.len, APD_MAX_RECORD);
    assert_int_equal(r.items[1].status, APD_SKIPPED);
    assert_message(&r, 2, "after");
    reading_free(&r);
    free(text);
}

static void a_broken_archive_loses_only_what_follows(void **state)
{
    (void)state;
    reading r = read_broken(&apd_parser_cmtrace, IME, BYTES(REC("one") "\r\n<![LOG[tw"));
    assert_int_equal(r.n, 3);
    assert_message(&r, 0, "one");
    assert_message(&r, 1, "tw");
    assert_broken_end(&r);
    reading_free(&r);
    r = read_broken(&apd_parser_cmtrace, IME, BYTES(""));
    assert_int_equal(r.n, 1);
    assert_broken_end(&r);
    reading_free(&r);
}

static void bids_follow_the_content(void **state)
{
    (void)state;
    int (*bid)(apd_bytes, apd_str) = apd_parser_cmtrace.bid;
    apd_str name = APD_LIT("x.log");
    apd_arena *a = apd_arena_new(0);
    int front = bid(BYTES(REC("x")), name), line = bid(BYTES("# note\n" REC("x")), name);
    assert_true(front > line && line > 0);
    assert_int_equal(bid(BYTES("\xef\xbb\xbf" REC("x")), name), front);
    assert_int_equal(bid(to_utf16(a, APD_LIT(REC("x")), false, true), name), front);
    assert_int_equal(bid(to_utf16(a, APD_LIT(REC("x")), true, true), name), front);
    assert_true(bid(BYTES("tail]LOG]!>" ATTRS), name) > 0);
    assert_int_equal(bid(BYTES("a line that speaks of <![LOG[ marks"), name), 0);
    assert_int_equal(bid(BYTES("plain"), name), 0);
    assert_int_equal(bid(BYTES(""), name), 0);
    assert_true(bid(BYTES("middle of a list"), APD_LIT("Logs\\AppWorkload-20251101-101112.log")) >
                0);
    assert_int_equal(bid(BYTES("ElfFile\0\0"), APD_LIT("AppWorkload.log")), 0);
    apd_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_has_all_its_parts),
        cmocka_unit_test(empty_attributes_are_no_fields),
        cmocka_unit_test(records_are_counted_and_placed),
        cmocka_unit_test(a_message_may_hold_anything),
        cmocka_unit_test(nul_bytes_stay),
        cmocka_unit_test(a_torn_record_gives_its_text),
        cmocka_unit_test(a_list_cut_by_the_end_counts_as_far_as_it_goes),
        cmocka_unit_test(nothing_between_two_marks_is_no_event),
        cmocka_unit_test(the_tail_of_a_record_rotated_away_keeps_its_time),
        cmocka_unit_test(lines_between_records_are_events_without_time),
        cmocka_unit_test(lines_outside_may_be_long),
        cmocka_unit_test(byte_order_marks_are_no_text),
        cmocka_unit_test(a_tail_of_nul_bytes_is_passed_over),
        cmocka_unit_test(utf16_is_converted),
        cmocka_unit_test(times_of_all_spellings),
        cmocka_unit_test(a_bad_date_does_not_stick),
        cmocka_unit_test(types_become_levels),
        cmocka_unit_test(attributes_come_in_any_order),
        cmocka_unit_test(components_are_names_only_while_few),
        cmocka_unit_test(a_long_record_is_whole_up_to_the_limit),
        cmocka_unit_test(a_longer_record_is_cut_and_said),
        cmocka_unit_test(a_longer_torn_record_ends_at_the_next),
        cmocka_unit_test(a_long_line_outside_is_cut_too),
        cmocka_unit_test(a_broken_archive_loses_only_what_follows),
        cmocka_unit_test(bids_follow_the_content),
    };
    return cmocka_run_group_tests_name("cmtrace", tests, NULL, NULL);
}
