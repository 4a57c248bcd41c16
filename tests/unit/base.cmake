apd_unit_test(base ROOMS base)
apd_unit_test(event ROOMS event base)
apd_unit_test(jsonscan ROOMS base)
