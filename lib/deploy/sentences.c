/* An open-addressing table over (provider, EventID), filled once. */
#include "sentences.h"

#include "hash.h"
#include "tsv.h"
#include "vec.h"

typedef struct row {
    apd_sym provider; /* folded */
    uint32_t id;
    apd_str fields, text;
} row;

struct apd_sentences {
    APD_VEC(row) rows;
    uint32_t *slots; /* index + 1; 0 = free */
    size_t nslots;
};

static bool read_row(apd_intern *names, apd_str line, row *r)
{
    uint64_t id;
    bool negative;
    apd_sym provider = apd_intern_add(names, apd_cut(&line, '\t'));
    if (!provider || !apd_parse_int(apd_cut(&line, '\t'), &id, &negative) || negative ||
        id > UINT32_MAX)
        return false;
    *r = (row){.provider = apd_sym_fold(names, provider), .id = (uint32_t)id};
    r->fields = apd_cut(&line, '\t');
    r->text = apd_trim(line);
    return r->text.len > 0;
}

static size_t slot_of(const apd_sentences *s, apd_sym provider, uint32_t id)
{
    size_t i = apd_hash_u64((uint64_t)provider << 32 | id) & (s->nslots - 1);
    while (s->slots[i] && (s->rows.at[s->slots[i] - 1].provider != provider ||
                           s->rows.at[s->slots[i] - 1].id != id))
        i = (i + 1) & (s->nslots - 1);
    return i;
}

static bool build_index(apd_arena *a, apd_sentences *s)
{
    for (s->nslots = 16; s->nslots < 2 * s->rows.n; s->nslots *= 2)
        ;
    s->slots = APD_NEWS(a, uint32_t, s->nslots);
    for (size_t i = 0; s->slots && i < s->rows.n; i++) {
        size_t slot = slot_of(s, s->rows.at[i].provider, s->rows.at[i].id);
        if (!s->slots[slot])
            s->slots[slot] = (uint32_t)i + 1;
    }
    return s->slots != NULL;
}

apd_status apd_sentences_load(apd_arena *a, apd_intern *names, const apd_str *files,
                              const apd_str *texts, size_t n, apd_sentences **out, apd_error *err)
{
    apd_sentences *s = APD_NEW(a, apd_sentences);
    if (!s)
        return APD_E_NOMEM;
    apd_tsv t = {.names = files, .texts = texts, .n = n};
    while (apd_tsv_next(&t)) {
        row r;
        if (!read_row(names, t.row, &r))
            return apd_tsv_fail(
                &t, err, "expected provider, EventID, fields and sentence with tabs between them");
        if (!APD_PUSH(a, s->rows, r))
            return APD_E_NOMEM;
    }
    *out = s;
    return build_index(a, s) ? APD_OK : APD_E_NOMEM;
}

static const apd_field *field_named(const apd_intern *names, const apd_event *ev, apd_str name)
{
    for (uint32_t i = 0; i < ev->nfields; i++)
        if (apd_ieq(apd_sym_text(names, ev->fields[i].name), name))
            return &ev->fields[i];
    return NULL;
}

/* The name's place in the list, as the name that a record without names gives it. */
static const apd_field *field_at_place_of(const apd_intern *names, const apd_event *ev,
                                          apd_arena *a, apd_str list, apd_str name)
{
    for (unsigned place = 1; list.len; place++)
        if (apd_ieq(apd_cut(&list, ','), name))
            return field_named(names, ev, apd_printf_a(a, "param%u", place));
    return NULL;
}

static apd_str fill(const row *r, const apd_intern *names, apd_arena *a, const apd_event *ev)
{
    apd_buf b;
    apd_buf_init(&b, a);
    apd_str text = r->text;
    while (text.len) {
        apd_buf_add(&b, apd_cut(&text, '{'));
        if (!text.len)
            break;
        apd_str name = apd_cut(&text, '}');
        const apd_field *f = field_named(names, ev, name);
        if (!f)
            f = field_at_place_of(names, ev, a, r->fields, name);
        apd_str value = f ? apd_field_text(f, a) : APD_LIT("");
        apd_buf_add(&b, value.len ? value : APD_LIT("?"));
    }
    return apd_buf_str(&b);
}

apd_str apd_sentence(const apd_sentences *s, const apd_intern *names, apd_arena *a,
                     const apd_event *ev)
{
    if (!s || ev->kind != APD_EVENT || ev->provider == 0)
        return APD_LIT("");
    uint32_t i = s->slots[slot_of(s, apd_sym_fold(names, ev->provider), ev->id)];
    return i ? fill(&s->rows.at[i - 1], names, a, ev) : APD_LIT("");
}
