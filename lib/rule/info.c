/* What is asked of a loaded set: rules by id and in listing order, names of the enums. */
#include "load.h"

const char *const apd_severity_names[3] = {"info", "warning", "error"};
const char *const apd_strength_names[3] = {"suggests", "strong", "proves"};

const char *apd_severity_name(apd_severity s)
{
    return apd_severity_names[s];
}

const char *apd_strength_name(apd_strength s)
{
    return apd_strength_names[s];
}

const char *apd_truth_name(apd_truth t)
{
    static const char *const names[] = {"false", "unknown", "true"};
    return names[t];
}

const char *apd_verdict_name(apd_verdict v)
{
    static const char *const names[] = {"ruled out", "possible", "not checked", "consequence"};
    return names[v];
}

const apd_rule_id *apd_rule_id_find(const apd_rules *r, apd_str id)
{
    size_t lo = 0, hi = r->nids;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = apd_cmp(r->ids[mid].id, id);
        if (c == 0)
            return &r->ids[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

uint32_t apd_rule_find(const apd_rules *r, apd_str id)
{
    const apd_rule_id *found = apd_rule_id_find(r, id);
    return found ? found->rule : UINT32_MAX;
}

const apd_str *apd_rules_phases(const apd_rules *r, size_t *n)
{
    *n = r->nphases;
    return r->phases;
}

size_t apd_rules_count(const apd_rules *r)
{
    return r->nrules;
}

apd_rule_info apd_rules_info(const apd_rules *r, size_t i)
{
    const apd_rule *rule = &r->rules[r->listed[i]];
    bool cause = rule->family != UINT32_MAX;
    return (apd_rule_info){
        .id = rule->id,
        .title = rule->title,
        .phase = rule->phase,
        .family = cause ? r->families[rule->family].id : APD_LIT(""),
        .file = r->files[rule->at.file].name,
        .severity = rule->severity,
        .strength = rule->strength,
        .ntests = r->rules[rule->scope].ntests, /* a family's tests count for each of its causes */
    };
}
