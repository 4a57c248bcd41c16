apd_fuzz_target(rule_file ROOMS rule deploy event base)
