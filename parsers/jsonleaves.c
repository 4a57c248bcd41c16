#include "jsonleaves.h"

#include "jsondoc.h"
#include "limits.h"
#include "utf.h"
#include "vec.h"

bool apd_json_bare_utf16(apd_str s)
{
    return s.len >= 2 && (s.ptr[0] == '{' || s.ptr[0] == '[') && s.ptr[1] == '\0';
}

apd_status apd_jsonleaves_text(const apd_input *in, apd_textin *t, apd_str *json, apd_error *err)
{
    while (!t->ended && t->left <= APD_MAX_JSON)
        APD_TRY(apd_textin_more(t, err));
    const apd_error *cut = apd_stream_error(in->stream);
    if (cut) {
        *err = *cut;
        return cut->status;
    }
    *json = apd_str_from(t->at, t->left);
    if (apd_json_bare_utf16(*json)) {
        *json = apd_utf16_dup(in->batch, apd_str_bytes(*json));
        if (!json->ptr)
            return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    }
    while (json->len &&
           (json->ptr[json->len - 1] == '\0' || apd_is_space(json->ptr[json->len - 1])))
        json->len--;
    return APD_OK;
}

typedef struct leaves {
    const apd_input *in;
    APD_VEC(apd_field) fields;
    uint32_t new_names; /* that it may still add */
    uint64_t lost;
    bool failed;
} leaves;

static bool set_value(apd_field *f, const apd_json_value *v, apd_arena *a)
{
    switch (v->type) {
    case APD_JSON_BOOL:
        f->type = APD_T_BOOL;
        f->as.b = v->i != 0;
        return true;
    case APD_JSON_INT:
        f->type = APD_T_I64;
        f->as.i = v->i;
        return true;
    case APD_JSON_REAL:
        f->type = APD_T_DOUBLE;
        f->as.d = v->real;
        return true;
    case APD_JSON_STRING: {
        apd_str copy = apd_strdup_a(a, v->text);
        f->type = APD_T_UTF8;
        f->as.raw = apd_str_bytes(copy);
        return copy.ptr || v->text.len == 0;
    }
    default: /* null, {} and [] */
        f->type = APD_T_NONE;
        return true;
    }
}

static bool add_leaf(void *ctx, apd_str path, const apd_json_value *v)
{
    leaves *l = ctx;
    apd_arena *a = l->in->batch;
    if (path.len == 0) /* the document is {} */
        return true;
    apd_field f = {.name = l->fields.n < APD_MAX_FIELDS
                               ? apd_intern_some(l->in->names, path, &l->new_names)
                               : 0};
    if (!f.name) {
        l->lost++;
        return true;
    }
    l->failed = !set_value(&f, v, a) || !APD_PUSH(a, l->fields, f);
    return !l->failed;
}

static bool begins_with(apd_str json, char open)
{
    json = apd_trim(json);
    return json.len && json.ptr[0] == open;
}

apd_status apd_jsonleaves_read(const apd_input *in, apd_str json, bool arrays, const char *what,
                               apd_jsonleaves *out, apd_error *err)
{
    apd_json *doc = NULL;
    apd_error e = {0};
    apd_where where = {.member = in->member};
    leaves l = {.in = in, .new_names = APD_MAX_FIELDS};
    *out = (apd_jsonleaves){0};
    if (json.len == 0)
        return APD_OK;
    apd_status st = begins_with(json, '{') || (arrays && begins_with(json, '['))
                        ? apd_json_parse(apd_str_bytes(json), &doc, &e)
                        : apd_fail(&e, APD_E_DAMAGED, where, "the text does not begin with {");
    if (st == APD_E_NOMEM)
        return apd_fail(err, st, where, "out of memory");
    if (st != APD_OK)
        return apd_fail(err, APD_SKIPPED, where, "%s could not be read: %s", what, e.text);
    apd_arena *scratch = apd_arena_new(0);
    if (scratch)
        apd_json_walk(doc, scratch, add_leaf, &l);
    l.failed |= !scratch;
    apd_arena_free(scratch);
    apd_json_free(doc);
    *out = (apd_jsonleaves){l.fields.at, l.fields.n, l.lost};
    return l.failed ? apd_fail(err, APD_E_NOMEM, where, "out of memory") : APD_OK;
}

apd_status apd_jsonleaves_lost(const apd_input *in, uint64_t *lost, const char *what,
                               apd_error *err)
{
    uint64_t n = *lost;
    *lost = 0;
    return apd_fail(err, APD_SKIPPED, (apd_where){.member = in->member},
                    "%llu values of %s were left out: more than %u values, or a name longer than "
                    "%u bytes",
                    (unsigned long long)n, what, APD_MAX_FIELDS, APD_MAX_NAME_BYTES);
}
