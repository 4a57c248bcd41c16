/* Checks across a rule or the whole set: templates, what nothing uses, masks in a circle. */
#include "load.h"

/* The inside of the braces at `open`: `sel.Field`, `count(sel)`; in a `show` text just `Field`.
 * The place is only worked out for a note: a text may hold very many braces. */
static void check_placeholder(apd_load *l, const apd_rule *rule, const apd_ynode *n, size_t open,
                              apd_str inside)
{
    apd_str name;
    if (inside.len == 0) {
        apd_load_note_at(l, true, apd_yaml_at(n, open), "empty braces; a brace itself is '{{'");
        return;
    }
    if (!rule)
        return;
    if (apd_starts(inside, APD_LIT("count(")) && apd_ends(inside, APD_LIT(")"))) {
        name = apd_sub(inside, 6, inside.len - 7);
    } else {
        size_t dot = apd_find(inside, APD_LIT("."));
        if (dot == SIZE_MAX || dot + 1 == inside.len) {
            apd_load_note_at(l, true, apd_yaml_at(n, open),
                             "'{%.*s}' needs a field: {selection.Field} or {count(selection)}; a "
                             "brace itself is '{{'",
                             APD_FMT(apd_clip(inside)));
            return;
        }
        name = apd_sub(inside, 0, dot);
    }
    uint32_t i = apd_scope_selection(l->set, rule, name);
    if (i != UINT32_MAX)
        l->set->selections[i].used = true;
    else if (apd_scope_relation(l->set, rule, name) != UINT32_MAX)
        apd_load_note_at(l, true, apd_yaml_at(n, open),
                         "'%.*s' is a relation; only selections have records",
                         APD_FMT(apd_clip(name)));
    else
        apd_scope_unknown(l, rule, apd_yaml_at(n, open), name);
}

void apd_check_template(apd_load *l, const apd_rule *rule, const apd_ynode *n)
{
    apd_str s = n->text;
    for (size_t i = 0; i < s.len && l->notes.n < APD_MAX_PROBLEMS; i++) {
        if (s.ptr[i] != '{')
            continue;
        if (i + 1 < s.len && s.ptr[i + 1] == '{') {
            i++;
            continue;
        }
        size_t end = apd_find(apd_sub(s, i, s.len), APD_LIT("}"));
        if (end == SIZE_MAX) {
            apd_load_note_at(l, true, apd_yaml_at(n, i), "'{' without '}'; a brace itself is '{{'");
            return;
        }
        check_placeholder(l, rule, n, i, apd_sub(s, i + 1, end - 1));
        i += end;
    }
}

/* In files without other mistakes: an expression that could not be read uses nothing. */
void apd_check_unused(apd_load *l)
{
    const apd_rules *set = l->set;
    size_t n = set->nfiles;
    bool *before = n ? apd_load_scratch(l, n, sizeof *before) : NULL;
    if (!before)
        return;
    memcpy(before, l->file_bad, n * sizeof *before);
    for (size_t i = 0; i < set->nselections; i++) {
        const apd_selection *s = &set->selections[i];
        if (!s->used && !before[s->at.file])
            apd_load_note_at(l, true, s->at, "nothing uses the selection '%.*s'",
                             APD_FMT(apd_clip(s->name)));
    }
    for (size_t i = 0; i < set->nrelations; i++) {
        const apd_relation *r = &set->relations[i];
        if (!r->used && !before[r->at.file])
            apd_load_note_at(l, true, r->at, "nothing uses the relation '%.*s'",
                             APD_FMT(apd_clip(r->name)));
    }
}

/* --- circles --- */

typedef struct visit {
    uint32_t *stack; /* the path from a start to where we are */
    uint32_t *next;  /* per rule: the rule its edges are looked for from */
    uint8_t *state;  /* 0 new, 1 on the path, 2 done */
    size_t depth;
} visit;

static bool masks(const apd_rule *a, const apd_rule *b)
{
    for (size_t i = 0; i < a->nmasks; i++)
        if (apd_glob(a->masks[i], b->id, false))
            return true;
    return false;
}

static void note_circle(apd_load *l, const visit *v, uint32_t from)
{
    const apd_rule *rules = l->set->rules;
    size_t i = v->depth; /* behind `from` on the path */
    apd_buf path;
    apd_buf_init(&path, l->scratch);
    while (i > 0 && v->stack[i - 1] != from)
        i--;
    for (; i < v->depth; i++)
        apd_buf_addf(&path, " masks %.*s", APD_FMT(apd_clip(rules[v->stack[i]].id)));
    apd_str text = apd_buf_str(&path), id = apd_clip(rules[from].id);
    apd_load_note_at(l, true, rules[from].at, "masks run in a circle: %.*s%.*s masks %.*s",
                     APD_FMT(id), APD_FMT(text), APD_FMT(id));
}

/* Depth first with an explicit stack, since the number of rules is not ours to choose. */
static void walk(apd_load *l, visit *v, uint32_t start)
{
    const apd_rules *set = l->set;
    v->stack[v->depth++] = start;
    v->state[start] = 1;
    while (v->depth) {
        uint32_t a = v->stack[v->depth - 1], b = v->next[a];
        if (b == set->nrules || set->rules[a].nmasks == 0) {
            v->state[a] = 2;
            v->depth--;
            continue;
        }
        v->next[a]++;
        if (a == b || v->state[b] == 2 || !masks(&set->rules[a], &set->rules[b]))
            continue;
        if (v->state[b] == 1) {
            note_circle(l, v, b);
        } else {
            v->state[b] = 1;
            v->stack[v->depth++] = b;
        }
    }
}

void apd_check_masks(apd_load *l)
{
    size_t n = l->set->nrules;
    visit v = {.stack = n ? apd_load_scratch(l, n, sizeof *v.stack) : NULL,
               .next = n ? apd_load_scratch(l, n, sizeof *v.next) : NULL,
               .state = n ? apd_load_scratch(l, n, sizeof *v.state) : NULL};
    if (!v.stack || !v.next || !v.state)
        return;
    for (uint32_t i = 0; i < n; i++)
        if (v.state[i] == 0)
            walk(l, &v, i);
}
