/* JSON, written key by key: what the reports as JSON share. Private to lib/report. */
#ifndef APD_JSONOUT_H
#define APD_JSONOUT_H

#include <stdio.h>

#include "clock.h"
#include "escape.h"

/* A writer that puts the commas; every string goes through apd_escape_json. */
typedef struct json {
    FILE *f;
    apd_arena *a;
    bool comma;
} json;

static inline void sep(json *j)
{
    if (j->comma)
        fputc(',', j->f);
    j->comma = true;
}

static inline void open_(json *j, char c)
{
    fputc(c, j->f);
    j->comma = false;
}

static inline void close_(json *j, char c)
{
    fputc(c, j->f);
    j->comma = true;
}

static inline void string(json *j, apd_str s)
{
    apd_mark m = apd_arena_mark(j->a);
    apd_str e = apd_escape_json(j->a, s);
    fwrite(e.ptr, 1, e.len, j->f);
    apd_arena_rewind(j->a, m);
}

static inline void key(json *j, const char *name)
{
    sep(j);
    fprintf(j->f, "\"%s\":", name);
    j->comma = false;
}

static inline void put_s(json *j, const char *name, apd_str s)
{
    key(j, name);
    string(j, s);
    j->comma = true;
}

static inline void put_z(json *j, const char *name, const char *s)
{
    put_s(j, name, apd_str_of(s));
}

static inline void put_u(json *j, const char *name, uint64_t v)
{
    key(j, name);
    fprintf(j->f, "%llu", (unsigned long long)v);
    j->comma = true;
}

static inline void put_i(json *j, const char *name, int v)
{
    key(j, name);
    fprintf(j->f, "%d", v);
    j->comma = true;
}

static inline void put_b(json *j, const char *name, bool v)
{
    key(j, name);
    fputs(v ? "true" : "false", j->f);
    j->comma = true;
}

static inline void put_time(json *j, const char *name, apd_time t, apd_clock c)
{
    char text[APD_TIME_TEXT];
    key(j, name);
    if (t == APD_TIME_NONE)
        fputs("null", j->f);
    else
        fprintf(j->f, "\"%s\"", apd_time_format(t, 7, apd_clock_is_utc(c), text));
    j->comma = true;
}

static inline void put_list(json *j, const char *name, const apd_str *items, size_t n)
{
    key(j, name);
    open_(j, '[');
    for (size_t i = 0; i < n; i++) {
        sep(j);
        string(j, items[i]);
    }
    close_(j, ']');
}

/* Writes the commas of a list: before each item. */
static inline void item(json *j, char c)
{
    sep(j);
    open_(j, c);
}

#endif
