apd_unit_test(clocks ROOMS deploy event base)
apd_unit_test(phases ROOMS deploy event base)
