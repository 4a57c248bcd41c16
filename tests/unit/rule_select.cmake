apd_unit_test(cond ROOMS rule deploy event base)
apd_unit_test(literal ROOMS rule deploy event base)
apd_unit_test(match_words ROOMS rule deploy event base)
apd_unit_test(select ROOMS rule deploy event base)

# Not a test: built on request, see the file.
add_executable(bench_select EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/bench/bench_select.c)
apd_flags(bench_select)
apd_sees(bench_select lib/base lib/event lib/deploy lib/rule)
apd_link(bench_select rule event base)
