/* A diagnosis and what it was made from, printed. The only room that words and lays out results. */
#ifndef APD_REPORT_H
#define APD_REPORT_H

#include <stdio.h>

#include "codes.h"
#include "enums.h"
#include "file.h"
#include "finding.h"
#include "mask.h"
#include "model.h"
#include "sentences.h"
#include "sources.h"

/* Something that could not be read. */
typedef struct apd_problem {
    apd_str file; /* or "" for the bundle as a whole */
    apd_where where;
    apd_str text;
} apd_problem;

/* Of one attempt of the model. */
typedef struct apd_report_gaps {
    const apd_gap *at;
    size_t n;
} apd_report_gaps;

/* How well the trackers know the lines of the Intune Management Extension in this bundle. */
typedef struct apd_drift {
    const apd_phrase *phrases; /* that trackers look for in its logs */
    size_t nphrases;
    uint64_t lines, told; /* lines of its logs, and those in which a phrase was found */
} apd_drift;

typedef struct apd_report {
    apd_str bundle;                 /* as given on the command line */
    const apd_diagnosis *diagnosis; /* NULL: nothing could be read */
    apd_model *model;               /* NULL: only the files were asked for */
    const apd_report_gaps *gaps;    /* per attempt of the model */
    apd_drift drift;
    apd_mask *mask; /* not NULL: what is personal is replaced on its way out */
    const apd_intern *names;
    const apd_codes *codes;
    const apd_sentences *sentences;
    const apd_enums *enums;          /* NULL: none */
    const apd_sources *source_table; /* NULL: nothing is known of what a bundle may hold */
    const apd_source_seen *sources;  /* one per row of the table, or NULL */
    const apd_file *files;           /* by member index */
    size_t nfiles;
    const apd_problem *problems;
    size_t nproblems;
    uint64_t more_problems; /* counted but not listed */
    int exit_code;
    const char *version;
} apd_report;

typedef struct apd_style {
    bool colour;
    bool ascii;     /* no characters outside ASCII in our own marks */
    unsigned width; /* columns; 0 = no limit */
    bool why;       /* the terms of each score */
    bool verbose;   /* every file, every rule that could not be checked */
} apd_style;

/* False when the output could not be written. */
bool apd_report_term(FILE *out, const apd_report *r, const apd_style *style);
/* One JSON object on one line; the shape is docs/schema/diagnosis-1.json. */
bool apd_report_json(FILE *out, const apd_report *r);

/* What the bundle holds of what it could hold, and what that limits: docs/schema/coverage-1.json. */
bool apd_coverage_term(FILE *out, const apd_report *r, const apd_style *style);
bool apd_coverage_json(FILE *out, const apd_report *r);

/* Every file with its kind, size, records and problems, as a tree: docs/schema/members-1.json. The report
 * needs no diagnosis. */
bool apd_members_term(FILE *out, const apd_report *r, const apd_style *style);
bool apd_members_json(FILE *out, const apd_report *r);
/* With a line of names first if `head`. */
bool apd_members_csv(FILE *out, const apd_report *r, bool head);

/* --- the timeline: attempts, phases, milestones, clocks; docs/timeline.md --- */

typedef enum apd_timeline_form {
    APD_TIMELINE_TERM,
    APD_TIMELINE_JSONL, /* docs/schema/timeline-1.json, one object a line */
    APD_TIMELINE_CSV,
    APD_TIMELINE_HTML /* a fragment without scripts, its style inside */
} apd_timeline_form;

typedef struct apd_timeline {
    FILE *out;
    const apd_report *report;
    apd_timeline_form form;
    apd_style style;
    apd_time since, until; /* [since, until) of what is listed; APD_TIME_NONE: open */
    bool all;  /* every event is listed, by apd_timeline_event(), instead of the milestones */
    bool head; /* CSV: with a line of names first */
    char day[APD_TIME_TEXT]; /* last one shown; private */
} apd_timeline;

/* Attempts and what happened in them. */
bool apd_timeline_begin(apd_timeline *t);
/* One event, in its order; `log` is the short name of its log. */
bool apd_timeline_event(apd_timeline *t, const apd_event *ev, apd_str log);
/* Clocks; what could not be listed, as a sentence, or "". */
bool apd_timeline_end(apd_timeline *t, apd_str left_out);
/* Is the time among those asked for? */
bool apd_timeline_wants(const apd_timeline *t, apd_time time);

/* Apps, scripts and policies: one row each, what failed first; then why nothing happened: docs/apps.md and
 * docs/schema/apps-1.json. */
typedef struct apd_apps_view {
    bool all; /* policies too, although they did not fail */
    apd_str
        app; /* only this one, by id or a part of its name, with everything about it; "" = the table */
} apd_apps_view;
bool apd_apps_term(FILE *out, const apd_report *r, const apd_style *style,
                   const apd_apps_view *view);
bool apd_apps_json(FILE *out, const apd_report *r, const apd_apps_view *view);
/* With a line of names first if `head`. */
bool apd_apps_csv(FILE *out, const apd_report *r, const apd_apps_view *view, bool head);
/* How many rows the view has. */
size_t apd_apps_count(const apd_report *r, const apd_apps_view *view);

/* What the device is and how it was set up, with sources and contradictions: docs/schema/device-1.json. */
bool apd_device_term(FILE *out, const apd_report *r, const apd_style *style);
bool apd_device_json(FILE *out, const apd_report *r);

/* A mask that knows what is personal in the report: serial, users, SIDs, tenant, names and ids of the device. NULL
 * when out of memory. */
apd_mask *apd_mask_of(const apd_report *r);

/* A limit of the diagnosis as a sentence. */
apd_str apd_limit_words(apd_arena *a, const apd_report *r, const apd_limit *l);
/* Those worth a line, the most telling first; logs that share a reason share a sentence. */
const apd_str *apd_limit_sentences(apd_arena *a, const apd_report *r, size_t *n);

/* The text of an event when its rule gives none: the message, its sentence, or the payload's
 * fields; of a registry key its path and values with what they mean. */
apd_str apd_event_summary(apd_arena *a, const apd_report *r, const apd_event *ev);

#endif
