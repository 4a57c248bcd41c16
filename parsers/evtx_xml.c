/* Code for XML: the document as the program has it, without line ends of its own.
 *
 * An element is left out if the value it depends on is null, or if an optional substitution is all
 * it has and that is null. One with a single substitution is a FIELD, which repeats itself for the
 * items of an array. */
#include "evtx_coder.h"
#include "utf.h"

static void content(evtx_coder *c, uint32_t first, uint32_t end);

/* A damaged file may name an attribute twice, which XML forbids: the first one counts. */
static bool named_before(const evtx_coder *c, uint32_t element, uint32_t attribute)
{
    for (uint32_t i = element + 1; i < attribute; i = c->ops[i].end)
        if (c->ops[i].as.n.name == c->ops[attribute].as.n.name)
            return true;
    return false;
}

static void value(evtx_coder *c, uint16_t slot, apd_style style)
{
    uint32_t step = evtx_code_step(c, EVTX_DO_VALUE, slot, "");
    if (!c->failed)
        c->steps.at[step].flags = (uint8_t)style;
}

static void mixed(evtx_coder *c, uint32_t first, uint32_t end, apd_style style)
{
    for (uint32_t i = first; i < end; i = c->ops[i].end) {
        const evtx_op *op = &c->ops[i];
        if (op->kind == EVTX_OP_TEXT)
            evtx_code_utf16(c, apd_utf16_trim(op->as.text), style);
        else if (op->kind == EVTX_OP_SUB)
            value(c, op->slot, style);
    }
}

/* Ends what stands before an attribute that is only known when a record is written. The first of a
 * FIELD's is a TAG, which begins at `tag`. */
static void break_tag(evtx_coder *c, bool is_tag, size_t tag)
{
    uint32_t step = evtx_code_step(c, is_tag ? EVTX_DO_TAG : EVTX_DO_TEXT, EVTX_NO_SLOT, "");
    if (!c->failed && is_tag)
        c->steps.at[step].lead = (uint32_t)tag;
}

/* Returns whether any of them is only known when a record is written. `field`: of a FIELD. `tag`: where
 * in the text the start tag begins. */
static bool attributes(evtx_coder *c, uint32_t element, uint32_t body, bool field, size_t tag)
{
    bool dynamic = false;
    for (uint32_t i = element + 1; i < body && !c->failed; i = c->ops[i].end) {
        const evtx_op *op = &c->ops[i], *value = op + 1;
        bool single = op->end == i + 2;
        if (op->end == i + 1 || named_before(c, element, i) ||
            (single && value->kind == EVTX_OP_TEXT && value->as.text.len == 0))
            continue; /* an empty attribute is left out */
        if (!single || value->kind != EVTX_OP_TEXT) {
            if (c->text.len)
                break_tag(c, field && !dynamic, tag);
            dynamic = true;
        }
        evtx_code_text(c, " ");
        evtx_code_name(c, op->as.n.name, APD_STYLE_XML_ATTRIBUTE);
        evtx_code_text(c, "=\"");
        if (single && value->kind == EVTX_OP_SUB) {
            evtx_code_step(c, EVTX_DO_ATTRIBUTE, value->slot, "\"");
        } else {
            mixed(c, i + 1, op->end, APD_STYLE_XML_ATTRIBUTE);
            evtx_code_text(c, "\"");
        }
    }
    return dynamic;
}

/* "</name>" in the arena */
static const char *end_tag(evtx_coder *c, apd_sym name)
{
    size_t from = c->text.len;
    evtx_code_text(c, "</");
    evtx_code_name(c, name, APD_STYLE_XML_TEXT);
    evtx_code_text(c, ">");
    apd_str tag = apd_strdup_a(c->arena, apd_sub(apd_buf_str(&c->text), from, SIZE_MAX));
    c->text.len = from;
    c->failed |= !tag.ptr;
    return tag.ptr ? tag.ptr : "";
}

/* Is everything from first to end, attributes or content, known without a record? */
static bool literal(const evtx_coder *c, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++)
        if (c->ops[i].kind != EVTX_OP_TEXT && c->ops[i].kind != EVTX_OP_ATTRIBUTE)
            return false;
    return true;
}

/* The start tag is waiting, from `tag` on, or what of it comes behind a dynamic attribute. */
static void field(evtx_coder *c, const evtx_op *sub, unsigned flags, size_t tag, const char *end)
{
    evtx_code_text(c, ">");
    uint32_t step = evtx_code_step(c, EVTX_DO_FIELD, sub->slot, end);
    if (c->failed)
        return;
    c->steps.at[step].flags = (uint8_t)flags;
    c->steps.at[step].lead = flags & EVTX_TAGGED ? 0 : (uint32_t)tag;
}

/* Does the content have an element that is always written, or text? Then nobody has to look whether it
 * turned out empty. */
static bool never_empty(const evtx_coder *c, uint32_t body, uint32_t end)
{
    for (uint32_t i = body; i < end; i = c->ops[i].end) {
        const evtx_op *op = &c->ops[i];
        if (op->kind == EVTX_OP_TEXT && apd_utf16_trim(op->as.text).len)
            return true;
        if (op->kind != EVTX_OP_ELEMENT || op->slot != EVTX_NO_SLOT)
            continue;
        uint32_t inner = evtx_code_body(c, i);
        if (!evtx_code_single(c, i, inner) || !c->ops[inner].optional)
            return true;
    }
    return false;
}

static void whole(evtx_coder *c, uint32_t body, uint32_t end, const char *close)
{
    size_t before = c->text.len;
    if (literal(c, body, end)) {
        evtx_code_text(c, ">");
        mixed(c, body, end, APD_STYLE_XML_TEXT);
        if (c->text.len > before + 1) {
            evtx_code_text(c, close);
            return;
        }
        c->text.len = before;
        evtx_code_text(c, "/>");
        return;
    }
    evtx_code_text(c, ">");
    if (never_empty(c, body, end)) {
        content(c, body, end);
        evtx_code_text(c, close);
        return;
    }
    evtx_code_step(c, EVTX_DO_ENTER, EVTX_NO_SLOT, "");
    content(c, body, end);
    evtx_code_flush(c, EVTX_DO_TEXT);
    evtx_code_step(c, EVTX_DO_LEAVE, EVTX_NO_SLOT, close);
}

static void element(evtx_coder *c, uint32_t i)
{
    const evtx_op *op = &c->ops[i];
    uint32_t body = evtx_code_body(c, i);
    const evtx_op *sub = evtx_code_single(c, i, body) ? &c->ops[body] : NULL;
    bool plain = literal(c, i + 1, body); /* then the FIELD looks itself */
    bool optional = sub && (sub->optional || op->slot == sub->slot);
    uint16_t depends = plain && sub && op->slot == sub->slot ? EVTX_NO_SLOT : op->slot;
    uint32_t outer = evtx_code_skip(c, depends);
    uint32_t inner = evtx_code_skip(c, optional && !plain ? sub->slot : EVTX_NO_SLOT);
    const char *end = end_tag(c, op->as.n.name);
    size_t tag = c->text.len;
    evtx_code_text(c, "<");
    evtx_code_name(c, op->as.n.name, APD_STYLE_XML_TEXT);
    bool dynamic = attributes(c, i, body, sub != NULL, tag);
    if (sub)
        field(c, sub, (optional ? EVTX_OPTIONAL : 0) | (dynamic ? EVTX_TAGGED : 0), tag, end);
    else
        whole(c, body, op->end, end);
    evtx_code_join(c, inner);
    evtx_code_join(c, outer);
}

/* <?target data?>; what could end it early is taken apart. */
static void instruction(evtx_coder *c, const evtx_op *op)
{
    apd_str target = apd_utf16_dup(c->arena, op->as.pi.target);
    apd_str data = apd_utf16_dup(c->arena, apd_utf16_trim(op->as.pi.data));
    if (!target.ptr || !data.ptr || !apd_buf_room(&c->text, 3 * (target.len + data.len) + 16)) {
        c->failed = true;
        return;
    }
    if (target.len == 0 || apd_ieq(target, APD_LIT("xml")))
        return;
    char *p = c->text.ptr + c->text.len;
    *p++ = '<';
    *p++ = '?';
    p = evtx_put_xml_name(p, target);
    if (data.len)
        *p++ = ' ';
    for (size_t i = 0; i < data.len; i++) {
        char ch = data.ptr[i];
        *p++ = (unsigned char)ch < 0x20 ? ' ' : ch;
        if (ch == '?' && i + 1 < data.len && data.ptr[i + 1] == '>')
            *p++ = ' ';
    }
    *p++ = '?';
    *p++ = '>';
    c->text.len = (size_t)(p - c->text.ptr);
}

static void content(evtx_coder *c, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end && !c->failed; i = c->ops[i].end) {
        if (c->ops[i].kind == EVTX_OP_ELEMENT)
            element(c, i);
        else if (c->ops[i].kind == EVTX_OP_PI)
            instruction(c, &c->ops[i]);
        else if (c->ops[i].kind != EVTX_OP_ATTRIBUTE)
            mixed(c, i, i + 1, APD_STYLE_XML_TEXT);
    }
}

void evtx_code_xml(evtx_coder *c)
{
    content(c, 0, c->program->nops);
}
