apd_unit_test(reg ROOMS parser_text io event base)
apd_unit_test(regkey ROOMS deploy event base)
