/* A sentence that is too long loses its middle: what it is about stands at one end of it, what is
 * wrong at the other. */
#include "status.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 8192 }; /* a path and its reason */

static bool inside_character(char c)
{
    return (c & 0xc0) == 0x80;
}

static void shorten(char *dst, size_t size, const char *text)
{
    static const char mark[] = " ... ";
    size_t len = strlen(text), head = 80, tail = size - sizeof mark - head;
    while (head > 0 && inside_character(text[head]))
        head--;
    const char *rest = text + len - tail;
    while (inside_character(*rest))
        rest++;
    snprintf(dst, size, "%.*s%s%s", (int)head, text, mark, rest);
}

apd_status apd_fail(apd_error *err, apd_status status, apd_where where, const char *fmt, ...)
{
    if (err) {
        char text[LONGEST];
        va_list ap;
        va_start(ap, fmt);
        err->status = status;
        err->where = where;
        vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        if (strlen(text) < sizeof err->text)
            memcpy(err->text, text, strlen(text) + 1);
        else
            shorten(err->text, sizeof err->text, text);
    }
    return status;
}
