# They write what they read: tests/make/etl_builder.h, xca_writer.h.
set(MAKE ${PROJECT_SOURCE_DIR}/tests/make)
apd_unit_test(xca ROOMS base parser_etl event io)
apd_unit_test(etl_trace ROOMS base parser_etl event io)
apd_unit_test(etl_losses ROOMS base parser_etl event io)
apd_unit_test(etl ROOMS base parsers parser_etl parser_evtx parser_text event io)
foreach(name xca etl_trace etl_losses etl)
  apd_sees(test_${name} tests/make)
  target_sources(test_${name} PRIVATE ${MAKE}/etl_builder.c ${MAKE}/xca_writer.c ${MAKE}/huffman.c ${MAKE}/out.c)
endforeach()

# Traces of other projects, counted by this reader and by another; exits with 77 where there are none.
add_executable(etl_dump etl_dump.c)
apd_flags(etl_dump)
apd_sees(etl_dump lib/base lib/event lib/io parsers)
apd_link(etl_dump base event io parser_etl)
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME corpus.etl_counts COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/etl_counts.py $<TARGET_FILE:etl_dump>)
  set_tests_properties(corpus.etl_counts PROPERTIES LABELS corpus SKIP_RETURN_CODE 77
    ENVIRONMENT "APD_DATA=${PROJECT_SOURCE_DIR}/../shared/data")
  add_test(NAME corpus.etl_payloads COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/etl_payloads.py
    $<TARGET_FILE:apdiag> ${PROJECT_SOURCE_DIR}/../shared/data)
  set_tests_properties(corpus.etl_payloads PROPERTIES LABELS corpus SKIP_RETURN_CODE 77)
endif()
apd_unit_test(etl_payload ROOMS parser_etl io event base)
apd_unit_test(etl_described ROOMS parser_etl io event base)
