/* Reading one record's header, whichever of its kinds it has. */
#ifndef APD_ETL_HEADERS_H
#define APD_ETL_HEADERS_H

#include "etl_record.h"

/* The record at the front of `rest`, which is the rest of a buffer's data. Returns its size, 0 when nothing
 * behind it in the buffer can be found either; *why then says what is wrong, or is NULL where the data simply
 * end. With a size, *why is set when the record cannot be read though its end is known. Time, cpu and
 * offset are the caller's to fill in. */
uint32_t etl_record_read(apd_bytes rest, etl_record *r, const char **why);

#endif
