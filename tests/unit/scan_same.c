/* One occurrence in several files is evidence once, and its other places are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "limits.h"
#include "scan.h"

typedef struct world {
    apd_intern *names;
    apd_arena *arena;
} world;

static world open_world(void)
{
    return (world){apd_intern_new(), apd_arena_new(0)};
}

static void close_world(world *w)
{
    apd_arena_free(w->arena);
    apd_intern_free(w->names);
}

static apd_field number(world *w, const char *name, apd_type type, uint64_t v)
{
    return (apd_field){.name = apd_intern_add(w->names, apd_str_of(name)), .type = type, .as.u = v};
}

static apd_field text(world *w, const char *name, apd_type type, const char *bytes, size_t n)
{
    return (apd_field){.name = apd_intern_add(w->names, apd_str_of(name)),
                       .type = type,
                       .as.raw = {(const uint8_t *)bytes, n}};
}

/* An event of provider P, id 71; fields live in the arena. */
static apd_event *event(world *w, const char *log, uint32_t member, apd_time at,
                        const apd_field *fields, uint32_t n)
{
    apd_event *ev = APD_NEW(w->arena, apd_event);
    apd_field *copy = APD_NEWS(w->arena, apd_field, n + 1);
    assert_true(ev && copy);
    if (n)
        memcpy(copy, fields, n * sizeof *fields);
    *ev = (apd_event){.time = at,
                      .clock = APD_CLOCK_UTC,
                      .id = 71,
                      .log = apd_intern_add(w->names, apd_str_of(log)),
                      .provider = apd_intern_add(w->names, APD_LIT("P")),
                      .trace = strcmp(log, "etl") == 0,
                      .fields = copy,
                      .nfields = n,
                      .where = {.member = member, .record = 10 + member}};
    return ev;
}

static bool same(world *w, const apd_event *a, const apd_event *b)
{
    bool ab = apd_event_same(a, b, w->names, w->arena),
         ba = apd_event_same(b, a, w->names, w->arena);
    assert_int_equal(ab, ba);
    return ab;
}

static void what_is_the_same(void **state)
{
    (void)state;
    world w = open_world();
    enum { T = 1000000 };
    apd_field log[] = {number(&w, "HRESULT", APD_T_I64, (uint64_t)INT64_C(-2145910764)),
                       text(&w, "Message1", APD_T_UTF16LE, "a\0b\0", 4),
                       number(&w, "ProcessID", APD_T_U64, 7),
                       number(&w, "Keywords", APD_T_HEX, UINT64_C(1) << 63)};
    apd_field trace[] = {
        text(&w, "EventName", APD_T_UTF8, "Enroll", 6),
        number(&w, "hresult", APD_T_HEX, 0x80180014), text(&w, "Message1", APD_T_UTF8, "ab", 2),
        number(&w, "ProcessID", APD_T_U64, 7), number(&w, "Keywords", APD_T_HEX, 0)};
    apd_event *e = event(&w, "P/Admin", 0, T, log, 4), *t = event(&w, "etl", 1, T + 10, trace, 5);
    assert_true(same(&w, e, t));
    assert_true(same(&w, event(&w, "etl", 2, T, trace, 5), t));
    assert_false(same(&w, e, event(&w, "etl", 1, T + 11, trace, 5))); /* more than rounding */
    assert_false(same(&w, event(&w, "etl", 1, T, trace, 5),
                      event(&w, "etl", 1, T, trace, 5)));          /* one file */
    assert_false(same(&w, e, event(&w, "P/Other", 1, T, log, 4))); /* two event logs */
    assert_true(same(&w, event(&w, "etl", 3, T, NULL, 0), event(&w, "etl", 4, T, NULL, 0)));
    assert_false(same(&w, e, event(&w, "etl", 4, T, NULL, 0))); /* nothing that both have */
    trace[3].as.u = 8;
    assert_false(same(&w, e, event(&w, "etl", 1, T, trace, 5)));
    trace[3].as.u = 7;
    trace[2].as.raw.len = 1;
    assert_false(same(&w, e, event(&w, "etl", 1, T, trace, 5)));
    t->id = 72;
    assert_false(same(&w, e, t));
    apd_event *timeless = event(&w, "etl", 5, APD_TIME_NONE, trace, 5);
    assert_false(same(&w, e, timeless));
    /* a second copy of an event log */
    apd_event *copy = event(&w, "P/Admin", 6, T, log, 4);
    copy->where.record = e->where.record;
    assert_true(same(&w, e, copy));
    close_world(&w);
}

static void places_are_kept(void **state)
{
    (void)state;
    world w = open_world();
    apd_field f[] = {number(&w, "Code", APD_T_HEX, 5), number(&w, "More", APD_T_U64, 1)};
    apd_field other[] = {number(&w, "Code", APD_T_HEX, 6)};
    apd_hit at[20] = {{.event = event(&w, "etl", 1, 100, f, 1)},
                      {.event = event(&w, "etl", 2, 101, f, 2)},
                      {.event = event(&w, "etl", 3, 102, other, 1)},
                      {.event = event(&w, "P/Admin", 4, 105, f, 1)},
                      {.event = event(&w, "P/Admin", 4, 900, f, 1)}};
    apd_hits h = {.at = at, .n = 5, .count = 5};
    assert_true(apd_hits_sort(&h, w.names, w.arena));
    assert_int_equal(h.n, 3);
    assert_int_equal(h.count, 3);
    const apd_hit *one = NULL;
    for (size_t i = 0; i < h.n; i++)
        if (h.at[i].nalso)
            one = &h.at[i];
    assert_non_null(one);
    assert_int_equal(one->event->where.member, 4); /* the event log speaks for all three */
    assert_int_equal(one->nalso, 2);
    unsigned members = 0;
    for (const apd_place *p = one->also; p; p = p->next)
        members |= 1u << p->where.member;
    assert_int_equal(members, 1u << 1 | 1u << 2);
    /* bounded, however many copies there are */
    for (uint32_t i = 0; i < 20; i++)
        at[i] = (apd_hit){.event = event(&w, "etl", i, 100, f, 1)};
    h = (apd_hits){.at = at, .n = 20, .count = 20};
    assert_true(apd_hits_sort(&h, w.names, w.arena));
    assert_int_equal(h.n, 1);
    assert_int_equal(h.at[0].nalso, APD_MAX_PLACES);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_the_same),
        cmocka_unit_test(places_are_kept),
    };
    return cmocka_run_group_tests_name("scan_same", tests, NULL, NULL);
}
