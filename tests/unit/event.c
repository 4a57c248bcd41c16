/* Events: codes in every spelling, values as text, keeping, coverage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "coverage.h"
#include "file.h"
#include "limits.h"

static apd_field text_field(const char *z)
{
    return (apd_field){.type = APD_T_UTF8, .as.raw = apd_str_bytes(apd_str_of(z))};
}

static void hresults(void **state)
{
    (void)state;
    static const char *const yes[] = {
        "0x800705B4",
        "800705b4",
        "2147943860",
        "-2147023436",
        "hr=0x800705b4, waiting",
        "errorCode = 2147943860",
        "(-2147023436)",
        "0xFFFFFFFF800705B4",
        "\"errorCode\":2147943860}",
    };
    static const char *const no[] = {
        "",           "0x800705B41", "x800705B4y", "21479438600", "-2147943860",
        "2147023436", "800705b",     "0x800705B5",
    };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!apd_text_has_hresult(apd_str_of(yes[i]), 0x800705B4))
            fail_msg("not seen in: %s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (apd_text_has_hresult(apd_str_of(no[i]), 0x800705B4))
            fail_msg("seen in: %s", no[i]);
    assert_true(apd_text_has_hresult(APD_LIT("code 80180014."), 0x80180014));
    apd_field f = {.type = APD_T_I64, .as.i = -2147023436};
    assert_true(apd_field_is_hresult(&f, 0x800705B4));
    f = (apd_field){.type = APD_T_U64, .as.u = 2147943860u};
    assert_true(apd_field_is_hresult(&f, 0x800705B4));
    f = (apd_field){.type = APD_T_BOOL, .as.b = true};
    assert_false(apd_field_is_hresult(&f, 1));
}

static void hresults_utf16(void **state)
{
    (void)state;
    static const char text[] = "failed, hr = -2147023436.";
    uint8_t wide[2 * sizeof text];
    for (size_t i = 0; i < sizeof text - 1; i++) {
        wide[2 * i] = (uint8_t)text[i];
        wide[2 * i + 1] = 0;
    }
    assert_true(apd_utf16_has_hresult((apd_bytes){wide, 2 * (sizeof text - 1)}, 0x800705B4));
    assert_true(apd_utf16_has_hresult((apd_bytes){wide, 2 * (sizeof text - 2)}, 0x800705B4));
    assert_false(apd_utf16_has_hresult((apd_bytes){wide, 2 * (sizeof text - 3)}, 0x800705B4));
}

static void texts(void **state)
{
    (void)state;
    static const uint8_t sid[] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0};
    static const uint8_t guid[] = {0x2e, 0xe1, 0xda, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    apd_arena *a = apd_arena_new(0);
    apd_field f = {.type = APD_T_SID, .as.raw = {sid, sizeof sid}};
    assert_string_equal(apd_field_text(&f, a).ptr, "S-1-5-32-544");
    f.as.raw.len = 12;
    assert_string_equal(apd_field_text(&f, a).ptr, "(SID of 12 bytes)");
    f = (apd_field){.type = APD_T_GUID, .as.raw = {guid, 16}};
    assert_string_equal(apd_field_text(&f, a).ptr, "{19dae12e-0201-0403-0506-0708090a0b0c}");
    f = (apd_field){.type = APD_T_HEX, .as.u = 0x3e7};
    assert_string_equal(apd_field_text(&f, a).ptr, "0x3e7");
    f = (apd_field){.type = APD_T_BLOB, .as.raw = {guid, 3}};
    assert_string_equal(apd_field_text(&f, a).ptr, "2EE1DA");
    uint64_t v;
    bool neg;
    f = text_field(" 12 ");
    assert_true(apd_field_number(&f, &v, &neg) && v == 12);
    f = text_field("12 apps");
    assert_false(apd_field_number(&f, &v, &neg));
    apd_arena_free(a);
}

static apd_field lazy_field;

static apd_status give_field(const apd_payload *self, apd_event *ev)
{
    (void)self;
    ev->fields = &lazy_field;
    ev->nfields = 1;
    return APD_OK;
}

static void keeping(void **state)
{
    (void)state;
    apd_intern *names = apd_intern_new();
    apd_arena *a = apd_arena_new(0);
    static char longtext[2 * APD_MAX_KEPT_TEXT];
    memset(longtext, 'x', sizeof longtext - 1);
    memcpy(longtext + APD_MAX_KEPT_TEXT - 1, "\xc3\xab", 2); /* straddles the cut */
    static const apd_payload payload = {.expand = give_field};
    lazy_field = text_field(longtext);
    lazy_field.name = apd_intern_add(names, APD_LIT("Message1"));
    char message[] = "gone soon";
    apd_event ev = {.message = apd_str_of(message), .payload = &payload, .id = 52};
    apd_event *kept = apd_event_keep(a, &ev);
    assert_non_null(kept);
    memset(message, '#', sizeof message - 1);
    assert_true(apd_eq(kept->message, APD_LIT("gone soon")));
    assert_null(kept->payload);
    const apd_field *f = apd_event_field(kept, names, apd_intern_find(names, APD_LIT("message1")));
    assert_non_null(f);
    assert_int_equal(f->as.raw.len, APD_MAX_KEPT_TEXT - 1);
    assert_null(apd_event_field(kept, names, apd_intern_add(names, APD_LIT("other"))));
    static apd_field many[APD_MAX_FIELDS + 1];
    ev = (apd_event){.fields = many, .nfields = APD_MAX_FIELDS + 1};
    kept = apd_event_keep(a, &ev);
    assert_non_null(kept);
    assert_int_equal(kept->nfields, APD_MAX_FIELDS);
    apd_arena_free(a);
    apd_intern_free(names);
}

static void covering(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_coverage *c = apd_coverage_new(a);
    for (uint64_t i = 1; i <= 10; i++) {
        if (i == 5 || i == 6)
            continue;
        apd_event ev = {.log = i % 2 ? 1 : 2,
                        .id = 100,
                        .time = (apd_time)(1000 - i),
                        .clock = APD_CLOCK_UTC,
                        .where.record = i};
        assert_true(apd_coverage_add(c, &ev));
    }
    assert_true(apd_coverage_present(c, 3, APD_EVENT, 9));
    assert_true(apd_coverage_present(c, 1, APD_EVENT, 9));
    assert_int_equal(apd_coverage_count(c), 3);
    const apd_log_cover *odd = apd_coverage_at(c, 0), *empty = apd_coverage_at(c, 2);
    assert_int_equal(odd->records, 4);
    assert_true(odd->first == 991 && odd->last == 999);
    assert_int_equal(odd->id_gaps, 2 - 1 + 4 - 1 + 2 - 1);
    assert_int_equal(empty->records, 0);
    assert_true(empty->first == APD_TIME_NONE);
    assert_int_equal(odd->files, 1);
    assert_int_equal(odd->first_id, 1);
    assert_int_equal(empty->files, 0);
    /* an older file of the same log, and a text log, whose lines are not ids */
    apd_event older = {.log = 1, .id = 100, .time = 5, .where = {.member = 1, .record = 7}};
    apd_event line = {.log = 4, .time = 5, .where = {.member = 2, .record = 7}};
    assert_true(apd_coverage_add(c, &older) && apd_coverage_add(c, &line));
    assert_int_equal(apd_coverage_at(c, 0)->files, 2);
    assert_int_equal(apd_coverage_at(c, 0)->first_id, 1);
    assert_int_equal(apd_coverage_at(c, 3)->first_id, 0);
    apd_arena_free(a);
}

static void files(void **state)
{
    (void)state;
    apd_file f = APD_FILE_NEW;
    apd_event timeless = {.log = 7, .time = APD_TIME_NONE, .clock = APD_CLOCK_NONE};
    apd_event utc = {.log = 8, .time = 20, .clock = APD_CLOCK_UTC};
    apd_event local = {.log = 8, .time = 10, .clock = APD_CLOCK_LOCAL};
    assert_false(apd_file_is_archive(&f));
    apd_file_count(&f, &timeless);
    assert_true(f.first == APD_TIME_NONE && f.clock == APD_CLOCK_NONE);
    apd_file_count(&f, &utc);
    apd_file_count(&f, &local);
    apd_file_count(&f, &utc);
    assert_int_equal(f.records, 4);
    assert_int_equal(f.log, 7);
    assert_true(f.first == 10 && f.last == 20);
    assert_int_equal(f.clock, APD_CLOCK_LOCAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hresults), cmocka_unit_test(hresults_utf16), cmocka_unit_test(texts),
        cmocka_unit_test(keeping),  cmocka_unit_test(covering),       cmocka_unit_test(files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
