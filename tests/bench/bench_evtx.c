/* Reads one EVTX file and does as much with each record as is asked, to measure what that costs:
 *
 *     bench_evtx events|fields|text|xml|json FILE [-]
 *
 * events: the System part; fields: every field located; text: every field as UTF-8; xml, json: the record
 * written. Prints records, bytes written and MiB/s of input; with "-" the records themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "parsers.h"
#include "source.h"

#define FLUSH (64u << 10)

typedef enum mode { EVENTS, FIELDS, TEXT, XML, JSON, MODES } mode;
static const char *const mode_names[MODES] = {"events", "fields", "text", "xml", "json"};

typedef struct totals {
    unsigned long records;
    unsigned long long bytes;
} totals;

static size_t touch(mode m, apd_event *ev, apd_arena *scratch)
{
    uint32_t n;
    size_t bytes = 0;
    const apd_field *f = apd_event_fields(ev, &n);
    for (uint32_t i = 0; m == TEXT && i < n; i++)
        bytes += apd_field_text(&f[i], scratch).len;
    return bytes;
}

static bool read_all(const apd_input *in, mode m, FILE *to, totals *t)
{
    apd_reader *r;
    apd_error err;
    apd_event ev;
    apd_buf out;
    apd_arena *memory = apd_arena_new(0);
    if (!memory || apd_parser_evtx.open(in, &r, &err) != APD_OK)
        return false;
    apd_buf_init(&out, memory);
    apd_status s;
    while ((s = apd_parser_evtx.next(r, &ev, &err)) <= APD_SKIPPED && s != APD_END) {
        if (s != APD_OK)
            continue;
        t->records++;
        if (m == FIELDS || m == TEXT)
            t->bytes += touch(m, &ev, in->batch);
        if (m == XML || m == JSON) {
            apd_event_render(&ev, m == XML ? APD_FORM_XML : APD_FORM_JSON, &out);
            apd_buf_addc(&out, '\n');
        }
        if (out.len > FLUSH) {
            fwrite(out.ptr, 1, out.len, to);
            t->bytes += out.len;
            out.len = 0;
        }
    }
    if (out.len)
        fwrite(out.ptr, 1, out.len, to);
    t->bytes += out.len;
    apd_parser_evtx.close(r);
    apd_arena_free(memory);
    return s == APD_END;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static apd_status lend(void *source, apd_bytes *block, apd_error *err)
{
    return apd_source_read(source, block, err);
}

int main(int argc, char **argv)
{
    int m = MODES;
    for (int i = 0; argc >= 3 && i < MODES; i++)
        if (strcmp(argv[1], mode_names[i]) == 0)
            m = i;
    bool show = argc == 4 && strcmp(argv[3], "-") == 0;
    if (m == MODES) {
        fprintf(stderr, "usage: bench_evtx events|fields|text|xml|json FILE [-]\n");
        return 2;
    }
    FILE *to = show ? stdout : fopen("/dev/null", "wb");
    apd_error err;
    apd_source *file = NULL;
    if (apd_source_open(argv[2], apd_str_of(argv[2]), &file, &err) != APD_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    apd_input in = {.stream = apd_stream_new((apd_producer){lend, file}),
                    .path = APD_LIT("bench.evtx"),
                    .names = apd_intern_new(),
                    .batch = apd_arena_new(0)};
    if (!to || !in.stream || !in.names || !in.batch) {
        fprintf(stderr, "out of memory\n");
        return 1;
    }
    totals t = {0};
    double start = now();
    bool good = read_all(&in, (mode)m, to, &t);
    double seconds = now() - start, size = (double)apd_stream_offset(in.stream);
    fprintf(stderr, "%-6s %8lu records %11llu bytes out %8.4f s %7.0f MiB/s\n", argv[1], t.records,
            t.bytes, seconds, size / 1048576 / seconds);
    fflush(to);
    apd_stream_free(in.stream);
    apd_source_close(file);
    apd_intern_free(in.names);
    apd_arena_free(in.batch);
    return good ? 0 : 1;
}
