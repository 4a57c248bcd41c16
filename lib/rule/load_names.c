/* names.yml (phases, short names of logs, names of facts) and milestone files (what begins an attempt, a boot). */
#include "load.h"

/* The names under one key of an alias row, folded: provider, channel and file names differ in case
 * between Windows builds. */
static void load_syms(apd_load *l, const apd_ynode *row, const char *key, const apd_sym **out,
                      size_t *n)
{
    const apd_ynode *list = apd_yaml_get(row, key);
    if (!list)
        return;
    size_t count, got = 0;
    const apd_ynode *item = apd_load_items(l, list, key, &count);
    apd_sym *syms = count ? apd_load_new(l, count, sizeof *syms) : NULL;
    for (size_t i = 0; syms && i < count; i++, item = item->next) {
        apd_str text;
        if (!apd_load_scalar(l, item, key, &text))
            continue;
        apd_sym s = apd_load_sym(l, item, text);
        if (s)
            syms[got++] = apd_sym_fold(l->names, s);
    }
    *out = syms;
    *n = got;
}

static void load_row(apd_load *l, const apd_ynode *map, apd_alias_row *row)
{
    static const apd_key_spec keys[] = {{"provider", false}, {"channel", false}, {"file", false}};
    if (!apd_load_map(l, map, "a log", keys, sizeof keys / sizeof *keys))
        return;
    load_syms(l, map, "provider", &row->providers, &row->nproviders);
    load_syms(l, map, "channel", &row->channels, &row->nchannels);
    load_syms(l, map, "file", &row->files, &row->nfiles);
    if (map->n == 0)
        apd_load_error(l, map, "a log needs a provider, a channel or a file");
}

static void load_alias(apd_load *l, const apd_ynode *value, apd_alias *alias)
{
    alias->name = value->key->text;
    alias->at = value->key->at;
    if (!apd_load_is_id(alias->name))
        apd_load_error(l, value->key, "'%.*s': a log's short name is lower-case words with '-'",
                       APD_FMT(apd_clip(alias->name)));
    size_t count;
    const apd_ynode *item = apd_load_items(l, value, "logs", &count);
    apd_alias_row *rows = count ? apd_load_new(l, count, sizeof *rows) : NULL;
    if (!rows)
        return;
    for (size_t i = 0; i < count; i++, item = item->next)
        load_row(l, item, &rows[i]);
    alias->rows = rows;
    alias->nrows = count;
}

/* --- facts --- */

typedef APD_VEC(apd_fact_key) fact_keys;

static void load_fact_row(apd_load *l, const apd_ynode *map, fact_keys *out)
{
    static const apd_key_spec keys[] = {{"log", true}, {"key", false}};
    apd_str text = {NULL, 0};
    if (!apd_load_map(l, map, "a fact", keys, sizeof keys / sizeof *keys) ||
        !apd_load_text(l, map, "log", &text) || !text.len)
        return;
    apd_fact_key place = {.any = true};
    place.log = apd_sym_fold(l->names, apd_load_sym(l, apd_yaml_get(map, "log"), text));
    const apd_ynode *list = apd_yaml_get(map, "key");
    if (!list) {
        APD_LOAD_PUSH(l, l->arena, *out, place);
        return;
    }
    size_t count;
    const apd_ynode *item = apd_load_items(l, list, "key", &count);
    for (place.any = false; count; count--, item = item->next) {
        if (!apd_load_scalar(l, item, "key", &text))
            continue;
        place.key = apd_regkey_of(text);
        APD_LOAD_PUSH(l, l->arena, *out, place);
    }
}

/* Words with '-', put together with '.'. */
static bool is_fact_name(apd_str s)
{
    while (s.len) {
        bool more = apd_find(s, APD_LIT(".")) != SIZE_MAX;
        if (!apd_load_is_id(apd_cut(&s, '.')) || (more && s.len == 0))
            return false;
    }
    return true;
}

static void load_fact(apd_load *l, const apd_ynode *value, fact_keys *places, apd_fact *fact)
{
    fact->name = value->key->text;
    fact->at = value->key->at;
    fact->sym = apd_sym_fold(l->names, apd_load_sym(l, value->key, fact->name));
    fact->first = (uint32_t)places->n;
    if (!is_fact_name(fact->name))
        apd_load_error(l, value->key,
                       "'%.*s': a fact's name is lower-case words with '-' and '.' between",
                       APD_FMT(apd_clip(fact->name)));
    size_t count;
    const apd_ynode *item = apd_load_items(l, value, "facts", &count);
    for (; count; count--, item = item->next)
        load_fact_row(l, item, places);
    fact->count = (uint32_t)places->n - fact->first;
}

static void load_facts(apd_load *l, const apd_ynode *map)
{
    fact_keys places = {0};
    size_t n = 0;
    if (!map)
        return;
    if (map->kind != APD_Y_MAP || map->n == 0) {
        apd_load_error(l, map, "'facts' must be a map from names to where they are read");
        return;
    }
    apd_fact *facts = apd_load_new(l, map->n, sizeof *facts);
    for (const apd_ynode *c = map->child; facts && c; c = c->next)
        load_fact(l, c, &places, &facts[n++]);
    l->set->facts = facts;
    l->set->nfacts = n;
    l->set->fact_keys = places.at;
    l->set->nfact_keys = places.n;
}

void apd_load_names(apd_load *l, const apd_ynode *file)
{
    static const apd_key_spec keys[] = {{"phases", true}, {"logs", true}, {"facts", false}};
    if (!apd_load_map(l, file, "names.yml", keys, sizeof keys / sizeof *keys))
        return;
    apd_load_texts(l, file, "phases", &l->set->phases, &l->set->nphases);
    load_facts(l, apd_yaml_get(file, "facts"));
    const apd_ynode *logs = apd_yaml_get(file, "logs");
    if (!logs)
        return;
    if (logs->kind != APD_Y_MAP || logs->n == 0) {
        apd_load_error(l, logs, "'logs' must be a map from short names to logs");
        return;
    }
    apd_alias *aliases = apd_load_new(l, logs->n, sizeof *aliases);
    if (!aliases)
        return;
    size_t n = 0;
    for (const apd_ynode *c = logs->child; c; c = c->next)
        load_alias(l, c, &aliases[n++]);
    l->set->aliases = aliases;
    l->set->naliases = n;
    l->have_names = l->set->nphases > 0;
}

/* Appends the selections under a key to a list of their indices. */
static void load_starts(apd_load *l, const apd_ynode *file, const char *key, const uint32_t **out,
                        size_t *n)
{
    const apd_ynode *map = apd_yaml_get(file, key);
    if (!map)
        return;
    size_t first = l->selections.n;
    apd_load_events(l, map, UINT32_MAX);
    size_t more = l->selections.n - first;
    uint32_t *all = more ? apd_load_new(l, *n + more, sizeof *all) : NULL;
    if (!all)
        return;
    if (*n)
        memcpy(all, *out, *n * sizeof *all);
    for (size_t i = 0; i < more; i++) {
        all[*n + i] = (uint32_t)(first + i);
        l->selections.at[first + i].used = true;
    }
    *out = all;
    *n += more;
}

void apd_load_milestones(apd_load *l, const apd_ynode *file)
{
    static const apd_key_spec keys[] = {{"attempt", false}, {"boot", false}, {"gaps", false}};
    if (!apd_load_map(l, file, "a milestone file", keys, sizeof keys / sizeof *keys))
        return;
    load_starts(l, file, "attempt", &l->set->attempt_starts, &l->set->nattempt_starts);
    load_starts(l, file, "boot", &l->set->boots, &l->set->nboots);
    const apd_ynode *gaps = apd_yaml_get(file, "gaps");
    if (gaps)
        apd_load_gaps(l, gaps);
}
