/* The forms of a record, with text that tries to break out of each of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "events.h"
#include "jsondoc.h"
#include "utf.h"

#define TOKEN "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9"

static apd_arena *arena;
static apd_intern *names;

static int setup(void **state)
{
    (void)state;
    arena = apd_arena_new(0);
    names = apd_intern_new();
    return arena && names ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    apd_intern_free(names);
    apd_arena_free(arena);
    return 0;
}

static apd_sym sym(const char *name)
{
    return apd_intern_add(names, apd_str_of(name));
}

static apd_event line(const char *message)
{
    return (apd_event){.time = 133765344000000000 + 1234567,
                       .clock = APD_CLOCK_LOCAL,
                       .kind = APD_EVENT,
                       .level = 2,
                       .log = sym("AppWorkload"),
                       .provider = sym("Comp"),
                       .message = apd_str_of(message),
                       .where = {.record = 7}};
}

static const char *put(apd_events_form form, apd_event *ev)
{
    apd_arena *scratch = apd_arena_new(0);
    apd_events_writer w = {.form = form, .names = names, .scratch = scratch};
    apd_events_row row = {.ev = ev, .file = APD_LIT("logs/a \"b\".log"), .log = APD_LIT("ime")};
    apd_buf member, out;
    apd_buf_init(&member, arena);
    apd_events_member(row.file, &member);
    row.member = apd_buf_str(&member);
    apd_buf_init(&out, arena);
    assert_int_equal(apd_events_put(&w, &row, &out), APD_OK);
    apd_events_redact(&out, 0);
    assert_int_equal(apd_arena_used(scratch), 0);
    apd_arena_free(scratch);
    return apd_buf_str(&out).ptr;
}

static void plain(void **state)
{
    (void)state;
    apd_event ev = line("it <failed>");
    apd_field f[] = {{.name = sym("thread"), .type = APD_T_U64, .as.u = 14},
                     {.name = sym("x"), .type = APD_T_BOOL, .as.b = true},
                     {.name = sym("x"), .type = APD_T_NONE},
                     {.name = sym("neg"), .type = APD_T_I64, .as.i = -5}};
    ev.fields = f;
    ev.nfields = 4;
    assert_string_equal(put(APD_EVENTS_TEXT, &ev),
                        "2024-11-20T00:00:00.123local E ime -  it <failed>");
    assert_string_equal(
        put(APD_EVENTS_JSONL, &ev),
        "{\"time\":\"2024-11-20T00:00:00.1234567\",\"clock\":\"local\",\"record\":7,\"id\":0,"
        "\"level\":2,\"provider\":\"Comp\",\"channel\":\"AppWorkload\",\"message\":\"it "
        "<failed>\",\"data\":{\"thread\":14,\"x\":[true,null],\"neg\":-5},\"file\":\"logs/a "
        "\\\"b\\\".log\"}");
    assert_string_equal(
        put(APD_EVENTS_XML, &ev),
        "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>"
        "<Provider Name=\"Comp\"/><EventID>0</EventID><Level>2</Level><TimeCreated "
        "SystemTime=\"2024-11-20T00:00:00.1234567\" Clock=\"local\"/>"
        "<EventRecordID>7</EventRecordID><Channel>AppWorkload</Channel></System><EventData><Data "
        "Name=\"message\">it &lt;failed&gt;</Data><Data Name=\"thread\">14</Data><Data "
        "Name=\"x\">true</Data><Data Name=\"x\"></Data><Data Name=\"neg\">-5</Data></EventData>"
        "</Event>");
    assert_string_equal(put(APD_EVENTS_CSV, &ev),
                        "2024-11-20T00:00:00.1234567,local,2,\"ime\",\"AppWorkload\",\"Comp\",,7,"
                        "\"logs/a \"\"b\"\".log\",\"it <failed>\"");
}

static void facts(void **state)
{
    (void)state;
    apd_field f[] = {{.name = sym("Tenant"), .type = APD_T_U64, .as.u = 5}};
    apd_event ev = {.time = APD_TIME_NONE,
                    .clock = APD_CLOCK_NONE,
                    .kind = APD_FACT,
                    .log = sym("autopilot.profile"),
                    .message = {"", 0},
                    .fields = f,
                    .nfields = 1};
    assert_string_equal(put(APD_EVENTS_JSON, &ev),
                        "{\"time\":null,\"fact\":\"autopilot.profile\",\"data\":{\"Tenant\":5},"
                        "\"file\":\"logs/a \\\"b\\\".log\"}");
    assert_string_equal(put(APD_EVENTS_CSV, &ev),
                        ",,,\"ime\",\"autopilot.profile\",\"\",,,\"logs/a \"\"b\"\".log\","
                        "\"Tenant=5\"");
    assert_non_null(strstr(put(APD_EVENTS_TEXT, &ev), " - ime -  Tenant=5"));
}

static void hostile(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        apd_events_form form;
        const char *part;
    } rows[] = {
        {"two\r\nlines \x1b[31m", APD_EVENTS_TEXT, "two\\r\\nlines \\x1b[31m"},
        {"turn \xe2\x80\xae round", APD_EVENTS_TEXT, "turn \\u202e round"},
        {"</Data></Event>&\x01\xff\"\n", APD_EVENTS_XML,
         ">&lt;/Data&gt;&lt;/Event&gt;&amp;\xef\xbf\xbd\xef\xbf\xbd&quot;&#10;<"},
        {"no \xef\xbf\xbf char", APD_EVENTS_XML, "no \xef\xbf\xbd char"},
        {"=cmd|' /C calc'!A0", APD_EVENTS_CSV, ",\"'=cmd|' /C calc'!A0\""},
        {"+1", APD_EVENTS_CSV, ",\"'+1\""},
        {"-1", APD_EVENTS_CSV, ",\"'-1\""},
        {"@SUM(A1)", APD_EVENTS_CSV, ",\"'@SUM(A1)\""},
        {"\t=1", APD_EVENTS_CSV, ",\"'\t=1\""},
        {"a \"b\", c\nd\x1b\xff", APD_EVENTS_CSV, ",\"a \"\"b\"\", c\nd\\x1b\xef\xbf\xbd\""},
        {"\"},{\"\\\x01\xff\n", APD_EVENTS_JSONL,
         "\"message\":\"\\\"},{\\\"\\\\\\u0001\xef\xbf\xbd\\n\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_event ev = line(rows[i].in);
        const char *got = put(rows[i].form, &ev);
        if (!strstr(got, rows[i].part))
            fail_msg("%zu: %s", i, got);
    }
}

/* In the message, in a field, and in a field's name. */
static void secrets(void **state)
{
    (void)state;
    for (int form = APD_EVENTS_TEXT; form <= APD_EVENTS_CSV; form++) {
        apd_event ev = line("sent Bearer " TOKEN " and &sig=AAAABBBBCCCCDDDDEEEE%3D;");
        apd_field f[] = {{.name = sym("token " TOKEN),
                          .type = APD_T_UTF8,
                          .as.raw = {(const uint8_t *)"x=" TOKEN, sizeof TOKEN + 1}}};
        ev.fields = f;
        ev.nfields = 1;
        const char *got = put((apd_events_form)form, &ev);
        assert_null(strstr(got, "eyJ0"));
        assert_null(strstr(got, "CCCC"));
        assert_non_null(strstr(got, "sig=[redacted]"));
    }
}

static void every_byte_as_json(void **state)
{
    (void)state;
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    apd_event ev = line("");
    ev.message = apd_str_from(all, sizeof all);
    apd_json *doc;
    apd_error err;
    apd_str text = apd_str_of(put(APD_EVENTS_JSON, &ev));
    assert_int_equal(apd_json_parse(apd_str_bytes(text), &doc, &err), APD_OK);
    apd_json_value v;
    assert_true(apd_json_get(doc, APD_LIT("message"), arena, &v));
    assert_int_equal(v.text.len, 128 + 3 * 128);
    assert_memory_equal(v.text.ptr, all, 128);
    apd_json_free(doc);
}

/* Wherever it begins, and only from 16 characters on. */
static void secrets_at_every_place(void **state)
{
    (void)state;
    static const char *const leads[] = {"sig=", "Access_Token=", "bearer ", "eyJ"};
    for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
        for (int gap = 0; gap < 40; gap++)
            for (int n = 15; n <= 17; n++) {
                apd_str text = apd_printf_a(arena, "%*s%s%.*s;%*s", gap, "", leads[k], n,
                                            "0123456789abcdefg", gap, "");
                apd_event ev = line(text.ptr);
                bool there = strstr(put(APD_EVENTS_JSONL, &ev), "0123") != NULL;
                assert_int_equal(there, n < 16);
            }
}

/* A format's own form is taken where there is one, and gets the file behind its last member. */
static apd_status own_form(const apd_payload *self, const apd_event *ev, apd_form form,
                           apd_buf *out)
{
    (void)self;
    (void)ev;
    apd_buf_add(out, form == APD_FORM_XML ? APD_LIT("<Event>" TOKEN "</Event>")
                                          : APD_LIT("{\"id\":1,\"t\":\"" TOKEN "\"}"));
    return APD_OK;
}

static apd_status no_fields(const apd_payload *self, apd_event *ev)
{
    (void)self;
    ev->fields = NULL;
    ev->nfields = 0;
    return APD_OK;
}

static void own(void **state)
{
    (void)state;
    static const apd_payload payload = {.expand = no_fields, .render = own_form};
    apd_event ev = line("");
    ev.payload = &payload;
    assert_string_equal(put(APD_EVENTS_XML, &ev), "<Event>[redacted]</Event>");
    assert_string_equal(put(APD_EVENTS_JSONL, &ev),
                        "{\"id\":1,\"t\":\"[redacted]\",\"file\":\"logs/a \\\"b\\\".log\"}");
}

/* Too large for its buffer: nothing of it is written. */
static void no_room(void **state)
{
    (void)state;
    apd_arena *small = apd_arena_new(4096), *scratch = apd_arena_new(0);
    static char text[8192];
    memset(text, 'x', sizeof text - 1);
    apd_event ev = line(text);
    apd_buf out;
    apd_buf_init(&out, small);
    apd_buf_add(&out, APD_LIT("before"));
    for (int form = APD_EVENTS_TEXT; form <= APD_EVENTS_CSV; form++) {
        apd_events_writer w = {.form = (apd_events_form)form, .names = names, .scratch = scratch};
        apd_events_row row = {.ev = &ev, .file = APD_LIT("f"), .log = APD_LIT("ime")};
        assert_int_equal(apd_events_put(&w, &row, &out), APD_E_NOMEM);
        assert_int_equal(out.len, 6);
    }
    apd_arena_free(small);
    apd_arena_free(scratch);
}

static void assert_same_in_json(apd_event *ev)
{
    apd_json *doc;
    apd_error err;
    apd_json_value v;
    apd_str text = apd_str_of(put(APD_EVENTS_JSON, ev));
    assert_int_equal(apd_json_parse(apd_str_bytes(text), &doc, &err), APD_OK);
    assert_true(apd_json_get(doc, APD_LIT("data.narrow"), arena, &v));
    assert_true(apd_eq(v.text, apd_bytes_str(ev->fields[0].as.raw)));
    assert_true(apd_json_get(doc, APD_LIT("data.wide"), arena, &v));
    assert_true(apd_eq(v.text, apd_bytes_str(ev->fields[0].as.raw)));
    apd_json_free(doc);
}

/* A text of n letters with one character at `at` that is not plain, in both encodings. */
static void text_with(uint32_t odd, size_t at, size_t n)
{
    static char narrow[10000];
    static uint8_t wide[20000];
    size_t len = 0, units = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = i == at ? odd : 'a' + i % 26;
        len += apd_utf8_put(c, narrow + len);
        wide[units++] = (uint8_t)c;
        wide[units++] = (uint8_t)(c >> 8);
    }
    apd_field f[] = {
        {.name = sym("narrow"), .type = APD_T_UTF8, .as.raw = {(uint8_t *)narrow, len}},
        {.name = sym("wide"), .type = APD_T_UTF16LE, .as.raw = {wide, units}}};
    apd_event ev = line("");
    ev.fields = f;
    ev.nfields = 2;
    apd_mark mark = apd_arena_mark(arena);
    assert_same_in_json(&ev);
    apd_arena_rewind(arena, mark);
}

/* Eight characters are looked at together, and a piece of 4096: nothing may get lost at the seams. */
static void odd_at_every_place(void **state)
{
    (void)state;
    static const uint32_t odd[] = {'"', '\\', '\n', 1, 0x1f, 0x7f, 0x80, 0xe9, 0x20ac};
    for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
        for (size_t n = 0; n < 26; n++)
            for (size_t at = 0; at <= n; at++)
                text_with(odd[k], at, n);
        for (size_t at = 4090; at < 4100; at++)
            text_with(odd[k], at, 9000);
        for (size_t at = 2044; at < 2052; at++) /* units */
            text_with(odd[k], at, 5000);
    }
}

static void values_as_json(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 0x9a, 0, 1, 2, 3, 4, 5, 6};
    static const uint8_t lone[] = {0x00, 0xd8, 'x', 0, 0x3d, 0xd8, 0x00, 0xde, 0x00, 0xdc};
    apd_field f[] = {{.name = sym("least"), .type = APD_T_I64, .as.i = INT64_MIN},
                     {.name = sym("most"), .type = APD_T_U64, .as.u = UINT64_MAX},
                     {.name = sym("hex"), .type = APD_T_HEX, .as.u = 0},
                     {.name = sym("guid"), .type = APD_T_GUID, .as.raw = {bytes, 16}},
                     {.name = sym("no"), .type = APD_T_GUID, .as.raw = {bytes, 3}},
                     {.name = sym("blob"), .type = APD_T_BLOB, .as.raw = {bytes, 9}},
                     {.name = sym("time"), .type = APD_T_TIME, .as.t = 133765344000000001},
                     {.name = sym("lone"), .type = APD_T_UTF16LE, .as.raw = {lone, sizeof lone}},
                     {.name = sym("real"), .type = APD_T_DOUBLE, .as.d = 0.5},
                     {.name = sym("x"), .type = APD_T_U64, .as.u = 1},
                     {.name = sym("y"), .type = APD_T_U64, .as.u = 2},
                     {.name = sym("x"), .type = APD_T_U64, .as.u = 3},
                     {.name = sym("x"), .type = APD_T_U64, .as.u = 4}};
    apd_event ev = line("");
    ev.fields = f;
    ev.nfields = sizeof f / sizeof *f;
    assert_non_null(strstr(
        put(APD_EVENTS_JSONL, &ev),
        "\"data\":{\"least\":-9223372036854775808,\"most\":18446744073709551615,\"hex\":\"0x0\","
        "\"guid\":\"{efbeadde-0201-0403-9a00-010203040506}\",\"no\":\"(GUID of 3 bytes)\","
        "\"blob\":\"DEADBEEF010203049A\",\"time\":\"2024-11-20T00:00:00.0000001Z\","
        "\"lone\":\"\xef\xbf\xbdx\xf0\x9f\x98\x80\xef\xbf\xbd\",\"real\":\"0.5\","
        "\"x\":[1,3,4],\"y\":2}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain),
                                       cmocka_unit_test(facts),
                                       cmocka_unit_test(hostile),
                                       cmocka_unit_test(secrets),
                                       cmocka_unit_test(every_byte_as_json),
                                       cmocka_unit_test(secrets_at_every_place),
                                       cmocka_unit_test(odd_at_every_place),
                                       cmocka_unit_test(values_as_json),
                                       cmocka_unit_test(own),
                                       cmocka_unit_test(no_room)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
