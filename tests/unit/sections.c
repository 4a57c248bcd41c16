/* Logs whose records are several lines by nature: setupapi's sections, Delivery Optimization's lists. */
#include "reading.h"

static void assert_level(const reading *r, size_t i, int expected)
{
    assert_int_equal(event_at(r, i)->level, expected);
}

static void sections_are_records(void **state)
{
    (void)state;
    apd_bytes data = BYTES("[Device Install Log]\r\n"
                           "     OS Version = 10.0.26100\r\n\r\n"
                           ">>>  [Device Install - USB\\VID_0001]\r\n"
                           ">>>  Section start 2025/11/22 10:00:00.123\r\n"
                           "     cmd: x.exe\r\n"
                           "!    dvi: a warning\r\n"
                           "!!!  dvi: an error 0x80070002\r\n"
                           "!!!  dvi: a second one\r\n"
                           "<<<  Section end 2025/11/22 10:00:01.000\r\n"
                           "<<<  [Exit status: FAILURE(0x80070002)]\r\n\r\n\r\n"
                           ">>>  [Delete Device [x]]\r\n"
                           ">>>  Section start 2025/11/22 10:00:02.000\r\n"
                           "<<<  [Exit status: SUCCESS]\r\n"
                           ">>>  [Torn\n!  w\n");
    assert_ptr_equal(apd_parser_for(data, APD_LIT("setupapi.dev.log")), &apd_parser_setupapi);
    reading r = read_all_ways(&apd_parser_setupapi, "INF/setupapi.dev.log", data);
    assert_events(&r, 5);
    assert_text(apd_sym_text(r.names, event_at(&r, 0)->log), "setupapi.dev");
    assert_message(&r, 0, "[Device Install Log]");
    assert_time(&r, 2, "2025-11-22T10:00:00.1230000", APD_CLOCK_LOCAL);
    assert_level(&r, 2, 2);
    assert_field(&r, 2, "Section", "Device Install - USB\\VID_0001");
    assert_field(&r, 2, "Status", "FAILURE(0x80070002)");
    assert_field(&r, 2, "Error", "dvi: an error 0x80070002");
    assert_level(&r, 3, 4);
    assert_field(&r, 3, "Section", "Delete Device [x]");
    assert_int_equal(event_at(&r, 4)->clock, APD_CLOCK_NONE);
    assert_level(&r, 4, 3);
    assert_field(&r, 4, "Section", "Torn");
    reading_free(&r);
}

static void only_sections_make_a_setupapi_log(void **state)
{
    (void)state;
    assert_ptr_equal(apd_parser_for(BYTES(">>>  [x]\nno more\n"), APD_LIT("setupapi.dev.log")),
                     &apd_parser_text);
    assert_ptr_equal(apd_parser_for(BYTES("[Device Install Log]\n"), APD_LIT("x")),
                     &apd_parser_setupapi);
}

static void a_list_is_one_record_for_each_time(void **state)
{
    (void)state;
    apd_bytes data = BYTES("\r\nTimeCreated : 2025-11-22T10:00:00.1234567Z\r\n"
                           "ProcessId   : 4312\r\n"
                           "ThreadId    : 880\r\n"
                           "Level       : 2\r\n"
                           "LevelName   : Error\r\n"
                           "Message     : download failed\r\n"
                           "              in its second line\r\n"
                           "Function    : CDownload::Run\r\n"
                           "LineNumber  : 100\r\n"
                           "ErrorCode   : 0x80D02002\r\n\r\n"
                           "TimeCreated : sometime\r\n"
                           "Level       : 77\r\n"
                           "Message     :\r\n");
    assert_ptr_equal(apd_parser_for(data, APD_LIT("do.txt")), &apd_parser_dolog);
    reading r = read_all_ways(&apd_parser_dolog, "do.txt", data);
    assert_events(&r, 2);
    assert_time(&r, 0, "2025-11-22T10:00:00.1234567", APD_CLOCK_UTC);
    assert_text(apd_sym_text(r.names, event_at(&r, 0)->provider), "DeliveryOptimization");
    assert_level(&r, 0, 2);
    assert_message(&r, 0, "download failed");
    assert_field(&r, 0, "Function", "CDownload::Run");
    assert_field(&r, 0, "ErrorCode", "0x80D02002");
    assert_int_equal(event_at(&r, 1)->clock, APD_CLOCK_NONE);
    assert_level(&r, 1, 4);
    reading_free(&r);
}

static void json_is_read_line_by_line(void **state)
{
    (void)state;
    apd_bytes data = BYTES("[\r\n    {\r\n"
                           "        \"TimeCreated\":  \"\\/Date(1763805600123)\\/\",\r\n"
                           "        \"ProcessId\":  4312,\r\n"
                           "        \"Message\":  \"he said \\\"no\\\"\",\r\n"
                           "        \"Function\":  \"F\",\r\n"
                           "        \"ErrorCode\":  null\r\n"
                           "    },\r\n    {\r\n"
                           "        \"TimeCreated\":  \"2025-11-22T10:00:01Z\",\r\n"
                           "        \"Message\":  \"b\"\r\n"
                           "    }\r\n]\r\n");
    assert_ptr_equal(apd_parser_for(data, APD_LIT("do.json")), &apd_parser_dolog);
    reading r = read_all_ways(&apd_parser_dolog, "do.json", data);
    assert_events(&r, 4); /* the brackets in front of the first record */
    assert_time(&r, 2, "2025-11-22T10:00:00.1230000", APD_CLOCK_UTC);
    assert_message(&r, 2, "he said \\\"no\\\"");
    assert_field(&r, 2, "ProcessId", "4312");
    assert_message(&r, 3, "b");
    reading_free(&r);
}

static void dates_beyond_reason_are_none(void **state)
{
    (void)state;
    reading r = read_all_ways(&apd_parser_dolog, "do.json",
                              BYTES("\"TimeCreated\": \"\\/Date(99999999999999999)\\/\",\n"));
    assert_events(&r, 1);
    assert_int_equal(event_at(&r, 0)->clock, APD_CLOCK_NONE);
    reading_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_are_records),
        cmocka_unit_test(only_sections_make_a_setupapi_log),
        cmocka_unit_test(a_list_is_one_record_for_each_time),
        cmocka_unit_test(json_is_read_line_by_line),
        cmocka_unit_test(dates_beyond_reason_are_none),
    };
    return cmocka_run_group_tests_name("sections", tests, NULL, NULL);
}
