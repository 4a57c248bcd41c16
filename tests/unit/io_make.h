/* Archives for the tests of lib/io, made in memory: small cabinets byte by byte, so that every field
 * can be wrong, and ZIPs with libarchive's writer. */
#ifndef APD_IO_MAKE_H
#define APD_IO_MAKE_H

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"

typedef struct bytes {
    uint8_t *ptr;
    size_t len, cap;
} bytes;

static inline void put(bytes *b, const void *p, size_t n)
{
    if (b->cap - b->len < n + 1) {
        b->cap = 2 * (b->len + n + 1);
        b->ptr = realloc(b->ptr, b->cap);
    }
    if (!b->ptr)
        abort();
    if (n)
        memcpy(b->ptr + b->len, p, n);
    b->len += n;
}

static inline void put_le(bytes *b, uint64_t v, size_t n)
{
    for (; n > 0; n--, v >>= 8)
        put(b, &(uint8_t){(uint8_t)v}, 1);
}

static inline void set_le(bytes *b, size_t at, uint64_t v, size_t n)
{
    for (; n > 0; n--, v >>= 8)
        b->ptr[at++] = (uint8_t)v;
}

static inline apd_bytes view(bytes b)
{
    return (apd_bytes){b.ptr, b.len};
}

typedef struct file {
    const char *name;
    const void *data;
    size_t len;
} file;

#define TEXT(name, text) ((file){(name), (text), sizeof(text) - 1})

static inline file wrapped(const char *name, bytes b)
{
    return (file){name, b.ptr, b.len};
}

enum { CAB_BLOCK = 32768, CAB_STORED = 0, CAB_MSZIP = 1 };

/* Where things are in a cabinet of make_cab() with one folder and without reserved areas. */
enum {
    CAB_SIZE_AT = 8,
    CAB_FILES_AT = 16,
    CAB_FOLDERS_N = 26,
    CAB_FILES_N = 28,
    CAB_FLAGS = 30,
    CAB_FOLDER = 36,
    CAB_FILE = 44
};

/* One block: as it is, or in an MSZIP frame around an uncompressed deflate block. */
static inline void put_cab_block(bytes *b, const uint8_t *p, size_t n, int method)
{
    put_le(b, 0, 4); /* no checksum */
    put_le(b, method == CAB_MSZIP ? n + 7 : n, 2);
    put_le(b, n, 2);
    if (method == CAB_MSZIP) {
        put(b, "CK\1", 3);
        put_le(b, n, 2);
        put_le(b, ~n, 2);
    }
    put(b, p, n);
}

/* A cabinet with one folder that holds the files. */
static inline bytes make_cab(const file *files, size_t n, int method)
{
    bytes data = {0}, cab = {0};
    size_t tables = CAB_FILE;
    for (size_t i = 0; i < n; i++) {
        put(&data, files[i].data, files[i].len);
        tables += 16 + strlen(files[i].name) + 1;
    }
    size_t blocks = (data.len + CAB_BLOCK - 1) / CAB_BLOCK;
    put(&cab, "MSCF\0\0\0\0", 8);
    put_le(&cab, 0, 8); /* size, set below */
    put_le(&cab, CAB_FILE, 4);
    put_le(&cab, 0, 4);
    put_le(&cab, 0x0103, 2);
    put_le(&cab, 1, 2);
    put_le(&cab, n, 2);
    put_le(&cab, 0, 6);
    put_le(&cab, tables, 4);
    put_le(&cab, blocks, 2);
    put_le(&cab, (unsigned)method, 2);
    for (size_t i = 0, at = 0; i < n; at += files[i++].len) {
        put_le(&cab, files[i].len, 4);
        put_le(&cab, at, 4);
        put_le(&cab, 0, 2);
        put_le(&cab, 0x5B76, 2); /* 2025-11-22 */
        put_le(&cab, 0x5000, 2); /* 10:00:00 */
        put_le(&cab, 0x20, 2);
        put(&cab, files[i].name, strlen(files[i].name) + 1);
    }
    for (size_t at = 0; at < data.len; at += CAB_BLOCK)
        put_cab_block(&cab, data.ptr + at, data.len - at < CAB_BLOCK ? data.len - at : CAB_BLOCK,
                      method);
    set_le(&cab, CAB_SIZE_AT, cab.len, 4);
    free(data.ptr);
    return cab;
}

static inline la_ssize_t append(struct archive *a, void *ctx, const void *p, size_t n)
{
    (void)a;
    put(ctx, p, n);
    return (la_ssize_t)n;
}

/* A ZIP, deflated or stored. Names that end with '/' become folders; a password encrypts. */
static inline bytes make_zip(const file *files, size_t n, bool store, const char *password)
{
    bytes zip = {0};
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    archive_write_set_format_zip(a);
    archive_write_set_bytes_in_last_block(a, 1);
    if (store)
        archive_write_zip_set_compression_store(a);
    if (password) {
        archive_write_set_options(a, "zip:encryption=zipcrypt");
        archive_write_set_passphrase(a, password);
    }
    archive_write_open(a, &zip, NULL, append, NULL);
    for (size_t i = 0; i < n; i++) {
        bool folder = files[i].name[0] && files[i].name[strlen(files[i].name) - 1] == '/';
        archive_entry_clear(e);
        archive_entry_set_pathname(e, files[i].name);
        archive_entry_set_filetype(e, folder ? AE_IFDIR : AE_IFREG);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_size(e, (la_int64_t)files[i].len);
        if (archive_write_header(a, e) != ARCHIVE_OK ||
            archive_write_data(a, files[i].data, files[i].len) < 0)
            abort();
    }
    archive_entry_free(e);
    archive_write_close(a);
    archive_write_free(a);
    return zip;
}

/* The file below $APD_DATA; nothing when it is not there. */
static inline bytes load_data(const char *name)
{
    char path[1024], part[4096];
    bytes b = {0};
    const char *root = getenv("APD_DATA");
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    FILE *f = fopen(path, "rb");
    for (size_t n; f && (n = fread(part, 1, sizeof part, f)) > 0;)
        put(&b, part, n);
    if (f)
        fclose(f);
    return b;
}

static inline size_t find_bytes(bytes b, const char *what, size_t n)
{
    for (size_t i = 0; i + n <= b.len; i++)
        if (memcmp(b.ptr + i, what, n) == 0)
            return i;
    fail_msg("not in the archive");
    return 0;
}

#endif
