apd_unit_test(rank ROOMS rule event base)
apd_unit_test(relate ROOMS rule event base)
apd_unit_test(rule_test ROOMS rule event base)
apd_unit_test(scan ROOMS rule event base)
