/* What the files of relate share. Private to them. */
#ifndef APD_RELATE_H
#define APD_RELATE_H

#include "scan.h"

/* Hits that count for the subject. `sure` is false for a hit that does not say whose it is: it
 * cannot carry the relation, but its silence cannot be claimed either. */
typedef struct apd_seen {
    const apd_hit **at;
    const bool *sure; /* NULL: all are */
    size_t n;
} apd_seen;

/* One relation over one view; with `same: user` or `same: app`, over one user or app in it. */
typedef struct apd_subject {
    const apd_view *view;
    const apd_relation *rel;
    apd_str key; /* "" = of anyone */
    apd_seen
        *known; /* hits per selection of the rule, once asked for; NULL: the view remembers them */
    bool quiet; /* only the truth is asked for: no words, no hits, nothing allocated */
} apd_subject;

apd_seen apd_subject_hits(const apd_subject *s, uint32_t selection);
static inline bool apd_seen_sure(const apd_seen *s, size_t i)
{
    return !s->sure || s->sure[i];
}

/* Whose hit is it: a user's SID or an app's GUID, "" = it does not say. */
apd_str apd_hit_key(const apd_view *v, uint32_t selection, const apd_hit *hit, apd_same same);

/* For sentences. */
apd_str apd_selection_name(const apd_subject *s, uint32_t selection);
apd_relation_result apd_relation_unknown(const apd_subject *s, apd_str reason);
/* A selection that the relation cannot do without has no hit: false, or unknown without its log. */
apd_relation_result apd_relation_missing(const apd_subject *s, uint32_t selection);
/* Unknown, since hits that matter were counted but not kept. */
apd_relation_result apd_relation_crowded(const apd_subject *s, uint32_t selection);
/* A reason: which clocks of the two records cannot be compared. */
apd_str apd_order_doubt(const apd_subject *s, uint32_t a, const apd_event *ea, uint32_t b,
                        const apd_event *eb);
/* True by these hits, with a note where clocks of different kinds are among them. */
apd_relation_result apd_relation_true(const apd_subject *s, const apd_used *used, size_t nused);

apd_relation_result apd_relate_window(const apd_subject *s);
apd_relation_result apd_relate_differ(const apd_subject *s);

#endif
