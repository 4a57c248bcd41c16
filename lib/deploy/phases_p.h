/* Between phases.c (milestones), phases_place.c (which attempt they belong to) and phases_cut.c (what is made of them). */
#ifndef APD_PHASES_P_H
#define APD_PHASES_P_H

#include "phases.h"
#include "vec.h"

struct apd_phases {
    apd_arena *arena;
    const apd_clocks *clocks; /* settled; while building */
    const apd_str *order;     /* phases of names.yml */
    size_t norder;
    APD_VEC(apd_step) steps;
    APD_VEC(apd_scenario_sign) signs;
    APD_VEC(apd_attempt) attempts;
    APD_VEC(apd_step) unplaced;
};

/* No milestone for so long: the deployment is over, unless a phase begins once more. */
#define PHASES_REST (12 * APD_TICKS_HOUR)

/* The steps of one attempt, still in the vector of all. */
typedef struct phases_cut {
    uint32_t number;
    size_t from, to;     /* with a time in UTC, the last one before everyday life */
    apd_time start, end; /* of those; without one, where the caller says that it begins */
    size_t later;        /* milestones of everyday life */
} phases_cut;

/* For each step without UTC, from index `first` on, the index of its cut, PHASES_NOWHERE, or PHASES_LATER plus it for one
 * of everyday life behind that attempt. `of` has an element per step. Cuts by time. */
#define PHASES_NOWHERE UINT32_MAX
#define PHASES_LATER UINT32_C(0x80000000)
void phases_place(const apd_phases *p, const phases_cut *cuts, size_t n, size_t first,
                  uint32_t *of);

/* Cuts the sorted steps into attempts; false when out of memory. */
bool phases_cut_all(apd_phases *p, const apd_time *starts, size_t nstarts, const apd_time *boots,
                    size_t nboots);

#endif
