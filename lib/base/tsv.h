/* Rows of tables in text: one a line, columns with tabs between them. Blank lines and those that begin with # are passed over.
 *
 *     apd_tsv t = {.names = files, .texts = texts, .n = n};
 *     while (apd_tsv_next(&t))
 *         if (!read_row(t.row, ...))
 *             return apd_tsv_fail(&t, err, "expected code and meaning");
 */
#ifndef APD_TSV_H
#define APD_TSV_H

#include "bytes.h"
#include "status.h"

typedef struct apd_tsv {
    const apd_str *names, *texts; /* of the files, borrowed */
    size_t n;
    apd_str row;   /* a view into the text; may end in white space */
    size_t files;  /* begun so far */
    unsigned line; /* of the row, from 1 */
    apd_str rest;
} apd_tsv;

bool apd_tsv_next(apd_tsv *t);
/* APD_E_RULE at the row: "file:line: what". */
apd_status apd_tsv_fail(const apd_tsv *t, apd_error *err, const char *what);

#endif
