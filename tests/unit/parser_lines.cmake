apd_unit_test(linelog ROOMS parsers parser_evtx parser_text io event base)
apd_unit_test(msilog ROOMS parsers parser_evtx parser_text io event base)
apd_unit_test(sections ROOMS parsers parser_evtx parser_text io event base)
