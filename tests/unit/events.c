/* The forms of a record, with text that tries to break out of each of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "events.h"
#include "jsondoc.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain),
                                       cmocka_unit_test(facts),
                                       cmocka_unit_test(hostile),
                                       cmocka_unit_test(secrets),
                                       cmocka_unit_test(every_byte_as_json),
                                       cmocka_unit_test(secrets_at_every_place),
                                       cmocka_unit_test(own),
                                       cmocka_unit_test(no_room)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
