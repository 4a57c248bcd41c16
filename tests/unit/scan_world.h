/* Rules from short texts, and bundles from a script of letters: what the tests of scanning, relating
 * and ranking share.
 *
 *     a0 b5 c20L    records of a, b and c at minute 0, 5 and 20, the last in local time
 *
 *     a, b, e   autopilot, EventID 1, 2, 5      x  autopilot, nothing that a rule asks for
 *     c         shell-core, EventID 3           y  shell-core, the same
 *     i         ime, text with "delta"          z  ime, the same
 *     A         an OOBE attempt begins          B  the device starts (both in shell-core)
 *     g         as x, and the record before it is missing
 *     |         the next file of each log begins
 *
 * Each log numbers its records as they stand in the script. */
#ifndef SCAN_WORLD_H
#define SCAN_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scan.h"

#define WORLD_NAMES                                                                                \
    "phases: [network, join, desktop]\n"                                                           \
    "logs:\n"                                                                                      \
    "  autopilot: {provider: MD, channel: MD/Autopilot}\n"                                         \
    "  shell-core: {provider: Shell-Core}\n"                                                       \
    "  mdm: {provider: DM}\n"                                                                      \
    "  ime: {file: [IME, AppWorkload]}\n"
#define WORLD_MILESTONES                                                                           \
    "attempt:\n"                                                                                   \
    "  page: {log: shell-core, EventID: 62404}\n"                                                  \
    "boot:\n"                                                                                      \
    "  start: {log: shell-core, EventID: 12}\n"
/* Rules must carry tests; these say nothing and are not run. */
#define WORLD_TESTS                                                                                \
    "tests:\n"                                                                                     \
    "  - {name: t, events: [{log: mdm, EventID: 1}], expect: {found: true}}\n"                     \
    "  - {name: f, events: [{log: mdm, EventID: 1}], expect: {found: false}}\n"

typedef struct world {
    apd_arena *arena, *keep;
    apd_intern *names;
    apd_rules *rules;
    apd_scan *scan;
    const apd_diagnosis *d;
    uint64_t records[3]; /* of autopilot, shell-core, ime */
    uint32_t member;
} world;

/* Files end with an empty name. */
static inline world world_of(const apd_rule_file *files)
{
    world w = {.arena = apd_arena_new(0), .keep = apd_arena_new(0), .names = apd_intern_new()};
    const apd_rule_note *notes;
    size_t n = 0, nnotes;
    apd_rule_file all[16] = {{APD_LIT("names.yml"), APD_LIT(WORLD_NAMES)},
                             {APD_LIT("milestones/attempt.yml"), APD_LIT(WORLD_MILESTONES)}};
    for (; files[n].name.len; n++)
        all[n + 2] = files[n];
    apd_status st = apd_rules_load(w.arena, w.names, all, n + 2, &notes, &nnotes, &w.rules);
    for (size_t i = 0; i < nnotes; i++)
        if (notes[i].error)
            print_error("%.*s:%u: %.*s\n", APD_FMT(notes[i].file), notes[i].line,
                        APD_FMT(notes[i].text));
    assert_int_equal(st, APD_OK);
    w.scan = apd_scan_new(w.rules, w.names, w.keep);
    assert_non_null(w.scan);
    return w;
}

static inline void world_free(world *w)
{
    apd_scan_free(w->scan);
    apd_rules_free(w->rules);
    apd_intern_free(w->names);
    apd_arena_free(w->keep);
    apd_arena_free(w->arena);
}

/* Does the text hold the letter as a word of its own? */
static inline bool world_names(const char *text, char letter)
{
    for (const char *p = text; (p = strchr(p, letter)) != NULL; p++)
        if ((p == text || strchr(" ([{,", p[-1])) && strchr(" )]},.\n", p[1]))
            return true;
    return false;
}

/* Those of the selections above that the text names, since a rule must use all it has. */
static inline apd_str world_events(apd_arena *a, const char *text)
{
    static const struct {
        char letter;
        const char *selection;
    } all[] = {{'a', "{log: autopilot, EventID: 1}"},        {'b', "{log: autopilot, EventID: 2}"},
               {'c', "{log: shell-core, EventID: 3}"},       {'e', "{log: autopilot, EventID: 5}"},
               {'i', "{log: ime, message|contains: delta}"}, {'f', "{fact: autopilot.profile}"}};
    apd_buf b;
    apd_buf_init(&b, a);
    apd_buf_addf(&b, "events:\n");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (world_names(text, all[i].letter))
            apd_buf_addf(&b, "  %c: %s\n", all[i].letter, all[i].selection);
    return apd_buf_str(&b);
}

/* A rule file from what the test is about: timeline, when, supports, … It gets the selections it
 * names, and phase, severity and strength if it has none of its own. */
static inline apd_rule_file world_rule(apd_arena *a, const char *id, const char *body)
{
    apd_str events = strstr(body, "events:") ? APD_LIT("") : world_events(a, body);
    apd_str text =
        apd_printf_a(a, "rule: %s\ntitle: Title of %s\n%s%s%s%.*s%s%s%s", id, id,
                     strstr(body, "phase:") ? "" : "phase: join\n",
                     strstr(body, "severity:") ? "" : "severity: error\n",
                     strstr(body, "strength:") ? "" : "strength: strong\n", APD_FMT(events), body,
                     strstr(body, "fix:") ? "" : "fix: [repair]\n", WORLD_TESTS);
    return (apd_rule_file){apd_printf_a(a, "join/%s.yml", id), text};
}

static inline apd_event world_event(world *w, char letter, double minute)
{
    static const struct {
        char letter;
        const char *provider, *log;
        uint32_t id;
    } kinds[] = {{'a', "MD", "MD/Autopilot", 1},
                 {'b', "MD", "MD/Autopilot", 2},
                 {'e', "MD", "MD/Autopilot", 5},
                 {'x', "MD", "MD/Autopilot", 99},
                 {'g', "MD", "MD/Autopilot", 99},
                 {'c', "Shell-Core", "Shell-Core/Operational", 3},
                 {'y', "Shell-Core", "Shell-Core/Operational", 99},
                 {'A', "Shell-Core", "Shell-Core/Operational", 62404},
                 {'B', "Shell-Core", "Shell-Core/Operational", 12},
                 {'i', "component", "IME", 0},
                 {'z', "component", "IME", 0}};
    size_t k = 0;
    while (kinds[k].letter != letter)
        assert_true(++k < sizeof kinds / sizeof *kinds);
    w->records[0] += letter == 'g';
    size_t log = kinds[k].log[0] == 'M' ? 0 : kinds[k].log[0] == 'S' ? 1 : 2;
    apd_time start = 0;
    apd_time_from_civil(2025, 11, 22, 10, 0, 0, 0, &start);
    apd_event ev = {.time = start + (apd_time)(minute * (double)APD_TICKS_MINUTE),
                    .clock = APD_CLOCK_UTC,
                    .level = 4,
                    .id = kinds[k].id,
                    .provider = apd_intern_add(w->names, apd_str_of(kinds[k].provider)),
                    .log = apd_intern_add(w->names, apd_str_of(kinds[k].log)),
                    .message = letter == 'i' ? APD_LIT("a delta b") : APD_LIT(""),
                    .where = {.member = w->member, .record = ++w->records[log]}};
    return ev;
}

static inline void world_feed(world *w, const char *script)
{
    for (const char *p = script; *p;) {
        char letter = *p++, *end;
        if (letter == '|') {
            w->member++;
            p += strspn(p, " ");
            continue;
        }
        apd_event ev = world_event(w, letter, strtod(p, &end));
        assert_true(end != p);
        if (*end == 'L') {
            ev.clock = APD_CLOCK_LOCAL;
            end++;
        }
        assert_int_equal(apd_scan_event(w->scan, &ev), APD_OK);
        p = end + strspn(end, " ");
    }
}

static inline void world_finish(world *w)
{
    apd_error err = {0};
    assert_int_equal(apd_scan_settle(w->scan), APD_OK);
    assert_int_equal(apd_scan_diagnose(w->scan, NULL, &w->d, &err), APD_OK);
}

static inline const apd_finding *world_finding(const world *w, const char *rule)
{
    for (size_t i = 0; i < w->d->nfindings; i++)
        if (apd_eq(w->d->findings[i].rule, apd_str_of(rule)))
            return &w->d->findings[i];
    return NULL;
}

static inline const apd_unchecked *world_unchecked(const world *w, const char *rule)
{
    for (size_t i = 0; i < w->d->nunchecked; i++)
        if (apd_eq(w->d->unchecked[i].rule, apd_str_of(rule)))
            return &w->d->unchecked[i];
    return NULL;
}

static inline void assert_text(apd_str got, const char *want)
{
    if (!apd_eq(got, apd_str_of(want)))
        fail_msg("got:  %.*s\nwant: %s", APD_FMT(got), want);
}

static inline void assert_part(apd_str got, const char *want)
{
    if (apd_find(got, apd_str_of(want)) == SIZE_MAX)
        fail_msg("got:  %.*s\nwithout: %s", APD_FMT(got), want);
}

#endif
