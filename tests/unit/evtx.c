/* EVTX: events and fields of sound files, written byte by byte here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "evtx_make.h"
#include "evtx_read.h"

static mk f;

static apd_bytes made(void)
{
    return (apd_bytes){f.data, f.len};
}

static void assert_text(apd_str got, const char *want)
{
    if (!apd_eq(got, apd_str_of(want)))
        fail_msg("got:\n%.*s\nwanted:\n%s", APD_FMT(got), want);
}

/* Reads f; checks that nothing was lost; compares the payload's fields. */
static void assert_payload(const char *want)
{
    evtx_text t = evtx_read(made(), 0, 0);
    if (t.skipped)
        fail_msg("%.*s", APD_FMT(t.all));
    assert_int_equal(t.end, APD_END);
    assert_text(t.payload, want);
    apd_arena_free(t.arena);
}

static void bids(void **state)
{
    (void)state;
    int (*bid)(apd_bytes, apd_str) = apd_parser_evtx.bid;
    apd_bytes nothing = {(const uint8_t *)"", 0}, zeros = {(const uint8_t *)"\0\0\0\0\0\0\0\0", 8};
    assert_int_equal(bid((apd_bytes){(const uint8_t *)"ElfFile\0", 8}, APD_LIT("x")), 100);
    assert_in_range(bid((apd_bytes){(const uint8_t *)"ElfChnk\0", 8}, APD_LIT("x")), 1, 99);
    assert_in_range(bid(zeros, APD_LIT("a/System.EVTX")), 1, 89);
    assert_in_range(bid(nothing, APD_LIT("System.evtx")), 1, 89);
    assert_int_equal(bid(zeros, APD_LIT("System.evt")), 0);
    assert_int_equal(bid((apd_bytes){(const uint8_t *)"ElfFil", 6}, APD_LIT("x")), 0);
}

static void log_without_records(void **state)
{
    (void)state;
    mk_file(&f);
    evtx_text t = evtx_read(made(), 0, 0);
    assert_int_equal(t.end, APD_END);
    assert_text(t.all, "");
    apd_arena_free(t.arena);
    mk_chunk(&f);
    mk_chunk_end(&f);
    t = evtx_read(made(), 0, 0);
    assert_int_equal(t.end, APD_END);
    assert_text(t.all, "");
    apd_arena_free(t.arena);
}

static void one_event(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    mk_plain_event(&f, 7, 4711, "hello");
    mk_chunk_end(&f);
    evtx_text t = evtx_read(made(), 0, 0);
    assert_text(t.all, "event 7 id=4711 level=4 log=Test/Operational provider=Maker "
                       "time=2021-01-01T00:00:00.1234567Z\n"
                       "  Text u16 hello\n"
                       "  Version u64 1\n"
                       "  Task u64 7\n"
                       "  Opcode u64 0\n"
                       "  Keywords hex 0x8000000000000000\n"
                       "  ProcessID u64 100\n"
                       "  ThreadID u64 200\n"
                       "  Computer u16 PC\n"
                       "  UserID sid S-1-5-18\n"
                       "  ActivityID guid {33323130-3534-3736-3839-616263646566}\n"
                       "  ProviderGuid u16 {01234567-89ab-cdef-0123-456789abcdef}\n");
    assert_int_equal(t.end, APD_END);
    apd_arena_free(t.arena);
}

/* Definitions and names are stored once and used again by offset; each chunk starts anew; unused
 * space between chunks is passed over. Any split of the bytes gives the same. */
static void many_events(void)
{
    mk_file(&f);
    for (int c = 0; c < 3; c++) {
        mk_chunk(&f);
        for (unsigned i = 0; i < 20; i++)
            mk_plain_event(&f, (unsigned)c * 20 + i + 1, (uint16_t)(100 + i),
                           c ? "later" : "first");
        mk_chunk_end(&f);
        if (c == 0)
            f.len += MK_CHUNK;
    }
}

static void chunks(void **state)
{
    (void)state;
    many_events();
    mk_poke(&f, 36, 2, 2); /* version 3.2 differs in nothing that is read */
    mk_file_crc(&f);
    evtx_text whole = evtx_read(made(), 0, 0);
    assert_int_equal(whole.events, 60);
    assert_int_equal(whole.skipped, 0);
    static const size_t steps[] = {1, 7, 512, 4096, 65535, 65536, 65537};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        evtx_text t = evtx_read(made(), steps[i], 0);
        assert_true(apd_eq(whole.all, t.all));
        apd_arena_free(t.arena);
    }
    for (uint32_t seed = 1; seed < 20; seed++) {
        evtx_text t = evtx_read(made(), SIZE_MAX, seed);
        assert_true(apd_eq(whole.all, t.all));
        apd_arena_free(t.arena);
    }
    apd_arena_free(whole.arena);
}

/* Chunks without the file's header, as carving leaves them. */
static void bare_chunks(void **state)
{
    (void)state;
    many_events();
    evtx_text t = evtx_read((apd_bytes){f.data + MK_HEAD, f.len - MK_HEAD}, 0, 0);
    assert_int_equal(t.events, 60);
    assert_int_equal(t.skipped, 0);
    apd_arena_free(t.arena);
}

static void fields_on_demand(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    mk_plain_event(&f, 1, 10, "one");
    mk_plain_event(&f, 2, 20, "two");
    mk_chunk_end(&f);
    apd_input in = {.stream = apd_stream_memory(made(), 0, 0),
                    .member = 5,
                    .names = apd_intern_new(),
                    .batch = apd_arena_new(0)};
    apd_arena *keep = apd_arena_new(0);
    apd_reader *r;
    apd_error err;
    apd_event ev;
    assert_int_equal(apd_parser_evtx.open(&in, &r, &err), APD_OK);
    assert_int_equal(apd_parser_evtx.next(r, &ev, &err), APD_OK);
    assert_non_null(ev.payload);
    assert_int_equal(ev.nfields, 0);
    assert_int_equal(ev.clock, APD_CLOCK_UTC);
    assert_int_equal(ev.where.member, 5);
    assert_int_equal(ev.where.record, 1);
    assert_int_equal(ev.where.offset, 4096 + 512);
    assert_int_equal(f.data[ev.where.offset], 0x2a);
    apd_event *kept = apd_event_keep(keep, &ev);
    assert_int_equal(apd_parser_evtx.next(r, &ev, &err), APD_OK);
    assert_int_equal(ev.id, 20);
    assert_int_equal(ev.where.offset, 4096 + 512 + kept->where.len);
    assert_int_equal(apd_parser_evtx.next(r, &ev, &err), APD_END);
    assert_int_equal(apd_parser_evtx.next(r, &ev, &err), APD_END);
    apd_sym text = apd_sym_fold(in.names, apd_intern_add(in.names, APD_LIT("Text")));
    assert_text(apd_field_text(apd_event_field(kept, in.names, text), keep), "one");
    apd_parser_evtx.close(r);
    apd_stream_free(in.stream);
    apd_intern_free(in.names);
    apd_arena_free(in.batch);
    apd_arena_free(keep);
}

/* --- shapes of the payload --- */

static uint32_t begin(const char *part)
{
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1);
    uint32_t definition = mk_payload(&f);
    mk_open(&f, part, 0xffff, 0);
    mk_body(&f);
    return definition;
}

static void end(void)
{
    mk_event_end(&f);
    mk_chunk_end(&f);
}

static void data_element(uint16_t slot, uint8_t type, int optional)
{
    mk_slot(&f, "Data", slot, type, optional);
}

static void unnamed_data_keep_their_place(void **state)
{
    (void)state;
    uint32_t d = begin("EventData");
    data_element(0, 1, 0);
    data_element(1, 1, 0);
    data_element(2, 1, 1);
    data_element(3, 1, 0);
    mk_open(&f, "Data", 0xffff, 0);
    mk_close_empty(&f);
    mk_slot(&f, "Binary", 4, 0x0e, 1);
    mk_close(&f);
    mk_payload_values(&f, d, 5);
    mk_string(&f, "a");
    mk_string(&f, "");
    mk_null(&f);
    mk_string(&f, "d");
    mk_raw(&f, 0x0e, "\x01\xab", 2);
    end();
    assert_payload("  param1 u16 a\n  param2 u16 \n  param3 none \n  param4 u16 d\n  param5 none \n"
                   "  Binary blob 01AB\n");
}

static void absent_elements(void **state)
{
    (void)state;
    uint32_t d = begin("EventData");
    mk_data(&f, "Optional", 0, 1, 1); /* null: left out */
    mk_data(&f, "Normal", 0, 1, 0);   /* null: empty */
    mk_data(&f, "Beyond", 9, 1, 1);   /* no such value: left out */
    mk_open(&f, "Depends", 0, 0);     /* depends on a null: left out with all it holds */
    mk_body(&f);
    mk_text(&f, "x");
    mk_close(&f);
    mk_open(&f, "Stays", 1, 0);
    mk_body(&f);
    mk_text(&f, "y");
    mk_close(&f);
    mk_slot(&f, "Binary", 0, 0x0e, 1);
    mk_close(&f);
    mk_payload_values(&f, d, 2);
    mk_null(&f);
    mk_string(&f, "there");
    end();
    assert_payload("  Normal none \n  Stays u16 y\n");
}

static void user_data(void **state)
{
    (void)state;
    uint32_t d = begin("UserData");
    mk_open(&f, "EventXML", 0xffff, 1);
    mk_attr(&f, "xmlns");
    mk_text(&f, "Some_NS");
    mk_attr(&f, "xmlns:auto-ns2");
    mk_text(&f, "other");
    mk_attr(&f, "kind");
    mk_sub(&f, 0, 1, 0);
    mk_body(&f);
    mk_slot(&f, "A", 0, 1, 0);
    mk_open(&f, "B", 0xffff, 0);
    mk_body(&f);
    mk_open(&f, "C", 0xffff, 1);
    mk_attr(&f, "id");
    mk_text(&f, "5");
    mk_body(&f);
    mk_sub(&f, 1, 8, 0);
    mk_close(&f);
    mk_slot(&f, "C", 0, 1, 0);
    mk_open(&f, "Empty", 0xffff, 0);
    mk_close_empty(&f);
    mk_close(&f);
    mk_close(&f);
    mk_close(&f);
    mk_payload_values(&f, d, 2);
    mk_string(&f, "va");
    mk_int(&f, 8, 42, 4);
    end();
    assert_payload("  @kind u16 va\n  A u16 va\n  B.C.@id u16 5\n  B.C u64 42\n  B.C u16 va\n  "
                   "B.Empty none \n");
}

static void other_parts(void **state)
{
    (void)state;
    uint32_t d = begin("RenderingInfo");
    mk_slot(&f, "Message", 0, 1, 0);
    mk_close(&f);
    mk_payload_values(&f, d, 1);
    mk_string(&f, "It happened");
    end();
    assert_payload("  RenderingInfo.Message u16 It happened\n");

    d = begin("UserData"); /* text directly in the first child, and in UserData itself */
    mk_open(&f, "Note", 0xffff, 0);
    mk_body(&f);
    mk_text(&f, "n");
    mk_close(&f);
    mk_text(&f, "\r\n ");
    mk_text(&f, "loose");
    mk_close(&f);
    mk_payload_values(&f, d, 0);
    end();
    assert_payload("  Note u16 n\n  UserData u16 \r\n loose\n");

    d = begin("EventData"); /* text directly in EventData; blanks between elements are none */
    mk_text(&f, "\n  ");
    mk_slot(&f, "Data", 0, 1, 0);
    mk_text(&f, "\n");
    mk_close(&f);
    mk_payload_values(&f, d, 1);
    mk_string(&f, "x");
    end();
    assert_payload("  param1 u16 x\n");
    d = begin("EventData");
    mk_text(&f, "all of it");
    mk_close(&f);
    mk_payload_values(&f, d, 0);
    end();
    assert_payload("  param1 u16 all of it\n");
}

static void name_by_value(void **state)
{
    (void)state;
    uint32_t d = begin("EventData");
    mk_open(&f, "Data", 0xffff, 1);
    mk_attr(&f, "Name");
    mk_sub(&f, 0, 1, 0);
    mk_attr(&f, "Unit");
    mk_text(&f, "s");
    mk_body(&f);
    mk_sub(&f, 1, 8, 0);
    mk_close(&f);
    mk_open(&f, "ComplexData", 0xffff, 1);
    mk_attr(&f, "Name");
    mk_text(&f, "cx");
    mk_body(&f);
    mk_sub(&f, 0, 1, 0);
    mk_close(&f);
    mk_close(&f);
    mk_payload_values(&f, d, 2);
    mk_string(&f, "Given");
    mk_int(&f, 8, 3, 4);
    end();
    assert_payload("  Given.@Unit u16 s\n  Given u64 3\n  ComplexData.@Name u16 cx\n  ComplexData "
                   "u16 Given\n");
}

static void arrays(void **state)
{
    (void)state;
    uint32_t d = begin("EventData");
    data_element(0, 0x81, 0);
    mk_data(&f, "Numbers", 1, 0x88, 0);
    mk_data(&f, "Sids", 2, 0x93, 0);
    mk_data(&f, "None", 3, 0x81, 0);
    data_element(3, 0x81, 0);
    data_element(4, 0x82, 0);
    mk_close(&f);
    mk_payload_values(&f, d, 5);
    mk_raw(&f, 0x81, "a\0\0\0\0\0c\0d\0\0\0", 12);
    mk_raw(&f, 0x88, "\1\0\0\0\2\0\0\0\3", 9);
    mk_raw(&f, 0x93, "\1\1\0\0\0\0\0\5\x12\0\0\0\1\1\0\0\0\0\0\5\x13\0\0\0", 24);
    mk_raw(&f, 0x81, "", 0);
    mk_raw(&f, 0x82, "x\0yz", 4);
    end();
    assert_payload("  param1 u16 a\n  param2 u16 \n  param3 u16 cd\n"
                   "  Numbers u64 1\n  Numbers u64 2\n  Numbers blob 03\n"
                   "  Sids sid S-1-5-18\n  Sids sid S-1-5-19\n  None none \n"
                   "  param4 none \n  param5 u8 x\n  param6 u8 yz\n");
}

static void text_in_pieces(void **state)
{
    (void)state;
    uint32_t d = begin("EventData");
    mk_open(&f, "Data", 0xffff, 1);
    mk_attr(&f, "Name");
    mk_text(&f, "Mix");
    mk_body(&f);
    mk_text(&f, "code ");
    mk_sub(&f, 0, 8, 0);
    mk_sub(&f, 1, 0x81, 0);
    mk_sub(&f, 2, 1, 1);
    mk_u8(&f, 0x49);
    mk_name(&f, "lt");
    mk_close(&f);
    mk_open(&f, "Data", 0xffff, 1);
    mk_attr(&f, "Name");
    mk_text(&f, "Literal");
    mk_body(&f);
    mk_text(&f, "a");
    mk_u8(&f, 0x08); /* character reference */
    mk_u16(&f, 0x20ac);
    mk_u8(&f, 0x09);
    mk_name(&f, "amp");
    mk_u8(&f, 0x09);
    mk_name(&f, "quot");
    mk_u8(&f, 0x07); /* CDATA */
    mk_u16(&f, 3);
    mk_utf16(&f, "<b>");
    mk_u8(&f, 0x09);
    mk_name(&f, "unheard");
    mk_u8(&f, 0x0a); /* a processing instruction is no text */
    mk_name(&f, "target");
    mk_u8(&f, 0x0b);
    mk_u16(&f, 2);
    mk_utf16(&f, "pi");
    mk_close(&f);
    mk_close(&f);
    mk_payload_values(&f, d, 3);
    mk_int(&f, 8, 5, 4);
    mk_raw(&f, 0x81, "p\0\0\0q\0", 6);
    mk_null(&f);
    end();
    assert_payload("  Mix u8 code 5p q<\n  Literal u16 a\xe2\x82\xac&\"<b>&unheard;\n");
}

/* BinXML inside values: another template, an element without one, and both below a Data. */
static void nested_documents(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1); /* the value is an element without template: no dependency ids */
    mk_open(&f, "EventData", MK_NO_DEP, 0);
    mk_body(&f);
    mk_open(&f, "Data", MK_NO_DEP, 1);
    mk_attr(&f, "Name");
    mk_text(&f, "Direct");
    mk_body(&f);
    mk_text(&f, "text");
    mk_close(&f);
    mk_close(&f);
    end();
    assert_payload("  Direct u16 text\n");

    uint32_t d = begin("EventData"); /* a value inside Data */
    mk_data(&f, "Outer", 0, 0x21, 0);
    data_element(0, 0x21, 0);
    data_element(1, 0x21, 1);
    mk_sub(&f, 2, 0x21, 1);
    mk_close(&f);
    mk_payload_values(&f, d, 3);
    mk_value(&f, 0x21);
    mk_open(&f, "Inner", MK_NO_DEP, 0);
    mk_body(&f);
    mk_text(&f, "deep");
    mk_close(&f);
    mk_value_end(&f);
    mk_raw(&f, 0x21, "", 0);
    mk_value(&f, 0x21);
    mk_open(&f, "Data", MK_NO_DEP, 0);
    mk_body(&f);
    mk_text(&f, "own");
    mk_close(&f);
    mk_value_end(&f);
    end();
    assert_payload(
        "  Outer.Inner u16 deep\n  param1.Inner u16 deep\n  param2 none \n  param3 u16 own\n");
}

static void direct_element(const char *name, const char *text)
{
    mk_open(&f, name, MK_NO_DEP, 0);
    mk_body(&f);
    mk_text(&f, text);
    mk_close(&f);
}

/* A collected event is plain XML: everything is text. */
static void record_without_template(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    mk_record(&f, 9);
    mk_fragment(&f);
    mk_open(&f, "Event", MK_NO_DEP, 0);
    mk_body(&f);
    mk_open(&f, "System", MK_NO_DEP, 0);
    mk_body(&f);
    mk_open(&f, "Provider", MK_NO_DEP, 1);
    mk_attr(&f, "Name");
    mk_text(&f, "Far & Away");
    mk_close_empty(&f);
    direct_element("EventID", "1102");
    direct_element("Level", "2");
    direct_element("Keywords", "0x4020000000000000");
    mk_open(&f, "TimeCreated", MK_NO_DEP, 1);
    mk_attr(&f, "SystemTime");
    mk_text(&f, "2021-01-01T00:00:00.5Z");
    mk_close_empty(&f);
    direct_element("EventRecordID", "123");
    direct_element("Channel", "Security");
    mk_close(&f);
    mk_open(&f, "EventData", MK_NO_DEP, 0);
    mk_body(&f);
    direct_element("Data", "one");
    direct_element("Data", "two");
    mk_close(&f);
    mk_close(&f);
    mk_record_end(&f);
    mk_chunk_end(&f);
    evtx_text t = evtx_read(made(), 0, 0);
    assert_text(t.all, "event 123 id=1102 level=2 log=Security provider=Far & Away "
                       "time=2021-01-01T00:00:00.5000000Z\n"
                       "  param1 u16 one\n  param2 u16 two\n  Keywords u16 0x4020000000000000\n");
    apd_arena_free(t.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bids),
        cmocka_unit_test(log_without_records),
        cmocka_unit_test(one_event),
        cmocka_unit_test(chunks),
        cmocka_unit_test(bare_chunks),
        cmocka_unit_test(fields_on_demand),
        cmocka_unit_test(unnamed_data_keep_their_place),
        cmocka_unit_test(absent_elements),
        cmocka_unit_test(user_data),
        cmocka_unit_test(other_parts),
        cmocka_unit_test(name_by_value),
        cmocka_unit_test(arrays),
        cmocka_unit_test(text_in_pieces),
        cmocka_unit_test(nested_documents),
        cmocka_unit_test(record_without_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
