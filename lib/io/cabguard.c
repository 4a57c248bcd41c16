/* A cabinet is a header, a table of folders (streams of compressed blocks), a table of files (each
 * a range of one folder's unpacked data), then the blocks of the folders. The guard collects one
 * fixed-size structure at a time, checks it when its last byte is in, and passes over what lies
 * between structures. Offsets are from the start of the cabinet. */
#include "cabguard.h"

#include <inttypes.h>
#include <stdlib.h>

#include "vec.h"

enum {
    HEADER_SIZE = 36,
    RESERVES_SIZE = 4,
    FOLDER_SIZE = 8,
    FILE_SIZE = 16,
    BLOCK_SIZE = 8,
    MAX_NAME = 255,
    MAX_UNPACKED = 32768,
    MAX_PACKED = 32768 + 6144, /* what a block of 32768 may grow to when it does not compress */
    HAS_PREVIOUS = 1,
    HAS_NEXT = 2,
    HAS_RESERVES = 4,
    METHOD_MASK = 15,
    FIRST_SPLIT = 0xFFFD /* folder numbers from here on mean "continues in another cabinet" */
};

typedef enum step {
    AT_HEADER,
    AT_RESERVES,
    AT_LINK,
    AT_FOLDER,
    AT_FILE,
    AT_NAME,
    AT_BLOCK,
    AT_REST
} step;

typedef struct folder {
    uint32_t start;
    uint16_t number;
    uint16_t blocks;
    bool stored;     /* not compressed */
    uint64_t needed; /* where the last file ends in the unpacked data */
} folder;

struct apd_cabguard {
    apd_arena *arena;
    APD_VEC(folder) folders;
    step step;
    bool failed;
    uint64_t at;   /* bytes seen */
    uint64_t size; /* as the header states; 0 = not read yet */
    uint64_t skip; /* bytes to pass over before the next structure */
    uint8_t held[HEADER_SIZE];
    size_t have, name_len;
    uint32_t files_at;
    uint32_t links_left; /* names of the cabinets and disks before and after */
    uint32_t folders_left, files_left, blocks_left;
    uint32_t file_count;
    uint16_t flags;
    uint8_t folder_reserve, block_reserve;
    size_t current;    /* folder whose blocks come now, counted by place */
    uint64_t unpacked; /* of that folder */
};

apd_cabguard *apd_cabguard_new(void)
{
    apd_cabguard *g = calloc(1, sizeof *g);
    if (g && !(g->arena = apd_arena_new(0))) {
        free(g);
        return NULL;
    }
    return g;
}

void apd_cabguard_free(apd_cabguard *g)
{
    if (!g)
        return;
    apd_arena_free(g->arena);
    free(g);
}

uint64_t apd_cabguard_seen(const apd_cabguard *g)
{
    return g->at;
}

uint64_t apd_cabguard_size(const apd_cabguard *g)
{
    return g->size;
}

bool apd_cabguard_is_part(const apd_cabguard *g)
{
    return g->flags & (HAS_PREVIOUS | HAS_NEXT);
}

#define DAMAGED(err, ...) apd_fail((err), APD_E_DAMAGED, APD_NOWHERE, "is damaged: " __VA_ARGS__)

static apd_status begin_data(apd_cabguard *g, apd_error *err);

/* What comes behind the structure just read: the next table that still has entries. */
static apd_status next_table(apd_cabguard *g, apd_error *err)
{
    if (g->links_left > 0) {
        g->step = AT_LINK;
    } else if (g->folders_left > 0) {
        g->step = AT_FOLDER;
    } else if (g->files_left > 0) {
        uint64_t here = g->at + g->skip;
        if (g->step == AT_FOLDER) {
            if (g->files_at < here)
                return DAMAGED(err,
                               "its list of files (byte %" PRIu32 ") overlaps its list of folders",
                               g->files_at);
            g->skip += g->files_at - here;
        }
        g->step = AT_FILE;
    } else {
        return begin_data(g, err);
    }
    return APD_OK;
}

static apd_status on_header(apd_cabguard *g, apd_error *err)
{
    const uint8_t *h = g->held;
    if (memcmp(h, "MSCF\0\0\0\0", 8) != 0)
        return DAMAGED(err, "it does not begin like a cabinet");
    g->size = apd_u32le(h + 8);
    g->files_at = apd_u32le(h + 16);
    g->folders_left = apd_u16le(h + 26);
    g->file_count = g->files_left = apd_u16le(h + 28);
    g->flags = apd_u16le(h + 30);
    g->links_left = (g->flags & HAS_PREVIOUS ? 2 : 0) + (g->flags & HAS_NEXT ? 2 : 0);
    if (g->size < HEADER_SIZE)
        return DAMAGED(err, "its header states a size of %" PRIu64 " bytes", g->size);
    if (g->folders_left == 0 || g->files_left == 0)
        return DAMAGED(err, "it states %" PRIu32 " folders and %" PRIu32 " files", g->folders_left,
                       g->files_left);
    if (g->flags & HAS_RESERVES) {
        g->step = AT_RESERVES;
        return APD_OK;
    }
    return next_table(g, err);
}

static apd_status on_reserves(apd_cabguard *g, apd_error *err)
{
    g->skip = apd_u16le(g->held);
    g->folder_reserve = g->held[2];
    g->block_reserve = g->held[3];
    return next_table(g, err);
}

static apd_status on_folder(apd_cabguard *g, apd_error *err)
{
    folder f = {.start = apd_u32le(g->held),
                .blocks = apd_u16le(g->held + 4),
                .stored = (g->held[6] & METHOD_MASK) == 0,
                .number = (uint16_t)g->folders.n};
    if (!APD_PUSH(g->arena, g->folders, f))
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "has more folders than memory holds");
    g->skip = g->folder_reserve;
    g->folders_left--;
    return next_table(g, err);
}

static apd_status on_file(apd_cabguard *g, apd_error *err)
{
    uint64_t end = (uint64_t)apd_u32le(g->held) + apd_u32le(g->held + 4);
    uint16_t number = apd_u16le(g->held + 8);
    if (number < g->folders.n) {
        if (g->folders.at[number].needed < end)
            g->folders.at[number].needed = end;
    } else if (number < FIRST_SPLIT) {
        return DAMAGED(err, "file %" PRIu32 " is in folder %u, of %zu",
                       g->file_count - g->files_left + 1, number + 1u, g->folders.n);
    }
    g->name_len = 0;
    g->step = AT_NAME;
    return APD_OK;
}

/* Folders in the order of their data; those without data first. */
static int by_place(const void *a, const void *b)
{
    const folder *x = a, *y = b;
    if (!x->blocks != !y->blocks)
        return x->blocks ? 1 : -1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Goes to the folder whose data lies next. It must lie behind all that was seen or is being passed
 * over: nothing that has been handed on already may turn out to be a block. */
static apd_status begin_folder(apd_cabguard *g, apd_error *err)
{
    if (g->current == g->folders.n) {
        g->step = AT_REST;
        return APD_OK;
    }
    const folder *f = &g->folders.at[g->current];
    uint64_t here = g->at + g->skip;
    if (f->start < here)
        return DAMAGED(err,
                       "the data of folder %u (byte %" PRIu32 ") overlaps what is stored before it",
                       f->number + 1u, f->start);
    g->skip += f->start - here;
    g->blocks_left = f->blocks;
    g->unpacked = 0;
    g->step = AT_BLOCK;
    return APD_OK;
}

static apd_status begin_data(apd_cabguard *g, apd_error *err)
{
    qsort(g->folders.at, g->folders.n, sizeof *g->folders.at, by_place);
    for (; g->current < g->folders.n && g->folders.at[g->current].blocks == 0; g->current++)
        if (g->folders.at[g->current].needed > 0)
            return DAMAGED(err, "folder %u has files but no data",
                           g->folders.at[g->current].number + 1u);
    return begin_folder(g, err);
}

/* What is wrong with a block by itself, or NULL. Only the last block of a folder may be shorter
 * than the others; its unpacked size is 0 when it continues in another cabinet. */
static const char *block_fault(const apd_cabguard *g, const folder *f, uint32_t packed,
                               uint32_t unpacked)
{
    if (unpacked > MAX_UNPACKED)
        return "states more than 32768 unpacked bytes";
    if (packed > MAX_PACKED)
        return "states more than 38912 packed bytes";
    if (packed == 0)
        return "is empty";
    if (unpacked != MAX_UNPACKED && g->blocks_left > 1)
        return "is shorter than 32768 bytes, although others follow it";
    if (unpacked == 0 && !apd_cabguard_is_part(g))
        return "unpacks to nothing";
    if (f->stored && packed != unpacked && !apd_cabguard_is_part(g))
        return "is not compressed, but its two sizes differ";
    if (g->at + g->block_reserve + packed > g->size)
        return "reaches beyond the end that the header states";
    return NULL;
}

static apd_status on_block(apd_cabguard *g, apd_error *err)
{
    const folder *f = &g->folders.at[g->current];
    uint32_t packed = apd_u16le(g->held + 4), unpacked = apd_u16le(g->held + 6);
    const char *fault = block_fault(g, f, packed, unpacked);
    if (fault)
        return DAMAGED(err, "the data block at byte %" PRIu64 " %s", g->at - BLOCK_SIZE, fault);
    g->skip = g->block_reserve + packed;
    g->unpacked += unpacked;
    if (--g->blocks_left > 0)
        return APD_OK;
    if (f->needed > g->unpacked)
        return DAMAGED(err, "its files need %" PRIu64 " bytes of folder %u, which holds %" PRIu64,
                       f->needed, f->number + 1u, g->unpacked);
    g->current++;
    return begin_folder(g, err);
}

/* Takes in what it can of a name that ends with NUL. */
static apd_status on_name(apd_cabguard *g, apd_bytes *in, apd_error *err)
{
    size_t n = in->len;
    if (n > MAX_NAME + 1 - g->name_len)
        n = MAX_NAME + 1 - g->name_len;
    const uint8_t *nul = memchr(in->ptr, 0, n);
    if (nul)
        n = (size_t)(nul - in->ptr) + 1;
    (void)apd_skip(in, n);
    g->at += n;
    g->name_len += n;
    if (!nul)
        return g->name_len > MAX_NAME
                   ? DAMAGED(err, "the name at byte %" PRIu64 " does not end", g->at - g->name_len)
                   : APD_OK;
    g->name_len = 0;
    if (g->step == AT_LINK)
        g->links_left--;
    else
        g->files_left--;
    return next_table(g, err);
}

/* Takes in what it can of the structure of this step, and judges it when it is complete. */
static apd_status on_structure(apd_cabguard *g, apd_bytes *in, apd_error *err)
{
    static const struct {
        size_t size;
        apd_status (*judge)(apd_cabguard *, apd_error *);
    } structures[] = {
        [AT_HEADER] = {HEADER_SIZE, on_header}, [AT_RESERVES] = {RESERVES_SIZE, on_reserves},
        [AT_FOLDER] = {FOLDER_SIZE, on_folder}, [AT_FILE] = {FILE_SIZE, on_file},
        [AT_BLOCK] = {BLOCK_SIZE, on_block},
    };
    size_t n = structures[g->step].size - g->have;
    if (n > in->len)
        n = in->len;
    memcpy(g->held + g->have, in->ptr, n);
    (void)apd_skip(in, n);
    g->have += n;
    g->at += n;
    if (g->have < structures[g->step].size)
        return APD_OK;
    g->have = 0;
    return structures[g->step].judge(g, err);
}

static void pass_over(apd_cabguard *g, apd_bytes *in)
{
    size_t n = in->len;
    if (g->step != AT_REST && g->skip < n)
        n = (size_t)g->skip;
    (void)apd_skip(in, n);
    g->at += n;
    g->skip -= g->skip < n ? g->skip : n;
}

static apd_status advance(apd_cabguard *g, apd_bytes *in, apd_error *err)
{
    apd_status st = APD_OK;
    if (g->skip > 0 || g->step == AT_REST)
        pass_over(g, in);
    else if (g->step == AT_LINK || g->step == AT_NAME)
        st = on_name(g, in, err);
    else
        st = on_structure(g, in, err);
    if (st == APD_OK && g->size && g->at >= g->size && (g->step != AT_REST || g->skip > 0))
        return DAMAGED(
            err, "its tables or blocks reach beyond the %" PRIu64 " bytes that its header states",
            g->size);
    return st;
}

apd_status apd_cabguard_feed(apd_cabguard *g, apd_bytes in, size_t *pass, apd_error *err)
{
    const uint8_t *start = in.ptr;
    *pass = 0;
    if (g->failed)
        return apd_fail(err, APD_E_DAMAGED, APD_NOWHERE, "is damaged");
    while (in.len > 0 && !(g->size && g->at >= g->size)) {
        apd_bytes rest = in;
        if (g->size && rest.len > g->size - g->at)
            rest.len = (size_t)(g->size - g->at);
        const uint8_t *before = rest.ptr;
        apd_status st = advance(g, &rest, err);
        (void)apd_skip(&in, (size_t)(rest.ptr - before));
        if (st > APD_SKIPPED) {
            g->failed = true;
            *pass = (size_t)(in.ptr - start) - 1;
            return st;
        }
    }
    *pass = (size_t)(in.ptr - start);
    return APD_OK;
}
