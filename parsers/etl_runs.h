/* What can be read in bytes that nobody describes. Private to the ETL parser. */
#ifndef APD_ETL_RUNS_H
#define APD_ETL_RUNS_H

#include "arena.h"

/* Runs of four or more printable characters, ASCII or UTF-16, " | " between them; "" where there are none. */
apd_str etl_runs(apd_bytes payload, apd_arena *a);

#endif
