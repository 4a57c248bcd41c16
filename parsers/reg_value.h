/* Values of registry files: from their text to a typed field. Private to the reader of registry
 * files.
 *
 * Two dialects. An export (reg.exe, regedit) begins lines with the name, escapes `"` and `\` in texts, and writes
 * everything but texts and DWORDs as hex(kind) over lines that end in `\`. The dump of mdmdiagnosticstool indents its
 * values by four blanks, escapes nothing, and writes DWORD:, QWORD: (both hexadecimal) and MULTI_SZ: with one string a
 * line. */
#ifndef APD_REG_VALUE_H
#define APD_REG_VALUE_H

#include "event.h"

typedef enum apd_reg_dialect {
    APD_REG_DUMP,
    APD_REG_EXPORT,
    APD_REG_ANSI /* an export of the old kind (REGEDIT4): its hex texts are not UTF-16 */
} apd_reg_dialect;

/* Is the line the first of a value? Its name (as written, between the quotes; "@" for the default
 * value) and where the data begin. export_kind: what an export's line is taken for. */
bool apd_reg_value_line(apd_str line, apd_reg_dialect export_kind, apd_reg_dialect *dialect,
                        apd_str *name, size_t *data);
/* Has the data of an export's value, without blanks around them, come to their end with this line? */
bool apd_reg_is_whole(apd_str data);
/* What `-` says: the value is to be deleted. */
bool apd_reg_deletes(apd_reg_dialect dialect, apd_str data);

/* The name without its escapes; in the arena, or the view itself. ptr NULL: out of memory. */
apd_str apd_reg_name(apd_arena *a, apd_reg_dialect dialect, apd_str name);

/* Fills type and value; what is no known kind stays text as it is. The strings of a MULTI_SZ are
 * joined with line feeds. A text that is wholly /Date(milliseconds)/ is a time. Everything is copied
 * to the arena. False when out of memory. */
bool apd_reg_decode(apd_arena *a, apd_reg_dialect dialect, apd_str data, apd_field *out);

#endif
