/* Between items.c, which keeps the rows, and items_judge.c, which comes to a verdict. Private to them. */
#ifndef APD_ITEMS_P_H
#define APD_ITEMS_P_H

#include "items.h"

/* Turns the times of the row into UTC, finds out what is stale, and fills in the verdict. */
void apd_item_judge(apd_item *item, const apd_clocks *clocks, apd_time newest);

#endif
