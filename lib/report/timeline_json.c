/* Attempts, gaps, clocks and rows as JSON: for the lines of the timeline and for the diagnosis. */
#include "timeline_p.h"

static void put_code(json *j, const apd_report *r, uint32_t code)
{
    const apd_code *c = apd_code_find(r->codes, code);
    char hex[16];
    snprintf(hex, sizeof hex, "0x%08X", (unsigned)code);
    put_z(j, "code", hex);
    if (c) {
        put_s(j, "symbol", c->symbol);
        put_s(j, "meaning", c->meaning);
    }
}

static void put_moment(json *j, const char *name, const char *clock_name, apd_time t, apd_clock c)
{
    put_time(j, name, t, c);
    put_z(j, clock_name, apd_clock_name(t == APD_TIME_NONE ? APD_CLOCK_NONE : c));
}

static void put_step_body(json *j, const apd_report *r, const apd_step *s)
{
    put_s(j, "phase", s->phase);
    if (s->part.len)
        put_s(j, "part", s->part);
    put_z(j, "state", timeline_edge_name(s->edge));
    put_moment(j, "time", "clock", s->time, s->clock);
    put_s(j, "log", s->log_name);
    if (s->id)
        put_u(j, "event_id", s->id);
    put_s(j, "file", timeline_file(r, s->where));
    put_u(j, "record", s->where.record);
    if (s->has_code)
        put_code(j, r, s->code);
}

static void put_step(json *j, const apd_report *r, const char *name, const apd_step *s)
{
    key(j, name);
    open_(j, '{');
    put_step_body(j, r, s);
    close_(j, '}');
}

static void put_seconds(json *j, int64_t length)
{
    if (length >= 0)
        put_u(j, "seconds", (uint64_t)(length / APD_TICKS_SECOND));
}

static void put_phase(json *j, const apd_report *r, const apd_phase *ph)
{
    item(j, '{');
    put_s(j, "phase", ph->name);
    if (ph->part.len)
        put_s(j, "part", ph->part);
    put_s(j, "name", ph->part.len ? timeline_part_words(ph->part) : timeline_phase_words(ph->name));
    put_moment(j, "start", "start_clock", ph->start, ph->start_clock);
    put_moment(j, "end", "end_clock", ph->end, ph->end_clock);
    put_seconds(j, ph->length);
    put_z(j, "outcome", apd_outcome_name(ph->outcome));
    put_u(j, "tries", ph->tries);
    if (ph->decided)
        put_step(j, r, "decided_by", ph->decided);
    close_(j, '}');
}

static void put_sign(json *j, const apd_report *r, const apd_scenario_sign *s)
{
    item(j, '{');
    put_s(j, "scenario", s->is);
    put_i(j, "weight", s->weight);
    put_s(j, "text", s->say);
    put_moment(j, "time", "clock", s->time, s->clock);
    put_s(j, "log", s->log_name);
    put_s(j, "file", timeline_file(r, s->where));
    close_(j, '}');
}

void timeline_json_attempt(json *j, const apd_report *r, const apd_attempt *at)
{
    put_u(j, "attempt", at->number);
    put_moment(j, "start", "start_clock", at->start, at->start_clock);
    put_moment(j, "end", "end_clock", at->end, at->end_clock);
    put_seconds(j, at->length);
    put_s(j, "scenario", at->scenario);
    key(j, "signs");
    open_(j, '[');
    for (size_t i = 0; i < at->nsigns; i++)
        put_sign(j, r, &at->signs[i]);
    close_(j, ']');
    key(j, "restarts");
    open_(j, '[');
    for (size_t i = 0; i < at->nboots; i++) {
        char text[APD_TIME_TEXT];
        sep(j);
        fprintf(j->f, "\"%s\"", apd_time_format(at->boots[i], 7, true, text));
    }
    close_(j, ']');
    key(j, "phases");
    open_(j, '[');
    for (size_t i = 0; i < at->nphases; i++)
        put_phase(j, r, &at->phases[i]);
    close_(j, ']');
    if (at->fate) {
        put_s(j, "ended_in", at->fate->name);
        put_z(j, "outcome", apd_outcome_name(at->fate->outcome));
    }
    if (at->last_good)
        put_step(j, r, "last_worked", at->last_good);
    put_u(j, "milestones", at->nsteps);
    put_u(j, "milestones_afterwards", at->later);
}

void timeline_json_gap(json *j, const apd_gap *g)
{
    put_s(j, "gap", g->name);
    put_s(j, "text", g->say);
    put_time(j, "from", g->from, APD_CLOCK_UTC);
    put_time(j, "to", g->to, APD_CLOCK_UTC);
    put_b(j, "ended", g->until != NULL);
    put_u(j, "seconds", (uint64_t)(g->length / APD_TICKS_SECOND));
    put_u(j, "more_than", (uint64_t)(g->within / APD_TICKS_SECOND));
}

void timeline_json_clock(json *j, const apd_report *r, const apd_era *e)
{
    char offset[16];
    put_s(j, "log", apd_sym_text(r->names, e->log));
    put_s(j, "file", timeline_file(r, (apd_where){.member = e->member}));
    put_time(j, "first", e->first, APD_CLOCK_LOCAL);
    put_time(j, "last", e->last, APD_CLOCK_LOCAL);
    put_z(j, "state", e->given ? "given" : e->known ? "estimated" : "unknown");
    if (!e->known)
        return;
    put_z(j, "offset", timeline_offset(e->minutes, offset));
    put_i(j, "minutes", e->minutes);
    if (e->given)
        return;
    put_u(j, "pairs", e->pairs);
    put_u(j, "next_best_pairs", e->others);
    put_u(j, "residual_ms", (uint64_t)(e->residual / (APD_TICKS_SECOND / 1000)));
}

void timeline_json_shift(json *j, const apd_report *r, const apd_trace_shift *s)
{
    enum { MS = APD_TICKS_SECOND / 1000 };
    put_s(j, "log", apd_sym_text(r->names, s->log));
    put_s(j, "file", timeline_file(r, (apd_where){.member = s->member}));
    put_time(j, "from", s->from, APD_CLOCK_UTC);
    put_time(j, "to", s->to, APD_CLOCK_UTC);
    put_z(j, "state", s->known ? "estimated" : "unknown");
    put_i(j, "set_ms", s->said / MS);
    if (!s->known)
        return;
    put_i(j, "moved_ms", s->by / MS);
    put_u(j, "pairs", s->pairs);
    put_u(j, "residual_ms", (uint64_t)(s->residual / MS));
}

void timeline_json_row(json *j, const apd_report *r, const timeline_row *w)
{
    put_moment(j, "time", "clock", w->time, w->clock);
    if (w->end != APD_TIME_NONE)
        put_time(j, "end", w->end, w->clock);
    if (w->phase.len)
        put_s(j, "phase", w->phase);
    if (w->part.len)
        put_s(j, "part", w->part);
    if (w->state.len)
        put_s(j, "state", w->state);
    if (w->log.len)
        put_s(j, "log", w->log);
    if (w->id)
        put_u(j, "event_id", w->id);
    if (w->where.member != UINT32_MAX) {
        put_s(j, "file", timeline_file(r, w->where));
        put_u(j, "record", w->where.record);
    }
    if (w->has_code)
        put_code(j, r, w->code);
    if (w->finding)
        put_u(j, "finding", w->finding);
    put_s(j, "text", w->text);
}

static void put_gaps(json *j, const apd_report_gaps *gaps)
{
    key(j, "gaps");
    open_(j, '[');
    for (size_t i = 0; i < gaps->n; i++) {
        item(j, '{');
        timeline_json_gap(j, &gaps->at[i]);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_clock_steps(json *j, const apd_report *r, const apd_clocks *c)
{
    key(j, "clock_steps");
    open_(j, '[');
    for (size_t i = 0; i < apd_clocks_steps(c); i++) {
        const apd_clock_step *s = apd_clocks_step(c, i);
        item(j, '{');
        put_time(j, "from", s->from, APD_CLOCK_UTC);
        put_time(j, "to", s->to, APD_CLOCK_UTC);
        put_s(j, "file", timeline_file(r, (apd_where){.member = s->member}));
        put_u(j, "record", s->record);
        close_(j, '}');
    }
    close_(j, ']');
}

static void put_unplaced(json *j, const apd_report *r)
{
    size_t n;
    const apd_step *s = timeline_unplaced(r, &n);
    key(j, "unplaced");
    open_(j, '[');
    for (size_t i = 0; i < n; i++) {
        item(j, '{');
        put_step_body(j, r, &s[i]);
        close_(j, '}');
    }
    close_(j, ']');
}

void timeline_json(json *j, const apd_report *r)
{
    if (!r->model)
        return;
    const apd_clocks *c = apd_model_clocks(r->model);
    key(j, "timeline");
    open_(j, '{');
    key(j, "attempts");
    open_(j, '[');
    for (size_t i = 0; i < timeline_attempts(r); i++) {
        item(j, '{');
        timeline_json_attempt(j, r, timeline_attempt(r, i));
        if (r->gaps)
            put_gaps(j, &r->gaps[i]);
        close_(j, '}');
    }
    close_(j, ']');
    put_unplaced(j, r);
    key(j, "clocks");
    open_(j, '[');
    for (size_t i = 0; i < apd_clocks_count(c); i++) {
        item(j, '{');
        timeline_json_clock(j, r, apd_clocks_at(c, i));
        close_(j, '}');
    }
    close_(j, ']');
    put_clock_steps(j, r, c);
    key(j, "trace_clocks");
    open_(j, '[');
    for (size_t i = 0; i < apd_clocks_shifts(c); i++) {
        item(j, '{');
        timeline_json_shift(j, r, apd_clocks_shift(c, i));
        close_(j, '}');
    }
    close_(j, ']');
    close_(j, '}');
}
