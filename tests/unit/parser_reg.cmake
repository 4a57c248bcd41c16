apd_unit_test(reg ROOMS parser_text io event base)
apd_unit_test(regkey ROOMS base)
apd_unit_test(facts ROOMS rule deploy event base)
apd_unit_test(enums ROOMS deploy event base)
