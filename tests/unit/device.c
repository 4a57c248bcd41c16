/* Properties of the device from several sources, and stalls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "device.h"
#include "limits.h"

typedef struct world {
    apd_arena *arena;
    apd_device *device;
    apd_clocks *clocks;
    apd_time start;
} world;

static int set_up(void **state)
{
    static world w;
    w = (world){.arena = apd_arena_new(0)};
    w.device = apd_device_new(w.arena);
    w.clocks = apd_clocks_new(w.arena);
    apd_time_from_civil(2025, 11, 22, 10, 0, 0, 0, &w.start);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    apd_arena_free(((world *)*state)->arena);
    return 0;
}

static void fact(world *w, uint32_t member, uint64_t record, enum apd_device_value which,
                 const char *value)
{
    apd_event ev = {.time = APD_TIME_NONE, .clock = APD_CLOCK_NONE, .kind = APD_FACT, .log = 1};
    ev.where.member = member;
    ev.where.record = record;
    apd_note note = {.verb = APD_SAYS_DEVICE, .event = &ev};
    note.value[which] = apd_str_of(value);
    assert_int_equal(apd_device_note(w->device, &note), APD_OK);
}

static const apd_property *property(world *w, enum apd_device_value which)
{
    return apd_device_property(w->device, which);
}

static void contradictions(void **state)
{
    world *w = *state;
    fact(w, 1, 1, APD_DEVICE_OOBE_CONFIG, "286");
    fact(w, 2, 1, APD_DEVICE_OOBE_CONFIG, "1310");
    fact(w, 3, 1, APD_DEVICE_OOBE_CONFIG, "7"); /* one contradiction is enough */
    const apd_property *p = property(w, APD_DEVICE_OOBE_CONFIG);
    assert_true(apd_eq(p->value, APD_LIT("286")) && apd_eq(p->other, APD_LIT("1310")));
    assert_int_equal(p->where.member, 1);
    assert_int_equal(p->other_where.member, 2);
    fact(w, 1, 1, APD_DEVICE_USER, "autopilot@contoso.com");
    fact(w, 1, 2, APD_DEVICE_USER, "ana@contoso.com"); /* another key of the same registry */
    assert_true(apd_eq(property(w, APD_DEVICE_USER)->other, APD_LIT("ana@contoso.com")));
    assert_int_equal(property(w, APD_DEVICE_MODEL)->value.len, 0);
}

static void other_words_for_the_same(void **state)
{
    world *w = *state;
    static const struct {
        enum apd_device_value which;
        const char *a, *b;
        bool same;
    } table[] = {
        {APD_DEVICE_TENANT_ID, "{AB-1}", "ab-1", true},
        {APD_DEVICE_OS_BUILD, "26100", "10.0.26100.2605", true},
        {APD_DEVICE_TPM_VERSION, "2.0.1", "2.0", true},
        {APD_DEVICE_OS_VERSION, "6100", "26100", false},
        {APD_DEVICE_NAME, "PC", "PC.contoso.com", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        fact(w, 1, 1, table[i].which, table[i].a);
        fact(w, 2, 1, table[i].which, table[i].b);
        assert_int_equal(property(w, table[i].which)->other.len == 0, table[i].same);
    }
}

static void stall(world *w, apd_time at, const char *reason, const char *edge, const char *lasts)
{
    apd_event ev = {.time = at, .clock = APD_CLOCK_UTC, .kind = APD_EVENT, .log = 1};
    apd_note note = {.verb = APD_SAYS_STALL, .event = &ev};
    note.value[APD_STALL_REASON] = apd_str_of(reason);
    note.value[APD_STALL_EDGE] = apd_str_of(edge);
    note.value[APD_STALL_LASTS] = apd_str_of(lasts);
    assert_int_equal(apd_device_note(w->device, &note), APD_OK);
}

static void stalls(void **state)
{
    world *w = *state;
    apd_time newest = w->start + APD_TICKS_HOUR;
    stall(w, w->start, "throttled", "", "");
    stall(w, w->start, "grs", "", "1d");
    stall(w, w->start, "standby", "end", ""); /* never began */
    stall(w, newest, "standby", "", "");
    stall(w, newest + APD_TICKS_MINUTE, "standby", "", "");
    stall(w, newest + APD_TICKS_HOUR, "standby", "end", "");
    stall(w, newest + 2 * APD_TICKS_HOUR, "standby", "", "");
    apd_device_build(w->device, w->clocks, newest);
    assert_int_equal(apd_device_stalls(w->device), 4);
    const apd_stall *s = apd_device_stall(w->device, 0);
    assert_true(s->stale && !s->ended && s->until == APD_TIME_NONE);
    s = apd_device_stall(w->device, 1); /* began before, holds a day */
    assert_true(!s->stale && s->until == w->start + APD_TICKS_DAY);
    s = apd_device_stall(w->device, 2);
    assert_true(s->ended && s->times == 2 && s->from == newest && s->to == newest + APD_TICKS_HOUR);
    assert_false(apd_device_stall(w->device, 3)->ended);
}

/* Of one reason every item has its own; its case says nothing. An ended one begins anew. */
static void stalls_of_items(void **state)
{
    world *w = *state;
    apd_event ev = {.time = w->start, .clock = APD_CLOCK_UTC, .kind = APD_EVENT, .log = 1};
    apd_note note = {.verb = APD_SAYS_STALL, .event = &ev};
    char item[40];
    note.value[APD_STALL_REASON] = APD_LIT("grs");
    for (unsigned i = 0; i < APD_MAX_ITEMS + 100; i++) {
        snprintf(item, sizeof item, "%s-%u", i % 2 ? "ABCD" : "abcd", i / 2);
        note.value[APD_STALL_ITEM] = apd_str_of(item);
        assert_int_equal(apd_device_note(w->device, &note), APD_OK);
    }
    assert_int_equal(apd_device_stalls(w->device), APD_MAX_ITEMS / 2 + 50);
    for (size_t i = 0; i < apd_device_stalls(w->device); i++)
        assert_int_equal(apd_device_stall(w->device, i)->times, 2);
    for (unsigned i = 0; i < APD_MAX_ITEMS; i++) {
        note.value[APD_STALL_EDGE] = i % 2 ? APD_LIT("") : APD_LIT("end");
        assert_int_equal(apd_device_note(w->device, &note), APD_OK);
    }
    assert_int_equal(apd_device_stalls(w->device), APD_MAX_ITEMS);
}

static void version(world *w, const char *is)
{
    apd_event ev = {.kind = APD_EVENT, .log = 1};
    apd_note note = {.verb = APD_SAYS_VERSION, .event = &ev};
    note.value[APD_VERSION_OF] = APD_LIT("ime");
    note.value[APD_VERSION_IS] = apd_str_of(is);
    assert_int_equal(apd_device_note(w->device, &note), APD_OK);
}

/* It was updated on the way, and rotated logs may say so again and again. */
static void versions(void **state)
{
    world *w = *state;
    version(w, "1.96");
    version(w, "1.104");
    assert_true(apd_eq(apd_device_version(w->device, APD_LIT("ime")), APD_LIT("1.104")));
    assert_int_equal(apd_device_version(w->device, APD_LIT("x")).len, 0);
    size_t used = apd_arena_used(w->arena);
    for (int i = 0; i < 1000; i++) {
        version(w, i % 2 ? "1.104" : "1.96");
        assert_true(apd_eq(apd_device_version(w->device, APD_LIT("ime")),
                           i % 2 ? APD_LIT("1.104") : APD_LIT("1.96")));
    }
    assert_int_equal(apd_arena_used(w->arena), used);
}

int main(void)
{
#define DEVICE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {DEVICE_TEST(contradictions),
                                       DEVICE_TEST(other_words_for_the_same), DEVICE_TEST(stalls),
                                       DEVICE_TEST(stalls_of_items), DEVICE_TEST(versions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
