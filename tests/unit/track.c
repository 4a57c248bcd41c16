/* Tracker files: how they are read, which notes come out of records, and that their tests can fail. */
#include <stdio.h>

#include "rule_files.h"

#include "track_test.h"

static loading load_tracker(const char *text)
{
    apd_rule_file files[] = {{APD_LIT("names.yml"), APD_LIT(NAMES)},
                             {APD_LIT("trackers/t.yml"), apd_str_of(text)}};
    return load_files(files, 2);
}

#define TRACKER "tracker: t\nnotes:\n"
#define TEST                                                                                       \
    "tests:\n"                                                                                     \
    "  - name: x\n"                                                                                \
    "    events: [{log: mdm, EventID: 1}]\n"                                                       \
    "    expect: none\n"

typedef struct mistake {
    const char *text, *notes;
} mistake;

static void mistakes(void **state)
{
    (void)state;
    static const mistake table[] = {
        {TRACKER "  a: {log: mdm, EventID: 1}\n" TEST,
         "3:6: it needs 'note': what the record tells\n"},
        {TRACKER "  a: {log: mdm, EventID: 1, note: clok, set: {kind: x}}\n" TEST,
         "3:35: there is no note 'clok'; did you mean 'clock'?\n"},
        {TRACKER "  a: {log: mdm, EventID: 1, note: clock, set: {kinds: x}}\n" TEST,
         "3:6: a 'clock' note needs 'kind'\n"
         "3:48: 'kinds' is no value of a 'clock' note; did you mean 'kind'?\n"},
        {TRACKER
         "  a: {log: ime, message|contains: abc, note: clock, take: {message: 'abc(.*)'}}\n" TEST,
         "3:6: a 'clock' note needs 'kind'\n3:70: the pattern has no named group: (?<id>...)\n"},
        {TRACKER "  a: {log: ime, message|contains: abc, note: clock, take: {message: "
                 "'(?<kin>.*)'}}\n" TEST,
         "3:6: a 'clock' note needs 'kind'\n"
         "3:70: the pattern has no named group: (?<id>...)\n"
         "3:73: 'kin' is no value of a 'clock' note; did you mean 'kind'?\n"},
        {TRACKER "  a: {log: mdm, EventID: 1, note: clock, set: {kind: x}, versions: '1.2'}\n" TEST,
         "3:69: 'versions' is a range such as 1.80-1.96, 1.97- or -1.96, not '1.2'\n"},
        {"tracker: s\nnotes:\n  a: {log: mdm, EventID: 1, note: clock, set: {kind: x}}\n" TEST,
         "1:1: the tracker of t.yml is called 's'\n"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        loading l = load_tracker(table[i].text);
        assert_string_equal(note_lines(&l, false).ptr, table[i].notes);
        assert_int_equal(l.status, APD_E_RULE);
        unload(&l);
    }
}

#define GAP(text) "gaps:\n  g: {" text "}\n"

static void gap_mistakes(void **state)
{
    (void)state;
    static const mistake table[] = {
        {GAP("within: 5m"), "2:6: a gap needs 'say'\n"},
        {GAP("within: soon, say: x"),
         "2:15: 'within' must be a duration such as 90s, 15m or 1h30m, not 'soon'\n"},
        {GAP("within: 5m, say: x, after: {phase: join}"),
         "2:6: 'after' and 'until' go together; without them any two milestones are meant\n"},
        {GAP("within: 5m, say: x, after: {phase: joim}, until: {phase: join, edge: ended}"),
         "2:42: unknown phase 'joim'; did you mean 'join'?\n"
         "2:76: 'edge' is start, success, failure, end, later or any, not 'ended'\n"},
        {"gaps: none\n", "1:7: 'gaps' must be a map from names to thresholds\n"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        apd_rule_file files[] = {{APD_LIT("names.yml"), APD_LIT(NAMES)},
                                 {APD_LIT("milestones/gaps.yml"), apd_str_of(table[i].text)}};
        loading l = load_files(files, 2);
        assert_string_equal(note_lines(&l, false).ptr, table[i].notes);
        assert_int_equal(l.status, APD_E_RULE);
        unload(&l);
    }
}

typedef struct results {
    size_t passed, failed;
    char detail[512];
} results;

static bool tally(void *ctx, const apd_test_result *t)
{
    results *r = ctx;
    r->passed += t->ok;
    r->failed += !t->ok;
    if (!t->ok)
        snprintf(r->detail, sizeof r->detail, "%.*s", APD_FMT(t->detail));
    return true;
}

static results results_of(const char *text)
{
    results r = {0};
    apd_error err = {0};
    loading l = load_tracker(text);
    if (l.status != APD_OK)
        fail_msg("%s", note_lines(&l, false).ptr);
    assert_int_equal(apd_rules_test(l.set, l.names, NULL, tally, &r, &err), APD_OK);
    unload(&l);
    return r;
}

static void takes(void **state)
{
    (void)state;
    results r = results_of(
        TRACKER "  grs:\n"
                "    log: ime\n"
                "    message|contains: is in GRS\n"
                "    note: item\n"
                "    take: {message: 'App with id: (?<id>[0-9a-f-]+)(?: for (?<user>\\S+))?'}\n"
                "    set: {kind: win32, state: grs}\n"
                "tests:\n"
                "  - name: both groups\n"
                "    events: [{log: ime, message: 'App with id: a-1 for me is in GRS'}]\n"
                "    expect: {note: item, kind: win32, state: grs, id: a-1, user: me}\n"
                "  - name: one group took no part\n"
                "    events: [{log: ime, message: 'App with id: a-1 is in GRS'}]\n"
                "    expect: {note: item, id: a-1}\n"
                "  - name: what the pattern needs is not there\n"
                "    events: [{log: ime, message: 'Apps is in GRS'}]\n"
                "    expect: none\n");
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.passed, 3);
}

static void fields(void **state)
{
    (void)state;
    results r = results_of(
        TRACKER
        "  page:\n"
        "    log: shell-core\n"
        "    EventID: 62407\n"
        "    note: phase\n"
        "    fields: {phase: Name, detail: Value.message, code: Value.errorCode}\n"
        "    set: {edge: failure, detail: nothing said}\n"
        "  app:\n"
        "    fact: apps\n"
        "    note: item\n"
        "    each: fields\n"
        "    take: {name: 'App_(?<id>[0-9]+)'}\n"
        "    fields: {state: value}\n"
        "    set: {kind: win32}\n"
        "tests:\n"
        "  - name: dotted path\n"
        "    events: [{log: shell-core, EventID: 62407, Name: tpm, Value: '{\"errorCode\":5}'}]\n"
        "    expect: {note: phase, phase: tpm, edge: failure, code: '5', detail: nothing said}\n"
        "  - name: a value that is needed is not there\n"
        "    events: [{log: shell-core, EventID: 62407, Value: '{}'}]\n"
        "    expect: none\n"
        "  - name: every field\n"
        "    facts: {apps: {App_1: 3, App_2: 4, Other: 5}}\n"
        "    expect: [{note: item, id: '1', state: '3'}, {note: item, id: '2', state: '4'}]\n");
    assert_string_equal(r.detail, "");
    assert_int_equal(r.passed, 3);
}

static void elements(void **state)
{
    (void)state;
    results r = results_of(
        TRACKER "  policies:\n"
                "    log: ime\n"
                "    message|contains: 'Get policies = '\n"
                "    note: item\n"
                "    each: {message: 'Get policies = (\\[.*\\])'}\n"
                "    fields: {id: Id, name: Name, intent: Intent, version: Extra.Version}\n"
                "    set: {kind: win32}\n"
                "tests:\n"
                "  - name: array\n"
                "    events:\n"
                "      - {log: ime, message: 'Get policies = "
                "[{\"Id\":\"a\",\"Name\":\"A\",\"Intent\":3,\"Extra\":\"{\\\"Version\\\":7}\"},{"
                "\"Id\":\"b\"},{\"Name\":\"no id\"}] end'}\n"
                "    expect:\n"
                "      - {note: item, id: a, name: A, intent: '3', version: '7'}\n"
                "      - {note: item, id: b}\n"
                "  - name: no JSON\n"
                "    events: [{log: ime, message: 'Get policies = [oops]'}]\n"
                "    expect: none\n");
    assert_string_equal(r.detail, "");
    assert_int_equal(r.passed, 2);
}

/* A test that expects too little, too much or something else fails and says so. */
static void failing(void **state)
{
    (void)state;
    static const char head[] = TRACKER "  a: {log: mdm, EventID: 1, note: clock, set: {kind: k}}\n"
                                       "tests:\n"
                                       "  - name: x\n"
                                       "    events: [{log: mdm, EventID: 1}]\n";
    char text[1024];
    snprintf(text, sizeof text, "%s    expect: none\n", head);
    assert_string_equal(results_of(text).detail, "not expected: clock kind=k");
    snprintf(text, sizeof text, "%s    expect: [{note: clock, kind: k}, {note: clock, kind: k}]\n",
             head);
    assert_string_equal(results_of(text).detail, "missing: clock kind=k");
    snprintf(text, sizeof text, "%s    expect: {note: clock, kind: other}\n", head);
    assert_string_equal(results_of(text).detail,
                        "not expected: clock kind=k; missing: clock kind=other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes), cmocka_unit_test(gap_mistakes), cmocka_unit_test(takes),
        cmocka_unit_test(fields),   cmocka_unit_test(elements),     cmocka_unit_test(failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
