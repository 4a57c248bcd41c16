/* QPC ticks and CPU cycles count from the moment of the header's record, which is StartTime. (BootTime, the
 * other candidate, is off by up to minutes.) Such a trace keeps the clock on the wall of its start; system time
 * follows every step of the clock. */
#include "etl_header.h"

/* 1980 to 2200: a stamp out of this is no system time. */
#define EARLIEST INT64_C(119600064000000000)
#define LATEST INT64_C(189026784000000000)
#define MOST_FREQUENCY                                                                             \
    INT64_C(100000000000) /* 100 GHz: the multiplication below stays in 64 bits */

static bool is_system_time(int64_t t)
{
    return t >= EARLIEST && t <= LATEST;
}

etl_clock etl_clock_of(const etl_header *h)
{
    etl_clock c = {.start = h->start, .stamp = h->stamp, .frequency = h->frequency};
    uint32_t type = h->clock;
    if (type < ETL_CLOCK_QPC || type > ETL_CLOCK_CYCLES) /* not said */
        type = !h->known || is_system_time(h->stamp) ? ETL_CLOCK_SYSTEM : ETL_CLOCK_QPC;
    c.type = (etl_clock_type)type;
    if (type == ETL_CLOCK_CYCLES)
        c.frequency = (int64_t)h->mhz * 1000000;
    if (type != ETL_CLOCK_SYSTEM &&
        (c.frequency <= 0 || c.frequency > MOST_FREQUENCY || !is_system_time(c.start)))
        c.type = 0;
    return c;
}

static int64_t ticks_since(const etl_clock *c, int64_t stamp)
{
    int64_t d = (int64_t)((uint64_t)stamp - (uint64_t)c->stamp);
    if (c->frequency == APD_TICKS_SECOND)
        return d;
    int64_t seconds = d / c->frequency, rest = d % c->frequency;
    if (seconds > LATEST / APD_TICKS_SECOND || seconds < -LATEST / APD_TICKS_SECOND)
        return LATEST;
    return seconds * APD_TICKS_SECOND + rest * APD_TICKS_SECOND / c->frequency;
}

apd_time etl_clock_time(const etl_clock *c, int64_t stamp)
{
    int64_t t = stamp;
    if (c->type == 0)
        return APD_TIME_NONE;
    if (c->type != ETL_CLOCK_SYSTEM) {
        t = ticks_since(c, stamp);
        t = t > LATEST - c->start || t < -c->start ? 0 : c->start + t;
    }
    return is_system_time(t) ? t : APD_TIME_NONE;
}
