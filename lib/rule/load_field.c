/* Typed reading of YAML nodes. A node that is APD_Y_BAD was noted when it was read: it is passed
 * over without another word. */
#include "load.h"

static const char *kind_name(const apd_ynode *n)
{
    return n->kind == APD_Y_LIST ? "a list" : n->kind == APD_Y_MAP ? "a map" : "a text";
}

static void note_kind(apd_load *l, const apd_ynode *n, const char *what, const char *wanted)
{
    if (n->kind != APD_Y_BAD)
        apd_load_error(l, n, "'%s' must be %s, not %s", what, wanted,
                       apd_yaml_null(n) ? "empty" : kind_name(n));
}

static void check_key(apd_load *l, const apd_ynode *key, const char *what, const apd_key_spec *keys,
                      size_t nkeys)
{
    for (size_t i = 0; i < nkeys; i++)
        if (apd_eq(key->text, apd_str_of(keys[i].name)))
            return;
    apd_near near = apd_near_to(l, key->text);
    for (size_t i = 0; i < nkeys; i++)
        apd_near_try(&near, apd_str_of(keys[i].name));
    apd_load_error(l, key, "unknown key '%.*s' in %s%s", APD_FMT(apd_clip(key->text)), what,
                   apd_near_hint(l, &near));
}

bool apd_load_map(apd_load *l, const apd_ynode *n, const char *what, const apd_key_spec *keys,
                  size_t nkeys)
{
    if (n->kind != APD_Y_MAP) {
        if (n->kind != APD_Y_BAD)
            apd_load_error(l, n, "%s must be a map of keys, not %s", what,
                           apd_yaml_null(n) ? "empty" : kind_name(n));
        return false;
    }
    for (const apd_ynode *c = n->child; c; c = c->next)
        check_key(l, c->key, what, keys, nkeys);
    for (size_t i = 0; i < nkeys; i++)
        if (keys[i].needed && !apd_yaml_get(n, keys[i].name))
            apd_load_error(l, n, "%s needs '%s'", what, keys[i].name);
    return true;
}

void apd_load_needs_tests(apd_load *l, const apd_ynode *file, const char *what)
{
    if (file->kind == APD_Y_MAP && !l->untested && !apd_yaml_get(file, "tests"))
        apd_load_error(l, file, "%s needs 'tests'", what);
}

const apd_ynode *apd_load_items(apd_load *l, const apd_ynode *n, const char *key, size_t *count)
{
    const apd_ynode *items = apd_yaml_items(n, count);
    if (n->kind == APD_Y_LIST && *count == 0)
        apd_load_error(l, n, "the list '%s' is empty", key);
    return items;
}

bool apd_load_scalar(apd_load *l, const apd_ynode *n, const char *key, apd_str *out)
{
    if (n->kind != APD_Y_SCALAR) {
        note_kind(l, n, key, "a text");
        return false;
    }
    if (apd_trim(n->text).len == 0) {
        apd_load_error(l, n, "'%s' is empty", key);
        return false;
    }
    *out = n->text;
    return true;
}

bool apd_load_text(apd_load *l, const apd_ynode *map, const char *key, apd_str *out)
{
    const apd_ynode *n = apd_yaml_get(map, key);
    return !n || apd_load_scalar(l, n, key, out);
}

bool apd_load_texts(apd_load *l, const apd_ynode *map, const char *key, const apd_str **out,
                    size_t *n)
{
    const apd_ynode *list = apd_yaml_get(map, key);
    if (!list)
        return true;
    size_t count;
    const apd_ynode *item = apd_load_items(l, list, key, &count);
    apd_str *texts = count ? apd_load_new(l, count, sizeof *texts) : NULL;
    if (!texts)
        return false;
    size_t got = 0;
    for (size_t i = 0; i < count; i++, item = item->next)
        got += apd_load_scalar(l, item, key, &texts[got]);
    *out = texts;
    *n = got;
    return got == count;
}

bool apd_load_enum(apd_load *l, const apd_ynode *map, const char *key, const char *const *names,
                   size_t n, int *out)
{
    const apd_ynode *node = apd_yaml_get(map, key);
    apd_str text;
    if (!node)
        return true;
    if (!apd_load_scalar(l, node, key, &text))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (apd_eq(text, apd_str_of(names[i]))) {
            *out = (int)i;
            return true;
        }
    }
    apd_near near = apd_near_to(l, text);
    apd_buf all;
    apd_buf_init(&all, l->scratch);
    for (size_t i = 0; i < n; i++) {
        apd_near_try(&near, apd_str_of(names[i]));
        apd_buf_addf(&all, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", names[i]);
    }
    apd_str list = apd_buf_str(&all);
    apd_load_error(l, node, "'%s' is %.*s, not '%.*s'%s", key, APD_FMT(list),
                   APD_FMT(apd_clip(text)), apd_near_hint(l, &near));
    return false;
}

bool apd_load_number(apd_load *l, const apd_ynode *map, const char *key, uint32_t least,
                     uint32_t most, uint32_t *out)
{
    const apd_ynode *n = apd_yaml_get(map, key);
    apd_str text;
    uint64_t v;
    bool negative;
    if (!n)
        return true;
    if (!apd_load_scalar(l, n, key, &text))
        return false;
    if (!apd_parse_int(text, &v, &negative) || negative || v < least || v > most) {
        apd_load_error(l, n, "'%s' must be a number from %u to %u, not '%.*s'", key,
                       (unsigned)least, (unsigned)most, APD_FMT(apd_clip(text)));
        return false;
    }
    *out = (uint32_t)v;
    return true;
}

bool apd_load_span(apd_load *l, const apd_ynode *map, const char *key, int64_t *out)
{
    const apd_ynode *n = apd_yaml_get(map, key);
    apd_str text;
    if (!n)
        return true;
    if (!apd_load_scalar(l, n, key, &text))
        return false;
    if (!apd_span_parse(text, out)) {
        apd_load_error(l, n, "'%s' must be a duration such as 90s, 15m or 1h30m, not '%.*s'", key,
                       APD_FMT(apd_clip(text)));
        return false;
    }
    return true;
}

apd_sym apd_load_sym(apd_load *l, const apd_ynode *n, apd_str name)
{
    if (name.len == 0 || name.len > APD_MAX_NAME_BYTES) {
        apd_load_error(l, n, "a name has 1 to %u bytes, not %zu", APD_MAX_NAME_BYTES, name.len);
        return 0;
    }
    apd_sym s = apd_intern_add(l->names, name);
    l->failed |= s == 0;
    return s;
}

size_t apd_load_alias(apd_load *l, const apd_ynode *n)
{
    apd_str name;
    if (!apd_load_scalar(l, n, "log", &name))
        return SIZE_MAX;
    size_t i = apd_alias_find(l->set, name);
    if (i == SIZE_MAX && l->have_names) {
        apd_near near = apd_near_to(l, name);
        for (size_t k = 0; k < l->set->naliases; k++)
            apd_near_try(&near, l->set->aliases[k].name);
        apd_load_error(l, n, "unknown log '%.*s'%s", APD_FMT(apd_clip(name)),
                       near.best.ptr ? apd_near_hint(l, &near) : " (names.yml lists them)");
    }
    return i;
}

void apd_load_check_fact(apd_load *l, const apd_ynode *n, apd_str name)
{
    for (size_t i = 0; i < l->set->nfacts; i++)
        if (apd_ieq(l->set->facts[i].name, name))
            return;
    apd_near near = apd_near_to(l, name);
    for (size_t i = 0; i < l->set->nfacts; i++)
        apd_near_try(&near, l->set->facts[i].name);
    if (near.best.ptr && near.distance <= 2)
        apd_load_error(l, n, "unknown fact '%.*s'%s", APD_FMT(apd_clip(name)),
                       apd_near_hint(l, &near));
}

void apd_load_check_phase(apd_load *l, const apd_ynode *n, apd_str name)
{
    for (size_t i = 0; i < l->set->nphases; i++)
        if (apd_eq(name, l->set->phases[i]))
            return;
    if (!l->have_names)
        return;
    apd_near near = apd_near_to(l, name);
    for (size_t i = 0; i < l->set->nphases; i++)
        apd_near_try(&near, l->set->phases[i]);
    apd_load_error(l, n, "unknown phase '%.*s'%s", APD_FMT(apd_clip(name)),
                   apd_near_hint(l, &near));
}

bool apd_load_aliases(apd_load *l, const apd_ynode *n, const char *key, const uint16_t **out,
                      size_t *count)
{
    size_t items, got = 0;
    const apd_ynode *item = apd_load_items(l, n, key, &items);
    uint16_t *at = items ? apd_load_new(l, items, sizeof *at) : NULL;
    if (!at)
        return false;
    for (size_t i = 0; i < items; i++, item = item->next) {
        size_t alias = apd_load_alias(l, item);
        if (alias != SIZE_MAX)
            at[got++] = (uint16_t)alias;
    }
    *out = at;
    *count = got;
    return got == items;
}

bool apd_load_is_id(apd_str s)
{
    bool word = false; /* inside a word */
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '-' && !word)
            return false;
        if (c != '-' && !apd_is_digit(c) && !(c >= 'a' && c <= 'z'))
            return false;
        word = c != '-';
    }
    return word;
}

bool apd_load_is_name(apd_str s)
{
    static const char *const words[] = {"and", "or", "not", "of", "all", "count", "other", "them"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (apd_ieq(s, apd_str_of(words[i])))
            return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = apd_lower(s.ptr[i]);
        if (!(c >= 'a' && c <= 'z') && c != '_' && (i == 0 || !apd_is_digit(c)))
            return false;
    }
    return s.len > 0;
}
