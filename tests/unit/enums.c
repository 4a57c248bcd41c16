#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "enums.h"

static const char table[] = "# a comment\n"
                            "\n"
                            "HKLM\\A\\*\tState\tenum\t3\tdone\n"
                            "HKLM\\A\\*\tState\tenum\t4\terror\n"
                            "HKLM\\A\tMask\tflags\t0\tnothing\n"
                            "HKLM\\A\tMask\tflags\t1\tfirst\n"
                            "HKLM\\A\tMask\tflags\t0x20\tsixth\n"
                            "HKLM\\A\t*Time\tfiletime\t-\twhen\n"
                            "HKLM\\A\tDate\tunixtime\t-\twhen\n"
                            "HKLM\\A\tErr*\thresult\t-\twhy\n";

typedef struct world {
    apd_arena *a;
    apd_enums *e;
    apd_codes *codes;
} world;

static world world_new(void)
{
    world w = {.a = apd_arena_new(0)};
    apd_error err;
    apd_str name = APD_LIT("enums.tsv"), text = apd_str_of(table);
    apd_str code_name = APD_LIT("codes/x.tsv"),
            codes = APD_LIT("0x87D1041C\tNOT_DETECTED\tnot found\n");
    assert_int_equal(apd_enums_load(w.a, &name, &text, 1, &w.e, &err), APD_OK);
    assert_int_equal(apd_codes_load(w.a, &code_name, &codes, 1, &w.codes, &err), APD_OK);
    return w;
}

static void assert_meaning(const world *w, const char *key, const char *name, apd_field value,
                           const char *expected, bool instead)
{
    apd_meaning m =
        apd_enum_meaning(w->e, w->codes, w->a, apd_str_of(key), apd_str_of(name), &value);
    assert_int_equal(m.text.len, strlen(expected));
    assert_memory_equal(m.text.ptr, expected, m.text.len);
    if (m.text.len)
        assert_int_equal(m.instead, instead);
}

static apd_field u64(uint64_t v)
{
    return (apd_field){0, APD_T_U64, {.u = v}};
}

static apd_field text(const char *s)
{
    return (apd_field){0, APD_T_UTF8, {.raw = {(const uint8_t *)s, strlen(s)}}};
}

static void numbers_get_their_meaning(void **state)
{
    (void)state;
    world w = world_new();
    assert_meaning(&w, "hklm\\a\\x", "state", u64(4), "error", false);
    assert_meaning(&w, "HKLM\\A\\x", "State", text("3"), "done", false);
    assert_meaning(&w, "HKLM\\A\\x", "State", u64(5), "", false);
    assert_meaning(&w, "HKLM\\A", "State", u64(4), "", false);
    assert_meaning(&w, "HKLM\\A\\x", "State", text("four"), "", false);
    apd_arena_free(w.a);
}

static void bits_are_listed(void **state)
{
    (void)state;
    world w = world_new();
    assert_meaning(&w, "HKLM\\A", "Mask", u64(0x21), "first, sixth", false);
    assert_meaning(&w, "HKLM\\A", "Mask", u64(0x103), "first, 0x102", false);
    assert_meaning(&w, "HKLM\\A", "Mask", u64(0x100), "0x100", false);
    assert_meaning(&w, "HKLM\\A", "Mask", u64(0), "nothing", false);
    apd_arena_free(w.a);
}

static void times_and_codes_stand_instead(void **state)
{
    (void)state;
    world w = world_new();
    static const uint8_t bytes[8] = {0x00, 0x28, 0x2c, 0xcf, 0x98, 0x5b, 0xdc, 0x01};
    uint64_t ticks = apd_u64le(bytes);
    apd_field blob = {0, APD_T_BLOB, {.raw = {bytes, sizeof bytes}}};
    char expected[APD_TIME_TEXT];
    apd_time_format((apd_time)ticks, 0, true, expected);
    assert_meaning(&w, "HKLM\\A", "CreationTime", u64(ticks), expected, true);
    assert_meaning(&w, "HKLM\\A", "CreationTime", blob, expected, true);
    assert_meaning(&w, "HKLM\\A", "CreationTime", u64(0), "", true);
    assert_meaning(&w, "HKLM\\A", "CreationTime", u64(UINT64_MAX), "", true);
    assert_meaning(&w, "HKLM\\A", "Date", u64(1763805600), "2025-11-22T10:00:00Z", true);
    assert_meaning(&w, "HKLM\\A", "Error", u64(0x87D1041C), "0x87D1041C (NOT_DETECTED)", true);
    assert_meaning(&w, "HKLM\\A", "Error", text("-2016345060"), "0x87D1041C (NOT_DETECTED)", true);
    assert_meaning(&w, "HKLM\\A", "ErrX", u64(0x80004005), "0x80004005", true);
    assert_meaning(&w, "HKLM\\A", "Error", u64(0), "", true);
    apd_arena_free(w.a);
}

static void lines_that_are_no_rows(void **state)
{
    (void)state;
    static const char *const bad[] = {"HKLM\\A\tx\tenum\t1\n",      "HKLM\\A\tx\tenum\tone\tm\n",
                                      "HKLM\\A\tx\tcolour\t1\tm\n", "HKLM\\A\tx\tfiletime\t1\tm\n",
                                      "\tx\tenum\t1\tm\n",          "HKLM\\A\tx\tenum\t-1\tm\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        apd_arena *a = apd_arena_new(0);
        apd_enums *e;
        apd_error err;
        apd_str name = APD_LIT("enums.tsv"), s = apd_str_of(bad[i]);
        assert_int_equal(apd_enums_load(a, &name, &s, 1, &e, &err), APD_E_RULE);
        assert_non_null(strstr(err.text, "enums.tsv:1: expected key"));
        apd_arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_get_their_meaning),
        cmocka_unit_test(bits_are_listed),
        cmocka_unit_test(times_and_codes_stand_instead),
        cmocka_unit_test(lines_that_are_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
