/* What a diagnosis consists of: plain data, made by rank.c, printed by report/. Everything lives in
 * the scan's arena. */
#ifndef APD_FINDING_H
#define APD_FINDING_H

#include "coverage.h"
#include "event.h"

typedef enum apd_truth { APD_FALSE, APD_UNKNOWN, APD_TRUE } apd_truth;

typedef enum apd_severity { APD_SEV_INFO, APD_SEV_WARNING, APD_SEV_ERROR } apd_severity;

/* How far the evidence carries: an OS record that names code, phase and actor proves; several
 * signs that fit are strong; a sign with other explanations suggests. */
typedef enum apd_strength { APD_SUGGESTS, APD_STRONG, APD_PROVES } apd_strength;

const char *apd_severity_name(apd_severity s); /* "info", "warning", "error" */
const char *apd_strength_name(apd_strength s); /* "suggests", "strong", "proves" */
const char *apd_truth_name(apd_truth t);       /* "false", "unknown", "true" */

typedef enum apd_evidence_kind {
    APD_EV_RECORD, /* one record or fact */
    APD_EV_GAP,    /* what was not seen between the records around it: text says it */
    APD_EV_NOTE    /* a remark about clocks or coverage */
} apd_evidence_kind;

/* A further record of something that was found already: a trace beside its merged copy or an event log. */
typedef struct apd_place {
    apd_where where;
    const struct apd_place *next;
} apd_place;

typedef struct apd_evidence {
    apd_evidence_kind kind;
    const apd_event *event; /* RECORD */
    apd_str log;       /* RECORD: the short name of names.yml ("autopilot"), or the log itself */
    apd_str selection; /* RECORD: which selection it satisfied */
    apd_str text;      /* RECORD: its `show` text, or "" ; GAP, NOTE: the sentence */
    bool has_code;     /* RECORD: an |hresult condition matched this code */
    uint32_t code;
    bool supports;         /* came from a `supports` condition, not from `when` */
    uint32_t more;         /* RECORD: further records of the selection that are not listed */
    const apd_place *also; /* RECORD: where else the same occurrence was seen; NULL nowhere */
} apd_evidence;

/* One term of the score. */
typedef struct apd_term {
    int weight;      /* signed */
    apd_truth state; /* unknown and false terms count 0 and are shown under --why */
    apd_str cond;    /* the condition as written */
    apd_str say;     /* filled in; may be "" */
} apd_term;

typedef enum apd_verdict {
    APD_V_RULED_OUT,  /* its evidence is absent where it would have been */
    APD_V_POSSIBLE,   /* its tell-tale is there too, or it was found as well */
    APD_V_UNCHECKED,  /* the log it needs is missing or ends too early */
    APD_V_CONSEQUENCE /* found, but explained by this finding */
} apd_verdict;

const char *
apd_verdict_name(apd_verdict v); /* "ruled out", "possible", "not checked", "consequence" */

typedef struct apd_considered {
    apd_str rule;
    apd_verdict verdict;
    apd_str text; /* one line: what was looked for, and what was (not) there */
} apd_considered;

/* The phase that a failure stopped and that succeeded afterwards: it is not why the deployment failed. */
typedef struct apd_overcome {
    apd_str phase; /* "" = nothing shows that it was overcome */
    apd_time time; /* of the success */
    apd_clock clock;
    uint32_t attempt; /* in which it succeeded */
} apd_overcome;

typedef struct apd_finding {
    uint32_t rank;  /* 1.. in the order printed */
    apd_str rule;   /* id; for a family the cause's id */
    apd_str family; /* or "" */
    apd_str title;
    apd_str phase;
    apd_severity severity; /* the rule's; info once overcome */
    apd_strength strength; /* after `makes` and without what could not be told apart */
    int score;
    apd_str say;          /* the rule's sentence, filled in; may be "" */
    apd_time first, last; /* of the evidence that carries `when` */
    apd_clock clock;
    uint32_t attempt; /* 0 = only one attempt known; 1.. oldest first */
    bool history;     /* belongs to an attempt before the newest one */
    apd_overcome overcome;
    apd_str masked_by; /* id of the finding this is a consequence of, or "" */
    const apd_evidence *evidence;
    size_t nevidence;
    const apd_term *terms;
    size_t nterms;
    const apd_considered *considered;
    size_t nconsidered;
    const apd_str *fix;
    size_t nfix;
    const apd_str *escalate_with;
    size_t nescalate;
    const apd_str *links;
    size_t nlinks;
    const apd_str *by; /* names of the selections and relations that made `when` true */
    size_t nby;
} apd_finding;

/* A rule whose `when` is unknown. */
typedef struct apd_unchecked {
    apd_str rule;
    apd_str title;
    apd_str
        why; /* "stalled could not be checked: shell-core ends 2 m 00 s in, the window runs to 15 m 00 s" */
    bool missing_log; /* only for want of logs that are not in the bundle */
    size_t rules;     /* it stands for: of a family, all causes that could not be checked */
} apd_unchecked;

/* A log that rules read, by its short name. */
typedef struct apd_log_asked {
    apd_str name;
    bool present;   /* in this bundle, perhaps empty */
    uint32_t rules; /* that read it */
} apd_log_asked;

typedef enum apd_limit_kind {
    APD_LIMIT_ABSENT, /* no log of the short name is in the bundle */
    APD_LIMIT_AFTER,  /* a log begins behind the last record of the finding */
    APD_LIMIT_WITHIN, /* older records are gone, and it begins behind the start of the attempt */
    APD_LIMIT_LOST,   /* records are missing between the start of the attempt and the finding */
    APD_LIMIT_CLOCK   /* its clock does not tell whether it reaches back to the finding */
} apd_limit_kind;

/* Something that the first finding and its look-alikes ask for and this bundle cannot show. Without a
 * finding: what cannot be shown of the newest attempt. */
typedef struct apd_limit {
    apd_limit_kind kind;
    apd_str log;              /* short name */
    const apd_log_cover *row; /* ABSENT: NULL */
    int64_t by;               /* AFTER, WITHIN: at least so many ticks later */
    bool exact;               /* and not more: both clocks are of one kind */
    apd_time from, to;        /* LOST */
} apd_limit;

typedef struct apd_diagnosis {
    const apd_finding *findings; /* best first */
    size_t nfindings;
    const apd_unchecked *unchecked;
    size_t nunchecked;
    size_t nrules; /* evaluated */
    const apd_coverage *coverage;
    const apd_log_asked *logs;
    size_t nlogs;
    const apd_limit *limits;
    size_t nlimits;
    uint32_t attempts; /* OOBE attempts seen; 0 = unknown */
    uint64_t events;   /* looked at */
    uint64_t kept;     /* of them kept as evidence */
    uint64_t given_up; /* times that a pattern was too costly to try to its end on a text */
} apd_diagnosis;

/* How often a phrase of the trackers was seen. */
typedef struct apd_phrase {
    apd_str tracker, name;
    apd_str log; /* short name of the log it is looked for in; "": it is no phrase of a log */
    uint64_t since, until; /* versions that know it, as apd_version_parse() gives them; 0 = open */
    uint64_t seen;
} apd_phrase;
#endif
