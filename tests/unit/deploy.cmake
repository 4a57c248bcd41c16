apd_unit_test(clocks ROOMS deploy event base)
apd_unit_test(phases ROOMS deploy event base)
apd_unit_test(device ROOMS deploy event base)
apd_unit_test(items ROOMS deploy event base)
