/* Rows in the order of the file; rows of one value stand together as a group. A key is looked at only for groups
 * whose value has the name. */
#include "enums.h"

#include "regkey.h"
#include "tsv.h"
#include "vec.h"

typedef enum kind { ENUM, FLAGS, FILETIME, UNIXTIME, HRESULT, NKINDS } kind;
static const char *const kind_names[NKINDS] = {"enum", "flags", "filetime", "unixtime", "hresult"};

typedef struct row {
    uint64_t number;
    apd_str meaning;
} row;

typedef struct group {
    apd_str pattern, value;
    apd_regkey key;
    kind kind;
    size_t first, count; /* rows */
} group;

struct apd_enums {
    APD_VEC(group) groups;
    APD_VEC(row) rows;
};

static bool read_row(apd_str line, group *g, row *r)
{
    bool negative = false;
    int k = 0;
    *g = (group){.pattern = apd_cut(&line, '\t'), .value = apd_cut(&line, '\t')};
    g->key = apd_regkey_of(g->pattern);
    apd_str name = apd_cut(&line, '\t'), number = apd_cut(&line, '\t');
    r->meaning = apd_trim(line);
    r->number = 0;
    while (k < NKINDS && !apd_eq(name, apd_str_of(kind_names[k])))
        k++;
    g->kind = (kind)k;
    if (k == NKINDS || !g->pattern.len || !g->value.len || !r->meaning.len)
        return false;
    if (k != ENUM && k != FLAGS)
        return apd_eq(number, APD_LIT("-"));
    return apd_parse_int(number, &r->number, &negative) && !negative;
}

static bool add_row(apd_arena *a, apd_enums *e, const group *g, row r)
{
    group *last = e->groups.n ? &e->groups.at[e->groups.n - 1] : NULL;
    bool same = last && last->kind == g->kind && apd_eq(last->pattern, g->pattern) &&
                apd_eq(last->value, g->value);
    if (!same && !APD_PUSH(a, e->groups, *g))
        return false;
    last = &e->groups.at[e->groups.n - 1];
    if (!same)
        last->first = e->rows.n;
    last->count++;
    return APD_PUSH(a, e->rows, r);
}

apd_status apd_enums_load(apd_arena *a, const apd_str *files, const apd_str *texts, size_t n,
                          apd_enums **out, apd_error *err)
{
    apd_enums *e = APD_NEW(a, apd_enums);
    if (!e)
        return APD_E_NOMEM;
    apd_tsv t = {.names = files, .texts = texts, .n = n};
    while (apd_tsv_next(&t)) {
        group g;
        row r;
        if (!read_row(t.row, &g, &r))
            return apd_tsv_fail(&t, err,
                                "expected key, value, kind (enum, flags, filetime, unixtime, "
                                "hresult), number and meaning with tabs between them");
        if (!add_row(a, e, &g, r))
            return APD_E_NOMEM;
    }
    *out = e;
    return APD_OK;
}

static apd_str one_of(const apd_enums *e, const group *g, uint64_t v)
{
    for (size_t i = g->first; i < g->first + g->count; i++)
        if (e->rows.at[i].number == v)
            return e->rows.at[i].meaning;
    return APD_LIT("");
}

/* The set bits by name, then what is left of them as a number. */
static apd_str bits_of(const apd_enums *e, const group *g, apd_arena *a, uint64_t v)
{
    apd_buf b;
    if (v == 0)
        return one_of(e, g, 0);
    apd_buf_init(&b, a);
    for (size_t i = g->first; i < g->first + g->count; i++) {
        uint64_t bits = e->rows.at[i].number;
        if (bits == 0 || (v & bits) != bits)
            continue;
        apd_buf_add(&b, b.len ? APD_LIT(", ") : APD_LIT(""));
        apd_buf_add(&b, e->rows.at[i].meaning);
        v &= ~bits;
    }
    if (v)
        apd_buf_addf(&b, "%s0x%llx", b.len ? ", " : "", (unsigned long long)v);
    return apd_buf_str(&b);
}

/* "" for 0 and for what is no time of this millennium's kind. */
static apd_str time_of(apd_arena *a, uint64_t ticks)
{
    const uint64_t year_10000 = UINT64_C(2650467744000000000);
    char text[APD_TIME_TEXT];
    if (ticks == 0 || ticks >= year_10000)
        return APD_LIT("");
    return apd_strdup_a(a, apd_str_of(apd_time_format((apd_time)ticks, 0, true, text)));
}

static apd_str code_of(const apd_codes *codes, apd_arena *a, uint32_t code)
{
    const apd_code *c = apd_code_find(codes, code);
    if (!c)
        return apd_printf_a(a, "0x%08X", (unsigned)code);
    apd_str text = c->symbol.len ? c->symbol : c->meaning;
    return apd_printf_a(a, "0x%08X (%.*s)", (unsigned)code, APD_FMT(text));
}

static bool number_of(const apd_field *f, uint64_t *out)
{
    bool negative;
    if (f->type == APD_T_BLOB && f->as.raw.len == 8) {
        *out = apd_u64le(f->as.raw.ptr);
        return true;
    }
    return apd_field_number(f, out, &negative);
}

static apd_meaning mean(const apd_enums *e, const group *g, const apd_codes *codes, apd_arena *a,
                        uint64_t v)
{
    const uint64_t epoch = UINT64_C(11644473600);
    switch (g->kind) {
    case ENUM:
        return (apd_meaning){one_of(e, g, v), false};
    case FLAGS:
        return (apd_meaning){bits_of(e, g, a, v), false};
    case FILETIME:
        return (apd_meaning){time_of(a, v), true};
    case UNIXTIME:
        return (apd_meaning){v && v < UINT32_MAX ? time_of(a, (v + epoch) * 10000000) : APD_LIT(""),
                             true};
    case HRESULT:
        return (apd_meaning){v ? code_of(codes, a, (uint32_t)v) : APD_LIT(""), true};
    case NKINDS:
        break;
    }
    return (apd_meaning){APD_LIT(""), false};
}

/* Most groups are dismissed by the first letter. */
static bool may_begin(apd_str pattern, apd_str name)
{
    return name.len && (pattern.ptr[0] == '*' || pattern.ptr[0] == '?' ||
                        apd_lower(pattern.ptr[0]) == apd_lower(name.ptr[0]));
}

apd_meaning apd_enum_meaning(const apd_enums *e, const apd_codes *codes, apd_arena *a, apd_str key,
                             apd_str name, const apd_field *value)
{
    uint64_t v;
    for (size_t i = 0; e && i < e->groups.n; i++) {
        const group *g = &e->groups.at[i];
        if (!may_begin(g->value, name) || !apd_glob(g->value, name, true) ||
            !apd_regkey_matches(&g->key, key))
            continue;
        if (number_of(value, &v))
            return mean(e, g, codes, a, v);
    }
    return (apd_meaning){APD_LIT(""), false};
}
