/* Loading good files: what ends up in the set. */
#include "rule_files.h"

#include <stdio.h>

#define OK(l)                                                                                      \
    do {                                                                                           \
        if ((l).status != APD_OK)                                                                  \
            fail_msg("%.*s", APD_FMT(note_lines(&(l), true)));                                     \
    } while (0)

static const char full_rule[] =
    "# a comment\n"
    "rule: r\n"
    "title: 'The page \"Securing your hardware\" gave up'\n"
    "phase: join\n"
    "severity: warning\n"
    "strength: strong\n"
    "about: |\n"
    "  Two lines\n"
    "  of text.\n"
    "events:\n"
    "  gave_up:\n"
    "    about: the page's time-out\n"
    "    log: shell-core\n"
    "    EventID: 62407\n"
    "    Name|endswith: [_TimedOut, _Failed]\n"
    "    Value.error.code|hresult: [0x800705B4, 2147943860, -2147023436]\n"
    "    show: 'gave up: {Name} {{'\n"
    "  either:\n"
    "    - {log: [autopilot, mdm], any|hresult: 0x80072F8F}\n"
    "    - {log: ime, message|re|cased: '[Ff]oo\\d', component: 'A*b\\*?'}\n"
    "  profile:\n"
    "    fact: Autopilot.Profile\n"
    "    TenantId|exists: true\n"
    "    Empty: null\n"
    "  retry: {log: autopilot, EventID|gte: 100, Level: [1, 2], User|sid: S-1-5-18, A|fieldref: "
    "B}\n"
    "  words: {log: mdm, message|contains|all: [one, two]}\n"
    "timeline:\n"
    "  stalled: {after: last retry, none_of: [gave_up, either], within: 15m}\n"
    "  sequence: {order: [retry, gave_up], same: boot}\n"
    "  often: {count: retry, at_least: 3, within: 1h30m, same: user}\n"
    "  early: {before: each gave_up, within: 90s, any_of: [retry], seen_through: [ime]}\n"
    "when: (gave_up and sequence) or stalled\n"
    "supports:\n"
    "  - {if: often or early, weight: 2, say: '{count(retry)} times, last {retry.Uint1}'}\n"
    "  - {if: profile, weight: 9, makes: proves}\n"
    "contradicts: [{if: words, weight: 3}]\n"
    "differential:\n"
    "  - {rule: look-alike, if: other.a and gave_up, say: 'x {words.message}'}\n"
    "  - {rule: fam, if: 'count(other.b) >= 2', check: no b}\n"
    "masks: [look-*, fam]\n"
    "say: 'it said {gave_up.Name}'\n"
    "fix: [first, second]\n"
    "escalate_with: [serial]\n"
    "links: [https://example.org/x]\n"
    "tests:\n"
    "  - name: all of it\n"
    "    events:\n"
    "      - {at: 1m30s, log: autopilot, EventID: 177, Uint1: 1, message: hello, Level: 2}\n"
    "      - {log: ime, clock: local, Provider_Name: P, Channel: C, EventRecordID: 7, X: null}\n"
    "    raw: {log: ime, text: 'raw text'}\n"
    "    facts: {autopilot.profile: {TenantId: abc}, other.fact: null}\n"
    "    covers: {mdm: [0s, 30m]}\n"
    "    expect: {found: true, by: [gave_up, sequence], strength: proves, say: 'it said',\n"
    "             contradicted: true, rather: look-alike}\n"
    "  - {name: nothing, raw: [{log: ime, text: a}, {log: ime, text: b}], expect: {found: "
    "false}}\n";

static const char look_alike[] = "rule: look-alike\ntitle: T\nphase: network\nseverity: info\n"
                                 "strength: suggests\n" EVENTS WHEN FIX TESTS;

static const char family[] =
    "family: fam\ntitle: One code\nphase: desktop\nseverity: error\nabout: shared\n" EVENTS
    "  c: {log: mdm, EventID: 3}\n"
    "timeline: {t: {order: [a, b]}}\n"
    "when: a or f\nundecided: nobody knows\n"
    "causes:\n"
    "  - {rule: fam-two, title: Two, strength: strong, when: b, fix: [two]}\n"
    "  - rule: fam-one\n"
    "    title: One\n"
    "    strength: suggests\n"
    "    when: not b\n"
    "    supports: [{if: c and t, weight: 1}]\n"
    "    differential: [{rule: look-alike, check: something}]\n"
    "tests:\n"
    "  - {name: y, events: [{log: mdm, EventID: 1}],\n"
    "     expect: {diagnosis: fam-one, considered: [fam-two, look-alike]}}\n"
    "  - {name: n, expect: {found: false}}\n";

static const char milestones[] =
    "attempt:\n  start: {log: shell-core, EventID: 62404}\n"
    "boot:\n  k: {log: mdm, EventID: 12}\n  e: {log: mdm, EventID: 6005}\n";

static loading load_all(void)
{
    apd_rule_file files[] = {
        {APD_LIT("names.yml"), APD_LIT(NAMES)},
        {APD_LIT("codes/hresult.tsv"), APD_LIT("0x1\tX\tnot a rule\n")},
        {APD_LIT("join/fam.yml"), APD_LIT(family)},
        {APD_LIT("join/r.yml"), APD_LIT(full_rule)},
        {APD_LIT("milestones/attempt.yml"), APD_LIT(milestones)},
        {APD_LIT("net/look-alike.yml"), APD_LIT(look_alike)},
    };
    loading l = load_files(files, sizeof files / sizeof *files);
    OK(l);
    return l;
}

static const apd_rule *rule(const loading *l, const char *id)
{
    uint32_t i = apd_rule_find(l->set, apd_str_of(id));
    assert_true(i < l->set->nrules);
    return &l->set->rules[i];
}

static const apd_selection *selection(const loading *l, const apd_rule *r, const char *name)
{
    for (uint32_t i = r->sel_first; i < r->sel_first + r->sel_count; i++)
        if (apd_eq(l->set->selections[i].name, apd_str_of(name)))
            return &l->set->selections[i];
    fail_msg("no selection %s", name);
    return NULL;
}

static const apd_relation *relation(const loading *l, const apd_rule *r, const char *name)
{
    for (uint32_t i = r->rel_first; i < r->rel_first + r->rel_count; i++)
        if (apd_eq(l->set->relations[i].name, apd_str_of(name)))
            return &l->set->relations[i];
    fail_msg("no relation %s", name);
    return NULL;
}

static const char *sel_name(const loading *l, uint32_t i)
{
    return l->set->selections[i].name.ptr;
}

static apd_sym sym(const loading *l, const char *name)
{
    apd_sym s = apd_intern_find(l->names, apd_str_of(name));
    assert_true(s != 0);
    return s;
}

static void heads(void **state)
{
    (void)state;
    loading l = load_all();
    const apd_rule *r = rule(&l, "r");
    assert_str(r->title, "The page \"Securing your hardware\" gave up");
    assert_str(r->about, "Two lines\nof text.\n");
    assert_str(r->phase, "join");
    assert_int_equal(r->phase_order, 1);
    assert_int_equal(r->severity, APD_SEV_WARNING);
    assert_int_equal(r->strength, APD_STRONG);
    assert_int_equal(r->family, UINT32_MAX);
    assert_int_equal(r->at.line, 2);
    assert_str(r->say, "it said {gave_up.Name}");
    assert_int_equal(r->nfix, 2);
    assert_str(r->fix[1], "second");
    assert_str(r->escalate_with[0], "serial");
    assert_str(r->links[0], "https://example.org/x");
    assert_int_equal(r->nsupports, 2);
    assert_int_equal(r->supports[0].makes, -1);
    assert_int_equal(r->supports[0].weight, 2);
    assert_int_equal(r->supports[1].makes, APD_PROVES);
    assert_str(r->supports[0].cond.text, "often or early");
    assert_int_equal(r->ncontradicts, 1);
    assert_str(r->contradicts[0].say, "");
    /* A family's id in `masks` became the ids of its causes. */
    assert_int_equal(r->nmasks, 3);
    assert_str(r->masks[0], "look-*");
    assert_str(r->masks[1], "fam-two");
    assert_str(r->masks[2], "fam-one");
    unload(&l);
}

static void selections(void **state)
{
    (void)state;
    loading l = load_all();
    const apd_rule *r = rule(&l, "r");
    const apd_selection *s = selection(&l, r, "gave_up");
    assert_int_equal(s->at.line, 11);
    assert_str(apd_selection_words(s), "the page's time-out");
    assert_int_equal(s->nalts, 1);
    assert_int_equal(s->alts[0].naliases, 1);
    assert_int_equal(s->alts[0].aliases[0], apd_alias_find(l.set, APD_LIT("shell-core")));
    assert_str(s->alts[0].show, "gave up: {Name} {{");
    const apd_cond *c = s->alts[0].conds;
    assert_int_equal(s->alts[0].nconds, 3);
    assert_int_equal(c[0].target, APD_ON_EVENT_ID);
    assert_int_equal(c[0].values[0].number, 62407);
    assert_int_equal(c[1].target, APD_ON_FIELD);
    assert_int_equal(c[1].op, APD_OP_ENDS);
    assert_int_equal(c[1].nvalues, 2);
    assert_int_equal(c[1].field, sym(&l, "name"));
    assert_int_equal(c[2].target, APD_ON_JSON);
    assert_int_equal(c[2].field, sym(&l, "value"));
    assert_str(c[2].path, "error.code");
    assert_int_equal(c[2].whole, sym(&l, "value.error.code"));
    assert_int_equal(c[2].op, APD_OP_HRESULT);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(c[2].values[i].number, 0x800705B4);

    s = selection(&l, r, "either");
    assert_int_equal(s->nalts, 2);
    assert_int_equal(s->alts[0].naliases, 2);
    assert_int_equal(s->alts[0].conds[0].target, APD_ON_ANY);
    c = s->alts[1].conds;
    assert_int_equal(c[0].target, APD_ON_MESSAGE);
    assert_int_equal(c[0].op, APD_OP_RE);
    assert_true(c[0].cased);
    assert_str(l.set->patterns[c[0].values[0].pattern].text, "[Ff]oo\\d");
    assert_true(c[1].values[0].has_glob);

    s = selection(&l, r, "profile");
    assert_int_equal(s->alts[0].fact, sym(&l, "autopilot.profile"));
    assert_int_equal(s->alts[0].naliases, 0);
    assert_int_equal(s->alts[0].conds[0].op, APD_OP_EXISTS);
    assert_int_equal(s->alts[0].conds[0].values[0].number, 1);
    assert_true(s->alts[0].conds[1].values[0].is_null);

    c = selection(&l, r, "retry")->alts[0].conds;
    assert_int_equal(c[0].op, APD_OP_GTE);
    assert_int_equal(c[1].target, APD_ON_LEVEL);
    assert_int_equal(c[2].op, APD_OP_SID);
    assert_int_equal(c[3].values[0].ref, sym(&l, "b"));
    assert_true(selection(&l, r, "words")->alts[0].conds[0].all);
    for (size_t i = 0; i < l.set->nselections; i++)
        assert_true(l.set->selections[i].used);
    unload(&l);
}

static void relations(void **state)
{
    (void)state;
    loading l = load_all();
    const apd_rule *r = rule(&l, "r");
    const apd_relation *t = relation(&l, r, "stalled");
    assert_string_equal(sel_name(&l, t->after), "retry");
    assert_int_equal(t->after_pick, APD_PICK_LAST);
    assert_int_equal(t->before, UINT32_MAX);
    assert_int_equal(t->nnone_of, 2);
    assert_int_equal(t->within, 15 * APD_TICKS_MINUTE);
    assert_int_equal(t->same, APD_SAME_ATTEMPT);
    /* shell-core, autopilot, mdm, ime: all logs of the two selections, in the order of names.yml */
    assert_int_equal(t->nseen_through, 4);
    assert_int_equal(t->seen_through[3], apd_alias_find(l.set, APD_LIT("ime")));

    t = relation(&l, r, "sequence");
    assert_int_equal(t->norder, 2);
    assert_string_equal(sel_name(&l, t->order[1]), "gave_up");
    assert_int_equal(t->same, APD_SAME_BOOT);
    assert_int_equal(t->count, UINT32_MAX);

    t = relation(&l, r, "often");
    assert_string_equal(sel_name(&l, t->count), "retry");
    assert_int_equal(t->at_least, 3);
    assert_int_equal(t->at_most, UINT32_MAX);
    assert_int_equal(t->within, 90 * APD_TICKS_MINUTE);
    assert_int_equal(t->same, APD_SAME_USER);

    t = relation(&l, r, "early");
    assert_int_equal(t->after, UINT32_MAX);
    assert_int_equal(t->before_pick, APD_PICK_EACH);
    assert_int_equal(t->nseen_through, 1);
    assert_int_equal(t->seen_through[0], apd_alias_find(l.set, APD_LIT("ime")));
    unload(&l);
}

static void look_alikes(void **state)
{
    (void)state;
    loading l = load_all();
    const apd_rule *r = rule(&l, "r"), *other = rule(&l, "look-alike"), *fam = rule(&l, "fam");
    assert_str(fam->id, "fam-two");
    assert_int_equal(r->ndifferential, 2);
    const apd_node *n = r->differential[0].cond.root;
    assert_int_equal(n->kind, APD_X_AND);
    assert_int_equal(n->left->kind, APD_X_SEL);
    assert_int_equal(n->left->ref, other->sel_first);
    assert_int_equal(n->right->ref, r->sel_first);
    n = r->differential[1].cond.root;
    assert_int_equal(n->kind, APD_X_COUNT);
    assert_int_equal(n->ref, fam->sel_first + 1);
    assert_str(r->differential[1].check, "no b");
    unload(&l);
}

static void families(void **state)
{
    (void)state;
    loading l = load_all();
    assert_int_equal(l.set->nfamilies, 1);
    const apd_family *f = &l.set->families[0];
    assert_str(f->id, "fam");
    assert_str(f->title, "One code");
    assert_str(f->undecided, "nobody knows");
    assert_str(f->when.text, "a or f");
    assert_int_equal(f->count, 2);
    const apd_rule *two = &l.set->rules[f->first], *one = two + 1;
    assert_str(one->id, "fam-one");
    assert_str(one->about, "shared");
    assert_int_equal(one->phase_order, 2);
    assert_int_equal(one->scope, f->first);
    assert_int_equal(one->sel_first, two->sel_first);
    assert_int_equal(one->sel_count, 4);
    assert_int_equal(one->rel_count, 1);
    assert_int_equal(one->when.root->kind, APD_X_NOT);
    assert_int_equal(two->ntests, 2);
    assert_int_equal(one->ntests, 0);
    const apd_test_expect *e = &two->tests[0].expect;
    assert_str(e->diagnosis, "fam-one");
    assert_false(e->has_found);
    assert_int_equal(e->found, APD_TRUE);
    assert_int_equal(e->nconsidered, 2);
    unload(&l);
}

static void inline_tests(void **state)
{
    (void)state;
    loading l = load_all();
    const apd_rule *r = rule(&l, "r");
    assert_int_equal(r->ntests, 2);
    const apd_rule_test *t = &r->tests[0];
    assert_str(t->name, "all of it");
    assert_int_equal(t->nevents, 2);
    const apd_test_event *ev = t->events;
    assert_int_equal(ev->at, 90 * APD_TICKS_SECOND);
    assert_int_equal(ev->id, 177);
    assert_int_equal(ev->level, 2);
    assert_int_equal(ev->clock, APD_CLOCK_UTC);
    assert_int_equal(ev->provider, sym(&l, "md-provider"));
    assert_int_equal(ev->log, sym(&l, "md/autopilot"));
    assert_str(ev->message, "hello");
    assert_int_equal(ev->nfields, 1);
    assert_int_equal(ev->fields[0].name, sym(&l, "Uint1"));
    assert_str(ev->fields[0].text, "1");
    ev++;
    assert_int_equal(ev->at, 0);
    assert_int_equal(ev->clock, APD_CLOCK_LOCAL);
    assert_int_equal(ev->provider, sym(&l, "P"));
    assert_int_equal(ev->log, sym(&l, "C"));
    assert_int_equal(ev->record, 7);
    assert_int_equal(ev->level, 4);
    assert_true(ev->fields[0].is_null);
    assert_int_equal(t->nraw, 1);
    assert_int_equal(t->raw[0].log, sym(&l, "intunemanagementextension"));
    assert_int_equal(t->nfacts, 2);
    assert_int_equal(t->facts[0].nfields, 1);
    assert_true(t->facts[1].is_null);
    assert_int_equal(t->ncovers, 1);
    assert_int_equal(t->covers[0].to, 30 * APD_TICKS_MINUTE);
    assert_int_equal(t->covers[0].log, sym(&l, "dm-provider"));
    const apd_test_expect *e = &t->expect;
    assert_int_equal(e->found, APD_TRUE);
    assert_int_equal(e->nby, 2);
    assert_int_equal(e->strength, APD_PROVES);
    assert_int_equal(e->contradicted, 1);
    assert_str(e->rather, "look-alike");
    assert_int_equal(r->tests[1].nraw, 2);
    assert_int_equal(r->tests[1].expect.found, APD_FALSE);
    assert_int_equal(r->tests[1].expect.strength, -1);
    unload(&l);
}

static void aliases(void **state)
{
    (void)state;
    loading l = load_all();
    size_t autopilot = apd_alias_find(l.set, APD_LIT("autopilot"));
    size_t mdm = apd_alias_find(l.set, APD_LIT("mdm")), ime = apd_alias_find(l.set, APD_LIT("ime"));
    apd_sym md = apd_intern_add(l.names, APD_LIT("MD-PROVIDER"));
    apd_sym old = apd_intern_add(l.names, APD_LIT("md/OLD"));
    apd_sym work = apd_intern_add(l.names, APD_LIT("AppWorkload"));
    assert_int_equal(apd_alias_find(l.set, APD_LIT("nothing")), SIZE_MAX);
    assert_true(apd_alias_holds(l.set, l.names, autopilot, md, old));
    assert_false(apd_alias_holds(l.set, l.names, autopilot, md, work));
    assert_false(apd_alias_holds(l.set, l.names, mdm, md, old));
    assert_true(apd_alias_holds(l.set, l.names, ime, 0, work));
    apd_event ev = {.provider = md, .log = old};
    assert_str(apd_rules_log_name(l.set, l.names, &ev), "autopilot");
    ev.log = work;
    assert_str(apd_rules_log_name(l.set, l.names, &ev), "ime");
    ev.log = md;
    assert_str(apd_rules_log_name(l.set, l.names, &ev), "MD-PROVIDER");
    unload(&l);
}

static void listing(void **state)
{
    (void)state;
    static const char *const order[] = {"look-alike", "r", "fam-one", "fam-two"};
    loading l = load_all();
    assert_int_equal(apd_rules_count(l.set), 4);
    for (size_t i = 0; i < 4; i++)
        assert_str(apd_rules_info(l.set, i).id, order[i]);
    apd_rule_info info = apd_rules_info(l.set, 2);
    assert_str(info.family, "fam");
    assert_str(info.file, "join/fam.yml");
    assert_str(info.phase, "desktop");
    assert_int_equal(info.ntests, 2);
    assert_str(apd_rules_info(l.set, 1).family, "");
    assert_int_equal(apd_rule_find(l.set, APD_LIT("nothing")), UINT32_MAX);
    assert_int_equal(l.set->nattempt_starts, 1);
    assert_int_equal(l.set->nboots, 2);
    assert_string_equal(sel_name(&l, l.set->boots[1]), "e");
    assert_string_equal(apd_severity_name(APD_SEV_ERROR), "error");
    assert_string_equal(apd_strength_name(APD_PROVES), "proves");
    assert_string_equal(apd_truth_name(APD_UNKNOWN), "unknown");
    assert_string_equal(apd_verdict_name(APD_V_CONSEQUENCE), "consequence");
    unload(&l);
}

/* A file given later replaces the one with its base name, wherever that was. */
static void overriding(void **state)
{
    (void)state;
    apd_rule_file files[] = {
        {APD_LIT("names.yml"), APD_LIT("phases: [other]\nlogs: {x: {file: y}}\n")},
        {APD_LIT("join/r.yml"), APD_LIT("this: is no rule\n")},
        {APD_LIT("mine\\names.yml"), APD_LIT(NAMES)},
        {APD_LIT("/home/me/r.yml"), APD_LIT(HEAD EVENTS WHEN FIX TESTS)},
    };
    loading l = load_files(files, 4);
    OK(l);
    assert_int_equal(l.set->nfiles, 2);
    assert_str(apd_rules_info(l.set, 0).file, "/home/me/r.yml");
    unload(&l);
}

/* A byte order mark, Windows line ends and a quoted null. */
static void spellings(void **state)
{
    (void)state;
    loading l =
        load_rule_text("\xef\xbb\xbf" HEAD
                       "events:\r\n  a: {log: mdm, x: ['null', ~, '']}\r\nwhen: a\r\n" FIX TESTS);
    OK(l);
    const apd_value *v = l.set->selections[0].alts[0].conds[0].values;
    assert_false(v[0].is_null);
    assert_true(v[1].is_null);
    assert_false(v[2].is_null);
    unload(&l);
}

/* As many notes as there are limits for, and no more. */
static void many_mistakes(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_buf b;
    apd_buf_init(&b, a);
    for (unsigned i = 0; i < 3 * APD_MAX_PROBLEMS; i++)
        apd_buf_addf(&b, "key%u: x\n", i);
    loading l = load_rule_text(apd_buf_str(&b).ptr);
    assert_int_equal(l.status, APD_E_RULE);
    assert_int_equal(l.nnotes, APD_MAX_PROBLEMS);
    for (size_t i = 1; i < l.nnotes; i++)
        assert_true(l.notes[i - 1].line <= l.notes[i].line);
    unload(&l);
    apd_arena_free(a);
}

/* Without memory there is no set, and the status says why. */
static void out_of_memory(void **state)
{
    (void)state;
    apd_rule_file files[] = {{APD_LIT("names.yml"), APD_LIT(NAMES)},
                             {APD_LIT("r.yml"), APD_LIT(full_rule)},
                             {APD_LIT("fam.yml"), APD_LIT(family)},
                             {APD_LIT("look-alike.yml"), APD_LIT(look_alike)}};
    bool loaded = false;
    for (size_t limit = 64; limit < (1u << 20) && !loaded; limit += limit < 4096 ? 96 : 512) {
        loading l = {.arena = apd_arena_new(limit), .names = apd_intern_new()};
        l.status = apd_rules_load(l.arena, l.names, files, 4, &l.notes, &l.nnotes, &l.set);
        loaded = l.status == APD_OK;
        assert_true(loaded || (l.status == APD_E_NOMEM && !l.set));
        unload(&l);
    }
    assert_true(loaded);
}

/* The rules of the project itself. */
static apd_str read_file(apd_arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *text = apd_alloc(a, APD_MAX_RULE_FILE);
    assert_non_null(text);
    size_t n = fread(text, 1, APD_MAX_RULE_FILE, f);
    fclose(f);
    return apd_str_from(text, n);
}

static void own_names(void **state)
{
    (void)state;
    const char *source = getenv("APD_SOURCE");
    if (!source) {
        print_message("skipped: APD_SOURCE is not set\n");
        skip();
    }
    static const char *const names[] = {"names.yml", "milestones/attempt.yml"};
    apd_arena *a = apd_arena_new(0);
    apd_rule_file files[2];
    for (size_t i = 0; i < 2; i++) {
        apd_str path = apd_printf_a(a, "%s/rules/%s", source, names[i]);
        files[i] = (apd_rule_file){apd_str_of(names[i]), read_file(a, path.ptr)};
    }
    loading l = load_files(files, 2);
    OK(l);
    assert_true(l.set->naliases > 20 && l.set->nphases > 10);
    assert_true(l.set->nattempt_starts > 0 && l.set->nboots > 0);
    unload(&l);
    apd_arena_free(a);
}

/* Loading happens at every start of the program, so hundreds of rules must cost no waiting. The
 * bound is generous: it is met under the sanitizers on a slow machine. */
static void three_hundred_rules(void **state)
{
    (void)state;
    enum { N = 300 };
    apd_arena *a = apd_arena_new(0);
    apd_rule_file *files = APD_NEWS(a, apd_rule_file, N + 1);
    files[0] = (apd_rule_file){APD_LIT("names.yml"), APD_LIT(NAMES)};
    const char *body = strstr(full_rule, "title:");
    const char *say = strstr(body, "say: 'it said"), *rather = strstr(say, ", rather: look-alike");
    for (unsigned i = 0; i < N; i++) {
        files[i + 1].name = apd_printf_a(a, "rule-%u.yml", i);
        files[i + 1].text =
            apd_printf_a(a, "rule: rule-%u\n%.*scontradicts: [{if: words, weight: 1}]\n%.*s%s", i,
                         (int)(strstr(body, "contradicts:") - body), body, (int)(rather - say), say,
                         rather + strlen(", rather: look-alike"));
    }
    loading l = load_files(files, N + 1);
    OK(l);
    assert_int_equal(apd_rules_count(l.set), N);
    print_message("300 rules (%zu KB) take %zu KB\n", N * files[1].text.len / 1024,
                  apd_arena_used(l.arena) / 1024);
    unload(&l);
    apd_arena_free(a);
}

static loading load_untested(const char *text)
{
    apd_rule_file files[] = {{APD_LIT("names.yml"), APD_LIT(NAMES)},
                             {APD_LIT("join/r.yml"), apd_str_of(text)}};
    loading l = {.arena = apd_arena_new(0), .names = apd_intern_new()};
    l.status = apd_rules_load_untested(l.arena, l.names, files, 2, &l.notes, &l.nnotes, &l.set);
    return l;
}

/* Who only uses rules neither reads their tests nor misses them; what stands behind them counts. */
static void without_tests(void **state)
{
    (void)state;
    static const char *const fine[] = {
        HEAD EVENTS WHEN FIX TESTS,
        HEAD EVENTS WHEN FIX,
        HEAD EVENTS WHEN FIX "tests: [{nothing: right}]\n# the end\n",
    };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        loading l = load_untested(fine[i]);
        OK(l);
        assert_int_equal(apd_rules_count(l.set), 1);
        assert_int_equal(apd_rules_info(l.set, 0).ntests, 0);
        unload(&l);
    }
    loading l = load_untested(HEAD EVENTS WHEN "tests: []\n" FIX);
    assert_int_equal(l.status, APD_E_RULE); /* the list is looked at, since `fix` follows it */
    unload(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_tests),
        cmocka_unit_test(heads),
        cmocka_unit_test(selections),
        cmocka_unit_test(relations),
        cmocka_unit_test(look_alikes),
        cmocka_unit_test(families),
        cmocka_unit_test(inline_tests),
        cmocka_unit_test(aliases),
        cmocka_unit_test(listing),
        cmocka_unit_test(overriding),
        cmocka_unit_test(spellings),
        cmocka_unit_test(many_mistakes),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(own_names),
        cmocka_unit_test(three_hundred_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
