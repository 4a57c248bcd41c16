/* The matcher: a rule set's alternatives, arranged for looking up. Built once, then only read.
 * Private to lib/rule. */
#ifndef APD_SELECT_MATCHER_H
#define APD_SELECT_MATCHER_H

#include "match_words.h"
#include "select.h"

#define APD_NONE SIZE_MAX

/* How the records of an alternative are found. */
typedef enum apd_found_by {
    APD_BY_FACT,    /* it is about a fact */
    APD_BY_ID,      /* a condition lists EventIDs */
    APD_BY_MESSAGE, /* conditions on the message require literals */
    APD_BY_LOOKING  /* every record of its logs is looked at */
} apd_found_by;

/* One alternative of one selection. Choices are numbered in the order of selections, then
 * alternatives; sets of them are bit sets. */
typedef struct apd_choice {
    const apd_alt *alt;
    uint32_t selection;
    uint16_t number; /* of the alternative within its selection */
    apd_found_by by;
    bool proven;           /* BY_MESSAGE: its literals are all that the conditions ask for */
    const apd_cond *ids;   /* BY_ID: the condition */
    size_t any;            /* BY_LOOKING: index of a condition on `any` whose literals are in the
                              word set, so that only the fields need looking at; or APD_NONE */
    const uint16_t *order; /* the conditions, cheap ones first */
} apd_choice;

/* An index entry: an EventID or a fact's name leads to a choice. */
typedef struct apd_lead {
    uint32_t id, choice;
} apd_lead;

typedef struct apd_leads { /* sorted by id, then choice */
    apd_lead *at;
    size_t n, cap;
} apd_leads;

bool apd_leads_add(apd_arena *a, apd_leads *l, uint32_t id, uint32_t choice);
void apd_leads_sort(apd_leads *l);
/* Index of the first entry of that id; its end is where the id changes. */
size_t apd_leads_find(const apd_leads *l, uint32_t id);

struct apd_matcher {
    const apd_choice *choices;
    size_t n;
    size_t words;                /* 64-bit words of a set of choices */
    const apd_wordset *literals; /* NULL: no choice needs any. Owners: choices for their first ones,
                                  words * 64 + choice for their second */
    const uint64_t *one_claim;   /* choices without second literals */
    apd_leads facts;             /* by folded name */
    const apd_fact **asked;      /* the facts of names.yml among them */
    size_t nasked;
};

#endif
