/* The tables of rules/etl: names of providers, classes and events of the kernel, fields of events that no trace
 * describes. docs/etl.md has their columns. Private to the ETL parser. */
#ifndef APD_ETL_TABLES_H
#define APD_ETL_TABLES_H

#include "etl_pool.h"

typedef struct etl_table {
    apd_str name, text;
} etl_table;

/* Rows that are wrong are passed over: tests/unit/etl_tables.c looks at all that come with the program. */
void etl_table_read(apd_schemas *s, const etl_table *t);
/* One row of a table; false if it is wrong. */
bool etl_table_row(apd_schemas *s, apd_str table, apd_str row);

#endif
