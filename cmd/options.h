/* Option tables: one row makes an option parsed and documented. */
#ifndef APD_OPTIONS_H
#define APD_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "clock.h"

typedef struct apd_option {
    const char *name;  /* "--format" */
    const char *value; /* "term|json": words allowed; upper case: any text; NULL: a flag */
    const char *help;
    const char **text; /* where the value goes */
    bool *flag;
    void (*each)(void *ctx, const char *value); /* for options that may be repeated */
    void *ctx;
} apd_option;

/* Takes options out of argv, leaves the operands in place. Returns their number, or -1 after
 * saying on stderr what is wrong. "--" ends the options; "-" is an operand. */
int apd_options_parse(const char *command, const apd_option *table, int argc, char **argv);
/* The time in `text` (NULL: *out stays as it is), false after a complaint. end: of a date that stands alone, its end. */
bool apd_options_time(const char *command, const char *option, const char *text, bool end,
                      apd_time *out);
void apd_options_help(FILE *to, const apd_option *table);

#endif
