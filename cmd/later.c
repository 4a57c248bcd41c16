#include "later.h"

#include <stdlib.h>

#include "limits.h"

bool apd_later_has_room(const apd_later *l, const apd_member *m)
{
    return m->declared <= APD_MAX_LATER - l->bytes;
}

/* Grows with what arrives, whatever was stated. */
static bool add(apd_held *h, apd_bytes b)
{
    if (h->cap - h->n < b.len) {
        size_t cap = h->cap * 2 > h->n + b.len ? h->cap * 2 : h->n + b.len;
        uint8_t *p = realloc(h->bytes, cap);
        if (!p)
            return false;
        h->bytes = p;
        h->cap = cap;
    }
    memcpy(h->bytes + h->n, b.ptr, b.len);
    h->n += b.len;
    return true;
}

static apd_status take(apd_held *h, apd_stream *s, apd_error *err)
{
    apd_bytes b;
    apd_status st;
    while ((st = apd_stream_peek(s, 0, &b, err)) == APD_OK) {
        if (b.len > h->member->declared - h->n)
            return apd_fail(err, APD_E_DAMAGED, (apd_where){.member = h->member->index},
                            "is larger than its archive says; what goes beyond is not read");
        if (!add(h, b))
            return APD_E_NOMEM;
        apd_stream_consume(s, b.len);
    }
    return st == APD_END ? APD_OK : st;
}

apd_status apd_later_hold(apd_later *l, apd_arena *a, const apd_member *m, apd_stream *s,
                          apd_error *err)
{
    apd_held h = {.member = m};
    apd_status st = take(&h, s, err);
    if (st == APD_E_NOMEM || !APD_PUSH(a, l->members, h)) {
        free(h.bytes);
        return APD_E_NOMEM;
    }
    l->bytes += h.n;
    return st;
}

void apd_later_free(apd_later *l)
{
    for (size_t i = 0; i < l->members.n; i++)
        free(l->members.at[i].bytes);
    *l = (apd_later){0};
}
