/* From a record to names and fields: finds what describes the payload and has it applied.
 *
 *   TraceLogging   the schema in the record itself; compiled once, kept while there is room
 *   manifest       what merging or an EventSource wrote, of this file or another, else what an event log of the
 *                  bundle tells, else our tables
 *   classic        tables, by class and type
 *   WPP            message files, where somebody gave them */
#include "etl_decode.h"

#include <stdlib.h>

#include "etl_eventsource.h"
#include "etl_runs.h"
#include "etl_schema.h"
#include "hash.h"
#include "limits.h"

enum { COMPILED = 1024, PROBES = 8 }; /* schemas of TraceLogging; a power of two */

typedef struct compiled {
    uint64_t hash;
    apd_bytes blob; /* a copy */
    etl_schema schema;
    const char *damage; /* the schema ends early, for this reason */
} compiled;

/* Names of the fields that are added to those of the payload; as event logs have them. */
typedef struct field_names {
    apd_sym event, payload, rest, text, xml, sequence, component, version, task, opcode, keywords,
        pid, tid, user, activity, related;
} field_names;

struct etl_decoder {
    apd_intern *names;
    apd_schemas *pool, *own;
    etl_manifests *manifests;
    apd_arena *cache;
    compiled *slots;
    field_names field;
    apd_sym log, kernel, wpp;
};

static const uint8_t kernel_trace_control[16] = {0xc1, 0xf6, 0xcc, 0xbb, 0xd1, 0x6c, 0xc4, 0x48,
                                                 0x80, 0xff, 0x83, 0x94, 0x82, 0xe3, 0x76, 0x71};
enum {
    OP_EVENT_INFO = 32,
    OP_MAP = 33,
    CHANNEL_TRACELOGGING = 11,
    PROPERTY_XML = 1,
    PROPERTY_FORWARDED_XML = 2,
    ADDED = 16 /* fields around those of the payload */
};

static void make_names(etl_decoder *d)
{
    apd_intern *n = d->names;
    d->field = (field_names){.event = apd_intern_add(n, APD_LIT("EventName")),
                             .payload = apd_intern_add(n, APD_LIT("Payload")),
                             .rest = apd_intern_add(n, APD_LIT("Rest")),
                             .text = apd_intern_add(n, APD_LIT("Text")),
                             .xml = apd_intern_add(n, APD_LIT("Xml")),
                             .sequence = apd_intern_add(n, APD_LIT("Sequence")),
                             .component = apd_intern_add(n, APD_LIT("ComponentID")),
                             .version = apd_intern_add(n, APD_LIT("Version")),
                             .task = apd_intern_add(n, APD_LIT("Task")),
                             .opcode = apd_intern_add(n, APD_LIT("Opcode")),
                             .keywords = apd_intern_add(n, APD_LIT("Keywords")),
                             .pid = apd_intern_add(n, APD_LIT("ProcessID")),
                             .tid = apd_intern_add(n, APD_LIT("ThreadID")),
                             .user = apd_intern_add(n, APD_LIT("UserID")),
                             .activity = apd_intern_add(n, APD_LIT("ActivityID")),
                             .related = apd_intern_add(n, APD_LIT("RelatedActivityID"))};
    d->log = apd_intern_add(n, APD_LIT("etl"));
    d->kernel = apd_intern_add(n, APD_LIT("Windows Kernel"));
    d->wpp = apd_intern_add(n, APD_LIT("WPP"));
}

etl_decoder *etl_decoder_new(apd_intern *names)
{
    etl_decoder *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->names = names;
    d->own = d->pool = apd_schemas_new(names);
    d->manifests = etl_manifests_new();
    d->cache = apd_arena_new(2 * APD_ETL_SCHEMA_CACHE);
    d->slots = calloc(COMPILED, sizeof *d->slots);
    if (!d->own || !d->manifests || !d->cache || !d->slots) {
        etl_decoder_free(d);
        return NULL;
    }
    make_names(d);
    return d;
}

void etl_decoder_share(etl_decoder *d, apd_schemas *pool)
{
    if (!pool)
        return;
    apd_schemas_free(d->own);
    d->own = NULL;
    d->pool = pool;
}

void etl_decoder_free(etl_decoder *d)
{
    if (!d)
        return;
    apd_schemas_free(d->own);
    etl_manifests_free(d->manifests);
    apd_arena_free(d->cache);
    free(d->slots);
    free(d);
}

bool etl_learn(etl_decoder *d, const etl_record *r)
{
    if (r->kind == ETL_EVENT)
        return r->schema.len == 0 && etl_manifests_add(d->manifests, d->pool, r);
    if (r->kind != ETL_CLASSIC || !r->guid || memcmp(r->guid, kernel_trace_control, 16) != 0)
        return false;
    if (r->opcode == OP_EVENT_INFO)
        etl_learn_event_info(d->pool, r->payload);
    else if (r->opcode == OP_MAP)
        etl_learn_map(d->pool, r->payload);
    else
        return false;
    return true;
}

/* --- TraceLogging --- */

/* The parts of a self-describing event; false if it is none. */
typedef struct self_described {
    apd_bytes traits, schema, data;
} self_described;

static bool take_sized(apd_bytes *rest, size_t least, apd_bytes *out)
{
    if (rest->len < 2 || apd_u16le(rest->ptr) < least)
        return false;
    return apd_get_bytes(rest, apd_u16le(rest->ptr), out);
}

/* Before Windows 10 traits and schema stood in front of the data. Nothing marks that but the channel, so both have
 * to look right. */
static bool down_level(const etl_record *r, self_described *out)
{
    apd_bytes rest = r->payload;
    if (r->channel != CHANNEL_TRACELOGGING || !take_sized(&rest, 4, &out->traits) ||
        !take_sized(&rest, 4, &out->schema))
        return false;
    out->data = rest;
    return etl_tracelogging_provider(out->traits).len > 0 &&
           out->schema.ptr[out->schema.len - 1] <= 0x7f;
}

static bool self_describes(const etl_record *r, self_described *out)
{
    if (r->kind != ETL_EVENT)
        return false;
    if (r->schema.len == 0)
        return down_level(r, out);
    *out = (self_described){r->traits, r->schema, r->payload};
    return true;
}

static void forget(etl_decoder *d)
{
    memset(d->slots, 0, COMPILED * sizeof *d->slots);
    apd_arena_rewind(d->cache, (apd_mark){0});
}

/* NULL when out of memory. */
static const compiled *compile(etl_decoder *d, apd_bytes blob)
{
    uint64_t hash = apd_hash(apd_bytes_str(blob));
    compiled *c = NULL;
    for (unsigned i = 0; i < PROBES; i++) {
        c = &d->slots[(hash + i) & (COMPILED - 1)];
        if (c->hash == hash && c->blob.len == blob.len &&
            memcmp(c->blob.ptr, blob.ptr, blob.len) == 0)
            return c;
        if (!c->blob.ptr)
            break;
    }
    if (apd_arena_used(d->cache) > APD_ETL_SCHEMA_CACHE)
        forget(d);
    apd_str copy = apd_strdup_a(d->cache, apd_bytes_str(blob));
    if (!copy.ptr)
        return NULL;
    *c = (compiled){.hash = hash, .blob = apd_str_bytes(copy)};
    c->damage = etl_tracelogging_compile(d->cache, d->names, c->blob, &c->schema);
    return c;
}

/* --- what describes a record --- */

typedef struct description {
    const etl_schema *schema; /* NULL: nothing does */
    const etl_schema *logged; /* not NULL: goes before it where it fits */
    apd_bytes data;
    const char *damage;
    bool nomem;
} description;

static const etl_schema *classic_schema(etl_decoder *d, const etl_record *r)
{
    if (r->kind == ETL_SYSTEM)
        return etl_pool_kernel(d->pool, (uint8_t)(r->id >> 8), (uint8_t)r->id, r->version);
    if (!r->guid)
        return NULL;
    const uint8_t *group = etl_pool_get(d->pool, ETL_KEPT_CLASS, r->guid, 0);
    return group ? etl_pool_kernel(d->pool, *group, r->opcode, r->version)
                 : etl_pool_event(d->pool, r->guid, r->opcode, r->version);
}

/* What traces tell is about this very event; a log's template and our tables are of some build. */
static void describe_event(etl_decoder *d, const etl_record *r, description *out)
{
    uint32_t key = (uint32_t)r->id << 8 | r->version;
    out->schema = etl_pool_event(d->pool, r->guid, r->id, r->version);
    if (!out->schema || out->schema->shipped)
        out->logged = etl_pool_get(d->pool, ETL_KEPT_LOGGED, r->guid, key);
}

static description describe(etl_decoder *d, const etl_record *r)
{
    description out = {.data = r->payload};
    self_described self;
    if (self_describes(r, &self)) {
        const compiled *c = compile(d, self.schema);
        return (description){.schema = c ? &c->schema : NULL,
                             .data = self.data,
                             .damage = c ? c->damage : NULL,
                             .nomem = !c};
    }
    if (r->kind == ETL_EVENT && r->guid)
        describe_event(d, r, &out);
    else if (r->kind == ETL_MESSAGE && r->guid)
        out.schema = etl_pool_get(d->pool, ETL_KEPT_MESSAGE, r->guid, r->id);
    else if (r->kind == ETL_SYSTEM || r->kind == ETL_CLASSIC)
        out.schema = classic_schema(d, r);
    return out;
}

static apd_sym guid_name(etl_decoder *d, const uint8_t *guid)
{
    char text[40];
    apd_sym known = etl_pool_provider(d->pool, guid);
    if (known)
        return known;
    static const char digits[] = "0123456789abcdef";
    static const uint8_t place[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    size_t n = 0;
    text[n++] = '{';
    for (unsigned i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[n++] = '-';
        text[n++] = digits[guid[place[i]] >> 4];
        text[n++] = digits[guid[place[i]] & 15];
    }
    text[n++] = '}';
    return apd_intern_add(d->names, apd_str_from(text, n));
}

static apd_sym provider_of(etl_decoder *d, const etl_record *r)
{
    self_described self;
    if (r->kind == ETL_SYSTEM ||
        (r->kind == ETL_CLASSIC && r->guid && etl_pool_get(d->pool, ETL_KEPT_CLASS, r->guid, 0)))
        return d->kernel;
    if (r->kind == ETL_MESSAGE) {
        const etl_schema *s =
            r->guid ? etl_pool_get(d->pool, ETL_KEPT_MESSAGE, r->guid, r->id) : NULL;
        return s && s->provider ? s->provider : r->guid ? guid_name(d, r->guid) : d->wpp;
    }
    if (self_describes(r, &self)) { /* one GUID may have several names */
        apd_str name = etl_tracelogging_provider(self.traits);
        apd_sym sym = name.len ? apd_intern_add(d->names, name) : 0;
        if (sym)
            return sym;
    }
    return r->guid ? guid_name(d, r->guid) : 0;
}

void etl_identify(etl_decoder *d, const etl_record *r, apd_event *ev)
{
    ev->kind = APD_EVENT;
    ev->trace = true;
    ev->log = d->log;
    ev->provider = provider_of(d, r);
    ev->id = r->kind == ETL_CLASSIC ? r->opcode : r->id;
    ev->level = r->level;
}

/* --- fields --- */

typedef struct map_place {
    apd_schemas *pool;
    const uint8_t *guid;
} map_place;

static const etl_map *find_map(const void *ctx, apd_sym map)
{
    const map_place *p = ctx;
    return p->guid ? etl_pool_get(p->pool, ETL_KEPT_MAP, p->guid, map) : NULL;
}

static void push(etl_walk *w, apd_sym name, apd_type type, uint64_t number)
{
    apd_field *f = etl_walk_room(w, name);
    if (!f)
        return;
    *f = (apd_field){.name = name, .type = type, .as.u = number};
    w->nfields++;
}

static void push_raw(etl_walk *w, apd_sym name, apd_type type, apd_bytes raw)
{
    apd_field *f = etl_walk_room(w, name);
    if (!f)
        return;
    *f = (apd_field){.name = name, .type = type, .as.raw = raw};
    w->nfields++;
}

static bool zero(const uint8_t guid[16])
{
    return (apd_u64le(guid) | apd_u64le(guid + 8)) == 0;
}

/* What event logs keep in the System part, under the same names. */
static void add_system(const etl_decoder *d, const etl_record *r, etl_walk *w)
{
    const field_names *f = &d->field;
    if (r->kind == ETL_EVENT) {
        push(w, f->version, APD_T_U64, r->version);
        push(w, f->task, APD_T_U64, r->task);
        push(w, f->opcode, APD_T_U64, r->opcode);
        push(w, f->keywords, APD_T_HEX, r->keyword);
    }
    if (r->kind == ETL_MESSAGE && r->sequence)
        push(w, f->sequence, APD_T_U64, r->sequence);
    if (r->kind == ETL_MESSAGE && r->component)
        push(w, f->component, APD_T_U64, r->component);
    if (r->pid != UINT32_MAX)
        push(w, f->pid, APD_T_U64, r->pid);
    if (r->tid != UINT32_MAX)
        push(w, f->tid, APD_T_U64, r->tid);
    if (r->sid.len)
        push_raw(w, f->user, APD_T_SID, r->sid);
    if (r->activity && !zero(r->activity))
        push_raw(w, f->activity, APD_T_GUID, (apd_bytes){r->activity, 16});
    if (r->related)
        push_raw(w, f->related, APD_T_GUID, (apd_bytes){r->related, 16});
}

/* Nobody knows the fields: the bytes as they are, and what can be read in them. */
static void add_raw(const etl_decoder *d, const etl_record *r, etl_walk *w)
{
    apd_bytes p = r->payload;
    if (r->kind == ETL_EVENT && (r->property & (PROPERTY_XML | PROPERTY_FORWARDED_XML))) {
        p.len &= ~(size_t)1;
        push_raw(w, d->field.xml, APD_T_UTF16LE, p);
        return;
    }
    apd_str runs = etl_runs(p, w->arena);
    if (runs.len)
        push_raw(w, d->field.text, APD_T_UTF8, apd_str_bytes(runs));
    if (p.len)
        push_raw(w, d->field.payload, APD_T_BLOB, p);
}

/* The payload cut by a log's template, if it fits to the last byte; else as if nothing had been tried. */
static bool fits_log(const description *what, etl_walk *w)
{
    size_t before = w->nfields;
    if (!what->logged)
        return false;
    w->layout = &what->logged->layout;
    w->strict = true;
    if (etl_walk_run(w) && w->rest.len == 0)
        return true;
    w->strict = false;
    w->nfields = before;
    w->rest = what->data;
    w->value = NULL;
    w->steps = 0;
    w->why = NULL;
    return false;
}

/* The payload's fields behind the event's name. False: damage. */
static bool run(etl_decoder *d, const etl_record *r, description *what, etl_walk *w)
{
    map_place maps = {d->pool, r->guid};
    w->narrow = r->narrow;
    w->rest = what->data;
    w->find_map = find_map;
    w->ctx = &maps;
    if (fits_log(what, w)) {
        what->schema = what->logged;
        w->ctx = NULL;
        return true;
    }
    const etl_schema *s = what->schema;
    if (s && s->event)
        push_raw(w, d->field.event, APD_T_UTF8, apd_str_bytes(apd_sym_text(d->names, s->event)));
    if (!s || s->named_only) {
        add_raw(d, r, w);
        return true;
    }
    w->layout = &s->layout;
    size_t before = w->nfields;
    bool whole = etl_walk_run(w);
    w->ctx = NULL;
    if (!whole && s->shipped && w->failure == APD_OK) { /* this build has other fields */
        w->nfields = before;
        w->at = NULL;
        add_raw(d, r, w);
        return true;
    }
    /* A newer build may have added fields; of what is damaged people may still make something. */
    if (w->rest.len)
        push_raw(w, d->field.rest, APD_T_BLOB, w->rest);
    return whole && !what->damage;
}

apd_status etl_fields(etl_decoder *d, const etl_record *r, apd_arena *a, etl_reading *out)
{
    description what = describe(d, r);
    const etl_schema *s = what.logged ? what.logged : what.schema;
    etl_walk w = {.arena = a, .expected = (s ? s->layout.n : 0u) + ADDED};
    if (s && s->message.len)
        w.at = APD_NEWS(a, uint32_t, s->layout.top + 1u);
    bool whole = run(d, r, &what, &w);
    s = what.schema;
    add_system(d, r, &w);
    *out = (etl_reading){.fields = w.fields,
                         .n = (uint32_t)w.nfields,
                         .described = s && !s->named_only,
                         .schema = s,
                         .at = w.at};
    if (what.nomem || w.failure != APD_OK)
        return APD_E_NOMEM;
    return whole ? APD_OK : APD_SKIPPED;
}

apd_str etl_sentence(const etl_reading *of, apd_arena *a)
{
    return of->at ? etl_message_fill(of->schema, of->fields, of->at, a) : APD_LIT("");
}
