apd_fuzz_target(stream ROOMS io base)
apd_fuzz_target(cabguard ROOMS io base)
apd_fuzz_target(bundle ROOMS io base)
