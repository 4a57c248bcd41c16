apd_unit_test(events ROOMS report rule deploy event base)
apd_unit_test(where ROOMS rule deploy event base)
