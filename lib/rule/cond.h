/* Does a condition hold for an event? Private to lib/rule. */
#ifndef APD_COND_H
#define APD_COND_H

#include "match_re.h"

/* One event while conditions are put to it. What had to be converted or parsed once is kept until
 * apd_probe_close(). */
typedef struct apd_probe apd_probe;

apd_probe *apd_probe_new(const apd_rules *r, apd_intern *names); /* NULL when out of memory */
void apd_probe_free(apd_probe *p);                               /* NULL is fine */
void apd_probe_open(apd_probe *p, apd_event *ev);
void apd_probe_close(apd_probe *p);
/* Since it was opened: memory ran out, so an answer "no" is not to be trusted. */
bool apd_probe_failed(const apd_probe *p);
const apd_re *apd_probe_re(const apd_probe *p);

typedef struct apd_cond_hit {
    bool has_code;
    uint32_t code; /* the |hresult value that was found */
} apd_cond_hit;

/* message_ruled_out: the message (if there is one) is known not to satisfy this condition. */
bool apd_cond_holds(apd_probe *p, const apd_cond *c, bool message_ruled_out, apd_cond_hit *hit);

/* The text of the first value that the condition's target names, valid until the probe is closed; false if
 * there is none. Only for messages, fields and paths into JSON. */
bool apd_cond_text(apd_probe *p, const apd_cond *c, apd_str *out);

#endif
