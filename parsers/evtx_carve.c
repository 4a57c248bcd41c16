/* Carving: event records wherever they are in a stream of bytes.
 *
 * A window slides over the stream. In it two marks are looked for: a chunk's header, and a record's
 * frame. A chunk is walked like in ordinary reading; then the space behind its end, and whatever its
 * walk passed over, is searched for frames. Outside of chunks a record that stores its template
 * itself tells where its chunk began (the template's offset is known from both sides), and lends that
 * place to the records behind it. A record whose template is no longer where it says is an event all
 * the same.
 *
 * Seen records are remembered in a table of fixed size that forgets the older of two that meet in one
 * slot: an honest log of a hundred thousand records fits; beyond that a copy may come twice. */
#include <stdlib.h>

#include "evtx_record.h"
#include "hash.h"
#include "limits.h"
#include "parsers.h"

/* A chunk and a record reach no further than this, nor does a record's chunk begin further back. */
#define AHEAD (2u * EVTX_CHUNK_SIZE)
#define BACK EVTX_CHUNK_SIZE
#define WINDOW (8u * EVTX_CHUNK_SIZE) /* the more of it is neither, the less is read twice */

#define FRAGMENT_INSTANCE 5u /* bytes of BinXML up to an instance's token, the usual head */
#define INSTANCE_HEAD 9u     /* version, template id, definition offset */
#define DEFINITION_HEAD 24u  /* next, GUID, body size */

typedef enum place { IN_CHUNK, IN_SLACK, ALONE } place;

struct apd_reader {
    evtx_reading reading; /* first: expand() gets from its payload to the reader */
    apd_payload own;      /* what that payload was */
    apd_input in;
    apd_mark batch_start;
    apd_bytes view;       /* of the stream */
    uint64_t offset;      /* of the view in it */
    bool ended;           /* there is nothing behind the view */
    uint32_t at;          /* in the view; everything in front of it was searched */
    uint32_t next;        /* the next chunk's header, or the end of the view */
    uint32_t home, reach; /* the chunk around `at`, whole or guessed; the same: none is known */
    bool headed;          /* it has a header */
    bool walking;
    uint32_t gap; /* the walk goes on from here; what is in front is searched first */
    evtx_chunk chunk;
    place found; /* the last event */
    evtx_record record;
    apd_sym carved, raw; /* names of fields */
    uint64_t *seen;
};

/* --- the fields --- */

static apd_status expand(const apd_payload *self, apd_event *ev)
{
    static const char *const where[] = {"chunk", "slack", "record"};
    apd_reader *r = (apd_reader *)(uintptr_t)self;
    bool readable = r->reading.record.program != NULL;
    apd_status s = readable ? r->own.expand(self, ev) : APD_OK;
    uint32_t n = readable ? ev->nfields : 0;
    apd_field *f = apd_calloc(r->in.batch, n + 2, sizeof *f);
    if (!f)
        return APD_SKIPPED;
    if (n)
        memcpy(f, ev->fields, n * sizeof *f);
    if (!readable)
        f[n++] = (apd_field){.name = r->raw,
                             .type = APD_T_BLOB,
                             .as.raw = {r->view.ptr + r->record.at + EVTX_RECORD_HEAD,
                                        r->record.size - EVTX_RECORD_HEAD - 4}};
    f[n++] = (apd_field){.name = r->carved,
                         .type = APD_T_UTF8,
                         .as.raw = apd_str_bytes(apd_str_of(where[r->found]))};
    ev->fields = f;
    ev->nfields = n;
    return s;
}

static apd_status render(const apd_payload *self, const apd_event *ev, apd_form form, apd_buf *out)
{
    apd_reader *r = (apd_reader *)(uintptr_t)self;
    return r->reading.record.program ? r->own.render(self, ev, form, out) : APD_E_UNSUPPORTED;
}

/* --- open and close --- */

static int bid(apd_bytes head, apd_str path)
{
    (void)head;
    (void)path;
    return 0;
}

static void close_reader(apd_reader *r)
{
    if (!r)
        return;
    evtx_reading_free(&r->reading);
    free(r->seen);
    free(r);
}

static apd_status open_reader(const apd_input *in, apd_reader **out, apd_error *err)
{
    *out = NULL;
    apd_reader *r = calloc(1, sizeof *r);
    if (r)
        r->seen = calloc(APD_EVTX_SEEN, sizeof *r->seen);
    if (!r || evtx_reading_init(&r->reading, in->names, in->batch) != APD_OK || !r->seen) {
        close_reader(r);
        return apd_fail(err, APD_E_NOMEM, (apd_where){.member = in->member},
                        "out of memory while looking for event records");
    }
    r->own = r->reading.payload;
    r->reading.payload = (apd_payload){.expand = expand, .render = render};
    r->in = *in;
    r->batch_start = apd_arena_mark(in->batch);
    r->carved = apd_intern_add(in->names, APD_LIT("Carved"));
    r->raw = apd_intern_add(in->names, APD_LIT("Raw"));
    *out = r;
    return APD_OK;
}

/* --- the window --- */

static apd_status slide(apd_reader *r, apd_error *err)
{
    uint32_t back = r->at > BACK ? r->at - BACK : 0;
    if (r->home == r->reach || r->home < back)
        r->home = r->reach = back;
    apd_stream_consume(r->in.stream, back);
    r->offset = apd_stream_offset(r->in.stream);
    r->at -= back;
    r->home -= back;
    r->reach -= back;
    apd_status s = apd_stream_peek(r->in.stream, WINDOW, &r->view, err);
    if (s != APD_OK && s != APD_END)
        return s;
    r->ended = s == APD_END;
    if (r->view.len > APD_MAX_PEEK)
        r->view.len = APD_MAX_PEEK;
    r->next = evtx_chunk_find(r->view.ptr, r->at, (uint32_t)r->view.len);
    if (r->home < r->reach)
        evtx_reading_chunk(&r->reading, r->view.ptr + r->home, r->reach - r->home);
    return APD_OK;
}

/* Moves to the next mark, at most to `end`. */
static void search(apd_reader *r, uint32_t end)
{
    const uint8_t *p = r->view.ptr;
    while (r->at < end) {
        const uint8_t *hit = memchr(p + r->at, '*', end - r->at);
        if (!hit)
            break;
        r->at = (uint32_t)(hit - p);
        evtx_record rec;
        if (evtx_record_at(hit, (uint32_t)r->view.len - r->at, &rec))
            return;
        r->at++;
    }
    r->at = end;
}

/* --- what is found --- */

static apd_where place_of(const apd_reader *r, uint32_t at, uint32_t len, uint64_t record)
{
    return (apd_where){
        .member = r->in.member, .len = len, .record = record, .offset = r->offset + at};
}

/* Was this record here before? It was afterwards. */
static bool seen(apd_reader *r, const evtx_record *rec)
{
    uint64_t key = apd_hash_u64(rec->id * 31 + apd_hash_u64(rec->written)) | 1;
    uint64_t *slot = &r->seen[(key >> 32) % APD_EVTX_SEEN];
    bool known = *slot == key;
    *slot = key;
    return known;
}

/* rec->at counts from the view. */
static apd_status event(apd_reader *r, const evtx_record *rec, place found, apd_event *ev,
                        apd_error *err)
{
    r->found = found;
    r->record = *rec;
    apd_where where = place_of(r, rec->at, rec->size, rec->id);
    evtx_record inside = *rec;
    inside.at -= r->home;
    if (evtx_reading_event(&r->reading, &inside, where, ev, err) == APD_OK)
        return APD_OK;
    r->reading.record = (evtx_instance){0}; /* its frame is all that can be understood */
    ev->payload = &r->reading.payload;
    return APD_OK;
}

/* The chunk at `at`. Another one that begins inside ends it. */
static apd_status begin_chunk(apd_reader *r, apd_error *err)
{
    const uint8_t *base = r->view.ptr + r->at;
    uint32_t room = (uint32_t)r->view.len - r->at;
    room = evtx_chunk_find(base, 1, room < EVTX_CHUNK_SIZE ? room : EVTX_CHUNK_SIZE);
    r->home = r->at;
    r->reach = r->home + room;
    r->next = evtx_chunk_find(r->view.ptr, r->reach, (uint32_t)r->view.len);
    if (room < EVTX_CHUNK_HEAD) {
        r->at = r->home = r->reach;
        return APD_OK;
    }
    const char *why = evtx_chunk_open(&r->chunk, base, room, true);
    evtx_reading_chunk(&r->reading, base, room);
    r->headed = r->walking = true;
    r->gap = r->at;
    if (!why)
        return APD_OK;
    return apd_fail(err, APD_SKIPPED, place_of(r, r->home, room, 0),
                    "the chunk at byte %llu %s; what is sound in it is read",
                    (unsigned long long)(r->offset + r->home), why);
}

/* One step of the walk through a chunk. */
static evtx_step walk(apd_reader *r, evtx_record *rec)
{
    const char *why;
    evtx_step step = evtx_chunk_next(&r->chunk, rec, &why);
    rec->at += r->home;
    switch (step) {
    case EVTX_STEP_RECORD:
        r->at = r->gap = rec->at + rec->size;
        break;
    case EVTX_STEP_LOST: /* no sound record of this chunk, but an old one may be in there */
        r->at = rec->at;
        r->gap = rec->at + rec->size;
        break;
    case EVTX_STEP_END:
        r->walking = false;
        r->at = r->gap = r->home + r->chunk.at;
        break;
    }
    return step;
}

/* Where must the chunk have begun that this record, at `at`, is from? A template that it stores
 * itself has its own offset in the chunk. False: it does not store one that says so. */
static bool begin_of_chunk(const apd_reader *r, const evtx_record *rec, uint32_t *begin)
{
    const uint8_t *p = r->view.ptr + r->at + EVTX_RECORD_HEAD;
    uint32_t definition = EVTX_RECORD_HEAD + FRAGMENT_INSTANCE + INSTANCE_HEAD;
    if (rec->size < definition + DEFINITION_HEAD || apd_u32le(p) != 0x0001010fu ||
        p[FRAGMENT_INSTANCE - 1] != EVTX_INSTANCE)
        return false;
    p += FRAGMENT_INSTANCE;
    uint32_t offset = apd_u32le(p + 5), at = r->at + definition;
    if (apd_u32le(p + 1) != apd_u32le(p + INSTANCE_HEAD + 4)) /* the template's id */
        return false;
    *begin = at - offset;
    return offset <= at && offset >= EVTX_CHUNK_HEAD + definition &&
           offset - definition + rec->size <= EVTX_CHUNK_SIZE;
}

/* Makes home the chunk of the record at `at`. Where none is known, it is the record alone: only what
 * it has in itself can be understood. */
static void find_home(apd_reader *r, const evtx_record *rec)
{
    bool inside = r->at >= r->home && r->at + rec->size <= r->reach;
    if (inside && r->headed)
        return;
    uint32_t begin, room = (uint32_t)r->view.len;
    bool known = begin_of_chunk(r, rec, &begin);
    if (inside && (!known || begin == r->home))
        return;
    if (known)
        room = room - begin < EVTX_CHUNK_SIZE ? room - begin : EVTX_CHUNK_SIZE;
    r->home = known ? begin : r->at;
    r->reach = r->home + (known ? room : rec->size);
    r->headed = false;
    evtx_reading_chunk(&r->reading, r->view.ptr + r->home, r->reach - r->home);
}

/* The record or chunk that search() came to. APD_END: nothing to tell, go on. */
static apd_status take(apd_reader *r, apd_event *ev, apd_error *err)
{
    if (r->at == r->next) {
        apd_status s = begin_chunk(r, err);
        return s == APD_OK ? APD_END : s;
    }
    evtx_record rec;
    if (!evtx_record_at(r->view.ptr + r->at, (uint32_t)r->view.len - r->at, &rec))
        return APD_END; /* the end of what was to be searched */
    if (seen(r, &rec)) {
        r->at += rec.size;
        return APD_END;
    }
    find_home(r, &rec);
    rec.at = r->at;
    r->at += rec.size;
    return event(r, &rec, r->headed ? IN_SLACK : ALONE, ev, err);
}

static apd_status next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_arena_rewind(r->in.batch, r->batch_start);
    apd_status s = evtx_reading_lost(&r->reading, err);
    if (s != APD_OK)
        return s;
    for (;;) {
        if (r->walking && r->at >= r->gap) {
            evtx_record rec;
            if (walk(r, &rec) == EVTX_STEP_RECORD) {
                seen(r, &rec);
                return event(r, &rec, IN_CHUNK, ev, err);
            }
            continue;
        }
        uint32_t len = (uint32_t)r->view.len;
        if (!r->walking && !r->ended && r->at + AHEAD > len) {
            s = slide(r, err);
            if (s != APD_OK)
                return s;
            continue;
        }
        if (r->at == len)
            return APD_END;
        if (r->next < r->at) /* it was inside of a record */
            r->next = evtx_chunk_find(r->view.ptr, r->at, len);
        uint32_t end = r->walking ? r->gap : r->ended ? len : len - AHEAD + 1;
        search(r, r->next < end ? r->next : end);
        if (r->walking && r->at >= r->gap)
            continue;
        s = take(r, ev, err);
        if (s != APD_END)
            return s;
    }
}

const apd_parser apd_parser_evtx_carve = {
    .name = "evtx-carve",
    .about = "event records in any bytes",
    .bid = bid,
    .open = open_reader,
    .next = next,
    .close = close_reader,
};
