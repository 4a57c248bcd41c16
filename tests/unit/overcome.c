/* Which failures count as overcome: the phase they stopped succeeded afterwards, and nothing inside it is left failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "rank.h"

static const apd_str order[] = {{"profile", 7}, {"mdm-enroll", 10}, {"esp-device", 10}};

typedef struct world {
    apd_arena *arena;
    apd_intern *names;
    apd_model *model;
    apd_time start;
    uint64_t record;
    apd_time attempts[4];
    size_t nattempts;
} world;

static apd_time at(const world *w, int minutes)
{
    return w->start + minutes * APD_TICKS_MINUTE;
}

static int make(void **state)
{
    world *w = *state = test_calloc(1, sizeof *w);
    w->arena = apd_arena_new(0);
    w->names = apd_intern_new();
    w->model = apd_model_new(w->arena, w->names, order, 3);
    return w->model && apd_time_from_civil(2025, 11, 22, 8, 0, 0, 0, &w->start) ? 0 : -1;
}

static int drop(void **state)
{
    world *w = *state;
    apd_intern_free(w->names);
    apd_arena_free(w->arena);
    test_free(w);
    return 0;
}

static void tell(world *w, int minutes, apd_clock clock, apd_note note)
{
    apd_event ev = {.kind = APD_EVENT,
                    .time = at(w, minutes),
                    .clock = clock,
                    .log = apd_intern_add(w->names, APD_LIT("log")),
                    .where = {.record = ++w->record}};
    note.event = &ev;
    note.log = APD_LIT("log");
    assert_int_equal(apd_model_event(w->model, &ev), APD_OK);
    assert_int_equal(apd_model_note(w->model, &note), APD_OK);
}

static void mark(world *w, int minutes, const char *phase, const char *edge)
{
    apd_note note = {.verb = APD_SAYS_PHASE};
    note.value[APD_PHASE_NAME] = apd_str_of(phase);
    note.value[APD_PHASE_EDGE] = apd_str_of(edge);
    tell(w, minutes, APD_CLOCK_UTC, note);
}

static void app(world *w, int minutes, const char *id, const char *is)
{
    apd_note note = {.verb = APD_SAYS_ITEM};
    note.value[APD_ITEM_KIND] = APD_LIT("win32");
    note.value[APD_ITEM_ID] = apd_str_of(id);
    note.value[APD_ITEM_STATE] = apd_str_of(is);
    tell(w, minutes, APD_CLOCK_UTC, note);
}

static apd_overcome look(world *w, const char *phase, int first, int last, uint32_t attempt)
{
    apd_finding f = {.phase = apd_str_of(phase),
                     .first = at(w, first),
                     .last = at(w, last),
                     .clock = APD_CLOCK_UTC,
                     .attempt = attempt};
    return apd_overcome_find(w->model, &f);
}

static void build(world *w)
{
    assert_int_equal(apd_model_settle(w->model), APD_OK);
    assert_int_equal(apd_model_build(w->model, w->attempts, w->nattempts, NULL, 0), APD_OK);
}

static void expect(const world *w, apd_overcome o, const char *phase, int minutes, uint32_t attempt)
{
    assert_true(apd_eq(o.phase, apd_str_of(phase)));
    if (*phase) {
        assert_int_equal(o.time, at(w, minutes));
        assert_int_equal(o.attempt, attempt);
    }
}

static void tried_again(void **state)
{
    world *w = *state;
    mark(w, 1, "esp-device", "start");
    mark(w, 10, "esp-device", "failure");
    mark(w, 12, "esp-device", "start");
    mark(w, 20, "esp-device", "success");
    app(w, 9, "a", "failed");
    app(w, 19, "a", "installed");
    build(w);
    expect(w, look(w, "esp-device", 9, 10, 0), "esp-device", 20, 1);
    expect(w, look(w, "apps", 9, 10, 0), "esp-device", 20, 1);
    expect(w, look(w, "esp-device", 9, 21, 0), "", 0, 0);  /* goes on behind the success */
    expect(w, look(w, "esp-device", 11, 11, 0), "", 0, 0); /* stopped nothing */
}

static void something_is_left(void **state)
{
    world *w = *state;
    mark(w, 10, "esp-device", "failure");
    mark(w, 20, "esp-device", "success");
    app(w, 9, "a", "installed");
    app(w, 9, "b", "failed");
    build(w);
    expect(w, look(w, "apps", 9, 10, 0), "", 0, 0);
    expect(w, look(w, "esp-device", 9, 10, 0), "esp-device", 20, 1);
}

static void never_again(void **state)
{
    world *w = *state;
    mark(w, 5, "mdm-enroll", "success");
    mark(w, 10, "esp-device", "failure");
    build(w);
    expect(w, look(w, "esp-device", 10, 10, 0), "", 0, 0);
    expect(w, look(w, "mdm-enroll", 4, 4, 0), "", 0,
           0); /* what it might have stopped is another phase */
}

static void in_a_later_attempt(void **state)
{
    world *w = *state;
    w->attempts[w->nattempts++] = at(w, 0);
    w->attempts[w->nattempts++] = at(w, 60);
    mark(w, 1, "mdm-enroll", "start");
    mark(w, 2, "mdm-enroll", "failure");
    mark(w, 61, "mdm-enroll", "start");
    mark(w, 62, "mdm-enroll", "success");
    mark(w, 63, "esp-device", "failure");
    build(w);
    expect(w, look(w, "mdm-enroll", 2, 2, 1), "mdm-enroll", 62, 2);
    expect(w, look(w, "esp-device", 63, 63, 2), "", 0, 0);
}

/* Local times of unknown offset have no order with what is known in UTC. */
static void unknown_clock(void **state)
{
    world *w = *state;
    mark(w, 10, "esp-device", "failure");
    mark(w, 20, "esp-device", "success");
    build(w);
    apd_finding f = {.phase = APD_LIT("esp-device"), .first = at(w, 9), .last = at(w, 10)};
    f.clock = APD_CLOCK_LOCAL;
    expect(w, apd_overcome_find(w->model, &f), "", 0, 0);
    f.clock = APD_CLOCK_ESTIMATED;
    expect(w, apd_overcome_find(w->model, &f), "esp-device", 20, 1);
    f.clock = APD_CLOCK_NONE;
    f.first = f.last = APD_TIME_NONE;
    expect(w, apd_overcome_find(w->model, &f), "", 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tried_again, make, drop),
        cmocka_unit_test_setup_teardown(something_is_left, make, drop),
        cmocka_unit_test_setup_teardown(never_again, make, drop),
        cmocka_unit_test_setup_teardown(in_a_later_attempt, make, drop),
        cmocka_unit_test_setup_teardown(unknown_clock, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
