/* What rank.c and the explain files share. Private to them and to rule_test.c. */
#ifndef APD_RANK_H
#define APD_RANK_H

#include "model.h"
#include "scan.h"
#include "vec.h"

/* A rule judged in one view. Strength, score and the rest are only worked out if it is not false. */
typedef struct apd_judged {
    const apd_rule *rule;
    const apd_view *view;
    apd_truth truth;
    apd_strength strength; /* with `makes` and contradictions */
    int score;
    bool supported; /* a `supports` holds */
} apd_judged;

apd_judged apd_judge(const apd_view *v, const apd_rule *rule);

/* A finding on its way: what was judged, and what masks it. */
typedef struct apd_candidate {
    apd_judged judged;
    const apd_judged *siblings; /* all causes of its family, itself among them; or just itself */
    size_t nsiblings;
    bool undecided; /* another cause of the family fits as well */
    const struct apd_candidate *masker;
    apd_finding f;
} apd_candidate;

/* --- grounds: the leaves of an expression that make it what it is --- */

typedef struct apd_grounds {
    const apd_view *view;
    APD_VEC(const apd_node *) leaves; /* selections, relations and counts */
} apd_grounds;

/* Adds the leaves that n owes its truth to. NULL adds nothing. */
void apd_grounds_add(apd_grounds *g, const apd_node *n);
/* Those of the family's `when` and the rule's own. */
apd_grounds apd_grounds_of(const apd_view *v, const apd_rule *rule);

/* --- overcome.c --- */

/* What shows that the deployment got over the failure; f has its evidence. */
apd_overcome apd_overcome_find(const apd_model *m, const apd_finding *f);

/* --- explain.c --- */

/* "no shell-core log is in this bundle; stalled could not be checked: autopilot ends 2 m 00 s in" */
apd_str apd_why_unknown(const apd_grounds *g);
/* "no timed_out; attested is there" */
apd_str apd_why_false(const apd_grounds *g);
/* Are they unknown only for want of logs that are not in the bundle? */
bool apd_grounds_blind(const apd_grounds *g);
/* Fills in say and terms. */
void apd_explain_words(apd_candidate *c);

/* --- explain_evidence.c, explain_considered.c --- */

/* Fills in evidence, `by`, first, last and clock. */
void apd_explain_evidence(apd_candidate *c);

/* Fills in the look-alikes, the other causes and the consequences. */
void apd_explain_considered(apd_candidate *c, const apd_candidate *all, size_t n);

#endif
