/* The header's own record as an event that says what the trace is: whose, of when, and what of it is not there
 * without anything being damaged (still recorded, wrapped around, clock set). */
#ifndef APD_ETL_SESSION_H
#define APD_ETL_SESSION_H

#include "etl_trace.h"

/* Provider, fields (`EventName` is Session) and message for the record, which is the one that the trace's header was read from. Memory comes from
 * the arena. False when it is used up. */
bool etl_session_event(const etl_trace *t, const etl_record *r, apd_intern *names, apd_arena *a,
                       apd_event *ev) APD_MUST_USE;
/* The event that tells of a step back of the clock right before the record: `EventName` is ClockStep, `BackSeconds` how far. */
bool etl_step_event(const etl_trace *t, const etl_record *r, apd_intern *names, apd_arena *a,
                    apd_event *ev) APD_MUST_USE;

#endif
