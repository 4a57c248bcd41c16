apd_fuzz_target(jsonscan ROOMS base)
