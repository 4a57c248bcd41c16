/* Header checks, and the walk from record to record. */
#include "evtx_chunk.h"

#include <zlib.h>

#define RECORD_MAGIC 0x00002a2au
#define RECORD_MIN 28u /* head, and the copy of the size */
#define ALIGNMENT 8u

enum { FREE_OFFSET = 48, DATA_CRC = 52, FLAGS = 120, HEADER_CRC = 124, HEADER_TABLES = 128 };
enum { FLAG_NO_CHECKSUMS = 4 };

bool evtx_chunk_is_blank(const uint8_t *base, uint32_t size)
{
    return size == 0 || (base[0] == 0 && memcmp(base, base + 1, size - 1) == 0);
}

static bool header_sound(const uint8_t *base)
{
    uLong crc = crc32(0, base, FLAGS);
    crc = crc32(crc, base + HEADER_TABLES, EVTX_CHUNK_HEAD - HEADER_TABLES);
    return crc == apd_u32le(base + HEADER_CRC);
}

static bool data_sound(const uint8_t *base, uint32_t end)
{
    return crc32(0, base + EVTX_CHUNK_HEAD, end - EVTX_CHUNK_HEAD) == apd_u32le(base + DATA_CRC);
}

/* The marks of a record that no chance pattern has: the size is there twice, and BinXML follows. */
static bool looks_sound(const evtx_chunk *c, uint32_t at)
{
    if (c->end - at < RECORD_MIN)
        return false;
    if (apd_u32le(c->base + at) != RECORD_MAGIC)
        return false;
    uint32_t size = apd_u32le(c->base + at + 4);
    if (size < RECORD_MIN + 4 || size > c->end - at || apd_u32le(c->base + at + size - 4) != size)
        return false;
    uint32_t first = apd_u32le(c->base + at + EVTX_RECORD_HEAD);
    return first == 0x0001010fu || (first & 0xff) == 0x0c;
}

/* Moves to the next sound record behind `from`, or to the end. Ids rise inside a chunk; a lower one
 * is left over from earlier use of the space. */
static void resume(evtx_chunk *c, uint32_t from)
{
    uint32_t at = (from / ALIGNMENT + 1) * ALIGNMENT;
    for (; at < c->end; at += ALIGNMENT) {
        if (looks_sound(c, at) && apd_u64le(c->base + at + 8) > c->last_id) {
            c->at = at;
            return;
        }
    }
    c->at = c->end;
}

const char *evtx_chunk_open(evtx_chunk *c, const uint8_t *base, uint32_t size, bool checksums)
{
    uint32_t end = apd_u32le(base + FREE_OFFSET);
    bool end_known = end >= EVTX_CHUNK_HEAD && end <= EVTX_CHUNK_SIZE;
    if (!end_known)
        end = EVTX_CHUNK_SIZE;
    *c = (evtx_chunk){.base = base, .size = size, .at = EVTX_CHUNK_HEAD, .end = end};
    if (end > size) {
        c->cut = true;
        c->end = size;
    }
    if (memcmp(base, "ElfChnk", 8) != 0) {
        if (!looks_sound(c, c->at))
            resume(c, c->at);
        return "has no valid signature";
    }
    if (!end_known)
        return "does not say where its records end";
    if (c->cut)
        return "is cut off by the end of the file";
    if (!checksums || apd_u32le(base + FLAGS) & FLAG_NO_CHECKSUMS)
        return NULL;
    if (!header_sound(base))
        return "has a header that does not match its checksum";
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

evtx_step evtx_chunk_next(evtx_chunk *c, evtx_record *r, const char **why)
{
    uint32_t room = c->end - c->at;
    if (room < RECORD_MIN)
        return EVTX_STEP_END;
    const uint8_t *p = c->base + c->at;
    uint32_t magic = apd_u32le(p), size = apd_u32le(p + 4);
    if (magic == 0)
        return EVTX_STEP_END; /* a free offset beyond the last record */
    *why = magic == RECORD_MAGIC ? frame_damage(c, size) : "there is no record";
    if (!*why) {
        *r = (evtx_record){c->at, size, apd_u64le(p + 8), apd_u64le(p + 16)};
        c->last_id = r->id;
        c->at += size;
        return EVTX_STEP_RECORD;
    }
    uint32_t from = c->at;
    resume(c, from);
    *r = (evtx_record){from, c->at - from, magic == RECORD_MAGIC ? apd_u64le(p + 8) : 0, 0};
    return EVTX_STEP_LOST;
}
