/* Runs a parser over the input in one piece and in several chunkings: whatever the bytes are, all
 * must give the same events, and every view must be readable. */
#ifndef FUZZ_CHUNKINGS_H
#define FUZZ_CHUNKINGS_H

#include <stdio.h>
#include <stdlib.h>

#include "hash.h"
#include "parsers.h"

static inline uint64_t mix(uint64_t digest, uint64_t value)
{
    return apd_hash_u64(digest * 31 + value);
}

static inline uint64_t mix_event(uint64_t d, apd_event *ev, const apd_intern *names, apd_arena *a)
{
    uint32_t n;
    apd_mark m = apd_arena_mark(a);
    const apd_field *f = apd_event_fields(ev, &n);
    d = mix(d, (uint64_t)ev->time);
    d = mix(d, (uint64_t)ev->clock << 16 | (uint64_t)ev->kind << 8 | ev->level);
    d = mix(d, apd_hash(apd_sym_text(names, ev->log)));
    d = mix(d, apd_hash(apd_sym_text(names, ev->provider)));
    d = mix(d, apd_hash(ev->message));
    d = mix(d, ev->where.record);
    d = mix(d, ev->where.offset);
    d = mix(d, ev->where.len);
    for (uint32_t i = 0; i < n; i++) {
        d = mix(d, apd_hash(apd_sym_text(names, f[i].name)));
        d = mix(d, apd_hash(apd_field_text(&f[i], a)));
    }
    apd_arena_rewind(a, m);
    return d;
}

static inline uint64_t digest(const apd_parser *p, const char *path, apd_bytes data, size_t step,
                              uint32_t seed)
{
    apd_intern *names = apd_intern_new();
    apd_arena *batch = apd_arena_new(0), *texts = apd_arena_new(0);
    apd_stream *s = apd_stream_memory(data, step, seed);
    apd_input in = {.stream = s, .path = apd_str_of(path), .names = names, .batch = batch};
    apd_reader *r = NULL;
    apd_error err = {0};
    uint64_t d = 0;
    if (!names || !batch || !texts || !s)
        abort();
    apd_status st = p->open(&in, &r, &err);
    while (st == APD_OK || st == APD_SKIPPED) {
        apd_event ev;
        st = p->next(r, &ev, &err);
        d = mix(d, st);
        if (st == APD_OK)
            d = mix_event(d, &ev, names, texts);
        else if (st == APD_SKIPPED)
            d = mix(d, apd_hash(apd_str_of(err.text)));
    }
    if (r)
        p->close(r);
    apd_stream_free(s);
    apd_arena_free(texts);
    apd_arena_free(batch);
    apd_intern_free(names);
    return d;
}

static inline void same_in_all_chunkings(const apd_parser *p, const char *path, apd_bytes data)
{
    static const size_t steps[] = {1, 7, SIZE_MAX};
    uint64_t whole = digest(p, path, data, 0, 0);
    (void)p->bid((apd_bytes){data.ptr, data.len < 4096 ? data.len : 4096}, apd_str_of(path));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (digest(p, path, data, steps[i], 11) == whole)
            continue;
        fprintf(stderr, "%s: chunking %zu gives other events\n", p->name, steps[i]);
        abort();
    }
}

#endif
