/* `gaps:` of a milestone file: how long may pass between two milestones. */
#include "load.h"

enum { ANY = 5 };

static bool load_edges(apd_load *l, const apd_ynode *map, unsigned *out)
{
    static const char *const names[] = {"start", "success", "failure", "end", "later", "any"};
    static const unsigned bits[] = {
        [0] = 1u << APD_EDGE_START,    [1] = 1u << APD_EDGE_SUCCESS,
        [2] = 1u << APD_EDGE_FAILURE,  [3] = 1u << APD_EDGE_SUCCESS | 1u << APD_EDGE_FAILURE,
        [4] = ~(1u << APD_EDGE_START), [ANY] = ~0u};
    int edge = ANY;
    bool ok = apd_load_enum(l, map, "edge", names, sizeof names / sizeof *names, &edge);
    *out = bits[edge];
    return ok;
}

static void load_end(apd_load *l, const apd_ynode *map, apd_gap_end *out)
{
    static const apd_key_spec keys[] = {{"phase", true}, {"part", false}, {"edge", false}};
    out->part = APD_LIT("");
    if (!apd_load_map(l, map, "a milestone", keys, sizeof keys / sizeof *keys) ||
        !apd_load_text(l, map, "phase", &out->phase) ||
        !apd_load_text(l, map, "part", &out->part) || !load_edges(l, map, &out->edges))
        return;
    out->any_part = apd_eq(out->part, APD_LIT("*"));
    const apd_ynode *phase = apd_yaml_get(map, "phase");
    if (phase)
        apd_load_check_phase(l, phase, out->phase);
}

static void load_gap(apd_load *l, const apd_ynode *map)
{
    static const apd_key_spec keys[] = {
        {"after", false}, {"until", false}, {"within", true}, {"scenario", false}, {"say", true}};
    apd_gap_rule g = {.name = map->key->text};
    const apd_ynode *after = apd_yaml_get(map, "after"), *until = apd_yaml_get(map, "until");
    if (!apd_load_map(l, map, "a gap", keys, sizeof keys / sizeof *keys) ||
        !apd_load_span(l, map, "within", &g.within) || !apd_load_text(l, map, "say", &g.say) ||
        !apd_load_texts(l, map, "scenario", &g.scenarios, &g.nscenarios))
        return;
    if (!after != !until)
        apd_load_error(
            l, map, "'after' and 'until' go together; without them any two milestones are meant");
    g.quiet = !after;
    if (after)
        load_end(l, after, &g.after);
    if (until)
        load_end(l, until, &g.until);
    APD_LOAD_PUSH(l, l->arena, l->gaps, g);
}

void apd_load_gaps(apd_load *l, const apd_ynode *map)
{
    if (map->kind != APD_Y_MAP)
        apd_load_error(l, map, "'gaps' must be a map from names to thresholds");
    for (const apd_ynode *c = map->kind == APD_Y_MAP ? map->child : NULL; c; c = c->next)
        load_gap(l, c);
}
