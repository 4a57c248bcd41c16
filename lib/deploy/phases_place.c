/* Which attempt a milestone belongs to whose offset is unknown.
 *
 * Its moment is one of a span: of all offsets, as far as the records around it in its file leave them. Where every
 * moment of the span is nearer to one attempt than to any other, it is that attempt's; else it is nobody's. */
#include "phases_p.h"

typedef struct window {
    apd_time from, to;
} window;

/* No moment of the day is known: any of them. */
static window window_of(const apd_clocks *clocks, const apd_step *s)
{
    window w;
    apd_clocks_bounds(clocks, s->time, s->where, &w.from, &w.to);
    if (s->clock == APD_CLOCK_DATE)
        w.to += APD_TICKS_DAY;
    return w;
}

static apd_time middle(apd_time a, apd_time b)
{
    return a / 2 + b / 2;
}

/* Is every moment nearer to this attempt than to those beside it? */
static bool is_nearest(const window *w, const phases_cut *cuts, size_t n, size_t k)
{
    return (k == 0 || w->from > middle(cuts[k - 1].end, cuts[k].start)) &&
           (k + 1 == n || w->to < middle(cuts[k].end, cuts[k + 1].start));
}

static uint32_t place(const apd_clocks *clocks, const phases_cut *cuts, size_t n, const apd_step *s)
{
    if (n == 1 && (cuts->start == APD_TIME_NONE || s->time == APD_TIME_NONE))
        return 0; /* nothing to compare it with */
    if (s->time == APD_TIME_NONE)
        return PHASES_NOWHERE;
    window w = window_of(clocks, s);
    for (uint32_t k = 0; k < n; k++) {
        if (!is_nearest(&w, cuts, n, k))
            continue;
        if (w.from - PHASES_REST > cuts[k].end)
            return k | PHASES_LATER;
        return w.to + PHASES_REST >= cuts[k].start ? k : PHASES_NOWHERE;
    }
    return PHASES_NOWHERE;
}

void phases_place(const apd_phases *p, const phases_cut *cuts, size_t n, size_t first, uint32_t *of)
{
    for (size_t i = first; i < p->steps.n; i++)
        of[i - first] = place(p->clocks, cuts, n, &p->steps.at[i]);
}
