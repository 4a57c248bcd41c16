/* A bundle is walked with a stack of feeds. Feed 0 is a file from outside, feed n + 1 the current
 * member of the archive in feed n. A feed whose first bytes are those of an archive is opened and
 * walked; any other is given to the caller and dropped on the next call.
 *
 *     bundle.zip          feeds[0], unpack: ZIP
 *       mdmlogs.cab       feeds[1], unpack: CAB, reads the blocks of feeds[0]'s current entry
 *         setupact.log    feeds[2], its stream goes to the caller
 */
#include "bundle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "arena.h"
#include "bundle_memory.h"
#include "limits.h"
#include "sniff.h"
#include "source.h"
#include "unpack.h"
#include "walk.h"

typedef struct feed {
    apd_bundle *bundle;
    apd_member *member; /* NULL: the bundle file itself, which is an archive */
    apd_stream *stream; /* NULL: a ZIP that is read by seeking */
    apd_unpack *unpack; /* not NULL: an archive */
} feed;

enum { CHUNK = 256, CHUNKS = (APD_MAX_MEMBERS + CHUNK - 1) / CHUNK };

struct apd_bundle {
    apd_arena *arena; /* members and their names */
    apd_str name;     /* of the bundle, without folders */
    apd_container container;
    apd_walk *walk;     /* a folder, */
    apd_source *source; /* and its current file; or the only file */
    bool opened;        /* that only file has been turned into a feed */
    feed feeds[APD_MAX_DEPTH + 1];
    size_t nfeeds;
    apd_member *members[CHUNKS]; /* in chunks, so that they never move */
    uint32_t count;
    uint64_t unpacked;      /* bytes out of all files and archives */
    uint64_t file_unpacked; /* of the current file from outside */
    apd_error limit;        /* set: a limit ended the bundle, */
    bool limit_of_file;     /* or only its current file from outside, */
    bool limit_said;        /* and it has been reported */
    struct {                /* the first answer, found while opening */
        bool is_set;
        apd_status status;
        const apd_member *member;
        apd_stream *stream;
        apd_error error;
    } first;
};

enum { SHOWN = 120 };

/* The end of a long name says more than its beginning. */
static apd_str shown(apd_str name)
{
    return name.len > SHOWN ? apd_sub(name, name.len - SHOWN, SHOWN) : name;
}

static apd_str label(const apd_bundle *b, const feed *f)
{
    return f->member ? f->member->full : b->name;
}

/* --- members --- */

static apd_str full_path(apd_bundle *b, const feed *parent, apd_str name)
{
    if (!parent || !parent->member)
        return apd_strdup_a(b->arena, name);
    return apd_printf_a(b->arena, "%.*s ! %.*s", APD_FMT(parent->member->full), APD_FMT(name));
}

/* The next row of the table; NULL when it is full. */
static apd_member *new_row(apd_bundle *b)
{
    if (b->count == APD_MAX_MEMBERS)
        return NULL;
    apd_member **chunk = &b->members[b->count / CHUNK];
    if (!*chunk)
        *chunk = APD_NEWS(b->arena, apd_member, CHUNK);
    return *chunk ? &(*chunk)[b->count % CHUNK] : NULL;
}

/* Adds a member. NULL: there are too many, which ends the bundle. */
static apd_member *add_member(apd_bundle *b, const feed *parent, apd_str name)
{
    char number[32];
    if (name.len == 0) {
        snprintf(number, sizeof number, "member #%" PRIu32, b->count);
        name = apd_str_of(number);
    }
    name.len = name.len < APD_MAX_PATH_BYTES ? name.len : APD_MAX_PATH_BYTES;
    apd_member *m = new_row(b);
    apd_str full = m ? full_path(b, parent, name) : (apd_str){NULL, 0};
    if (!full.ptr) {
        (void)apd_fail(&b->limit, APD_E_LIMIT, APD_NOWHERE,
                       "the bundle holds more than %" PRIu32
                       " files, too many to list; the rest was not read",
                       b->count);
        return NULL;
    }
    char *own = (char *)full.ptr + (full.len - name.len);
    for (size_t i = 0; i < name.len; i++)
        own[i] = own[i] == '\\' ? '/' : own[i];
    const apd_member *archive = parent ? parent->member : NULL;
    *m = (apd_member){.path = {own, name.len},
                      .full = full,
                      .index = b->count,
                      .declared = UINT64_MAX,
                      .parent = archive ? archive->index : b->count,
                      .depth = archive ? archive->depth + 1 : 0};
    b->count++;
    return m;
}

static void set_times(apd_member *m, apd_time t, apd_clock clock)
{
    m->mtime = t;
    m->mtime_clock = t == APD_TIME_NONE ? APD_CLOCK_NONE : clock;
}

static void describe_outside(const apd_bundle *b, apd_member *m)
{
    m->declared = apd_source_size(b->source);
    set_times(m, apd_source_mtime(b->source), APD_CLOCK_UTC);
}

static uint32_t index_of(const apd_member *m)
{
    return m ? m->index : APD_NO_MEMBER;
}

static apd_status skipped(apd_error *err, apd_status status, const apd_member *m, apd_str name,
                          const char *what)
{
    name = shown(name);
    (void)apd_fail(err, status, (apd_where){.member = index_of(m)}, "%.*s %s", APD_FMT(name), what);
    return APD_SKIPPED;
}

static apd_status out_of_memory(apd_error *err)
{
    return apd_fail(err, APD_E_NOMEM, (apd_where){.member = APD_NO_MEMBER},
                    "out of memory for reading the bundle");
}

/* --- feeds --- */

/* Counts what came out. Stated sizes are never believed, and nothing is unpacked without an eye on
 * how much it becomes. */
static apd_status count_bytes(apd_bundle *b, feed *f, size_t n, apd_error *err)
{
    if (f->member)
        f->member->read += n;
    b->unpacked += n;
    b->file_unpacked += n;
    if (b->unpacked > APD_MAX_UNPACKED) {
        b->limit_of_file = false;
        (void)apd_fail(&b->limit, APD_E_LIMIT, APD_NOWHERE,
                       "the bundle unpacks to more than %" PRIu64 " GB; the rest was not read",
                       (uint64_t)APD_MAX_UNPACKED >> 30);
    } else if (b->limit.status == APD_OK && b->file_unpacked > APD_RATIO_GRACE &&
               b->file_unpacked / APD_MAX_RATIO > apd_source_taken(b->source)) {
        b->limit_of_file = true;
        (void)apd_fail(&b->limit, APD_E_LIMIT, APD_NOWHERE,
                       "%.*s unpacks to more than %u times its size, as only hostile files do; the "
                       "rest was not read",
                       APD_FMT(shown(label(b, f))), APD_MAX_RATIO);
    }
    *err = b->limit;
    return b->limit.status;
}

static apd_status feed_read(void *ctx, apd_bytes *block, apd_error *err)
{
    feed *f = ctx;
    apd_bundle *b = f->bundle;
    apd_status st = f == b->feeds ? apd_source_read(b->source, block, err)
                                  : apd_unpack_read(f[-1].unpack, block, err);
    if (st == APD_OK)
        st = count_bytes(b, f, block->len, err);
    if (st > APD_SKIPPED)
        err->where.member = index_of(f->member);
    return st;
}

/* A file from outside may be sought in; it is as large as it is, so nothing is counted. */
static size_t feed_read_at(void *ctx, uint64_t offset, void *to, size_t n)
{
    const feed *f = ctx;
    return apd_source_read_at(f->bundle->source, offset, to, n);
}

static bool push(apd_bundle *b, apd_member *m)
{
    feed *f = &b->feeds[b->nfeeds];
    *f = (feed){.bundle = b, .member = m};
    f->stream = apd_stream_new((apd_producer){feed_read, f});
    if (f->stream && f == b->feeds && apd_source_seekable(b->source))
        apd_stream_seeks(f->stream, feed_read_at);
    b->nfeeds += f->stream != NULL;
    return f->stream != NULL;
}

static void close_top(apd_bundle *b)
{
    feed *f = &b->feeds[--b->nfeeds];
    apd_unpack_close(f->unpack);
    apd_stream_free(f->stream);
    if (b->nfeeds == 0) {
        apd_source_close(b->source);
        b->source = NULL;
    }
}

/* Leaves the top feed with the archive around it in a state to go on. */
static void pop(apd_bundle *b)
{
    feed *f = &b->feeds[b->nfeeds - 1];
    /* The library's own way past an entry of a cabinet unpacks it too, but nobody counts. */
    if (f != b->feeds && apd_unpack_is_solid(f[-1].unpack)) {
        apd_unpack_close(f->unpack);
        f->unpack = NULL;
        (void)apd_stream_skip(f->stream, UINT64_MAX);
    }
    close_top(b);
}

/* --- walking --- */

/* The next file from outside becomes feed 0. */
static apd_status open_outside(apd_bundle *b, apd_error *err)
{
    apd_str path;
    apd_member *m = NULL;
    if (b->walk) {
        apd_status st = apd_walk_next(b->walk, &path, &b->source, err);
        if (st != APD_OK) {
            err->where.member = APD_NO_MEMBER;
            return st;
        }
        m = add_member(b, NULL, path);
        if (!m)
            return APD_END;
        describe_outside(b, m);
    } else if (b->opened) {
        return APD_END;
    }
    b->opened = true;
    b->file_unpacked = 0;
    return push(b, m) ? APD_OK : out_of_memory(err);
}

/* The next entry of the innermost archive becomes the top feed. */
static apd_status open_entry(apd_bundle *b, apd_error *err)
{
    feed *top = &b->feeds[b->nfeeds - 1];
    apd_entry e;
    apd_status st = apd_unpack_next(top->unpack, &e, err);
    if (st > APD_SKIPPED)
        err->where.member = index_of(top->member);
    if (st == APD_END || st > APD_SKIPPED)
        return st;
    apd_member *m = add_member(b, top, e.path);
    if (!m)
        return APD_END;
    m->declared = e.size;
    set_times(m, e.mtime, APD_CLOCK_LOCAL);
    if (st == APD_SKIPPED) {
        err->where.member = m->index;
        return st;
    }
    return push(b, m) ? APD_OK : out_of_memory(err);
}

static apd_status open_archive(apd_bundle *b, feed *f, bool cab, apd_error *err)
{
    apd_str name = label(b, f);
    if (b->nfeeds > APD_MAX_DEPTH)
        return skipped(err, APD_E_LIMIT, f->member, name,
                       "is an archive inside too many archives and was not opened; extract it and "
                       "give it by itself");
    if (!cab && f == b->feeds && apd_source_seekable(b->source)) {
        apd_stream_free(f->stream);
        f->stream = NULL;
        f->unpack = apd_unpack_zip(b->source, name);
    } else {
        f->unpack = apd_unpack_stream(f->stream, cab, name);
    }
    if (!f->unpack)
        return out_of_memory(err);
    if (f->member)
        f->member->is_archive = true;
    else
        b->container = cab ? APD_C_CAB : APD_C_ZIP;
    return APD_OK;
}

/* A single file that is no archive is its own member. */
static apd_status single_file(apd_bundle *b, feed *f, apd_bytes head, apd_error *err)
{
    if (head.len == 0)
        return skipped(err, APD_E_DAMAGED, NULL, b->name, "is empty");
    f->member = add_member(b, NULL, b->name);
    if (!f->member)
        return out_of_memory(err);
    describe_outside(b, f->member);
    f->member->read = b->file_unpacked;
    return APD_OK;
}

/* Tells by its first bytes what the top feed is, and opens it if it is an archive. */
static apd_status look_inside(apd_bundle *b, apd_error *err)
{
    feed *f = &b->feeds[b->nfeeds - 1];
    apd_bytes head;
    const char *why;
    apd_status st = apd_stream_peek(f->stream, APD_SNIFF_HEAD, &head, err);
    if (st > APD_SKIPPED)
        return st == APD_E_NOMEM ? st : APD_SKIPPED;
    apd_sniffed is = apd_sniff(head, &why);
    if (is == APD_IS_CAB || is == APD_IS_ZIP)
        return open_archive(b, f, is == APD_IS_CAB, err);
    if (is == APD_IS_FOREIGN)
        return skipped(err, APD_E_UNSUPPORTED, f->member, label(b, f), why);
    if (!f->member && (st = single_file(b, f, head, err)) != APD_OK)
        return st;
    f->member->misnamed =
        apd_iends(f->member->path, APD_LIT(".cab")) || apd_iends(f->member->path, APD_LIT(".zip"));
    return APD_OK;
}

/* Leaves what went beyond a limit, and says so once. */
static apd_status over_limit(apd_bundle *b, apd_error *err)
{
    while (b->nfeeds > 0)
        pop(b);
    if (b->limit_said)
        return APD_END;
    *err = b->limit;
    err->where.member = APD_NO_MEMBER;
    b->limit_said = !b->limit_of_file;
    if (b->limit_of_file) /* the next one starts anew */
        b->limit = (apd_error){0};
    b->limit_of_file = false;
    return APD_SKIPPED;
}

/* True if the archive that now is the innermost one is over: it will tell why, and what was lost in
 * it needs no word of its own. */
static bool archive_is_over(const apd_bundle *b)
{
    return b->nfeeds > 0 && apd_unpack_is_over(b->feeds[b->nfeeds - 1].unpack);
}

static apd_status step(apd_bundle *b, const apd_member **m, apd_stream **s, apd_error *err)
{
    if (b->nfeeds > 0 && !b->feeds[b->nfeeds - 1].unpack)
        pop(b); /* the file given out last time */
    for (;;) {
        if (b->limit.status != APD_OK)
            return over_limit(b, err);
        bool inside = b->nfeeds > 0;
        apd_status st = inside ? open_entry(b, err) : open_outside(b, err);
        if (st == APD_OK) {
            st = look_inside(b, err);
            const feed *top = &b->feeds[b->nfeeds - 1];
            if (st == APD_OK && top->unpack)
                continue;
            if (st == APD_OK) {
                *m = top->member;
                *s = top->stream;
                return APD_OK;
            }
            pop(b);
        } else if (inside && st != APD_SKIPPED) {
            pop(b);
        }
        if (st == APD_E_NOMEM || (st == APD_END && !inside && b->limit.status == APD_OK))
            return st;
        if (st != APD_END && b->limit.status == APD_OK && !archive_is_over(b))
            return APD_SKIPPED;
    }
}

/* --- the interface --- */

apd_status apd_bundle_next(apd_bundle *b, const apd_member **m, apd_stream **s, apd_error *err)
{
    apd_error ignored;
    if (!err)
        err = &ignored;
    if (!b->first.is_set)
        return step(b, m, s, err);
    b->first.is_set = false;
    *m = b->first.member;
    *s = b->first.stream;
    *err = b->first.error;
    return b->first.status;
}

void apd_bundle_close(apd_bundle *b)
{
    if (!b)
        return;
    while (b->nfeeds > 0)
        close_top(b);
    apd_source_close(b->source);
    apd_walk_close(b->walk);
    apd_arena_free(b->arena);
    free(b);
}

apd_container apd_bundle_container(const apd_bundle *b)
{
    return b->container;
}

size_t apd_bundle_count(const apd_bundle *b)
{
    return b->count;
}

const apd_member *apd_bundle_member(const apd_bundle *b, uint32_t index)
{
    return index < b->count ? &b->members[index / CHUNK][index % CHUNK] : NULL;
}

static apd_bundle *new_bundle(apd_container container)
{
    apd_bundle *b = calloc(1, sizeof *b);
    if (b && !(b->arena = apd_arena_new(0))) {
        free(b);
        return NULL;
    }
    if (b)
        b->container = container;
    return b;
}

/* Finds the first member already now, to fail here when there is nothing else. */
static apd_status begin(apd_bundle *b, apd_bundle **out, apd_error *err)
{
    b->first.is_set = true;
    b->first.status = step(b, &b->first.member, &b->first.stream, &b->first.error);
    if (b->first.status > APD_SKIPPED || (b->first.status == APD_SKIPPED && b->nfeeds == 0)) {
        apd_status why = b->first.error.status;
        *err = b->first.error;
        apd_bundle_close(b);
        return why;
    }
    *out = b;
    return APD_OK;
}

static apd_str base_name(apd_str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    size_t from = path.len;
    while (from > 0 && path.ptr[from - 1] != '/')
        from--;
    return apd_sub(path, from, path.len);
}

apd_status apd_bundle_open(const char *path, apd_bundle **out, apd_error *err)
{
    apd_error ignored;
    struct stat st;
    bool is_stdin = strcmp(path, "-") == 0;
    bool is_folder = !is_stdin && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    apd_bundle *b = new_bundle(is_stdin ? APD_C_STDIN : is_folder ? APD_C_FOLDER : APD_C_FILE);
    apd_str own = b ? apd_strdup_a(b->arena, apd_str_of(path)) : (apd_str){NULL, 0};
    if (!err)
        err = &ignored;
    if (!own.ptr) {
        apd_bundle_close(b);
        return out_of_memory(err);
    }
    b->name = is_stdin ? APD_LIT("standard input") : base_name(own);
    apd_status opened = is_stdin    ? apd_source_stdin(&b->source, err)
                        : is_folder ? apd_walk_open(path, &b->walk, err)
                                    : apd_source_open(path, own, &b->source, err);
    if (opened != APD_OK) {
        apd_bundle_close(b);
        return opened;
    }
    if (!is_folder)
        return begin(b, out, err);
    *out = b;
    return APD_OK;
}

apd_status apd_bundle_open_memory(apd_str name, apd_bytes data, size_t step_bytes, bool seekable,
                                  apd_bundle **out, apd_error *err)
{
    apd_bundle *b = new_bundle(APD_C_FILE);
    if (!b || !(b->source = apd_source_memory(data, step_bytes, seekable))) {
        apd_bundle_close(b);
        return out_of_memory(err);
    }
    b->name = name;
    return begin(b, out, err);
}
