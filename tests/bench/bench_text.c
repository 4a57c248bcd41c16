/* How fast the readers of text are, without bundles and rules: bench_text [fields] FILE...
 * Prints the reader, records and MB/s of the stored file; the best of three. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "limits.h"
#include "parsers.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static apd_bytes slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        exit(2);
    long n = ftell(f);
    uint8_t *p = malloc((size_t)n + 1);
    rewind(f);
    if (!p || fread(p, 1, (size_t)n, f) != (size_t)n)
        exit(2);
    fclose(f);
    return (apd_bytes){p, (size_t)n};
}

/* Files arrive in blocks, as from a bundle. */
typedef struct blocks {
    apd_bytes rest;
} blocks;

static apd_status lend(void *ctx, apd_bytes *block, apd_error *err)
{
    blocks *b = ctx;
    (void)err;
    if (b->rest.len == 0)
        return APD_END;
    *block = (apd_bytes){b->rest.ptr, b->rest.len < APD_READ_BLOCK ? b->rest.len : APD_READ_BLOCK};
    b->rest = (apd_bytes){b->rest.ptr + block->len, b->rest.len - block->len};
    return APD_OK;
}

static size_t read_all(const apd_parser *p, apd_bytes data, const char *path, bool fields)
{
    blocks b = {data};
    apd_intern *names = apd_intern_new();
    apd_arena *batch = apd_arena_new(0);
    apd_stream *s = apd_stream_new((apd_producer){lend, &b});
    apd_input in = {.stream = s, .path = apd_str_of(path), .names = names, .batch = batch};
    apd_reader *r = NULL;
    apd_error err;
    apd_event ev;
    size_t n = 0;
    apd_status st = p->open(&in, &r, &err);
    while (st <= APD_SKIPPED && (st = p->next(r, &ev, &err)) != APD_END) {
        uint32_t count;
        if (st == APD_OK && fields)
            (void)apd_event_fields(&ev, &count);
        n++;
    }
    p->close(r);
    apd_stream_free(s);
    apd_arena_free(batch);
    apd_intern_free(names);
    return n;
}

int main(int argc, char **argv)
{
    bool fields = argc > 1 && strcmp(argv[1], "fields") == 0;
    for (int i = 1 + fields; i < argc; i++) {
        apd_bytes data = slurp(argv[i]);
        apd_bytes head = {data.ptr, data.len < APD_SNIFF ? data.len : APD_SNIFF};
        const apd_parser *p = apd_parser_for(head, apd_str_of(argv[i]));
        double best = 1e9;
        size_t n = 0;
        for (int k = 0; p && k < 3; k++) {
            double from = now();
            n = read_all(p, data, argv[i], fields);
            double took = now() - from;
            best = took < best ? took : best;
        }
        apd_str name = apd_log_name(apd_str_of(argv[i]));
        printf("  %-28.*s %-22s %9zu records %6.0f MB/s\n", APD_FMT(name), p ? p->name : "-", n,
               (double)data.len / best / 1e6);
        free((void *)data.ptr);
    }
    return 0;
}
