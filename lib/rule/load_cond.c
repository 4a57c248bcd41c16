/* One condition: `Field|modifier|modifier: value or list of values`. */
#include "load.h"

typedef struct modifier {
    const char *name;
    apd_op op;
} modifier;

static const modifier modifiers[] = {
    {"contains", APD_OP_CONTAINS}, {"startswith", APD_OP_STARTS},
    {"endswith", APD_OP_ENDS},     {"re", APD_OP_RE},
    {"exists", APD_OP_EXISTS},     {"gt", APD_OP_GT},
    {"gte", APD_OP_GTE},           {"lt", APD_OP_LT},
    {"lte", APD_OP_LTE},           {"fieldref", APD_OP_FIELDREF},
    {"hresult", APD_OP_HRESULT},   {"path", APD_OP_PATH},
    {"sid", APD_OP_SID},           {"bits", APD_OP_BITS},
};
enum { NMODIFIERS = sizeof modifiers / sizeof *modifiers };

#define BIT(op) (1u << (op))
#define COMPARE (BIT(APD_OP_GT) | BIT(APD_OP_GTE) | BIT(APD_OP_LT) | BIT(APD_OP_LTE))
#define TEXTUAL                                                                                    \
    (BIT(APD_OP_EQ) | BIT(APD_OP_CONTAINS) | BIT(APD_OP_STARTS) | BIT(APD_OP_ENDS) | BIT(APD_OP_RE))

/* What is not the name of a field, and which operators make sense there. */
typedef struct special {
    const char *name;
    apd_target target;
    unsigned ops;
    uint32_t most; /* largest number; 0 = not a number */
    bool in_facts;
    bool reserved; /* in any spelling: a field of that name is never meant */
} special;

static const special specials[] = {
    {"EventID", APD_ON_EVENT_ID, BIT(APD_OP_EQ) | COMPARE, 65535, false, true},
    {"Level", APD_ON_LEVEL, BIT(APD_OP_EQ) | COMPARE, 5, false, false},
    {"EventRecordID", APD_ON_RECORD_ID, BIT(APD_OP_EQ) | COMPARE, UINT32_MAX, false, true},
    {"Provider_Name", APD_ON_PROVIDER, TEXTUAL, 0, false, true},
    {"Channel", APD_ON_CHANNEL, TEXTUAL, 0, false, false},
    {"message", APD_ON_MESSAGE,
     TEXTUAL | BIT(APD_OP_EXISTS) | BIT(APD_OP_HRESULT) | BIT(APD_OP_PATH) | BIT(APD_OP_SID), 0,
     true, false},
    {"any", APD_ON_ANY, TEXTUAL | BIT(APD_OP_HRESULT) | BIT(APD_OP_PATH) | BIT(APD_OP_SID), 0, true,
     false},
};
enum { NSPECIALS = sizeof specials / sizeof *specials };

typedef struct cond_key {
    apd_str field;
    const special *special; /* NULL: a field */
    bool fact;
    const char *op_name; /* for messages; NULL without modifier */
} cond_key;

/* What a message calls the comparison. */
static const char *op_name(const cond_key *k)
{
    return k->op_name ? k->op_name : k->special ? k->special->name : "equality";
}

/* Takes the part up to the next '|' off the front of *rest. */
static apd_str next_part(apd_str *rest)
{
    size_t bar = apd_find(*rest, APD_LIT("|"));
    apd_str part = apd_sub(*rest, 0, bar == SIZE_MAX ? rest->len : bar);
    *rest = bar == SIZE_MAX ? (apd_str){NULL, 0} : apd_sub(*rest, bar + 1, rest->len);
    return part;
}

static void unknown_modifier(apd_load *l, const apd_ynode *key, apd_str part)
{
    apd_mark_at at = apd_yaml_at(key, (size_t)(part.ptr - key->text.ptr));
    apd_near near = apd_near_to(l, part);
    apd_near_try(&near, APD_LIT("all"));
    apd_near_try(&near, APD_LIT("cased"));
    for (size_t i = 0; i < NMODIFIERS; i++)
        apd_near_try(&near, apd_str_of(modifiers[i].name));
    apd_load_note_at(l, true, at, "unknown modifier '%.*s'%s", APD_FMT(apd_clip(part)),
                     apd_near_hint(l, &near));
}

static bool load_modifier(apd_load *l, const apd_ynode *key, apd_str part, cond_key *k,
                          apd_cond *out)
{
    bool *flag = apd_eq(part, APD_LIT("all"))     ? &out->all
                 : apd_eq(part, APD_LIT("cased")) ? &out->cased
                                                  : NULL;
    if (flag) {
        *flag = true;
        return true;
    }
    for (size_t i = 0; i < NMODIFIERS; i++) {
        if (!apd_eq(part, apd_str_of(modifiers[i].name)))
            continue;
        if (k->op_name) {
            apd_load_error(l, key, "'%s' and '%s' do not go together", k->op_name,
                           modifiers[i].name);
            return false;
        }
        k->op_name = modifiers[i].name;
        out->op = modifiers[i].op;
        return true;
    }
    unknown_modifier(l, key, part);
    return false;
}

/* `all` asks for several values at once, `cased` for letters to compare. */
static bool check_modifiers(apd_load *l, const apd_ynode *key, const cond_key *k, const apd_cond *c)
{
    const unsigned caseless =
        COMPARE | BIT(APD_OP_BITS) | BIT(APD_OP_EXISTS) | BIT(APD_OP_HRESULT) | BIT(APD_OP_PATH) |
        BIT(APD_OP_SID);
    const unsigned single = COMPARE | BIT(APD_OP_EXISTS);
    bool number = k->special && k->special->most;
    if (k->special && !(k->special->ops & BIT(c->op)))
        apd_load_error(l, key, "'%s' does not go with %s", op_name(k), k->special->name);
    else if (c->cased && (number || caseless & BIT(c->op)))
        apd_load_error(l, key, "'cased' does not go with %s", op_name(k));
    else if (c->all && (number || single & BIT(c->op)))
        apd_load_error(l, key, "'all' does not go with %s", op_name(k));
    else
        return true;
    return false;
}

static bool name_special(apd_load *l, const apd_ynode *key, cond_key *k)
{
    for (size_t i = 0; i < NSPECIALS; i++) {
        const special *s = &specials[i];
        if (apd_eq(k->field, apd_str_of(s->name))) {
            k->special = s;
        } else if (s->reserved && apd_ieq(k->field, apd_str_of(s->name))) {
            apd_load_error(l, key, "'%.*s' is written '%s'", APD_FMT(k->field), s->name);
            return false;
        }
    }
    if (k->special && k->fact && !k->special->in_facts) {
        apd_load_error(l, key, "a fact has no %s", k->special->name);
        return false;
    }
    return true;
}

/* A plain field, or a path into JSON behind the first dot. */
static bool name_field(apd_load *l, const apd_ynode *key, apd_str name, apd_cond *out)
{
    size_t dot = apd_find(name, APD_LIT("."));
    if (name.len == 0) {
        apd_load_error(l, key, "a condition needs the name of a field");
        return false;
    }
    if (dot == 0 || apd_ends(name, APD_LIT(".")) || apd_find(name, APD_LIT("..")) != SIZE_MAX) {
        apd_load_error(l, key, "'%.*s' has an empty step between dots", APD_FMT(apd_clip(name)));
        return false;
    }
    bool json = dot != SIZE_MAX;
    out->target = json ? APD_ON_JSON : APD_ON_FIELD;
    out->path = json ? apd_sub(name, dot + 1, name.len) : name;
    out->whole = apd_sym_fold(l->names, apd_load_sym(l, key, name));
    out->field =
        json ? apd_sym_fold(l->names, apd_load_sym(l, key, apd_sub(name, 0, dot))) : out->whole;
    return out->whole && out->field;
}

bool apd_load_target(apd_load *l, const apd_ynode *at, apd_str name, apd_cond *out)
{
    *out = (apd_cond){.target = APD_ON_MESSAGE, .at = at->at, .path = name};
    return apd_eq(name, APD_LIT("message")) || name_field(l, at, name, out);
}

static bool load_key(apd_load *l, const apd_ynode *key, cond_key *k, apd_cond *out)
{
    apd_str rest = key->text;
    k->field = next_part(&rest);
    while (rest.ptr)
        if (!load_modifier(l, key, next_part(&rest), k, out))
            return false;
    if (!name_special(l, key, k) || !check_modifiers(l, key, k, out))
        return false;
    if (!k->special)
        return name_field(l, key, k->field, out);
    out->target = k->special->target;
    out->path = k->field;
    return true;
}

static bool has_glob(apd_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '*' || s.ptr[i] == '?')
            return true;
        if (s.ptr[i] == '\\' && i + 1 < s.len)
            i += s.ptr[i + 1] == '*' || s.ptr[i + 1] == '?' || s.ptr[i + 1] == '\\';
    }
    return false;
}

static bool is_code(const apd_value *v)
{
    return v->is_number &&
           (v->negative ? (int64_t)v->number >= INT32_MIN : v->number <= UINT32_MAX);
}

/* "S-1-" and groups of digits. */
static bool is_sid(apd_str s)
{
    if (!apd_istarts(s, APD_LIT("S-1-")) || !apd_is_digit(s.ptr[s.len - 1]))
        return false;
    for (size_t i = 4; i < s.len; i++)
        if (!apd_is_digit(s.ptr[i]) && (s.ptr[i] != '-' || s.ptr[i - 1] == '-'))
            return false;
    return true;
}

static bool load_pattern(apd_load *l, const apd_ynode *n, bool cased, apd_value *v)
{
    v->pattern = (uint32_t)l->patterns.n;
    apd_pattern p = {.text = v->text, .cased = cased, .at = n->at};
    APD_LOAD_PUSH(l, l->arena, l->patterns, p);
    return !l->failed;
}

/* Numbers under EventID and the like. */
static bool check_number(apd_load *l, const apd_ynode *n, const cond_key *k, const apd_value *v)
{
    if (v->is_number && !v->negative && v->number <= k->special->most)
        return true;
    apd_load_error(l, n, "%s is a number from 0 to %u, not '%.*s'", k->special->name,
                   (unsigned)k->special->most, APD_FMT(apd_clip(v->text)));
    return false;
}

/* What the operator asks of its value. */
static bool check_value(apd_load *l, const apd_ynode *n, const cond_key *k, const apd_cond *c,
                        apd_value *v)
{
    if (v->text.len == 0 && c->op != APD_OP_EQ) {
        apd_load_error(l, n, "'%s' needs a text to look for", op_name(k));
        return false;
    }
    switch (c->op) {
    case APD_OP_EQ:
        v->has_glob = has_glob(v->text);
        return true;
    case APD_OP_RE:
        return load_pattern(l, n, c->cased, v);
    case APD_OP_FIELDREF:
        v->ref = apd_sym_fold(l->names, apd_load_sym(l, n, v->text));
        return v->ref != 0;
    case APD_OP_EXISTS:
        v->number = apd_eq(v->text, APD_LIT("true"));
        if ((v->is_number = v->number || apd_eq(v->text, APD_LIT("false"))))
            return true;
        apd_load_error(l, n, "'exists' takes true or false, not '%.*s'",
                       APD_FMT(apd_clip(v->text)));
        return false;
    case APD_OP_HRESULT:
        if (is_code(v)) {
            v->number &= UINT32_MAX;
            return true;
        }
        apd_load_error(l, n, "'%.*s' is not an error code (0x800705B4, 2147943860 or -2147023436)",
                       APD_FMT(apd_clip(v->text)));
        return false;
    case APD_OP_GT:
    case APD_OP_GTE:
    case APD_OP_LT:
    case APD_OP_LTE:
        if (v->is_number)
            return true;
        apd_load_error(l, n, "'%s' takes a number, not '%.*s'", op_name(k),
                       APD_FMT(apd_clip(v->text)));
        return false;
    case APD_OP_BITS:
        if (v->is_number && !v->negative && v->number)
            return true;
        apd_load_error(l, n, "'bits' takes a number with at least one bit set, not '%.*s'",
                       APD_FMT(apd_clip(v->text)));
        return false;
    case APD_OP_SID:
        if (is_sid(v->text))
            return true;
        apd_load_error(l, n, "'%.*s' is not a SID (S-1-5-18)", APD_FMT(apd_clip(v->text)));
        return false;
    default:
        return true;
    }
}

static bool load_value(apd_load *l, const apd_ynode *n, const cond_key *k, const apd_cond *c,
                       apd_value *v)
{
    if (n->kind != APD_Y_SCALAR) {
        if (n->kind != APD_Y_BAD)
            apd_load_error(l, n, "a condition takes a value or a list of values");
        return false;
    }
    v->text = n->text;
    if (apd_yaml_null(n)) {
        v->is_null = true;
        if (c->op == APD_OP_EQ && !k->special)
            return true;
        apd_load_error(l, n, "null does not go with %s", op_name(k));
        return false;
    }
    v->is_number = apd_parse_int(v->text, &v->number, &v->negative);
    if (k->special && k->special->most)
        return check_number(l, n, k, v);
    return check_value(l, n, k, c, v);
}

bool apd_load_cond(apd_load *l, const apd_ynode *value, bool fact, apd_cond *out)
{
    cond_key k = {.fact = fact};
    *out = (apd_cond){.op = APD_OP_EQ, .at = value->key->at};
    if (!load_key(l, value->key, &k, out))
        return false;
    const unsigned single = COMPARE | BIT(APD_OP_EXISTS);
    size_t count;
    const apd_ynode *item = apd_load_items(l, value, "values", &count);
    if (count > 1 && single & BIT(out->op)) {
        apd_load_error(l, value, "'%s' takes one value", op_name(&k));
        return false;
    }
    apd_value *values = count ? apd_load_new(l, count, sizeof *values) : NULL;
    if (!values)
        return false;
    bool ok = true;
    for (size_t i = 0; i < count; i++, item = item->next)
        ok &= load_value(l, item, &k, out, &values[i]);
    out->values = values;
    out->nvalues = count;
    return ok;
}
