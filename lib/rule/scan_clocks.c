/* Local times become UTC once the offsets of their writers are known, so that relations may put them beside event
 * logs. A log of which a part stays unknown keeps its local coverage: it may reach less far than it looks. */
#include "scan.h"

static void convert_hits(apd_scan *s)
{
    for (size_t sel = 0; sel < s->rules->nselections; sel++)
        for (size_t i = 0; i < s->hits[sel].n;
             i++) /* the copies are the scan's own; twice does no harm */
            apd_clocks_convert(s->clocks, (apd_event *)s->hits[sel].at[i].event);
}

typedef struct reach {
    apd_time first, last;
    int64_t least, most; /* offsets */
    bool any, unknown;
} reach;

static reach reach_of(const apd_clocks *c, apd_sym log)
{
    reach r = {.first = INT64_MAX, .last = INT64_MIN, .least = INT64_MAX, .most = INT64_MIN};
    for (size_t i = 0; i < apd_clocks_count(c); i++) {
        const apd_era *e = apd_clocks_at(c, i);
        int64_t offset = e->minutes * APD_TICKS_MINUTE;
        if (e->log != log)
            continue;
        r.any = true;
        r.unknown |= !e->known;
        r.first = e->first - offset < r.first ? e->first - offset : r.first;
        r.last = e->last - offset > r.last ? e->last - offset : r.last;
        r.least = offset < r.least ? offset : r.least;
        r.most = offset > r.most ? offset : r.most;
    }
    return r;
}

void apd_scan_convert(apd_scan *s)
{
    convert_hits(s);
    for (size_t i = 0; i < apd_coverage_count(s->coverage); i++) {
        const apd_log_cover *row = apd_coverage_at(s->coverage, i);
        if (row->clock != APD_CLOCK_LOCAL)
            continue;
        reach r = reach_of(s->clocks, row->log);
        if (r.any && !r.unknown)
            apd_coverage_as_utc(s->coverage, i, r.first, r.last, r.least, r.most);
    }
}

int64_t apd_scan_awake(const apd_scan *s, apd_time from, apd_time to)
{
    return s->clocks ? apd_clocks_awake(s->clocks, from, to) : apd_time_sub(to, from);
}

apd_time apd_scan_after(const apd_scan *s, apd_time from, int64_t ticks)
{
    return s->clocks ? apd_clocks_after(s->clocks, from, ticks) : apd_time_add(from, ticks);
}

int64_t apd_span_length(const apd_scan *s, const apd_span *span)
{
    bool utc = apd_clock_is_utc(span->from_clock) && apd_clock_is_utc(span->to_clock);
    return utc ? apd_scan_awake(s, span->from, span->to) : apd_time_sub(span->to, span->from);
}
