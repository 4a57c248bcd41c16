#include "etl_writer.h"

#include "etl_builder.h"
#include "hash.h"

enum {
    MODE_RELOGGED = 0x10000,
    MODE_ONE_STREAM = 0x10000000,
    EVENT_INFO = 32,
    INFO_HEAD = 112,
    PROPERTY = 24
};

static const char *const trace_keys[] = {
    "name",   "clock",   "started",    "stopped",   "cpus", "ring",
    "merged", "packing", "buffer",     "narrow",    "old",  "events_lost",
    "logger", "records", "one_stream", "frequency", NULL};
static const char *const record_keys[] = {
    "at",   "provider", "guid", "event",   "EventID", "Version", "Level", "opcode",
    "cpu",  "pid",      "tid",  "fields",  "message", "wpp",     "hook",  "class",
    "data", "lose",     "task", "channel", "keyword", "flush",   NULL};

typedef struct writer {
    const mk_scenario *s;
    mk_etl *e;
    bool merged;
    uint32_t cpus, turn; /* records without a processor go round */
    apd_time started;
    APD_VEC(uint64_t) described; /* hashes of GUID and id */
} writer;

static bool is_true(const mk_node *n, const char *key)
{
    return apd_eq(mk_get_text(n, key, "false"), APD_LIT("true"));
}

static uint32_t choice(const mk_node *n, const char *key, const char *const *names, uint32_t usual)
{
    const mk_node *v = mk_get(n, key);
    for (uint32_t i = 0; v && names[i]; i++)
        if (apd_eq(v->text, apd_str_of(names[i])))
            return i;
    if (v)
        mk_die_at(v, "%s cannot be %.*s", key, APD_FMT(v->text));
    return usual;
}

/* As given, or one made up of the name. */
static void get_guid(const mk_node *n, const char *key, apd_str name, uint8_t guid[16])
{
    mk_out o = {0};
    const mk_node *v = mk_get(n, key);
    if (v && !mk_value_put(&o, MK_GUID, v->text))
        mk_die_at(v, "this is no GUID");
    if (!v) {
        mk_u64(&o, apd_hash(name));
        mk_u64(&o, apd_hash(name) * 0x9E3779B97F4A7C15);
    }
    memcpy(guid, o.ptr, 16);
    mk_free(&o);
}

/* --- fields --- */

typedef struct field {
    apd_str name, text;
    mk_type type;
} field;

static field read_field(const mk_node *n)
{
    field f = {.name = n->key, .text = n->text, .type = MK_STRING};
    if (n->kind != MK_MAP)
        return f;
    f.text = mk_get_text(n, "value", "");
    if (!mk_type_parse(mk_get_text(n, "type", "string"), &f.type) || f.type == MK_NULL ||
        f.type > MK_HEX64)
        mk_die_at(n, "a trace has no such type");
    return f;
}

static void put_value(const mk_node *n, mk_out *o, bool counted)
{
    field f = read_field(n);
    size_t at = o->len;
    if (f.type == MK_BINARY && !counted)
        mk_die_at(n, "binary is for events without EventID");
    if (f.type == MK_BINARY)
        mk_u16(o, 0);
    if (!mk_value_put(o, f.type, f.text))
        mk_die_at(n, "'%.*s' is not a %s", APD_FMT(f.text), mk_type_name(f.type));
    if (f.type == MK_BINARY)
        mk_store16(o->ptr + at, (uint16_t)(o->len - at - 2));
}

static void put_values(const mk_node *fields, mk_out *o, bool counted)
{
    for (const mk_node *n = fields ? fields->first : NULL; n; n = n->next)
        put_value(n, o, counted);
}

/* --- TRACE_EVENT_INFO, as merging writes it --- */

static void put_text(mk_out *o, size_t at, apd_str s)
{
    mk_store32(o->ptr + at, (uint32_t)o->len);
    mk_utf16(o, s);
    mk_u16(o, 0);
}

static void put_event_info(mk_out *o, const mk_etl_record *r, apd_str provider, const mk_node *n)
{
    const mk_node *fields = mk_get(n, "fields");
    uint32_t count = 0;
    for (const mk_node *f = fields ? fields->first : NULL; f; f = f->next)
        count++;
    mk_put(o, r->guid, 16);
    mk_zero(o, 16);
    mk_etl_put_descriptor(o, r);
    mk_zero(o, INFO_HEAD - o->len + (size_t)count * PROPERTY);
    mk_store32(o->ptr + 100, count);
    mk_store32(o->ptr + 104, count);
    put_text(o, 52, provider);
    put_text(o, 76, mk_get_text(n, "message", ""));
    size_t at = INFO_HEAD;
    for (const mk_node *f = fields ? fields->first : NULL; f; f = f->next, at += PROPERTY) {
        field v = read_field(f);
        mk_store16(o->ptr + at + 8, (uint16_t)v.type);
        mk_store16(o->ptr + at + 16, 1);
        put_text(o, at + 4, v.name);
    }
}

static void describe(writer *w, const mk_etl_record *event, apd_str provider, const mk_node *n)
{
    static const uint8_t trace_control[16] = {0xc1, 0xf6, 0xcc, 0xbb, 0xd1, 0x6c, 0xc4, 0x48,
                                              0x80, 0xff, 0x83, 0x94, 0x82, 0xe3, 0x76, 0x71};
    uint64_t key = apd_hash((apd_str){(const char *)event->guid, 16}) * 31 + event->id;
    for (size_t i = 0; i < w->described.n; i++)
        if (w->described.at[i] == key)
            return;
    if (!APD_PUSH(w->s->arena, w->described, key))
        mk_die("out of memory");
    mk_out o = {0};
    put_event_info(&o, event, provider, n);
    mk_etl_record r = {
        .kind = MK_ETL_FULL, .time = event->time, .opcode = EVENT_INFO, .payload = mk_bytes(&o)};
    memcpy(r.guid, trace_control, 16);
    mk_etl_add(w->e, 0, &r);
    mk_free(&o);
}

/* --- records --- */

static void tracelogging(mk_etl_record *r, const mk_node *n, apd_str provider, mk_out *traits,
                         mk_out *schema)
{
    const mk_node *fields = mk_get(n, "fields");
    r->channel = (uint8_t)mk_get_number(n, "channel", 11);
    mk_etl_traits(traits, provider);
    mk_etl_schema(schema, mk_get(n, "event")->text);
    for (const mk_node *f = fields ? fields->first : NULL; f; f = f->next)
        mk_etl_schema_field(schema, f->key, (uint8_t)read_field(f).type, 0);
    mk_etl_schema_end(schema);
    r->traits = mk_bytes(traits);
    r->schema = mk_bytes(schema);
}

static mk_etl_record common(const writer *w, const mk_node *n)
{
    apd_str name = mk_get_text(n, "provider", "");
    mk_etl_record r = {.time = w->s->start + mk_get_span(n, "at", 0),
                       .narrow = is_true(n, "narrow"),
                       .pid = (uint32_t)mk_get_number(n, "pid", 1000 + apd_hash(name) % 2000 * 4),
                       .level = (uint8_t)mk_get_number(n, "Level", 4),
                       .version = (uint8_t)mk_get_number(n, "Version", 0),
                       .channel = (uint8_t)mk_get_number(n, "channel", 0),
                       .opcode = (uint8_t)mk_get_number(n, "opcode", 0),
                       .task = (uint16_t)mk_get_number(n, "task", 0),
                       .keyword = mk_get_number(n, "keyword", 0)};
    r.tid = (uint32_t)mk_get_number(n, "tid", r.pid + 8);
    if (r.time < w->started)
        mk_die_at(n, "this is before the trace was started");
    return r;
}

static void add_record(writer *w, const mk_node *n)
{
    static const char *const kinds[] = {"event", "EventID", "wpp", "hook", "class", NULL};
    static const mk_etl_kind is[] = {MK_ETL_EVENT, MK_ETL_EVENT, MK_ETL_MESSAGE, MK_ETL_SYSTEM,
                                     MK_ETL_FULL};
    mk_out traits = {0}, schema = {0}, payload = {0};
    mk_etl_record r = common(w, n);
    uint32_t cpu = (uint32_t)mk_get_number(n, "cpu", w->turn++ % w->cpus), k = 0;
    apd_str provider = mk_get_text(n, "provider", "");
    while (kinds[k] && !mk_get(n, kinds[k]))
        k++;
    if (!kinds[k])
        mk_die_at(n, "a record of a trace is an event, EventID, wpp, hook or class");
    r.kind = is[k];
    if (k > 0 && k < 4)
        r.id = (uint16_t)mk_get_number(n, kinds[k], 0);
    get_guid(n, k == 4 ? "class" : "guid", provider, r.guid);
    put_values(mk_get(n, "fields"), &payload, k == 0);
    if (mk_get(n, "data") && !mk_value_put(&payload, MK_BINARY, mk_get(n, "data")->text))
        mk_die_at(n, "data are hexadecimal digits");
    r.payload = mk_bytes(&payload);
    if (k == 0)
        tracelogging(&r, n, provider, &traits, &schema);
    if (k == 1 && w->merged)
        describe(w, &r, provider, n);
    mk_etl_add(w->e, cpu, &r);
    mk_free(&traits);
    mk_free(&schema);
    mk_free(&payload);
}

static void add(writer *w, const mk_node *n)
{
    mk_only_keys(n, record_keys);
    if (mk_get(n, "flush"))
        mk_etl_flush(w->e, (uint32_t)mk_get_number(n, "flush", 0), 0);
    else if (mk_get(n, "lose"))
        mk_etl_lose(w->e, (uint32_t)mk_get_number(n, "lose", 0));
    else
        add_record(w, n);
}

void mk_etl_write(mk_out *o, const mk_scenario *s, const mk_node *t)
{
    static const char *const clocks[] = {"", "qpc", "system", "cycles", NULL};
    static const char *const packings[] = {"none", "", "lznt1", "lz77", "huffman", NULL};
    mk_only_keys(t, trace_keys);
    bool merged = is_true(t, "merged");
    mk_etl_how how = {
        .start = s->start + mk_get_span(t, "started", 0),
        .clock = choice(t, "clock", clocks, MK_QPC),
        .frequency = mk_get_number(t, "frequency", 0),
        .narrow = is_true(t, "narrow"),
        .old = is_true(t, "old"),
        .buffer_size = (uint32_t)mk_get_number(t, "buffer", 65536),
        .cpus = (uint32_t)mk_get_number(t, "cpus", 1),
        .mode = (merged ? MODE_RELOGGED : 0) | (is_true(t, "one_stream") ? MODE_ONE_STREAM : 0),
        .packing = choice(t, "packing", packings, 0),
        .ring = (uint32_t)mk_get_number(t, "ring", 0),
        .events_lost = (uint32_t)mk_get_number(t, "events_lost", 0),
        .logger = apd_printf_a(s->arena, "%.*s", APD_FMT(mk_get_text(t, "logger", "Session"))).ptr,
        .file = apd_printf_a(s->arena, "C:\\%.*s", APD_FMT(mk_get_text(t, "name", ""))).ptr};
    if (mk_get(t, "stopped"))
        how.end = s->start + mk_get_span(t, "stopped", 0);
    if (how.cpus == 0 || how.cpus > 64 || how.buffer_size < 1024 || how.buffer_size > 1u << 20)
        mk_die_at(t, "a trace has 1 to 64 cpus and buffers of 1 KiB to 1 MiB");
    writer w = {
        .s = s, .e = mk_etl_new(&how), .merged = merged, .cpus = how.cpus, .started = how.start};
    const mk_node *records = mk_get(t, "records");
    for (const mk_node *n = records ? records->first : NULL; n; n = n->next)
        add(&w, n);
    mk_etl_save(w.e, o);
}
