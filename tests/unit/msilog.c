/* Windows Installer logs: what each kind of line says, and which day it is. */
#include "limits.h"
#include "reading.h"

static const char log_text[] =
    "=== Verbose logging started: 11/22/2025  23:59:58  Build type: SHIP UNICODE 5.00.10011.00  "
    "Calling process: C:\\Windows\\system32\\msiexec.exe ===\r\n"
    "MSI (c) (8C:98) [23:59:59:452]: ******* RunEngine:\r\n"
    "           ******* Product: C:\\a.msi\r\n"
    "           ******* Action: \r\n"
    "MSI (s) (A4:B0) [00:00:01:345]: Note: 1: 1722 2: CheckLicence\r\n"
    "Action start 0:00:02: CheckLicence.\r\n"
    "Property(S): ProductName = Contoso Reader\r\n"
    "MSI (s) (A4:B0) [00:00:03:000]: PROPERTY CHANGE: Adding REBOOT property. Its value is 'R'.\r\n"
    "CustomAction CheckLicence returned actual error code 1603 (note: the sandbox may change "
    "it)\r\n"
    "Action ended 0:00:04: CheckLicence. Return value 3.\r\n"
    "Action ended 0:00:05: INSTALL. Return value 2.\r\n"
    "MSI (s) (A4:B0) [00:00:06:000]: Product: Contoso Reader -- Installation failed.\r\n"
    "\r\n"
    "MSI (s) (A4:B0) [00:00:06:100]: Windows Installer installed the product. Product Name: "
    "Contoso "
    "Reader 2. Product Version: 1.0. Product Language: 1033. Manufacturer: Contoso. Installation "
    "success or error status: 1603.\r\n"
    "MSI (s) (A4:B0) [00:00:06:200]: MainEngineThread is returning 1603\r\n"
    "MSI (c) (8C:98) [00:00:06:300]: MainEngineThread is returning 3010\r\n"
    "Error 1904. Module x failed to register.\r\n"
    "=== Verbose logging stopped: 11/23/2025  0:00:07 ===\r\n";
enum {
    START,
    RUN,
    NOTE,
    ACTION_START,
    PROPERTY,
    CHANGE,
    CUSTOM,
    ENDED,
    CANCELLED,
    FAILED,
    SUMMARY,
    RETURNING,
    RESTART,
    ERROR_LINE,
    STOP,
    NLINES
};

static void assert_level(const reading *r, size_t i, int expected)
{
    assert_int_equal(event_at(r, i)->level, expected);
}

static void check_log(const reading *r)
{
    assert_events(r, NLINES);
    assert_text(apd_sym_text(r->names, event_at(r, 0)->provider), "MSI");
    assert_time(r, START, "2025-11-22T23:59:58.0000000", APD_CLOCK_LOCAL);
    assert_time(r, RUN, "2025-11-22T23:59:59.4520000", APD_CLOCK_LOCAL);
    assert_field(r, RUN, "Side", "client");
    assert_non_null(strstr(event_at(r, RUN)->message.ptr, "C:\\a.msi"));
    assert_time(r, NOTE, "2025-11-23T00:00:01.3450000", APD_CLOCK_LOCAL);
    assert_field(r, NOTE, "Note", "1722");
    assert_field(r, NOTE, "Side", "server");
    assert_field(r, NOTE, "Product", "(none)");
    assert_field(r, ACTION_START, "Action", "CheckLicence");
    assert_time(r, ACTION_START, "2025-11-23T00:00:02.0000000", APD_CLOCK_LOCAL);
    assert_field(r, PROPERTY, "Property", "ProductName");
    assert_field(r, PROPERTY, "Value", "Contoso Reader");
    assert_time(r, PROPERTY, "2025-11-23T00:00:02.0000000", APD_CLOCK_LOCAL);
    assert_field(r, CHANGE, "Property", "REBOOT");
    assert_field(r, CUSTOM, "Action", "CheckLicence");
    assert_field(r, CUSTOM, "ErrorCode", "1603");
    assert_field(r, CUSTOM, "Product", "Contoso Reader");
    assert_level(r, CUSTOM, 2);
    assert_field(r, ENDED, "ReturnValue", "3");
    assert_level(r, ENDED, 2);
    assert_level(r, CANCELLED, 3);
    assert_level(r, FAILED, 2);
    assert_field(r, SUMMARY, "ErrorCode", "1603");
    assert_field(r, SUMMARY, "Product", "Contoso Reader 2");
    assert_field(r, RETURNING, "ErrorCode", "1603");
    assert_level(r, RETURNING, 2);
    assert_level(r, RESTART, 4);
    assert_field(r, ERROR_LINE, "ErrorCode", "1904");
    assert_time(r, STOP, "2025-11-23T00:00:07.0000000", APD_CLOCK_LOCAL);
}

static void every_kind_of_line_is_understood(void **state)
{
    (void)state;
    apd_bytes data = BYTES(log_text);
    assert_ptr_equal(apd_parser_for(data, APD_LIT("whatever.log")), &apd_parser_msilog);
    reading r = read_all_ways(&apd_parser_msilog, "whatever.log", data);
    check_log(&r);
    reading_free(&r);
}

static void utf16_is_the_usual_encoding(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_bytes data = to_utf16(a, APD_LIT(log_text), false, true);
    assert_ptr_equal(apd_parser_for(data, APD_LIT("whatever.log")), &apd_parser_msilog);
    reading r = read_all_ways(&apd_parser_msilog, "whatever.log", data);
    check_log(&r);
    reading_free(&r);
    apd_arena_free(a);
}

static void dates_are_read_in_the_order_they_allow(void **state)
{
    (void)state;
    static const char *const dates[][2] = {
        {"11/2/2025  10:00:00", "2025-11-02T10:00:00.0000000"},
        {"22/11/2025  10:00:00", "2025-11-22T10:00:00.0000000"},
        {"2.11.2025  10:00:00", "2025-11-02T10:00:00.0000000"},
        {"22. 11. 2025  10:00:00", "2025-11-22T10:00:00.0000000"},
        {"02-11-2025  10:00:00", "2025-11-02T10:00:00.0000000"},
        {"11-22-2025  10:00:00", "2025-11-22T10:00:00.0000000"},
        {"2025-11-22  10:00:00", "2025-11-22T10:00:00.0000000"},
        {"2025/11/22  10:00:00", "2025-11-22T10:00:00.0000000"},
    };
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        char text[128];
        int n = snprintf(text, sizeof text, "=== Logging started: %s ===\n", dates[i][0]);
        reading r = read_all_ways(&apd_parser_msilog, "x", (apd_bytes){(uint8_t *)text, (size_t)n});
        assert_events(&r, 1);
        assert_time(&r, 0, dates[i][1], APD_CLOCK_LOCAL);
        reading_free(&r);
    }
}

static void without_a_start_there_is_no_day(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "MSI (s) (A4:B0) [10:00:01:345]: Doing action: X\n",
        "=== Logging started: 31/31/2025  10:00:00 ===\n",
        "=== Logging started: soon ===\n",
        "MSI (s\n",
        "MSI (s) (A4:B0) [25:00:01:345]: x\n",
        "Action ended : X. Return value\n",
        "Property(S): \n",
        "CustomAction \n",
        "Product: \n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        reading r = read_all_ways(&apd_parser_msilog, "x", apd_str_bytes(apd_str_of(texts[i])));
        assert_events(&r, 1);
        assert_int_equal(event_at(&r, 0)->clock, APD_CLOCK_NONE);
        reading_free(&r);
    }
}

static void a_log_without_its_front_is_known(void **state)
{
    (void)state;
    apd_bytes data = BYTES("something\nMSI (s) (A4:B0) [10:00:01:345]: Doing action: X\n");
    assert_ptr_equal(apd_parser_for(data, APD_LIT("x.log")), &apd_parser_msilog);
    assert_ptr_equal(apd_parser_for(BYTES("it said MSI (s) and no more\n"), APD_LIT("x.log")),
                     &apd_parser_text);
}

static void a_file_that_breaks_off_gives_what_is_there(void **state)
{
    (void)state;
    reading r = read_broken(&apd_parser_msilog, "x.log", BYTES("Action start 10:00:00: A.\n"));
    assert_int_equal(r.n, 2);
    assert_field(&r, 0, "Action", "A");
    assert_broken_end(&r);
    reading_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_line_is_understood),
        cmocka_unit_test(utf16_is_the_usual_encoding),
        cmocka_unit_test(dates_are_read_in_the_order_they_allow),
        cmocka_unit_test(without_a_start_there_is_no_day),
        cmocka_unit_test(a_log_without_its_front_is_known),
        cmocka_unit_test(a_file_that_breaks_off_gives_what_is_there),
    };
    return cmocka_run_group_tests_name("msilog", tests, NULL, NULL);
}
