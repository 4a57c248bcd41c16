#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "cabguard.h"
#include "io_make.h"

static uint8_t big[80000];

/* Feeds the cabinet in blocks of `step` bytes (SIZE_MAX: of changing sizes) and returns how many
 * bytes passed. */
static size_t feed(apd_cabguard *g, bytes cab, size_t step, apd_status *st, apd_error *err)
{
    size_t passed = 0, size = 0;
    uint32_t x = 3;
    *st = APD_OK;
    for (size_t at = 0; at < cab.len && *st == APD_OK; at += size) {
        x = x * 1664525 + 1013904223;
        size = step == SIZE_MAX ? 1 + (x >> 16) % 40 : step;
        if (size > cab.len - at)
            size = cab.len - at;
        size_t pass;
        *st = apd_cabguard_feed(g, (apd_bytes){cab.ptr + at, size}, &pass, err);
        assert_in_range(pass, 0, size);
        passed += pass;
    }
    return passed;
}

static const size_t steps[] = {1, 2, 7, 4096, 1u << 20, SIZE_MAX};
enum { STEPS = sizeof steps / sizeof *steps };

static void expect_sound(bytes cab, size_t size)
{
    for (size_t i = 0; i < STEPS; i++) {
        apd_error err = {.text = ""};
        apd_status st;
        apd_cabguard *g = apd_cabguard_new();
        size_t passed = feed(g, cab, steps[i], &st, &err);
        if (st != APD_OK)
            print_error("%s\n", err.text);
        assert_int_equal(st, APD_OK);
        assert_int_equal(passed, size);
        assert_int_equal(apd_cabguard_seen(g), size);
        assert_int_equal(apd_cabguard_size(g), size);
        apd_cabguard_free(g);
    }
}

/* Refused with these words, and all but the last byte of the faulty structure have passed, however
 * the cabinet was cut. */
static void expect_refused(bytes cab, size_t passed, const char *words)
{
    for (size_t i = 0; i < STEPS; i++) {
        apd_error err = {.text = ""};
        apd_status st;
        apd_cabguard *g = apd_cabguard_new();
        size_t got = feed(g, cab, steps[i], &st, &err);
        assert_int_equal(st, APD_E_DAMAGED);
        if (!strstr(err.text, words))
            fail_msg("\"%s\" does not say \"%s\"", err.text, words);
        assert_int_equal(got, passed);
        size_t pass = 77;
        assert_int_equal(apd_cabguard_feed(g, view(cab), &pass, &err), APD_E_DAMAGED);
        assert_int_equal(pass, 0);
        apd_cabguard_free(g);
    }
}

/* 80000 bytes in three blocks, and a small file. */
static bytes sample(int method)
{
    file files[] = {{"big.log", big, sizeof big}, TEXT("small.txt", "hello")};
    return make_cab(files, 2, method);
}

static size_t data_at(bytes cab)
{
    return apd_u32le(cab.ptr + CAB_FOLDER);
}

static void test_sound(void **state)
{
    (void)state;
    for (int method = CAB_STORED; method <= CAB_MSZIP; method++) {
        bytes cab = sample(method);
        expect_sound(cab, cab.len);
        size_t size = cab.len;
        put(&cab, "a signature behind the cabinet", 30);
        expect_sound(cab, size);
        free(cab.ptr);
    }
}

static void test_reserved_areas_and_gaps(void **state)
{
    (void)state;
    bytes plain = sample(CAB_STORED), cab = {0};
    size_t shift =
        4 + 10 + 3 + 6 + 9; /* sizes, header area, folder area, gap before files, before data */
    put(&cab, plain.ptr, CAB_FOLDER);
    put(&cab, "\012\0\3\2", 4);
    put(&cab, "0123456789", 10);
    put(&cab, plain.ptr + CAB_FOLDER, 8);
    put(&cab, "abcgapgap", 3 + 6);
    size_t start = data_at(plain);
    put(&cab, plain.ptr + CAB_FILE, start - CAB_FILE);
    put(&cab, "123456789", 9);
    for (size_t at = start, n = 0; at < plain.len; at += 8 + n) {
        n = apd_u16le(plain.ptr + at + 4);
        put(&cab, plain.ptr + at, 8);
        put(&cab, "..", 2);
        put(&cab, plain.ptr + at + 8, n);
    }
    cab.ptr[CAB_FLAGS] = 4;
    set_le(&cab, CAB_SIZE_AT, cab.len, 4);
    set_le(&cab, CAB_FILES_AT, CAB_FILE + 4 + 10 + 3 + 6, 4);
    set_le(&cab, CAB_FOLDER + 14, start + shift, 4);
    expect_sound(cab, cab.len);
    set_le(&cab, CAB_FILES_AT, CAB_FILE + 4 + 10 + 2, 4);
    expect_refused(cab, CAB_FILE + 4 + 10 - 1, "list of files");
    free(cab.ptr);
    free(plain.ptr);
}

static void test_each_field_that_can_lie(void **state)
{
    (void)state;
    bytes cab = sample(CAB_MSZIP);
    size_t data = data_at(cab), second = data + 8 + CAB_BLOCK + 7,
           third = second + 8 + CAB_BLOCK + 7;
    size_t name = CAB_FILE + 16;
    const struct {
        size_t at, size;
        uint64_t value;
        size_t passed;
        const char *words;
    } lies[] = {
        {0, 4, 0x46435358, 35, "begin like a cabinet"},
        {4, 4, 1, 35, "begin like a cabinet"},
        {CAB_SIZE_AT, 4, 35, 35, "size of 35 bytes"},
        {CAB_SIZE_AT, 4, CAB_FOLDER + 4, CAB_FOLDER + 3, "reach beyond the 40 bytes"},
        {CAB_SIZE_AT, 4, data + 100, data + 7, "reaches beyond the end"},
        {CAB_FOLDERS_N, 2, 0, 35, "0 folders"},
        {CAB_FILES_N, 2, 0, 35, "0 files"},
        {CAB_FILES_AT, 4, CAB_FILE - 1, CAB_FILE - 1, "list of files (byte 43) overlaps"},
        {CAB_FOLDER, 4, data - 1, data - 1, "the data of folder 1"},
        {CAB_FOLDER, 4, 0, data - 1, "overlaps what is stored before it"},
        {CAB_FOLDER + 4, 2, 0, data - 1, "has files but no data"},
        {CAB_FILE, 4, 90000, third + 7, "need 90000 bytes of folder 1, which holds 80005"},
        {CAB_FILE + 4, 4, 0xFFFFFFFF, third + 7, "need 4295047295 bytes"},
        {CAB_FILE + 8, 2, 1, CAB_FILE + 15, "file 1 is in folder 2, of 1"},
        {CAB_FILE + 8, 2, 0xFFFC, CAB_FILE + 15, "folder 65533"},
        {data + 4, 2, 38913, data + 7, "more than 38912 packed"},
        {data + 4, 2, 0, data + 7, "is empty"},
        {data + 6, 2, 65280, data + 7, "more than 32768 unpacked"},
        {data + 6, 2, 32769, data + 7, "more than 32768 unpacked"},
        {second + 6, 2, 32767, second + 7, "although others follow"},
        {third + 6, 2, 0, third + 7, "unpacks to nothing"},
        {third + 4, 2, 30000, third + 7, "reaches beyond the end"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        uint64_t before = 0;
        for (size_t k = 0; k < lies[i].size; k++)
            before |= (uint64_t)cab.ptr[lies[i].at + k] << (8 * k);
        set_le(&cab, lies[i].at, lies[i].value, lies[i].size);
        expect_refused(cab, lies[i].passed, lies[i].words);
        set_le(&cab, lies[i].at, before, lies[i].size);
    }
    memset(cab.ptr + name, 'x', 300);
    expect_refused(cab, name + 255, "does not end");
    free(cab.ptr);
}

static void test_stored_blocks_have_one_size(void **state)
{
    (void)state;
    bytes cab = sample(CAB_STORED);
    set_le(&cab, data_at(cab) + 4, 32767, 2);
    expect_refused(cab, data_at(cab) + 7, "two sizes differ");
    free(cab.ptr);
}

/* Two folders; their tables may come in any order, their data must not overlap. */
static void test_folders_in_any_order(void **state)
{
    (void)state;
    bytes cab = {0};
    put(&cab, "MSCF\0\0\0\0", 8);
    put_le(&cab, 0, 8);
    put_le(&cab, 36 + 16, 4);
    put_le(&cab, 0, 4);
    put_le(&cab, 0x0103, 2);
    put_le(&cab, 2, 2);
    put_le(&cab, 2, 2);
    put_le(&cab, 0, 6);
    size_t tables = 36 + 16 + 2 * 18, first = tables, second = tables + 8 + 3;
    put_le(&cab, second, 4);
    put_le(&cab, 1, 4);
    put_le(&cab, first, 4);
    put_le(&cab, 1, 4);
    for (unsigned i = 0; i < 2; i++) {
        put_le(&cab, 3, 4);
        put_le(&cab, 0, 4);
        put_le(&cab, i, 2);
        put_le(&cab, 0, 6);
        put(&cab, i ? "b" : "a", 2);
    }
    put_cab_block(&cab, (const uint8_t *)"one", 3, CAB_STORED);
    put_cab_block(&cab, (const uint8_t *)"two", 3, CAB_STORED);
    set_le(&cab, CAB_SIZE_AT, cab.len, 4);
    expect_sound(cab, cab.len);
    set_le(&cab, 36, second - 1, 4);
    expect_refused(cab, first + 7, "the data of folder 1");
    set_le(&cab, 36, first, 4); /* both on the same block */
    expect_refused(cab, first + 7, "overlaps");
    free(cab.ptr);
}

static void test_truncated(void **state)
{
    (void)state;
    bytes cab = sample(CAB_STORED);
    for (size_t len = 0; len < cab.len; len += len < 200 ? 1 : 997) {
        apd_status st;
        apd_error err;
        apd_cabguard *g = apd_cabguard_new();
        assert_int_equal(feed(g, (bytes){.ptr = cab.ptr, .len = len}, 13, &st, &err), len);
        assert_int_equal(st, APD_OK);
        assert_int_equal(apd_cabguard_seen(g), len);
        assert_int_equal(apd_cabguard_size(g), len < 36 ? 0 : cab.len);
        apd_cabguard_free(g);
    }
    free(cab.ptr);
}

static void test_part_of_a_set(void **state)
{
    (void)state;
    bytes plain = sample(CAB_STORED), cab = {0};
    put(&cab, plain.ptr, CAB_FOLDER);
    put(&cab, "next.cab\0disk 2\0", 16);
    put(&cab, plain.ptr + CAB_FOLDER, plain.len - CAB_FOLDER);
    cab.ptr[CAB_FLAGS] = 2;
    set_le(&cab, CAB_SIZE_AT, cab.len, 4);
    set_le(&cab, CAB_FILES_AT, CAB_FILE + 16, 4);
    set_le(&cab, CAB_FOLDER + 16, data_at(plain) + 16, 4);
    expect_sound(cab, cab.len);
    set_le(&cab, CAB_FILE + 16 + 8, 0xFFFE, 2); /* big.log continues in the next one */
    expect_sound(cab, cab.len);
    apd_status st;
    apd_error err;
    apd_cabguard *g = apd_cabguard_new();
    assert_false(apd_cabguard_is_part(g));
    feed(g, cab, 50, &st, &err);
    assert_true(apd_cabguard_is_part(g));
    apd_cabguard_free(g);
    free(cab.ptr);
    free(plain.ptr);
}

/* Cabinets of others: the two that crash libarchive 3.6.2 are refused, sound ones pass. */
static void test_known_cabinets(void **state)
{
    (void)state;
    static const struct {
        const char *path, *words; /* no words: sound */
    } known[] = {
        {"cab/libarchive-decoded/test_read_format_cab_lzx_oob.cab", "more than 32768 unpacked"},
        {"cab/libarchive-decoded/test_read_format_cab_skip_malformed.cab",
         "although others follow"},
        {"cab/libarchive-decoded/test_read_format_cab_1.cab", NULL},
        {"cab/libarchive-decoded/test_read_format_cab_2.cab", NULL},
        {"cab/libarchive-decoded/test_read_format_cab_3.cab", NULL},
        {"cab/libarchive-decoded/test_read_format_cab_lzx_e8.cab", NULL},
        {"cab/libarchive-decoded/test_read_format_cab_lzx_16bit.cab", NULL},
        {"cab/libarchive-decoded/test_read_format_cab_multi.p1.cab", NULL},
        {"cab/libarchive-decoded/test_read_format_cab_multi.p2.cab", NULL},
        {"cab/libarchive-decoded/test_fuzz.cab", NULL},
        {"cab/GNOME+gcab/tests/test-mszip.cab", NULL},
        {"cab/GNOME+gcab/tests/test-signed.cab", NULL},
        {"cab/kyz+libmspack/cabextract/test/cabs/mixed.cab", NULL},
        {"cab/kyz+libmspack/cabextract/test/cabs/split-1.cab", NULL},
        {"cab/kyz+libmspack/cabextract/test/cabs/large-files-cab.cab", NULL},
        {"cab/kyz+libmspack/libmspack/test/test_files/cabd/normal_2files_2folders.cab", NULL},
        {"cab/kyz+libmspack/libmspack/test/test_files/cabd/normal_255c_filename.cab", NULL},
    };
    size_t absent = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        bytes cab = load_data(known[i].path);
        apd_error err = {.text = ""};
        apd_status st;
        if (!cab.ptr) {
            absent++;
            continue;
        }
        for (size_t k = 0; k < STEPS; k++) {
            apd_cabguard *g = apd_cabguard_new();
            feed(g, cab, steps[k], &st, &err);
            if ((st == APD_OK) != !known[i].words ||
                (known[i].words && !strstr(err.text, known[i].words)))
                fail_msg("%s: %s", known[i].path, st == APD_OK ? "passed" : err.text);
            apd_cabguard_free(g);
        }
        free(cab.ptr);
    }
    if (absent == sizeof known / sizeof *known) {
        print_message("skipped: no cabinets in APD_DATA\n");
        skip();
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (uint8_t)(i * i >> 7);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_reserved_areas_and_gaps),
        cmocka_unit_test(test_each_field_that_can_lie),
        cmocka_unit_test(test_stored_blocks_have_one_size),
        cmocka_unit_test(test_folders_in_any_order),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_part_of_a_set),
        cmocka_unit_test(test_known_cabinets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
