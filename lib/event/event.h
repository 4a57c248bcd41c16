/* One record of a log, or one fact of a state file, as rules and reports see it.
 *
 * An event lives until the next next() on the reader that made it: its views point into the
 * stream's block or the reader's batch arena. Who keeps one calls apd_event_keep().
 *
 * Values stay as the file holds them (UTF-16LE, integers, GUID bytes) until somebody asks for
 * text. The payload may even be unlocated: `payload` is then set, and apd_event_fields() has the
 * reader find the fields on first use. Most records are dismissed by id and never get that far.
 *
 * A fact (kind APD_FACT) is state without a moment: a registry value, the downloaded profile. Its
 * `log` is the fact's name ("autopilot.profile"), its clock APD_CLOCK_NONE. */
#ifndef APD_EVENT_H
#define APD_EVENT_H

#include "clock.h"
#include "intern.h"
#include "status.h"

typedef enum apd_type {
    APD_T_NONE, /* named but empty */
    APD_T_I64,
    APD_T_U64,
    APD_T_BOOL,
    APD_T_DOUBLE,
    APD_T_TIME,
    APD_T_HEX,     /* as.u, shown as 0x… */
    APD_T_UTF8,    /* as.raw; may hold invalid bytes: escape before showing */
    APD_T_UTF16LE, /* as.raw */
    APD_T_GUID,    /* as.raw, 16 bytes, first three groups little-endian */
    APD_T_SID,     /* as.raw, Windows' binary form */
    APD_T_BLOB
} apd_type;

typedef struct apd_field {
    apd_sym name;
    apd_type type;
    union {
        int64_t i;
        uint64_t u;
        bool b;
        double d;
        apd_time t;
        apd_bytes raw;
    } as;
} apd_field;

typedef enum apd_kind { APD_EVENT, APD_FACT } apd_kind;

typedef struct apd_event apd_event;

typedef enum apd_form { APD_FORM_XML, APD_FORM_JSON } apd_form;

/* What a reader hangs on an event for what is only done when asked. expand() locates the fields:
 * it sets fields and nfields; on damage it sets what it found and says so in the status.
 * render() appends the whole record as its format writes it, without a line end; NULL where a format has no form of its
 * own. sentence() gives the words that the format itself has for the record, "" where it has none; NULL likewise.
 * All work until the reader's next next(). */
typedef struct apd_payload {
    apd_status (*expand)(const struct apd_payload *self, apd_event *ev);
    apd_status (*render)(const struct apd_payload *self, const apd_event *ev, apd_form form,
                         apd_buf *out);
    apd_str (*sentence)(const struct apd_payload *self, const apd_event *ev, apd_arena *a);
} apd_payload;

struct apd_event {
    apd_time time; /* APD_TIME_NONE with APD_CLOCK_NONE */
    apd_clock clock;
    int16_t offset; /* OFFSET, ESTIMATED: minutes east of UTC of who wrote it */
    apd_kind kind;
    uint8_t level;    /* 0 always, 1 critical, 2 error, 3 warning, 4 information, 5 verbose */
    uint32_t id;      /* EventID; 0 in text logs */
    apd_sym log;      /* channel; for text logs the file's base name without rotation suffix */
    apd_sym provider; /* for CMTrace the component */
    apd_str message;  /* text of the record, UTF-8 as found; empty for EVTX */
    const apd_field *fields;
    uint32_t nfields;
    const apd_payload *payload; /* not NULL: fields come from apd_event_fields() */
    bool located;               /* they have been fetched */
    bool
        trace; /* of a recording that overwrites and loses records unseen: its silence proves nothing */
    bool steady; /* trace: its clock does not follow when Windows sets the time */
    apd_where where;
};

/* The fields, located now if they were not. */
const apd_field *apd_event_fields(apd_event *ev, uint32_t *n);
/* The record in its format's own form (an EVTX record as Windows' XML). APD_E_UNSUPPORTED where the
 * format has none, or the event was kept and is no longer with its reader. */
apd_status apd_event_render(const apd_event *ev, apd_form form, apd_buf *out);
/* The record's own words: its message, or what its payload says in a sentence; "" where it has none. A kept
 * event has the sentence as its message. */
apd_str apd_event_words(const apd_event *ev, apd_arena *a);
/* First field whose name folds to `folded` (from apd_sym_fold), or NULL. */
const apd_field *apd_event_field(apd_event *ev, const apd_intern *names, apd_sym folded);

/* Deep copy into the arena, payload located; texts longer than APD_MAX_KEPT_TEXT are cut, fields beyond APD_MAX_FIELDS left out.
 * NULL when out of memory. */
apd_event *apd_event_keep(apd_arena *a, apd_event *ev);

/* The value as text, in the way Windows shows it: decimal, 0x…, {guid}, S-1-…, ISO time, hex. UTF-8
 * values come back as a view; others are written to the arena. */
apd_str apd_field_text(const apd_field *f, apd_arena *a);
/* The value as a number (also from text that is wholly a number). */
bool apd_field_number(const apd_field *f, uint64_t *out, bool *negative);

/* Is the value this error code, in any spelling (0x800705B4, 2147943860, -2147023436), as a number
 * or as a word inside a text? */
bool apd_field_is_hresult(const apd_field *f, uint32_t code);
bool apd_text_has_hresult(apd_str text, uint32_t code);
bool apd_utf16_has_hresult(apd_bytes text, uint32_t code);

#endif
