/* What the forms of the timeline share: words, and the rows of the list. Private to lib/report. */
#ifndef APD_TIMELINE_P_H
#define APD_TIMELINE_P_H

#include "jsonout.h"
#include "report.h"

typedef enum row_kind {
    ROW_MILESTONE,
    ROW_RESTART,
    ROW_CLOCK,
    ROW_GAP,
    ROW_FINDING,
    ROW_EVENT
} row_kind;

/* One line of the list, in words; what does not apply is empty or zero. */
typedef struct timeline_row {
    row_kind kind;
    apd_time time, end; /* end: of a gap */
    apd_clock clock;
    apd_time order; /* what rows are sorted by */
    apd_str phase, part;
    apd_str state; /* of a milestone: start, success, failure, seen */
    apd_str log;   /* short name */
    uint32_t id;
    apd_where where; /* member UINT32_MAX: no record */
    bool has_code;
    uint32_t code;
    uint32_t finding; /* rank of the finding that it is evidence of, 0 = none */
    apd_str text;
} timeline_row;

const char *timeline_kind_name(row_kind k); /* "milestone", "restart", … */
const char *timeline_edge_name(apd_edge e);
/* "Device setup" for esp-device, as the Intune console and the status page call it; a name of one's own as it is. */
apd_str timeline_phase_words(apd_str phase);
apd_str timeline_part_words(apd_str part);
/* "user-driven", "pre-provisioning (technician)" */
apd_str timeline_scenario_words(apd_str scenario);
/* "the clock was set back by 3 h 00 m meanwhile, …": what became of a trace's times. */
apd_str timeline_shift_words(apd_arena *a, const apd_trace_shift *s);
/* "+05:30", "-08:00", "+00:00" */
const char *timeline_offset(int minutes, char dst[16]);
/* "2025-11-18 13:00:00Z est", "-" */
apd_str timeline_moment(apd_arena *a, apd_time t, apd_clock c);
/* How long the attempt took; "" if its clocks do not tell. */
apd_str timeline_length_words(apd_arena *a, const apd_attempt *at);
/* "Device setup: Apps" */
apd_str timeline_step_words(apd_arena *a, const apd_step *s);
/* "user-driven; Device setup failed, <moment>; last worked: Device setup: Certificates, <moment>"; at has a fate. */
apd_str timeline_fate_words(apd_arena *a, const apd_attempt *at);
/* "0x80070005 E_ACCESSDENIED: meaning" */
apd_str timeline_code(apd_arena *a, const apd_report *r, uint32_t code);
/* "Z", "Z est", " local", " (day)" behind a time. */
const char *timeline_clock_mark(apd_clock c);

/* The list of one attempt in order. False when out of memory. */
bool timeline_rows(const apd_timeline *t, size_t attempt, apd_arena *a, timeline_row **rows,
                   size_t *n);
/* The milestones that belong to no attempt that is known. */
bool timeline_unplaced_rows(const apd_timeline *t, apd_arena *a, timeline_row **rows, size_t *n);
timeline_row timeline_event_row(const apd_timeline *t, apd_arena *a, const apd_event *ev,
                                apd_str log);
/* Why a milestone stands in no attempt, for people. */
#define TIMELINE_UNPLACED                                                                          \
    "local time whose offset is unknown; it may lie in one attempt as well as in another, or in "  \
    "none"
/* Path of the file that the record is in, or "". */
apd_str timeline_file(const apd_report *r, apd_where where);

static inline size_t timeline_attempts(const apd_report *r)
{
    return r->model ? apd_phases_attempts(apd_model_phases(r->model)) : 0;
}

static inline const apd_attempt *timeline_attempt(const apd_report *r, size_t i)
{
    return apd_phases_attempt(apd_model_phases(r->model), i);
}

static inline const apd_step *timeline_unplaced(const apd_report *r, size_t *n)
{
    *n = 0;
    return r->model ? apd_phases_unplaced(apd_model_phases(r->model), n) : NULL;
}

/* Does the sign speak for the scenario, in words that none before it used? */
bool timeline_sign_tells(const apd_attempt *at, size_t sign);

/* --- the forms; all print whole lines --- */
void timeline_term_attempt(apd_timeline *t, apd_arena *a, size_t i);
void timeline_term_row(apd_timeline *t, apd_arena *a, const timeline_row *w);
void timeline_term_unplaced(apd_timeline *t, apd_arena *a);
void timeline_term_clocks(apd_timeline *t, apd_arena *a);
void timeline_html_begin(apd_timeline *t, apd_arena *a);
void timeline_html_attempt(apd_timeline *t, apd_arena *a, size_t i);
void timeline_html_unplaced(apd_timeline *t);
void timeline_html_list(apd_timeline *t, bool open);
void timeline_html_row(apd_timeline *t, apd_arena *a, const timeline_row *w);
void timeline_html_end(apd_timeline *t, apd_arena *a, apd_str left_out);

/* --- as JSON: also in the diagnosis --- */
void timeline_json_attempt(json *j, const apd_report *r, const apd_attempt *at);
void timeline_json_gap(json *j, const apd_gap *g);
void timeline_json_clock(json *j, const apd_report *r, const apd_era *e);
void timeline_json_shift(json *j, const apd_report *r, const apd_trace_shift *s);
void timeline_json_row(json *j, const apd_report *r, const timeline_row *w);
/* "timeline": attempts, gaps, milestones without an attempt, clocks. */
void timeline_json(json *j, const apd_report *r);

#endif
