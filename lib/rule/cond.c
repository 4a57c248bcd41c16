/* Putting a condition to an event.
 *
 * A condition names a target. The target yields subjects: values of the event, one or several
 * (fields may be repeated; `any` yields all). The condition holds if it holds for one of them;
 * where there is none, only `null` and `exists: false` hold. What is not a payload field (message,
 * EventID, a value inside JSON) is dressed as one, so that every operator knows one kind of value.
 *
 * Operators are in cond_value.c. */
#include "cond_p.h"

#include <stdlib.h>

#include "limits.h"

apd_probe *apd_probe_new(const apd_rules *r, apd_intern *names)
{
    apd_probe *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->rules = r;
    p->names = names;
    p->scratch = apd_arena_new(0);
    p->re = apd_re_new();
    if (!p->scratch || !p->re) {
        apd_probe_free(p);
        return NULL;
    }
    return p;
}

void apd_probe_free(apd_probe *p)
{
    if (!p)
        return;
    apd_arena_free(p->scratch);
    apd_re_delete(p->re);
    free(p);
}

void apd_probe_open(apd_probe *p, apd_event *ev)
{
    p->ev = ev;
    p->fields = NULL;
    p->nfields = 0;
    p->located = false;
    p->texts = NULL;
    p->docs = NULL;
    p->failed = false;
    p->start = apd_arena_mark(p->scratch);
}

void apd_probe_close(apd_probe *p)
{
    if (p->docs)
        for (uint32_t i = 0; i < p->nfields; i++)
            apd_json_free(p->docs[i].doc);
    p->docs = NULL;
    apd_arena_rewind(p->scratch, p->start);
}

bool apd_probe_failed(const apd_probe *p)
{
    return p->failed;
}

const apd_re *apd_probe_re(const apd_probe *p)
{
    return p->re;
}

uint32_t apd_probe_fields(apd_probe *p)
{
    if (!p->located) {
        p->fields = apd_event_fields(p->ev, &p->nfields);
        p->located = true;
    }
    return p->nfields;
}

bool apd_probe_named(const apd_probe *p, uint32_t field, apd_sym folded)
{
    return apd_sym_fold(p->names, p->fields[field].name) == folded;
}

static void *no_memory(apd_probe *p)
{
    p->failed = true;
    return NULL;
}

apd_str apd_subject_text(apd_probe *p, const apd_subject *s)
{
    if (s->value->type == APD_T_UTF8)
        return apd_bytes_str(s->value->as.raw);
    if (s->field == APD_NO_FIELD) {
        apd_str text = apd_field_text(s->value, p->scratch);
        if (!text.ptr)
            no_memory(p);
        return text;
    }
    if (!p->texts && !(p->texts = APD_NEWS(p->scratch, apd_str, p->nfields))) {
        no_memory(p);
        return APD_LIT("");
    }
    apd_str *text = &p->texts[s->field];
    if (!text->ptr && !(*text = apd_field_text(s->value, p->scratch)).ptr)
        no_memory(p);
    return *text;
}

/* --- JSON --- */

/* The document in a field, parsed on first use; NULL if the field holds none. */
static const apd_json *document(apd_probe *p, uint32_t field)
{
    if (!p->docs && !(p->docs = APD_NEWS(p->scratch, apd_probe_doc, p->nfields)))
        return no_memory(p);
    apd_probe_doc *d = &p->docs[field];
    if (d->tried)
        return d->doc;
    d->tried = true;
    apd_subject s = {&p->fields[field], field};
    apd_str text = apd_trim(apd_subject_text(p, &s));
    if (!text.len || !memchr("{[\"", text.ptr[0], 3))
        return NULL;
    if (apd_json_parse(apd_str_bytes(text), &d->doc, NULL) != APD_OK)
        d->doc = NULL;
    return d->doc;
}

static apd_field json_field(const apd_json_value *v, apd_op op)
{
    bool ordered = op >= APD_OP_GT && op <= APD_OP_LTE;
    switch (v->type) {
    case APD_JSON_NULL:
        break;
    case APD_JSON_BOOL:
        return (apd_field){.type = APD_T_BOOL, .as.b = v->i != 0};
    case APD_JSON_INT:
        return (apd_field){.type = APD_T_I64, .as.i = v->i};
    case APD_JSON_REAL:
        if (ordered)
            return (apd_field){.type = APD_T_DOUBLE, .as.d = v->real};
        return (apd_field){.type = APD_T_UTF8, .as.raw = apd_str_bytes(v->text)};
    case APD_JSON_STRING:
    case APD_JSON_OBJECT:
    case APD_JSON_ARRAY:
        return (apd_field){.type = APD_T_UTF8, .as.raw = apd_str_bytes(v->text)};
    }
    return (apd_field){.type = APD_T_NONE};
}

/* --- targets --- */

typedef struct question {
    apd_probe *p;
    const apd_cond *c;
    apd_cond_hit *hit;
    bool present; /* there was a subject */
} question;

/* True ends the enumeration: the condition holds. */
static bool ask(question *q, const apd_field *value, uint32_t field)
{
    apd_subject s = {value, field};
    q->present = true;
    return apd_subject_holds(q->p, q->c, &s, q->hit);
}

static bool ask_number(question *q, uint64_t v)
{
    apd_field f = {.type = APD_T_U64, .as.u = v};
    return ask(q, &f, APD_NO_FIELD);
}

static bool ask_text(question *q, apd_str text)
{
    apd_field f = {.type = APD_T_UTF8, .as.raw = apd_str_bytes(text)};
    return ask(q, &f, APD_NO_FIELD);
}

static bool ask_name(question *q, apd_sym name)
{
    return name && ask_text(q, apd_sym_text(q->p->names, name));
}

static bool ask_field(question *q, apd_sym folded)
{
    uint32_t n = folded ? apd_probe_fields(q->p) : 0;
    for (uint32_t i = 0; i < n; i++)
        if (apd_probe_named(q->p, i, folded) && ask(q, &q->p->fields[i], i))
            return true;
    return false;
}

/* A field of the whole dotted name is taken if there is one, whatever it holds. */
static bool ask_json(question *q)
{
    if (ask_field(q, q->c->whole))
        return true;
    uint32_t n = q->present ? 0 : apd_probe_fields(q->p);
    for (uint32_t i = 0; i < n; i++) {
        const apd_json *doc = apd_probe_named(q->p, i, q->c->field) ? document(q->p, i) : NULL;
        apd_json_value v;
        if (!doc || !apd_json_get(doc, q->c->path, q->p->scratch, &v))
            continue;
        apd_field f = json_field(&v, q->c->op);
        if (ask(q, &f, APD_NO_FIELD))
            return true;
    }
    return false;
}

/* Empty values are passed over: `message: null` means that there is no text at all. */
static bool ask_payload(question *q, bool only_text)
{
    uint32_t n = apd_probe_fields(q->p);
    for (uint32_t i = 0; i < n; i++) {
        const apd_field *f = &q->p->fields[i];
        bool text = f->type == APD_T_UTF8 || f->type == APD_T_UTF16LE;
        if ((text || !only_text) && !apd_value_empty(f) && ask(q, f, i))
            return true;
    }
    return false;
}

static bool ask_target(question *q, bool message_ruled_out)
{
    const apd_event *ev = q->p->ev;
    bool message = ev->message.len > 0 && !message_ruled_out;
    switch (q->c->target) {
    case APD_ON_FIELD:
        return ask_field(q, q->c->field);
    case APD_ON_JSON:
        return ask_json(q);
    case APD_ON_MESSAGE:
        return ev->message.len ? message && ask_text(q, ev->message) : ask_payload(q, true);
    case APD_ON_ANY:
        return (message && ask_text(q, ev->message)) || ask_payload(q, false);
    case APD_ON_EVENT_ID:
        return ev->id && ask_number(q, ev->id);
    case APD_ON_LEVEL:
        return ask_number(q, ev->level);
    case APD_ON_PROVIDER:
        return ask_name(q, ev->provider);
    case APD_ON_CHANNEL:
        return ask_name(q, ev->log);
    case APD_ON_RECORD_ID:
        return ev->where.record && ask_number(q, ev->where.record);
    }
    return false;
}

bool apd_cond_holds(apd_probe *p, const apd_cond *c, bool message_ruled_out, apd_cond_hit *hit)
{
    question q = {.p = p, .c = c, .hit = hit};
    return ask_target(&q, message_ruled_out) || (!q.present && apd_absence_holds(c));
}

/* --- values, for trackers --- */

static bool field_text(apd_probe *p, apd_sym folded, apd_str *out)
{
    uint32_t n = folded ? apd_probe_fields(p) : 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!apd_probe_named(p, i, folded) || apd_value_empty(&p->fields[i]))
            continue;
        apd_subject s = {&p->fields[i], i};
        *out = apd_subject_text(p, &s);
        return true;
    }
    return false;
}

static bool json_text(apd_probe *p, const apd_cond *c, apd_str *out)
{
    if (field_text(p, c->whole, out))
        return true;
    uint32_t n = apd_probe_fields(p);
    for (uint32_t i = 0; i < n; i++) {
        const apd_json *doc = apd_probe_named(p, i, c->field) ? document(p, i) : NULL;
        apd_json_value v;
        if (!doc || !apd_json_get(doc, c->path, p->scratch, &v))
            continue;
        apd_field f = json_field(&v, APD_OP_EQ);
        apd_subject s = {&f, APD_NO_FIELD};
        *out = apd_subject_text(p, &s);
        return !apd_value_empty(&f);
    }
    return false;
}

bool apd_cond_text(apd_probe *p, const apd_cond *c, apd_str *out)
{
    if (c->target == APD_ON_MESSAGE) {
        *out = p->ev->message;
        return out->len > 0;
    }
    return c->target == APD_ON_JSON ? json_text(p, c, out) : field_text(p, c->field, out);
}
