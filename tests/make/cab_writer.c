/* CAB: header, folders (one compressed stream each), files, then the data blocks of every folder,
 * each block 32 KiB of plain bytes with a checksum. */
#include <stdlib.h>
#include <zlib.h>

#include "archive_writers.h"

enum {
    BLOCK = 32768,
    HEADER = 36,
    FOLDER = 8,
    UTF8_NAME = 0x80,
    ARCHIVE = 0x20,
    METHOD_MSZIP = 1,
    METHOD_LZX = 3
};

uint32_t mk_dos_time(apd_time local)
{
    apd_civil c = apd_time_civil(local);
    uint32_t date = (uint32_t)((c.year - 1980) << 9 | c.month << 5 | c.day);
    return date << 16 | (uint32_t)(c.hour << 11 | c.minute << 5 | c.second / 2);
}

/* XOR of little-endian words; the bytes left over count as one big-endian number. */
static uint32_t checksum(const uint8_t *p, size_t n, uint32_t sum)
{
    for (; n >= 4; p += 4, n -= 4)
        sum ^= apd_u32le(p);
    uint32_t rest = 0;
    for (; n > 0; p++, n--)
        rest = rest << 8 | *p;
    return sum ^ rest;
}

static void put_block(mk_out *o, apd_bytes packed, size_t plain)
{
    uint8_t sizes[4];
    if (packed.len > UINT16_MAX)
        mk_die("a CAB block grew beyond 64 KiB");
    mk_store16(sizes, (uint16_t)packed.len);
    mk_store16(sizes + 2, (uint16_t)plain);
    mk_u32(o, checksum(sizes, 4, checksum(packed.ptr, packed.len, 0)));
    mk_put(o, sizes, 4);
    mk_put(o, packed.ptr, packed.len);
}

/* One block of MSZIP: 'CK' and a whole deflate stream, whose window begins with the block before. */
static void mszip_block(mk_out *o, apd_bytes all, size_t at, size_t n)
{
    uint8_t packed[2 + BLOCK + 1024] = {'C', 'K'};
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        mk_die("out of memory");
    if (at > 0)
        deflateSetDictionary(&z, all.ptr + at - BLOCK, BLOCK);
    z.next_in = (Bytef *)all.ptr + at;
    z.avail_in = (uInt)n;
    z.next_out = packed + 2;
    z.avail_out = sizeof(packed) - 2;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        mk_die("zlib refused to compress");
    put_block(o, (apd_bytes){packed, sizeof(packed) - z.avail_out}, n);
    deflateEnd(&z);
}

/* Returns the number of blocks. */
static unsigned put_folder_data(mk_out *o, const mk_bundle *how, apd_bytes all)
{
    unsigned blocks = 0;
    if (how->squeeze == MK_LZX) {
        mk_lzx *z = mk_lzx_new(all, how->window);
        mk_out frame = {0};
        for (size_t plain; mk_lzx_frame(z, &frame, &plain); blocks++) {
            put_block(o, mk_bytes(&frame), plain);
            frame.len = 0;
        }
        mk_free(&frame);
        mk_lzx_free(z);
        return blocks;
    }
    for (size_t at = 0; at < all.len; at += BLOCK, blocks++) {
        size_t n = all.len - at < BLOCK ? all.len - at : BLOCK;
        if (how->squeeze == MK_MSZIP)
            mszip_block(o, all, at, n);
        else
            put_block(o, (apd_bytes){all.ptr + at, n}, n);
    }
    return blocks;
}

static uint16_t method(const mk_bundle *how)
{
    if (how->squeeze == MK_LZX)
        return (uint16_t)(METHOD_LZX | how->window << 8);
    return how->squeeze == MK_MSZIP ? METHOD_MSZIP : 0;
}

static void put_file(mk_out *o, const mk_member *m, size_t offset, size_t folder, uint32_t when)
{
    uint16_t attributes = ARCHIVE;
    for (size_t i = 0; i < m->name.len; i++)
        if ((uint8_t)m->name.ptr[i] >= 0x80)
            attributes |= UTF8_NAME;
    mk_u32(o, (uint32_t)m->data.len);
    mk_u32(o, (uint32_t)offset);
    mk_u16(o, (uint16_t)folder);
    mk_u16(o, (uint16_t)(when >> 16));
    mk_u16(o, (uint16_t)when);
    mk_u16(o, attributes);
    mk_str(o, m->name);
    mk_u8(o, 0);
}

static void put_header(mk_out *o, size_t start, size_t folders, size_t files)
{
    mk_str(o, APD_LIT("MSCF"));
    mk_zero(o, 12); /* the cabinet's size comes last */
    mk_u32(o, (uint32_t)(HEADER + FOLDER * folders));
    mk_u32(o, 0);
    mk_u8(o, 3);
    mk_u8(o, 1);
    mk_u16(o, (uint16_t)folders);
    mk_u16(o, (uint16_t)files);
    mk_zero(o, 6);
    mk_zero(o, FOLDER * folders);
    if (o->len - start != HEADER + FOLDER * folders)
        mk_die("the CAB header has the wrong size");
}

void mk_cab_write(mk_out *o, const mk_members *m, const mk_bundle *how, apd_time local)
{
    size_t start = o->len, per = how->files_per_folder ? how->files_per_folder : m->n;
    size_t folders = per ? (m->n + per - 1) / per : 0, offset = 0;
    uint32_t when = mk_dos_time(local);
    put_header(o, start, folders, m->n);
    for (size_t i = 0; i < m->n; i++) {
        offset = i % per ? offset : 0;
        put_file(o, &m->at[i], offset, i / per, when);
        offset += m->at[i].data.len;
    }
    for (size_t f = 0; f < folders; f++) {
        mk_out all = {0};
        for (size_t i = f * per; i < m->n && i < (f + 1) * per; i++)
            mk_put(&all, m->at[i].data.ptr, m->at[i].data.len);
        size_t at = start + HEADER + FOLDER * f;
        mk_store32(o->ptr + at, (uint32_t)(o->len - start));
        unsigned blocks = put_folder_data(o, how, mk_bytes(&all));
        if (blocks > UINT16_MAX)
            mk_die("a CAB folder holds at most 65535 blocks");
        mk_store16(o->ptr + at + 4, (uint16_t)blocks);
        mk_store16(o->ptr + at + 6, method(how));
        mk_free(&all);
    }
    mk_store32(o->ptr + start + 8, (uint32_t)(o->len - start));
}
