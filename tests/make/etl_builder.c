#include "etl_builder.h"

#include <stdlib.h>

#include "xca_writer.h"

enum {
    HEAD = 0x48,
    FLAG_FLUSH = 1,
    FLAG_CPU = 0x20,
    FLAG_PACKED = 0x40,
    TYPE_HEADER = 4,
    STATE_FLUSHED = 3,
    MOST_CPUS = 256,
    LOGFILE = 0x118,
    ZONE = 172
};

struct mk_etl {
    mk_etl_how how;
    uint64_t sequence, base; /* base: the stamp of the start */
    uint32_t written;
    apd_time latest;
    mk_out open[MOST_CPUS]; /* records of the buffers at hand */
    mk_out *buffers;        /* as they go to the file */
    size_t n, cap;
};

uint64_t mk_etl_stamp(const mk_etl *e, apd_time t)
{
    int64_t d = t - e->how.start;
    if (e->how.clock == MK_SYSTEM_TIME)
        return (uint64_t)t;
    int64_t f = (int64_t)e->how.frequency;
    return e->base +
           (uint64_t)(d / APD_TICKS_SECOND * f + d % APD_TICKS_SECOND * f / APD_TICKS_SECOND);
}

/* --- records --- */

static void put_ids(mk_out *o, const mk_etl_record *r)
{
    mk_u32(o, r->tid);
    mk_u32(o, r->pid);
}

static void put_item(mk_out *o, uint16_t type, apd_bytes data, bool more)
{
    size_t size = (8 + data.len + 7) & ~(size_t)7;
    mk_u16(o, (uint16_t)size);
    mk_u16(o, type);
    mk_u16(o, more);
    mk_u16(o, (uint16_t)data.len);
    mk_put(o, data.ptr, data.len);
    mk_zero(o, size - 8 - data.len);
}

static void put_items(mk_out *o, const mk_etl_record *r)
{
    static const uint8_t none[16];
    bool related = memcmp(r->related, none, 16) != 0;
    const struct {
        uint16_t type;
        apd_bytes data;
    } items[] = {
        {1, {r->related, related ? 16 : 0}}, {2, r->sid}, {0xc, r->traits}, {0xb, r->schema}};
    size_t left = 0;
    for (size_t i = 0; i < 4; i++)
        left += items[i].data.len > 0;
    for (size_t i = 0; i < 4; i++)
        if (items[i].data.len)
            put_item(o, items[i].type, items[i].data, --left > 0);
}

void mk_etl_put_descriptor(mk_out *o, const mk_etl_record *r)
{
    mk_u16(o, r->id);
    mk_u8(o, r->version);
    mk_u8(o, r->channel);
    mk_u8(o, r->level);
    mk_u8(o, r->opcode);
    mk_u16(o, r->task);
    mk_u64(o, r->keyword);
}

static void encode_event(const mk_etl *e, const mk_etl_record *r, mk_out *o)
{
    mk_out items = {0};
    put_items(&items, r);
    mk_u16(o, 0);
    mk_u16(o, r->narrow ? 0xc012 : 0xc013);
    mk_u16(o, items.len > 0);
    mk_u16(o, r->property);
    put_ids(o, r);
    mk_u64(o, mk_etl_stamp(e, r->time));
    mk_put(o, r->guid, 16);
    mk_etl_put_descriptor(o, r);
    mk_u64(o, 0);
    mk_put(o, r->activity, 16);
    mk_put(o, items.ptr, items.len);
    mk_free(&items);
}

static void encode_classic(const mk_etl *e, const mk_etl_record *r, mk_out *o)
{
    bool instance = r->kind == MK_ETL_INSTANCE;
    mk_u16(o, 0);
    mk_u8(o, instance ? (r->narrow ? 0x0b : 0x15) : r->narrow ? 0x0a : 0x14);
    mk_u8(o, 0xc0);
    mk_u8(o, r->opcode);
    mk_u8(o, r->level);
    mk_u16(o, r->version);
    put_ids(o, r);
    mk_u64(o, mk_etl_stamp(e, r->time));
    mk_put(o, r->guid, 16);
    mk_u64(o, 0);
    mk_zero(o, instance ? 0x18 : 0);
}

static void encode_system(const mk_etl *e, const mk_etl_record *r, mk_out *o)
{
    static const uint8_t types[] = {2, 4, 0x11};
    mk_u16(o, r->version);
    mk_u8(o, (uint8_t)(types[r->kind] - r->narrow));
    mk_u8(o, 0xc0);
    mk_u16(o, 0);
    mk_u16(o, r->id);
    if (r->kind != MK_ETL_PERFINFO)
        put_ids(o, r);
    mk_u64(o, mk_etl_stamp(e, r->time));
    mk_zero(o, r->kind == MK_ETL_SYSTEM ? 8 : 0);
}

static void encode_message(const mk_etl *e, const mk_etl_record *r, mk_out *o)
{
    uint16_t flags = r->flags ? r->flags : 0xaa;
    mk_u16(o, 0);
    mk_u16(o, 0x9000);
    mk_u16(o, r->id);
    mk_u16(o, flags);
    if (flags & 1)
        mk_u32(o, 77);
    if (flags & 4)
        mk_u32(o, 88);
    else if (flags & 2)
        mk_put(o, r->guid, 16);
    if (flags & 0x18)
        mk_u64(o, mk_etl_stamp(e, r->time));
    if (flags & 0x20)
        put_ids(o, r);
}

void mk_etl_encode(const mk_etl *e, const mk_etl_record *r, mk_out *o)
{
    size_t start = o->len;
    bool versioned = r->kind <= MK_ETL_PERFINFO;
    if (r->kind == MK_ETL_EVENT)
        encode_event(e, r, o);
    else if (r->kind == MK_ETL_MESSAGE)
        encode_message(e, r, o);
    else if (versioned)
        encode_system(e, r, o);
    else
        encode_classic(e, r, o);
    mk_put(o, r->payload.ptr, r->payload.len);
    mk_store16(o->ptr + start + (versioned ? 4 : 0), (uint16_t)(o->len - start));
}

/* --- buffers --- */

static void keep(mk_etl *e, mk_out buffer)
{
    if (e->n == e->cap) {
        e->cap = e->cap ? 2 * e->cap : 64;
        e->buffers = realloc(e->buffers, e->cap * sizeof(*e->buffers));
        if (!e->buffers)
            mk_die("out of memory");
    }
    e->buffers[e->n++] = buffer;
}

static void pack(const mk_etl *e, mk_out *to, apd_bytes body)
{
    if (e->how.packing == 2)
        mk_lznt1(to, body);
    else if (e->how.packing == 4)
        mk_xpress_huffman(to, body);
    else
        mk_lz77(to, body);
}

static void put_head(const mk_etl *e, mk_out *b, uint32_t cpu, uint32_t filled, uint16_t flags,
                     uint16_t type)
{
    mk_u32(b, 0);
    mk_u32(b, filled);
    mk_u32(b, filled);
    mk_u32(b, 0);
    mk_u64(b, type == TYPE_HEADER ? 0 : mk_etl_stamp(e, e->latest));
    mk_u64(b, e->sequence);
    mk_u64(b, 0);
    mk_u16(b, (uint16_t)(e->how.old ? cpu | 0x0800 : cpu));
    mk_u16(b, 1);
    mk_u32(b, type == TYPE_HEADER ? e->how.packing : STATE_FLUSHED);
    mk_u32(b, filled);
    mk_u16(b, (uint16_t)(flags | (e->how.old ? 0 : FLAG_CPU)));
    mk_u16(b, type);
    mk_zero(b, HEAD - b->len);
}

static mk_out make_buffer(const mk_etl *e, uint32_t cpu, apd_bytes records, uint16_t flags,
                          uint16_t type)
{
    mk_out b = {0};
    bool packed = e->how.packing && type != TYPE_HEADER;
    put_head(e, &b, cpu, (uint32_t)(HEAD + records.len),
             (uint16_t)(flags | (packed ? FLAG_PACKED : 0)), type);
    if (packed) {
        pack(e, &b, records);
    } else {
        mk_put(&b, records.ptr, records.len);
        size_t size = e->how.packing ? (b.len + 511) & ~(size_t)511 : e->how.buffer_size;
        size_t unused = size - b.len;
        mk_zero(&b, unused);
        memset(b.ptr + size - unused, 0xff, unused);
    }
    mk_store32(b.ptr, (uint32_t)b.len);
    return b;
}

void mk_etl_flush(mk_etl *e, uint32_t cpu, uint16_t flags)
{
    mk_out *records = &e->open[cpu];
    if (records->len == 0)
        return;
    e->sequence++;
    e->written++;
    bool full = records->len + HEAD + 64 > e->how.buffer_size;
    keep(e, make_buffer(e, cpu, mk_bytes(records), (uint16_t)(flags | (full ? 0 : FLAG_FLUSH)), 0));
    records->len = 0;
}

void mk_etl_lose(mk_etl *e, uint32_t buffers)
{
    e->sequence += buffers;
}

void mk_etl_add_bytes(mk_etl *e, uint32_t cpu, apd_bytes record)
{
    if (cpu >= MOST_CPUS)
        mk_die("processor %u does not exist", cpu);
    mk_out *to = &e->open[cpu];
    size_t size = (record.len + 7) & ~(size_t)7;
    if (size > e->how.buffer_size - HEAD)
        mk_die("a record is larger than a buffer");
    if (to->len + size > e->how.buffer_size - HEAD)
        mk_etl_flush(e, cpu, 0);
    mk_put(to, record.ptr, record.len);
    mk_zero(to, size - record.len);
}

void mk_etl_add(mk_etl *e, uint32_t cpu, const mk_etl_record *r)
{
    mk_out o = {0};
    mk_etl_encode(e, r, &o);
    e->latest = r->time > e->latest ? r->time : e->latest;
    mk_etl_add_bytes(e, cpu, mk_bytes(&o));
    mk_free(&o);
}

/* --- the file --- */

mk_etl *mk_etl_new(const mk_etl_how *how)
{
    mk_etl *e = calloc(1, sizeof *e);
    if (!e)
        mk_die("out of memory");
    e->how = *how;
    e->how.frequency = how->frequency ? how->frequency : 10000000;
    e->how.buffer_size = how->buffer_size ? how->buffer_size : 65536;
    e->base = 123456789;
    e->latest = how->start;
    return e;
}

static void put_pointers(const mk_etl *e, mk_out *o)
{
    mk_zero(o, e->how.narrow ? 8 : 16);
}

/* TRACE_LOGFILE_HEADER. */
static void put_logfile(const mk_etl *e, mk_out *o)
{
    const mk_etl_how *h = &e->how;
    bool live = h->end == 0;
    size_t start = o->len;
    mk_u32(o, h->buffer_size);
    mk_u32(o, 0x0501000a);
    mk_u32(o, h->old ? 7601 : 26100);
    mk_u32(o, h->cpus ? h->cpus : 1);
    mk_u64(o, (uint64_t)h->end);
    mk_u32(o, 156250);
    mk_u32(o, h->ring ? 4 : 0);
    mk_u32(o, h->mode | (h->ring ? 2 : 0) | (h->packing ? 0x04000000 : 0));
    mk_u32(o, live ? 0 : e->written + 1);
    mk_u32(o, 1);
    mk_u32(o, h->narrow ? 4 : 8);
    mk_u32(o, h->events_lost);
    mk_u32(o, h->clock == MK_CYCLES ? (uint32_t)(e->how.frequency / 1000000) : 2400);
    put_pointers(e, o);
    mk_u32(o, (uint32_t)-60);
    mk_zero(o, ZONE - 4);
    mk_u32(o, 0);
    mk_u64(o, (uint64_t)(h->start - APD_TICKS_HOUR));
    mk_u64(o, h->clock == MK_CYCLES ? 10000000 : e->how.frequency);
    mk_u64(o, (uint64_t)h->start);
    mk_u32(o, h->clock);
    mk_u32(o, h->buffers_lost);
    if (o->len - start != (h->narrow ? LOGFILE - 8 : LOGFILE))
        mk_die("the header of a trace has the wrong size");
    mk_utf16(o, apd_str_of(h->logger ? h->logger : "Session"));
    mk_u16(o, 0);
    mk_utf16(o, apd_str_of(h->file ? h->file : "C:\\trace.etl"));
    mk_u16(o, 0);
}

static mk_out first_buffer(const mk_etl *e)
{
    mk_out logfile = {0}, records = {0};
    put_logfile(e, &logfile);
    mk_etl_record r = {.kind = MK_ETL_SYSTEM,
                       .narrow = e->how.narrow,
                       .version = 2,
                       .time = e->how.start,
                       .pid = 4,
                       .tid = 8,
                       .payload = mk_bytes(&logfile)};
    mk_etl_encode(e, &r, &records);
    mk_zero(&records, (8 - records.len % 8) % 8);
    mk_out b = make_buffer(e, 0, mk_bytes(&records), FLAG_FLUSH, TYPE_HEADER);
    mk_store64(b.ptr + 0x18, 0);
    mk_free(&logfile);
    mk_free(&records);
    return b;
}

/* Of a ring the last buffers are left; the n-th one stands at its place modulo the room. */
static void put_buffers(const mk_etl *e, mk_out *o)
{
    size_t ring = e->how.ring && e->n > e->how.ring ? e->how.ring : e->n;
    for (size_t i = 0; i < ring; i++) {
        size_t lap = (e->n - 1 - i) / ring;
        const mk_out *b = &e->buffers[i + lap * ring];
        mk_put(o, b->ptr, b->len);
    }
}

void mk_etl_save(mk_etl *e, mk_out *o)
{
    for (uint32_t cpu = 0; cpu < MOST_CPUS; cpu++)
        mk_etl_flush(e, cpu, 0);
    mk_out first = first_buffer(e);
    mk_put(o, first.ptr, first.len);
    put_buffers(e, o);
    mk_free(&first);
    for (size_t i = 0; i < e->n; i++)
        mk_free(&e->buffers[i]);
    for (uint32_t cpu = 0; cpu < MOST_CPUS; cpu++)
        mk_free(&e->open[cpu]);
    free(e->buffers);
    free(e);
}

/* --- TraceLogging --- */

static void put_text(mk_out *o, apd_str s)
{
    mk_str(o, s);
    mk_u8(o, 0);
}

void mk_etl_traits(mk_out *o, apd_str provider)
{
    mk_u16(o, (uint16_t)(provider.len + 3));
    put_text(o, provider);
}

void mk_etl_schema(mk_out *o, apd_str event)
{
    mk_u16(o, 0);
    mk_u8(o, 0);
    put_text(o, event);
}

void mk_etl_schema_field(mk_out *o, apd_str name, uint8_t in, uint8_t out)
{
    put_text(o, name);
    mk_u8(o, (uint8_t)(in | (out ? 0x80 : 0)));
    if (out)
        mk_u8(o, out);
}

void mk_etl_schema_end(mk_out *o)
{
    mk_store16(o->ptr, (uint16_t)o->len);
}
