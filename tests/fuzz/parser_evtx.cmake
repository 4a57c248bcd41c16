apd_fuzz_target(evtx ROOMS base event io parser_evtx)
apd_fuzz_target(evtx_carve ROOMS base event io parser_evtx)

# Writes testdata/fuzz/evtx/ and testdata/fuzz/evtx_carve/ anew: evtx_seeds READING CARVING
add_executable(evtx_seeds EXCLUDE_FROM_ALL evtx_seeds.c)
apd_flags(evtx_seeds)
apd_sees(evtx_seeds tests/unit)
target_link_libraries(evtx_seeds PRIVATE ZLIB::ZLIB)
