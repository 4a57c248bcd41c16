/* Rules: loaded once into an immutable set, applied to a stream of events by a cheap scanner.
 *
 * The format is docs/rules.md. A set holds no state of a run and may serve many scanners, one after
 * the other; scanner and set must share the intern table with the readers. */
#ifndef APD_RULE_H
#define APD_RULE_H

#include "finding.h"
#include "model.h"

typedef struct apd_rules apd_rules;
typedef struct apd_scan apd_scan;

/* A rule file, names file, milestone file or code table as text. The name decides: "names.yml",
 * "milestones/….yml" and everything else ending in ".yml" (a rule). The text must stay until the set is freed. */
typedef struct apd_rule_file {
    apd_str
        name; /* "tpm/tpm-attestation-timeout.yml"; a later file of the same base name replaces an earlier */
    apd_str text;
} apd_rule_file;

typedef struct apd_rule_note {
    bool error; /* else a warning (slow pattern, …) */
    apd_str file;
    unsigned line, column; /* from 1; 0 = the file as a whole */
    apd_str text;
} apd_rule_note;

/* Loads and checks. Notes (errors and warnings, at most APD_MAX_PROBLEMS) go to *notes, in `arena`, by file and line.
 * APD_E_RULE when any is an error: *out is then NULL. The set lives in `arena`. */
apd_status apd_rules_load(apd_arena *arena, apd_intern *names, const apd_rule_file *files, size_t n,
                          const apd_rule_note **notes, size_t *nnotes,
                          apd_rules **out) APD_MUST_USE;
/* The same, passing over the tests at the end of each file: half of the time, for whoever only uses the rules. */
apd_status apd_rules_load_untested(apd_arena *arena, apd_intern *names, const apd_rule_file *files,
                                   size_t n, const apd_rule_note **notes, size_t *nnotes,
                                   apd_rules **out) APD_MUST_USE;
/* Gives back what pcre2 holds. */
void apd_rules_free(apd_rules *r);

typedef struct apd_rule_info {
    apd_str id, title, phase, family, file;
    apd_severity severity;
    apd_strength strength;
    size_t ntests;
} apd_rule_info;

/* One row per diagnosable id: a family counts as its causes. In phase order, then by id. */
size_t apd_rules_count(const apd_rules *r);
apd_rule_info apd_rules_info(const apd_rules *r, size_t i);

/* --- scanning --- */
/* keep: arena for kept hits and the diagnosis; names must be the table the set was loaded with. */
apd_scan *apd_scan_new(const apd_rules *r, apd_intern *names, apd_arena *keep);
void apd_scan_free(apd_scan *s);
/* Looks at one event; keeps it if a selection holds. Counts it for coverage. */
apd_status apd_scan_event(apd_scan *s, apd_event *ev) APD_MUST_USE;
/* A file of this log is there, even if it turns out to hold no record. */
apd_status apd_scan_present(apd_scan *s, apd_sym log, apd_kind kind, uint32_t member);
/* Records of this file could not be read: its silence there means nothing. */
void apd_scan_torn(apd_scan *s, uint32_t member);
/* Hands every note that the tracker files find in the events to come to fn(); it is called from within
 * apd_scan_event(), and what it returns other than APD_OK ends that. */
typedef apd_status (*apd_note_sink)(void *ctx, const apd_note *note);
apd_status apd_scan_watch(apd_scan *s, apd_note_sink fn, void *ctx) APD_MUST_USE;
/* Records of the logs with this short name, and how many of them some phrase of theirs was found in; after
 * settling. */
void apd_scan_told(const apd_scan *s, apd_str log, uint64_t *records, uint64_t *told);
/* Phrases by file, in the order written. */
size_t apd_scan_phrases(const apd_scan *s);
apd_phrase apd_scan_phrase(const apd_scan *s, size_t i);
/* Local times are taken as what these clocks, settled, make of them. Call before settling. */
void apd_scan_set_clocks(apd_scan *s, const apd_clocks *clocks);
/* Ends scanning: hits into order, doubles out, attempts and boots found. Call once, after the last event. */
apd_status apd_scan_settle(apd_scan *s) APD_MUST_USE;
/* Relates, ranks. Call once, after settling. The model, built, tells which failures were overcome; NULL: none. */
apd_status apd_scan_diagnose(apd_scan *s, const apd_model *model, const apd_diagnosis **out,
                             apd_error *err) APD_MUST_USE;
/* The phases of names.yml in order. */
const apd_str *apd_rules_phases(const apd_rules *r, size_t *n);
/* Times at which an OOBE attempt and a boot began, ascending; after settling. */
const apd_time *apd_scan_attempts(const apd_scan *s, size_t *n);
const apd_time *apd_scan_boots(const apd_scan *s, size_t *n);
/* The short name of the log an event belongs to ("autopilot"), or its channel. */
apd_str apd_rules_log_name(const apd_rules *r, const apd_intern *names, const apd_event *ev);

/* --- tests inside rule files --- */
/* Turns the text of a raw: test into events by the real parser and hands each to each(). */
typedef struct apd_raw_parser {
    apd_status (*run)(void *ctx, apd_str log, apd_str text,
                      apd_status (*each)(void *each_ctx, apd_event *ev), void *each_ctx,
                      apd_error *err);
    void *ctx;
} apd_raw_parser;

typedef struct apd_test_result {
    apd_str file, rule, name;
    unsigned line;
    bool ok;
    apd_str detail; /* why it failed: expected and got */
} apd_test_result;

/* Runs every inline test of the set; each() gets one result a test. False from each() stops. */
apd_status apd_rules_test(const apd_rules *r, apd_intern *names, const apd_raw_parser *raw,
                          bool (*each)(void *ctx, const apd_test_result *t), void *ctx,
                          apd_error *err);

#endif
