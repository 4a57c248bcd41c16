/* Reports of "label: value" lines and what is known of each kind: tables that keyvalue.c runs. Private
 * to this room; a new kind of report is a new entry of apd_kv_kinds.
 *
 * Labels are compared bare: ASCII letters and digits only, case ignored. So one spelling in a table
 * meets a label whatever code page the command wrote in, whatever dots lead to the colon. */
#ifndef APD_KEYVALUE_H
#define APD_KEYVALUE_H

#include "event.h"

/* What a row looks at. */
typedef enum kv_where {
    KV_LABEL,    /* label: the text of `pattern`, alternatives divided by '|' */
    KV_WITHIN,   /* a literal anywhere in the line; the value is what follows it */
    KV_CONTAINS, /* the same literal; the value is the line */
    KV_LINE,     /* a glob over the trimmed line; the value is the line */
    KV_NTH, /* the labelled line that is the pattern-th with a value: where labels are localised */
    KV_SHAPE,   /* a glob over the value of a label that no row knows */
    KV_HEADING, /* a glob over a heading in a box: fields behind it get it as a dotted prefix */
    KV_CARRY,   /* as LINE, but the value belongs to every fact that follows */
    KV_END      /* nothing in the text: at the end of a fact, did the field `pattern` come? */
} kv_where;

/* What becomes of the value. Text that does not have the form stays text. */
typedef enum kv_type {
    KV_TEXT,
    KV_AUTO,    /* 0x… a hex number, digits a number, true/false/yes/no a truth value */
    KV_BOOL,    /* yes and no in seven languages */
    KV_HEX,     /* 0x… */
    KV_NUMBER,  /* the digits at its front */
    KV_VERSION, /* the digits and dots at its front */
    KV_WORD,    /* letters, digits and . _ - at its front */
    KV_QUOTED,  /* up to a quote */
    KV_ADDRESS, /* up to a remark in parentheses */
    KV_DIGITS,  /* without its blanks */
    KV_CODE,    /* the first 0x… with eight digits; nothing if there is none */
    KV_LABELS,  /* the label instead, joined to earlier ones */
    KV_COUNT,   /* how often */
    KV_TRUE,
    KV_FALSE
} kv_type;

typedef struct kv_row {
    kv_where where;
    const char *pattern;
    const char
        *field; /* ".x": x without the section. NULL: the row opens a section or passes over */
    kv_type type;
    const char
        *section; /* fields behind this line, its own too, get it as a prefix; "*": the value */
} kv_row;

typedef enum kv_layout {
    KV_ONE,      /* one fact a file */
    KV_INDENTED, /* one for each line that is not indented and ends in a colon */
    KV_RULED     /* one for each "==== heading ====" */
} kv_layout;

enum {
    KV_OTHERS = 1,    /* labels without a row are fields too, of the type `other` */
    KV_CONTINUED = 2, /* deeper lines without a label add to the value before them */
    KV_TABS = 4,      /* a tab divides label and value */
    KV_FIRST_PART = 8 /* only up to the second "[heading]" */
};

typedef struct kv_kind {
    const char *fact;
    const char *front; /* KV_INDENTED: the fact of what stands before the first heading */
    const char *title; /* the field that takes the heading */
    const char *skip;  /* a glob: headings whose fact is of no use */
    const char *log;   /* the name that the lines' log gets, NULL: that of the file */
    const char
        *file; /* a glob over the log name of the file, for where the content does not tell */
    const char *marks[4]; /* globs over lines of the head; any of them tells the kind */
    kv_layout layout;
    unsigned flags;
    kv_type other;
    const kv_row *rows;
    size_t nrows;
} kv_kind;

extern const kv_kind apd_kv_kinds[];
extern const size_t apd_kv_nkinds;

/* The value of a row as a field's type and content; texts are views into `value` or `label`. */
void apd_kv_value(kv_type type, apd_str label, apd_str value, apd_field *out);

/* --- keyvalue_line.c --- */

/* Does the letter count when texts are compared bare? */
static inline bool apd_kv_bare(char c)
{
    return apd_is_digit(c) || (apd_lower(c) >= 'a' && apd_lower(c) <= 'z');
}

bool apd_kv_same(apd_str a, apd_str b);
uint64_t apd_kv_hash(apd_str s); /* equal for texts that are the same bare */

typedef struct kv_pair {
    apd_str label, value; /* label.len 0: the line has none */
} kv_pair;

kv_pair apd_kv_split(const kv_kind *k, apd_str line);
/* Writes at most APD_MAX_LABEL bytes. */
apd_str apd_kv_squeeze(apd_str label, char *out);
bool apd_kv_boxed(apd_str line, apd_str *heading);
bool apd_kv_heading(const kv_kind *k, apd_str line, apd_str *title);

#endif
