#include "etl_source.h"

#include <stdlib.h>

#include "limits.h"

void etl_source_init(etl_source *s, apd_stream *stream)
{
    *s = (etl_source){.stream = stream, .seeks = apd_stream_can_seek(stream), .end = APD_END};
}

void etl_source_free(etl_source *s)
{
    free(s->held);
    s->held = NULL;
}

static bool room(etl_source *s, size_t n)
{
    if (s->cap - s->n >= n)
        return true;
    size_t cap = s->cap * 2 > s->n + n ? s->cap * 2 : s->n + n;
    uint8_t *p = realloc(s->held, cap);
    if (!p)
        return false;
    s->held = p;
    s->cap = cap;
    return true;
}

/* The next block of the stream behind what is held. */
static apd_status take(etl_source *s)
{
    apd_bytes b;
    apd_status st = apd_stream_peek(s->stream, 0, &b, &s->why);
    if (st != APD_OK) {
        s->ended = true;
        s->end = st;
        return st == APD_E_NOMEM ? st : APD_OK;
    }
    if (b.len > APD_ETL_MAX_HELD - s->n)
        b.len = APD_ETL_MAX_HELD - s->n;
    if (!room(s, b.len))
        return APD_E_NOMEM;
    memcpy(s->held + s->n, b.ptr, b.len);
    s->n += b.len;
    apd_stream_consume(s->stream, b.len);
    return APD_OK;
}

apd_status etl_source_hold(etl_source *s, uint64_t from)
{
    if (s->seeks)
        return APD_OK;
    size_t gone = from > s->base ? (size_t)(from - s->base) : 0;
    if (gone > s->n) { /* a head that says more than there is */
        (void)apd_stream_skip(s->stream, gone - s->n);
        s->n = 0;
    } else if (gone) {
        memmove(s->held, s->held + gone, s->n - gone);
        s->n -= gone;
    }
    s->base += gone;
    while (!s->ended && s->n < APD_ETL_MAX_HELD)
        APD_TRY(take(s));
    return APD_OK;
}

bool etl_source_is_whole(const etl_source *s)
{
    return s->seeks || s->ended;
}

apd_bytes etl_source_at(etl_source *s, uint64_t at, void *own, size_t n)
{
    if (s->seeks)
        return (apd_bytes){own, apd_stream_read_at(s->stream, at, own, n)};
    if (at < s->base || at - s->base >= s->n)
        return (apd_bytes){NULL, 0};
    size_t left = s->n - (size_t)(at - s->base);
    return (apd_bytes){s->held + (at - s->base), n < left ? n : left};
}
