/* Apps out of notes: how a life goes on, what belongs to whom, whose word counts, and what is too old to count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "items.h"
#include "limits.h"

enum { LOG = 1, OTHER_LOG = 2, REGISTRY = 3 };

#define SECOND APD_TICKS_SECOND
#define MINUTE APD_TICKS_MINUTE

typedef struct world {
    apd_arena *arena;
    apd_items *items;
    apd_clocks *clocks;
    apd_time now;
    uint64_t record;
    apd_sym log; /* of the lines to come */
} world;

static int set_up(void **state)
{
    static world w;
    w = (world){.arena = apd_arena_new(0), .log = LOG};
    w.items = apd_items_new(w.arena);
    w.clocks = apd_clocks_new(w.arena);
    apd_time_from_civil(2025, 11, 22, 10, 0, 0, 0, &w.now);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    apd_arena_free(w->arena);
    return 0;
}

/* "kind=win32 id=a state=failed exit=1603" */
static void parse(apd_note *note, const char *text, char room[512])
{
    *note = (apd_note){.verb = APD_SAYS_ITEM};
    snprintf(room, 512, "%s", text);
    apd_str rest = apd_str_of(room);
    while (rest.len) {
        apd_str word = apd_cut(&rest, ' '), name = apd_cut(&word, '=');
        size_t i = apd_verb_value(APD_SAYS_ITEM, name);
        assert_true(i < APD_NOTE_VALUES);
        note->value[i] = word;
    }
}

static void tell(world *w, const apd_event *ev, const char *text)
{
    apd_note note;
    char room[512];
    parse(&note, text, room);
    note.event = ev;
    assert_int_equal(apd_items_note(w->items, &note), APD_OK);
}

/* A line of a log, ten seconds after the last one. */
static void line(world *w, const char *text)
{
    w->now += 10 * SECOND;
    apd_event ev = {.time = w->now, .clock = APD_CLOCK_UTC, .kind = APD_EVENT, .log = w->log};
    ev.where.record = ++w->record;
    tell(w, &ev, text);
}

static void fact(world *w, const char *text)
{
    apd_event ev = {
        .time = APD_TIME_NONE, .clock = APD_CLOCK_NONE, .kind = APD_FACT, .log = REGISTRY};
    ev.where.record = ++w->record;
    tell(w, &ev, text);
}

static const apd_item *verdict(world *w, const char *id, apd_time newest)
{
    apd_items_build(w->items, w->clocks, newest);
    const apd_item *it = apd_items_find(w->items, apd_str_of(id));
    assert_non_null(it);
    return it;
}

static void expect_state(const apd_item *it, apd_item_state s)
{
    assert_string_equal(apd_item_state_name(it->state), apd_item_state_name(s));
}

static void a_life(void **state)
{
    world *w = *state;
    line(w, "kind=win32 id=a name=VPN intent=3 state=targeted");
    line(w, "kind=win32 id=a state=downloading bytes=5 total=10");
    line(w, "kind=win32 id=. state=downloading bytes=10 total=10 peers=4");
    line(w, "kind=win32 id=. state=downloaded");
    line(w, "kind=win32 id=. state=installing attempt=0");
    line(w, "kind=win32 id=. exit=0");
    line(w, "kind=win32 id=a state=installed detected=true detection=Registry");
    const apd_item *it = verdict(w, "A", APD_TIME_NONE); /* ids have no case */
    expect_state(it, APD_ITEM_INSTALLED);
    assert_int_equal(it->by, APD_BY_LOG);
    assert_true(apd_eq(it->intent, APD_LIT("required")));
    assert_int_equal(it->attempts, 1);
    assert_int_equal(it->bytes, 10);
    assert_int_equal(it->peers, 4);
    assert_int_equal(it->download_start.where.record, 2);
    assert_int_equal(it->download_end.where.record, 4);
    assert_int_equal(it->install_start.where.record, 5);
    assert_int_equal(it->install_end.where.record,
                     6); /* the exit code, not the detection behind it */
    assert_true(it->has_exit && it->exit == 0);
    assert_int_equal(it->detected, 1);
    assert_false(it->disagree || it->stale);
}

static void retries(void **state)
{
    world *w = *state;
    for (int i = 0; i < 3; i++) {
        line(w, i == 0   ? "kind=win32 id=a state=installing attempt=0"
                : i == 1 ? "kind=win32 id=a state=installing attempt=1"
                         : "kind=win32 id=a state=installing attempt=2");
        line(w, "kind=win32 id=. state=installing"); /* the process: no further try */
        line(w, "kind=win32 id=. exit=1603");
    }
    line(w, "kind=win32 id=a state=failed code=-2147023293");
    line(w, "kind=win32 id=a state=sleeping");
    const apd_item *it = verdict(w, "a", APD_TIME_NONE);
    expect_state(it, APD_ITEM_SLEEPING);
    assert_int_equal(it->attempts, 3);
    assert_int_equal(it->install_start.where.record, 7);
    assert_int_equal(it->install_end.where.record, 9);
    assert_int_equal(it->code, 0x80070643);
}

/* A second round forgets the measures of the first one and its error. */
static void again(void **state)
{
    world *w = *state;
    line(w, "kind=win32 id=a state=downloading bytes=7 total=9");
    line(w, "kind=win32 id=a state=installing");
    line(w, "kind=win32 id=a state=failed code=0x80070643");
    line(w, "kind=win32 id=a state=downloading");
    line(w, "kind=win32 id=a state=installing");
    line(w, "kind=win32 id=a state=installed");
    const apd_item *it = verdict(w, "a", APD_TIME_NONE);
    expect_state(it, APD_ITEM_INSTALLED);
    assert_int_equal(it->attempts, 2);
    assert_int_equal(it->bytes, 0);
    assert_int_equal(it->download_start.where.record, 4);
    assert_false(it->has_code);
}

/* The next check-in lists the app again: it stays what it was, unless that was before the attempt. */
static void listed_again(void **state)
{
    world *w = *state;
    line(w, "kind=win32 id=b state=failed");
    apd_time newest = w->now + SECOND;
    line(w, "kind=win32 id=b state=targeted");
    line(w, "kind=win32 id=a state=targeted");
    line(w, "kind=win32 id=a state=downloading bytes=7 total=9");
    line(w, "kind=win32 id=a state=installing");
    line(w, "kind=win32 id=a state=installed");
    line(w, "kind=win32 id=a state=targeted");
    const apd_item *it = verdict(w, "a", newest);
    expect_state(it, APD_ITEM_INSTALLED);
    assert_int_equal(it->bytes, 7);
    assert_int_equal(it->assigned.where.record, 7);
    it = apd_items_find(w->items, APD_LIT("b"));
    expect_state(it, APD_ITEM_TARGETED);
    assert_false(it->stale);
}

/* "." is whom the same log spoke of last, and only if it is of the kind. */
static void dots(void **state)
{
    world *w = *state;
    line(w, "kind=win32 id=. exit=9"); /* nobody yet */
    line(w, "kind=win32 id=a state=installing");
    w->log = OTHER_LOG;
    line(w, "kind=script id=s state=installing");
    line(w, "kind=script id=. exit=1");
    line(w, "kind=win32 id=. exit=2"); /* a script is no app */
    w->log = LOG;
    line(w, "kind=win32 id=. exit=3");
    line(w, "kind=remediation id=. exit=4");
    apd_items_build(w->items, w->clocks, APD_TIME_NONE);
    assert_int_equal(apd_items_count(w->items), 2);
    assert_int_equal(apd_items_find(w->items, APD_LIT("a"))->exit, 3);
    assert_int_equal(apd_items_find(w->items, APD_LIT("s"))->exit, 1);
}

static void disagreement(void **state)
{
    world *w = *state;
    line(w, "kind=win32 id=a state=failed exit=1603");
    fact(w, "kind=win32 id=a state=installed raw=1000");
    line(w, "kind=win32 id=b state=failed");
    fact(w, "kind=win32 id=b state=failed");
    line(w, "kind=win32 id=c state=installing");
    fact(w, "kind=win32 id=c state=installed");
    const apd_item *it = verdict(w, "a", APD_TIME_NONE);
    expect_state(it, APD_ITEM_FAILED); /* the registry does not say when */
    assert_true(it->disagree);
    assert_true(apd_eq(it->said[APD_BY_REGISTRY].raw, APD_LIT("1000")));
    assert_false(apd_items_find(w->items, APD_LIT("b"))->disagree);
    it = apd_items_find(w->items, APD_LIT("c"));
    assert_false(it->disagree); /* one has not come to an end */
    expect_state(it, APD_ITEM_INSTALLED);
    assert_int_equal(it->by, APD_BY_REGISTRY);
}

static void the_newer_word(void **state)
{
    world *w = *state;
    line(w, "kind=win32 id=a state=failed");
    fact(w, "kind=win32 id=a state=installed time=2025-11-22T11:00:00Z");
    line(w, "kind=win32 id=b state=failed");
    fact(w, "kind=win32 id=b state=installed time=2025-11-22T09:00:00Z");
    const apd_item *it = verdict(w, "a", APD_TIME_NONE);
    expect_state(it, APD_ITEM_INSTALLED);
    assert_true(it->disagree);
    expect_state(apd_items_find(w->items, APD_LIT("b")), APD_ITEM_FAILED);
}

/* The state at the end outlasts lines of a log, whichever file comes first; of two facts the newer one stands. */
static void order_of_files(void **state)
{
    world *w = *state;
    fact(w, "kind=win32 id=a by=esp state=failed");
    line(w, "kind=win32 id=a by=esp state=installing");
    fact(w, "kind=win32 id=b state=failed time=2025-11-22T10:00:00Z");
    fact(w, "kind=win32 id=b state=installed time=2025-11-22T09:00:00Z");
    expect_state(verdict(w, "a", APD_TIME_NONE), APD_ITEM_FAILED);
    expect_state(apd_items_find(w->items, APD_LIT("b")), APD_ITEM_FAILED);
}

static void left_over(void **state)
{
    world *w = *state;
    apd_time newest = w->now;
    fact(w, "kind=win32 id=a state=failed exit=1603 time=2025-03-02T08:00:00Z");
    fact(w, "kind=win32 id=b state=failed time=2025-03-02T08:00:00Z");
    line(w, "kind=win32 id=b state=installed");
    fact(w, "kind=win32 id=c state=failed"); /* no time: it may be of now */
    fact(w, "kind=win32 id=d asleep_since=2025-03-02T08:00:00Z");
    const apd_item *it = verdict(w, "a", newest);
    expect_state(it, APD_ITEM_UNKNOWN);
    assert_true(it->stale && it->said[APD_BY_REGISTRY].stale);
    assert_false(it->has_exit);
    it = apd_items_find(w->items, APD_LIT("b"));
    expect_state(it, APD_ITEM_INSTALLED);
    assert_false(it->stale || it->disagree);
    expect_state(apd_items_find(w->items, APD_LIT("c")), APD_ITEM_FAILED);
    assert_true(apd_items_find(w->items, APD_LIT("d"))->until == APD_TIME_NONE);
}

/* A local time whose offset nobody knows is only too old if it is so in every zone. */
static void left_over_local(void **state)
{
    world *w = *state;
    apd_event ev = {.time = w->now - 13 * APD_TICKS_HOUR,
                    .clock = APD_CLOCK_LOCAL,
                    .kind = APD_EVENT,
                    .log = LOG};
    tell(w, &ev, "kind=win32 id=a state=failed");
    ev.time = w->now - 15 * APD_TICKS_HOUR;
    tell(w, &ev, "kind=win32 id=b state=failed");
    expect_state(verdict(w, "a", w->now), APD_ITEM_FAILED);
    expect_state(apd_items_find(w->items, APD_LIT("b")), APD_ITEM_UNKNOWN);
}

static void asleep(void **state)
{
    world *w = *state;
    apd_time expected;
    fact(w, "kind=win32 id=a asleep_since=2025-11-22T09:30:00Z");
    apd_time_from_civil(2025, 11, 23, 9, 30, 0, 0, &expected);
    assert_true(verdict(w, "a", w->now)->until == expected); /* begun before, not over yet */
}

static void kinds_and_names(void **state)
{
    world *w = *state;
    fact(w, "kind=catalog id={AA-1} name=Agent version=1.4");
    fact(w, "kind=catalog id={AA-2} name=Other");
    line(w, "kind=msi id=aa-1 state=installed");
    fact(w, "kind=catalog id=AA-1 name=Agent");
    line(w, "kind=win32 id=b state=targeted");
    line(w, "kind=winget id=b state=downloading");
    line(w, "kind=win32 id=b state=installed");
    line(w, "kind=policy id=./Device/A%20B state=failed");
    line(w, "kind=policy id=./x%2 state=failed");
    apd_items_build(w->items, w->clocks, APD_TIME_NONE);
    assert_int_equal(apd_items_count(w->items), 4);
    assert_null(apd_items_find(w->items, APD_LIT("AA-2")));
    const apd_item *it = apd_items_find(w->items, APD_LIT("{AA-1}"));
    assert_true(apd_eq(it->kind, APD_LIT("msi")) && apd_eq(it->name, APD_LIT("Agent")));
    assert_true(apd_eq(apd_items_find(w->items, APD_LIT("b"))->kind, APD_LIT("winget")));
    assert_non_null(apd_items_find(w->items, APD_LIT("./Device/A%20B")));
    assert_true(apd_eq(apd_items_at(w->items, 2)->id, APD_LIT("./Device/A%20B")) == false);
    assert_non_null(apd_items_find(w->items, APD_LIT("./x%2")));
}

/* More apps than there is room for: the first ones stay, the others are counted. */
static void limits(void **state)
{
    world *w = *state;
    char text[64];
    for (unsigned i = 0; i < APD_MAX_ITEMS + 5; i++) {
        snprintf(text, sizeof text, "kind=win32 id=app-%u state=failed", i);
        line(w, text);
    }
    line(w, "kind=win32 id=app-7 state=installed");
    line(w, "kind=win32 id= state=failed");
    apd_items_build(w->items, w->clocks, APD_TIME_NONE);
    assert_int_equal(apd_items_count(w->items), APD_MAX_ITEMS);
    assert_int_equal(apd_items_left_out(w->items), 5);
    expect_state(apd_items_find(w->items, APD_LIT("app-7")), APD_ITEM_INSTALLED);
    assert_null(apd_items_find(w->items, APD_LIT("app-8200")));
}

/* What a log says again and again in other words takes the place of what it said. */
static void words_that_change(void **state)
{
    world *w = *state;
    static const char *const lines[] = {
        "kind=win32 id=a name=Contoso state=installing raw=InProgress",
        "kind=win32 id=a name=Contoso-VPN-for-Windows version=1.2 state=failed raw=Error",
        "kind=win32 id=a name=VPN version=1.2.3.4 reason=none state=installed"};
    enum { LINES = sizeof lines / sizeof *lines };
    for (int i = 0; i < 2 * LINES; i++)
        line(w, lines[i % LINES]);
    size_t used = apd_arena_used(w->arena);
    for (int i = 0; i < 1000 * LINES; i++)
        line(w, lines[i % LINES]);
    assert_int_equal(apd_arena_used(w->arena), used);
    const apd_item *it = verdict(w, "a", APD_TIME_NONE);
    assert_true(apd_eq(it->name, APD_LIT("VPN")) && apd_eq(it->version, APD_LIT("1.2.3.4")));
    assert_int_equal(it->said[APD_BY_LOG].raw.len, 0);
    expect_state(it, APD_ITEM_INSTALLED);
}

static void times(void **state)
{
    (void)state;
    static const struct {
        const char *text, *utc; /* "" = no time */
    } table[] = {
        {"11/22/2025 21:03:00", "2025-11-22T21:03:00Z"},
        {"11/22/2025 9:03:00 PM", "2025-11-22T21:03:00Z"},
        {"11/22/2025 12:03:00 AM", "2025-11-22T00:03:00Z"},
        {"2025-11-22 21:03:00", "2025-11-22T21:03:00Z"},
        {"2025-11-22T21:03:00+01:00", "2025-11-22T20:03:00Z"},
        {"/Date(1763805600000)/", "2025-11-22T10:00:00Z"},
        {"22/11/2025 21:03:00", ""},
        {"11/22/2025 13:03:00 PM", ""},
        {"11/22/2025 0:03:00 AM", ""},
        {"11/22/2025", ""},
        {"11/22/2025 21:03:00 x", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        apd_time t = APD_TIME_NONE;
        char text[APD_TIME_TEXT] = "";
        if (apd_note_time_utc(apd_str_of(table[i].text), &t))
            apd_time_format(t, 0, true, text);
        assert_string_equal(text, table[i].utc);
    }
}

int main(void)
{
#define ITEM_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ITEM_TEST(a_life),         ITEM_TEST(retries),
        ITEM_TEST(again),          ITEM_TEST(listed_again),
        ITEM_TEST(dots),           ITEM_TEST(disagreement),
        ITEM_TEST(the_newer_word), ITEM_TEST(order_of_files),
        ITEM_TEST(left_over),      ITEM_TEST(left_over_local),
        ITEM_TEST(asleep),         ITEM_TEST(kinds_and_names),
        ITEM_TEST(limits),         ITEM_TEST(words_that_change),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
