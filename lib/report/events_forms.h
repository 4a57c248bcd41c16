/* The forms of a record, for events.c. Private to lib/report. */
#ifndef APD_EVENTS_FORMS_H
#define APD_EVENTS_FORMS_H

#include "digits.h"
#include "events.h"

void apd_events_json(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);
void apd_events_json_carved(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);
void apd_events_xml(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);
void apd_events_text(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);
void apd_events_csv(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);

/* JSON (events_json_put.c). A value is in quotes unless it is a number, true, false or null. */
void apd_json_put_string(apd_str s, apd_buf *out);
/* `,"name":` of a symbol; empty when out of memory. Valid until the record is written. */
apd_str apd_json_name(const apd_events_writer *w, apd_sym name);
/* Bytes [from, to) of such a name. */
void apd_json_put_part(apd_str of, size_t from, size_t to, apd_buf *out);
void apd_json_put_value(const apd_field *f, apd_second *second, apd_arena *scratch, apd_buf *out);
void apd_json_put_number(apd_str key, uint64_t v, apd_buf *out);

/* A quoted cell; what a program would take for a formula gets an apostrophe before it. */
void apd_csv_cell(apd_str s, apd_buf *out);

/* ISO 8601 with `digits` of fraction, and Z where it is UTC; "" where there is no time. */
const char *apd_events_time(const apd_event *ev, int digits, char dst[APD_TIME_TEXT]);

#endif
