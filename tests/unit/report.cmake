apd_unit_test(report ROOMS report rule deploy event base)
apd_unit_test(sources ROOMS deploy event base)
apd_unit_test(mask ROOMS report rule deploy event base)
