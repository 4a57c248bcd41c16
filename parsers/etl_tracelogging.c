/* TraceLogging: an event carries names and types of its fields (TraceLoggingProvider.h of the Windows SDK,
 * tracelogging/TraceLoggingDynamic.h). The blob becomes a layout once; equal blobs share it (etl_decode.c).
 *
 * blob: u16 size, tags, name NUL, fields. A field: name NUL, in byte, [out byte, [tags]], [u16 count], [custom].
 * Members of a struct follow it in order, a struct among them with its own. */
#include "etl_schema.h"
#include "limits.h"
#include "vec.h"

enum { IN_TYPE = 0x1f, IN_COUNT = 0x20, IN_VARIABLE = 0x40, IN_CUSTOM = 0x60, HAS_MORE = 0x80 };

/* A struct whose members are being read. */
typedef struct open_struct {
    uint16_t prop;
    uint16_t left;
    size_t path; /* bytes of the path up to its members */
} open_struct;

typedef struct compiler {
    apd_arena *arena;
    apd_intern *names;
    apd_bytes rest;
    APD_VEC(etl_prop) props;
    open_struct open[APD_ETL_MAX_STRUCTS];
    unsigned depth;
    char path[APD_MAX_NAME_BYTES];
    const char *why;
} compiler;

static bool fail(compiler *c, const char *why)
{
    c->why = why;
    return false;
}

static bool take_name(apd_bytes *rest, apd_str *out)
{
    const uint8_t *nul = rest->len ? memchr(rest->ptr, 0, rest->len) : NULL;
    if (!nul)
        return false;
    *out = apd_str_from((const char *)rest->ptr, (size_t)(nul - rest->ptr));
    return apd_skip(rest, out->len + 1);
}

/* 7 bits a byte, the high bit says that another follows. */
static bool skip_tags(apd_bytes *rest)
{
    uint8_t b;
    do {
        if (!apd_get_u8(rest, &b))
            return false;
    } while (b & HAS_MORE);
    return true;
}

static apd_sym path_name(compiler *c, apd_str name, size_t *end)
{
    size_t at = c->depth ? c->open[c->depth - 1].path : 0;
    if (at + name.len + 1 > sizeof c->path)
        name.len = at + 1 < sizeof c->path ? sizeof c->path - at - 1 : 0;
    memcpy(c->path + at, name.ptr, name.len);
    *end = at + name.len;
    return apd_intern_add(c->names, apd_str_from(c->path, *end));
}

/* Types, count and what else the field says of itself. members: of a struct. */
static bool take_field(compiler *c, etl_prop *p, uint16_t *members)
{
    uint8_t in, out = 0;
    uint16_t custom;
    if (!apd_get_u8(&c->rest, &in) || ((in & HAS_MORE) && !apd_get_u8(&c->rest, &out)))
        return fail(c, "its schema ends inside a field");
    if ((out & HAS_MORE) && !skip_tags(&c->rest))
        return fail(c, "its schema ends inside a field's tags");
    out &= (uint8_t)~HAS_MORE;
    unsigned counted = in & IN_CUSTOM;
    if (counted == IN_COUNT && !apd_get_u16le(&c->rest, &p->count))
        return fail(c, "its schema ends inside a field's count");
    if (counted == IN_CUSTOM && (!apd_get_u16le(&c->rest, &custom) || !apd_skip(&c->rest, custom)))
        return fail(c, "its schema ends inside a field's own type");
    p->in = in & IN_TYPE;
    p->show = (uint8_t)etl_show_of_tracelogging(out);
    p->count_by = counted == IN_COUNT      ? ETL_BY_FIXED
                  : counted == IN_VARIABLE ? ETL_BY_PREFIX
                                           : ETL_BY_NONE;
    if (p->in == ETL_IN_STRUCT)
        *members = out;
    if (p->in == ETL_IN_NONE && counted == IN_COUNT) { /* how structs were written at first */
        p->in = ETL_IN_STRUCT;
        *members = p->count;
        p->count_by = ETL_BY_NONE;
    }
    if (counted == IN_CUSTOM)
        p->in = ETL_IN_BINARY;
    if (p->in == ETL_IN_BINARY)
        p->length_by = ETL_BY_PREFIX;
    if (p->in == ETL_IN_NONE || p->in > ETL_IN_COUNTED_BINARY)
        return fail(c, "a field's type is unknown");
    return true;
}

static void show_hresult(const compiler *c, etl_prop *p)
{
    if ((p->in == ETL_IN_I32 || p->in == ETL_IN_U32) && p->show == ETL_SHOW_PLAIN &&
        etl_is_hresult_name(apd_sym_text(c->names, p->name)))
        p->show = ETL_SHOW_HEX;
}

/* A struct that has all of its members is one member of the struct around it. */
static void close_structs(compiler *c)
{
    while (c->depth && c->open[c->depth - 1].left == 0) {
        c->depth--;
        c->props.at[c->open[c->depth].prop].next = (uint16_t)c->props.n;
    }
}

static bool open_members(compiler *c, uint16_t prop, uint16_t members, size_t path)
{
    if (c->depth == APD_ETL_MAX_STRUCTS)
        return fail(c, "structs are nested too deeply in its schema");
    if (path + 1 < sizeof c->path)
        c->path[path++] = '.';
    c->open[c->depth++] = (open_struct){prop, members, path};
    return true;
}

static bool field(compiler *c)
{
    apd_str name;
    size_t path;
    uint16_t members = 0, here = (uint16_t)c->props.n;
    if (!take_name(&c->rest, &name))
        return fail(c, "its schema ends inside a field's name");
    if (here >= APD_MAX_FIELDS)
        return fail(c, "its schema has too many fields");
    etl_prop p = {.name = path_name(c, name, &path),
                  .next = (uint16_t)(here + 1),
                  .first = (uint16_t)(here + 1)};
    if (!take_field(c, &p, &members))
        return false;
    p.members = members;
    show_hresult(c, &p);
    if (c->depth)
        c->open[c->depth - 1].left--;
    if (!APD_PUSH(c->arena, c->props, p))
        return fail(c, "out of memory");
    if (members && !open_members(c, here, members, path))
        return false;
    close_structs(c);
    return true;
}

const char *etl_tracelogging_compile(apd_arena *a, apd_intern *names, apd_bytes blob,
                                     etl_schema *out)
{
    compiler c = {.arena = a, .names = names, .rest = blob};
    uint16_t size;
    apd_str name;
    if (!apd_get_u16le(&c.rest, &size) || size < 2 || size > blob.len)
        return "its schema has an impossible size";
    c.rest.len = size - 2u;
    if (!skip_tags(&c.rest) || !take_name(&c.rest, &name))
        return "its schema has no event name";
    while (c.rest.len && field(&c))
        ;
    for (; c.depth; c.depth--) /* members that never came */
        c.props.at[c.open[c.depth - 1].prop].next = (uint16_t)c.props.n;
    uint16_t n = (uint16_t)c.props.n;
    *out = (etl_schema){.layout = etl_layout_of(c.props.at, n, n),
                        .event = apd_intern_add(names, name)};
    return c.why;
}

apd_str etl_tracelogging_provider(apd_bytes traits)
{
    uint16_t size;
    apd_str name;
    if (!apd_get_u16le(&traits, &size) || size < 2 || size - 2u > traits.len)
        return APD_LIT("");
    traits.len = size - 2u;
    return take_name(&traits, &name) ? name : APD_LIT("");
}
