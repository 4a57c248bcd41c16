/* The diagnosis as one JSON object: docs/schema/diagnosis-1.json is its contract. */
#include "apps_p.h"
#include "limits_json.h"
#include "report.h"
#include "timeline_p.h"

static void put_fields(json *j, const apd_report *r, const apd_event *ev)
{
    key(j, "fields");
    open_(j, '[');
    for (uint32_t i = 0; i < ev->nfields; i++) {
        apd_mark m = apd_arena_mark(j->a);
        sep(j);
        open_(j, '{');
        put_s(j, "name", apd_sym_text(r->names, ev->fields[i].name));
        put_s(j, "value", apd_field_text(&ev->fields[i], j->a));
        close_(j, '}');
        apd_arena_rewind(j->a, m);
    }
    close_(j, ']');
}

static void put_code(json *j, const apd_report *r, uint32_t code)
{
    const apd_code *c = apd_code_find(r->codes, code);
    char hex[16];
    snprintf(hex, sizeof hex, "0x%08X", (unsigned)code);
    key(j, "code");
    open_(j, '{');
    put_z(j, "hresult", hex);
    if (c) {
        put_s(j, "symbol", c->symbol);
        put_s(j, "meaning", c->meaning);
    }
    close_(j, '}');
}

static void put_also(json *j, const apd_report *r, const apd_evidence *e)
{
    if (!e->also)
        return;
    key(j, "also");
    open_(j, '[');
    for (const apd_place *p = e->also; p; p = p->next) {
        sep(j);
        open_(j, '{');
        put_s(j, "file",
              p->where.member < r->nfiles ? r->files[p->where.member].path : APD_LIT(""));
        put_u(j, "record", p->where.record);
        put_u(j, "offset", p->where.offset);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_record(json *j, const apd_report *r, const apd_evidence *e)
{
    const apd_event *ev = e->event;
    put_s(j, "file", ev->where.member < r->nfiles ? r->files[ev->where.member].path : APD_LIT(""));
    put_u(j, "record", ev->where.record);
    put_u(j, "offset", ev->where.offset);
    put_time(j, "time", ev->time, ev->clock);
    put_z(j, "clock", apd_clock_name(ev->clock));
    put_s(j, "log", e->log);
    put_s(j, "channel", apd_sym_text(r->names, ev->log));
    put_s(j, "provider", apd_sym_text(r->names, ev->provider));
    if (ev->kind == APD_EVENT) {
        put_u(j, "event_id", ev->id);
        put_u(j, "level", ev->level);
    }
    put_s(j, "selection", e->selection);
    put_b(j, "supports", e->supports);
    put_u(j, "more", e->more);
    put_also(j, r, e);
    apd_mark m = apd_arena_mark(j->a);
    put_s(j, "text", e->text.len ? e->text : apd_event_summary(j->a, r, ev));
    apd_arena_rewind(j->a, m);
    if (e->has_code)
        put_code(j, r, e->code);
    if (ev->message.len)
        put_s(j, "message", ev->message);
    put_fields(j, r, ev);
}

static void put_evidence(json *j, const apd_report *r, const apd_finding *f)
{
    static const char *const kinds[] = {"record", "gap", "note"};
    key(j, "evidence");
    open_(j, '[');
    for (size_t i = 0; i < f->nevidence; i++) {
        const apd_evidence *e = &f->evidence[i];
        sep(j);
        open_(j, '{');
        bool fact = e->kind == APD_EV_RECORD && e->event->kind == APD_FACT;
        put_z(j, "kind", fact ? "fact" : kinds[e->kind]);
        if (e->kind == APD_EV_RECORD)
            put_record(j, r, e);
        else
            put_s(j, "text", e->text);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_considered(json *j, const apd_finding *f)
{
    key(j, "considered");
    open_(j, '[');
    for (size_t i = 0; i < f->nconsidered; i++) {
        sep(j);
        open_(j, '{');
        put_s(j, "rule", f->considered[i].rule);
        put_z(j, "verdict", apd_verdict_name(f->considered[i].verdict));
        put_s(j, "text", f->considered[i].text);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_terms(json *j, const apd_finding *f)
{
    key(j, "terms");
    open_(j, '[');
    for (size_t i = 0; i < f->nterms; i++) {
        sep(j);
        open_(j, '{');
        put_i(j, "weight", f->terms[i].weight);
        put_s(j, "if", f->terms[i].cond);
        put_z(j, "state", apd_truth_name(f->terms[i].state));
        put_s(j, "say", f->terms[i].say);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_overcome(json *j, const apd_overcome *v)
{
    if (!v->phase.len)
        return;
    key(j, "overcome");
    open_(j, '{');
    put_s(j, "phase", v->phase);
    put_time(j, "time", v->time, v->clock);
    put_z(j, "clock", apd_clock_name(v->clock));
    put_u(j, "attempt", v->attempt);
    close_(j, '}');
}

static void put_finding(json *j, const apd_report *r, const apd_finding *f)
{
    sep(j);
    open_(j, '{');
    put_u(j, "rank", f->rank);
    put_s(j, "rule", f->rule);
    if (f->family.len)
        put_s(j, "family", f->family);
    put_z(j, "severity", apd_severity_name(f->severity));
    put_z(j, "strength", apd_strength_name(f->strength));
    put_i(j, "score", f->score);
    put_s(j, "title", f->title);
    put_s(j, "phase", f->phase);
    put_s(j, "say", f->say);
    put_time(j, "first", f->first, f->clock);
    put_time(j, "last", f->last, f->clock);
    put_z(j, "clock", apd_clock_name(f->clock));
    put_u(j, "attempt", f->attempt);
    put_b(j, "history", f->history);
    put_overcome(j, &f->overcome);
    if (f->masked_by.len)
        put_s(j, "consequence_of", f->masked_by);
    put_list(j, "by", f->by, f->nby);
    put_evidence(j, r, f);
    put_terms(j, f);
    put_considered(j, f);
    put_list(j, "fix", f->fix, f->nfix);
    put_list(j, "escalate_with", f->escalate_with, f->nescalate);
    put_list(j, "links", f->links, f->nlinks);
    close_(j, '}');
}

static void put_findings(json *j, const apd_report *r)
{
    const apd_diagnosis *d = r->diagnosis;
    key(j, "findings");
    open_(j, '[');
    for (size_t i = 0; d && i < d->nfindings; i++)
        put_finding(j, r, &d->findings[i]);
    close_(j, ']');
    key(j, "unchecked");
    open_(j, '[');
    for (size_t i = 0; d && i < d->nunchecked; i++) {
        sep(j);
        open_(j, '{');
        put_s(j, "rule", d->unchecked[i].rule);
        put_s(j, "title", d->unchecked[i].title);
        put_s(j, "why", d->unchecked[i].why);
        put_b(j, "missing_log", d->unchecked[i].missing_log);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_limits(json *j, const apd_report *r)
{
    const apd_diagnosis *d = r->diagnosis;
    key(j, "limits");
    open_(j, '[');
    for (size_t i = 0; d && i < d->nlimits; i++)
        apd_limit_json(j, r, &d->limits[i]);
    close_(j, ']');
}

static void put_coverage(json *j, const apd_report *r)
{
    const apd_coverage *c = r->diagnosis ? r->diagnosis->coverage : NULL;
    key(j, "coverage");
    open_(j, '[');
    for (size_t i = 0; c && i < apd_coverage_count(c); i++) {
        const apd_log_cover *row = apd_coverage_at(c, i);
        sep(j);
        open_(j, '{');
        put_s(j, "log", apd_sym_text(r->names, row->log));
        put_z(j, "kind", row->kind == APD_FACT ? "fact" : "log");
        put_z(j, "clock", apd_clock_name(row->clock));
        put_time(j, "first", row->first, row->clock);
        put_time(j, "last", row->last, row->clock);
        put_u(j, "records", row->records);
        put_u(j, "missing_ids", row->id_gaps);
        put_s(j, "file", row->member < r->nfiles ? r->files[row->member].path : APD_LIT(""));
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_files(json *j, const apd_report *r)
{
    key(j, "files");
    open_(j, '[');
    for (size_t i = 0; i < r->nfiles; i++) {
        const apd_file *f = &r->files[i];
        sep(j);
        open_(j, '{');
        put_s(j, "path", f->path);
        key(j, "format");
        if (f->format)
            fprintf(j->f, "\"%s\"", f->format);
        else
            fputs("null", j->f);
        j->comma = true;
        put_u(j, "bytes", f->bytes);
        put_u(j, "records", f->records);
        put_u(j, "lost", f->lost);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_problems(json *j, const apd_report *r)
{
    key(j, "problems");
    open_(j, '[');
    for (size_t i = 0; i < r->nproblems; i++) {
        sep(j);
        open_(j, '{');
        put_s(j, "file", r->problems[i].file);
        put_u(j, "record", r->problems[i].where.record);
        put_u(j, "offset", r->problems[i].where.offset);
        put_s(j, "text", r->problems[i].text);
        close_(j, '}');
    }
    close_(j, ']');
    put_u(j, "problems_not_listed", r->more_problems);
}

bool apd_report_json(FILE *f, const apd_report *r)
{
    json j = {.f = f, .a = apd_arena_new(0), .mask = r->mask};
    if (!j.a)
        return false;
    open_(&j, '{');
    put_z(&j, "schema", "apdiag/diagnosis/1");
    put_z(&j, "version", r->version);
    put_s(&j, "bundle", r->bundle);
    put_i(&j, "exit_code", r->exit_code);
    put_u(&j, "rules", r->diagnosis ? r->diagnosis->nrules : 0);
    put_u(&j, "events", r->diagnosis ? r->diagnosis->events : 0);
    put_u(&j, "attempts", r->diagnosis ? r->diagnosis->attempts : 0);
    put_findings(&j, r);
    put_limits(&j, r);
    timeline_json(&j, r);
    key(&j, "apps");
    apd_items_json(&j, r, &(apd_apps_view){.all = false});
    key(&j, "stalls");
    apd_stalls_json(&j, r);
    key(&j, "device");
    apd_properties_json(&j, r);
    put_coverage(&j, r);
    put_files(&j, r);
    put_problems(&j, r);
    close_(&j, '}');
    fputc('\n', f);
    apd_arena_free(j.a);
    return !ferror(f);
}
