/* The one way text from a bundle reaches an output: cleaned for that output, and with secrets
 * (bearer tokens, signatures of SAS addresses) taken out always. */
#ifndef APD_ESCAPE_H
#define APD_ESCAPE_H

#include "arena.h"

/* One line for a terminal: control characters, line breaks, invalid UTF-8 and direction overrides
 * become visible escapes; cut to max_columns (0 = not) with an ellipsis. */
apd_str apd_escape_term(apd_arena *a, apd_str s, size_t max_columns);
/* A JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
apd_str apd_escape_json(apd_arena *a, apd_str s);
/* Columns the escaped text takes (one per code point). */
size_t apd_columns(apd_str s);
/* A copy with secrets replaced by "[redacted]", or s itself when it holds none. */
apd_str apd_redact_secrets(apd_arena *a, apd_str s);
/* The same where the text stands, which only gets shorter. Returns its new length. */
size_t apd_redact_in_place(char *text, size_t len);

#endif
