/* EventSources send their manifest as events: id 0xFFFE, {u8 format 1, u8 major, u8 minor, u8 0x5B, u16 chunks,
 * u16 chunk} and a piece of XML. The pieces are put together per provider and process.
 *
 * The XML is written by one program (System.Diagnostics.Tracing), all that is asked of it are attributes of ten
 * elements, and it comes from the middle of a trace: a scan over tags does that in a page, where a document tree
 * would cost memory in proportion to what the file claims. */
#include <stdlib.h>

#include "etl_eventsource.h"
#include "limits.h"
#include "vec.h"

/* --- pieces --- */

enum { HEAD = 8, FORMAT = 1, MAGIC = 0x5b };

typedef struct pile {
    uint8_t guid[16];
    uint32_t pid;
    uint16_t chunks, next; /* chunks 0: free */
    uint8_t *ptr;
    size_t len;
} pile;

struct etl_manifests {
    pile piles[APD_ETL_MAX_OPEN_MANIFESTS];
    size_t used; /* bytes of all piles */
    unsigned oldest;
};

etl_manifests *etl_manifests_new(void)
{
    return calloc(1, sizeof(etl_manifests));
}

static void drop(etl_manifests *m, pile *p)
{
    m->used -= p->len;
    free(p->ptr);
    *p = (pile){0};
}

void etl_manifests_free(etl_manifests *m)
{
    for (unsigned i = 0; m && i < APD_ETL_MAX_OPEN_MANIFESTS; i++)
        drop(m, &m->piles[i]);
    free(m);
}

static pile *pile_of(etl_manifests *m, const etl_record *r, bool begin)
{
    pile *spare = NULL;
    for (unsigned i = 0; i < APD_ETL_MAX_OPEN_MANIFESTS; i++) {
        pile *p = &m->piles[i];
        if (p->chunks && p->pid == r->pid && memcmp(p->guid, r->guid, 16) == 0)
            return p;
        if (!p->chunks && !spare)
            spare = p;
    }
    if (!begin)
        return NULL;
    if (!spare) {
        spare = &m->piles[m->oldest];
        m->oldest = (m->oldest + 1) % APD_ETL_MAX_OPEN_MANIFESTS;
        drop(m, spare);
    }
    return spare;
}

static bool append(etl_manifests *m, pile *p, apd_bytes piece)
{
    if (piece.len > APD_ETL_MAX_MANIFEST - m->used)
        return false;
    uint8_t *longer = realloc(p->ptr, p->len + piece.len + 1);
    if (!longer)
        return false;
    memcpy(longer + p->len, piece.ptr, piece.len);
    p->ptr = longer;
    p->len += piece.len;
    m->used += piece.len;
    return true;
}

bool etl_manifests_add(etl_manifests *m, apd_schemas *s, const etl_record *r)
{
    apd_bytes piece = r->payload;
    if (r->id != 0xfffe || !r->guid || piece.len < HEAD || piece.ptr[0] != FORMAT ||
        piece.ptr[3] != MAGIC)
        return false;
    uint16_t chunks = apd_u16le(piece.ptr + 4), chunk = apd_u16le(piece.ptr + 6);
    (void)apd_skip(&piece, HEAD);
    pile *p = chunks ? pile_of(m, r, chunk == 0) : NULL;
    if (!p)
        return true; /* its beginning was lost */
    if (chunk == 0) {
        drop(m, p);
        *p = (pile){.pid = r->pid, .chunks = chunks};
        memcpy(p->guid, r->guid, 16);
    }
    if (chunk != p->next || chunks != p->chunks || !append(m, p, piece)) {
        drop(m, p);
        return true;
    }
    if (++p->next == p->chunks) {
        apd_bytes whole = {p->ptr, p->len};
        if (!etl_pool_knows(s, ETL_KEPT_PROVIDER, p->guid, 0xfffe, whole))
            etl_learn_manifest(s, apd_bytes_str(whole));
        drop(m, p);
    }
    return true;
}

/* --- tags --- */

/* The next tag: its name ("/event" for an end) and what stands behind the name. */
static bool next_tag(apd_str *xml, apd_str *name, apd_str *rest)
{
    for (;;) {
        size_t open = apd_find(*xml, APD_LIT("<"));
        if (open == SIZE_MAX)
            return false;
        *xml = apd_sub(*xml, open + 1, xml->len);
        bool comment = apd_starts(*xml, APD_LIT("!--"));
        size_t close = apd_find(*xml, comment ? APD_LIT("-->") : APD_LIT(">"));
        if (close == SIZE_MAX)
            return false;
        apd_str tag = apd_sub(*xml, 0, close);
        *xml = apd_sub(*xml, close + 1, xml->len);
        if (comment || tag.len == 0 || tag.ptr[0] == '?' || tag.ptr[0] == '!')
            continue;
        size_t n = 0;
        while (n < tag.len && !apd_is_space(tag.ptr[n]) && (tag.ptr[n] != '/' || n == 0))
            n++;
        *name = apd_sub(tag, 0, n);
        *rest = apd_sub(tag, n, tag.len);
        return true;
    }
}

/* The value of an attribute as written, "" without. */
static apd_str attribute(apd_str rest, const char *wanted)
{
    for (;;) {
        apd_str name = apd_trim(apd_cut(&rest, '='));
        rest = apd_trim(rest);
        if (rest.len == 0 || (rest.ptr[0] != '"' && rest.ptr[0] != '\''))
            return APD_LIT("");
        char quote = rest.ptr[0];
        rest = apd_sub(rest, 1, rest.len);
        apd_str value = apd_cut(&rest, quote);
        if (apd_eq(name, apd_str_of(wanted)))
            return value;
    }
}

static bool is(apd_str name, const char *wanted)
{
    return apd_eq(name, apd_str_of(wanted));
}

/* "&lt;", "&#10;" and their kind; in the arena if there are any. */
static apd_str plain(apd_arena *a, apd_str s)
{
    static const struct {
        const char *name, *text;
    } entities[] = {{"lt", "<"},   {"gt", ">"},   {"amp", "&"},  {"quot", "\""},
                    {"apos", "'"}, {"#xA", "\n"}, {"#xD", "\r"}, {"#x9", "\t"},
                    {"#10", "\n"}, {"#13", "\r"}, {"#9", "\t"}};
    if (apd_find(s, APD_LIT("&")) == SIZE_MAX)
        return s;
    apd_buf b;
    apd_buf_init(&b, a);
    while (s.len) {
        size_t n = apd_find(s, APD_LIT("&"));
        apd_buf_add(&b, apd_sub(s, 0, n));
        if (n == SIZE_MAX)
            break;
        s = apd_sub(s, n + 1, s.len);
        apd_str name = apd_sub(s, 0, apd_find(apd_sub(s, 0, 8), APD_LIT(";")));
        size_t i = 0, known = sizeof entities / sizeof *entities;
        while (i < known && !apd_ieq(name, apd_str_of(entities[i].name)))
            i++;
        apd_buf_add(&b, i < known ? apd_str_of(entities[i].text) : APD_LIT("&"));
        if (i < known)
            s = apd_sub(s, name.len + 1, s.len);
    }
    return apd_buf_str(&b);
}

/* --- what a manifest says --- */

typedef struct entry {
    apd_str name;
    apd_str text;             /* of a string */
    const etl_layout *layout; /* of a template */
} entry;

typedef struct event_tag {
    uint16_t id;
    uint8_t version;
    apd_str symbol, task, opcode, layout, message;
} event_tag;

typedef struct manifest {
    apd_schemas *pool;
    apd_arena *scratch;
    uint8_t guid[16];
    apd_str provider;
    bool has_guid;
    APD_VEC(event_tag) events;
    APD_VEC(entry) templates;
    APD_VEC(entry) strings;
    /* the template and the map being read */
    apd_str tid, map;
    bool bits;
    APD_VEC(etl_prop) props;
    uint16_t open[APD_ETL_MAX_STRUCTS];
    unsigned depth;
    bool broken;
    APD_VEC(struct etl_map_entry) entries;
} manifest;

static bool number(apd_str text, uint32_t most, uint32_t *out)
{
    uint64_t n;
    bool negative;
    if (!apd_parse_int(text, &n, &negative) || negative || n > most)
        return false;
    *out = (uint32_t)n;
    return true;
}

static void take_event(manifest *m, apd_str rest)
{
    uint32_t id, version = 0;
    if (!number(attribute(rest, "value"), UINT16_MAX, &id) || m->events.n > UINT16_MAX)
        return;
    (void)number(attribute(rest, "version"), UINT8_MAX, &version);
    event_tag e = {.id = (uint16_t)id,
                   .version = (uint8_t)version,
                   .symbol = attribute(rest, "symbol"),
                   .task = attribute(rest, "task"),
                   .opcode = attribute(rest, "opcode"),
                   .layout = attribute(rest, "template"),
                   .message = attribute(rest, "message")};
    (void)APD_PUSH(m->scratch, m->events, e);
}

static apd_sym member_name(manifest *m, apd_str name)
{
    if (m->depth == 0)
        return apd_intern_add(etl_pool_names(m->pool), name);
    apd_str outer = apd_sym_text(etl_pool_names(m->pool), m->props.at[m->open[m->depth - 1]].name);
    return apd_intern_add(etl_pool_names(m->pool),
                          apd_printf_a(m->scratch, "%.*s.%.*s", APD_FMT(outer), APD_FMT(name)));
}

/* A count or a length: a number, or the name of a property before it. */
static etl_by take_amount(manifest *m, apd_str text, uint16_t *out)
{
    uint32_t n;
    if (text.len == 0)
        return ETL_BY_NONE;
    if (number(text, UINT16_MAX, &n)) {
        *out = (uint16_t)n;
        return ETL_BY_FIXED;
    }
    for (size_t i = m->props.n; i-- > 0;)
        if (apd_eq(apd_sym_text(etl_pool_names(m->pool), m->props.at[i].name), text)) {
            *out = (uint16_t)i;
            return ETL_BY_PROPERTY;
        }
    m->broken = true;
    return ETL_BY_NONE;
}

static apd_sym map_name(const manifest *m, apd_str map)
{
    return map.len ? apd_intern_add(etl_pool_names(m->pool), map) : 0;
}

static void take_data(manifest *m, apd_str rest, bool is_struct)
{
    uint16_t here = (uint16_t)m->props.n;
    if (here >= APD_MAX_FIELDS) {
        m->broken = true;
        return;
    }
    apd_str name = plain(m->scratch, attribute(rest, "name"));
    etl_prop p = {
        .name = member_name(m, name), .next = (uint16_t)(here + 1), .first = (uint16_t)(here + 1)};
    p.in = is_struct ? ETL_IN_STRUCT : etl_in_named(attribute(rest, "inType"));
    p.show = (uint8_t)etl_show_named(attribute(rest, "outType"));
    if (p.in == ETL_IN_UTF16 || p.in == ETL_IN_ANSI) /* xs:string goes without saying */
        p.show = p.show == ETL_SHOW_UTF8 ? ETL_SHOW_UTF8 : ETL_SHOW_PLAIN;
    p.count_by = (uint8_t)take_amount(m, attribute(rest, "count"), &p.count);
    p.length_by = (uint8_t)take_amount(m, attribute(rest, "length"), &p.length);
    p.map = map_name(m, attribute(rest, "map"));
    p.map_text = p.map ? member_name(m, apd_printf_a(m->scratch, "%.*s.text", APD_FMT(name))) : 0;
    m->broken |= p.in == ETL_IN_NONE || !p.name || !APD_PUSH(m->scratch, m->props, p);
    if (!m->broken && m->depth)
        m->props.at[m->open[m->depth - 1]].members++;
    if (!is_struct || m->broken)
        return;
    if (m->depth == APD_ETL_MAX_STRUCTS)
        m->broken = true;
    else
        m->open[m->depth++] = here;
}

static void end_struct(manifest *m)
{
    if (m->depth)
        m->props.at[m->open[--m->depth]].next = (uint16_t)m->props.n;
}

static void begin_template(manifest *m, apd_str rest)
{
    m->tid = attribute(rest, "tid");
    m->props.n = 0;
    m->depth = 0;
    m->broken = false;
}

static void end_template(manifest *m)
{
    while (m->depth)
        end_struct(m);
    apd_arena *a = etl_pool_arena(m->pool);
    etl_layout *l = APD_NEW(a, etl_layout);
    etl_prop *props = APD_NEWS(a, etl_prop, m->props.n + 1);
    if (m->broken || !l || !props || m->tid.len == 0)
        return;
    if (m->props.n)
        memcpy(props, m->props.at, m->props.n * sizeof *props);
    uint16_t n = (uint16_t)m->props.n;
    *l = etl_layout_of(props, n, n);
    (void)APD_PUSH(m->scratch, m->templates, ((entry){.name = m->tid, .layout = l}));
    m->tid = APD_LIT("");
}

static void take_map_entry(manifest *m, apd_str rest)
{
    uint32_t value;
    apd_str text = attribute(rest, "message");
    if (m->map.len && number(attribute(rest, "value"), UINT32_MAX, &value))
        (void)APD_PUSH(m->scratch, m->entries, ((struct etl_map_entry){value, text}));
}

/* In a sorted list. */
static const entry *find(const entry *at, size_t n, apd_str name)
{
    for (size_t low = 0; low < n;) {
        size_t mid = low + (n - low) / 2;
        int c = apd_cmp(at[mid].name, name);
        if (c == 0)
            return &at[mid];
        if (c < 0)
            low = mid + 1;
        else
            n = mid;
    }
    return NULL;
}

/* "$(string.event_Start)" to its text, kept in the pool. */
static apd_str resolve(manifest *m, apd_str reference)
{
    if (!apd_starts(reference, APD_LIT("$(string.")))
        return APD_LIT("");
    apd_str id = apd_sub(reference, 9, reference.len - 10);
    const entry *e = find(m->strings.at, m->strings.n, id);
    return e ? apd_strdup_a(etl_pool_arena(m->pool), plain(m->scratch, e->text)) : APD_LIT("");
}

/* The map is complete. */
static void end_map(manifest *m)
{
    apd_arena *a = etl_pool_arena(m->pool);
    etl_map *kept = APD_NEW(a, etl_map);
    struct etl_map_entry *at = APD_NEWS(a, struct etl_map_entry, m->entries.n + 1);
    if (kept && at && m->map.len && m->has_guid) {
        for (size_t i = 0; i < m->entries.n; i++)
            at[i] =
                (struct etl_map_entry){m->entries.at[i].value, resolve(m, m->entries.at[i].text)};
        *kept = (etl_map){.bits = m->bits, .n = (uint32_t)m->entries.n, .at = at};
        (void)etl_pool_put(m->pool, ETL_KEPT_MAP, m->guid, map_name(m, m->map), kept);
    }
    m->map = APD_LIT("");
    m->entries.n = 0;
}

static void begin_map(manifest *m, apd_str rest, bool bits)
{
    m->map = attribute(rest, "name");
    m->bits = bits;
    m->entries.n = 0;
}

static void take_provider(manifest *m, apd_str rest)
{
    m->provider = plain(m->scratch, attribute(rest, "name"));
    m->has_guid = apd_parse_guid(attribute(rest, "guid"), m->guid);
    if (m->has_guid)
        etl_pool_name_provider(m->pool, m->guid, m->provider);
}

static void take_string(manifest *m, apd_str rest)
{
    entry e = {.name = attribute(rest, "id"), .text = attribute(rest, "value")};
    if (e.name.len && m->strings.n <= UINT16_MAX)
        (void)APD_PUSH(m->scratch, m->strings, e);
}

static int by_name(const void *a, const void *b)
{
    return apd_cmp(((const entry *)a)->name, ((const entry *)b)->name);
}

/* "Request/Start"; events without a task are called by their symbol. */
static apd_sym event_name(manifest *m, const event_tag *e)
{
    apd_str opcode = e->opcode;
    if (apd_starts(opcode, APD_LIT("win:")))
        (void)apd_cut(&opcode, ':');
    apd_str name = e->task.len ? e->task : e->symbol;
    if (opcode.len && !apd_ieq(opcode, APD_LIT("Info")))
        name = apd_printf_a(m->scratch, "%.*s/%.*s", APD_FMT(name), APD_FMT(opcode));
    return name.len ? apd_intern_add(etl_pool_names(m->pool), plain(m->scratch, name)) : 0;
}

/* .NET writes {0} as %1 already. */
static void keep_event(manifest *m, const event_tag *e)
{
    const entry *layout = find(m->templates.at, m->templates.n, e->layout);
    if (e->layout.len && !layout)
        return; /* its fields could not be read */
    etl_schema *kept = APD_NEW(etl_pool_arena(m->pool), etl_schema);
    if (!kept)
        return;
    if (layout)
        kept->layout = *layout->layout;
    kept->event = event_name(m, e);
    kept->message = resolve(m, e->message);
    kept->provider = etl_pool_provider(m->pool, m->guid);
    (void)etl_pool_put(m->pool, ETL_KEPT_EVENT, m->guid, (uint32_t)e->id << 8 | e->version, kept);
}

static void take_tag(manifest *m, apd_str name, apd_str rest)
{
    bool empty = rest.len && rest.ptr[rest.len - 1] == '/';
    if (is(name, "provider"))
        take_provider(m, rest);
    else if (is(name, "event"))
        take_event(m, rest);
    else if (is(name, "template") || is(name, "/template"))
        name.ptr[0] == '/' ? end_template(m) : begin_template(m, rest);
    else if (is(name, "data"))
        take_data(m, rest, false);
    else if (is(name, "struct") && !empty)
        take_data(m, rest, true);
    else if (is(name, "/struct"))
        end_struct(m);
    if (is(name, "template") && empty)
        end_template(m);
}

static void take_map_tag(manifest *m, apd_str name, apd_str rest)
{
    if (is(name, "valueMap") || is(name, "bitMap"))
        begin_map(m, rest, is(name, "bitMap"));
    else if (is(name, "map"))
        take_map_entry(m, rest);
    else if (is(name, "/valueMap") || is(name, "/bitMap"))
        end_map(m);
}

/* Strings come last in the document and are wanted by what stands before, so they are taken first. */
void etl_learn_manifest(apd_schemas *s, apd_str xml)
{
    manifest m = {.pool = s, .scratch = apd_arena_new(APD_ETL_POOL_MEMORY)};
    apd_str name, rest, from = xml;
    if (!m.scratch)
        return;
    while (next_tag(&from, &name, &rest))
        if (is(name, "string"))
            take_string(&m, rest);
    if (m.strings.n)
        qsort(m.strings.at, m.strings.n, sizeof *m.strings.at, by_name);
    for (from = xml; next_tag(&from, &name, &rest);) {
        take_tag(&m, name, rest);
        take_map_tag(&m, name, rest);
    }
    if (m.templates.n)
        qsort(m.templates.at, m.templates.n, sizeof *m.templates.at, by_name);
    for (size_t i = 0; m.has_guid && i < m.events.n; i++)
        keep_event(&m, &m.events.at[i]);
    apd_arena_free(m.scratch);
}
