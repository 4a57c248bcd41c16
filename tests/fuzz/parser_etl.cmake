apd_fuzz_target(etl ROOMS base parser_etl event io)
apd_fuzz_target(etl_buffer ROOMS base parser_etl event io)
apd_fuzz_target(etl_payload ROOMS base parser_etl event io)
foreach(name xca_lz77 xca_lznt1 xca_huffman)
  apd_fuzz_target(${name} ROOMS base parser_etl event io)
endforeach()

# Writes their seeds anew: etl_seeds testdata/fuzz
add_executable(etl_seeds EXCLUDE_FROM_ALL etl_seeds.c)
apd_flags(etl_seeds)
apd_sees(etl_seeds lib/base)
apd_link(etl_seeds base)
foreach(name fuzz_etl_buffer etl_seeds)
  apd_sees(${name} tests/make)
  target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/make/etl_builder.c ${PROJECT_SOURCE_DIR}/tests/make/xca_writer.c
    ${PROJECT_SOURCE_DIR}/tests/make/huffman.c ${PROJECT_SOURCE_DIR}/tests/make/out.c)
endforeach()
