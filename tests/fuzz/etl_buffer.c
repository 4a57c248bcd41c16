/* The records of one buffer behind a sound header. The first byte of the input chooses the clock, whether the
 * buffer is compressed, and how; the second cuts the rest in two, for two processors. */
#include <stdlib.h>

#include "etl_builder.h"
#include "etl_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch(apd_bytes b)
{
    static volatile unsigned sink;
    for (size_t i = 0; i < b.len; i++)
        sink += b.ptr[i];
    (void)sink;
}

static void read_all(apd_stream *s)
{
    etl_trace t;
    const etl_record *r;
    apd_error err;
    apd_status st = etl_trace_open(&t, s, 0, &err);
    while (st == APD_OK || st == APD_SKIPPED) {
        st = etl_trace_next(&t, &r, &err);
        if (st != APD_OK)
            continue;
        touch(r->payload);
        touch(r->schema);
        touch(r->traits);
        touch(r->sid);
        if (r->guid)
            touch((apd_bytes){r->guid, 16});
    }
    if (st != APD_END)
        abort();
    etl_trace_close(&t);
}

static void put_buffer(mk_out *o, apd_bytes records, uint16_t cpu, bool packed)
{
    size_t at = o->len;
    mk_u32(o, (uint32_t)(0x48 + records.len));
    mk_zero(o, 0x14);
    mk_u64(o, 1u + cpu);
    mk_u64(o, 0);
    mk_u32(o, cpu);
    mk_u32(o, 3);
    mk_u32(o, packed ? 20000 : (uint32_t)(0x48 + records.len));
    mk_u16(o, packed ? 0x60 : 0x20);
    mk_zero(o, 0x48 - (o->len - at));
    mk_put(o, records.ptr, records.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    uint8_t how = data[0];
    size_t cut = (size_t)data[1] * (size - 2) / 255;
    mk_etl_how session = {.start = INT64_C(134000000000000000),
                          .clock = 1 + how % 3,
                          .mode = how & 4 ? 0x10000000 : 0,
                          .packing = how & 8 ? 2 + (how >> 4) % 3 : 0,
                          .buffer_size = 1024};
    mk_out file = {0};
    mk_etl_save(mk_etl_new(&session), &file);
    put_buffer(&file, (apd_bytes){data + 2, cut}, 0, how & 8);
    put_buffer(&file, (apd_bytes){data + 2 + cut, size - 2 - cut}, 1, how & 8);
    apd_stream *s = apd_stream_memory(mk_bytes(&file), how & 0x80 ? SIZE_MAX : 0, 1);
    if (s)
        read_all(s);
    apd_stream_free(s);
    mk_free(&file);
    return 0;
}
