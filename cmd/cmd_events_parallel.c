/* An event log consists of chunks that stand alone, so that several threads can read it, each some
 * chunks at a time; what they write is put together in the order of the file.
 *
 * That holds for a sound log only: around damage the reader may use what it saw earlier. At the
 * first loss this ends, and whoever called reads on from there in one piece. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_events.h"
#include "limits.h"
#include "parsers.h"
#include "turns.h"

enum {
    HEAD = 4096,
    HEAD_CHUNKS = 42, /* in the header: how many chunks there are */
    CHUNK = 65536,
    BUFFERS = 12 << 20,        /* bytes of all threads' buffers together */
    SPARE = 64 << 10,          /* for the record that fills a buffer */
    MOST_BUFFER = BUFFERS / 4, /* of one */
    BLOCK = APD_READ_BLOCK
};

typedef struct piece {
    uint64_t from, to;
} piece;

typedef struct division {
    const apd_events_ask *ask;
    apd_events_sink *sink;
    const char *path;
    int fd;
    uint8_t head[HEAD];
    uint64_t at, size; /* what is not given out yet */
    uint32_t buffer;   /* of one thread */
    uint32_t piece;    /* its text fits into the buffer, so that nobody waits while writing */
    /* changed by the thread whose turn it is */
    apd_events_tally tally;
    bool lossy; /* something could not be read; what comes behind the tally is not written */
} division;

static bool read_at(int fd, uint64_t at, void *to, size_t n)
{
    return pread(fd, to, n, (off_t)at) == (ssize_t)n;
}

static bool cut(void *ctx, void *out)
{
    division *d = ctx;
    piece *p = out;
    if (d->at >= d->size)
        return false;
    p->from = d->at;
    d->at = d->size - d->at > d->piece ? d->at + d->piece : UINT64_MAX;
    p->to = d->at; /* the last one ends where the file does by then */
    return true;
}

/* --- one piece --- */

typedef struct part_source {
    const division *d;
    uint64_t at, to;
    bool head_lent;
    uint8_t block[BLOCK];
} part_source;

static apd_status lend(void *ctx, apd_bytes *block, apd_error *err)
{
    part_source *s = ctx;
    if (!s->head_lent) {
        s->head_lent = true;
        *block = (apd_bytes){s->d->head, HEAD};
        return APD_OK;
    }
    uint64_t left = s->to - s->at;
    if (left == 0)
        return APD_END;
    ssize_t n = pread(s->d->fd, s->block, left < BLOCK ? (size_t)left : BLOCK, (off_t)s->at);
    if (n < 0)
        return apd_fail(err, APD_E_IO, APD_NOWHERE, "could not be read any further");
    if (n == 0)
        return APD_END;
    s->at += (uint64_t)n;
    *block = (apd_bytes){s->block, (size_t)n};
    return APD_OK;
}

typedef struct hand {
    apd_events_worker worker;
    apd_turns *turns;
    uint64_t number; /* of the piece at work */
    apd_arena *batch;
    part_source source;
} hand;

/* Hands over what is sure: nothing was lost up to here. */
static apd_status hand_in(hand *h, division *d)
{
    apd_events_worker *w = &h->worker;
    apd_worker_clean(w); /* while others write */
    apd_turns_wait(h->turns, h->number);
    apd_status st = d->lossy ? APD_END : apd_worker_flush(w);
    if (st == APD_OK) {
        d->tally.seen += w->seen;
        d->tally.passed += w->passed;
    }
    apd_worker_forget(w);
    return st;
}

/* A record is sure once the next call has not told of fields that are missing in it, so it is never
 * handed in before. */
static apd_status read_events(hand *h, division *d, apd_reader *r, apd_str file)
{
    for (;;) {
        apd_event ev = {0};
        apd_error err = {0};
        apd_status st = apd_parser_evtx.next(r, &ev, &err);
        if (st != APD_OK)
            return st;
        if (h->worker.records.len >= d->buffer)
            st = hand_in(h, d);
        if (st == APD_OK)
            st = apd_worker_event(&h->worker, &ev, file);
        if (st != APD_OK)
            return st;
    }
}

static apd_str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return apd_str_of(slash ? slash + 1 : path);
}

/* APD_END: all of it was read. */
static apd_status read_piece(hand *h, division *d, const piece *p)
{
    apd_str file = base_name(d->path);
    h->source.d = d;
    h->source.at = p->from;
    h->source.to = p->to;
    h->source.head_lent = false;
    apd_stream *s = apd_stream_new((apd_producer){lend, &h->source});
    if (!s)
        return APD_E_NOMEM;
    apd_stream_starts_at(s, p->from - HEAD);
    apd_mark mark = apd_arena_mark(h->batch);
    apd_input in = {.stream = s, .path = file, .names = h->worker.know.names, .batch = h->batch};
    apd_reader *reader = NULL;
    apd_error err = {0};
    apd_status st = apd_parser_evtx.open(&in, &reader, &err);
    if (st == APD_OK)
        st = read_events(h, d, reader, file);
    apd_parser_evtx.close(reader);
    if (st == APD_END && apd_stream_error(s))
        st = APD_E_IO;
    apd_arena_rewind(h->batch, mark);
    apd_stream_free(s);
    return st;
}

/* --- one thread --- */

static apd_status open_hand(hand *h, division *d)
{
    apd_error err = {0};
    h->batch = apd_arena_new(0);
    if (!h->batch)
        return APD_E_NOMEM;
    APD_TRY(apd_worker_open(&h->worker, d->ask, d->sink, SIZE_MAX, &err));
    return apd_buf_room(&h->worker.records, d->buffer + SPARE) ? APD_OK : APD_E_NOMEM;
}

/* Reads a piece and hands it in; or what is sure of it, and stops the others. */
static void do_piece(hand *h, division *d, const piece *p)
{
    apd_status st = read_piece(h, d, p);
    if (st == APD_END)
        st = hand_in(h, d);
    apd_turns_wait(h->turns, h->number);
    if (st != APD_OK) {
        d->lossy = true;
        apd_turns_stop(h->turns);
    }
    apd_worker_forget(&h->worker);
    apd_turns_pass(h->turns);
}

static void work(void *ctx, apd_turns *turns)
{
    division *d = ctx;
    piece p;
    hand *h = calloc(1, sizeof *h);
    if (!h) /* the others do it */
        return;
    apd_status st = open_hand(h, d);
    h->turns = turns;
    h->worker.path = d->path;
    while (st == APD_OK && apd_turns_take(turns, &p, &h->number))
        do_piece(h, d, &p);
    apd_worker_close(&h->worker);
    apd_arena_free(h->batch);
    free(h);
}

/* Is it an event log on a disk, whole, with a sound header and enough chunks to share? */
static bool can_divide(division *d)
{
    struct stat st;
    if (fstat(d->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < HEAD + 2 * (off_t)d->piece ||
        !read_at(d->fd, 0, d->head, HEAD) || memcmp(d->head, "ElfFile", 8) != 0)
        return false;
    d->at = HEAD;
    d->size = (uint64_t)st.st_size;
    if (d->size < HEAD + (uint64_t)apd_u16le(d->head + HEAD_CHUNKS) * CHUNK)
        return false;
    d->head[HEAD_CHUNKS] = d->head[HEAD_CHUNKS + 1] = 0; /* no claim about a part of it */
    return true;
}

bool apd_events_parallel(const apd_events_ask *ask, apd_events_sink *sink, const char *path,
                         apd_events_tally *tally)
{
    *tally = (apd_events_tally){0};
    division d = {.ask = ask, .sink = sink, .path = path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (d.fd < 0)
        return false;
    d.buffer = BUFFERS / ask->jobs < MOST_BUFFER ? BUFFERS / ask->jobs : MOST_BUFFER;
    d.piece = d.buffer / 2 / CHUNK * CHUNK; /* JSON is about as long as the log, XML longer */
    apd_teamwork team = {cut, work, &d};
    bool divided = can_divide(&d) && apd_turns_run(&team, ask->jobs);
    close(d.fd);
    *tally = d.tally;
    /* d.at: nobody could begin, or memory ran out for all of them. */
    return divided && !d.lossy && d.at >= d.size;
}
