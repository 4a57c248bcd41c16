/* The forms of a record, for events.c. Private to lib/report. */
#ifndef APD_EVENTS_FORMS_H
#define APD_EVENTS_FORMS_H

#include "events.h"

void apd_events_json(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);
void apd_events_json_carved(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);
void apd_events_xml(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);
void apd_events_text(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);
void apd_events_csv(const apd_events_writer *w, const apd_events_row *row, apd_buf *out);

/* A quoted cell; what a program would take for a formula gets an apostrophe before it. */
void apd_csv_cell(apd_str s, apd_buf *out);

/* ISO 8601 with `digits` of fraction, and Z where it is UTC; "" where there is no time. */
const char *apd_events_time(const apd_event *ev, int digits, char dst[APD_TIME_TEXT]);

#endif
