/* Writes the events of one EVTX file as lines, for comparison with other readers:
 *
 *     event <TAB> record <TAB> time <TAB> id <TAB> level <TAB> log <TAB> provider
 *     <TAB> field <TAB> value
 *     skipped <TAB> offset <TAB> sentence
 *     count <TAB> events <TAB> skipped
 *
 * Tab, line feed, carriage return and backslash inside values are escaped. "-c" writes only the
 * last line; "-e" too, but without looking for fields; "-k" carves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers.h"

static void put(apd_str s)
{
    static const char from[] = "\t\n\r\\", to[] = "tnr\\";
    for (size_t i = 0; i < s.len; i++) {
        const char *special = s.ptr[i] ? strchr(from, s.ptr[i]) : NULL;
        if (special)
            printf("\\%c", to[special - from]);
        else
            putchar(s.ptr[i]);
    }
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        return NULL;
    long end = ftell(f);
    rewind(f);
    uint8_t *data = malloc(end > 0 ? (size_t)end : 1);
    *size = data ? fread(data, 1, (size_t)end, f) : 0;
    fclose(f);
    return data;
}

static void put_event(const apd_event *ev, const apd_intern *names)
{
    char time[APD_TIME_TEXT];
    printf("event\t%llu\t%s\t%u\t%u\t", (unsigned long long)ev->where.record,
           apd_time_format(ev->time, 7, true, time), (unsigned)ev->id, ev->level);
    put(apd_sym_text(names, ev->log));
    putchar('\t');
    put(apd_sym_text(names, ev->provider));
    putchar('\n');
}

static void put_fields(apd_event *ev, const apd_intern *names, apd_arena *scratch)
{
    uint32_t n;
    const apd_field *f = apd_event_fields(ev, &n);
    for (uint32_t i = 0; i < n; i++) {
        putchar('\t');
        put(apd_sym_text(names, f[i].name));
        putchar('\t');
        put(apd_field_text(&f[i], scratch));
        putchar('\n');
    }
}

static int dump(const apd_parser *parser, const apd_input *in, bool lines, bool fields)
{
    apd_reader *r;
    apd_error err;
    apd_event ev;
    unsigned long events = 0, skipped = 0;
    apd_status s = parser->open(in, &r, &err);
    if (s != APD_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    while ((s = parser->next(r, &ev, &err)) <= APD_SKIPPED && s != APD_END) {
        uint32_t n;
        events += s == APD_OK;
        skipped += s == APD_SKIPPED;
        if (s == APD_SKIPPED && lines)
            printf("skipped\t%llu\t%s\n", (unsigned long long)err.where.offset, err.text);
        if (s == APD_OK && lines)
            put_event(&ev, in->names);
        if (s == APD_OK && lines)
            put_fields(&ev, in->names, in->batch);
        else if (s == APD_OK && fields)
            apd_event_fields(&ev, &n);
    }
    printf("count\t%lu\t%lu\n", events, skipped);
    if (s != APD_END)
        fprintf(stderr, "%s\n", err.text);
    parser->close(r);
    return s == APD_END ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: evtx_dump [-c|-e|-k] FILE\n");
        return 2;
    }
    bool counts = argc > 2 && strcmp(argv[1], "-c") == 0;
    bool events_only = argc > 2 && strcmp(argv[1], "-e") == 0;
    bool carve = argc > 2 && strcmp(argv[1], "-k") == 0;
    size_t size = 0;
    uint8_t *data = read_file(argv[argc - 1], &size);
    if (!data) {
        perror(argv[argc - 1]);
        return 1;
    }
    apd_input in = {.stream = apd_stream_memory((apd_bytes){data, size}, 0, 0),
                    .path = apd_str_of(argv[argc - 1]),
                    .names = apd_intern_new(),
                    .batch = apd_arena_new(0)};
    int rc = 1;
    if (in.stream && in.names && in.batch)
        rc = dump(carve ? &apd_parser_evtx_carve : &apd_parser_evtx, &in, !counts && !events_only,
                  !events_only);
    apd_stream_free(in.stream);
    apd_intern_free(in.names);
    apd_arena_free(in.batch);
    free(data);
    return rc;
}
