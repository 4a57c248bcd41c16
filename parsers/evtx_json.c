/* Code for JSON: the shape of the record's object (docs/evtx.md, "JSON").
 *
 * Members that have the same name inside one element become one list, at the place of the first.
 * What has no attributes and no elements in it is a plain value; anything else is an object. */
#include "evtx_coder.h"

#include "utf.h"

static void members(evtx_coder *c, uint32_t first, uint32_t end, evtx_code_kind in);

static void close_step(evtx_coder *c, const char *close)
{
    evtx_code_flush(c, EVTX_DO_TEXT);
    evtx_code_step(c, EVTX_DO_LEAVE, EVTX_NO_SLOT, close);
}

static void key(evtx_coder *c, apd_sym name, bool attribute)
{
    evtx_code_text(c, attribute ? "\"@" : "\"");
    evtx_code_name(c, name, APD_STYLE_JSON);
    evtx_code_text(c, "\":");
}

/* --- names --- */

static bool is_payload(const evtx_op *op, evtx_code_kind in)
{
    return in == EVTX_CODE_EVENT &&
           (op->known == EVTX_K_EVENT_DATA || op->known == EVTX_K_USER_DATA);
}

static bool is_data(const evtx_op *op, evtx_code_kind in)
{
    return in == EVTX_CODE_DATA && op->known == EVTX_K_DATA;
}

/* What the member is called, if the program knows: 0 = by number or by value. */
static apd_sym member_name(const evtx_op *op, evtx_code_kind in)
{
    return is_data(op, in) ? op->as.n.label : op->as.n.name;
}

static bool same_member(const evtx_op *a, const evtx_op *b, evtx_code_kind in)
{
    if (is_payload(a, in) || is_payload(b, in))
        return is_payload(a, in) && is_payload(b, in);
    return member_name(a, in) != 0 && member_name(a, in) == member_name(b, in);
}

/* The substitution that holds the Name of a Data, or EVTX_NO_SLOT. */
static uint16_t name_slot(const evtx_coder *c, uint32_t element, uint32_t body)
{
    for (uint32_t i = element + 1; i < body; i = c->ops[i].end)
        if (c->ops[i].known == EVTX_K_NAME && c->ops[i].end == i + 2 &&
            c->ops[i + 1].kind == EVTX_OP_SUB)
            return c->ops[i + 1].slot;
    return EVTX_NO_SLOT;
}

/* --- text --- */

static bool is_blank(const evtx_coder *c, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        apd_bytes text = c->ops[i].as.text;
        if (c->ops[i].kind != EVTX_OP_TEXT)
            return false;
        for (size_t k = 0; k + 1 < text.len; k += 2)
            if (text.ptr[k + 1] || !apd_is_space((char)text.ptr[k]))
                return false;
    }
    return true;
}

/* Texts and substitutions side by side are one string. */
static void joined(evtx_coder *c, uint32_t first, uint32_t end)
{
    evtx_code_text(c, "\"");
    for (uint32_t i = first; i < end; i++) {
        const evtx_op *op = &c->ops[i];
        if (op->kind == EVTX_OP_TEXT) {
            evtx_code_utf16(c, apd_utf16_trim(op->as.text), APD_STYLE_JSON);
        } else if (op->kind == EVTX_OP_SUB) {
            uint32_t step = evtx_code_step(c, EVTX_DO_VALUE, op->slot, "");
            if (!c->failed)
                c->steps.at[step].flags = APD_STYLE_JSON;
        }
    }
    evtx_code_text(c, "\",");
}

static void field(evtx_coder *c, const evtx_op *sub, unsigned flags, evtx_code_kind inner)
{
    uint32_t step = evtx_code_step(c, EVTX_DO_FIELD, sub->slot, ",");
    if (c->failed)
        return;
    c->steps.at[step].flags = (uint8_t)flags;
    c->steps.at[step].inner = (uint8_t)inner;
}

static uint32_t run_end(const evtx_coder *c, uint32_t first, uint32_t end)
{
    while (first < end && c->ops[first].kind >= EVTX_OP_TEXT)
        first++;
    return first;
}

/* A run of texts and substitutions beside attributes or elements, or directly in EventData. */
static void loose_text(evtx_coder *c, uint32_t first, uint32_t end, evtx_code_kind in)
{
    const evtx_op *op = &c->ops[first];
    bool single = end == first + 1 && op->kind == EVTX_OP_SUB;
    if (in == EVTX_CODE_EVENT) { /* only documents are of interest there */
        for (; first < end; first++) {
            if (c->ops[first].kind != EVTX_OP_SUB)
                continue;
            evtx_code_flush(c, EVTX_DO_TEXT);
            uint32_t step = evtx_code_step(c, EVTX_DO_EMBED, c->ops[first].slot, "");
            if (!c->failed)
                c->steps.at[step].inner = (uint8_t)in;
        }
        return;
    }
    if (is_blank(c, first, end))
        return;
    evtx_code_flush(c, EVTX_DO_TEXT);
    if (in == EVTX_CODE_DATA) {
        if (single) {
            field(c, op, EVTX_NUMBERED | EVTX_EMBEDDED | EVTX_OPTIONAL, in);
            return;
        }
        evtx_code_step(c, EVTX_DO_PARAM, EVTX_NO_SLOT, "");
        joined(c, first, end);
        return;
    }
    evtx_code_text(c, "\"#text\":");
    if (single)
        field(c, op, EVTX_EMBEDDED | EVTX_OPTIONAL, in);
    else
        joined(c, first, end);
}

/* --- elements --- */

static bool is_attribute_member(const evtx_op *op, bool data)
{
    return !op->is_xmlns && !(data && op->known == EVTX_K_NAME);
}

static bool has_members(const evtx_coder *c, uint32_t element, uint32_t body, bool data)
{
    for (uint32_t i = element + 1; i < body; i = c->ops[i].end)
        if (is_attribute_member(&c->ops[i], data))
            return true;
    for (uint32_t i = body; i < c->ops[element].end; i = c->ops[i].end)
        if (c->ops[i].kind == EVTX_OP_ELEMENT)
            return true;
    return false;
}

static bool attribute_before(const evtx_coder *c, uint32_t element, uint32_t attribute)
{
    for (uint32_t i = element + 1; i < attribute; i = c->ops[i].end)
        if (c->ops[i].as.n.name == c->ops[attribute].as.n.name)
            return true;
    return false;
}

static void attributes(evtx_coder *c, uint32_t element, uint32_t body, bool data)
{
    for (uint32_t i = element + 1; i < body && !c->failed; i = c->ops[i].end) {
        const evtx_op *op = &c->ops[i], *value = op + 1;
        if (!is_attribute_member(op, data) || op->end == i + 1 || attribute_before(c, element, i))
            continue;
        bool single = op->end == i + 2;
        if (single && value->kind == EVTX_OP_TEXT && value->as.text.len == 0)
            continue;
        evtx_code_flush(c, EVTX_DO_TEXT);
        key(c, op->as.n.name, true);
        if (single && value->kind == EVTX_OP_SUB)
            evtx_code_step(c, EVTX_DO_ATTRIBUTE, value->slot, ",");
        else
            joined(c, i + 1, op->end);
    }
}

static void object(evtx_coder *c, uint32_t element, uint32_t body, evtx_code_kind inner, bool data)
{
    evtx_code_text(c, "{");
    evtx_code_flush(c, EVTX_DO_TEXT);
    attributes(c, element, body, data);
    members(c, body, c->ops[element].end, inner);
    close_step(c, "},");
}

/* The value of an element; its key is waiting. */
static void value(evtx_coder *c, uint32_t element, evtx_code_kind in, unsigned flags)
{
    const evtx_op *op = &c->ops[element];
    uint32_t body = evtx_code_body(c, element);
    bool data = is_data(op, in), numbered = flags & EVTX_NUMBERED;
    bool single = evtx_code_single(c, element, body);
    bool is_object = is_payload(op, in) || has_members(c, element, body, data);
    if (numbered && (is_object || !single)) {
        evtx_code_flush(c, EVTX_DO_TEXT);
        evtx_code_step(c, EVTX_DO_PARAM, EVTX_NO_SLOT, "");
    }
    if (is_object)
        object(c, element, body, op->known == EVTX_K_EVENT_DATA ? EVTX_CODE_DATA : EVTX_CODE_TREE,
               data);
    else if (single)
        field(c, &c->ops[body], flags, EVTX_CODE_TREE);
    else if (body == op->end)
        evtx_code_text(c, "null,");
    else
        joined(c, body, op->end);
}

/* As in XML: without the value it depends on, or without the only, optional one, it is not there. Unnamed
 * Data stay, since their position counts. */
static void element(evtx_coder *c, uint32_t i, evtx_code_kind in, bool listed)
{
    const evtx_op *op = &c->ops[i];
    uint32_t body = evtx_code_body(c, i);
    uint16_t by_value = EVTX_NO_SLOT;
    unsigned flags = listed ? EVTX_LISTED : 0;
    uint32_t outer = UINT32_MAX, inner = UINT32_MAX;
    if (is_data(op, in) && !op->as.n.label) {
        by_value = name_slot(c, i, body);
        if (by_value == EVTX_NO_SLOT)
            flags |= EVTX_NUMBERED;
    }
    if (!(flags & EVTX_NUMBERED)) {
        outer = evtx_code_skip(c, op->slot);
        if (evtx_code_single(c, i, body) && c->ops[body].optional)
            inner = evtx_code_skip(c, c->ops[body].slot);
    }
    evtx_code_flush(c, EVTX_DO_TEXT);
    if (by_value != EVTX_NO_SLOT)
        evtx_code_step(c, EVTX_DO_KEY, by_value, "");
    else if (is_payload(op, in) && !listed)
        evtx_code_text(c, "\"data\":");
    else if (!listed && !(flags & EVTX_NUMBERED))
        key(c, member_name(op, in), false);
    value(c, i, in, flags);
    evtx_code_join(c, inner);
    evtx_code_join(c, outer);
}

static bool met_before(const evtx_coder *c, uint32_t first, uint32_t i, evtx_code_kind in)
{
    for (uint32_t k = first; k < i; k = c->ops[k].end)
        if (c->ops[k].kind == EVTX_OP_ELEMENT && same_member(&c->ops[k], &c->ops[i], in))
            return true;
    return false;
}

/* The member at i, together with all later ones of its name. */
static void member(evtx_coder *c, uint32_t i, uint32_t end, evtx_code_kind in)
{
    const evtx_op *ops = c->ops;
    uint32_t again = ops[i].end;
    while (again < end &&
           !(ops[again].kind == EVTX_OP_ELEMENT && same_member(&ops[i], &ops[again], in)))
        again = ops[again].end;
    if (again >= end) {
        element(c, i, in, false);
        return;
    }
    if (is_payload(&ops[i], in))
        evtx_code_text(c, "\"data\":");
    else
        key(c, member_name(&ops[i], in), false);
    evtx_code_text(c, "[");
    evtx_code_flush(c, EVTX_DO_TEXT);
    for (uint32_t k = i; k < end && !c->failed; k = ops[k].end)
        if (ops[k].kind == EVTX_OP_ELEMENT && same_member(&ops[i], &ops[k], in))
            element(c, k, in, true);
    close_step(c, "],");
}

static void members(evtx_coder *c, uint32_t first, uint32_t end, evtx_code_kind in)
{
    for (uint32_t i = first; i < end && !c->failed;) {
        const evtx_op *op = &c->ops[i];
        if (op->kind >= EVTX_OP_TEXT) {
            uint32_t stop = run_end(c, i, end);
            loose_text(c, i, stop, in);
            i = stop;
            continue;
        }
        bool is_system = in == EVTX_CODE_EVENT && op->known == EVTX_K_SYSTEM;
        if (op->kind == EVTX_OP_ELEMENT && !is_system && !met_before(c, first, i, in))
            member(c, i, end, in);
        i = op->end;
    }
}

/* --- the record --- */

static const struct {
    evtx_known known;
    const char *key;
    bool number;
} head[] = {
    {EVTX_K_NAME, "provider", false},
    {EVTX_K_CHANNEL, "channel", false},
    {EVTX_K_COMPUTER, "computer", false},
    {EVTX_K_VERSION, "version", true},
    {EVTX_K_TASK, "task", true},
    {EVTX_K_OPCODE, "opcode", true},
    {EVTX_K_KEYWORDS, "keywords", false},
    {EVTX_K_QUALIFIERS, "qualifiers", true},
    {EVTX_K_PROCESS_ID, "process", true},
    {EVTX_K_THREAD_ID, "thread", true},
    {EVTX_K_USER_ID, "user", false},
    {EVTX_K_ACTIVITY_ID, "activity", false},
    {EVTX_K_RELATED_ACTIVITY_ID, "related_activity", false},
    {EVTX_K_GUID, "provider_guid", false},
    {EVTX_K_EVENT_SOURCE_NAME, "event_source", false},
    {EVTX_K_PROCESSOR_ID, "processor", true},
    {EVTX_K_SESSION_ID, "session", true},
    {EVTX_K_KERNEL_TIME, "kernel_time", true},
    {EVTX_K_USER_TIME, "user_time", true},
};

/* Is the text a number as JSON writes it? Records without template have all values as text. */
static bool is_number(apd_bytes utf16)
{
    size_t n = utf16.len / 2;
    if (n == 0 || n > 15 || (n > 1 && utf16.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < n; i++)
        if (utf16.ptr[2 * i + 1] || !apd_is_digit((char)utf16.ptr[2 * i]))
            return false;
    return true;
}

static void head_member(evtx_coder *c, size_t k)
{
    const evtx_source *s = &c->program->system[head[k].known];
    if (!s->there)
        return;
    const evtx_op *op = &c->ops[s->op];
    apd_bytes text = op->kind == EVTX_OP_TEXT ? apd_utf16_trim(op->as.text) : (apd_bytes){0};
    if (op->kind == EVTX_OP_TEXT && text.len == 0)
        return;
    uint32_t skip = evtx_code_skip(c, s->depends);
    if (op->kind == EVTX_OP_SUB)
        evtx_code_flush(c, EVTX_DO_TEXT);
    evtx_code_text(c, "\"");
    evtx_code_text(c, head[k].key);
    evtx_code_text(c, "\":");
    if (op->kind == EVTX_OP_SUB) {
        field(c, op, EVTX_OPTIONAL, EVTX_CODE_TREE);
    } else if (head[k].number && is_number(text)) {
        evtx_code_utf16(c, text, APD_STYLE_JSON);
        evtx_code_text(c, ",");
    } else {
        joined(c, s->op, s->op + 1u);
    }
    evtx_code_join(c, skip);
}

static void record(evtx_coder *c)
{
    const evtx_op *root = c->ops;
    if (c->program->nops == 0)
        return;
    if (root->known != EVTX_K_EVENT) {
        evtx_code_text(c, "\"data\":{");
        evtx_code_flush(c, EVTX_DO_TEXT);
        members(c, 0, c->program->nops, EVTX_CODE_TREE);
        close_step(c, "},");
        return;
    }
    for (size_t k = 0; k < sizeof head / sizeof *head; k++)
        head_member(c, k);
    members(c, evtx_code_body(c, 0), root->end, EVTX_CODE_EVENT);
}

void evtx_code_json(evtx_coder *c, evtx_code_kind kind)
{
    if (kind == EVTX_CODE_RECORD)
        record(c);
    else
        members(c, 0, c->program->nops, kind);
}
