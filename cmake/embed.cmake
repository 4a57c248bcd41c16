# cmake -DROOT=rules -DOUT=rules_embedded.c -P embed.cmake
# Turns every rule file, names file and code table below ROOT into one C array, in byte order of
# the names, so that the program needs no files beside it.
cmake_policy(SET CMP0057 NEW)
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/*.yml ${ROOT}/*.tsv)
list(SORT files)
set(text "/* Made from rules/ by cmake/embed.cmake. */\n#include \"rulefiles.h\"\n\n")
set(table "")
set(n 0)
foreach(f IN LISTS files)
  file(READ ${ROOT}/${f} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
  string(APPEND text "static const unsigned char file_${n}[] = {\n${bytes}0};\n")
  string(APPEND table "    {\"${f}\", (const char *)file_${n}, sizeof file_${n} - 1},\n")
  math(EXPR n "${n} + 1")
endforeach()
string(APPEND text "\nconst apd_embedded_file apd_embedded_files[] = {\n${table}    {0, 0, 0},\n};\n")
file(WRITE ${OUT} "${text}")
