/* Time: 100 ns ticks since 1601-01-01 UTC (the FILETIME of Windows), so EVTX times are taken as
 * they are. Parsing accepts the spellings that the logs use; nothing here asks the machine for its
 * time zone. */
#ifndef APD_CLOCK_H
#define APD_CLOCK_H

#include "bytes.h"

typedef int64_t apd_time;
#define APD_TIME_NONE INT64_MIN
#define APD_TICKS_SECOND INT64_C(10000000)
#define APD_TICKS_MINUTE (60 * APD_TICKS_SECOND)
#define APD_TICKS_HOUR (60 * APD_TICKS_MINUTE)
#define APD_TICKS_DAY (24 * APD_TICKS_HOUR)

/* What a time of a record may be trusted for. */
typedef enum apd_clock {
    APD_CLOCK_UTC,       /* the writer wrote UTC */
    APD_CLOCK_OFFSET,    /* local time with its offset, converted */
    APD_CLOCK_ESTIMATED, /* local time, converted with an offset that other logs tell */
    APD_CLOCK_LOCAL, /* local time of the device, offset unknown: ticks are of that local time */
    APD_CLOCK_DATE,  /* only the day is known */
    APD_CLOCK_NONE   /* no time; a fact, or a line without one */
} apd_clock;

/* "UTC", "local+offset", "estimated", "local", "date", "-" */
const char *apd_clock_name(apd_clock c);
/* Are its ticks UTC? */
static inline bool apd_clock_is_utc(apd_clock c)
{
    return c <= APD_CLOCK_ESTIMATED;
}

/* Saturating, as times come from files. */
int64_t apd_time_add(apd_time a, int64_t b);
int64_t apd_time_sub(apd_time a, apd_time b);

/* Civil date to ticks. Returns false for a date or time that does not exist (month 13, hour 25;
 * second 60 is taken as the next minute). fraction is in ticks, 0..9999999. */
bool apd_time_from_civil(int year, int month, int day, int hour, int minute, int second,
                         int64_t fraction, apd_time *out);
typedef struct apd_civil {
    int year, month, day, hour, minute, second;
    int32_t fraction; /* 100 ns */
} apd_civil;
apd_civil apd_time_civil(apd_time t);

/* ISO 8601: YYYY-MM-DD[T ]hh:mm[:ss[.f+]][Z|+hh:mm]. Sets clock to UTC, OFFSET or LOCAL
 * (APD_CLOCK_DATE when only a date is given). */
bool apd_time_parse_iso(apd_str s, apd_time *out, apd_clock *clock);

/* The JSON time of .NET, /Date(ms)/ with milliseconds of UTC since 1970, its slashes escaped or not. An
 * offset behind the number (+0100) only says where it was written. */
bool apd_time_parse_net(apd_str s, apd_time *out);

/* "2025-11-22T10:00:00.1234567Z" (digits 0..7 of fraction); Z only when utc. Returns dst. */
#define APD_TIME_TEXT 40
char *apd_time_format(apd_time t, int digits, bool utc, char dst[APD_TIME_TEXT]);
/* "2 h 05 m", "12 m 00 s", "4 s", "0.250 s" */
char *apd_span_format(int64_t ticks, char dst[APD_TIME_TEXT]);
/* "90s", "15m", "2h", "1d", "500ms", also sums such as "1h30m". */
bool apd_span_parse(apd_str s, int64_t *ticks);

#endif
