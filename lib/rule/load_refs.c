/* Rules, second pass: what refers to names of the rule or to other rules. */
#include "load.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const apd_key_spec support_keys[] = {
    {"if", true}, {"weight", true}, {"say", false}, {"makes", false}};
static const apd_key_spec contradict_keys[] = {{"if", true}, {"weight", true}, {"say", false}};
static const apd_key_spec differential_keys[] = {
    {"rule", true}, {"if", false}, {"check", false}, {"say", false}};

static void load_template(apd_load *l, const apd_rule *r, const apd_ynode *map, const char *key,
                          apd_str *out)
{
    *out = APD_LIT("");
    if (apd_load_text(l, map, key, out) && out->len)
        apd_check_template(l, r, apd_yaml_get(map, key));
}

static apd_expr load_if(apd_load *l, const apd_rule *r, const apd_rule *other, const apd_ynode *map)
{
    const apd_ynode *n = apd_yaml_get(map, "if");
    if (!n)
        return (apd_expr){NULL, APD_LIT(""), map->at};
    apd_expr e = apd_load_expr(l, r, other, n);
    apd_check_expr(l, &e, NULL, "if");
    return e;
}

static void load_makes(apd_load *l, const apd_rule *r, const apd_ynode *map, int *out)
{
    const apd_ynode *n = apd_yaml_get(map, "makes");
    *out = -1;
    if (n && apd_load_enum(l, map, "makes", apd_strength_names, 3, out) && *out <= (int)r->strength)
        apd_load_error(l, n, "'makes: %s' raises nothing: the rule is '%s' without it",
                       apd_strength_names[*out], apd_strength_names[r->strength]);
}

/* supports and contradicts. */
static void load_weights(apd_load *l, const apd_rule *r, const apd_ynode *map, const char *key,
                         const apd_support **out, size_t *n)
{
    const apd_ynode *list = apd_yaml_get(map, key);
    if (!list)
        return;
    bool supports = strcmp(key, "supports") == 0;
    size_t count;
    const apd_ynode *item = apd_load_items(l, list, key, &count);
    apd_support *at = count ? apd_load_new(l, count, sizeof *at) : NULL;
    for (size_t i = 0; at && i < count; i++, item = item->next) {
        uint32_t weight = 1;
        apd_load_map(l, item, supports ? "an entry of 'supports'" : "an entry of 'contradicts'",
                     supports ? support_keys : contradict_keys,
                     supports ? COUNT(support_keys) : COUNT(contradict_keys));
        at[i].cond = load_if(l, r, NULL, item);
        apd_load_number(l, item, "weight", 1, 9, &weight);
        at[i].weight = (int)weight;
        load_template(l, r, item, "say", &at[i].say);
        load_makes(l, r, item, &at[i].makes);
    }
    *out = at;
    *n = at ? count : 0;
}

/* --- references to other rules --- */

static void note_unknown_rule(apd_load *l, const apd_ynode *n, apd_str id)
{
    apd_near near = apd_near_to(l, id);
    for (size_t i = 0; i < l->set->nids; i++)
        apd_near_try(&near, l->set->ids[i].id);
    apd_load_error(l, n, "no rule is called '%.*s'%s", APD_FMT(apd_clip(id)),
                   apd_near_hint(l, &near));
}

static void load_look_alike(apd_load *l, const apd_rule *r, const apd_ynode *map,
                            apd_differential *d)
{
    const apd_rule *other = NULL;
    const apd_rule_id *id = NULL;
    const apd_ynode *n = apd_yaml_get(map, "rule");
    d->at = map->at;
    d->rule = d->check = APD_LIT("");
    apd_load_map(l, map, "an entry of 'differential'", differential_keys, COUNT(differential_keys));
    if (n && apd_load_scalar(l, n, "rule", &d->rule)) {
        id = apd_rule_id_find(l->set, d->rule);
        if (!id)
            note_unknown_rule(l, n, d->rule);
        else if (id->rule != UINT32_MAX)
            other = &l->set->rules[id->rule];
        if (other == r)
            apd_load_error(l, n, "a rule cannot be its own look-alike");
    }
    if (other)
        d->cond = load_if(l, r, other, map);
    else
        l->file_bad[map->at.file] =
            true; /* the names of a rule that is not there cannot be looked up */
    apd_load_text(l, map, "check", &d->check);
    load_template(l, r, map, "say", &d->say);
    if (map->kind == APD_Y_MAP && !apd_yaml_get(map, "if") && !apd_yaml_get(map, "check"))
        apd_load_error(l, map, "an entry of 'differential' needs 'if' or 'check'");
}

static void load_differential(apd_load *l, apd_rule *r, const apd_ynode *map)
{
    const apd_ynode *list = apd_yaml_get(map, "differential");
    if (!list)
        return;
    size_t count;
    const apd_ynode *item = apd_load_items(l, list, "differential", &count);
    apd_differential *at = count ? apd_load_new(l, count, sizeof *at) : NULL;
    for (size_t i = 0; at && i < count; i++, item = item->next)
        load_look_alike(l, r, item, &at[i]);
    r->differential = at;
    r->ndifferential = at ? count : 0;
}

static bool masks_another(const apd_rules *set, const apd_rule *r, apd_str pattern)
{
    for (size_t i = 0; i < set->nids; i++)
        if (!apd_eq(set->ids[i].id, r->id) && apd_glob(pattern, set->ids[i].id, false))
            return true;
    return false;
}

typedef APD_VEC(apd_str) mask_list;

static void load_mask(apd_load *l, const apd_rule *r, const apd_ynode *n, mask_list *out)
{
    apd_str text;
    if (!apd_load_scalar(l, n, "masks", &text))
        return;
    if (apd_find(text, APD_LIT("*")) != SIZE_MAX) {
        if (!masks_another(l->set, r, text))
            apd_load_note_at(l, false, n->at, "'%.*s' fits no other rule", APD_FMT(apd_clip(text)));
        APD_LOAD_PUSH(l, l->arena, *out, text);
        return;
    }
    const apd_rule_id *id = apd_rule_id_find(l->set, text);
    if (!id) {
        note_unknown_rule(l, n, text);
    } else if (apd_eq(text, r->id)) {
        apd_load_error(l, n, "a rule cannot mask itself");
    } else if (id->family != UINT32_MAX) {
        const apd_family *f = &l->set->families[id->family];
        for (uint32_t i = 0; i < f->count; i++)
            APD_LOAD_PUSH(l, l->arena, *out, l->set->rules[f->first + i].id);
    } else {
        APD_LOAD_PUSH(l, l->arena, *out, text);
    }
}

static void load_masks(apd_load *l, apd_rule *r, const apd_ynode *map)
{
    const apd_ynode *list = apd_yaml_get(map, "masks");
    mask_list out = {0};
    size_t count;
    if (!list)
        return;
    for (const apd_ynode *item = apd_load_items(l, list, "masks", &count); count;
         count--, item = item->next)
        load_mask(l, r, item, &out);
    r->masks = out.at;
    r->nmasks = out.n;
}

/* A family's `when` is read with its first cause. */
static void load_when(apd_load *l, apd_rule *r, const apd_rule_src *src, bool first)
{
    apd_family *f = r->family == UINT32_MAX ? NULL : &l->set->families[r->family];
    const apd_ynode *shared = apd_yaml_get(src->file, "when"),
                    *own = apd_yaml_get(src->map, "when");
    if (f && first && shared) {
        f->when = apd_load_expr(l, r, NULL, shared);
        apd_check_expr(l, &f->when, NULL, "when");
    }
    if (own) {
        r->when = apd_load_expr(l, r, NULL, own);
        apd_check_expr(l, &r->when, f ? &f->when : NULL, "when");
    }
}

void apd_load_refs(apd_load *l, uint32_t rule)
{
    apd_rule *r = &l->set->rules[rule];
    const apd_rule_src *src = &l->src.at[rule];
    const apd_ynode *tests = apd_yaml_get(src->file, "tests");
    bool first = r->scope == rule;
    load_when(l, r, src, first);
    load_weights(l, r, src->map, "supports", &r->supports, &r->nsupports);
    load_weights(l, r, src->map, "contradicts", &r->contradicts, &r->ncontradicts);
    load_differential(l, r, src->map);
    load_masks(l, r, src->map);
    load_template(l, r, src->map, "say", &r->say);
    if (first && tests)
        apd_load_tests(l, rule, tests);
}
