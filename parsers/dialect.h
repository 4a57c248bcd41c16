/* Line formats as data: a descriptor says how a line begins that begins a record, and is compiled to
 * a short list of steps that one matcher runs. Private to this room.
 *
 *     %Y %m %d %H %M %S   digits: four for the year, one or two for the others
 *     %f                  optional fraction with the '.', ',' or ':' in front of it
 *     %z                  optional zone: Z, +01:00, -0700; without it the time is local
 *     %L                  a level word; %!L one that is known as such
 *     %22L                the same, then a code in brackets and blanks up to 22 columns
 *     %7P                 the component of a column of 7, which may be blank: the provider
 *     %P                  the provider, up to the character that follows here
 *     %{Name}             a field, up to the character that follows here; blanks around it go
 *     %{Name:P}           also the provider; %{Name:L} also the level; %{Name:X} hexadecimal
 *     space               one blank or more
 *
 * Everything else stands for itself. What follows the last step is the message. */
#ifndef APD_DIALECT_H
#define APD_DIALECT_H

#include "clock.h"

enum { APD_DIALECT_FIELDS = 12, APD_DIALECT_STEPS = 64, APD_DIALECT_FORMATS = 4 };

typedef struct apd_dialect {
    const char *provider; /* of its records; NULL: the line's component */
    const char *about;    /* for people */
    const char *files;    /* names of such logs as globs, '|' between; NULL: any */
    const char
        *marks; /* texts, '|' between: one is in the head unless the name tells; NULL: none */
    int bid;
    const char *format[APD_DIALECT_FORMATS];
} apd_dialect;

/* The table; the last row is the one that takes any line with a date and time. */
extern const apd_dialect apd_dialects[];
extern const size_t apd_ndialects;

typedef struct apd_step {
    uint8_t op;
    uint8_t width; /* columns; for fields: index */
    uint8_t role;
    char until; /* literal, or what ends a field */
} apd_step;

typedef struct apd_format {
    apd_step step[APD_DIALECT_STEPS];
    apd_str name[APD_DIALECT_FIELDS];
    uint8_t role[APD_DIALECT_FIELDS];
    size_t nsteps, nfields;
} apd_format;

typedef struct apd_span {
    uint32_t at, len;
} apd_span;

/* What the matcher found, as offsets into the line. */
typedef struct apd_line_head {
    const apd_format *format;
    apd_time time;
    apd_clock clock;
    uint8_t level;
    apd_span provider; /* empty: none */
    uint32_t message;
    apd_span field[APD_DIALECT_FIELDS];
} apd_line_head;

/* False for a descriptor that cannot be compiled: a mistake in the table. */
bool apd_format_compile(const char *text, apd_format *out);
bool apd_format_match(const apd_format *f, apd_str line, apd_line_head *out);
/* 1 critical … 5 verbose for the words that logs use; 0 for others. */
uint8_t apd_level_of(apd_str word);

#endif
