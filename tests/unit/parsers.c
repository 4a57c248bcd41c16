/* The table of parsers: who takes which file, names of logs, and everything under APD_DATA read
 * through it. */
#include "reading.h"

#include <dirent.h>
#include <sys/stat.h>

#include "limits.h"

static void assert_taken(apd_bytes head, const char *path, const apd_parser *expected)
{
    const apd_parser *p = apd_parser_for(head, apd_str_of(path));
    assert_string_equal(p ? p->name : "nobody", expected ? expected->name : "nobody");
}

static void the_table_is_complete(void **state)
{
    (void)state;
    size_t n = 0;
    for (const apd_parser *const *p = apd_parsers(); *p; p++, n++) {
        assert_true((*p)->name[0] && (*p)->about[0]);
        assert_non_null((*p)->bid);
        assert_non_null((*p)->open);
        assert_non_null((*p)->next);
        (*p)->close(NULL);
        for (const apd_parser *const *q = apd_parsers(); q < p; q++)
            assert_string_not_equal((*p)->name, (*q)->name);
    }
    assert_true(n >= 18);
}

static void files_go_to_their_parser(void **state)
{
    (void)state;
    uint8_t evtx[4096] = "ElfFile";
    evtx[0x20] = 0x80; /* header size, version 3.1, block size */
    evtx[0x24] = 1;
    evtx[0x26] = 3;
    evtx[0x29] = 0x10;
    assert_taken((apd_bytes){evtx, sizeof evtx}, "a.evtx", &apd_parser_evtx);
    assert_taken((apd_bytes){evtx, sizeof evtx}, "AppWorkload.log", &apd_parser_evtx);
    assert_taken(BYTES("<![LOG[a]LOG]!><time=\"1:00:00\" date=\"1-1-2025\">"), "x.txt",
                 &apd_parser_cmtrace);
    assert_taken(BYTES("{\"PolicyDownloadDate\":1}"), "x.txt", &apd_parser_profile);
    assert_taken(BYTES("{\"other\":1}"), "x.json", &apd_parser_text);
    assert_taken(BYTES("[HKEY_USERS\\a]\r\n"), "x.txt", &apd_parser_reg);
    assert_taken(BYTES("plain\n"), "setupact.log", &apd_parser_text);
    assert_taken(BYTES("<html>"), "report.html", &apd_parser_text);
    assert_taken(BYTES("<html>"), "MDMDiagHTMLReport.html", &apd_parser_mdmhtml);
    assert_taken(BYTES("<MDMEnterpriseDiagnosticsReport>"), "x", &apd_parser_mdmreport);
    assert_taken(BYTES("<Collection HRESULT=\"0\">"), "x", &apd_parser_resultsxml);
    assert_taken(BYTES("--- Start at:x\r\nAreaName : a"), "x.txt", &apd_parser_footprint);
    assert_taken(BYTES("{ MdmDiagVersion : 1.0 }"), "x", &apd_parser_jsonfacts);
    assert_taken(BYTES("{}"), "DiagnosticsFrameworkData.json", &apd_parser_jsonfacts);
    assert_taken(BYTES(""), "(1) No Results - Error [0x80070002] Events x", &apd_parser_intuneitem);
    assert_taken(BYTES(" AzureAdJoined : NO\n"), "x.txt", &apd_parser_keyvalue);
    assert_taken(BYTES("Device Serial Number,Hardware Hash\n"), "x.txt", &apd_parser_devicehash);
    assert_taken(BYTES(""), "empty.log", &apd_parser_text);
    assert_taken(BYTES("MZ\x90\0\3\0\0\0"), "AppWorkload.log", NULL);
    assert_taken(BYTES("\0\0\0\0"), "x", NULL);
}

/* A line in the words of a report does not make a log a report: its times would be lost. */
static void logs_that_quote_reports_stay_logs(void **state)
{
    (void)state;
    static const char *const logs[] = {
        "================ Starting ================\n2025-11-22 10:00:00 Info a\n",
        "2025-11-22 10:00:00 dsregcmd says AzureAdJoined : YES\n",
        "2025-11-22 10:00:00 Info GetCACaps is not there\n",
    };
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++)
        assert_taken(apd_str_bytes(apd_str_of(logs[i])), "app.log", &apd_parser_linelog);
    assert_taken(BYTES("my \"P\"\n================ Zertifikat 0 ================\n"), "x.log",
                 &apd_parser_keyvalue);
    assert_taken(BYTES("+--+\n   AzureAdJoined : NO\n"), "x.txt", &apd_parser_keyvalue);
}

static void rotated_logs_go_by_one_name(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"AppWorkload.log", "AppWorkload"},
        {"AppWorkload-20251122-101500.log", "AppWorkload"},
        {"_IntuneManagementExtension.log", "IntuneManagementExtension"},
        {"AgentExecutor-1.log", "AgentExecutor"},
        {"x.log.003", "x"},
        {"x.log.txt", "x"},
        {"X-20251122-101500.LOG.TXT", "X"},
        {"AppWorkload-20251122.log", "AppWorkload"},
        {"AppWorkload-20251122-101500 (1).log", "AppWorkload"},
        {"AppWorkload-20251122-101500-2.log", "AppWorkload"},
        {"PolicyAgent.lo_", "PolicyAgent"},
        {"C:\\ProgramData\\Logs\\Sensor.log", "Sensor"},
        {"a/b/Sensor.log", "Sensor"},
        {"outer.zip ! inner.cab ! Sensor.log", "Sensor"},
        {"TpmHliInfo_Output.txt", "TpmHliInfo_Output"},
        {"CertReq_enrollaik_Output.txt", "CertReq_enrollaik_Output"},
        {"AutopilotDDSZTDFile.json", "AutopilotDDSZTDFile"},
        {"(31) Command windir_system32_Dsregcmd_exe_status output.log",
         "Command windir_system32_Dsregcmd_exe_status output"},
        {"(64) FoldersFiles Logs\\intunemanagementextension.log", "intunemanagementextension"},
        {"(79) FoldersFiles windir_panther_setupact_log setupact.log", "setupact"},
        {"(86) FoldersFiles windir_x_ReportingEvents_log/reportingevents.log", "reportingevents"},
        {"(8) FoldersFiles x.log", "x"},
        {"FoldersFiles a b.log", "FoldersFiles a b"},
        {"31/output.log", "output"},
        {"31\\export.reg", "export"},
        {"setupact", "setupact"},
        {"DeviceHash_PC-12.csv", "DeviceHash_PC"},
        {"DeviceHash_PC-12345.csv", "DeviceHash_PC-12345"},
        {"name-123456.log", "name-123456"},
        {"v1.2.something-long", "v1.2.something-long"},
        {"two words.two words", "two words.two words"},
        {"-1.log", "-1"},
        {"___.log", "___.log"},
        {".log", ".log"},
        {"(x) y.log", "(x) y"},
        {"() y.log", "() y"},
        {"(1)", "(1)"},
        {"(1) ", "(1) "},
        {"a.", "a."},
        {"dir/", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        apd_str path = apd_str_of(names[i][0]), name = apd_log_name(path);
        assert_text(name, names[i][1]);
        assert_true(name.ptr >= path.ptr && name.ptr + name.len <= path.ptr + path.len);
    }
}

static void channels_are_named_by_their_files(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"Microsoft-Windows-AAD%4Operational.evtx", "Microsoft-Windows-AAD/Operational"},
        {"microsoft-windows-aad-operational.evtx", "microsoft-windows-aad/operational"},
        {"system.evtx", "system"},
        {"(62) Events System Events.evtx", "System"},
        {"a.zip ! (47) Events Microsoft-Windows-AppLocker_EXE and DLL Events.evtx",
         "Microsoft-Windows-AppLocker/EXE and DLL"},
        {"62/Events.evtx", ""},
    };
    apd_arena *a = apd_arena_new(0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_text(apd_channel_name(a, apd_str_of(names[i][0])), names[i][1]);
    apd_arena_free(a);
}

/* --- real files --- */

/* --- input that ends in an error --- */

enum { GIVEN = 2 * APD_MAX_LINE + 100, BLOCK = 64 << 10 };

typedef struct giver {
    char *text;
    size_t at;
} giver;

static apd_status give(void *ctx, apd_bytes *block, apd_error *err)
{
    giver *g = ctx;
    size_t n = GIVEN - g->at < BLOCK ? GIVEN - g->at : BLOCK;
    *block = apd_str_bytes(apd_str_from(g->text + g->at, n));
    g->at += n;
    return n ? APD_OK : apd_fail(err, APD_E_LIMIT, APD_NOWHERE, "the bundle is a bomb");
}

/* A bundle that unpacks to too much breaks off anywhere, also in a line that is too long by itself. */
static void limits_of_bundles_end_every_file(void **state)
{
    (void)state;
    static const struct {
        const char *head, *more;
    } texts[] = {
        {"x", "x"},
        {"line\n", "line\n"},
        {"<![LOG[", "x"},
        {"<![LOG[a]LOG]!><time=\"1:00:00\" date=\"1-1-2025\">\n", "<![LOG[a]LOG]!><time=\""},
        {"2025-11-22 10:00:00, Info  CBS a\n", "x"},
        {"=== Verbose logging started: 11/22/2025  10:00:00 ===\n", "x"},
        {"{\"PolicyDownloadDate\":\"", "x"},
        {"[HKEY_USERS\\a]\r\n\"v\"=hex:", "00,"},
        {"[HKEY_USERS\\a]\r\n\"", "x"},
        {"<MDMEnterpriseDiagnosticsReport>", "<a>x</a>"},
        {"<Collection HRESULT=\"0\">", "x"},
        {"--- Start at:x\r\nAreaName : a", "x"},
        {" AzureAdJoined : NO\n", " x : y\n"},
        {"Device Serial Number,Hardware Hash\n", "x,"},
    };
    giver g = {.text = malloc(GIVEN)};
    assert_non_null(g.text);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t head = strlen(texts[i].head), more = strlen(texts[i].more);
        memcpy(g.text, texts[i].head, head);
        for (size_t k = head; k < GIVEN; k++)
            g.text[k] = texts[i].more[(k - head) % more];
        const apd_parser *p =
            apd_parser_for(apd_str_bytes(apd_str_from(g.text, 4096)), APD_LIT("x"));
        assert_non_null(p);
        g.at = 0;
        apd_stream *s = apd_stream_new((apd_producer){give, &g});
        reading r = read_stream(p, "x", s);
        if (r.items[r.n - 1].status != APD_E_LIMIT)
            fail_msg("%s ends with status %d", p->name, r.items[r.n - 1].status);
        assert_string_equal(r.items[r.n - 1].note, "the bundle is a bomb");
        reading_free(&r);
        apd_stream_free(s);
    }
    free(g.text);
}

typedef struct tally {
    size_t files, by[5], nobody, records, clocks[APD_CLOCK_NONE + 1], lines, facts;
} tally;

static apd_bytes slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long n = ftell(f);
    assert_true(n >= 0);
    rewind(f);
    uint8_t *p = malloc((size_t)n + 1);
    assert_non_null(p);
    assert_int_equal(fread(p, 1, (size_t)n, f), n);
    fclose(f);
    return (apd_bytes){p, (size_t)n};
}

/* Closing marks with a time behind them; whole: only those whose list ends in their line. */
static size_t count_marks(apd_str s, bool whole)
{
    static const apd_str mark = {"]LOG]!><time=\"", 14};
    size_t n = 0;
    for (size_t at; (at = apd_find(s, mark)) != SIZE_MAX;) {
        s = apd_sub(s, at + mark.len, s.len);
        apd_str line = apd_sub(s, 0, apd_find(s, APD_LIT("\n")));
        n += !whole || apd_find(line, APD_LIT("\">")) != SIZE_MAX;
    }
    return n;
}

/* A plain count of the closing marks is the measure: every record comes out. */
static void check_cmtrace(const char *path, apd_bytes data, tally *t)
{
    reading r = read_steps(&apd_parser_cmtrace, path, data, SIZE_MAX, 3);
    size_t whole = 0;
    for (size_t i = 0; i + 1 < r.n; i++) {
        const apd_event *ev = event_at(&r, i);
        t->clocks[ev->clock]++;
        whole += ev->nfields > 0;
        assert_true(ev->message.len > 0 || ev->nfields > 0);
    }
    assert_int_equal(r.items[r.n - 1].status, APD_END);
    size_t expected = count_marks(apd_bytes_str(data), true);
    if (whole < expected || whole > count_marks(apd_bytes_str(data), false))
        fail_msg("%s: %zu records of %zu", path, whole, expected);
    t->records += whole;
    reading_free(&r);
}

static void check_text(const char *path, apd_bytes data, tally *t)
{
    reading r = read_steps(&apd_parser_text, path, data, SIZE_MAX, 4);
    for (size_t i = 0; i + 1 < r.n; i++)
        assert_int_equal(r.items[i].status, APD_OK);
    assert_int_equal(r.items[r.n - 1].status, APD_END);
    t->lines += r.n - 1;
    reading_free(&r);
}

static void check_profile(const char *path, apd_bytes data)
{
    reading r = read_steps(&apd_parser_profile, path, data, SIZE_MAX, 5);
    assert_events(&r, 1);
    assert_text(apd_sym_text(r.names, event_at(&r, 0)->log), "autopilot.profile");
    assert_int_equal(field_text(&r, 0, "PolicyDownloadDate").len, 20);
    assert_int_equal(strstr(path, "error908") != NULL,
                     apd_eq(field_text(&r, 0, "ErrorCode"), APD_LIT("908")));
    reading_free(&r);
}

/* State files, whatever they are: nothing of a real one is lost. */
static void check_facts(const apd_parser *p, const char *path, apd_bytes data, tally *t)
{
    reading r = read_steps(p, path, data, SIZE_MAX, 6);
    for (size_t i = 0; i + 1 < r.n; i++)
        if (r.items[i].status != APD_OK)
            fail_msg("%s: %s", path, r.items[i].note);
    assert_int_equal(r.items[r.n - 1].status, APD_END);
    t->facts += r.n - 1;
    reading_free(&r);
}

static void check_file(const char *path, tally *t)
{
    apd_bytes data = slurp(path);
    apd_bytes head = {data.ptr, data.len < APD_SNIFF ? data.len : APD_SNIFF};
    const apd_parser *p = apd_parser_for(head, apd_str_of(path));
    t->files++;
    if (!p) {
        t->nobody++;
    } else if (p == &apd_parser_evtx || p == &apd_parser_etl) {
        t->by[0]++;
    } else if (p == &apd_parser_cmtrace) {
        t->by[1]++;
        check_cmtrace(path, data, t);
    } else if (p == &apd_parser_profile) {
        t->by[2]++;
        check_profile(path, data);
    } else if (p == &apd_parser_text || p == &apd_parser_keyvalue) {
        t->by[3]++;
        check_text(path, data, t);
    } else {
        t->by[4]++;
        check_facts(p, path, data, t);
    }
    static const char *const binary[] = {".etl", ".cab", ".evtx", ".zip", ".dll"};
    for (size_t i = 0; i < sizeof binary / sizeof *binary; i++)
        if (data.len && apd_iends(apd_str_of(path), apd_str_of(binary[i])))
            assert_true(!p || p == &apd_parser_evtx || p == &apd_parser_etl);
    free((void *)data.ptr);
}

static void check_folder(const char *path, tally *t, int depth)
{
    DIR *d = opendir(path);
    if (!d) {
        fail_msg("%s cannot be opened", path);
        return;
    }
    for (struct dirent *e; (e = readdir(d));) {
        char sub[4096];
        struct stat st;
        if (e->d_name[0] == '.')
            continue;
        snprintf(sub, sizeof sub, "%s/%s", path, e->d_name);
        if (stat(sub, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < 32)
            check_folder(sub, t, depth + 1);
        else if (S_ISREG(st.st_mode) && st.st_size < 64 << 20)
            check_file(sub, t);
    }
    closedir(d);
}

static void real_files_are_read(void **state)
{
    (void)state;
    const char *root = getenv("APD_DATA");
    struct stat st;
    tally t = {0};
    if (!root || stat(root, &st) != 0) {
        print_message("skipped: no folder of real logs (APD_DATA)\n");
        skip();
        return;
    }
    check_folder(root, &t, 0);
    print_message("%zu files: %zu evtx, %zu cmtrace, %zu profile, %zu text, %zu others (%zu "
                  "records), %zu nobody's\n"
                  "cmtrace: %zu records; with offset %zu, local %zu, date only %zu; without time "
                  "%zu\ntext: %zu lines\n",
                  t.files, t.by[0], t.by[1], t.by[2], t.by[3], t.by[4], t.facts, t.nobody,
                  t.records, t.clocks[APD_CLOCK_OFFSET], t.clocks[APD_CLOCK_LOCAL],
                  t.clocks[APD_CLOCK_DATE], t.clocks[APD_CLOCK_NONE], t.lines);
    assert_true(t.files > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_complete),
        cmocka_unit_test(files_go_to_their_parser),
        cmocka_unit_test(logs_that_quote_reports_stay_logs),
        cmocka_unit_test(rotated_logs_go_by_one_name),
        cmocka_unit_test(channels_are_named_by_their_files),
        cmocka_unit_test(limits_of_bundles_end_every_file),
        cmocka_unit_test(real_files_are_read),
    };
    return cmocka_run_group_tests_name("parsers", tests, NULL, NULL);
}
