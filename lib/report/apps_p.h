/* What the forms of `apdiag apps` share. Private to lib/report. */
#ifndef APD_APPS_P_H
#define APD_APPS_P_H

#include "jsonout.h"
#include "report.h"

typedef struct apd_apps_rows {
    const apd_item **at; /* what needs attention first */
    size_t n;
    size_t policies; /* further ones that failed */
    size_t quiet;    /* further ones that did not */
} apd_apps_rows;

/* The rows that the view shows, in the arena. False when out of memory. */
bool apd_apps_select(apd_arena *a, const apd_report *r, const apd_apps_view *view,
                     apd_apps_rows *out);

/* apps_words.c: everything in words; in the arena, or views of tables. */
typedef struct apd_words {
    apd_str at[16];
    size_t n;
} apd_words;

/* What the row alone does not say, the cause first. */
void apd_item_remarks(apd_arena *a, const apd_report *r, const apd_item *it, apd_words *out);
/* "exit code 1603 (ERROR_INSTALL_FAILURE: fatal error during installation), mapped as Failed" */
apd_str apd_item_exit_words(apd_arena *a, const apd_report *r, const apd_item *it);
apd_str apd_item_code_words(apd_arena *a, const apd_report *r, uint32_t code);
/* "61.4 MiB of 61.4 MiB in 5 s (12.3 MiB/s), 30 % from peers", or "" */
apd_str apd_item_download_words(apd_arena *a, const apd_item *it);
/* "2025-11-22 10:00:25Z", "... est", "... local"; "" where there is no time */
apd_str apd_when_words(apd_arena *a, apd_time t, apd_clock c);
/* "AppWorkload.log, record 12" */
apd_str apd_where_words(apd_arena *a, const apd_report *r, apd_where where);

/* The named records of an item's life. */
typedef struct apd_named_mark {
    const char *name;
    const apd_item_mark *mark;
} apd_named_mark;
enum { APD_NAMED_MARKS = 11 };
void apd_item_marks(const apd_item *it, apd_named_mark out[APD_NAMED_MARKS]);

/* apps_stalls.c */

/* Reasons that still held in the newest attempt, those about the same thing taken together. */
typedef struct apd_stalled {
    const apd_stall *first, *last;
    uint64_t times;
    const apd_item *item; /* or NULL */
    apd_time until;
} apd_stalled;
const apd_stalled *apd_stalls_select(apd_arena *a, const apd_report *r, size_t *n);
void apd_stalls_json(json *j, const apd_report *r);

/* apps_json.c, device.c: lists as the diagnosis has them too. */
void apd_items_json(json *j, const apd_report *r, const apd_apps_view *view);
void apd_properties_json(json *j, const apd_report *r);

/* apps_drift.c */
void apd_drift_json(json *j, const apd_report *r);
/* A paragraph per remark for the terminal. */
void apd_drift_words(apd_arena *a, const apd_report *r, apd_words *out);

#endif
