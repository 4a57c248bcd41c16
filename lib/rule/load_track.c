/* Tracker files: which records tell the model what (note.h), and the tests of it. */
#include "load.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const track_keys[] = {"note", "take", "fields", "set", "each", "versions"};

static bool is_track_key(apd_str key)
{
    for (size_t i = 0; i < COUNT(track_keys); i++)
        if (apd_eq(key, apd_str_of(track_keys[i])))
            return true;
    return false;
}

/* Index of a value that the verb has, SIZE_MAX after a note. */
static size_t load_value_name(apd_load *l, apd_verb verb, apd_mark_at at, apd_str name)
{
    size_t i = apd_verb_value(verb, name);
    if (i != SIZE_MAX)
        return i;
    apd_near near = apd_near_to(l, name);
    for (const char *const *v = apd_verb_at(verb)->values; *v; v++)
        apd_near_try(&near, apd_str_of(*v));
    apd_load_note_at(l, true, at, "'%.*s' is no value of a '%s' note%s", APD_FMT(apd_clip(name)),
                     apd_verb_at(verb)->name, apd_near_hint(l, &near));
    return SIZE_MAX;
}

/* The names of the groups of a pattern as bits of values. */
static uint32_t group_values(apd_load *l, apd_verb verb, const apd_ynode *n)
{
    uint32_t values = 0;
    for (apd_str rest = n->text;;) {
        size_t at = apd_find(rest, APD_LIT("(?<"));
        if (at == SIZE_MAX)
            return values;
        rest = apd_sub(rest, at + 3, rest.len);
        size_t end = apd_find(rest, APD_LIT(">"));
        if (rest.len == 0 || end == SIZE_MAX || rest.ptr[0] == '=' || rest.ptr[0] == '!')
            continue;
        size_t value = load_value_name(l, verb, apd_yaml_at(n, (size_t)(rest.ptr - n->text.ptr)),
                                       apd_sub(rest, 0, end));
        if (value != SIZE_MAX)
            values |= UINT32_C(1) << value;
    }
}

static uint32_t load_pattern(apd_load *l, const apd_ynode *n)
{
    apd_pattern p = {.text = n->text, .at = n->at};
    APD_LOAD_PUSH(l, l->arena, l->patterns, p);
    return (uint32_t)l->patterns.n - 1;
}

/* `take:` a map from fields to patterns. Returns the values that the patterns name. */
static uint32_t load_takes(apd_load *l, const apd_ynode *map, apd_track *t)
{
    uint32_t values = 0;
    if (map->kind != APD_Y_MAP || map->n == 0) {
        apd_load_error(l, map, "'take' is a map from fields to patterns with named groups");
        return 0;
    }
    apd_take *takes = apd_load_new(l, map->n, sizeof *takes);
    for (const apd_ynode *c = map->child; takes && c; c = c->next) {
        apd_str text;
        if (!apd_load_scalar(l, c, "take", &text) ||
            !apd_load_target(l, c->key, c->key->text, &takes[t->ntakes].from))
            continue;
        takes[t->ntakes++].pattern = load_pattern(l, c);
        values |= group_values(l, t->verb, c); /* a pattern without a group only has to match */
    }
    if (takes && !values)
        apd_load_error(l, map->child, "the pattern has no named group: (?<id>...)");
    t->takes = takes;
    return values;
}

/* `fields:` a map from values to fields. */
static uint32_t load_fields(apd_load *l, const apd_ynode *map, apd_track *t)
{
    uint32_t values = 0;
    if (map->kind != APD_Y_MAP || map->n == 0) {
        apd_load_error(l, map, "'fields' is a map from values to names of fields");
        return 0;
    }
    apd_source *sources = apd_load_new(l, map->n, sizeof *sources);
    for (const apd_ynode *c = map->child; sources && c; c = c->next) {
        size_t value = load_value_name(l, t->verb, c->key->at, c->key->text);
        apd_str name;
        if (value == SIZE_MAX || !apd_load_scalar(l, c, "fields", &name) ||
            !apd_load_target(l, c, name, &sources[t->nfields].from))
            continue;
        sources[t->nfields++].value = (uint32_t)value;
        values |= UINT32_C(1) << value;
    }
    t->fields = sources;
    return values;
}

/* `set:` a map from values to texts. */
static uint32_t load_set(apd_load *l, const apd_ynode *map, apd_track *t)
{
    uint32_t values = 0;
    if (map->kind != APD_Y_MAP || map->n == 0) {
        apd_load_error(l, map, "'set' is a map from values to texts");
        return 0;
    }
    apd_str *set = apd_load_new(l, APD_NOTE_VALUES, sizeof *set);
    for (const apd_ynode *c = map->child; set && c; c = c->next) {
        size_t value = load_value_name(l, t->verb, c->key->at, c->key->text);
        if (value == SIZE_MAX || !apd_load_scalar(l, c, "set", &set[value]))
            continue;
        values |= UINT32_C(1) << value;
    }
    t->set = set;
    return values;
}

/* `each: fields`, `each: Field.path`, or `each: {message: pattern}` whose first group is the JSON. */
static void load_each(apd_load *l, const apd_ynode *n, apd_track *t)
{
    t->array_pattern = UINT32_MAX;
    if (n->kind == APD_Y_SCALAR && apd_eq(n->text, APD_LIT("fields"))) {
        t->each = APD_EACH_FIELD;
        return;
    }
    t->each = APD_EACH_ELEMENT;
    if (n->kind == APD_Y_SCALAR) {
        apd_load_target(l, n, n->text, &t->array);
        return;
    }
    apd_str text;
    if (n->kind != APD_Y_MAP || n->n != 1 || !apd_load_scalar(l, n->child, "each", &text)) {
        apd_load_error(l, n, "'each' is 'fields', a field with a JSON array, or {field: pattern}");
        return;
    }
    apd_load_target(l, n->child->key, n->child->key->text, &t->array);
    t->array_pattern = load_pattern(l, n->child);
}

static void load_versions(apd_load *l, const apd_ynode *n, apd_track *t)
{
    apd_str text;
    if (!apd_load_scalar(l, n, "versions", &text))
        return;
    apd_str rest = text, from = apd_trim(apd_cut(&rest, '-')), to = apd_trim(rest);
    bool good = apd_find(text, APD_LIT("-")) != SIZE_MAX && (from.len || to.len) &&
                (!from.len || apd_version_parse(from, 0, &t->since)) &&
                (!to.len || apd_version_parse(to, UINT16_MAX, &t->until));
    if (!good)
        apd_load_error(l, n, "'versions' is a range such as 1.80-1.96, 1.97- or -1.96, not '%.*s'",
                       APD_FMT(apd_clip(text)));
}

static void check_needed(apd_load *l, const apd_ynode *n, apd_verb verb, uint32_t values)
{
    const apd_verb_info *info = apd_verb_at(verb);
    for (size_t i = 0; info->values[i]; i++)
        if (info->needed >> i & 1 && !(values >> i & 1))
            apd_load_error(l, n, "a '%s' note needs '%s'", info->name, info->values[i]);
}

/* Phases and edges are names too. */
static void check_phase(apd_load *l, const apd_ynode *n, const apd_track *t)
{
    static const char *const edges[] = {"seen", "start", "success", "failure"};
    apd_str phase = t->set ? t->set[APD_PHASE_NAME] : (apd_str){NULL, 0};
    apd_str edge = t->set ? t->set[APD_PHASE_EDGE] : (apd_str){NULL, 0};
    bool good = !edge.len;
    for (size_t i = 0; i < COUNT(edges); i++)
        good |= apd_eq(edge, apd_str_of(edges[i]));
    if (phase.len)
        apd_load_check_phase(l, n, phase);
    if (!good)
        apd_load_error(l, n, "'edge' is seen, start, success or failure, not '%.*s'",
                       APD_FMT(apd_clip(edge)));
}

static bool load_verb(apd_load *l, const apd_ynode *map, apd_verb *out)
{
    const apd_ynode *n = apd_yaml_get(map, "note");
    apd_str name;
    if (!n) {
        apd_load_error(l, map, "it needs 'note': what the record tells");
        return false;
    }
    if (!apd_load_scalar(l, n, "note", &name))
        return false;
    *out = apd_verb_find(name);
    if (*out != APD_NVERBS)
        return true;
    apd_near near = apd_near_to(l, name);
    for (int v = 0; v < APD_NVERBS; v++)
        apd_near_try(&near, apd_str_of(apd_verb_at((apd_verb)v)->name));
    apd_load_error(l, n, "there is no note '%.*s'%s", APD_FMT(apd_clip(name)),
                   apd_near_hint(l, &near));
    return false;
}

static void load_track(apd_load *l, const apd_ynode *map, apd_str tracker)
{
    apd_track t = {.name = map->key->text, .file = tracker, .at = map->key->at};
    if (map->kind != APD_Y_MAP) {
        apd_load_error(l, map, "'%.*s' must be a map of conditions and what they tell",
                       APD_FMT(apd_clip(t.name)));
        return;
    }
    if (!load_verb(l, map, &t.verb))
        return;
    const apd_ynode *take = apd_yaml_get(map, "take"), *fields = apd_yaml_get(map, "fields"),
                    *set = apd_yaml_get(map, "set"), *each = apd_yaml_get(map, "each"),
                    *versions = apd_yaml_get(map, "versions");
    uint32_t values = 0;
    if (take)
        values |= load_takes(l, take, &t);
    if (fields)
        values |= load_fields(l, fields, &t);
    if (set)
        values |= load_set(l, set, &t);
    if (each)
        load_each(l, each, &t);
    if (versions)
        load_versions(l, versions, &t);
    check_needed(l, map, t.verb, values);
    if (t.verb == APD_SAYS_PHASE)
        check_phase(l, map, &t);
    apd_load_tracked(l, map, is_track_key, (uint32_t)l->tracks.n);
    APD_LOAD_PUSH(l, l->arena, l->tracks, t);
}

/* --- tests --- */

static void load_expected(apd_load *l, const apd_ynode *map, apd_test_note *out)
{
    *out = (apd_test_note){.at = map->at};
    if (map->kind != APD_Y_MAP || !load_verb(l, map, &out->verb))
        return;
    for (const apd_ynode *c = map->child; c; c = c->next) {
        if (apd_eq(c->key->text, APD_LIT("note")))
            continue;
        size_t value = load_value_name(l, out->verb, c->key->at, c->key->text);
        if (value != SIZE_MAX)
            apd_load_scalar(l, c, "expect", &out->value[value]);
    }
}

/* `expect: none` or a list of notes. */
static void load_test(apd_load *l, const apd_ynode *map, apd_str tracker)
{
    apd_track_test t = {.tracker = tracker};
    apd_load_test_inputs(l, map, &t.test);
    const apd_ynode *expect = apd_yaml_get(map, "expect");
    size_t count;
    const apd_ynode *item = apd_yaml_items(expect, &count);
    if (count == 1 && item->kind == APD_Y_SCALAR && apd_eq(item->text, APD_LIT("none")))
        count = 0;
    apd_test_note *notes = count ? apd_load_new(l, count, sizeof *notes) : NULL;
    for (size_t i = 0; notes && i < count; i++, item = item->next) {
        if (item->kind != APD_Y_MAP)
            apd_load_error(l, item, "a test expects notes, or 'none'");
        load_expected(l, item, &notes[i]);
    }
    t.notes = notes;
    t.nnotes = notes ? count : 0;
    APD_LOAD_PUSH(l, l->arena, l->track_tests, t);
}

void apd_load_tracker(apd_load *l, const apd_ynode *file, apd_str base)
{
    static const apd_key_spec keys[] = {
        {"tracker", true}, {"about", false}, {"notes", true}, {"tests", false}};
    apd_str name = base;
    if (!apd_load_map(l, file, "a tracker file", keys, COUNT(keys)))
        return;
    apd_load_needs_tests(l, file, "a tracker file");
    if (apd_load_text(l, file, "tracker", &name) && !apd_eq(name, base))
        apd_load_error(l, file, "the tracker of %.*s.yml is called '%.*s'", APD_FMT(apd_clip(base)),
                       APD_FMT(apd_clip(name)));
    const apd_ynode *notes = apd_yaml_get(file, "notes"), *tests = apd_yaml_get(file, "tests");
    if (notes && notes->kind != APD_Y_MAP)
        apd_load_error(l, notes, "'notes' must be a map from names to what records tell");
    for (const apd_ynode *c = notes && notes->kind == APD_Y_MAP ? notes->child : NULL; c;
         c = c->next)
        load_track(l, c, name);
    size_t count;
    const apd_ynode *item = apd_yaml_items(tests, &count);
    for (size_t i = 0; i < count; i++, item = item->next)
        load_test(l, item, name);
}
