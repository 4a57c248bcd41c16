/* Bundles that would never end: bombs, too many members, a directory without bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "io_transcript.h"
#include "limits.h"

/* 256 MB of zeros as an MSZIP cabinet, which repeats itself and so shrinks again in a ZIP. */
static bytes make_bomb(void)
{
    static const uint8_t zeros[CAB_BLOCK];
    uint8_t packed[500];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)zeros,
                  .avail_in = sizeof zeros,
                  .next_out = packed,
                  .avail_out = sizeof packed};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = sizeof packed - z.avail_out, blocks = 8400;
    deflateEnd(&z);
    file files[] = {TEXT("zeros.log", "")};
    bytes cab = make_cab(files, 1, CAB_MSZIP);
    set_le(&cab, CAB_FOLDER, cab.len, 4);
    set_le(&cab, CAB_FOLDER + 4, blocks, 2);
    set_le(&cab, CAB_FILE, blocks * CAB_BLOCK, 4);
    for (size_t i = 0; i < blocks; i++) {
        put_le(&cab, 0, 4);
        put_le(&cab, n + 2, 2);
        put_le(&cab, CAB_BLOCK, 2);
        put(&cab, "CK", 2);
        put(&cab, packed, n);
    }
    set_le(&cab, CAB_SIZE_AT, cab.len, 4);
    return cab;
}

static void test_bomb(void **state)
{
    (void)state;
    bytes cab = make_bomb();
    file files[] = {TEXT("a.log", "alpha"), wrapped("bomb.cab", cab), TEXT("z.log", "omega")};
    bytes zip = make_zip(files, 3, false, NULL);
    apd_bundle *b;
    apd_error err;
    const apd_member *m;
    apd_stream *s;
    assert_int_equal(apd_bundle_open_memory(APD_LIT("b.zip"), view(zip), 0, true, &b, &err),
                     APD_OK);
    assert_int_equal(apd_bundle_next(b, &m, &s, &err), APD_OK);
    assert_int_equal(apd_bundle_next(b, &m, &s, &err), APD_OK); /* zeros.log; not read by us */
    assert_int_equal(apd_bundle_next(b, &m, &s, &err), APD_SKIPPED);
    assert_int_equal(err.status, APD_E_LIMIT);
    assert_non_null(strstr(err.text, "more than 2000 times its size"));
    assert_int_equal(apd_bundle_next(b, &m, &s, &err), APD_END);
    assert_int_equal(apd_bundle_next(b, &m, &s, &err), APD_END);
    apd_bundle_close(b);
    free(cab.ptr);
    free(zip.ptr);
}

static void test_too_many_members(void **state)
{
    (void)state;
    size_t n = APD_MAX_MEMBERS + 10;
    file *files = calloc(n, sizeof *files);
    for (size_t i = 0; i < n; i++)
        files[i] = TEXT("x", "");
    bytes zip = make_zip(files, n, true, NULL);
    char *got = transcript(zip, "b.zip", 0, false);
    const char *last = strstr(got, "!");
    assert_string_equal(
        last, "!the bundle holds more than 65536 files, too many to list; the rest was not read\n");
    assert_int_equal(last - got, (long)APD_MAX_MEMBERS * 5);
    free(got);
    free(zip.ptr);
    free(files);
}

static void test_endless_directory(void **state)
{
    (void)state;
    bytes zip = {0};
    file files[] = {TEXT("a.log", "alpha")};
    bytes one = make_zip(files, 1, true, NULL);
    size_t central = find_bytes(one, "PK\1\2", 4);
    put(&zip, one.ptr, central);
    uint8_t *filler = calloc(1, 46 + 60000);
    memcpy(filler, "PK\1\2", 4);
    filler[30] = 0x60; /* 60000 bytes of extra field */
    filler[31] = 0xEA;
    for (size_t n = 0; n < APD_MAX_ZIP_DIRECTORY + 100000u; n += 60046)
        put(&zip, filler, 60046);
    size_t end = find_bytes(one, "PK\5\6", 4);
    set_le(&one, end + 12, zip.len - central, 4);
    put(&zip, one.ptr + end, one.len - end);
    char *got = transcript(zip, "b.zip", 4096, true);
    assert_string_equal(got,
                        "open: b.zip lists more files than are read (a directory of over 16 MB)\n");
    free(got);
    free(filler);
    free(one.ptr);
    free(zip.ptr);
}

static int prepare(void **state)
{
    (void)state;
    return apd_io_init() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_too_many_members),
        cmocka_unit_test(test_endless_directory),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
