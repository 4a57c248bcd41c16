/* Writes small EVTX files for tests, token by token, so that a test shows the bytes it is about.
 *
 *     mk f; mk_file(&f); mk_chunk(&f);
 *     mk_event(&f, 7, 4711);              record 7, EventID 4711, System part from a template
 *     ... BinXML of the payload ...
 *     mk_event_end(&f);
 *     mk_chunk_end(&f);
 *
 * Sizes, offsets, hashes and checksums come out right; a test that wants them wrong pokes f.data. */
#ifndef APD_TEST_EVTX_MAKE_H
#define APD_TEST_EVTX_MAKE_H

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum { MK_HEAD = 4096, MK_CHUNK = 65536, MK_MAX_CHUNKS = 4, MK_NAMES = 64, MK_DEPTH = 128 };
enum { MK_NO_DEP = -1 }; /* an element outside of a template definition has no dependency id */

typedef struct mk {
    uint8_t data[MK_HEAD + MK_MAX_CHUNKS * MK_CHUNK];
    size_t len;
    size_t chunk;  /* where the current chunk begins */
    size_t record; /* where the current record begins */
    size_t open[MK_DEPTH];
    int depth;
    struct {
        const char *name;
        uint32_t offset;
    } names[MK_NAMES];
    int nnames;
    uint32_t system; /* offset of the System template in this chunk, 0 = not yet */
    size_t descriptors, value;
    int nvalues;
} mk;

static inline void mk_bytes(mk *f, const void *p, size_t n)
{
    assert(f->len + n <= sizeof f->data);
    memcpy(f->data + f->len, p, n);
    f->len += n;
}

static inline void mk_le(mk *f, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)(v >> 8 * i);
        mk_bytes(f, &byte, 1);
    }
}

static inline void mk_u8(mk *f, uint8_t v)
{
    mk_le(f, v, 1);
}

static inline void mk_u16(mk *f, uint16_t v)
{
    mk_le(f, v, 2);
}

static inline void mk_u32(mk *f, uint32_t v)
{
    mk_le(f, v, 4);
}

static inline void mk_u64(mk *f, uint64_t v)
{
    mk_le(f, v, 8);
}

static inline void mk_poke(mk *f, size_t at, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        f->data[at + i] = (uint8_t)(v >> 8 * i);
}

static inline void mk_utf16(mk *f, const char *ascii)
{
    for (; *ascii; ascii++)
        mk_u16(f, (uint8_t)*ascii);
}

/* Where the next byte goes, counted from the start of the chunk. */
static inline uint32_t mk_here(const mk *f)
{
    return (uint32_t)(f->len - f->chunk);
}

/* --- container --- */

static inline void mk_file_crc(mk *f)
{
    mk_poke(f, 124, crc32(0, f->data, 120), 4);
}

static inline void mk_file(mk *f)
{
    memset(f, 0, sizeof *f);
    memcpy(f->data, "ElfFile", 8);
    mk_poke(f, 32, 128, 4);
    mk_poke(f, 36, 1, 2);
    mk_poke(f, 38, 3, 2);
    mk_poke(f, 40, 4096, 2);
    mk_file_crc(f);
    f->len = MK_HEAD;
}

static inline void mk_chunk(mk *f)
{
    f->chunk = f->len;
    f->nnames = 0;
    f->system = 0;
    mk_bytes(f, "ElfChnk", 8);
    f->len = f->chunk + 512;
    mk_poke(f, f->chunk + 40, 128, 4);
    mk_poke(f, f->chunk + 120, 1, 4);
}

static inline void mk_chunk_crc(mk *f, size_t chunk)
{
    uint8_t *c = f->data + chunk;
    uint32_t end = (uint32_t)c[48] | (uint32_t)c[49] << 8 | (uint32_t)c[50] << 16;
    mk_poke(f, chunk + 52, crc32(0, c + 512, end - 512), 4);
    mk_poke(f, chunk + 124, crc32(crc32(0, c, 120), c + 128, 384), 4);
}

static inline void mk_chunk_end(mk *f)
{
    mk_poke(f, f->chunk + 48, mk_here(f), 4);
    mk_chunk_crc(f, f->chunk);
    assert(mk_here(f) <= MK_CHUNK);
    f->len = f->chunk + MK_CHUNK;
}

static inline void mk_record(mk *f, uint64_t id)
{
    f->record = f->len;
    mk_u32(f, 0x2a2a);
    mk_u32(f, 0);
    mk_u64(f, id);
    mk_u64(f, 130000000000000000u);
}

static inline void mk_record_end(mk *f)
{
    mk_u8(f, 0x00);
    while ((f->len - f->record) % 8 != 4)
        mk_u8(f, 0);
    uint32_t size = (uint32_t)(f->len - f->record) + 4;
    mk_u32(f, size);
    mk_poke(f, f->record + 4, size, 4);
}

/* --- tokens --- */

static inline void mk_name(mk *f, const char *name)
{
    for (int i = 0; i < f->nnames; i++) {
        if (strcmp(f->names[i].name, name) == 0) {
            mk_u32(f, f->names[i].offset);
            return;
        }
    }
    uint32_t hash = 0;
    for (const char *p = name; *p; p++)
        hash = hash * 65599u + (uint8_t)*p;
    mk_u32(f, mk_here(f) + 4);
    if (f->nnames < MK_NAMES) {
        f->names[f->nnames].name = name;
        f->names[f->nnames++].offset = mk_here(f);
    }
    mk_u32(f, 0);
    mk_u16(f, (uint16_t)hash);
    mk_u16(f, (uint16_t)strlen(name));
    mk_utf16(f, name);
    mk_u16(f, 0);
}

static inline void mk_fragment(mk *f)
{
    mk_u32(f, 0x0001010f);
}

/* dep: index, 0xffff for none, MK_NO_DEP for no such field at all */
static inline void mk_open(mk *f, const char *name, int dep, int attributes)
{
    mk_u8(f, attributes ? 0x41 : 0x01);
    if (dep != MK_NO_DEP)
        mk_u16(f, (uint16_t)dep);
    f->open[f->depth++] = f->len;
    mk_u32(f, 0);
    mk_name(f, name);
    if (attributes)
        mk_u32(f, 0);
}

static inline void mk_attr(mk *f, const char *name)
{
    mk_u8(f, 0x06);
    mk_name(f, name);
}

static inline void mk_text(mk *f, const char *ascii)
{
    mk_u8(f, 0x05);
    mk_u8(f, 0x01);
    mk_u16(f, (uint16_t)strlen(ascii));
    mk_utf16(f, ascii);
}

static inline void mk_sub(mk *f, uint16_t slot, uint8_t type, int optional)
{
    mk_u8(f, optional ? 0x0e : 0x0d);
    mk_u16(f, slot);
    mk_u8(f, type);
}

static inline void mk_body(mk *f)
{
    mk_u8(f, 0x02);
}

static inline void mk_size_element(mk *f)
{
    size_t at = f->open[--f->depth];
    mk_poke(f, at, f->len - at - 4, 4);
}

static inline void mk_close(mk *f)
{
    mk_u8(f, 0x04);
    mk_size_element(f);
}

static inline void mk_close_empty(mk *f)
{
    mk_u8(f, 0x03);
    mk_size_element(f);
}

/* <name>slot</name> and <name>text</name> inside a template definition */
static inline void mk_slot(mk *f, const char *name, uint16_t slot, uint8_t type, int optional)
{
    mk_open(f, name, 0xffff, 0);
    mk_body(f);
    mk_sub(f, slot, type, optional);
    mk_close(f);
}

/* <Data Name="name">slot</Data> */
static inline void mk_data(mk *f, const char *name, uint16_t slot, uint8_t type, int optional)
{
    mk_open(f, "Data", 0xffff, 1);
    mk_attr(f, "Name");
    mk_text(f, name);
    mk_body(f);
    mk_sub(f, slot, type, optional);
    mk_close(f);
}

/* --- template instances --- */

/* Begins an instance whose definition is stored in place; mk_defined() ends the definition. Returns
 * its offset. */
static inline uint32_t mk_define(mk *f, uint32_t id)
{
    mk_u8(f, 0x0c);
    mk_u8(f, 1);
    mk_u32(f, id);
    uint32_t offset = mk_here(f) + 4;
    mk_u32(f, offset);
    mk_u32(f, 0);
    mk_u32(f, id);
    mk_bytes(f, "GUID-of-the-", 12);
    mk_u32(f, 0);
    mk_fragment(f);
    return offset;
}

static inline void mk_defined(mk *f, uint32_t offset)
{
    mk_u8(f, 0x00);
    mk_poke(f, f->chunk + offset + 20, mk_here(f) - offset - 24, 4);
}

static inline void mk_use(mk *f, uint32_t id, uint32_t offset)
{
    mk_u8(f, 0x0c);
    mk_u8(f, 1);
    mk_u32(f, id);
    mk_u32(f, offset);
}

static inline void mk_values(mk *f, int count)
{
    mk_u32(f, (uint32_t)count);
    f->descriptors = f->len;
    f->nvalues = 0;
    for (int i = 0; i < count; i++)
        mk_u32(f, 0);
}

/* Between mk_value() and mk_value_end() come the bytes of one value. */
static inline void mk_value(mk *f, uint8_t type)
{
    mk_poke(f, f->descriptors + 4 * (size_t)f->nvalues + 2, type, 1);
    f->value = f->len;
}

static inline void mk_value_end(mk *f)
{
    mk_poke(f, f->descriptors + 4 * (size_t)f->nvalues++, f->len - f->value, 2);
}

static inline void mk_raw(mk *f, uint8_t type, const void *p, size_t n)
{
    mk_value(f, type);
    mk_bytes(f, p, n);
    mk_value_end(f);
}

static inline void mk_int(mk *f, uint8_t type, uint64_t v, size_t n)
{
    mk_value(f, type);
    mk_le(f, v, n);
    mk_value_end(f);
}

static inline void mk_string(mk *f, const char *ascii)
{
    mk_value(f, 0x01);
    mk_utf16(f, ascii);
    mk_value_end(f);
}

static inline void mk_null(mk *f)
{
    mk_value(f, 0x00);
    mk_value_end(f);
}

/* --- a whole event --- */

#define MK_SYSTEM_ID 0x53595354u

static inline void mk_attr_slot(mk *f, const char *name, uint16_t slot, uint8_t type)
{
    mk_attr(f, name);
    mk_sub(f, slot, type, 1);
}

static inline void mk_system_body(mk *f)
{
    mk_open(f, "Event", 0xffff, 1);
    mk_attr(f, "xmlns");
    mk_text(f, "http://schemas.microsoft.com/win/2004/08/events/event");
    mk_body(f);
    mk_open(f, "System", 0xffff, 0);
    mk_body(f);
    mk_open(f, "Provider", 0xffff, 1);
    mk_attr(f, "Name");
    mk_text(f, "Maker");
    mk_attr(f, "Guid");
    mk_text(f, "{01234567-89ab-cdef-0123-456789abcdef}");
    mk_close_empty(f);
    mk_open(f, "EventID", 3, 1);
    mk_attr_slot(f, "Qualifiers", 4, 0x06);
    mk_body(f);
    mk_sub(f, 3, 0x06, 1);
    mk_close(f);
    mk_slot(f, "Version", 11, 0x04, 1);
    mk_slot(f, "Level", 0, 0x04, 1);
    mk_slot(f, "Task", 2, 0x06, 1);
    mk_slot(f, "Opcode", 1, 0x04, 1);
    mk_slot(f, "Keywords", 5, 0x15, 1);
    mk_open(f, "TimeCreated", 6, 1);
    mk_attr_slot(f, "SystemTime", 6, 0x11);
    mk_close_empty(f);
    mk_slot(f, "EventRecordID", 10, 0x0a, 1);
    mk_open(f, "Correlation", 0xffff, 1);
    mk_attr_slot(f, "ActivityID", 7, 0x0f);
    mk_attr_slot(f, "RelatedActivityID", 15, 0x0f);
    mk_close_empty(f);
    mk_open(f, "Execution", 8, 1);
    mk_attr_slot(f, "ProcessID", 8, 0x08);
    mk_attr_slot(f, "ThreadID", 9, 0x08);
    mk_close_empty(f);
    mk_open(f, "Channel", 0xffff, 0);
    mk_body(f);
    mk_sub(f, 14, 0x01, 0);
    mk_close(f);
    mk_slot(f, "Computer", 13, 0x01, 0);
    mk_open(f, "Security", 12, 1);
    mk_attr_slot(f, "UserID", 12, 0x13);
    mk_close_empty(f);
    mk_close(f);
    mk_sub(f, 16, 0x21, 1);
    mk_close(f);
}

#define MK_TIME 132539328001234567u /* 2021-01-01T00:00:00.1234567Z */

static inline void mk_system_values(mk *f, uint64_t record, uint16_t id)
{
    static const uint8_t sid[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
    mk_values(f, 17);
    mk_int(f, 0x04, 4, 1); /* Level */
    mk_int(f, 0x04, 0, 1); /* Opcode */
    mk_int(f, 0x06, 7, 2); /* Task */
    mk_int(f, 0x06, id, 2);
    mk_null(f);                              /* Qualifiers */
    mk_int(f, 0x15, 0x8000000000000000u, 8); /* Keywords */
    mk_int(f, 0x11, MK_TIME, 8);             /* TimeCreated */
    mk_raw(f, 0x0f, "0123456789abcdef", 16); /* ActivityID */
    mk_int(f, 0x08, 100, 4);                 /* ProcessID */
    mk_int(f, 0x08, 200, 4);                 /* ThreadID */
    mk_int(f, 0x0a, record, 8);              /* EventRecordID */
    mk_int(f, 0x04, 1, 1);                   /* Version */
    mk_raw(f, 0x13, sid, sizeof sid);        /* UserID */
    mk_string(f, "PC");                      /* Computer */
    mk_string(f, "Test/Operational");        /* Channel */
    mk_null(f);                              /* RelatedActivityID */
}

/* Opens record and System part; the payload that follows is the value that stands for everything
 * behind System. Saves the outer instance's place, as the payload may have values of its own. */
static inline void mk_event(mk *f, uint64_t record, uint16_t id)
{
    mk_record(f, record);
    mk_fragment(f);
    if (f->system) {
        mk_use(f, MK_SYSTEM_ID, f->system);
    } else {
        f->system = mk_define(f, MK_SYSTEM_ID);
        mk_system_body(f);
        mk_defined(f, f->system);
    }
    mk_system_values(f, record, id);
    mk_value(f, 0x21);
    f->open[MK_DEPTH - 1] = f->descriptors;
    f->open[MK_DEPTH - 2] = f->value;
}

static inline void mk_event_end(mk *f)
{
    mk_poke(f, f->open[MK_DEPTH - 1] + 4 * 16, f->len - f->open[MK_DEPTH - 2], 2);
    mk_record_end(f);
}

/* An event with one template definition for its payload: between mk_payload() and mk_payload_values()
 * come the elements of the definition, then the values. */
static inline uint32_t mk_payload(mk *f)
{
    mk_fragment(f);
    return mk_define(f, 0x50415959u);
}

static inline void mk_payload_values(mk *f, uint32_t definition, int count)
{
    mk_defined(f, definition);
    mk_values(f, count);
}

/* The usual: <EventData><Data Name="Text">…</Data></EventData> */
static inline void mk_plain_event(mk *f, uint64_t record, uint16_t id, const char *text)
{
    mk_event(f, record, id);
    uint32_t definition = mk_payload(f);
    mk_open(f, "EventData", 0xffff, 0);
    mk_body(f);
    mk_data(f, "Text", 0, 0x01, 0);
    mk_close(f);
    mk_payload_values(f, definition, 1);
    mk_string(f, text);
    mk_event_end(f);
}

#endif
