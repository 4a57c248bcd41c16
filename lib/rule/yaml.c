/* libyaml's events, folded into a tree with an explicit stack; the only user of libyaml. */
#include "yaml.h"

#include <yaml.h>

typedef struct level {
    apd_ynode *node;
    apd_ynode **tail;     /* where the next child is linked */
    const apd_ynode *key; /* MAP: set when the next node is its value */
    bool skip_value;      /* MAP: the key was refused, its value is read and dropped */
} level;

typedef struct builder {
    uint32_t file;
    apd_arena *nodes, *texts;
    apd_note_fn note;
    void *ctx;
    level stack[APD_MAX_RULE_DEPTH];
    unsigned depth;
    apd_ynode *root;
    unsigned documents;
    bool nomem, stop;
} builder;

static apd_mark_at mark_of(const builder *b, yaml_mark_t m)
{
    return (apd_mark_at){b->file, (uint32_t)m.line + 1, (uint32_t)m.column + 1};
}

static apd_ynode *new_node(builder *b, apd_ykind kind, const yaml_event_t *ev)
{
    apd_ynode *n = APD_NEW(b->nodes, apd_ynode);
    if (!n) {
        b->nomem = true;
        return NULL;
    }
    n->kind = kind;
    n->at = mark_of(b, ev->start_mark);
    return n;
}

static apd_ynode *scalar_node(builder *b, const yaml_event_t *ev)
{
    apd_ynode *n = new_node(b, APD_Y_SCALAR, ev);
    if (!n)
        return NULL;
    n->text = apd_strdup_a(
        b->texts, apd_str_from((const char *)ev->data.scalar.value, ev->data.scalar.length));
    b->nomem |= !n->text.ptr;
    yaml_scalar_style_t style = ev->data.scalar.style;
    bool quoted =
        style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    n->plain = style == YAML_PLAIN_SCALAR_STYLE;
    n->one_line = (n->plain || quoted) && ev->start_mark.line == ev->end_mark.line;
    n->at.column += quoted;
    return n;
}

static bool has_key(const apd_ynode *map, apd_str key)
{
    for (const apd_ynode *c = map->child; c; c = c->next)
        if (apd_eq(c->key->text, key))
            return true;
    return false;
}

/* n is a key of the map on top of the stack. */
static void take_key(builder *b, level *top, const apd_ynode *n)
{
    top->key = n;
    top->skip_value = true;
    if (n->kind == APD_Y_BAD)
        return;
    if (n->kind != APD_Y_SCALAR)
        b->note(b->ctx, true, n->at, "a key must be a text");
    else if (top->node->n >= APD_MAX_RULE_KEYS)
        b->note(b->ctx, true, n->at, "more than %u keys in one map", APD_MAX_RULE_KEYS);
    else if (has_key(top->node, n->text))
        b->note(b->ctx, true, n->at, "the key '%.*s' is here twice",
                (int)(n->text.len < 60 ? n->text.len : 60), n->text.ptr);
    else
        top->skip_value = false;
}

/* Puts a finished scalar or a container that just opens where it belongs. */
static void place(builder *b, apd_ynode *n)
{
    if (b->depth == 0) {
        if (!b->root)
            b->root = n;
        return;
    }
    level *top = &b->stack[b->depth - 1];
    if (top->node->kind == APD_Y_MAP) {
        if (!top->key) {
            take_key(b, top, n);
            return;
        }
        n->key = top->key;
        top->key = NULL;
        if (top->skip_value)
            return;
    }
    *top->tail = n;
    top->tail = &n->next;
    top->node->n++;
}

static void open_container(builder *b, apd_ykind kind, const yaml_event_t *ev)
{
    apd_ynode *n = new_node(b, kind, ev);
    if (!n)
        return;
    if (b->depth == APD_MAX_RULE_DEPTH) {
        b->note(b->ctx, true, n->at, "nested deeper than %d levels", APD_MAX_RULE_DEPTH);
        b->root = NULL;
        b->stop = true;
        return;
    }
    place(b, n);
    b->stack[b->depth++] = (level){.node = n, .tail = &n->child};
}

static void refuse_properties(builder *b, const yaml_event_t *ev, const void *anchor,
                              const void *tag)
{
    apd_mark_at at = mark_of(b, ev->start_mark);
    if (anchor)
        b->note(b->ctx, true, at, "anchors (&name) are not part of the rule format");
    if (tag)
        b->note(b->ctx, true, at, "tags (!name) are not part of the rule format");
}

static void take_document(builder *b, const yaml_event_t *ev)
{
    apd_mark_at at = mark_of(b, ev->start_mark);
    if (ev->data.document_start.version_directive ||
        ev->data.document_start.tag_directives.start != ev->data.document_start.tag_directives.end)
        b->note(b->ctx, true, at, "directives (%%YAML, %%TAG) are not part of the rule format");
    if (b->documents++ > 0) {
        b->note(b->ctx, true, at, "a second document begins here; a file holds one");
        b->stop = true;
    }
}

static void take_event(builder *b, const yaml_event_t *ev)
{
    apd_ynode *n;
    switch (ev->type) {
    case YAML_DOCUMENT_START_EVENT:
        take_document(b, ev);
        break;
    case YAML_ALIAS_EVENT:
        if (!(n = new_node(b, APD_Y_BAD, ev)))
            break;
        b->note(b->ctx, true, n->at,
                "aliases (*name) are not part of the rule format; quote a "
                "text that begins with '*'");
        place(b, n);
        break;
    case YAML_SCALAR_EVENT:
        refuse_properties(b, ev, ev->data.scalar.anchor, ev->data.scalar.tag);
        if ((n = scalar_node(b, ev)))
            place(b, n);
        break;
    case YAML_SEQUENCE_START_EVENT:
        refuse_properties(b, ev, ev->data.sequence_start.anchor, ev->data.sequence_start.tag);
        open_container(b, APD_Y_LIST, ev);
        break;
    case YAML_MAPPING_START_EVENT:
        refuse_properties(b, ev, ev->data.mapping_start.anchor, ev->data.mapping_start.tag);
        open_container(b, APD_Y_MAP, ev);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        if (b->depth > 0)
            b->depth--;
        break;
    default:
        break;
    }
}

/* Place of a byte offset, for errors that libyaml gives without line. */
static apd_mark_at mark_at_offset(const builder *b, apd_str text, size_t offset)
{
    apd_mark_at at = {b->file, 1, 1};
    for (size_t i = 0; i < text.len && i < offset; i++) {
        if (text.ptr[i] == '\n') {
            at.line++;
            at.column = 1;
        } else if (((unsigned char)text.ptr[i] & 0xc0) != 0x80) {
            at.column++;
        }
    }
    return at;
}

static void note_syntax(builder *b, apd_str text, const yaml_parser_t *p)
{
    b->root = NULL;
    b->stop = true;
    if (p->error == YAML_MEMORY_ERROR) {
        b->nomem = true;
        return;
    }
    const char *what = p->problem ? p->problem : "syntax error";
    if (p->error == YAML_READER_ERROR) {
        bool control = strncmp(what, "control characters", 18) == 0;
        b->note(b->ctx, true, mark_at_offset(b, text, p->problem_offset),
                control ? "a control character" : "not UTF-8");
    } else {
        bool colon = strncmp(what, "mapping values are not allowed", 30) == 0;
        b->note(b->ctx, true, mark_of(b, p->problem_mark), "not readable as YAML: %s%s", what,
                colon ? " (a text with ': ' in it needs quotes)" : "");
    }
}

static void run(builder *b, apd_str text, yaml_parser_t *p)
{
    yaml_parser_set_encoding(p, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(p, (const unsigned char *)text.ptr, text.len);
    for (bool more = true; more && !b->nomem && !b->stop;) {
        yaml_event_t ev;
        if (!yaml_parser_parse(p, &ev)) {
            note_syntax(b, text, p);
            return;
        }
        more = ev.type != YAML_STREAM_END_EVENT;
        take_event(b, &ev);
        yaml_event_delete(&ev);
    }
}

apd_status apd_yaml_parse(apd_str text, uint32_t file, apd_arena *nodes, apd_arena *texts,
                          apd_note_fn note, void *ctx, apd_ynode **out)
{
    builder b = {.file = file, .nodes = nodes, .texts = texts, .note = note, .ctx = ctx};
    apd_mark_at start = {file, 1, 1};
    *out = NULL;
    if (apd_starts(text, APD_LIT("\xef\xbb\xbf")))
        text = apd_sub(text, 3, text.len);
    if (text.len > APD_MAX_RULE_FILE) {
        note(ctx, true, start, "larger than %u bytes", APD_MAX_RULE_FILE);
        return APD_OK;
    }
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return APD_E_NOMEM;
    run(&b, text, &parser);
    yaml_parser_delete(&parser);
    if (b.nomem)
        return APD_E_NOMEM;
    if (!b.root && !b.stop)
        note(ctx, true, start, "the file is empty");
    *out = b.root;
    return APD_OK;
}

const apd_ynode *apd_yaml_get(const apd_ynode *map, const char *key)
{
    if (map && map->kind == APD_Y_MAP)
        for (const apd_ynode *c = map->child; c; c = c->next)
            if (apd_eq(c->key->text, apd_str_of(key)))
                return c;
    return NULL;
}

const apd_ynode *apd_yaml_items(const apd_ynode *n, size_t *count)
{
    *count = !n || n->kind == APD_Y_BAD ? 0 : n->kind == APD_Y_LIST ? n->n : 1;
    return n && n->kind == APD_Y_LIST ? n->child : n;
}

bool apd_yaml_null(const apd_ynode *n)
{
    return n->kind == APD_Y_SCALAR && n->plain &&
           (n->text.len == 0 || apd_eq(n->text, APD_LIT("~")) || apd_eq(n->text, APD_LIT("null")));
}

apd_mark_at apd_yaml_at(const apd_ynode *n, size_t offset)
{
    apd_mark_at at = n->at;
    if (n->kind != APD_Y_SCALAR || !n->one_line)
        return at;
    for (size_t i = 0; i < offset && i < n->text.len; i++)
        at.column += ((unsigned char)n->text.ptr[i] & 0xc0) != 0x80;
    return at;
}
