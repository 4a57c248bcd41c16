/* Operators: one condition put to one value.
 *
 * UTF-16 values are compared with ASCII literals as they are; everything else asks for the value's
 * text, which the probe converts once. */
#include "cond_p.h"

#include "utf.h"

bool apd_value_empty(const apd_field *f)
{
    switch (f->type) {
    case APD_T_NONE:
        return true;
    case APD_T_UTF16LE:
        return apd_utf16_trim(f->as.raw).len == 0;
    case APD_T_UTF8:
    case APD_T_BLOB:
        return f->as.raw.len == 0;
    default:
        return false;
    }
}

static bool is_ascii(apd_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

/* --- text --- */

static bool text_compare(apd_op op, apd_str text, apd_str want, bool cased)
{
    switch (op) {
    case APD_OP_CONTAINS:
        return (cased ? apd_find(text, want) : apd_ifind(text, want)) != SIZE_MAX;
    case APD_OP_STARTS:
        return cased ? apd_starts(text, want) : apd_istarts(text, want);
    case APD_OP_ENDS:
        return cased ? apd_ends(text, want) : apd_iends(text, want);
    default:
        return cased ? apd_eq(text, want) : apd_ieq(text, want);
    }
}

/* The same on UTF-16, for an ASCII literal. */
static bool utf16_compare(apd_op op, apd_bytes raw, apd_str want, bool cased)
{
    raw = apd_utf16_trim(raw);
    if (op == APD_OP_CONTAINS)
        return apd_utf16_find_ascii(raw, want, !cased);
    if (raw.len / 2 < want.len)
        return false;
    apd_bytes part = raw;
    if (op != APD_OP_EQ)
        part.len = 2 * want.len;
    if (op == APD_OP_ENDS)
        part.ptr = raw.ptr + (raw.len - part.len);
    return apd_utf16_eq_ascii(part, want, !cased);
}

static bool compare(apd_probe *p, const apd_cond *c, apd_str want, const apd_subject *s)
{
    if (s->value->type == APD_T_UTF16LE && is_ascii(want))
        return utf16_compare(c->op, s->value->as.raw, want, c->cased);
    return text_compare(c->op, apd_subject_text(p, s), want, c->cased);
}

/* --- numbers --- */

static bool is_number_type(apd_type t)
{
    return t == APD_T_I64 || t == APD_T_U64 || t == APD_T_HEX || t == APD_T_BOOL;
}

static bool number_equal(const apd_value *v, const apd_field *f)
{
    uint64_t n;
    bool negative;
    return v->is_number && is_number_type(f->type) && apd_field_number(f, &n, &negative) &&
           n == v->number && negative == v->negative;
}

/* Sets *order to -1, 0, 1. Negative numbers are two's complement, so that both signs compare as
 * unsigned once the signs agree. */
static bool number_order(const apd_value *v, const apd_field *f, int *order)
{
    if (!v->is_number)
        return false;
    if (f->type == APD_T_DOUBLE) {
        double want = v->negative ? (double)(int64_t)v->number : (double)v->number;
        *order = (f->as.d > want) - (f->as.d < want);
        return f->as.d == f->as.d;
    }
    uint64_t n;
    bool negative;
    if (!apd_field_number(f, &n, &negative))
        return false;
    *order = negative != v->negative ? (negative ? -1 : 1) : (n > v->number) - (n < v->number);
    return true;
}

static bool ordered(apd_op op, const apd_value *v, const apd_field *f)
{
    int order;
    if (!number_order(v, f, &order))
        return false;
    switch (op) {
    case APD_OP_GT:
        return order > 0;
    case APD_OP_GTE:
        return order >= 0;
    case APD_OP_LT:
        return order < 0;
    default:
        return order <= 0;
    }
}

static bool has_bits(const apd_value *v, const apd_field *f)
{
    uint64_t n;
    bool negative;
    return apd_field_number(f, &n, &negative) && (n & v->number) == v->number;
}

/* --- the other operators --- */

static bool equal(apd_probe *p, const apd_cond *c, const apd_value *v, const apd_subject *s)
{
    if (number_equal(v, s->value))
        return true;
    bool glob = v->has_glob || (v->text.len && memchr(v->text.ptr, '\\', v->text.len));
    if (glob)
        return apd_glob(v->text, apd_subject_text(p, s), !c->cased);
    return compare(p, c, v->text, s);
}

static bool equals_field(apd_probe *p, const apd_cond *c, apd_sym ref, const apd_subject *s)
{
    uint32_t n = apd_probe_fields(p);
    for (uint32_t i = 0; i < n; i++) {
        apd_subject other = {&p->fields[i], i};
        if (apd_probe_named(p, i, ref) &&
            text_compare(APD_OP_EQ, apd_subject_text(p, s), apd_subject_text(p, &other), c->cased))
            return true;
    }
    return false;
}

static apd_str without_separator(apd_str path)
{
    while (path.len > 1 && (path.ptr[path.len - 1] == '\\' || path.ptr[path.len - 1] == '/'))
        path.len--;
    return path;
}

static char path_char(char c)
{
    return c == '/' ? '\\' : apd_lower(c);
}

static bool same_path(apd_str a, apd_str b)
{
    a = without_separator(apd_trim(a));
    b = without_separator(apd_trim(b));
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (path_char(a.ptr[i]) != path_char(b.ptr[i]))
            return false;
    return true;
}

static bool has_code(const apd_value *v, const apd_subject *s, apd_cond_hit *hit)
{
    uint32_t code = (uint32_t)v->number;
    if (!apd_field_is_hresult(s->value, code))
        return false;
    *hit = (apd_cond_hit){true, code};
    return true;
}

static bool value_holds(apd_probe *p, const apd_cond *c, const apd_value *v, const apd_subject *s,
                        apd_cond_hit *hit)
{
    if (v->is_null)
        return apd_value_empty(s->value);
    switch (c->op) {
    case APD_OP_EQ:
        return equal(p, c, v, s);
    case APD_OP_CONTAINS:
    case APD_OP_STARTS:
    case APD_OP_ENDS:
        return compare(p, c, v->text, s);
    case APD_OP_RE:
        return apd_re_match(p->re, &p->rules->patterns[v->pattern], apd_subject_text(p, s));
    case APD_OP_EXISTS:
        return apd_ieq(v->text, APD_LIT("true"));
    case APD_OP_GT:
    case APD_OP_GTE:
    case APD_OP_LT:
    case APD_OP_LTE:
        return ordered(c->op, v, s->value);
    case APD_OP_BITS:
        return has_bits(v, s->value);
    case APD_OP_FIELDREF:
        return equals_field(p, c, v->ref, s);
    case APD_OP_HRESULT:
        return has_code(v, s, hit);
    case APD_OP_PATH:
        return same_path(apd_subject_text(p, s), v->text);
    case APD_OP_SID:
        return apd_ieq(apd_trim(apd_subject_text(p, s)), apd_trim(v->text));
    }
    return false;
}

bool apd_subject_holds(apd_probe *p, const apd_cond *c, const apd_subject *s, apd_cond_hit *hit)
{
    for (size_t i = 0; i < c->nvalues; i++)
        if (value_holds(p, c, &c->values[i], s, hit) != c->all)
            return !c->all;
    return c->all && c->nvalues > 0;
}

bool apd_absence_holds(const apd_cond *c)
{
    for (size_t i = 0; i < c->nvalues; i++) {
        const apd_value *v = &c->values[i];
        bool holds = v->is_null || (c->op == APD_OP_EXISTS && apd_ieq(v->text, APD_LIT("false")));
        if (holds != c->all)
            return !c->all;
    }
    return c->all && c->nvalues > 0;
}
