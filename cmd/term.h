/* What the terminal can do, and the progress line. */
#ifndef APD_TERM_H
#define APD_TERM_H

#include "report.h"

/* colour: "auto", "always", "never". Auto honours NO_COLOR, TERM=dumb and pipes; the width is that
 * of the terminal (or COLUMNS), none in a pipe. */
apd_style apd_term_style(FILE *out, const char *colour);

/* One line on stderr, "apdiag: " before it. What it quotes (paths, names out of archives, rule files)
 * is cleaned as all output is. */
void apd_complain(const char *fmt, ...) APD_PRINTF(1, 2);
/* One line of text, cleaned. */
void apd_print_line(FILE *to, apd_str line);

/* One line on stderr that overwrites itself; nothing unless stderr is a terminal. */
void apd_progress(apd_str what, uint64_t bytes);
void apd_progress_end(void);

#endif
