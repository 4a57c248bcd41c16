/* Names of facts: which registry keys they mean, and when their absence may be claimed. */
#include "rule_files.h"
#include "scan.h"

#define FACT_NAMES                                                                                 \
    "phases: [join]\n"                                                                             \
    "logs:\n"                                                                                      \
    "  mdm: {provider: DM}\n"                                                                      \
    "facts:\n"                                                                                     \
    "  registry: {log: registry}\n"                                                                \
    "  my.app: {log: registry, key: 'HKLM\\Software\\Apps\\*'}\n"                                  \
    "  my.two: [{log: registry, key: ['HKLM\\A\\X', 'HKLM\\B\\X']}, {log: other.file}]\n"

/* A rule over f, found if `when` is true. */
#define RULE_TEXT                                                                                  \
    "rule: r\ntitle: t\nphase: join\nseverity: error\nstrength: strong\n"                          \
    "events:\n  f: %s\n  m: {log: mdm, EventID: 1}\nwhen: %s\nfix: [x]\n"                          \
    "tests:\n"                                                                                     \
    "  - {name: t, events: [{log: mdm, EventID: 1}], expect: {found: true}}\n"                     \
    "  - {name: f, events: [{log: mdm, EventID: 1}], expect: {found: false}}\n"

typedef struct facts {
    apd_arena *arena, *keep;
    apd_intern *names;
    apd_rules *rules;
    apd_scan *scan;
} facts;

static facts facts_of(const char *selection)
{
    facts f = {.arena = apd_arena_new(0), .keep = apd_arena_new(0), .names = apd_intern_new()};
    apd_str text = apd_printf_a(f.arena, RULE_TEXT, selection, "f or m");
    apd_rule_file files[] = {{APD_LIT("names.yml"), APD_LIT(FACT_NAMES)},
                             {APD_LIT("join/r.yml"), text}};
    const apd_rule_note *notes;
    size_t n;
    assert_int_equal(apd_rules_load(f.arena, f.names, files, 2, &notes, &n, &f.rules), APD_OK);
    f.scan = apd_scan_new(f.rules, f.names, f.keep);
    assert_non_null(f.scan);
    return f;
}

static void facts_free(facts *f)
{
    apd_scan_free(f->scan);
    apd_rules_free(f->rules);
    apd_intern_free(f->names);
    apd_arena_free(f->keep);
    apd_arena_free(f->arena);
}

static void feed(facts *f, const char *log, const char *key, uint32_t member, uint64_t state)
{
    apd_field field = {apd_intern_add(f->names, APD_LIT("State")), APD_T_U64, {.u = state}};
    apd_event ev = {.time = APD_TIME_NONE,
                    .clock = APD_CLOCK_NONE,
                    .kind = APD_FACT,
                    .log = apd_intern_add(f->names, apd_str_of(log)),
                    .message = apd_str_of(key),
                    .fields = &field,
                    .nfields = 1,
                    .where.member = member};
    assert_int_equal(apd_scan_event(f->scan, &ev), APD_OK);
}

static apd_truth truth(facts *f)
{
    apd_view v;
    assert_int_equal(apd_scan_settle(f->scan), APD_OK);
    assert_true(apd_view_init(&v, f->scan, INT64_MIN, INT64_MAX));
    return apd_eval_selection(&v, 0);
}

static void a_name_means_its_keys(void **state)
{
    (void)state;
    facts f = facts_of("{fact: my.app, State: 4}");
    feed(&f, "registry", "HKLM\\Software\\Apps", 1, 4);
    feed(&f, "registry", "hklm\\SOFTWARE\\apps\\one", 1, 3);
    feed(&f, "registry", "HKLM\\Software\\Apps\\two\\deep", 1, 4);
    feed(&f, "elsewhere", "HKLM\\Software\\Apps\\one", 1, 4);
    assert_int_equal(f.scan->hits[0].count, 0);
    feed(&f, "registry", "hklm\\SOFTWARE\\apps\\two", 1, 4);
    assert_int_equal(f.scan->hits[0].count, 1);
    assert_int_equal(truth(&f), APD_TRUE);
    facts_free(&f);
}

static void alternatives_and_other_logs(void **state)
{
    (void)state;
    facts f = facts_of("{fact: my.two}");
    feed(&f, "registry", "HKLM\\A\\X", 1, 0);
    feed(&f, "registry", "HKLM\\B\\X", 1, 0);
    feed(&f, "other.file", "", 1, 0);
    feed(&f, "registry", "HKLM\\B", 1, 0);
    assert_int_equal(f.scan->hits[0].count, 3);
    facts_free(&f);
}

static void absence_needs_an_export_of_that_part(void **state)
{
    (void)state;
    facts f = facts_of("{fact: my.app}");
    feed(&f, "registry", "HKLM\\Software\\Other", 1, 0);
    assert_int_equal(truth(&f), APD_UNKNOWN);
    facts_free(&f);
    f = facts_of("{fact: my.app}");
    feed(&f, "registry", "HKLM\\Software\\Apps", 1, 0);
    assert_int_equal(truth(&f), APD_FALSE);
    facts_free(&f);
    f = facts_of("{fact: my.app}");
    feed(&f, "registry", "HKLM\\Software", 1, 0);
    assert_int_equal(truth(&f), APD_FALSE);
    facts_free(&f);
}

static void all_alternatives_must_have_been_looked_into(void **state)
{
    (void)state;
    facts f = facts_of("{fact: my.two, State: 9}");
    feed(&f, "registry", "HKLM\\A", 1, 0);
    feed(&f, "registry", "HKLM\\B", 2, 0);
    assert_int_equal(truth(&f), APD_UNKNOWN);
    feed(&f, "other.file", "", 3, 0);
    assert_int_equal(truth(&f), APD_FALSE);
    facts_free(&f);
}

static void a_file_with_losses_shows_no_absence(void **state)
{
    (void)state;
    facts f = facts_of("{fact: my.app}");
    feed(&f, "registry", "HKLM\\Software\\Apps", 1, 0);
    apd_scan_torn(f.scan, 1);
    feed(&f, "registry", "HKLM\\Software", 1, 0);
    assert_int_equal(truth(&f), APD_UNKNOWN);
    feed(&f, "registry", "HKLM\\Software\\Apps", 2, 0); /* another file, whole */
    apd_scan_torn(f.scan, 3);
    assert_int_equal(truth(&f), APD_FALSE);
    facts_free(&f);
}

static void the_registry_as_a_whole_has_no_absence(void **state)
{
    (void)state;
    facts f = facts_of("{fact: registry, State: 9}");
    feed(&f, "registry", "HKLM\\Software\\Apps", 1, 0);
    assert_int_equal(truth(&f), APD_UNKNOWN);
    feed(&f, "registry", "HKLM\\Software\\Apps", 1, 9);
    assert_int_equal(truth(&f), APD_TRUE);
    facts_free(&f);
}

static apd_str mistakes(const char *selection, apd_arena *a)
{
    apd_intern *names = apd_intern_new();
    apd_str text = apd_printf_a(a, RULE_TEXT, selection, "f or m");
    apd_rule_file files[] = {{APD_LIT("names.yml"), APD_LIT(FACT_NAMES)},
                             {APD_LIT("join/r.yml"), text}};
    const apd_rule_note *notes;
    apd_rules *rules;
    size_t n;
    apd_status st = apd_rules_load(a, names, files, 2, &notes, &n, &rules);
    apd_str first = n ? apd_strdup_a(a, notes[0].text) : APD_LIT("");
    if (st == APD_OK)
        apd_rules_free(rules);
    apd_intern_free(names);
    return first;
}

static void misspelt_names_are_noted(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_str s = mistakes("{fact: my.aps}", a);
    assert_true(apd_find(s, APD_LIT("did you mean 'my.app'")) != SIZE_MAX);
    assert_int_equal(mistakes("{fact: known-to-a-reader}", a).len, 0);
    apd_arena_free(a);
}

static void mistakes_in_names_are_noted(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"facts: [a]\n", "3:8: 'facts' must be a map from names to where they are read"},
        {"facts: {}\n", "3:8: 'facts' must be a map from names to where they are read"},
        {"facts: {Bad.Name: {log: registry}}\n",
         "3:9: 'Bad.Name': a fact's name is lower-case words with '-' and '.' between"},
        {"facts: {a.: {log: registry}}\n",
         "3:9: 'a.': a fact's name is lower-case words with '-' and '.' between"},
        {"facts: {a: {key: x}}\n", "3:12: a fact needs 'log'"},
        {"facts: {a: {log: x, keys: y}}\n",
         "3:21: unknown key 'keys' in a fact; did you mean 'key'?"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        apd_arena *a = apd_arena_new(0);
        apd_str names =
            apd_printf_a(a, "phases: [join]\nlogs: {mdm: {provider: DM}}\n%s", bad[i][0]);
        apd_rule_file file = {APD_LIT("names.yml"), names};
        loading l = load_files(&file, 1);
        assert_int_equal(l.status, APD_E_RULE);
        apd_str got = apd_printf_a(a, "%u:%u: %.*s", l.notes[0].line, l.notes[0].column,
                                   APD_FMT(l.notes[0].text));
        assert_string_equal(got.ptr, bad[i][1]);
        unload(&l);
        apd_arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_means_its_keys),
        cmocka_unit_test(alternatives_and_other_logs),
        cmocka_unit_test(absence_needs_an_export_of_that_part),
        cmocka_unit_test(all_alternatives_must_have_been_looked_into),
        cmocka_unit_test(a_file_with_losses_shows_no_absence),
        cmocka_unit_test(the_registry_as_a_whole_has_no_absence),
        cmocka_unit_test(misspelt_names_are_noted),
        cmocka_unit_test(mistakes_in_names_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
