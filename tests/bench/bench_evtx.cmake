# How much of a file is read and written per second: bench_evtx MODE FILE
add_executable(bench_evtx ${CMAKE_CURRENT_LIST_DIR}/bench_evtx.c)
apd_flags(bench_evtx)
apd_sees(bench_evtx lib/base lib/event lib/io parsers)
apd_link(bench_evtx base event io parser_evtx)
