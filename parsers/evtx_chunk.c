/* Header checks, and the walk from record to record. */
#include "evtx_chunk.h"

#include <libdeflate.h>

#define RECORD_MAGIC 0x00002a2au
#define RECORD_MIN 28u /* head, and the copy of the size */
#define ALIGNMENT 8u
#define MAX_GAP 65536u /* between the ids of neighbours: more is damage, and not to be gone by */

enum { FIRST_ID = 24, HEAD_SIZE = 40, LAST_OFFSET = 44, FREE_OFFSET = 48, DATA_CRC = 52 };
enum { FLAGS = 120, HEADER_CRC = 124, HEADER_TABLES = 128 };
enum { FLAG_NO_CHECKSUMS = 4 };

bool evtx_chunk_is_blank(const uint8_t *base, uint32_t size)
{
    return size == 0 || (base[0] == 0 && memcmp(base, base + 1, size - 1) == 0);
}

static bool header_sound(const uint8_t *base)
{
    uint32_t crc = libdeflate_crc32(0, base, FLAGS);
    crc = libdeflate_crc32(crc, base + HEADER_TABLES, EVTX_CHUNK_HEAD - HEADER_TABLES);
    return crc == apd_u32le(base + HEADER_CRC);
}

static bool data_sound(const uint8_t *base, uint32_t end)
{
    uint32_t crc = libdeflate_crc32(0, base + EVTX_CHUNK_HEAD, end - EVTX_CHUNK_HEAD);
    return crc == apd_u32le(base + DATA_CRC);
}

uint32_t evtx_chunk_find(const uint8_t *p, uint32_t from, uint32_t size)
{
    while (from < size) {
        const uint8_t *hit = memchr(p + from, 'E', size - from);
        if (!hit)
            return size;
        from = (uint32_t)(hit - p);
        if (size - from >= HEADER_TABLES && memcmp(hit, "ElfChnk", 8) == 0 &&
            apd_u32le(hit + HEAD_SIZE) == HEADER_TABLES &&
            apd_u32le(hit + FREE_OFFSET) - EVTX_CHUNK_HEAD <= EVTX_CHUNK_SIZE - EVTX_CHUNK_HEAD)
            return from;
        from++;
    }
    return size;
}

bool evtx_file_head_sound(const uint8_t *head)
{
    return libdeflate_crc32(0, head, FLAGS) == apd_u32le(head + HEADER_CRC);
}

bool evtx_record_at(const uint8_t *p, uint32_t room, evtx_record *r)
{
    if (room < RECORD_MIN || apd_u32le(p) != RECORD_MAGIC)
        return false;
    uint32_t size = apd_u32le(p + 4);
    if (size < RECORD_MIN + 4 || size > room || apd_u32le(p + size - 4) != size)
        return false;
    *r = (evtx_record){0, size, apd_u64le(p + 8), apd_u64le(p + 16)};
    uint32_t first = apd_u32le(p + EVTX_RECORD_HEAD);
    return first == 0x0001010fu || (first & 0xff) == 0x0c;
}

/* Moves to the next sound record behind `from`, or to the end. Ids rise inside a chunk; a lower one
 * is left over from earlier use of the space. */
static void resume(evtx_chunk *c, uint32_t from)
{
    evtx_record r;
    uint32_t at = (from / ALIGNMENT + 1) * ALIGNMENT;
    for (; at < c->end; at += ALIGNMENT) {
        if (evtx_record_at(c->base + at, c->end - at, &r) && r.id > c->last_id) {
            c->at = at;
            return;
        }
    }
    c->at = c->end;
}

/* Where the records end, when the header cannot be relied on: the end up to which they match their
 * checksum, else behind the record that the header calls the last, else where it says itself. */
static uint32_t search_end(const uint8_t *base, uint32_t size, uint32_t said)
{
    uint32_t at = EVTX_CHUNK_HEAD, crc = 0;
    evtx_record r;
    while (evtx_record_at(base + at, size - at, &r)) {
        crc = libdeflate_crc32(crc, base + at, r.size);
        at += r.size;
        if (crc == apd_u32le(base + DATA_CRC))
            return at;
    }
    uint32_t last = apd_u32le(base + LAST_OFFSET);
    if (last >= EVTX_CHUNK_HEAD && last < size && evtx_record_at(base + last, size - last, &r))
        return last + r.size;
    return said;
}

static bool free_offset(const uint8_t *base, uint32_t *end)
{
    *end = apd_u32le(base + FREE_OFFSET);
    if (*end >= EVTX_CHUNK_HEAD && *end <= EVTX_CHUNK_SIZE)
        return true;
    *end = EVTX_CHUNK_SIZE;
    return false;
}

static void set_end(evtx_chunk *c, uint32_t end)
{
    c->cut = end > c->size;
    c->end = c->cut ? c->size : end;
}

const char *evtx_chunk_open(evtx_chunk *c, const uint8_t *base, uint32_t size, bool checksums)
{
    uint32_t end;
    bool end_known = free_offset(base, &end), head = header_sound(base);
    *c = (evtx_chunk){.base = base, .size = size, .at = EVTX_CHUNK_HEAD};
    set_end(c, end);
    if (head && end_known && apd_u64le(base + FIRST_ID))
        c->last_id = c->id = apd_u64le(base + FIRST_ID) - 1;
    if (memcmp(base, "ElfChnk", 8) != 0) {
        evtx_record r;
        set_end(c, search_end(base, size, end));
        if (!evtx_record_at(base + c->at, c->end - c->at, &r))
            resume(c, c->at);
        return "has no valid signature";
    }
    if (!end_known) {
        set_end(c, search_end(base, size, end));
        return "does not say where its records end";
    }
    if (c->cut)
        return "is cut off";
    if (!checksums || apd_u32le(base + FLAGS) & FLAG_NO_CHECKSUMS)
        return NULL;
    if (!head) {
        set_end(c, search_end(base, size, end));
        return "has a header that does not match its checksum";
    }
    if (!data_sound(base, end))
        return "has records that do not match their checksum";
    return NULL;
}

/* NULL, or why the record at c->at cannot be what it says. */
static const char *frame_damage(const evtx_chunk *c, uint32_t size)
{
    uint32_t room = c->end - c->at;
    if (size < RECORD_MIN)
        return "its size is too small";
    if (size > room)
        return "it is longer than the chunk";
    if (apd_u32le(c->base + c->at + size - 4) == size || size == room)
        return NULL;
    /* The copy of the size is wrong, but a record that follows where it should is proof as well. */
    if (room - size >= 4 && apd_u32le(c->base + c->at + size) == RECORD_MAGIC)
        return NULL;
    return "its two sizes differ";
}

/* A header is written after the records: in the log of a machine that went down the last ones may
 * lie behind the end that it knows. They carry on the ids and the time, which old records left in
 * the free space never do. */
static bool goes_on(evtx_chunk *c)
{
    evtx_record r;
    if (c->at != c->end || c->last_id == 0 ||
        !evtx_record_at(c->base + c->at, c->size - c->at, &r) || r.id != c->last_id + 1 ||
        r.written < c->written)
        return false;
    c->end += r.size;
    return true;
}

/* What the record read last tells about those to come, unless its id is damaged: then it does not
 * fit to the one before, but the next two will fit to each other. */
static void follow(evtx_chunk *c, const evtx_record *r)
{
    if (c->last_id == 0 || r->id - c->last_id - 1 < MAX_GAP || r->id == c->id + 1)
        c->last_id = r->id;
    c->id = r->id;
    c->written = r->written;
    c->at += r->size;
}

evtx_step evtx_chunk_next(evtx_chunk *c, evtx_record *r, const char **why)
{
    if (c->end - c->at < RECORD_MIN && !goes_on(c))
        return EVTX_STEP_END;
    const uint8_t *p = c->base + c->at;
    uint32_t magic = apd_u32le(p), size = apd_u32le(p + 4);
    if (magic == 0)
        return EVTX_STEP_END; /* a free offset beyond the last record */
    *why = magic == RECORD_MAGIC ? frame_damage(c, size) : "there is no record";
    if (!*why) {
        *r = (evtx_record){c->at, size, apd_u64le(p + 8), apd_u64le(p + 16)};
        follow(c, r);
        return EVTX_STEP_RECORD;
    }
    uint32_t from = c->at;
    resume(c, from);
    *r = (evtx_record){from, c->at - from, magic == RECORD_MAGIC ? apd_u64le(p + 8) : 0, 0};
    return EVTX_STEP_LOST;
}
