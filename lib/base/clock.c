/* Civil dates to ticks and back (proleptic Gregorian, days counted from 1601-01-01), and the few
 * spellings of times and durations that logs and rules use. */
#include "clock.h"

#include <stdio.h>

const char *apd_clock_name(apd_clock c)
{
    static const char *const names[] = {"UTC", "local+offset", "estimated", "local", "date", "-"};
    return names[c];
}

static bool leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int month_days(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return m == 2 && leap(y) ? 29 : days[m - 1];
}

/* Days from 1601-01-01. March is taken as the first month, so that the leap day comes last. */
static int64_t days_from_civil(int y, int m, int d)
{
    int64_t year = m <= 2 ? y - 1 : y;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t yoe = year - era * 400;
    int64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 584694; /* 584694: days from 0000-03-01 to 1601-01-01 */
}

int64_t apd_time_add(apd_time a, int64_t b)
{
    if (b > 0 && a > INT64_MAX - b)
        return INT64_MAX;
    if (b < 0 && a < INT64_MIN - b)
        return INT64_MIN;
    return a + b;
}

int64_t apd_time_sub(apd_time a, apd_time b)
{
    if (b == INT64_MIN)
        return a < 0 ? a - b : INT64_MAX;
    return apd_time_add(a, -b);
}

bool apd_time_from_civil(int year, int month, int day, int hour, int minute, int second,
                         int64_t fraction, apd_time *out)
{
    if (year < 1601 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month) || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 60 || fraction < 0 || fraction >= APD_TICKS_SECOND)
        return false;
    *out = days_from_civil(year, month, day) * APD_TICKS_DAY + hour * APD_TICKS_HOUR +
           minute * APD_TICKS_MINUTE + second * APD_TICKS_SECOND + fraction;
    return true;
}

apd_civil apd_time_civil(apd_time t)
{
    int64_t days = t / APD_TICKS_DAY, rest = t % APD_TICKS_DAY;
    if (rest < 0) {
        rest += APD_TICKS_DAY;
        days--;
    }
    days += 584694;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    apd_civil c;
    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = (int)(yoe + era * 400 + (c.month <= 2));
    c.hour = (int)(rest / APD_TICKS_HOUR);
    c.minute = (int)(rest / APD_TICKS_MINUTE % 60);
    c.second = (int)(rest / APD_TICKS_SECOND % 60);
    c.fraction = (int32_t)(rest % APD_TICKS_SECOND);
    return c;
}

/* Takes 1..max digits off the front. */
static bool take_digits(apd_str *s, size_t least, size_t max, int *out)
{
    size_t n = 0;
    int v = 0;
    while (n < max && n < s->len && apd_is_digit(s->ptr[n]))
        v = v * 10 + (s->ptr[n++] - '0');
    if (n < least)
        return false;
    *s = apd_sub(*s, n, s->len);
    *out = v;
    return true;
}

static bool take_char(apd_str *s, char c)
{
    if (!s->len || s->ptr[0] != c)
        return false;
    *s = apd_sub(*s, 1, s->len);
    return true;
}

/* ".1234567": digits past the seventh are dropped. */
static int64_t take_fraction(apd_str *s)
{
    int64_t f = 0;
    int n = 0;
    for (; s->len && apd_is_digit(s->ptr[0]); *s = apd_sub(*s, 1, s->len), n++)
        if (n < 7)
            f = f * 10 + (s->ptr[0] - '0');
    for (; n < 7; n++)
        f *= 10;
    return f;
}

static bool take_zone(apd_str *s, int64_t *offset, apd_clock *clock)
{
    *offset = 0;
    *clock = APD_CLOCK_LOCAL;
    if (s->len == 0)
        return true;
    if (take_char(s, 'Z') || take_char(s, 'z')) {
        *clock = APD_CLOCK_UTC;
        return s->len == 0;
    }
    bool minus = s->ptr[0] == '-';
    int h, m = 0;
    if (!(take_char(s, '+') || take_char(s, '-')) || !take_digits(s, 2, 2, &h))
        return false;
    take_char(s, ':');
    if (s->len && !take_digits(s, 2, 2, &m))
        return false;
    *offset = (minus ? -1 : 1) * (h * APD_TICKS_HOUR + m * APD_TICKS_MINUTE);
    *clock = APD_CLOCK_OFFSET;
    return s->len == 0 && h < 24 && m < 60;
}

bool apd_time_parse_iso(apd_str s, apd_time *out, apd_clock *clock)
{
    int y, mo, d, h = 0, mi = 0, sec = 0;
    int64_t fraction = 0, offset = 0;
    if (!take_digits(&s, 4, 4, &y) || !take_char(&s, '-') || !take_digits(&s, 2, 2, &mo) ||
        !take_char(&s, '-') || !take_digits(&s, 2, 2, &d))
        return false;
    if (s.len == 0) {
        *clock = APD_CLOCK_DATE;
        return apd_time_from_civil(y, mo, d, 0, 0, 0, 0, out);
    }
    if (!(take_char(&s, 'T') || take_char(&s, ' ')) || !take_digits(&s, 2, 2, &h) ||
        !take_char(&s, ':') || !take_digits(&s, 2, 2, &mi))
        return false;
    if (take_char(&s, ':')) {
        if (!take_digits(&s, 2, 2, &sec))
            return false;
        if (take_char(&s, '.') || take_char(&s, ','))
            fraction = take_fraction(&s);
    }
    if (!take_zone(&s, &offset, clock) || !apd_time_from_civil(y, mo, d, h, mi, sec, fraction, out))
        return false;
    *out -= offset;
    return true;
}

bool apd_time_parse_net(apd_str s, apd_time *out)
{
    enum { MOST_DIGITS = 14 }; /* to the year 5138 */
    const int64_t epoch = INT64_C(11644473600) * APD_TICKS_SECOND;
    int64_t ms = 0;
    size_t n = 0, escaped = apd_starts(s, APD_LIT("\\")), ends = 2 + escaped;
    s = apd_sub(s, escaped, s.len);
    if (!apd_istarts(s, APD_LIT("/Date(")) ||
        !apd_ends(s, escaped ? APD_LIT(")\\/") : APD_LIT(")/")))
        return false;
    s = apd_sub(s, 6, s.len - 6 - ends);
    bool negative = apd_starts(s, APD_LIT("-"));
    s = apd_sub(s, negative, s.len);
    for (; n < s.len && n < MOST_DIGITS && apd_is_digit(s.ptr[n]); n++)
        ms = ms * 10 + (s.ptr[n] - '0');
    apd_str zone = apd_sub(s, n, s.len);
    if (n == 0 || (zone.len && (zone.len != 5 || (zone.ptr[0] != '+' && zone.ptr[0] != '-'))))
        return false;
    *out = epoch + (negative ? -ms : ms) * (APD_TICKS_SECOND / 1000);
    return true;
}

char *apd_time_format(apd_time t, int digits, bool utc, char dst[APD_TIME_TEXT])
{
    if (t == APD_TIME_NONE) {
        snprintf(dst, APD_TIME_TEXT, "-");
        return dst;
    }
    apd_civil c = apd_time_civil(t);
    int n = snprintf(dst, APD_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day,
                     c.hour, c.minute, c.second);
    if (digits > 0 && digits <= 7) {
        int32_t f = c.fraction;
        for (int i = digits; i < 7; i++)
            f /= 10;
        n += snprintf(dst + n, APD_TIME_TEXT - (size_t)n, ".%0*d", digits, f);
    }
    if (utc)
        snprintf(dst + n, APD_TIME_TEXT - (size_t)n, "Z");
    return dst;
}

char *apd_span_format(int64_t ticks, char dst[APD_TIME_TEXT])
{
    const char *sign = ticks < 0 ? "-" : "";
    uint64_t t = ticks < 0 ? (uint64_t)0 - (uint64_t)ticks : (uint64_t)ticks;
    unsigned long long s = t / APD_TICKS_SECOND;
    if (s >= 86400)
        snprintf(dst, APD_TIME_TEXT, "%s%llu d %02llu h", sign, s / 86400, s / 3600 % 24);
    else if (s >= 3600)
        snprintf(dst, APD_TIME_TEXT, "%s%llu h %02llu m", sign, s / 3600, s / 60 % 60);
    else if (s >= 60)
        snprintf(dst, APD_TIME_TEXT, "%s%llu m %02llu s", sign, s / 60, s % 60);
    else if (s > 0 || t == 0)
        snprintf(dst, APD_TIME_TEXT, "%s%llu s", sign, s);
    else
        snprintf(dst, APD_TIME_TEXT, "%s0.%03u s", sign, (unsigned)(t / 10000));
    return dst;
}

bool apd_span_parse(apd_str s, int64_t *ticks)
{
    int64_t total = 0;
    if (s.len == 0)
        return false;
    while (s.len) {
        int n;
        int64_t unit;
        if (!take_digits(&s, 1, 9, &n))
            return false;
        if (apd_starts(s, APD_LIT("ms"))) {
            unit = APD_TICKS_SECOND / 1000;
            s = apd_sub(s, 2, s.len);
        } else if (take_char(&s, 's')) {
            unit = APD_TICKS_SECOND;
        } else if (take_char(&s, 'm')) {
            unit = APD_TICKS_MINUTE;
        } else if (take_char(&s, 'h')) {
            unit = APD_TICKS_HOUR;
        } else if (take_char(&s, 'd')) {
            unit = APD_TICKS_DAY;
        } else {
            return false;
        }
        if (n > (INT64_MAX - total) / unit)
            return false;
        total += n * unit;
    }
    *ticks = total;
    return true;
}
