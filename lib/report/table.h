/* Columns of a table for the terminal. Private to lib/report. */
#ifndef APD_TABLE_H
#define APD_TABLE_H

#include "termout.h"

enum { TIME_CELL = 20, CLOCK_CELL = 12 };

/* A text in exactly `columns`, cut with an ellipsis; one blank behind it. */
static inline void cell(out *o, ink i, apd_str s, size_t columns)
{
    apd_str shown = apd_escape_term(o->a, s, columns);
    size_t used = apd_columns(shown);
    fprintf(o->f, "%s%.*s%s%*s", i == PLAIN ? "" : paint(o, i), (int)shown.len, shown.ptr,
            i == PLAIN ? "" : paint(o, PLAIN), (int)(used < columns ? columns - used : 0) + 1, "");
}

static inline void number_cell(out *o, uint64_t n, int columns)
{
    fprintf(o->f, "%*llu ", columns, (unsigned long long)n);
}

/* "2025-11-18 08:02:00Z", "-" where there is no time; Z only where it is UTC. */
static inline void time_cell(out *o, apd_time t, apd_clock clock)
{
    char text[APD_TIME_TEXT] = "-";
    if (t != APD_TIME_NONE) {
        apd_time_format(t, 0, apd_clock_is_utc(clock), text);
        text[10] = ' ';
    }
    fprintf(o->f, "%-*s ", TIME_CELL, text);
}

#endif
