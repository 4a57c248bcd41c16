apd_fuzz_target(cmtrace ROOMS parser_text io event base)
apd_fuzz_target(profile ROOMS parser_text io event base)
apd_fuzz_target(textlog ROOMS parser_text io event base)
