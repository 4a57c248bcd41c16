/* WPP messages, see etl_wpp.c; apd_schemas_tmf() reads their message files. Private to the ETL parser. */
#ifndef APD_ETL_WPP_H
#define APD_ETL_WPP_H

#include "etl_schema.h"

/* The texts that can be made out in raw arguments, " | " between them; "" where there are none. */
apd_str etl_wpp_runs(apd_bytes payload, apd_arena *a);

#endif
