apd_fuzz_target(linelog ROOMS parser_text io event base)
apd_fuzz_target(msilog ROOMS parser_text io event base)
apd_fuzz_target(setupapi ROOMS parser_text io event base)
apd_fuzz_target(dolog ROOMS parser_text io event base)
