/* The rule files a run works with: those embedded at build time, and those of --rules. */
#ifndef APD_RULEFILES_H
#define APD_RULEFILES_H

#include <stdio.h>

#include "codes.h"
#include "enums.h"
#include "rule.h"
#include "sentences.h"
#include "sources.h"

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
    apd_sources *sources;
    apd_enums *enums;
    const apd_table *trace_tables; /* etl/, for apd_schemas_table() */
    size_t ntrace_tables;
    const apd_rule_note *notes;
    size_t nnotes;
} apd_knowledge;

/* What --rules collects; apd_rule_paths_add fits apd_option.each. More than there is room for are passed over. */
enum { APD_MAX_RULE_PATHS = 64 };
typedef struct apd_rule_paths {
    const char *at[APD_MAX_RULE_PATHS];
    size_t n;
} apd_rule_paths;

void apd_rule_paths_add(void *paths, const char *path);

/* Loads the embedded files and every .yml and .tsv below the given paths (files or folders).
 * APD_E_RULE: k->notes say what is wrong, or err for what is no rule file at all. Free in any case. */
apd_status apd_knowledge_load_tests(apd_knowledge *k, const char *const *paths, size_t n,
                                    apd_error *err) APD_MUST_USE;
/* The same without the tests that the rules carry: for whoever only uses them. */
apd_status apd_knowledge_load(apd_knowledge *k, const char *const *paths, size_t n,
                              apd_error *err) APD_MUST_USE;
/* The same without the rules: short names of logs, codes, sentences, meanings of values; for whoever does not diagnose. */
apd_status apd_knowledge_load_names(apd_knowledge *k, const char *const *paths, size_t n,
                                    apd_error *err) APD_MUST_USE;
/* A whole file of at most `most` bytes. APD_E_RULE: err names the file and what is wrong. */
apd_status apd_read_text(apd_arena *a, const char *path, size_t most, apd_str *text,
                         apd_error *err) APD_MUST_USE;
void apd_knowledge_free(apd_knowledge *k);
/* Prints notes as "file:line:column: error: text"; errors only unless `warnings`. */
void apd_knowledge_print(const apd_knowledge *k, FILE *to, bool warnings);

#endif
