/* Applies a layout to a payload. Arrays and members of structs come as fields of one name that repeat; depth and
 * steps are limited, since a count costs the writer two bytes. */
#include "etl_layout.h"
#include "limits.h"

static bool stop(etl_walk *w, apd_sym at, const char *why)
{
    if (!w->why && w->failure == APD_OK) {
        w->why = why;
        w->why_at = at;
    }
    return false;
}

apd_field *etl_walk_widen(etl_walk *w, apd_sym name)
{
    size_t cap = w->cap ? 2 * w->cap : w->expected + 1;
    if (cap > APD_ETL_MAX_FIELDS)
        cap = APD_ETL_MAX_FIELDS;
    if (w->nfields >= cap) {
        (void)stop(w, name, "it has too many fields");
        return NULL;
    }
    apd_field *wider = apd_alloc(w->arena, cap * sizeof *wider);
    if (!wider) {
        w->failure = APD_E_NOMEM;
        return NULL;
    }
    if (w->nfields)
        memcpy(wider, w->fields, w->nfields * sizeof *wider);
    w->fields = wider;
    w->cap = cap;
    return &wider[w->nfields];
}

static bool push(etl_walk *w, apd_field f)
{
    apd_field *to = etl_walk_room(w, f.name);
    if (!to)
        return false;
    *to = f;
    w->nfields++;
    return true;
}

/* "Available"; of bits all that are set, those without a name as a number. */
static apd_str map_text(apd_arena *a, const etl_map *m, uint64_t v)
{
    apd_buf b;
    apd_buf_init(&b, a);
    for (uint32_t i = 0; i < m->n; i++) {
        const struct etl_map_entry *e = &m->at[i];
        if (m->bits ? !e->value || (v & e->value) != e->value : e->value != v)
            continue;
        if (b.len)
            apd_buf_add(&b, APD_LIT(", "));
        apd_buf_add(&b, e->text);
        if (!m->bits)
            break;
        v &= ~(uint64_t)e->value;
    }
    if (m->bits && v && b.len)
        apd_buf_addf(&b, ", 0x%llx", (unsigned long long)v);
    return apd_buf_str(&b);
}

/* Behind a number that has a map, the map's text. */
static bool push_text(etl_walk *w, const etl_prop *p, const apd_field *f)
{
    uint64_t number;
    bool negative;
    const etl_map *m = w->find_map ? w->find_map(w->ctx, p->map) : NULL;
    if (!m || !apd_field_number(f, &number, &negative))
        return true;
    apd_str text = map_text(w->arena, m, negative ? (uint32_t)number : number);
    return text.len == 0 ||
           push(w, (apd_field){
                       .name = p->map_text, .type = APD_T_UTF8, .as.raw = apd_str_bytes(text)});
}

static uint64_t as_count(const apd_field *f)
{
    uint64_t v;
    bool negative;
    return apd_field_number(f, &v, &negative) && !negative ? v : 0;
}

/* Nearly all values are numbers that stay what they are. False: this is none, or it is cut off. */
static inline bool take_number(etl_walk *w, const etl_prop *p, apd_field *f)
{
    size_t size = p->size[w->narrow];
    if (p->number == APD_T_NONE || w->rest.len < size)
        return false;
    uint64_t v = etl_value_number(w->rest.ptr, w->rest.len, p, size);
    f->name = p->name;
    f->type = (apd_type)p->number;
    f->as.u = v;
    if (p->number == APD_T_BOOL)
        f->as.b = v != 0;
    w->rest.ptr += size;
    w->rest.len -= size;
    return true;
}

/* The count or length that `by` says; SIZE_MAX if there is none of its own. */
static bool how_many(etl_walk *w, uint8_t by, uint16_t given, size_t *n)
{
    uint16_t prefix;
    *n = SIZE_MAX;
    switch (by) {
    case ETL_BY_FIXED:
        *n = given;
        return true;
    case ETL_BY_PREFIX:
        if (!apd_get_u16le(&w->rest, &prefix))
            return false;
        *n = prefix;
        return true;
    case ETL_BY_PROPERTY:
        *n = w->value && given < w->layout->n && w->value[given] < SIZE_MAX
                 ? (size_t)w->value[given]
                 : 0;
        return true;
    default:
        return true;
    }
}

/* Was the text that has just been taken from `before` ended by its NUL, not by the end of the payload? */
static bool ended(const etl_prop *p, apd_bytes before, apd_bytes rest)
{
    size_t n = before.len - rest.len, unit = p->in == ETL_IN_UTF16 ? 2 : 1;
    if (p->in != ETL_IN_UTF16 && p->in != ETL_IN_ANSI)
        return true;
    return n >= unit && n % unit == 0 && before.ptr[n - 1] == 0 && before.ptr[n - unit] == 0;
}

static bool take_other(etl_walk *w, const etl_prop *p, apd_field *f)
{
    apd_bytes before = w->rest;
    size_t length;
    *f = (apd_field){.name = p->name};
    return (how_many(w, p->length_by, p->length, &length) &&
            etl_value_take(&w->rest, p, length, w->narrow, w->arena, f) &&
            (!w->strict || ended(p, before, w->rest))) ||
           stop(w, p->name, "the payload ends inside of it");
}

static bool one_value(etl_walk *w, uint16_t i)
{
    const etl_prop *p = &w->layout->props[i];
    apd_field *f = etl_walk_room(w, p->name);
    if (!f || (!take_number(w, p, f) && !take_other(w, p, f)))
        return false;
    w->nfields++;
    if (p->referred)
        w->value[i] = as_count(f);
    return !p->map || push_text(w, p, f);
}

static bool siblings(etl_walk *w, uint16_t first, uint16_t n, unsigned depth);

static bool elements(etl_walk *w, uint16_t i, size_t n, unsigned depth)
{
    const etl_prop *p = &w->layout->props[i];
    size_t least = p->in == ETL_IN_STRUCT ? 0 : etl_value_least(p, w->narrow);
    if (p->count_by == ETL_BY_REST)
        n = least ? w->rest.len / least : 0;
    else if (least && n > w->rest.len / least + 1) /* the last text may lack its NUL */
        return stop(w, p->name, "it claims more elements than the payload can hold");
    if (n == 0)
        return push(w, (apd_field){.name = p->name, .type = APD_T_NONE});
    for (size_t k = 0; k < n; k++) {
        if (++w->steps > APD_ETL_MAX_STEPS)
            return stop(w, p->name, "it repeats without end");
        if (p->in == ETL_IN_STRUCT ? !siblings(w, p->first, p->members, depth + 1)
                                   : !one_value(w, i))
            return false;
    }
    return true;
}

static bool property(etl_walk *w, uint16_t i, unsigned depth)
{
    const etl_prop *p = &w->layout->props[i];
    size_t n;
    if (++w->steps > APD_ETL_MAX_STEPS)
        return stop(w, p->name, "it repeats without end");
    if (p->count_by == ETL_BY_NONE && p->in != ETL_IN_STRUCT)
        return one_value(w, i);
    if (!how_many(w, p->count_by, p->count, &n))
        return stop(w, p->name, "the payload ends before its count");
    if (p->count_by == ETL_BY_NONE)
        return siblings(w, p->first, p->members, depth + 1);
    if (p->in == ETL_IN_STRUCT || !etl_value_is_text(p))
        return elements(w, i, n, depth);
    apd_field f = {.name = p->name};
    if (p->count_by == ETL_BY_REST)
        n = w->rest.len / etl_value_least(p, w->narrow);
    if (!etl_value_take_text(&w->rest, p, n, w->arena, &f))
        return stop(w, p->name, "it claims more elements than the payload can hold");
    return push(w, f);
}

static bool siblings(etl_walk *w, uint16_t first, uint16_t n, unsigned depth)
{
    uint16_t i = first;
    if (depth > APD_ETL_MAX_STRUCTS)
        return stop(w, 0, "structs are nested too deeply");
    for (uint16_t k = 0; k < n && i < w->layout->n; k++, i = w->layout->props[i].next)
        if (!property(w, i, depth))
            return false;
    return true;
}

etl_layout etl_layout_of(etl_prop *props, uint16_t n, uint16_t top)
{
    etl_layout l = {.props = props, .n = n, .top = top};
    for (uint16_t i = 0; i < n; i++)
        etl_value_plan(&props[i]);
    for (uint16_t i = 0; i < n; i++) {
        const etl_prop *p = &props[i];
        bool count = p->count_by == ETL_BY_PROPERTY, length = p->length_by == ETL_BY_PROPERTY;
        l.refers |= count || length;
        if (count && p->count < n)
            props[p->count].referred = true;
        if (length && p->length < n)
            props[p->length].referred = true;
    }
    return l;
}

bool etl_walk_run(etl_walk *w)
{
    const etl_layout *l = w->layout;
    if (l->refers && !w->value && !(w->value = APD_NEWS(w->arena, uint64_t, l->n))) {
        w->failure = APD_E_NOMEM;
        return false;
    }
    uint16_t k = 0;
    bool whole = true;
    for (uint16_t i = 0; i < l->top && whole; i = l->props[i].next, k++) {
        if (w->at)
            w->at[k] = (uint32_t)w->nfields;
        whole = property(w, i, 0);
    }
    for (; w->at && k <= l->top; k++)
        w->at[k] = (uint32_t)w->nfields;
    return whole;
}
