/* Rule sets and events built by hand, for the tests of selecting. */
#ifndef SELECT_WORLD_H
#define SELECT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "select.h"

/* --- building rule sets --- */

enum { MAX_SELECTIONS = 200, MAX_NOTES = 16 };

typedef struct world {
    apd_arena *a;
    apd_intern *names;
    apd_rules r;
    apd_selection selections[MAX_SELECTIONS];
    apd_pattern patterns[MAX_SELECTIONS];
    apd_selector *selector;
    unsigned errors, warnings;
    char note[300];
} world;

static inline const apd_sym *symbol(world *w, const char *text)
{
    apd_sym *s = APD_NEW(w->a, apd_sym);
    *s = apd_sym_fold(w->names, apd_intern_add(w->names, apd_str_of(text)));
    return s;
}

enum { ALIAS_AUTOPILOT, ALIAS_MDM, ALIAS_IME, ALIASES };

static inline world *world_new(void)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->a = apd_arena_new(0);
    w->names = apd_intern_new();
    apd_alias_row *rows = APD_NEWS(w->a, apd_alias_row, ALIASES);
    apd_alias *aliases = APD_NEWS(w->a, apd_alias, ALIASES);
    rows[ALIAS_AUTOPILOT] = (apd_alias_row){.channels = symbol(w, "Autopilot"), .nchannels = 1};
    rows[ALIAS_MDM] = (apd_alias_row){.providers = symbol(w, "Mdm-Provider"), .nproviders = 1};
    rows[ALIAS_IME] = (apd_alias_row){.files = symbol(w, "IME"), .nfiles = 1};
    for (size_t i = 0; i < ALIASES; i++)
        aliases[i] = (apd_alias){.rows = &rows[i], .nrows = 1};
    w->r = (apd_rules){.arena = w->a,
                       .names = w->names,
                       .aliases = aliases,
                       .naliases = ALIASES,
                       .selections = w->selections,
                       .patterns = w->patterns};
    return w;
}

static inline void world_free(world *w)
{
    apd_selector_free(w->selector);
    apd_matcher_free(&w->r);
    apd_intern_free(w->names);
    apd_arena_free(w->a);
    free(w);
}

static inline void take_note(void *ctx, bool error, apd_mark_at at, const char *fmt, ...)
{
    world *w = ctx;
    va_list ap;
    va_start(ap, fmt);
    int n = snprintf(w->note, sizeof w->note, "%u: ", (unsigned)at.line);
    vsnprintf(w->note + n, sizeof w->note - (size_t)n, fmt, ap);
    va_end(ap);
    if (error)
        w->errors++;
    else
        w->warnings++;
}

static inline apd_status world_ready(world *w)
{
    apd_status s = apd_matcher_new(&w->r, take_note, w);
    if (s == APD_OK)
        w->selector = apd_selector_new(&w->r, w->names);
    return s;
}

static inline apd_value value(world *w, apd_op op, bool cased, const char *text)
{
    apd_value v = {.text = apd_str_of(text), .is_null = !text};
    if (!text)
        return v;
    v.is_number = apd_parse_int(v.text, &v.number, &v.negative);
    if (op == APD_OP_HRESULT)
        v.number &= 0xffffffffu;
    if (op == APD_OP_EQ)
        v.has_glob = strpbrk(text, "*?") != NULL;
    if (op == APD_OP_FIELDREF)
        v.ref = *symbol(w, text);
    if (op == APD_OP_RE) {
        v.pattern = (uint32_t)w->r.npatterns++;
        w->patterns[v.pattern] = (apd_pattern){.text = v.text, .cased = cased, .at = {.line = 7}};
    }
    return v;
}

static inline apd_target target_of(const char *key)
{
    static const struct {
        const char *key;
        apd_target target;
    } known[] = {{"message", APD_ON_MESSAGE},        {"any", APD_ON_ANY},
                 {"EventID", APD_ON_EVENT_ID},       {"Level", APD_ON_LEVEL},
                 {"Provider_Name", APD_ON_PROVIDER}, {"Channel", APD_ON_CHANNEL},
                 {"EventRecordID", APD_ON_RECORD_ID}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(key, known[i].key) == 0)
            return known[i].target;
    return strchr(key, '.') ? APD_ON_JSON : APD_ON_FIELD;
}

enum { ALL = 1, CASED = 2 };

/* Up to three values; NULL texts are `null` as long as they are counted. */
static inline apd_cond cond(world *w, const char *key, apd_op op, int flags, size_t n,
                            const char *const *texts)
{
    apd_cond c = {.target = target_of(key), .op = op, .all = flags & ALL, .cased = flags & CASED};
    c.at.line = 3;
    c.path = apd_str_of(key);
    c.field = *symbol(w, key);
    if (c.target == APD_ON_JSON) {
        size_t dot = apd_find(c.path, APD_LIT("."));
        c.whole = c.field;
        c.field = apd_sym_fold(w->names, apd_intern_add(w->names, apd_sub(c.path, 0, dot)));
        c.path = apd_sub(c.path, dot + 1, c.path.len);
    }
    apd_value *values = APD_NEWS(w->a, apd_value, n);
    for (size_t i = 0; i < n; i++)
        values[i] = value(w, op, c.cased, texts[i]);
    c.values = values;
    c.nvalues = n;
    return c;
}

static inline apd_cond one(world *w, const char *key, apd_op op, const char *text)
{
    return cond(w, key, op, 0, 1, &text);
}

/* Adds an alternative; a new selection unless `more`. alias < 0: any log. */
static inline void add_alt(world *w, bool more, int alias, const char *fact, size_t n,
                           const apd_cond *conds)
{
    apd_selection *s =
        more ? &w->selections[w->r.nselections - 1] : &w->selections[w->r.nselections++];
    apd_alt *alts = APD_NEWS(w->a, apd_alt, s->nalts + 1);
    if (s->nalts)
        memcpy(alts, s->alts, s->nalts * sizeof *alts);
    apd_alt *alt = &alts[s->nalts++];
    s->alts = alts;
    if (alias >= 0) {
        uint16_t *index = APD_NEW(w->a, uint16_t);
        *index = (uint16_t)alias;
        alt->aliases = index;
        alt->naliases = 1;
    }
    if (fact)
        alt->fact = *symbol(w, fact);
    apd_cond *copy = APD_NEWS(w->a, apd_cond, n);
    if (n)
        memcpy(copy, conds, n * sizeof *copy);
    alt->conds = copy;
    alt->nconds = n;
}

/* --- building events --- */

typedef struct sample {
    apd_event ev;
    apd_field fields[32];
} sample;

static inline void add_field(world *w, sample *e, const char *name, apd_field f)
{
    f.name = apd_intern_add(w->names, apd_str_of(name));
    e->fields[e->ev.nfields++] = f;
}

static inline apd_field utf8(const char *text)
{
    return (apd_field){.type = APD_T_UTF8, .as.raw = apd_str_bytes(apd_str_of(text))};
}

/* Code points below 0x800 only. */
static inline apd_field utf16(world *w, const char *text)
{
    apd_str left = apd_str_of(text);
    uint8_t *p = apd_alloc(w->a, 2 * left.len + 2);
    size_t n = 0;
    while (left.len) {
        unsigned c = (uint8_t)left.ptr[0];
        size_t step = c >= 0x80 ? 2 : 1;
        if (step == 2)
            c = (c & 0x1f) << 6 | ((uint8_t)left.ptr[1] & 0x3f);
        p[n++] = (uint8_t)c;
        p[n++] = (uint8_t)(c >> 8);
        left = apd_sub(left, step, left.len);
    }
    return (apd_field){.type = APD_T_UTF16LE, .as.raw = {p, n}};
}

static inline apd_field bytes(apd_type type, const void *p, size_t n)
{
    return (apd_field){.type = type, .as.raw = {p, n}};
}

static inline sample event(world *w, const char *provider, const char *log, uint32_t id)
{
    sample e = {.ev = {.kind = APD_EVENT, .id = id}};
    e.ev.provider = apd_intern_add(w->names, apd_str_of(provider));
    e.ev.log = apd_intern_add(w->names, apd_str_of(log));
    return e;
}

/* The event, once all fields are in place. */
static inline apd_event *ready(sample *e)
{
    e->ev.fields = e->fields;
    return &e->ev;
}

static inline size_t run(world *w, sample *e, apd_match **m)
{
    size_t n;
    assert_int_equal(apd_select(w->selector, ready(e), m, &n), APD_OK);
    return n;
}

#endif
