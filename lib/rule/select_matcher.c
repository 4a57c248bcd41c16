/* Building the matcher: patterns are compiled, and for every alternative it is decided how its
 * records are found - by EventID, by a literal in the message, or by looking at each. */
#include "select_matcher.h"

#include <stdlib.h>

#include "literal.h"
#include "match_re.h"

typedef struct builder {
    apd_rules *rules;
    apd_arena *scratch;
    apd_note_fn note;
    void *ctx;
    APD_VEC(apd_word) literals;
    uint64_t *one_claim; /* of the matcher */
} builder;

/* --- leads --- */

bool apd_leads_add(apd_arena *a, apd_leads *l, uint32_t id, uint32_t choice)
{
    apd_lead lead = {id, choice};
    return APD_PUSH(a, *l, lead);
}

static int by_id(const void *x, const void *y)
{
    const apd_lead *a = x, *b = y;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return (a->choice > b->choice) - (a->choice < b->choice);
}

void apd_leads_sort(apd_leads *l)
{
    if (l->n)
        qsort(l->at, l->n, sizeof *l->at, by_id);
}

size_t apd_leads_find(const apd_leads *l, uint32_t id)
{
    size_t low = 0, high = l->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (l->at[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* --- how much a condition costs --- */

static int cost(const apd_cond *c)
{
    switch (c->target) {
    case APD_ON_EVENT_ID:
    case APD_ON_LEVEL:
    case APD_ON_PROVIDER:
    case APD_ON_CHANNEL:
    case APD_ON_RECORD_ID:
        return 0; /* these do not need the payload */
    case APD_ON_FIELD:
        return c->op == APD_OP_RE ? 5 : 1;
    case APD_ON_MESSAGE:
        return c->op == APD_OP_RE ? 6 : 2;
    case APD_ON_ANY:
        return c->op == APD_OP_RE ? 7 : 3;
    case APD_ON_JSON:
        return 4;
    }
    return 7;
}

static const uint16_t *cheap_first(apd_arena *a, const apd_alt *alt)
{
    uint16_t *order = APD_NEWS(a, uint16_t, alt->nconds);
    if (!order)
        return NULL;
    for (size_t i = 0; i < alt->nconds; i++) {
        size_t k = i;
        for (; k > 0 && cost(&alt->conds[order[k - 1]]) > cost(&alt->conds[i]); k--)
            order[k] = order[k - 1];
        order[k] = (uint16_t)i;
    }
    return order;
}

/* --- how an alternative is found --- */

static const apd_cond *id_list(const apd_alt *alt)
{
    for (size_t i = 0; i < alt->nconds; i++) {
        const apd_cond *c = &alt->conds[i];
        bool plain = c->target == APD_ON_EVENT_ID && c->op == APD_OP_EQ && c->nvalues > 0;
        for (size_t k = 0; k < c->nvalues && plain; k++)
            plain = c->values[k].is_number && !c->values[k].is_null;
        if (plain)
            return c;
    }
    return NULL;
}

static bool is_text_cond(const apd_cond *c)
{
    return (c->target == APD_ON_MESSAGE || c->target == APD_ON_ANY) &&
           (c->op == APD_OP_EQ || c->op == APD_OP_CONTAINS || c->op == APD_OP_STARTS ||
            c->op == APD_OP_ENDS || c->op == APD_OP_RE || c->op == APD_OP_HRESULT);
}

static bool usable(apd_literals l)
{
    return apd_literals_shortest(l) >= APD_MIN_LITERAL;
}

/* What a message must contain so that every condition on it can hold. */
static apd_required of_message(builder *b, apd_choice *choice)
{
    apd_required r = {{NULL, 0}, {NULL, 0}};
    for (size_t i = 0; i < choice->alt->nconds; i++) {
        const apd_cond *c = &choice->alt->conds[i];
        if (c->target != APD_ON_MESSAGE || !is_text_cond(c))
            continue;
        apd_required one = apd_required_by_cond(b->scratch, c, b->rules->patterns);
        apd_require(&r, one.first);
        apd_require(&r, one.second);
    }
    if (usable(r.first))
        choice->by = APD_BY_MESSAGE;
    return r;
}

/* The same for one condition on `any`, which a field may satisfy too. */
static apd_required of_any(builder *b, apd_choice *choice)
{
    for (size_t i = 0; i < choice->alt->nconds; i++) {
        const apd_cond *c = &choice->alt->conds[i];
        if (c->target != APD_ON_ANY || !is_text_cond(c))
            continue;
        apd_required r = apd_required_by_cond(b->scratch, c, b->rules->patterns);
        if (usable(r.first)) {
            choice->any = i;
            return r;
        }
    }
    return (apd_required){{NULL, 0}, {NULL, 0}};
}

/* `null` needs no text, and about a bad pattern enough has been said. */
static bool may_lack_literal(const apd_cond *c, const apd_pattern *patterns)
{
    for (size_t i = 0; i < c->nvalues; i++)
        if (c->values[i].is_null || (c->op == APD_OP_RE && !patterns[c->values[i].pattern].code))
            return true;
    return c->nvalues == 0;
}

static void warn_slow(builder *b, const apd_alt *alt)
{
    for (size_t i = 0; i < alt->nconds; i++) {
        const apd_cond *c = &alt->conds[i];
        if (!is_text_cond(c) || may_lack_literal(c, b->rules->patterns))
            continue;
        apd_str text = c->values[0].text;
        b->note(b->ctx, false, c->at, "slow: '%.*s' has no literal to look for first",
                APD_FMT(text));
        return;
    }
}

static bool add_literals(builder *b, apd_literals l, uint32_t owner)
{
    for (size_t i = 0; i < l.n; i++) {
        apd_word w = {l.at[i], owner};
        if (!APD_PUSH(b->scratch, b->literals, w))
            return false;
    }
    return true;
}

/* Do the two literals that are looked for say all that the conditions ask? */
static bool is_proof(const apd_alt *alt)
{
    size_t claims = 0;
    for (size_t i = 0; i < alt->nconds; i++) {
        const apd_cond *c = &alt->conds[i];
        if (c->target != APD_ON_MESSAGE || c->op != APD_OP_CONTAINS || c->cased ||
            c->nvalues == 0 || c->nvalues > APD_MAX_LITERALS)
            return false;
        for (size_t k = 0; k < c->nvalues; k++) {
            const apd_value *v = &c->values[k];
            if (v->is_null || v->text.len < APD_MIN_LITERAL || v->text.len > APD_MAX_LITERAL)
                return false;
        }
        claims += c->all ? c->nvalues : 1;
    }
    return claims <= 2;
}

static bool add_text_choice(builder *b, struct apd_matcher *m, apd_choice *choice, uint32_t index)
{
    choice->by = APD_BY_LOOKING;
    apd_required r = of_message(b, choice);
    if (!usable(r.first))
        r = of_any(b, choice);
    if (!usable(r.first)) {
        warn_slow(b, choice->alt);
        return true;
    }
    bool second = usable(r.second);
    choice->proven = choice->by == APD_BY_MESSAGE && is_proof(choice->alt);
    if (!second)
        b->one_claim[index >> 6] |= UINT64_C(1) << (index & 63);
    return add_literals(b, r.first, index) &&
           (!second || add_literals(b, r.second, (uint32_t)(m->words * 64) + index));
}

static bool add_choice(builder *b, struct apd_matcher *m, apd_choice *choice, uint32_t index)
{
    choice->any = APD_NONE;
    choice->order = cheap_first(b->rules->arena, choice->alt);
    if (!choice->order)
        return false;
    if (choice->alt->fact) {
        choice->by = APD_BY_FACT;
        return apd_leads_add(b->rules->arena, &m->facts, choice->alt->fact, index);
    }
    choice->ids = id_list(choice->alt);
    if (choice->ids) {
        choice->by = APD_BY_ID;
        return true;
    }
    return add_text_choice(b, m, choice, index);
}

static apd_status add_choices(builder *b, struct apd_matcher *m)
{
    const apd_rules *r = b->rules;
    for (size_t i = 0; i < r->nselections; i++)
        m->n += r->selections[i].nalts;
    apd_choice *choices = APD_NEWS(r->arena, apd_choice, m->n);
    m->choices = choices;
    m->words = (m->n + 63) / 64;
    m->one_claim = b->one_claim = APD_NEWS(r->arena, uint64_t, m->words);
    if (!choices || !b->one_claim)
        return APD_E_NOMEM;
    uint32_t index = 0;
    for (size_t i = 0; i < r->nselections; i++) {
        for (size_t k = 0; k < r->selections[i].nalts; k++, index++) {
            choices[index].alt = &r->selections[i].alts[k];
            choices[index].selection = (uint32_t)i;
            choices[index].number = (uint16_t)k;
            if (!add_choice(b, m, &choices[index], index))
                return APD_E_NOMEM;
        }
    }
    apd_leads_sort(&m->facts);
    m->asked = APD_NEWS(r->arena, const apd_fact *, r->nfacts);
    for (size_t i = 0; m->asked && i < r->nfacts; i++) {
        size_t lead = apd_leads_find(&m->facts, r->facts[i].sym);
        if (lead < m->facts.n && m->facts.at[lead].id == r->facts[i].sym)
            m->asked[m->nasked++] = &r->facts[i];
    }
    return m->asked ? APD_OK : APD_E_NOMEM;
}

static apd_status build(builder *b, struct apd_matcher *m)
{
    bool good = true;
    for (size_t i = 0; i < b->rules->npatterns; i++)
        good &= apd_re_compile(&b->rules->patterns[i], b->note, b->ctx);
    APD_TRY(add_choices(b, m));
    if (b->literals.n) {
        m->literals = apd_wordset_new(b->rules->arena, b->literals.at, b->literals.n);
        if (!m->literals)
            return APD_E_NOMEM;
    }
    return good ? APD_OK : APD_E_RULE;
}

apd_status apd_matcher_new(apd_rules *r, apd_note_fn note, void *ctx)
{
    builder b = {.rules = r, .scratch = apd_arena_new(0), .note = note, .ctx = ctx};
    r->matcher = APD_NEW(r->arena, struct apd_matcher);
    apd_status s = b.scratch && r->matcher ? build(&b, r->matcher) : APD_E_NOMEM;
    apd_arena_free(b.scratch);
    return s;
}

void apd_matcher_free(apd_rules *r)
{
    for (size_t i = 0; i < r->npatterns; i++)
        apd_re_free(&r->patterns[i]);
    r->matcher = NULL;
}
