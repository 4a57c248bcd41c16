apd_fuzz_target(evtx ROOMS base event io parser_evtx)

# Writes testdata/fuzz/evtx/ anew: evtx_seeds FOLDER
add_executable(evtx_seeds EXCLUDE_FROM_ALL evtx_seeds.c)
apd_flags(evtx_seeds)
apd_sees(evtx_seeds tests/unit)
target_link_libraries(evtx_seeds PRIVATE ZLIB::ZLIB)
