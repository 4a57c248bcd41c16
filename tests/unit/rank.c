/* From rules and records to a ranked diagnosis: strength, masks, families, order, evidence and what
 * else was considered. */
#include "scan_world.h"

typedef struct spec {
    const char *id, *body;
} spec;

typedef struct stage {
    apd_arena *a;
    world w;
} stage;

/* Loads the rules (the last one without an id), runs the script, and judges. */
static stage play(const spec *specs, const char *script)
{
    stage s = {.a = apd_arena_new(0)};
    apd_rule_file files[12] = {{{0}, {0}}};
    for (size_t i = 0; specs[i].id; i++) {
        bool family = apd_starts(apd_str_of(specs[i].body), APD_LIT("family:"));
        files[i] = world_rule(s.a, specs[i].id, specs[i].body);
        if (family)
            files[i].text = apd_str_of(specs[i].body);
    }
    s.w = world_of(files);
    world_feed(&s.w, script);
    world_finish(&s.w);
    return s;
}

static void end(stage *s)
{
    world_free(&s->w);
    apd_arena_free(s->a);
}

/* Ids in the order of the diagnosis, "masked<masker" for a consequence, "id'" for history. */
static void assert_order(const stage *s, const char *want)
{
    apd_buf b;
    apd_buf_init(&b, s->a);
    for (size_t i = 0; i < s->w.d->nfindings; i++) {
        const apd_finding *f = &s->w.d->findings[i];
        assert_int_equal(f->rank, i + 1);
        apd_buf_addf(&b, "%s%.*s%s", i ? " " : "", APD_FMT(f->rule), f->history ? "'" : "");
        if (f->masked_by.len)
            apd_buf_addf(&b, "<%.*s", APD_FMT(f->masked_by));
    }
    assert_text(apd_buf_str(&b), want);
}

static void strength_and_score(void **state)
{
    (void)state;
    static const spec specs[] = {{"r",
                                  "strength: suggests\n"
                                  "when: a\n"
                                  "supports:\n"
                                  "  - {if: b, weight: 3, makes: proves, say: '{count(b)} of b'}\n"
                                  "  - {if: i, weight: 9}\n"
                                  "  - {if: f, weight: 9}\n"
                                  "contradicts:\n"
                                  "  - {if: c, weight: 2, say: c speaks against it}\n"},
                                 {NULL, NULL}};
    stage s = play(specs, "a0");
    const apd_finding *f = world_finding(&s.w, "r");
    assert_int_equal(f->strength, APD_SUGGESTS);
    assert_int_equal(f->score, 0);
    end(&s);

    s = play(specs, "a0 b1 b2 z3");
    f = world_finding(&s.w, "r");
    assert_int_equal(f->strength, APD_PROVES);
    assert_int_equal(f->score, 3);
    assert_int_equal(f->nterms, 4);
    assert_int_equal(f->terms[0].state, APD_TRUE);
    assert_text(f->terms[0].say, "2 of b");
    assert_text(f->terms[0].cond, "b");
    assert_int_equal(f->terms[1].state, APD_FALSE);
    assert_int_equal(f->terms[2].state, APD_UNKNOWN);
    assert_int_equal(f->terms[3].weight, -2);
    end(&s);

    /* one step down for any contradiction, whatever it weighs */
    s = play(specs, "a0 b1 c2");
    f = world_finding(&s.w, "r");
    assert_int_equal(f->strength, APD_STRONG);
    assert_int_equal(f->score, 1);
    assert_int_equal(f->terms[3].state, APD_TRUE);
    end(&s);

    s = play(specs, "a0 c2");
    assert_int_equal(world_finding(&s.w, "r")->strength, APD_SUGGESTS); /* there is no lower step */
    end(&s);
}

static void order_of_findings(void **state)
{
    (void)state;
    static const spec specs[] = {
        {"info-proved", "severity: info\nstrength: proves\nwhen: a\n"},
        {"warning-proved", "severity: warning\nstrength: proves\nwhen: a\n"},
        {"error-suggested", "strength: suggests\nwhen: a\n"},
        {"error-strong", "when: a\n"},
        {"error-scored", "when: a\nsupports: [{if: b, weight: 1}]\n"},
        {"error-earlier", "when: e\n"},
        {"error-proved", "strength: proves\nwhen: a\n"},
        {"warning-suggested", "severity: warning\nstrength: suggests\nwhen: a\n"},
        {"another-strong", "when: a\n"},
        {NULL, NULL}};
    stage s = play(specs, "e0 a1 b2");
    assert_order(&s, "error-proved error-scored error-earlier another-strong error-strong "
                     "warning-proved error-suggested warning-suggested info-proved");
    end(&s);
}

static void masks(void **state)
{
    (void)state;
    static const spec chain[] = {{"net-off", "phase: network\nwhen: a\nmasks: [join-*]\n"},
                                 {"join-failed", "when: b\nmasks: [desk-late]\n"},
                                 {"desk-late", "severity: warning\nwhen: e\n"},
                                 {NULL, NULL}};
    stage s = play(chain, "a0 b1 e2");
    assert_order(&s, "net-off join-failed<net-off desk-late<join-failed");
    const apd_finding *f = world_finding(&s.w, "net-off");
    assert_int_equal(f->nconsidered, 1);
    assert_text(f->considered[0].rule, "join-failed");
    assert_int_equal(f->considered[0].verdict, APD_V_CONSEQUENCE);
    end(&s);
    /* the cause came after all that it would explain */
    s = play(chain, "b1 e2 a5");
    assert_order(&s, "join-failed net-off desk-late<join-failed");
    end(&s);
    /* it came in between: what it masks went on behind it */
    s = play(chain, "b1 a5 b9");
    assert_order(&s, "net-off join-failed<net-off");
    end(&s);
}

static void masks_need_strength(void **state)
{
    (void)state;
    static const spec weak[] = {{"hint", "strength: suggests\nwhen: a\nmasks: [plain, sure]\n"},
                                {"plain", "strength: suggests\nwhen: b\n"},
                                {"strong", "when: a\nmasks: [sure]\n"},
                                {"sure", "strength: proves\nwhen: b\n"},
                                {NULL, NULL}};
    stage s = play(weak, "a0 b1");
    assert_order(&s, "sure strong hint plain");
    end(&s);
}

/* Of two that explain it, the earlier phase is named, for that is where to begin. */
static void two_maskers(void **state)
{
    (void)state;
    static const spec specs[] = {{"a-late", "phase: desktop\nwhen: a\nmasks: [both]\n"},
                                 {"z-early", "phase: network\nwhen: a\nmasks: [both]\n"},
                                 {"both", "when: a\n"},
                                 {NULL, NULL}};
    stage s = play(specs, "a0");
    assert_order(&s, "a-late z-early both<z-early");
    end(&s);
}

static void attempts(void **state)
{
    (void)state;
    static const spec specs[] = {{"both", "when: a\n"},
                                 {"old", "when: b\nmasks: [both]\n"},
                                 {"spread", "when: b and e\n"},
                                 {"never", "when: c and e\n"},
                                 {NULL, NULL}};
    stage s = play(specs, "A0 a1 b2 A60 a61 e62 x70");
    assert_int_equal(s.w.d->attempts, 2);
    assert_order(&s, "spread both old'"); /* another attempt's cause masks nothing */
    const apd_finding *f = world_finding(&s.w, "both");
    assert_int_equal(f->attempt, 2);
    assert_int_equal(f->nevidence, 1); /* only of its attempt */
    assert_int_equal(world_finding(&s.w, "old")->attempt, 1);
    assert_int_equal(world_finding(&s.w, "spread")->attempt, 2); /* by its last record */
    assert_int_equal(s.w.d->nunchecked, 0);
    end(&s);

    s = play(specs, "a1 b2 x3");
    assert_int_equal(s.w.d->attempts, 0);
    assert_int_equal(world_finding(&s.w, "old")->attempt, 0);
    assert_false(world_finding(&s.w, "old")->history);
    end(&s);
}

static void local_time_and_attempts(void **state)
{
    (void)state;
    static const spec specs[] = {{"r", "when: i\n"}, {NULL, NULL}};
    stage s = play(specs, "A0 i30L A60 x70");
    const apd_finding *f = world_finding(&s.w, "r");
    assert_int_equal(f->attempt, 2);
    assert_int_equal(f->nevidence, 2);
    assert_int_equal(f->evidence[1].kind, APD_EV_NOTE);
    assert_part(f->evidence[1].text, "neighbouring attempt");
    end(&s);
}

static void unchecked(void **state)
{
    (void)state;
    static const spec specs[] = {
        {"blind", "when: i and f\n"},
        {"short", "timeline:\n  silent: {after: a, within: 15m, none_of: [b]}\nwhen: silent\n"},
        {"half", "when: b and c or e and i\n"},
        {"absent", "when: not b and e\n"},
        {NULL, NULL}};
    stage s = play(specs, "b-1 a0 x2 e3");
    assert_order(&s, "");
    assert_int_equal(s.w.d->nunchecked, 3);
    assert_int_equal(s.w.d->nrules, 4);
    const apd_unchecked *u = world_unchecked(&s.w, "blind");
    assert_true(u->missing_log);
    assert_text(u->why, "no ime log is in this bundle; no autopilot.profile is in this bundle");
    assert_int_equal(u->rules, 1);
    u = world_unchecked(&s.w, "short");
    assert_false(u->missing_log);
    assert_text(u->why, "silent could not be checked: autopilot ends 3 m 00 s in, the window runs "
                        "to 15 m 00 s");
    u = world_unchecked(&s.w, "half");
    assert_true(u->missing_log);
    assert_text(u->why, "no shell-core log is in this bundle; no ime log is in this bundle");
    end(&s);
}

static void evidence(void **state)
{
    (void)state;
    static const spec specs[] = {
        {"r", "events:\n"
              "  a: {log: autopilot, EventID: 1, show: 'number {EventRecordID} {{of {Missing}'}\n"
              "  b: {log: autopilot, EventID: 2}\n"
              "  e: {log: autopilot, EventID: 5}\n"
              "timeline:\n"
              "  gap: {after: first a, before: b, none_of: [e]}\n"
              "when: gap and a\n"
              "supports: [{if: e, weight: 1}]\n"
              "say: 'first {a.time}, {count(a)} times, {b.Nothing} {a.EventID}'\n"},
        {NULL, NULL}};
    stage s = play(specs, "a0 b12 a20 a21 a22 a23 a24 e25 e26 e27 x60");
    const apd_finding *f = world_finding(&s.w, "r");
    assert_text(f->say, "first 2025-11-22T10:00:00Z, 6 times, ? 1");
    static const struct {
        apd_evidence_kind kind;
        const char *selection, *text;
        uint32_t more;
        bool supports;
    } want[] = {
        {APD_EV_RECORD, "a", "number 1 {of ?", 0, false},
        {APD_EV_GAP, "", "12 m 00 s, no e in between (autopilot covers the whole window)", 0,
         false},
        {APD_EV_RECORD, "b", "", 0, false},
        {APD_EV_RECORD, "a", "number 3 {of ?", 0, false},
        {APD_EV_RECORD, "a", "number 4 {of ?", 0, false},
        {APD_EV_RECORD, "a", "number 5 {of ?", 2, false},
        {APD_EV_RECORD, "e", "", 0, true},
        {APD_EV_RECORD, "e", "", 1, true},
    };
    assert_int_equal(f->nevidence, sizeof want / sizeof *want);
    for (size_t i = 0; i < f->nevidence; i++) {
        const apd_evidence *e = &f->evidence[i];
        assert_int_equal(e->kind, want[i].kind);
        assert_text(e->selection, want[i].selection);
        assert_text(e->text, want[i].text);
        assert_int_equal(e->more, want[i].more);
        assert_int_equal(e->supports, want[i].supports);
        if (e->kind == APD_EV_RECORD)
            assert_text(e->log, "autopilot");
    }
    /* the times are those of what carries it, not of what supports it */
    assert_int_equal(f->last - f->first, 24 * APD_TICKS_MINUTE);
    assert_int_equal(f->clock, APD_CLOCK_UTC);
    assert_int_equal(f->nby, 2);
    assert_text(f->by[0], "gap");
    assert_text(f->by[1], "a");
    end(&s);
}

static void by_and_codes(void **state)
{
    (void)state;
    static const spec specs[] = {{"r", "events:\n"
                                       "  code: {log: ime, message|hresult: 0x800705B4}\n"
                                       "  b: {log: autopilot, EventID: 2}\n"
                                       "  c: {log: shell-core, EventID: 3}\n"
                                       "when: (code or c) and not b and count(c) < 3\n"
                                       "supports: [{if: c, weight: 1}]\n"},
                                 {NULL, NULL}};
    stage s = {.a = apd_arena_new(0)};
    apd_rule_file files[] = {world_rule(s.a, "r", specs[0].body), {{0}, {0}}};
    s.w = world_of(files);
    apd_event ev = world_event(&s.w, 'z', 0);
    ev.message = APD_LIT("it failed with -2147023436 at last");
    assert_int_equal(apd_scan_event(s.w.scan, &ev), APD_OK);
    world_feed(&s.w, "x0 y1");
    world_finish(&s.w);
    const apd_finding *f = world_finding(&s.w, "r");
    assert_non_null(f);
    assert_int_equal(f->nby, 1); /* neither what is denied nor a count of nothing */
    assert_text(f->by[0], "code");
    assert_int_equal(f->nevidence, 1);
    assert_true(f->evidence[0].has_code);
    assert_int_equal(f->evidence[0].code, 0x800705B4);
    end(&s);
}

#define FAMILY                                                                                     \
    "family: fam\ntitle: Something\nphase: join\nseverity: error\n"                                \
    "events:\n"                                                                                    \
    "  a: {log: autopilot, EventID: 1}\n"                                                          \
    "  b: {log: autopilot, EventID: 2}\n"                                                          \
    "  e: {log: autopilot, EventID: 5}\n"                                                          \
    "  c: {log: shell-core, EventID: 3}\n"                                                         \
    "when: a\n"                                                                                    \
    "causes:\n"                                                                                    \
    "  - rule: fam-one\n    title: One\n    strength: strong\n    when: not b\n"                   \
    "    supports: [{if: e, weight: 2}]\n    fix: [do one]\n    say: one it is\n"                  \
    "  - rule: fam-two\n    title: Two\n    strength: strong\n    when: not b or c\n"              \
    "    supports: [{if: c, weight: 2, makes: proves}]\n    fix: [do two]\n" WORLD_TESTS

static void families(void **state)
{
    (void)state;
    static const spec specs[] = {{"fam", FAMILY}, {NULL, NULL}};
    /* nothing decides: the first of the file, and it only suggests */
    stage s = play(specs, "a0 y1");
    assert_order(&s, "fam-one");
    const apd_finding *f = &s.w.d->findings[0];
    assert_text(f->family, "fam");
    assert_int_equal(f->strength, APD_SUGGESTS);
    assert_text(f->say, "one it is; nothing in this bundle tells the two causes apart");
    assert_int_equal(f->nconsidered, 1);
    assert_text(f->considered[0].rule, "fam-two");
    assert_int_equal(f->considered[0].verdict, APD_V_POSSIBLE);
    end(&s);
    /* its own evidence decides */
    s = play(specs, "a0 e1 y1");
    assert_order(&s, "fam-one");
    assert_int_equal(s.w.d->findings[0].strength, APD_STRONG);
    assert_text(s.w.d->findings[0].say, "one it is");
    assert_text(s.w.d->findings[0].considered[0].text,
                "fits as well, with less behind it (strong, score 0)");
    end(&s);
    /* strength goes before score and order */
    s = play(specs, "a0 e1 c2");
    assert_order(&s, "fam-two");
    assert_int_equal(s.w.d->findings[0].strength, APD_PROVES);
    end(&s);
    /* the other is ruled out, or could not be checked */
    s = play(specs, "a0 b1 c2");
    assert_order(&s, "fam-two");
    assert_int_equal(s.w.d->findings[0].considered[0].verdict, APD_V_RULED_OUT);
    assert_text(s.w.d->findings[0].considered[0].text, "b is there");
    end(&s);
    /* neither cause: nothing; a cause unchecked: one entry for the family */
    s = play(specs, "a0 b1 y2");
    assert_order(&s, "");
    assert_int_equal(s.w.d->nunchecked, 0);
    end(&s);
    s = play(specs, "a0 b1");
    assert_int_equal(s.w.d->nunchecked, 1);
    assert_text(s.w.d->unchecked[0].rule, "fam-two");
    assert_text(s.w.d->unchecked[0].title, "Something");
    end(&s);
}

static void unchecked_rival(void **state)
{
    (void)state;
    static const char body[] =
        "family: fam\ntitle: Something\nphase: join\nseverity: error\nundecided: who knows\n"
        "events:\n"
        "  a: {log: autopilot, EventID: 1}\n"
        "  c: {log: shell-core, EventID: 3}\n"
        "when: a\n"
        "causes:\n"
        "  - {rule: fam-one, title: One, strength: strong, when: c, fix: [x]}\n"
        "  - {rule: fam-two, title: Two, strength: strong, when: not c or a, fix: "
        "[y]}\n" WORLD_TESTS;
    static const spec specs[] = {{"fam", body}, {NULL, NULL}};
    stage s = play(specs, "a0");
    assert_order(&s, "fam-two");
    assert_int_equal(s.w.d->findings[0].strength, APD_SUGGESTS);
    assert_text(s.w.d->findings[0].say, "who knows");
    assert_int_equal(s.w.d->findings[0].considered[0].verdict, APD_V_UNCHECKED);
    assert_text(s.w.d->findings[0].considered[0].text, "no shell-core log is in this bundle");
    end(&s);
    s = play(specs, "a0 y1");
    assert_int_equal(s.w.d->findings[0].strength, APD_STRONG);
    end(&s);
}

static void look_alikes(void **state)
{
    (void)state;
    static const spec specs[] = {
        {"r", "when: a\n"
              "differential:\n"
              "  - {rule: tell-tale, if: b, check: a b, say: 'b says otherwise ({b.EventID})'}\n"
              "  - {rule: of-other, if: other.c}\n"
              "  - {rule: no-if, check: an E}\n"},
        {"tell-tale", "when: b and i\n"},
        {"of-other", "when: c\n"},
        {"no-if", "when: e\n"},
        {NULL, NULL}};
    static const struct {
        const char *script;
        apd_verdict verdict[3];
        const char *text[3];
    } rows[] = {
        {"a0 y0",
         {APD_V_RULED_OUT, APD_V_RULED_OUT, APD_V_RULED_OUT},
         {"looked for a b, not there", "no c", "looked for an E, not there"}},
        {"a0 b1",
         {APD_V_POSSIBLE, APD_V_UNCHECKED, APD_V_RULED_OUT},
         {"b says otherwise (2)", "no shell-core log is in this bundle",
          "looked for an E, not there"}},
        {"a0 c1 e2",
         {APD_V_RULED_OUT, APD_V_POSSIBLE, APD_V_POSSIBLE},
         {"looked for a b, not there", "its sign is there too: other.c", "found as well"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage s = play(specs, rows[i].script);
        const apd_finding *f = world_finding(&s.w, "r");
        assert_int_equal(f->nconsidered, 3);
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(f->considered[k].verdict, rows[i].verdict[k]);
            assert_text(f->considered[k].text, rows[i].text[k]);
        }
        end(&s);
    }
}

/* A look-alike may be a whole family: what its likeliest cause says. */
static void family_as_look_alike(void **state)
{
    (void)state;
    static const spec specs[] = {{"r", "when: e\ndifferential: [{rule: fam, check: an A}]\n"},
                                 {"fam", FAMILY},
                                 {NULL, NULL}};
    static const struct {
        const char *script;
        apd_verdict want;
    } rows[] = {{"a0 e1", APD_V_POSSIBLE},
                {"e0 y1", APD_V_RULED_OUT},
                {"a0 b1 e2", APD_V_UNCHECKED}}; /* its second cause needs shell-core */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage s = play(specs, rows[i].script);
        const apd_finding *f = world_finding(&s.w, "r");
        assert_int_equal(f->nconsidered, 1);
        assert_text(f->considered[0].rule, "fam");
        assert_int_equal(f->considered[0].verdict, rows[i].want);
        end(&s);
    }
}

static void expressions(void **state)
{
    (void)state;
    static const struct {
        const char *when, *script;
        apd_truth want;
    } rows[] = {
        {"a and b", "a0 b1", APD_TRUE},
        {"a and b", "a0", APD_FALSE},
        {"a and c", "a0", APD_UNKNOWN},
        {"b and c", "a0", APD_FALSE},
        {"a or c", "a0", APD_TRUE},
        {"b or c", "a0", APD_UNKNOWN},
        {"not c", "a0", APD_UNKNOWN},
        {"not b", "a0", APD_TRUE},
        {"count(a) >= 2", "a0 a1", APD_TRUE},
        {"count(a) > 2", "a0 a1", APD_FALSE},
        {"count(a) == 2", "a0 a1", APD_TRUE},
        {"count(a) != 2", "a0 a1", APD_FALSE},
        {"count(a) <= 1", "a0 a1", APD_FALSE},
        {"count(a) < 3", "a0 a1", APD_TRUE},
        {"count(c) < 3", "a0", APD_UNKNOWN},
        {"count(c) < 3", "y0", APD_TRUE},
        {"count(c) != 1", "a0", APD_UNKNOWN},
        {"a and not (b or c)", "a0 y1", APD_TRUE},
        {"a and not (b or c)", "a0", APD_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_arena *a = apd_arena_new(0);
        spec specs[] = {{"r", apd_printf_a(a, "when: %s\n", rows[i].when).ptr}, {NULL, NULL}};
        stage s = play(specs, rows[i].script);
        apd_truth got = world_finding(&s.w, "r")     ? APD_TRUE
                        : world_unchecked(&s.w, "r") ? APD_UNKNOWN
                                                     : APD_FALSE;
        if (got != rows[i].want)
            fail_msg("%s over %s: %s", rows[i].when, rows[i].script, apd_truth_name(got));
        end(&s);
        apd_arena_free(a);
    }
}

static void some_of(void **state)
{
    (void)state;
    static const struct {
        const char *when, *script;
        apd_truth want;
    } rows[] = {
        {"1 of x_*", "a0 y0", APD_TRUE},      {"2 of x_*", "a0 y0", APD_FALSE},
        {"2 of x_*", "a0", APD_UNKNOWN},      {"2 of x_*", "a0 b0", APD_TRUE},
        {"all of x_*", "a0 b0", APD_UNKNOWN}, {"all of x_*", "a0 b0 c0", APD_TRUE},
        {"all of x_*", "a0", APD_FALSE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_arena *a = apd_arena_new(0);
        apd_str body = apd_printf_a(a,
                                    "events:\n"
                                    "  x_1: {log: autopilot, EventID: 1}\n"
                                    "  x_2: {log: autopilot, EventID: 2}\n"
                                    "  x_3: {log: shell-core, EventID: 3}\n"
                                    "when: %s\n",
                                    rows[i].when);
        spec specs[] = {{"r", body.ptr}, {NULL, NULL}};
        stage s = play(specs, rows[i].script);
        apd_truth got = world_finding(&s.w, "r")     ? APD_TRUE
                        : world_unchecked(&s.w, "r") ? APD_UNKNOWN
                                                     : APD_FALSE;
        if (got != rows[i].want)
            fail_msg("%s over %s: %s", rows[i].when, rows[i].script, apd_truth_name(got));
        end(&s);
        apd_arena_free(a);
    }
}

/* A value in JSON text, a long one, one with a brace of its own. */
static void templates(void **state)
{
    (void)state;
    static const char body[] =
        "events:\n"
        "  v: {log: autopilot, EventID: 1}\n"
        "when: v\n"
        "say: "
        "'{v.Value.error.code}|{v.Value.error.gone}|{v.Long}|{v.value}|{v.Channel}|{v.Level}|{{'\n";
    stage s = {.a = apd_arena_new(0)};
    apd_rule_file files[] = {world_rule(s.a, "r", body), {{0}, {0}}};
    s.w = world_of(files);
    apd_event ev = world_event(&s.w, 'a', 0);
    char wide[301];
    memset(wide, 'x', 199);
    memcpy(wide + 199, "\xc3\xa9", 2); /* a character across the cut */
    memset(wide + 201, 'y', 99);
    const apd_field fields[] = {{.name = apd_intern_add(s.w.names, APD_LIT("Value")),
                                 .type = APD_T_UTF8,
                                 .as.raw = apd_str_bytes(APD_LIT("{\"error\":{\"code\":-5}}"))},
                                {.name = apd_intern_add(s.w.names, APD_LIT("Long")),
                                 .type = APD_T_UTF8,
                                 .as.raw = apd_str_bytes(apd_str_from(wide, 300))}};
    ev.fields = fields;
    ev.nfields = 2;
    assert_int_equal(apd_scan_event(s.w.scan, &ev), APD_OK);
    world_finish(&s.w);
    wide[199] = '\0';
    apd_str want =
        apd_printf_a(s.a, "-5|?|%s\xe2\x80\xa6|{\"error\":{\"code\":-5}}|MD/Autopilot|4|{", wide);
    assert_text(world_finding(&s.w, "r")->say, want.ptr);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strength_and_score),
        cmocka_unit_test(order_of_findings),
        cmocka_unit_test(masks),
        cmocka_unit_test(masks_need_strength),
        cmocka_unit_test(two_maskers),
        cmocka_unit_test(attempts),
        cmocka_unit_test(local_time_and_attempts),
        cmocka_unit_test(unchecked),
        cmocka_unit_test(evidence),
        cmocka_unit_test(by_and_codes),
        cmocka_unit_test(families),
        cmocka_unit_test(unchecked_rival),
        cmocka_unit_test(look_alikes),
        cmocka_unit_test(family_as_look_alike),
        cmocka_unit_test(expressions),
        cmocka_unit_test(some_of),
        cmocka_unit_test(templates),
    };
    return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
