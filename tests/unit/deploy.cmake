apd_unit_test(clocks ROOMS deploy event base)
