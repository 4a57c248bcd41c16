include(${PROJECT_SOURCE_DIR}/tests/bench/bench_evtx.cmake)
apd_unit_test(evtx ROOMS base event io parser_evtx)
apd_unit_test(evtx_damage ROOMS base event io parser_evtx)
apd_unit_test(evtx_damage_template ROOMS base event io parser_evtx)
apd_unit_test(evtx_carve ROOMS base event io parser_evtx)
target_link_libraries(test_evtx_carve PRIVATE ZLIB::ZLIB)
apd_unit_test(evtx_values ROOMS base event io parser_evtx)
apd_unit_test(evtx_render ROOMS base event io parser_evtx)
foreach(name evtx evtx_damage evtx_damage_template evtx_values evtx_render) # evtx_make.h
  target_link_libraries(test_${name} PRIVATE ZLIB::ZLIB)
endforeach()

# The same logs read by this reader and by libevtx; exits with 77 where there is nothing to compare.
add_executable(evtx_dump evtx_dump.c)
apd_flags(evtx_dump)
apd_sees(evtx_dump lib/base lib/event lib/io parsers)
apd_link(evtx_dump base event io parser_evtx)
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME corpus.evtx COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/evtx_compare.py $<TARGET_FILE:evtx_dump>)
  # What other projects expect of the logs they ship; and logs damaged at random, against other readers.
  add_test(NAME corpus.evtx_expect COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/evtx_expect.py $<TARGET_FILE:evtx_dump>)
  add_test(NAME corpus.evtx_mutate COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/evtx_mutate.py
    $<TARGET_FILE:evtx_dump> $<TARGET_FILE:apd-make>)
  set_tests_properties(corpus.evtx corpus.evtx_expect corpus.evtx_mutate PROPERTIES LABELS corpus SKIP_RETURN_CODE 77
    ENVIRONMENT "APD_DATA=${PROJECT_SOURCE_DIR}/../shared/data")
  add_test(NAME corpus.evtx_render COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/evtx_render_compare.py $<TARGET_FILE:bench_evtx> $<TARGET_FILE:evtx_dump>)
  set_tests_properties(corpus.evtx_render PROPERTIES LABELS corpus SKIP_RETURN_CODE 77
    ENVIRONMENT "APD_DATA=${PROJECT_SOURCE_DIR}/../shared/data")
endif()
