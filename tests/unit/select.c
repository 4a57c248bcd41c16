/* apd_select(): candidates, order, facts, payloads left alone, limits, and that no index changes the
 * answer. */
#include "select_world.h"

#include <time.h>

#include "cond.h"

/* --- selections --- */

static void order_alternatives_and_codes(void **state)
{
    (void)state;
    world *w = world_new();
    apd_cond by_id[] = {one(w, "EventID", APD_OP_EQ, "62407"),
                        one(w, "any", APD_OP_HRESULT, "0x80180014"),
                        one(w, "Text", APD_OP_HRESULT, "0x80072EE7")};
    apd_cond other_id = one(w, "EventID", APD_OP_EQ, "1");
    apd_cond text = one(w, "message", APD_OP_CONTAINS, "timedout");
    add_alt(w, false, ALIAS_AUTOPILOT, NULL, 1, &text);     /* 0: holds */
    add_alt(w, false, ALIAS_AUTOPILOT, NULL, 1, &other_id); /* 1.0: does not */
    add_alt(w, true, ALIAS_IME, NULL, 1, &text);            /* 1.1: another log */
    add_alt(w, true, ALIAS_MDM, NULL, 3, by_id);            /* 1.2: holds */
    add_alt(w, true, ALIAS_MDM, NULL, 1, &by_id[0]);        /* 1.3: would hold too */
    add_alt(w, false, ALIAS_IME, NULL, 1, &by_id[0]);       /* 2: another log */
    add_alt(w, false, -1, NULL, 0, NULL);                   /* 3: anything */
    assert_int_equal(world_ready(w), APD_OK);
    sample e = event(w, "Mdm-Provider", "AutoPilot", 62407);
    add_field(w, &e, "Name", utf16(w, "ESP_TPMAttestation_TimedOut"));
    add_field(w, &e, "Hex", (apd_field){.type = APD_T_HEX, .as.u = 0x80180014});
    add_field(w, &e, "Text", utf8("send failed, hr = 0x80072EE7."));
    apd_match *m;
    assert_int_equal(run(w, &e, &m), 3);
    assert_int_equal(m[0].selection, 0);
    assert_false(m[0].has_code);
    assert_int_equal(m[1].selection, 1);
    assert_int_equal(m[1].alt, 2);
    assert_true(m[1].has_code);
    assert_int_equal(m[1].code, 0x80180014u); /* of the first |hresult as written */
    assert_int_equal(m[2].selection, 3);
    world_free(w);
}

static void facts(void **state)
{
    (void)state;
    world *w = world_new();
    apd_cond tenant = one(w, "CloudAssignedTenantId", APD_OP_RE, ".+");
    apd_cond absent = one(w, "Other", APD_OP_EXISTS, "false");
    add_alt(w, false, -1, "autopilot.profile", 1, &tenant);
    add_alt(w, false, -1, "Autopilot.Profile", 1, &absent);
    add_alt(w, false, -1, "autopilot.profile", 0, NULL);
    add_alt(w, false, -1, "another.fact", 0, NULL);
    add_alt(w, false, -1, NULL, 1, &tenant); /* events only */
    assert_int_equal(world_ready(w), APD_OK);
    sample e = event(w, "", "autopilot.Profile", 0);
    e.ev.kind = APD_FACT;
    add_field(w, &e, "cloudassignedtenantid", utf8("abc"));
    apd_match *m;
    assert_int_equal(run(w, &e, &m), 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(m[i].selection, i);
    e.ev.kind = APD_EVENT; /* a log that is called like a fact is none */
    assert_int_equal(run(w, &e, &m), 1);
    assert_int_equal(m[0].selection, 4);
    world_free(w);
}

typedef struct trap {
    apd_payload payload;
    unsigned expanded;
} trap;

static apd_status spring(const apd_payload *self, apd_event *ev)
{
    (void)ev;
    ((trap *)(uintptr_t)self)->expanded++;
    return APD_OK;
}

static void payload_stays_unlocated(void **state)
{
    (void)state;
    world *w = world_new();
    apd_cond conds[] = {one(w, "Name", APD_OP_CONTAINS, "x"), one(w, "EventID", APD_OP_EQ, "10")};
    apd_cond level[] = {one(w, "message", APD_OP_CONTAINS, "text"),
                        one(w, "Level", APD_OP_LTE, "2")};
    add_alt(w, false, ALIAS_AUTOPILOT, NULL, 2, conds);
    add_alt(w, false, ALIAS_MDM, NULL, 2, level);
    assert_int_equal(world_ready(w), APD_OK);
    trap t = {.payload.expand = spring};
    apd_match *m;

    sample e = event(w, "Somebody", "Application", 10); /* not a log of ours */
    e.ev.payload = &t.payload;
    assert_int_equal(run(w, &e, &m), 0);
    e = event(w, "Somebody", "Autopilot", 11); /* not an id of ours */
    e.ev.payload = &t.payload;
    assert_int_equal(run(w, &e, &m), 0);
    e = event(w, "Mdm-Provider", "Admin", 11); /* the level alone decides */
    e.ev.level = 4;
    e.ev.payload = &t.payload;
    assert_int_equal(run(w, &e, &m), 0);
    assert_int_equal(t.expanded, 0);

    e = event(w, "Somebody", "Autopilot", 10);
    e.ev.payload = &t.payload;
    assert_int_equal(run(w, &e, &m), 0);
    assert_int_equal(t.expanded, 1);
    world_free(w);
}

/* More origins than are remembered: answers stay right. */
static void many_origins(void **state)
{
    (void)state;
    world *w = world_new();
    apd_cond text = one(w, "message", APD_OP_CONTAINS, "failed");
    add_alt(w, false, ALIAS_IME, NULL, 1, &text);
    assert_int_equal(world_ready(w), APD_OK);
    apd_match *m;
    for (unsigned i = 0; i < 3 * APD_MAX_ORIGINS; i++) {
        char provider[32];
        snprintf(provider, sizeof provider, "component %u", i);
        sample e = event(w, provider, i % 3 ? "IME" : "other", 0);
        e.ev.message = APD_LIT("it has failed");
        assert_int_equal(run(w, &e, &m), i % 3 != 0);
    }
    world_free(w);
}

/* Where the words found are all that is asked, a message is not looked at again; where more is asked, it is. */
static void words_as_proof(void **state)
{
    (void)state;
    static const char *const three[] = {"Detection of", "policy", "state"};
    static const char *const longer[] = {"A word of thirty-three characters"};
    world *w = world_new();
    apd_cond both = cond(w, "message", APD_OP_CONTAINS, ALL, 2, three);
    apd_cond all = cond(w, "message", APD_OP_CONTAINS, ALL, 3, three);
    apd_cond cased = cond(w, "message", APD_OP_CONTAINS, CASED, 1, three);
    apd_cond more = cond(w, "message", APD_OP_CONTAINS, 0, 1, longer);
    add_alt(w, false, ALIAS_IME, NULL, 1, &both);
    add_alt(w, false, ALIAS_IME, NULL, 1, &all);
    add_alt(w, false, ALIAS_IME, NULL, 1, &cased);
    add_alt(w, false, ALIAS_IME, NULL, 1, &more);
    assert_int_equal(world_ready(w), APD_OK);
    static const struct {
        const char *message;
        unsigned holding; /* bit per selection */
    } table[] = {{"detection of POLICY 1", 1},
                 {"a state of Detection of policy", 7},
                 {"policy, detected", 0},
                 {"Detection of nothing", 4},
                 {"detection of policy state", 3},
                 {"? word of thirty-three characters", 0},
                 {"a WORD of thirty-three characters!", 8}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        sample e = event(w, "", "IME", 0);
        apd_match *m;
        e.ev.message = apd_str_of(table[i].message);
        unsigned holding = 0;
        for (size_t n = run(w, &e, &m), k = 0; k < n; k++)
            holding |= 1u << m[k].selection;
        assert_int_equal(holding, table[i].holding);
        add_field(w, &e, "Text",
                  utf8(table[i].message)); /* the same words, but nobody has seen them */
        e.ev.message = APD_LIT("");
        holding = 0;
        for (size_t n = run(w, &e, &m), k = 0; k < n; k++)
            holding |= 1u << m[k].selection;
        assert_int_equal(holding, table[i].holding);
    }
    world_free(w);
}

static void told(void **state)
{
    (void)state;
    world *w = world_new();
    apd_cond text = one(w, "message", APD_OP_CONTAINS, "failed");
    add_alt(w, false, -1, NULL, 1, &text);
    assert_int_equal(world_ready(w), APD_OK);
    static const char *const origins[][2] = {{"Mdm-Provider", "Autopilot"},
                                             {"Mdm-Provider", "IME"},
                                             {"other", "IME"},
                                             {"other", "other"}};
    apd_match *m;
    for (unsigned i = 0; i < 8; i++) {
        sample e = event(w, origins[i % 4][0], origins[i % 4][1], 0);
        e.ev.message = APD_LIT("it has failed");
        assert_int_equal(run(w, &e, &m), 1);
        apd_selector_told(w->selector);
        e.ev.kind = APD_FACT; /* belongs to no log */
        assert_int_equal(run(w, &e, &m), 0);
        apd_selector_told(w->selector);
    }
    assert_int_equal(apd_selector_told_of(w->selector, ALIAS_AUTOPILOT), 2);
    assert_int_equal(apd_selector_told_of(w->selector, ALIAS_MDM), 4);
    assert_int_equal(apd_selector_told_of(w->selector, ALIAS_IME), 4);
    world_free(w);
}

/* --- notes --- */

static void notes(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        apd_op op;
        const char *text;
        bool with_id;
        unsigned errors, warnings;
    } rows[] = {
        {"message", APD_OP_RE, "x|y.*", false, 0, 1},
        {"message", APD_OP_RE, "x|y.*", true, 0, 0},
        {"message", APD_OP_RE, "failed|timeout", false, 0, 0},
        {"message", APD_OP_CONTAINS, "ab", false, 0, 1},
        {"any", APD_OP_EQ, "*", false, 0, 1},
        {"message", APD_OP_EQ, NULL, false, 0, 0},
        {"message", APD_OP_EXISTS, "true", false, 0, 0},
        {"Name", APD_OP_RE, ".", false, 0, 0},
        {"message", APD_OP_HRESULT, "0x5", false, 0, 1},
        {"message", APD_OP_HRESULT, "0x80070005", false, 0, 0},
        {"message", APD_OP_RE, "fail(ed", false, 1, 0},
        {"Name", APD_OP_RE, "a*", true, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world *w = world_new();
        apd_cond c[] = {one(w, rows[i].key, rows[i].op, rows[i].text),
                        one(w, "EventID", APD_OP_EQ, "5")};
        add_alt(w, false, ALIAS_IME, NULL, rows[i].with_id ? 2 : 1, c);
        assert_int_equal(world_ready(w), rows[i].errors ? APD_E_RULE : APD_OK);
        if (w->errors != rows[i].errors || w->warnings != rows[i].warnings)
            fail_msg("%s: %u errors, %u warnings (%s)", rows[i].text, w->errors, w->warnings,
                     w->note);
        if (rows[i].errors)
            assert_non_null(
                strstr(w->note, "7: bad pattern 'fail(ed': missing closing parenthesis"));
        if (rows[i].warnings)
            assert_non_null(strstr(w->note, "3: slow: '"));
        world_free(w);
    }
}

/* --- limits --- */

static void costly_patterns_end(void **state)
{
    (void)state;
    world *w = world_new();
    apd_cond costly = one(w, "message", APD_OP_RE, "fail (a+)+$");
    apd_cond fine = one(w, "message", APD_OP_RE, "fail a+b$");
    add_alt(w, false, ALIAS_IME, NULL, 1, &costly);
    add_alt(w, false, ALIAS_IME, NULL, 1, &fine);
    assert_int_equal(world_ready(w), APD_OK);
    size_t n = 100000;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, 'a', n);
    memcpy(text, "fail ", 5);
    text[n - 1] = 'b';
    sample e = event(w, "x", "IME", 0);
    e.ev.message = apd_str_from(text, n);
    apd_match *m;
    clock_t start = clock();
    assert_int_equal(run(w, &e, &m), 1);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 2);
    assert_int_equal(m[0].selection, 1);
    assert_int_equal(apd_selector_given_up(w->selector), 1);
    free(text);
    world_free(w);
}

/* --- the prefilter never changes the answer --- */

static uint32_t rnd(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

#define PICK(rng, list) (list)[rnd((rng), sizeof(list) / sizeof *(list))]

static const char *const words[] = {"failed",
                                    "Time out",
                                    "0x80072EE7",
                                    "2147954407",
                                    "-2147012889",
                                    "[Win32App]",
                                    "exit code 1603",
                                    "ab",
                                    "fail",
                                    "out",
                                    "AppWorkload",
                                    "\xc3\xa4rger",
                                    "?",
                                    ""};

static apd_cond random_cond(world *w, uint64_t *rng)
{
    static const char *const keys[] = {"message", "message", "message", "any",      "any",
                                       "Name",    "EventID", "Level",   "Name.code"};
    static const apd_op ops[] = {APD_OP_EQ,     APD_OP_CONTAINS, APD_OP_CONTAINS,
                                 APD_OP_STARTS, APD_OP_ENDS,     APD_OP_RE,
                                 APD_OP_RE,     APD_OP_HRESULT,  APD_OP_EXISTS};
    static const char *const patterns[] = {"fail(ed)?",
                                           "failed|out",
                                           "time.?out",
                                           "^\\[Win32App\\]",
                                           "1603$",
                                           "0x8\\w+",
                                           "a{2,}",
                                           "(fail|time).*out",
                                           "\\[Win32App\\].*(failed|out)",
                                           "\xc3\xa4rger|failed"};
    static const char *const codes[] = {"0x80072EE7", "1603", "5"};
    static const char *const globs[] = {"*failed*", "Time?out", "*", "exit*", "0x80072EE7", NULL};
    static const char *const ids[] = {"1", "2", "3"};
    static const char *const truths[] = {"true", "false"};
    const char *key = PICK(rng, keys);
    apd_op op = PICK(rng, ops);
    if (strcmp(key, "EventID") == 0 || strcmp(key, "Level") == 0)
        op = rnd(rng, 4) ? APD_OP_EQ : APD_OP_GTE;
    const char *texts[3];
    size_t n = 1 + rnd(rng, 3);
    for (size_t i = 0; i < n; i++)
        texts[i] = op == APD_OP_GTE || strcmp(key, "EventID") == 0 ? PICK(rng, ids)
                   : op == APD_OP_RE                               ? PICK(rng, patterns)
                   : op == APD_OP_HRESULT                          ? PICK(rng, codes)
                   : op == APD_OP_EXISTS                           ? PICK(rng, truths)
                   : op == APD_OP_EQ                               ? PICK(rng, globs)
                                                                   : PICK(rng, words);
    int flags = (rnd(rng, 4) ? 0 : ALL) | (rnd(rng, 4) ? 0 : CASED);
    return cond(w, key, op, flags, n, texts);
}

static apd_str random_text(world *w, uint64_t *rng)
{
    apd_buf b;
    apd_buf_init(&b, w->a);
    for (unsigned n = rnd(rng, 5); n > 0; n--) {
        apd_buf_add(&b, apd_str_of(PICK(rng, words)));
        if (rnd(rng, 2))
            apd_buf_addc(&b, ' ');
    }
    return apd_buf_str(&b);
}

static sample random_event(world *w, uint64_t *rng)
{
    static const char *const logs[] = {"IME", "AutoPilot", "Application"};
    static const char *const providers[] = {"Mdm-Provider", "AppWorkload"};
    sample e = event(w, PICK(rng, providers), PICK(rng, logs), rnd(rng, 4));
    e.ev.level = (uint8_t)rnd(rng, 6);
    if (rnd(rng, 2))
        e.ev.message = random_text(w, rng);
    for (unsigned n = rnd(rng, 4); n > 0; n--) {
        apd_str text = random_text(w, rng);
        apd_field f = rnd(rng, 2) ? (apd_field){.type = APD_T_UTF8, .as.raw = apd_str_bytes(text)}
                                  : utf16(w, text.ptr);
        if (rnd(rng, 5) == 0)
            f = (apd_field){.type = APD_T_U64, .as.u = rnd(rng, 2) ? 1603 : 2147954407};
        add_field(w, &e, rnd(rng, 2) ? "Name" : "Other", f);
    }
    return e;
}

/* Every alternative of every selection, without any index. */
static size_t select_naively(world *w, apd_probe *p, apd_event *ev, apd_match *out)
{
    size_t n = 0;
    apd_sym provider = apd_sym_fold(w->names, ev->provider), log = apd_sym_fold(w->names, ev->log);
    for (size_t i = 0; i < w->r.nselections; i++) {
        const apd_selection *s = &w->r.selections[i];
        for (size_t k = 0; k < s->nalts; k++) {
            const apd_alt *alt = &s->alts[k];
            bool holds = alt->naliases == 0 ||
                         apd_alias_holds(&w->r, w->names, alt->aliases[0], provider, log);
            apd_match m = {.selection = (uint32_t)i, .alt = (uint16_t)k};
            for (size_t c = 0; c < alt->nconds && holds; c++) {
                apd_cond_hit hit = {0};
                holds = apd_cond_holds(p, &alt->conds[c], false, &hit);
                if (hit.has_code && !m.has_code) {
                    m.has_code = true;
                    m.code = hit.code;
                }
            }
            if (holds) {
                out[n++] = m;
                break;
            }
        }
    }
    return n;
}

static void compare_on_events(world *w, uint64_t *rng, unsigned events, unsigned *matches)
{
    apd_match want[MAX_SELECTIONS];
    apd_probe *p = apd_probe_new(&w->r, w->names);
    for (unsigned i = 0; i < events; i++) {
        sample e = random_event(w, rng);
        apd_probe_open(p, ready(&e));
        size_t nwant = select_naively(w, p, ready(&e), want);
        apd_probe_close(p);
        apd_match *got;
        size_t n = run(w, &e, &got);
        assert_int_equal(n, nwant);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(got[k].selection, want[k].selection);
            assert_int_equal(got[k].alt, want[k].alt);
            assert_int_equal(got[k].has_code, want[k].has_code);
            assert_int_equal(got[k].code, want[k].code);
        }
        *matches += (unsigned)n;
    }
    apd_probe_free(p);
}

static void prefilter_changes_nothing(void **state)
{
    (void)state;
    uint64_t rng = 7;
    unsigned matches = 0;
    for (int round = 0; round < 150; round++) {
        world *w = world_new();
        unsigned n = 1 + rnd(&rng, 30);
        for (unsigned i = 0; i < n; i++) {
            for (unsigned alt = 0; alt == 0 || rnd(&rng, 3) == 0; alt++) {
                apd_cond conds[3];
                size_t nconds = 1 + rnd(&rng, 3);
                if (w->r.npatterns + 9 > MAX_SELECTIONS)
                    nconds = 0;
                for (size_t c = 0; c < nconds; c++)
                    conds[c] = random_cond(w, &rng);
                add_alt(w, alt > 0, (int)rnd(&rng, ALIASES + 1) - 1, NULL, nconds, conds);
            }
        }
        assert_int_equal(world_ready(w), APD_OK);
        compare_on_events(w, &rng, 100, &matches);
        world_free(w);
    }
    assert_true(matches > 10000); /* else nothing was compared */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_alternatives_and_codes),
        cmocka_unit_test(facts),
        cmocka_unit_test(payload_stays_unlocated),
        cmocka_unit_test(many_origins),
        cmocka_unit_test(words_as_proof),
        cmocka_unit_test(told),
        cmocka_unit_test(notes),
        cmocka_unit_test(costly_patterns_end),
        cmocka_unit_test(prefilter_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
