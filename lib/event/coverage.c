/* One row per log. The row of the last event is remembered: records come in runs of one log. */
#include "coverage.h"

#include "vec.h"

struct apd_coverage {
    apd_arena *arena;
    APD_VEC(apd_log_cover) rows;
    size_t last;
};

apd_coverage *apd_coverage_new(apd_arena *a)
{
    apd_coverage *c = APD_NEW(a, apd_coverage);
    if (c)
        c->arena = a;
    return c;
}

static bool row_is(const apd_log_cover *r, apd_sym log, apd_kind kind, apd_clock clock)
{
    return r->log == log && r->kind == kind && (r->clock == clock || r->records == 0);
}

static apd_log_cover *row(apd_coverage *c, apd_sym log, apd_kind kind, apd_clock clock,
                          uint32_t member)
{
    if (c->last < c->rows.n && row_is(&c->rows.at[c->last], log, kind, clock))
        return &c->rows.at[c->last];
    for (size_t i = 0; i < c->rows.n; i++)
        if (row_is(&c->rows.at[i], log, kind, clock)) {
            c->last = i;
            return &c->rows.at[i];
        }
    apd_log_cover fresh = {.log = log,
                           .kind = kind,
                           .clock = clock,
                           .member = member,
                           .first = APD_TIME_NONE,
                           .last = APD_TIME_NONE};
    if (!APD_PUSH(c->arena, c->rows, fresh))
        return NULL;
    c->last = c->rows.n - 1;
    return &c->rows.at[c->last];
}

bool apd_coverage_add(apd_coverage *c, const apd_event *ev)
{
    apd_log_cover *r = row(c, ev->log, ev->kind, ev->clock, ev->where.member);
    if (!r)
        return false;
    if (r->records == 0) {
        r->clock = ev->clock;
        r->first_record = ev->where.record;
    } else if (ev->id && ev->where.record > r->last_record + 1) {
        r->id_gaps += ev->where.record - r->last_record - 1;
    }
    r->records++;
    r->last_record = ev->where.record;
    if (ev->time != APD_TIME_NONE) {
        if (r->first == APD_TIME_NONE || ev->time < r->first)
            r->first = ev->time;
        if (r->last == APD_TIME_NONE || ev->time > r->last)
            r->last = ev->time;
    }
    return true;
}

bool apd_coverage_present(apd_coverage *c, apd_sym log, apd_kind kind, uint32_t member)
{
    for (size_t i = 0; i < c->rows.n; i++)
        if (c->rows.at[i].log == log && c->rows.at[i].kind == kind)
            return true;
    return row(c, log, kind, APD_CLOCK_NONE, member) != NULL;
}

size_t apd_coverage_count(const apd_coverage *c)
{
    return c->rows.n;
}

const apd_log_cover *apd_coverage_at(const apd_coverage *c, size_t i)
{
    return &c->rows.at[i];
}
