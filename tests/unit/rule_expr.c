/* Expressions: shape of the tree, place of each mistake, and what can never be true. */
#include "rule_files.h"

/* Sixty characters of head, then the expression on line 12 as given, with its quotes. */
#define SCOPE                                                                                      \
    "events:\n"                                                                                    \
    "  a: {log: mdm, EventID: 1}\n"                                                                \
    "  b: {log: mdm, EventID: 2}\n"                                                                \
    "  weak_1: {log: mdm, EventID: 3}\n"                                                           \
    "  weak_2: {log: mdm, EventID: 4}\n"                                                           \
    "timeline: {weak_t: {order: [a, b]}}\n"

static loading load_expr(const char *expr)
{
    apd_arena *a = apd_arena_new(0);
    apd_str text = apd_printf_a(a, "%s%swhen: %s\n%s%s", HEAD, SCOPE, expr,
                                "supports: [{if: a or b or 1 of weak_*, weight: 1}]\n", FIX TESTS);
    loading l = load_rule_text(text.ptr);
    apd_arena_free(a);
    return l;
}

/* The tree as a fully bracketed text. */
static void render(const loading *l, const apd_node *n, apd_buf *b)
{
    static const char *const cmp[] = {">=", ">", "<=", "<", "==", "!="};
    switch (n->kind) {
    case APD_X_SEL:
        apd_buf_add(b, l->set->selections[n->ref].name);
        break;
    case APD_X_REL:
        apd_buf_addc(b, '@');
        apd_buf_add(b, l->set->relations[n->ref].name);
        break;
    case APD_X_COUNT:
        apd_buf_addf(b, "#%s%s%u", l->set->selections[n->ref].name.ptr, cmp[n->cmp], n->n);
        break;
    case APD_X_NOT:
        apd_buf_addc(b, '!');
        render(l, n->left, b);
        break;
    case APD_X_AND:
    case APD_X_OR:
        apd_buf_addc(b, '(');
        render(l, n->left, b);
        apd_buf_addc(b, n->kind == APD_X_AND ? '&' : '|');
        render(l, n->right, b);
        apd_buf_addc(b, ')');
        break;
    default:
        apd_buf_addf(b, "%d/[", (int)n->n);
        for (uint32_t i = 0; i < n->nof; i++)
            render(l, &n->of[i], b);
        apd_buf_addc(b, ']');
    }
}

static void trees(void **state)
{
    static const struct {
        const char *expr, *tree;
    } good[] = {
        {"a", "a"},
        {"a or b and weak_1", "(a|(b&weak_1))"},
        {"(a or b) and weak_1", "((a|b)&weak_1)"},
        {"a or b or weak_t", "((a|b)|@weak_t)"},
        {"not a and not not b", "(!a&!!b)"},
        {"not (a or b)", "!(a|b)"},
        {"count(a) >= 2 and count( b )<3", "(#a>=2&#b<3)"},
        {"count(a) == 1 or count(b) != 0 or count(a) <= 7 and count(a) > 5",
         "((#a==1|#b!=0)|(#a<=7&#a>5))"},
        {"1 of weak_*", "1/[weak_1weak_2@weak_t]"},
        {"2 of weak_* and a", "(2/[weak_1weak_2@weak_t]&a)"},
        {"all of weak_*", "-1/[weak_1weak_2@weak_t]"},
        {">\n  a and\n  b", "(a&b)"},
        {"'((a))'", "a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        loading l = load_expr(good[i].expr);
        if (l.status != APD_OK)
            fail_msg("%s: %.*s", good[i].expr, APD_FMT(note_lines(&l, false)));
        apd_buf b;
        apd_buf_init(&b, l.arena);
        render(&l, l.set->rules[0].when.root, &b);
        assert_str(apd_buf_str(&b), good[i].tree);
        unload(&l);
    }
}

static void mistakes(void **state)
{
    static const struct {
        const char *expr, *notes;
    } bad[] = {
        {"''", "12:8: 'when' is empty\n"},
        {"[a, b]", "12:7: 'when' must be a text, not a list\n"},
        {"a and", "12:12: expected the name of a selection or relation, but the expression ends "
                  "here\n"},
        {"a and or b", "12:13: expected the name of a selection or relation, not 'or'\n"},
        {"a b", "12:9: expected 'and' or 'or', not 'b'\n"},
        {"a AND b", "12:9: expected 'and' or 'or', not 'AND'\n"},
        {"(a or b", "12:14: expected 'and', 'or' or ')', but the expression ends here\n"},
        {"a)", "12:8: expected 'and' or 'or', not ')'\n"},
        {"'a + b'", "12:10: expected 'and' or 'or', not '+'\n"},
        {"week_1 or wekk_2 and a",
         "12:7: no selection or relation is called 'week_1'; did you mean "
         "'weak_1'?\n"
         "12:17: no selection or relation is called 'wekk_2'; did you "
         "mean 'weak_2'?\n"},
        {"weak_*", "12:7: 'weak_*' needs '1 of' or 'all of' before it\n"},
        {"1 of them", "12:12: no selection or relation fits 'them'\n"},
        {"4 of weak_*", "12:7: 4 of the 3 that fit 'weak_*'\n"},
        {"0 of weak_*", "12:7: 0 of the 3 that fit 'weak_*'\n"},
        {"1 weak_*", "12:9: expected 'of', not 'weak_*'\n"},
        {"count a > 1", "12:13: expected '(' behind count, not 'a'\n"},
        {"count(a > 1", "12:15: expected ')', not '>'\n"},
        {"count(a)", "12:15: expected a comparison (>=, >, <=, <, == or !=), but the expression "
                     "ends here\n"},
        {"count(a) = 1", "12:16: expected a comparison (>=, >, <=, <, == or !=), not '='\n"},
        {"count(a) > b", "12:18: expected a number, not 'b'\n"},
        {"count(a) > 99999999999", "12:18: expected a number, not '99999999999'\n"},
        {"count(weak_t) > 1", "12:13: count() counts the records of a selection; 'weak_t' is a "
                              "relation\n"},
        {"other.a", "12:7: 'other' means something only in the 'if' of a differential\n"},
        {"a.b", "12:8: expected 'and' or 'or', not '.'\n"},
        /* Behind text over several lines only its start is known. */
        {">\n  a and\n  c", "12:7: no selection or relation is called 'c'\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        loading l = load_expr(bad[i].expr);
        assert_int_equal(l.status, APD_E_RULE);
        assert_str(note_lines(&l, false), bad[i].notes);
        unload(&l);
    }
}

static void satisfiable(void **state)
{
    static const struct {
        const char *expr, *notes;
    } cases[] = {
        {"a and not a", "12:7: 'when' can never be true\n"},
        {"a or not a", "12:7: 'when' is always true\n"},
        {"count(a) >= 2 and not a", "12:7: 'when' can never be true\n"},
        {"count(a) > 5 and count(a) < 7 and count(a) != 6", "12:7: 'when' can never be true\n"},
        {"count(a) >= 0", "12:7: 'when' is always true\n"},
        {"count(a) > 5 and count(a) < 7", ""},
        {"all of weak_* and not weak_1", "12:7: 'when' can never be true\n"},
        {"2 of weak_* and not weak_1 and not weak_2", "12:7: 'when' can never be true\n"},
        {"2 of weak_* and not weak_1", ""},
        {"weak_t and not a", ""}, /* relations count as independent */
        {"not a", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loading l = load_expr(cases[i].expr);
        assert_str(note_lines(&l, false), cases[i].notes);
        unload(&l);
    }
}

/* n times "piece" between head and tail. */
static loading load_repeated(const char *head, const char *piece, unsigned n, const char *tail)
{
    apd_arena *a = apd_arena_new(0);
    apd_buf b;
    apd_buf_init(&b, a);
    apd_buf_addf(&b, "%s", head);
    for (unsigned i = 0; i < n; i++)
        apd_buf_addf(&b, "%s", piece);
    apd_buf_addf(&b, "%s", tail);
    loading l = load_expr(apd_buf_str(&b).ptr);
    apd_arena_free(a);
    return l;
}

static void limits(void **state)
{
    (void)state;
    loading l =
        load_repeated("", "(", APD_MAX_RULE_DEPTH, "a or b))))))))))))))))))))))))))))))))");
    assert_int_equal(l.status, APD_OK);
    unload(&l);
    l = load_repeated("", "(", 100000, "a");
    assert_str(note_lines(&l, false), "12:39: nested deeper than 32 levels\n");
    unload(&l);
    l = load_repeated("", "not ", 50000, "a");
    assert_str(note_lines(&l, false), "12:135: nested deeper than 32 levels\n");
    unload(&l);
    l = load_repeated("a", " or a", 60000, "");
    assert_int_equal(l.status, APD_E_RULE);
    assert_str(note_lines(&l, false), "12:647: an expression of more than 256 terms\n");
    unload(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(satisfiable),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
