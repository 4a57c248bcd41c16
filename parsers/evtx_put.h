/* Values as text: escaped, straight into the output, without a check a byte.
 *
 * Every function writes at p and returns the new end. The caller has seen to it that there is room
 * for the worst case: EVTX_WORST_GROWTH times the value's bytes, and EVTX_SLACK. */
#ifndef APD_EVTX_PUT_H
#define APD_EVTX_PUT_H

#include "digits.h"
#include "evtx_value.h"
#include "plain.h"

#define EVTX_WORST_GROWTH 6u /* &quot; for a byte, \u001f for a byte; half of that for UTF-16 */
#define EVTX_SLACK 128u      /* any number, time or double; what vector stores write too much */

/* What writing a value needs beside the value. */
typedef struct evtx_pen {
    const uint8_t *limit; /* values may be read up to here: the end of the chunk */
    apd_arena *arena;     /* for the little that has to be converted first */
    apd_second *second;
} evtx_pen;

/* UTF-16LE; may be read up to `limit`, which is at or behind its end. Control characters come out
 * as references or \u…, what XML cannot hold and lone surrogates as U+FFFD. */
char *evtx_put_utf16(char *p, apd_bytes utf16, const uint8_t *limit, apd_style style);
char *evtx_put_utf8(char *p, apd_str s, apd_style style);
/* A value that is neither array nor document; NULL when out of memory. XML: as the text of an element.
 * JSON: as a value, in quotes where it needs them. Inside: as a part of other text. What most values
 * are is written by evtx_write.h without a call. */
char *evtx_put_xml(char *p, evtx_value v, const evtx_pen *pen);
char *evtx_put_attribute(char *p, evtx_value v, const evtx_pen *pen);
char *evtx_put_json(char *p, evtx_value v, const evtx_pen *pen);
char *evtx_put_inside(char *p, evtx_value v, apd_style style, const evtx_pen *pen);
/* The long way, for everything. */
char *evtx_put_any(char *p, evtx_value v, apd_style style, bool quotes, const evtx_pen *pen);
/* {"time":…,"record":… want these two without a value. */
char *evtx_put_ticks(char *p, apd_time t, apd_second *second);
char *evtx_put_number(char *p, uint64_t v); /* as JSON: in quotes when readers would round it */
/* The name with '_' for what may not be in one. */
char *evtx_put_xml_name(char *p, apd_str name);

#endif
