/* Rules and families, first pass: ids, what is plain text, selections, relations. */
#include "load.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const apd_key_spec rule_keys[] = {
    {"rule", true},     {"title", true},     {"phase", true},        {"severity", true},
    {"strength", true}, {"about", false},    {"events", true},       {"timeline", false},
    {"when", true},     {"supports", false}, {"contradicts", false}, {"differential", false},
    {"masks", false},   {"say", false},      {"fix", true},          {"escalate_with", false},
    {"links", false},   {"tests", false},
};
static const apd_key_spec family_keys[] = {
    {"family", true},     {"title", true},  {"phase", true},     {"severity", true},
    {"about", false},     {"events", true}, {"timeline", false}, {"when", true},
    {"undecided", false}, {"causes", true}, {"tests", false},
};
static const apd_key_spec cause_keys[] = {
    {"rule", true},      {"title", true},        {"strength", true},       {"when", true},
    {"supports", false}, {"contradicts", false}, {"differential", false},  {"masks", false},
    {"say", false},      {"fix", false},         {"escalate_with", false}, {"links", false},
};
/* The id under a key; rules must be called like their file. Without a usable one the file's name
 * stands in, so that other rules may still refer to it. */
static apd_str load_id(apd_load *l, const apd_ynode *map, const char *key, apd_str base)
{
    const apd_ynode *n = apd_yaml_get(map, key);
    apd_str id;
    if (!n || !apd_load_scalar(l, n, key, &id))
        return base;
    if (!apd_load_is_id(id))
        apd_load_error(l, n, "'%.*s': an id is lower-case words with '-' between",
                       APD_FMT(apd_clip(id)));
    else if (base.len && !apd_eq(id, base))
        apd_load_error(l, n, "the id '%.*s' must equal the file's name, %.*s.yml",
                       APD_FMT(apd_clip(id)), APD_FMT(apd_clip(base)));
    return id;
}

static void load_phase(apd_load *l, const apd_ynode *map, apd_rule *r)
{
    const apd_ynode *n = apd_yaml_get(map, "phase");
    if (!n || !apd_load_scalar(l, n, "phase", &r->phase))
        return;
    for (size_t i = 0; i < l->set->nphases; i++) {
        if (apd_eq(l->set->phases[i], r->phase)) {
            r->phase_order = (uint32_t)i;
            return;
        }
    }
    apd_near near = apd_near_to(l, r->phase);
    for (size_t i = 0; i < l->set->nphases; i++)
        apd_near_try(&near, l->set->phases[i]);
    if (l->have_names)
        apd_load_error(l, n, "unknown phase '%.*s'%s", APD_FMT(apd_clip(r->phase)),
                       near.best.ptr ? apd_near_hint(l, &near) : " (names.yml lists them)");
}

/* What a family holds for its causes, a rule for itself. */
static void load_shared(apd_load *l, const apd_ynode *map, apd_rule *r)
{
    int severity = APD_SEV_ERROR;
    r->phase = r->about = APD_LIT("");
    load_phase(l, map, r);
    apd_load_enum(l, map, "severity", apd_severity_names, 3, &severity);
    r->severity = (apd_severity)severity;
    apd_load_text(l, map, "about", &r->about);
}

static void load_links(apd_load *l, const apd_ynode *map, apd_rule *r)
{
    const apd_ynode *n = apd_yaml_get(map, "links");
    size_t count;
    if (!n || !apd_load_texts(l, map, "links", &r->links, &r->nlinks))
        return;
    for (const apd_ynode *item = apd_yaml_items(n, &count); count; count--, item = item->next)
        if (!apd_starts(item->text, APD_LIT("https://")) &&
            !apd_starts(item->text, APD_LIT("http://")))
            apd_load_error(l, item, "a link begins with https://, not '%.*s'",
                           APD_FMT(apd_clip(item->text)));
}

/* What each rule and each cause has of its own. */
static void load_own(apd_load *l, const apd_ynode *map, apd_rule *r)
{
    int strength = APD_SUGGESTS;
    r->title = r->say = APD_LIT("");
    apd_load_text(l, map, "title", &r->title);
    apd_load_enum(l, map, "strength", apd_strength_names, 3, &strength);
    r->strength = (apd_strength)strength;
    apd_load_texts(l, map, "fix", &r->fix, &r->nfix);
    apd_load_texts(l, map, "escalate_with", &r->escalate_with, &r->nescalate);
    load_links(l, map, r);
}

/* Appends a rule that begins as a copy of what its file shares. */
static apd_rule *push_rule(apd_load *l, const apd_ynode *map, const apd_ynode *file, apd_str id,
                           const apd_rule *shared)
{
    apd_rule r = *shared;
    r.id = id;
    r.at = map->at;
    apd_rule_src src = {map, file};
    apd_rule_id entry = {id, (uint32_t)l->rules.n, UINT32_MAX};
    APD_LOAD_PUSH(l, l->scratch, l->src, src);
    APD_LOAD_PUSH(l, l->arena, l->ids, entry);
    APD_LOAD_PUSH(l, l->arena, l->rules, r);
    return l->failed ? NULL : &l->rules.at[l->rules.n - 1];
}

/* Selections and relations of a file, seen by the rules from `first` on. */
static void load_scope(apd_load *l, const apd_ynode *file, uint32_t first)
{
    const apd_ynode *events = apd_yaml_get(file, "events"),
                    *timeline = apd_yaml_get(file, "timeline");
    uint32_t sel = (uint32_t)l->selections.n, rel = (uint32_t)l->relations.n;
    if (events)
        apd_load_events(l, events, first);
    for (size_t i = first; i < l->rules.n; i++) {
        l->rules.at[i].sel_first = sel;
        l->rules.at[i].sel_count = (uint32_t)l->selections.n - sel;
    }
    apd_load_publish(l);
    if (timeline)
        apd_load_timeline(l, timeline, first);
    for (size_t i = first; i < l->rules.n; i++) {
        l->rules.at[i].rel_first = rel;
        l->rules.at[i].rel_count = (uint32_t)l->relations.n - rel;
    }
    apd_load_publish(l);
}

static void load_rule(apd_load *l, const apd_ynode *file, apd_str base)
{
    uint32_t first = (uint32_t)l->rules.n;
    apd_rule shared = {.family = UINT32_MAX, .scope = first};
    apd_load_map(l, file, "a rule", rule_keys, COUNT(rule_keys));
    apd_load_needs_tests(l, file, "a rule");
    load_shared(l, file, &shared);
    apd_rule *r = push_rule(l, file, file, load_id(l, file, "rule", base), &shared);
    if (!r)
        return;
    load_own(l, file, r);
    load_scope(l, file, first);
}

static void load_cause(apd_load *l, const apd_ynode *map, const apd_ynode *file,
                       const apd_rule *shared)
{
    if (!apd_load_map(l, map, "a cause", cause_keys, COUNT(cause_keys)))
        return;
    apd_rule *r = push_rule(l, map, file, load_id(l, map, "rule", APD_LIT("")), shared);
    if (r)
        load_own(l, map, r);
}

static void load_causes(apd_load *l, const apd_ynode *file, const apd_rule *shared)
{
    const apd_ynode *causes = apd_yaml_get(file, "causes");
    if (!causes)
        return;
    if (causes->kind != APD_Y_LIST || causes->n < 2) {
        apd_load_error(l, causes, "'causes' must be a list of at least two");
        return;
    }
    for (const apd_ynode *c = causes->child; c; c = c->next)
        load_cause(l, c, file, shared);
}

static void load_family(apd_load *l, const apd_ynode *file, apd_str base)
{
    uint32_t first = (uint32_t)l->rules.n, index = (uint32_t)l->families.n;
    apd_rule shared = {.family = index, .scope = first};
    apd_family f = {.first = first, .title = APD_LIT(""), .undecided = APD_LIT("")};
    apd_load_map(l, file, "a family", family_keys, COUNT(family_keys));
    apd_load_needs_tests(l, file, "a family");
    f.id = load_id(l, file, "family", base);
    apd_load_text(l, file, "title", &f.title);
    apd_load_text(l, file, "undecided", &f.undecided);
    load_shared(l, file, &shared);
    load_causes(l, file, &shared);
    f.count = (uint32_t)l->rules.n - first;
    apd_rule_id entry = {f.id, f.count ? first : UINT32_MAX, index};
    APD_LOAD_PUSH(l, l->arena, l->ids, entry);
    APD_LOAD_PUSH(l, l->arena, l->families, f);
    if (!l->failed && f.count)
        load_scope(l, file, first);
}

void apd_load_rule_file(apd_load *l, const apd_ynode *file, apd_str base)
{
    if (apd_yaml_get(file, "family") || apd_yaml_get(file, "causes"))
        load_family(l, file, base);
    else
        load_rule(l, file, base);
}
