/* What a bundle may hold (rules/sources.tsv), and what became of each source in one bundle: there, empty,
 * not read, failed to be collected, not asked for, or nobody says. */
#ifndef APD_SOURCES_H
#define APD_SOURCES_H

#include "codes.h"
#include "collected.h"
#include "coverage.h"
#include "file.h"

/* One row of the table; the head of rules/sources.tsv says what each column is. "" where there is "-". */
typedef struct apd_source {
    apd_str name, logs, files, channels, items, areas, intune, since, shows;
} apd_source;

typedef struct apd_sources apd_sources;

/* The texts must outlive the table, which lives in the arena. A line that is no row is an APD_E_RULE
 * with file and line in the error; of two rows for one name the later replaces the earlier. */
apd_status apd_sources_load(apd_arena *a, const apd_str *files, const apd_str *texts, size_t n,
                            apd_sources **out, apd_error *err) APD_MUST_USE;
size_t apd_sources_count(const apd_sources *s);
const apd_source *apd_sources_at(const apd_sources *s, size_t i);
/* The source that a short name of names.yml is read from, or NULL. */
const apd_source *apd_source_of_alias(const apd_sources *s, apd_str alias);
/* The source of a log as coverage names it: a channel, or the base name of a text log. NULL if unknown. */
const apd_source *apd_source_of_log(const apd_sources *s, apd_str log);
/* The source of a file, by the log of its records ("" = none) or by its name. NULL if unknown. */
const apd_source *apd_source_of_file(const apd_sources *s, apd_str path, apd_str log);

typedef enum apd_source_state {
    APD_SRC_PRESENT,
    APD_SRC_EMPTY,     /* its files are there, without a record */
    APD_SRC_UNREAD,    /* its files are there, but none could be read or understood */
    APD_SRC_FAILED,    /* the collector says it did not get it */
    APD_SRC_NOT_ASKED, /* no collector was asked for it */
    APD_SRC_UNKNOWN    /* not there, and nothing says why */
} apd_source_state;

const char *apd_source_state_name(apd_source_state s); /* "present", "not asked for", … */

typedef struct apd_source_seen {
    const apd_source *source;
    apd_source_state state;
    uint64_t records;
    uint64_t lost;         /* records that could not be read */
    uint64_t missing;      /* record ids missing inside */
    uint64_t first_id;     /* lowest record id of an event log; above 1 older records are gone */
    apd_time first, last;  /* of its records, APD_TIME_NONE where none has a time */
    apd_clock clock;       /* the least trustworthy of them */
    const uint32_t *files; /* by time of their first record; without one, last */
    size_t nfiles;
    const apd_str *remarks; /* short, for people: gaps, reasons, what would have brought it */
    size_t nremarks;
} apd_source_seen;

/* What is judged: one bundle as the run met it. */
typedef struct apd_sources_bundle {
    const apd_file *files; /* by member index */
    size_t nfiles;
    const apd_coverage *coverage;
    const apd_collected *collected;
    const apd_intern *names;
    const apd_codes *codes; /* may be NULL */
} apd_sources_bundle;

/* One verdict per source, in the order of the table, in the arena; NULL when out of memory. */
const apd_source_seen *apd_sources_judge(const apd_sources *s, const apd_sources_bundle *b,
                                         apd_arena *a);

#endif
