#include "rulefiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "limits.h"
#include "term.h"
#include "vec.h"

typedef enum amount { ONLY_NAMES, NO_TESTS, ALL } amount;

typedef struct gather {
    apd_arena *a;
    apd_error *err;
    amount amount;
    APD_VEC(apd_rule_file) rules;
    APD_VEC(apd_str) code_names;
    APD_VEC(apd_str) code_texts;
    APD_VEC(apd_str) event_names;
    APD_VEC(apd_str) event_texts;
    APD_VEC(apd_str) source_names;
    APD_VEC(apd_str) source_texts;
    APD_VEC(apd_str) enum_names;
    APD_VEC(apd_str) enum_texts;
    APD_VEC(apd_table) trace_tables;
} gather;

void apd_rule_paths_add(void *paths, const char *path)
{
    apd_rule_paths *p = paths;
    if (p->n < APD_MAX_RULE_PATHS)
        p->at[p->n++] = path;
}

/* Tables are told apart by their folder: events/mdm.tsv, codes/tpm.tsv, etl/kernel.tsv; sources.tsv and enums.tsv by their name. */
static bool is_event_table(apd_str name)
{
    return apd_starts(name, APD_LIT("events/")) || apd_find(name, APD_LIT("/events/")) != SIZE_MAX;
}

static bool is_source_table(apd_str name)
{
    return apd_eq(name, APD_LIT("sources.tsv")) || apd_ends(name, APD_LIT("/sources.tsv"));
}

static bool is_enum_table(apd_str name)
{
    return apd_eq(name, APD_LIT("enums.tsv")) || apd_ends(name, APD_LIT("/enums.tsv"));
}

static bool is_trace_table(apd_str name)
{
    return apd_starts(name, APD_LIT("etl/")) || apd_find(name, APD_LIT("/etl/")) != SIZE_MAX;
}

static apd_str base_name(apd_str name)
{
    for (size_t i = name.len; i-- > 0;)
        if (name.ptr[i] == '/')
            return apd_sub(name, i + 1, name.len);
    return name;
}

static bool wanted(apd_str name)
{
    return apd_ends(name, APD_LIT(".yml")) || apd_ends(name, APD_LIT(".tsv"));
}

static bool is_names_file(apd_str name)
{
    return apd_eq(name, APD_LIT("names.yml")) || apd_ends(name, APD_LIT("/names.yml"));
}

static apd_status take(gather *g, apd_str name, apd_str text)
{
    bool ok;
    if (apd_ends(name, APD_LIT(".tsv")) && is_event_table(name)) {
        ok = APD_PUSH(g->a, g->event_names, name) && APD_PUSH(g->a, g->event_texts, text);
    } else if (apd_ends(name, APD_LIT(".tsv")) && is_trace_table(name)) {
        ok = APD_PUSH(g->a, g->trace_tables, ((apd_table){base_name(name), text}));
    } else if (is_source_table(name)) {
        ok = APD_PUSH(g->a, g->source_names, name) && APD_PUSH(g->a, g->source_texts, text);
    } else if (is_enum_table(name)) {
        ok = APD_PUSH(g->a, g->enum_names, name) && APD_PUSH(g->a, g->enum_texts, text);
    } else if (apd_ends(name, APD_LIT(".tsv"))) {
        ok = APD_PUSH(g->a, g->code_names, name) && APD_PUSH(g->a, g->code_texts, text);
    } else if (g->amount == ONLY_NAMES && !is_names_file(name)) {
        ok = true;
    } else {
        apd_rule_file f = {name, text};
        ok = APD_PUSH(g->a, g->rules, f);
    }
    return ok ? APD_OK : APD_E_NOMEM;
}

apd_status apd_read_text(apd_arena *a, const char *path, size_t most, apd_str *text, apd_error *err)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return apd_fail(err, APD_E_RULE, APD_NOWHERE, "%s: %s", path, strerror(errno));
    apd_buf b;
    apd_buf_init(&b, a);
    char block[8192];
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0 && b.len <= most;)
        apd_buf_add(&b, apd_str_from(block, n));
    bool failed = ferror(f) != 0;
    fclose(f);
    if (failed)
        return apd_fail(err, APD_E_RULE, APD_NOWHERE, "%s: could not be read", path);
    if (b.len > most)
        return apd_fail(err, APD_E_RULE, APD_NOWHERE, "%s: larger than %zu bytes", path, most);
    *text = apd_buf_str(&b);
    return b.failed ? APD_E_NOMEM : APD_OK;
}

static apd_status take_file(gather *g, const char *path)
{
    apd_str text;
    APD_TRY(apd_read_text(g->a, path, APD_MAX_RULE_FILE, &text, g->err));
    apd_str name = apd_strdup_a(g->a, apd_str_of(path));
    return !name.ptr ? APD_E_NOMEM : take(g, name, text);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static apd_status take_path(gather *g, const char *path, int depth);

static apd_status take_folder(gather *g, DIR *d, const char *path, int depth)
{
    APD_VEC(char *) names = {0};
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        apd_str sub = apd_printf_a(g->a, "%s/%s", path, e->d_name);
        if (!sub.ptr || !APD_PUSH(g->a, names, (char *)sub.ptr))
            return APD_E_NOMEM;
    }
    if (names.n)
        qsort(names.at, names.n, sizeof *names.at, by_name);
    for (size_t i = 0; i < names.n; i++)
        APD_TRY(take_path(g, names.at[i], depth + 1));
    return APD_OK;
}

static apd_status take_path(gather *g, const char *path, int depth)
{
    DIR *d = opendir(path);
    if (d) {
        apd_status st = depth < APD_MAX_DIR_DEPTH ? take_folder(g, d, path, depth) : APD_OK;
        closedir(d);
        return st;
    }
    /* Named on the command line, a file counts whatever it is called. */
    return depth == 0 || wanted(apd_str_of(path)) ? take_file(g, path) : APD_OK;
}

static apd_status load(apd_knowledge *k, const char *const *paths, size_t n, amount how_much,
                       apd_error *err)
{
    *k = (apd_knowledge){.arena = apd_arena_new(0), .names = apd_intern_new()};
    if (!k->arena || !k->names)
        return APD_E_NOMEM;
    gather g = {.a = k->arena, .err = err, .amount = how_much};
    for (const apd_embedded_file *f = apd_embedded_files; f->name; f++)
        APD_TRY(take(&g, apd_str_of(f->name), apd_str_from(f->text, f->len)));
    for (size_t i = 0; i < n; i++)
        APD_TRY(take_path(&g, paths[i], 0));
    APD_TRY(
        apd_codes_load(k->arena, g.code_names.at, g.code_texts.at, g.code_names.n, &k->codes, err));
    APD_TRY(apd_sentences_load(k->arena, k->names, g.event_names.at, g.event_texts.at,
                               g.event_names.n, &k->sentences, err));
    APD_TRY(apd_sources_load(k->arena, g.source_names.at, g.source_texts.at, g.source_names.n,
                             &k->sources, err));
    APD_TRY(
        apd_enums_load(k->arena, g.enum_names.at, g.enum_texts.at, g.enum_names.n, &k->enums, err));
    k->trace_tables = g.trace_tables.at;
    k->ntrace_tables = g.trace_tables.n;
    err->text[0] = '\0';
    return (how_much == ALL ? apd_rules_load : apd_rules_load_untested)(
        k->arena, k->names, g.rules.at, g.rules.n, &k->notes, &k->nnotes, &k->rules);
}

apd_status apd_knowledge_load_tests(apd_knowledge *k, const char *const *paths, size_t n,
                                    apd_error *err)
{
    return load(k, paths, n, ALL, err);
}

apd_status apd_knowledge_load(apd_knowledge *k, const char *const *paths, size_t n, apd_error *err)
{
    return load(k, paths, n, NO_TESTS, err);
}

apd_status apd_knowledge_load_names(apd_knowledge *k, const char *const *paths, size_t n,
                                    apd_error *err)
{
    return load(k, paths, n, ONLY_NAMES, err);
}

void apd_knowledge_free(apd_knowledge *k)
{
    if (k->rules)
        apd_rules_free(k->rules);
    apd_intern_free(k->names);
    apd_arena_free(k->arena);
    *k = (apd_knowledge){0};
}

void apd_knowledge_print(const apd_knowledge *k, FILE *to, bool warnings)
{
    for (size_t i = 0; i < k->nnotes; i++) {
        const apd_rule_note *n = &k->notes[i];
        if (!n->error && !warnings)
            continue;
        apd_buf b;
        apd_buf_init(&b, k->arena);
        apd_buf_addf(&b, "%.*s:", APD_FMT(n->file));
        if (n->line)
            apd_buf_addf(&b, "%u:%u:", n->line, n->column);
        apd_buf_addf(&b, " %s: %.*s", n->error ? "error" : "warning", APD_FMT(n->text));
        apd_print_line(to, apd_buf_str(&b));
    }
}
