/* Inline tests: records, facts, raw text and what is expected of them. */
#include "load.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const apd_key_spec test_keys[] = {{"name", true},   {"events", false}, {"raw", false},
                                         {"facts", false}, {"covers", false}, {"expect", true}};
static const apd_key_spec raw_keys[] = {{"log", true}, {"text", true}};
static const apd_key_spec expect_keys[] = {
    {"found", false},        {"strength", false}, {"by", false},        {"say", false},
    {"contradicted", false}, {"rather", false},   {"diagnosis", false}, {"considered", false}};

/* Everything of a test event that is no field of the record. */
static const char *const event_keys[] = {"at",      "log",           "EventID",
                                         "message", "Provider_Name", "Channel",
                                         "Level",   "clock",         "EventRecordID"};

static bool is_event_key(apd_str key)
{
    for (size_t i = 0; i < COUNT(event_keys); i++)
        if (apd_eq(key, apd_str_of(event_keys[i])))
            return true;
    return false;
}

/* The names a record of the alias carries: the first ones that names.yml gives. */
static void alias_names(const apd_load *l, size_t alias, apd_sym *provider, apd_sym *log)
{
    const apd_alias *a = &l->set->aliases[alias];
    const apd_alias_row *row = a->nrows ? &a->rows[0] : NULL;
    if (!row)
        return;
    *provider = row->nproviders ? row->providers[0] : 0;
    *log = row->nchannels ? row->channels[0] : row->nfiles ? row->files[0] : *provider;
}

/* The values of a map that are fields, as texts. */
static void load_fields(apd_load *l, const apd_ynode *map, bool (*skip)(apd_str key),
                        const apd_test_field **out, size_t *n)
{
    apd_test_field *fields = map->n ? apd_load_new(l, map->n, sizeof *fields) : NULL;
    if (!fields)
        return;
    for (const apd_ynode *c = map->child; c; c = c->next) {
        if (skip && skip(c->key->text))
            continue;
        if (c->kind != APD_Y_SCALAR) {
            if (c->kind != APD_Y_BAD)
                apd_load_error(l, c, "the field '%.*s' takes a text (JSON goes into quotes)",
                               APD_FMT(apd_clip(c->key->text)));
            continue;
        }
        apd_test_field *f = &fields[*n];
        f->name = apd_load_sym(l, c->key, c->key->text);
        f->text = c->text;
        f->is_null = apd_yaml_null(c);
        f->at = c->key->at;
        *n += f->name != 0;
    }
    *out = fields;
}

static void load_name(apd_load *l, const apd_ynode *map, const char *key, apd_sym *out)
{
    apd_str text = {NULL, 0};
    if (apd_load_text(l, map, key, &text) && text.len)
        *out = apd_load_sym(l, apd_yaml_get(map, key), text);
}

static void load_event(apd_load *l, const apd_ynode *map, apd_test_event *ev)
{
    static const char *const clocks[] = {"utc", "local"};
    *ev = (apd_test_event){.mark = map->at, .message = APD_LIT("")};
    if (map->kind != APD_Y_MAP) {
        if (map->kind != APD_Y_BAD)
            apd_load_error(l, map, "an event of a test must be a map");
        return;
    }
    const apd_ynode *log = apd_yaml_get(map, "log");
    size_t alias = log ? apd_load_alias(l, log) : SIZE_MAX;
    uint32_t level = 4, record = 0;
    int clock = 0;
    if (!log)
        apd_load_error(l, map, "an event of a test needs 'log'");
    if (alias != SIZE_MAX) {
        ev->alias = (uint16_t)alias;
        alias_names(l, alias, &ev->provider, &ev->log);
    }
    apd_load_span(l, map, "at", &ev->at);
    apd_load_number(l, map, "EventID", 0, 65535, &ev->id);
    apd_load_number(l, map, "EventRecordID", 1, UINT32_MAX, &record);
    apd_load_number(l, map, "Level", 0, 5, &level);
    apd_load_text(l, map, "message", &ev->message);
    load_name(l, map, "Provider_Name", &ev->provider);
    load_name(l, map, "Channel", &ev->log);
    apd_load_enum(l, map, "clock", clocks, COUNT(clocks), &clock);
    ev->level = (uint8_t)level;
    ev->record = record;
    ev->clock = clock ? APD_CLOCK_LOCAL : APD_CLOCK_UTC;
    load_fields(l, map, is_event_key, &ev->fields, &ev->nfields);
}

static void load_events(apd_load *l, const apd_ynode *list, apd_rule_test *t)
{
    size_t count;
    const apd_ynode *item = apd_load_items(l, list, "events", &count);
    apd_test_event *events = count ? apd_load_new(l, count, sizeof *events) : NULL;
    for (size_t i = 0; events && i < count; i++, item = item->next)
        load_event(l, item, &events[i]);
    t->events = events;
    t->nevents = events ? count : 0;
}

static void load_raw_item(apd_load *l, const apd_ynode *map, apd_test_raw *raw)
{
    *raw = (apd_test_raw){.text = APD_LIT(""), .at = map->at};
    if (!apd_load_map(l, map, "'raw'", raw_keys, COUNT(raw_keys)))
        return;
    const apd_ynode *log = apd_yaml_get(map, "log");
    size_t alias = log ? apd_load_alias(l, log) : SIZE_MAX;
    apd_load_text(l, map, "text", &raw->text);
    if (alias == SIZE_MAX)
        return;
    const apd_alias *a = &l->set->aliases[alias];
    raw->alias = (uint16_t)alias;
    for (size_t i = 0; i < a->nrows && !raw->log; i++)
        raw->log = a->rows[i].nfiles ? a->rows[i].files[0] : 0;
    if (!raw->log)
        apd_load_error(l, log, "'raw' is text of a log file, and '%.*s' is none", APD_FMT(a->name));
}

static void load_raw(apd_load *l, const apd_ynode *list, apd_rule_test *t)
{
    size_t count;
    const apd_ynode *item = apd_load_items(l, list, "raw", &count);
    apd_test_raw *raw = count ? apd_load_new(l, count, sizeof *raw) : NULL;
    for (size_t i = 0; raw && i < count; i++, item = item->next)
        load_raw_item(l, item, &raw[i]);
    t->raw = raw;
    t->nraw = raw ? count : 0;
}

static void load_fact(apd_load *l, const apd_ynode *key, const apd_ynode *n, apd_test_fact *f)
{
    *f = (apd_test_fact){.name = apd_load_sym(l, key, key->text), .at = key->at};
    f->is_null = apd_yaml_null(n);
    if (n->kind == APD_Y_MAP)
        load_fields(l, n, NULL, &f->fields, &f->nfields);
    else if (!f->is_null && n->kind != APD_Y_BAD)
        apd_load_error(l, n, "the fact '%.*s' takes a map of values, a list of such maps, or null",
                       APD_FMT(apd_clip(key->text)));
}

static void load_facts(apd_load *l, const apd_ynode *map, apd_rule_test *t)
{
    if (map->kind != APD_Y_MAP || map->n == 0) {
        if (map->kind != APD_Y_BAD)
            apd_load_error(l, map, "'facts' must be a map from names to maps of values");
        return;
    }
    APD_VEC(apd_test_fact) facts = {0};
    for (const apd_ynode *c = map->child; c; c = c->next) {
        size_t count;
        const apd_ynode *item = apd_load_items(l, c, "facts", &count);
        apd_load_check_fact(l, c->key, c->key->text);
        for (; count; count--, item = item->next) {
            apd_test_fact f;
            load_fact(l, c->key, item, &f);
            APD_LOAD_PUSH(l, l->arena, facts, f);
        }
    }
    t->facts = facts.at;
    t->nfacts = facts.n;
}

static void load_cover(apd_load *l, const apd_ynode *n, apd_test_cover *c)
{
    size_t alias = apd_load_alias(l, n->key);
    c->at = n->key->at;
    if (alias != SIZE_MAX) {
        c->alias = (uint16_t)alias;
        alias_names(l, alias, &c->provider, &c->log);
    }
    bool two = n->kind == APD_Y_LIST && n->n == 2 && n->child->kind == APD_Y_SCALAR &&
               n->child->next->kind == APD_Y_SCALAR;
    if (!two || !apd_span_parse(n->child->text, &c->from) ||
        !apd_span_parse(n->child->next->text, &c->to) || c->from > c->to)
        apd_load_error(l, n, "a log covers [from, to], two durations such as [0s, 30m]");
}

static void load_covers(apd_load *l, const apd_ynode *map, apd_rule_test *t)
{
    if (map->kind != APD_Y_MAP || map->n == 0) {
        if (map->kind != APD_Y_BAD)
            apd_load_error(l, map, "'covers' must be a map from logs to [from, to]");
        return;
    }
    apd_test_cover *covers = apd_load_new(l, map->n, sizeof *covers);
    size_t n = 0;
    for (const apd_ynode *c = map->child; covers && c; c = c->next)
        load_cover(l, c, &covers[n++]);
    t->covers = covers;
    t->ncovers = n;
}

/* --- expect --- */

static bool is_cause(const apd_rules *set, const apd_rule *r, apd_str id)
{
    const apd_family *f = r->family == UINT32_MAX ? NULL : &set->families[r->family];
    for (uint32_t i = 0; f && i < f->count; i++)
        if (apd_eq(set->rules[f->first + i].id, id))
            return true;
    return false;
}

/* Does the rule, or any cause of its family, name the id as a look-alike? Read from the tree, since
 * the other causes have not been loaded yet. */
static bool is_look_alike(const apd_load *l, uint32_t rule, apd_str id)
{
    for (size_t i = rule; i < l->src.n && l->set->rules[i].scope == rule; i++) {
        size_t count;
        const apd_ynode *d = apd_yaml_items(apd_yaml_get(l->src.at[i].map, "differential"), &count);
        for (; count; count--, d = d->next) {
            const apd_ynode *n = apd_yaml_get(d, "rule");
            if (n && apd_eq(n->text, id))
                return true;
        }
    }
    return false;
}

static void check_by(apd_load *l, const apd_rule *r, const apd_ynode *map)
{
    size_t count;
    const apd_ynode *n = apd_yaml_items(apd_yaml_get(map, "by"), &count);
    for (; count; count--, n = n->next) {
        if (n->kind == APD_Y_SCALAR && apd_scope_selection(l->set, r, n->text) == UINT32_MAX &&
            apd_scope_relation(l->set, r, n->text) == UINT32_MAX)
            apd_scope_unknown(l, r, n->at, n->text);
    }
}

static void check_ids(apd_load *l, uint32_t rule, const apd_ynode *map)
{
    const apd_rule *r = &l->set->rules[rule];
    const apd_ynode *n = apd_yaml_get(map, "rather");
    if (n && n->kind == APD_Y_SCALAR && !is_look_alike(l, rule, n->text))
        apd_load_error(l, n, "'%.*s' is not in 'differential'", APD_FMT(apd_clip(n->text)));
    n = apd_yaml_get(map, "diagnosis");
    if (n && n->kind == APD_Y_SCALAR && !is_cause(l->set, r, n->text))
        apd_load_error(l, n, "'%.*s' is no cause of this file", APD_FMT(apd_clip(n->text)));
    size_t count;
    n = apd_yaml_items(apd_yaml_get(map, "considered"), &count);
    for (; count; count--, n = n->next)
        if (n->kind == APD_Y_SCALAR && !is_cause(l->set, r, n->text) &&
            !is_look_alike(l, rule, n->text))
            apd_load_error(l, n, "'%.*s' is neither a cause nor in 'differential'",
                           APD_FMT(apd_clip(n->text)));
}

static void load_expect(apd_load *l, uint32_t rule, const apd_ynode *map, apd_test_expect *e)
{
    static const char *const truths[] = {"false", "unknown", "true"}; /* as apd_truth */
    static const char *const bools[] = {"false", "true"};
    int found = -1;
    *e = (apd_test_expect){.strength = -1, .contradicted = -1, .at = map->at};
    e->say = e->rather = e->diagnosis = APD_LIT("");
    if (!apd_load_map(l, map, "'expect'", expect_keys, COUNT(expect_keys)))
        return;
    bool good = apd_load_enum(l, map, "found", truths, COUNT(truths), &found);
    apd_load_enum(l, map, "strength", apd_strength_names, 3, &e->strength);
    apd_load_enum(l, map, "contradicted", bools, COUNT(bools), &e->contradicted);
    apd_load_texts(l, map, "by", &e->by, &e->nby);
    apd_load_text(l, map, "say", &e->say);
    apd_load_text(l, map, "rather", &e->rather);
    apd_load_text(l, map, "diagnosis", &e->diagnosis);
    apd_load_texts(l, map, "considered", &e->considered, &e->nconsidered);
    check_by(l, &l->set->rules[rule], map);
    check_ids(l, rule, map);
    e->has_found = found >= 0;
    e->found = found >= 0 ? (apd_truth)found : APD_TRUE;
    if (good && !e->has_found && !apd_yaml_get(map, "diagnosis"))
        apd_load_error(l, map, "'expect' needs 'found' or 'diagnosis'");
    if (e->has_found && e->found != APD_TRUE && e->diagnosis.len)
        apd_load_error(l, apd_yaml_get(map, "diagnosis"), "a diagnosis means 'found: true'");
}

void apd_load_test_inputs(apd_load *l, const apd_ynode *map, apd_rule_test *t)
{
    *t = (apd_rule_test){.name = APD_LIT(""), .at = map->at};
    t->expect = (apd_test_expect){.strength = -1, .contradicted = -1, .at = map->at};
    if (!apd_load_map(l, map, "a test", test_keys, COUNT(test_keys)))
        return;
    const apd_ynode *events = apd_yaml_get(map, "events"), *raw = apd_yaml_get(map, "raw"),
                    *facts = apd_yaml_get(map, "facts"), *covers = apd_yaml_get(map, "covers");
    apd_load_text(l, map, "name", &t->name);
    if (events)
        load_events(l, events, t);
    if (raw)
        load_raw(l, raw, t);
    if (facts)
        load_facts(l, facts, t);
    if (covers)
        load_covers(l, covers, t);
}

static void load_test(apd_load *l, uint32_t rule, const apd_ynode *map, apd_rule_test *t)
{
    apd_load_test_inputs(l, map, t);
    const apd_ynode *expect = apd_yaml_get(map, "expect");
    if (expect)
        load_expect(l, rule, expect, &t->expect);
}

void apd_load_tests(apd_load *l, uint32_t rule, const apd_ynode *list)
{
    size_t count;
    const apd_ynode *item = apd_load_items(l, list, "tests", &count);
    apd_rule_test *tests = count ? apd_load_new(l, count, sizeof *tests) : NULL;
    if (!tests)
        return;
    bool found = false, not_found = false;
    size_t errors = l->errors;
    for (size_t i = 0; i < count; i++, item = item->next) {
        load_test(l, rule, item, &tests[i]);
        const apd_test_expect *e = &tests[i].expect;
        found |= e->diagnosis.len || (e->has_found && e->found == APD_TRUE);
        not_found |= e->has_found && e->found == APD_FALSE;
    }
    apd_rule *r = &l->set->rules[rule];
    r->tests = tests;
    r->ntests = count;
    bool readable = l->errors == errors;
    if (readable && !found)
        apd_load_error(l, list, "no test expects 'found: true'");
    if (readable && !not_found)
        apd_load_error(l, list, "no test expects 'found: false'");
}
