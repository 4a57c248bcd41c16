/* Limits of a diagnosis: which log falls short of the first finding, and that no limit is named where a relation
 * would take the log as seen through. */
#include "scan_world.h"

typedef struct row {
    const char *script;
    const char *want; /* "kind log" of each limit, in order */
} row;

static const char *const kinds[] = {"absent", "after", "within", "lost", "clock"};

/* The finding rests on c (shell-core); its look-alike reads ime. */
static world diagnosed(apd_arena *a, const char *script)
{
    apd_rule_file files[] = {
        world_rule(a, "r", "when: c\ndifferential:\n  - {rule: other, check: x}\n"),
        world_rule(a, "other", "when: i\n"),
        world_rule(a, "elsewhere", "when: a\n"),
        {{0}, {0}}};
    world w = world_of(files);
    world_feed(&w, script);
    world_finish(&w);
    return w;
}

static apd_str written(const world *w, apd_arena *a)
{
    apd_buf b;
    apd_buf_init(&b, a);
    for (size_t i = 0; i < w->d->nlimits; i++) {
        const apd_limit *l = &w->d->limits[i];
        apd_buf_addf(&b, "%s%s %.*s", i ? ", " : "", kinds[l->kind], APD_FMT(l->log));
        if (l->kind == APD_LIMIT_AFTER || l->kind == APD_LIMIT_WITHIN)
            apd_buf_addf(&b, " %s%d", l->exact ? "" : ">=", (int)(l->by / APD_TICKS_MINUTE));
    }
    return apd_buf_str(&b);
}

static void found(void **state)
{
    (void)state;
    static const row rows[] = {
        {"c10 y60", "absent ime"},
        {"z0 c10 z60", ""},
        {"c10 z62", "after ime 52"},
        {"c10 z62 | z70", "after ime 52"},
        /* rotated, and begun while it happened */
        {"A0 z5 c30 | z40", "within ime 5"},
        {"A0 z5 z20 c30", ""},
        /* the clock: within 14 hours nobody knows */
        {"c10 z62L", "clock ime"},
        {"c10 z1000L", "after ime >=150"},
        {"z0L c1000", ""},
        /* no log of a rule that is no look-alike */
        {"z0 c10 a100 | a200", ""},
        /* nothing was found: only what is known to be gone is told */
        {"A0 y60 z70", ""},
        {"A0 y60 z70 | z80", "after ime 70"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_arena *a = apd_arena_new(0);
        world w = diagnosed(a, rows[i].script);
        apd_str got = written(&w, a);
        if (!apd_eq(got, apd_str_of(rows[i].want)))
            fail_msg("%s: got \"%.*s\", want \"%s\"", rows[i].script, APD_FMT(got), rows[i].want);
        world_free(&w);
        apd_arena_free(a);
    }
}

/* Numbers of an event log say what text logs cannot: that older records are gone, and which are lost. */
static void numbered(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_rule_file files[] = {world_rule(a, "r", "when: a\n"), {{0}, {0}}};
    world w = world_of(files);
    w.records[0] = 40; /* what came before was overwritten */
    world_feed(&w, "A0 x5 g12 a20");
    world_finish(&w);
    assert_text(written(&w, a), "within autopilot 5, lost autopilot");
    world_free(&w);
    w = world_of(files);
    world_feed(&w, "A0 x5 x12 a20");
    world_finish(&w);
    assert_text(written(&w, a), "");
    world_free(&w);
    apd_arena_free(a);
}

/* Wherever a relation takes the log as seen through from the start to the finding, no limit speaks of it. */
static void agrees_with_seen_through(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "z0 a1 c10 z20",         "a1 z5 c10 z20",      "a1 c10 z20",      "z0 a1 c10",
        "z0 a1 z5 | z6 c10 z20", "a1 z5 | z6 c10 z20", "z0L a1 c10 z20L", "a1 c10 z2000L"};
    size_t through = 0, limited = 0;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        apd_arena *a = apd_arena_new(0);
        apd_rule_file files[] = {
            world_rule(
                a, "r",
                "timeline:\n  quiet: {after: a, before: c, none_of: [i], seen_through: [ime]}\n"
                "when: a and c\nsupports:\n  - {if: quiet, weight: 1}\n"),
            {{0}, {0}}};
        world w = world_of(files);
        world_feed(&w, scripts[i]);
        world_finish(&w);
        const apd_finding *f = world_finding(&w, "r");
        assert_non_null(f);
        if (f->terms[0].state == APD_TRUE) {
            assert_int_equal(w.d->nlimits, 0);
            through++;
        }
        limited += w.d->nlimits > 0;
        world_free(&w);
        apd_arena_free(a);
    }
    assert_true(through >= 2 && limited >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found),
        cmocka_unit_test(numbered),
        cmocka_unit_test(agrees_with_seen_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
