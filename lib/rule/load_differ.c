/* The relation `differ: [sel.Field, sel.Field]`: what two files say of one thing. */
#include "load.h"

/* "sel.Field"; the field's name may hold dots itself. */
static bool load_side(apd_load *l, const apd_ynode *n, const apd_rule *rule, apd_side *side)
{
    apd_str text;
    if (!apd_load_scalar(l, n, "differ", &text))
        return false;
    size_t dot = apd_find(text, APD_LIT("."));
    if (dot == SIZE_MAX || dot + 1 == text.len) {
        apd_load_error(l, n, "'differ' takes selection.Field, not '%.*s'", APD_FMT(apd_clip(text)));
        return false;
    }
    apd_str name = apd_sub(text, 0, dot);
    side->selection = apd_scope_selection(l->set, rule, name);
    if (side->selection == UINT32_MAX) {
        apd_scope_unknown(l, rule, n->at, name);
        return false;
    }
    l->set->selections[side->selection].used = true;
    side->field = apd_sym_fold(l->names, apd_load_sym(l, n, apd_sub(text, dot + 1, text.len)));
    return side->field != 0;
}

void apd_load_differ(apd_load *l, const apd_ynode *map, const apd_rule *rule, apd_relation *rel)
{
    const apd_ynode *n = apd_yaml_get(map, "differ");
    if (map->n != 1)
        apd_load_error(l, map, "'differ' stands alone");
    if (n->kind != APD_Y_LIST || n->n != 2) {
        apd_load_error(l, n, "'differ' needs two values, each selection.Field");
        return;
    }
    apd_side *sides = apd_load_new(l, 2, sizeof *sides);
    if (sides && load_side(l, n->child, rule, &sides[0]) &&
        load_side(l, n->child->next, rule, &sides[1]))
        rel->differ = sides;
}
