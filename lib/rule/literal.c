/* Literals that a condition's values require. Values that are compared as text require themselves;
 * patterns are read by literal_regex.c. */
#include "literal.h"

#include "match_re.h"

static const apd_literals none = {NULL, 0};

size_t apd_literals_shortest(apd_literals l)
{
    size_t least = l.n ? SIZE_MAX : 0;
    for (size_t i = 0; i < l.n; i++)
        if (l.at[i].len < least)
            least = l.at[i].len;
    return least;
}

static bool more_selective(apd_literals x, apd_literals y)
{
    size_t sx = apd_literals_shortest(x), sy = apd_literals_shortest(y);
    return sx > sy || (sx == sy && x.n < y.n);
}

void apd_require(apd_required *r, apd_literals claim)
{
    if (more_selective(claim, r->first)) {
        r->second = r->first;
        r->first = claim;
    } else if (more_selective(claim, r->second)) {
        r->second = claim;
    }
}

static apd_literals single(apd_arena *a, apd_str s)
{
    apd_str *one = s.len ? APD_NEW(a, apd_str) : NULL;
    if (!one)
        return none;
    *one = s;
    return (apd_literals){one, 1};
}

/* The longest stretch between wildcards, with escapes undone (see apd_glob). */
static apd_literals of_glob(apd_arena *a, apd_str glob)
{
    apd_buf run;
    apd_str best = {NULL, 0};
    apd_buf_init(&run, a);
    for (size_t i = 0;; i++) {
        bool end = i >= glob.len;
        char c = end ? '*' : glob.ptr[i];
        if (c == '*' || c == '?') {
            if (run.len > best.len)
                best = apd_buf_str(&run);
            if (end)
                break;
            apd_buf_init(&run, a);
            continue;
        }
        char next = i + 1 < glob.len ? glob.ptr[i + 1] : '\0';
        if (c == '\\' && (next == '*' || next == '?' || next == '\\'))
            c = glob.ptr[++i];
        apd_buf_addc(&run, c);
    }
    return run.failed ? none : single(a, best);
}

/* Every spelling of an error code contains one of its hex digits without leading zeros, its
 * decimal digits, or its decimal digits as a negative number. */
static apd_literals of_code(apd_arena *a, uint32_t code)
{
    apd_str *at = APD_NEWS(a, apd_str, 3);
    if (!at)
        return none;
    size_t n = 0;
    at[n++] = apd_printf_a(a, "%x", (unsigned)code);
    at[n++] = apd_printf_a(a, "%u", (unsigned)code);
    if (code > INT32_MAX)
        at[n++] = apd_printf_a(a, "%u", (unsigned)(0u - code));
    for (size_t i = 0; i < n; i++)
        if (!at[i].ptr)
            return none;
    return (apd_literals){at, n};
}

static apd_required of_value(apd_arena *a, const apd_cond *c, const apd_value *v,
                             const apd_pattern *patterns)
{
    apd_required r = {none, none};
    if (v->is_null)
        return r;
    switch (c->op) {
    case APD_OP_EQ:
        r.first = of_glob(a, v->text);
        break;
    case APD_OP_CONTAINS:
    case APD_OP_STARTS:
    case APD_OP_ENDS:
        r.first = single(a, v->text);
        break;
    case APD_OP_RE:
        return apd_required_by_regex(a, patterns[v->pattern].text,
                                     apd_re_wants_utf(patterns[v->pattern].text));
    case APD_OP_HRESULT:
        r.first = of_code(a, (uint32_t)v->number);
        break;
    default:
        break;
    }
    return r;
}

/* Of a long literal the end is kept: messages of one writer begin alike. */
static apd_literals cut(apd_arena *a, apd_literals l)
{
    apd_str *at = APD_NEWS(a, apd_str, l.n);
    if (!at)
        return none;
    for (size_t i = 0; i < l.n; i++) {
        size_t over = l.at[i].len > APD_MAX_LITERAL ? l.at[i].len - APD_MAX_LITERAL : 0;
        at[i] = apd_sub(l.at[i], over, APD_MAX_LITERAL);
    }
    return (apd_literals){at, l.n};
}

/* One of several values: a literal of each. */
static apd_literals any_value(apd_arena *a, const apd_cond *c, const apd_pattern *patterns)
{
    APD_VEC(apd_str) all = {0};
    for (size_t i = 0; i < c->nvalues; i++) {
        apd_literals one = of_value(a, c, &c->values[i], patterns).first;
        if (one.n == 0 || all.n + one.n > APD_MAX_LITERALS)
            return none;
        for (size_t k = 0; k < one.n; k++)
            if (!APD_PUSH(a, all, one.at[k]))
                return none;
    }
    return (apd_literals){all.at, all.n};
}

apd_required apd_required_by_cond(apd_arena *a, const apd_cond *c, const apd_pattern *patterns)
{
    apd_required r = {none, none};
    if (c->nvalues > 1 && !c->all) {
        r.first = any_value(a, c, patterns);
    } else {
        for (size_t i = 0; i < c->nvalues; i++) {
            apd_required one = of_value(a, c, &c->values[i], patterns);
            apd_require(&r, one.first);
            apd_require(&r, one.second);
        }
    }
    return (apd_required){cut(a, r.first), cut(a, r.second)};
}
