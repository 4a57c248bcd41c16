apd_fuzz_target(reg ROOMS parser_text io event base)
