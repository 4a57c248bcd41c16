/* Steps and their texts; which of the two writers of code is asked. */
#include "evtx_coder.h"

#include <string.h>

#define NO_STEP UINT32_MAX

void evtx_code_str(evtx_coder *c, apd_str s)
{
    apd_buf_add(&c->text, s);
}

void evtx_code_text(evtx_coder *c, const char *z)
{
    evtx_code_str(c, apd_str_of(z));
}

void evtx_code_utf16(evtx_coder *c, apd_bytes utf16, apd_style style)
{
    if (!apd_buf_room(&c->text, EVTX_WORST_GROWTH * utf16.len + EVTX_SLACK))
        return;
    char *p = c->text.ptr + c->text.len;
    c->text.len = (size_t)(evtx_put_utf16(p, utf16, utf16.ptr + utf16.len, style) - c->text.ptr);
}

/* A name that XML could not hold, as only a damaged file has it, is written with underscores. */
void evtx_code_name(evtx_coder *c, apd_sym name, apd_style style)
{
    apd_str s = apd_sym_text(c->names, name);
    if (!apd_buf_room(&c->text, EVTX_WORST_GROWTH * s.len + EVTX_SLACK))
        return;
    char *p = c->text.ptr + c->text.len;
    p = style == APD_STYLE_JSON ? evtx_put_utf8(p, s, style) : evtx_put_xml_name(p, s);
    c->text.len = (size_t)(p - c->text.ptr);
}

uint32_t evtx_code_step(evtx_coder *c, evtx_do what, uint16_t slot, const char *close)
{
    size_t open = c->text.len, end = strlen(close);
    char *text = apd_calloc(c->arena, 1, open + end + EVTX_TEXT_SLACK);
    evtx_piece s = {.text = text,
                    .open = (uint32_t)open,
                    .close = (uint32_t)end,
                    .slot = slot,
                    .what = (uint8_t)what};
    if (!text || c->text.failed || c->steps.n >= UINT16_MAX || !APD_PUSH(c->arena, c->steps, s)) {
        c->failed = true;
        return NO_STEP;
    }
    if (open)
        memcpy(text, c->text.ptr, open);
    memcpy(text + open, close, end);
    c->text.len = 0;
    return (uint32_t)c->steps.n - 1;
}

void evtx_code_flush(evtx_coder *c, evtx_do what)
{
    if (c->text.len)
        evtx_code_step(c, what, EVTX_NO_SLOT, "");
}

uint32_t evtx_code_skip(evtx_coder *c, uint16_t slot)
{
    if (slot == EVTX_NO_SLOT)
        return NO_STEP;
    evtx_code_flush(c, EVTX_DO_TEXT);
    return evtx_code_step(c, EVTX_DO_SKIP, slot, "");
}

void evtx_code_join(evtx_coder *c, uint32_t skip)
{
    if (skip == NO_STEP || c->failed)
        return;
    evtx_code_flush(c, EVTX_DO_TEXT);
    c->steps.at[skip].to = (uint16_t)c->steps.n;
}

uint32_t evtx_code_body(const evtx_coder *c, uint32_t element)
{
    uint32_t body = element + 1;
    while (body < c->ops[element].end && c->ops[body].kind == EVTX_OP_ATTRIBUTE)
        body = c->ops[body].end;
    return body;
}

bool evtx_code_single(const evtx_coder *c, uint32_t element, uint32_t body)
{
    return c->ops[element].end == body + 1 && c->ops[body].kind == EVTX_OP_SUB;
}

const evtx_code *evtx_code_get(evtx_decoder *d, evtx_program *p, evtx_code_kind kind)
{
    if (p->code[kind])
        return p->code[kind];
    evtx_coder c = {.program = p, .ops = p->ops, .names = d->names.intern, .arena = p->arena};
    apd_buf_init(&c.text, d->batch);
    if (kind == EVTX_CODE_XML)
        evtx_code_xml(&c);
    else
        evtx_code_json(&c, kind);
    evtx_code_flush(&c, EVTX_DO_TEXT);
    evtx_code *code = APD_NEW(p->arena, evtx_code);
    if (!code || c.failed || c.text.failed)
        return NULL;
    *code = (evtx_code){c.steps.at, (uint32_t)c.steps.n};
    p->code[kind] = code;
    return code;
}
