/* Between phases.c (milestones) and phases_cut.c (what is made of them). */
#ifndef APD_PHASES_P_H
#define APD_PHASES_P_H

#include "phases.h"
#include "vec.h"

struct apd_phases {
    apd_arena *arena;
    const apd_str *order; /* phases of names.yml */
    size_t norder;
    APD_VEC(apd_step) steps;
    APD_VEC(apd_scenario_sign) signs;
    APD_VEC(apd_attempt) attempts;
};

/* Cuts the sorted steps into attempts; false when out of memory. */
bool phases_cut(apd_phases *p, const apd_time *starts, size_t nstarts, const apd_time *boots,
                size_t nboots);

#endif
