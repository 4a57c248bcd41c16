/* The state of one scan: kept hits per selection, coverage, attempts; and what is read out of it.
 * Private to lib/rule. scan.c fills it, eval.c and relate.c judge it, rank.c and explain.c turn
 * the judgement into findings.
 *
 * Everything that a diagnosis points to lives in `keep`. Evaluation does not return a status: an
 * allocation that fails sets `nomem`, and apd_scan_diagnose() reports it once. */
#ifndef APD_SCAN_H
#define APD_SCAN_H

#include "select.h"

typedef struct apd_hit {
    const apd_event *event;
    uint16_t alt;
    bool has_code;
    uint32_t code;
    uint32_t nalso;
    const apd_place *also; /* further records of the same occurrence */
} apd_hit;

/* Hits of one selection: the first APD_KEEP_FIRST and the last APD_KEEP_LAST, in order after
 * apd_scan_settle(). The times of those in the middle bound where something was not kept. */
typedef struct apd_hits {
    apd_hit *at;
    size_t n, cap;
    uint64_t count;              /* all, kept or not */
    apd_time lost_from, lost_to; /* of those not kept, doubt about their clock included */
    const apd_str *users,
        *apps; /* per hit, whose it is; private to relate_key.c, NULL until asked */
} apd_hits;

struct apd_scan {
    const apd_rules *rules;
    apd_intern *names;
    apd_arena *keep;
    apd_selector *selector;
    apd_coverage *coverage;
    apd_hits *hits;                  /* per selection */
    struct apd_recent *recent;       /* the last hits while scanning; private to scan.c */
    struct apd_tracker *tracker;     /* NULL: nobody watches */
    const apd_clocks *clocks;        /* NULL: local times stay local */
    struct apd_fact_seen *fact_seen; /* per place of a fact; private to scan_facts.c */
    struct apd_pairs *pairs;         /* who writes into which log; private to scan_logs.c */
    uint64_t events, kept;
    /* after settling: starts of attempts and boots, ascending */
    apd_time *attempts;
    size_t nattempts;
    apd_time *boots;
    size_t nboots;
    bool *alias_logs;  /* [alias][row of coverage]: does the log belong to the short name? */
    bool *alias_here;  /* [alias]: is any? */
    bool *alias_tells; /* [alias]: is any whose silence says something? A trace's does not */
    const bool *only;  /* rules to evaluate, by index; NULL = all */
    bool nomem;
};

/* apd_scan_watch() for the notes of one tracker file. */
apd_status apd_scan_watch_tracker(apd_scan *s, apd_str file, apd_note_sink fn,
                                  void *ctx) APD_MUST_USE;
/* Counts an event for coverage without looking for selections in it. */
bool apd_scan_cover(apd_scan *s, const apd_event *ev);

/* --- scan_clocks.c --- */

/* Turns the local times of kept hits and of coverage into UTC where their offset is known. */
void apd_scan_convert(apd_scan *s);

/* Ticks between two times in UTC in which things could happen: not those by which the clock was set, nor sleep. */
int64_t apd_scan_awake(const apd_scan *s, apd_time from, apd_time to);
/* What the clock showed when so many of them were over; negative: earlier. */
apd_time apd_scan_after(const apd_scan *s, apd_time from, int64_t ticks);

/* --- scan_order.c: time --- */

/* How far apart two times must be to be ordered: 0 for clocks of one kind, 14 h between UTC and
 * local time, more where only a day is known; INT64_MAX if one has no time. */
int64_t apd_clock_doubt(apd_clock a, apd_clock b);

typedef enum apd_order { APD_BEFORE, APD_TOGETHER, APD_AFTER, APD_UNORDERED } apd_order;

/* In one file the order of the records is the truth, also where the clock was set back; elsewhere
 * the times decide. TOGETHER: the same time in different logs, or the same record. */
apd_order apd_event_order(const apd_event *a, const apd_event *b);
/* Both in one file, a behind b. */
bool apd_event_listed_after(const apd_event *a, const apd_event *b);
/* A total order for lists: by time, log, file and record; without a time last. */
int apd_event_cmp(const apd_event *a, const apd_event *b);
/* Into order, records of one occurrence taken together. False when out of memory. */
bool apd_hits_sort(apd_hits *h, const apd_intern *names, apd_arena *keep);

/* --- scan_same.c: one occurrence in several files --- */

bool apd_event_same(const apd_event *a, const apd_event *b, const apd_intern *names,
                    apd_arena *scratch);
/* Of sorted hits each occurrence stays once, with its other places. False when out of memory. */
bool apd_hits_join_same(apd_hits *h, const apd_intern *names, apd_arena *keep);

/* --- scan_facts.c: which named facts would be there --- */

/* Remembers what the fact tells of its file: what it covers. */
bool apd_facts_note(apd_scan *s, const apd_event *ev);
/* Something of the file is lost: what it does not show may have been there. */
void apd_facts_torn(apd_scan *s, uint32_t member);
/* Was every place that the fact is read from looked into? */
bool apd_fact_present(const apd_scan *s, apd_sym folded);

/* --- scan_logs.c: which logs of the bundle a short name means --- */

/* Remembers that the provider writes into the log. */
bool apd_logs_note(apd_scan *s, apd_sym provider, apd_sym log);
/* Fills alias_logs, alias_here and alias_tells; what follows needs them. */
bool apd_logs_settle(apd_scan *s);
bool apd_alias_present(const apd_scan *s, size_t alias);
/* The short names that rules read, and whether they are there; a trace that is not there is not missed. NULL when
 * out of memory. */
const apd_log_asked *apd_logs_asked(const apd_scan *s, size_t *n);
/* Does the row of coverage belong to the short name? */
bool apd_alias_has_row(const apd_scan *s, size_t alias, size_t row);
/* Is any log or fact that the selection reads in the bundle, other than a trace? */
bool apd_selection_present(const apd_scan *s, uint32_t selection);
/* "shell-core log", "autopilot or mdm log", "autopilot.profile": for a sentence. */
apd_str apd_selection_logs(const apd_scan *s, uint32_t selection, apd_arena *a);

typedef enum apd_reach {
    APD_REACH_NONE,  /* no such log in the bundle */
    APD_REACH_EMPTY, /* there, without a record that has a time */
    APD_REACH_ENDS,  /* ends at `edge`, before the end */
    APD_REACH_LATE,  /* begins at `edge`, behind the start */
    APD_REACH_TORN,  /* spans it, but records in between are missing */
    APD_REACH_ALL
} apd_reach;

typedef struct apd_span {
    apd_time from, to;
    apd_clock from_clock, to_clock;
} apd_span;

/* apd_scan_awake() over it; with a clock that is not UTC, as far as its times tell. */
int64_t apd_span_length(const apd_scan *s, const apd_span *span);

/* Does one log of the short name have records at or before the start and at or after the end, and
 * none missing in between? Two logs are not pieced together: each leaves the other's records unseen. */
apd_reach apd_alias_reach(const apd_scan *s, size_t alias, const apd_span *span, apd_time *edge);

/* --- eval.c: three-valued evaluation over kept hits --- */

/* What is looked at: the hits of one attempt (times from..to), or everything. Hits of local clocks
 * may belong to any attempt within 14 h; hits without a time belong to all. */
typedef struct apd_view {
    apd_scan *scan;
    apd_time from, to; /* [from, to); INT64_MIN / INT64_MAX = open */
    apd_arena *arena;
    uint32_t attempt;           /* 1.., oldest first; 0 = everything */
    struct apd_view_memo *memo; /* what was worked out already; NULL = remember nothing */
} apd_view;

bool apd_view_init(apd_view *v, apd_scan *s, apd_time from, apd_time to);
/* The views a rule is tried in, one after the other: attempts, newest first, then everything.
 * With fewer than two attempts only everything. 0 when out of memory. */
size_t apd_views_make(apd_scan *s, apd_view **out);
bool apd_view_is_whole(const apd_view *v);
bool apd_view_holds(const apd_view *v, const apd_event *ev);
/* Hits of a selection inside the view, in order. */
size_t apd_view_hits(const apd_view *v, uint32_t selection, const apd_hit ***out);
/* Number of hits inside the view: the least, and the most if some were not kept. */
uint64_t apd_view_count(const apd_view *v, uint32_t selection, uint64_t *most);
/* May hits between these times have been dropped? */
bool apd_hits_lost(const apd_hits *h, apd_time from, apd_time to);

static inline apd_truth apd_and(apd_truth a, apd_truth b)
{
    return a < b ? a : b;
}

static inline apd_truth apd_or(apd_truth a, apd_truth b)
{
    return a > b ? a : b;
}

static inline apd_truth apd_not(apd_truth a)
{
    return (apd_truth)(APD_TRUE - a);
}

/* True: hits. False: none, though at least one log it reads is in the bundle. Else unknown. */
apd_truth apd_eval_selection(const apd_view *v, uint32_t selection);
apd_truth apd_eval_expr(const apd_view *v, const apd_node *n);

/* --- relate.c, relate_window.c --- */

typedef struct apd_used {
    uint32_t selection;
    const apd_hit *hit;
    uint32_t more; /* further hits of the selection that carry the relation as well */
} apd_used;

typedef struct apd_relation_result {
    apd_truth truth;
    apd_str why;          /* unknown: a sentence that begins with the relation's name */
    const apd_used *used; /* true: the hits it rests on */
    size_t nused;
    const apd_evidence
        *gaps; /* true: GAP and NOTE lines; .event is the record each stands behind */
    size_t ngaps;
} apd_relation_result;

/* Never NULL; apd_eval_relation() remembers what apd_relate() worked out. */
const apd_relation_result *apd_eval_relation(const apd_view *v, uint32_t relation);
const apd_relation_result *apd_relate(const apd_view *v, uint32_t relation);

/* --- template.c --- */

/* Fills {sel.Field}, {count(sel)}; a field that is not there becomes "?". */
apd_str apd_fill(const apd_view *v, const apd_rule *rule, apd_str text);
/* The same for a `show` text, about one record. */
apd_str apd_fill_event(const apd_view *v, const apd_event *ev, apd_str text);

/* --- limits.c --- */

/* What the bundle cannot show of the finding (NULL: of the newest attempt). NULL when out of memory. */
const apd_limit *apd_limits_find(apd_scan *s, const apd_finding *f, size_t *n);

#endif
