/* Traces whose clock does not follow when Windows sets the time: moved where shared events confirm it, else left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "clocks_world.h"

enum { TRACE_MEMBER = 9 };

static apd_event trace_event(world *w, apd_time at, uint32_t id)
{
    return (apd_event){.time = at,
                       .clock = APD_CLOCK_UTC,
                       .log = 7,
                       .provider = 5,
                       .id = id,
                       .trace = true,
                       .steady = true,
                       .where = {.member = TRACE_MEMBER, .record = ++w->other_record}};
}

/* Windows says that it set the clock by `by` ten minutes after the start; a trace goes on without it. n later events are
 * in a log too, `off` ticks from where they should be. */
static world stepped(uint32_t seed, int64_t by, int n, int64_t off)
{
    world w = make(seed);
    for (int i = 0; i < 20; i++) {
        apd_time t = w.start + i * MINUTE + next(&w, 600) * (SECOND / 10);
        bool behind = i >= 10;
        apd_event ev = utc_event(&w, t + (behind ? by + off * i : 0));
        ev.provider = 5;
        ev.id = 1 + (uint32_t)i % 3;
        if (!behind || i < 10 + n)
            feed(&w, &ev);
        ev = trace_event(&w, t, 1 + (uint32_t)i % 3);
        feed(&w, &ev);
    }
    assert_int_equal(
        apd_clocks_set(w.clocks, w.start + 10 * MINUTE, w.start + 10 * MINUTE + by, false), APD_OK);
    return w;
}

static void expect_shift(world *w, apd_time at, int64_t by)
{
    apd_event ev = trace_event(w, at, 1);
    apd_clocks_convert(w->clocks, &ev);
    apd_clocks_convert(w->clocks, &ev);
    assert_int_equal(ev.time - at, by);
    assert_int_equal(ev.clock, by ? APD_CLOCK_ESTIMATED : APD_CLOCK_UTC);
    ev = utc_event(w, at);
    apd_clocks_convert(w->clocks, &ev);
    assert_int_equal(ev.time, at);
}

static void steady_traces(void **state)
{
    (void)state;
    const int64_t jumps[] = {3 * APD_TICKS_HOUR, -3 * APD_TICKS_HOUR, -15 * SECOND, 40 * SECOND};
    for (uint32_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        world w = stepped(900 + i, jumps[i], 10, 0);
        settle(&w);
        assert_int_equal(apd_clocks_shifts(w.clocks), 1);
        const apd_trace_shift *s = apd_clocks_shift(w.clocks, 0);
        assert_true(s->known && s->by == jumps[i] && s->pairs >= 8 && s->residual == 0);
        expect_shift(&w, w.start + 9 * MINUTE, 0);
        expect_shift(&w, w.start + 11 * MINUTE, jumps[i]);
        drop(&w);
    }
}

static void steady_traces_in_doubt(void **state)
{
    (void)state;
    const struct {
        int n;
        int64_t off;
    } cases[] = {{2, 0}, {0, 0}, {10, SECOND / 20}}; /* too few, none, of different minds */
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w = stepped(920 + i, -3 * APD_TICKS_HOUR, cases[i].n, cases[i].off);
        settle(&w);
        assert_int_equal(apd_clocks_shifts(w.clocks), 1);
        const apd_trace_shift *s = apd_clocks_shift(w.clocks, 0);
        assert_true(!s->known && s->said == -3 * APD_TICKS_HOUR);
        expect_shift(&w, w.start + 11 * MINUTE, 0);
        drop(&w);
    }
    world w =
        stepped(930, 0, 10, 0); /* the trace began behind a step back, as shared events tell */
    assert_int_equal(
        apd_clocks_set(w.clocks, w.start + 12 * MINUTE, w.start - APD_TICKS_HOUR, false), APD_OK);
    settle(&w);
    assert_int_equal(apd_clocks_shifts(w.clocks), 0);
    expect_shift(&w, w.start + 13 * MINUTE, 0);
    drop(&w);
    w = stepped(931, SECOND / 10, 10, 0); /* a correction, and times from nowhere */
    assert_int_equal(apd_clocks_set(w.clocks, INT64_MAX, INT64_MIN, false), APD_OK);
    assert_int_equal(apd_clocks_set(w.clocks, INT64_MIN, INT64_MAX, false), APD_OK);
    assert_int_equal(apd_clocks_set(w.clocks, 0, INT64_MAX, false), APD_OK);
    settle(&w);
    assert_int_equal(apd_clocks_shifts(w.clocks), 0);
    drop(&w);
}

/* Two steps: each stretch has events of its own. */
static void steady_trace_two_steps(void **state)
{
    (void)state;
    world w = make(940);
    const int64_t by[] = {0, 5 * APD_TICKS_HOUR, 3 * APD_TICKS_HOUR};
    for (int i = 0; i < 30; i++) {
        apd_time t = w.start + i * MINUTE + SECOND;
        apd_event ev = utc_event(&w, t + by[i / 10] + i);
        ev.provider = 5;
        feed(&w, &ev);
        ev = trace_event(&w, t, 1);
        feed(&w, &ev);
    }
    for (int i = 1; i < 3; i++) {
        apd_time at = w.start + i * 10 * MINUTE;
        assert_int_equal(apd_clocks_set(w.clocks, at + by[i - 1], at + by[i], false), APD_OK);
    }
    settle(&w);
    assert_int_equal(apd_clocks_shifts(w.clocks), 2);
    expect_shift(&w, w.start + 5 * MINUTE, 0);
    expect_shift(&w, w.start + 15 * MINUTE, apd_clocks_shift(w.clocks, 0)->by);
    assert_true(llabs(apd_clocks_shift(w.clocks, 0)->by - by[1]) < 30);
    assert_true(llabs(apd_clocks_shift(w.clocks, 1)->by - by[2]) < 30);
    drop(&w);
}

/* Jumps and questions in minutes. */
static void time_that_passed(void **state)
{
    (void)state;
    static const struct {
        int jumps[3][2]; /* {0, 0} ends them */
        int from, to, passed;
        bool back; /* `from` is also found again from `to` */
    } table[] = {
        {{{0, 0}}, 0, 30, 30, true},
        {{{5, 185}}, 0, 4, 4, true},
        {{{5, 185}}, 0, 187, 7, true},
        {{{5, 185}}, 190, 200, 10, true},
        {{{5, 185}, {190, 400}}, 0, 410, 20, true},
        {{{5, 185}, {186, 6}}, 0, 30, 30, false},
        {{{5, 185}, {186, 6}, {7, 187}}, 0, 200, 20, false},
        {{{5, 185}, {186, 6}, {7, 187}}, 0, 240, 60, false},
        {{{5, 185}}, 187, 0, -7, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        world w = make(950 + (uint32_t)i);
        for (size_t k = 0; k < 3 && table[i].jumps[k][1]; k++) {
            const int *jump = table[i].jumps[k];
            apd_time from = w.start + jump[0] * MINUTE, to = w.start + jump[1] * MINUTE;
            assert_int_equal(apd_clocks_set(w.clocks, from, to, false), APD_OK);
            from += SECOND / 500; /* another log tells of it too */
            assert_int_equal(apd_clocks_set(w.clocks, from, to, false), APD_OK);
        }
        apd_time from = w.start + table[i].from * MINUTE, to = w.start + table[i].to * MINUTE;
        int64_t passed = table[i].passed * MINUTE;
        if (apd_clocks_passed(w.clocks, from, to) != passed)
            fail_msg("row %zu: %g minutes", i,
                     (double)apd_clocks_passed(w.clocks, from, to) / (double)MINUTE);
        assert_int_equal(apd_clocks_awake(w.clocks, from, to), passed);
        if (table[i].passed >= 0 && apd_clocks_after(w.clocks, from, passed) != to)
            fail_msg("row %zu: after", i);
        assert_true(!table[i].back || apd_clocks_after(w.clocks, to, -passed) == from);
        drop(&w);
    }
}

/* Sleep passes, though nothing can happen in it; a second record says that it was sleep. */
static void asleep(void **state)
{
    (void)state;
    world w = make(960);
    apd_time to = w.start + 187 * MINUTE;
    for (int slept = 0; slept < 2; slept++) {
        assert_int_equal(
            apd_clocks_set(w.clocks, w.start + 5 * MINUTE, w.start + 185 * MINUTE, slept), APD_OK);
        assert_int_equal(apd_clocks_passed(w.clocks, w.start, to), (slept ? 187 : 7) * MINUTE);
        assert_int_equal(apd_clocks_awake(w.clocks, w.start, to), 7 * MINUTE);
        assert_int_equal(apd_clocks_after(w.clocks, w.start, 7 * MINUTE), to);
    }
    drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_traces),
        cmocka_unit_test(steady_traces_in_doubt),
        cmocka_unit_test(steady_trace_two_steps),
        cmocka_unit_test(time_that_passed),
        cmocka_unit_test(asleep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
