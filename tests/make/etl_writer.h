/* Traces of a scenario: its list `traces`, described in testdata/scenarios/README.md. */
#ifndef MK_ETL_WRITER_H
#define MK_ETL_WRITER_H

#include "scenario.h"

/* One trace as a file. Ends the program on any mistake. */
void mk_etl_write(mk_out *o, const mk_scenario *s, const mk_node *trace);

#endif
