/* Every form of relation: true, false and unknown, with the sentence that says why. */
#include "scan_world.h"

typedef struct row {
    const char *relation, *script;
    apd_truth want;
    const char *why; /* part of the sentence for an unknown one */
} row;

/* Windows says that the clock was set forward between these minutes. */
static void set_clock(world *w, double from, double to)
{
    apd_clocks *c = apd_clocks_new(w->arena);
    assert_non_null(c);
    assert_int_equal(
        apd_clocks_set(c, world_event(w, 'x', from).time, world_event(w, 'x', to).time, false),
        APD_OK);
    assert_int_equal(apd_clocks_settle(c), APD_OK);
    apd_scan_set_clocks(w->scan, c);
}

/* The clock is set between these minutes, unless they are equal. */
static void check(const row *r, double from, double to)
{
    apd_arena *a = apd_arena_new(0);
    apd_str body = apd_printf_a(a, "timeline:\n  rel: {%s}\nwhen: rel\n", r->relation);
    apd_rule_file files[] = {world_rule(a, "r", body.ptr), {{0}, {0}}};
    world w = world_of(files);
    world_feed(&w, r->script);
    if (to > from)
        set_clock(&w, from, to);
    assert_int_equal(apd_scan_settle(w.scan), APD_OK);
    apd_view *views;
    assert_true(apd_views_make(w.scan, &views) > 0);
    const apd_relation_result *got = apd_eval_relation(&views[0], 0);
    if (got->truth != r->want)
        fail_msg("{%s} over %s: got %s (%.*s), want %s", r->relation, r->script,
                 apd_truth_name(got->truth), APD_FMT(got->why), apd_truth_name(r->want));
    assert_int_equal(got->truth == APD_UNKNOWN, got->why.len > 0);
    if (r->why)
        assert_part(got->why, r->why);
    world_free(&w);
    apd_arena_free(a);
}

static void check_all(const row *rows, size_t n, double from, double to)
{
    for (size_t i = 0; i < n; i++)
        check(&rows[i], from, to);
}
#define CHECK_ALL_SET(rows, from, to) check_all((rows), sizeof(rows) / sizeof *(rows), from, to)
#define CHECK_ALL(rows) CHECK_ALL_SET(rows, 0, 0)

static void order(void **state)
{
    (void)state;
    static const row rows[] = {
        {"order: [a, b]", "a0 b1", APD_TRUE, NULL},
        {"order: [a, b]", "b1 a5", APD_FALSE, NULL},
        {"order: [a, b]", "b1 a5 b6", APD_FALSE, NULL},
        {"order: [a, b]", "a0", APD_TRUE, NULL},
        {"order: [a, b]", "b0", APD_FALSE, NULL},
        {"order: [a, b, c]", "a0 c5", APD_TRUE, NULL},
        {"order: [a, b, c]", "a0 b5 c3", APD_FALSE, NULL},
        {"order: [a, c]", "a0 c0", APD_TRUE, NULL}, /* at one time, in different logs */
        {"order: [a, b]", "y0", APD_UNKNOWN, "rel could not be checked: no autopilot log is in"},
        {"order: [i, a]", "a0", APD_UNKNOWN, "no ime log is in this bundle"},
    };
    CHECK_ALL(rows);
}

static void clocks(void **state)
{
    (void)state;
    static const row rows[] = {
        {"order: [a, i]", "a0 i60L", APD_UNKNOWN,
         "a has UTC and i has local time without its offset, too close"},
        {"order: [a, i]", "a0 i840L", APD_UNKNOWN, NULL}, /* just 14 h */
        {"order: [a, i]", "a0 i841L", APD_TRUE, NULL},
        {"order: [i, a]", "a0 i841L", APD_FALSE, NULL},
        {"order: [i, a]", "i0L z1L a900", APD_TRUE, NULL},
        {"after: a, within: 20m, any_of: [i]", "a0 z0L i10L z1000L", APD_UNKNOWN, "too close"},
        {"after: a, within: 1d, any_of: [i]", "a0 i600L", APD_UNKNOWN, "too close"},
        {"after: a, within: 2d, any_of: [i]", "a0 i900L", APD_TRUE, NULL},
        {"after: a, within: 16h, any_of: [i]", "a0 i900L", APD_UNKNOWN, "too close"},
        {"after: a, within: 10m, none_of: [i]", "z-900L a0 z900L", APD_TRUE, NULL},
        {"after: a, within: 10m, none_of: [i]", "z-900L a0 z840L", APD_UNKNOWN, "ime ends"},
        {"after: a, before: i, none_of: [b]", "a0 i60L", APD_UNKNOWN, "too close"},
        /* two logs of one local clock compare as they are */
        {"after: i, within: 5m, none_of: [i]", "i0L z9L", APD_TRUE, NULL},
        /* the clock was set back: the numbers of the records tell the order */
        {"order: [a, b]", "a60 b0", APD_TRUE, NULL},
        {"after: a, within: 5m, any_of: [b]", "a60 b0", APD_TRUE, NULL},
        {"after: last a, within: 5m, any_of: [b]", "a60 a0 b1 x20", APD_TRUE, NULL},
    };
    CHECK_ALL(rows);
}

/* At minute 5 the clock goes on at 185: what happens at 187 is seven minutes after minute 0. */
static void clock_set_forward(void **state)
{
    (void)state;
    static const row rows[] = {
        {"after: a, within: 15m, any_of: [b]", "a0 b187 x300", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [b]", "a0 b187 x300", APD_FALSE, NULL},
        {"after: a, within: 15m, none_of: [b]", "a0 b196 x300", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [b]", "a0 x187", APD_UNKNOWN,
         "autopilot ends 7 m 00 s in, the window runs to 15 m 00 s"},
        {"after: a, within: 3m, none_of: [b]", "a0 x4", APD_TRUE, NULL}, /* before it was set */
        {"before: b, within: 15m, any_of: [a]", "a0 b187 x300", APD_TRUE, NULL},
        {"before: b, within: 15m, none_of: [a]", "x-60 a0 b196 x300", APD_TRUE, NULL},
        {"before: b, within: 15m, none_of: [a]", "x0 b187 x300", APD_UNKNOWN, "begins"},
        {"count: a, at_least: 3, within: 10m", "a0 a4 a187", APD_TRUE, NULL},
        {"count: a, at_least: 3, within: 10m", "a0 a4 a192", APD_FALSE, NULL},
    };
    CHECK_ALL_SET(rows, 5, 185);
}

static void after(void **state)
{
    (void)state;
    static const row rows[] = {
        {"after: a, within: 15m, none_of: [b]", "a0 x15", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [b]", "a0 b5 x20", APD_FALSE, NULL},
        {"after: a, within: 15m, none_of: [b]", "a0 b15 x20", APD_FALSE, NULL},
        {"after: a, within: 15m, none_of: [b]", "a0 b16 x20", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [b]", "b0 a1 x20", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [b]", "a0 x5", APD_UNKNOWN,
         "rel could not be checked: autopilot ends 5 m 00 s in, the window runs to 15 m 00 s"},
        {"after: a, within: 15m, none_of: [b]", "a0 b5", APD_FALSE, NULL},
        {"after: a, within: 15m, none_of: [b]", "x0", APD_FALSE, NULL},
        {"after: a, within: 15m, none_of: [b]", "y0", APD_UNKNOWN, "no autopilot log"},
        {"after: a, within: 15m, none_of: [a]", "a0 x20", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [a]", "a0 a1 x20", APD_FALSE, NULL},
        /* a record of the same moment: where it stands in the log decides */
        {"after: a, within: 15m, none_of: [b]", "a0 b0 x20", APD_FALSE, NULL},
        {"after: a, within: 15m, none_of: [b]", "b0 a0 x20", APD_TRUE, NULL},
        {"after: a, within: 15m, all_of: [b, c]", "a0 b1 c2", APD_TRUE, NULL},
        {"after: a, within: 15m, all_of: [b, c]", "y0 a0 b1 x20 y20", APD_FALSE, NULL},
        {"after: a, within: 15m, all_of: [b, c]", "a0 b1 x20", APD_UNKNOWN, "no shell-core log"},
        {"after: a, within: 15m, any_of: [b, c]", "a0 b1", APD_TRUE, NULL},
        {"after: a, within: 15m, any_of: [b, c]", "y0 a0 b16 c16", APD_FALSE, NULL},
        {"after: a, within: 15m, any_of: [b, c]", "a0 x20", APD_UNKNOWN, "no shell-core log"},
        {"after: a, any_of: [b]", "a0 b9999", APD_TRUE, NULL},
        {"after: a, any_of: [b]", "a0 x1", APD_FALSE, NULL},
        {"after: a, within: 15m, none_of: [b], all_of: [c]", "a0 c5 x20 y0 y20", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [b], all_of: [c]", "a0 b1 c5 x20", APD_FALSE, NULL},
    };
    CHECK_ALL(rows);
}

static void missing_records(void **state)
{
    (void)state;
    const char *silent = "after: a, within: 15m, none_of: [b]";
    const row rows[] = {
        {silent, "a0 x5 x20", APD_TRUE, NULL},
        {silent, "a0 x5 g6 x20", APD_UNKNOWN, "records of autopilot from that time are missing"},
        {silent, "a0 x5 g20", APD_UNKNOWN, "records of autopilot from that time are missing"},
        {silent, "x-9 g-5 a0 x20 x30 g40", APD_UNKNOWN, "are missing"}, /* one stretch is kept */
        {silent, "x-9 g-5 a0 x20", APD_TRUE, NULL},
        {silent, "a0 x20 g40", APD_TRUE, NULL},
        {silent, "a0 g3 b5 x20", APD_FALSE, NULL}, /* what is there needs no cover */
        {silent, "a0 x5 | x10 x20", APD_UNKNOWN, "are missing"},
        {silent, "x10 x20 | a0 x5", APD_UNKNOWN, "are missing"},
        {silent, "a0 x12 | x10 x20", APD_TRUE, NULL},
        {silent, "a0 x20 | x90 x99", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [i]", "a0 z0 z5 | z10 z20", APD_TRUE, NULL},
        {"after: a, within: 15m, all_of: [b]", "a0 g5 x20", APD_UNKNOWN, "are missing"},
    };
    CHECK_ALL(rows);
}

static void seen_through(void **state)
{
    (void)state;
    static const row rows[] = {
        {"after: a, within: 15m, none_of: [b], seen_through: [autopilot, shell-core]",
         "y0 a0 x20 y20", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [b], seen_through: [autopilot, shell-core]", "a0 x20 y20",
         APD_UNKNOWN, "shell-core begins 20 m 00 s in, the window runs to 15 m 00 s"},
        {"after: a, within: 15m, none_of: [b], seen_through: [autopilot, shell-core]", "a0 y2",
         APD_UNKNOWN,
         "shell-core ends 2 m 00 s in, the window runs to 15 m 00 s (autopilot ends 0 s in)"},
        {"after: a, within: 15m, none_of: [b], seen_through: [autopilot, mdm]", "a0 x20",
         APD_UNKNOWN, "no mdm log is in this bundle"},
        {"after: last a, within: 15m, none_of: [b], seen_through: [shell-core]", "y0 a5 x30",
         APD_UNKNOWN, "shell-core ends 5 m 00 s before the window begins"},
    };
    CHECK_ALL(rows);
}

static void before(void **state)
{
    (void)state;
    static const row rows[] = {
        {"before: b, within: 10m, all_of: [a]", "a0 b5", APD_TRUE, NULL},
        {"before: b, within: 10m, all_of: [a]", "a0 x1 b20", APD_FALSE, NULL},
        {"before: b, within: 10m, all_of: [a]", "b5", APD_UNKNOWN,
         "autopilot begins 10 m 00 s in, the window runs to 10 m 00 s"},
        {"before: b, within: 10m, none_of: [a]", "a0 b20", APD_TRUE, NULL},
        {"before: b, none_of: [a]", "x0 b5 a6", APD_TRUE, NULL},
        {"before: b, none_of: [a]", "a0 b5", APD_FALSE, NULL},
        {"before: last b, within: 10m, all_of: [a]", "x0 b10 a21 b22", APD_TRUE, NULL},
        {"before: first b, within: 10m, all_of: [a]", "x0 b10 a21 b22", APD_FALSE, NULL},
        {"before: each b, within: 10m, all_of: [a]", "x0 b10 a21 b22 b90", APD_TRUE, NULL},
        {"before: b, within: 10m, all_of: [a]", "y0", APD_UNKNOWN, "no autopilot log"},
        {"before: b, within: 10m, all_of: [a]", "a0", APD_FALSE, NULL},
    };
    CHECK_ALL(rows);
}

static void between(void **state)
{
    (void)state;
    static const row rows[] = {
        {"after: a, before: b, none_of: [c]", "y0 a1 b5 y9", APD_TRUE, NULL},
        {"after: a, before: b, none_of: [c]", "y0 a1 c3 b5 y9", APD_FALSE, NULL},
        {"after: a, before: b, none_of: [c]", "y0 a1 b5 c6", APD_TRUE, NULL},
        {"after: a, before: b, none_of: [c]", "y0 a1 b5 y3", APD_UNKNOWN,
         "shell-core ends 2 m 00 s in, the window runs to 4 m 00 s"},
        {"after: a, before: b, none_of: [c]", "y0 a1 y9", APD_FALSE, NULL},
        {"after: a, before: b, none_of: [c]", "y0 b0 a1 y9", APD_FALSE, NULL},
        /* the second anchor is looked for behind the first */
        {"after: a, before: b, none_of: [c]", "y0 b0 a1 b5 y9", APD_TRUE, NULL},
        {"after: a, before: last b, none_of: [c]", "y0 a1 b5 c6 b7 y9", APD_FALSE, NULL},
        {"after: a, before: each b, none_of: [c]", "y0 a1 b5 c6 b7 y9", APD_TRUE, NULL},
        /* whichever end comes first */
        {"after: a, before: b, within: 5m, all_of: [e]", "a0 e2 b3", APD_TRUE, NULL},
        {"after: a, before: b, within: 5m, all_of: [e]", "a0 b3 e4", APD_FALSE, NULL},
        {"after: a, before: b, within: 5m, all_of: [e]", "a0 e6 b7", APD_FALSE, NULL},
        {"after: a, before: b, within: 5m, all_of: [e]", "a0 e4 x9", APD_TRUE, NULL},
    };
    CHECK_ALL(rows);
}

static void picks(void **state)
{
    (void)state;
    static const row rows[] = {
        {"after: first a, within: 5m, all_of: [b]", "a0 a10 b12 x30", APD_FALSE, NULL},
        {"after: last a, within: 5m, all_of: [b]", "a0 a10 b12 x30", APD_TRUE, NULL},
        {"after: last a, within: 5m, all_of: [b]", "a0 b2 a10 x30", APD_FALSE, NULL},
        {"after: each a, within: 5m, all_of: [b]", "a0 a10 b12 a20 x30", APD_TRUE, NULL},
        {"after: each a, within: 5m, all_of: [b]", "a0 a10 a20 x30", APD_FALSE, NULL},
        {"after: each a, within: 5m, all_of: [b]", "a0 a10 a20 x22", APD_UNKNOWN,
         "autopilot ends 2 m 00 s in"},
    };
    CHECK_ALL(rows);
}

static void counts(void **state)
{
    (void)state;
    static const row rows[] = {
        {"count: a, at_least: 3", "a0 a1 a2", APD_TRUE, NULL},
        {"count: a, at_least: 3", "a0 a1", APD_FALSE, NULL},
        {"count: a, at_least: 3", "y0", APD_UNKNOWN, "no autopilot log is in this bundle"},
        {"count: a, at_most: 2", "a0 a1", APD_TRUE, NULL},
        {"count: a, at_most: 2", "a0 a1 a2", APD_FALSE, NULL},
        {"count: a, at_most: 0", "x0", APD_TRUE, NULL},
        {"count: a, at_most: 0", "y0", APD_UNKNOWN, "no autopilot log is in this bundle"},
        {"count: a, at_least: 2, at_most: 3", "a0 a1 a2", APD_TRUE, NULL},
        {"count: a, at_least: 3, within: 10m", "a0 a10 a20 a25 a30", APD_TRUE, NULL},
        {"count: a, at_least: 3, within: 10m", "a0 a6 a12 a18", APD_FALSE, NULL},
        {"count: a, at_most: 2, within: 10m", "a0 a6 a12 a18", APD_TRUE, NULL},
        {"count: a, at_most: 2, within: 10m", "a0 a6 a8 a18", APD_FALSE, NULL},
        {"count: i, at_least: 2, within: 1h", "i0 i30L", APD_UNKNOWN, "their clocks differ"},
    };
    CHECK_ALL(rows);
}

static void same_attempt_and_boot(void **state)
{
    (void)state;
    static const row rows[] = {
        /* views[0] is the newest attempt: hits of the older one do not count */
        {"order: [a, b]", "A0 a1 A60 b61", APD_FALSE, NULL},
        {"order: [a, b]", "A0 b1 A60 a61", APD_TRUE, NULL},
        {"after: a, within: 15m, none_of: [b]", "A0 A60 a61 x90", APD_TRUE, NULL},
        /* two page records within two minutes are one start */
        {"order: [a, b]", "A0 A1 a1 A2.5 b61", APD_TRUE, NULL},
        /* boots: within one attempt, a and b in different ones */
        {"order: [a, b], same: boot", "B0 a1 b2 B60", APD_TRUE, NULL},
        {"after: a, within: 10m, any_of: [b], same: boot", "B0 a1 B5 b6 x30", APD_UNKNOWN,
         "the boot ends 4 m 00 s in, the window runs to 10 m 00 s"},
        {"after: a, any_of: [b], same: boot", "x0 B0 a1 B5 b6 x30", APD_FALSE, NULL},
        {"count: a, at_least: 2, same: boot", "B0 a1 B5 a6", APD_FALSE, NULL},
        {"count: a, at_least: 2, same: boot", "B0 a1 a2 B5 a6", APD_TRUE, NULL},
    };
    CHECK_ALL(rows);
}

/* An older attempt ends where the next begins, and so does what can be said of it. */
static void attempt_cuts_window(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_rule_file files[] = {
        world_rule(a, "r", "timeline:\n  rel: {after: a, within: 15m, none_of: [b]}\nwhen: rel\n"),
        {{0}, {0}}};
    world w = world_of(files);
    world_feed(&w, "A0 a1 A6 b7 x60");
    assert_int_equal(apd_scan_settle(w.scan), APD_OK);
    apd_view *views;
    assert_int_equal(apd_views_make(w.scan, &views), 3);
    assert_int_equal(apd_eval_relation(&views[0], 0)->truth, APD_FALSE);
    const apd_relation_result *older = apd_eval_relation(&views[1], 0);
    assert_int_equal(older->truth, APD_UNKNOWN);
    assert_text(older->why, "rel could not be checked: the attempt ends 5 m 00 s in, the window "
                            "runs to 15 m 00 s");
    /* over everything the parts are still attempts */
    assert_int_equal(apd_eval_relation(&views[2], 0)->truth, APD_UNKNOWN);
    world_free(&w);
    apd_arena_free(a);
}

static void feed_with(world *w, char letter, double minute, const char *field, const char *value)
{
    apd_event ev = world_event(w, letter, minute);
    apd_field f = {.name = apd_intern_add(w->names, apd_str_of(field)),
                   .type = APD_T_UTF8,
                   .as.raw = apd_str_bytes(apd_str_of(value))};
    ev.fields = &f;
    ev.nfields = 1;
    assert_int_equal(apd_scan_event(w->scan, &ev), APD_OK);
}

static apd_truth related(const char *relation, void (*feed)(world *w), apd_str *why)
{
    static char sentence[200];
    apd_arena *a = apd_arena_new(0);
    apd_str body = apd_printf_a(a, "timeline:\n  rel: {%s}\nwhen: rel\n", relation);
    apd_rule_file files[] = {world_rule(a, "r", body.ptr), {{0}, {0}}};
    world w = world_of(files);
    feed(&w);
    assert_int_equal(apd_scan_settle(w.scan), APD_OK);
    apd_view *views;
    assert_true(apd_views_make(w.scan, &views) > 0);
    const apd_relation_result *r = apd_eval_relation(&views[0], 0);
    int n = snprintf(sentence, sizeof sentence, "%.*s", APD_FMT(r->why));
    *why = apd_str_from(sentence, (size_t)n);
    apd_truth t = r->truth;
    world_free(&w);
    apd_arena_free(a);
    return t;
}

#define ANNA "S-1-12-1-111-222-333-444"
#define BOB "s-1-5-21-1-2-3-1001"

static void anna_then_bob(world *w)
{
    feed_with(w, 'a', 0, "UserID", ANNA);
    feed_with(w, 'b', 1, "Text", "user " BOB " came");
    world_feed(w, "x60");
}

static void anna_twice(world *w)
{
    feed_with(w, 'a', 0, "UserID", ANNA);
    feed_with(w, 'a', 3, "UserID", BOB);
    feed_with(w, 'b', 1, "Text", "user " ANNA ", again");
    world_feed(w, "x60");
}

static void nobody(world *w)
{
    feed_with(w, 'a', 0, "UserID", "S-1-5-18");
    feed_with(w, 'b', 1, "Text", "x");
    world_feed(w, "x60");
}

static void anna_then_unnamed(world *w)
{
    feed_with(w, 'a', 0, "UserID", ANNA);
    world_feed(w, "b1 x60");
}

static void same_user(void **state)
{
    (void)state;
    static const char within[] = "after: a, within: 9m, any_of: [b], same: user";
    static const char without[] = "after: a, within: 9m, none_of: [b], same: user";
    apd_str why;
    assert_int_equal(related(within, anna_then_bob, &why), APD_FALSE);
    assert_int_equal(related(without, anna_then_bob, &why), APD_TRUE);
    assert_int_equal(related(within, anna_twice, &why), APD_TRUE);
    assert_int_equal(related(within, nobody, &why), APD_UNKNOWN);
    assert_text(why, "rel could not be checked: no record of a names a user");
    assert_int_equal(related(without, anna_then_unnamed, &why), APD_UNKNOWN);
    assert_text(why, "rel could not be checked: a record of b does not say which user it is about");
}

#define APP_1 "0a1b2c3d-1111-2222-3333-444455556666"
#define APP_2 "{0A1B2C3D-1111-2222-3333-777788889999}"

static void one_app_of_two(world *w)
{
    feed_with(w, 'a', 0, "AppId", APP_1);
    feed_with(w, 'a', 1, "Text", "[Win32App] app " APP_2 " starts");
    feed_with(w, 'b', 2, "Text", "00000000-0000-0000-0000-000000000000 then " APP_1 " done");
    world_feed(w, "x60");
}

static void same_app(void **state)
{
    (void)state;
    apd_str why;
    assert_int_equal(related("after: a, within: 9m, any_of: [b], same: app", one_app_of_two, &why),
                     APD_TRUE);
    /* the other app never finished */
    assert_int_equal(related("after: a, within: 9m, none_of: [b], same: app", one_app_of_two, &why),
                     APD_TRUE);
    assert_int_equal(related("count: a, at_least: 2, same: app", one_app_of_two, &why), APD_FALSE);
    assert_int_equal(related("order: [b, a], same: app", one_app_of_two, &why), APD_FALSE);
}

static void gaps_and_used(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_rule_file files[] = {
        world_rule(a, "r",
                   "timeline:\n"
                   "  between: {after: a, before: b, none_of: [c, e], seen_through: [autopilot]}\n"
                   "  silent: {after: last a, within: 15m, none_of: [c]}\n"
                   "  far: {order: [a, i]}\n"
                   "  many: {count: a, at_least: 5}\n"
                   "when: between and silent and far and many\n"),
        {{0}, {0}}};
    world w = world_of(files);
    world_feed(&w, "y0 a0 a1 a2 a3 a4 a5 b12 i1000L x60 y60");
    assert_int_equal(apd_scan_settle(w.scan), APD_OK);
    apd_view *views;
    assert_true(apd_views_make(w.scan, &views) > 0);
    const apd_relation_result *r = apd_eval_relation(&views[0], 0);
    assert_int_equal(r->nused, 2);
    assert_int_equal(r->used[0].hit->event->id, 1);
    assert_int_equal(r->used[1].hit->event->id, 2);
    assert_int_equal(r->ngaps, 1);
    assert_ptr_equal(r->gaps[0].event, r->used[0].hit->event);
    assert_text(r->gaps[0].text,
                "12 m 00 s, no c and no e in between (autopilot covers the whole window)");
    r = apd_eval_relation(&views[0], 1);
    assert_text(r->gaps[0].text, "15 m 00 s, no c followed (shell-core covers the whole window)");
    r = apd_eval_relation(&views[0], 2);
    assert_int_equal(r->ngaps, 1);
    assert_int_equal(r->gaps[0].kind, APD_EV_NOTE);
    assert_part(r->gaps[0].text, "their order is certain");
    r = apd_eval_relation(&views[0], 3);
    assert_int_equal(r->nused, 4);
    assert_int_equal(r->used[3].more, 2);
    assert_ptr_equal(apd_eval_relation(&views[0], 3), r); /* worked out once */
    world_free(&w);
    apd_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),
        cmocka_unit_test(clocks),
        cmocka_unit_test(after),
        cmocka_unit_test(clock_set_forward),
        cmocka_unit_test(missing_records),
        cmocka_unit_test(seen_through),
        cmocka_unit_test(before),
        cmocka_unit_test(between),
        cmocka_unit_test(picks),
        cmocka_unit_test(counts),
        cmocka_unit_test(same_attempt_and_boot),
        cmocka_unit_test(attempt_cuts_window),
        cmocka_unit_test(same_user),
        cmocka_unit_test(same_app),
        cmocka_unit_test(gaps_and_used),
    };
    return cmocka_run_group_tests_name("relate", tests, NULL, NULL);
}
