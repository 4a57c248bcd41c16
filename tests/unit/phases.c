/* Attempts and phases out of milestones: where attempts begin and end, retries, outcomes, parts, what was passed and what
 * never ended, clocks that are local or set back, and the kind of deployment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "phases.h"

enum { LOG = 1, OTHER_LOG = 2 };

static const apd_str order[] = {
    {"network", 7}, {"profile", 7}, {"join", 4},    {"mdm", 3},
    {"prep", 4},    {"device", 6},  {"account", 7}, {"desktop", 7},
};

typedef struct world {
    apd_arena *arena;
    apd_clocks *clocks;
    apd_phases *phases;
    apd_time start;
    uint32_t record[4]; /* last of each file */
    uint32_t member;
    apd_clock clock;
    apd_time boots[8], attempts[8];
    size_t nboots, nattempts;
} world;

static world make(void)
{
    world w = {.arena = apd_arena_new(0), .member = 1};
    assert_non_null(w.arena);
    w.clocks = apd_clocks_new(w.arena);
    w.phases = apd_phases_new(w.arena, order, sizeof order / sizeof *order);
    assert_non_null(w.phases);
    assert_true(apd_time_from_civil(2025, 11, 22, 8, 0, 0, 0, &w.start));
    return w;
}

static void drop(world *w)
{
    apd_arena_free(w->arena);
}

static apd_time at(const world *w, int minutes)
{
    return w->start + minutes * APD_TICKS_MINUTE;
}

static apd_event event(world *w, int minutes)
{
    return (apd_event){.time = at(w, minutes),
                       .clock = w->clock,
                       .log = w->clock == APD_CLOCK_LOCAL ? OTHER_LOG : LOG,
                       .id = 7,
                       .where = {.member = w->member, .record = ++w->record[w->member]}};
}

static void mark_part(world *w, int minutes, const char *phase, const char *part, const char *edge)
{
    apd_event ev = event(w, minutes);
    apd_note note = {.verb = APD_SAYS_PHASE, .event = &ev, .log = APD_LIT("log")};
    note.value[APD_PHASE_NAME] = apd_str_of(phase);
    note.value[APD_PHASE_EDGE] = apd_str_of(edge);
    if (*part)
        note.value[APD_PHASE_PART] = apd_str_of(part);
    assert_int_equal(apd_clocks_event(w->clocks, &ev), APD_OK);
    assert_int_equal(apd_phases_note(w->phases, &note), APD_OK);
}

static void mark(world *w, int minutes, const char *phase, const char *edge)
{
    mark_part(w, minutes, phase, "", edge);
}

static void sign(world *w, int minutes, const char *is, const char *weight, const char *next)
{
    apd_event ev = event(w, minutes);
    apd_note note = {.verb = APD_SAYS_SCENARIO, .event = &ev, .log = APD_LIT("log")};
    note.value[APD_SCENARIO_IS] = apd_str_of(is);
    note.value[APD_SCENARIO_WEIGHT] = apd_str_of(weight);
    note.value[APD_SCENARIO_SAY] = apd_str_of(weight);
    if (*next)
        note.value[APD_SCENARIO_NEXT] = apd_str_of(next);
    assert_int_equal(apd_phases_note(w->phases, &note), APD_OK);
}

static void build(world *w)
{
    assert_int_equal(apd_clocks_settle(w->clocks), APD_OK);
    assert_int_equal(
        apd_phases_build(w->phases, w->clocks, w->attempts, w->nattempts, w->boots, w->nboots),
        APD_OK);
}

/* "network+ device! .Apps! account~": succeeded +, failed !, passed -, unfinished ~, a point before parts. */
static void expect(const world *w, size_t attempt, const char *phases)
{
    char text[512] = "";
    size_t n = 0;
    assert_true(attempt < apd_phases_attempts(w->phases));
    const apd_attempt *a = apd_phases_attempt(w->phases, attempt);
    for (size_t i = 0; i < a->nphases; i++) {
        const apd_phase *p = &a->phases[i];
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s%.*s%c", i ? " " : "",
                              p->part.len ? "." : "", APD_FMT(p->part.len ? p->part : p->name),
                              "~-+!"[p->outcome]);
    }
    assert_string_equal(text, phases);
}

static const apd_phase *phase(const world *w, size_t attempt, const char *name)
{
    const apd_attempt *a = apd_phases_attempt(w->phases, attempt);
    for (size_t i = 0; i < a->nphases; i++)
        if (apd_eq(a->phases[i].name, apd_str_of(name)) && !a->phases[i].part.len)
            return &a->phases[i];
    fail_msg("no phase %s", name);
    return NULL;
}

static void outcomes(void **state)
{
    (void)state;
    world w = make();
    mark(&w, 0, "network", "start");
    mark(&w, 1, "network", "success");
    mark(&w, 2, "profile", "start"); /* its end is not in the logs */
    mark(&w, 5, "join", "start");
    mark(&w, 6, "join", "failure");
    mark(&w, 9, "join", "start"); /* once more */
    mark(&w, 10, "join", "success");
    mark(&w, 12, "device", "start");
    mark_part(&w, 13, "device", "Apps", "start");
    mark_part(&w, 20, "device", "Apps", "failure"); /* and nobody says that the phase failed */
    mark(&w, 22, "account", "start");
    build(&w);
    expect(&w, 0, "network+ profile- join+ device! .Apps! account~");
    assert_int_equal(phase(&w, 0, "join")->tries, 2);
    assert_int_equal(phase(&w, 0, "device")->end, at(&w, 20));
    const apd_attempt *a = apd_phases_attempt(w.phases, 0);
    assert_int_equal(a->start, at(&w, 0));
    assert_int_equal(a->end, at(&w, 22));
    assert_int_equal(a->last_good->time, at(&w, 10));
    assert_ptr_equal(a->fate, phase(&w, 0, "account"));
    assert_ptr_equal(apd_phases_at(w.phases, at(&w, 6)), phase(&w, 0, "join"));
    drop(&w);
}

/* The network is lost for a moment while apps install; a sync goes on for ever. */
static void settled(void **state)
{
    (void)state;
    world w = make();
    mark(&w, 1, "network", "success");
    mark(&w, 2, "mdm", "success");
    mark_part(&w, 3, "mdm", "sync", "start");
    mark_part(&w, 4, "mdm", "sync", "success");
    mark(&w, 5, "device", "start");
    mark(&w, 8, "network", "failure");
    mark_part(&w, 9, "mdm", "sync", "start");
    mark_part(&w, 10, "mdm", "sync", "failure");
    mark(&w, 30, "device", "failure");
    mark(&w, 31, "network", "success");
    build(&w);
    expect(&w, 0, "network+ mdm+ .sync+ device!");
    const apd_attempt *a = apd_phases_attempt(w.phases, 0);
    assert_int_equal(a->last_good->time, at(&w, 4)); /* not the network, after the failure */
    assert_ptr_equal(a->fate, phase(&w, 0, "device"));
    drop(&w);
}

static void parts_end_with_their_phase(void **state)
{
    (void)state;
    world w = make();
    mark(&w, 0, "device", "start");
    mark_part(&w, 1, "device", "Policies", "start");
    mark_part(&w, 2, "device", "MSI", "seen");
    mark(&w, 9, "device", "success");
    mark(&w, 10, "account", "start");
    mark_part(&w, 11, "account", "Token", "start");
    mark_part(&w, 12, "account", "MSI", "seen");
    build(&w);
    expect(&w, 0, "device+ .Policies- .MSI- account~ .Token~ .MSI-");
    drop(&w);
}

static void attempts(void **state)
{
    (void)state;
    world w = make();
    w.boots[w.nboots++] = at(&w, -1);
    mark(&w, 0, "network", "success");
    w.attempts[w.nattempts++] = at(&w, 1);
    mark(&w, 1, "profile", "start");
    w.boots[w.nboots++] = at(&w, 5); /* within the attempt */
    mark(&w, 6, "network", "success");
    mark(&w, 7, "join", "failure");
    w.boots[w.nboots++] = at(&w, 20); /* a reset */
    mark(&w, 21, "network", "success");
    w.attempts[w.nattempts++] = at(&w, 22);
    mark(&w, 22, "profile", "start");
    mark(&w, 23, "join", "success");
    w.attempts[w.nattempts++] = at(&w, 40); /* the page once more, without a restart */
    mark(&w, 41, "join", "start");
    build(&w);
    assert_int_equal(apd_phases_attempts(w.phases), 3);
    expect(&w, 0, "network+ profile- join!");
    expect(&w, 1, "network+ profile- join+");
    expect(&w, 2, "join~");
    assert_int_equal(apd_phases_attempt(w.phases, 0)->nboots, 1);
    assert_int_equal(apd_phases_attempt(w.phases, 0)->boots[0], at(&w, 5));
    assert_int_equal(apd_phases_attempt(w.phases, 1)->start, at(&w, 21));
    drop(&w);
}

/* An attempt without a milestone has no row, but its number: findings count it. */
static void numbers(void **state)
{
    (void)state;
    world w = make();
    w.attempts[w.nattempts++] = at(&w, 0);
    w.attempts[w.nattempts++] = at(&w, 60);
    w.attempts[w.nattempts++] = at(&w, 120);
    mark(&w, 1, "join", "start");
    mark(&w, 121, "join", "start");
    build(&w);
    assert_int_equal(apd_phases_attempts(w.phases), 2);
    assert_int_equal(apd_phases_attempt(w.phases, 0)->number, 1);
    assert_int_equal(apd_phases_attempt(w.phases, 1)->number, 3);
    drop(&w);
}

enum { HOUR = 60, DAY = 24 * HOUR }; /* in minutes */

static void everyday(void **state)
{
    (void)state;
    world w = make();
    mark(&w, 0, "join", "success");
    mark(&w, 1, "desktop", "success");
    mark(&w, 1 * DAY, "network", "failure");
    mark_part(&w, 2 * DAY, "mdm", "sync", "start");
    w.clock = APD_CLOCK_LOCAL; /* stays, wherever it belongs */
    w.member = 2;
    mark(&w, 3, "account", "seen");
    build(&w);
    const apd_attempt *a = apd_phases_attempt(w.phases, 0);
    expect(&w, 0, "join+ desktop+ account~");
    assert_int_equal(a->later, 2);
    assert_int_equal(a->nsteps, 3);
    assert_int_equal(a->end, at(&w, 1));
    drop(&w);

    w = make(); /* left alone over night, then gone on with */
    mark(&w, 0, "device", "failure");
    mark(&w, 1 * DAY, "network", "success");
    mark(&w, 1 * DAY + 1, "device", "start");
    mark(&w, 1 * DAY + 9, "device", "success");
    build(&w);
    expect(&w, 0, "device+ network+");
    assert_int_equal(apd_phases_attempt(w.phases, 0)->later, 0);
    drop(&w);
}

/* The records of one file keep their order where the clock is set back by three hours between them. */
static void set_back(void **state)
{
    (void)state;
    world w = make();
    mark(&w, 180, "network", "start");
    mark(&w, 181, "network", "success");
    mark(&w, 2, "profile", "start"); /* it is 8:02 in truth */
    mark(&w, 4, "profile", "success");
    w.member = 2;
    mark(&w, 3, "join", "start");
    mark(&w, 5, "join", "success");
    build(&w);
    expect(&w, 0, "network+ profile+ join+");
    size_t n;
    const apd_step *s = apd_phases_steps(w.phases, &n);
    assert_int_equal(n, 6);
    assert_int_equal(s[0].time, at(&w, 180)); /* shown as the record has it */
    assert_int_equal(s[2].time, at(&w, 2));
    assert_int_equal(s[3].time, at(&w, 3));
    drop(&w);

    w = make(); /* by years: nothing tells what came first */
    mark(&w, 365 * 24 * 60, "network", "success");
    mark(&w, 1, "profile", "start");
    build(&w);
    s = apd_phases_steps(w.phases, &n);
    assert_int_equal(s[0].time, at(&w, 1));
    drop(&w);
}

/* A clock that ran years behind and was set while the profile came: no phase took that long, and what follows is
 * no everyday life. */
static void set_forward(void **state)
{
    (void)state;
    static const int jumps[] = {3 * 60, 10 * 365 * 24 * 60};
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        const int set = jumps[i];
        world w = make();
        mark(&w, 0, "network", "start");
        mark(&w, 5, "network", "success");
        mark(&w, 6, "profile", "start");
        mark(&w, set + 9, "profile", "success");
        mark(&w, set + 10, "join", "start");
        mark(&w, set + 17, "join", "success");
        assert_int_equal(apd_clocks_set(w.clocks, at(&w, 7), at(&w, set + 7), false), APD_OK);
        build(&w);
        expect(&w, 0, "network+ profile+ join+");
        const apd_attempt *a = apd_phases_attempt(w.phases, 0);
        assert_int_equal(a->length, 17 * APD_TICKS_MINUTE);
        assert_int_equal(a->end, at(&w, set + 17));
        assert_int_equal(phase(&w, 0, "network")->length, 5 * APD_TICKS_MINUTE);
        assert_int_equal(phase(&w, 0, "profile")->length, 3 * APD_TICKS_MINUTE);
        assert_int_equal(phase(&w, 0, "join")->since, 10 * APD_TICKS_MINUTE);
        assert_int_equal(phase(&w, 0, "join")->length, 7 * APD_TICKS_MINUTE);
        drop(&w);
    }
}

/* A device that slept a night is a day older: what follows is everyday life. */
static void slept(void **state)
{
    (void)state;
    world w = make();
    mark(&w, 0, "network", "start");
    mark(&w, 5, "network", "success");
    mark(&w, 14 * 60, "network", "seen");
    assert_int_equal(apd_clocks_set(w.clocks, at(&w, 10), at(&w, 13 * 60), true), APD_OK);
    build(&w);
    const apd_attempt *a = apd_phases_attempt(w.phases, 0);
    assert_int_equal(a->length, 5 * APD_TICKS_MINUTE);
    assert_int_equal(a->later, 1);
    drop(&w);
}

static void local_times(void **state)
{
    (void)state;
    world w = make();
    mark(&w, 0, "device", "start");
    w.clock = APD_CLOCK_LOCAL;
    w.member = 2;
    mark(&w, 70, "device", "success"); /* an hour east: ten minutes after the start */
    apd_clocks_override(w.clocks, 60);
    build(&w);
    expect(&w, 0, "device+");
    assert_int_equal(phase(&w, 0, "device")->end, at(&w, 10));
    assert_int_equal(phase(&w, 0, "device")->end_clock, APD_CLOCK_ESTIMATED);
    drop(&w);

    w = make(); /* offset unknown: neither before nor after, and no last success */
    mark(&w, 0, "device", "start");
    w.clock = APD_CLOCK_LOCAL;
    w.member = 2;
    mark(&w, 70, "account", "success");
    build(&w);
    expect(&w, 0, "device~ account+");
    assert_null(apd_phases_attempt(w.phases, 0)->last_good);
    assert_int_equal(apd_phases_attempt(w.phases, 0)->end, at(&w, 0));
    drop(&w);
}

static size_t unplaced(const world *w)
{
    size_t n;
    apd_phases_unplaced(w->phases, &n);
    return n;
}

/* Two attempts `apart` minutes from one another, and a milestone at that local time. */
static world two_attempts(int apart, int local)
{
    world w = make();
    w.attempts[w.nattempts++] = at(&w, 0);
    mark(&w, 0, "join", "start");
    mark(&w, 30, "join", "success");
    w.attempts[w.nattempts++] = at(&w, apart);
    mark(&w, apart, "join", "start");
    mark(&w, apart + 30, "join", "success");
    w.clock = APD_CLOCK_LOCAL;
    w.member = 2;
    mark(&w, local, "account", "seen");
    return w;
}

/* A milestone without UTC belongs to the attempt that every offset puts it nearest to. */
static void placed(void **state)
{
    (void)state;
    static const struct {
        int apart, local;
        const char *first, *second;
        size_t unplaced;
    } cases[] = {
        {7 * DAY, 1 * HOUR, "join+ account~", "join+", 0},
        {7 * DAY, 7 * DAY, "join+", "join+ account~", 0},
        {7 * DAY, 14 * HOUR, "join+ account~", "join+", 0}, /* the attempt, 14 hours east */
        {7 * DAY, 3 * DAY, "join+", "join+", 0},            /* everyday life after the first */
        {7 * DAY, 20 * DAY, "join+", "join+", 0},
        {7 * DAY, -3 * DAY, "join+", "join+", 1}, /* before all that is known */
        {2 * HOUR, 1 * HOUR, "join+", "join+", 1},
        {20 * HOUR, 2 * HOUR, "join+", "join+", 1}, /* 14 hours west it was the second */
        {40 * HOUR, 2 * HOUR, "join+ account~", "join+", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w = two_attempts(cases[i].apart, cases[i].local);
        build(&w);
        expect(&w, 0, cases[i].first);
        expect(&w, 1, cases[i].second);
        assert_int_equal(unplaced(&w), cases[i].unplaced);
        drop(&w);
    }

    world w = two_attempts(7 * DAY, 3 * DAY);
    build(&w);
    assert_int_equal(apd_phases_attempt(w.phases, 0)->later, 1);
    drop(&w);

    w = make(); /* one attempt: within half a day of it, whatever the offset */
    mark(&w, 0, "join", "success");
    w.clock = APD_CLOCK_LOCAL;
    w.member = 2;
    mark(&w, 14 * HOUR, "device", "start");
    mark(&w, 3 * DAY, "account", "start");
    build(&w);
    expect(&w, 0, "join+ device~");
    assert_int_equal(apd_phases_attempt(w.phases, 0)->later, 1);
    assert_int_equal(unplaced(&w), 0);
    drop(&w);

    w = make(); /* nothing in UTC: they are an attempt by themselves */
    w.clock = APD_CLOCK_LOCAL;
    mark(&w, 0, "device", "start");
    mark(&w, 9, "device", "success");
    build(&w);
    expect(&w, 0, "device+");
    assert_int_equal(apd_phases_attempt(w.phases, 0)->start_clock, APD_CLOCK_LOCAL);
    drop(&w);
}

/* A line of a log in local time; with `utc` it holds its own moment in UTC. */
static void local_line(world *w, int minutes, apd_time utc)
{
    apd_event ev = event(w, minutes);
    apd_anchor a = {APD_LIT("report"), APD_LIT(""), utc, false, 0};
    assert_int_equal(apd_clocks_event(w->clocks, &ev), APD_OK);
    assert_int_equal(apd_clocks_anchor(w->clocks, &ev, &a), APD_OK);
}

/* What stands in its file behind a record whose UTC is known cannot have been before it. */
static void placed_by_its_file(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        world w = make();
        w.attempts[w.nattempts++] = at(&w, 0);
        mark(&w, 0, "join", "success");
        w.attempts[w.nattempts++] = at(&w, 10 * HOUR);
        mark(&w, 10 * HOUR, "join", "success");
        w.clock = APD_CLOCK_LOCAL;
        w.member = 2;
        for (int i = 0; i < 3; i++) /* an hour east, an hour before the second attempt */
            local_line(&w, 10 * HOUR + i, known ? at(&w, 9 * HOUR + i) : APD_TIME_NONE);
        apd_event start = event(&w, 7 * HOUR); /* another process, its zone unknown */
        assert_int_equal(apd_clocks_event(w.clocks, &start), APD_OK);
        assert_int_equal(apd_clocks_writer_starts(w.clocks, &start), APD_OK);
        mark(&w, 7 * HOUR + 1, "account", "seen");
        build(&w);
        expect(&w, 0, "join+");
        expect(&w, 1, known ? "join+ account~" : "join+");
        assert_int_equal(unplaced(&w), !known);
        drop(&w);
    }
}

static void mark_in(world *w, int minutes, const char *phase, const char *edge,
                    const char *scenario)
{
    apd_event ev = event(w, minutes);
    apd_note note = {.verb = APD_SAYS_PHASE, .event = &ev, .log = APD_LIT("log")};
    note.value[APD_PHASE_NAME] = apd_str_of(phase);
    note.value[APD_PHASE_EDGE] = apd_str_of(edge);
    note.value[APD_PHASE_SCENARIO] = apd_str_of(scenario);
    assert_int_equal(apd_phases_note(w->phases, &note), APD_OK);
}

/* One record is another milestone in another kind of deployment. */
static void by_scenario(void **state)
{
    (void)state;
    static const char *const kinds[] = {"hybrid", "user"}, *const phases[] = {"mdm+", "join+"};
    for (size_t i = 0; i < 2; i++) {
        world w = make();
        sign(&w, 0, kinds[i], "3", "");
        mark_in(&w, 0, "join", "success", "not hybrid");
        mark_in(&w, 0, "mdm", "success", "hybrid");
        build(&w);
        expect(&w, 0, phases[i]);
        assert_int_equal(apd_phases_attempt(w.phases, 0)->nsteps, 1);
        drop(&w);
    }
}

static void scenarios(void **state)
{
    (void)state;
    world w = make();
    w.attempts[w.nattempts++] = at(&w, 0);
    mark(&w, 0, "join", "start");
    sign(&w, 1, "user", "2", "");
    sign(&w, 1, "user", "3", "");
    sign(&w, 2, "technician", "6", "user flow");
    sign(&w, 3, "technician", "6", "user flow"); /* said again */
    w.attempts[w.nattempts++] = at(&w, 24 * 60);
    mark(&w, 24 * 60, "join", "start");
    sign(&w, 24 * 60, "user", "5", "");
    w.attempts[w.nattempts++] = at(&w, 48 * 60);
    mark(&w, 48 * 60, "join", "start");
    build(&w);
    const apd_attempt *a = apd_phases_attempt(w.phases, 0);
    assert_true(apd_eq(a->scenario, APD_LIT("technician")));
    assert_int_equal(a->nsigns, 3);
    assert_int_equal(a->signs[0].weight, 6);
    assert_true(apd_eq(apd_phases_attempt(w.phases, 1)->scenario, APD_LIT("user flow")));
    assert_true(apd_eq(apd_phases_attempt(w.phases, 2)->scenario, APD_LIT("")));
    drop(&w);
}

/* A milestone that is logged again within a minute is one; unknown phases and edges are none. */
static void doubles(void **state)
{
    (void)state;
    world w = make();
    mark(&w, 0, "join", "start");
    mark(&w, 0, "join", "start");
    mark(&w, 5, "join", "start");
    mark(&w, 6, "nowhere", "start");
    mark(&w, 7, "join", "ended");
    build(&w);
    size_t n;
    const apd_step *s = apd_phases_steps(w.phases, &n);
    assert_int_equal(n, 2);
    assert_int_equal(s[0].times, 2);
    drop(&w);

    w = make();
    build(&w);
    assert_int_equal(apd_phases_attempts(w.phases), 0);
    drop(&w);
}

/* One event in a trace and in a log: one milestone, the one that is in UTC. */
static void told_twice(void **state)
{
    (void)state;
    world w = make();
    mark(&w, 0, "join", "start");
    mark(&w, 5, "join", "failure");
    w.member = 2;
    w.clock = APD_CLOCK_OFFSET;
    mark(&w, 0, "join", "start");
    w.clock = APD_CLOCK_UTC;
    mark(&w, 5, "join", "success"); /* another one */
    mark(&w, 6, "join", "start");
    build(&w);
    size_t n;
    const apd_step *s = apd_phases_steps(w.phases, &n);
    assert_int_equal(n, 4);
    assert_int_equal(s[0].where.member, 1);
    assert_int_equal(phase(&w, 0, "join")->tries, 2);
    drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes),
        cmocka_unit_test(settled),
        cmocka_unit_test(parts_end_with_their_phase),
        cmocka_unit_test(attempts),
        cmocka_unit_test(numbers),
        cmocka_unit_test(everyday),
        cmocka_unit_test(set_back),
        cmocka_unit_test(set_forward),
        cmocka_unit_test(slept),
        cmocka_unit_test(local_times),
        cmocka_unit_test(placed),
        cmocka_unit_test(placed_by_its_file),
        cmocka_unit_test(by_scenario),
        cmocka_unit_test(scenarios),
        cmocka_unit_test(doubles),
        cmocka_unit_test(told_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
