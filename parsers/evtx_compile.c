/* One pass over the tokens. Adjacent literals (text, CDATA, character and entity references) become
 * one text; a place with one literal or one substitution, which is nearly every place, then is one
 * operation. */
#include "evtx_compile.h"

#include "utf.h"
#include "vec.h"

typedef struct builder {
    evtx_decoder *decoder;
    apd_arena *arena;
    evtx_cursor in;
    APD_VEC(evtx_op) ops;
    APD_VEC(evtx_name_place) names;
    uint32_t start; /* of the definition's body */
    bool keep;
    uint32_t open[APD_EVTX_MAX_ELEMENTS]; /* elements that are not closed yet */
    uint32_t ends[APD_EVTX_MAX_ELEMENTS]; /* where they say they end */
    uint32_t depth;
    uint32_t attribute; /* the one being read, or NONE */
    bool in_tag;        /* attributes may come */
    bool literal;       /* the last operation is a text that a literal would continue */
    apd_buf joined;     /* that text, once it has been continued */
    const char *why;    /* what was wrong first */
    bool nomem;
} builder;

#define NONE UINT32_MAX

static bool fail(builder *b, const char *why)
{
    if (!b->why)
        b->why = why;
    return false;
}

static evtx_op *push(builder *b, evtx_op_kind kind)
{
    evtx_op op = {.kind = (uint8_t)kind, .known = EVTX_K_OTHER, .slot = EVTX_NO_SLOT};
    op.end = (uint32_t)b->ops.n + 1;
    b->literal = false;
    if (!APD_PUSH(b->arena, b->ops, op)) {
        b->nomem = true;
        return NULL;
    }
    return &b->ops.at[b->ops.n - 1];
}

static apd_sym name_of(builder *b, apd_bytes utf16, uint8_t *known)
{
    evtx_name n = evtx_names_get(&b->decoder->names, utf16, b->decoder->batch);
    if (known)
        *known = n.known;
    return n.sym;
}

/* The attribute being read has ended. */
static void close_attribute(builder *b)
{
    if (b->attribute == NONE)
        return;
    evtx_op *attribute = &b->ops.at[b->attribute];
    attribute->end = (uint32_t)b->ops.n;
    const evtx_op *content = attribute + 1;
    if (attribute->known == EVTX_K_NAME && attribute->end == b->attribute + 2 &&
        content->kind == EVTX_OP_TEXT)
        b->ops.at[b->open[b->depth - 1]].as.n.label = name_of(b, content->as.text, NULL);
    b->attribute = NONE;
}

static bool open_element(builder *b, const evtx_token *t)
{
    close_attribute(b);
    if (b->depth == APD_EVTX_MAX_ELEMENTS)
        return fail(b, "elements are nested too deeply");
    uint32_t at = (uint32_t)b->ops.n;
    evtx_op *op = push(b, EVTX_OP_ELEMENT);
    if (!op)
        return false;
    op->slot = t->slot;
    op->as.n.name = name_of(b, t->text, &op->known);
    b->open[b->depth] = at;
    b->ends[b->depth++] = t->end;
    b->in_tag = true;
    return true;
}

static bool open_attribute(builder *b, const evtx_token *t)
{
    close_attribute(b);
    if (!b->in_tag)
        return fail(b, "an attribute outside of a start tag");
    uint32_t at = (uint32_t)b->ops.n;
    evtx_op *op = push(b, EVTX_OP_ATTRIBUTE);
    if (!op)
        return false;
    op->as.n.name = name_of(b, t->text, &op->known);
    apd_bytes head = {t->text.ptr, t->text.len < 10 ? t->text.len : 10};
    op->is_xmlns = apd_utf16_eq_ascii(head, APD_LIT("xmlns"), false) &&
                   (t->text.len == 10 || apd_u16le(t->text.ptr + 10) == ':');
    b->attribute = at;
    return true;
}

static bool close_element(builder *b)
{
    close_attribute(b);
    b->in_tag = b->literal = false;
    b->ops.at[b->open[--b->depth]].end = (uint32_t)b->ops.n;
    return true;
}

static apd_bytes own(builder *b, apd_bytes text)
{
    apd_str copy = apd_strdup_a(b->arena, apd_bytes_str(text));
    if (!copy.ptr)
        b->nomem = true;
    return apd_str_bytes(copy);
}

static bool add_literal(builder *b, apd_bytes text)
{
    if (!b->literal) {
        evtx_op *op = push(b, EVTX_OP_TEXT);
        if (!op)
            return false;
        op->as.text = b->keep ? own(b, text) : text;
        b->literal = true;
        apd_buf_init(&b->joined, b->arena);
        return true;
    }
    apd_bytes *all = &b->ops.at[b->ops.n - 1].as.text;
    if (!b->joined.ptr)
        apd_buf_add(&b->joined, apd_bytes_str(*all));
    apd_buf_add(&b->joined, apd_bytes_str(text));
    if (b->joined.failed) {
        b->nomem = true;
        return false;
    }
    if (b->joined.len)
        *all = (apd_bytes){(const uint8_t *)b->joined.ptr, b->joined.len};
    return true;
}

static bool add_unit(builder *b, uint16_t unit)
{
    uint8_t *p = apd_alloc(b->arena, 2);
    if (!p) {
        b->nomem = true;
        return false;
    }
    p[0] = (uint8_t)unit;
    p[1] = (uint8_t)(unit >> 8);
    return add_literal(b, (apd_bytes){p, 2});
}

static bool add_entity(builder *b, apd_bytes name)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (apd_utf16_eq_ascii(name, apd_str_of(entities[i].name), false))
            return add_unit(b, (uint8_t)entities[i].c);
    /* Unknown: shown as it was written. */
    return add_unit(b, '&') && add_literal(b, name) && add_unit(b, ';');
}

static bool add_substitution(builder *b, const evtx_token *t)
{
    evtx_op *op = push(b, EVTX_OP_SUB);
    if (!op)
        return false;
    op->slot = t->slot;
    op->type = t->type;
    op->optional = t->kind == EVTX_SUB_OPTIONAL;
    return true;
}

static bool add_instruction(builder *b, apd_bytes target)
{
    close_attribute(b);
    evtx_op *op = push(b, EVTX_OP_PI);
    if (!op)
        return false;
    op->as.pi.target = own(b, target);
    op->as.pi.data = (apd_bytes){op->as.pi.target.ptr, 0};
    return !b->nomem;
}

static bool add_instruction_data(builder *b, apd_bytes data)
{
    evtx_op *op = b->ops.n ? &b->ops.at[b->ops.n - 1] : NULL;
    if (op && op->kind == EVTX_OP_PI)
        op->as.pi.data = own(b, data);
    return true;
}

static bool add(builder *b, const evtx_token *t)
{
    switch (t->kind) {
    case EVTX_ELEMENT:
        return open_element(b, t);
    case EVTX_ATTRIBUTE:
        return open_attribute(b, t);
    case EVTX_CLOSE_START:
        close_attribute(b);
        b->literal = false;
        if (!b->in_tag)
            return fail(b, "a start tag ends twice");
        b->in_tag = false;
        return true;
    case EVTX_CLOSE_EMPTY:
    case EVTX_END:
        return close_element(b);
    case EVTX_TEXT:
    case EVTX_CDATA:
        return add_literal(b, t->text);
    case EVTX_CHAR:
        return add_unit(b, t->code);
    case EVTX_ENTITY:
        return add_entity(b, t->text);
    case EVTX_SUB:
    case EVTX_SUB_OPTIONAL:
        return add_substitution(b, t);
    case EVTX_PI:
        return add_instruction(b, t->text);
    case EVTX_PI_DATA:
        return add_instruction_data(b, t->text);
    case EVTX_EOF:
        return fail(b, "it ends inside an element");
    case EVTX_INSTANCE:
    case EVTX_FRAGMENT:
        break;
    }
    return fail(b, "a fragment begins inside an element");
}

/* The place of one value of the System part, given the operation that holds it. */
static void note_source(evtx_program *p, const evtx_op *holder, uint32_t content, uint32_t end,
                        uint16_t depends)
{
    if (holder->known >= EVTX_SYSTEM_COUNT || content >= end)
        return;
    evtx_source *s = &p->system[holder->known];
    uint8_t kind = p->ops[content].kind;
    if (!s->there && (kind == EVTX_OP_TEXT || kind == EVTX_OP_SUB))
        *s = (evtx_source){(uint16_t)content, depends, true};
}

static void note_system(evtx_program *p, uint32_t system)
{
    const evtx_op *ops = p->ops;
    for (uint32_t i = system + 1; i < ops[system].end; i = ops[i].end) {
        if (ops[i].kind != EVTX_OP_ELEMENT)
            continue;
        uint32_t c = i + 1;
        for (; c < ops[i].end && ops[c].kind == EVTX_OP_ATTRIBUTE; c = ops[c].end)
            note_source(p, &ops[c], c + 1, ops[c].end, ops[i].slot);
        note_source(p, &ops[i], c, ops[i].end, ops[i].slot);
    }
}

static void find_system(evtx_program *p, evtx_names *names, apd_arena *scratch)
{
    if (p->nops == 0 || p->ops[0].known != EVTX_K_EVENT)
        return;
    for (uint32_t i = 1; i < p->nops; i = p->ops[i].end)
        if (p->ops[i].kind == EVTX_OP_ELEMENT && p->ops[i].known == EVTX_K_SYSTEM)
            note_system(p, i);
    const evtx_source *s = &p->system[EVTX_K_NAME];
    if (s->there && p->ops[s->op].kind == EVTX_OP_TEXT)
        p->provider = evtx_names_get(names, apd_utf16_trim(p->ops[s->op].as.text), scratch).sym;
}

/* What differs between two copies of one definition: sizes, and where the name is stored. */
static void note_name(builder *b, const evtx_token *t)
{
    if (!b->keep || !t->name_end)
        return;
    uint32_t sizes = t->kind == EVTX_ELEMENT ? 4 : 0;
    evtx_name_place n = {.at = t->name_at - sizes - b->start,
                         .end = b->in.at - b->start,
                         .before = (uint8_t)sizes,
                         .after = (uint8_t)(b->in.at - t->name_end),
                         .name = own(b, t->text)};
    if (!APD_PUSH(b->arena, b->names, n))
        b->nomem = true;
}

static bool step(builder *b)
{
    evtx_token t;
    const char *why = evtx_token_next(&b->in, &t);
    if (why)
        return fail(b, why);
    note_name(b, &t);
    return add(b, &t);
}

/* Behind a damaged place, leaves elements until one says that it ends further on. */
static bool leave_damage(builder *b)
{
    while (b->depth) {
        uint32_t end = b->ends[b->depth - 1];
        close_element(b);
        if (end >= b->in.at) {
            b->in.at = end;
            return true;
        }
    }
    return false;
}

static bool begin(builder *b)
{
    evtx_token t;
    const char *why;
    do {
        why = evtx_token_next(&b->in, &t);
        if (!why)
            note_name(b, &t);
    } while (!why && (t.kind == EVTX_FRAGMENT || t.kind == EVTX_PI || t.kind == EVTX_PI_DATA));
    if (!why && t.kind != EVTX_ELEMENT)
        why = "it does not begin with an element";
    return why ? fail(b, why) : add(b, &t);
}

bool evtx_compile(evtx_decoder *d, evtx_cursor in, evtx_program *p, bool keep)
{
    builder b = {
        .decoder = d, .arena = p->arena, .in = in, .start = in.at, .keep = keep, .attribute = NONE};
    bool going = begin(&b);
    while (going && b.depth && !b.nomem)
        going = step(&b) || (!b.nomem && leave_damage(&b));
    if (b.nomem)
        return false;
    while (b.depth)
        close_element(&b);
    p->ops = b.ops.at;
    p->nops = (uint32_t)b.ops.n;
    p->names = b.names.at;
    p->nnames = (uint32_t)b.names.n;
    p->damage = b.why ? b.why : b.in.damage;
    find_system(p, &d->names, d->batch);
    return true;
}
