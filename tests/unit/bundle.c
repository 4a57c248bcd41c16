/* Archives as bundles: CAB and ZIP in each other, member by member, and what is said of those that cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "io_transcript.h"
#include "limits.h"

static const size_t steps[] = {0, 1, 3, 4096};
enum { STEPS = sizeof steps / sizeof *steps };

/* The same in every cut, read by seeking or forward. Frees the archive. */
static void expect(bytes archive, const char *name, const char *want)
{
    for (size_t i = 0; i < STEPS; i++)
        for (int seekable = 0; seekable < 2; seekable++) {
            char *got = transcript(archive, name, steps[i], seekable);
            assert_string_equal(got, want);
            free(got);
        }
    free(archive.ptr);
}

static void expect_one(bytes archive, const char *name, bool seekable, const char *want)
{
    char *got = transcript(archive, name, 0, seekable);
    assert_string_equal(got, want);
    free(got);
}

static uint8_t noise[100000];
#define NOISE "<100000:3def360f>"

/* --- archives --- */

static void test_cab_and_zip(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha"),
                    {"big.bin", noise, sizeof noise},
                    TEXT("sub/empty.txt", ""),
                    TEXT("z.log", "omega")};
    const char *want = "a.log|0|alpha\nbig.bin|0|" NOISE "\nsub/empty.txt|0|\nz.log|0|omega\n";
    expect(make_cab(files, 4, CAB_STORED), "x", want);
    expect(make_cab(files, 4, CAB_MSZIP), "x", want);
    expect(make_zip(files, 4, true, NULL), "x", want);
    expect(make_zip(files, 4, false, NULL), "x", want);
}

static void test_nested_to_the_limit(void **state)
{
    (void)state;
    file log[] = {TEXT("deep.log", "deep")};
    bytes inner = make_cab(log, 1, CAB_MSZIP);
    const char *names[] = {"l3.zip", "l2.cab", "l1.zip", "l0.cab"};
    for (int depth = 2; depth <= APD_MAX_DEPTH + 1; depth++) {
        file files[] = {TEXT("before.log", "b"), wrapped(names[depth - 2], inner),
                        TEXT("after.log", "a")};
        bytes outer =
            depth % 2 ? make_cab(files, 3, CAB_MSZIP) : make_zip(files, 3, depth == 2, NULL);
        free(inner.ptr);
        inner = outer;
        if (depth == APD_MAX_DEPTH) {
            bytes copy = {0};
            put(&copy, inner.ptr, inner.len);
            expect(copy, "top.zip",
                   "before.log|0|b\n"
                   "l1.zip ! before.log|1|b\n"
                   "l1.zip ! l2.cab ! before.log|2|b\n"
                   "l1.zip ! l2.cab ! l3.zip ! deep.log|3|deep\n"
                   "l1.zip ! l2.cab ! after.log|2|a\n"
                   "l1.zip ! after.log|1|a\n"
                   "after.log|0|a\n");
        }
    }
    expect(inner, "top.cab",
           "before.log|0|b\n"
           "l0.cab ! before.log|1|b\n"
           "l0.cab ! l1.zip ! before.log|2|b\n"
           "l0.cab ! l1.zip ! l2.cab ! before.log|3|b\n"
           "!l0.cab ! l1.zip ! l2.cab ! l3.zip is an archive inside too many archives and was not "
           "opened; "
           "extract it and give it by itself\n"
           "l0.cab ! l1.zip ! l2.cab ! after.log|3|a\n"
           "l0.cab ! l1.zip ! after.log|2|a\n"
           "l0.cab ! after.log|1|a\n"
           "after.log|0|a\n");
}

static void test_member_table(void **state)
{
    (void)state;
    file logs[] = {TEXT("dir\\one.log", "1")};
    bytes cab = make_cab(logs, 1, CAB_STORED);
    file files[] = {wrapped("logs.txt", cab), TEXT("fake.CAB", "no cabinet"),
                    TEXT("note.txt", "n")};
    bytes zip = make_zip(files, 3, false, NULL);
    apd_bundle *b;
    apd_error err;
    const apd_member *m;
    apd_stream *s;
    assert_int_equal(apd_bundle_open_memory(APD_LIT("b.zip"), view(zip), 0, true, &b, &err),
                     APD_OK);
    assert_int_equal(apd_bundle_container(b), APD_C_ZIP);
    while (apd_bundle_next(b, &m, &s, &err) == APD_OK)
        ; /* nothing is read: members are passed over */
    assert_int_equal(apd_bundle_count(b), 4);
    const apd_member *archive = apd_bundle_member(b, 0), *one = apd_bundle_member(b, 1);
    assert_true(archive->is_archive && !archive->misnamed);
    assert_int_equal(archive->parent, 0);
    assert_true(apd_eq(one->path, APD_LIT("dir/one.log")));
    assert_true(apd_eq(one->full, APD_LIT("logs.txt ! dir/one.log")));
    assert_int_equal(one->parent, 0);
    assert_int_equal(one->depth, 1);
    assert_int_equal(one->declared, 1);
    assert_int_equal(one->mtime_clock, APD_CLOCK_LOCAL);
    apd_civil t = apd_time_civil(one->mtime);
    assert_int_equal(t.year * 10000 + t.month * 100 + t.day, 20251122);
    assert_int_equal(t.hour, 10);
    assert_true(apd_bundle_member(b, 2)->misnamed && !apd_bundle_member(b, 2)->is_archive);
    assert_int_equal(apd_bundle_member(b, 2)->parent, 2);
    assert_false(apd_bundle_member(b, 3)->misnamed);
    assert_null(apd_bundle_member(b, 4));
    apd_bundle_close(b);
    free(cab.ptr);
    free(zip.ptr);
}

static void test_names(void **state)
{
    (void)state;
    file files[] = {TEXT("folder/", ""), TEXT("m\303\274ller\\a.log", "1"),
                    TEXT("..\\..\\etc/x", "2"), TEXT("qZZZZ", "3")};
    bytes zip = make_zip(files, 4, true, NULL);
    for (size_t i = 0; i + 5 < zip.len; i++) /* a name that claims to be UTF-8 and is not */
        if (memcmp(zip.ptr + i, "qZZZZ", 5) == 0) {
            memcpy(zip.ptr + i, "q\377\376ZZ", 5);
        }
    char *got = transcript(zip, "x", 0, false);
    assert_non_null(strstr(got, "m\303\274ller/a.log|0|1\n../../etc/x|0|2\n"));
    assert_non_null(strstr(got, "|0|3\n"));
    free(got);
    free(zip.ptr);
}

/* --- what cannot be read --- */

/* Writes v over every occurrence of a ZIP header field: local headers and central directory. */
static void patch_zip(bytes zip, size_t local, size_t central, uint16_t v)
{
    for (size_t i = 0; i + 4 < zip.len; i++) {
        if (memcmp(zip.ptr + i, "PK\3\4", 4) == 0)
            set_le(&zip, i + local, v, 2);
        if (memcmp(zip.ptr + i, "PK\1\2", 4) == 0)
            set_le(&zip, i + central, v, 2);
    }
}

static void test_encrypted(void **state)
{
    (void)state;
    file files[] = {TEXT("secret.log", "hush, hush, hush")};
    expect(make_zip(files, 1, true, "pw"), "b.zip",
           "!b.zip: secret.log is encrypted; extract it with its password first\n");
}

static void test_methods_that_are_not_read(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha"), TEXT("b.log", "beta")};
    static const struct {
        uint16_t method;
        const char *name;
    } methods[] = {{9, "(deflation-64-bit)"},
                   {12, "(bzip)"},
                   {14, "(lzma)"},
                   {98, "(ppmd-1)"},
                   {5, "(reduced-4)"}};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        bytes zip = make_zip(files, 2, true, NULL);
        patch_zip(zip, 8, 10, methods[i].method);
        char want[300];
        snprintf(want, sizeof want,
                 "!b.zip: a.log is packed with a method that is not read; extract it first %s\n"
                 "!b.zip: b.log is packed with a method that is not read; extract it first %s\n",
                 methods[i].name, methods[i].name);
        expect(zip, "b.zip", want);
    }
}

static void test_wrong_checksum(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha"), TEXT("b.log", "beta")};
    bytes zip = make_zip(files, 2, true, NULL);
    zip.ptr[find_bytes(zip, "alpha", 5)] = 'A';
    expect_one(zip, "b.zip", true,
               "a.log|0|Alpha~b.zip: a.log does not match its checksum: part of it is "
               "wrong\nb.log|0|beta\n");
    free(zip.ptr);
}

/* Spoils the deflated data of every file of that name. */
static void spoil(bytes zip, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 30; i + n < zip.len; i++)
        if (memcmp(zip.ptr + i, name, n) == 0 && memcmp(zip.ptr + i - 30, "PK\3\4", 4) == 0)
            zip.ptr[i + n + apd_u16le(zip.ptr + i - 2)] =
                7; /* a block of a type that does not exist */
}

/* One file that cannot be inflated costs that file; read forward, it costs what lies behind it. */
static void test_damaged_deflate(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha"), TEXT("bad.log", "beta beta beta"),
                    TEXT("z.log", "omega")};
    bytes zip = make_zip(files, 3, false, NULL);
    spoil(zip, "bad.log");
    expect_one(zip, "b.zip", true,
               "a.log|0|alpha\n"
               "!b.zip: bad.log is damaged: ZIP decompression failed (-3)\n"
               "z.log|0|omega\n");
    expect_one(
        zip, "b.zip", false,
        "a.log|0|alpha\n"
        "!b.zip: bad.log is damaged, what follows it is lost: ZIP decompression failed (-3)\n");
    free(zip.ptr);
}

static void test_many_damaged_files(void **state)
{
    (void)state;
    enum { N = APD_MAX_ZIP_RESTARTS + 3 };
    file files[N];
    for (size_t i = 0; i < N; i++)
        files[i] = TEXT("bad.log", "beta beta beta");
    bytes zip = make_zip(files, N, false, NULL), want = {0};
    spoil(zip, "bad.log");
    for (size_t i = 0; i <= APD_MAX_ZIP_RESTARTS; i++)
        say(&want, "!b.zip: bad.log is damaged: ZIP decompression failed (-3)\n");
    say(&want,
        "!b.zip: bad.log is damaged, what follows it is lost: ZIP decompression failed (-3)\n");
    put(&want, "", 1);
    expect_one(zip, "b.zip", true, (char *)want.ptr);
    free(want.ptr);
    free(zip.ptr);
}

static void test_truncated(void **state)
{
    (void)state;
    file files[] = {
        TEXT("a.log", "alpha"), {"big.bin", noise, sizeof noise}, TEXT("z.log", "omega")};
    bytes cab = make_cab(files, 3, CAB_STORED), zip = make_zip(files, 3, true, NULL);
    char want[400];
    size_t whole = cab.len;
    cab.len = 50000;
    snprintf(want, sizeof want,
             "a.log|0|alpha\nbig.bin|0|<%u:%08lx>~c.cab is cut short: 50000 of its %zu bytes are "
             "there; copy it again\n"
             "!c.cab is cut short: 50000 of its %zu bytes are there; copy it again\n",
             32768 - 5, crc32(0, noise, 32768 - 5), whole, whole);
    char *got = transcript(cab, "c.cab", 1u << 20, false);
    assert_non_null(strstr(got, "a.log|0|alpha\nbig.bin|0|<"));
    assert_non_null(strstr(got, want + strlen("a.log|0|alpha\nbig.bin|0|<32763:00000000>")));
    free(got);
    zip.len = 50000;
    for (int seekable = 0; seekable < 2; seekable++) {
        got = transcript(zip, "c.zip", 0, seekable);
        assert_non_null(strstr(got, "a.log|0|alpha\nbig.bin|0|<"));
        assert_non_null(strstr(
            got, ">~c.zip is cut short; copy it again\n!c.zip is cut short; copy it again\n"));
        free(got);
    }
    cab.len = 40;
    expect_one(cab, "c.cab", true,
               "open: c.cab is cut short: 40 of its 100154 bytes are there; copy it again\n");
    free(cab.ptr);
    free(zip.ptr);
}

/* The inner archive ends because the outer one does: said once, about the outer one. */
static void test_truncated_outside(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha"), {"big.bin", noise, sizeof noise}};
    bytes inner = make_zip(files, 2, true, NULL);
    file outer_files[] = {wrapped("in.zip", inner), TEXT("z.log", "omega")};
    bytes outer = make_cab(outer_files, 2, CAB_STORED);
    outer.len = 70000;
    char *got = transcript(outer, "o.cab", 0, false);
    const char *sentence = "o.cab is cut short: 70000 of its";
    assert_non_null(strstr(got, "in.zip ! a.log|1|alpha\nin.zip ! big.bin|1|<"));
    const char *in_stream = strstr(got, sentence),
               *once = in_stream ? strstr(in_stream + 1, sentence) : NULL;
    assert_non_null(once);
    assert_int_equal(once[-1], '!');
    assert_null(strstr(once + 1, "!"));
    free(got);
    free(inner.ptr);
    free(outer.ptr);
}

static void test_foreign_and_empty(void **state)
{
    (void)state;
    static const struct {
        const char *magic;
        size_t len;
        const char *words;
    } kinds[] = {
        {"7z\274\257\047\034rest", 10, "a 7z archive"},
        {"Rar!\032\007\1", 7, "a RAR archive"},
        {"\037\213\010\0", 4, "a gzip file"},
        {"\3757zXZ\0\0", 7, "an xz file"},
        {"BZh91AY&SY", 10, "a bzip2 file"},
        {"\050\265\057\375\0", 5, "a zstd file"},
        {"MSWIM\0\0\0", 8, "a Windows image (WIM)"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char want[200];
        bytes b = {0};
        put(&b, kinds[i].magic, kinds[i].len);
        snprintf(want, sizeof want, "open: x.log is %s; extract it first\n", kinds[i].words);
        expect_one(b, "x.log", true, want);
        file files[] = {wrapped("in.log", b), TEXT("z.log", "omega")};
        snprintf(want, sizeof want, "!in.log is %s; extract it first\nz.log|0|omega\n",
                 kinds[i].words);
        expect(make_cab(files, 2, CAB_STORED), "b.cab", want);
        free(b.ptr);
    }
    char tar[512] = "name";
    memcpy(tar + 257, "ustar", 5);
    bytes b = {0};
    put(&b, tar, sizeof tar);
    expect(b, "x.tar", "open: x.tar is a tar archive; extract it first\n");
    expect((bytes){NULL, 0, 0}, "x.cab", "open: x.cab is empty\n");
}

static void test_empty_archives(void **state)
{
    (void)state;
    bytes b = {0};
    put(&b, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    expect(b, "x.zip", "");
}

static void test_plain_file(void **state)
{
    (void)state;
    bytes b = {0};
    put(&b, "just text", 9);
    expect(b, "x.zip", "x.zip|0|just text\n");
}

/* A cabinet whose third block lies: what the blocks before it hold stays, the archive around goes on. */
static void test_refused_cabinet(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha"), {"big.bin", noise, sizeof noise}};
    bytes cab = make_cab(files, 2, CAB_MSZIP);
    size_t block = apd_u32le(cab.ptr + CAB_FOLDER) + 2 * (8 + CAB_BLOCK + 7);
    set_le(&cab, block + 6, 65280, 2);
    char text[300];
    snprintf(text, sizeof text,
             "is damaged: the data block at byte %zu states more than 32768 unpacked bytes", block);
    file outer[] = {wrapped("in.cab", cab), TEXT("z.log", "omega")};
    for (int kind = 0; kind < 3; kind++) {
        bytes b = kind == 2 ? make_cab(outer, 2, CAB_MSZIP) : make_zip(outer, 2, kind, NULL);
        char want[1000];
        snprintf(want, sizeof want,
                 "in.cab ! a.log|1|alpha\nin.cab ! big.bin|1|<65531:%08lx>~in.cab %s\n!in.cab "
                 "%s\nz.log|0|omega\n",
                 crc32(0, noise, 65531), text, text);
        expect(b, "b", want);
    }
    free(cab.ptr);
}

static void test_refused_tables(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha")};
    bytes cab = make_cab(files, 1, CAB_STORED);
    set_le(&cab, CAB_FILE + 8, 7, 2);
    expect(cab, "b.cab", "open: b.cab is damaged: file 1 is in folder 8, of 1\n");
}

static void test_quantum_and_sets(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha"), TEXT("b.log", "beta")};
    bytes cab = make_cab(files, 2, CAB_STORED);
    set_le(&cab, CAB_FOLDER + 6, 2, 2);
    expect(cab, "b.cab",
           "open: b.cab: a.log cannot be unpacked, nor what follows it: Unsupported CAB "
           "compression : Quantum\n");
    cab = make_cab(files, 2, CAB_STORED);
    set_le(&cab, 34, 1, 2); /* the second cabinet of a set */
    set_le(&cab, CAB_FILE + 8, 0xFFFD, 2);
    bytes set = {0};
    put(&set, cab.ptr, CAB_FOLDER);
    put(&set, "first.cab\0disk 1\0", 17);
    put(&set, cab.ptr + CAB_FOLDER, cab.len - CAB_FOLDER);
    set.ptr[CAB_FLAGS] = 1;
    set_le(&set, CAB_SIZE_AT, set.len, 4);
    set_le(&set, CAB_FILES_AT, CAB_FILE + 17, 4);
    set_le(&set, CAB_FOLDER + 17, apd_u32le(cab.ptr + CAB_FOLDER) + 17, 4);
    expect(set, "b.cab",
           "open: b.cab is one cabinet of a set and needs the others: unpack the set on Windows "
           "(expand -F:* CABINET "
           "FOLDER) and give the folder\n");
    free(cab.ptr);
}

/* The cabinets that crash libarchive 3.6.2, as they are and inside other archives. */
static void test_known_crashers(void **state)
{
    (void)state;
    static const char *const names[] = {
        "cab/libarchive-decoded/test_read_format_cab_lzx_oob.cab",
        "cab/libarchive-decoded/test_read_format_cab_skip_malformed.cab"};
    for (size_t i = 0; i < 2; i++) {
        bytes cab = load_data(names[i]);
        if (!cab.ptr) {
            print_message("skipped: %s is not in APD_DATA\n", names[i]);
            skip();
        }
        for (int repaired = 0; repaired < 2; repaired++) {
            if (repaired)
                set_le(&cab, CAB_SIZE_AT, cab.len, 4);
            file files[] = {TEXT("a.log", "alpha"), wrapped("bad.cab", cab),
                            TEXT("z.log", "omega")};
            bytes outers[] = {make_zip(files, 3, false, NULL), make_cab(files, 3, CAB_MSZIP)};
            for (size_t k = 0; k < 2 * STEPS; k++) {
                char *got = transcript(outers[k % 2], "o", steps[k / 2], k & 1);
                assert_ptr_equal(strstr(got, "a.log|0|alpha\n"), got);
                assert_non_null(strstr(got, "!bad.cab is damaged: "));
                assert_non_null(strstr(got, "z.log|0|omega\n"));
                free(got);
            }
            char *got = transcript(cab, "bad.cab", 0, true);
            assert_non_null(strstr(got, "open: bad.cab is damaged: "));
            free(got);
            free(outers[0].ptr);
            free(outers[1].ptr);
        }
        free(cab.ptr);
    }
}

static void test_library(void **state)
{
    (void)state;
    assert_ptr_equal(strstr(apd_io_version(), "libarchive "), apd_io_version());
    assert_int_equal(apd_io_warning()[0] == '\0', archive_version_number() >= 3008007);
}

static int prepare(void **state)
{
    (void)state;
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        x = x * 1664525 + 1013904223;
        noise[i] = (uint8_t)(x >> 24);
    }
    return apd_io_init() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cab_and_zip),
        cmocka_unit_test(test_nested_to_the_limit),
        cmocka_unit_test(test_member_table),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_encrypted),
        cmocka_unit_test(test_methods_that_are_not_read),
        cmocka_unit_test(test_wrong_checksum),
        cmocka_unit_test(test_damaged_deflate),
        cmocka_unit_test(test_many_damaged_files),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_truncated_outside),
        cmocka_unit_test(test_foreign_and_empty),
        cmocka_unit_test(test_empty_archives),
        cmocka_unit_test(test_plain_file),
        cmocka_unit_test(test_refused_cabinet),
        cmocka_unit_test(test_refused_tables),
        cmocka_unit_test(test_quantum_and_sets),
        cmocka_unit_test(test_known_crashers),
        cmocka_unit_test(test_library),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
