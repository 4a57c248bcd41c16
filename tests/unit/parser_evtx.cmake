apd_unit_test(evtx ROOMS base event io parser_evtx)
apd_unit_test(evtx_damage ROOMS base event io parser_evtx)
apd_unit_test(evtx_values ROOMS base event io parser_evtx)

# The same logs read by this reader and by libevtx; exits with 77 where there is nothing to compare.
add_executable(evtx_dump evtx_dump.c)
apd_flags(evtx_dump)
apd_sees(evtx_dump lib/base lib/event lib/io parsers)
apd_link(evtx_dump base event io parser_evtx)
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME corpus.evtx COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/evtx_compare.py $<TARGET_FILE:evtx_dump>)
  set_tests_properties(corpus.evtx PROPERTIES LABELS corpus SKIP_RETURN_CODE 77
    ENVIRONMENT "APD_DATA=${PROJECT_SOURCE_DIR}/../shared/data")
endif()
