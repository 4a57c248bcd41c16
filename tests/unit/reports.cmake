apd_unit_test(keyvalue ROOMS parser_text io event base)
apd_unit_test(devicehash ROOMS parser_text io event base)
target_include_directories(test_devicehash PRIVATE ${PROJECT_SOURCE_DIR}/tests/make)
