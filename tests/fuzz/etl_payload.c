/* Payloads of traces. The first byte says what the input is: descriptions come first and are applied to what follows
 * them, two bytes of length between the parts. */
#include <stdlib.h>

#include "etl_decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t control[16] = {0xc1, 0xf6, 0xcc, 0xbb, 0xd1, 0x6c, 0xc4, 0x48,
                                    0x80, 0xff, 0x83, 0x94, 0x82, 0xe3, 0x76, 0x71};

static apd_bytes part(apd_bytes *rest)
{
    uint16_t n = 0;
    apd_bytes out = {rest->ptr, 0};
    if (apd_get_u16le(rest, &n) && !apd_get_bytes(rest, n, &out)) {
        out = *rest;
        rest->len = 0;
    }
    return out;
}

static void look(etl_decoder *d, const etl_record *r, apd_arena *a)
{
    apd_event ev = {0};
    etl_reading reading;
    apd_mark mark = apd_arena_mark(a);
    etl_identify(d, r, &ev);
    (void)etl_fields(d, r, a, &reading);
    for (uint32_t i = 0; i < reading.n; i++)
        (void)apd_field_text(&reading.fields[i], a);
    (void)etl_sentence(&reading, a);
    apd_arena_rewind(a, mark);
}

static void learn(etl_decoder *d, etl_kind kind, const uint8_t *guid, unsigned opcode, unsigned id,
                  apd_bytes payload)
{
    etl_record r = {.kind = kind,
                    .guid = guid,
                    .opcode = (uint8_t)opcode,
                    .id = (uint16_t)id,
                    .payload = payload};
    (void)etl_learn(d, &r);
}

/* Every id and number that the input may have described. */
static void apply(etl_decoder *d, apd_bytes described, apd_bytes payload, bool narrow, apd_arena *a)
{
    static const uint8_t zeros[16] = {0};
    const uint8_t *guid = described.len >= 16 ? described.ptr : zeros;
    etl_record r = {.kind = ETL_EVENT, .guid = guid, .narrow = narrow, .payload = payload};
    if (described.len >= 35) {
        r.id = apd_u16le(described.ptr + 32);
        r.version = described.ptr[34];
    }
    look(d, &r, a);
    for (r.kind = ETL_EVENT; r.kind <= ETL_MESSAGE;
         r.kind = r.kind == ETL_EVENT ? ETL_MESSAGE : ETL_MESSAGE + 1)
        for (r.id = 0; r.id < 16; r.id++)
            look(d, &r, a);
}

/* What an event log tells of all ids: one value for each byte, its type. */
static void learn_shape(apd_schemas *pool, apd_intern *names, apd_bytes types)
{
    apd_shape_sink sink = apd_schemas_shapes(pool);
    apd_shape_value values[64];
    apd_shape s = {.guid = control, .values = values};
    for (; s.n < 64 && s.n < types.len; s.n++)
        values[s.n] = (apd_shape_value){apd_intern_add(names, APD_LIT("Value")), types.ptr[s.n]};
    for (; s.id < 16; s.id++)
        if (sink.wants(sink.ctx, &s))
            sink.take(sink.ctx, &s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    apd_intern *names = apd_intern_new();
    apd_arena *a = apd_arena_new(0);
    apd_schemas *pool = apd_schemas_new(names);
    etl_decoder *d = etl_decoder_new(names);
    if (!names || !a || !pool || !d)
        abort();
    etl_decoder_share(d, pool);
    apd_bytes rest = {data + 2, size - 2};
    apd_bytes first = part(&rest), second = {NULL, 0};
    bool narrow = data[1] & 1;
    switch (data[0] % 6) {
    case 0: { /* TraceLogging: schema, payload */
        etl_record r = {
            .kind = ETL_EVENT, .guid = control, .narrow = narrow, .schema = first, .payload = rest};
        look(d, &r, a);
        r.traits = first; /* and as old systems wrote it */
        r.schema.len = 0;
        r.channel = 11;
        r.payload = (apd_bytes){data + 2, size - 2};
        look(d, &r, a);
        break;
    }
    case 1: /* TRACE_EVENT_INFO, map, payload */
        second = part(&rest);
        learn(d, ETL_CLASSIC, control, 32, 0, first);
        learn(d, ETL_CLASSIC, control, 33, 0, second);
        apply(d, first, rest, narrow, a);
        break;
    case 2: { /* a manifest of an EventSource in one or two pieces */
        learn(d, ETL_EVENT, control, 0, 0xfffe, first);
        second = part(&rest);
        learn(d, ETL_EVENT, control, 0, 0xfffe, second);
        apply(d, (apd_bytes){control, 16}, rest, narrow, a);
        break;
    }
    case 3: /* a message file, then its arguments */
        (void)apd_schemas_tmf(pool, apd_bytes_str(first));
        apply(d, (apd_bytes){control, 16}, rest, narrow, a);
        break;
    case 5: /* a template of an event log */
        learn_shape(pool, names, first);
        apply(d, (apd_bytes){control, 16}, rest, narrow, a);
        break;
    default: /* a table */
        (void)apd_schemas_table(pool, data[1] & 2 ? APD_LIT("fields.tsv") : APD_LIT("kernel.tsv"),
                                apd_bytes_str(first));
        apply(d, (apd_bytes){control, 16}, rest, narrow, a);
    }
    etl_decoder_free(d);
    apd_schemas_free(pool);
    apd_arena_free(a);
    apd_intern_free(names);
    return 0;
}
