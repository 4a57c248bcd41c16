/* Where more time passes between milestones than a deployment that works needs: the thresholds are data
 * (rules/milestones/gaps.yml), to be tuned. */
#ifndef APD_GAPS_H
#define APD_GAPS_H

#include "phases.h"
#include "rule.h"

/* The gaps of one attempt by time, in the scan's arena; after finishing the scan and building the phases. A
 * milestone that is missing is only called out where the logs that mark it reach over the threshold. within: instead of every threshold, or 0. NULL when out
 * of memory, an array even if it is empty. */
const apd_gap *apd_gaps_find(apd_scan *s, const apd_attempt *at, int64_t within, size_t *n);

#endif
