/* Selections: a map of conditions, or a list of such maps of which any may hold. */
#include "load.h"

/* Keys of a selection that are no conditions; a tracker has more of them. */
typedef bool (*skip_fn)(apd_str key);

static bool is_condition(const apd_ynode *value, skip_fn skip)
{
    static const char *const others[] = {"log", "fact", "show", "about"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (apd_eq(value->key->text, apd_str_of(others[i])))
            return false;
    return !skip || !skip(value->key->text);
}

static void load_conditions(apd_load *l, const apd_ynode *map, bool fact, skip_fn skip,
                            apd_alt *alt)
{
    apd_cond *conds = apd_load_new(l, map->n, sizeof *conds);
    if (!conds)
        return;
    for (const apd_ynode *c = map->child; c; c = c->next)
        if (is_condition(c, skip) && apd_load_cond(l, c, fact, &conds[alt->nconds]))
            alt->nconds++;
    alt->conds = conds;
}

/* What the selection reads: records of logs, or a fact. */
static void load_source(apd_load *l, const apd_ynode *map, skip_fn skip, apd_alt *alt)
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
        conditions |= is_condition(c, skip);
    if (log && !fact && !conditions)
        apd_load_error(l, map, "a selection needs a condition besides 'log'");
}

/* A selection has one phrase, in whichever of its maps it stands. */
static void load_about(apd_load *l, const apd_ynode *map, apd_str *about)
{
    const apd_ynode *n = apd_yaml_get(map, "about");
    if (n && about->len)
        apd_load_error(l, n, "a selection has one 'about'; it is given twice");
    else
        (void)apd_load_text(l, map, "about", about);
}

static void load_alt(apd_load *l, const apd_ynode *map, skip_fn skip, apd_alt *alt, apd_str *about)
{
    alt->show = APD_LIT("");
    if (map->kind != APD_Y_MAP || map->n == 0) {
        if (map->kind != APD_Y_BAD)
            apd_load_error(l, map, "a selection must be a map of conditions, or a list of maps");
        return;
    }
    load_about(l, map, about);
    load_source(l, map, skip, alt);
    load_conditions(l, map, apd_yaml_get(map, "fact") != NULL, skip, alt);
    if (apd_load_text(l, map, "show", &alt->show) && alt->show.len)
        apd_check_template(l, NULL, apd_yaml_get(map, "show"));
}

static void load_selection(apd_load *l, const apd_ynode *value, uint32_t rule)
{
    apd_selection s = {.name = value->key->text,
                       .about = APD_LIT(""),
                       .rule = rule,
                       .track = APD_NO_TRACK,
                       .at = value->key->at};
    if (!apd_load_is_name(s.name))
        apd_load_error(l, value->key,
                       "'%.*s' cannot name a selection: letters, digits and '_', and no word of "
                       "the expressions",
                       APD_FMT(apd_clip(s.name)));
    size_t count;
    const apd_ynode *item = apd_load_items(l, value, "events", &count);
    apd_alt *alts = count ? apd_load_new(l, count, sizeof *alts) : NULL;
    for (size_t i = 0; alts && i < count; i++, item = item->next)
        load_alt(l, item, NULL, &alts[i], &s.about);
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

void apd_load_tracked(apd_load *l, const apd_ynode *map, bool (*skip)(apd_str key), uint32_t track)
{
    apd_selection s = {.name = map->key->text,
                       .about = APD_LIT(""),
                       .rule = UINT32_MAX,
                       .track = track,
                       .at = map->key->at,
                       .used = true};
    apd_alt *alts = apd_load_new(l, 1, sizeof *alts);
    if (!alts)
        return;
    load_alt(l, map, skip, alts, &s.about);
    s.alts = alts;
    s.nalts = 1;
    APD_LOAD_PUSH(l, l->arena, l->selections, s);
}
