/* Loading of hostile rule files. The input is a rule; lines `=== NAME` begin further files, so that
 * names, milestones and references between rules are reached too. */
#include <stdlib.h>

#include "rule_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char names_file[] =
    "phases: [network, join]\n"
    "logs:\n"
    "  autopilot: {provider: MD-Provider, channel: [MD/Autopilot, MD/Old]}\n"
    "  mdm: {provider: DM-Provider}\n"
    "  ime: {file: [IntuneManagementExtension, AppWorkload]}\n";

enum { MAX_FILES = 8 };

static size_t split(apd_str text, apd_rule_file *files)
{
    size_t n = 0;
    files[n++] = (apd_rule_file){APD_LIT("names.yml"), APD_LIT(names_file)};
    files[n++] = (apd_rule_file){APD_LIT("join/r.yml"), text};
    for (size_t at; n < MAX_FILES && (at = apd_find(text, APD_LIT("\n=== "))) != SIZE_MAX; n++) {
        files[n - 1].text = apd_sub(text, 0, at + 1);
        text = apd_sub(text, at + 5, text.len);
        size_t end = apd_find(text, APD_LIT("\n"));
        files[n].name = apd_sub(text, 0, end);
        text = apd_sub(text, end == SIZE_MAX ? text.len : end + 1, text.len);
        files[n].text = text;
    }
    return n;
}

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void check_node(const apd_rules *r, const apd_node *n)
{
    if (!n)
        return;
    if (n->kind == APD_X_SEL || n->kind == APD_X_COUNT)
        must(n->ref < r->nselections);
    if (n->kind == APD_X_REL)
        must(n->ref < r->nrelations);
    for (uint32_t i = 0; i < n->nof; i++)
        check_node(r, &n->of[i]);
    check_node(r, n->left);
    check_node(r, n->right);
}

/* What readers of a set rely on. */
static void check_set(const apd_rules *r)
{
    for (size_t i = 0; i < r->nrules; i++) {
        const apd_rule *rule = &r->rules[i];
        must(rule->id.len && rule->title.len && rule->when.root);
        must(rule->scope < r->nrules && rule->phase_order < r->nphases);
        must(rule->sel_first + rule->sel_count <= r->nselections);
        must(rule->rel_first + rule->rel_count <= r->nrelations);
        must(apd_rule_find(r, apd_rules_info(r, i).id) < r->nrules);
        must(r->rules[rule->scope].ntests >= 2);
        check_node(r, rule->when.root);
        for (size_t k = 0; k < rule->ndifferential; k++)
            check_node(r, rule->differential[k].cond.root);
    }
    for (size_t i = 0; i < r->nfamilies; i++)
        must(r->families[i].when.root && r->families[i].count >= 2);
    for (size_t i = 0; i < r->nselections; i++) {
        must(r->selections[i].nalts > 0 && r->selections[i].used);
        for (size_t k = 0; k < r->selections[i].nalts; k++) {
            const apd_alt *alt = &r->selections[i].alts[k];
            must(alt->fact || (alt->naliases && alt->nconds));
            for (size_t a = 0; a < alt->naliases; a++)
                must(alt->aliases[a] < r->naliases);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apd_rule_file files[MAX_FILES];
    size_t n = split(apd_str_from((const char *)data, size), files);
    apd_arena *arena = apd_arena_new(0);
    apd_intern *names = apd_intern_new();
    const apd_rule_note *notes;
    size_t nnotes;
    apd_rules *set;
    must(arena && names);
    apd_status s = apd_rules_load(arena, names, files, n, &notes, &nnotes, &set);
    must((s == APD_OK) == (set != NULL));
    must(s != APD_E_RULE || nnotes > 0);
    for (size_t i = 1; i < nnotes; i++)
        must(apd_cmp(notes[i - 1].file, notes[i].file) <= 0);
    if (set)
        check_set(set);
    apd_rules_free(set);
    apd_intern_free(names);
    apd_arena_free(arena);
    return 0;
}
