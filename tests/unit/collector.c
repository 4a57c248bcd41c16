/* What mdmdiagnosticstool says of its own work: the footprint, the request, and the HTML report. */
#include "reading.h"

#include "limits.h"

#define FOOTPRINT "MdmLogCollectorFootPrint.txt"

static void assert_log(const reading *r, size_t i, const char *name)
{
    assert_text(apd_sym_text(r->names, event_at(r, i)->log), name);
}

static void items_follow_their_lines(void **state)
{
    (void)state;
    reading r =
        read_all_ways(&apd_parser_footprint, FOOTPRINT,
                      BYTES("--- Start at:2025-11-18T09:33:40\r\n"
                            "\"AreaName\" : \"deviceenrollment;autopilot;\"\r\n"
                            "Collected EventViewer Entry: a/operational\r\n"
                            "Failed (HResult:0x80073a9f) to collect EventViewer Entry: b/admin\r\n"
                            "Failed (HResult: 0x80070003) to CollectFileEntry:c:\\x\\*.log\r\n"
                            "Copied file:c:\\x\\y.log, to:C:\\t\\y.log\r\n"
                            "Succeeded to dump HKLM registry:software\\k\r\n"
                            "Failed (HResult:0x80070002) to dump HKCU registry:software\\k\r\n"
                            "Failed to start something: else\r\n"
                            "--- 3 file entries are collected\r\n"
                            "--- End at:2025-11-18T09:33:41\r\n"));
    static const char *const items[][6] = {
        {"a/operational", "EventLog", "collected", "0x0", "(none)", "(none)"},
        {"b/admin", "EventLog", "failed", "0x80073a9f", "this Windows has no such event log",
         "(none)"},
        {"c:\\x\\*.log", "File", "failed", "0x80070003", "there is no such folder", "(none)"},
        {"c:\\x\\y.log", "File", "collected", "0x0", "(none)", "C:\\t\\y.log"},
        {"HKLM\\software\\k", "Registry", "collected", "0x0", "(none)", "(none)"},
        {"HKCU\\software\\k", "Registry", "failed", "0x80070002", "there is no such file or key",
         "(none)"},
        {"start something: else", "Other", "failed", "(none)", "(none)", "(none)"},
    };
    static const char *const names[] = {"Item", "Kind", "Result", "HRESULT", "Reason", "To"};
    assert_events(&r, 11 + 7);
    assert_log(&r, 0, "MdmLogCollectorFootPrint");
    assert_time(&r, 0, "2025-11-18T09:33:40.0000000", APD_CLOCK_LOCAL);
    assert_int_equal(event_at(&r, 1)->clock, APD_CLOCK_NONE);
    for (size_t i = 0; i < 7; i++) {
        assert_log(&r, 2 + 2 * i, "MdmLogCollectorFootPrint");
        assert_log(&r, 3 + 2 * i, "collector.item");
        assert_int_equal(event_at(&r, 3 + 2 * i)->kind, APD_FACT);
        assert_int_equal(event_at(&r, 3 + 2 * i)->where.record, 3 + i);
        assert_field(&r, 3 + 2 * i, "Area", "deviceenrollment;autopilot;");
        for (size_t k = 0; k < 6; k++)
            assert_field(&r, 3 + 2 * i, names[k], items[i][k]);
    }
    assert_message(&r, 16, "--- 3 file entries are collected");
    reading_free(&r);
}

static void old_and_odd_footprints_are_read(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_str s = APD_LIT(
        "--- Start at:x\r\nAreaName : tpm;\r\nFailed (HResult: zz) to CollectFileEntry:f\r\n"
        "Collected \r\nFailed");
    apd_bytes forms[] = {apd_str_bytes(s), to_utf16(a, s, false, true)};
    for (size_t i = 0; i < 2; i++) {
        assert_true(apd_parser_footprint.bid(forms[i], APD_LIT("x")) > 0);
        reading r = read_all_ways(&apd_parser_footprint, "x", forms[i]);
        assert_events(&r, 6);
        assert_int_equal(event_at(&r, 0)->clock, APD_CLOCK_NONE);
        assert_log(&r, 0, "MdmLogCollectorFootPrint");
        assert_field(&r, 3, "Area", "tpm;");
        assert_field(&r, 3, "Result", "failed");
        assert_field(&r, 3, "HRESULT", "(none)");
        reading_free(&r);
    }
    apd_arena_free(a);
    assert_true(apd_parser_footprint.bid(BYTES("torn"), APD_LIT("a/" FOOTPRINT)) > 0);
    assert_int_equal(apd_parser_footprint.bid(BYTES("--- Start at:1\nfoo"), APD_LIT("x.log")), 0);
    assert_int_equal(apd_parser_footprint.bid(BYTES(""), APD_LIT(FOOTPRINT)), 0);
    reading r =
        read_broken(&apd_parser_footprint, FOOTPRINT, BYTES("Collected EventViewer Entry: a"));
    assert_broken_end(&r);
    reading_free(&r);
}

static void a_long_line_is_cut_once(void **state)
{
    (void)state;
    size_t size = APD_MAX_LINE + 1000;
    char *doc = malloc(size + 100);
    assert_non_null(doc);
    size_t n = (size_t)sprintf(doc, "Copied file:");
    memset(doc + n, 'x', size);
    n += size;
    n += (size_t)sprintf(doc + n, "\nCopied file:y, to:z\n");
    reading r = read_all_ways(&apd_parser_footprint, FOOTPRINT, (apd_bytes){(uint8_t *)doc, n});
    assert_int_equal(r.n, 6);
    assert_log(&r, 1, "collector.item");
    assert_int_equal(r.items[2].status, APD_SKIPPED);
    assert_field(&r, 4, "Item", "y");
    reading_free(&r);
    free(doc);
}

static void the_request_is_a_fact(void **state)
{
    (void)state;
    static const struct {
        const char *path, *json, *fact, *field, *value;
        uint32_t n;
    } cases[] = {
        {"MdmDiagLogMetadata.json",
         "{\"MdmDiagVersion\":\"1.0\",\"AreaName\" : \"tpm;\",\"UBR\":8875}", "collector.request",
         "UBR", "8875", 3},
        {"x.json", "{ \"MdmDiagVersion\":\"1.0\"}", "collector.request", "MdmDiagVersion", "1.0",
         1},
        {"(3) FoldersFiles a\\mdmdiaglogmetadata.json",
         "{\r\n  MdmDiagVersion : 1.0\r\n  AreaName : deviceenrollment;autopilot;,\r\n}\r\n",
         "collector.request", "AreaName", "deviceenrollment;autopilot;", 2},
        {"DiagnosticsFrameworkData.json", "{\"A\":{\"B\":[1,true]}}", "collector.framework",
         "A.B.1", "true", 2},
        {"DiagnosticsFrameworkData.json", "[{\"A\":1}]", "collector.framework", "0.A", "1", 1},
        {"MdmDiagLogMetadata.json", "{}", "collector.request", "x", "(none)", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        apd_bytes data = apd_str_bytes(apd_str_of(cases[i].json));
        assert_true(apd_parser_jsonfacts.bid(data, apd_str_of(cases[i].path)) > 0);
        reading r = read_all_ways(&apd_parser_jsonfacts, cases[i].path, data);
        assert_events(&r, 1);
        assert_log(&r, 0, cases[i].fact);
        assert_int_equal(event_at(&r, 0)->kind, APD_FACT);
        assert_int_equal(event_at(&r, 0)->nfields, cases[i].n);
        assert_field(&r, 0, cases[i].field, cases[i].value);
        reading_free(&r);
    }
    reading r =
        read_all_ways(&apd_parser_jsonfacts, "MdmDiagLogMetadata.json", BYTES("{\"a\":1,}"));
    assert_int_equal(r.items[0].status, APD_SKIPPED);
    assert_non_null(
        strstr(r.items[0].note, "MdmDiagLogMetadata.json could not be read: not valid JSON"));
    reading_free(&r);
    assert_int_equal(apd_parser_jsonfacts.bid(BYTES("{\"a\":1}"), APD_LIT("x.json")), 0);
    assert_int_equal(apd_parser_jsonfacts.bid(BYTES("see MdmDiagVersion"), APD_LIT("x.txt")), 0);
}

static void bare_metadata_has_its_limits(void **state)
{
    (void)state;
    enum { N = APD_MAX_FIELDS + 10 };
    char *doc = malloc(N * 16), *p = doc;
    assert_non_null(doc);
    p += sprintf(p, "{\n");
    for (int i = 0; i < N; i++)
        p += sprintf(p, "k%d : v\n", i);
    reading r = read_all_ways(&apd_parser_jsonfacts, "MdmDiagLogMetadata.json",
                              (apd_bytes){(uint8_t *)doc, (size_t)(p - doc)});
    assert_int_equal(r.n, 3);
    assert_int_equal(event_at(&r, 0)->nfields, APD_MAX_FIELDS);
    assert_non_null(strstr(r.items[1].note, "10 values"));
    reading_free(&r);
    free(doc);
}

/* The table of names belongs to the whole run; what a document has beyond its limit must not go there. */
static void left_out_values_leave_no_names(void **state)
{
    (void)state;
    static const struct {
        const apd_parser *parser;
        const char *path, *front, *each, *end;
    } cases[] = {
        {&apd_parser_jsonfacts, "MdmDiagLogMetadata.json", "{\n", "k%d : v\n", "}"},
        {&apd_parser_jsonfacts, "MdmDiagLogMetadata.json", "{\"a\":1", ",\"k%d\":1", "}"},
        {&apd_parser_mdmhtml, "MDMDiagReport.html", "<table id=DeviceInfoTable>",
         "<tr><td>k%d<td>v</tr>", "</table>"},
        {&apd_parser_mdmhtml, "MDMDiagReport.html", "",
         "<table id=DeviceInfoTable><tr><td>k%d<td>v</table>", ""},
    };
    enum { N = 2 * APD_MAX_FIELDS };
    char *doc = malloc(N * 64 + 200);
    assert_non_null(doc);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *p = doc + sprintf(doc, "%s", cases[i].front);
        for (int k = 0; k < N; k++)
            p += sprintf(p, cases[i].each, k); /* NOLINT: formats of our own */
        p += sprintf(p, "%s", cases[i].end);
        reading r = read_steps(cases[i].parser, cases[i].path,
                               (apd_bytes){(uint8_t *)doc, (size_t)(p - doc)}, 0, 0);
        assert_true(r.n >= 3);
        assert_int_equal(r.items[r.n - 2].status, APD_SKIPPED);
        assert_non_null(strstr(r.items[r.n - 2].note, "left out"));
        assert_int_equal(r.items[r.n - 1].status, APD_END);
        assert_true(apd_intern_find(r.names, APD_LIT("k1")));
        assert_int_equal(apd_intern_find(r.names, APD_LIT("k8191")), 0);
        reading_free(&r);
    }
    free(doc);
}

static reading html(apd_bytes data)
{
    return read_all_ways(&apd_parser_mdmhtml, "MDMDiagHTMLReport.html", data);
}

static void two_tables_of_the_html_are_facts(void **state)
{
    (void)state;
    reading r = html(
        BYTES("<!DOCTYPE html><html><head><style>td > a {}</style></head><body><h1>x < y</h1>\n"
              "<table id=\"Other\"><tr><td>PC name</td><td>no</td></tr></table>\n"
              "<table class='a' id=\"DeviceInfoTable\"><tr><td>PC name</td><td><b>LAB</b>-1 &amp; "
              "2</td></tr>\n<TR><TH>OS "
              "Build:</TH><TD>10.0&nbsp;x</TD></TR><tr><td>one</td></tr></table>\n"
              "<table id=\"ConnectionInfoTable\"><tr><th>Last Sync</th><th>Active Account</th></tr>"
              "<tr><td>today</td><td></td></tr>"));
    assert_events(&r, 2);
    assert_log(&r, 0, "mdm.report.device");
    assert_int_equal(event_at(&r, 0)->nfields, 2);
    assert_field(&r, 0, "PCname", "LAB -1 & 2");
    assert_field(&r, 0, "OSBuild", "10.0 x");
    assert_int_equal(event_at(&r, 0)->where.record, 4);
    assert_log(&r, 1, "mdm.report.connection");
    assert_field(&r, 1, "LastSync", "today");
    assert_field(&r, 1, "ActiveAccount", "");
    reading_free(&r);
}

static void hostile_html_is_survived(void **state)
{
    (void)state;
    size_t size = 1u << 20;
    static const char fills[] = {'<', '>', '&', 'x', '\0'};
    char *doc = malloc(size + 200);
    assert_non_null(doc);
    for (size_t i = 0; i < sizeof fills; i++) {
        size_t n = (size_t)sprintf(doc, "<table id=DeviceInfoTable><tr><td>a</td><td>");
        memset(doc + n, fills[i], size);
        n += size;
        n += (size_t)sprintf(doc + n, "></td></tr><tr><td>b</td><td>c</td></table>");
        reading r = html((apd_bytes){(uint8_t *)doc, n});
        assert_true(r.n >= 1);
        assert_int_equal(r.items[r.n - 1].status, APD_END);
        if (fills[i] != '<')
            assert_field(&r, 0, "b", "c");
        reading_free(&r);
    }
    free(doc);
    reading r = html(BYTES("no tags"));
    assert_events(&r, 0);
    reading_free(&r);
    r = html(BYTES("<table id=DeviceInfoTable><tr><td>a<td>b"));
    assert_events(&r, 1);
    assert_field(&r, 0, "a", "b");
    reading_free(&r);
    r = read_broken(&apd_parser_mdmhtml, "MDMDiagReport.html", BYTES("<table"));
    assert_broken_end(&r);
    reading_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_follow_their_lines),
        cmocka_unit_test(old_and_odd_footprints_are_read),
        cmocka_unit_test(a_long_line_is_cut_once),
        cmocka_unit_test(the_request_is_a_fact),
        cmocka_unit_test(bare_metadata_has_its_limits),
        cmocka_unit_test(left_out_values_leave_no_names),
        cmocka_unit_test(two_tables_of_the_html_are_facts),
        cmocka_unit_test(hostile_html_is_survived),
    };
    return cmocka_run_group_tests_name("collector", tests, NULL, NULL);
}
