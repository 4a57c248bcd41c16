/* The tokens of BinXML, the binary XML of event logs.
 *
 * Offsets count from the start of the 64 KiB chunk that everything here lies in; names may be
 * anywhere in the chunk, the rest is bounded by the cursor's own end. Texts come back as views
 * of UTF-16LE. */
#ifndef APD_EVTX_BINXML_H
#define APD_EVTX_BINXML_H

#include "bytes.h"

typedef enum evtx_kind {
    EVTX_EOF = 0x00,
    EVTX_ELEMENT = 0x01,
    EVTX_CLOSE_START = 0x02,
    EVTX_CLOSE_EMPTY = 0x03,
    EVTX_END = 0x04,
    EVTX_TEXT = 0x05,
    EVTX_ATTRIBUTE = 0x06,
    EVTX_CDATA = 0x07,
    EVTX_CHAR = 0x08,
    EVTX_ENTITY = 0x09,
    EVTX_PI = 0x0a,
    EVTX_PI_DATA = 0x0b,
    EVTX_INSTANCE = 0x0c,
    EVTX_SUB = 0x0d,
    EVTX_SUB_OPTIONAL = 0x0e,
    EVTX_FRAGMENT = 0x0f
} evtx_kind;

#define EVTX_NO_SLOT 0xffffu

typedef struct evtx_token {
    evtx_kind kind;
    uint16_t slot; /* SUB: index of the value; ELEMENT: value it depends on, or EVTX_NO_SLOT */
    uint16_t code; /* CHAR: the UTF-16 unit */
    uint8_t type;  /* SUB: evtx_type that the template declares */
    uint32_t end;  /* ELEMENT: where it ends by its own account; 0 = nowhere in reach */
    uint32_t name_at, name_end; /* with a name: its offset and, if stored right here, the name */
    apd_bytes text; /* ELEMENT, ATTRIBUTE, ENTITY, PI: name; TEXT, CDATA, PI_DATA: characters */
} evtx_token;

typedef struct evtx_cursor {
    const uint8_t *base; /* the chunk */
    uint32_t size;       /* bytes of it that are there */
    uint32_t at, end;    /* at <= end <= size */
    bool depends;        /* elements carry a dependency id (inside template definitions) */
    const char *damage;  /* not NULL: what was wrong with a token that could be read all the same */
} evtx_cursor;

#define EVTX_NAME_HEAD 8u /* of a stored name: next entry, hash, count */

/* The name stored at an offset; false if no name can be there. */
bool evtx_name_at(const uint8_t *chunk, uint32_t size, uint32_t offset, apd_bytes *name);
/* Is it this one? */
bool evtx_name_is(const uint8_t *chunk, uint32_t size, uint32_t offset, apd_bytes name);

/* Reads one token. Returns NULL, or what is wrong with it (the cursor is then of no more use).
 * An INSTANCE is only recognised, its content is left to the caller; at the end the token is EOF. */
const char *evtx_token_next(evtx_cursor *c, evtx_token *t);

#endif
