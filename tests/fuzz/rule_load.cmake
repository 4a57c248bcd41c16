apd_fuzz_target(rule_file ROOMS rule event base)
