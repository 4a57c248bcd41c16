/* Two shapes of the System template occur in real logs, and both are written here. Providers with
 * a manifest: 18 values, provider and channel are values. Classic ones (those with Qualifiers): 20
 * values, provider and channel stand in the template. In both the computer name is part of the
 * template, and the last value is the event's own data, a template instance again. */
#include "binxml_writer.h"

#include "hash.h"

enum {
    END_OF_STREAM = 0x00,
    OPEN = 0x01,
    CLOSE_START = 0x02,
    CLOSE_EMPTY = 0x03,
    END = 0x04,
    TEXT = 0x05,
    ATTRIBUTE = 0x06,
    INSTANCE = 0x0c,
    NORMAL = 0x0d,
    OPTIONAL = 0x0e,
    MORE = 0x40,
    NO_DEPENDENCY = 0xFFFF
};

static const uint8_t fragment[] = {0x0f, 1, 1, 0};

/* What a template looks like: enough to write its definition and to name it. */
typedef struct shape {
    const mk_event *event;
    enum { SYSTEM_MANIFEST, SYSTEM_CLASSIC, DATA } kind;
    uint8_t guid[16];
} shape;

void mk_chunk_put(mk_chunk *c, const void *bytes, size_t n)
{
    if (c->full || MK_CHUNK_SIZE - c->len < n) {
        c->full = true;
        return;
    }
    if (n > 0)
        memcpy(c->bytes + c->len, bytes, n);
    c->len += n;
}

static void u8(mk_chunk *c, uint8_t v)
{
    mk_chunk_put(c, &v, 1);
}

static void u16(mk_chunk *c, uint16_t v)
{
    uint8_t b[2];
    mk_store16(b, v);
    mk_chunk_put(c, b, 2);
}

void mk_chunk_u32(mk_chunk *c, uint32_t v)
{
    uint8_t b[4];
    mk_store32(b, v);
    mk_chunk_put(c, b, 4);
}

void mk_chunk_u64(mk_chunk *c, uint64_t v)
{
    uint8_t b[8];
    mk_store64(b, v);
    mk_chunk_put(c, b, 8);
}

/* Stores the count of bytes written since the u32 at `at`. */
static void patch_size(mk_chunk *c, size_t at)
{
    if (!c->full)
        mk_store32(c->bytes + at, (uint32_t)(c->len - at - 4));
}

/* --- names --- */

static uint32_t name_hash(apd_str s)
{
    uint32_t h = 0;
    for (size_t i = 0; i < s.len; i++)
        h = h * 65599 + (uint8_t)s.ptr[i];
    return h & 0xFFFF;
}

static bool name_is(const mk_chunk *c, uint32_t at, apd_str s)
{
    if (apd_u16le(c->bytes + at + 6) != s.len)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (apd_u16le(c->bytes + at + 8 + 2 * i) != (uint8_t)s.ptr[i])
            return false;
    return true;
}

static void put_text(mk_chunk *c, apd_str utf8)
{
    mk_out o = {0};
    mk_utf16(&o, utf8);
    u16(c, (uint16_t)(o.len / 2));
    mk_chunk_put(c, o.ptr, o.len);
    mk_free(&o);
}

/* Element and attribute names are ASCII in every provider. */
static void put_name(mk_chunk *c, apd_str s)
{
    uint32_t hash = name_hash(s);
    uint8_t *head = c->bytes + MK_NAME_TABLE + 4 * (hash & 63);
    uint32_t at = apd_u32le(head);
    while (at && !name_is(c, at, s))
        at = apd_u32le(c->bytes + at);
    if (at) {
        mk_chunk_u32(c, at);
        return;
    }
    at = (uint32_t)c->len + 4;
    mk_chunk_u32(c, at);
    mk_chunk_u32(c, apd_u32le(head));
    u16(c, (uint16_t)hash);
    put_text(c, s);
    u16(c, 0);
    if (!c->full)
        mk_store32(head, at);
}

/* --- elements --- */

typedef struct element {
    size_t size_at, attributes_at;
} element;

static element open_element(mk_chunk *c, apd_str name, uint16_t dependency, bool attributes)
{
    element e = {0};
    u8(c, attributes ? OPEN | MORE : OPEN);
    u16(c, dependency);
    e.size_at = c->len;
    mk_chunk_u32(c, 0);
    put_name(c, name);
    if (attributes) {
        e.attributes_at = c->len;
        mk_chunk_u32(c, 0);
    }
    return e;
}

static void close_start(mk_chunk *c, element e)
{
    if (e.attributes_at)
        patch_size(c, e.attributes_at);
    u8(c, CLOSE_START);
}

static void end_element(mk_chunk *c, element e)
{
    u8(c, END);
    patch_size(c, e.size_at);
}

static void end_empty(mk_chunk *c, element e)
{
    patch_size(c, e.attributes_at);
    u8(c, CLOSE_EMPTY);
    patch_size(c, e.size_at);
}

static void attribute(mk_chunk *c, const char *name, bool more)
{
    u8(c, more ? ATTRIBUTE | MORE : ATTRIBUTE);
    put_name(c, apd_str_of(name));
}

static void text(mk_chunk *c, apd_str s)
{
    u8(c, TEXT);
    u8(c, MK_STRING);
    put_text(c, s);
}

static void value(mk_chunk *c, uint8_t token, uint16_t index, mk_type type)
{
    u8(c, token);
    u16(c, index);
    u8(c, (uint8_t)type);
}

/* <name>%index</name>, left out when the value is null. */
static void value_element(mk_chunk *c, const char *name, uint16_t index, mk_type type)
{
    element e = open_element(c, apd_str_of(name), index, false);
    close_start(c, e);
    value(c, OPTIONAL, index, type);
    end_element(c, e);
}

static void text_element(mk_chunk *c, const char *name, apd_str s)
{
    element e = open_element(c, apd_str_of(name), NO_DEPENDENCY, false);
    close_start(c, e);
    text(c, s);
    end_element(c, e);
}

/* <name a=… b=…/> with one or two attribute values. */
static void value_attributes(mk_chunk *c, const char *name, const char *a, uint16_t ia, mk_type ta,
                             const char *b, uint16_t ib, mk_type tb)
{
    element e = open_element(c, apd_str_of(name), NO_DEPENDENCY, true);
    attribute(c, a, b != NULL);
    value(c, OPTIONAL, ia, ta);
    if (b) {
        attribute(c, b, false);
        value(c, OPTIONAL, ib, tb);
    }
    end_empty(c, e);
}

/* --- the System template --- */

static void provider_element(mk_chunk *c, const mk_event *e, bool classic)
{
    if (!classic) {
        value_attributes(c, "Provider", "Name", 14, MK_STRING, "Guid", 15, MK_GUID);
        return;
    }
    element p = open_element(c, APD_LIT("Provider"), NO_DEPENDENCY, true);
    attribute(c, "Name", e->guid.len > 0);
    text(c, e->provider);
    if (e->guid.len > 0) {
        attribute(c, "Guid", true);
        text(c, e->guid);
        attribute(c, "EventSourceName", false);
        text(c, e->provider);
    }
    end_empty(c, p);
}

static void event_id_element(mk_chunk *c)
{
    element e = open_element(c, APD_LIT("EventID"), 3, true);
    attribute(c, "Qualifiers", false);
    value(c, OPTIONAL, 4, MK_U16);
    close_start(c, e);
    value(c, OPTIONAL, 3, MK_U16);
    end_element(c, e);
}

static void system_element(mk_chunk *c, const mk_event *e, bool classic)
{
    element s = open_element(c, APD_LIT("System"), NO_DEPENDENCY, false);
    close_start(c, s);
    provider_element(c, e, classic);
    event_id_element(c);
    value_element(c, "Version", 11, MK_U8);
    value_element(c, "Level", 0, MK_U8);
    value_element(c, "Task", 2, MK_U16);
    value_element(c, "Opcode", 1, MK_U8);
    value_element(c, "Keywords", 5, MK_HEX64);
    value_attributes(c, "TimeCreated", "SystemTime", 6, MK_FILETIME, NULL, 0, MK_NULL);
    value_element(c, "EventRecordID", 10, MK_U64);
    value_attributes(c, "Correlation", "ActivityID", 7, MK_GUID, "RelatedActivityID",
                     classic ? 18 : 13, MK_GUID);
    value_attributes(c, "Execution", "ProcessID", 8, MK_U32, "ThreadID", 9, MK_U32);
    if (classic)
        text_element(c, "Channel", e->channel);
    else
        value_element(c, "Channel", 16, MK_STRING);
    text_element(c, "Computer", e->computer);
    value_attributes(c, "Security", "UserID", 12, MK_SID, NULL, 0, MK_NULL);
    end_element(c, s);
}

static void system_template(mk_chunk *c, const mk_event *e, bool classic)
{
    uint16_t data = classic ? 19 : 17;
    bool user_data = e->body == MK_USER_DATA;
    element root = open_element(c, APD_LIT("Event"), user_data ? NO_DEPENDENCY : data, true);
    attribute(c, "xmlns", false);
    text(c, APD_LIT("http://schemas.microsoft.com/win/2004/08/events/event"));
    close_start(c, root);
    system_element(c, e, classic);
    if (user_data)
        value_element(c, "UserData", data, MK_BINXML);
    else
        value(c, OPTIONAL, data, MK_BINXML);
    end_element(c, root);
}

/* --- the data template --- */

static void named_data(mk_chunk *c, const mk_event *e)
{
    element root = open_element(c, APD_LIT("EventData"), NO_DEPENDENCY, false);
    close_start(c, root);
    for (size_t i = 0; i < e->fields.n; i++) {
        element d = open_element(c, APD_LIT("Data"), NO_DEPENDENCY, true);
        attribute(c, "Name", false);
        text(c, e->fields.at[i].name);
        close_start(c, d);
        value(c, NORMAL, (uint16_t)i, e->fields.at[i].type);
        end_element(c, d);
    }
    end_element(c, root);
}

/* All unnamed texts are one array value, which readers show as one Data each. */
static void classic_data(mk_chunk *c)
{
    element root = open_element(c, APD_LIT("EventData"), NO_DEPENDENCY, false);
    close_start(c, root);
    value_element(c, "Data", 0, MK_STRINGS);
    value_element(c, "Binary", 2, MK_BINARY);
    end_element(c, root);
}

static void user_data(mk_chunk *c, const mk_event *e)
{
    element root = open_element(c, e->root, NO_DEPENDENCY, e->xmlns.len > 0);
    if (e->xmlns.len > 0) {
        attribute(c, "xmlns", false);
        text(c, e->xmlns);
    }
    close_start(c, root);
    for (size_t i = 0; i < e->fields.n; i++) {
        element f = open_element(c, e->fields.at[i].name, NO_DEPENDENCY, false);
        close_start(c, f);
        value(c, NORMAL, (uint16_t)i, e->fields.at[i].type);
        end_element(c, f);
    }
    end_element(c, root);
}

/* --- instances --- */

static void mix(uint64_t h[2], apd_str s)
{
    h[0] = apd_hash_u64(h[0] ^ apd_hash(s));
    h[1] = apd_hash_u64(h[1] + (apd_hash(s) ^ s.len) * 3);
}

/* A template is known by its GUID; ours is a digest of everything that its body depends on. */
static void name_shape(shape *s)
{
    const mk_event *e = s->event;
    uint64_t h[2] = {(uint64_t)s->kind + 1, (uint64_t)e->body + 77};
    if (s->kind == DATA) {
        mix(h, e->root);
        mix(h, e->xmlns);
        for (size_t i = 0; i < e->fields.n && e->body != MK_CLASSIC; i++) {
            mix(h, e->fields.at[i].name);
            mix(h, apd_str_of(mk_type_name(e->fields.at[i].type)));
        }
    } else {
        mix(h, e->computer);
        mix(h, s->kind == SYSTEM_CLASSIC ? e->provider : APD_LIT(""));
        mix(h, s->kind == SYSTEM_CLASSIC ? e->guid : APD_LIT(""));
        mix(h, s->kind == SYSTEM_CLASSIC ? e->channel : APD_LIT(""));
    }
    mk_store64(s->guid, h[0]);
    mk_store64(s->guid + 8, h[1]);
}

static unsigned template_bucket(const uint8_t guid[16])
{
    uint32_t h = 0;
    for (size_t i = 0; i < 8; i++)
        h = h * 65599 + apd_u16le(guid + 2 * i);
    return h & 31;
}

static void template_body(mk_chunk *c, const shape *s)
{
    mk_chunk_put(c, fragment, sizeof(fragment));
    if (s->kind != DATA)
        system_template(c, s->event, s->kind == SYSTEM_CLASSIC);
    else if (s->event->body == MK_USER_DATA)
        user_data(c, s->event);
    else if (s->event->body == MK_CLASSIC)
        classic_data(c);
    else
        named_data(c, s->event);
    u8(c, END_OF_STREAM);
}

/* The token and its reference, with the definition behind it when the chunk has none yet. */
static void begin_instance(mk_chunk *c, shape *s)
{
    name_shape(s);
    uint8_t *head = c->bytes + MK_TEMPLATE_TABLE + 4 * template_bucket(s->guid);
    uint32_t at = apd_u32le(head);
    while (at && memcmp(c->bytes + at + 4, s->guid, 16) != 0)
        at = apd_u32le(c->bytes + at);
    u8(c, INSTANCE);
    u8(c, 1);
    mk_chunk_put(c, s->guid, 4); /* the template id is the GUID's first word */
    if (at) {
        mk_chunk_u32(c, at);
        return;
    }
    at = (uint32_t)c->len + 4;
    mk_chunk_u32(c, at);
    mk_chunk_u32(c, apd_u32le(head));
    mk_chunk_put(c, s->guid, 16);
    size_t size_at = c->len;
    mk_chunk_u32(c, 0);
    template_body(c, s);
    patch_size(c, size_at);
    if (!c->full)
        mk_store32(head, at);
}

typedef struct values {
    mk_out descriptors, bytes;
    uint32_t n;
} values;

/* Counts what was appended to v->bytes since `from` as the next value. */
static void add_value(values *v, mk_type type, size_t from)
{
    mk_u16(&v->descriptors, (uint16_t)(v->bytes.len - from));
    mk_u8(&v->descriptors, (uint8_t)type);
    mk_u8(&v->descriptors, 0);
    v->n++;
}

static void add_number(values *v, mk_type type, uint64_t number, size_t size)
{
    uint8_t b[8];
    mk_store64(b, number);
    mk_put(&v->bytes, b, size);
    add_value(v, type, v->bytes.len - size);
}

/* An empty text is a null value. */
static void add_parsed(values *v, mk_type type, apd_str s)
{
    size_t from = v->bytes.len;
    if (s.len > 0)
        mk_value_put(&v->bytes, type, s);
    add_value(v, s.len > 0 ? type : MK_NULL, from);
}

/* System texts have no NUL, unlike those of EventData. */
static void add_system_text(values *v, apd_str s)
{
    size_t from = v->bytes.len;
    mk_utf16(&v->bytes, s);
    add_value(v, MK_STRING, from);
}

static void system_values(values *v, const mk_event *e, uint64_t record, bool classic)
{
    add_number(v, MK_U8, e->level, 1);
    add_number(v, MK_U8, e->opcode, 1);
    add_number(v, MK_U16, e->task, 2);
    add_number(v, MK_U16, e->id, 2);
    add_number(v, classic ? MK_U16 : MK_NULL, classic ? (uint64_t)e->qualifiers : 0, 2);
    add_number(v, MK_HEX64, e->keywords, 8);
    add_number(v, MK_FILETIME, (uint64_t)e->time, 8);
    add_number(v, MK_NULL, 0, 0);
    add_number(v, MK_U32, e->pid, 4);
    add_number(v, MK_U32, e->tid, 4);
    add_number(v, MK_U64, record, 8);
    add_number(v, MK_U8, e->version, 1);
    add_parsed(v, MK_SID, e->sid);
    add_number(v, MK_NULL, 0, 0);
    if (classic) {
        for (int i = 14; i < 19; i++)
            add_number(v, MK_NULL, 0, 0);
    } else {
        add_system_text(v, e->provider);
        add_parsed(v, MK_GUID, e->guid);
        add_system_text(v, e->channel);
    }
}

static void classic_values(values *v, const mk_event *e)
{
    size_t from = v->bytes.len;
    for (size_t i = 0; i < e->fields.n; i++)
        mk_value_put(&v->bytes, MK_STRING, e->fields.at[i].text);
    add_value(v, e->fields.n > 0 ? MK_STRINGS : MK_NULL, from);
    add_number(v, MK_U32, 0, 4);
    add_parsed(v, MK_BINARY, e->binary);
}

/* Returns where the size of the last value is stored, for a value that is written behind. */
static size_t put_values(mk_chunk *c, values *v)
{
    mk_chunk_u32(c, v->n);
    mk_chunk_put(c, v->descriptors.ptr, v->descriptors.len);
    size_t last = c->len - 4;
    mk_chunk_put(c, v->bytes.ptr, v->bytes.len);
    mk_free(&v->descriptors);
    mk_free(&v->bytes);
    return last;
}

static void put_data(mk_chunk *c, const mk_event *e)
{
    shape s = {.event = e, .kind = DATA};
    values v = {0};
    begin_instance(c, &s);
    if (e->body == MK_CLASSIC) {
        classic_values(&v, e);
    } else {
        for (size_t i = 0; i < e->fields.n; i++) {
            size_t from = v.bytes.len;
            mk_value_put(&v.bytes, e->fields.at[i].type, e->fields.at[i].text);
            add_value(&v, e->fields.at[i].type, from);
        }
    }
    put_values(c, &v);
}

void mk_binxml_event(mk_chunk *c, const mk_event *e, uint64_t record)
{
    bool classic = e->qualifiers >= 0;
    shape s = {.event = e, .kind = classic ? SYSTEM_CLASSIC : SYSTEM_MANIFEST};
    values v = {0};
    mk_chunk_put(c, fragment, sizeof(fragment));
    begin_instance(c, &s);
    system_values(&v, e, record, classic);
    add_number(&v, MK_BINXML, 0, 0); /* its size comes below */
    size_t size_at = put_values(c, &v), from = c->len;
    if (classic)
        mk_chunk_put(c, fragment, sizeof(fragment));
    put_data(c, e);
    if (!c->full)
        mk_store16(c->bytes + size_at, (uint16_t)(c->len - from));
    u8(c, END_OF_STREAM);
}
