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
    assert_int_equal(apd_clocks_set(w.clocks, w.start + 10 * MINUTE, w.start + 10 * MINUTE + by),
                     APD_OK);
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
        int64_t forward = jumps[i] > 0 ? jumps[i] : 0;
        apd_time day = w.start + APD_TICKS_DAY;
        assert_int_equal(apd_clocks_passed(w.clocks, w.start, day), APD_TICKS_DAY - forward);
        assert_int_equal(apd_clocks_passed(w.clocks, w.start, w.start + MINUTE), MINUTE);
        assert_int_equal(apd_clocks_after(w.clocks, w.start, APD_TICKS_DAY - forward), day);
        assert_int_equal(apd_clocks_after(w.clocks, day, forward - APD_TICKS_DAY), w.start);
        assert_int_equal(apd_clocks_after(w.clocks, w.start, MINUTE), w.start + MINUTE);
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
    assert_int_equal(apd_clocks_set(w.clocks, w.start + 12 * MINUTE, w.start - APD_TICKS_HOUR),
                     APD_OK);
    settle(&w);
    assert_int_equal(apd_clocks_shifts(w.clocks), 0);
    expect_shift(&w, w.start + 13 * MINUTE, 0);
    drop(&w);
    w = stepped(931, SECOND / 10, 10, 0); /* a correction, and times from nowhere */
    assert_int_equal(apd_clocks_set(w.clocks, INT64_MAX, INT64_MIN), APD_OK);
    assert_int_equal(apd_clocks_set(w.clocks, INT64_MIN, INT64_MAX), APD_OK);
    assert_int_equal(apd_clocks_set(w.clocks, 0, INT64_MAX), APD_OK);
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
        assert_int_equal(apd_clocks_set(w.clocks, at + by[i - 1], at + by[i]), APD_OK);
    }
    settle(&w);
    assert_int_equal(apd_clocks_shifts(w.clocks), 2);
    expect_shift(&w, w.start + 5 * MINUTE, 0);
    expect_shift(&w, w.start + 15 * MINUTE, apd_clocks_shift(w.clocks, 0)->by);
    assert_true(llabs(apd_clocks_shift(w.clocks, 0)->by - by[1]) < 30);
    assert_true(llabs(apd_clocks_shift(w.clocks, 1)->by - by[2]) < 30);
    drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_traces),
        cmocka_unit_test(steady_traces_in_doubt),
        cmocka_unit_test(steady_trace_two_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
