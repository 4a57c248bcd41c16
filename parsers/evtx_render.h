/* A record as text: XML as Windows writes it, or JSON.
 *
 * Writing is prepared once per template. A program becomes `evtx_code`: a flat list of steps, each of
 * them text that is copied as it is (already UTF-8, already escaped) or a value with the text around
 * it. One loop runs them, for both forms:
 *
 *              <Data Name="x">%1</Data>        "x":%1,
 *     FIELD    open <Data Name="x">            open "x":
 *              close </Data>                   close ,
 *
 * A member of a JSON object or list ends with a comma; who closes the object writes over the last. */
#ifndef APD_EVTX_RENDER_H
#define APD_EVTX_RENDER_H

#include "evtx_template.h"

/* What a program is written as, and, in JSON, inside of what. */
typedef enum evtx_code_kind {
    EVTX_CODE_XML,
    EVTX_CODE_RECORD, /* members of the record's object, System included */
    EVTX_CODE_EVENT,  /* what stands in Event */
    EVTX_CODE_DATA,   /* in EventData */
    EVTX_CODE_TREE    /* in any other element */
} evtx_code_kind;

typedef enum evtx_do {
    EVTX_DO_TEXT,
    EVTX_DO_TAG,       /* XML: text that begins the start tag of a field */
    EVTX_DO_SKIP,      /* to step `to` when the value is null */
    EVTX_DO_FIELD,     /* open, value, close; repeated for an array */
    EVTX_DO_ATTRIBUTE, /* the same for an attribute: left out when empty */
    EVTX_DO_VALUE,     /* a value inside of text */
    EVTX_DO_EMBED,     /* JSON: the members of a document in a value, and nothing else */
    EVTX_DO_KEY,       /* JSON: a member's name that is a value */
    EVTX_DO_PARAM,     /* JSON: the next "paramN": */
    EVTX_DO_ENTER,     /* open; then content */
    EVTX_DO_LEAVE      /* close; for XML, of an element that turned out empty, as <X/> */
} evtx_do;

enum {
    EVTX_OPTIONAL = 1, /* FIELD: nothing at all when the value is null */
    EVTX_TAGGED = 2,   /* FIELD, XML: its start tag begins in the last TAG */
    EVTX_NUMBERED = 4, /* FIELD, JSON: named "paramN", each item on its own */
    EVTX_LISTED = 8,   /* FIELD, JSON: stands in a list, the items of an array too */
    EVTX_EMBEDDED = 16 /* FIELD, JSON: a document's members stand beside it, not in it */
};

typedef struct evtx_piece {
    const char *text;     /* open, then close; may be read 32 bytes beyond its end */
    uint32_t open, close; /* lengths */
    uint32_t lead;        /* FIELD, TAG, XML: bytes of open before the element's own start tag */
    uint16_t to;          /* SKIP: step */
    uint16_t slot;
    uint8_t what, flags;
    uint8_t inner; /* FIELD, EMBED: evtx_code_kind of a document in the value */
} evtx_piece;

typedef struct evtx_code {
    const evtx_piece *steps;
    uint32_t n;
} evtx_code;

#define EVTX_TEXT_SLACK 32u

/* The code of a program, compiled on first use. NULL when out of memory or beyond measure. */
const evtx_code *evtx_code_get(evtx_decoder *d, evtx_program *p, evtx_code_kind kind);

/* Appends the record. APD_SKIPPED: something of it is missing, *lost says why; what is written is
 * whole, or nothing. */
apd_status evtx_render(evtx_decoder *d, const evtx_instance *in, const apd_event *ev, apd_form form,
                       apd_buf *out, const char **lost);

#endif
