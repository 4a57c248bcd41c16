/* What Windows says of setting the clock, and how much time passed in spite of it.
 *
 * A time may be shown twice, where the clock was set back. Between two times counts what was set with both its ends
 * there: forward and back again cancel each other. */
#include <stdlib.h>

#include "clocks_p.h"
#include "limits.h"

/* What a clock shows, and by how much it is set: sums of them stay in 64 bits. */
#define LATEST (INT64_MAX / 2)
#define MOST_JUMP (50 * 366 * APD_TICKS_DAY)

/* Several logs may tell of one jump, each with a time of its own. */
static jump *known_jump(apd_clocks *c, const jump *j)
{
    for (size_t i = 0; i < c->jumps.n; i++) {
        jump *k = &c->jumps.at[i];
        if (llabs(k->from - j->from) < CLOCKS_LEAST_JUMP &&
            llabs(k->by - j->by) < CLOCKS_LEAST_JUMP)
            return k;
    }
    return NULL;
}

apd_status apd_clocks_set(apd_clocks *c, apd_time from, apd_time to, bool slept)
{
    if (from < 0 || to < 0 || from > LATEST || llabs(to - from) > MOST_JUMP)
        return APD_OK;
    jump j = {.from = from, .by = to - from, .slept = slept};
    if (llabs(j.by) < CLOCKS_LEAST_JUMP)
        return APD_OK;
    jump *known = known_jump(c, &j);
    if (known)
        known->slept |= slept;
    if (known || c->jumps.n >= APD_MAX_CLOCK_STEPS)
        return APD_OK;
    return APD_PUSH(c->arena, c->jumps, j) ? APD_OK : APD_E_NOMEM;
}

static int64_t passed(const apd_clocks *c, apd_time from, apd_time to, bool asleep_too)
{
    if (to < from)
        return -passed(c, to, from, asleep_too);
    int64_t set = 0;
    for (size_t i = 0; i < c->jumps.n; i++) {
        const jump *j = &c->jumps.at[i];
        apd_time end = j->from + j->by;
        if (j->from >= from && j->from <= to && end >= from && end <= to &&
            !(j->slept && asleep_too))
            set = apd_time_add(set, j->by);
    }
    int64_t ticks = apd_time_sub(apd_time_sub(to, from), set);
    return ticks > 0 ? ticks : 0;
}

int64_t apd_clocks_passed(const apd_clocks *c, apd_time from, apd_time to)
{
    return passed(c, from, to, true);
}

int64_t apd_clocks_awake(const apd_clocks *c, apd_time from, apd_time to)
{
    return passed(c, from, to, false);
}

static apd_time later(const apd_clocks *c, apd_time at, int64_t ticks)
{
    for (size_t i = 0; i < c->jumps.n; i++) {
        const jump *j = &c->jumps.at[i];
        if (j->from < at || apd_time_sub(j->from, at) > ticks)
            continue;
        ticks -= j->from - at;
        at = j->from + j->by;
    }
    return apd_time_add(at, ticks);
}

static apd_time earlier(const apd_clocks *c, apd_time at, int64_t ticks)
{
    for (size_t i = c->jumps.n; i-- > 0;) {
        const jump *j = &c->jumps.at[i];
        apd_time end = j->from + j->by;
        if (end > at || apd_time_sub(at, end) > ticks)
            continue;
        ticks -= at - end;
        at = j->from;
    }
    return apd_time_sub(at, ticks);
}

apd_time apd_clocks_after(const apd_clocks *c, apd_time from, int64_t ticks)
{
    return ticks < 0 ? earlier(c, from, apd_time_sub(0, ticks)) : later(c, from, ticks);
}
