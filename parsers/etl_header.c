#include "etl_header.h"

/* Behind the two pointers everything is 8 bytes earlier in the layout of a 32-bit system. */
enum {
    AT_BUFFER_SIZE = 0,
    AT_BUILD = 8,
    AT_CPUS = 0xc,
    AT_END = 0x10,
    AT_MODE = 0x20,
    AT_WRITTEN = 0x24,
    AT_EVENTS_LOST = 0x30,
    AT_MHZ = 0x34,
    AT_BIAS = 0x48,
    AT_BOOT = 0xf8,
    AT_FREQUENCY = 0x100,
    AT_START = 0x108,
    AT_CLOCK = 0x110,
    AT_BUFFERS_LOST = 0x114,
    SIZE = 0x118,
    LESS = 8
};

static uint32_t size_of(const etl_record *r)
{
    return r->narrow ? SIZE - LESS : SIZE;
}

bool etl_header_read(etl_header *h, const etl_record *r)
{
    if (r->kind != ETL_SYSTEM || r->id != ETL_HOOK_HEADER || r->payload.len < size_of(r))
        return false;
    const uint8_t *p = r->payload.ptr, *q = r->narrow ? p - LESS : p;
    *h = (etl_header){
        .known = true,
        .narrow = r->narrow,
        .buffer_size = apd_u32le(p + AT_BUFFER_SIZE),
        .build = apd_u32le(p + AT_BUILD),
        .cpus = apd_u32le(p + AT_CPUS),
        .end = (apd_time)apd_u64le(p + AT_END),
        .mode = apd_u32le(p + AT_MODE),
        .buffers_written = apd_u32le(p + AT_WRITTEN),
        .events_lost = apd_u32le(p + AT_EVENTS_LOST),
        .mhz = apd_u32le(p + AT_MHZ),
        .bias = (int32_t)apd_u32le(q + AT_BIAS),
        .boot = (apd_time)apd_u64le(q + AT_BOOT),
        .frequency = (int64_t)apd_u64le(q + AT_FREQUENCY),
        .start = (apd_time)apd_u64le(q + AT_START),
        .clock = apd_u32le(q + AT_CLOCK),
        .buffers_lost = apd_u32le(q + AT_BUFFERS_LOST),
        .stamp = r->stamp,
    };
    return true;
}

static apd_bytes take_text(apd_bytes *rest)
{
    apd_bytes text = {rest->ptr, 0};
    while (text.len + 2 <= rest->len && apd_u16le(rest->ptr + text.len))
        text.len += 2;
    (void)(apd_skip(rest, text.len + 2) || apd_skip(rest, rest->len));
    return text;
}

void etl_header_names(const etl_record *r, apd_bytes *logger, apd_bytes *file)
{
    apd_bytes rest = r->payload;
    (void)apd_skip(&rest, size_of(r));
    *logger = take_text(&rest);
    *file = take_text(&rest);
}
