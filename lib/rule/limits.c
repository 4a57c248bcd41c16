/* What a bundle cannot show of its first finding: logs that the finding and its look-alikes read, and that
 * are absent, begin too late, or have lost records.
 *
 * `seen_through` judges the same rows for one relation. It is the stricter of the two: a log must have a
 * record before the window, or its silence claims nothing. Here a log is only named where records are known
 * to be gone, so that a log that simply began its life during set-up is no limit. */
#include "scan.h"

#include "vec.h"

typedef struct search {
    apd_scan *scan;
    const apd_finding *finding; /* NULL: none */
    apd_time start, end; /* of the attempt, and the last record of the finding; NONE unknown */
    apd_clock clock;     /* of end */
    bool *asked;         /* [alias]: read by the finding or a look-alike */
    bool *missed;        /* [alias]: its want would be a limit */
    APD_VEC(apd_limit) list;
} search;

static void add(search *f, apd_limit l)
{
    if (!APD_PUSH(f->scan->keep, f->list, l))
        f->scan->nomem = true;
}

/* --- which logs are asked for --- */

static void mark_selection(const apd_selection *sel, bool *aliases)
{
    for (size_t i = 0; i < sel->nalts; i++)
        for (size_t k = 0; k < sel->alts[i].naliases; k++)
            aliases[sel->alts[i].aliases[k]] = true;
}

static void mark_rule(search *f, apd_str id, bool missed)
{
    const apd_rules *r = f->scan->rules;
    uint32_t at = apd_rule_find(r, id);
    if (at == UINT32_MAX)
        return;
    const apd_rule *rule = &r->rules[at];
    for (uint32_t i = 0; i < rule->sel_count; i++) {
        mark_selection(&r->selections[rule->sel_first + i], f->asked);
        if (missed)
            mark_selection(&r->selections[rule->sel_first + i], f->missed);
    }
}

/* A look-alike that could be ruled out did not need what is absent. */
static void mark_asked(search *f)
{
    if (!f->finding) {
        for (size_t a = 0; a < f->scan->rules->naliases; a++)
            f->asked[a] = true;
        return;
    }
    mark_rule(f, f->finding->rule, true);
    for (size_t i = 0; i < f->finding->nconsidered; i++)
        mark_rule(f, f->finding->considered[i].rule,
                  f->finding->considered[i].verdict == APD_V_UNCHECKED);
}

/* --- the time that matters --- */

static void find_time(search *f)
{
    const apd_scan *s = f->scan;
    size_t n = s->nattempts;
    size_t at = f->finding && f->finding->attempt ? f->finding->attempt : n;
    apd_time began = at && at <= n ? s->attempts[at - 1] : APD_TIME_NONE;
    f->start = began;
    f->end = began;
    f->clock = began == APD_TIME_NONE ? APD_CLOCK_NONE : APD_CLOCK_UTC;
    if (!f->finding || f->finding->last == APD_TIME_NONE)
        return;
    f->end = f->finding->last;
    f->clock = f->finding->clock;
    if (began == APD_TIME_NONE || began > f->finding->first)
        f->start = f->finding->first;
}

/* --- rows --- */

/* Were there records before the first one? An event log's numbers tell, and files of a text log that was
 * rotated may have been deleted. */
static bool cut_off(const apd_log_cover *row)
{
    return row->first_id > 1 || (row->first_id == 0 && row->files > 1);
}

static void judge_start(search *f, apd_limit *l, int64_t doubt)
{
    const apd_log_cover *row = l->row;
    l->exact = doubt == 0;
    if (apd_time_sub(row->first, doubt) > f->end && (f->finding || cut_off(row))) {
        l->kind = APD_LIMIT_AFTER;
        l->by = apd_time_sub(apd_time_sub(row->first, doubt), f->end);
        add(f, *l);
    } else if (doubt && f->finding && apd_time_add(row->first, doubt) > f->end) {
        l->kind = APD_LIMIT_CLOCK;
        add(f, *l);
    } else if (cut_off(row) && apd_time_sub(row->first, doubt) > f->start) {
        l->kind = APD_LIMIT_WITHIN;
        l->by = apd_time_sub(apd_time_sub(row->first, doubt), f->start);
        add(f, *l);
    }
}

static void judge_loss(search *f, apd_limit *l, int64_t doubt)
{
    if (apd_cover_lost(l->row, &l->from, &l->to) && apd_time_sub(l->from, doubt) < f->end &&
        apd_time_add(l->to, doubt) > f->start) {
        l->kind = APD_LIMIT_LOST;
        add(f, *l);
    }
}

static void judge_row(search *f, apd_str alias, const apd_log_cover *row)
{
    for (size_t i = 0; i < f->list.n; i++)
        if (f->list.at[i].row == row)
            return; /* it goes by another short name too */
    if (row->first == APD_TIME_NONE || f->end == APD_TIME_NONE)
        return;
    int64_t doubt = apd_clock_doubt(row->clock, f->clock);
    if (doubt == INT64_MAX)
        return;
    apd_limit l = {.log = alias, .row = row};
    judge_start(f, &l, doubt);
    judge_loss(f, &l, doubt);
}

static void judge_alias(search *f, size_t alias)
{
    const apd_scan *s = f->scan;
    apd_str name = s->rules->aliases[alias].name;
    for (size_t i = 0; i < apd_coverage_count(s->coverage); i++)
        if (apd_alias_has_row(s, alias, i))
            judge_row(f, name, apd_coverage_at(s->coverage, i));
    if (f->missed[alias] && !apd_alias_present(s, alias))
        add(f, (apd_limit){.kind = APD_LIMIT_ABSENT, .log = name});
}

const apd_limit *apd_limits_find(apd_scan *s, const apd_finding *finding, size_t *n)
{
    size_t naliases = s->rules->naliases;
    search f = {.scan = s, .finding = finding};
    f.asked = APD_NEWS(s->keep, bool, naliases + 1);
    f.missed = APD_NEWS(s->keep, bool, naliases + 1);
    *n = 0;
    if (!f.asked || !f.missed)
        return NULL;
    mark_asked(&f);
    find_time(&f);
    for (size_t a = 0; a < naliases; a++) /* traces add evidence; nobody relies on them */
        if (f.asked[a] && !apd_alias_is_trace(s->rules, s->names, a))
            judge_alias(&f, a);
    static const apd_limit none;
    *n = f.list.n;
    return f.list.n ? f.list.at : &none;
}
