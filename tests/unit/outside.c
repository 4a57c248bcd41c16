/* Bundles from outside: folders, single files, standard input. */
#define _XOPEN_SOURCE 700 /* mkdtemp, symlink */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io_transcript.h"
#include "limits.h"

typedef struct sandbox {
    char path[64];
    char cwd[4096];
} sandbox;

static void write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
}

static int enter_sandbox(void **state)
{
    sandbox *s = calloc(1, sizeof *s);
    strcpy(s->path, "/tmp/apd-bundle-XXXXXX");
    *state = s;
    return getcwd(s->cwd, sizeof s->cwd) && mkdtemp(s->path) && chmod(s->path, 0755) == 0 &&
                   chdir(s->path) == 0
               ? 0
               : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static int leave_sandbox(void **state)
{
    sandbox *s = *state;
    int bad = chdir(s->cwd);
    bad |= nftw(s->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(s);
    return bad;
}

static char *open_path(const char *path)
{
    apd_bundle *b;
    apd_error err;
    apd_status st = apd_bundle_open(path, &b, &err);
    if (st == APD_OK)
        return transcript_of(b);
    bytes t = {0};
    say(&t, "open %d: %s", st, err.text);
    put(&t, "", 1);
    return (char *)t.ptr;
}

static void expect_path(const char *path, const char *want)
{
    char *got = open_path(path);
    assert_string_equal(got, want);
    free(got);
}

static void test_folder(void **state)
{
    (void)state;
    file logs[] = {TEXT("in.log", "inner")};
    bytes cab = make_cab(logs, 1, CAB_STORED);
    file packed[] = {wrapped("in.cab", cab), TEXT("p.log", "packed")};
    bytes zip = make_zip(packed, 2, false, NULL);
    assert_int_equal(
        mkdir("b", 0755) | mkdir("b/Sub", 0755) | mkdir("b/empty", 0755) | mkdir("out", 0755), 0);
    write_file("b/a.log", "alpha", 5);
    write_file("b/.hidden", "dot", 3);
    write_file("b/Sub/x.log", "x", 1);
    write_file("b/Z.zip", zip.ptr, zip.len);
    write_file("b/z\\w.log", "w", 1);
    write_file("b/void", "", 0);
    write_file("out/secret", "no", 2);
    assert_int_equal(symlink("../a.log", "b/Sub/inside"), 0);
    assert_int_equal(symlink("../out/secret", "b/outside"), 0);
    assert_int_equal(symlink("nowhere", "b/dangling"), 0);
    assert_int_equal(symlink("..", "b/Sub/loop"), 0);
    assert_int_equal(mkfifo("b/pipe", 0644), 0);
    const char *want = ".hidden|0|dot\n"
                       "Sub/inside|0|alpha\n"
                       "!Sub/loop is a link to something that is not a file and was not followed\n"
                       "Sub/x.log|0|x\n"
                       "Z.zip ! in.cab ! in.log|2|inner\n"
                       "Z.zip ! p.log|1|packed\n"
                       "a.log|0|alpha\n"
                       "!dangling is a link that leads nowhere and was passed over\n"
                       "!outside is a link out of the folder and was not followed\n"
                       "!pipe is not a regular file and was passed over\n"
                       "void|0|\n"
                       "z/w.log|0|w\n";
    expect_path("b", want);
    expect_path("./b/", want);
    free(cab.ptr);
    free(zip.ptr);
}

static void test_deep_folder(void **state)
{
    (void)state;
    char path[200] = "d";
    for (int i = 0; i <= APD_MAX_DIR_DEPTH; i++) {
        assert_int_equal(mkdir(path, 0755), 0);
        strcat(path, "/d");
    }
    assert_int_equal(mkdir(path, 0755), 0);
    char *got = open_path("d");
    assert_non_null(strstr(got, "d/d is nested too deep and was not read\n"));
    assert_ptr_equal(strchr(got, '\n'), strrchr(got, '\n'));
    free(got);
}

/* As somebody who may not read everything. */
static void test_permissions(void **state)
{
    (void)state;
    assert_int_equal(mkdir("b", 0755) | mkdir("b/closed", 0700) | mkdir("shut", 0700), 0);
    write_file("b/a.log", "alpha", 5);
    write_file("b/locked.log", "x", 1);
    write_file("locked.cab", "x", 1);
    assert_int_equal(chmod("b/locked.log", 0) | chmod("locked.cab", 0) | chmod("b/closed", 0) |
                         chmod("shut", 0),
                     0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(65534), 0);
    char *folder = open_path("b"), *shut = open_path("shut"), *locked = open_path("locked.cab");
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod("b/closed", 0700) | chmod("shut", 0700), 0);
    assert_string_equal(
        folder, "a.log|0|alpha\n!closed is a folder that cannot be read: permission denied\n"
                "!locked.log cannot be read: permission denied\n");
    assert_string_equal(shut, "open 6: the folder shut cannot be read: Permission denied; ask for "
                              "read access or copy it");
    assert_string_equal(
        locked,
        "open 6: locked.cab cannot be opened: permission denied; ask for read access or copy it");
    free(folder);
    free(shut);
    free(locked);
}

static void test_single_files(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha"), TEXT("b.log", "beta")};
    bytes zip = make_zip(files, 2, false, NULL);
    assert_int_equal(mkdir("dir", 0755), 0);
    write_file("dir/plain.log", "text", 4);
    write_file("dir/x.zip", zip.ptr, zip.len);
    write_file("empty.cab", "", 0);
    expect_path("dir/plain.log", "plain.log|0|text\n");
    expect_path("dir/x.zip", "a.log|0|alpha\nb.log|0|beta\n");
    expect_path("empty.cab", "open 3: empty.cab is empty");
    expect_path("none.cab", "open 6: none.cab does not exist; check the path");
    expect_path("dir/plain.log/x", "open 6: dir/plain.log/x does not exist; check the path");
    free(zip.ptr);
}

static void from_stdin(const char *path, const char *want, apd_container container)
{
    int saved = dup(STDIN_FILENO), fd = open(path, O_RDONLY);
    apd_bundle *b;
    apd_error err;
    dup2(fd, STDIN_FILENO);
    close(fd);
    assert_int_equal(apd_bundle_open("-", &b, &err), APD_OK);
    assert_int_equal(apd_bundle_container(b), container);
    char *got = transcript_of(b);
    assert_string_equal(got, want);
    free(got);
    dup2(saved, STDIN_FILENO);
    close(saved);
}

static void test_stdin(void **state)
{
    (void)state;
    file files[] = {TEXT("a.log", "alpha"), TEXT("b.log", "beta")};
    bytes zip = make_zip(files, 2, false, NULL), cab = make_cab(files, 2, CAB_MSZIP);
    write_file("zip", zip.ptr, zip.len);
    write_file("cab", cab.ptr, cab.len);
    write_file("log", "line", 4);
    from_stdin("zip", "a.log|0|alpha\nb.log|0|beta\n", APD_C_ZIP);
    from_stdin("cab", "a.log|0|alpha\nb.log|0|beta\n", APD_C_CAB);
    from_stdin("log", "standard input|0|line\n", APD_C_STDIN);
    free(zip.ptr);
    free(cab.ptr);
}

static int prepare(void **state)
{
    (void)state;
    return apd_io_init() ? 0 : -1;
}

#define IN_SANDBOX(test) cmocka_unit_test_setup_teardown(test, enter_sandbox, leave_sandbox)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SANDBOX(test_folder),       IN_SANDBOX(test_deep_folder), IN_SANDBOX(test_permissions),
        IN_SANDBOX(test_single_files), IN_SANDBOX(test_stdin),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
