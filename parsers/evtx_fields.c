/* The payload of a record as a flat list of named fields.
 *
 * The program is walked like the document it stands for, nested BinXML values included. What names
 * a value is kept in a place:
 *
 *   <EventData> <Data Name="x">      x
 *               <Data>               param1, param2, …
 *               <Binary>             Binary; likewise other elements, with their own name
 *   <UserData>  <Any> <A> <B c="">   A.B and A.B.@c: the path below the first child
 *   <Other>     <A>                  Other.A
 *
 * A place inside an element asks for the path of its parent and the element's name; the operation
 * remembers the answer, so that names are put together once per template, not once per record. */
#include <string.h>

#include "evtx_event.h"
#include "utf.h"
#include "vec.h"

#define USUAL_FIELDS 48u   /* room that few records need more of */
#define BYTES_PER_STEP 16u /* the same long value may be substituted again and again */

typedef enum zone {
    ROOT,      /* around Event */
    EVENT,     /* in Event: its parts */
    EVENTDATA, /* in EventData */
    USERDATA,  /* in UserData */
    TREE       /* in anything that names fields */
} zone;

typedef struct place {
    zone zone;
    bool data;    /* a Data element: its Name is spent */
    bool unnamed; /* values here take the next paramN */
    apd_sym name; /* of values directly in it */
    apd_sym path; /* in front of the names of elements in it; 0 = nothing */
} place;

typedef struct walk {
    evtx_decoder *decoder;
    APD_VEC(apd_field) fields;
    uint32_t params; /* paramN given so far */
    uint32_t steps, nesting;
    const char *damage;
} walk;

static void content(walk *w, const evtx_instance *in, uint32_t first, uint32_t end, place *p);

static void lose(walk *w, const char *why)
{
    if (!w->damage)
        w->damage = why;
}

static bool spent(walk *w)
{
    if (w->steps >= APD_EVTX_MAX_STEPS)
        lose(w, "it is nested beyond measure");
    return w->steps >= APD_EVTX_MAX_STEPS;
}

/* --- emitting --- */

static void name_unnamed(walk *w, place *p)
{
    if (p->unnamed)
        p->name = evtx_names_param(&w->decoder->names, ++w->params);
}

/* The next field, named; NULL when there is no place for it. */
static apd_field *next_field(walk *w, place *p)
{
    name_unnamed(w, p);
    if (w->fields.n >= APD_MAX_FIELDS) {
        lose(w, "it has too many fields");
        return NULL;
    }
    if (!APD_PUSH(w->decoder->batch, w->fields, (apd_field){.name = p->name})) {
        lose(w, "its fields need too much memory");
        return NULL;
    }
    return &w->fields.at[w->fields.n - 1];
}

static void emit_utf8(walk *w, place *p, apd_str text)
{
    apd_field *f = next_field(w, p);
    if (f) {
        f->type = APD_T_UTF8;
        f->as.raw = apd_str_bytes(text);
    }
}

static void emit_empty(walk *w, place *p)
{
    next_field(w, p); /* APD_T_NONE */
}

static void emit_value(walk *w, evtx_value v, place *p)
{
    apd_field *f = next_field(w, p);
    if (!f || evtx_value_field(v, w->decoder->batch, f))
        return;
    w->fields.n--;
    lose(w, "its fields need too much memory");
}

static void emit_array(walk *w, evtx_value array, place *p)
{
    evtx_value item;
    if (array.len == 0)
        emit_empty(w, p);
    while (w->fields.n < APD_MAX_FIELDS && evtx_value_item(&array, &item))
        emit_value(w, item, p);
    if (array.len)
        lose(w, "it has too many fields");
}

static void nested(walk *w, const evtx_instance *in, evtx_value v, place *p)
{
    if (w->nesting == APD_EVTX_MAX_NESTING) {
        lose(w, "BinXML is nested too deeply");
        return;
    }
    evtx_instance inner;
    uint32_t at = (uint32_t)(v.ptr - in->base);
    const char *why = evtx_open(w->decoder, at, at + (uint32_t)v.len, &inner);
    if (why)
        lose(w, why);
    if (why || !inner.program)
        return;
    if (p->data && p->unnamed) { /* elements inside an unnamed Data hang below its number */
        name_unnamed(w, p);
        p->path = p->name;
        p->unnamed = false;
    }
    w->nesting++;
    content(w, &inner, 0, inner.program->nops, p);
    w->nesting--;
    if (inner.program->damage)
        lose(w, inner.program->damage);
}

/* One substitution that is the whole content. */
static void substitution(walk *w, const evtx_instance *in, const evtx_op *op, place *p)
{
    evtx_value v = evtx_value_at(in, op->slot);
    w->steps += (uint32_t)v.len / BYTES_PER_STEP;
    if (op->slot < in->count && op->slot >= in->whole)
        lose(w, "a value reaches beyond the record");
    if (v.type == EVTX_T_BINXML) {
        if (v.len)
            nested(w, in, v, p);
        else if (p->zone == TREE)
            emit_empty(w, p);
    } else if (p->zone != TREE && v.len == 0) {
        return; /* nothing, directly in EventData or UserData */
    } else if (v.type & EVTX_T_ARRAY) {
        emit_array(w, v, p);
    } else {
        emit_value(w, v, p);
    }
}

static bool is_blank(apd_bytes utf16)
{
    for (size_t i = 0; i + 1 < utf16.len; i += 2)
        if (utf16.ptr[i + 1] || !apd_is_space((char)utf16.ptr[i]))
            return false;
    return true;
}

static void join_value(walk *w, evtx_value v, apd_buf *b)
{
    apd_field f;
    evtx_value item;
    if (v.type & EVTX_T_ARRAY) {
        for (bool first = true; evtx_value_item(&v, &item); first = false) {
            if (!first)
                apd_buf_addc(b, ' ');
            if (evtx_value_field(item, w->decoder->batch, &f))
                apd_buf_add(b, apd_field_text(&f, w->decoder->batch));
        }
    } else if (evtx_value_field(v, w->decoder->batch, &f)) {
        apd_buf_add(b, apd_field_text(&f, w->decoder->batch));
    }
}

/* Texts and substitutions side by side become one text. */
static void joined(walk *w, const evtx_instance *in, uint32_t first, uint32_t end, place *p)
{
    apd_buf b;
    apd_buf_init(&b, w->decoder->batch);
    for (uint32_t i = first; i < end; i++) {
        const evtx_op *op = &in->program->ops[i];
        w->steps++;
        if (op->kind == EVTX_OP_TEXT) {
            w->steps += (uint32_t)op->as.text.len / BYTES_PER_STEP;
            apd_buf_add(&b, apd_utf16_dup(w->decoder->batch, op->as.text));
            continue;
        }
        evtx_value v = evtx_value_at(in, op->slot);
        w->steps += (uint32_t)v.len / BYTES_PER_STEP;
        if (v.type != EVTX_T_BINXML)
            join_value(w, v, &b);
        else if (v.len)
            nested(w, in, v, p);
    }
    if (b.failed)
        lose(w, "its fields need too much memory");
    if (b.len)
        emit_utf8(w, p, apd_str_from(b.ptr, b.len));
}

/* A run of texts and substitutions; `whole` if nothing stands beside it. */
static void run(walk *w, const evtx_instance *in, uint32_t first, uint32_t end, bool whole,
                place *p)
{
    const evtx_op *op = &in->program->ops[first];
    bool single = end == first + 1;
    if (p->zone == ROOT || p->zone == EVENT) { /* only documents are of interest there */
        for (; first < end; first++, op++)
            if (op->kind == EVTX_OP_SUB && evtx_value_at(in, op->slot).type == EVTX_T_BINXML)
                substitution(w, in, op, p);
    } else if (single && op->kind == EVTX_OP_TEXT) {
        if ((whole && p->zone == TREE) || !is_blank(op->as.text))
            emit_value(w, evtx_text(op->as.text), p);
    } else if (single) {
        substitution(w, in, op, p);
    } else {
        joined(w, in, first, end, p);
    }
}

/* --- naming --- */

static apd_sym joined_name(walk *w, evtx_op *op, apd_sym parent)
{
    bool attribute = op->kind == EVTX_OP_ATTRIBUTE;
    if (!op->as.n.path || op->as.n.parent != parent) {
        op->as.n.parent = parent;
        op->as.n.path = evtx_names_join(&w->decoder->names, parent, op->as.n.name, attribute,
                                        w->decoder->batch);
    }
    return op->as.n.path;
}

/* The Name attribute of a Data element, when it is not a literal. */
static apd_sym label_by_value(walk *w, const evtx_instance *in, uint32_t element)
{
    const evtx_op *ops = in->program->ops;
    for (uint32_t i = element + 1; i < ops[element].end && ops[i].kind == EVTX_OP_ATTRIBUTE;
         i = ops[i].end) {
        const evtx_op *value = &ops[i + 1];
        if (ops[i].known != EVTX_K_NAME || ops[i].end != i + 2 || value->kind != EVTX_OP_SUB)
            continue;
        evtx_value v = evtx_value_at(in, value->slot);
        if (v.type == EVTX_T_STRING)
            return evtx_names_get(&w->decoder->names, apd_utf16_trim(evtx_raw(v)),
                                  w->decoder->batch)
                .sym;
    }
    return 0;
}

static place enter_data(walk *w, const evtx_instance *in, uint32_t element)
{
    const evtx_op *op = &in->program->ops[element];
    apd_sym name = op->as.n.label ? op->as.n.label : label_by_value(w, in, element);
    return (place){.zone = TREE, .data = true, .unnamed = name == 0, .name = name, .path = name};
}

static place enter(walk *w, const evtx_instance *in, uint32_t element, const place *from)
{
    evtx_op *op = &in->program->ops[element];
    switch (from->zone) {
    case ROOT:
        if (op->known == EVTX_K_EVENT)
            return (place){.zone = EVENT};
        break;
    case EVENT:
        if (op->known == EVTX_K_EVENT_DATA)
            return (place){.zone = EVENTDATA, .unnamed = true};
        if (op->known == EVTX_K_USER_DATA)
            return (place){.zone = USERDATA, .name = op->as.n.name};
        break;
    case EVENTDATA:
        if (op->known == EVTX_K_DATA)
            return enter_data(w, in, element);
        break;
    case USERDATA: /* the document's root names nothing but its own text */
        return (place){.zone = TREE, .name = op->as.n.name};
    case TREE:
        break;
    }
    apd_sym path = joined_name(w, op, from->path);
    return (place){.zone = TREE, .name = path, .path = path};
}

/* --- walking --- */

static void attribute(walk *w, const evtx_instance *in, uint32_t i, const place *p)
{
    evtx_op *op = &in->program->ops[i];
    const evtx_op *value = op + 1;
    if (op->is_xmlns || op->end == i + 1 || p->zone == EVENT ||
        (p->data && op->known == EVTX_K_NAME))
        return;
    if (value->kind == EVTX_OP_SUB && op->end == i + 2 && evtx_is_null(in, value->slot))
        return; /* an empty attribute is left out */
    place own = {.zone = TREE, .name = joined_name(w, op, p->path)};
    run(w, in, i + 1, op->end, true, &own);
}

/* Is the element left out of the document? Unnamed Data stay: their position counts. */
static bool left_out(const evtx_instance *in, uint32_t element, uint32_t body, const place *p)
{
    const evtx_op *ops = in->program->ops;
    if (p->data && p->unnamed)
        return false;
    if (ops[element].slot != EVTX_NO_SLOT && evtx_is_null(in, ops[element].slot))
        return true;
    return ops[element].end == body + 1 && ops[body].kind == EVTX_OP_SUB && ops[body].optional &&
           evtx_is_null(in, ops[body].slot);
}

/* What nearly every payload consists of, <Data Name="x">%1</Data>, without the detours. */
static bool plain_data(walk *w, const evtx_instance *in, uint32_t i)
{
    const evtx_op *data = &in->program->ops[i], *value = data + 3;
    if (data->known != EVTX_K_DATA || data->end != i + 4 || !data->as.n.label ||
        value->kind != EVTX_OP_SUB || data->slot != EVTX_NO_SLOT)
        return false;
    place p = {.zone = TREE, .data = true, .name = data->as.n.label, .path = data->as.n.label};
    if (!value->optional || !evtx_is_null(in, value->slot))
        substitution(w, in, value, &p);
    return true;
}

static void element(walk *w, const evtx_instance *in, uint32_t i, const place *from)
{
    const evtx_op *ops = in->program->ops;
    if (from->zone == EVENT && ops[i].known == EVTX_K_SYSTEM)
        return;
    if (from->zone == EVENTDATA && plain_data(w, in, i))
        return;
    place p = enter(w, in, i, from);
    uint32_t body = i + 1;
    while (body < ops[i].end && ops[body].kind == EVTX_OP_ATTRIBUTE)
        body = ops[body].end;
    if (left_out(in, i, body, &p))
        return;
    for (uint32_t a = i + 1; a < body; a = ops[a].end)
        attribute(w, in, a, &p);
    if (body < ops[i].end)
        content(w, in, body, ops[i].end, &p);
    else if (p.zone == TREE)
        emit_empty(w, &p);
}

static void content(walk *w, const evtx_instance *in, uint32_t first, uint32_t end, place *p)
{
    const evtx_op *ops = in->program->ops;
    for (uint32_t i = first; i < end;) {
        w->steps++;
        if (spent(w))
            return;
        uint32_t next = ops[i].end;
        if (ops[i].kind == EVTX_OP_ELEMENT) {
            element(w, in, i, p);
        } else if (ops[i].kind >= EVTX_OP_TEXT) {
            while (next < end && ops[next].kind >= EVTX_OP_TEXT)
                next = ops[next].end;
            run(w, in, i, next, i == first && next == end, p);
        }
        i = next;
    }
}

static void system_fields(walk *w, const evtx_instance *in)
{
    for (int k = EVTX_K_VERSION; k < EVTX_SYSTEM_COUNT; k++) {
        evtx_value v = evtx_system(in, (evtx_known)k);
        if (v.type == EVTX_T_NULL)
            continue;
        place p = {.zone = TREE, .name = w->decoder->names.system[k]};
        emit_value(w, v, &p);
    }
}

static const char *find_fields(evtx_decoder *d, const evtx_instance *in, zone from, apd_event *ev)
{
    walk w = {.decoder = d, .damage = in->program->damage};
    w.fields.at = apd_alloc(d->batch, USUAL_FIELDS * sizeof *w.fields.at);
    w.fields.cap = w.fields.at ? USUAL_FIELDS : 0;
    place top = {.zone = from};
    content(&w, in, 0, in->program->nops, &top);
    if (from == ROOT)
        system_fields(&w, in);
    ev->fields = w.fields.at;
    ev->nfields = (uint32_t)w.fields.n;
    return w.damage;
}

const char *evtx_event_fields(evtx_decoder *d, const evtx_instance *in, apd_event *ev)
{
    return find_fields(d, in, ROOT, ev);
}

const char *evtx_part_fields(evtx_decoder *d, const evtx_instance *in, bool user_data,
                             apd_event *ev)
{
    return find_fields(d, in, user_data ? USERDATA : EVENT, ev);
}
