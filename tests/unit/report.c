/* Escaping, redaction, the code table, and that hostile text never reaches the output raw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "escape.h"
#include "jsondoc.h"
#include "report.h"
#include "utf.h"

static apd_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = apd_arena_new(0);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    apd_arena_free(arena);
    return 0;
}

static void terminal(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
        size_t max;
    } cases[] = {
        {"plain", "plain", 0},
        {"a\x1b[31mred", "a\\x1b[31mred", 0},
        {"two\r\nlines", "two\\r\\nlines", 0},
        {"bad \xff\xfe utf", "bad \\xff\\xfe utf", 0},
        {"c1 \xc2\x9b x", "c1 \\x9b x", 0},
        {"turn \xe2\x80\xae round", "turn \\u202e round", 0},
        {"Zo\xc3\xab", "Zo\xc3\xab", 4},
        {"Zo\xc3\xab Z", "Zo\xc3\xab\xe2\x80\xa6", 4},
        {"tab\there", "tab here", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        apd_str got = apd_escape_term(arena, apd_str_of(cases[i].in), cases[i].max);
        assert_string_equal(got.ptr, cases[i].out);
    }
}

static void every_byte_as_json(void **state)
{
    (void)state;
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    apd_str s = apd_escape_json(arena, apd_str_from(all, sizeof all));
    apd_json *doc;
    apd_error err;
    assert_int_equal(apd_json_parse(apd_str_bytes(s), &doc, &err), APD_OK);
    apd_json_value v;
    assert_true(apd_json_get(doc, APD_LIT(""), arena, &v));
    /* 128 ASCII characters come back, each other byte as U+FFFD */
    assert_int_equal(v.text.len, 128 + 3 * 128);
    assert_memory_equal(v.text.ptr, all, 128);
    apd_json_free(doc);
}

static void secrets(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"token eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.abc.def end", "token [redacted] end"},
        {"Authorization: Bearer abcdefghijklmnop1234", "Authorization: Bearer [redacted]"},
        {"https://x.blob/y?sv=1&sig=AAAABBBBCCCCDDDD%3D&se=2",
         "https://x.blob/y?sv=1&sig=[redacted]&se=2"},
        {"sig=short", "sig=short"},
        {"eyJ eyes", "eyJ eyes"},
        {"nothing here", "nothing here"},
        {"access_token=0123456789abcdef0 refresh_token=0123456789abcdef1",
         "access_token=[redacted] refresh_token=[redacted]"},
        {"eyJ0eXAiOiJKV1QiLCJhbGciOiJBearer abcdefghijklmnop", "[redacted] [redacted]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        apd_str got = apd_redact_secrets(arena, apd_str_of(cases[i].in));
        assert_true(apd_eq(got, apd_str_of(cases[i].out)));
        char text[128];
        size_t n = strlen(cases[i].in);
        memcpy(text, cases[i].in, n);
        n = apd_redact_in_place(text, n);
        assert_true(apd_eq(got, apd_str_from(text, n)));
    }
}

static void codes(void **state)
{
    (void)state;
    apd_str names[] = {APD_LIT("a.tsv"), APD_LIT("b.tsv")};
    apd_str texts[] = {
        APD_LIT(
            "# comment\n0x800705B4\tERROR_TIMEOUT\tthe wait ran out\n\n0x80180014\tX\tfirst\r\n"),
        APD_LIT("0x80180014\tX\tsecond\n0x80004005\t\tunspecified")};
    apd_codes *c;
    apd_error err;
    assert_int_equal(apd_codes_load(arena, names, texts, 2, &c, &err), APD_OK);
    assert_int_equal(apd_codes_count(c), 4);
    assert_true(apd_eq(apd_code_find(c, 0x800705B4)->symbol, APD_LIT("ERROR_TIMEOUT")));
    assert_true(apd_eq(apd_code_find(c, 0x80180014)->meaning, APD_LIT("first")));
    assert_true(apd_eq(apd_code_find(c, 0x80004005)->meaning, APD_LIT("unspecified")));
    assert_null(apd_code_find(c, 1));
    assert_null(apd_code_find(NULL, 1));
    texts[1] = APD_LIT("# fine\nnot a code\n");
    assert_int_equal(apd_codes_load(arena, names, texts, 2, &c, &err), APD_E_RULE);
    assert_non_null(strstr(err.text, "b.tsv:2"));
}

typedef enum form { DIAGNOSIS, COVERAGE, MEMBERS } form;

static bool print_form(FILE *out, const apd_report *r, form what, bool json, const apd_style *style)
{
    switch (what) {
    case COVERAGE:
        return json ? apd_coverage_json(out, r) : apd_coverage_term(out, r, style);
    case MEMBERS:
        return json ? apd_members_json(out, r) : apd_members_term(out, r, style);
    default:
        return json ? apd_report_json(out, r) : apd_report_term(out, r, style);
    }
}

/* One source, whose name is not to be trusted either. */
static const apd_source_seen *hostile_sources(apd_sources **table, const apd_str *remark)
{
    static const uint32_t file;
    apd_str name = APD_LIT("x.tsv"),
            row = APD_LIT("\x1b]0;own \xff\tlog\t-\t-\t-\tTPM\t-\t-\t\x1b[2J \xff\n");
    apd_error err;
    assert_int_equal(apd_sources_load(arena, &name, &row, 1, table, &err), APD_OK);
    apd_source_seen *seen = APD_NEW(arena, apd_source_seen);
    *seen = (apd_source_seen){.source = apd_sources_at(*table, 0),
                              .first = APD_TIME_NONE,
                              .last = APD_TIME_NONE,
                              .files = &file,
                              .nfiles = 1,
                              .remarks = remark,
                              .nremarks = 1};
    return seen;
}

/* A report made of hostile text, in every form. */
static apd_str printed(form what, bool json, bool colour, unsigned width)
{
    static apd_field field;
    apd_intern *names = apd_intern_new();
    apd_str evil = APD_LIT("\x1b]0;owned\x07 \xff \"quote\" </script>\n--> fake "
                           "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.x");
    field = (apd_field){
        .name = apd_intern_add(names, evil), .type = APD_T_UTF8, .as.raw = apd_str_bytes(evil)};
    apd_event ev = {
        .id = 62407, .fields = &field, .nfields = 1, .log = apd_intern_add(names, evil)};
    apd_evidence e[] = {
        {.kind = APD_EV_RECORD,
         .event = &ev,
         .log = evil,
         .selection = evil,
         .has_code = true,
         .code = 0x800705B4,
         .more = 3},
        {.kind = APD_EV_GAP, .text = evil},
    };
    apd_considered c = {evil, APD_V_RULED_OUT, evil};
    apd_term t = {2, APD_TRUE, evil, evil};
    apd_finding f = {.rank = 1,
                     .rule = evil,
                     .title = evil,
                     .phase = evil,
                     .say = evil,
                     .severity = APD_SEV_ERROR,
                     .first = APD_TIME_NONE,
                     .last = APD_TIME_NONE,
                     .clock = APD_CLOCK_NONE,
                     .evidence = e,
                     .nevidence = 2,
                     .terms = &t,
                     .nterms = 1,
                     .considered = &c,
                     .nconsidered = 1,
                     .fix = &evil,
                     .nfix = 1,
                     .by = &evil,
                     .nby = 1,
                     .links = &evil,
                     .nlinks = 1,
                     .escalate_with = &evil,
                     .nescalate = 1};
    apd_unchecked u = {evil, evil, evil, false, 1};
    apd_coverage *cover = apd_coverage_new(arena);
    apd_coverage_add(cover, &ev);
    apd_diagnosis d = {.findings = &f,
                       .nfindings = 1,
                       .unchecked = &u,
                       .nunchecked = 1,
                       .coverage = cover,
                       .nrules = 5};
    apd_file file = APD_FILE_NEW;
    file.path = evil;
    file.records = 2;
    file.problems = 1;
    apd_limit limits[] = {{.kind = APD_LIMIT_ABSENT, .log = APD_LIT("log")},
                          {.kind = APD_LIMIT_AFTER,
                           .log = evil,
                           .row = apd_coverage_at(cover, 0),
                           .by = 52 * APD_TICKS_MINUTE,
                           .exact = true},
                          {.kind = APD_LIMIT_LOST, .log = evil, .row = apd_coverage_at(cover, 0)}};
    d.limits = limits;
    d.nlimits = 3;
    apd_sources *table = NULL;
    const apd_source_seen *seen = hostile_sources(&table, &evil);
    apd_problem p = {evil, APD_NOWHERE, evil};
    apd_report r = {.bundle = evil,
                    .diagnosis = &d,
                    .names = names,
                    .source_table = table,
                    .sources = seen,
                    .files = &file,
                    .nfiles = 1,
                    .problems = &p,
                    .nproblems = 1,
                    .version = "0"};
    apd_style style = {.colour = colour, .width = width, .why = true, .verbose = true};
    FILE *out = tmpfile();
    assert_non_null(out);
    assert_true(print_form(out, &r, what, json, &style));
    long size = ftell(out);
    rewind(out);
    char *text = apd_alloc(arena, (size_t)size + 1);
    assert_int_equal(fread(text, 1, (size_t)size, out), size);
    text[size] = '\0';
    fclose(out);
    apd_intern_free(names);
    return apd_str_from(text, (size_t)size);
}

static void check_terminal(form what)
{
    for (unsigned width = 0; width < 200; width += 37) {
        apd_str s = printed(what, false, false, width);
        for (size_t i = 0; i < s.len; i++)
            assert_true(s.ptr[i] == '\n' || (uint8_t)s.ptr[i] >= 0x20);
        assert_true(apd_utf8_valid(s));
        assert_int_equal(apd_find(s, APD_LIT("eyJhbGci")), SIZE_MAX);
        assert_true(apd_find(s, APD_LIT("\n--> fake")) == SIZE_MAX);
    }
}

static void hostile_terminal(void **state)
{
    (void)state;
    check_terminal(DIAGNOSIS);
    check_terminal(COVERAGE);
    check_terminal(MEMBERS);
    apd_str coloured = printed(DIAGNOSIS, false, true, 100);
    assert_true(apd_find(coloured, APD_LIT("\x1b[1;31m")) != SIZE_MAX);
    assert_true(apd_find(coloured, APD_LIT("\x1b]0")) == SIZE_MAX);
}

static void check_json(form what, const char *path, const char *want)
{
    apd_str s = printed(what, true, false, 0);
    assert_true(s.len && s.ptr[s.len - 1] == '\n');
    assert_int_equal(apd_find(apd_sub(s, 0, s.len - 1), APD_LIT("\n")), SIZE_MAX);
    assert_int_equal(apd_find(s, APD_LIT("eyJhbGci")), SIZE_MAX);
    apd_json *doc;
    apd_error err;
    assert_int_equal(apd_json_parse(apd_str_bytes(s), &doc, &err), APD_OK);
    apd_json_value v;
    assert_true(apd_json_get(doc, apd_str_of(path), arena, &v));
    assert_true(apd_eq(v.text, apd_str_of(want)));
    apd_json_free(doc);
}

static void hostile_json(void **state)
{
    (void)state;
    check_json(DIAGNOSIS, "findings.0.evidence.0.code.hresult", "0x800705B4");
    check_json(DIAGNOSIS, "limits.1.kind", "after");
    check_json(COVERAGE, "sources.0.state", "present");
    check_json(COVERAGE, "limits.0.kind", "absent");
    check_json(MEMBERS, "members.0.kind", "not read");
}

static void hostile_csv(void **state)
{
    (void)state;
    apd_file file = APD_FILE_NEW;
    file.path = APD_LIT("=cmd|' /C calc'!A0 \"x\" \x1b[31m\xff");
    apd_report r = {.bundle = APD_LIT("b,c"), .files = &file, .nfiles = 1};
    FILE *out = tmpfile();
    assert_non_null(out);
    assert_true(apd_members_csv(out, &r, false));
    char line[256] = "";
    rewind(out);
    assert_non_null(fgets(line, sizeof line, out));
    fclose(out);
    assert_string_equal(
        line, "\"b,c\",\"'=cmd|' /C calc'!A0 \"\"x\"\" \\x1b[31m\xef\xbf\xbd\",empty,0,0,0,0"
              ",,,,\"\",\"\"\n");
}

/* The sentences of limits: few, the most telling first, equal reasons together. */
static void limit_sentences(void **state)
{
    (void)state;
    apd_intern *names = apd_intern_new();
    apd_log_cover row = {.log = apd_intern_add(names, APD_LIT("AppWorkload")),
                         .clock = APD_CLOCK_LOCAL};
    apd_limit limits[9] = {{.kind = APD_LIMIT_CLOCK, .log = APD_LIT("ime"), .row = &row},
                           {.kind = APD_LIMIT_CLOCK, .log = APD_LIT("ime"), .row = &row},
                           {.kind = APD_LIMIT_AFTER,
                            .log = APD_LIT("ime"),
                            .row = &row,
                            .by = 52 * APD_TICKS_MINUTE,
                            .exact = true}};
    apd_str
        name = APD_LIT("sources.tsv"),
        text = APD_LIT(
            "AppWorkload.log\time\tAppWorkload*.log\t-\t-\tAutopilot;TPM\t-\t-\tapp installs\n");
    apd_error err;
    apd_finding f = {.phase = APD_LIT("esp-device"), .severity = APD_SEV_ERROR};
    apd_diagnosis d = {.findings = &f, .nfindings = 1, .limits = limits, .nlimits = 3};
    apd_sources *table;
    assert_int_equal(apd_sources_load(arena, &name, &text, 1, &table, &err), APD_OK);
    apd_report r = {.diagnosis = &d, .names = names, .source_table = table};
    size_t n;
    const apd_str *s = apd_limit_sentences(arena, &r, &n);
    assert_int_equal(n, 2);
    assert_string_equal(
        s[0].ptr, "AppWorkload.log begins 52 m 00 s after the ESP failed: app installs before that "
                  "cannot be seen");
    assert_string_equal(s[1].ptr, "AppWorkload.log has local time without its offset: whether it "
                                  "reaches back to before the ESP failed cannot be told");
    for (size_t i = 3; i < 9; i++)
        limits[i] = (apd_limit){.kind = APD_LIMIT_ABSENT, .log = APD_LIT("ime")};
    d.nlimits = 9;
    s = apd_limit_sentences(arena, &r, &n);
    assert_int_equal(n, 6);
    assert_string_equal(s[1].ptr,
                        "AppWorkload.log is not in this bundle: app installs cannot be seen; "
                        "mdmdiagnosticstool -area Autopilot brings it");
    assert_string_equal(s[5].ptr, "4 more; `apdiag coverage` lists them");
    apd_intern_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(terminal, setup, teardown),
        cmocka_unit_test_setup_teardown(every_byte_as_json, setup, teardown),
        cmocka_unit_test_setup_teardown(secrets, setup, teardown),
        cmocka_unit_test_setup_teardown(codes, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_terminal, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_json, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_csv, setup, teardown),
        cmocka_unit_test_setup_teardown(limit_sentences, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
