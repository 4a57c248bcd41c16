/* Logs of lines: every row of the table of formats, what ends a record, and what hostile files do. */
#include "limits.h"
#include "reading.h"

static reading read_log(const char *path, apd_bytes data)
{
    return read_all_ways(&apd_parser_linelog, path, data);
}

static void assert_provider(const reading *r, size_t i, const char *expected)
{
    assert_text(apd_sym_text(r->names, event_at(r, i)->provider), expected);
}

static void assert_level(const reading *r, size_t i, int expected)
{
    assert_int_equal(event_at(r, i)->level, expected);
}

/* The table gives the file to this reader. */
static void assert_bids(const char *path, apd_bytes data)
{
    assert_ptr_equal(apd_parser_for(data, apd_str_of(path)), &apd_parser_linelog);
}

static void setup_lines_have_columns(void **state)
{
    (void)state;
    apd_bytes data = BYTES(
        "\xef\xbb\xbf"
        "2025-11-22 10:00:00, Info                  CBS    Starting the session\r\n"
        "2025-11-22 10:00:01, Error                 CBS    Failed [HRESULT = 0x800f0831 - X]\r\n"
        "2025-11-22 10:00:02, Info                         [msoobe.exe] Launching []\r\n"
        "2025-11-22 10:00:03, Warning                         [Deep]: [1][gle=0x00000005]\r\n"
        "\r\n"
        "2025-11-22 10:00:04, Info       [0x0601d1] IBS    older builds put a code here\r\n"
        "2025-11-22 10:00:05, Info short and free\r\n"
        "\xef\xbb\xbf"
        "2025-11-22 10:00:06, Info                  DISM   API: PID=4 TID=8 (hr:0x80070002)");
    assert_bids("Panther/setupact.log", data);
    reading r = read_log("Panther/setupact.log", data);
    assert_events(&r, 7);
    assert_text(apd_sym_text(r.names, event_at(&r, 0)->log), "setupact");
    assert_time(&r, 0, "2025-11-22T10:00:00.0000000", APD_CLOCK_LOCAL);
    assert_provider(&r, 0, "CBS");
    assert_message(&r, 0, "Starting the session");
    assert_level(&r, 1, 2);
    assert_field(&r, 1, "HRESULT", "0x800f0831");
    assert_int_equal(event_at(&r, 1)->fields[1].type, APD_T_HEX);
    assert_provider(&r, 2, "");
    assert_message(&r, 2, "[msoobe.exe] Launching []");
    assert_field(&r, 2, "Module", "msoobe.exe");
    assert_level(&r, 3, 3);
    assert_message(&r, 3, "[Deep]: [1][gle=0x00000005]");
    assert_field(&r, 3, "HRESULT", "(none)");
    assert_field(&r, 3, "StatusCode", "0x5");
    assert_provider(&r, 4, "IBS");
    assert_provider(&r, 5, "");
    assert_message(&r, 5, "short and free");
    assert_provider(&r, 6, "DISM");
    assert_field(&r, 6, "component", "DISM");
    assert_field(&r, 6, "HRESULT", "0x80070002");
    reading_free(&r);
}

static void update_history_has_named_columns(void **state)
{
    (void)state;
    static const char line[] =
        "{00000000-0000-0000-0000-0000000000AA}\t2025-11-22 10:00:00:250-0700\t1\t"
        "182 [AGENT_INSTALLING_FAILED]\t101\t{00000000-0000-0000-0000-0000000000BB}\t200\t"
        "80240022\tUpdateOrchestrator\tFailure\tContent Install\tInstallation failure: "
        "x\tAbc.1\r\n";
    apd_arena *a = apd_arena_new(0);
    apd_bytes data = to_utf16(a, apd_str_of(line), false, true);
    assert_bids("ReportingEvents.log", data);
    reading r = read_log("ReportingEvents.log", data);
    assert_events(&r, 1);
    assert_time(&r, 0, "2025-11-22T17:00:00.2500000", APD_CLOCK_OFFSET);
    assert_provider(&r, 0, "ReportingEvents");
    assert_level(&r, 0, 2);
    assert_field(&r, 0, "EventType", "182 [AGENT_INSTALLING_FAILED]");
    assert_field(&r, 0, "HRESULT", "0x80240022");
    assert_field(&r, 0, "Status", "Failure");
    assert_field(&r, 0, "UpdateId", "00000000-0000-0000-0000-0000000000BB");
    assert_message(&r, 0, "Installation failure: x\tAbc.1");
    assert_int_equal(event_at(&r, 0)->where.offset, 2);
    assert_int_equal(event_at(&r, 0)->where.len, data.len - 2);
    reading_free(&r);
    apd_arena_free(a);
}

static void office_logs_have_tabs(void **state)
{
    (void)state;
    apd_bytes data =
        BYTES("Timestamp\tProcess\tTID\tArea\tCategory\tEventID\tLevel\tMessage\tCorrelation\r\n"
              "11/22/2025 10:00:00.123\tOFFICECL (0x4d8c)\t0x2f0c\t\tClick-To-Run General "
              "Telemetry\t8r7ba\tMonitorable\tStep {\"ErrorCode\": 30088}\t\r\n");
    assert_bids("PC-20251122-1000.log", data);
    reading r = read_log("PC-20251122-1000.log", data);
    assert_events(&r, 2);
    assert_int_equal(event_at(&r, 0)->clock, APD_CLOCK_NONE);
    assert_time(&r, 1, "2025-11-22T10:00:00.1230000", APD_CLOCK_LOCAL);
    assert_provider(&r, 1, "Click-To-Run");
    assert_level(&r, 1, 3);
    assert_field(&r, 1, "Process", "OFFICECL (0x4d8c)");
    assert_field(&r, 1, "Area", "(none)");
    assert_field(&r, 1, "Tag", "8r7ba");
    assert_message(&r, 1, "Step {\"ErrorCode\": 30088}");
    reading_free(&r);
}

/* A line of each other format: time, clock, provider, level, message. */
static void every_format_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *path, *line, *time;
        apd_clock clock;
        const char *provider;
        int level;
        const char *message;
    } rows[] = {
        {"x.log", "[11-22-2025 10:00:00.123] [Installation] [Execute-MSI] [Error] :: Exit 1603",
         "2025-11-22T10:00:00.1230000", APD_CLOCK_LOCAL, "PSAppDeployToolkit", 2, "Exit 1603"},
        {"x.log", "[11-22-2025 10:00:00.123] [Execute-MSI] [Warning] :: Later",
         "2025-11-22T10:00:00.1230000", APD_CLOCK_LOCAL, "PSAppDeployToolkit", 3, "Later"},
        {"x.log", "[2025-11-22T10:00:00.1234567+01:00] [Install] [Open-ADTSession] [Info] :: Start",
         "2025-11-22T09:00:00.1234567", APD_CLOCK_OFFSET, "PSAppDeployToolkit", 4, "Start"},
        {"x.log", "[2025-11-22T10:00:00.1234567Z] [Open-ADTSession] [Info] :: Start",
         "2025-11-22T10:00:00.1234567", APD_CLOCK_UTC, "PSAppDeployToolkit", 4, "Start"},
        {"x.log", "2025-11-22 10:00:00.123 [CLI ] Terminating context: 0x8a150104 at x",
         "2025-11-22T10:00:00.1230000", APD_CLOCK_LOCAL, "WinGet", 4,
         "Terminating context: 0x8a150104 at x"},
        {"WinGet-2025.log", "2025-1-7 08:23:46.819 <E> [CORE] Failed",
         "2025-01-07T08:23:46.8190000", APD_CLOCK_LOCAL, "WinGet", 2, "Failed"},
        {"NetSetup.LOG", "11/22/2025 10:00:00:123 NetpDoDomainJoin: status: 0x54b",
         "2025-11-22T10:00:00.1230000", APD_CLOCK_LOCAL, "NetSetup", 4,
         "NetpDoDomainJoin: status: 0x54b"},
        {"PFRO.log", "12/1/2025 22:2:2 - 0 Successful PFRO operations",
         "2025-12-01T22:02:02.0000000", APD_CLOCK_LOCAL, "PFRO", 4, "0 Successful PFRO operations"},
        {"WindowsUpdate.log",
         "2025/11/22 10:00:00.1234567 4312  8800  Agent           *FAILED* [80240438] scan",
         "2025-11-22T10:00:00.1234567", APD_CLOCK_LOCAL, "WindowsUpdate", 4,
         "*FAILED* [80240438] scan"},
        {"WindowsUpdate.log", "2025-11-22\t10:00:00:123\t 912\t1a4\tAgent\t** START **",
         "2025-11-22T10:00:00.1230000", APD_CLOCK_LOCAL, "WindowsUpdate", 4, "** START **"},
        {"setupact.log", "[11/22/2025 10:00.05.259] WudfCoInstaller: Configuring",
         "2025-11-22T10:00:05.2590000", APD_CLOCK_LOCAL, "WudfCoInstaller", 4, "Configuring"},
        {"agent.log", "2025-11-22 10:00:00.1234|WARN|Inventory|no data",
         "2025-11-22T10:00:00.1234000", APD_CLOCK_LOCAL, "", 3, "no data"},
        {"agent.log", "2025-11-22 10:00:00,123\tERROR\tno data", "2025-11-22T10:00:00.1230000",
         APD_CLOCK_LOCAL, "", 2, "no data"},
        {"agent.log", "[2025-11-22 10:00:00] [Debug] looked", "2025-11-22T10:00:00.0000000",
         APD_CLOCK_LOCAL, "", 5, "looked"},
        {"MPLog-20251122-100000.log", "2025-11-22T10:00:00.123Z Service started",
         "2025-11-22T10:00:00.1230000", APD_CLOCK_UTC, "", 4, "Service started"},
        {"inno.log", "2025-11-22 10:00:00.304   Dest file: x", "2025-11-22T10:00:00.3040000",
         APD_CLOCK_LOCAL, "", 4, "Dest file: x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_bytes data = apd_str_bytes(apd_str_of(rows[i].line));
        assert_bids(rows[i].path, data);
        reading r = read_log(rows[i].path, data);
        assert_events(&r, 1);
        if (strcmp(rows[i].provider, "WudfCoInstaller") == 0)
            assert_field(&r, 0, "component", rows[i].provider);
        else
            assert_provider(&r, 0, rows[i].provider);
        assert_time(&r, 0, rows[i].time, rows[i].clock);
        assert_level(&r, 0, rows[i].level);
        assert_message(&r, 0, rows[i].message);
        reading_free(&r);
    }
}

static void toolkit_lines_name_section_and_source(void **state)
{
    (void)state;
    reading r = read_log(
        "a.log", BYTES("[11-22-2025 10:00:00.123] [Installation] [Execute-MSI] [Error] :: x"));
    assert_field(&r, 0, "Section", "Installation");
    assert_field(&r, 0, "Source", "Execute-MSI");
    reading_free(&r);
}

static void lines_behind_belong_to_the_record(void **state)
{
    (void)state;
    reading r =
        read_log("x.log", BYTES("head line one\r\n  head line two\r\n\r\n"
                                "2025-11-22 10:00:00, Info                  CBS    a\r\n"
                                "more of a\r\n\r\n   and more\r\n\r\n"
                                "2025-13-22 10:00:00, Info                  CBS    no month\n"
                                "2025-11-22 10:00:01, Info                  CBS    b\r\n"));
    assert_events(&r, 4);
    assert_message(&r, 0, "head line one");
    assert_message(&r, 1, "head line two");
    assert_int_equal(event_at(&r, 1)->clock, APD_CLOCK_NONE);
    assert_message(&r, 2,
                   "a\r\nmore of a\r\n\r\n   and more\r\n\r\n"
                   "2025-13-22 10:00:00, Info                  CBS    no month");
    assert_message(&r, 3, "b");
    assert_int_equal(r.items[3].where.record, 4);
    reading_free(&r);
}

static void other_text_is_not_taken(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "plain\n",
        "time 2025-11-22 10:00:00 in the middle\n",
        "10:00:00: time alone\n",
        "2025-11-22\n",
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n2025-11-22 10:00:00 x\n",
        "",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_ptr_equal(
            apd_parser_for(apd_str_bytes(apd_str_of(texts[i])), APD_LIT("setupact.log")),
            &apd_parser_text);
}

static const char start[] = "2025-11-22 10:00:00, Info                  CBS    ";

/* start, then n times the letter, then a last record. */
static apd_bytes long_record(size_t n, char letter)
{
    char *p = malloc(n + 2 * sizeof start);
    assert_non_null(p);
    memcpy(p, start, sizeof start - 1);
    memset(p + sizeof start - 1, letter, n);
    p[sizeof start - 1 + n] = '\n';
    memcpy(p + sizeof start + n, start, sizeof start - 1);
    p[sizeof start + n + sizeof start - 1] = 'z';
    return (apd_bytes){(uint8_t *)p, 2 * sizeof start + n};
}

static void a_long_record_is_cut_and_said(void **state)
{
    (void)state;
    static const char letters[] = {'a', '\n'};
    for (size_t i = 0; i < sizeof letters; i++) {
        apd_bytes data = long_record(APD_MAX_ENTRY + 100, letters[i]);
        reading r = read_log("CBS.log", data);
        assert_int_equal(r.n, 4);
        if (letters[i] == 'a')
            assert_int_equal(event_at(&r, 0)->message.len, APD_MAX_ENTRY - (sizeof start - 1));
        assert_int_equal(r.items[1].status, APD_SKIPPED);
        assert_non_null(strstr(r.items[1].note, "record 1 is longer than 2048 KiB"));
        assert_message(&r, 2, "z");
        assert_int_equal(r.items[3].status, APD_END);
        reading_free(&r);
        free((void *)data.ptr);
    }
}

/* Records that only just fit are whole. */
static void the_limit_is_exact(void **state)
{
    (void)state;
    apd_bytes data = long_record(APD_MAX_ENTRY - sizeof start, 'a');
    reading r = read_log("CBS.log", data);
    assert_events(&r, 2);
    reading_free(&r);
    free((void *)data.ptr);
}

static void damage_costs_its_record(void **state)
{
    (void)state;
    enum { GOOD = 20 };
    apd_arena *a = apd_arena_new(0);
    apd_buf b;
    apd_buf_init(&b, a);
    for (int i = 0; i < GOOD; i++)
        apd_buf_addf(&b, "11/22/2025 10:00:00 - PFRO %02d\r\n", i);
    apd_bytes data = to_utf16(a, apd_buf_str(&b), false, true);
    uint8_t *bad = apd_alloc(a, data.len);
    assert_non_null(bad);
    memcpy(bad, data.ptr, data.len);
    size_t line = (data.len - 2) / GOOD;
    bad[2 + 5 * line + 1] = 0xd8; /* a lone surrogate in front of the sixth line */
    reading r = read_log("PFRO.log", (apd_bytes){bad, data.len - 1});
    assert_events(&r, GOOD - 1);
    assert_message(&r, 5, "PFRO 06");
    reading_free(&r);
    apd_arena_free(a);
}

/* Behind the head, where the format is known: a writer that lost power leaves NULs. */
static void nuls_do_not_end_the_file(void **state)
{
    (void)state;
    static const char torn[] = "2025-11-22 10:00:00, Info   \0\0\0\xff\xfe\n\0\0\0\0\0\0\n"
                               "2025-11-22 10:00:01, Error  x\n\0\0\0\0";
    enum { GOOD = 200 };
    apd_arena *a = apd_arena_new(0);
    apd_buf b;
    apd_buf_init(&b, a);
    for (int i = 0; i < GOOD; i++)
        apd_buf_addf(&b, "%sline %d\n", start, i);
    apd_buf_add(&b, APD_LIT(torn));
    reading r = read_log("x.log", apd_str_bytes(apd_buf_str(&b)));
    assert_events(&r, GOOD + 2);
    assert_int_equal(event_at(&r, GOOD)->message.len, 5);
    assert_message(&r, GOOD + 1, "x");
    reading_free(&r);
    apd_arena_free(a);
}

static void a_file_that_breaks_off_gives_what_is_there(void **state)
{
    (void)state;
    reading r = read_broken(&apd_parser_linelog, "x.log", BYTES("2025-11-22 10:00:01, Error  x\n"));
    assert_int_equal(r.n, 2);
    assert_message(&r, 0, "x");
    assert_broken_end(&r);
    reading_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setup_lines_have_columns),
        cmocka_unit_test(update_history_has_named_columns),
        cmocka_unit_test(office_logs_have_tabs),
        cmocka_unit_test(every_format_is_read),
        cmocka_unit_test(toolkit_lines_name_section_and_source),
        cmocka_unit_test(lines_behind_belong_to_the_record),
        cmocka_unit_test(other_text_is_not_taken),
        cmocka_unit_test(a_long_record_is_cut_and_said),
        cmocka_unit_test(the_limit_is_exact),
        cmocka_unit_test(damage_costs_its_record),
        cmocka_unit_test(nuls_do_not_end_the_file),
        cmocka_unit_test(a_file_that_breaks_off_gives_what_is_there),
    };
    return cmocka_run_group_tests_name("linelog", tests, NULL, NULL);
}
