/* Mistakes in rule files: the exact sentence, line and column of each. */
#include "rule_files.h"

typedef struct mistake {
    const char *text;
    const char *notes; /* every note, in order */
} mistake;

static void check(const mistake *m, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        loading l = load_rule_text(m[i].text);
        apd_str got = note_lines(&l, false);
        if (!apd_eq(got, apd_str_of(m[i].notes))) {
            print_error("case %zu\n%s\ngot:\n%.*s\nwant:\n%s\n", i, m[i].text, APD_FMT(got),
                        m[i].notes);
            wrong++;
        }
        assert_true(l.status == APD_E_RULE || strstr(m[i].notes, "warning"));
        assert_true(l.status == APD_OK || !l.set);
        unload(&l);
    }
    assert_int_equal(wrong, 0);
}

#define CHECK(...)                                                                                 \
    do {                                                                                           \
        static const mistake table[] = {__VA_ARGS__};                                              \
        check(table, sizeof table / sizeof *table);                                                \
    } while (0)

static void keys(void **state)
{
    (void)state;
    CHECK({HEAD EVENTS "fixx: [x]\n" WHEN FIX TESTS,
           "10:1: unknown key 'fixx' in a rule; did you mean 'fix'?\n"},
          {HEAD EVENTS "colour: red\n" WHEN FIX TESTS, "10:1: unknown key 'colour' in a rule\n"},
          {"rule: r\ntitle: T\nphase: join\nseverity: error\n" EVENTS WHEN TESTS,
           "1:1: a rule needs 'strength'\n1:1: a rule needs 'fix'\n"},
          {"- a\n", "1:1: a rule must be a map of keys, not a list\n"},
          {"just text\n", "1:1: a rule must be a map of keys, not a text\n"},
          {"", "1:1: the file is empty\n"}, {"# nothing\n", "1:1: the file is empty\n"},
          {"rule: [r]\ntitle: {x: y}\nphase: ''\nseverity: error\nstrength: strong\n" EVENTS WHEN
               FIX TESTS,
           "1:7: 'rule' must be a text, not a list\n2:8: 'title' must be a text, not a map\n"
           "3:9: 'phase' is empty\n"});
}

static void head(void **state)
{
    (void)state;
    CHECK(
        {"rule: s\ntitle: T\nphase: join\nseverity: error\nstrength: strong\n" EVENTS WHEN FIX
             TESTS,
         "1:7: the id 's' must equal the file's name, r.yml\n"},
        {"rule: R_x\ntitle: T\nphase: join\nseverity: error\nstrength: strong\n" EVENTS WHEN FIX
             TESTS,
         "1:7: 'R_x': an id is lower-case words with '-' between\n"},
        {"rule: r\ntitle: T\nphase: joim\nseverity: eror\nstrength: proof\n" EVENTS WHEN FIX TESTS,
         "3:8: unknown phase 'joim'; did you mean 'join'?\n"
         "4:11: 'severity' is info, warning or error, not 'eror'; did you mean 'error'?\n"
         "5:11: 'strength' is suggests, strong or proves, not 'proof'\n"},
        {"rule: r\ntitle: T\nphase: elsewhere\nseverity: error\nstrength: strong\n" EVENTS WHEN FIX
             TESTS,
         "3:8: unknown phase 'elsewhere' (names.yml lists them)\n"},
        {HEAD EVENTS WHEN "fix: []\n" TESTS, "11:6: the list 'fix' is empty\n"},
        {HEAD EVENTS WHEN "fix: [a, [b]]\n" TESTS, "11:10: 'fix' must be a text, not a list\n"},
        {HEAD EVENTS WHEN FIX "links: [ftp://x]\n" TESTS,
         "12:9: a link begins with https://, not 'ftp://x'\n"});
}

static void yaml_subset(void **state)
{
    (void)state;
    CHECK({HEAD EVENTS WHEN FIX "about: &x text\n" TESTS,
           "12:8: anchors (&name) are not part of the rule format\n"},
          {HEAD EVENTS WHEN FIX "about: *x\n" TESTS,
           "12:8: aliases (*name) are not part of the rule format; quote a text that begins with "
           "'*'\n"},
          {HEAD EVENTS WHEN FIX "about: !!str x\n" TESTS,
           "12:8: tags (!name) are not part of the rule format\n"},
          {HEAD EVENTS WHEN FIX "title: again\n" TESTS, "12:1: the key 'title' is here twice\n"},
          {HEAD EVENTS WHEN FIX TESTS "---\nrule: x\n",
           "19:1: a second document begins here; a file holds one\n"},
          {"%YAML 1.1\n---\n" HEAD EVENTS WHEN FIX TESTS,
           "1:1: directives (%YAML, %TAG) are not part of the rule format\n"},
          {HEAD "about: a: b\n" EVENTS WHEN FIX TESTS,
           "6:9: not readable as YAML: mapping values are not allowed in this context (a text with "
           "': ' in it needs quotes)\n"},
          {HEAD "about: [a\n" EVENTS,
           "7:7: not readable as YAML: did not find expected ',' or ']'\n"},
          {HEAD "about: '\xff'\n", "6:9: not UTF-8\n"},
          {HEAD "about: '\x01'\n", "6:9: a control character\n"},
          {HEAD EVENTS WHEN FIX "? [a]\n: b\n" TESTS, "12:3: a key must be a text\n"});
}

static void selections(void **state)
{
    (void)state;
#define WITH(text) HEAD EVENTS "  c: " text "\nwhen: a or b or c or f\n" FIX TESTS
    CHECK({WITH("[{about: x, log: mdm, EventID: 5}, {about: y, log: mdm, EventID: 6}]"),
           "10:49: a selection has one 'about'; it is given twice\n"},
          {WITH("{about: [x], log: mdm, EventID: 5}"),
           "10:14: 'about' must be a text, not a list\n"});
    CHECK({WITH("{EventID: 5}"), "10:6: a selection needs a 'log' or a 'fact'\n"},
          {WITH("{log: mdm}"), "10:6: a selection needs a condition besides 'log'\n"},
          {WITH("{log: mdm, show: 'x'}"), "10:6: a selection needs a condition besides 'log'\n"},
          {WITH("{log: mdm, fact: x, EventID: 1}"),
           "10:23: a selection reads a 'log' or a 'fact', not both\n"
           "10:26: a fact has no EventID\n"},
          {WITH("{log: mdn, EventID: 5}"), "10:12: unknown log 'mdn'; did you mean 'mdm'?\n"},
          {WITH("{log: [mdm, elsewhere], EventID: 5}"),
           "10:18: unknown log 'elsewhere' (names.yml lists them)\n"},
          {WITH("{log: [], EventID: 5}"), "10:12: the list 'log' is empty\n"},
          {WITH("[]"), "10:6: the list 'events' is empty\n"},
          {WITH("text"), "10:6: a selection must be a map of conditions, or a list of maps\n"},
          {WITH("[{log: mdm, EventID: 1}, {EventID: 2}]"),
           "10:31: a selection needs a 'log' or a 'fact'\n"},
          {WITH("{log: mdm, EventID: 1, show: 'the {Name'}"),
           "10:40: '{' without '}'; a brace itself is '{{'\n"},
          {WITH("{log: mdm, EventID: 1, show: 'the {}'}"),
           "10:40: empty braces; a brace itself is '{{'\n"},
          {HEAD "events:\n  and: {log: mdm, EventID: 1}\n  x-y: {log: mdm, EventID: 1}\n"
                "when: count(x) > 1\n" FIX TESTS,
           "7:3: 'and' cannot name a selection: letters, digits and '_', and no word of the "
           "expressions\n"
           "8:3: 'x-y' cannot name a selection: letters, digits and '_', and no word of the "
           "expressions\n"
           "9:13: no selection or relation is called 'x'\n"},
          {HEAD "events: {}\nwhen: a\n" FIX TESTS,
           "6:9: 'events' must be a map of named selections\n"
           "7:7: no selection or relation is called 'a'\n"});
#undef WITH
}

static void conditions(void **state)
{
    (void)state;
#define WITH(text) HEAD EVENTS "  c: {log: mdm, " text "}\nwhen: a or b or c or f\n" FIX TESTS
#define FACT(text) HEAD EVENTS "  c: {fact: x, " text "}\nwhen: a or b or c or f\n" FIX TESTS
    CHECK(
        {WITH("x|containz: y"), "10:19: unknown modifier 'containz'; did you mean 'contains'?\n"},
        {WITH("x|all|cases: y"), "10:23: unknown modifier 'cases'; did you mean 'cased'?\n"},
        {WITH("x|contains|re: y"), "10:17: 'contains' and 're' do not go together\n"},
        {WITH("EventID|contains: 5"), "10:17: 'contains' does not go with EventID\n"},
        {WITH("EventID: five"), "10:26: EventID is a number from 0 to 65535, not 'five'\n"},
        {WITH("EventID: [1, 70000]"), "10:30: EventID is a number from 0 to 65535, not '70000'\n"},
        {WITH("Level: 9"), "10:24: Level is a number from 0 to 5, not '9'\n"},
        {WITH("EventID: null"), "10:26: null does not go with EventID\n"},
        {WITH("eventid: 5"), "10:17: 'eventid' is written 'EventID'\n"},
        {WITH("EventID|all: [1, 2]"), "10:17: 'all' does not go with EventID\n"},
        {WITH("x|cased|hresult: 1"), "10:17: 'cased' does not go with hresult\n"},
        {WITH("x|hresult: 0x1800705B4"),
         "10:28: '0x1800705B4' is not an error code (0x800705B4, 2147943860 or -2147023436)\n"},
        {WITH("x|hresult: [oops, -2147483649]"),
         "10:29: 'oops' is not an error code (0x800705B4, 2147943860 or -2147023436)\n"
         "10:35: '-2147483649' is not an error code (0x800705B4, 2147943860 or -2147023436)\n"},
        {WITH("x|gt: many"), "10:23: 'gt' takes a number, not 'many'\n"},
        {WITH("x|gt: [1, 2]"), "10:23: 'gt' takes one value\n"},
        {WITH("x|bits: 0"), "10:25: 'bits' takes a number with at least one bit set, not '0'\n"},
        {WITH("x|bits: some"),
         "10:25: 'bits' takes a number with at least one bit set, not 'some'\n"},
        {WITH("x|cased|bits: 1"), "10:17: 'cased' does not go with bits\n"},
        {WITH("x|exists: yes"), "10:27: 'exists' takes true or false, not 'yes'\n"},
        {WITH("x|sid: S-1-5-x"), "10:24: 'S-1-5-x' is not a SID (S-1-5-18)\n"},
        {WITH("x|contains: ''"), "10:30: 'contains' needs a text to look for\n"},
        {WITH("x|contains: null"), "10:29: null does not go with contains\n"},
        {WITH("any|gt: 5"), "10:17: 'gt' does not go with any\n"},
        {WITH("x: []"), "10:20: the list 'values' is empty\n"},
        {WITH("x: {y: z}"), "10:20: a condition takes a value or a list of values\n"},
        {WITH("x..y: z"), "10:17: 'x..y' has an empty step between dots\n"},
        {WITH("'|re': z"), "10:18: a condition needs the name of a field\n"},
        {FACT("Provider_Name: z"), "10:16: a fact has no Provider_Name\n"});
#undef WITH
#undef FACT
}

static void relations(void **state)
{
    (void)state;
#define WITH(text) HEAD EVENTS "timeline:\n  t: " text "\nwhen: (a or b or f) and t\n" FIX TESTS
    CHECK(
        {WITH("{order: [a]}"), "11:14: 'order' needs at least two selections\n"},
        {WITH("{order: [a, a]}"), "11:18: 'a' is twice in 'order'\n"},
        {WITH("{order: [a, bb]}"),
         "11:18: no selection or relation is called 'bb'; did you mean 'b'?\n"},
        {WITH("{order: [a, b], within: 5m}"), "11:22: 'within' does not go with 'order'\n"},
        {WITH("{order: [a, f]}"), "11:18: 'f' is a fact and has no time\n"},
        {WITH("{within: 5m}"),
         "11:6: a relation needs 'order', 'after', 'before', 'count' or 'differ'\n"},
        {WITH("{after: a, within: 5m}"), "11:6: a window needs 'all_of', 'any_of' or 'none_of'\n"},
        {WITH("{after: a, none_of: [b]}"), "11:17: 'none_of' needs an end: 'within' or 'before'\n"},
        {WITH("{after: last  c, any_of: [b]}"), "11:20: no selection or relation is called 'c'\n"},
        {WITH("{after: lst a, any_of: [b]}"), "11:14: 'after' takes first, last or each before "
                                              "the selection; did you mean 'last'?\n"},
        {WITH("{after: a, any_of: [b], within: soon}"),
         "11:38: 'within' must be a duration such as 90s, 15m or 1h30m, not 'soon'\n"},
        {WITH("{after: a, any_of: [b], within: 0s}"),
         "11:38: 'within' must be longer than nothing\n"},
        {WITH("{after: a, any_of: []}"), "11:25: the list 'any_of' is empty\n"},
        {WITH("{count: a}"), "11:14: 'count' needs 'at_least' or 'at_most'\n"},
        {WITH("{count: a, at_least: 3, at_most: 2}"), "11:14: 'at_least' is more than 'at_most'\n"},
        {WITH("{count: a, at_least: 0}"),
         "11:27: 'at_least' must be a number from 1 to 4294967294, not '0'\n"},
        {WITH("{count: a, at_least: 1, seen_through: [mdm]}"),
         "11:30: 'seen_through' does not go with 'count'\n"},
        {WITH("{order: [a, b], same: users}"), "11:28: 'same' is attempt, boot, user or app, not "
                                               "'users'; did you mean 'user'?\n"},
        {WITH("{after: a, any_of: [b], seen_through: [imes]}"),
         "11:45: unknown log 'imes'; did you mean 'ime'?\n"},
        {WITH("{order: [a, b], smae: boot}"),
         "11:22: unknown key 'smae' in a relation; did you mean 'same'?\n"},
        {WITH("{differ: [a.x]}"), "11:15: 'differ' needs two values, each selection.Field\n"},
        {WITH("{differ: [a.x, b]}"), "11:21: 'differ' takes selection.Field, not 'b'\n"},
        {WITH("{differ: [a.x, bb.y]}"),
         "11:21: no selection or relation is called 'bb'; did you mean 'b'?\n"},
        {WITH("{differ: [a.x, b.y], same: boot}"), "11:6: 'differ' stands alone\n"},
        {HEAD EVENTS "timeline:\n  a: {order: [a, b]}\nwhen: a or b or f\n" FIX TESTS,
         "11:3: 'a' is a selection already\n"});
#undef WITH
}

static void references(void **state)
{
    (void)state;
#define WITH(text) HEAD EVENTS WHEN text FIX TESTS
    CHECK({HEAD EVENTS "when: a or f\n" FIX TESTS, "8:3: nothing uses the selection 'b'\n"},
          {HEAD EVENTS "timeline: {t: {order: [a, b]}}\nwhen: a or f\n" FIX TESTS,
           "10:12: nothing uses the relation 't'\n"},
          {WITH("supports: [{if: a, weight: 10}]\n"),
           "11:28: 'weight' must be a number from 1 to 9, not '10'\n"},
          {WITH("supports: [{if: a, weight: 1, makes: strong}]\n"),
           "11:38: 'makes: strong' raises nothing: the rule is 'strong' without it\n"},
          {WITH("contradicts: [{if: a, weight: 1, makes: proves}]\n"),
           "11:34: unknown key 'makes' in an entry of 'contradicts'\n"},
          {WITH("contradicts: [{weight: 1}]\n"), "11:15: an entry of 'contradicts' needs 'if'\n"},
          {WITH("supports: []\n"), "11:11: the list 'supports' is empty\n"},
          {WITH("differential: [{rule: rr, if: a}]\n"),
           "11:23: no rule is called 'rr'; did you mean 'r'?\n"},
          {WITH("differential: [{rule: r, if: a}]\n"),
           "11:23: a rule cannot be its own look-alike\n"},
          {WITH("masks: [r]\n"), "11:9: a rule cannot mask itself\n"},
          {WITH("masks: [elsewhere]\n"), "11:9: no rule is called 'elsewhere'\n"},
          {WITH("masks: ['*']\n"), "11:10: warning: '*' fits no other rule\n"},
          {WITH("say: 'x {a.} y'\n"), "11:9: '{a.}' needs a field: {selection.Field} or "
                                      "{count(selection)}; a brace itself is '{{'\n"},
          {WITH("say: '{c.X} {count(d)} {{z.Y}'\n"),
           "11:7: no selection or relation is called 'c'\n"
           "11:13: no selection or relation is called 'd'\n"});
#undef WITH
}

static void inline_tests(void **state)
{
    (void)state;
#define WITH(text) HEAD EVENTS WHEN FIX TESTS "  - " text "\n"
    CHECK({HEAD EVENTS WHEN FIX "tests: [{name: x, expect: {found: unknown}}]\n",
           "12:8: no test expects 'found: true'\n12:8: no test expects 'found: false'\n"},
          {HEAD EVENTS WHEN FIX "tests: []\n", "12:8: the list 'tests' is empty\n"},
          {WITH("{expect: {found: true}}"), "19:5: a test needs 'name'\n"},
          {WITH("{name: x, expect: {by: [a]}}"), "19:23: 'expect' needs 'found' or 'diagnosis'\n"},
          {WITH("{name: x, expect: {found: maybe}}"),
           "19:31: 'found' is false, unknown or true, not 'maybe'\n"},
          {WITH("{name: x, expect: {found: true, by: z}}"),
           "19:41: no selection or relation is called 'z'\n"},
          {WITH("{name: x, expect: {found: true, rather: z}}"),
           "19:45: 'z' is not in 'differential'\n"},
          {WITH("{name: x, expect: {diagnosis: r}}"), "19:35: 'r' is no cause of this file\n"},
          {WITH("{name: x, events: [{EventID: 1}], expect: {found: true}}"),
           "19:24: an event of a test needs 'log'\n"},
          {WITH("{name: x, events: [{log: mdm, at: 5 min, Level: 7, X: [1]}], "
                "expect: {found: true}}"),
           "19:39: 'at' must be a duration such as 90s, 15m or 1h30m, not '5 min'\n"
           "19:53: 'Level' must be a number from 0 to 5, not '7'\n"
           "19:59: the field 'X' takes a text (JSON goes into quotes)\n"},
          {WITH("{name: x, raw: {log: mdm, text: y}, expect: {found: true}}"),
           "19:26: 'raw' is text of a log file, and 'mdm' is none\n"},
          {WITH("{name: x, facts: {p: 5}, expect: {found: true}}"),
           "19:26: the fact 'p' takes a map of values, a list of such maps, or null\n"},
          {WITH("{name: x, covers: {mdm: [5m, 1m]}, expect: {found: true}}"),
           "19:29: a log covers [from, to], two durations such as [0s, 30m]\n"},
          {WITH("{name: x, covers: {mdn: [0s, 1m]}, expect: {found: true}}"),
           "19:24: unknown log 'mdn'; did you mean 'mdm'?\n"});
#undef WITH
}

#define FAMILY_HEAD "family: r\ntitle: T\nphase: join\nseverity: error\n"
#define CAUSE(id, when) "  - {rule: " id ", title: T, strength: strong, when: '" when "'}\n"

static void families(void **state)
{
    (void)state;
    CHECK({FAMILY_HEAD EVENTS WHEN "causes:\n" CAUSE("r-one", "a") TESTS,
           "11:3: 'causes' must be a list of at least two\n"},
          {FAMILY_HEAD EVENTS WHEN "causes:\n" CAUSE("r-one", "a") CAUSE("r-one", "b") TESTS,
           "12:5: the id 'r-one' is taken by join/r.yml, line 11\n"},
          {FAMILY_HEAD EVENTS "when: not a and (b or f)\ncauses:\n" CAUSE("r-one", "a")
               CAUSE("r-two", "b") TESTS,
           "11:54: 'when' can never be true together with the family's\n"},
          {FAMILY_HEAD EVENTS WHEN "strength: strong\ncauses:\n" CAUSE("r-one", "a")
               CAUSE("r-two", "b") TESTS,
           "10:1: unknown key 'strength' in a family\n"},
          {FAMILY_HEAD EVENTS WHEN
           "causes:\n  - {title: T, strength: strong, when: b}\n" CAUSE("r-two", "b") TESTS,
           "11:5: a cause needs 'rule'\n"});
}

/* The sentence about a pattern is pcre2's; the place is ours. */
static void patterns(void **state)
{
    (void)state;
    loading l = load_rule_text(HEAD "events: {a: {log: mdm, x|re: ['fine', '(unclosed']}}\n"
                                    "when: a\n" FIX TESTS);
    assert_int_equal(l.status, APD_E_RULE);
    assert_int_equal(l.nnotes, 1);
    assert_true(apd_starts(note_lines(&l, false), APD_LIT("6:40: ")));
    assert_true(apd_find(l.notes[0].text, APD_LIT("(unclosed")) != SIZE_MAX);
    unload(&l);
}

/* Several files at once. */
static void across_files(void **state)
{
    (void)state;
#define OTHER(id, rest)                                                                            \
    "rule: " id                                                                                    \
    "\ntitle: T\nphase: join\nseverity: error\nstrength: strong\n" EVENTS WHEN rest FIX TESTS
    apd_rule_file files[] = {
        {APD_LIT("names.yml"), APD_LIT(NAMES)},
        {APD_LIT("z/z-one.yml"), APD_LIT(OTHER("z-one", "masks: [a-one]\n"))},
        {APD_LIT("a/a-one.yml"),
         APD_LIT(OTHER("a-one", "masks: [b-*]\ndifferential: [{rule: z-one, if: other.aa}]\n"))},
        {APD_LIT("b/b-one.yml"), APD_LIT(OTHER("b-one", "masks: [z-one, broken]\n"))},
        {APD_LIT("b/broken.yml"), APD_LIT("rule: [\n")},
    };
    loading l = load_files(files, 5);
    assert_int_equal(l.status, APD_E_RULE);
    assert_str(
        note_lines(&l, true),
        "a/a-one.yml:12:40: no selection or relation is called 'aa'; did you mean 'a'?\n"
        "b/broken.yml:2:1: not readable as YAML: did not find expected node content\n"
        "z/z-one.yml:1:1: masks run in a circle: z-one masks a-one masks b-one masks z-one\n");
    unload(&l);
#undef OTHER
}

static void without_names(void **state)
{
    (void)state;
    apd_rule_file rule = {APD_LIT("r.yml"), APD_LIT(HEAD EVENTS WHEN FIX TESTS)};
    loading l = load_files(&rule, 1);
    assert_int_equal(l.status, APD_E_RULE);
    assert_str(note_lines(&l, true),
               ":0:0: there is no names.yml: phases and logs have no names\n");
    unload(&l);
    apd_rule_file bad[] = {
        {APD_LIT("names.yml"), APD_LIT("phases: [join]\nlogs:\n  mdm: {provider: [], chanel: x}\n"
                                       "  Upper: {file: y}\n  empty: {}\n")},
    };
    l = load_files(bad, 1);
    assert_str(note_lines(&l, true),
               "names.yml:3:19: the list 'provider' is empty\n"
               "names.yml:3:23: unknown key 'chanel' in a log; did you mean 'channel'?\n"
               "names.yml:4:3: 'Upper': a log's short name is lower-case words with '-'\n"
               "names.yml:5:10: a log needs a provider, a channel or a file\n");
    unload(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),          cmocka_unit_test(head),
        cmocka_unit_test(yaml_subset),   cmocka_unit_test(selections),
        cmocka_unit_test(conditions),    cmocka_unit_test(relations),
        cmocka_unit_test(references),    cmocka_unit_test(inline_tests),
        cmocka_unit_test(families),      cmocka_unit_test(across_files),
        cmocka_unit_test(without_names), cmocka_unit_test(patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
