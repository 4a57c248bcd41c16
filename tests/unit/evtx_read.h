/* Reads EVTX bytes to text, one line an event, a field or a loss:
 *
 *     event 7 id=4711 level=4 log=Test/Operational provider=Maker time=2021-01-01T00:00:00.1234567Z
 *       Text u16 hello
 *     skipped @4608: record 8 cannot be read: …
 */
#ifndef APD_TEST_EVTX_READ_H
#define APD_TEST_EVTX_READ_H

#include "parsers.h"

typedef struct evtx_text {
    apd_arena *arena;
    apd_str all;     /* everything */
    apd_str payload; /* only field lines in front of the System fields ("Version") */
    unsigned events, skipped;
    apd_status end;  /* of the last next(), or of open() */
    apd_error error; /* of the last loss or error */
} evtx_text;

static inline const char *evtx_type_name(apd_type t)
{
    static const char *const names[] = {"none", "i64", "u64", "bool", "double", "time",
                                        "hex",  "u8",  "u16", "guid", "sid",    "blob"};
    return names[t];
}

static inline void evtx_put_fields(apd_buf *all, apd_buf *payload, apd_event *ev,
                                   const apd_intern *names, apd_arena *scratch)
{
    uint32_t n;
    const apd_field *f = apd_event_fields(ev, &n);
    bool system = false;
    for (uint32_t i = 0; i < n; i++) {
        apd_str name = apd_sym_text(names, f[i].name), value = apd_field_text(&f[i], scratch);
        system = system || apd_eq(name, APD_LIT("Version"));
        for (int k = 0; k < 2; k++) {
            apd_buf *to = k ? payload : all;
            if (k && system)
                continue;
            apd_buf_addf(to, "  %.*s %s ", APD_FMT(name), evtx_type_name(f[i].type));
            apd_buf_add(to, value);
            apd_buf_addc(to, '\n');
        }
    }
}

static inline evtx_text evtx_read_with(const apd_parser *parser, apd_bytes data, size_t step,
                                       uint32_t seed)
{
    evtx_text t = {.arena = apd_arena_new(0)};
    apd_intern *names = apd_intern_new();
    apd_arena *batch = apd_arena_new(0);
    apd_stream *stream = apd_stream_memory(data, step, seed);
    apd_buf all, payload;
    apd_buf_init(&all, t.arena);
    apd_buf_init(&payload, t.arena);
    apd_reader *r = NULL;
    apd_input in = {
        .stream = stream, .path = APD_LIT("x.evtx"), .member = 3, .names = names, .batch = batch};
    t.end = parser->open(&in, &r, &t.error);
    apd_event ev;
    while (t.end <= APD_SKIPPED && t.end != APD_END) {
        t.end = parser->next(r, &ev, &t.error);
        char time[APD_TIME_TEXT];
        if (t.end == APD_SKIPPED) {
            t.skipped++;
            apd_buf_addf(&all, "skipped @%llu: %s\n", (unsigned long long)t.error.where.offset,
                         t.error.text);
        } else if (t.end == APD_OK) {
            t.events++;
            apd_buf_addf(&all, "event %llu id=%u level=%u log=%.*s provider=%.*s time=%s\n",
                         (unsigned long long)ev.where.record, (unsigned)ev.id, ev.level,
                         APD_FMT(apd_sym_text(names, ev.log)),
                         APD_FMT(apd_sym_text(names, ev.provider)),
                         apd_time_format(ev.time, 7, true, time));
            evtx_put_fields(&all, &payload, &ev, names, batch);
        }
    }
    parser->close(r);
    apd_stream_free(stream);
    apd_intern_free(names);
    apd_arena_free(batch);
    t.all = apd_buf_str(&all);
    t.payload = apd_buf_str(&payload);
    return t;
}

static inline evtx_text evtx_read(apd_bytes data, size_t step, uint32_t seed)
{
    return evtx_read_with(&apd_parser_evtx, data, step, seed);
}

#endif
