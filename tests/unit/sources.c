/* Sources: the table, names as collectors spell them, and the verdict on each source from files, coverage and what
 * the collectors say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "limits.h"
#include "sources.h"

#define TABLE                                                                                      \
    "# source\tlog\tfiles\tchannel\titems\tareas\tintune\tsince\tshows\n"                          \
    "Shell-Core event log\tshell-core\t-\tMicrosoft-Windows-Shell-Core/Operational\t-\tAutopilot"  \
    "\tmdmlogs-*.cab\t-\tpages\n"                                                                  \
    "LAPS event log\t-\t-\tMicrosoft-Windows-LAPS/Operational\t-\tAutopilot\tmdmlogs-*.cab\tseen " \
    "since Windows 11\tpassword\n"                                                                 \
    "AppWorkload.log\time-apps|apps\tAppWorkload*.lo*\t-\tIntuneManagementExtension\\Logs\t"       \
    "Autopilot;DeviceEnrollment\tFoldersFiles IME\\Logs\t2408\tinstalls\n"                         \
    "key report\ttpm-aik\tCertReq_*.txt\t-\tcertreq\tTPM\tmdmlogs-*.cab\t-\tkey\n"                 \
    "Setup event log\t-\t-\tSetup\t-\t-\tEvents Setup\t-\tupdates\n"                               \
    "traces\t-\tx*.etl\t-\t-\tAutopilot\t-\t-\ttraces\n"                                           \
    "registry dump\t-\tdump.reg\t-\t-\t*\t-\t-\tstate\n"                                           \
    "update log\t-\tReporting*.log\t-\treporting\t-\tFoldersFiles x\t-\tupdates\n"

enum { SHELL_CORE, LAPS, APPS, KEY, SETUP, TRACES, DUMP, UPDATES, NSOURCES };

typedef struct bundle {
    apd_arena *a;
    apd_intern *names;
    apd_sources *table;
    apd_codes *codes;
    apd_coverage *coverage;
    apd_collected collected;
    apd_file files[16];
    size_t nfiles;
    const apd_source_seen *seen;
} bundle;

static apd_status load(apd_arena *a, const char *text, apd_sources **out, apd_error *err)
{
    const apd_str name = APD_LIT("sources.tsv"), body = apd_str_of(text);
    return apd_sources_load(a, &name, &body, 1, out, err);
}

static bundle open_bundle(void)
{
    bundle b = {.a = apd_arena_new(0), .names = apd_intern_new()};
    apd_error err = {0};
    const apd_str name = APD_LIT("windows.tsv"),
                  codes = APD_LIT("0x80070003\tERROR_PATH_NOT_FOUND\tthe folder was not found\n");
    assert_int_equal(load(b.a, TABLE, &b.table, &err), APD_OK);
    assert_int_equal(apd_codes_load(b.a, &name, &codes, 1, &b.codes, &err), APD_OK);
    b.coverage = apd_coverage_new(b.a);
    assert_true(apd_collected_init(&b.collected, b.a, b.names));
    return b;
}

static void close_bundle(bundle *b)
{
    apd_intern_free(b->names);
    apd_arena_free(b->a);
}

static apd_file *add_file(bundle *b, const char *path, const char *format, uint64_t bytes)
{
    apd_file *f = &b->files[b->nfiles++];
    *f = APD_FILE_NEW;
    f->path = apd_str_of(path);
    f->format = format;
    f->bytes = bytes;
    return f;
}

static void add_record(bundle *b, apd_file *f, const char *log, uint32_t id, uint64_t number,
                       int64_t minute, apd_clock clock)
{
    apd_event ev = {.log = apd_intern_add(b->names, apd_str_of(log)),
                    .id = id,
                    .time = minute * APD_TICKS_MINUTE,
                    .clock = clock,
                    .where = {.member = (uint32_t)(f - b->files), .record = number}};
    apd_file_count(f, &ev);
    assert_true(apd_coverage_add(b->coverage, &ev));
}

/* A fact of up to four fields, as name and value in turn. */
static void add_fact(bundle *b, const char *fact, const char *const *pairs)
{
    apd_field fields[4];
    uint32_t n = 0;
    for (; pairs[2 * n]; n++)
        fields[n] = (apd_field){.name = apd_intern_add(b->names, apd_str_of(pairs[2 * n])),
                                .type = APD_T_UTF8,
                                .as.raw = apd_str_bytes(apd_str_of(pairs[2 * n + 1]))};
    apd_event ev = {.kind = APD_FACT,
                    .clock = APD_CLOCK_NONE,
                    .time = APD_TIME_NONE,
                    .log = apd_intern_add(b->names, apd_str_of(fact)),
                    .fields = fields,
                    .nfields = n};
    assert_true(apd_collected_note(&b->collected, &ev));
}
#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void judge(bundle *b)
{
    apd_sources_bundle all = {.files = b->files,
                              .nfiles = b->nfiles,
                              .coverage = b->coverage,
                              .collected = &b->collected,
                              .names = b->names,
                              .codes = b->codes};
    b->seen = apd_sources_judge(b->table, &all, b->a);
    assert_non_null(b->seen);
}

static void expect(const bundle *b, int source, apd_source_state state, const char *remark)
{
    const apd_source_seen *s = &b->seen[source];
    if (s->state != state)
        fail_msg("%.*s: %s, expected %s", APD_FMT(s->source->name), apd_source_state_name(s->state),
                 apd_source_state_name(state));
    if (!remark) {
        assert_int_equal(s->nremarks, 0);
        return;
    }
    for (size_t i = 0; i < s->nremarks; i++)
        if (apd_eq(s->remarks[i], apd_str_of(remark)))
            return;
    fail_msg("%.*s: no remark \"%s\" (%zu others, first \"%.*s\")", APD_FMT(s->source->name),
             remark, s->nremarks, s->nremarks ? (int)s->remarks[0].len : 0,
             s->nremarks ? s->remarks[0].ptr : "");
}

static void table(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_sources *s;
    apd_error err = {0};
    assert_int_equal(load(a, "a\t-\tb\n", &s, &err), APD_E_RULE);
    assert_non_null(strstr(err.text, "sources.tsv:1:"));
    assert_int_equal(load(a, "# x\n\na\t-\t-\t-\t-\t-\t-\t-\t-\n", &s, &err), APD_E_RULE);
    assert_non_null(strstr(err.text, "sources.tsv:3:"));
    assert_int_equal(load(a, "a\t-\t-\t-\t-\t-\t-\t-\tx\ty\n", &s, &err), APD_E_RULE);
    /* a later row of the same name replaces */
    assert_int_equal(
        load(a, "a\t-\t-\t-\t-\t-\t-\t-\tx\r\nA\tl\t-\t-\t-\t-\t-\t-\ty\r\n", &s, &err), APD_OK);
    assert_int_equal(apd_sources_count(s), 1);
    assert_true(apd_eq(apd_sources_at(s, 0)->shows, APD_LIT("y")));
    assert_int_equal(apd_sources_count(NULL), 0);
    apd_arena_free(a);
}

static const char *found(const apd_source *s)
{
    static char name[64];
    snprintf(name, sizeof name, "%.*s", s ? (int)s->name.len : 1, s ? s->name.ptr : "-");
    return name;
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *path, *log, *source;
    } cases[] = {
        {"microsoft-windows-shell-core-operational.evtx", "", "Shell-Core event log"},
        {"a/Microsoft-Windows-Shell-Core%4Operational.evtx", "", "Shell-Core event log"},
        {"x.zip ! (62) Events Setup Events.evtx", "", "Setup event log"},
        {"(7) Events Microsoft_Windows_LAPS_Operational Events.evtx", "", "LAPS event log"},
        {"renamed.evtx", "Microsoft-Windows-LAPS/Operational", "LAPS event log"},
        {"microsoft-windows-laps-operational.evtx", "Setup", "Setup event log"},
        {"x.zip ! (64) FoldersFiles Logs\\appworkload-20251118-080200.log", "", "AppWorkload.log"},
        {"AppWorkload.log.003", "AppWorkload", "AppWorkload.log"},
        {"seen by me.txt", "AppWorkload", "AppWorkload.log"},
        {"NotAppWorkload.log", "NotAppWorkload", "-"},
        {"setup.txt", "", "-"},
        {".evtx", "", "-"},
        {"", "", "-"},
    };
    bundle b = open_bundle();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const apd_source *s =
            apd_source_of_file(b.table, apd_str_of(cases[i].path), apd_str_of(cases[i].log));
        if (strcmp(found(s), cases[i].source) != 0)
            fail_msg("%s (%s): %s, expected %s", cases[i].path, cases[i].log, found(s),
                     cases[i].source);
    }
    assert_string_equal(found(apd_source_of_alias(b.table, APD_LIT("apps"))), "AppWorkload.log");
    assert_null(apd_source_of_alias(b.table, APD_LIT("app")));
    assert_string_equal(found(apd_source_of_log(b.table, APD_LIT("setup"))), "Setup event log");
    assert_null(apd_source_of_log(b.table, APD_LIT("")));
    close_bundle(&b);
}

static void files_that_are_there(void **state)
{
    (void)state;
    bundle b = open_bundle();
    apd_file *newer = add_file(&b, "AppWorkload.log", "cmtrace", 100);
    apd_file *older = add_file(&b, "AppWorkload-20251118-080200.log", "cmtrace", 100);
    apd_file *shell = add_file(&b, "microsoft-windows-shell-core-operational.evtx", "evtx", 69632);
    add_file(&b, "microsoft-windows-laps-operational.evtx", "evtx", 69632);
    add_file(&b, "x.etl", NULL, 5);
    add_file(&b, "dump.reg", "reg", 100)->problems = 1;
    add_record(&b, newer, "AppWorkload", 0, 1, 60, APD_CLOCK_LOCAL);
    add_record(&b, newer, "AppWorkload", 0, 2, 90, APD_CLOCK_OFFSET);
    add_record(&b, older, "AppWorkload", 0, 1, 10, APD_CLOCK_OFFSET);
    add_record(&b, shell, "Microsoft-Windows-Shell-Core/Operational", 5, 20, 1, APD_CLOCK_UTC);
    add_record(&b, shell, "Microsoft-Windows-Shell-Core/Operational", 5, 23, 3, APD_CLOCK_UTC);
    judge(&b);
    expect(&b, APPS, APD_SRC_PRESENT, "2 files");
    const apd_source_seen *apps = &b.seen[APPS];
    assert_int_equal(apps->records, 3);
    assert_int_equal(apps->files[0], 1);
    assert_int_equal(apps->files[1], 0);
    assert_true(apps->first == 10 * APD_TICKS_MINUTE && apps->last == 90 * APD_TICKS_MINUTE);
    assert_int_equal(apps->clock, APD_CLOCK_LOCAL);
    expect(&b, SHELL_CORE, APD_SRC_PRESENT, "begins with record 20, older ones are gone");
    expect(&b, SHELL_CORE, APD_SRC_PRESENT, "2 records missing by number");
    expect(&b, SHELL_CORE, APD_SRC_PRESENT,
           "records are missing between 1601-01-01T00:01:00Z and 1601-01-01T00:03:00Z");
    expect(&b, LAPS, APD_SRC_EMPTY, NULL);
    expect(&b, TRACES, APD_SRC_UNREAD, NULL);
    expect(&b, DUMP, APD_SRC_UNREAD, NULL);
    close_bundle(&b);
}

static void without_a_word(void **state)
{
    (void)state;
    bundle b = open_bundle();
    judge(&b);
    for (int i = 0; i < NSOURCES; i++)
        assert_int_equal(b.seen[i].state, APD_SRC_UNKNOWN);
    expect(&b, KEY, APD_SRC_UNKNOWN, NULL);
    expect(&b, LAPS, APD_SRC_UNKNOWN, "seen since Windows 11");
    close_bundle(&b);
}

static void tool(void **state)
{
    (void)state;
    bundle b = open_bundle();
    add_fact(&b, "collector.request",
             PAIRS("AreaName", "deviceenrollment;deviceprovisioning;autopilot;"));
    add_fact(&b, "collector.item",
             PAIRS("Item", "c:\\programdata\\microsoft\\intunemanagementextension\\logs\\*.log",
                   "Result", "Failed", "Reason", "0x80070003"));
    add_fact(&b, "collector.item",
             PAIRS("Item", "microsoft-windows-laps/operational", "Result", "Failed", "Reason",
                   "HResult:0x80073a9f"));
    add_fact(&b, "collector.item",
             PAIRS("Item", "microsoft-windows-shell-core/operational", "Result", "Collected"));
    judge(&b);
    expect(&b, APPS, APD_SRC_FAILED, "the folder was not found (0x80070003)");
    expect(&b, APPS, APD_SRC_FAILED, "2408");
    expect(&b, LAPS, APD_SRC_FAILED, "HResult:0x80073a9f");
    expect(&b, SHELL_CORE, APD_SRC_UNKNOWN,
           "its place was collected, and no file here goes by its name");
    expect(&b, KEY, APD_SRC_NOT_ASKED, "-area TPM brings it");
    expect(&b, SETUP, APD_SRC_NOT_ASKED, "Intune's Collect diagnostics brings it (Events Setup)");
    expect(&b, DUMP, APD_SRC_UNKNOWN, "asked for, and the collector does not speak of it");
    close_bundle(&b);
}

/* Without the request, the footprint's own words count. */
static void areas_of_items(void **state)
{
    (void)state;
    bundle b = open_bundle();
    add_fact(&b, "collector.item",
             PAIRS("Area", "autopilot;tpm;", "Item", "x", "Result", "collected"));
    judge(&b);
    expect(&b, KEY, APD_SRC_UNKNOWN, "asked for, and the collector does not speak of it");
    add_fact(&b, "collector.item",
             PAIRS("Area", "autopilot;tpm;", "Item", "certreq.exe -enrollaik", "Result", "failed",
                   "HRESULT", "0x80070003"));
    judge(&b);
    expect(&b, KEY, APD_SRC_FAILED, "the folder was not found (0x80070003)");
    close_bundle(&b);
}

/* Intune's list knows the command that makes the cabinet, and with it the areas. */
static void intune(void **state)
{
    (void)state;
    bundle b = open_bundle();
    add_fact(&b, "intune.collection",
             PAIRS("Type", "Command", "Source",
                   "%windir%\\system32\\mdmdiagnosticstool.exe -area Autopilot;tpm -cab x.cab",
                   "HRESULT", "0"));
    add_fact(&b, "intune.collection",
             PAIRS("Type", "Events", "Source", "Setup", "HRESULT", "-2147024893"));
    add_fact(&b, "intune.item",
             PAIRS("Source", "ProgramData_Microsoft_IntuneManagementExtension_Logs", "HRESULT",
                   "0x80070002"));
    judge(&b);
    assert_true(apd_collected_area(&b.collected, APD_LIT("TPM")));
    assert_true(apd_collected_area(&b.collected, APD_LIT("autopilot")));
    assert_false(apd_collected_area(&b.collected, APD_LIT("DeviceEnrollment")));
    expect(&b, SETUP, APD_SRC_FAILED, "the folder was not found (0x80070003)");
    expect(&b, APPS, APD_SRC_FAILED, "0x80070002");
    expect(&b, UPDATES, APD_SRC_NOT_ASKED, "not among the items of this collection");
    /* a second try that worked counts more */
    add_fact(&b, "intune.collection",
             PAIRS("Source", "%ProgramData%\\Microsoft\\IntuneManagementExtension\\Logs\\*.*",
                   "HRESULT", "0"));
    judge(&b);
    expect(&b, APPS, APD_SRC_UNKNOWN, "its place was collected, and no file here goes by its name");
    close_bundle(&b);
}

/* Lists without end are cut, and other facts are none of ours. */
static void floods(void **state)
{
    (void)state;
    bundle b = open_bundle();
    static char wide[5000];
    memset(wide, 'x', sizeof wide - 1);
    for (unsigned i = 0; i < APD_MAX_COLLECTED + 10; i++) {
        add_fact(&b, "collector.item", PAIRS("Item", wide));
        add_fact(&b, "collector.request", PAIRS("AreaName", wide));
        add_fact(&b, "collector.other", PAIRS("Item", "a"));
    }
    assert_int_equal(b.collected.items.n, APD_MAX_COLLECTED);
    assert_true(b.collected.items.at[0].what.len < 2000);
    assert_true(b.collected.areas.len < 100000);
    judge(&b);
    close_bundle(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(names),
        cmocka_unit_test(files_that_are_there),
        cmocka_unit_test(without_a_word),
        cmocka_unit_test(tool),
        cmocka_unit_test(intune),
        cmocka_unit_test(areas_of_items),
        cmocka_unit_test(floods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
