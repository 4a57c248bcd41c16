/* The runner of the tests inside rule files: what passes, and that what must fail does, with a
 * detail that says what came instead. */
#include "scan_world.h"

enum { MOST = 40 };

typedef struct outcome {
    bool ok;
    unsigned line;
    char rule[60], name[60], detail[300];
} outcome;

typedef struct run {
    outcome at[MOST];
    size_t n, stop_after;
} run;

static void copy(char *dst, size_t size, apd_str s)
{
    snprintf(dst, size, "%.*s", APD_FMT(s));
}

static bool take(void *ctx, const apd_test_result *t)
{
    run *r = ctx;
    assert_true(r->n < MOST);
    outcome *o = &r->at[r->n++];
    o->ok = t->ok;
    o->line = t->line;
    copy(o->rule, sizeof o->rule, t->rule);
    copy(o->name, sizeof o->name, t->name);
    copy(o->detail, sizeof o->detail, t->detail);
    return r->n != r->stop_after;
}

/* A parser of raw text: each line that holds "log:" is a record, a line "damaged" an error. */
static apd_status parse_lines(void *ctx, apd_str log, apd_str text,
                              apd_status (*each)(void *each_ctx, apd_event *ev), void *each_ctx,
                              apd_error *err)
{
    apd_intern *names = ctx;
    assert_text(log, "ime.log");
    for (uint64_t line = 1; text.len; line++) {
        size_t end = apd_find(text, APD_LIT("\n"));
        apd_str one = apd_sub(text, 0, end);
        text = apd_sub(text, end == SIZE_MAX ? text.len : end + 1, text.len);
        if (apd_starts(one, APD_LIT("damaged")))
            return apd_fail(err, APD_E_DAMAGED, APD_NOWHERE, "line %u is damaged", (unsigned)line);
        apd_event ev = {.time = (apd_time)line * APD_TICKS_MINUTE,
                        .clock = APD_CLOCK_LOCAL,
                        .log = apd_intern_add(names, APD_LIT("IME")),
                        .message = one,
                        .where.record = line};
        if (apd_starts(one, APD_LIT("log:")))
            APD_TRY(each(each_ctx, &ev));
    }
    return APD_OK;
}

typedef struct stage {
    apd_arena *a;
    apd_intern *names;
    apd_rules *rules;
} stage;

static stage load(const char *rule, const char *other)
{
    stage s = {.a = apd_arena_new(0), .names = apd_intern_new()};
    const apd_rule_file files[] = {
        {APD_LIT("names.yml"), APD_LIT(WORLD_NAMES)},
        {APD_LIT("milestones/attempt.yml"), APD_LIT(WORLD_MILESTONES)},
        {apd_istarts(apd_str_of(rule), APD_LIT("family")) ? APD_LIT("fam.yml") : APD_LIT("r.yml"),
         apd_str_of(rule)},
        {APD_LIT("other.yml"), apd_str_of(other ? other : "")}};
    const apd_rule_note *notes;
    size_t n;
    apd_status st = apd_rules_load(s.a, s.names, files, other ? 4 : 3, &notes, &n, &s.rules);
    for (size_t i = 0; i < n; i++)
        print_error("%.*s:%u: %.*s\n", APD_FMT(notes[i].file), notes[i].line,
                    APD_FMT(notes[i].text));
    assert_int_equal(st, APD_OK);
    return s;
}

static run test_rules(const char *rule, const char *other)
{
    stage s = load(rule, other);
    run r = {.n = 0};
    apd_raw_parser raw = {parse_lines, s.names};
    apd_error err = {0};
    assert_int_equal(apd_rules_test(s.rules, s.names, &raw, take, &r, &err), APD_OK);
    apd_rules_free(s.rules);
    apd_intern_free(s.names);
    apd_arena_free(s.a);
    return r;
}

static void assert_outcomes(const run *r, const char *const *details, size_t n)
{
    assert_int_equal(r->n, n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(r->at[i].detail, details[i]) != 0)
            fail_msg("%s:\n got: %s\nwant: %s", r->at[i].name, r->at[i].detail, details[i]);
        assert_int_equal(r->at[i].ok, details[i][0] == '\0');
    }
}

#define HEAD "rule: r\ntitle: T\nphase: join\nseverity: error\nstrength: strong\n"
#define STALLED                                                                                    \
    HEAD "events:\n"                                                                               \
         "  begun: {log: autopilot, EventID: 1}\n"                                                 \
         "  done: {log: autopilot, EventID: 2}\n"                                                  \
         "timeline:\n"                                                                             \
         "  stalled: {after: last begun, within: 15m, none_of: [done]}\n"                          \
         "when: stalled\n"                                                                         \
         "say: 'begun at step {begun.Step}'\n"                                                     \
         "fix: [wait]\n"                                                                           \
         "tests:\n"

static void found_or_not(void **state)
{
    (void)state;
    run r = test_rules(
        STALLED
        "  - name: as expected\n"
        "    events: [{at: 0s, log: autopilot, EventID: 1, Step: 3}, {at: 20m, log: autopilot}]\n"
        "    expect: {found: true, by: [stalled], strength: strong, say: begun at step 3}\n"
        "  - name: the sentence of the gap\n"
        "    events: [{at: 0s, log: autopilot, EventID: 1}]\n"
        "    covers: {autopilot: [0s, 30m]}\n"
        "    expect: {found: true, say: '15 m 00 s, no done followed'}\n"
        "  - name: order of writing does not matter\n"
        "    events: [{at: 20m, log: autopilot}, {at: 5m, log: autopilot, EventID: 2},\n"
        "             {at: 0s, log: autopilot, EventID: 1}]\n"
        "    expect: {found: false}\n"
        "  - name: unknown\n"
        "    events: [{at: 0s, log: autopilot, EventID: 1}]\n"
        "    expect: {found: unknown, say: 'stalled could not be checked: autopilot ends 0 s'}\n"
        "  - name: wants true, is unknown\n"
        "    events: [{at: 0s, log: autopilot, EventID: 1}]\n"
        "    expect: {found: true}\n"
        "  - name: wants true, is false\n"
        "    events: [{at: 0s, log: autopilot, EventID: 9}]\n"
        "    expect: {found: true}\n"
        "  - name: wants false, is true\n"
        "    events: [{at: 0s, log: autopilot, EventID: 1}, {at: 20m, log: autopilot}]\n"
        "    expect: {found: false}\n"
        "  - name: wants unknown, is false\n"
        "    events: [{at: 0s, log: autopilot, EventID: 9}]\n"
        "    expect: {found: unknown}\n"
        "  - name: wants other things\n"
        "    events: [{at: 0s, log: autopilot, EventID: 1}, {at: 20m, log: autopilot}]\n"
        "    expect: {found: true, by: [done], strength: proves, contradicted: true, say: step "
        "3}\n",
        NULL);
    static const char *const details[] = {
        "",
        "",
        "",
        "",
        "expected found: true, got unknown: stalled could not be checked: autopilot ends 0 s "
        "in, the window runs to 15 m 00 s",
        "expected found: true, got false: stalled does not hold",
        "expected found: false, got true by stalled",
        "expected found: unknown, got false: stalled does not hold",
        "expected strength: proves, got strong; expected contradicted: true, got false; expected "
        "by: done, got stalled; expected say: step 3, got begun at step ?",
    };
    assert_outcomes(&r, details, sizeof details / sizeof *details);
    assert_string_equal(r.at[0].rule, "r");
    assert_string_equal(r.at[0].name, "as expected");
    assert_int_equal(r.at[0].line, 15);
}

static void typed_fields_and_facts(void **state)
{
    (void)state;
    run r = test_rules(
        HEAD "events:\n"
             "  code: {log: autopilot, EventID: 1, Code|hresult: 0x80180014, Zeros: '007'}\n"
             "  high: {log: autopilot, EventID: 1, Number|gt: 10}\n"
             "  profile: {fact: autopilot.profile, Tenant|re: '.+'}\n"
             "  none: {fact: autopilot.profile, Tenant: null}\n"
             "  text: {log: autopilot, message|contains: hello}\n"
             "  gone: {log: autopilot, EventID: 1, Empty|exists: true, Empty: null}\n"
             "when: code or high or profile or text or gone or none\n"
             "fix: [x]\n"
             "tests:\n"
             "  - name: code\n"
             "    events: [{log: autopilot, EventID: 1, Code: -2145910764, Zeros: 007}]\n"
             "    expect: {found: true, by: [code]}\n"
             "  - name: number\n"
             "    events: [{log: autopilot, EventID: 1, Number: 11}]\n"
             "    expect: {found: true, by: [high]}\n"
             "  - name: message\n"
             "    events: [{log: autopilot, EventID: 7, message: say hello}]\n"
             "    expect: {found: true, by: [text]}\n"
             "  - name: profile\n"
             "    facts: {autopilot.profile: {Tenant: contoso}}\n"
             "    expect: {found: true, by: [profile]}\n"
             "  - name: no profile\n"
             "    events: [{log: autopilot}]\n"
             "    facts: {autopilot.profile: null}\n"
             "    expect: {found: false}\n"
             "  - name: profile not read\n"
             "    events: [{log: autopilot}]\n"
             "    expect: {found: unknown, say: no autopilot.profile is in this bundle}\n",
        NULL);
    static const char *const details[] = {"", "", "", "", "", ""};
    assert_outcomes(&r, details, 6);
}

/* Two facts, two records, a fact and a record; dotted names; what is not there differs from nothing. */
static void differing_values(void **state)
{
    (void)state;
    run r = test_rules(HEAD "events:\n"
                            "  hash: {fact: device.hash}\n"
                            "  bios: {fact: bios}\n"
                            "  call: {log: autopilot, EventID: 1}\n"
                            "timeline:\n"
                            "  serial: {differ: [hash.Serial, bios.System.Serial]}\n"
                            "  said: {differ: [call.Name, hash.Serial]}\n"
                            "when: serial or said\n"
                            "fix: [x]\n"
                            "tests:\n"
                            "  - name: different\n"
                            "    facts: {device.hash: {Serial: A1}, bios: {System.Serial: B2}}\n"
                            "    expect: {found: true, by: [serial]}\n"
                            "  - name: the same but for case and blanks\n"
                            "    facts: {device.hash: {Serial: 'a1 '}, bios: {System.Serial: A1}}\n"
                            "    events: [{log: autopilot, EventID: 1, Name: A1}]\n"
                            "    expect: {found: false}\n"
                            "  - name: one side has no value\n"
                            "    facts: {device.hash: {Serial: ''}, bios: {System.Serial: A1}}\n"
                            "    events: [{log: autopilot, EventID: 1, Name: A1}]\n"
                            "    expect: {found: false}\n"
                            "  - name: one side has no field\n"
                            "    facts: {device.hash: {Serial: A1}, bios: {Other: A1}}\n"
                            "    events: [{log: autopilot, EventID: 2}]\n"
                            "    expect: {found: false}\n"
                            "  - name: one side is not in the bundle\n"
                            "    facts: {device.hash: {Serial: A1}}\n"
                            "    events: [{log: autopilot, EventID: 2}]\n"
                            "    expect: {found: unknown, say: no bios is in this bundle}\n"
                            "  - name: a record\n"
                            "    facts: {device.hash: {Serial: A1}, bios: {Other: 1}}\n"
                            "    events: [{log: autopilot, EventID: 1, Name: A2}]\n"
                            "    expect: {found: true, by: [said]}\n"
                            "  - name: one of several is the same\n"
                            "    facts: {device.hash: {Serial: A1}, bios: {Other: 1}}\n"
                            "    events: [{log: autopilot, EventID: 1, Name: A2}, {log: autopilot, "
                            "EventID: 1, Name: A1}]\n"
                            "    expect: {found: false}\n",
                       NULL);
    static const char *const details[] = {"", "", "", "", "", "", ""};
    assert_outcomes(&r, details, 7);
}

static void raw_text(void **state)
{
    (void)state;
    run r = test_rules(HEAD "events: {hit: {log: ime, message|contains: delta}}\n"
                            "when: hit\nfix: [x]\n"
                            "tests:\n"
                            "  - name: there\n"
                            "    raw: {log: ime, text: 'log: a delta'}\n"
                            "    expect: {found: true}\n"
                            "  - name: not there\n"
                            "    raw: [{log: ime, text: 'log: a'}, {log: ime, text: 'log: b'}]\n"
                            "    expect: {found: false}\n"
                            "  - name: nothing to be seen\n"
                            "    raw: {log: ime, text: 'a delta'}\n"
                            "    expect: {found: false}\n"
                            "  - name: damaged\n"
                            "    raw: {log: ime, text: 'damaged'}\n"
                            "    expect: {found: false}\n"
                            "  - name: local clock\n"
                            "    raw: {log: ime, text: 'log: a delta'}\n"
                            "    expect: {found: true, say: hello}\n",
                       NULL);
    static const char *const details[] = {"", "", "the raw text holds no record",
                                          "line 1 is damaged",
                                          "expected say: hello, got nothing said"};
    assert_outcomes(&r, details, 5);
}

static void clocks(void **state)
{
    (void)state;
    run r = test_rules(
        HEAD
        "events:\n"
        "  a: {log: autopilot, EventID: 1}\n"
        "  i: {log: ime, message|contains: delta}\n"
        "timeline: {in_order: {order: [a, i]}}\n"
        "when: in_order\nfix: [x]\n"
        "tests:\n"
        "  - name: one clock\n"
        "    events: [{at: 0s, log: autopilot, EventID: 1}, {at: 1h, log: ime, message: delta}]\n"
        "    expect: {found: true}\n"
        "  - name: two clocks\n"
        "    events: [{at: 0s, log: autopilot, EventID: 1},\n"
        "             {at: 1h, log: ime, clock: local, message: delta}]\n"
        "    expect: {found: unknown}\n"
        "  - name: not\n"
        "    events: [{at: 1h, log: autopilot, EventID: 1}, {at: 0s, log: ime, message: delta}]\n"
        "    expect: {found: false}\n",
        NULL);
    static const char *const details[] = {"", "", ""};
    assert_outcomes(&r, details, 3);
}

static void look_alikes(void **state)
{
    (void)state;
    static const char other[] =
        "rule: other\ntitle: O\nphase: join\nseverity: error\nstrength: strong\n"
        "events: {e: {log: autopilot, EventID: 5}}\n"
        "when: e\nfix: [x]\nmasks: [r]\n" WORLD_TESTS;
    run r =
        test_rules(HEAD "events:\n"
                        "  a: {log: autopilot, EventID: 1}\n"
                        "  b: {log: autopilot, EventID: 2}\n"
                        "when: a\nfix: [x]\n"
                        "contradicts: [{if: b, weight: 1, say: b was there}]\n"
                        "differential: [{rule: other, if: b or other.e}]\n"
                        "tests:\n"
                        "  - name: neither, but rather\n"
                        "    events: [{log: autopilot, EventID: 5}]\n"
                        "    expect: {found: false, rather: other}\n"
                        "  - name: both\n"
                        "    events: [{log: autopilot, EventID: 1}, {log: autopilot, EventID: 2}]\n"
                        "    expect: {found: true, rather: other, considered: [other],\n"
                        "             contradicted: true, strength: suggests, say: b was there}\n"
                        "  - name: not rather\n"
                        "    events: [{log: autopilot, EventID: 1}]\n"
                        "    expect: {found: true, rather: other, contradicted: false}\n"
                        "  - name: nothing considered\n"
                        "    events: [{log: autopilot, EventID: 9}]\n"
                        "    expect: {found: false, considered: [other], strength: strong}\n",
                   other);
    assert_int_equal(r.n, 6);
    r.n = 4; /* the other rule's own come behind; they say nothing */
    static const char *const details[] = {"", "",
                                          "expected rather: other, but its `if` does not hold",
                                          "strength, by and contradicted ask about a finding, and "
                                          "there is none; expected other to be "
                                          "considered"};
    assert_outcomes(&r, details, 4);
}

static void families(void **state)
{
    (void)state;
    run r = test_rules("family: fam\ntitle: F\nphase: join\nseverity: error\n"
                       "events:\n"
                       "  a: {log: autopilot, EventID: 1}\n"
                       "  b: {log: autopilot, EventID: 2}\n"
                       "when: a\n"
                       "causes:\n"
                       "  - {rule: one, title: One, strength: strong, when: not b, fix: [x]}\n"
                       "  - {rule: two, title: Two, strength: strong, when: a, fix: [x],\n"
                       "     supports: [{if: b, weight: 1}]}\n"
                       "tests:\n"
                       "  - name: undecided\n"
                       "    events: [{log: autopilot, EventID: 1}]\n"
                       "    expect: {diagnosis: one, strength: suggests, considered: [two],\n"
                       "             say: nothing in this bundle tells the two causes apart}\n"
                       "  - name: the other\n"
                       "    events: [{log: autopilot, EventID: 1}, {log: autopilot, EventID: 2}]\n"
                       "    expect: {diagnosis: one}\n"
                       "  - name: none\n"
                       "    events: [{log: autopilot, EventID: 2}]\n"
                       "    expect: {found: false}\n",
                       NULL);
    static const char *const details[] = {"", "expected diagnosis: one, got two", ""};
    assert_outcomes(&r, details, 3);
    assert_string_equal(r.at[1].rule, "fam");
}

static void can_be_stopped(void **state)
{
    (void)state;
    stage s = load(HEAD "events: {hit: {log: ime, message|contains: delta}}\n"
                        "when: hit\nfix: [x]\n" WORLD_TESTS,
                   NULL);
    run r = {.stop_after = 1};
    apd_error err = {0};
    assert_int_equal(apd_rules_test(s.rules, s.names, NULL, take, &r, &err), APD_OK);
    assert_int_equal(r.n, 1);
    apd_rules_free(s.rules);
    apd_intern_free(s.names);
    apd_arena_free(s.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_or_not),     cmocka_unit_test(typed_fields_and_facts),
        cmocka_unit_test(differing_values), cmocka_unit_test(raw_text),
        cmocka_unit_test(clocks),           cmocka_unit_test(look_alikes),
        cmocka_unit_test(families),         cmocka_unit_test(can_be_stopped),
    };
    return cmocka_run_group_tests_name("rule_test", tests, NULL, NULL);
}
