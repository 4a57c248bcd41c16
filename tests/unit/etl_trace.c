/* The container of traces: kinds of records, clocks, order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "etl_trace_world.h"

/* --- records --- */

static void event_headers(void **state)
{
    (void)state;
    mk_etl *e = new_trace(MK_QPC);
    mk_etl_record r = plain;
    static const uint8_t sid[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18};
    mk_etl_add(e, 0, &r);
    r.narrow = true;
    r.related[3] = 5;
    r.sid = (apd_bytes){sid, 12};
    r.traits = (apd_bytes){(const uint8_t *)"traits", 6};
    r.schema = (apd_bytes){(const uint8_t *)"schema", 6};
    mk_etl_add(e, 0, &r);
    seen *s = read_trace(e);
    assert_int_equal(s->n, 3);
    assert_int_equal(s->end, APD_END);
    assert_int_equal(s->nnotes, 0);
    const etl_record *a = &s->at[1], *b = &s->at[2];
    assert_int_equal(a->kind, ETL_EVENT);
    assert_false(a->narrow);
    assert_int_equal(a->time, plain.time);
    assert_int_equal(a->pid, 1234);
    assert_int_equal(a->tid, 5678);
    assert_int_equal(a->id, 42);
    assert_int_equal(a->version, 3);
    assert_int_equal(a->channel, 16);
    assert_int_equal(a->level, 4);
    assert_int_equal(a->opcode, 9);
    assert_int_equal(a->task, 77);
    assert_true(a->keyword == plain.keyword);
    assert_int_equal(a->schema.len, 0);
    assert_null(a->related);
    assert_int_equal(a->payload.len, 7);
    assert_true(b->narrow);
    assert_int_equal(b->sid.len, 12);
    assert_int_equal(b->traits.len, 6);
    assert_int_equal(b->schema.len, 6);
    assert_int_equal(b->payload.len, 7);
    assert_int_equal(b->offset, a->offset + 88); /* 0x50 + 7, to the next 8 */
}

static void classic_and_system_headers(void **state)
{
    static const struct {
        mk_etl_kind kind;
        bool narrow;
        etl_kind is;
        bool has_ids;
    } kinds[] = {
        {MK_ETL_SYSTEM, false, ETL_SYSTEM, true},    {MK_ETL_SYSTEM, true, ETL_SYSTEM, true},
        {MK_ETL_COMPACT, false, ETL_SYSTEM, true},   {MK_ETL_COMPACT, true, ETL_SYSTEM, true},
        {MK_ETL_PERFINFO, false, ETL_SYSTEM, false}, {MK_ETL_PERFINFO, true, ETL_SYSTEM, false},
        {MK_ETL_FULL, false, ETL_CLASSIC, true},     {MK_ETL_FULL, true, ETL_CLASSIC, true},
        {MK_ETL_INSTANCE, false, ETL_CLASSIC, true}, {MK_ETL_INSTANCE, true, ETL_CLASSIC, true},
    };
    enum { KINDS = sizeof kinds / sizeof *kinds };
    (void)state;
    mk_etl *e = new_trace(MK_QPC);
    for (size_t i = 0; i < KINDS; i++) {
        mk_etl_record r = plain;
        r.kind = kinds[i].kind;
        r.narrow = kinds[i].narrow;
        r.id = 0x0f2e; /* group 0xf, type 0x2e */
        mk_etl_add(e, 0, &r);
    }
    const seen *s = read_trace(e);
    assert_int_equal(s->n, KINDS + 1);
    assert_int_equal(s->nnotes, 0);
    for (size_t i = 0; i < KINDS; i++) {
        const etl_record *r = &s->at[i + 1];
        assert_int_equal(r->kind, kinds[i].is);
        assert_int_equal(r->narrow, kinds[i].narrow);
        assert_int_equal(r->time, plain.time);
        assert_int_equal(r->pid, kinds[i].has_ids ? 1234 : UINT32_MAX);
        assert_int_equal(r->tid, kinds[i].has_ids ? 5678 : UINT32_MAX);
        assert_int_equal(r->payload.len, 7);
        assert_memory_equal(r->payload.ptr, "payload", 7);
        if (r->kind == ETL_SYSTEM)
            assert_int_equal(r->id, 0x0f2e);
        else
            assert_memory_equal(r->guid, plain.guid, 16);
    }
}

static void counters_stand_before_the_data(void **state)
{
    (void)state;
    mk_etl *e = new_trace(MK_QPC);
    mk_etl_record r = plain;
    uint8_t data[31] = {0};
    memcpy(data + 24, "payload", 7);
    r.kind = MK_ETL_PERFINFO;
    r.payload = (apd_bytes){data, sizeof data};
    mk_out o = {0};
    mk_etl_encode(e, &r, &o);
    mk_store16(o.ptr, 0x8202); /* 8 bytes of one kind and two counters */
    mk_etl_add_bytes(e, 0, mk_bytes(&o));
    mk_free(&o);
    const seen *s = read_trace(e);
    assert_int_equal(s->n, 2);
    assert_int_equal(s->at[1].payload.len, 7);
    assert_int_equal(s->at[1].version, 2);
}

static void messages(void **state)
{
    static const uint16_t flags[] = {0xaa, 0x2b, 0x24, 0x60, 0x10};
    (void)state;
    mk_etl *e = new_trace(MK_QPC);
    for (size_t i = 0; i < 5; i++) {
        mk_etl_record r = plain;
        r.kind = MK_ETL_MESSAGE;
        r.flags = flags[i];
        mk_etl_add(e, 0, &r);
    }
    const seen *s = read_trace(e);
    assert_int_equal(s->n, 6);
    for (size_t i = 0; i < 5; i++) {
        const etl_record *r = &s->at[i + 1];
        bool timed = flags[i] & 0x18;
        assert_int_equal(r->kind, ETL_MESSAGE);
        assert_int_equal(r->id, 42);
        assert_int_equal(r->flags, flags[i]);
        assert_int_equal(r->has_time, timed);
        assert_true(r->time == (timed ? plain.time : APD_TIME_NONE));
        assert_int_equal(r->pid, flags[i] & 0x20 ? 1234 : UINT32_MAX);
        assert_int_equal(r->tid, flags[i] & 0x20 ? 5678 : UINT32_MAX);
        assert_int_equal(r->guid != NULL, (flags[i] & 6) == 2);
        assert_int_equal(r->sequence, flags[i] & 1 ? 77 : 0);
        assert_int_equal(r->component, flags[i] & 4 ? 88 : 0);
        assert_int_equal(r->narrow, (flags[i] & 0x40) != 0);
        assert_int_equal(r->payload.len, 7);
    }
}

/* --- clocks --- */

static void three_clocks(void **state)
{
    static const struct {
        int clock;
        uint64_t frequency;
    } clocks[] = {{MK_QPC, 10000000},
                  {MK_QPC, 2441406},
                  {MK_QPC, UINT64_C(24000000000)},
                  {MK_SYSTEM_TIME, 0},
                  {MK_CYCLES, UINT64_C(2600000000)}};
    (void)state;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        for (int narrow = 0; narrow < 2; narrow++) {
            mk_etl_how how = {.start = START,
                              .end = START + SECOND,
                              .clock = clocks[i].clock,
                              .frequency = clocks[i].frequency,
                              .narrow = narrow};
            mk_etl *e = mk_etl_new(&how);
            add(e, 0, 0, 1);
            add(e, 0, 12345 * SECOND + 1230000, 2);
            const seen *s = read_trace(e);
            assert_int_equal(s->header.narrow, narrow);
            assert_int_equal(s->header.start, START);
            assert_int_equal(s->at[1].time, START);
            int64_t off = s->at[2].time - (START + 12345 * SECOND + 1230000);
            assert_true(off >= -5 && off <= 0); /* a tick of 2.4 MHz is four of ours */
        }
    }
}

/* Stamps from which no time can be made; the clock itself is nonsense. */
static void nonsense_in_the_clock(void **state)
{
    static const struct {
        size_t at;
        uint64_t value;
    } damage[] = {{0x100, 0}, {0x100, UINT64_MAX}, {0x108, UINT64_MAX / 2}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        mk_etl *e = new_trace(MK_QPC);
        add(e, 0, SECOND, 7);
        file.len = 0;
        mk_etl_save(e, &file);
        mk_store64(file.ptr + 0x68 + damage[i].at, damage[i].value);
        const seen *s = read_bytes(mk_bytes(&file));
        ASSERT_IDS(s, 7);
        assert_true(s->at[1].time == APD_TIME_NONE);
    }
}

static void the_clock_goes_back(void **state)
{
    (void)state;
    mk_etl_how how = {
        .start = START, .clock = MK_SYSTEM_TIME, .mode = 0x10000000, .buffer_size = 4096};
    mk_etl *e = mk_etl_new(&how);
    add(e, 3, 100 * SECOND, 1);
    mk_etl_flush(e, 3, 0);
    add(e, 1, 101 * SECOND, 2);
    add(e, 1, 50 * SECOND, 3); /* set back */
    mk_etl_flush(e, 1, 0);
    add(e, 0, 51 * SECOND, 4);
    add(e, 0, 51 * SECOND - 20, 5); /* two processors, one stream: no step */
    const seen *s = read_trace(e);
    ASSERT_IDS(s, 1, 2, 3, 4, 5);
    assert_int_equal(s->back[2], 0);
    assert_int_equal(s->back[3], 51 * SECOND);
    assert_int_equal(s->back[4], 0);
    assert_int_equal(s->back[5], 0);
}

/* --- order --- */

static void processors_are_merged(void **state)
{
    (void)state;
    mk_etl *e = new_trace(MK_QPC);
    for (uint16_t i = 0; i < 300; i++)
        add(e, i % 7, i * SECOND, i);
    mk_etl_flush(e, 5, 0); /* into the file in another order than begun */
    mk_etl_flush(e, 2, 0);
    const seen *s = read_trace(e);
    assert_int_equal(s->n, 301);
    for (uint16_t i = 0; i < 300; i++) {
        assert_int_equal(s->at[i + 1].id, i);
        assert_int_equal(s->at[i + 1].cpu, i % 7);
    }
}

/* The clock of all processors is set back: what they wrote before stays before. */
static void processors_step_together(void **state)
{
    (void)state;
    mk_etl *e = new_trace(MK_SYSTEM_TIME);
    add(e, 0, 100 * SECOND, 1);
    add(e, 0, 40 * SECOND, 3);
    add(e, 1, 101 * SECOND, 2);
    add(e, 1, 41 * SECOND, 4);
    const seen *s = read_trace(e);
    ASSERT_IDS(s, 1, 2, 3, 4);
}

static void messages_without_time_stay_in_place(void **state)
{
    (void)state;
    mk_etl *e = new_trace(MK_QPC);
    mk_etl_record r = plain;
    r.kind = MK_ETL_MESSAGE;
    r.flags = 2;
    r.id = 2;
    add(e, 0, 10 * SECOND, 1);
    mk_etl_add(e, 0, &r);
    add(e, 1, 11 * SECOND, 3);
    const seen *s = read_trace(e);
    ASSERT_IDS(s, 1, 2, 3);
}

static void rings(void **state)
{
    (void)state;
    for (uint32_t mode = 0; mode < 2; mode++) {
        mk_etl_how how = {
            .start = START, .ring = 5, .clock = MK_QPC, .mode = mode ? 0x10000000 : 0, .cpus = 2};
        mk_etl *e = mk_etl_new(&how);
        for (uint16_t i = 1; i <= 13; i++) {
            add(e, i % 2, i * SECOND, i);
            mk_etl_flush(e, i % 2, 0);
        }
        const seen *s = read_trace(e);
        ASSERT_IDS(s, 9, 10, 11, 12, 13);
        assert_int_equal(s->overwritten, 8);
        assert_int_equal(s->nnotes, 0); /* nothing but the beginning is missing */
    }
}

/* --- files of all sorts --- */

static void compressed(void **state)
{
    (void)state;
    for (uint32_t packing = 2; packing <= 4; packing++) {
        mk_etl_how how = {.start = START,
                          .end = START + SECOND,
                          .clock = MK_QPC,
                          .buffer_size = 8192,
                          .packing = packing};
        mk_etl *e = mk_etl_new(&how);
        for (uint16_t i = 0; i < 300; i++)
            add(e, i % 2, i * SECOND, i);
        const seen *s = read_trace(e);
        assert_int_equal(s->n, 301);
        assert_int_equal(s->nnotes, 0);
        for (uint16_t i = 0; i < 300; i++)
            assert_int_equal(s->at[i + 1].id, i);
        assert_true(file.len < 20000);
    }
}

static void old_systems(void **state)
{
    (void)state;
    mk_etl_how how = {
        .start = START, .end = START + SECOND, .clock = MK_QPC, .narrow = true, .old = true};
    mk_etl *e = mk_etl_new(&how);
    add(e, 3, SECOND, 1);
    const seen *s = read_trace(e);
    ASSERT_IDS(s, 1);
    assert_int_equal(s->at[1].cpu, 3);
    assert_int_equal(s->header.build, 7601);
    assert_true(s->at[0].narrow);
}

static void unfinished(void **state)
{
    (void)state;
    mk_etl_how how = {.start = START, .clock = MK_SYSTEM_TIME, .mode = 0x18000001};
    mk_etl *e = mk_etl_new(&how);
    for (uint16_t i = 1; i <= 3; i++) {
        add(e, 0, i * SECOND, i);
        mk_etl_flush(e, 0, 0);
    }
    const seen *s = read_trace(e);
    ASSERT_IDS(s, 1, 2, 3);
    assert_int_equal(s->header.end, 0);
    assert_int_equal(s->header.buffers_written, 0);
}

/* More than may be held: the rest comes piece by piece. */
static void larger_than_memory(void **state)
{
    (void)state;
    file.len = 0;
    mk_etl_how how = {.start = START, .clock = MK_QPC, .buffer_size = 16u << 20, .cpus = 6};
    mk_etl *e = mk_etl_new(&how);
    for (uint16_t i = 1; i <= 6; i++) {
        add(e, i, (10 - i) * SECOND, i);
        mk_etl_flush(e, i, 0);
    }
    mk_etl_save(e, &file); /* seven buffers of 16 MiB */
    seen held;
    read_all(apd_stream_memory(mk_bytes(&file), 1u << 20, 0), &held);
    ASSERT_IDS(&held, 3, 2, 1, 6, 5, 4); /* four buffers, the header's first, then three */
    assert_int_equal(held.end, APD_END);
    read_all(apd_stream_memory(mk_bytes(&file), 0, 0), &held);
    ASSERT_IDS(&held, 6, 5, 4, 3, 2, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_headers),
        cmocka_unit_test(classic_and_system_headers),
        cmocka_unit_test(counters_stand_before_the_data),
        cmocka_unit_test(messages),
        cmocka_unit_test(three_clocks),
        cmocka_unit_test(nonsense_in_the_clock),
        cmocka_unit_test(the_clock_goes_back),
        cmocka_unit_test(processors_are_merged),
        cmocka_unit_test(processors_step_together),
        cmocka_unit_test(messages_without_time_stay_in_place),
        cmocka_unit_test(rings),
        cmocka_unit_test(compressed),
        cmocka_unit_test(old_systems),
        cmocka_unit_test(unfinished),
        cmocka_unit_test(larger_than_memory),
    };
    texts = apd_arena_new(0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mk_free(&file);
    apd_arena_free(texts);
    return failed;
}
