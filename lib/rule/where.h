/* A condition on one record, written on one line in the words of rules:
 *
 *     EventID=71 and Level<=2
 *     log in [autopilot, mdm] and not any|hresult=0x800705B4
 *
 * The grammar is in docs/events.md. What a comparison means is what it means in a rule file. */
#ifndef APD_WHERE_H
#define APD_WHERE_H

#include "rule.h"

typedef struct apd_filter apd_filter;

/* rules: for the short names of logs; it and the names must outlive the filter. APD_E_RULE: err->text
 * is a sentence that begins with the column. */
apd_status apd_filter_new(const apd_rules *rules, apd_intern *names, apd_str text, apd_filter **out,
                          apd_error *err) APD_MUST_USE;
void apd_filter_free(apd_filter *f); /* NULL is fine */
/* APD_E_NOMEM: *holds is not to be trusted. */
apd_status apd_filter_holds(apd_filter *f, apd_event *ev, bool *holds) APD_MUST_USE;

/* Is this the event's log? A short name, the name of a fact, or else the channel or file itself, case ignored, with * and ? as
 * wildcards. */
bool apd_rules_is_log(const apd_rules *r, const apd_intern *names, apd_str name,
                      const apd_event *ev);

#endif
