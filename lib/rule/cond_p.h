/* Between cond.c (which values a condition looks at) and cond_value.c (what it asks of one). */
#ifndef APD_COND_P_H
#define APD_COND_P_H

#include "cond.h"
#include "jsondoc.h"

#define APD_NO_FIELD UINT32_MAX

typedef struct apd_probe_doc {
    bool tried;
    apd_json *doc; /* NULL: not JSON */
} apd_probe_doc;

struct apd_probe {
    const apd_rules *rules;
    apd_intern *names;
    apd_re *re;
    apd_arena *scratch;
    apd_mark start;
    apd_event *ev;
    const apd_field *fields; /* once located */
    uint32_t nfields;
    bool located;
    bool failed;
    apd_str *texts;      /* by field, made on first use; ptr NULL = not converted yet */
    apd_probe_doc *docs; /* by field, made on first use */
};

/* A value that a condition is put to. */
typedef struct apd_subject {
    const apd_field *value;
    uint32_t field; /* its index in the event; APD_NO_FIELD: not one of the event's fields */
} apd_subject;

uint32_t apd_probe_fields(apd_probe *p);
bool apd_probe_named(const apd_probe *p, uint32_t field, apd_sym folded);
/* As text, converted at most once per field of an event. */
apd_str apd_subject_text(apd_probe *p, const apd_subject *s);

bool apd_value_empty(const apd_field *f);
bool apd_subject_holds(apd_probe *p, const apd_cond *c, const apd_subject *s, apd_cond_hit *hit);
/* Does the condition hold where there is nothing to put it to? */
bool apd_absence_holds(const apd_cond *c);

#endif
