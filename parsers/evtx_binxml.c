/* One token at a time, every length checked against the cursor before it is used. */
#include "evtx_binxml.h"

#define MORE 0x40u       /* flag of the token byte: attributes (or more content) follow */
#define VALUE_STRING 1u  /* the only type a value text may have */
#define FIRST_RECORD 512 /* no name lies in the chunk's header */
#define LONGEST 512u     /* bytes of a name that a NUL is looked for in */

static bool left(const evtx_cursor *c, uint32_t n)
{
    return c->end - c->at >= n;
}

static bool hash_agrees(const uint8_t *entry, apd_bytes name)
{
    uint32_t hash = 0;
    for (size_t i = 0; i < name.len; i += 2)
        hash = hash * 65599u + apd_u16le(name.ptr + i);
    return (hash & 0xffff) == apd_u16le(entry + 4);
}

/* Where the count and the NUL behind the name disagree, the hash may prove the NUL right. */
bool evtx_name_at(const uint8_t *chunk, uint32_t size, uint32_t offset, apd_bytes *name)
{
    if (offset < FIRST_RECORD || offset > size || size - offset < EVTX_NAME_HEAD)
        return false;
    const uint8_t *entry = chunk + offset;
    uint32_t bytes = 2u * apd_u16le(entry + 6), room = size - offset - EVTX_NAME_HEAD;
    *name = (apd_bytes){entry + EVTX_NAME_HEAD, 0};
    while (room - name->len >= 2 && name->len < LONGEST && apd_u16le(name->ptr + name->len))
        name->len += 2;
    bool ends = room - name->len >= 2 && name->len < LONGEST;
    if (ends && (name->len == bytes || (name->len && hash_agrees(entry, *name))))
        return true;
    name->len = bytes;
    return room >= bytes;
}

bool evtx_name_is(const uint8_t *chunk, uint32_t size, uint32_t offset, apd_bytes name)
{
    if (offset >= FIRST_RECORD && offset <= size &&
        size - offset >= EVTX_NAME_HEAD + name.len + 2) {
        const uint8_t *entry = chunk + offset, *text = entry + EVTX_NAME_HEAD;
        if (apd_u16le(text + name.len) == 0 && 2u * apd_u16le(entry + 6) == name.len &&
            (name.len == 0 || memcmp(text, name.ptr, name.len) == 0))
            return true; /* as nearly always */
    }
    apd_bytes there;
    return evtx_name_at(chunk, size, offset, &there) && there.len == name.len &&
           (name.len == 0 || memcmp(there.ptr, name.ptr, name.len) == 0);
}

static bool name_at(const evtx_cursor *c, uint32_t offset, apd_bytes *name)
{
    return evtx_name_at(c->base, c->size, offset, name);
}

/* Is a name stored right here? Only asked when the offset that should say so is damaged. */
static bool name_here(const evtx_cursor *c, apd_bytes *name)
{
    return name_at(c, c->at, name) && name->len &&
           left(c, EVTX_NAME_HEAD + (uint32_t)name->len + 2) &&
           apd_u16le(name->ptr + name->len) == 0 && hash_agrees(c->base + c->at, *name);
}

/* A name is stored where it is used first, directly behind its own offset, and referred to later. A
 * name that cannot be found is empty, which costs the element its name and no more. */
static const char *read_name(evtx_cursor *c, evtx_token *t)
{
    apd_bytes *name = &t->text;
    t->name_at = c->at;
    if (!left(c, 4))
        return "a name is cut off";
    uint32_t offset = apd_u32le(c->base + c->at);
    c->at += 4;
    bool here = offset == c->at;
    bool found = name_at(c, offset, name);
    if (!here && !(found && hash_agrees(c->base + offset, *name))) {
        apd_bytes stored;
        here = name_here(c, &stored);
        if (here)
            *name = stored;
        else if (!found)
            *name = (apd_bytes){c->base, 0};
        if (here || !found)
            c->damage = "a name lies outside the chunk";
    } else if (!found) {
        return "a name is cut off";
    }
    if (here) {
        uint32_t entry = EVTX_NAME_HEAD + (uint32_t)name->len + 2;
        if (!left(c, entry))
            return "a name is cut off";
        c->at += entry;
    }
    t->name_end = c->at;
    return NULL;
}

static const char *read_text(evtx_cursor *c, apd_bytes *text)
{
    if (!left(c, 2))
        return "a text is cut off";
    uint32_t bytes = 2u * apd_u16le(c->base + c->at);
    c->at += 2;
    if (!left(c, bytes))
        return "a text is longer than what holds it";
    *text = (apd_bytes){c->base + c->at, bytes};
    c->at += bytes;
    return NULL;
}

/* Would an element starting here, with or without a dependency id, make sense? */
static bool element_fits(const evtx_cursor *c, bool depends)
{
    uint32_t head = (depends ? 2u : 0u) + 8u;
    if (!left(c, head))
        return false;
    const uint8_t *p = c->base + c->at + head - 8;
    apd_bytes name;
    return apd_u32le(p) <= c->end - c->at && name_at(c, apd_u32le(p + 4), &name);
}

static const char *read_element(evtx_cursor *c, bool attributes, evtx_token *t)
{
    /* Whether there is a dependency id follows from the context; some writers got it wrong. */
    bool depends = c->depends;
    if (!element_fits(c, depends) && element_fits(c, !depends))
        depends = !depends;
    uint32_t head = (depends ? 2u : 0u) + 4u;
    if (!left(c, head))
        return "an element is cut off";
    t->slot = depends ? apd_u16le(c->base + c->at) : EVTX_NO_SLOT;
    c->at += head;
    uint32_t size = apd_u32le(c->base + c->at - 4); /* a hint for skipping, never a bound */
    t->end = size <= c->end - c->at ? c->at + size : 0;
    const char *why = read_name(c, t);
    if (why)
        return why;
    if (attributes) {
        if (!left(c, 4))
            return "an element is cut off";
        c->at += 4;
    }
    return NULL;
}

static const char *read_value_text(evtx_cursor *c, evtx_token *t)
{
    if (!left(c, 1))
        return "a text is cut off";
    if (c->base[c->at] != VALUE_STRING)
        return "a text is not of type string";
    c->at += 1;
    return read_text(c, &t->text);
}

static const char *read_substitution(evtx_cursor *c, evtx_token *t)
{
    if (!left(c, 3))
        return "a substitution is cut off";
    t->slot = apd_u16le(c->base + c->at);
    t->type = c->base[c->at + 2]; /* only what the manifest said: a value has its own */
    c->at += 3;
    return NULL;
}

static const char *read_char(evtx_cursor *c, evtx_token *t)
{
    if (!left(c, 2))
        return "a character reference is cut off";
    t->code = apd_u16le(c->base + c->at);
    c->at += 2;
    return NULL;
}

static const char *read_fragment(evtx_cursor *c)
{
    if (!left(c, 3))
        return "a fragment header is cut off";
    if (c->base[c->at] != 1)
        return "a fragment is of an unknown version";
    c->at += 3;
    return NULL;
}

const char *evtx_token_next(evtx_cursor *c, evtx_token *t)
{
    *t = (evtx_token){.kind = EVTX_EOF, .slot = EVTX_NO_SLOT};
    if (!left(c, 1))
        return NULL;
    uint8_t byte = c->base[c->at++];
    if (byte & 0xb0u)
        return "an unknown token";
    t->kind = (evtx_kind)(byte & ~MORE);
    switch (t->kind) {
    case EVTX_ELEMENT:
        return read_element(c, byte & MORE, t);
    case EVTX_TEXT:
        return read_value_text(c, t);
    case EVTX_CDATA:
    case EVTX_PI_DATA:
        return read_text(c, &t->text);
    case EVTX_ATTRIBUTE:
    case EVTX_ENTITY:
    case EVTX_PI:
        return read_name(c, t);
    case EVTX_CHAR:
        return read_char(c, t);
    case EVTX_SUB:
    case EVTX_SUB_OPTIONAL:
        return read_substitution(c, t);
    case EVTX_FRAGMENT:
        return read_fragment(c);
    case EVTX_EOF:
    case EVTX_CLOSE_START:
    case EVTX_CLOSE_EMPTY:
    case EVTX_END:
    case EVTX_INSTANCE:
        break;
    }
    return NULL;
}
