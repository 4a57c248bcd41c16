/* What stands in for a template definition that is lost or damaged. */
#ifndef APD_EVTX_LOST_H
#define APD_EVTX_LOST_H

#include "evtx_template.h"

/* Are these two ids of one template, one of them with a damaged byte? */
static inline bool evtx_same_id(uint32_t a, uint32_t b)
{
    uint32_t x = a ^ b;
    return (x & ~0xffu) == 0 || (x & ~0xff00u) == 0 || (x & ~0xff0000u) == 0 ||
           (x & ~0xff000000u) == 0;
}

/* A program for the instance, whose values are open already: of the System part, if the values are
 * those that Windows writes there; else one that lists the values. `why` becomes its damage. False
 * when out of memory. */
bool evtx_stand_in(evtx_decoder *d, evtx_instance *in, const char *why) APD_MUST_USE;
/* Are the values those of a System part? They come in one of two orders, which never change. */
bool evtx_is_system(const evtx_instance *in);

#endif
