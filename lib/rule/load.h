/* Loading in two passes over the trees of all files: first what has a name (rules, selections,
 * relations), then what refers to names (expressions, differentials, masks, tests). Every mistake
 * is noted and loading goes on with the next key; the set stays consistent (every index valid), so
 * that later checks may run over it even then. Private to the load_*.c files, expr.c and check.c.
 *
 * Out of memory sets `failed`; work goes on with empty results and apd_rules_load() says so at
 * the end. */
#ifndef APD_LOAD_H
#define APD_LOAD_H

#include "rule_test.h"
#include "yaml.h"

typedef struct apd_load_note {
    apd_rule_note note;
    size_t seq; /* keeps the order of notes at one place */
} apd_load_note;

/* Where a rule was read from: what the second pass needs. */
typedef struct apd_rule_src {
    const apd_ynode *map;  /* the rule, or the cause */
    const apd_ynode *file; /* the whole file: the same for a rule */
} apd_rule_src;

typedef struct apd_load {
    apd_arena *arena;   /* the set and the notes */
    apd_arena *scratch; /* trees and sources; gone when loading ends */
    apd_intern *names;
    apd_rules *set;
    bool failed;
    bool untested;   /* tests are passed over, and none are asked for */
    bool have_names; /* names.yml could be read: unknown logs and phases are worth a note */
    size_t errors;
    bool *file_bad; /* per file: has an error, so that what follows from it is not noted */
    APD_VEC(apd_load_note) notes;
    /* grow during the first pass, then apd_load_publish() hangs them into the set */
    APD_VEC(apd_rule) rules;
    APD_VEC(apd_rule_src) src; /* parallel to rules */
    APD_VEC(apd_family) families;
    APD_VEC(apd_selection) selections;
    APD_VEC(apd_relation) relations;
    APD_VEC(apd_pattern) patterns;
    APD_VEC(apd_track) tracks;
    APD_VEC(apd_track_test) track_tests;
    APD_VEC(apd_gap_rule) gaps;
    APD_VEC(apd_rule_id) ids; /* also those of files that could not be read */
} apd_load;

/* In the order of their enums (info.c). */
extern const char *const apd_severity_names[3];
extern const char *const apd_strength_names[3];

/* --- notes (load_note.c) --- */

/* An apd_note_fn over an apd_load. */
void apd_load_note_at(void *load, bool error, apd_mark_at at, const char *fmt, ...)
    APD_PRINTF(4, 5);
void apd_load_error(apd_load *l, const apd_ynode *n, const char *fmt, ...) APD_PRINTF(3, 4);
void apd_load_vnote(apd_load *l, bool error, apd_mark_at at, const char *fmt, va_list ap);
/* Sorts by file, line, column and copies to the arena. */
void apd_load_sort_notes(apd_load *l, const apd_rule_note **notes, size_t *n);
/* Zeroed memory of the set, or of the scratch arena; NULL sets `failed`. */
void *apd_load_new(apd_load *l, size_t count, size_t size);
void *apd_load_scratch(apd_load *l, size_t count, size_t size);
/* APD_PUSH that remembers failure. */
#define APD_LOAD_PUSH(l, arena, vec, value) ((l)->failed |= !APD_PUSH((arena), (vec), (value)))

/* At most 60 bytes of a text, cut between characters, for "%.*s" with APD_FMT. */
apd_str apd_clip(apd_str s);

/* "Did you mean": the nearest of the candidates it was shown. */
typedef struct apd_near {
    apd_str given, best;
    size_t distance;
} apd_near;

apd_near apd_near_to(const apd_load *l, apd_str given);
void apd_near_try(apd_near *n, apd_str candidate);
/* "; did you mean 'x'?" or "", in scratch memory. */
const char *apd_near_hint(apd_load *l, const apd_near *n);

/* --- typed reading of nodes (load_field.c); false or empty after a note --- */

typedef struct apd_key_spec {
    const char *name;
    bool needed;
} apd_key_spec;

/* Notes that n is no map, unknown keys and missing ones. `what` as in "a rule". */
bool apd_load_map(apd_load *l, const apd_ynode *n, const char *what, const apd_key_spec *keys,
                  size_t nkeys);
/* Notes that the file has no tests, unless they were left out on purpose. */
void apd_load_needs_tests(apd_load *l, const apd_ynode *file, const char *what);
/* apd_yaml_items() with a note about an empty list. */
const apd_ynode *apd_load_items(apd_load *l, const apd_ynode *n, const char *key, size_t *count);

/* These take the map and the key; a key that is not there leaves *out as it is and is true. */
bool apd_load_text(apd_load *l, const apd_ynode *map, const char *key, apd_str *out);
bool apd_load_texts(apd_load *l, const apd_ynode *map, const char *key, const apd_str **out,
                    size_t *n);
bool apd_load_enum(apd_load *l, const apd_ynode *map, const char *key, const char *const *names,
                   size_t n, int *out);
bool apd_load_number(apd_load *l, const apd_ynode *map, const char *key, uint32_t least,
                     uint32_t most, uint32_t *out);
bool apd_load_span(apd_load *l, const apd_ynode *map, const char *key, int64_t *out);
/* One scalar that must be a text with something in it. */
bool apd_load_scalar(apd_load *l, const apd_ynode *n, const char *key, apd_str *out);
/* A name as written, interned; 0 after a note. */
apd_sym apd_load_sym(apd_load *l, const apd_ynode *n, apd_str name);
/* The alias a scalar names, or SIZE_MAX after a note. */
size_t apd_load_alias(apd_load *l, const apd_ynode *n);
/* Notes a name that is almost one of the facts of names.yml: readers may know further ones. */
void apd_load_check_fact(apd_load *l, const apd_ynode *n, apd_str name);
/* Notes a phase that names.yml does not list. */
void apd_load_check_phase(apd_load *l, const apd_ynode *n, apd_str name);
/* A list of aliases. */
bool apd_load_aliases(apd_load *l, const apd_ynode *n, const char *key, const uint16_t **out,
                      size_t *count);
/* Lower-case words with '-' between. */
bool apd_load_is_id(apd_str s);
/* Letters, digits and '_', not beginning with a digit, no word of the expressions. */
bool apd_load_is_name(apd_str s);

/* --- the parts of files --- */

void apd_load_names(apd_load *l, const apd_ynode *file);                 /* load_names.c */
void apd_load_milestones(apd_load *l, const apd_ynode *file);            /* load_names.c */
void apd_load_gaps(apd_load *l, const apd_ynode *map);                   /* load_gaps.c */
void apd_load_tracker(apd_load *l, const apd_ynode *file, apd_str base); /* load_track.c */

/* The selections of a map, appended; rule = UINT32_MAX for milestones. (load_events.c) */
void apd_load_events(apd_load *l, const apd_ynode *map, uint32_t rule);
/* One selection of a tracker, which is a condition map with further keys: `skip` tells those. */
void apd_load_tracked(apd_load *l, const apd_ynode *map, bool (*skip)(apd_str key), uint32_t track);
/* The name of a field as a condition names it (message, Field, Field.path), for reading its value. */
bool apd_load_target(apd_load *l, const apd_ynode *at, apd_str name, apd_cond *out);
/* One condition `Field|modifiers: values`. (load_cond.c) */
bool apd_load_cond(apd_load *l, const apd_ynode *value, bool fact, apd_cond *out);
/* The relations of a map, appended; the rule's selections are loaded. (load_timeline.c) */
void apd_load_timeline(apd_load *l, const apd_ynode *map, uint32_t rule);
/* The relation's `differ`. (load_differ.c) */
void apd_load_differ(apd_load *l, const apd_ynode *map, const apd_rule *rule, apd_relation *rel);

void apd_load_rule_file(apd_load *l, const apd_ynode *file, apd_str base); /* first pass */
void apd_load_refs(apd_load *l,
                   uint32_t rule); /* second pass; tests of a family with its first cause */
void apd_load_tests(apd_load *l, uint32_t rule, const apd_ynode *tests); /* load_test.c */
/* Name, records, facts and coverage of one test; `expect` is left to the caller. */
void apd_load_test_inputs(apd_load *l, const apd_ynode *map, apd_rule_test *t); /* load_test.c */
void apd_load_publish(apd_load *l); /* lets the set see the tables as they are now (load.c) */

/* --- names inside a rule (expr.c) --- */

/* An expression over `own`'s selections and relations; `other` is whose `other.NAME` are, or NULL.
 * Marks what it uses. root is NULL after a note. */
apd_expr apd_load_expr(apd_load *l, const apd_rule *own, const apd_rule *other, const apd_ynode *n);
/* Index of a selection or relation in the rule's scope, UINT32_MAX if there is none. */
uint32_t apd_scope_selection(const apd_rules *r, const apd_rule *rule, apd_str name);
uint32_t apd_scope_relation(const apd_rules *r, const apd_rule *rule, apd_str name);
/* An id that rules may name, or NULL. */
const apd_rule_id *apd_rule_id_find(const apd_rules *r, apd_str id);
/* Notes a name that is neither, with the nearest one. */
void apd_scope_unknown(apd_load *l, const apd_rule *rule, apd_mark_at at, apd_str name);

/* --- checks (check.c) --- */

/* Braces and names of a template; rule == NULL: a `show` text. Marks what it uses. */
void apd_check_template(apd_load *l, const apd_rule *rule, const apd_ynode *n);
/* Can the expression be true, and can it be false? `with`, if given, must hold together with it. */
void apd_check_expr(apd_load *l, const apd_expr *e, const apd_expr *with, const char *what);
void apd_check_unused(apd_load *l);
void apd_check_masks(apd_load *l);

#endif
