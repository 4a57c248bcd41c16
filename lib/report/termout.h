/* Lines for a terminal: inks, wrapped paragraphs. Every text from a bundle or a rule goes through
 * apd_escape_term on its way out. Private to lib/report. */
#ifndef APD_TERMOUT_H
#define APD_TERMOUT_H

#include "escape.h"
#include "report.h"

typedef enum ink { PLAIN, BOLD, RED, YELLOW, BLUE, DIM, GREEN } ink;

typedef struct out {
    FILE *f;
    const apd_report *r;
    const apd_style *style;
    apd_arena *a; /* rewound after each line */
} out;

enum { MIN_WIDTH = 40 };

static inline const char *paint(const out *o, ink i)
{
    static const char *const codes[] = {"\x1b[0m",  "\x1b[1m", "\x1b[1;31m", "\x1b[1;33m",
                                        "\x1b[34m", "\x1b[2m", "\x1b[32m"};
    return o->style->colour ? codes[i] : "";
}

/* As it may be seen: cleaned, and masked where that is asked for. */
static inline apd_str shown_text(out *o, apd_str s, size_t max)
{
    return apd_escape_term(o->a, apd_mask_text(o->r ? o->r->mask : NULL, o->a, s), max);
}

static inline void put(out *o, ink i, apd_str s, size_t max)
{
    apd_str shown = shown_text(o, s, max);
    fprintf(o->f, "%s", i == PLAIN ? "" : paint(o, i));
    fwrite(shown.ptr, 1, shown.len, o->f);
    fprintf(o->f, "%s", i == PLAIN ? "" : paint(o, PLAIN));
}

/* Longest prefix of s that takes at most `columns`, broken at a blank where there is one. */
static inline size_t line_break(apd_str s, size_t columns)
{
    size_t seen = 0, blank = 0, i = 0;
    for (; i < s.len; i++) {
        bool start = ((uint8_t)s.ptr[i] & 0xc0) != 0x80;
        if (start && seen++ == columns)
            break;
        if (s.ptr[i] == ' ')
            blank = i;
    }
    if (i == s.len)
        return i;
    for (i = blank ? blank : i; i > 0 && s.ptr[i - 1] == ' ';)
        i--;
    return i;
}

/* A paragraph under a lead of `indent` columns, wrapped to the width; at most max columns of text, 0 = all. */
static inline void clipped_paragraph(out *o, ink i, apd_str text, unsigned indent, size_t max)
{
    unsigned width = o->style->width;
    size_t room = width == 0 ? SIZE_MAX : width > indent + 20 ? width - indent : 20;
    apd_str s = shown_text(o, text, max);
    for (bool first = true; first || s.len; first = false) {
        size_t n = line_break(s, room);
        if (!first)
            fprintf(o->f, "%*s", (int)indent, "");
        fprintf(o->f, "%s%.*s%s\n", i == PLAIN ? "" : paint(o, i), (int)n, s.ptr,
                i == PLAIN ? "" : paint(o, PLAIN));
        s = apd_trim(apd_sub(s, n, s.len));
    }
}

static inline void paragraph(out *o, ink i, apd_str text, unsigned indent)
{
    clipped_paragraph(o, i, text, indent, 0);
}

static inline void lead(out *o, ink i, const char *text)
{
    fprintf(o->f, "%s%s%s", paint(o, i), text, paint(o, PLAIN));
}

static inline void labelled(out *o, ink i, const char *label, apd_str text)
{
    lead(o, i, label);
    paragraph(o, PLAIN, text, (unsigned)strlen(label));
}

#endif
