/* Writes testdata/fuzz/etl/, etl_buffer/ and xca_…/ anew: etl_seeds FOLDER, which holds these folders. */
#include <stdio.h>
#include <stdlib.h>

#include "etl_builder.h"
#include "xca_writer.h"

#define SECOND APD_TICKS_SECOND
#define START INT64_C(134000000000000000)

static void save(const char *folder, const char *name, apd_bytes b)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    bool written = f && fwrite(b.ptr, 1, b.len, f) == b.len;
    if (!written || fclose(f) != 0)
        mk_die("%s: cannot be written", path);
}

/* One record of every kind. */
static void add_all(mk_etl *e, mk_out *bytes)
{
    mk_out traits = {0}, schema = {0};
    mk_etl_traits(&traits, APD_LIT("Apd.Fuzz"));
    mk_etl_schema(&schema, APD_LIT("Event"));
    mk_etl_schema_field(&schema, APD_LIT("text"), 1, 0);
    mk_etl_schema_field(&schema, APD_LIT("code"), 8, 15);
    mk_etl_schema_field(&schema, APD_LIT("list"), 0x40 | 6, 0);
    mk_etl_schema_end(&schema);
    static const uint8_t payload[] = "h\0i\0\0\0\1\2\3\4\2\0\5\0\6";
    for (int kind = 0; kind < 14; kind++) {
        mk_etl_record r = {.kind = (mk_etl_kind)(kind % 7),
                           .narrow = kind >= 7,
                           .time = START + kind * SECOND,
                           .pid = 4,
                           .tid = 8,
                           .guid = {1, 2, 3},
                           .id = (uint16_t)(kind * 100),
                           .level = 4,
                           .payload = {payload, sizeof payload}};
        if (kind == MK_ETL_EVENT) {
            r.schema = mk_bytes(&schema);
            r.traits = mk_bytes(&traits);
        }
        mk_etl_add(e, (uint32_t)kind % 2, &r);
        mk_etl_encode(e, &r, bytes);
        mk_zero(bytes, (8 - bytes->len % 8) % 8);
    }
    mk_free(&traits);
    mk_free(&schema);
}

static void files(const char *folder)
{
    static const struct {
        const char *name;
        mk_etl_how how;
    } all[] = {
        {"merged", {.start = START, .end = START + 1, .clock = MK_QPC, .mode = 0x10000}},
        {"live", {.start = START, .clock = MK_SYSTEM_TIME, .mode = 0x10000000}},
        {"old32", {.start = START, .clock = MK_QPC, .narrow = true, .old = true}},
        {"ring", {.start = START, .clock = MK_QPC, .ring = 1}},
        {"lz77", {.start = START, .clock = MK_QPC, .packing = 3}},
        {"lznt1", {.start = START, .clock = MK_CYCLES, .packing = 2}},
        {"huffman", {.start = START, .clock = MK_QPC, .packing = 4}},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char path[1024];
        mk_out file = {0}, bytes = {0}, input = {0};
        mk_etl_how how = all[i].how;
        how.buffer_size = 2048;
        mk_etl *e = mk_etl_new(&how);
        add_all(e, &bytes);
        mk_etl_save(e, &file);
        snprintf(path, sizeof path, "%s/etl", folder);
        save(path, all[i].name, mk_bytes(&file));
        mk_u8(&input, (uint8_t)((how.clock - 1) | (how.packing ? 8 | (how.packing - 2) << 4 : 0)));
        mk_u8(&input, 128);
        if (how.packing == 2)
            mk_lznt1(&input, mk_bytes(&bytes));
        else if (how.packing == 3)
            mk_lz77(&input, mk_bytes(&bytes));
        else if (how.packing)
            mk_xpress_huffman(&input, mk_bytes(&bytes));
        else
            mk_put(&input, bytes.ptr, bytes.len);
        snprintf(path, sizeof path, "%s/etl_buffer", folder);
        save(path, all[i].name, mk_bytes(&input));
        mk_free(&file);
        mk_free(&bytes);
        mk_free(&input);
    }
}

static void packed(const char *folder)
{
    static const struct {
        const char *name;
        void (*pack)(mk_out *o, apd_bytes in);
    } all[] = {{"xca_lz77", mk_lz77}, {"xca_lznt1", mk_lznt1}, {"xca_huffman", mk_xpress_huffman}};
    uint8_t text[3000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)("trace of a session"[i * i / 7 % 18] + i / 1000);
    for (size_t i = 0; i < 3; i++) {
        static const size_t sizes[] = {1, 40, 3000};
        for (size_t k = 0; k < 3; k++) {
            char path[1024], name[16];
            mk_out o = {0};
            all[i].pack(&o, (apd_bytes){text, sizes[k]});
            snprintf(path, sizeof path, "%s/%s", folder, all[i].name);
            snprintf(name, sizeof name, "%zu", sizes[k]);
            save(path, name, mk_bytes(&o));
            mk_free(&o);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        mk_die("usage: etl_seeds FOLDER");
    files(argv[1]);
    packed(argv[1]);
    return 0;
}
