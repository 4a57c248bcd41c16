/* Records made of lines: one line that begins a record, and the lines behind it up to the next one
 * that does. Shared by the readers of line logs; private to this room.
 *
 * Whether a line begins a record is the format's business: it is asked once for each line, in order,
 * with the line's text up to its end or its first APD_MAX_LINE_HEAD bytes, the same however the file
 * arrives. Lines in front of the first record are handed out one by one. Of a record longer than
 * APD_MAX_ENTRY the front is handed out, then APD_SKIPPED says how much was passed over. */
#ifndef APD_LINES_H
#define APD_LINES_H

#include "clock.h"
#include "textin.h"

typedef bool (*apd_line_begins)(void *ctx, apd_str line);

typedef struct apd_lines {
    apd_textin text;
    apd_line_begins begins;
    void *ctx;
    uint32_t member;
    uint64_t record;    /* handed out so far */
    bool judged;        /* the line at the front begins a record */
    bool cut;           /* the front is inside a record of which the first part was handed out */
    apd_where cut_from; /* where that one is */
} apd_lines;

/* One record. The view lives until the next apd_lines_next(). */
typedef struct apd_entry {
    apd_str text; /* without a byte order mark before it and the white space behind it */
    bool begins;  /* false: a line in front of the first record */
    apd_where where;
} apd_entry;

apd_status apd_lines_open(apd_lines *l, apd_stream *file, uint32_t member, apd_line_begins begins,
                          void *ctx, apd_error *err) APD_MUST_USE;
void apd_lines_close(apd_lines *l);
/* The last call of begins() before it returns was for the line behind the record, if there is one. */
apd_status apd_lines_next(apd_lines *l, apd_entry *out, apd_error *err);

/* --- small readers of a line --- */

/* Takes the text, blanks, least to most digits off the front of s. */
bool apd_take(apd_str *s, apd_str text);
bool apd_take_digits(apd_str *s, size_t least, size_t most, int *out);
/* ".123", ",123" or ":123" in 100 ns, 0 where none is; digits behind the seventh are dropped. */
int64_t apd_take_fraction(apd_str *s);

#endif
