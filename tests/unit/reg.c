/* Registry files: both dialects, every kind of value, and what hostile ones cost. */
#include "reading.h"

#include "limits.h"

#define DUMP "MdmDiagReport_RegistryDump.reg"
#define EXPORT_HEADER "Windows Registry Editor Version 5.00\r\n\r\n"

static reading reg(apd_bytes data)
{
    return read_all_ways(&apd_parser_reg, DUMP, data);
}

static void assert_key(const reading *r, size_t i, const char *key, uint32_t nvalues)
{
    const apd_event *ev = event_at(r, i);
    assert_text(apd_sym_text(r->names, ev->log), "registry");
    assert_int_equal(ev->kind, APD_FACT);
    assert_int_equal(ev->clock, APD_CLOCK_NONE);
    assert_int_equal(ev->time, APD_TIME_NONE);
    assert_text(ev->message, key);
    assert_field(r, i, "Key", key);
    assert_int_equal(ev->nfields, nvalues + 2);
}

static void assert_type(const reading *r, size_t i, const char *name, apd_type type)
{
    apd_event ev = *event_at(r, i);
    apd_sym sym = apd_sym_fold(r->names, apd_intern_find(r->names, apd_str_of(name)));
    const apd_field *f = apd_event_field(&ev, r->names, sym);
    assert_non_null(f);
    assert_int_equal(f->type, type);
}

static void dump_is_read_as_it_is_written(void **state)
{
    (void)state;
    reading r = reg(BYTES("[HKEY_LOCAL_MACHINE\\software\\fabrikam]\r\n"
                          "\r\n"
                          "[HKEY_LOCAL_MACHINE\\software\\fabrikam\\Deep Key\\./x%20y]\r\n"
                          "    \"Mode\"=DWORD:0000011e\r\n"
                          "    \"Big\"=QWORD:1db7c2f00000000\r\n"
                          "    \"Empty\"=\"\"\r\n"
                          "    @=\"C:\\Program Files\\x\"\r\n"
                          "    \"Json\"=\"{\"a\":{\"b\":\"c:\\\\d\"},\"n\":1}\"\r\n"
                          "    \"./Device/Vendor/x=1/\"q\"\"=\"yes\"\r\n"
                          "    \"Lines\"=\"first\r\n"
                          "\r\n"
                          "    \"inner\": \"x\"\r\n"
                          "last\"\r\n"
                          "    \"One\"=MULTI_SZ:\"alone\"\r\n"
                          "    \"Several\"=MULTI_SZ:\"alpha\r\n"
                          "    beta\r\n"
                          "gamma\"\r\n"
                          "    \"Path\"=hex(2):25,00,41,00,25,00,00,00\r\n"
                          "    \"Blob\"=hex(3):30,00,fF\r\n"
                          "    \"Odd\"=NONE:\r\n"
                          "\r\n"
                          "[HKEY_USERS\\S-1-5-18\\Software]\r\n"
                          "    \"When\"=\"/Date(1763805600123)/\"\r\n"));
    assert_events(&r, 3);
    assert_key(&r, 0, "HKLM\\software\\fabrikam", 0);
    assert_field(&r, 0, "KeyName", "fabrikam");
    assert_key(&r, 1, "HKLM\\software\\fabrikam\\Deep Key\\./x%20y", 12);
    assert_field(&r, 1, "KeyName", "./x%20y");
    assert_type(&r, 1, "Mode", APD_T_U64);
    assert_field(&r, 1, "mode", "286");
    assert_field(&r, 1, "Big", "133837155242868736");
    assert_field(&r, 1, "Empty", "");
    assert_type(&r, 1, "Empty", APD_T_UTF8);
    assert_field(&r, 1, "(Default)", "C:\\Program Files\\x");
    assert_field(&r, 1, "Json", "{\"a\":{\"b\":\"c:\\\\d\"},\"n\":1}");
    assert_field(&r, 1, "./Device/Vendor/x=1/\"q\"", "yes");
    assert_field(&r, 1, "Lines", "first\n\n    \"inner\": \"x\"\nlast");
    assert_field(&r, 1, "One", "alone");
    assert_field(&r, 1, "Several", "alpha\nbeta\ngamma");
    assert_field(&r, 1, "Path", "%A%");
    assert_type(&r, 1, "Path", APD_T_UTF8);
    assert_field(&r, 1, "Blob", "3000FF");
    assert_type(&r, 1, "Blob", APD_T_BLOB);
    assert_field(&r, 1, "Odd", "NONE:");
    assert_key(&r, 2, "HKU\\S-1-5-18\\Software", 1);
    assert_type(&r, 2, "When", APD_T_TIME);
    assert_field(&r, 2, "When", "2025-11-22T10:00:00.1230000Z");
    reading_free(&r);
}

static const char export_text[] =
    EXPORT_HEADER "; written by hand\r\n"
                  "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Fabrikam]\r\n"
                  "@=\"default\"\r\n"
                  "\"Quote \\\"q\\\" \\\\ and = sign\"=\"C:\\\\Program Files\\\\\\\"x\\\"\"\r\n"
                  "\"Number\"=dword:ffffffff\r\n"
                  "\"Lines\"=\"first\r\n"
                  "second\\\\\r\n"
                  "third\"\r\n"
                  "\"Bytes\"=hex:01,02,\\\r\n"
                  "  03,0a\r\n"
                  "\"Expand\"=hex(2):25,00,41,00,25,00,\\\r\n"
                  "  00,00\r\n"
                  "\"Multi\"=hex(7):61,00,00,00,62,00,63,00,00,00,00,00\r\n"
                  "\"Long\"=hex(b):15,cd,5b,07,00,00,00,00\r\n"
                  "\"Little\"=hex(4):01,00,00,00\r\n"
                  "\"High\"=hex(5):00,00,01,02\r\n"
                  "\"Short\"=hex(b):01,02\r\n"
                  "\"Nothing\"=hex(0):\r\n"
                  "\"Uml\xc3\xa4ut\"=\"\xe2\x82\xac\"\r\n"
                  "\"Gone\"=-\r\n"
                  "; a remark\r\n"
                  "\r\n"
                  "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Old]\r\n"
                  "\r\n"
                  "[HKEY_CURRENT_USER\\Empty]\r\n";

static void assert_export(const reading *r)
{
    assert_events(r, 3);
    assert_key(r, 0, "HKLM\\SOFTWARE\\Fabrikam", 14);
    assert_field(r, 0, "(Default)", "default");
    assert_field(r, 0, "Quote \"q\" \\ and = sign", "C:\\Program Files\\\"x\"");
    assert_field(r, 0, "Number", "4294967295");
    assert_field(r, 0, "Lines", "first\nsecond\\\nthird");
    assert_field(r, 0, "Bytes", "0102030A");
    assert_field(r, 0, "Expand", "%A%");
    assert_field(r, 0, "Multi", "a\nbc");
    assert_type(r, 0, "Long", APD_T_U64);
    assert_field(r, 0, "Long", "123456789");
    assert_field(r, 0, "Little", "1");
    assert_field(r, 0, "High", "258");
    assert_field(r, 0, "Short", "0102");
    assert_field(r, 0, "Nothing", "");
    assert_field(r, 0, "Uml\xc3\xa4ut", "\xe2\x82\xac");
    assert_field(r, 0, "(Deleted)", "Gone");
    assert_text(apd_sym_text(r->names, event_at(r, 1)->log), "registry.deleted");
    assert_text(event_at(r, 1)->message, "HKLM\\SOFTWARE\\Old");
    assert_key(r, 2, "HKCU\\Empty", 0);
}

static void exports_read_alike_in_every_encoding(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_str s = apd_str_from(export_text, sizeof export_text - 1);
    apd_bytes forms[] = {apd_str_bytes(s), to_utf16(a, s, false, true), to_utf16(a, s, true, true),
                         apd_str_bytes(apd_printf_a(a, "\xef\xbb\xbf%s", export_text))};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_true(apd_parser_reg.bid(apd_bytes_str(forms[i]).len > 4096
                                           ? (apd_bytes){forms[i].ptr, 4096}
                                           : forms[i],
                                       APD_LIT("(3) RegistryKey x")) > 90);
        reading r = reg(forms[i]);
        assert_export(&r);
        reading_free(&r);
    }
    apd_arena_free(a);
}

static void old_exports_hold_ansi(void **state)
{
    (void)state;
    reading r = reg(BYTES("REGEDIT4\n\n[HKEY_CLASSES_ROOT\\.x]\n\"E\"=hex(2):25,41,25,00\n"
                          "\"M\"=hex(7):61,00,62,00,00\n"));
    assert_events(&r, 1);
    assert_key(&r, 0, "HKCR\\.x", 2);
    assert_field(&r, 0, "E", "%A%");
    assert_field(&r, 0, "M", "a\nb");
    reading_free(&r);
}

static void several_exports_in_one_file(void **state)
{
    (void)state;
    reading r = reg(BYTES(EXPORT_HEADER "[HKEY_USERS\\a]\r\n\"x\"=dword:1\r\n\r\n" EXPORT_HEADER
                                        "[HKEY_USERS\\b]\r\n\"x\"=\"\"\r\n"));
    assert_events(&r, 2);
    assert_key(&r, 1, "HKU\\b", 1);
    reading_free(&r);
}

static void damaged_data_stay_text(void **state)
{
    (void)state;
    reading r =
        reg(BYTES("[HKEY_USERS\\a]\r\n    \"a\"=DWORD:xyz\r\n    \"b\"=QWORD:11112222333344445\r\n"
                  "    \"c\"=hex(3):0g\r\n    \"d\"=hex(7):61,00,62\r\n"
                  "    \"e\"=hex(zz):00\r\n    \"f\"=\"/Date(1x)/\"\r\n    \"g\"=\"never ends"));
    assert_events(&r, 1);
    assert_key(&r, 0, "HKU\\a", 7);
    assert_field(&r, 0, "a", "DWORD:xyz");
    assert_field(&r, 0, "b", "QWORD:11112222333344445");
    assert_field(&r, 0, "c", "hex(3):0g");
    assert_field(&r, 0, "d", "610062");
    assert_field(&r, 0, "e", "hex(zz):00");
    assert_field(&r, 0, "f", "/Date(1x)/");
    assert_field(&r, 0, "g", "never ends");
    reading_free(&r);
}

static void strange_lines_are_told(void **state)
{
    (void)state;
    reading r = reg(BYTES("hello\r\nworld\r\n[HKEY_USERS\\a]\r\nlost\r\n    \"x\"=\"1\"\r\n"));
    assert_int_equal(r.n, 3);
    assert_key(&r, 0, "HKU\\a", 1);
    assert_int_equal(r.items[1].status, APD_SKIPPED);
    assert_string_equal(r.items[1].note,
                        "line 1 is neither a key nor a value (and 2 more before line 6)");
    assert_int_equal(r.items[2].status, APD_END);
    reading_free(&r);
    r = reg(BYTES("nothing here\r\n"));
    assert_int_equal(r.n, 2);
    assert_int_equal(r.items[0].status, APD_SKIPPED);
    assert_string_equal(r.items[0].note, "line 1 is neither a key nor a value");
    reading_free(&r);
}

static void records_and_offsets(void **state)
{
    (void)state;
    reading r = reg(BYTES("[HKEY_USERS\\a]\r\n    \"x\"=\"1\"\r\n\r\n[HKEY_USERS\\b]\r\n"));
    assert_events(&r, 2);
    assert_int_equal(event_at(&r, 0)->where.record, 1);
    assert_int_equal(event_at(&r, 0)->where.offset, 0);
    assert_int_equal(event_at(&r, 0)->where.len, 31);
    assert_int_equal(event_at(&r, 1)->where.record, 2);
    assert_int_equal(event_at(&r, 1)->where.offset, 31);
    reading_free(&r);
}

static void only_registry_files_are_taken(void **state)
{
    (void)state;
    apd_str other = APD_LIT("x.txt");
    assert_int_equal(apd_parser_reg.bid(BYTES("[HKEY_LOCAL_MACHINE\\a]\r\n"), other), 90);
    assert_int_equal(apd_parser_reg.bid(BYTES("\r\n\r\nREGEDIT4\r\n"), other), 95);
    assert_int_equal(apd_parser_reg.bid(BYTES("[section]\r\nkey=value\r\n"), other), 0);
    assert_int_equal(apd_parser_reg.bid(BYTES("text"), APD_LIT("a.REG")), 30);
    assert_int_equal(apd_parser_reg.bid(BYTES(""), APD_LIT("a.reg")), 0);
    assert_int_equal(apd_parser_reg.bid(BYTES("\0\1\2\3"), APD_LIT("a.reg")), 0);
}

static void a_cut_file_keeps_what_was_read(void **state)
{
    (void)state;
    reading r = read_broken(&apd_parser_reg, DUMP,
                            BYTES("[HKEY_USERS\\a]\r\n    \"x\"=\"1\"\r\n    \"y\"=\"2"));
    assert_int_equal(r.n, 2);
    assert_key(&r, 0, "HKU\\a", 2);
    assert_field(&r, 0, "y", "2");
    assert_broken_end(&r);
    reading_free(&r);
}

/* --- hostile sizes --- */

/* Text that is generated while it is read: `head`, then `unit` again and again up to `total` bytes. */
typedef struct endless {
    const char *head;
    uint64_t given, total;
    unsigned counter;
    bool keys; /* units are keys with a number each */
    char block[32 << 10];
} endless;

static apd_status endless_read(void *ctx, apd_bytes *block, apd_error *err)
{
    endless *e = ctx;
    size_t n = 0;
    (void)err;
    if (e->given >= e->total)
        return APD_END;
    if (e->given == 0)
        n = (size_t)snprintf(e->block, sizeof e->block, "%s", e->head);
    while (n + 64 < sizeof e->block) {
        if (e->keys)
            n += (size_t)snprintf(e->block + n, 64,
                                  "[HKEY_USERS\\k%u]\r\n    \"n%u\"=DWORD:%08x\r\n", e->counter,
                                  e->counter, e->counter);
        else
            memset(e->block + n, 'x', 63), n += 63;
        e->counter++;
    }
    e->given += n;
    *block = (apd_bytes){(const uint8_t *)e->block, n};
    return APD_OK;
}

typedef struct tally {
    uint64_t keys, named, other, skipped;
    size_t most; /* memory of the batch */
    apd_status end;
} tally;

static tally tally_of(endless *e)
{
    tally t = {0};
    apd_intern *names = apd_intern_new();
    apd_arena *batch = apd_arena_new(0);
    apd_stream *s = apd_stream_new((apd_producer){endless_read, e});
    apd_input in = {.stream = s, .path = APD_LIT(DUMP), .names = names, .batch = batch};
    apd_reader *r = NULL;
    apd_error err;
    apd_event ev;
    apd_status st = apd_parser_reg.open(&in, &r, &err);
    apd_sym other = apd_intern_find(names, APD_LIT("(Other)"));
    while ((st = apd_parser_reg.next(r, &ev, &err)) <= APD_SKIPPED && st != APD_END) {
        t.keys += st == APD_OK;
        t.skipped += st == APD_SKIPPED;
        for (uint32_t i = 2; st == APD_OK && i < ev.nfields; i++)
            *(ev.fields[i].name == other ? &t.other : &t.named) += 1;
        if (apd_arena_used(batch) > t.most)
            t.most = apd_arena_used(batch);
    }
    t.end = st;
    apd_parser_reg.close(r);
    apd_stream_free(s);
    apd_arena_free(batch);
    apd_intern_free(names);
    return t;
}

static void a_line_without_end_is_cut(void **state)
{
    (void)state;
    endless *e = calloc(1, sizeof *e);
    *e = (endless){.head = "[HKEY_USERS\\a]\r\n    \"x\"=\"", .total = 64u << 20};
    tally t = tally_of(e);
    assert_int_equal(t.end, APD_END);
    assert_int_equal(t.keys, 1);
    assert_int_equal(t.named, 1);
    assert_int_equal(t.skipped, 1);
    assert_true(t.most < 2 * APD_MAX_REG_VALUE);
    *e = (endless){.head = "[HKEY_USERS\\", .total = 8u << 20};
    t = tally_of(e);
    assert_int_equal(t.end, APD_END);
    assert_int_equal(t.keys, 0);
    assert_int_equal(t.skipped, 1);
    free(e);
}

static void any_number_of_keys_is_read(void **state)
{
    (void)state;
    endless *e = calloc(1, sizeof *e);
    *e = (endless){.head = "", .total = 40u << 20, .keys = true};
    tally t = tally_of(e);
    assert_int_equal(t.end, APD_END);
    assert_int_equal(t.keys, e->counter);
    assert_true(t.keys > 800000);
    assert_int_equal(t.named, APD_MAX_REG_NAMES);
    assert_int_equal(t.named + t.other,
                     t.keys); /* the values whose names have no place are there */
    assert_int_equal(t.skipped, 0);
    assert_true(t.most < 64u << 10);
    free(e);
}

/* What would take hours if each line were to look at all before it. */
static void blank_lines_cost_linear_time(void **state)
{
    (void)state;
    static const char head[] = "REGEDIT4\r\n\r\n[HKEY_USERS\\a]\r\n\"x\"=\"1";
    static const char odd[] = "    \"x";
    enum { N = 3 << 20 };
    char *text = malloc(N);
    assert_non_null(text);
    memset(text, '\n', N);
    memcpy(text, head, sizeof head - 1);
    memcpy(text + N - 7, "\"\n\"y\"=-", 7);
    reading r = read_steps(&apd_parser_reg, "x.reg", (apd_bytes){(uint8_t *)text, N}, 0, 0);
    assert_events(&r, 1);
    assert_key(&r, 0, "HKU\\a", 2);
    assert_field(&r, 0, "(Deleted)", "y");
    reading_free(&r);
    memset(text, ' ', N); /* each `"=-` might be data */
    size_t n = (size_t)sprintf(text, "[HKEY_USERS\\a]\n");
    for (size_t line = n; line + APD_REG_PIECE < N; line += APD_REG_PIECE - 16) {
        memcpy(text + line, odd, sizeof odd - 1);
        for (size_t i = sizeof odd - 1; i < APD_REG_PIECE / 2; i += 3)
            memcpy(text + line + i, "\"=-", 3);
        memcpy(text + line + APD_REG_PIECE - 18, ".\n", 2);
    }
    r = read_steps(&apd_parser_reg, "x.reg", (apd_bytes){(uint8_t *)text, N}, 0, 0);
    assert_true(r.n > 1);
    reading_free(&r);
    free(text);
}

static void a_key_of_many_values_comes_in_parts(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_buf b;
    apd_buf_init(&b, a);
    apd_buf_add(&b, APD_LIT("[HKEY_USERS\\many]\r\n"));
    for (unsigned i = 0; i < APD_MAX_FIELDS + 100; i++)
        apd_buf_addf(&b, "    \"v%u\"=DWORD:%08x\r\n", i, i);
    reading r = read_steps(&apd_parser_reg, DUMP, apd_str_bytes(apd_buf_str(&b)), 4096, 0);
    assert_events(&r, 2);
    assert_text(event_at(&r, 0)->message, "HKU\\many");
    assert_text(event_at(&r, 1)->message, "HKU\\many");
    assert_int_equal(event_at(&r, 0)->nfields + event_at(&r, 1)->nfields - 4, APD_MAX_FIELDS + 100);
    reading_free(&r);
    apd_arena_free(a);
}

static void odd_bytes_do_no_harm(void **state)
{
    (void)state;
    /* A lone surrogate, a NUL, half a unit at the end. */
    static const uint8_t wide[] = {0xff, 0xfe, '[', 0, 'H',  0,    'K', 0, 'E', 0, 'Y', 0, '_',  0,
                                   'U',  0,    'S', 0, 'E',  0,    'R', 0, 'S', 0, ']', 0, '\n', 0,
                                   '"',  0,    'a', 0, 0,    0xd8, '"', 0, '=', 0, '"', 0, 0,    0,
                                   'x',  0,    '"', 0, '\n', 0,    'y'};
    reading r = reg((apd_bytes){wide, sizeof wide});
    assert_events(&r, 1);
    assert_key(&r, 0, "HKU", 1);
    assert_same_str(field_text(&r, 0, "a\xef\xbf\xbd"), apd_str_from("\0x", 2));
    reading_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dump_is_read_as_it_is_written),
        cmocka_unit_test(exports_read_alike_in_every_encoding),
        cmocka_unit_test(old_exports_hold_ansi),
        cmocka_unit_test(several_exports_in_one_file),
        cmocka_unit_test(damaged_data_stay_text),
        cmocka_unit_test(strange_lines_are_told),
        cmocka_unit_test(records_and_offsets),
        cmocka_unit_test(only_registry_files_are_taken),
        cmocka_unit_test(a_cut_file_keeps_what_was_read),
        cmocka_unit_test(a_line_without_end_is_cut),
        cmocka_unit_test(any_number_of_keys_is_read),
        cmocka_unit_test(blank_lines_cost_linear_time),
        cmocka_unit_test(a_key_of_many_values_comes_in_parts),
        cmocka_unit_test(odd_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
