/* The first four bytes tell the kind: 0xC0 on top and a type below it, or 0x90 for WPP. Whether pointers have
 * 4 or 8 bytes is a matter of the record, not of the file: 32-bit processes write into traces of 64-bit systems. */
#include "etl_headers.h"

typedef enum header_type {
    SYSTEM32 = 0x01,
    SYSTEM64,
    COMPACT32,
    COMPACT64,
    FULL32 = 0x0a,
    INSTANCE32,
    TIMED, /* these three were never seen in a file */
    ERROR,
    WNODE,
    PERFINFO32 = 0x10,
    PERFINFO64,
    EVENT32,
    EVENT64,
    FULL64,
    INSTANCE64
} header_type;

enum {
    MARK_TRACE = 0xc0,
    MARK_MESSAGE = 0x90,
    SYSTEM_HEAD = 0x20,
    COMPACT_HEAD = 0x18,
    PERFINFO_HEAD = 0x10,
    FULL_HEAD = 0x30,
    INSTANCE_HEAD = 0x48,
    EVENT_HEAD = 0x50,
    MESSAGE_HEAD = 8,
    ITEM_HEAD = 8,
    UNKNOWN = -1 /* pid and tid, as 32 bits */
};

typedef enum item_type {
    ITEM_RELATED = 0x1,
    ITEM_SID = 0x2,
    ITEM_SCHEMA = 0xb,
    ITEM_TRAITS = 0xc
} item_type;

typedef enum message_flag {
    MESSAGE_SEQUENCE = 0x1,
    MESSAGE_GUID = 0x2,
    MESSAGE_COMPONENT = 0x4,
    MESSAGE_TIME = 0x8 | 0x10,
    MESSAGE_IDS = 0x20,
    MESSAGE_NARROW = 0x40
} message_flag;

static const char short_header[] = "it is shorter than its header";

static int64_t stamp_at(const uint8_t *p)
{
    return (int64_t)apd_u64le(p);
}

static void set_payload(etl_record *r, const uint8_t *p, uint32_t from, uint32_t size)
{
    r->payload = (apd_bytes){p + from, size - from};
}

/* SYSTEM and COMPACT name process and thread, PERFINFO does not. Counters of the processor may stand between
 * header and data. */
static const char *read_system(const uint8_t *p, uint32_t size, uint32_t head, etl_record *r)
{
    uint16_t version = apd_u16le(p);
    uint32_t from = head + (version >> 15) * 8u + (version >> 8 & 7) * 8u;
    if (size < from)
        return short_header;
    r->kind = ETL_SYSTEM;
    r->version = (uint8_t)version;
    r->opcode = p[6];
    r->id = (uint16_t)(p[7] << 8 | p[6]);
    if (head != PERFINFO_HEAD) {
        r->tid = apd_u32le(p + 8);
        r->pid = apd_u32le(p + 0xc);
    }
    r->stamp = stamp_at(p + (head == PERFINFO_HEAD ? 8 : 0x10));
    set_payload(r, p, from, size);
    return NULL;
}

static const char *read_classic(const uint8_t *p, uint32_t size, uint32_t head, etl_record *r)
{
    if (size < head)
        return short_header;
    r->kind = ETL_CLASSIC;
    r->opcode = p[4];
    r->level = p[5];
    r->version = (uint8_t)apd_u16le(p + 6);
    r->tid = apd_u32le(p + 8);
    r->pid = apd_u32le(p + 0xc);
    r->stamp = stamp_at(p + 0x10);
    r->guid = p + 0x18;
    set_payload(r, p, head, size);
    return NULL;
}

static void take_item(etl_record *r, uint16_t type, apd_bytes data)
{
    if (type == ITEM_RELATED && data.len >= 16)
        r->related = data.ptr;
    else if (type == ITEM_SID)
        r->sid = data;
    else if (type == ITEM_SCHEMA)
        r->schema = data;
    else if (type == ITEM_TRAITS)
        r->traits = data;
}

/* Each item says whether another follows. */
static const char *read_items(apd_bytes *rest, etl_record *r)
{
    for (bool more = true; more;) {
        if (rest->len < ITEM_HEAD)
            return "its extended items reach beyond its end";
        uint16_t size = apd_u16le(rest->ptr), type = apd_u16le(rest->ptr + 2);
        uint16_t length = apd_u16le(rest->ptr + 6);
        more = rest->ptr[4] & 1;
        if (size > rest->len || size < ITEM_HEAD || length > size - ITEM_HEAD)
            return "the size of one of its extended items is wrong";
        take_item(r, type, (apd_bytes){rest->ptr + ITEM_HEAD, length});
        (void)apd_skip(rest, size);
    }
    return NULL;
}

static const char *read_event(const uint8_t *p, uint32_t size, etl_record *r)
{
    if (size < EVENT_HEAD)
        return short_header;
    r->kind = ETL_EVENT;
    r->property = apd_u16le(p + 6);
    r->tid = apd_u32le(p + 8);
    r->pid = apd_u32le(p + 0xc);
    r->stamp = stamp_at(p + 0x10);
    r->guid = p + 0x18;
    r->id = apd_u16le(p + 0x28);
    r->version = p[0x2a];
    r->channel = p[0x2b];
    r->level = p[0x2c];
    r->opcode = p[0x2d];
    r->task = apd_u16le(p + 0x2e);
    r->keyword = apd_u64le(p + 0x30);
    r->activity = p + 0x40;
    apd_bytes rest = {p + EVENT_HEAD, size - EVENT_HEAD};
    const char *why = p[4] & 1 ? read_items(&rest, r) : NULL;
    r->payload = rest;
    return why;
}

/* What the option flags announce follows in this order, unaligned. */
static const char *read_message(const uint8_t *p, uint32_t size, etl_record *r)
{
    apd_bytes rest = {p + MESSAGE_HEAD, size - MESSAGE_HEAD}, part;
    r->kind = ETL_MESSAGE;
    r->id = apd_u16le(p + 4);
    r->flags = apd_u16le(p + 6);
    r->narrow = r->flags & MESSAGE_NARROW;
    r->has_time = false;
    if (r->flags & MESSAGE_SEQUENCE) {
        if (!apd_get_bytes(&rest, 4, &part))
            return short_header;
        r->sequence = apd_u32le(part.ptr);
    }
    if (r->flags & (MESSAGE_COMPONENT | MESSAGE_GUID)) {
        bool component = r->flags & MESSAGE_COMPONENT;
        if (!apd_get_bytes(&rest, component ? 4 : 16, &part))
            return short_header;
        if (component)
            r->component = apd_u32le(part.ptr);
        else
            r->guid = part.ptr;
    }
    if (r->flags & MESSAGE_TIME) {
        if (!apd_get_bytes(&rest, 8, &part))
            return short_header;
        r->stamp = stamp_at(part.ptr);
        r->has_time = true;
    }
    if (r->flags & MESSAGE_IDS) {
        if (!apd_get_bytes(&rest, 8, &part))
            return short_header;
        r->tid = apd_u32le(part.ptr);
        r->pid = apd_u32le(part.ptr + 4);
    }
    r->payload = rest;
    return NULL;
}

static const char *read_kind(const uint8_t *p, uint32_t size, etl_record *r)
{
    uint8_t type = p[2];
    r->narrow =
        type < FULL32 ? type & 1 : type == PERFINFO32 || type == EVENT32 || type < PERFINFO32;
    switch (type) {
    case SYSTEM32:
    case SYSTEM64:
        return size < SYSTEM_HEAD ? short_header : read_system(p, size, SYSTEM_HEAD, r);
    case COMPACT32:
    case COMPACT64:
        return size < COMPACT_HEAD ? short_header : read_system(p, size, COMPACT_HEAD, r);
    case PERFINFO32:
    case PERFINFO64:
        return size < PERFINFO_HEAD ? short_header : read_system(p, size, PERFINFO_HEAD, r);
    case FULL32:
    case FULL64:
        return read_classic(p, size, FULL_HEAD, r);
    case INSTANCE32:
    case INSTANCE64:
        return read_classic(p, size, INSTANCE_HEAD, r);
    case EVENT32:
    case EVENT64:
        return read_event(p, size, r);
    default:
        return "records of its kind are not understood";
    }
}

/* Of the kinds whose first bytes are a version the size comes next. */
static uint32_t size_of(const uint8_t *p)
{
    uint8_t type = p[2];
    bool versioned =
        p[3] == MARK_TRACE && (type <= COMPACT64 || type == PERFINFO32 || type == PERFINFO64);
    return apd_u16le(p + (versioned ? 4 : 0));
}

uint32_t etl_record_read(apd_bytes rest, etl_record *r, const char **why)
{
    *why = NULL;
    if (rest.len < 8)
        return 0;
    const uint8_t *p = rest.ptr;
    uint32_t mark = apd_u32le(p);
    if (mark == UINT32_MAX || mark == 0)
        return 0; /* unused */
    uint32_t size = size_of(p);
    *why = "it begins with no mark of a record";
    if (p[3] != MARK_TRACE && p[3] != MARK_MESSAGE)
        return 0;
    *why = "its size is wrong";
    if (size < MESSAGE_HEAD || size > rest.len)
        return 0;
    *r = (etl_record){.has_time = true, .pid = (uint32_t)UNKNOWN, .tid = (uint32_t)UNKNOWN};
    *why = p[3] == MARK_MESSAGE ? read_message(p, size, r) : read_kind(p, size, r);
    return size;
}
