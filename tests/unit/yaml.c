/* The restricted YAML tree: kinds, texts, marks, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "yaml.h"

typedef struct parsed {
    apd_arena *arena;
    apd_ynode *root;
    apd_buf notes; /* "line:column text;" */
} parsed;

static void collect(void *ctx, bool error, apd_mark_at at, const char *fmt, ...) APD_PRINTF(4, 5);

static void collect(void *ctx, bool error, apd_mark_at at, const char *fmt, ...)
{
    parsed *p = ctx;
    va_list ap;
    va_start(ap, fmt);
    apd_str text = apd_vprintf_a(p->arena, fmt, ap);
    va_end(ap);
    assert_true(error);
    assert_int_equal(at.file, 3);
    apd_buf_addf(&p->notes, "%u:%u %.*s;", (unsigned)at.line, (unsigned)at.column, APD_FMT(text));
}

static parsed parse_text(apd_str text)
{
    parsed p = {.arena = apd_arena_new(0)};
    assert_non_null(p.arena);
    apd_buf_init(&p.notes, p.arena);
    assert_int_equal(apd_yaml_parse(text, 3, p.arena, p.arena, collect, &p, &p.root), APD_OK);
    return p;
}

static parsed parse(const char *text)
{
    return parse_text(apd_str_of(text));
}

static void drop(parsed *p)
{
    apd_arena_free(p->arena);
}

static void assert_text(const apd_ynode *n, const char *text, unsigned line, unsigned column)
{
    assert_non_null(n);
    assert_int_equal(n->kind, APD_Y_SCALAR);
    assert_true(apd_eq(n->text, apd_str_of(text)));
    assert_int_equal(n->at.line, line);
    assert_int_equal(n->at.column, column);
}

static void kinds(void **state)
{
    (void)state;
    parsed p = parse("a: no\n"
                     "b: [1, 'it''s', \"x\\ty\"]\n"
                     "c:\n"
                     "  d: |\n"
                     "    two\n"
                     "    lines\n"
                     "  'e f': 0o10\n"
                     "g: null\n"
                     "h: 'null'\n"
                     "i:\n"
                     "j: [] # nothing\n");
    assert_int_equal(apd_buf_str(&p.notes).len, 0);
    assert_int_equal(p.root->kind, APD_Y_MAP);
    assert_int_equal(p.root->n, 7);
    assert_text(apd_yaml_get(p.root, "a"), "no", 1, 4);
    assert_text(apd_yaml_get(p.root, "a")->key, "a", 1, 1);
    size_t n;
    const apd_ynode *item = apd_yaml_items(apd_yaml_get(p.root, "b"), &n);
    assert_int_equal(n, 3);
    assert_text(item, "1", 2, 5);
    assert_text(item->next, "it's", 2, 9); /* behind the quote */
    assert_text(item->next->next, "x\ty", 2, 18);
    const apd_ynode *c = apd_yaml_get(p.root, "c");
    assert_text(apd_yaml_get(c, "d"), "two\nlines\n", 4, 6);
    assert_text(apd_yaml_get(c, "e f"), "0o10", 7, 10);
    assert_true(apd_yaml_null(apd_yaml_get(p.root, "g")));
    assert_false(apd_yaml_null(apd_yaml_get(p.root, "h")));
    assert_true(apd_yaml_null(apd_yaml_get(p.root, "i")));
    apd_yaml_items(apd_yaml_get(p.root, "j"), &n);
    assert_int_equal(n, 0);
    assert_ptr_equal(apd_yaml_items(c, &n), c);
    assert_int_equal(n, 1);
    assert_null(apd_yaml_get(p.root, "z"));
    assert_null(apd_yaml_get(item, "z"));
    assert_null(apd_yaml_items(NULL, &n));
    drop(&p);
}

static void places(void **state)
{
    (void)state;
    parsed p = parse("a: '\xc3\xa4\xc3\xb6 x'\nb: >\n  folded\n  text\n");
    const apd_ynode *a = apd_yaml_get(p.root, "a"), *b = apd_yaml_get(p.root, "b");
    assert_int_equal(apd_yaml_at(a, 5).column, 8); /* characters, not bytes */
    assert_int_equal(apd_yaml_at(b, 9).line, 2);
    assert_int_equal(apd_yaml_at(b, 9).column, b->at.column);
    drop(&p);
}

static void refused(void **state)
{
    static const struct {
        const char *text, *notes;
        bool tree;
    } cases[] = {
        {"a: 1\nb: 2\na: 3\n", "3:1 the key 'a' is here twice;", true},
        {"a: &x 1\n", "1:4 anchors (&name) are not part of the rule format;", true},
        {"a: &x [1]\nb: !t {c: d}\n",
         "1:4 anchors (&name) are not part of the rule format;2:4 tags (!name) are not part of the "
         "rule format;",
         true},
        {"a: *x\nb: *y\n",
         "1:4 aliases (*name) are not part of the rule format; quote a text that begins with "
         "'*';2:4 aliases (*name) are not part of the rule format; quote a text that begins with "
         "'*';",
         true},
        {"*x : 1\n",
         "1:1 aliases (*name) are not part of the rule format; quote a text that begins with '*';",
         true},
        {"{a: b}: c\n", "1:1 a key must be a text;", true},
        {"[a]: {b: c}\nd: e\n", "1:1 a key must be a text;", true},
        {"--- a\n--- b\n", "2:1 a second document begins here; a file holds one;", true},
        {"a\n...\n--- b\n", "3:1 a second document begins here; a file holds one;", true},
        {"\ta: b\n", "1:1 not readable as YAML: found character that cannot start any token;",
         false},
        {"a: 'b\n", "2:1 not readable as YAML: found unexpected end of stream;", false},
        {"a: b\n c: d\n",
         "2:3 not readable as YAML: mapping values are not allowed in this context (a text with ': "
         "' "
         "in it needs quotes);",
         false},
        {"# only a comment\n", "1:1 the file is empty;", false},
        {"a: \xc3\n", "1:5 not UTF-8;", false},
        {"a: \xed\xa0\x80\n", "1:4 not UTF-8;", false},
        {"a: b\nc: \x02\n", "2:4 a control character;", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parsed p = parse(cases[i].text);
        apd_str notes = apd_buf_str(&p.notes);
        if (!apd_eq(notes, apd_str_of(cases[i].notes)))
            fail_msg("%s: %.*s", cases[i].text, APD_FMT(notes));
        assert_int_equal(p.root != NULL, cases[i].tree);
        drop(&p);
    }
}

/* What follows a refused key is still read. */
static void goes_on(void **state)
{
    (void)state;
    parsed p = parse("a: 1\na: {x: [1, 2]}\n[k]: {y: z}\nb: *x\nc: 3\n");
    assert_int_equal(p.root->n, 3);
    assert_text(apd_yaml_get(p.root, "a"), "1", 1, 4);
    assert_int_equal(apd_yaml_get(p.root, "b")->kind, APD_Y_BAD);
    assert_text(apd_yaml_get(p.root, "c"), "3", 5, 4);
    size_t n;
    apd_yaml_items(apd_yaml_get(p.root, "b"), &n);
    assert_int_equal(n, 0);
    drop(&p);
}

static parsed repeated(const char *head, const char *piece, unsigned n, const char *tail)
{
    apd_arena *a = apd_arena_new(0);
    apd_buf b;
    apd_buf_init(&b, a);
    apd_buf_addf(&b, "%s", head);
    for (unsigned i = 0; i < n; i++)
        apd_buf_addf(&b, "%s", piece);
    apd_buf_addf(&b, "%s", tail);
    parsed p = parse_text(apd_buf_str(&b));
    apd_arena_free(a);
    return p;
}

static void limits(void **state)
{
    (void)state;
    parsed p = repeated("a: ", "[", 900, "");
    assert_null(p.root);
    assert_int_equal(apd_find(apd_buf_str(&p.notes), APD_LIT("1:35 nested deeper than 32")), 0);
    drop(&p);
    p = repeated("a: ", "{b: ", 900, "");
    assert_null(p.root);
    drop(&p);
    p = repeated("", "- ", 900, "a");
    assert_null(p.root);
    drop(&p);

    p = repeated("a: '", "0123456789", APD_MAX_RULE_FILE / 10 - 1, "'");
    assert_non_null(p.root);
    assert_int_equal(apd_yaml_get(p.root, "a")->text.len, APD_MAX_RULE_FILE / 10 * 10 - 10);
    drop(&p);
    p = repeated("a: '", "0123456789", APD_MAX_RULE_FILE / 10 + 1, "'");
    assert_null(p.root);
    assert_int_equal(apd_find(apd_buf_str(&p.notes), APD_LIT("1:1 larger than")), 0);
    drop(&p);
}

static void many_keys(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_buf b;
    apd_buf_init(&b, a);
    for (unsigned i = 0; i < APD_MAX_RULE_KEYS + 1; i++)
        apd_buf_addf(&b, "k%u: v\n", i);
    parsed p = parse_text(apd_buf_str(&b));
    assert_int_equal(p.root->n, APD_MAX_RULE_KEYS);
    assert_int_equal(apd_find(apd_buf_str(&p.notes), APD_LIT("1025:1 more than 1024 keys")), 0);
    drop(&p);
    apd_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),   cmocka_unit_test(places), cmocka_unit_test(refused),
        cmocka_unit_test(goes_on), cmocka_unit_test(limits), cmocka_unit_test(many_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
