# A room is one OBJECT library whose include path holds only the rooms it may see, so that a
# forbidden include does not compile. -iquote keeps our headers away from <system> includes.
function(apd_flags target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla $<$<BOOL:${APD_WERROR}>:-Werror>)
  target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
  # libapdiag.a must link without link-time optimisation too.
  target_compile_options(${target} PRIVATE
    $<$<AND:$<C_COMPILER_ID:GNU>,$<BOOL:${CMAKE_INTERPROCEDURAL_OPTIMIZATION}>>:-ffat-lto-objects>)
  if(APD_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
  endif()
  if(APD_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

function(apd_sees target)
  foreach(room IN LISTS ARGN)
    target_compile_options(${target} PRIVATE "SHELL:-iquote ${PROJECT_SOURCE_DIR}/${room}")
  endforeach()
endfunction()

# apd_room(name SOURCES ... SEES lib/base ... LIBS PkgConfig::X ...)
function(apd_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;SEES;LIBS" ${ARGN})
  add_library(apd_${name} OBJECT ${ROOM_SOURCES})
  apd_flags(apd_${name})
  apd_sees(apd_${name} ${ROOM_SEES})
  if(ROOM_LIBS)
    target_link_libraries(apd_${name} PUBLIC ${ROOM_LIBS})
  endif()
endfunction()

# The table of parsers names one of each of these, so whoever links `parsers` gets them.
set(APD_PARSER_ROOMS parser_etl parser_evtx parser_text parser_xml)

# apd_link(target room...): the objects of the rooms and what they link to.
function(apd_link target)
  if(parsers IN_LIST ARGN)
    list(APPEND ARGN ${APD_PARSER_ROOMS})
    list(REMOVE_DUPLICATES ARGN)
  endif()
  foreach(room IN LISTS ARGN)
    target_link_libraries(${target} PRIVATE apd_${room})
  endforeach()
endfunction()
