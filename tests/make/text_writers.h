/* Members that are text: CMTrace logs, the Autopilot profile, registry files, plain files. */
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
void mk_registry_write(mk_out *o, const mk_registry *r);
void mk_plain_write(mk_out *o, const mk_file *f);
/* The document that f->tree describes, in the encoding of f. */
void mk_tree_write(mk_out *o, const mk_scenario *s, const mk_file *f);
/* A whole MDMDiagReport.xml of exactly that many bytes (10 000 at least). */
void mk_report_fill(mk_out *o, uint64_t size, uint64_t *rnd);
/* Appends a tree as JSON on one line. */
void mk_json_put(mk_out *o, const mk_node *n);
/* What a command printed: the scenario's `reports` entry. */
void mk_report_write(mk_out *o, const mk_node *report);
/* Appends s as a JSON string with its quotes. */
void mk_json_string(mk_out *o, apd_str s);
/* Generated content of f->size bytes, of the kind f->fill names. False if there is no such kind. */
bool mk_fill_write(mk_out *o, const mk_file *f, uint64_t seed);

#endif
