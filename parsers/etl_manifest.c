/* Descriptions that merging writes into a trace (KernelTraceControl): TRACE_EVENT_INFO, opcode 32, and
 * EVENT_MAP_INFO, opcode 33, as tdh.h has them. They come before the first event they describe. */
#include "etl_schema.h"
#include "limits.h"
#include "utf.h"

/* Offsets in TRACE_EVENT_INFO. */
enum {
    INFO_ID = 32,
    INFO_VERSION = 34,
    INFO_PROVIDER = 52,
    INFO_TASK = 68,
    INFO_OPCODE = 72,
    INFO_MESSAGE = 76,
    INFO_COUNT = 100,
    INFO_TOP = 104,
    INFO_PROPERTIES = 112,
    PROPERTY_SIZE = 24
};

enum {
    PROPERTY_STRUCT = 1,
    PROPERTY_LENGTH_OF = 2,
    PROPERTY_COUNT_OF = 4,
    PROPERTY_FIXED_COUNT = 0x20
};

/* The NUL-terminated UTF-16 text at an offset, trimmed; "" for 0 and for offsets outside. In the arena. */
static apd_str text_at(apd_arena *a, apd_bytes info, uint32_t offset)
{
    if (offset == 0 || offset >= info.len)
        return APD_LIT("");
    apd_bytes text = {info.ptr + offset, 0};
    while (offset + text.len + 2 <= info.len && (text.ptr[text.len] | text.ptr[text.len + 1]))
        text.len += 2;
    return apd_trim(apd_utf16_dup(a, text));
}

static apd_sym name_at(apd_schemas *s, apd_bytes info, uint32_t offset)
{
    apd_arena *a = etl_pool_arena(s);
    apd_mark mark = apd_arena_mark(a);
    apd_str text = text_at(a, info, offset);
    apd_sym sym = text.len ? apd_intern_add(etl_pool_names(s), text) : 0;
    apd_arena_rewind(a, mark);
    return sym;
}

static apd_sym text_name(apd_schemas *s, apd_sym name)
{
    apd_arena *a = etl_pool_arena(s);
    apd_mark mark = apd_arena_mark(a);
    apd_str text = apd_sym_text(etl_pool_names(s), name);
    apd_sym sym = apd_intern_add(etl_pool_names(s), apd_printf_a(a, "%.*s.text", APD_FMT(text)));
    apd_arena_rewind(a, mark);
    return sym;
}

/* u32 flags, u32 name, u16 in, u16 out, u32 map (struct: u16 first, u16 members), u16 count, u16 length, u32 */
static bool read_property(apd_schemas *s, apd_bytes info, uint16_t i, uint16_t n, etl_prop *p)
{
    const uint8_t *at = info.ptr + INFO_PROPERTIES + (size_t)PROPERTY_SIZE * i;
    uint32_t flags = apd_u32le(at), map = apd_u32le(at + 12);
    *p = (etl_prop){.name = name_at(s, info, apd_u32le(at + 4)), .next = (uint16_t)(i + 1)};
    p->count = apd_u16le(at + 16);
    p->count_by = flags & PROPERTY_COUNT_OF                      ? ETL_BY_PROPERTY
                  : flags & PROPERTY_FIXED_COUNT || p->count > 1 ? ETL_BY_FIXED
                                                                 : ETL_BY_NONE;
    if (flags & PROPERTY_STRUCT) {
        p->in = ETL_IN_STRUCT;
        p->first = apd_u16le(at + 8);
        p->members = apd_u16le(at + 10);
        return p->first > i && p->first <= n && p->members <= n - p->first;
    }
    p->in = etl_in_of_manifest(apd_u16le(at + 8));
    p->show = (uint8_t)etl_show_of_manifest(apd_u16le(at + 10));
    p->length = apd_u16le(at + 18);
    bool text_or_bytes = p->in == ETL_IN_UTF16 || p->in == ETL_IN_ANSI || p->in == ETL_IN_BINARY;
    if (text_or_bytes)
        p->length_by = flags & PROPERTY_LENGTH_OF ? ETL_BY_PROPERTY
                       : p->length                ? ETL_BY_FIXED
                                                  : ETL_BY_NONE;
    if (p->in == ETL_IN_BINARY && p->length_by == ETL_BY_NONE && p->show == ETL_SHOW_IPV6) {
        p->length_by = ETL_BY_FIXED;
        p->length = 16;
    }
    p->map = map ? name_at(s, info, map) : 0;
    p->map_text = p->map ? text_name(s, p->name) : 0;
    if ((p->in == ETL_IN_I32 || p->in == ETL_IN_U32) && p->show == ETL_SHOW_PLAIN &&
        etl_is_hresult_name(apd_sym_text(etl_pool_names(s), p->name)))
        p->show = ETL_SHOW_HEX;
    return p->in != ETL_IN_NONE;
}

/* Members get the path of the structs around them. */
static void name_members(apd_schemas *s, etl_prop *props, const etl_prop *of, unsigned depth)
{
    apd_arena *a = etl_pool_arena(s);
    apd_intern *names = etl_pool_names(s);
    for (uint16_t k = 0; k < of->members && depth < APD_ETL_MAX_STRUCTS; k++) {
        etl_prop *p = &props[of->first + k];
        apd_str outer = apd_sym_text(names, of->name), inner = apd_sym_text(names, p->name);
        apd_mark mark = apd_arena_mark(a);
        p->name =
            apd_intern_add(names, apd_printf_a(a, "%.*s.%.*s", APD_FMT(outer), APD_FMT(inner)));
        apd_arena_rewind(a, mark);
        if (p->in == ETL_IN_STRUCT)
            name_members(s, props, p, depth + 1);
    }
}

static bool read_layout(apd_schemas *s, apd_bytes info, etl_layout *out)
{
    uint32_t n = apd_u32le(info.ptr + INFO_COUNT), top = apd_u32le(info.ptr + INFO_TOP);
    if (n > APD_MAX_FIELDS || top > n || n > (info.len - INFO_PROPERTIES) / PROPERTY_SIZE)
        return false;
    etl_prop *props = APD_NEWS(etl_pool_arena(s), etl_prop, n + 1);
    for (uint16_t i = 0; props && i < n; i++)
        if (!read_property(s, info, i, (uint16_t)n, &props[i]))
            return false;
    for (uint16_t i = 0; props && i < top; i++)
        if (props[i].in == ETL_IN_STRUCT)
            name_members(s, props, &props[i], 0);
    if (props)
        *out = etl_layout_of(props, (uint16_t)n, (uint16_t)top);
    return props != NULL;
}

/* "Task/Opcode", "Task"; Info and Start of no task say nothing. */
static apd_sym event_name(apd_schemas *s, apd_bytes info)
{
    apd_arena *a = etl_pool_arena(s);
    apd_mark mark = apd_arena_mark(a);
    apd_str task = text_at(a, info, apd_u32le(info.ptr + INFO_TASK));
    apd_str opcode = text_at(a, info, apd_u32le(info.ptr + INFO_OPCODE));
    if (apd_istarts(opcode, APD_LIT("win:")))
        (void)apd_cut(&opcode, ':');
    bool plain = opcode.len == 0 || apd_ieq(opcode, APD_LIT("Info"));
    apd_str name = plain ? task : apd_printf_a(a, "%.*s/%.*s", APD_FMT(task), APD_FMT(opcode));
    apd_sym sym = task.len ? apd_intern_add(etl_pool_names(s), name) : 0;
    apd_arena_rewind(a, mark);
    return sym;
}

void etl_learn_event_info(apd_schemas *s, apd_bytes info)
{
    if (info.len < INFO_PROPERTIES)
        return;
    uint32_t key = (uint32_t)apd_u16le(info.ptr + INFO_ID) << 8 | info.ptr[INFO_VERSION];
    if (etl_pool_knows(s, ETL_KEPT_EVENT, info.ptr, key, info))
        return;
    apd_arena *a = etl_pool_arena(s);
    apd_mark mark = apd_arena_mark(a);
    etl_schema *e = APD_NEW(a, etl_schema);
    if (!e || !read_layout(s, info, &e->layout)) {
        apd_arena_rewind(a, mark);
        return;
    }
    e->event = event_name(s, info);
    e->provider = name_at(s, info, apd_u32le(info.ptr + INFO_PROVIDER));
    e->message = text_at(a, info, apd_u32le(info.ptr + INFO_MESSAGE));
    (void)etl_pool_put(s, ETL_KEPT_EVENT, info.ptr, key, e);
    etl_pool_name_provider(s, info.ptr, apd_sym_text(etl_pool_names(s), e->provider));
}

/* GUID, then u32 name, u32 flag (1 values, 2 bits), u32 count, u32 type, {u32 text, u32 value}…; offsets from
 * behind the GUID. */
void etl_learn_map(apd_schemas *s, apd_bytes payload)
{
    enum { MAP_HEAD = 16, ENTRY = 8, BITS = 2 };
    if (payload.len < 16 + MAP_HEAD)
        return;
    apd_bytes map = {payload.ptr + 16, payload.len - 16};
    apd_sym name = name_at(s, map, apd_u32le(map.ptr));
    uint32_t n = apd_u32le(map.ptr + 8);
    if (!name || n > (map.len - MAP_HEAD) / ENTRY ||
        etl_pool_knows(s, ETL_KEPT_MAP, payload.ptr, name, payload))
        return;
    apd_arena *a = etl_pool_arena(s);
    apd_mark mark = apd_arena_mark(a);
    etl_map *kept = APD_NEW(a, etl_map);
    struct etl_map_entry *at = APD_NEWS(a, struct etl_map_entry, n + 1);
    if (!kept || !at) {
        apd_arena_rewind(a, mark);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *e = map.ptr + MAP_HEAD + (size_t)ENTRY * i;
        at[i] = (struct etl_map_entry){apd_u32le(e + 4), text_at(a, map, apd_u32le(e))};
    }
    *kept = (etl_map){.bits = (apd_u32le(map.ptr + 4) & BITS) != 0, .n = n, .at = at};
    (void)etl_pool_put(s, ETL_KEPT_MAP, payload.ptr, name, kept);
}
