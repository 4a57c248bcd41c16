/* Relations between selections: an order, a window around an anchor, or a count. */
#include "load.h"

static const apd_key_spec relation_keys[] = {
    {"order", false},    {"after", false},   {"before", false},  {"within", false},
    {"all_of", false},   {"any_of", false},  {"none_of", false}, {"count", false},
    {"at_least", false}, {"at_most", false}, {"same", false},    {"seen_through", false},
    {"differ", false},
};

typedef struct relation_ctx {
    apd_load *l;
    const apd_rule *rule;
    const apd_ynode *map;
    apd_relation *rel;
} relation_ctx;

/* Notes each key of the list that is there although the form does not know it. */
static void refuse(relation_ctx *c, const char *form, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const apd_ynode *v = apd_yaml_get(c->map, keys[i]);
        if (v)
            apd_load_error(c->l, v->key, "'%s' does not go with '%s'", keys[i], form);
    }
}

/* The selection a name in a relation means; it must read records, since facts have no time. */
static uint32_t resolve(relation_ctx *c, const apd_ynode *at, size_t offset, apd_str name)
{
    uint32_t i = apd_scope_selection(c->l->set, c->rule, name);
    apd_mark_at mark = apd_yaml_at(at, offset);
    if (i == UINT32_MAX) {
        apd_scope_unknown(c->l, c->rule, mark, name);
        return i;
    }
    apd_selection *s = &c->l->set->selections[i];
    s->used = true;
    for (size_t k = 0; k < s->nalts; k++) {
        if (s->alts[k].fact) {
            apd_load_note_at(c->l, true, mark, "'%.*s' is a fact and has no time",
                             APD_FMT(apd_clip(name)));
            return UINT32_MAX;
        }
    }
    return i;
}

/* A list of different selections. */
static void load_selections(relation_ctx *c, const char *key, const uint32_t **out, size_t *n)
{
    const apd_ynode *list = apd_yaml_get(c->map, key);
    if (!list)
        return;
    size_t count, got = 0;
    const apd_ynode *item = apd_load_items(c->l, list, key, &count);
    uint32_t *sel = count ? apd_load_new(c->l, count, sizeof *sel) : NULL;
    for (size_t i = 0; sel && i < count; i++, item = item->next) {
        apd_str name;
        if (!apd_load_scalar(c->l, item, key, &name))
            continue;
        uint32_t s = resolve(c, item, 0, name);
        for (size_t k = 0; k < got; k++)
            if (sel[k] == s)
                apd_load_error(c->l, item, "'%.*s' is twice in '%s'", APD_FMT(apd_clip(name)), key);
        if (s != UINT32_MAX)
            sel[got++] = s;
    }
    *out = sel;
    *n = got;
}

/* "last attempt": which hit, and of what. */
static void load_anchor(relation_ctx *c, const char *key, uint32_t *sel, apd_pick *pick)
{
    static const char *const picks[] = {"first", "last", "each"};
    const apd_ynode *n = apd_yaml_get(c->map, key);
    apd_str text;
    if (!n || !apd_load_scalar(c->l, n, key, &text))
        return;
    size_t space = apd_find(text, APD_LIT(" "));
    apd_str name = text;
    if (space != SIZE_MAX) {
        apd_str word = apd_sub(text, 0, space);
        name = apd_trim(apd_sub(text, space, text.len));
        size_t i = 0;
        while (i < 3 && !apd_eq(word, apd_str_of(picks[i])))
            i++;
        if (i == 3) {
            apd_near near = apd_near_to(c->l, word);
            for (i = 0; i < 3; i++)
                apd_near_try(&near, apd_str_of(picks[i]));
            apd_load_error(c->l, n, "'%s' takes first, last or each before the selection%s", key,
                           apd_near_hint(c->l, &near));
            return;
        }
        *pick = (apd_pick)i;
    }
    *sel = resolve(c, n, (size_t)(name.ptr - text.ptr), name);
}

static void load_within(relation_ctx *c)
{
    const apd_ynode *n = apd_yaml_get(c->map, "within");
    if (apd_load_span(c->l, c->map, "within", &c->rel->within) && n && c->rel->within == 0)
        apd_load_error(c->l, n, "'within' must be longer than nothing");
}

static void load_order(relation_ctx *c)
{
    static const char *const others[] = {"after",   "before",      "within", "all_of",
                                         "any_of",  "none_of",     "count",  "at_least",
                                         "at_most", "seen_through"};
    const apd_ynode *n = apd_yaml_get(c->map, "order");
    refuse(c, "order", others, sizeof others / sizeof *others);
    load_selections(c, "order", &c->rel->order, &c->rel->norder);
    if (n->kind == APD_Y_SCALAR || (n->kind == APD_Y_LIST && n->n == 1))
        apd_load_error(c->l, n, "'order' needs at least two selections");
}

static void load_count(relation_ctx *c)
{
    static const char *const others[] = {"after",  "before",  "all_of",
                                         "any_of", "none_of", "seen_through"};
    apd_relation *r = c->rel;
    const apd_ynode *n = apd_yaml_get(c->map, "count");
    apd_str name;
    refuse(c, "count", others, sizeof others / sizeof *others);
    if (apd_load_scalar(c->l, n, "count", &name))
        r->count = resolve(c, n, 0, name);
    apd_load_number(c->l, c->map, "at_least", 1, UINT32_MAX - 1, &r->at_least);
    apd_load_number(c->l, c->map, "at_most", 0, UINT32_MAX - 1, &r->at_most);
    load_within(c);
    if (!apd_yaml_get(c->map, "at_least") && !apd_yaml_get(c->map, "at_most"))
        apd_load_error(c->l, n, "'count' needs 'at_least' or 'at_most'");
    if (r->at_least > r->at_most)
        apd_load_error(c->l, n, "'at_least' is more than 'at_most'");
}

/* Adds the logs that a selection reads to a set of aliases; traces tell nothing by silence. */
static void add_logs(const relation_ctx *c, uint32_t selection, bool *seen)
{
    const apd_selection *s = &c->l->set->selections[selection];
    for (size_t i = 0; i < s->nalts; i++)
        for (size_t k = 0; k < s->alts[i].naliases; k++)
            if (!apd_alias_is_trace(c->l->set, c->l->names, s->alts[i].aliases[k]))
                seen[s->alts[i].aliases[k]] = true;
}

/* Without `seen_through`: every log whose silence the window speaks of. */
static void default_seen_through(relation_ctx *c)
{
    apd_relation *r = c->rel;
    const apd_rules *set = c->l->set;
    size_t n = set->naliases, got = 0;
    bool *seen = n ? apd_load_scratch(c->l, n, sizeof *seen) : NULL;
    uint16_t *out = n ? apd_load_new(c->l, n, sizeof *out) : NULL;
    if (!seen || !out)
        return;
    for (size_t i = 0; i < r->nall_of; i++)
        add_logs(c, r->all_of[i], seen);
    for (size_t i = 0; i < r->nany_of; i++)
        add_logs(c, r->any_of[i], seen);
    for (size_t i = 0; i < r->nnone_of; i++)
        add_logs(c, r->none_of[i], seen);
    for (size_t i = 0; i < n; i++)
        if (seen[i])
            out[got++] = (uint16_t)i;
    r->seen_through = out;
    r->nseen_through = got;
}

static void load_window(relation_ctx *c)
{
    static const char *const others[] = {"at_least", "at_most"};
    apd_relation *r = c->rel;
    refuse(c, "after and before", others, 2);
    load_anchor(c, "after", &r->after, &r->after_pick);
    load_anchor(c, "before", &r->before, &r->before_pick);
    load_within(c);
    load_selections(c, "all_of", &r->all_of, &r->nall_of);
    load_selections(c, "any_of", &r->any_of, &r->nany_of);
    load_selections(c, "none_of", &r->none_of, &r->nnone_of);
    const apd_ynode *none = apd_yaml_get(c->map, "none_of");
    if (!none && !apd_yaml_get(c->map, "all_of") && !apd_yaml_get(c->map, "any_of"))
        apd_load_error(c->l, c->map, "a window needs 'all_of', 'any_of' or 'none_of'");
    if (none && !apd_yaml_get(c->map, "within") && !apd_yaml_get(c->map, "before"))
        apd_load_error(c->l, none->key, "'none_of' needs an end: 'within' or 'before'");
    const apd_ynode *seen = apd_yaml_get(c->map, "seen_through");
    if (seen)
        apd_load_aliases(c->l, seen, "seen_through", &r->seen_through, &r->nseen_through);
    else
        default_seen_through(c);
}

static void load_form(relation_ctx *c)
{
    static const char *const sames[] = {"attempt", "boot", "user", "app"};
    int same = 0;
    apd_load_enum(c->l, c->map, "same", sames, 4, &same);
    c->rel->same = (apd_same)(APD_SAME_ATTEMPT + same);
    if (apd_yaml_get(c->map, "differ"))
        apd_load_differ(c->l, c->map, c->rule, c->rel);
    else if (apd_yaml_get(c->map, "order"))
        load_order(c);
    else if (apd_yaml_get(c->map, "count"))
        load_count(c);
    else if (apd_yaml_get(c->map, "after") || apd_yaml_get(c->map, "before"))
        load_window(c);
    else
        apd_load_error(c->l, c->map,
                       "a relation needs 'order', 'after', 'before', 'count' or 'differ'");
}

static void load_relation(apd_load *l, const apd_ynode *value, uint32_t rule)
{
    apd_relation rel = {.name = value->key->text,
                        .rule = rule,
                        .at = value->key->at,
                        .after = UINT32_MAX,
                        .before = UINT32_MAX,
                        .count = UINT32_MAX,
                        .at_most = UINT32_MAX,
                        .same = APD_SAME_ATTEMPT};
    const apd_rule *r = &l->rules.at[rule];
    if (!apd_load_is_name(rel.name))
        apd_load_error(l, value->key,
                       "'%.*s' cannot name a relation: letters, digits and '_', and no word of "
                       "the expressions",
                       APD_FMT(apd_clip(rel.name)));
    if (apd_scope_selection(l->set, r, rel.name) != UINT32_MAX)
        apd_load_error(l, value->key, "'%.*s' is a selection already", APD_FMT(apd_clip(rel.name)));
    relation_ctx c = {l, r, value, &rel};
    if (apd_load_map(l, value, "a relation", relation_keys,
                     sizeof relation_keys / sizeof *relation_keys))
        load_form(&c);
    APD_LOAD_PUSH(l, l->arena, l->relations, rel);
}

void apd_load_timeline(apd_load *l, const apd_ynode *map, uint32_t rule)
{
    if (map->kind != APD_Y_MAP || map->n == 0) {
        if (map->kind != APD_Y_BAD)
            apd_load_error(l, map, "'timeline' must be a map of named relations");
        return;
    }
    for (const apd_ynode *c = map->child; c; c = c->next)
        load_relation(l, c, rule);
}
