/* Members that are text: CMTrace logs, the Autopilot profile, plain files. */
#ifndef MK_TEXT_WRITERS_H
#define MK_TEXT_WRITERS_H

#include "scenario.h"

/* The lines of one log as the Intune Management Extension writes them: local time without offset,
 * month and day not padded. */
void mk_cmtrace_write(mk_out *o, const mk_scenario *s, apd_str log);
/* The lines of one log in another format; the first line's decides the encoding and the head. */
void mk_lines_write(mk_out *o, const mk_scenario *s, apd_str log);
bool mk_lines_format(apd_str name);
/* UTF-16LE with BOM, one line, as Windows keeps it in wmansvc. */
void mk_profile_write(mk_out *o, const mk_node *profile);
void mk_plain_write(mk_out *o, const mk_file *f);
/* Appends s as a JSON string with its quotes. */
void mk_json_string(mk_out *o, apd_str s);
/* Generated content of f->size bytes, of the kind f->fill names. False if there is no such kind. */
bool mk_fill_write(mk_out *o, const mk_file *f, uint64_t seed);

#endif
