/* What an inline test of a rule file holds, checked and typed by loading, run by test.c. Plain data
 * in the set's arena; private to lib/rule.
 *
 * Every name is resolved: logs are known aliases, `by` names exist in the rule's scope, ids in
 * `rather`, `diagnosis` and `considered` exist. */
#ifndef APD_RULE_TEST_H
#define APD_RULE_TEST_H

#include "ruleset.h"

typedef struct apd_test_field {
    apd_sym name; /* as written; dotted names are kept whole */
    apd_str text;
    bool is_null; /* the field is there without a value */
    apd_mark_at at;
} apd_test_field;

typedef struct apd_test_event {
    apd_time at;      /* ticks since the start of the test, >= 0, in any order */
    uint16_t alias;   /* index into apd_rules.aliases */
    apd_sym provider; /* Provider_Name, else the alias' first provider, else 0 */
    apd_sym
        log; /* Channel, else the alias' first channel, else its first file, else its provider */
    uint32_t id;     /* EventID, 0 = not given */
    uint64_t record; /* EventRecordID, 0 = not given: the runner counts */
    uint8_t level;   /* Level, else 4 */
    apd_clock clock; /* UTC, or LOCAL with `clock: local` */
    apd_str message; /* "" = none */
    const apd_test_field *fields;
    size_t nfields;
    apd_mark_at mark;
} apd_test_event;

typedef struct apd_test_raw {
    uint16_t alias;
    apd_sym log; /* the alias' first file name */
    apd_str text;
    apd_mark_at at;
} apd_test_raw;

typedef struct apd_test_fact {
    apd_sym name; /* as written: "autopilot.profile" */
    bool is_null; /* read and found empty: the log is present, no record of it */
    const apd_test_field *fields;
    size_t nfields;
    apd_mark_at at;
} apd_test_fact;

/* The log was there and covers this span, records or not. */
typedef struct apd_test_cover {
    uint16_t alias;
    apd_sym provider, log; /* as for an event of the alias */
    apd_time from, to;
    apd_mark_at at;
} apd_test_cover;

typedef struct apd_test_expect {
    bool has_found;    /* false only if `diagnosis` is given */
    apd_truth found;   /* APD_TRUE if `diagnosis` is given */
    int strength;      /* apd_strength, or -1 = not asked */
    int contradicted;  /* 0, 1, or -1 = not asked */
    apd_str say;       /* part of a sentence, or "" */
    const apd_str *by; /* each must be among those that made `when` true */
    size_t nby;
    apd_str rather;            /* id of a differential whose `if` must hold, or "" */
    apd_str diagnosis;         /* id of the family's winning cause, or "" */
    const apd_str *considered; /* ids that must be listed as considered */
    size_t nconsidered;
    apd_mark_at at; /* of `expect` */
} apd_test_expect;

struct apd_rule_test {
    apd_str name;
    const apd_test_event *events;
    size_t nevents;
    const apd_test_raw *raw;
    size_t nraw;
    const apd_test_fact *facts;
    size_t nfacts;
    const apd_test_cover *covers;
    size_t ncovers;
    apd_test_expect expect;
    apd_mark_at at; /* of the test: what a failure points at */
};

/* A note that a tracker file's test expects: of the verb, with at least these values. */
typedef struct apd_test_note {
    apd_verb verb;
    apd_str value[APD_NOTE_VALUES]; /* ptr NULL: not asked */
    apd_mark_at at;
} apd_test_note;

struct apd_track_test {
    apd_rule_test test; /* its records; `expect` is not used */
    apd_str tracker;    /* only its notes count */
    const apd_test_note *notes;
    size_t nnotes; /* exactly so many, in any order */
};

#endif
