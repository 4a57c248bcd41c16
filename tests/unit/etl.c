/* Traces as events: what the parser makes of the container's records. Payloads have tests of their own. */
#include "etl_builder.h"
#include "etl_header.h"
#include "reading.h"

#define SECOND APD_TICKS_SECOND
#define START INT64_C(134000000000000000) /* 2025-08-18T14:13:20Z */

static const mk_etl_how live = {.start = START,
                                .clock = MK_SYSTEM_TIME,
                                .mode = ETL_MODE_ONE_STREAM,
                                .buffer_size = 4096,
                                .logger = "MyLogger",
                                .file = "C:\\live.etl"};

/* A TraceLogging event with one text. */
static void add(mk_etl *e, uint32_t cpu, int64_t ticks, const char *text)
{
    mk_out traits = {0}, schema = {0}, payload = {0};
    mk_etl_traits(&traits, APD_LIT("Apd.Test.Provider"));
    mk_etl_schema(&schema, APD_LIT("Something"));
    mk_etl_schema_field(&schema, APD_LIT("text"), 1, 0);
    mk_etl_schema_end(&schema);
    mk_utf16(&payload, apd_str_of(text));
    mk_u16(&payload, 0);
    mk_etl_record r = {.kind = MK_ETL_EVENT,
                       .time = START + ticks,
                       .pid = 11,
                       .tid = 12,
                       .guid = {1, 2, 3},
                       .channel = 11,
                       .level = 4,
                       .schema = mk_bytes(&schema),
                       .traits = mk_bytes(&traits),
                       .payload = mk_bytes(&payload)};
    mk_etl_add(e, cpu, &r);
    mk_free(&traits);
    mk_free(&schema);
    mk_free(&payload);
}

static reading read_built(mk_etl *e)
{
    mk_out file = {0};
    mk_etl_save(e, &file);
    reading r = read_all_ways(&apd_parser_etl, "x.etl", mk_bytes(&file));
    mk_free(&file);
    return r;
}

static void events(void **state)
{
    (void)state;
    mk_etl *e = mk_etl_new(&live);
    add(e, 0, SECOND, "first");
    add(e, 0, 2 * SECOND, "second");
    reading r = read_built(e);
    assert_events(&r, 3);
    assert_time(&r, 0, "2025-08-18T14:13:20.0000000", APD_CLOCK_UTC);
    assert_field(&r, 0, "LoggerName", "MyLogger");
    assert_field(&r, 0, "LogFileName", "C:\\live.etl");
    assert_field(&r, 0, "Unfinished", "true");
    assert_field(&r, 0, "Clock", "system time");
    assert_field(&r, 0, "Buffers", "2");
    assert_message(&r, 0, "trace of 2 buffers; it was still being recorded when it was copied");
    assert_time(&r, 1, "2025-08-18T14:13:21.0000000", APD_CLOCK_UTC);
    assert_text(apd_sym_text(r.names, event_at(&r, 1)->provider), "Apd.Test.Provider");
    assert_field(&r, 1, "text", "first");
    assert_field(&r, 2, "text", "second");
    assert_int_equal(event_at(&r, 2)->where.member, 7);
    assert_int_equal(event_at(&r, 2)->where.record, 3);
    assert_int_equal(event_at(&r, 2)->level, 4);
    reading_free(&r);
}

static void clock_steps_are_events(void **state)
{
    (void)state;
    mk_etl *e = mk_etl_new(&live);
    add(e, 0, 3 * 3600 * SECOND, "before");
    add(e, 0, SECOND, "after");
    reading r = read_built(e);
    assert_events(&r, 4);
    assert_field(&r, 1, "text", "before");
    assert_text(apd_sym_text(r.names, event_at(&r, 2)->provider), "EventTrace");
    assert_field(&r, 2, "BackSeconds", "10799");
    assert_message(&r, 2, "the clock went back 2 h 59 m here; the order of the events is kept");
    assert_field(&r, 3, "text", "after");
    reading_free(&r);
}

/* A trace by the performance counter that ended, by the clock on the wall, before its last events. */
static void clock_set_back_meanwhile(void **state)
{
    (void)state;
    mk_etl_how how = live;
    how.clock = MK_QPC;
    how.mode = 0;
    how.end = START + 100 * SECOND;
    how.events_lost = 3;
    mk_etl *e = mk_etl_new(&how);
    add(e, 0, 3700 * SECOND, "late");
    reading r = read_built(e);
    assert_events(&r, 2);
    assert_field(&r, 0, "ClockSetBackSeconds", "3600");
    assert_field(&r, 0, "EventsLost", "3");
    assert_message(
        &r, 0,
        "trace of 2 buffers; the session lost 3 events and 0 buffers; the clock was set back "
        "by 1 h 00 m meanwhile, its times are by the clock of its start");
    reading_free(&r);
}

static void rings_tell_what_is_gone(void **state)
{
    (void)state;
    mk_etl_how how = live;
    how.ring = 3;
    mk_etl *e = mk_etl_new(&how);
    for (int i = 1; i <= 8; i++) {
        add(e, 0, i * SECOND, "x");
        mk_etl_flush(e, 0, 0);
    }
    reading r = read_built(e);
    assert_events(&r, 4);
    assert_field(&r, 0, "BuffersOverwritten", "5");
    assert_time(&r, 1, "2025-08-18T14:13:26.0000000", APD_CLOCK_UTC);
    reading_free(&r);
}

static void fields_that_do_not_fit(void **state)
{
    (void)state;
    mk_etl *e = mk_etl_new(&live);
    mk_out schema = {0};
    mk_etl_schema(&schema, APD_LIT("Short"));
    mk_etl_schema_field(&schema, APD_LIT("number"), 10, 0);
    mk_etl_schema_end(&schema);
    mk_etl_record rec = {.kind = MK_ETL_EVENT,
                         .time = START + SECOND,
                         .schema = mk_bytes(&schema),
                         .payload = BYTES("abc")};
    mk_etl_add(e, 0, &rec);
    mk_free(&schema);
    add(e, 0, 2 * SECOND, "next");
    reading r = read_built(e);
    assert_int_equal(r.n, 5);
    assert_int_equal(r.items[2].status, APD_SKIPPED);
    assert_string_equal(r.items[2].note,
                        "fields of the record at byte 4168 are missing: its data do "
                        "not fit its description");
    assert_field(&r, 3, "text", "next");
    reading_free(&r);
}

static void losses_are_told_in_place(void **state)
{
    (void)state;
    mk_etl *e = mk_etl_new(&live);
    add(e, 0, SECOND, "a");
    mk_etl_flush(e, 0, 0);
    mk_etl_lose(e, 2);
    add(e, 0, 2 * SECOND, "b");
    reading r = read_built(e);
    assert_int_equal(r.n, 5);
    assert_field(&r, 1, "text", "a");
    assert_int_equal(r.items[2].status, APD_SKIPPED);
    assert_int_equal(r.items[2].where.offset, 8192);
    assert_field(&r, 3, "text", "b");
    reading_free(&r);
}

static void damaged_header(void **state)
{
    (void)state;
    mk_out file = {0};
    mk_etl *e = mk_etl_new(&live);
    add(e, 0, SECOND, "still read");
    mk_etl_save(e, &file);
    memset(file.ptr + 0x48, 0x55, 64);
    reading r = read_all_ways(&apd_parser_etl, "x.etl", mk_bytes(&file));
    assert_int_equal(r.items[0].status, APD_SKIPPED);
    assert_string_equal(r.items[0].note,
                        "the trace's header is damaged; its events are read, their "
                        "times may be unknown");
    assert_int_equal(r.items[1].status, APD_SKIPPED); /* the record itself */
    assert_field(&r, 2, "text", "still read");
    assert_int_equal(r.items[3].status, APD_END);
    reading_free(&r);
    mk_free(&file);
}

static void bids(void **state)
{
    (void)state;
    mk_out file = {0};
    mk_etl *e = mk_etl_new(&live);
    add(e, 0, SECOND, "x");
    mk_etl_save(e, &file);
    apd_bytes head = mk_bytes(&file);
    assert_int_equal(apd_parser_etl.bid(head, APD_LIT("anything")), 95);
    assert_true(apd_parser_for(head, APD_LIT("x.log")) == &apd_parser_etl);
    memset(file.ptr + 0x48, 0x55, 16);
    assert_int_equal(apd_parser_etl.bid(head, APD_LIT("x.etl")), 30);
    assert_int_equal(apd_parser_etl.bid(head, APD_LIT("a/X.ETL.007")), 30);
    assert_int_equal(apd_parser_etl.bid(head, APD_LIT("x.etl.merged")), 30);
    assert_int_equal(apd_parser_etl.bid(head, APD_LIT("x.etl.txt")), 0);
    assert_int_equal(apd_parser_etl.bid(BYTES("plain text"), APD_LIT("x.etl")), 0);
    mk_free(&file);
}

static void broken_stream(void **state)
{
    (void)state;
    mk_out file = {0};
    mk_etl *e = mk_etl_new(&live);
    add(e, 0, SECOND, "x");
    mk_etl_save(e, &file);
    reading r = read_broken(&apd_parser_etl, "x.etl", mk_bytes(&file));
    assert_field(&r, 1, "text", "x");
    assert_broken_end(&r);
    reading_free(&r);
    r = read_broken(&apd_parser_etl, "x.etl", (apd_bytes){NULL, 0});
    assert_broken_end(&r);
    reading_free(&r);
    mk_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events),
        cmocka_unit_test(clock_steps_are_events),
        cmocka_unit_test(clock_set_back_meanwhile),
        cmocka_unit_test(rings_tell_what_is_gone),
        cmocka_unit_test(fields_that_do_not_fit),
        cmocka_unit_test(losses_are_told_in_place),
        cmocka_unit_test(damaged_header),
        cmocka_unit_test(bids),
        cmocka_unit_test(broken_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
