/* A sentence for a record: what an event log entry says, in our own words with its fields in place.
 * From the .tsv files of rules/events: provider, EventID, field names in order (comma-separated),
 * sentence, with a tab between them; '#' starts a comment line. {Field} is replaced by the value. */
#ifndef APD_SENTENCES_H
#define APD_SENTENCES_H

#include "event.h"

typedef struct apd_sentences apd_sentences;

/* The texts must outlive the table, which lives in the arena. A line that is no row is an
 * APD_E_RULE with file and line in the error; of two rows for one record the first counts. */
apd_status apd_sentences_load(apd_arena *a, apd_intern *names, const apd_str *files,
                              const apd_str *texts, size_t n, apd_sentences **out,
                              apd_error *err) APD_MUST_USE;

/* The sentence of the event, or "" if there is none (table may be NULL). Names of fields are taken
 * from the record; where it has only positions (param1, ...), from the table. */
apd_str apd_sentence(const apd_sentences *s, const apd_intern *names, apd_arena *a,
                     const apd_event *ev);

#endif
