/* Conditions on one line: recursive descent to a tree whose leaves are alternatives as rules have
 * them.
 *
 *     or         = and { "or" and }
 *     and        = unary { "and" unary }
 *     unary      = "not" unary | "(" or ")" | comparison
 *     comparison = key ( operator | [ "not" ] "in" ) values
 *     operator   = "=" | "!=" | "<" | "<=" | ">" | ">="
 *     values     = value | "[" value { "," value } "]"
 *
 * A comparison becomes the YAML nodes that a rule file would have, and is loaded by the same code,
 * so that both mean the same and refuse the same. */
#include "where.h"

#include <stdlib.h>

#include "cond.h"
#include "load.h"

typedef enum where_kind { WHERE_LEAF, WHERE_AND, WHERE_OR, WHERE_NOT } where_kind;

typedef struct where_node {
    where_kind kind;
    apd_alt alt;                           /* LEAF: one condition, logs, or a fact */
    const struct where_node *left, *right; /* NOT uses left */
} where_node;

struct apd_filter {
    apd_arena *arena;
    apd_rules own; /* aliases of the rules, patterns of the filter */
    apd_intern *names;
    apd_probe *probe;
    const where_node *root;
};

/* --- words --- */

typedef enum token_kind {
    TOK_END,
    TOK_WORD,
    TOK_QUOTED, /* text is what the quotes stand for */
    TOK_OPERATOR,
    TOK_MARK, /* ( ) [ ] , */
    TOK_BAD   /* a quote that is not closed */
} token_kind;

typedef struct token {
    token_kind kind;
    apd_str text;
    size_t at; /* offset of its first character */
} token;

typedef struct parser {
    apd_load *l;
    apd_str text;
    size_t pos; /* behind `now` */
    token now;
    unsigned depth, terms;
} parser;

static bool ends_word(char c, bool key)
{
    return apd_is_space(c) || memchr("()[],'\"", c, 7) || (key && memchr("=<>!", c, 4));
}

/* A text in quotes; the quote itself is written twice. */
static void quoted(parser *p, size_t from)
{
    char quote = p->text.ptr[from];
    apd_buf b;
    apd_buf_init(&b, p->l->arena);
    for (size_t i = from + 1; i < p->text.len; i++) {
        if (p->text.ptr[i] != quote) {
            apd_buf_addc(&b, p->text.ptr[i]);
        } else if (i + 1 < p->text.len && p->text.ptr[i + 1] == quote) {
            apd_buf_addc(&b, p->text.ptr[i++]);
        } else {
            p->pos = i + 1;
            p->l->failed |= b.failed;
            p->now = (token){TOK_QUOTED, apd_buf_str(&b), from};
            return;
        }
    }
    p->pos = p->text.len;
    p->now = (token){TOK_BAD, apd_sub(p->text, from, p->text.len), from};
}

/* The next word; where a value stands, operators are ordinary characters. */
static void advance(parser *p, bool key)
{
    while (p->pos < p->text.len && apd_is_space(p->text.ptr[p->pos]))
        p->pos++;
    size_t from = p->pos, n = 1;
    if (from == p->text.len) {
        p->now = (token){TOK_END, {NULL, 0}, from};
        return;
    }
    const char *s = p->text.ptr + from;
    token_kind kind = TOK_MARK;
    if (*s == '\'' || *s == '"') {
        quoted(p, from);
        return;
    }
    if (!ends_word(*s, key)) {
        kind = TOK_WORD;
        while (from + n < p->text.len && !ends_word(s[n], key))
            n++;
    } else if (memchr("=<>!", *s, 4)) {
        kind = TOK_OPERATOR;
        n += from + n < p->text.len && s[n] == '=';
    }
    p->now = (token){kind, apd_str_from(s, n), from};
    p->pos = from + n;
}

static bool at_word(const parser *p, const char *word)
{
    return p->now.kind == TOK_WORD && apd_ieq(p->now.text, apd_str_of(word));
}

static bool at_mark(const parser *p, char c)
{
    return p->now.kind == TOK_MARK && p->now.text.ptr[0] == c;
}

/* --- mistakes --- */

static apd_mark_at mark_at(size_t offset)
{
    return (apd_mark_at){UINT32_MAX, 1, (uint32_t)offset + 1};
}

static void *wrong(parser *p, const char *wanted)
{
    if (p->now.kind == TOK_END)
        apd_load_note_at(p->l, true, mark_at(p->now.at), "expected %s, but the condition ends here",
                         wanted);
    else if (p->now.kind == TOK_BAD)
        apd_load_note_at(p->l, true, mark_at(p->now.at), "this quote is not closed");
    else
        apd_load_note_at(p->l, true, mark_at(p->now.at), "expected %s, not '%.*s'", wanted,
                         APD_FMT(apd_clip(p->now.text)));
    return NULL;
}

static where_node *new_node(parser *p, where_kind kind)
{
    if (++p->terms > APD_MAX_RULE_TERMS) {
        apd_load_note_at(p->l, true, mark_at(p->now.at), "a condition of more than %u terms",
                         APD_MAX_RULE_TERMS);
        return NULL;
    }
    where_node *n = apd_load_new(p->l, 1, sizeof *n);
    if (n)
        n->kind = kind;
    return n;
}

/* --- comparisons --- */

static apd_ynode *scalar(parser *p, token t)
{
    apd_ynode *n = apd_load_scratch(p->l, 1, sizeof *n);
    if (n)
        *n = (apd_ynode){.kind = APD_Y_SCALAR,
                         .plain = t.kind == TOK_WORD,
                         .one_line = true,
                         .at = mark_at(t.at + (t.kind == TOK_QUOTED)),
                         .text = t.text};
    return n;
}

static apd_ynode *value(parser *p)
{
    if (p->now.kind != TOK_WORD && p->now.kind != TOK_QUOTED)
        return wrong(p, "a value");
    return scalar(p, p->now);
}

/* "[" value { "," value } "]" as a list; on its last word. */
static apd_ynode *value_list(parser *p)
{
    apd_ynode *list = scalar(p, p->now), **link = list ? &list->child : NULL;
    if (!list)
        return NULL;
    list->kind = APD_Y_LIST;
    do {
        advance(p, false);
        if (!(*link = value(p)))
            return NULL;
        link = &(*link)->next;
        list->n++;
        advance(p, false);
    } while (at_mark(p, ','));
    return at_mark(p, ']') ? list : wrong(p, "',' or ']'");
}

/* What stands between key and value: the modifier it is short for ("" for equality), and whether
 * it denies. */
static bool comparison_sign(parser *p, apd_str *modifier, bool *denies)
{
    static const struct {
        const char *sign, *modifier;
    } signs[] = {{"=", ""},      {"==", ""},   {"!=", ""},    {"<", "|lt"},
                 {"<=", "|lte"}, {">", "|gt"}, {">=", "|gte"}};
    *denies = at_word(p, "not");
    if (*denies)
        advance(p, true);
    *modifier = APD_LIT("");
    if (at_word(p, "in"))
        return true;
    for (size_t i = 0; !*denies && i < sizeof signs / sizeof *signs; i++) {
        if (p->now.kind != TOK_OPERATOR || !apd_eq(p->now.text, apd_str_of(signs[i].sign)))
            continue;
        *modifier = apd_str_of(signs[i].modifier);
        *denies = p->now.text.ptr[0] == '!';
        return true;
    }
    wrong(p, *denies ? "'in'" : "=, !=, <, <=, >, >= or 'in'");
    return false;
}

/* `level` would be a field that no record has; who means one puts it in quotes. */
static bool spelled_well(parser *p, token key)
{
    static const char *const names[] = {"Level", "Channel"};
    apd_str name = apd_sub(key.text, 0, apd_find(key.text, APD_LIT("|")));
    for (size_t i = 0; key.kind == TOK_WORD && i < sizeof names / sizeof *names; i++) {
        if (!apd_ieq(name, apd_str_of(names[i])) || apd_eq(name, apd_str_of(names[i])))
            continue;
        apd_load_note_at(p->l, true, mark_at(key.at), "'%.*s' is written '%s'", APD_FMT(name),
                         names[i]);
        return false;
    }
    return true;
}

static bool load_leaf(parser *p, token key, apd_ynode *values, apd_alt *alt)
{
    if (apd_eq(key.text, APD_LIT("log")))
        return apd_load_aliases(p->l, values, "log", &alt->aliases, &alt->naliases);
    apd_str name;
    if (apd_eq(key.text, APD_LIT("fact"))) {
        if (!apd_load_scalar(p->l, values, "fact", &name))
            return false;
        alt->fact = apd_sym_fold(p->l->names, apd_load_sym(p->l, values, name));
        return alt->fact != 0;
    }
    apd_cond *c = apd_load_new(p->l, 1, sizeof *c);
    alt->conds = c;
    alt->nconds = 1;
    return c && spelled_well(p, key) && apd_load_cond(p->l, values, false, c);
}

static const where_node *comparison(parser *p)
{
    token key = p->now;
    if (key.kind != TOK_WORD && key.kind != TOK_QUOTED)
        return wrong(p, "the name of a field");
    advance(p, true);
    apd_str modifier;
    bool denies;
    if (!comparison_sign(p, &modifier, &denies))
        return NULL;
    advance(p, false);
    apd_ynode *values = at_mark(p, '[') ? value_list(p) : value(p);
    apd_ynode *key_node = values ? scalar(p, key) : NULL;
    where_node *leaf = key_node ? new_node(p, WHERE_LEAF) : NULL;
    if (!leaf)
        return NULL;
    advance(p, true);
    if (modifier.len) {
        key_node->text =
            apd_printf_a(p->l->arena, "%.*s%.*s", APD_FMT(key.text), APD_FMT(modifier));
        key.text = key_node->text;
    }
    values->key = key_node;
    if (!load_leaf(p, key, values, &leaf->alt))
        return NULL;
    if (!denies)
        return leaf;
    where_node *not = new_node(p, WHERE_NOT);
    if (not )
        not ->left = leaf;
    return not ;
}

/* --- and, or, not --- */

static const where_node *any_of(parser *p);

static const where_node *parenthesis(parser *p)
{
    if (++p->depth > APD_MAX_RULE_DEPTH) {
        apd_load_note_at(p->l, true, mark_at(p->now.at), "parentheses more than %u deep",
                         APD_MAX_RULE_DEPTH);
        return NULL;
    }
    advance(p, true);
    const where_node *inner = any_of(p);
    if (inner && !at_mark(p, ')'))
        return wrong(p, "'and', 'or' or ')'");
    p->depth--;
    advance(p, true);
    return inner;
}

static const where_node *unary(parser *p)
{
    unsigned denials = 0;
    while (at_word(p, "not")) {
        denials++;
        advance(p, true);
    }
    const where_node *inner = at_mark(p, '(') ? parenthesis(p) : comparison(p);
    if (inner && denials % 2) {
        where_node *n = new_node(p, WHERE_NOT);
        if (n)
            n->left = inner;
        inner = n;
    }
    return inner;
}

static const where_node *chain(parser *p, const char *word, where_kind kind,
                               const where_node *(*part)(parser *p))
{
    const where_node *left = part(p);
    while (left && at_word(p, word)) {
        advance(p, true);
        where_node *n = new_node(p, kind);
        if (!n)
            return NULL;
        n->left = left;
        n->right = part(p);
        left = n->right ? n : NULL;
    }
    return left;
}

static const where_node *all_of(parser *p)
{
    return chain(p, "and", WHERE_AND, unary);
}

static const where_node *any_of(parser *p)
{
    return chain(p, "or", WHERE_OR, all_of);
}

static const where_node *parse(apd_load *l, apd_str text)
{
    parser p = {.l = l, .text = text};
    advance(&p, true);
    const where_node *root = any_of(&p);
    if (root && p.now.kind != TOK_END)
        return wrong(&p, "'and' or 'or'");
    return root;
}

/* --- making a filter --- */

static apd_status first_mistake(const apd_load *l, apd_error *err)
{
    if (l->failed || l->notes.n == 0)
        return APD_E_NOMEM;
    const apd_rule_note *n = &l->notes.at[0].note;
    return apd_fail(err, APD_E_RULE, APD_NOWHERE, "column %u: %.*s", n->column, APD_FMT(n->text));
}

static apd_status compile(apd_filter *f, apd_load *l, apd_str text, apd_error *err)
{
    f->root = parse(l, text);
    f->own.patterns = l->patterns.at;
    f->own.npatterns = l->patterns.n;
    bool ok = f->root && !l->failed;
    for (size_t i = 0; ok && i < f->own.npatterns; i++)
        ok = apd_re_compile(&f->own.patterns[i], apd_load_note_at, l);
    return ok ? APD_OK : first_mistake(l, err);
}

apd_status apd_filter_new(const apd_rules *rules, apd_intern *names, apd_str text, apd_filter **out,
                          apd_error *err)
{
    *out = NULL;
    apd_filter *f = calloc(1, sizeof *f);
    apd_arena *scratch = apd_arena_new(0);
    apd_status st = APD_E_NOMEM;
    if (f)
        f->arena = apd_arena_new(0);
    if (f && f->arena && scratch) {
        f->names = names;
        f->own = (apd_rules){.arena = f->arena,
                             .names = names,
                             .aliases = rules->aliases,
                             .naliases = rules->naliases,
                             .facts = rules->facts,
                             .nfacts = rules->nfacts,
                             .fact_keys = rules->fact_keys,
                             .nfact_keys = rules->nfact_keys};
        apd_load l = {.arena = f->arena,
                      .scratch = scratch,
                      .names = names,
                      .set = &f->own,
                      .have_names = true};
        st = compile(f, &l, text, err);
    }
    apd_arena_free(scratch);
    if (st == APD_OK && !(f->probe = apd_probe_new(&f->own, names)))
        st = APD_E_NOMEM;
    if (st != APD_OK) {
        apd_filter_free(f);
        return st;
    }
    *out = f;
    return APD_OK;
}

void apd_filter_free(apd_filter *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->own.npatterns; i++)
        apd_re_free(&f->own.patterns[i]);
    apd_probe_free(f->probe);
    apd_arena_free(f->arena);
    free(f);
}

/* --- asking --- */

/* A fact has no number, level, writer or channel, whatever its event says. */
static bool goes_with(const apd_cond *c, const apd_event *ev)
{
    return ev->kind == APD_EVENT || c->target <= APD_ON_ANY;
}

static bool leaf_holds(const apd_filter *f, const apd_alt *alt, const apd_event *ev)
{
    if (alt->fact)
        return apd_fact_is(&f->own, f->names, alt->fact, ev);
    for (size_t i = 0; ev->kind == APD_EVENT && i < alt->naliases; i++)
        if (apd_alias_holds(&f->own, f->names, alt->aliases[i], ev->provider, ev->log))
            return true;
    apd_cond_hit hit;
    return alt->nconds && goes_with(alt->conds, ev) &&
           apd_cond_holds(f->probe, alt->conds, false, &hit);
}

/* No deeper than the tree: APD_MAX_RULE_TERMS. */
static bool holds_at(const apd_filter *f, const where_node *n, const apd_event *ev)
{
    switch (n->kind) {
    case WHERE_AND:
        return holds_at(f, n->left, ev) && holds_at(f, n->right, ev);
    case WHERE_OR:
        return holds_at(f, n->left, ev) || holds_at(f, n->right, ev);
    case WHERE_NOT:
        return !holds_at(f, n->left, ev);
    case WHERE_LEAF:
        break;
    }
    return leaf_holds(f, &n->alt, ev);
}

apd_status apd_filter_holds(apd_filter *f, apd_event *ev, bool *holds)
{
    apd_probe_open(f->probe, ev);
    *holds = holds_at(f, f->root, ev);
    bool failed = apd_probe_failed(f->probe);
    apd_probe_close(f->probe);
    return failed ? APD_E_NOMEM : APD_OK;
}

bool apd_rules_is_log(const apd_rules *r, const apd_intern *names, apd_str name,
                      const apd_event *ev)
{
    size_t alias = apd_alias_find(r, name);
    if (alias != SIZE_MAX)
        return ev->kind == APD_EVENT && apd_alias_holds(r, names, alias, ev->provider, ev->log);
    for (size_t i = 0; i < r->nfacts; i++)
        if (apd_ieq(r->facts[i].name, name) && apd_fact_is(r, names, r->facts[i].sym, ev))
            return true;
    return apd_glob(name, apd_sym_text(names, ev->log), true);
}
