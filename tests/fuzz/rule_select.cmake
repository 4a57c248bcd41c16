apd_fuzz_target(literal ROOMS rule deploy event base)
