/* The journey of one bundle: members through parsers into the scanner, then the diagnosis. */
#ifndef APD_RUN_H
#define APD_RUN_H

#include "bundle.h"
#include "report.h"
#include "rulefiles.h"

typedef struct apd_run apd_run;

/* What the command line says of a run; NULL or zeros: nothing. */
typedef struct apd_run_options {
    bool has_offset;
    int offset;  /* --utc-offset: minutes east of UTC of all local times */
    int64_t gap; /* --gap: ticks, instead of the thresholds of the rules; 0: theirs */
} apd_run_options;

/* "+01:00", "-0730", "+2", "Z"; false if it is none, or beyond what clocks on Earth show. */
bool apd_run_offset(const char *text, apd_run_options *out);

/* APD_OK: the report can be printed, losses are listed in it. Anything else: nothing of the bundle
 * could be read; err says why in one sentence. */
apd_status apd_run_bundle(const apd_knowledge *k, const apd_run_options *options, const char *path,
                          apd_run **out, apd_error *err) APD_MUST_USE;
/* Goes through the bundle without rules: a report of its files and problems, without a diagnosis. Also
 * of a bundle in which nothing can be read, as long as it has files. */
apd_status apd_run_members(const apd_knowledge *k, const char *path, apd_run **out,
                           apd_error *err) APD_MUST_USE;
const apd_report *apd_run_report(const apd_run *r);
/* Goes through the same bundle once more and hands over every record, its time converted where the offset of its clock
 * is known; `log` is the short name of its log. What each() returns other than APD_OK ends that. */
apd_status apd_run_again(apd_run *r, const char *path,
                         apd_status (*each)(void *ctx, apd_event *ev, apd_str log), void *ctx,
                         apd_error *err) APD_MUST_USE;
void apd_run_set_exit(apd_run *r, int code);
void apd_run_free(apd_run *r);

/* For tests inside rules: text through the parser that bids highest. */
apd_raw_parser apd_run_raw_parser(apd_intern *names);

#endif
