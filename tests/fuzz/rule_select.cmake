apd_fuzz_target(literal ROOMS rule deploy event base)
apd_fuzz_target(words ROOMS rule deploy event base)
