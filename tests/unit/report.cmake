apd_unit_test(report ROOMS report rule deploy event base)
