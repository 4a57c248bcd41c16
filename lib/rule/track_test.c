/* Runs the tests of tracker files: the records of a test through selecting and tracking; the notes of its
 * tracker must be the expected ones, no more and no fewer. */
#include "track_test.h"
#include "rule_test_feed.h"

typedef struct trial {
    const apd_rules *rules;
    const apd_track_test *test;
    apd_arena *arena;
    bool *met; /* per expected note */
    apd_buf faults;
} trial;

static void add_fault(trial *t, apd_str words)
{
    if (t->faults.len)
        apd_buf_add(&t->faults, APD_LIT("; "));
    apd_buf_add(&t->faults, words);
}

static apd_str describe(const trial *t, apd_verb verb, const apd_str *value)
{
    apd_buf b;
    apd_buf_init(&b, t->arena);
    apd_buf_addf(&b, "%s", apd_verb_at(verb)->name);
    for (size_t i = 0; apd_verb_at(verb)->values[i]; i++)
        if (value[i].ptr)
            apd_buf_addf(&b, " %s=%.*s", apd_verb_at(verb)->values[i], APD_FMT(value[i]));
    return apd_buf_str(&b);
}

/* Does the note have all that is asked? What is not asked may be anything. */
static bool is_as_expected(const apd_test_note *want, const apd_note *got)
{
    if (want->verb != got->verb)
        return false;
    for (size_t i = 0; i < APD_NOTE_VALUES; i++)
        if (want->value[i].ptr && !apd_eq(want->value[i], got->value[i]))
            return false;
    return true;
}

static apd_status take(void *ctx, const apd_note *note)
{
    trial *t = ctx;
    for (size_t i = 0; i < t->test->nnotes; i++) {
        if (t->met[i] || !is_as_expected(&t->test->notes[i], note))
            continue;
        t->met[i] = true;
        return APD_OK;
    }
    add_fault(t, apd_printf_a(t->arena, "not expected: %.*s",
                              APD_FMT(describe(t, note->verb, note->value))));
    return APD_OK;
}

static apd_status run(trial *t, apd_scan *scan, const apd_raw_parser *raw, apd_error *err)
{
    APD_TRY(apd_scan_watch_tracker(scan, t->test->tracker, take, t));
    APD_TRY(apd_test_feed(scan, &t->test->test, raw, err));
    for (size_t i = 0; i < t->test->nnotes; i++)
        if (!t->met[i])
            add_fault(t, apd_printf_a(t->arena, "missing: %.*s",
                                      APD_FMT(describe(t, t->test->notes[i].verb,
                                                       t->test->notes[i].value))));
    return APD_OK;
}

apd_status apd_track_test_run(const apd_rules *r, apd_intern *names, const apd_raw_parser *raw,
                              const apd_track_test *test, apd_arena *arena, apd_test_result *out)
{
    trial t = {.rules = r, .test = test, .arena = arena};
    apd_error err = {0};
    apd_buf_init(&t.faults, arena);
    t.met = APD_NEWS(arena, bool, test->nnotes);
    apd_scan *scan = apd_scan_new(r, names, arena);
    apd_status st = t.met && scan ? run(&t, scan, raw, &err) : APD_E_NOMEM;
    apd_scan_free(scan);
    if (st == APD_E_NOMEM)
        return st;
    if (st > APD_SKIPPED)
        add_fault(&t, apd_strdup_a(arena, apd_str_of(err.text)));
    *out = (apd_test_result){.file = r->files[test->test.at.file].name,
                             .rule = test->tracker,
                             .name = test->test.name,
                             .line = test->test.at.line,
                             .ok = t.faults.len == 0,
                             .detail = apd_buf_str(&t.faults)};
    return APD_OK;
}
