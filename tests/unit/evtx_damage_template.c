/* EVTX: damage inside of records. Templates, values and names that are lost, cut off, or point at
 * themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "evtx_damage.h"

/* The bytes of an instance behind its token: version, id, definition offset, (definition), count. */
static void templates(void **state)
{
    (void)state;
    static const struct {
        size_t at; /* in the second record's outer instance */
        uint64_t value;
        size_t n;
        const char *words;
    } cases[] = {
        {2, 1, 4, "overwritten"},
        {10, 0xffffffff, 4, "more values"},
        {10, 4000, 4, "more values"},
        {0, 0x1c, 1, "unknown token"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        five();
        mk_poke(&f, records[1] + 28 + cases[i].at, cases[i].value, cases[i].n);
        repair_checksums();
        expect(4, 1, cases[i].words);
    }
    static const uint32_t offsets[] = {0xfffffff0, 65530, 600};
    for (size_t i = 0; i < 3; i++) { /* another record had the template of this id */
        five();
        mk_poke(&f, records[1] + 28 + 6, offsets[i], 4);
        repair_checksums();
        expect(5, 0, NULL);
    }
    five(); /* an id with one wrong byte is that of the template all the same */
    f.data[records[1] + 28 + 2] ^= 0x40;
    repair_checksums();
    expect(5, 0, NULL);
}

/* The payload's instance of the second record. */
static size_t payload_instance(void)
{
    uint8_t *p = f.data + records[1];
    for (size_t n = 0; memcmp(p, "YYAP", 4) != 0; p++)
        assert_true(n++ < 2000);
    return (size_t)(p - f.data) - 2;
}

static void payload_templates(void **state)
{
    (void)state;
    five(); /* the definition is stored right behind its offset */
    mk_poke(&f, payload_instance() + 6, 700, 4);
    repair_checksums();
    expect(5, 0, NULL);
    mk_file(&f); /* the only one of its id is gone: the values are left */
    mk_chunk(&f);
    mk_event(&f, 1, 7);
    mk_fragment(&f);
    mk_use(&f, 0x01020304, 700);
    mk_values(&f, 2);
    mk_string(&f, "first");
    mk_int(&f, 0x08, 42, 4);
    mk_event_end(&f);
    mk_chunk_end(&f);
    evtx_text t = read_bytes(f.len);
    assert_int_equal(t.events, 1);
    assert_int_equal(t.skipped, 1);
    assert_non_null(strstr(t.error.text, "fields of record 1 are missing: its template has been"));
    assert_true(apd_eq(t.payload, APD_LIT("  param1 u16 first\n  param2 u64 42\n")));
    apd_arena_free(t.arena);
}

/* Values as Windows orders them, and a template that is not there: what they are is known anyway. */
static void windows_values(unsigned count, uint16_t id)
{
    static const uint8_t sid[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
    mk_record(&f, id);
    mk_fragment(&f);
    mk_use(&f, 0x01020304, 700);
    mk_values(&f, (int)count);
    mk_int(&f, 0x04, 2, 1);
    mk_int(&f, 0x04, 0, 1);
    mk_int(&f, 0x06, 7, 2);
    mk_int(&f, 0x06, id, 2);
    mk_null(&f);
    mk_int(&f, 0x15, 0x80, 8);
    mk_int(&f, 0x11, MK_TIME, 8);
    mk_null(&f);
    mk_int(&f, 0x08, 100, 4);
    mk_int(&f, 0x08, 200, 4);
    mk_int(&f, 0x0a, id, 8);
    mk_int(&f, 0x04, 1, 1);
    mk_raw(&f, 0x13, sid, sizeof sid);
    mk_null(&f);
    if (count == 18) {
        mk_string(&f, "Maker");
        mk_raw(&f, 0x0f, "0123456789abcdef", 16);
        mk_string(&f, "Log");
    } else {
        for (int i = 14; i < 19; i++)
            mk_null(&f);
    }
    mk_value(&f, 0x21);
    mk_open(&f, "EventData", MK_NO_DEP, 0);
    mk_body(&f);
    mk_open(&f, "Kept", MK_NO_DEP, 0);
    mk_body(&f);
    mk_text(&f, "yes");
    mk_close(&f);
    mk_close(&f);
    mk_value_end(&f);
    mk_record_end(&f);
}

static void system_template(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    windows_values(18, 9);
    mk_chunk_end(&f);
    evtx_text t = read_bytes(f.len);
    assert_int_equal(t.events, 1);
    assert_int_equal(t.skipped, 1);
    assert_non_null(strstr(t.error.text, "its template has been overwritten"));
    static const char expected[] =
        "event 9 id=9 level=2 log=Log provider=Maker time=2021-01-01T00:00:00.1234567Z\n"
        "  Kept u16 yes\n  Version u64 1\n  Task u64 7\n  Opcode u64 0\n  Keywords hex 0x80\n"
        "  ProcessID u64 100\n  ThreadID u64 200\n  UserID sid S-1-5-18\n  ProviderGuid guid ";
    if (!apd_starts(t.all, APD_LIT(expected)))
        fail_msg("%.*s", APD_FMT(t.all));
    apd_arena_free(t.arena);
    mk_file(&f); /* of a classic source, where channel and provider were in the template */
    mk_chunk(&f);
    windows_values(20, 9);
    mk_chunk_end(&f);
    t = read_bytes(f.len);
    assert_int_equal(t.events, 1);
    assert_true(apd_starts(t.all, APD_LIT("event 9 id=9 level=2 log= provider= time=2021-")));
    assert_true(apd_eq(t.payload, APD_LIT("  Kept u16 yes\n")));
    apd_arena_free(t.arena);
}

/* A definition that ends in the middle still gives what came before. */
static void definition_cut(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1);
    uint32_t d = mk_payload(&f);
    mk_open(&f, "EventData", 0xffff, 0);
    mk_body(&f);
    mk_data(&f, "First", 0, 1, 0);
    mk_u8(&f, 0x3e); /* no token */
    mk_payload_values(&f, d, 1);
    mk_string(&f, "kept");
    mk_event_end(&f);
    mk_chunk_end(&f);
    evtx_text t = read_bytes(f.len);
    assert_int_equal(t.events, 1);
    assert_int_equal(t.skipped, 1);
    assert_non_null(strstr(t.error.text, "unknown token"));
    assert_true(apd_eq(t.payload, APD_LIT("  First u16 kept\n")));
    apd_arena_free(t.arena);
    f.depth = 0;
}

/* <EventData><Data Name="A">…</Data><Data Name="B">…</Data></EventData>, and places in its definition. */
static struct {
    size_t a_text, a_name, b_element;
} place;

static void two_fields(void)
{
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1);
    uint32_t d = mk_payload(&f);
    mk_open(&f, "EventData", 0xffff, 0);
    mk_body(&f);
    mk_open(&f, "Data", 0xffff, 1);
    place.a_name = f.len + 1;
    mk_attr(&f, "Label");
    place.a_text = f.len;
    mk_text(&f, "A");
    mk_body(&f);
    mk_sub(&f, 0, 1, 0);
    mk_close(&f);
    place.b_element = f.len;
    mk_data(&f, "B", 1, 1, 0);
    mk_close(&f);
    mk_payload_values(&f, d, 2);
    mk_string(&f, "a");
    mk_string(&f, "b");
    mk_event_end(&f);
    mk_chunk_end(&f);
}

static void expect_fields(const char *fields, const char *words)
{
    repair_checksums();
    evtx_text t = read_bytes(f.len);
    assert_int_equal(t.events, 1);
    assert_int_equal(t.skipped, 1);
    if (!apd_eq(t.payload, apd_str_of(fields)) || !strstr(t.error.text, words))
        fail_msg("%.*s", APD_FMT(t.all));
    apd_arena_free(t.arena);
}

/* Inside a template the damage is kept to the element it is in. */
static void damage_in_a_template(void **state)
{
    (void)state;
    two_fields();
    f.data[place.a_text] = 0x3e;
    expect_fields("  param1 none \n  B u16 b\n", "unknown token");
    two_fields();
    mk_poke(&f, place.a_text + 2, 0xffff, 2);
    expect_fields("  param1 none \n  B u16 b\n", "longer than what holds it");
    two_fields(); /* the name is stored behind its offset: the hash shows it */
    mk_poke(&f, place.a_name, 0xfffffff0, 4);
    expect_fields("  @Label u16 A\n  param1 u16 a\n  B u16 b\n", "a name lies outside");
    two_fields(); /* the second Data refers to the first one's name: it has none now */
    mk_poke(&f, place.b_element + 7, 0xfffffff0, 4);
    expect_fields("  @Label u16 A\n  param1 u16 a\n  @Name u16 B\n   u16 b\n",
                  "a name lies outside");
}

/* How long a name is: its NUL and its hash know it, too. */
static void name_counts(void **state)
{
    (void)state;
    static const uint16_t counts[] = {0, 1, 4, 6, 200, 0x7fff, 0xffff};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        two_fields();
        mk_poke(&f, place.a_name + 4 + 6, counts[i], 2);
        repair_checksums();
        evtx_text t = read_bytes(f.len);
        assert_int_equal(t.events, 1);
        assert_int_equal(t.skipped, 0);
        assert_true(apd_starts(t.payload, APD_LIT("  @Label u16 A\n  param1 u16 a\n")));
        apd_arena_free(t.arena);
    }
}

/* Without an EventID an event still says that something was logged then. */
static void no_event_id(void **state)
{
    (void)state;
    five();
    uint8_t *p = f.data + MK_HEAD;
    for (size_t n = 0; memcmp(p, "E\0v\0e\0n\0t\0I\0D", 13) != 0; p++)
        assert_true(n++ < 4000);
    p[2] = 'x';
    repair_checksums();
    evtx_text t = read_bytes(f.len);
    assert_int_equal(t.events, 5);
    assert_int_equal(t.skipped, 5);
    assert_non_null(strstr(t.error.text, "no EventID"));
    assert_true(apd_starts(t.all, APD_LIT("event 1 id=0 level=4 log=Test/Operational")));
    apd_arena_free(t.arena);
}

static void values_beyond_the_record(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1);
    uint32_t d = mk_payload(&f);
    mk_open(&f, "EventData", 0xffff, 0);
    mk_body(&f);
    mk_data(&f, "A", 0, 1, 0);
    mk_data(&f, "B", 1, 1, 0);
    mk_data(&f, "C", 2, 1, 0);
    mk_close(&f);
    mk_payload_values(&f, d, 3);
    mk_string(&f, "in");
    mk_string(&f, "cut");
    mk_string(&f, "");
    mk_poke(&f, f.descriptors + 4, 60000, 2);
    mk_event_end(&f);
    mk_chunk_end(&f);
    evtx_text t = read_bytes(f.len);
    assert_int_equal(t.events, 1);
    assert_int_equal(t.skipped, 1);
    assert_non_null(strstr(t.error.text, "beyond the record"));
    assert_true(apd_starts(t.payload, APD_LIT("  A u16 in\n  B u16 cut")));
    apd_arena_free(t.arena);
}

/* Elements in elements, beyond every depth. */
static void deep_elements(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1);
    for (int i = 0; i < 100; i++) {
        mk_open(&f, "e", MK_NO_DEP, 0);
        mk_body(&f);
    }
    for (int i = 0; i < 100; i++)
        mk_close(&f);
    mk_event_end(&f);
    mk_chunk_end(&f);
    expect(1, 1, "nested too deeply");
}

/* <d>slot slot</d>, the slot being the same again: 2^n elements if nobody counts. */
static void nest(int levels)
{
    uint32_t d = mk_define(&f, 0x4e455354u + (uint32_t)levels);
    mk_open(&f, "d", 0xffff, 0);
    mk_body(&f);
    for (int i = 0; i < 8; i++)
        mk_sub(&f, 0, 0x21, 0);
    mk_close(&f);
    mk_defined(&f, d);
    mk_values(&f, 1);
    size_t descriptors = f.descriptors;
    mk_value(&f, 0x21);
    size_t value = f.len;
    if (levels)
        nest(levels - 1);
    mk_poke(&f, descriptors, f.len - value, 2);
}

static void deep_values(void **state)
{
    (void)state;
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1);
    nest(12);
    mk_event_end(&f);
    mk_chunk_end(&f);
    expect(1, 1, "nested beyond measure");
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1);
    nest(40);
    mk_event_end(&f);
    mk_chunk_end(&f);
    expect(1, 1, "nested");
}

/* Names and definitions that point at themselves or at each other. */
static void loops(void **state)
{
    (void)state;
    five();
    for (size_t at = records[0]; at + 4 <= records[1]; at++) {
        five();
        mk_poke(&f, at, at - MK_HEAD, 4);
        evtx_text t = read_bytes(f.len);
        assert_int_equal(t.end, APD_END);
        apd_arena_free(t.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates),
        cmocka_unit_test(payload_templates),
        cmocka_unit_test(system_template),
        cmocka_unit_test(definition_cut),
        cmocka_unit_test(damage_in_a_template),
        cmocka_unit_test(name_counts),
        cmocka_unit_test(no_event_id),
        cmocka_unit_test(values_beyond_the_record),
        cmocka_unit_test(deep_elements),
        cmocka_unit_test(deep_values),
        cmocka_unit_test(loops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
