/* Turns the records of an inline test into events. Private to lib/rule. */
#ifndef APD_RULE_TEST_FEED_H
#define APD_RULE_TEST_FEED_H

#include "rule_test.h"
#include "scan.h"

/* Facts, coverage, records in order of time, then raw text. An error is a fault of the test. */
apd_status apd_test_feed(apd_scan *s, const apd_rule_test *t, const apd_raw_parser *raw,
                         apd_error *err) APD_MUST_USE;

#endif
