/* Can an expression be true, and can it be false?
 *
 * Each selection is given every number of records that the expression could tell apart (0, 1 and
 * the neighbours of each count it is compared with), each relation both truth values, and the
 * expression is computed for all combinations. Relations count as independent of selections, so
 * what is called impossible is impossible; too many combinations are not looked at. */
#include "load.h"

enum { MAX_VARS = 10, MAX_VALUES = 16, MAX_COMBINATIONS = 4096 };

typedef struct variable {
    bool relation;
    uint32_t ref;
    uint32_t values[MAX_VALUES];
    size_t nvalues, at;
} variable;

typedef struct space {
    variable vars[MAX_VARS];
    size_t n;
    bool too_large;
} space;

static variable *variable_of(space *s, bool relation, uint32_t ref)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->vars[i].relation == relation && s->vars[i].ref == ref)
            return &s->vars[i];
    if (s->n == MAX_VARS) {
        s->too_large = true;
        return NULL;
    }
    s->vars[s->n] = (variable){.relation = relation, .ref = ref, .values = {0, 1}, .nvalues = 2};
    return &s->vars[s->n++];
}

static void add_value(space *s, variable *v, uint32_t value)
{
    for (size_t i = 0; i < v->nvalues; i++)
        if (v->values[i] == value)
            return;
    if (v->nvalues == MAX_VALUES)
        s->too_large = true;
    else
        v->values[v->nvalues++] = value;
}

static void collect(space *s, const apd_node *n)
{
    if (!n || s->too_large)
        return;
    if (n->kind == APD_X_SEL || n->kind == APD_X_REL) {
        variable_of(s, n->kind == APD_X_REL, n->ref);
    } else if (n->kind == APD_X_COUNT) {
        variable *v = variable_of(s, false, n->ref);
        for (uint32_t k = n->n ? n->n - 1 : 0; v && k <= n->n + 1; k++)
            add_value(s, v, k);
    }
    for (uint32_t i = 0; i < n->nof; i++)
        collect(s, &n->of[i]);
    collect(s, n->left);
    collect(s, n->right);
}

static uint32_t value_of(const space *s, bool relation, uint32_t ref)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->vars[i].relation == relation && s->vars[i].ref == ref)
            return s->vars[i].values[s->vars[i].at];
    return 0;
}

static bool compare(apd_cmp_op op, uint32_t a, uint32_t b)
{
    switch (op) {
    case APD_CMP_GE:
        return a >= b;
    case APD_CMP_GT:
        return a > b;
    case APD_CMP_LE:
        return a <= b;
    case APD_CMP_LT:
        return a < b;
    case APD_CMP_EQ:
        return a == b;
    default:
        return a != b;
    }
}

static bool holds(const space *s, const apd_node *n)
{
    switch (n->kind) {
    case APD_X_SEL:
    case APD_X_REL:
        return value_of(s, n->kind == APD_X_REL, n->ref) > 0;
    case APD_X_COUNT:
        return compare(n->cmp, value_of(s, false, n->ref), n->n);
    case APD_X_AND:
        return holds(s, n->left) && holds(s, n->right);
    case APD_X_OR:
        return holds(s, n->left) || holds(s, n->right);
    case APD_X_NOT:
        return !holds(s, n->left);
    default: {
        uint32_t got = 0;
        for (uint32_t i = 0; i < n->nof; i++)
            got += holds(s, &n->of[i]);
        return got >= (n->n == UINT32_MAX ? n->nof : n->n);
    }
    }
}

/* The next combination; false after the last. */
static bool step(space *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (++s->vars[i].at < s->vars[i].nvalues)
            return true;
        s->vars[i].at = 0;
    }
    return false;
}

static bool small_enough(const space *s)
{
    size_t combinations = 1;
    for (size_t i = 0; i < s->n && combinations <= MAX_COMBINATIONS; i++)
        combinations *= s->vars[i].nvalues;
    return !s->too_large && combinations <= MAX_COMBINATIONS;
}

void apd_check_expr(apd_load *l, const apd_expr *e, const apd_expr *with, const char *what)
{
    space s = {.n = 0};
    const apd_node *both = with ? with->root : NULL;
    if (!e->root)
        return;
    collect(&s, e->root);
    collect(&s, both);
    if (!small_enough(&s))
        return;
    bool can_hold = false, can_hold_together = false, can_fail = false;
    do {
        bool t = holds(&s, e->root);
        can_hold |= t;
        can_fail |= !t;
        can_hold_together |= t && (!both || holds(&s, both));
    } while (!(can_hold_together && can_fail) && step(&s));
    if (!can_hold)
        apd_load_note_at(l, true, e->at, "'%s' can never be true", what);
    else if (!can_hold_together)
        apd_load_note_at(l, true, e->at, "'%s' can never be true together with the family's", what);
    if (!can_fail)
        apd_load_note_at(l, true, e->at, "'%s' is always true", what);
}
