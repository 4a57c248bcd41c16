/* Rule files as texts, for the tests of loading. */
#ifndef RULE_FILES_H
#define RULE_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rule_test.h"

#define NAMES                                                                                      \
    "phases: [network, join, desktop]\n"                                                           \
    "logs:\n"                                                                                      \
    "  autopilot:\n"                                                                               \
    "    - {provider: MD-Provider, channel: [MD/Autopilot, MD/Old]}\n"                             \
    "    - {provider: Prov-Provider, channel: Prov/AutoPilot}\n"                                   \
    "  mdm: {provider: DM-Provider}\n"                                                             \
    "  shell-core: {provider: Shell-Core, channel: Shell-Core/Operational}\n"                      \
    "  ime: {file: [IntuneManagementExtension, AppWorkload]}\n"

/* A rule in pieces, so that a test shows only the piece it is about. Lines 1 to 5, 6 to 9. */
#define HEAD "rule: r\ntitle: T\nphase: join\nseverity: error\nstrength: strong\n"
#define EVENTS                                                                                     \
    "events:\n"                                                                                    \
    "  a: {log: mdm, EventID: 1}\n"                                                                \
    "  b: {log: [mdm, ime], code|hresult: 0x800705B4}\n"                                           \
    "  f: {fact: autopilot.profile}\n"
#define WHEN "when: a or b or f\n"
#define FIX "fix: [repair it]\n"
#define TESTS                                                                                      \
    "tests:\n"                                                                                     \
    "  - name: there\n"                                                                            \
    "    events: [{log: mdm, EventID: 1}]\n"                                                       \
    "    expect: {found: true}\n"                                                                  \
    "  - name: not there\n"                                                                        \
    "    events: [{log: mdm, EventID: 9}]\n"                                                       \
    "    expect: {found: false}\n"

typedef struct loading {
    apd_arena *arena;
    apd_intern *names;
    apd_rules *set;
    const apd_rule_note *notes;
    size_t nnotes;
    apd_status status;
} loading;

static inline loading load_files(const apd_rule_file *files, size_t n)
{
    loading l = {.arena = apd_arena_new(0), .names = apd_intern_new()};
    assert_non_null(l.arena);
    assert_non_null(l.names);
    l.status = apd_rules_load(l.arena, l.names, files, n, &l.notes, &l.nnotes, &l.set);
    return l;
}

static inline loading load_rule_text(const char *text)
{
    apd_rule_file files[] = {{APD_LIT("names.yml"), APD_LIT(NAMES)},
                             {APD_LIT("join/r.yml"), apd_str_of(text)}};
    return load_files(files, 2);
}

static inline void unload(loading *l)
{
    apd_rules_free(l->set);
    apd_intern_free(l->names);
    apd_arena_free(l->arena);
}

/* "line:column: text" of every note, a line each; with the file's name where `files`. */
static inline apd_str note_lines(const loading *l, bool files)
{
    apd_buf b;
    apd_buf_init(&b, l->arena);
    for (size_t i = 0; i < l->nnotes; i++) {
        const apd_rule_note *n = &l->notes[i];
        if (files)
            apd_buf_addf(&b, "%.*s:", APD_FMT(n->file));
        apd_buf_addf(&b, "%u:%u: %s%.*s\n", n->line, n->column,
                     n->error ? "" : "warning: ", APD_FMT(n->text));
    }
    return apd_buf_str(&b);
}

static inline void assert_str(apd_str got, const char *want)
{
    if (!apd_eq(got, apd_str_of(want)))
        fail_msg("got:  %.*s\nwant: %s", APD_FMT(got), want);
}

#endif
