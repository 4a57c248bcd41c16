/* What a scan keeps: first and last hits, one copy for all selections, attempts and boots. */
#include "scan_world.h"

#include "limits.h"

static world open_rule(apd_arena *a, const char *body)
{
    apd_rule_file files[] = {world_rule(a, "r", body), {{0}, {0}}};
    return world_of(files);
}

static uint32_t selection(const world *w, const char *name)
{
    for (uint32_t i = 0; i < w->rules->nselections; i++)
        if (apd_eq(w->rules->selections[i].name, apd_str_of(name)))
            return i;
    fail_msg("no selection %s", name);
    return 0;
}

static void first_and_last(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    world w = open_rule(a, "when: a\n");
    for (int i = 0; i < 1000; i++) {
        apd_event ev = world_event(&w, 'a', i);
        assert_int_equal(apd_scan_event(w.scan, &ev), APD_OK);
    }
    assert_int_equal(apd_scan_settle(w.scan), APD_OK);
    const apd_hits *h = &w.scan->hits[selection(&w, "a")];
    assert_int_equal(h->count, 1000);
    assert_int_equal(h->n, APD_KEEP_FIRST + APD_KEEP_LAST);
    assert_int_equal(h->at[0].event->where.record, 1);
    assert_int_equal(h->at[APD_KEEP_FIRST - 1].event->where.record, APD_KEEP_FIRST);
    assert_int_equal(h->at[APD_KEEP_FIRST].event->where.record, 1001 - APD_KEEP_LAST);
    assert_int_equal(h->at[h->n - 1].event->where.record, 1000);
    assert_int_equal(w.scan->events, 1000);
    assert_int_equal(w.scan->kept, h->n);
    /* the times of those in the middle */
    assert_int_equal(h->lost_from, h->at[0].event->time + APD_KEEP_FIRST * APD_TICKS_MINUTE);
    assert_int_equal(h->lost_to, h->at[h->n - 1].event->time - APD_KEEP_LAST * APD_TICKS_MINUTE);
    world_free(&w);
    apd_arena_free(a);
}

/* What was counted but not kept is neither there nor absent. */
static void the_middle_is_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *relation;
        apd_truth want;
    } rows[] = {
        {"after: b, within: 5m, none_of: [a]", APD_UNKNOWN}, /* minute 500, in the middle */
        {"after: b, within: 5m, any_of: [a]", APD_UNKNOWN},
        {"after: e, within: 5m, none_of: [a]", APD_TRUE}, /* minute 1100, behind everything */
        {"count: a, at_least: 900", APD_TRUE},
        {"count: a, at_least: 60, within: 1h", APD_TRUE},
        {"count: a, at_least: 90, within: 2h", APD_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_arena *a = apd_arena_new(0);
        apd_str body = apd_printf_a(a, "timeline:\n  rel: {%s}\nwhen: rel\n", rows[i].relation);
        world w = open_rule(a, body.ptr);
        for (int k = 0; k < 1000; k++) {
            apd_event ev = world_event(&w, 'a', k);
            assert_int_equal(apd_scan_event(w.scan, &ev), APD_OK);
        }
        world_feed(&w, "b500.5 e1100 x1200");
        assert_int_equal(apd_scan_settle(w.scan), APD_OK);
        apd_view *views;
        assert_true(apd_views_make(w.scan, &views) > 0);
        if (apd_eval_relation(&views[0], 0)->truth != rows[i].want)
            fail_msg("{%s}: %s", rows[i].relation,
                     apd_truth_name(apd_eval_relation(&views[0], 0)->truth));
        world_free(&w);
        apd_arena_free(a);
    }
}

/* More bytes of hits than an arena may hold: the last ones are still there, and whole. */
static void memory_stays_bounded(void **state)
{
    (void)state;
    enum { HITS = 100000, BYTES = 3000 };
    apd_arena *a = apd_arena_new(0);
    world w = open_rule(a, "when: i or c\n");
    char *text = malloc(BYTES);
    assert_non_null(text);
    memset(text, 'x', BYTES);
    memcpy(text, "delta", 5);
    assert_true((uint64_t)HITS * BYTES > APD_ARENA_LIMIT);
    for (int i = 0; i < HITS; i++) {
        apd_event ev = world_event(&w, 'i', i);
        snprintf(text + 10, 20, "%d", i);
        ev.message = apd_str_from(text, BYTES);
        assert_int_equal(apd_scan_event(w.scan, &ev), APD_OK);
    }
    assert_int_equal(apd_scan_settle(w.scan), APD_OK);
    const apd_hits *h = &w.scan->hits[selection(&w, "i")];
    assert_int_equal(h->count, HITS);
    assert_int_equal(h->n, APD_KEEP_FIRST + APD_KEEP_LAST);
    assert_true(apd_arena_used(w.keep) < (size_t)4 * (APD_KEEP_FIRST + APD_KEEP_LAST) * BYTES);
    for (size_t i = 0; i < h->n; i++) {
        const apd_event *ev = h->at[i].event;
        int number = i < APD_KEEP_FIRST ? (int)i : HITS - (int)(h->n - i);
        assert_int_equal(ev->message.len, BYTES);
        assert_int_equal(atoi(ev->message.ptr + 10), number);
        assert_int_equal(ev->message.ptr[BYTES - 1], 'x');
    }
    free(text);
    world_free(&w);
    apd_arena_free(a);
}

/* One event of two selections is one copy, whether it is among the first or the last of each. */
static void copies_are_shared(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    world w = open_rule(a, "events:\n"
                           "  both: {log: autopilot, EventID: [1, 2]}\n"
                           "  ones: {log: autopilot, EventID: 1}\n"
                           "  twos: {log: autopilot, EventID: 2}\n"
                           "when: both or ones or twos\n");
    for (int i = 0; i < 300; i++)
        world_feed(&w, "a0");
    world_feed(&w, "b1");
    assert_int_equal(apd_scan_settle(w.scan), APD_OK);
    const apd_hits *all = &w.scan->hits[selection(&w, "both")];
    const apd_hits *ones = &w.scan->hits[selection(&w, "ones")];
    const apd_hits *twos = &w.scan->hits[selection(&w, "twos")];
    assert_int_equal(all->count, 301);
    assert_int_equal(twos->n, 1);
    assert_ptr_equal(all->at[0].event, ones->at[0].event);
    assert_ptr_equal(all->at[all->n - 1].event, twos->at[0].event); /* last of one, first of one */
    assert_ptr_equal(all->at[all->n - 2].event, ones->at[ones->n - 1].event); /* last of both */
    assert_int_equal(w.scan->kept, APD_KEEP_FIRST + APD_KEEP_LAST + 1);
    world_free(&w);
    apd_arena_free(a);
}

/* A log that lies twice in a bundle does not happen twice. */
static void doubles(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    world w = open_rule(a, "when: count(a) >= 3\n");
    for (uint32_t member = 0; member < 2; member++) {
        memset(w.records, 0, sizeof w.records);
        for (int i = 0; i < 2; i++) {
            apd_event ev = world_event(&w, 'a', i);
            ev.where.member = member;
            assert_int_equal(apd_scan_event(w.scan, &ev), APD_OK);
        }
    }
    world_finish(&w);
    assert_int_equal(w.scan->hits[selection(&w, "a")].count, 2);
    assert_null(world_finding(&w, "r"));
    world_free(&w);
    apd_arena_free(a);
}

static void starts(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    world w = open_rule(a, "when: a\n");
    world_feed(&w, "A0 A1.5 A3 B10 A60 B61 A600L A120");
    assert_int_equal(apd_scan_settle(w.scan), APD_OK);
    assert_int_equal(w.scan->nattempts, 3); /* 0 to 3, 60, 120; not the one of unknown offset */
    assert_int_equal(w.scan->nboots, 2);
    assert_int_equal(w.scan->attempts[1] - w.scan->attempts[0], 60 * APD_TICKS_MINUTE);
    apd_view *views;
    assert_int_equal(apd_views_make(w.scan, &views), 4);
    assert_int_equal(views[0].attempt, 3);
    assert_int_equal(views[0].to, INT64_MAX);
    assert_int_equal(views[2].attempt, 1);
    assert_int_equal(views[2].from, INT64_MIN);
    assert_true(apd_view_is_whole(&views[3]));
    /* a local time within 14 h of the border may be on either side of it */
    apd_event ev = world_event(&w, 'a', 30);
    assert_false(apd_view_holds(&views[0], &ev));
    ev.clock = APD_CLOCK_LOCAL;
    assert_true(apd_view_holds(&views[0], &ev));
    assert_true(apd_view_holds(&views[2], &ev));
    ev.time += 15 * APD_TICKS_HOUR;
    assert_false(apd_view_holds(&views[2], &ev));
    world_free(&w);
    apd_arena_free(a);
}

/* A bundle that was reset over and over is looked at from its end. */
static void many_attempts(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    world w = open_rule(a, "when: a\n");
    for (int i = 0; i < 100; i++) {
        apd_event ev = world_event(&w, 'A', 10.0 * i);
        assert_int_equal(apd_scan_event(w.scan, &ev), APD_OK);
    }
    world_feed(&w, "a5");
    world_finish(&w);
    assert_int_equal(w.d->attempts, 100);
    apd_view *views;
    assert_int_equal(apd_views_make(w.scan, &views), APD_MAX_ATTEMPTS + 1);
    assert_int_equal(views[0].attempt, 100);
    const apd_finding *f = world_finding(&w, "r");
    assert_non_null(f);
    assert_true(f->history);
    world_free(&w);
    apd_arena_free(a);
}

static apd_truth selection_truth(const char *script, apd_sym (*present)(world *w))
{
    apd_arena *a = apd_arena_new(0);
    world w = open_rule(a, "when: a or f or i\n");
    world_feed(&w, script);
    if (present)
        assert_int_equal(apd_scan_present(w.scan, present(&w), *script ? APD_EVENT : APD_FACT, 0),
                         APD_OK);
    assert_int_equal(apd_scan_settle(w.scan), APD_OK);
    apd_view *views;
    assert_true(apd_views_make(w.scan, &views) > 0);
    apd_truth t = apd_eval_selection(&views[0], selection(&w, *script || !present ? "a" : "f"));
    world_free(&w);
    apd_arena_free(a);
    return t;
}

static apd_sym autopilot_log(world *w)
{
    return apd_intern_add(w->names, APD_LIT("md/AUTOPILOT"));
}

static apd_sym profile_fact(world *w)
{
    return apd_intern_add(w->names, APD_LIT("Autopilot.Profile"));
}

static void presence(void **state)
{
    (void)state;
    assert_int_equal(selection_truth("a0", NULL), APD_TRUE);
    assert_int_equal(selection_truth("x0", NULL), APD_FALSE);
    assert_int_equal(selection_truth("y0", NULL), APD_UNKNOWN);
    assert_int_equal(selection_truth("y0", autopilot_log), APD_FALSE); /* there, but empty */
    assert_int_equal(selection_truth("", profile_fact), APD_FALSE);
    assert_int_equal(selection_truth("", NULL), APD_UNKNOWN);
}

/* A short name that gives only a provider means that provider's channels, and the logs it was seen
 * to write into. */
static void provider_only(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *log;
        bool want;
    } rows[] = {
        {"Shell-Core", "Shell-Core/Operational", true},
        {"Other", "Shell-Core/Operational", true},
        {"Other", "shell-core", true},
        {"Shell-Core", "System", true},
        {"Other", "System", false},
        {"Other", "Shell-Core2/Admin", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_arena *a = apd_arena_new(0);
        world w = open_rule(a, "when: c\n");
        apd_event ev = world_event(&w, 'y', 0);
        ev.provider = apd_intern_add(w.names, apd_str_of(rows[i].provider));
        ev.log = apd_intern_add(w.names, apd_str_of(rows[i].log));
        assert_int_equal(apd_scan_event(w.scan, &ev), APD_OK);
        assert_int_equal(apd_scan_settle(w.scan), APD_OK);
        if (apd_selection_present(w.scan, selection(&w, "c")) != rows[i].want)
            fail_msg("%s in %s", rows[i].provider, rows[i].log);
        world_free(&w);
        apd_arena_free(a);
    }
}

/* Times out of a hostile file must not overflow. */
static void extreme_times(void **state)
{
    (void)state;
    assert_int_equal(apd_time_sub(INT64_MAX, INT64_MIN), INT64_MAX);
    assert_int_equal(apd_time_sub(INT64_MIN + 1, INT64_MAX), INT64_MIN);
    assert_int_equal(apd_time_add(INT64_MAX, 1), INT64_MAX);
    assert_int_equal(apd_time_sub(-1, INT64_MIN), INT64_MAX);
    apd_arena *a = apd_arena_new(0);
    world w = open_rule(a, "timeline:\n"
                           "  near: {after: a, before: b, within: 5m, none_of: [i]}\n"
                           "  many: {count: a, at_least: 2, within: 1h}\n"
                           "when: near or many\n");
    static const apd_time times[] = {INT64_MAX, INT64_MIN + 1, 0, INT64_MIN, -1};
    for (size_t i = 0; i < 15; i++) {
        apd_event ev = world_event(&w, "abi"[i % 3], 0);
        ev.time = times[i % 5];
        ev.clock = i % 2 ? APD_CLOCK_LOCAL : APD_CLOCK_UTC;
        ev.where.member = (uint32_t)i;
        assert_int_equal(apd_scan_event(w.scan, &ev), APD_OK);
    }
    world_feed(&w, "A0 A60");
    world_finish(&w);
    assert_int_equal(w.d->attempts, 2);
    world_free(&w);
    apd_arena_free(a);
}

/* Everything at its limit at once: many attempts, boots, users and hits, and windows between each
 * pair of them. It must end, and within the arena. */
static void crowded(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    world w =
        open_rule(a, "timeline:\n"
                     "  by_boot: {after: each a, before: each b, none_of: [i, c], same: boot}\n"
                     "  by_user: {after: each a, before: each b, all_of: [i, c], same: user}\n"
                     "  by_app: {after: each a, before: each b, any_of: [i, c], same: app}\n"
                     "  by_attempt: {after: each a, before: each b, all_of: [e, i]}\n"
                     "when: by_boot or by_user or by_app or by_attempt\n");
    apd_field f = {.name = apd_intern_add(w.names, APD_LIT("Text")), .type = APD_T_UTF8};
    for (int k = 0; k < 3000; k++) {
        apd_event ev = world_event(&w, "aabbzcxAB"[k % 9], k);
        char text[100];
        int n =
            snprintf(text, sizeof text, "S-1-12-1-%d 0a1b2c3d-1111-2222-3333-44445555%04d", k, k);
        f.as.raw = apd_str_bytes(apd_str_from(text, (size_t)n));
        ev.fields = &f;
        ev.nfields = 1;
        assert_int_equal(apd_scan_event(w.scan, &ev), APD_OK);
    }
    world_finish(&w);
    assert_true(apd_arena_used(w.keep) < APD_ARENA_LIMIT / 8);
    world_free(&w);
    apd_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_and_last),
        cmocka_unit_test(the_middle_is_unknown),
        cmocka_unit_test(memory_stays_bounded),
        cmocka_unit_test(copies_are_shared),
        cmocka_unit_test(doubles),
        cmocka_unit_test(starts),
        cmocka_unit_test(many_attempts),
        cmocka_unit_test(presence),
        cmocka_unit_test(provider_only),
        cmocka_unit_test(extreme_times),
        cmocka_unit_test(crowded),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
