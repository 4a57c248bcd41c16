apd_unit_test(xca ROOMS base parser_etl event io)
apd_sees(test_xca tests/make)
target_sources(test_xca PRIVATE ${PROJECT_SOURCE_DIR}/tests/make/xca_writer.c ${PROJECT_SOURCE_DIR}/tests/make/huffman.c
  ${PROJECT_SOURCE_DIR}/tests/make/out.c)

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
endif()
