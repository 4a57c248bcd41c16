apd_fuzz_target(literal ROOMS rule event base)
