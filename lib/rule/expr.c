/* Expressions: recursive descent over names, `and`, `or`, `not`, `N of x*`, `count(x) >= n`.
 *
 *     or    = and { "or" and }
 *     and   = unary { "and" unary }
 *     unary = "not" unary | "(" or ")" | "count" "(" name ")" cmp number
 *           | (number | "all") "of" pattern | name
 *     name  = word | "other" "." word
 *
 * Chains lean to the left, so the depth of a tree is bounded by the number of its terms, and that
 * by APD_MAX_RULE_TERMS; parentheses and `not` by APD_MAX_RULE_DEPTH. */
#include "load.h"

typedef enum token_kind {
    T_END,
    T_WORD,
    T_NUMBER,
    T_CMP,
    T_OPEN,
    T_CLOSE,
    T_DOT,
    T_BAD
} token_kind;

typedef struct token {
    token_kind kind;
    apd_str text;
} token;

typedef struct parser {
    apd_load *l;
    const apd_rule *own, *other;
    const apd_ynode *node;
    apd_str text;
    size_t pos; /* behind `now` */
    token now;
    unsigned depth, terms;
    bool bad; /* noted; the rest is not looked at */
} parser;

static bool is_word_char(char c)
{
    char d = apd_lower(c);
    return (d >= 'a' && d <= 'z') || c == '_' || c == '*' || apd_is_digit(c);
}

static token_kind word_kind(apd_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!apd_is_digit(s.ptr[i]))
            return T_WORD;
    return T_NUMBER;
}

static void advance(parser *p)
{
    while (p->pos < p->text.len && apd_is_space(p->text.ptr[p->pos]))
        p->pos++;
    size_t from = p->pos, n = 1;
    const char *s = p->text.ptr + from;
    if (from == p->text.len) {
        p->now = (token){T_END, {s, 0}};
        return;
    }
    token_kind kind = *s == '(' ? T_OPEN : *s == ')' ? T_CLOSE : *s == '.' ? T_DOT : T_BAD;
    if (is_word_char(*s)) {
        while (from + n < p->text.len && is_word_char(s[n]))
            n++;
        kind = word_kind(apd_str_from(s, n));
    } else if (*s == '<' || *s == '>' || *s == '=' || *s == '!') {
        n += from + n < p->text.len && s[n] == '=';
        kind = T_CMP;
    }
    p->now = (token){kind, apd_str_from(s, n)};
    p->pos = from + n;
}

static bool at_word(const parser *p, const char *word)
{
    return p->now.kind == T_WORD && apd_eq(p->now.text, apd_str_of(word));
}

static apd_mark_at mark_of(const parser *p, token t)
{
    return apd_yaml_at(p->node, (size_t)(t.text.ptr - p->text.ptr));
}

static const apd_node *wrong(parser *p, const char *wanted)
{
    if (!p->bad && p->now.kind == T_END)
        apd_load_note_at(p->l, true, mark_of(p, p->now),
                         "expected %s, but the expression ends here", wanted);
    else if (!p->bad)
        apd_load_note_at(p->l, true, mark_of(p, p->now), "expected %s, not '%.*s'", wanted,
                         APD_FMT(apd_clip(p->now.text)));
    p->bad = true;
    return NULL;
}

static apd_node *new_node(parser *p, apd_node_kind kind)
{
    if (++p->terms > APD_MAX_RULE_TERMS) {
        if (!p->bad)
            apd_load_note_at(p->l, true, mark_of(p, p->now), "an expression of more than %u terms",
                             APD_MAX_RULE_TERMS);
        p->bad = true;
        return NULL;
    }
    apd_node *n = apd_load_new(p->l, 1, sizeof *n);
    if (n)
        n->kind = kind;
    else
        p->bad = true;
    return n;
}

uint32_t apd_scope_selection(const apd_rules *r, const apd_rule *rule, apd_str name)
{
    for (uint32_t i = rule->sel_first; i < rule->sel_first + rule->sel_count; i++)
        if (apd_eq(r->selections[i].name, name))
            return i;
    return UINT32_MAX;
}

uint32_t apd_scope_relation(const apd_rules *r, const apd_rule *rule, apd_str name)
{
    for (uint32_t i = rule->rel_first; i < rule->rel_first + rule->rel_count; i++)
        if (apd_eq(r->relations[i].name, name))
            return i;
    return UINT32_MAX;
}

void apd_scope_unknown(apd_load *l, const apd_rule *rule, apd_mark_at at, apd_str name)
{
    const apd_rules *r = l->set;
    apd_near near = apd_near_to(l, name);
    for (uint32_t i = 0; i < rule->sel_count; i++)
        apd_near_try(&near, r->selections[rule->sel_first + i].name);
    for (uint32_t i = 0; i < rule->rel_count; i++)
        apd_near_try(&near, r->relations[rule->rel_first + i].name);
    apd_load_note_at(l, true, at, "no selection or relation is called '%.*s'%s",
                     APD_FMT(apd_clip(name)), apd_near_hint(l, &near));
}

/* A name as in `x` or `other.x`; *in is the rule it is looked up in. */
static bool take_name(parser *p, token *name, const apd_rule **in)
{
    *in = p->own;
    if (at_word(p, "other")) {
        if (!p->other) {
            apd_load_note_at(p->l, true, mark_of(p, p->now),
                             "'other' means something only in the 'if' of a differential");
            p->bad = true;
            return false;
        }
        *in = p->other;
        advance(p);
        if (p->now.kind != T_DOT) {
            wrong(p, "'.' and a name behind 'other'");
            return false;
        }
        advance(p);
    }
    if (p->now.kind != T_WORD) {
        wrong(p, "the name of a selection or relation");
        return false;
    }
    *name = p->now;
    advance(p);
    return true;
}

static bool is_operator(apd_str s)
{
    return apd_eq(s, APD_LIT("and")) || apd_eq(s, APD_LIT("or")) || apd_eq(s, APD_LIT("not")) ||
           apd_eq(s, APD_LIT("of"));
}

/* An unknown name does not end the parse: the ones behind it are looked up too. */
static const apd_node *parse_reference(parser *p)
{
    token name;
    const apd_rule *in;
    if (p->now.kind == T_WORD && is_operator(p->now.text))
        return wrong(p, "the name of a selection or relation");
    apd_node *n = new_node(p, APD_X_SEL);
    if (!n || !take_name(p, &name, &in))
        return NULL;
    if (apd_find(name.text, APD_LIT("*")) != SIZE_MAX) {
        apd_load_note_at(p->l, true, mark_of(p, name), "'%.*s' needs '1 of' or 'all of' before it",
                         APD_FMT(apd_clip(name.text)));
        return n;
    }
    apd_rules *set = p->l->set;
    n->ref = apd_scope_selection(set, in, name.text);
    if (n->ref != UINT32_MAX) {
        set->selections[n->ref].used = true;
        return n;
    }
    n->kind = APD_X_REL;
    n->ref = apd_scope_relation(set, in, name.text);
    if (n->ref != UINT32_MAX)
        set->relations[n->ref].used = true;
    else
        apd_scope_unknown(p->l, in, mark_of(p, name), name.text);
    return n;
}

static bool parse_cmp(parser *p, apd_cmp_op *out)
{
    static const char *const ops[] = {">=", ">", "<=", "<", "==", "!="}; /* as apd_cmp_op */
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (p->now.kind == T_CMP && apd_eq(p->now.text, apd_str_of(ops[i]))) {
            *out = (apd_cmp_op)i;
            advance(p);
            return true;
        }
    }
    wrong(p, "a comparison (>=, >, <=, <, == or !=)");
    return false;
}

static bool parse_number(parser *p, uint32_t *out)
{
    uint64_t v = 0;
    bool negative;
    if (p->now.kind != T_NUMBER || !apd_parse_int(p->now.text, &v, &negative) || v >= UINT32_MAX) {
        wrong(p, "a number");
        return false;
    }
    *out = (uint32_t)v;
    advance(p);
    return true;
}

static const apd_node *parse_count(parser *p)
{
    token name;
    const apd_rule *in;
    apd_node *n = new_node(p, APD_X_COUNT);
    advance(p);
    if (!n)
        return NULL;
    if (p->now.kind != T_OPEN)
        return wrong(p, "'(' behind count");
    advance(p);
    if (!take_name(p, &name, &in))
        return NULL;
    if (p->now.kind != T_CLOSE)
        return wrong(p, "')'");
    advance(p);
    if (!parse_cmp(p, &n->cmp) || !parse_number(p, &n->n))
        return NULL;
    n->ref = apd_scope_selection(p->l->set, in, name.text);
    if (n->ref != UINT32_MAX)
        p->l->set->selections[n->ref].used = true;
    else if (apd_scope_relation(p->l->set, in, name.text) != UINT32_MAX)
        apd_load_note_at(p->l, true, mark_of(p, name),
                         "count() counts the records of a selection; '%.*s' is a relation",
                         APD_FMT(apd_clip(name.text)));
    else
        apd_scope_unknown(p->l, in, mark_of(p, name), name.text);
    return n;
}

/* Selections and relations that a pattern names, marked as used. */
static bool collect_of(parser *p, const apd_rule *in, token pattern, apd_node *n)
{
    apd_rules *set = p->l->set;
    apd_node *of = apd_load_new(p->l, (size_t)in->sel_count + in->rel_count + 1, sizeof *of);
    if (!of)
        return false;
    for (uint32_t i = in->sel_first; i < in->sel_first + in->sel_count; i++) {
        if (apd_glob(pattern.text, set->selections[i].name, false)) {
            of[n->nof++] = (apd_node){.kind = APD_X_SEL, .ref = i};
            set->selections[i].used = true;
        }
    }
    for (uint32_t i = in->rel_first; i < in->rel_first + in->rel_count; i++) {
        if (apd_glob(pattern.text, set->relations[i].name, false)) {
            of[n->nof++] = (apd_node){.kind = APD_X_REL, .ref = i};
            set->relations[i].used = true;
        }
    }
    n->of = of;
    return true;
}

static const apd_node *parse_of(parser *p)
{
    token pattern, number = p->now;
    const apd_rule *in;
    apd_node *n = new_node(p, APD_X_N_OF);
    if (!n)
        return NULL;
    n->n = UINT32_MAX;
    if (at_word(p, "all"))
        advance(p);
    else if (!parse_number(p, &n->n))
        return NULL;
    if (!at_word(p, "of"))
        return wrong(p, "'of'");
    advance(p);
    if (!take_name(p, &pattern, &in) || !collect_of(p, in, pattern, n))
        return NULL;
    if (n->nof == 0)
        apd_load_note_at(p->l, true, mark_of(p, pattern), "no selection or relation fits '%.*s'",
                         APD_FMT(apd_clip(pattern.text)));
    else if (n->n != UINT32_MAX && (n->n == 0 || n->n > n->nof))
        apd_load_note_at(p->l, true, mark_of(p, number), "%u of the %u that fit '%.*s'",
                         (unsigned)n->n, (unsigned)n->nof, APD_FMT(apd_clip(pattern.text)));
    return n;
}

static const apd_node *parse_or(parser *p);

static const apd_node *parse_unary(parser *p)
{
    if (p->bad)
        return NULL;
    if (p->now.kind == T_NUMBER || at_word(p, "all"))
        return parse_of(p);
    if (at_word(p, "count"))
        return parse_count(p);
    bool not = at_word(p, "not");
    if (!not &&p->now.kind != T_OPEN)
        return parse_reference(p);
    if (++p->depth > APD_MAX_RULE_DEPTH) {
        apd_load_note_at(p->l, true, mark_of(p, p->now), "nested deeper than %d levels",
                         APD_MAX_RULE_DEPTH);
        p->bad = true;
        return NULL;
    }
    advance(p);
    const apd_node *inner;
    if (not ) {
        apd_node *n = new_node(p, APD_X_NOT);
        inner = n;
        if (n)
            n->left = parse_unary(p);
    } else {
        inner = parse_or(p);
        if (!p->bad && p->now.kind != T_CLOSE)
            return wrong(p, "'and', 'or' or ')'");
        if (!p->bad)
            advance(p);
    }
    p->depth--;
    return p->bad ? NULL : inner;
}

static const apd_node *parse_chain(parser *p, const char *word, apd_node_kind kind,
                                   const apd_node *(*operand)(parser *p))
{
    const apd_node *left = operand(p);
    while (!p->bad && at_word(p, word)) {
        apd_node *n = new_node(p, kind);
        if (!n)
            return NULL;
        advance(p);
        n->left = left;
        n->right = operand(p);
        left = n;
    }
    return p->bad ? NULL : left;
}

static const apd_node *parse_and(parser *p)
{
    return parse_chain(p, "and", APD_X_AND, parse_unary);
}

static const apd_node *parse_or(parser *p)
{
    return parse_chain(p, "or", APD_X_OR, parse_and);
}

apd_expr apd_load_expr(apd_load *l, const apd_rule *own, const apd_rule *other, const apd_ynode *n)
{
    apd_expr e = {NULL, APD_LIT(""), n->at};
    apd_str text;
    if (!apd_load_scalar(l, n, n->key ? n->key->text.ptr : "if", &text))
        return e;
    size_t errors = l->errors;
    parser p = {.l = l, .own = own, .other = other, .node = n, .text = text};
    advance(&p);
    const apd_node *root = parse_or(&p);
    if (!p.bad && p.now.kind != T_END)
        wrong(&p, "'and' or 'or'");
    e.text = apd_trim(text);
    e.root = l->errors == errors && !l->failed ? root : NULL;
    return e;
}
