/* The rule files a run works with: those embedded at build time, and those of --rules. */
#ifndef APD_RULEFILES_H
#define APD_RULEFILES_H

#include <stdio.h>

#include "codes.h"
#include "rule.h"
#include "sentences.h"

typedef struct apd_embedded_file {
    const char *name, *text;
    size_t len;
} apd_embedded_file;

extern const apd_embedded_file apd_embedded_files[]; /* ends with a NULL name */

/* A table about traces, by its base name. */
typedef struct apd_table {
    apd_str name, text;
} apd_table;

typedef struct apd_knowledge {
    apd_arena *arena;
    apd_intern *names;
    apd_rules *rules; /* NULL when the rules have errors */
    apd_codes *codes;
    apd_sentences *sentences;
    const apd_table *trace_tables; /* etl/, for apd_schemas_table() */
    size_t ntrace_tables;
    const apd_rule_note *notes;
    size_t nnotes;
} apd_knowledge;

/* Loads the embedded files and every .yml and .tsv below the given paths (files or folders).
 * APD_E_RULE: k->notes say what is wrong, or err for what is no rule file at all. Free in any case. */
apd_status apd_knowledge_load(apd_knowledge *k, const char *const *paths, size_t n,
                              apd_error *err) APD_MUST_USE;
/* The same without the rules: short names of logs, codes, sentences; for whoever does not diagnose. */
apd_status apd_knowledge_load_names(apd_knowledge *k, const char *const *paths, size_t n,
                                    apd_error *err) APD_MUST_USE;
/* A whole file of at most `most` bytes. APD_E_RULE: err names the file and what is wrong. */
apd_status apd_read_text(apd_arena *a, const char *path, size_t most, apd_str *text,
                         apd_error *err) APD_MUST_USE;
void apd_knowledge_free(apd_knowledge *k);
/* Prints notes as "file:line:column: error: text"; errors only unless `warnings`. */
void apd_knowledge_print(const apd_knowledge *k, FILE *to, bool warnings);

#endif
