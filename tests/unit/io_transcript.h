/* A bundle as text, line by line:
 *
 *     full path|depth|content            (long contents as <bytes:crc>)
 *     full path|depth|content~sentence   (the stream was cut short)
 *     !sentence                          (APD_SKIPPED)
 *
 * Include after cmocka.h. */
#ifndef APD_IO_TRANSCRIPT_H
#define APD_IO_TRANSCRIPT_H

#include <stdarg.h>
#include <stdio.h>
#include <zlib.h>

#include "bundle_memory.h"
#include "io_make.h"

static inline void say(bytes *t, const char *fmt, ...)
{
    char line[2048];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    put(t, line, (size_t)n);
}

static inline void say_member(bytes *t, const apd_member *m, apd_stream *s)
{
    bytes content = {0};
    apd_bytes v;
    apd_error err;
    apd_status st;
    while ((st = apd_stream_peek(s, 0, &v, &err)) == APD_OK) {
        put(&content, v.ptr, v.len);
        apd_stream_consume(s, v.len);
    }
    assert_int_equal(content.len, m->read);
    say(t, "%.*s|%u|", (int)m->full.len, m->full.ptr, m->depth);
    if (content.len < 40)
        put(t, content.ptr, content.len);
    else
        say(t, "<%zu:%08lx>", content.len, crc32(0, content.ptr, (uInt)content.len));
    say(t, st == APD_END ? "\n" : "~%s\n", err.text);
    free(content.ptr);
}

/* Closes the bundle. */
static inline char *transcript_of(apd_bundle *b)
{
    bytes t = {0};
    for (;;) {
        const apd_member *m;
        apd_stream *s;
        apd_error err;
        apd_status st = apd_bundle_next(b, &m, &s, &err);
        if (st == APD_END)
            break;
        if (st == APD_SKIPPED) {
            assert_in_range(err.status, APD_E_DAMAGED, APD_E_IO);
            assert_true(err.where.member == APD_NO_MEMBER ||
                        err.where.member < apd_bundle_count(b));
            say(&t, "!%s\n", err.text);
            continue;
        }
        assert_int_equal(st, APD_OK);
        assert_ptr_equal(m, apd_bundle_member(b, m->index));
        say_member(&t, m, s);
    }
    put(&t, "", 1);
    apd_bundle_close(b);
    return (char *)t.ptr;
}

/* Read in blocks of `step` bytes, 0 = whole; by seeking or forward. */
static inline char *transcript(bytes archive, const char *name, size_t step, bool seekable)
{
    apd_bundle *b = NULL;
    apd_error err = {.text = ""};
    apd_status st =
        apd_bundle_open_memory(apd_str_of(name), view(archive), step, seekable, &b, &err);
    if (st != APD_OK) {
        bytes t = {0};
        say(&t, "open: %s\n", err.text);
        put(&t, "", 1);
        assert_int_equal(st, err.status);
        return (char *)t.ptr;
    }
    return transcript_of(b);
}

#endif
