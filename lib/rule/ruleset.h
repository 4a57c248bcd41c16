/* The inside of a rule set: what loading makes and scanning reads. Private to lib/rule.
 *
 * Everything is plain data in the set's arena; the matcher and the compiled patterns hang on it
 * as opaque handles. Indices instead of pointers where a table is the natural thing. */
#ifndef APD_RULESET_H
#define APD_RULESET_H

#include "intern.h"
#include "limits.h"
#include "note.h"
#include "phases.h"
#include "regkey.h"
#include "rule.h"
#include "vec.h"

typedef struct apd_mark_at { /* where in a file something was written */
    uint32_t file;           /* index into apd_rules.files */
    uint32_t line, column;   /* from 1 */
} apd_mark_at;

/* --- log aliases (names.yml) --- */
typedef struct apd_alias_row { /* AND of what is given, OR within each list, names folded */
    const apd_sym *providers;
    size_t nproviders;
    const apd_sym *channels;
    size_t nchannels;
    const apd_sym *files;
    size_t nfiles;
} apd_alias_row;

typedef struct apd_alias {
    apd_str name;
    const apd_alias_row *rows; /* OR */
    size_t nrows;
    apd_mark_at at;
} apd_alias;

/* --- fact names (names.yml) --- */
typedef struct apd_fact_key { /* one place a fact is read from */
    apd_sym log;              /* folded: what its reader calls such facts ("registry") */
    bool any;                 /* every fact of that log; else those whose message is such a key */
    apd_regkey key;
} apd_fact_key;

typedef struct apd_fact {
    apd_str name;
    apd_sym sym;           /* folded */
    uint32_t first, count; /* a range of apd_rules.fact_keys; OR */
    apd_mark_at at;
} apd_fact;

/* --- conditions --- */
typedef enum apd_target {
    APD_ON_FIELD,   /* the named payload field; fails if absent */
    APD_ON_JSON,    /* path into a field that holds JSON text; `field` is the part before a dot */
    APD_ON_MESSAGE, /* the text; for records without one, each text field in turn */
    APD_ON_ANY,     /* message and every field in turn */
    APD_ON_EVENT_ID,
    APD_ON_LEVEL,
    APD_ON_PROVIDER,
    APD_ON_CHANNEL, /* the event's log */
    APD_ON_RECORD_ID
} apd_target;

typedef enum apd_op {
    APD_OP_EQ, /* Sigma's plain value: equal, * and ? are wildcards */
    APD_OP_CONTAINS,
    APD_OP_STARTS,
    APD_OP_ENDS,
    APD_OP_RE,
    APD_OP_EXISTS, /* value true/false */
    APD_OP_GT,
    APD_OP_GTE,
    APD_OP_LT,
    APD_OP_LTE,
    APD_OP_BITS,     /* a number with all bits of the value set */
    APD_OP_FIELDREF, /* equals the field named by the value */
    APD_OP_HRESULT,
    APD_OP_PATH, /* equal as Windows paths: '/' = '\', case ignored, no trailing separator */
    APD_OP_SID   /* equal as SIDs */
} apd_op;

typedef struct apd_value {
    apd_str text;    /* as written */
    uint64_t number; /* if is_number; HRESULT: the 32-bit code */
    bool is_number;  /* text is wholly a number */
    bool negative;
    bool has_glob;    /* EQ with an unescaped * or ? */
    bool is_null;     /* `Field: null`: absent or empty */
    apd_sym ref;      /* FIELDREF: folded field name */
    uint32_t pattern; /* RE: index into apd_rules.patterns */
} apd_value;

typedef struct apd_cond {
    apd_target target;
    apd_op op;
    bool all; /* every value must hold, not just one */
    bool cased;
    apd_sym field; /* folded */
    apd_str path;  /* JSON: the part behind the first dot; else the field as written */
    apd_sym
        whole; /* JSON: the folded full dotted name: a field of exactly that name is taken first */
    const apd_value *values;
    size_t nvalues;
    apd_mark_at at;
} apd_cond;

typedef struct apd_alt {     /* AND of conditions; a selection is the OR of these */
    const uint16_t *aliases; /* `log:`: indices into apd_rules.aliases; none = any log */
    size_t naliases;
    apd_sym fact; /* `fact:`: folded name; 0 = an event, not a fact */
    const apd_cond *conds;
    size_t nconds;
    apd_str show; /* template, or "" */
} apd_alt;

#define APD_NO_TRACK UINT32_MAX

typedef struct apd_selection {
    apd_str name;
    apd_str about;  /* a phrase for sentences, or "" */
    uint32_t rule;  /* index into apd_rules.rules; UINT32_MAX: of a milestone or tracker */
    uint32_t track; /* index into apd_rules.tracks, or APD_NO_TRACK */
    const apd_alt *alts;
    size_t nalts;
    apd_mark_at at;
    bool used; /* by some expression, relation or template */
} apd_selection;

/* What a selection is called in sentences. */
static inline apd_str apd_selection_words(const apd_selection *s)
{
    return s->about.len ? s->about : s->name;
}

/* A compiled |re value (kept here so that the set can free it). */
typedef struct apd_pattern {
    apd_str text;
    bool cased;
    void *code; /* pcre2_code */
    apd_mark_at at;
} apd_pattern;

/* --- expressions: postfix, three-valued --- */
typedef enum apd_node_kind {
    APD_X_SEL,
    APD_X_REL,
    APD_X_COUNT,
    APD_X_OTHER,
    APD_X_AND,
    APD_X_OR,
    APD_X_NOT,
    APD_X_N_OF
} apd_node_kind;
typedef enum apd_cmp_op {
    APD_CMP_GE,
    APD_CMP_GT,
    APD_CMP_LE,
    APD_CMP_LT,
    APD_CMP_EQ,
    APD_CMP_NE
} apd_cmp_op;

typedef struct apd_node {
    apd_node_kind kind;
    uint32_t ref;   /* SEL, COUNT: selection; REL: relation. Loading resolves OTHER to these */
    apd_cmp_op cmp; /* COUNT */
    uint32_t n;     /* COUNT: the number; N_OF: how many of `of` must hold (UINT32_MAX = all) */
    const struct apd_node *left, *right; /* AND, OR; NOT uses left */
    const struct apd_node *of;           /* N_OF: array of SEL / REL nodes */
    uint32_t nof;
} apd_node;

typedef struct apd_expr {
    const apd_node *root; /* NULL: not given */
    apd_str text;
    apd_mark_at at;
} apd_expr;

/* --- timeline relations --- */
typedef enum apd_same {
    APD_SAME_NONE,
    APD_SAME_ATTEMPT,
    APD_SAME_BOOT,
    APD_SAME_USER,
    APD_SAME_APP
} apd_same;
typedef enum apd_pick { APD_PICK_FIRST, APD_PICK_LAST, APD_PICK_EACH } apd_pick;

typedef struct apd_side { /* a value to compare: a field of a selection's hits */
    uint32_t selection;
    apd_sym field; /* folded */
} apd_side;

typedef struct apd_relation {
    apd_str name;
    uint32_t rule;
    apd_mark_at at;
    /* order: */
    const uint32_t *order;
    size_t norder; /* selections */
    /* after / before an anchor: UINT32_MAX = not given */
    uint32_t after, before;
    apd_pick after_pick, before_pick;
    int64_t within; /* ticks; 0 = not given */
    const uint32_t *all_of;
    size_t nall_of;
    const uint32_t *any_of;
    size_t nany_of;
    const uint32_t *none_of;
    size_t nnone_of;
    /* count: selection, at_least / at_most, within */
    uint32_t count;             /* UINT32_MAX = not given */
    uint32_t at_least, at_most; /* 0 / UINT32_MAX = not given */
    const apd_side *differ;     /* two, NULL = not given */
    apd_same same;
    const uint16_t *seen_through;
    size_t nseen_through; /* aliases */
    bool used;
} apd_relation;

/* --- trackers: what records mean for the model (note.h) --- */

/* Where a value is found: only target, field, whole and path of a condition count. */
typedef struct apd_source {
    uint32_t value; /* index into apd_note.value */
    apd_cond from;
} apd_source;

/* A pattern whose named groups are values. */
typedef struct apd_take {
    apd_cond from;
    uint32_t pattern; /* index into apd_rules.patterns */
} apd_take;

typedef enum apd_each {
    APD_EACH_RECORD,
    APD_EACH_FIELD,  /* one note per field: `name` and `value` are its own */
    APD_EACH_ELEMENT /* one note per element of a JSON array */
} apd_each;

typedef struct apd_track {
    apd_str name; /* of the selection */
    apd_str file; /* the tracker's name */
    apd_verb verb;
    apd_each each;
    apd_cond array;         /* ELEMENT: where the JSON text is */
    uint32_t array_pattern; /* ELEMENT: its first group is the JSON text; UINT32_MAX = all of it */
    const apd_take *takes;
    size_t ntakes;
    const apd_source *fields;
    size_t nfields;
    const apd_str *set;    /* APD_NOTE_VALUES, ptr NULL where nothing is set */
    uint64_t since, until; /* versions of the writer that know the phrase; 0 = open */
    apd_mark_at at;
} apd_track;

typedef struct apd_track_test apd_track_test; /* rule_test.h */

/* --- how long may pass between milestones (gaps.h) --- */
typedef struct apd_gap_end {
    apd_str phase, part; /* part "" = the phase itself */
    bool any_part;
    unsigned edges; /* bit per apd_edge */
} apd_gap_end;

typedef struct apd_gap_rule {
    apd_str name, say;
    bool quiet; /* between any two milestones */
    apd_gap_end after, until;
    int64_t within;
    const apd_str *scenarios; /* in which it holds; none = all */
    size_t nscenarios;
} apd_gap_rule;

/* --- rules --- */
typedef struct apd_support {
    apd_expr cond;
    int weight; /* as written, positive; contradicts count negative */
    apd_str say;
    int makes; /* apd_strength, or -1 */
} apd_support;

typedef struct apd_differential {
    apd_str rule;  /* id (checked to exist) */
    apd_expr cond; /* `if`; may be empty */
    apd_str check; /* what is looked for, in words */
    apd_str say;
    apd_mark_at at;
} apd_differential;

typedef struct apd_rule_test apd_rule_test; /* rule_test.h */

/* A rule, or one cause of a family: the family's selections, relations and `when` come first. */
typedef struct apd_rule {
    apd_str id, title, phase, about;
    uint32_t phase_order;
    apd_severity severity;
    apd_strength strength;
    uint32_t family; /* index into apd_rules.families, UINT32_MAX = none */
    uint32_t scope;  /* whose selections it uses: own index, or that of the family's first cause */
    apd_expr when;   /* for a cause: its own; the family's is in the family */
    const apd_support *supports;
    size_t nsupports;
    const apd_support *contradicts;
    size_t ncontradicts;
    const apd_differential *differential;
    size_t ndifferential;
    const apd_str *masks;
    size_t nmasks; /* with wildcards; a family's id was replaced by those of its causes */
    apd_str say;
    const apd_str *fix;
    size_t nfix;
    const apd_str *escalate_with;
    size_t nescalate;
    const apd_str *links;
    size_t nlinks;
    uint32_t sel_first, sel_count; /* its scope's range in apd_rules.selections */
    uint32_t rel_first, rel_count;
    const apd_rule_test *tests;
    size_t ntests; /* a family's tests hang on its first cause */
    apd_mark_at at;
} apd_rule;

typedef struct apd_family {
    apd_str id, title;
    apd_expr when;
    apd_str undecided;     /* printed when no cause's own evidence decides; default in rank.c */
    uint32_t first, count; /* causes: a range of apd_rules.rules */
} apd_family;

typedef struct apd_rule_id { /* an id that rules may name */
    apd_str id;
    uint32_t
        rule; /* a family's id stands for its first cause; UINT32_MAX: the file could not be read */
    uint32_t family; /* UINT32_MAX = the id of a rule or cause */
} apd_rule_id;

typedef struct apd_rules {
    apd_arena *arena;
    apd_intern *names;
    const apd_rule_file *files;
    size_t nfiles;
    const apd_alias *aliases;
    size_t naliases;
    const apd_fact *facts;
    size_t nfacts;
    const apd_fact_key *fact_keys;
    size_t nfact_keys;
    const apd_str *phases;
    size_t nphases;
    apd_rule *rules;
    size_t nrules;
    apd_family *families;
    size_t nfamilies;
    apd_selection *selections;
    size_t nselections;
    apd_relation *relations;
    size_t nrelations;
    apd_pattern *patterns;
    size_t npatterns;
    /* milestones: selections (rule == UINT32_MAX) whose hits start an OOBE attempt or a boot */
    const uint32_t *attempt_starts;
    size_t nattempt_starts;
    const uint32_t *boots;
    size_t nboots;
    apd_track *tracks;
    size_t ntracks;
    const apd_track_test *track_tests;
    size_t ntrack_tests;
    const apd_gap_rule *gaps;
    size_t ngaps;
    const apd_rule_id *ids;
    size_t nids;                 /* by id */
    const uint32_t *listed;      /* rules in phase order, then by id */
    struct apd_matcher *matcher; /* select.h */
} apd_rules;

/* Index of an alias, SIZE_MAX if unknown. */
size_t apd_alias_find(const apd_rules *r, apd_str name);
/* Does the event (by its folded provider and log) belong to the alias? */
bool apd_alias_holds(const apd_rules *r, const apd_intern *names, size_t alias, apd_sym provider,
                     apd_sym log);
/* The fact of that folded name, or NULL: a name that only a reader knows. */
const apd_fact *apd_fact_find(const apd_rules *r, apd_sym folded);
/* Is the event (of that folded log) such a fact? */
bool apd_fact_holds(const apd_rules *r, const apd_fact *f, apd_sym log, apd_str message);
/* Is the event a fact of that folded name, its reader's or one of names.yml? */
bool apd_fact_is(const apd_rules *r, const apd_intern *names, apd_sym folded, const apd_event *ev);
/* Are parts of this log named facts? Then its whole has no silence: nobody can tell what it covers. */
bool apd_fact_is_source(const apd_rules *r, apd_sym log);
/* Does the short name mean nothing but traces (the channel `etl`)? */
bool apd_alias_is_trace(const apd_rules *r, const apd_intern *names, size_t alias);
/* Rule by id, UINT32_MAX if unknown. The id of a family gives its first cause. */
uint32_t apd_rule_find(const apd_rules *r, apd_str id);

#endif
