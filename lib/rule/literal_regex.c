/* Required literals of a pcre2 pattern.
 *
 * A small parse follows the sequence of items. Neighbouring plain bytes form a run; anything else
 * ends it. An item that may be left out (`?`, `*`, `{0,…}`) requires nothing; a group requires what
 * each of its branches requires. Of all that a sequence requires the best two are taken:
 *
 *     \[Win32App\] (failed|timeout): .*0x8    ->    {"[Win32App] "} and {"failed", "timeout"}
 *
 * Syntax that is rare in rules (verbs, conditions, recursion, comments, \Q, extended mode) makes the
 * parse give up: no claim is always right. What may be a quantifier or just text, depending on the
 * version of pcre2, counts as both. */
#include "literal.h"

typedef struct parser {
    apd_arena *arena;
    const char *p, *end;
    bool utf;
    bool unsure; /* something was not understood: the whole pattern gets no claim */
    unsigned depth;
} parser;

typedef enum item { ITEM_BYTE, ITEM_GROUP, ITEM_OTHER } item;

typedef struct sequence {
    char run[APD_MAX_LITERAL];
    size_t len;
    apd_required required;
} sequence;

static const apd_required none = {{NULL, 0}, {NULL, 0}};

static apd_required branches(parser *ps);

static bool peek(const parser *ps, char c)
{
    return ps->p < ps->end && *ps->p == c;
}

static bool eat(parser *ps, char c)
{
    if (!peek(ps, c))
        return false;
    ps->p++;
    return true;
}

static item give_up(parser *ps)
{
    ps->unsure = true;
    ps->p = ps->end;
    return ITEM_OTHER;
}

static void skip_digits(parser *ps)
{
    while (ps->p < ps->end && apd_is_digit(*ps->p))
        ps->p++;
}

/* --- runs --- */

static void flush(parser *ps, sequence *s)
{
    if (s->len > apd_literals_shortest(s->required.second)) {
        apd_str copy = apd_strdup_a(ps->arena, apd_str_from(s->run, s->len));
        apd_str *one = copy.ptr ? APD_NEW(ps->arena, apd_str) : NULL;
        if (one) {
            *one = copy;
            apd_require(&s->required, (apd_literals){one, 1});
        }
    }
    s->len = 0;
}

static void push(parser *ps, sequence *s, char c)
{
    if (s->len == sizeof s->run)
        flush(ps, s);
    s->run[s->len++] = c;
}

/* --- items --- */

/* \x41 or \x{41}; behind the x. */
static item hex_escape(parser *ps, char *byte)
{
    bool braces = eat(ps, '{');
    uint64_t v = 0;
    bool negative;
    const char *from = ps->p;
    size_t most = braces ? 8 : 2;
    while (ps->p < ps->end && (size_t)(ps->p - from) < most && apd_is_hex(*ps->p))
        ps->p++;
    char text[12] = "0x";
    size_t n = (size_t)(ps->p - from);
    memcpy(text + 2, from, n);
    if (n && !apd_parse_int(apd_str_from(text, n + 2), &v, &negative))
        return give_up(ps);
    if (braces && (n == 0 || !eat(ps, '}')))
        return give_up(ps);
    *byte = (char)(uint8_t)v;
    return v < 0x80 || (v <= 0xff && !ps->utf) ? ITEM_BYTE : ITEM_OTHER;
}

static item control_escape(char c, char *byte)
{
    static const struct {
        char name, byte;
    } known[] = {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'f', '\f'}, {'a', '\a'}, {'e', '\x1b'}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].name == c) {
            *byte = known[i].byte;
            return ITEM_BYTE;
        }
    }
    return ITEM_OTHER;
}

/* Behind the backslash. */
static item escape(parser *ps, char *byte)
{
    if (ps->p == ps->end)
        return give_up(ps);
    char c = *ps->p++;
    if (apd_is_digit(c)) { /* a back reference or octal, perhaps with text behind it */
        skip_digits(ps);
        return ITEM_OTHER;
    }
    if ((unsigned char)c >= 0x80)
        return ITEM_OTHER;
    if (!((apd_lower(c) >= 'a' && apd_lower(c) <= 'z'))) {
        *byte = c;
        return ITEM_BYTE;
    }
    if (c == 'x')
        return hex_escape(ps, byte);
    if (control_escape(c, byte) == ITEM_BYTE)
        return ITEM_BYTE;
    if (memchr("dDwWsShHvVRXbBAZzG", c, 18) || (c == 'N' && !peek(ps, '{')))
        return ITEM_OTHER;
    return give_up(ps);
}

/* Behind the '['. */
static item class(parser *ps)
{
    eat(ps, '^');
    eat(ps, ']');
    while (ps->p < ps->end) {
        char c = *ps->p++;
        if (c == ']')
            return ITEM_OTHER;
        if (c == '[' && (peek(ps, ':') || peek(ps, '.') || peek(ps, '=')))
            break;
        if (c == '\\' && (ps->p == ps->end || memchr("QEc", *ps->p, 3)))
            break;
        if (c == '\\')
            ps->p++;
    }
    return give_up(ps);
}

/* Letters between "(?" and ")" or ":". Extended mode changes what a blank is: not followed. */
static bool options(parser *ps)
{
    const char *from = ps->p;
    while (ps->p < ps->end && memchr("imsnJU-", *ps->p, 7))
        ps->p++;
    return ps->p > from && (peek(ps, ')') || peek(ps, ':'));
}

static bool name_until(parser *ps, char close)
{
    while (ps->p < ps->end && *ps->p != close && *ps->p != ')')
        ps->p++;
    return eat(ps, close);
}

typedef enum group_kind { GROUP_PLAIN, GROUP_LOOK, GROUP_SWITCH, GROUP_UNKNOWN } group_kind;

/* Behind the "(": reads up to the content. */
static group_kind group_head(parser *ps)
{
    if (peek(ps, '*'))
        return GROUP_UNKNOWN;
    if (!eat(ps, '?') || eat(ps, ':') || eat(ps, '>') || eat(ps, '|'))
        return GROUP_PLAIN;
    if (eat(ps, '=') || eat(ps, '!'))
        return GROUP_LOOK;
    if (eat(ps, '<')) {
        if (eat(ps, '=') || eat(ps, '!'))
            return GROUP_LOOK;
        return !peek(ps, '*') && name_until(ps, '>') ? GROUP_PLAIN : GROUP_UNKNOWN;
    }
    if (eat(ps, '\''))
        return name_until(ps, '\'') ? GROUP_PLAIN : GROUP_UNKNOWN;
    if (eat(ps, 'P'))
        return eat(ps, '<') && name_until(ps, '>') ? GROUP_PLAIN : GROUP_UNKNOWN;
    if (!options(ps))
        return GROUP_UNKNOWN;
    return eat(ps, ':') ? GROUP_PLAIN : GROUP_SWITCH;
}

static item group(parser *ps, apd_required *inner)
{
    group_kind kind = group_head(ps);
    if (kind == GROUP_UNKNOWN || ps->depth == APD_MAX_RULE_DEPTH)
        return give_up(ps);
    if (kind == GROUP_SWITCH) {
        ps->p++;
        return ITEM_OTHER;
    }
    ps->depth++;
    *inner = branches(ps);
    ps->depth--;
    if (!eat(ps, ')'))
        return give_up(ps);
    return kind == GROUP_PLAIN ? ITEM_GROUP : ITEM_OTHER;
}

static item next_item(parser *ps, char *byte, apd_required *inner)
{
    char c = *ps->p++;
    switch (c) {
    case '\\':
        return escape(ps, byte);
    case '[':
        return class(ps);
    case '(':
        return group(ps, inner);
    case '.':
    case '^':
    case '$':
        return ITEM_OTHER;
    default:
        *byte = c;
        return (unsigned char)c < 0x80 ? ITEM_BYTE : ITEM_OTHER;
    }
}

/* "{2,5}" and everything that looks like it. False: not a quantifier. */
static bool braces(parser *ps, bool *optional)
{
    const char *from = ps->p;
    if (!eat(ps, '{'))
        return false;
    const char *digits = ps->p;
    skip_digits(ps);
    bool some = false;
    for (const char *d = digits; d < ps->p; d++)
        some |= *d != '0';
    if (eat(ps, ','))
        skip_digits(ps);
    if (!peek(ps, '}')) {
        some = false;
        while (ps->p < ps->end && (apd_is_digit(*ps->p) || memchr(", \t", *ps->p, 3)))
            ps->p++;
    }
    if (!eat(ps, '}')) {
        ps->p = from;
        return false;
    }
    *optional |= !some;
    return true;
}

/* Quantifiers behind an item, several of which multiply. True if there is one. */
static bool quantifiers(parser *ps, bool *optional)
{
    bool found = false;
    *optional = false;
    for (;; found = true) {
        if (eat(ps, '*') || eat(ps, '?'))
            *optional = true;
        else if (!eat(ps, '+') && !braces(ps, optional))
            return found;
        if (!eat(ps, '?')) /* lazy, possessive */
            eat(ps, '+');
    }
}

/* With Unicode folding K and S have relatives outside ASCII (U+212A, U+017F). */
static bool folds_widely(const parser *ps, char c)
{
    return ps->utf && (apd_lower(c) == 'k' || apd_lower(c) == 's');
}

static apd_required branch(parser *ps)
{
    sequence s = {.len = 0};
    while (ps->p < ps->end && *ps->p != '|' && *ps->p != ')') {
        char byte = 0;
        apd_required inner = none;
        item kind = next_item(ps, &byte, &inner);
        bool optional;
        bool repeated = quantifiers(ps, &optional);
        if (kind != ITEM_BYTE || optional || folds_widely(ps, byte)) {
            flush(ps, &s);
            if (kind == ITEM_GROUP && !optional) {
                apd_require(&s.required, inner.first);
                apd_require(&s.required, inner.second);
            }
            continue;
        }
        push(ps, &s, byte);
        if (repeated) { /* the last of them stands before what follows */
            flush(ps, &s);
            push(ps, &s, byte);
        }
    }
    flush(ps, &s);
    return s.required;
}

static apd_required branches(parser *ps)
{
    apd_required one = branch(ps);
    if (!peek(ps, '|'))
        return one;
    APD_VEC(apd_str) all = {0};
    bool open = false; /* a branch that requires nothing: then the whole does not */
    for (;; one = branch(ps)) {
        open |= one.first.n == 0 || all.n + one.first.n > APD_MAX_LITERALS;
        for (size_t i = 0; i < one.first.n && !open; i++)
            open |= !APD_PUSH(ps->arena, all, one.first.at[i]);
        if (!eat(ps, '|'))
            break;
    }
    return open ? none : (apd_required){.first = {all.at, all.n}};
}

apd_required apd_required_by_regex(apd_arena *a, apd_str pattern, bool utf)
{
    parser ps = {.arena = a, .p = pattern.ptr, .end = pattern.ptr + pattern.len, .utf = utf};
    apd_required all = branches(&ps);
    return ps.unsure || ps.p < ps.end ? none : all;
}
