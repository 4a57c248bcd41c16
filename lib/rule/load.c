/* From files to a set: which files count, their trees, the two passes, the checks, the matcher. */
#include "load.h"

#include <stdlib.h>

typedef enum file_kind {
    FILE_OTHER,
    FILE_NAMES,
    FILE_MILESTONES,
    FILE_TRACKER,
    FILE_RULE
} file_kind;

static apd_str base_name(apd_str path)
{
    size_t i = path.len;
    while (i > 0 && path.ptr[i - 1] != '/' && path.ptr[i - 1] != '\\')
        i--;
    return apd_sub(path, i, path.len);
}

static bool in_folder(apd_str path, apd_str folder)
{
    apd_str base = base_name(path);
    apd_str dir = apd_sub(path, 0, path.len - base.len);
    return dir.len > 0 && apd_ieq(base_name(apd_sub(dir, 0, dir.len - 1)), folder);
}

static file_kind kind_of(apd_str path)
{
    if (!apd_ends(path, APD_LIT(".yml")))
        return FILE_OTHER;
    if (apd_eq(base_name(path), APD_LIT("names.yml")))
        return FILE_NAMES;
    if (in_folder(path, APD_LIT("trackers")))
        return FILE_TRACKER;
    return in_folder(path, APD_LIT("milestones")) ? FILE_MILESTONES : FILE_RULE;
}

/* The id a rule file must carry: its base name without ".yml". */
static apd_str stem(apd_str path)
{
    apd_str base = base_name(path);
    return apd_sub(base, 0, base.len - 4);
}

typedef struct named_file {
    apd_str base;
    file_kind kind;
    size_t index;
} named_file;

static int compare_files(const void *a, const void *b)
{
    const named_file *x = a, *y = b;
    int c = x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : apd_cmp(x->base, y->base);
    return c ? c : x->index < y->index ? -1 : 1;
}

static int compare_index(const void *a, const void *b)
{
    const named_file *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Keeps, of the files with one base name, the last. */
static void choose_files(apd_load *l, const apd_rule_file *files, size_t n)
{
    named_file *all = n ? apd_load_scratch(l, n, sizeof *all) : NULL;
    apd_rule_file *out = n ? apd_load_new(l, n, sizeof *out) : NULL;
    size_t kept = 0;
    l->file_bad = n ? apd_load_scratch(l, n, sizeof *l->file_bad) : NULL;
    if (!all || !out || !l->file_bad)
        return;
    for (size_t i = 0; i < n; i++)
        all[i] = (named_file){base_name(files[i].name), kind_of(files[i].name), i};
    qsort(all, n, sizeof *all, compare_files);
    for (size_t i = 0; i < n; i++) {
        bool replaced =
            i + 1 < n && all[i + 1].kind == all[i].kind && apd_eq(all[i + 1].base, all[i].base);
        if (all[i].kind != FILE_OTHER && !replaced)
            all[kept++] = all[i];
    }
    qsort(all, kept, sizeof *all, compare_index);
    for (size_t i = 0; i < kept; i++)
        out[i] = files[all[i].index];
    l->set->files = out;
    l->set->nfiles = kept;
}

/* What stands in front of `tests:`, if that is the last key of the file: half of all rules are tests. */
static apd_str without_tests(apd_str text)
{
    size_t at = apd_find(text, APD_LIT("\ntests:"));
    if (at == SIZE_MAX)
        return text;
    for (size_t i = at + 7; i + 1 < text.len; i++)
        if (text.ptr[i] == '\n' && !memchr(" -#\r\n", text.ptr[i + 1], 5))
            return text;
    return apd_sub(text, 0, at + 1);
}

static apd_ynode *parse_file(apd_load *l, uint32_t file)
{
    const apd_rule_file *f = &l->set->files[file];
    apd_ynode *tree;
    l->failed |= apd_yaml_parse(l->untested ? without_tests(f->text) : f->text, file, l->scratch,
                                l->arena, apd_load_note_at, l, &tree) != APD_OK;
    return l->failed ? NULL : tree;
}

static void load_names_file(apd_load *l)
{
    for (uint32_t i = 0; i < l->set->nfiles; i++) {
        if (kind_of(l->set->files[i].name) != FILE_NAMES)
            continue;
        apd_ynode *tree = parse_file(l, i);
        if (tree)
            apd_load_names(l, tree);
        return;
    }
    apd_load_note_at(l, true, (apd_mark_at){UINT32_MAX, 0, 0},
                     "there is no names.yml: phases and logs have no names");
}

static void load_files(apd_load *l)
{
    for (uint32_t i = 0; i < l->set->nfiles && !l->failed; i++) {
        file_kind kind = kind_of(l->set->files[i].name);
        if (kind == FILE_NAMES)
            continue;
        apd_ynode *tree = parse_file(l, i);
        if (tree && kind == FILE_MILESTONES) {
            apd_load_milestones(l, tree);
        } else if (tree && kind == FILE_TRACKER) {
            apd_load_tracker(l, tree, stem(l->set->files[i].name));
        } else if (tree) {
            apd_load_rule_file(l, tree, stem(l->set->files[i].name));
        } else if (kind == FILE_RULE) {
            apd_rule_id unread = {stem(l->set->files[i].name), UINT32_MAX, UINT32_MAX};
            APD_LOAD_PUSH(l, l->arena, l->ids, unread);
        }
    }
}

void apd_load_publish(apd_load *l)
{
    apd_rules *s = l->set;
    s->rules = l->rules.at;
    s->nrules = l->rules.n;
    s->families = l->families.at;
    s->nfamilies = l->families.n;
    s->selections = l->selections.at;
    s->nselections = l->selections.n;
    s->relations = l->relations.at;
    s->nrelations = l->relations.n;
    s->patterns = l->patterns.at;
    s->npatterns = l->patterns.n;
    s->gaps = l->gaps.at;
    s->ngaps = l->gaps.n;
    s->tracks = l->tracks.at;
    s->ntracks = l->tracks.n;
    s->track_tests = l->track_tests.at;
    s->ntrack_tests = l->track_tests.n;
}

static int compare_ids(const void *a, const void *b)
{
    const apd_rule_id *x = a, *y = b;
    int c = apd_cmp(x->id, y->id);
    return c ? c : x->rule < y->rule ? -1 : x->rule > y->rule;
}

/* Sorts the ids and notes those that are there twice. */
static void index_ids(apd_load *l)
{
    if (l->ids.n)
        qsort(l->ids.at, l->ids.n, sizeof *l->ids.at, compare_ids);
    l->set->ids = l->ids.at;
    l->set->nids = l->ids.n;
    for (size_t i = 1; i < l->ids.n; i++) {
        const apd_rule_id *a = &l->ids.at[i - 1], *b = &l->ids.at[i];
        if (b->id.len == 0 || !apd_eq(a->id, b->id) || b->rule == UINT32_MAX)
            continue;
        apd_mark_at first = l->rules.at[a->rule].at;
        apd_load_note_at(l, true, l->rules.at[b->rule].at,
                         "the id '%.*s' is taken by %.*s, line %u", APD_FMT(apd_clip(b->id)),
                         APD_FMT(apd_clip(l->set->files[first.file].name)), (unsigned)first.line);
    }
}

typedef struct listed_rule {
    const apd_rule *rule;
    uint32_t index;
} listed_rule;

static int compare_listed(const void *a, const void *b)
{
    const apd_rule *x = ((const listed_rule *)a)->rule, *y = ((const listed_rule *)b)->rule;
    if (x->phase_order != y->phase_order)
        return x->phase_order < y->phase_order ? -1 : 1;
    return apd_cmp(x->id, y->id);
}

static void list_rules(apd_load *l)
{
    size_t n = l->set->nrules;
    listed_rule *order = n ? apd_load_scratch(l, n, sizeof *order) : NULL;
    uint32_t *listed = n ? apd_load_new(l, n, sizeof *listed) : NULL;
    if (!order || !listed)
        return;
    for (uint32_t i = 0; i < n; i++)
        order[i] = (listed_rule){&l->set->rules[i], i};
    qsort(order, n, sizeof *order, compare_listed);
    for (size_t i = 0; i < n; i++)
        listed[i] = order[i].index;
    l->set->listed = listed;
}

/* Warnings about slow patterns help nobody while the file has mistakes. */
static void matcher_note(void *load, bool error, apd_mark_at at, const char *fmt, ...)
    APD_PRINTF(4, 5);

static void matcher_note(void *load, bool error, apd_mark_at at, const char *fmt, ...)
{
    apd_load *l = load;
    va_list ap;
    if (!error && l->errors)
        return;
    va_start(ap, fmt);
    apd_load_vnote(l, error, at, fmt, ap);
    va_end(ap);
}

static void run(apd_load *l, const apd_rule_file *files, size_t n)
{
    choose_files(l, files, n);
    load_names_file(l);
    load_files(l);
    apd_load_publish(l);
    if (l->failed)
        return;
    index_ids(l);
    for (uint32_t i = 0; i < l->set->nrules && !l->failed; i++)
        apd_load_refs(l, i);
    apd_check_unused(l);
    apd_check_masks(l);
    list_rules(l);
    if (!l->failed)
        l->failed = apd_matcher_new(l->set, matcher_note, l) == APD_E_NOMEM;
}

static apd_status load_rules(apd_load l, const apd_rule_file *files, size_t n,
                             const apd_rule_note **notes, size_t *nnotes, apd_rules **out)
{
    apd_arena *arena = l.arena;
    *out = NULL;
    *notes = NULL;
    *nnotes = 0;
    l.scratch = apd_arena_new(0);
    l.set = APD_NEW(arena, apd_rules);
    if (!l.scratch || !l.set) {
        apd_arena_free(l.scratch);
        return APD_E_NOMEM;
    }
    *l.set = (apd_rules){.arena = arena, .names = l.names};
    run(&l, files, n);
    apd_load_sort_notes(&l, notes, nnotes);
    apd_arena_free(l.scratch);
    if (l.failed || l.errors) {
        apd_rules_free(l.set);
        return l.failed ? APD_E_NOMEM : APD_E_RULE;
    }
    *out = l.set;
    return APD_OK;
}

apd_status apd_rules_load(apd_arena *arena, apd_intern *names, const apd_rule_file *files, size_t n,
                          const apd_rule_note **notes, size_t *nnotes, apd_rules **out)
{
    apd_load l = {.arena = arena, .names = names};
    return load_rules(l, files, n, notes, nnotes, out);
}

apd_status apd_rules_load_untested(apd_arena *arena, apd_intern *names, const apd_rule_file *files,
                                   size_t n, const apd_rule_note **notes, size_t *nnotes,
                                   apd_rules **out)
{
    apd_load l = {.arena = arena, .names = names, .untested = true};
    return load_rules(l, files, n, notes, nnotes, out);
}

void apd_rules_free(apd_rules *r)
{
    if (r)
        apd_matcher_free(r);
}
