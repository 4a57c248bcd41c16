#include "yamltree.h"

#include <stdio.h>
#include <yaml.h>

#include "clock.h"
#include "limits.h"
#include "out.h"

typedef struct loader {
    apd_arena *arena;
    const char *path;
    yaml_parser_t yaml;
    yaml_event_t ev;
} loader;

static void next(loader *l)
{
    yaml_event_delete(&l->ev);
    if (!yaml_parser_parse(&l->yaml, &l->ev))
        mk_die("%s:%zu: %s", l->path, l->yaml.problem_mark.line + 1,
               l->yaml.problem ? l->yaml.problem : "not YAML");
}

static apd_str scalar_text(loader *l)
{
    if (l->ev.type != YAML_SCALAR_EVENT)
        mk_die("%s:%zu: a key must be a text", l->path, l->ev.start_mark.line + 1);
    return apd_strdup_a(
        l->arena, apd_str_from((const char *)l->ev.data.scalar.value, l->ev.data.scalar.length));
}

static bool has_anchor_or_tag(const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT:
        return e->data.scalar.anchor || e->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return e->data.sequence_start.anchor || e->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return e->data.mapping_start.anchor || e->data.mapping_start.tag;
    default:
        return e->type == YAML_ALIAS_EVENT;
    }
}

static mk_node *read_node(loader *l, int depth);

static void read_members(loader *l, mk_node *n, int depth)
{
    bool map = n->kind == MK_MAP;
    mk_node **tail = &n->first;
    for (next(l); l->ev.type != (map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT); next(l)) {
        apd_str key = {0};
        if (map) {
            key = scalar_text(l);
            for (const mk_node *m = n->first; m; m = m->next)
                if (apd_eq(m->key, key))
                    mk_die("%s:%zu: the key %.*s is there twice", l->path,
                           l->ev.start_mark.line + 1, APD_FMT(key));
            next(l);
        }
        *tail = read_node(l, depth + 1);
        (*tail)->key = key;
        tail = &(*tail)->next;
    }
}

static mk_node *read_node(loader *l, int depth)
{
    mk_node *n = APD_NEW(l->arena, mk_node);
    if (!n)
        mk_die("%s: out of memory", l->path);
    n->line = (unsigned)l->ev.start_mark.line + 1;
    n->file = l->path;
    if (depth > APD_MAX_RULE_DEPTH)
        mk_die_at(n, "nested too deep");
    if (has_anchor_or_tag(&l->ev))
        mk_die_at(n, "anchors, aliases and tags are not used here");
    if (l->ev.type == YAML_SCALAR_EVENT) {
        n->kind = MK_SCALAR;
        n->text = scalar_text(l);
        n->plain = l->ev.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    } else if (l->ev.type == YAML_MAPPING_START_EVENT || l->ev.type == YAML_SEQUENCE_START_EVENT) {
        n->kind = l->ev.type == YAML_MAPPING_START_EVENT ? MK_MAP : MK_SEQ;
        read_members(l, n, depth);
    } else {
        mk_die_at(n, "a value is expected here");
    }
    return n;
}

mk_node *mk_yaml_load(apd_arena *a, const char *path)
{
    apd_str kept = apd_strdup_a(a, apd_str_of(path));
    loader l = {.arena = a, .path = kept.ptr};
    FILE *f = fopen(path, "rb");
    if (!f)
        mk_die("%s: cannot be opened", path);
    if (!yaml_parser_initialize(&l.yaml))
        mk_die("out of memory");
    yaml_parser_set_input_file(&l.yaml, f);
    do
        next(&l);
    while (l.ev.type == YAML_STREAM_START_EVENT || l.ev.type == YAML_DOCUMENT_START_EVENT);
    if (l.ev.type == YAML_STREAM_END_EVENT)
        mk_die("%s: is empty", path);
    mk_node *root = read_node(&l, 0);
    if (root->kind != MK_MAP)
        mk_die_at(root, "the file must be a map");
    yaml_event_delete(&l.ev);
    yaml_parser_delete(&l.yaml);
    fclose(f);
    return root;
}

const mk_node *mk_get(const mk_node *map, const char *key)
{
    if (map && map->kind != MK_MAP)
        mk_die_at(map, "a map with the key %s is expected here", key);
    for (const mk_node *m = map ? map->first : NULL; m; m = m->next)
        if (apd_eq(m->key, apd_str_of(key)))
            return m;
    return NULL;
}

apd_str mk_get_text(const mk_node *map, const char *key, const char *otherwise)
{
    const mk_node *n = mk_get(map, key);
    if (!n)
        return apd_str_of(otherwise);
    if (n->kind != MK_SCALAR)
        mk_die_at(n, "%s must be one text", key);
    return n->text;
}

uint64_t mk_get_number(const mk_node *map, const char *key, uint64_t otherwise)
{
    const mk_node *n = mk_get(map, key);
    uint64_t v = otherwise;
    bool negative = false;
    if (n && (n->kind != MK_SCALAR || !apd_parse_int(n->text, &v, &negative)))
        mk_die_at(n, "%s must be a number", key);
    return v;
}

int64_t mk_get_span(const mk_node *map, const char *key, int64_t otherwise)
{
    const mk_node *n = mk_get(map, key);
    int64_t ticks = otherwise;
    if (n && (n->kind != MK_SCALAR || !apd_span_parse(n->text, &ticks)))
        mk_die_at(n, "%s must be a span such as 90s or 1h30m", key);
    return ticks;
}

void mk_die_at(const mk_node *n, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    mk_die("%s:%u: %s", n->file, n->line, text);
}

void mk_only_keys(const mk_node *map, const char *const *keys)
{
    for (const mk_node *m = map ? map->first : NULL; m; m = m->next) {
        size_t i = 0;
        while (keys[i] && !apd_eq(m->key, apd_str_of(keys[i])))
            i++;
        if (!keys[i])
            mk_die_at(m, "the key %.*s is not known here", APD_FMT(m->key));
    }
}
