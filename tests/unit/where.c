/* Conditions on one line: what they mean, and what is said about those that mean nothing. */
#include "where.h"

#include "rule_files.h"

typedef struct world {
    loading l;
    apd_event ev;
    apd_field fields[8];
    uint32_t n;
} world;

static void add(world *w, const char *name, apd_field f)
{
    f.name = apd_intern_add(w->l.names, apd_str_of(name));
    w->fields[w->n++] = f;
}

static apd_field utf8(const char *text)
{
    return (apd_field){.type = APD_T_UTF8, .as.raw = apd_str_bytes(apd_str_of(text))};
}

static world open_world(void)
{
    static const apd_rule_file names = {{"names.yml", 9}, {NAMES, sizeof NAMES - 1}};
    world w = {.l = load_files(&names, 1)};
    assert_int_equal(w.l.status, APD_OK);
    w.ev = (apd_event){.time = 0,
                       .clock = APD_CLOCK_UTC,
                       .kind = APD_EVENT,
                       .level = 2,
                       .id = 71,
                       .log = apd_intern_add(w.l.names, APD_LIT("MD/Autopilot")),
                       .provider = apd_intern_add(w.l.names, APD_LIT("MD-Provider")),
                       .where = {.record = 12}};
    add(&w, "HRESULT", (apd_field){.type = APD_T_U64, .as.u = 2147943860u});
    add(&w, "Count", (apd_field){.type = APD_T_U64, .as.u = 7});
    add(&w, "Text", utf8("connection timed out (no proxy)"));
    add(&w, "Path", utf8("C:\\Windows\\Temp"));
    add(&w, "Empty", utf8(""));
    add(&w, "Error Code", utf8("0x5"));
    add(&w, "level", utf8("deep"));
    return w;
}

static bool ask(world *w, const char *text)
{
    apd_filter *f;
    apd_error err = {0};
    w->ev.fields = w->fields;
    w->ev.nfields = w->n;
    if (apd_filter_new(w->l.set, w->l.names, apd_str_of(text), &f, &err) != APD_OK)
        fail_msg("%s: %s", text, err.text);
    bool holds;
    assert_int_equal(apd_filter_holds(f, &w->ev, &holds), APD_OK);
    apd_filter_free(f);
    return holds;
}

static void meaning(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        {"EventID=71", true},
        {"EventID == 71", true},
        {"EventID=72", false},
        {"EventID!=71", false},
        {"EventID=71 and Level<=2", true},
        {"EventID=71 and Level<2", false},
        {"EventID in [70, 71]", true},
        {"EventID=[70,71]", true},
        {"EventID not in [70,71]", false},
        {"EventID!=[70,72]", true},
        {"EventRecordID>=12 and EventRecordID<13", true},
        {"Count>6", true},
        {"count>7", false},
        {"Text|contains=TIMED", true},
        {"Text|contains|cased=TIMED", false},
        {"Text|contains|all=[timed, proxy]", true},
        {"Text|contains|all=[timed, cable]", false},
        {"Text|re='timed\\s+out'", true},
        {"Text=connection*", true},
        {"Text='connection timed out (no proxy)'", true},
        {"message|startswith=connection", true},
        {"any|hresult=0x800705B4", true},
        {"any|hresult=-2147023436", true},
        {"any|hresult=0x80072EE7", false},
        {"Path|path=c:/windows/temp/", true},
        {"Path='C:\\Windows\\Temp'", true},
        {"Nothing|exists=false", true},
        {"Count|exists=true", true},
        {"Nothing=null", true},
        {"Empty=null", true},
        {"Nothing='null'", false},
        {"Nothing!=5", true},
        {"'Error Code'=0x5", true},
        {"\"Error Code|endswith\"=5", true},
        {"'level'=deep", true},
        {"log=autopilot", true},
        {"log in [mdm, autopilot]", true},
        {"log=mdm", false},
        {"Channel=md/auto*", true},
        {"Provider_Name=MD-Provider", true},
        {"fact=autopilot.profile", false},
        /* and binds closer than or, not closer than both */
        {"EventID=1 and Level=2 or Level=2", true},
        {"EventID=1 and (Level=2 or Level=2)", false},
        {"Level=2 or EventID=1 and EventID=1", true},
        {"not EventID=1 and Level=2", true},
        {"not (EventID=71 and Level=2)", false},
        {"not not EventID=71", true},
        {"NOT EventID=1 AND Level=2 OR log=mdm", true},
        {"((EventID=71))", true},
        {"Text|contains='''timed'''", false},
    };
    world w = open_world();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (ask(&w, rows[i].text) != rows[i].holds)
            fail_msg("%s: not %d", rows[i].text, rows[i].holds);
    unload(&w.l);
}

/* A fact has fields and text, but no number, level, writer or channel. */
static void facts(void **state)
{
    (void)state;
    world w = open_world();
    w.ev.kind = APD_FACT;
    w.ev.level = 0;
    w.ev.log = apd_intern_add(w.l.names, APD_LIT("autopilot.profile"));
    assert_true(ask(&w, "fact=autopilot.profile"));
    assert_true(ask(&w, "fact=AutoPilot.Profile and Count=7"));
    assert_false(ask(&w, "fact=autopilot.offline-profile"));
    assert_false(ask(&w, "Level<=2"));
    assert_false(ask(&w, "EventID=71"));
    assert_false(ask(&w, "Channel=autopilot.profile"));
    assert_false(ask(&w, "log=autopilot"));
    unload(&w.l);
}

static void mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", "column 1: expected the name of a field, but the condition ends here"},
        {"EventID", "column 8: expected =, !=, <, <=, >, >= or 'in', but the condition ends here"},
        {"EventID=", "column 9: expected a value, but the condition ends here"},
        {"EventID=71 Level=2", "column 12: expected 'and' or 'or', not 'Level'"},
        {"EventID=71 and", "column 15: expected the name of a field, but the condition ends here"},
        {"(EventID=71", "column 12: expected 'and', 'or' or ')', but the condition ends here"},
        {"EventID=71)", "column 11: expected 'and' or 'or', not ')'"},
        {"EventID in [71", "column 15: expected ',' or ']', but the condition ends here"},
        {"EventID in []", "column 13: expected a value, not ']'"},
        {"EventID not 71", "column 13: expected 'in', not '71'"},
        {"Text='open", "column 6: this quote is not closed"},
        {"EventID=abc", "column 9: EventID is a number from 0 to 65535, not 'abc'"},
        {"Level<=9", "column 8: Level is a number from 0 to 5, not '9'"},
        {"eventid=71", "column 1: 'eventid' is written 'EventID'"},
        {"level<=2", "column 1: 'level' is written 'Level'"},
        {"a=1 and channel=x", "column 9: 'channel' is written 'Channel'"},
        {"Text|contians=x", "column 6: unknown modifier 'contians'; did you mean 'contains'?"},
        {"log=autopilto", "column 5: unknown log 'autopilto'; did you mean 'autopilot'?"},
        {"a=1 and any|hresult=nope",
         "column 21: 'nope' is not an error code (0x800705B4, 2147943860 or -2147023436)"},
        {"Text|re=(", "column 9: expected a value, not '('"},
        {"Text|re='('", "column 10: bad pattern '(': missing closing parenthesis (at character 2)"},
        {"Count|gt=many", "column 10: 'gt' takes a number, not 'many'"},
        {"EventID|contains=7", "column 1: 'contains' does not go with EventID"},
        {"Count<[1, 2]", "column 7: 'lt' takes one value"},
    };
    world w = open_world();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_filter *f;
        apd_error err = {0};
        assert_int_equal(apd_filter_new(w.l.set, w.l.names, apd_str_of(rows[i].text), &f, &err),
                         APD_E_RULE);
        assert_null(f);
        assert_string_equal(err.text, rows[i].want);
    }
    unload(&w.l);
}

/* Long chains and deep nesting end in a sentence, not in the stack. */
static void limits(void **state)
{
    (void)state;
    world w = open_world();
    enum { MANY = 20000 };
    char *text = malloc(6 * MANY + 8);
    assert_non_null(text);
    static const char *const parts[] = {"(", "a=1 or ", "not "};
    static const apd_status want[] = {APD_E_RULE, APD_E_RULE, APD_OK};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        size_t n = 0, len = strlen(parts[k]);
        for (size_t i = 0; i < 6 * MANY / len; i++, n += len)
            memcpy(text + n, parts[k], len);
        memcpy(text + n, "a=1", 3);
        apd_filter *f;
        apd_error err = {0};
        assert_int_equal(apd_filter_new(w.l.set, w.l.names, apd_str_from(text, n + 3), &f, &err),
                         want[k]);
        apd_filter_free(f);
    }
    free(text);
    unload(&w.l);
}

static void logs(void **state)
{
    (void)state;
    world w = open_world();
    assert_true(apd_rules_is_log(w.l.set, w.l.names, APD_LIT("autopilot"), &w.ev));
    assert_false(apd_rules_is_log(w.l.set, w.l.names, APD_LIT("mdm"), &w.ev));
    assert_true(apd_rules_is_log(w.l.set, w.l.names, APD_LIT("md/autopilot"), &w.ev));
    assert_true(apd_rules_is_log(w.l.set, w.l.names, APD_LIT("MD/*"), &w.ev));
    assert_false(apd_rules_is_log(w.l.set, w.l.names, APD_LIT("MD"), &w.ev));
    unload(&w.l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(meaning), cmocka_unit_test(facts),
                                       cmocka_unit_test(mistakes), cmocka_unit_test(limits),
                                       cmocka_unit_test(logs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
