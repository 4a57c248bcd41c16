/* Records as lines of JSON, XML, CSV or text: what `apdiag events` prints. docs/events.md is the
 * contract of each form.
 *
 * A record is appended to a buffer that the caller empties when it likes; nothing else is kept.
 * Secrets are taken out of many records at once, by apd_events_redact() before they leave. */
#ifndef APD_EVENTS_H
#define APD_EVENTS_H

#include "digits.h"
#include "enums.h"
#include "sentences.h"

typedef enum apd_events_form {
    APD_EVENTS_TEXT,
    APD_EVENTS_JSONL,
    APD_EVENTS_JSON,
    APD_EVENTS_XML,
    APD_EVENTS_CSV
} apd_events_form;

/* What was written before and will come again; one writer's. */
typedef struct apd_events_memo {
    apd_second second; /* of the last time */
    apd_arena *arena;  /* for names; NULL: none are remembered */
    apd_str *names;    /* by symbol, as apd_json_name() has them */
    size_t nnames;
} apd_events_memo;

typedef struct apd_events_writer {
    apd_events_form form;
    const apd_intern *names;
    const apd_sentences *sentences; /* NULL: none */
    const apd_enums *enums;         /* NULL: none */
    const apd_codes *codes;         /* NULL: none */
    bool carved;                    /* records were carved: their field `Carved` says from where */
    apd_events_memo *memo;          /* NULL: nothing is remembered */
    apd_arena *scratch;             /* rewound before apd_events_put() returns */
} apd_events_writer;

typedef struct apd_events_row {
    apd_event *ev;
    apd_str file;   /* where it was read */
    apd_str member; /* the same for JSON, as apd_events_member() says it */
    apd_str log;    /* the short name of its log, or its channel */
} apd_events_row;

/* What stands in front of the first record, between two records, and behind the last one. */
apd_str apd_events_head(apd_events_form form);
apd_str apd_events_between(apd_events_form form);
apd_str apd_events_tail(apd_events_form form, bool any_record);

/* Appends `,"file":"…"`, what all JSON records of a file have in common; nothing for "". */
void apd_events_member(apd_str file, apd_buf *out);
/* Appends the record alone, secrets and all. APD_E_NOMEM: out is as it was before. */
apd_status apd_events_put(const apd_events_writer *w, const apd_events_row *row,
                          apd_buf *out) APD_MUST_USE;
/* Takes the secrets out of whole records of any form: no form changes the characters of a token. */
void apd_events_redact(apd_buf *records, size_t from);

#endif
