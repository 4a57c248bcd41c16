/* Traces with something missing or damaged: what can be read is read, and the rest is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "etl_trace_world.h"

static mk_etl *four_buffers(void)
{
    mk_etl *e = new_trace(MK_QPC);
    for (uint16_t i = 1; i <= 4; i++) {
        add(e, 0, i * SECOND, i);
        add(e, 0, i * SECOND + 1, (uint16_t)(i + 10));
        mk_etl_flush(e, 0, 0);
    }
    return e;
}

static void missing_buffers(void **state)
{
    (void)state;
    mk_etl *e = four_buffers();
    mk_etl_lose(e, 3);
    add(e, 0, 9 * SECOND, 9);
    mk_etl_flush(e, 0, 2);
    const seen *s = read_trace(e);
    ASSERT_IDS(s, 1, 11, 2, 12, 3, 13, 4, 14, 9);
    assert_int_equal(s->nnotes, 2);
    assert_string_equal(
        s->notes[0], "buffers are missing before the one at byte 20480: 3; their events are lost");
    assert_string_equal(
        s->notes[1],
        "Windows had no room for events before the buffer at byte 20480; they are lost");
}

static void cut_off(void **state)
{
    (void)state;
    file.len = 0;
    mk_etl_save(four_buffers(), &file);
    const seen *s = read_bytes((apd_bytes){file.ptr, 4 * 4096 + 0x48 + 100});
    ASSERT_IDS(s, 1, 11, 2, 12, 3, 13, 4);
    assert_string_equal(s->notes[0],
                        "the file ends at byte 16556, inside of a buffer; the rest is missing");
    s = read_bytes((apd_bytes){file.ptr, 4 * 4096 + 2000}); /* only unused space is cut off */
    assert_int_equal(s->n, 9);
    assert_int_equal(s->nnotes, 0);
    s = read_bytes((apd_bytes){file.ptr, 4 * 4096 + 50}); /* not even a head */
    assert_int_equal(s->n, 7);
}

static void damaged_heads(void **state)
{
    (void)state;
    file.len = 0;
    mk_etl_save(four_buffers(), &file);
    memset(file.ptr + 2 * 4096, 0xee, 0x48);
    const seen *s = read_bytes(mk_bytes(&file));
    ASSERT_IDS(s, 1, 11, 3, 13, 4, 14);
    assert_int_equal(s->nnotes, 2); /* one number is missing, too */
    assert_string_equal(s->notes[1],
                        "up to 4 KiB before byte 12288 are no buffers; reading goes on there");
    memset(file.ptr + 2 * 4096, 0, 4096); /* space set aside */
    s = read_bytes(mk_bytes(&file));
    assert_int_equal(s->nnotes, 1);
    memset(file.ptr + 3 * 4096, 0x11, 2 * 4096);
    s = read_bytes(mk_bytes(&file));
    ASSERT_IDS(s, 1, 11);
    assert_string_equal(s->notes[0], "what the file holds in its last 8 KiB is no part of a trace");
}

static void damaged_records(void **state)
{
    (void)state;
    file.len = 0;
    mk_etl_save(four_buffers(), &file);
    uint8_t *first = file.ptr + 4096 + 0x48;
    mk_store16(first, 5000); /* larger than the buffer */
    const seen *s = read_bytes(mk_bytes(&file));
    ASSERT_IDS(s, 2, 12, 3, 13, 4, 14);
    assert_string_equal(s->notes[0],
                        "the record at byte 4168 is damaged: its size is wrong; the other "
                        "176 bytes of its buffer are lost");
    mk_store16(first, 88);
    first[2] = 0x0c; /* a kind nobody has seen */
    s = read_bytes(mk_bytes(&file));
    ASSERT_IDS(s, 11, 2, 12, 3, 13, 4, 14);
    assert_string_equal(
        s->notes[0],
        "the record at byte 4168 is passed over: records of its kind are not understood");
    first[3] = 0x17;
    s = read_bytes(mk_bytes(&file));
    assert_string_equal(s->notes[0],
                        "the record at byte 4168 is damaged: it begins with no mark of a "
                        "record; the other 176 bytes of its buffer are lost");
    mk_store32(first, 0);
    s = read_bytes(mk_bytes(&file));
    ASSERT_IDS(s, 2, 12, 3, 13, 4, 14); /* unused */
    assert_int_equal(s->nnotes, 0);
}

static void damaged_items(void **state)
{
    (void)state;
    mk_etl *e = new_trace(MK_QPC);
    mk_etl_record r = plain;
    r.schema = PAYLOAD;
    mk_etl_add(e, 0, &r);
    add(e, 0, 2 * SECOND, 2);
    file.len = 0;
    mk_etl_save(e, &file);
    uint8_t *item = file.ptr + 4096 + 0x48 + 0x50;
    static const uint16_t sizes[] = {0, 7, 999};
    for (size_t i = 0; i < 3; i++) {
        mk_store16(item, sizes[i]);
        const seen *s = read_bytes(mk_bytes(&file));
        ASSERT_IDS(s, 2);
        assert_string_equal(s->notes[0],
                            "the record at byte 4168 is passed over: the size of one of "
                            "its extended items is wrong");
    }
    mk_store16(item, 16);
    item[4] = 1; /* another follows, where the payload is */
    item[8 + 8 + 0] = 0xff;
    assert_int_equal(read_bytes(mk_bytes(&file))->nnotes, 1);
}

static void damaged_compression(void **state)
{
    (void)state;
    mk_etl_how how = {.start = START, .clock = MK_QPC, .packing = 3};
    mk_etl *e = mk_etl_new(&how);
    for (uint16_t i = 1; i <= 20; i++)
        add(e, 0, i * SECOND, i);
    file.len = 0;
    mk_etl_save(e, &file);
    uint32_t head = apd_u32le(file.ptr);
    mk_store32(file.ptr + head + 0x48, 0x7fffffff); /* flags: matches where bytes should be */
    const seen *s = read_bytes(mk_bytes(&file));
    assert_int_equal(s->n, 1);
    assert_int_equal(s->nnotes, 1);
    assert_string_equal(s->notes[0],
                        "the compressed buffer at byte 512 is damaged: it refers to bytes "
                        "before its beginning; 73 of its 1832 bytes are read");
}

static void no_header(void **state)
{
    (void)state;
    mk_etl *e = new_trace(MK_SYSTEM_TIME);
    add(e, 0, SECOND, 5);
    file.len = 0;
    mk_etl_save(e, &file);
    const seen *s = read_bytes((apd_bytes){file.ptr + 4096, file.len - 4096});
    assert_int_equal(s->n, 1);
    assert_false(s->header.known);
    assert_int_equal(s->at[0].time, START + SECOND); /* it can be nothing else */
}

static void no_trace(void **state)
{
    (void)state;
    uint8_t noise[5000];
    memset(noise, 0xab, sizeof noise);
    assert_int_equal(read_bytes((apd_bytes){noise, sizeof noise})->end, APD_E_DAMAGED);
    assert_int_equal(read_bytes((apd_bytes){noise, 0})->end, APD_E_DAMAGED);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_buffers), cmocka_unit_test(cut_off),
        cmocka_unit_test(damaged_heads),   cmocka_unit_test(damaged_records),
        cmocka_unit_test(damaged_items),   cmocka_unit_test(damaged_compression),
        cmocka_unit_test(no_header),       cmocka_unit_test(no_trace),
    };
    texts = apd_arena_new(0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mk_free(&file);
    apd_arena_free(texts);
    return failed;
}
