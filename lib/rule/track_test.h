/* Tests of tracker files. Private to lib/rule. */
#ifndef APD_TRACK_TEST_H
#define APD_TRACK_TEST_H

#include "rule_test.h"
#include "scan.h"

apd_status apd_track_test_run(const apd_rules *r, apd_intern *names, const apd_raw_parser *raw,
                              const apd_track_test *test, apd_arena *arena,
                              apd_test_result *out) APD_MUST_USE;

#endif
