/* What digits.h does not inline: the calendar. */
#include "digits.h"

void apd_second_set(apd_second *s, uint64_t number)
{
    apd_civil c = apd_time_civil((apd_time)number * APD_TICKS_SECOND);
    char *p = apd_put_four(s->text, (uint32_t)c.year);
    *p++ = '-';
    p = apd_put_pair(p, (uint32_t)c.month);
    *p++ = '-';
    p = apd_put_pair(p, (uint32_t)c.day);
    *p++ = 'T';
    p = apd_put_pair(p, (uint32_t)c.hour);
    *p++ = ':';
    p = apd_put_pair(p, (uint32_t)c.minute);
    *p++ = ':';
    p = apd_put_pair(p, (uint32_t)c.second);
    *p = '.';
    s->number = number;
}
