apd_unit_test(collector ROOMS parser_text io event base)
apd_unit_test(intune ROOMS parser_xml parser_text io event base)
apd_unit_test(mdmreport ROOMS parser_xml parser_text io event base)
