/* The list of hardware hashes that mdmdiagnosticstool and Get-WindowsAutopilotInfo write, one device a
 * row. Of a hash only what it says about the device becomes a field, and its SHA-256, which tells two
 * hashes apart without giving one away. */
#include "hashblob.h"

#include <stdlib.h>

#include "base64.h"
#include "limits.h"
#include "parsers.h"
#include "sha256.h"
#include "textin.h"
#include "vec.h"

enum { BID_CONTENT = 90, MAX_COLUMNS = 16, MAX_OF_A_KIND = 8 };

typedef enum column { SERIAL, PRODUCT, HASH, TAG, USER, MAKER, MODEL, NCOLUMNS } column;

static const struct {
    const char *heading, *field;
} columns[NCOLUMNS] = {
    [SERIAL] = {"Device Serial Number", "Serial"},
    [PRODUCT] = {"Windows Product ID", "ProductId"},
    [HASH] = {"Hardware Hash", NULL},
    [TAG] = {"Group Tag", "GroupTag"},
    [USER] = {"Assigned User", "AssignedUser"},
    [MAKER] = {"Manufacturer name", "ListedManufacturer"},
    [MODEL] = {"Device model", "ListedModel"},
};

struct apd_reader {
    apd_input in;
    apd_reader *lines;
    apd_mark batch;
    column at[MAX_COLUMNS]; /* what each column holds; NCOLUMNS: something else */
    bool headed;
    APD_VEC(apd_field) fields;
    bool nomem;
    uint8_t blob[APD_MAX_DEVICE_HASH];
};

/* --- CSV --- */

/* Takes a cell off the front; quotes around it go. A quote inside quotes is written twice, which none
 * of these values has, so it just stays. */
static apd_str cut_cell(apd_str *rest)
{
    size_t close;
    while (rest->len && rest->ptr[0] == ' ')
        *rest = apd_sub(*rest, 1, rest->len);
    if (rest->len == 0 || rest->ptr[0] != '"')
        return apd_trim(apd_cut(rest, ','));
    *rest = apd_sub(*rest, 1, rest->len);
    for (close = 0; close < rest->len; close++)
        if (rest->ptr[close] == '"' && (close + 1 == rest->len || rest->ptr[close + 1] == ','))
            break;
    apd_str cell = apd_sub(*rest, 0, close);
    *rest = apd_sub(*rest, close + 2, rest->len);
    return cell;
}

static column column_of(apd_str heading)
{
    int c = 0;
    while (c < NCOLUMNS && !apd_ieq(heading, apd_str_of(columns[c].heading)))
        c++;
    return (column)c;
}

/* Is the line a heading with a hash among its columns? at[] may be NULL. */
static bool read_heading(apd_str line, column *at)
{
    bool hash = false;
    for (size_t i = 0; i < MAX_COLUMNS; i++) {
        column c = line.len ? column_of(cut_cell(&line)) : NCOLUMNS;
        hash |= c == HASH;
        if (at)
            at[i] = c;
    }
    return hash;
}

/* --- fields --- */

static void add(apd_reader *r, apd_str name, apd_field f)
{
    f.name = apd_intern_add(r->in.names, name);
    r->nomem |= f.name && !APD_PUSH(r->in.batch, r->fields, f);
}

static void add_text(apd_reader *r, const char *name, apd_str s)
{
    s = apd_text_prefix(apd_trim(s), APD_MAX_KEPT_TEXT);
    if (s.len == 0)
        return;
    apd_str copy = apd_strdup_a(r->in.batch, s);
    r->nomem |= !copy.ptr;
    add(r, apd_str_of(name), (apd_field){.type = APD_T_UTF8, .as.raw = apd_str_bytes(copy)});
}

static void add_bool(apd_reader *r, const char *name, bool b)
{
    apd_field f = {.type = APD_T_BOOL};
    f.as.b = b;
    add(r, apd_str_of(name), f);
}

static void add_number(apd_reader *r, const char *name, uint64_t n)
{
    apd_field f = {.type = APD_T_U64};
    f.as.u = n;
    add(r, apd_str_of(name), f);
}

static void add_digest(apd_reader *r, const char *name, apd_bytes data)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t digest[APD_SHA256_SIZE];
    char text[2 * APD_SHA256_SIZE];
    apd_sha256(data, digest);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = hex[digest[i / 2] >> (i % 2 ? 0 : 4) & 15];
    add_text(r, name, apd_str_from(text, sizeof text));
}

/* "Disk.1", "Disk.2": what a device may have several of. */
static const char *numbered(apd_reader *r, const char *name, unsigned n)
{
    apd_str s = apd_printf_a(r->in.batch, "%s.%u", name, n);
    r->nomem |= !s.ptr;
    return s.ptr ? s.ptr : name;
}

/* --- what the hash says --- */

enum { VERSIONS = 1, MEMORY = 5, DISK_SERIAL = 7, NETWORK = 8, SMBIOS_UUID = 12, TPM_KEY = 25 };

/* Blocks that are a text. */
static const struct {
    uint8_t type;
    const char *field;
} texts[] = {
    {3, "ProcessorManufacturer"},
    {4, "ProcessorModel"},
    {13, "TpmVersion"},
    {14, "SmbiosSerial"},
    {15, "FirmwareVendor"},
    {16, "Manufacturer"},
    {17, "Model"},
    {18, "Sku"},
    {19, "Family"},
    {21, "Board"},
    {22, "BoardVersion"},
    {23, "SystemVersion"},
    {24, "ProductKeyId"},
    {26, "ProductKeyPartNumber"},
};

static apd_str block_text(apd_bytes b)
{
    apd_str s = apd_bytes_str(b);
    while (s.len && s.ptr[s.len - 1] == '\0')
        s.len--;
    return s;
}

/* A version is minor, major, revision, build: the two halves of Windows' file versions. */
static void add_version(apd_reader *r, const char *name, const uint8_t *p)
{
    apd_str s = apd_printf_a(r->in.batch, "%u.%u.%u.%u", apd_u16le(p + 2), apd_u16le(p),
                             apd_u16le(p + 6), apd_u16le(p + 4));
    r->nomem |= !s.ptr;
    add_text(r, name, s);
}

static void add_mac(apd_reader *r, unsigned n, const uint8_t *p)
{
    apd_str s = apd_printf_a(r->in.batch, "%02X-%02X-%02X-%02X-%02X-%02X", p[0], p[1], p[2], p[3],
                             p[4], p[5]);
    r->nomem |= !s.ptr;
    add_text(r, numbered(r, "Mac", n), s);
}

static void add_uuid(apd_reader *r, apd_bytes b)
{
    apd_str copy = apd_strdup_a(r->in.batch, apd_bytes_str(b));
    r->nomem |= !copy.ptr;
    if (copy.ptr)
        add(r, APD_LIT("SmbiosUuid"),
            (apd_field){.type = APD_T_GUID, .as.raw = apd_str_bytes(copy)});
}

static void read_block(apd_reader *r, const blob_block *b, unsigned *disks, unsigned *nets)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].type == b->type)
            add_text(r, texts[i].field, block_text(b->data));
    if (b->type == VERSIONS && b->data.len >= 16) {
        add_version(r, "ToolBuild", b->data.ptr);
        add_version(r, "OsBuild", b->data.ptr + 8);
    } else if (b->type == MEMORY && b->data.len >= 2) {
        add_number(r, "MemoryGb", apd_u16le(b->data.ptr));
    } else if (b->type == DISK_SERIAL && *disks < MAX_OF_A_KIND) {
        add_text(r, numbered(r, "DiskSerial", ++*disks), block_text(b->data));
    } else if (b->type == NETWORK && b->data.len >= 10 && *nets < MAX_OF_A_KIND) {
        add_mac(r, ++*nets, b->data.ptr + 4);
    } else if (b->type == SMBIOS_UUID && b->data.len == 16) {
        add_uuid(r, b->data);
    } else if (b->type == TPM_KEY && b->data.len) {
        add_digest(r, "TpmEkPubSha256", b->data);
    }
}

/* Why the blob is no hash, or NULL. */
static const char *read_blob(apd_reader *r, apd_bytes blob)
{
    apd_bytes blocks;
    blob_block b;
    blob_seal seal;
    unsigned disks = 0, nets = 0;
    uint64_t n = 0;
    if (!apd_blob_open(blob, &blocks, &seal))
        return "it does not begin as a hardware hash does";
    for (; apd_blob_next(&blocks, &b) && n < APD_MAX_FIELDS; n++)
        read_block(r, &b, &disks, &nets);
    add_number(r, "Blocks", n);
    if (seal != BLOB_UNSEALED)
        add_bool(r, "ChecksumValid", seal == BLOB_SEALED);
    if (blocks.len)
        return "a block has an impossible length";
    return seal == BLOB_BROKEN ? "its checksum is wrong" : NULL;
}

static void read_hash(apd_reader *r, apd_str hash)
{
    size_t n;
    const char *wrong;
    add_number(r, "HashLength", hash.len);
    if (!apd_base64_decode(hash, r->blob, sizeof r->blob, &n))
        wrong = hash.len / 4 * 3 > sizeof r->blob ? "it is too long" : "it is not base64";
    else
        wrong = read_blob(r, (apd_bytes){r->blob, n});
    add_bool(r, "HashValid", !wrong);
    if (wrong)
        add_text(r, "HashProblem", apd_str_of(wrong));
    else
        add_digest(r, "HashSha256", (apd_bytes){r->blob, n});
}

/* --- the reader --- */

static int devicehash_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str text;
    (void)path;
    if (head.len == 0 || !apd_text_head(head, buf, &text))
        return 0;
    return read_heading(apd_trim(apd_cut(&text, '\n')), NULL) ? BID_CONTENT : 0;
}

static void devicehash_close(apd_reader *r)
{
    if (!r)
        return;
    apd_parser_text.close(r->lines);
    free(r);
}

static apd_status devicehash_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    r->in = *in;
    r->batch = apd_arena_mark(in->batch);
    apd_status st = apd_parser_text.open(in, &r->lines, err);
    if (st > APD_SKIPPED) {
        devicehash_close(r);
        return st;
    }
    *out = r;
    return APD_OK;
}

static void read_row(apd_reader *r, apd_str line)
{
    apd_str hash = {"", 0};
    apd_arena_rewind(r->in.batch, r->batch);
    memset(&r->fields, 0, sizeof r->fields);
    for (size_t i = 0; i < MAX_COLUMNS && line.len; i++) {
        apd_str cell = cut_cell(&line);
        if (r->at[i] == HASH)
            hash = cell;
        else if (r->at[i] != NCOLUMNS)
            add_text(r, columns[r->at[i]].field, cell);
    }
    read_hash(r, hash);
}

static apd_status devicehash_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    for (;;) {
        apd_status st = apd_parser_text.next(r->lines, ev, err);
        if (st != APD_OK)
            return st;
        apd_str line = ev->message;
        if (!r->headed && !(r->headed = read_heading(line, r->at)))
            return apd_fail(err, APD_E_UNSUPPORTED, ev->where,
                            "the first line does not name a column \"Hardware Hash\"");
        if (ev->where.record == 1 || read_heading(line, NULL))
            continue;
        apd_where where = ev->where;
        read_row(r, line);
        if (r->nomem)
            return apd_fail(err, APD_E_NOMEM, where, "out of memory");
        *ev = (apd_event){
            .time = APD_TIME_NONE,
            .clock = APD_CLOCK_NONE,
            .kind = APD_FACT,
            .log = apd_intern_add(r->in.names, APD_LIT("device.hash")),
            .fields = r->fields.at,
            .nfields = (uint32_t)r->fields.n,
            .where = where,
        };
        return APD_OK;
    }
}

const apd_parser apd_parser_devicehash = {
    .name = "device-hash",
    .about = "lists of Autopilot hardware hashes (DeviceHash_*.csv), as facts",
    .bid = devicehash_bid,
    .open = devicehash_open,
    .next = devicehash_next,
    .close = devicehash_close,
};
