/* Selections: a map of conditions, or a list of such maps of which any may hold. */
#include "load.h"

static bool is_condition(const apd_ynode *value)
{
    static const char *const others[] = {"log", "fact", "show"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (apd_eq(value->key->text, apd_str_of(others[i])))
            return false;
    return true;
}

static void load_conditions(apd_load *l, const apd_ynode *map, bool fact, apd_alt *alt)
{
    apd_cond *conds = apd_load_new(l, map->n, sizeof *conds);
    if (!conds)
        return;
    for (const apd_ynode *c = map->child; c; c = c->next)
        if (is_condition(c) && apd_load_cond(l, c, fact, &conds[alt->nconds]))
            alt->nconds++;
    alt->conds = conds;
}

/* What the selection reads: records of logs, or a fact. */
static void load_source(apd_load *l, const apd_ynode *map, apd_alt *alt)
{
    const apd_ynode *log = apd_yaml_get(map, "log"), *fact = apd_yaml_get(map, "fact");
    apd_str name;
    if (log)
        apd_load_aliases(l, log, "log", &alt->aliases, &alt->naliases);
    if (fact && apd_load_scalar(l, fact, "fact", &name)) {
        alt->fact = apd_sym_fold(l->names, apd_load_sym(l, fact, name));
        apd_load_check_fact(l, fact, name);
    }
    if (log && fact)
        apd_load_error(l, fact, "a selection reads a 'log' or a 'fact', not both");
    if (!log && !fact)
        apd_load_error(l, map, "a selection needs a 'log' or a 'fact'");
    bool conditions = false;
    for (const apd_ynode *c = map->child; c; c = c->next)
        conditions |= is_condition(c);
    if (log && !fact && !conditions)
        apd_load_error(l, map, "a selection needs a condition besides 'log'");
}

static void load_alt(apd_load *l, const apd_ynode *map, apd_alt *alt)
{
    alt->show = APD_LIT("");
    if (map->kind != APD_Y_MAP || map->n == 0) {
        if (map->kind != APD_Y_BAD)
            apd_load_error(l, map, "a selection must be a map of conditions, or a list of maps");
        return;
    }
    load_source(l, map, alt);
    load_conditions(l, map, apd_yaml_get(map, "fact") != NULL, alt);
    if (apd_load_text(l, map, "show", &alt->show) && alt->show.len)
        apd_check_template(l, NULL, apd_yaml_get(map, "show"));
}

static void load_selection(apd_load *l, const apd_ynode *value, uint32_t rule)
{
    apd_selection s = {.name = value->key->text, .rule = rule, .at = value->key->at};
    if (!apd_load_is_name(s.name))
        apd_load_error(l, value->key,
                       "'%.*s' cannot name a selection: letters, digits and '_', and no word of "
                       "the expressions",
                       APD_FMT(apd_clip(s.name)));
    size_t count;
    const apd_ynode *item = apd_load_items(l, value, "events", &count);
    apd_alt *alts = count ? apd_load_new(l, count, sizeof *alts) : NULL;
    for (size_t i = 0; alts && i < count; i++, item = item->next)
        load_alt(l, item, &alts[i]);
    s.alts = alts;
    s.nalts = alts ? count : 0;
    APD_LOAD_PUSH(l, l->arena, l->selections, s);
}

void apd_load_events(apd_load *l, const apd_ynode *map, uint32_t rule)
{
    if (map->kind != APD_Y_MAP || map->n == 0) {
        if (map->kind != APD_Y_BAD)
            apd_load_error(l, map, "'%.*s' must be a map of named selections",
                           APD_FMT(apd_clip(map->key->text)));
        return;
    }
    for (const apd_ynode *c = map->child; c; c = c->next)
        load_selection(l, c, rule);
}
