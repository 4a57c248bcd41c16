apd_unit_test(rank ROOMS rule deploy event base)
apd_unit_test(relate ROOMS rule deploy event base)
apd_unit_test(rule_test ROOMS rule deploy event base)
apd_unit_test(scan ROOMS rule deploy event base)
