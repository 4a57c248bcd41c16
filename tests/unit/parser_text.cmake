apd_unit_test(cmtrace ROOMS parser_text io event base)
apd_unit_test(parsers ROOMS parsers io event base)
apd_unit_test(profile ROOMS parser_text io event base)
apd_unit_test(textlog ROOMS parser_text io event base)
