apd_unit_test(linelog ROOMS parsers parser_evtx parser_text io event base)
apd_unit_test(msilog ROOMS parsers parser_evtx parser_text io event base)
apd_unit_test(sections ROOMS parsers parser_evtx parser_text io event base)

add_executable(bench_text ${PROJECT_SOURCE_DIR}/tests/bench/bench_text.c)
apd_flags(bench_text)
apd_sees(bench_text lib/base lib/event lib/io parsers)
apd_link(bench_text base event io parsers parser_evtx parser_text)
