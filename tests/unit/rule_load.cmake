apd_unit_test(yaml ROOMS rule event base)
apd_unit_test(rule_load ROOMS rule event base)
apd_unit_test(rule_mistakes ROOMS rule event base)
apd_unit_test(rule_expr ROOMS rule event base)
