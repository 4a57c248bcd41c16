/* EVTX: a record as XML and as JSON, for every type of value and every shape of document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "evtx_make.h"
#include "evtx_read.h"

static mk f;

typedef struct rendered {
    apd_arena *arena;
    apd_str xml, json; /* of the first record */
    apd_status status; /* the worse of both */
    apd_error lost;    /* what the next() behind it said, if that was a loss */
} rendered;

static rendered render(void)
{
    rendered r = {.arena = apd_arena_new(0)};
    apd_intern *names = apd_intern_new();
    apd_arena *batch = apd_arena_new(0);
    apd_stream *stream = apd_stream_memory((apd_bytes){f.data, f.len}, 0, 0);
    apd_input in = {.stream = stream, .path = APD_LIT("x.evtx"), .names = names, .batch = batch};
    apd_reader *reader = NULL;
    apd_event ev;
    apd_buf xml, json;
    apd_buf_init(&xml, r.arena);
    apd_buf_init(&json, r.arena);
    assert_int_equal(apd_parser_evtx.open(&in, &reader, &r.lost), APD_OK);
    assert_int_equal(apd_parser_evtx.next(reader, &ev, &r.lost), APD_OK);
    apd_status a = apd_event_render(&ev, APD_FORM_XML, &xml);
    apd_status b = apd_event_render(&ev, APD_FORM_JSON, &json);
    r.status = a > b ? a : b;
    r.xml = apd_buf_str(&xml);
    r.json = apd_buf_str(&json);
    if (apd_parser_evtx.next(reader, &ev, &r.lost) != APD_SKIPPED)
        r.lost = (apd_error){0};
    apd_parser_evtx.close(reader);
    apd_stream_free(stream);
    apd_intern_free(names);
    apd_arena_free(batch);
    return r;
}

static apd_str behind(apd_str s, const char *mark)
{
    size_t at = apd_find(s, apd_str_of(mark));
    assert_true(at != SIZE_MAX);
    return apd_sub(s, at + strlen(mark), s.len);
}

/* The part behind System, and the value of "data". */
static void check_payload(const char *xml, const char *json)
{
    mk_event_end(&f);
    mk_chunk_end(&f);
    rendered r = render();
    apd_str x = behind(r.xml, "</System>");
    apd_str j = apd_find(r.json, APD_LIT("\"data\":")) == SIZE_MAX ? APD_LIT("}")
                                                                   : behind(r.json, "\"data\":");
    x = apd_sub(x, 0, x.len - strlen("</Event>"));
    j = apd_sub(j, 0, j.len - 1);
    if (!apd_eq(x, apd_str_of(xml)) || !apd_eq(j, apd_str_of(json)))
        fail_msg("got:\n%.*s\n%.*s\nwanted:\n%s\n%s", APD_FMT(x), APD_FMT(j), xml, json);
    assert_int_equal(r.status, APD_OK);
    apd_arena_free(r.arena);
}

static void begin(void)
{
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1);
}

static uint32_t begin_data(void)
{
    begin();
    uint32_t definition = mk_payload(&f);
    mk_open(&f, "EventData", 0xffff, 0);
    mk_body(&f);
    return definition;
}

/* One value in <Data Name="V">. */
static void check(uint8_t type, const char *bytes, size_t n, const char *text, const char *json)
{
    char x[600], j[600];
    uint32_t definition = begin_data();
    mk_data(&f, "V", 0, 1, 0);
    mk_close(&f);
    mk_payload_values(&f, definition, 1);
    mk_raw(&f, type, bytes, n);
    if (*text)
        snprintf(x, sizeof x, "<EventData><Data Name=\"V\">%s</Data></EventData>", text);
    else
        snprintf(x, sizeof x, "<EventData><Data Name=\"V\"/></EventData>");
    snprintf(j, sizeof j, "{\"V\":%s}", json);
    check_payload(x, j);
}

#define CHECK(type, bytes, text, json) check(type, bytes, sizeof(bytes) - 1, text, json)

static void whole_record(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    mk_plain_event(&f, 7, 4711, "hello");
    mk_chunk_end(&f);
    rendered r = render();
    assert_string_equal(
        r.xml.ptr, "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>"
                   "<Provider Name=\"Maker\" Guid=\"{01234567-89ab-cdef-0123-456789abcdef}\"/>"
                   "<EventID>4711</EventID><Version>1</Version><Level>4</Level><Task>7</Task>"
                   "<Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"
                   "<TimeCreated SystemTime=\"2021-01-01T00:00:00.1234567Z\"/>"
                   "<EventRecordID>7</EventRecordID>"
                   "<Correlation ActivityID=\"{33323130-3534-3736-3839-616263646566}\"/>"
                   "<Execution ProcessID=\"100\" ThreadID=\"200\"/>"
                   "<Channel>Test/Operational</Channel><Computer>PC</Computer>"
                   "<Security UserID=\"S-1-5-18\"/></System>"
                   "<EventData><Data Name=\"Text\">hello</Data></EventData></Event>");
    assert_string_equal(
        r.json.ptr,
        "{\"time\":\"2021-01-01T00:00:00.1234567Z\",\"record\":7,\"id\":4711,\"level\":4,"
        "\"provider\":\"Maker\",\"channel\":\"Test/Operational\",\"computer\":\"PC\","
        "\"version\":1,\"task\":7,\"opcode\":0,\"keywords\":\"0x8000000000000000\","
        "\"process\":100,\"thread\":200,\"user\":\"S-1-5-18\","
        "\"activity\":\"{33323130-3534-3736-3839-616263646566}\","
        "\"provider_guid\":\"{01234567-89ab-cdef-0123-456789abcdef}\","
        "\"data\":{\"Text\":\"hello\"}}");
    apd_arena_free(r.arena);
}

static void texts(void **state)
{
    (void)state;
    CHECK(0x00, "", "", "null");
    CHECK(0x01, "", "", "\"\"");
    CHECK(0x01, "h\0i\0\0\0", "hi", "\"hi\"");
    CHECK(0x01, "<\0&\0>\0\"\0'\0\\\0", "&lt;&amp;&gt;\"'\\", "\"<&>\\\"'\\\\\"");
    CHECK(0x01, "a\0\r\0\n\0\t\0b\0", "a&#13;&#10;\tb", "\"a\\r\\n\\tb\"");
    CHECK(0x01, "\x01\0\x7f\0x\0\0\0y\0",
          "\xef\xbf\xbd\x7fx\xef\xbf\xbd"
          "y",
          "\"\\u0001\\u007fx\\u0000y\"");
    CHECK(0x01, "\x00\xd8z\0", "\xef\xbf\xbdz", "\"\xef\xbf\xbdz\"");            /* half a pair */
    CHECK(0x01, "\x3d\xd8\x00\xde", "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""); /* a pair */
    CHECK(0x01, "\xff\xff\xe4\0", "\xef\xbf\xbd\xc3\xa4", "\"\xef\xbf\xbf\xc3\xa4\"");
    CHECK(0x02, "plain & simple, sixteen", "plain &amp; simple, sixteen",
          "\"plain & simple, sixteen\"");
    CHECK(0x02, "\x80\xe4", "\xe2\x82\xac\xc3\xa4", "\"\xe2\x82\xac\xc3\xa4\"");
}

/* Something to escape at each place of a text that is longer than a vector. */
static void long_texts(void **state)
{
    (void)state;
    for (size_t at = 0; at < 40; at++) {
        char wide[80] = {0}, xml[120] = "", json[120] = "\"", *j = json + 1;
        for (size_t i = 0; i < 40; i++) {
            char c = i == at ? '"' : (char)('a' + i % 26);
            wide[2 * i] = xml[i] = c;
            if (i == at)
                *j++ = '\\';
            *j++ = c;
        }
        *j = '"';
        check(0x01, wide, sizeof wide, xml, json);
    }
}

static void numbers(void **state)
{
    (void)state;
    CHECK(0x03, "\xff", "-1", "-1");
    CHECK(0x04, "\xff", "255", "255");
    CHECK(0x05, "\xfe\xff", "-2", "-2");
    CHECK(0x06, "\xfe\xff", "65534", "65534");
    CHECK(0x07, "\xb4\x05\x07\x80", "-2147023436", "-2147023436");
    CHECK(0x08, "\xb4\x05\x07\x80", "2147943860", "2147943860");
    CHECK(0x08, "\x0a\0\0\0", "10", "10");
    CHECK(0x08, "\x64\0\0\0", "100", "100");
    CHECK(0x08, "\xe9\x03\0\0", "1001", "1001");
    /* no reader of JSON may round: 2^53 and beyond are texts */
    CHECK(0x0a, "\xff\xff\xff\xff\xff\xff\x1f\0", "9007199254740991", "9007199254740991");
    CHECK(0x0a, "\0\0\0\0\0\0\x20\0", "9007199254740992", "\"9007199254740992\"");
    CHECK(0x0a, "\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615",
          "\"18446744073709551615\"");
    CHECK(0x09, "\0\0\0\0\0\0\0\x80", "-9223372036854775808", "\"-9223372036854775808\"");
    CHECK(0x0b, "\0\0\xc0\x3f", "1.5", "1.5");
    CHECK(0x0c, "\x9a\x99\x99\x99\x99\x99\xb9\x3f", "0.1", "0.1");
    CHECK(0x0c, "\0\0\0\0\0\0\xf8\x7f", "NaN", "\"NaN\"");
    CHECK(0x0c, "\0\0\0\0\0\0\xf0\xff", "-INF", "\"-INF\"");
    CHECK(0x0d, "\0\x01\0\0", "true", "true");
    CHECK(0x0d, "\0\0\0\0", "false", "false");
    CHECK(0x10, "\xe7\x03\0\0", "0x3e7", "\"0x3e7\"");
    CHECK(0x14, "\0\0\0\0", "0x0", "\"0x0\"");
    CHECK(0x15, "\0\0\0\0\0\0\0\x80", "0x8000000000000000", "\"0x8000000000000000\"");
    CHECK(0x08, "\x01\x02", "0102", "\"0102\""); /* not the size of its type: bytes */
}

static void others(void **state)
{
    (void)state;
    CHECK(0x0e, "\x00\xab\xff", "00ABFF", "\"00ABFF\"");
    CHECK(0x0f, "\x67\x45\x23\x01\xab\x89\xef\xcd\x01\x23\x45\x67\x89\xab\xcd\xef",
          "{01234567-89ab-cdef-0123-456789abcdef}", "\"{01234567-89ab-cdef-0123-456789abcdef}\"");
    CHECK(0x11, "\x07\x37\x2c\x9c\xd1\xdf\xd6\x01", "2021-01-01T00:04:01.5310599Z",
          "\"2021-01-01T00:04:01.5310599Z\"");
    CHECK(0x12, "\xe5\x07\x02\0\x01\0\x03\0\x04\0\x05\0\x06\0\x07\0",
          "2021-02-03T04:05:06.0070000Z", "\"2021-02-03T04:05:06.0070000Z\"");
    CHECK(0x12, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "", "null");
    CHECK(0x13, "\x01\x02\0\0\0\0\0\x05\x20\0\0\0\xff\xff\xff\xff", "S-1-5-32-4294967295",
          "\"S-1-5-32-4294967295\"");
    CHECK(0x13, "\x01\x05\0\0\0\0\0\x05", "0105000000000005", "\"0105000000000005\"");
}

static void optional_and_empty(void **state)
{
    (void)state;
    uint32_t definition = begin_data();
    mk_data(&f, "Gone", 0, 1, 1);
    mk_data(&f, "Empty", 1, 1, 1);
    mk_data(&f, "Null", 0, 1, 0);
    mk_open(&f, "Data", 0, 1); /* depends on a value that is not there */
    mk_attr(&f, "Name");
    mk_text(&f, "Depends");
    mk_body(&f);
    mk_text(&f, "x");
    mk_close(&f);
    mk_open(&f, "Bare", 0xffff, 0);
    mk_close_empty(&f);
    mk_close(&f);
    mk_payload_values(&f, definition, 2);
    mk_null(&f);
    mk_string(&f, "");
    check_payload("<EventData><Data Name=\"Empty\"/><Data Name=\"Null\"/><Bare/></EventData>",
                  "{\"Empty\":\"\",\"Null\":null,\"Bare\":null}");
}

static void nothing_left(void **state)
{
    (void)state;
    uint32_t definition = begin_data();
    mk_data(&f, "Gone", 0, 1, 1);
    mk_close(&f);
    mk_payload_values(&f, definition, 1);
    mk_null(&f);
    check_payload("<EventData/>", "{}");
}

static void unnamed_and_arrays(void **state)
{
    (void)state;
    uint32_t definition = begin_data();
    mk_slot(&f, "Data", 0, 0x81, 0);
    mk_slot(&f, "Data", 1, 0x01, 0);
    mk_slot(&f, "Data", 2, 0x01, 1); /* keeps its number where position is the name */
    mk_slot(&f, "Binary", 1, 0x0e, 0);
    mk_data(&f, "List", 3, 0x88, 0);
    mk_data(&f, "None", 4, 0x88, 0);
    mk_close(&f);
    mk_payload_values(&f, definition, 5);
    mk_raw(&f, 0x81, "a\0\0\0b\0\0\0", 8);
    mk_string(&f, "c");
    mk_null(&f);
    mk_raw(&f, 0x88, "\1\0\0\0\2\0\0\0", 8);
    mk_raw(&f, 0x88, "", 0);
    check_payload("<EventData><Data>a</Data><Data>b</Data><Data>c</Data><Binary>c</Binary>"
                  "<Data Name=\"List\">1</Data><Data Name=\"List\">2</Data><Data Name=\"None\"/>"
                  "</EventData>",
                  "{\"param1\":\"a\",\"param2\":\"b\",\"param3\":\"c\",\"param4\":null,"
                  "\"Binary\":\"c\",\"List\":[1,2],\"None\":[]}");
}

static void repeated_names(void **state)
{
    (void)state;
    uint32_t definition = begin_data();
    mk_data(&f, "A", 0, 1, 0);
    mk_data(&f, "B", 0, 1, 0);
    mk_data(&f, "A", 1, 1, 0);
    mk_data(&f, "A", 2, 0x88, 0);
    mk_close(&f);
    mk_payload_values(&f, definition, 3);
    mk_string(&f, "x");
    mk_string(&f, "y");
    mk_raw(&f, 0x84, "\7\10", 2);
    check_payload("<EventData><Data Name=\"A\">x</Data><Data Name=\"B\">x</Data>"
                  "<Data Name=\"A\">y</Data><Data Name=\"A\">7</Data><Data Name=\"A\">8</Data>"
                  "</EventData>",
                  "{\"A\":[\"x\",\"y\",7,8],\"B\":\"x\"}");
}

static void user_data(void **state)
{
    (void)state;
    begin();
    uint32_t definition = mk_payload(&f);
    mk_open(&f, "UserData", 0xffff, 0);
    mk_body(&f);
    mk_open(&f, "Root", 0xffff, 1);
    mk_attr(&f, "xmlns");
    mk_text(&f, "urn:x");
    mk_body(&f);
    mk_open(&f, "Item", 0xffff, 1);
    mk_attr(&f, "n");
    mk_sub(&f, 0, 8, 1);
    mk_attr(&f, "gone");
    mk_sub(&f, 1, 1, 1);
    mk_body(&f);
    mk_sub(&f, 2, 1, 0);
    mk_close(&f);
    mk_slot(&f, "Item", 2, 1, 0);
    mk_open(&f, "Mixed", 0xffff, 0);
    mk_body(&f);
    mk_text(&f, "code ");
    mk_sub(&f, 0, 8, 0);
    mk_text(&f, "!");
    mk_close(&f);
    mk_close(&f);
    mk_close(&f);
    mk_payload_values(&f, definition, 3);
    mk_int(&f, 0x08, 5, 4);
    mk_null(&f);
    mk_string(&f, "t");
    check_payload("<UserData><Root xmlns=\"urn:x\"><Item n=\"5\">t</Item><Item>t</Item>"
                  "<Mixed>code 5!</Mixed></Root></UserData>",
                  "{\"Root\":{\"Item\":[{\"@n\":5,\"#text\":\"t\"},\"t\"],\"Mixed\":\"code 5!\"}}");
}

/* An array in an element whose start tag is only known when it is written. */
static void repeated_tag(void **state)
{
    (void)state;
    begin();
    uint32_t definition = mk_payload(&f);
    mk_open(&f, "UserData", 0xffff, 0);
    mk_body(&f);
    mk_open(&f, "L", 0xffff, 1);
    mk_attr(&f, "a");
    mk_sub(&f, 0, 1, 0);
    mk_body(&f);
    mk_sub(&f, 1, 0x81, 0);
    mk_close(&f);
    mk_close(&f);
    mk_payload_values(&f, definition, 2);
    mk_string(&f, "q\"<");
    mk_raw(&f, 0x81, "x\0\0\0\0\0y\0\0\0", 10);
    check_payload("<UserData><L a=\"q&quot;&lt;\">x</L><L a=\"q&quot;&lt;\"/>"
                  "<L a=\"q&quot;&lt;\">y</L></UserData>",
                  "{\"L\":{\"@a\":\"q\\\"<\",\"#text\":[\"x\",\"\",\"y\"]}}");
}

/* What a template fixes stays once, whether its neighbour comes several times or not at all. */
static void beside_literals(void **state)
{
    (void)state;
    uint32_t definition = begin_data();
    for (int i = 0; i < 3; i++) {
        mk_open(&f, "Fixed", 0xffff, 0);
        mk_body(&f);
        mk_text(&f, "text");
        mk_close(&f);
        if (i == 0)
            mk_data(&f, "Gone", 0, 1, 1);
        if (i == 1)
            mk_data(&f, "List", 1, 0x88, 0);
    }
    mk_close(&f);
    mk_payload_values(&f, definition, 2);
    mk_null(&f);
    mk_raw(&f, 0x88, "\1\0\0\0\2\0\0\0", 8);
    check_payload("<EventData><Fixed>text</Fixed><Fixed>text</Fixed><Data Name=\"List\">1</Data>"
                  "<Data Name=\"List\">2</Data><Fixed>text</Fixed></EventData>",
                  "{\"Fixed\":[\"text\",\"text\",\"text\"],\"List\":[1,2]}");
}

/* Entity, character reference, CDATA and processing instruction. */
static void literals(void **state)
{
    (void)state;
    uint32_t definition = begin_data();
    mk_open(&f, "Data", 0xffff, 1);
    mk_attr(&f, "Name");
    mk_text(&f, "L");
    mk_body(&f);
    mk_text(&f, "a");
    mk_u8(&f, 0x49);
    mk_name(&f, "lt");
    mk_u8(&f, 0x48);
    mk_u16(&f, 0xe4);
    mk_u8(&f, 0x07);
    mk_u16(&f, 2);
    mk_utf16(&f, "]]");
    mk_u8(&f, 0x49);
    mk_name(&f, "odd");
    mk_close(&f);
    mk_u8(&f, 0x0a);
    mk_name(&f, "bare");
    mk_u8(&f, 0x0a);
    mk_name(&f, "target");
    mk_u8(&f, 0x0b);
    mk_u16(&f, 5);
    mk_utf16(&f, "x ?>y");
    mk_close(&f);
    mk_payload_values(&f, definition, 0);
    check_payload("<EventData><Data Name=\"L\">a&lt;\xc3\xa4]]&amp;odd;</Data>"
                  "<?bare?><?target x ? >y?></EventData>",
                  "{\"L\":\"a<\xc3\xa4]]&odd;\"}");
}

/* A document inside of a value inside of a document. */
static void nested(void **state)
{
    (void)state;
    uint32_t definition = begin_data();
    mk_data(&f, "Doc", 0, 0x21, 0);
    mk_slot(&f, "Data", 1, 0x21, 0);
    mk_close(&f);
    mk_payload_values(&f, definition, 2);
    mk_value(&f, 0x21);
    mk_fragment(&f);
    mk_open(&f, "Inner", MK_NO_DEP, 0);
    mk_body(&f);
    mk_text(&f, "in");
    mk_close(&f);
    mk_value_end(&f);
    mk_raw(&f, 0x21, "", 0);
    check_payload("<EventData><Data Name=\"Doc\"><Inner>in</Inner></Data><Data/></EventData>",
                  "{\"Doc\":{\"Inner\":\"in\"},\"param1\":null}");
}

static void names(void **state)
{
    (void)state;
    uint32_t definition = begin_data();
    mk_data(&f, "a \"b\"<", 0, 1, 0);
    mk_slot(&f, "9 bad<name", 0, 1, 0);
    mk_open(&f, "Data", 0xffff, 1); /* named by a value */
    mk_attr(&f, "Name");
    mk_sub(&f, 0, 1, 0);
    mk_body(&f);
    mk_sub(&f, 0, 1, 0);
    mk_close(&f);
    mk_close(&f);
    mk_payload_values(&f, definition, 1);
    mk_string(&f, "v");
    check_payload("<EventData><Data Name=\"a &quot;b&quot;&lt;\">v</Data>"
                  "<__bad_name>v</__bad_name><Data Name=\"v\">v</Data></EventData>",
                  "{\"a \\\"b\\\"<\":\"v\",\"9 bad<name\":\"v\",\"v\":\"v\"}");
}

/* A long value that is substituted thousands of times is refused, not written. */
static void too_long(void **state)
{
    (void)state;
    enum { TIMES = 2000 };
    static char text[16000];
    memset(text, '"', sizeof text);
    uint32_t definition = begin_data();
    mk_open(&f, "Data", 0xffff, 0);
    mk_body(&f);
    for (int i = 0; i < TIMES; i++)
        mk_sub(&f, 0, 2, 0);
    mk_close(&f);
    mk_close(&f);
    mk_payload_values(&f, definition, 1);
    mk_raw(&f, 0x02, text, sizeof text);
    mk_event_end(&f);
    mk_chunk_end(&f);
    rendered r = render();
    assert_int_equal(r.status, APD_SKIPPED);
    assert_int_equal(r.xml.len, 0);
    assert_int_equal(r.json.len, 0);
    assert_non_null(strstr(r.lost.text, "too long"));
    apd_arena_free(r.arena);
}

/* A payload that begins with this byte: what there is, and said. */
static void check_damaged(uint8_t token, const char *why)
{
    begin();
    mk_fragment(&f);
    mk_u8(&f, token);
    mk_event_end(&f);
    mk_chunk_end(&f);
    rendered r = render();
    assert_int_equal(r.status, APD_SKIPPED);
    assert_true(apd_ends(r.xml, APD_LIT("</System></Event>")));
    assert_true(apd_ends(r.json, APD_LIT("\"}")));
    assert_non_null(strstr(r.lost.text, why));
    apd_arena_free(r.arena);
}

static void damaged(void **state)
{
    (void)state;
    check_damaged(0x04, "does not begin with an element");
    check_damaged(0x01, "an element is cut off");
}

/* Two chunks with the same template, its names stored inside it in one and before it in the other; and
 * a third that differs only in a name. */
static void templates_recur(void **state)
{
    (void)state;
    mk_file(&f);
    for (uint32_t chunk = 0; chunk < 3; chunk++) {
        mk_chunk(&f);
        if (chunk == 1)
            mk_plain_event(&f, 10, 1, "first"); /* stores the names */
        mk_event(&f, 11 + chunk, 1);
        uint32_t definition = mk_payload(&f);
        mk_open(&f, "EventData", 0xffff, 0);
        mk_body(&f);
        mk_open(&f, chunk == 2 ? "Dara" : "Data", 0xffff, 1);
        mk_attr(&f, "Name");
        mk_text(&f, "Same");
        mk_body(&f);
        mk_sub(&f, 0, 1, 0);
        mk_close(&f);
        mk_close(&f);
        mk_payload_values(&f, definition, 1);
        mk_string(&f, "v");
        mk_event_end(&f);
        mk_chunk_end(&f);
    }
    evtx_text t = evtx_read((apd_bytes){f.data, f.len}, 0, 0);
    assert_int_equal(t.events, 4);
    assert_string_equal(apd_strdup_a(t.arena, t.payload).ptr,
                        "  Same u16 v\n  Text u16 first\n  Same u16 v\n  Dara.@Name u16 Same\n"
                        "  Dara u16 v\n");
    apd_arena_free(t.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_record),
        cmocka_unit_test(texts),
        cmocka_unit_test(long_texts),
        cmocka_unit_test(numbers),
        cmocka_unit_test(others),
        cmocka_unit_test(optional_and_empty),
        cmocka_unit_test(nothing_left),
        cmocka_unit_test(beside_literals),
        cmocka_unit_test(unnamed_and_arrays),
        cmocka_unit_test(repeated_names),
        cmocka_unit_test(user_data),
        cmocka_unit_test(repeated_tag),
        cmocka_unit_test(literals),
        cmocka_unit_test(nested),
        cmocka_unit_test(names),
        cmocka_unit_test(too_long),
        cmocka_unit_test(damaged),
        cmocka_unit_test(templates_recur),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
