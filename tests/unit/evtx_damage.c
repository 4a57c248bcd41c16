/* EVTX: damage to files, chunks and records costs what is damaged, is told, and nothing hangs or reads
 * outside of its input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "evtx_damage.h"

static void files_too_short(void **state)
{
    (void)state;
    five();
    static const size_t sizes[] = {0, 1, 7, 8, 4095};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        evtx_text t = read_bytes(sizes[i]);
        assert_int_equal(t.end, APD_E_DAMAGED);
        assert_int_equal(t.events, 0);
        assert_non_null(strstr(t.error.text, sizes[i] ? "less than its header" : "empty"));
        assert_int_equal(t.error.where.member, 3);
        apd_arena_free(t.arena);
    }
}

static void header_damage(void **state)
{
    (void)state;
    five();
    f.data[0] = 'X';
    expect(5, 1, "header is damaged");
    memset(f.data, 0, MK_HEAD);
    expect(5, 1, "header is damaged");
    five();
    mk_poke(&f, 42, 77, 2); /* a header that does not match its checksum says nothing */
    expect(5, 0, NULL);
    mk_file_crc(&f);
    expect(5, 1, "the file ends at byte 69632, after 1 of 77 chunks");
    mk_poke(&f, 42, 0, 2); /* too small it often is */
    mk_file_crc(&f);
    expect(5, 0, NULL);
}

static void chunk_damage(void **state)
{
    (void)state;
    five();
    f.data[MK_HEAD + 60] ^= 1;
    expect(5, 1, "header that does not match its checksum");
    mk_poke(&f, 120, 4, 4); /* the file says that checksums are not kept */
    expect(5, 0, NULL);
    five();
    f.data[records[2] - 5] ^= 1; /* padding: nothing else notices */
    expect(5, 1, "records that do not match their checksum");
    mk_poke(&f, MK_HEAD + 120, 4, 4); /* the chunk says it */
    expect(5, 0, NULL);
    five();
    f.data[MK_HEAD] = 'X';
    expect(5, 1, "no valid signature");
    five();
    memset(f.data + MK_HEAD, 0, 512); /* the whole header of the chunk is lost */
    expect(5, 1, "no valid signature");
    five();
    memset(f.data + MK_HEAD, 0xff, MK_CHUNK); /* no chunk at all */
    expect(0, 1, "no valid signature");
    five();
    mk_poke(&f, MK_HEAD + 48, 0xffffffff, 4);
    expect(5, 1, "where its records end");
    five();
    mk_poke(&f, MK_HEAD + 48, 65536, 4); /* archived logs say so */
    repair_checksums();
    expect(5, 0, NULL);
}

static void record_damage(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint64_t value;
        size_t n;
        const char *words;
    } cases[] = {
        {0, 0x1111, 2, "there is no record"},
        {4, 0, 4, "size is too small"},
        {4, 27, 4, "size is too small"},
        {4, 0xb8b8b8b8, 4, "longer than the chunk"},
        {4, 0xffffffff, 4, "longer than the chunk"},
        {4, 64, 4, "two sizes differ"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        five();
        mk_poke(&f, records[2] + cases[i].at, cases[i].value, cases[i].n);
        repair_checksums();
        expect(4, 1, cases[i].words);
    }
    five(); /* the copy alone is wrong: the next record proves the size */
    mk_poke(&f, records[3] - 4, 1, 4);
    repair_checksums();
    expect(5, 0, NULL);
    five(); /* the last record, nothing behind it */
    mk_poke(&f, records[4], 0x7777, 4);
    repair_checksums();
    expect(4, 1, "there is no record");
    five(); /* zeros where a record should be: the end */
    memset(f.data + records[3], 0, 8);
    repair_checksums();
    expect(3, 0, NULL);
}

/* A header that does not match its checksum: its free offset is not believed either. */
static void lost_end(void **state)
{
    (void)state;
    five();
    mk_poke(&f, MK_HEAD + 48, 600, 4); /* the checksum of the records proves where they end */
    expect(5, 1, "header that does not match");
    mk_poke(&f, MK_HEAD + 48, records[4] - MK_HEAD, 4);
    mk_poke(&f, records[4] + 8, 77, 8); /* so does the place of the last one */
    mk_poke(&f, MK_HEAD + 44, records[4] - MK_HEAD, 4);
    expect(5, 1, "header that does not match");
    five(); /* old records behind the end stay unread */
    mk_poke(&f, MK_HEAD + 48, records[3] - MK_HEAD, 4);
    repair_checksums();
    mk_poke(&f, records[3] + 8, 9, 8);
    mk_poke(&f, MK_HEAD + 48, 65536, 4);
    expect(3, 1, "header that does not match");
}

/* A damaged id neither ends the reading of its chunk nor keeps the search from what is behind it. */
static void wild_id(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        five();
        mk_poke(&f, MK_HEAD + 24, 1, 8);
        mk_poke(&f, records[i] + 8, UINT64_MAX / 2, 8);
        mk_poke(&f, records[3] + 4, 0, 4);
        repair_checksums();
        expect(4, 1, "size is too small");
    }
}

/* Three chunks of three events each, ids rising throughout. */
static void three_chunks(void)
{
    mk_file(&f);
    for (unsigned c = 0; c < 3; c++) {
        mk_chunk(&f);
        for (unsigned i = 0; i < 3; i++)
            mk_plain_event(&f, 3 * c + i + 1, 10, "text");
        mk_chunk_end(&f);
    }
}

static void take_out(size_t at, size_t n)
{
    memmove(f.data + at, f.data + at + n, f.len - at - n);
    f.len -= n;
}

static void put_in(size_t at, size_t n, int byte)
{
    memmove(f.data + at + n, f.data + at, f.len - at);
    memset(f.data + at, byte, n);
    f.len += n;
}

/* Chunks that are not where they should be, since bytes are missing or too many. */
static void off_the_grid(void **state)
{
    (void)state;
    three_chunks();
    take_out(MK_HEAD + MK_CHUNK - 4096, 4096); /* from free space: nobody loses a record */
    expect(9, 0, NULL);
    three_chunks();
    take_out(MK_HEAD + 2000, 30000); /* from the records of the first */
    expect(6, 2, "nothing behind it in its chunk");
    three_chunks();
    take_out(MK_HEAD, 5000); /* with the first chunk's header */
    expect(6, 1, "bytes from byte 4096 on are no chunk");
    three_chunks();
    put_in(MK_HEAD + MK_CHUNK, 1000, 0x55);
    expect(9, 1, "the 1000 bytes from byte 69632 on are no chunk");
    three_chunks();
    put_in(MK_HEAD + 600, 8, 0x55); /* moves the other two */
    evtx_text t = read_bytes(f.len);
    assert_true(t.events >= 6);
    apd_arena_free(t.arena);
    three_chunks(); /* a file header that is short, or is none */
    take_out(0, 1001);
    expect(9, 1, "header is damaged");
}

/* Chunks that were never used, at the end and in between. */
static void empty_chunks(void **state)
{
    (void)state;
    three_chunks();
    memset(f.data + MK_HEAD + MK_CHUNK, 0, MK_CHUNK);
    expect(6, 0, NULL);
    memset(f.data + MK_HEAD, 0, MK_CHUNK);
    expect(3, 0, NULL);
    memset(f.data + MK_HEAD + 2 * MK_CHUNK, 0, MK_CHUNK);
    expect(0, 0, NULL);
    mk_file(&f); /* made, but nothing written yet: its last id is -1 */
    mk_chunk(&f);
    mk_poke(&f, f.chunk + 24, UINT64_MAX, 8);
    mk_poke(&f, f.chunk + 32, UINT64_MAX, 8);
    mk_chunk_end(&f);
    expect(0, 0, NULL);
}

static void losses_name_their_place(void **state)
{
    (void)state;
    five();
    mk_poke(&f, records[2] + 4, 0, 4);
    repair_checksums();
    evtx_text t = read_bytes(f.len);
    assert_int_equal(t.error.where.member, 3);
    assert_int_equal(t.error.where.offset, records[2]);
    assert_int_equal(t.error.where.len, records[3] - records[2]);
    assert_int_equal(t.error.where.record, 3);
    apd_arena_free(t.arena);
}

/* What is left behind the last record from earlier use of the chunk is not read; what carries on from
 * it is, the header being older than it. */
static void slack(void **state)
{
    (void)state;
    five();
    mk_poke(&f, MK_HEAD + 48, records[3] - MK_HEAD, 4);
    repair_checksums();
    expect(5, 0, NULL);
    mk_poke(&f, records[4] + 16, 1, 8); /* written earlier */
    expect(4, 0, NULL);
    mk_poke(&f, records[3] + 8, 7, 8); /* not the next id */
    expect(3, 0, NULL);
    mk_poke(&f, records[3] + 8, 1, 8);
    expect(3, 0, NULL);
    /* Nor does the search behind damage go back to lower ids. */
    five();
    mk_poke(&f, records[3] + 8, 1, 8);
    mk_poke(&f, records[2] + 4, 0, 4);
    repair_checksums();
    expect(3, 1, "size is too small");
}

static void cut_files(void **state)
{
    (void)state;
    five();
    unsigned last = 0;
    for (size_t n = MK_HEAD; n < f.len; n += n < records[4] + 2000 ? 3 : 4099) {
        evtx_text t = read_bytes(n);
        assert_int_equal(t.end, APD_END);
        assert_true(t.events >= last);
        unsigned whole = 0;
        while (whole < 4 && records[whole + 1] <= n)
            whole++;
        assert_true(t.events >= whole);
        /* nothing at all after the header, or everything, is no loss */
        assert_int_equal(t.skipped, n == MK_HEAD || t.events == 5 ? 0 : 1);
        last = t.events;
        apd_arena_free(t.arena);
    }
    assert_int_equal(last, 5);
}

/* Any byte of the used space, with a few values. Behind the first record, which holds the definition
 * that all of them use, a wrong byte costs one record at most. */
static void any_byte(void **state)
{
    (void)state;
    five();
    size_t end = records[4] + f.data[records[4] + 4] + 256u * f.data[records[4] + 5];
    static const uint8_t values[] = {0x00, 0x01, 0x0c, 0x7f, 0x80, 0xff};
    for (size_t at = MK_HEAD; at < end; at++) {
        uint8_t before = f.data[at];
        f.data[at] = values[at % sizeof values];
        evtx_text t = read_bytes(f.len);
        assert_int_equal(t.end, APD_END);
        assert_in_range(t.events, at < records[1] ? 0 : 4, 5);
        apd_arena_free(t.arena);
        f.data[at] = before;
    }
    expect(5, 0, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_too_short),
        cmocka_unit_test(header_damage),
        cmocka_unit_test(chunk_damage),
        cmocka_unit_test(record_damage),
        cmocka_unit_test(lost_end),
        cmocka_unit_test(wild_id),
        cmocka_unit_test(off_the_grid),
        cmocka_unit_test(empty_chunks),
        cmocka_unit_test(losses_name_their_place),
        cmocka_unit_test(slack),
        cmocka_unit_test(cut_files),
        cmocka_unit_test(any_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
