#include <zlib.h>

#include "archive_writers.h"
#include "utf.h"

enum { UTF8_NAME = 0x800, STORED = 0, DEFLATED = 8 };

static void deflate_whole(mk_out *o, apd_bytes in)
{
    z_stream z = {0};
    uint8_t block[65536];
    if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        mk_die("out of memory");
    z.next_in = (Bytef *)in.ptr;
    z.avail_in = (uInt)in.len;
    int rc;
    do {
        z.next_out = block;
        z.avail_out = sizeof(block);
        rc = deflate(&z, Z_FINISH);
        mk_put(o, block, sizeof(block) - z.avail_out);
    } while (rc == Z_OK);
    if (rc != Z_STREAM_END)
        mk_die("zlib refused to compress");
    deflateEnd(&z);
}

static bool is_ascii(apd_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((uint8_t)s.ptr[i] >= 0x80)
            return false;
    return true;
}

typedef struct entry {
    uint32_t crc, packed, at;
} entry;

/* The fields that the local header and the central directory share. */
static void common_head(mk_out *o, const mk_member *m, const mk_bundle *how, const entry *e,
                        uint32_t when)
{
    mk_u16(o, 20);
    mk_u16(o, is_ascii(m->name) ? 0 : UTF8_NAME);
    mk_u16(o, how->squeeze == MK_DEFLATE ? DEFLATED : STORED);
    mk_u16(o, (uint16_t)when);
    mk_u16(o, (uint16_t)(when >> 16));
    mk_u32(o, e->crc);
    mk_u32(o, e->packed);
    mk_u32(o, (uint32_t)m->data.len);
    mk_u16(o, (uint16_t)m->name.len);
    mk_u16(o, 0);
}

static entry put_member(mk_out *o, const mk_member *m, const mk_bundle *how, uint32_t when)
{
    mk_out packed = {0};
    if (how->squeeze == MK_DEFLATE)
        deflate_whole(&packed, mk_bytes(&m->data));
    apd_bytes body = how->squeeze == MK_DEFLATE ? mk_bytes(&packed) : mk_bytes(&m->data);
    entry e = {.crc = (uint32_t)crc32(0, m->data.ptr, (uInt)m->data.len),
               .packed = (uint32_t)body.len,
               .at = (uint32_t)o->len};
    mk_u32(o, 0x04034b50);
    common_head(o, m, how, &e, when);
    mk_str(o, m->name);
    mk_put(o, body.ptr, body.len);
    mk_free(&packed);
    return e;
}

void mk_zip_write(mk_out *o, const mk_members *m, const mk_bundle *how, apd_time local)
{
    uint32_t when = mk_dos_time(local);
    mk_out directory = {0};
    for (size_t i = 0; i < m->n; i++) {
        entry e = put_member(o, &m->at[i], how, when);
        mk_u32(&directory, 0x02014b50);
        mk_u16(&directory, 20);
        common_head(&directory, &m->at[i], how, &e, when);
        mk_zero(&directory, 6);
        mk_u32(&directory, 0x20);
        mk_u32(&directory, e.at);
        mk_str(&directory, m->at[i].name);
    }
    uint32_t at = (uint32_t)o->len;
    mk_put(o, directory.ptr, directory.len);
    mk_u32(o, 0x06054b50);
    mk_u32(o, 0);
    mk_u16(o, (uint16_t)m->n);
    mk_u16(o, (uint16_t)m->n);
    mk_u32(o, (uint32_t)directory.len);
    mk_u32(o, at);
    mk_u16(o, 0);
    mk_free(&directory);
}
