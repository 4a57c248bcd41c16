/* A limit as an object of a list, for the reports as JSON. Private to lib/report. */
#ifndef APD_LIMITS_JSON_H
#define APD_LIMITS_JSON_H

#include "jsonout.h"
#include "report.h"

void apd_limit_json(json *j, const apd_report *r, const apd_limit *l);

#endif
