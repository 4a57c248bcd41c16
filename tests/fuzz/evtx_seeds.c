/* Writes the seeds of the EVTX fuzz targets into two folders: cut chunks without checksums, so that a
 * changed byte reaches the code behind the checks. usage: evtx_seeds READING CARVING */
#include <stdio.h>

#include "evtx_make.h"

static mk f;

static void start(void)
{
    mk_file(&f);
    mk_chunk(&f);
    mk_poke(&f, f.chunk + 120, 4, 4);
}

/* With the file's header, or from the chunk on. */
static int write_seed(const char *folder, const char *name, int header)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    if (!out) {
        perror(path);
        return 1;
    }
    size_t from = header ? 0 : MK_HEAD;
    fwrite(f.data + from, 1, f.len - from, out);
    return fclose(out);
}

static int save(const char *folder, const char *name, int header)
{
    mk_poke(&f, f.chunk + 48, mk_here(&f), 4);
    return write_seed(folder, name, header);
}

static int plain(const char *folder)
{
    start();
    for (unsigned i = 0; i < 3; i++)
        mk_plain_event(&f, i + 1, 100, "seed");
    return save(folder, "plain", 1) || save(folder, "plain-chunk", 0);
}

/* One event, an old one in the free space behind it; the same without the chunk's header. */
static int remains(const char *folder)
{
    start();
    mk_plain_event(&f, 1, 100, "seed");
    uint32_t end = mk_here(&f);
    mk_plain_event(&f, 7, 100, "old");
    mk_poke(&f, f.chunk + 48, end, 4);
    int rc = write_seed(folder, "slack", 0);
    memset(f.data + MK_HEAD, 'x', 8);
    return rc || write_seed(folder, "headless", 0);
}

static const struct {
    uint8_t type, size;
} types[] = {{0x00, 0},  {0x02, 5}, {0x03, 1}, {0x04, 1},  {0x05, 2},  {0x06, 2}, {0x07, 4},
             {0x08, 4},  {0x09, 8}, {0x0a, 8}, {0x0b, 4},  {0x0c, 8},  {0x0d, 4}, {0x0e, 3},
             {0x0f, 16}, {0x10, 8}, {0x11, 8}, {0x12, 16}, {0x13, 12}, {0x14, 4}, {0x15, 8},
             {0x81, 12}, {0x82, 6}, {0x88, 8}, {0x8f, 32}, {0x93, 24}, {0x95, 16}};
enum { NTYPES = sizeof types / sizeof *types };

static int every_type(const char *folder)
{
    static const uint8_t bytes[32] = {1, 1, 0, 0, 0,  0, 0, 5, 18,   0, 0,  0, 1, 1, 0,  0,
                                      0, 0, 0, 5, 18, 0, 0, 0, 0xe5, 7, 11, 0, 1, 0, 22, 0};
    start();
    mk_event(&f, 1, 200);
    uint32_t d = mk_payload(&f);
    mk_open(&f, "EventData", 0xffff, 0);
    mk_body(&f);
    for (uint16_t i = 0; i < NTYPES; i++)
        mk_slot(&f, "Data", i, types[i].type, i % 2);
    mk_close(&f);
    mk_payload_values(&f, d, NTYPES);
    for (int i = 0; i < NTYPES; i++)
        mk_raw(&f, types[i].type, bytes, types[i].size);
    mk_event_end(&f);
    return save(folder, "types", 0);
}

static int tree(const char *folder)
{
    start();
    mk_event(&f, 1, 300);
    uint32_t d = mk_payload(&f);
    mk_open(&f, "UserData", 0xffff, 0);
    mk_body(&f);
    mk_open(&f, "Root", 0xffff, 1);
    mk_attr(&f, "xmlns:a");
    mk_text(&f, "urn:x");
    mk_attr(&f, "k");
    mk_sub(&f, 0, 1, 1);
    mk_body(&f);
    mk_open(&f, "A", 1, 0);
    mk_body(&f);
    mk_text(&f, "a");
    mk_u8(&f, 0x08);
    mk_u16(&f, 65);
    mk_u8(&f, 0x09);
    mk_name(&f, "lt");
    mk_sub(&f, 0, 1, 0);
    mk_u8(&f, 0x07);
    mk_u16(&f, 1);
    mk_utf16(&f, "c");
    mk_close(&f);
    mk_slot(&f, "B", 1, 0x21, 1);
    mk_close(&f);
    mk_close(&f);
    mk_payload_values(&f, d, 2);
    mk_string(&f, "v");
    mk_value(&f, 0x21);
    mk_open(&f, "C", MK_NO_DEP, 0);
    mk_body(&f);
    mk_text(&f, "in");
    mk_close(&f);
    mk_value_end(&f);
    mk_event_end(&f);
    return save(folder, "tree", 0);
}

static int direct(const char *folder)
{
    start();
    mk_record(&f, 1);
    mk_fragment(&f);
    mk_open(&f, "Event", MK_NO_DEP, 0);
    mk_body(&f);
    mk_open(&f, "System", MK_NO_DEP, 0);
    mk_body(&f);
    mk_open(&f, "EventID", MK_NO_DEP, 0);
    mk_body(&f);
    mk_text(&f, "5");
    mk_close(&f);
    mk_close(&f);
    mk_open(&f, "EventData", MK_NO_DEP, 0);
    mk_body(&f);
    mk_open(&f, "Data", MK_NO_DEP, 1);
    mk_attr(&f, "Name");
    mk_text(&f, "n");
    mk_body(&f);
    mk_text(&f, "t");
    mk_close(&f);
    mk_close(&f);
    mk_close(&f);
    mk_record_end(&f);
    return save(folder, "direct", 0);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: evtx_seeds READING CARVING\n");
        return 2;
    }
    const char *folder = argv[1];
    return plain(folder) || every_type(folder) || tree(folder) || direct(folder) ||
           plain(argv[2]) || remains(argv[2]);
}
