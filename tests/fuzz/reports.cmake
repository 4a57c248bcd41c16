apd_fuzz_target(keyvalue ROOMS parser_text io event base)
apd_fuzz_target(devicehash ROOMS parser_text io event base)
