/* Collecting: stretches of local logs, moments, zones; and asking for what was worked out. */
#include "clocks_p.h"

#include <stdlib.h>

#include "hash.h"
#include "limits.h"

/* Threads of one process write a little out of order; a clock or a zone that changed does more. */
#define BACKWARDS (2 * APD_TICKS_MINUTE)

apd_clocks *apd_clocks_new(apd_arena *a)
{
    apd_clocks *c = APD_NEW(a, apd_clocks);
    if (c)
        c->arena = a;
    return c;
}

static bool is_new_file(const file_at *f, const apd_event *ev)
{
    return !f->any || f->member != ev->where.member || f->log != ev->log;
}

static apd_status begin_stretch(apd_clocks *c, const apd_event *ev, stretch_break why)
{
    c->in_file = why == BREAK_FILE ? 1 : c->in_file + 1;
    if (c->in_file > APD_MAX_STRETCHES || c->stretches.n >= 4 * APD_MAX_STRETCHES)
        return APD_OK; /* the last one goes on; what is so torn is not told apart any further */
    stretch s = {.log = ev->log,
                 .member = ev->where.member,
                 .first_record = ev->where.record,
                 .last_record = ev->where.record,
                 .first = ev->time,
                 .last = ev->time,
                 .why = why,
                 .chosen = -1};
    return APD_PUSH(c->arena, c->stretches, s) ? APD_OK : APD_E_NOMEM;
}

static apd_status note_local(apd_clocks *c, const apd_event *ev)
{
    file_at *f = &c->local_file;
    bool fresh = is_new_file(f, ev);
    int64_t passed = fresh ? 0 : ev->time - f->time;
    *f = (file_at){ev->where.member, ev->log, true, ev->where.record, ev->time};
    if (fresh)
        return begin_stretch(c, ev, BREAK_FILE);
    if (passed < -BACKWARDS || passed > REST)
        return begin_stretch(c, ev, passed < 0 ? BREAK_BACK : BREAK_REST);
    stretch *s = &c->stretches.at[c->stretches.n - 1];
    s->last_record = ev->where.record;
    if (ev->time > s->last)
        s->last = ev->time;
    else if (ev->time < s->first && s->why != BREAK_FILE)
        s->first = ev->time;
    return APD_OK;
}

/* Of logs in UTC only where the clock was set back counts. */
static apd_status note_utc(apd_clocks *c, const apd_event *ev)
{
    file_at *f = &c->utc_file;
    bool back =
        !is_new_file(f, ev) && ev->where.record > f->record && f->time - ev->time > BACKWARDS;
    apd_clock_step step = {f->time, ev->time, ev->where.member, ev->where.record};
    *f = (file_at){ev->where.member, ev->log, true, ev->where.record, ev->time};
    if (!back || c->steps.n >= APD_MAX_CLOCK_STEPS)
        return APD_OK;
    return APD_PUSH(c->arena, c->steps, step) ? APD_OK : APD_E_NOMEM;
}

apd_status apd_clocks_event(apd_clocks *c, const apd_event *ev)
{
    if (ev->clock == APD_CLOCK_LOCAL)
        return note_local(c, ev);
    if (ev->clock != APD_CLOCK_UTC)
        return APD_OK;
    APD_TRY(clocks_note_shared(c, ev));
    return note_utc(c, ev);
}

static uint32_t current_stretch(const apd_clocks *c, const apd_event *ev)
{
    if (c->stretches.n == 0 || is_new_file(&c->local_file, ev))
        return UINT32_MAX;
    return (uint32_t)c->stretches.n - 1;
}

static bool utc_like(apd_clock clock)
{
    return clock == APD_CLOCK_UTC || clock == APD_CLOCK_OFFSET;
}

apd_status apd_clocks_anchor(apd_clocks *c, const apd_event *ev, const apd_anchor *a)
{
    moment m = {.key = apd_hash_u64(apd_hash(a->kind) * 31 + apd_hash(a->key)),
                .time = ev->time,
                .at = a->at,
                .within = a->within > 0 && a->within < NEAR ? a->within : NEAR,
                .stretch = UINT32_MAX,
                .log = ev->log,
                .named = a->key.len || a->at != APD_TIME_NONE};
    if (ev->clock == APD_CLOCK_LOCAL) {
        m.stretch = current_stretch(c, ev);
        if (m.stretch == UINT32_MAX || c->local.n >= APD_MAX_MOMENTS)
            return APD_OK;
        return APD_PUSH(c->arena, c->local, m) ? APD_OK : APD_E_NOMEM;
    }
    if (!utc_like(ev->clock)) { /* a fact that holds a time marks that time */
        m.time = a->at;
        m.kept = true;
        m.since = a->since;
        if (a->at == APD_TIME_NONE)
            return APD_OK;
    }
    if (c->utc.n >= APD_MAX_MOMENTS)
        return APD_OK;
    return APD_PUSH(c->arena, c->utc, m) ? APD_OK : APD_E_NOMEM;
}

apd_status apd_clocks_writer_starts(apd_clocks *c, const apd_event *ev)
{
    uint32_t at = ev->clock == APD_CLOCK_LOCAL ? current_stretch(c, ev) : UINT32_MAX;
    if (at == UINT32_MAX)
        return APD_OK;
    stretch *s = &c->stretches.at[at];
    if (s->first_record == ev->where.record) {
        s->why = s->why == BREAK_FILE ? BREAK_FILE : BREAK_START;
        return APD_OK;
    }
    return begin_stretch(c, ev, BREAK_START);
}

const writer *clocks_writer_of(const apd_clocks *c, apd_sym log)
{
    for (size_t i = 0; i < c->writers.n; i++)
        if (c->writers.at[i].log == log)
            return &c->writers.at[i];
    return NULL;
}

apd_status apd_clocks_writer(apd_clocks *c, const apd_event *ev, apd_str name, bool leads)
{
    writer w = {ev->log, leads, apd_hash(name)};
    if (ev->clock != APD_CLOCK_LOCAL || c->writers.n >= APD_MAX_STRETCHES)
        return APD_OK;
    for (size_t i = 0; i < c->writers.n; i++)
        if (c->writers.at[i].log == w.log) {
            c->writers.at[i].leads |= leads;
            return APD_OK;
        }
    return APD_PUSH(c->arena, c->writers, w) ? APD_OK : APD_E_NOMEM;
}

apd_status apd_clocks_zone(apd_clocks *c, const apd_event *ev, int minutes)
{
    zone z = {ev->time, minutes / 15 - GRID_FIRST};
    if (!utc_like(ev->clock) || minutes % 15 || z.grid < 0 || z.grid >= GRID ||
        c->zones.n >= APD_MAX_CLOCK_STEPS)
        return APD_OK;
    return APD_PUSH(c->arena, c->zones, z) ? APD_OK : APD_E_NOMEM;
}

void apd_clocks_override(apd_clocks *c, int minutes)
{
    c->overridden = true;
    c->minutes = minutes;
}

apd_status apd_clocks_settle(apd_clocks *c)
{
    APD_TRY(clocks_align_traces(c));
    return clocks_estimate(c);
}

/* How many places are at or before the record: the last of them is its own, if it is one of the same file. */
static size_t places_until(const apd_clocks *c, apd_where where)
{
    size_t low = 0, high = c->places ? c->stretches.n : 0;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const place *p = &c->places[mid];
        if (p->member != where.member ? p->member > where.member : p->record > where.record)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

static const stretch *stretch_at(const apd_clocks *c, size_t i, uint32_t member)
{
    bool found = c->places && i < c->stretches.n && c->places[i].member == member;
    return found ? &c->stretches.at[c->places[i].stretch] : NULL;
}

/* The stretch that the record is in. */
static const stretch *stretch_of(const apd_clocks *c, const apd_event *ev)
{
    return stretch_at(c, places_until(c, ev->where) - 1, ev->where.member);
}

bool apd_clocks_offset(const apd_clocks *c, const apd_event *ev, int *minutes)
{
    if (c->overridden) {
        *minutes = c->minutes;
        return true;
    }
    const stretch *s = stretch_of(c, ev);
    if (!s || !s->known)
        return false;
    *minutes = 15 * (s->chosen + GRID_FIRST);
    return true;
}

void apd_clocks_bounds(const apd_clocks *c, apd_time local, apd_where where, apd_time *from,
                       apd_time *to)
{
    apd_time first = local - GRID_LAST * GRID_STEP, last = local - GRID_FIRST * GRID_STEP;
    size_t at = places_until(c, where), before = at - 1, behind = at;
    const stretch *s;
    while ((s = stretch_at(c, before, where.member)) && !s->known)
        before--;
    *from = s && clocks_utc(s, s->last) > first ? clocks_utc(s, s->last) : first;
    while ((s = stretch_at(c, behind, where.member)) && !s->known)
        behind++;
    *to = s && clocks_utc(s, s->first) < last ? clocks_utc(s, s->first) : last;
    if (*from > *to) { /* the clock was set meanwhile */
        *from = first;
        *to = last;
    }
}

void apd_clocks_convert(const apd_clocks *c, apd_event *ev)
{
    int minutes;
    if (ev->clock == APD_CLOCK_UTC)
        clocks_shift(c, ev);
    if (ev->clock != APD_CLOCK_LOCAL || !apd_clocks_offset(c, ev, &minutes))
        return;
    ev->time -= minutes * APD_TICKS_MINUTE;
    ev->clock = APD_CLOCK_ESTIMATED;
    ev->offset = (int16_t)minutes;
}

void apd_clocks_convert_time(const apd_clocks *c, apd_time *time, apd_clock *clock, apd_sym log,
                             apd_where where)
{
    apd_event ev = {.time = *time, .clock = *clock, .log = log, .where = where};
    apd_clocks_convert(c, &ev);
    *time = ev.time;
    *clock = ev.clock;
}

size_t apd_clocks_count(const apd_clocks *c)
{
    return c->eras.n;
}

const apd_era *apd_clocks_at(const apd_clocks *c, size_t i)
{
    return &c->eras.at[i];
}

size_t apd_clocks_steps(const apd_clocks *c)
{
    return c->steps.n;
}

const apd_clock_step *apd_clocks_step(const apd_clocks *c, size_t i)
{
    return &c->steps.at[i];
}

size_t apd_clocks_shifts(const apd_clocks *c)
{
    return c->shifts.n;
}

const apd_trace_shift *apd_clocks_shift(const apd_clocks *c, size_t i)
{
    return &c->shifts.at[i];
}
