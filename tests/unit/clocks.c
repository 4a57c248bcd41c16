/* Estimating the offset of local logs: made deployments whose true offsets are known, every zone that exists, eras,
 * wrong clocks, and too little or misleading evidence. Prints estimated against true for each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "clocks_world.h"

static apd_event local_event(world *w, apd_time utc, int minutes)
{
    return (apd_event){.time = utc + minutes * MINUTE,
                       .clock = APD_CLOCK_LOCAL,
                       .log = LOCAL_LOG,
                       .where = {.member = LOCAL_MEMBER, .record = ++w->local_record}};
}

static void anchor(world *w, const apd_event *ev, apd_anchor a)
{
    assert_int_equal(apd_clocks_anchor(w->clocks, ev, &a), APD_OK);
}

static void mark(world *w, const apd_event *ev, const char *kind, const char *key)
{
    anchor(w, ev, (apd_anchor){apd_str_of(kind), apd_str_of(key), APD_TIME_NONE, false, 0});
}

/* A moment that the log in UTC notes. */
static void utc_moment(world *w, apd_time at, const char *kind, const char *key)
{
    apd_event ev = utc_event(w, at);
    feed(w, &ev);
    mark(w, &ev, kind, key);
}

/* The same in the local log, up to three seconds later. */
static uint32_t local_moment(world *w, apd_time at, int minutes, const char *kind, const char *key)
{
    apd_event ev = local_event(w, at + next(w, 3000) * (SECOND / 1000), minutes);
    feed(w, &ev);
    mark(w, &ev, kind, key);
    return ev.where.record;
}

static void local_line(world *w, apd_time at, int minutes)
{
    apd_event ev = local_event(w, at, minutes);
    feed(w, &ev);
}

static void writer_starts(world *w, apd_time at, int minutes)
{
    apd_event ev = local_event(w, at, minutes);
    feed(w, &ev);
    assert_int_equal(apd_clocks_writer_starts(w->clocks, &ev), APD_OK);
}

static const char *key_of(int i, char text[16])
{
    snprintf(text, 16, "app-%d", i);
    return text;
}

/* n moments in both logs, a few minutes apart, with lines between them and moments of UTC alone that mislead. */
static apd_time work(world *w, apd_time from, int minutes, int n, bool keyed)
{
    char key[16];
    apd_time t = from;
    for (int i = 0; i < n; i++) {
        t += (2 + next(w, 9)) * MINUTE + next(w, 60) * SECOND;
        const char *k = keyed ? key_of(i, key) : "";
        utc_moment(w, t, "install", k);
        local_moment(w, t, minutes, "install", k);
        for (uint32_t line = next(w, 12); line; line--)
            local_line(w, t + (1 + line % 2) * SECOND, minutes);
        if (next(w, 2))
            utc_moment(w, t + next(w, 100) * SECOND, "install", keyed ? "other" : "");
    }
    return t;
}

/* UTC moments come before, after or among the local ones: files are read one after the other. */
typedef struct outcome {
    bool known;
    int minutes;
} outcome;

static outcome of_record(world *w, uint32_t member, uint32_t record)
{
    apd_event ev = {
        .clock = APD_CLOCK_LOCAL, .log = LOCAL_LOG, .where = {.member = member, .record = record}};
    outcome o = {0};
    o.known = apd_clocks_offset(w->clocks, &ev, &o.minutes);
    return o;
}

static const char *words(outcome o, char text[16])
{
    if (o.known)
        snprintf(text, 16, "%+03d:%02d", o.minutes / 60, abs(o.minutes % 60));
    else
        snprintf(text, 16, "unknown");
    return text;
}

static void expect(world *w, const char *name, uint32_t member, uint32_t record, outcome want)
{
    char a[16], b[16];
    outcome got = of_record(w, member, record);
    print_message("%-44s true %-8s estimated %s\n", name, words(want, a), words(got, b));
    assert_int_equal(got.known, want.known);
    if (want.known)
        assert_int_equal(got.minutes, want.minutes);
}

/* Every offset in use on Earth. */
static void zones(void **state)
{
    (void)state;
    static const int offsets[] = {-720, -660, -600, -570, -540, -480, -420, -360, -300, -240,
                                  -210, -180, -150, -120, -60,  0,    60,   120,  180,  210,
                                  240,  270,  300,  330,  345,  360,  390,  420,  480,  525,
                                  540,  570,  600,  630,  660,  720,  765,  780,  825,  840};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        world w = make((uint32_t)i);
        char name[64];
        bool keyed = i % 2;
        work(&w, w.start, offsets[i], 12, keyed);
        settle(&w);
        snprintf(name, sizeof name, "12 %s moments", keyed ? "keyed" : "plain");
        expect(&w, name, LOCAL_MEMBER, 1, (outcome){true, offsets[i]});
        expect(&w, name, LOCAL_MEMBER, w.local_record, (outcome){true, offsets[i]});
        drop(&w);
    }
}

/* The zone changes while OOBE runs: the service starts again with the new one. */
static void two_eras(void **state)
{
    (void)state;
    static const int pairs[][2] = {{-480, 60}, {-420, 120}, {-480, -300}, {-480, 330},
                                   {60, 0},    {0, -480},   {120, -420},  {-480, 345}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        world w = make(100 + (uint32_t)i);
        apd_time t = work(&w, w.start, pairs[i][0], 6, true);
        uint32_t last_of_first = w.local_record;
        t += 5 * MINUTE;
        writer_starts(&w, t, pairs[i][1]);
        work(&w, t, pairs[i][1], 6, true);
        settle(&w);
        expect(&w, "first era", LOCAL_MEMBER, last_of_first, (outcome){true, pairs[i][0]});
        expect(&w, "second era", LOCAL_MEMBER, last_of_first + 1, (outcome){true, pairs[i][1]});
        expect(&w, "second era, end", LOCAL_MEMBER, w.local_record, (outcome){true, pairs[i][1]});
        drop(&w);
    }
}

/* Processes of two zones take turns in one file. */
static void interleaved(void **state)
{
    (void)state;
    world w = make(200);
    apd_time t = w.start;
    uint32_t first[6];
    char key[16];
    for (int i = 0; i < 6; i++) {
        int minutes = i % 2 ? 120 : -420;
        t += 4 * MINUTE;
        writer_starts(&w, t, minutes);
        first[i] = w.local_record;
        for (int k = 0; k < 3; k++, t += 20 * SECOND) {
            utc_moment(&w, t + SECOND, "script", key_of(3 * i + k, key));
            local_moment(&w, t + SECOND, minutes, "script", key_of(3 * i + k, key));
        }
    }
    settle(&w);
    for (int i = 0; i < 6; i++)
        expect(&w, "turn of a process", LOCAL_MEMBER, first[i],
               (outcome){true, i % 2 ? 120 : -420});
    drop(&w);
}

/* Each run of the executor is a process: one moment each, in two zones by turns. */
static void one_moment_each(void **state)
{
    (void)state;
    world w = make(210);
    apd_time t = w.start;
    uint32_t first[12];
    char key[16];
    for (int i = 0; i < 12; i++) {
        int minutes = i % 2 ? 120 : -420;
        t += (1 + next(&w, 6)) * MINUTE + next(&w, 60) * SECOND;
        writer_starts(&w, t, minutes);
        first[i] = w.local_record;
        utc_moment(&w, t + SECOND, "script", key_of(i, key));
        local_moment(&w, t + SECOND, minutes, "script", key_of(i, key));
    }
    writer_starts(&w, t + 2 * MINUTE, 120); /* a run that nothing else knows */
    settle(&w);
    for (int i = 0; i < 12; i++)
        expect(&w, "run of a script", LOCAL_MEMBER, first[i], (outcome){true, i % 2 ? 120 : -420});
    expect(&w, "run without a moment", LOCAL_MEMBER, w.local_record, (outcome){false, 0});
    assert_int_equal(apd_clocks_count(w.clocks), 3);
    drop(&w);
}

/* The device believes in 2019 until it meets a time server; both of its clocks do. */
static void wrong_clock(void **state)
{
    (void)state;
    world w = make(300);
    apd_time wrong;
    assert_true(apd_time_from_civil(2019, 1, 1, 0, 2, 0, 0, &wrong));
    work(&w, wrong, -480, 6, true);
    uint32_t before = w.local_record;
    work(&w, w.start, -480, 6, true);
    settle(&w);
    expect(&w, "before the clock was set", LOCAL_MEMBER, before, (outcome){true, -480});
    expect(&w, "after it", LOCAL_MEMBER, w.local_record, (outcome){true, -480});
    drop(&w);

    w = make(301); /* ahead, then set back by three hours */
    work(&w, w.start + 3 * APD_TICKS_HOUR, 330, 6, true);
    before = w.local_record;
    work(&w, w.start, 330, 6, true);
    settle(&w);
    expect(&w, "ahead of time", LOCAL_MEMBER, before, (outcome){true, 330});
    expect(&w, "set back", LOCAL_MEMBER, w.local_record, (outcome){true, 330});
    assert_int_equal(apd_clocks_steps(w.clocks), 1);
    assert_int_equal(apd_clocks_step(w.clocks, 0)->member, UTC_MEMBER);
    drop(&w);
}

static void too_little(void **state)
{
    (void)state;
    world w = make(400);
    apd_time t = w.start;
    local_line(&w, t, 60);
    settle(&w);
    expect(&w, "no moment at all", LOCAL_MEMBER, 1, (outcome){false, 0});
    drop(&w);

    w = make(401);
    utc_moment(&w, t, "start", "");
    local_moment(&w, t, 60, "start", "");
    settle(&w);
    expect(&w, "one pair", LOCAL_MEMBER, 1, (outcome){false, 0});
    drop(&w);

    w = make(402); /* something that happens every quarter of an hour fits everywhere */
    for (int i = 0; i < 40; i++) {
        utc_moment(&w, t + i * 15 * MINUTE, "sync", "");
        if (i > 10 && i < 20)
            local_moment(&w, t + i * 15 * MINUTE, 60, "sync", "");
    }
    settle(&w);
    expect(&w, "moments that fit every offset", LOCAL_MEMBER, 3, (outcome){false, 0});
    drop(&w);

    w = make(403); /* moments that have nothing to do with each other */
    for (int i = 0; i < 12; i++) {
        utc_moment(&w, t + (int64_t)next(&w, 600) * MINUTE, "a", "");
        local_moment(&w, t + i * 7 * MINUTE, 0, "b", "");
    }
    settle(&w);
    expect(&w, "different kinds", LOCAL_MEMBER, 3, (outcome){false, 0});
    drop(&w);

    w = make(404); /* a second era without a moment of its own */
    t = work(&w, w.start, -480, 6, true);
    writer_starts(&w, t + 5 * MINUTE, 60);
    local_line(&w, t + 6 * MINUTE, 60);
    settle(&w);
    expect(&w, "era with moments", LOCAL_MEMBER, 1, (outcome){true, -480});
    expect(&w, "next process without any", LOCAL_MEMBER, w.local_record, (outcome){false, 0});
    drop(&w);
}

/* Records that hold the UTC of their own moment, and what Windows says of its zone. */
static void told(void **state)
{
    (void)state;
    world w = make(500);
    for (int i = 0; i < 3; i++) {
        apd_time t = w.start + i * 11 * MINUTE;
        apd_event ev = local_event(&w, t + SECOND, 570);
        feed(&w, &ev);
        anchor(&w, &ev, (apd_anchor){APD_LIT("report"), APD_LIT(""), t, false, 0});
    }
    settle(&w);
    expect(&w, "records hold their UTC", LOCAL_MEMBER, 2, (outcome){true, 570});
    drop(&w);

    w = make(501);
    apd_event zone = utc_event(&w, w.start - APD_TICKS_HOUR);
    feed(&w, &zone);
    assert_int_equal(apd_clocks_zone(w.clocks, &zone, 60), APD_OK);
    utc_moment(&w, w.start, "start", "");
    local_moment(&w, w.start, 60, "start", "");
    settle(&w);
    expect(&w, "one pair and the zone Windows named", LOCAL_MEMBER, 1, (outcome){true, 60});
    drop(&w);
}

/* A fact without a moment of its own that remembers one. */
static void fact(world *w, apd_time at, const char *key, bool since)
{
    apd_event ev = {.clock = APD_CLOCK_NONE,
                    .time = APD_TIME_NONE,
                    .log = OTHER_LOG,
                    .where = {.member = OTHER_MEMBER, .record = ++w->other_record}};
    anchor(w, &ev, (apd_anchor){APD_LIT("app"), apd_str_of(key), at, since, 0});
}

enum { APPS = 8 };

/* The registry remembers when each app was last reported. */
static void remembered(void **state)
{
    (void)state;
    char key[16];
    world w = make(520); /* one after the other: each has a moment of its own */
    for (int i = 0; i < APPS; i++) {
        apd_time t = w.start + i * 7 * MINUTE;
        local_moment(&w, t, 60, "app", key_of(i, key));
        fact(&w, t + SECOND, key_of(i, key), false);
    }
    settle(&w);
    expect(&w, "apps remembered one by one", LOCAL_MEMBER, 1, (outcome){true, 60});
    drop(&w);

    w = make(
        521); /* the agent checks all of them every hour; of the run that is remembered the log has none */
    for (int i = 0; i < APPS; i++) {
        apd_time t = w.start + i * 3 * SECOND;
        local_moment(&w, t, 60, "app", key_of(i, key));
        fact(&w, t + 60 * MINUTE, key_of(i, key), false);
    }
    settle(&w);
    expect(&w, "apps remembered of another run", LOCAL_MEMBER, 1, (outcome){false, 0});
    drop(&w);
}

/* The status page writes down all states whenever one changes, so that each is told again and again. */
static void snapshots(void **state)
{
    (void)state;
    char key[16];
    world w = make(530);
    for (int i = 0; i < APPS; i++) {
        apd_time t = w.start + i * 15 * MINUTE;
        local_moment(&w, t, -420, "app", key_of(i, key));
        for (int k = 0; k <= i; k++)
            fact(&w, t + SECOND, key_of(k, key), true);
    }
    settle(&w);
    expect(&w, "states told again every quarter", LOCAL_MEMBER, 1, (outcome){true, -420});
    drop(&w);
}

/* Records of one kind that are known to be written together are no pair when they are not. */
static void too_far_apart(void **state)
{
    (void)state;
    for (int narrow = 0; narrow < 2; narrow++) {
        world w = make(540);
        for (int i = 0; i < 6; i++) {
            apd_time t = w.start + i * 11 * MINUTE;
            apd_anchor a = {APD_LIT("msi"), APD_LIT(""), APD_TIME_NONE, false,
                            narrow ? 5 * SECOND : 0};
            apd_event ev = utc_event(&w, t);
            feed(&w, &ev);
            anchor(&w, &ev, a);
            ev = local_event(&w, t + 20 * SECOND, 120);
            feed(&w, &ev);
            anchor(&w, &ev, a);
        }
        settle(&w);
        expect(&w, narrow ? "records 20 s apart that are never" : "records 20 s apart",
               LOCAL_MEMBER, 1, narrow ? (outcome){false, 0} : (outcome){true, 120});
        drop(&w);
    }
}

/* The log of one package: where its transaction begins and what the engine says at its end. */
static void package(world *w, apd_time at, int lasts, bool local, bool utc)
{
    static const char *const kinds[] = {"msi-begins", "msi-ends"};
    for (int i = 0; i < 2; i++) {
        if (utc)
            utc_moment(w, at + i * lasts * SECOND, kinds[i], "package");
        if (local)
            local_moment(w, at + i * lasts * SECOND, 60, kinds[i], "package");
    }
}

static void packages(void **state)
{
    (void)state;
    world w = make(550);
    package(&w, w.start, 40, true, true);
    settle(&w);
    expect(&w, "begin and end of a package", LOCAL_MEMBER, 1, (outcome){true, 60});
    drop(&w);

    w = make(551);
    package(&w, w.start, 3, true, true);
    settle(&w);
    expect(&w, "begin and end are one moment", LOCAL_MEMBER, 1, (outcome){false, 0});
    drop(&w);

    w = make(
        552); /* the third try a quarter of an hour after the first, and its records are lost */
    package(&w, w.start, 40, false, true);
    package(&w, w.start + 450 * SECOND, 40, false, true);
    package(&w, w.start + 900 * SECOND, 40, true, false);
    settle(&w);
    expect(&w, "an offset that no zone has", LOCAL_MEMBER, 1, (outcome){false, 0});
    drop(&w);

    w = make(553); /* the log of another package, an hour later */
    package(&w, w.start, 40, false, true);
    utc_moment(&w, w.start + 60 * MINUTE, "msi-begins", "other");
    local_moment(&w, w.start + 60 * MINUTE, 60, "msi-begins", "third");
    settle(&w);
    expect(&w, "packages that differ", LOCAL_MEMBER, 1, (outcome){false, 0});
    drop(&w);
}

/* A log without moments of UTC is set by another local log whose offset is known. */
static void through_another(void **state)
{
    (void)state;
    world w = make(600);
    char key[16];
    work(&w, w.start, 345, 8, true);
    for (int i = 0; i < 4; i++)
        local_moment(&w, w.start + (90 + 7 * i) * MINUTE, 345, "child", key_of(i, key));
    for (int i = 0; i < 4; i++) {
        apd_event ev = {.time = w.start + (90 + 7 * i) * MINUTE - 480 * MINUTE,
                        .clock = APD_CLOCK_LOCAL,
                        .log = OTHER_LOG,
                        .where = {.member = OTHER_MEMBER, .record = ++w.other_record}};
        feed(&w, &ev);
        mark(&w, &ev, "child", key_of(i, key));
    }
    settle(&w);
    expect(&w, "log of the service", LOCAL_MEMBER, 1, (outcome){true, 345});
    expect(&w, "log of its children, older zone", OTHER_MEMBER, 2, (outcome){true, -480});
    drop(&w);
}

/* A line of another log that the same process writes, if `name` is its. */
static uint32_t other_line(world *w, apd_time at, int minutes, const char *name)
{
    apd_event ev = {.time = at + minutes * MINUTE,
                    .clock = APD_CLOCK_LOCAL,
                    .log = OTHER_LOG,
                    .where = {.member = OTHER_MEMBER, .record = ++w->other_record}};
    feed(w, &ev);
    assert_int_equal(apd_clocks_writer(w->clocks, &ev, apd_str_of(name), false), APD_OK);
    return ev.where.record;
}

/* Four moments that the other log of the service and one in UTC know. */
static void other_moments(world *w, int minutes)
{
    char key[16];
    for (int i = 0; i < 4; i++) {
        apd_time t = w->start + (3 + 11 * i) * MINUTE;
        apd_event ev = {
            .time = t + minutes * MINUTE,
            .clock = APD_CLOCK_LOCAL,
            .log = OTHER_LOG,
            .where = {.member = OTHER_MEMBER, .record = other_line(w, t, minutes, "service")}};
        mark(w, &ev, "app", key_of(i, key));
        utc_moment(w, t, "app", key);
    }
}

static void leader_starts(world *w, apd_time at, int minutes)
{
    writer_starts(w, at, minutes);
    apd_event ev = {.clock = APD_CLOCK_LOCAL, .log = LOCAL_LOG};
    assert_int_equal(apd_clocks_writer(w->clocks, &ev, APD_LIT("service"), true), APD_OK);
}

/* A log without any moment has the offset of the log that notes the starts of its writer. */
static void same_writer(void **state)
{
    (void)state;
    world w = make(650);
    leader_starts(&w, w.start, 345);
    apd_time end = work(&w, w.start, 345, 6, true);
    uint32_t line = other_line(&w, end, 345, "service");
    settle(&w);
    expect(&w, "another log of the service", OTHER_MEMBER, line, (outcome){true, 345});
    drop(&w);

    w = make(654); /* the other way round: the moments are in the other log */
    leader_starts(&w, w.start, 345);
    local_line(&w, w.start + 30 * MINUTE, 345);
    other_moments(&w, 345);
    settle(&w);
    expect(&w, "the log of the starts, by another", LOCAL_MEMBER, 1, (outcome){true, 345});
    drop(&w);

    w = make(655); /* two processes, and nothing tells whose the moments are */
    leader_starts(&w, w.start, 345);
    leader_starts(&w, w.start + 5 * MINUTE, 345);
    local_line(&w, w.start + 9 * MINUTE, 345);
    other_moments(&w, 345);
    settle(&w);
    expect(&w, "two processes of the log of starts", LOCAL_MEMBER, 1, (outcome){false, 0});
    drop(&w);

    w = make(651);
    leader_starts(&w, w.start, 345);
    end = work(&w, w.start, 345, 6, true);
    line = other_line(&w, end, 345, "another");
    settle(&w);
    expect(&w, "a log of somebody else", OTHER_MEMBER, line, (outcome){false, 0});
    drop(&w);

    w = make(652); /* westwards: the same local time comes twice */
    leader_starts(&w, w.start, 60);
    work(&w, w.start, 60, 8, true);
    leader_starts(&w, w.start + 2 * APD_TICKS_HOUR, -60);
    end = work(&w, w.start + 2 * APD_TICKS_HOUR, -60, 8, true);
    line = other_line(&w, w.start + 2 * APD_TICKS_HOUR + 5 * MINUTE, -60, "service");
    settle(&w);
    expect(&w, "local time that two processes have had", OTHER_MEMBER, line, (outcome){false, 0});
    drop(&w);

    w = make(653); /* eastwards: no local time comes twice */
    leader_starts(&w, w.start, -480);
    line = other_line(&w, work(&w, w.start, -480, 8, true), -480, "service");
    leader_starts(&w, w.start + 2 * APD_TICKS_HOUR, 60);
    end = work(&w, w.start + 2 * APD_TICKS_HOUR, 60, 8, true);
    uint32_t later = other_line(&w, end, 60, "service");
    settle(&w);
    expect(&w, "two eras of the service, first", OTHER_MEMBER, line, (outcome){true, -480});
    expect(&w, "two eras of the service, second", OTHER_MEMBER, later, (outcome){true, 60});
    drop(&w);
}

static void override(void **state)
{
    (void)state;
    world w = make(700);
    work(&w, w.start, 60, 6, true);
    apd_clocks_override(w.clocks, -300);
    settle(&w);
    expect(&w, "given on the command line", LOCAL_MEMBER, 1, (outcome){true, -300});
    assert_true(apd_clocks_at(w.clocks, 0)->given);
    apd_event ev = local_event(&w, w.start, 60);
    apd_time local = ev.time;
    apd_clocks_convert(w.clocks, &ev);
    assert_int_equal(ev.clock, APD_CLOCK_ESTIMATED);
    assert_true(ev.time == local + 300 * MINUTE);
    assert_int_equal(ev.offset, -300);
    drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones),       cmocka_unit_test(two_eras),
        cmocka_unit_test(interleaved), cmocka_unit_test(one_moment_each),
        cmocka_unit_test(wrong_clock), cmocka_unit_test(too_little),
        cmocka_unit_test(told),        cmocka_unit_test(remembered),
        cmocka_unit_test(snapshots),   cmocka_unit_test(too_far_apart),
        cmocka_unit_test(packages),    cmocka_unit_test(through_another),
        cmocka_unit_test(same_writer), cmocka_unit_test(override),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
