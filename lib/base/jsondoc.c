/* The thin wrapper around jansson: strict parsing with our limits, and look-ups that copy what they
 * find into the caller's arena, so that nothing outside knows jansson's reference counts. */
#include "jsondoc.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "limits.h"
#include "utf.h"

struct apd_json {
    json_t *root;
};

/* Depth is counted before jansson sees the text: its own limit (2048 levels) is a build setting of
 * the system's library. */
static bool too_deep(apd_str s)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > APD_MAX_JSON_DEPTH)
                return true;
        } else if ((c == '}' || c == ']') && depth) {
            depth--;
        }
    }
    return false;
}

static apd_status parse_utf8(apd_str s, apd_json **out, apd_error *err)
{
    if (too_deep(s))
        return apd_fail(err, APD_E_LIMIT, APD_NOWHERE, "JSON is nested deeper than %d levels",
                        APD_MAX_JSON_DEPTH);
    json_error_t je;
    json_t *root =
        json_loadb(s.ptr, s.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &je);
    if (!root)
        return apd_fail(err, APD_E_DAMAGED, APD_NOWHERE, "not valid JSON at %d:%d: %s", je.line,
                        je.column, je.text);
    *out = malloc(sizeof **out);
    if (!*out) {
        json_decref(root);
        return APD_E_NOMEM;
    }
    (*out)->root = root;
    return APD_OK;
}

apd_status apd_json_parse(apd_bytes text, apd_json **out, apd_error *err)
{
    *out = NULL;
    if (text.len > APD_MAX_JSON)
        return apd_fail(err, APD_E_LIMIT, APD_NOWHERE, "JSON of %zu bytes is larger than %u",
                        text.len, APD_MAX_JSON);
    if (text.len >= 2 && text.ptr[0] == 0xff && text.ptr[1] == 0xfe) {
        apd_arena *a = apd_arena_new(0);
        apd_str s = a ? apd_utf16_dup(a, apd_utf16_trim((apd_bytes){text.ptr + 2, text.len - 2}))
                      : (apd_str){NULL, 0};
        apd_status st = s.ptr ? parse_utf8(s, out, err) : APD_E_NOMEM;
        apd_arena_free(a);
        return st;
    }
    apd_str s = apd_bytes_str(text);
    if (apd_starts(s, APD_LIT("\xef\xbb\xbf")))
        s = apd_sub(s, 3, s.len);
    return parse_utf8(s, out, err);
}

void apd_json_free(apd_json *doc)
{
    if (!doc)
        return;
    json_decref(doc->root);
    free(doc);
}

static apd_str dump(apd_arena *a, const json_t *v)
{
    size_t n = json_dumpb(v, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
    char *p = apd_alloc(a, n + 1);
    if (!p)
        return (apd_str){NULL, 0};
    json_dumpb(v, p, n, JSON_COMPACT | JSON_ENCODE_ANY);
    p[n] = '\0';
    return (apd_str){p, n};
}

static void to_value(const json_t *v, apd_arena *a, apd_json_value *out)
{
    *out = (apd_json_value){.type = APD_JSON_NULL};
    switch (json_typeof(v)) {
    case JSON_NULL:
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        out->type = APD_JSON_BOOL;
        out->i = json_is_true(v);
        break;
    case JSON_INTEGER:
        out->type = APD_JSON_INT;
        out->i = json_integer_value(v);
        break;
    case JSON_REAL:
        out->type = APD_JSON_REAL;
        out->real = json_real_value(v);
        out->text = dump(a, v);
        break;
    case JSON_STRING:
        out->type = APD_JSON_STRING;
        out->text = apd_strdup_a(a, apd_str_from(json_string_value(v), json_string_length(v)));
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
        out->type = json_is_object(v) ? APD_JSON_OBJECT : APD_JSON_ARRAY;
        out->text = dump(a, v);
        break;
    }
}

static const json_t *member(const json_t *obj, apd_str name)
{
    const json_t *folded = NULL;
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)obj, key, v)
    {
        apd_str k = apd_str_of(key);
        if (apd_eq(k, name))
            return v;
        if (!folded && apd_ieq(k, name))
            folded = v;
    }
    return folded;
}

static const json_t *element(const json_t *array, apd_str index)
{
    uint64_t i;
    bool negative;
    return apd_parse_int(index, &i, &negative) && !negative ? json_array_get(array, (size_t)i)
                                                            : NULL;
}

/* A string that holds an object or array is parsed; *owned then has to be released. */
static const json_t *unwrap(const json_t *v, json_t **owned)
{
    if (!json_is_string(v))
        return v;
    apd_str s = apd_trim(apd_str_from(json_string_value(v), json_string_length(v)));
    if (s.len < 2 || (s.ptr[0] != '{' && s.ptr[0] != '[') || too_deep(s))
        return v;
    json_t *inner = json_loadb(s.ptr, s.len, 0, NULL);
    if (!inner)
        return v;
    json_decref(*owned); /* NULL is fine; the outer text is not needed any more */
    *owned = inner;
    return inner;
}

/* What *owned then holds has to be released when the value is no longer needed. */
static const json_t *find(const apd_json *doc, apd_str path, json_t **owned)
{
    const json_t *v = doc->root;
    while (v && path.len) {
        size_t dot = apd_find(path, APD_LIT("."));
        apd_str step = apd_sub(path, 0, dot == SIZE_MAX ? path.len : dot);
        v = unwrap(v, owned);
        /* A name may hold dots itself: the whole rest is tried first. */
        const json_t *whole = json_is_object(v) ? member(v, path) : NULL;
        if (whole)
            return whole;
        v = json_is_object(v) ? member(v, step) : json_is_array(v) ? element(v, step) : NULL;
        path = dot == SIZE_MAX ? apd_sub(path, path.len, 0) : apd_sub(path, dot + 1, path.len);
    }
    return v;
}

bool apd_json_get(const apd_json *doc, apd_str path, apd_arena *a, apd_json_value *out)
{
    json_t *owned = NULL;
    const json_t *v = find(doc, path, &owned);
    if (v)
        to_value(v, a, out);
    json_decref(owned);
    return v != NULL;
}

size_t apd_json_count(const apd_json *doc, apd_str path)
{
    json_t *owned = NULL;
    const json_t *v = find(doc, path, &owned);
    size_t n = v ? json_array_size(unwrap(v, &owned)) : 0;
    json_decref(owned);
    return n;
}

typedef struct walk {
    apd_arena *a;
    bool (*each)(void *ctx, apd_str path, const apd_json_value *v);
    void *ctx;
} walk;

static bool walk_value(const walk *w, apd_str path, const json_t *v);

static bool walk_child(const walk *w, apd_str path, apd_str name, const json_t *v)
{
    apd_mark m = apd_arena_mark(w->a);
    apd_str sub = path.len ? apd_printf_a(w->a, "%.*s.%.*s", APD_FMT(path), APD_FMT(name)) : name;
    bool go_on = walk_value(w, sub, v);
    apd_arena_rewind(w->a, m);
    return go_on;
}

/* Depth is bounded by what apd_json_parse let in. */
static bool walk_value(const walk *w, apd_str path, const json_t *v)
{
    if (json_is_object(v) && json_object_size(v) > 0) {
        const char *key;
        json_t *sub;
        json_object_foreach((json_t *)v, key,
                            sub) if (!walk_child(w, path, apd_str_of(key), sub)) return false;
        return true;
    }
    if (json_is_array(v) && json_array_size(v) > 0) {
        size_t i;
        json_t *sub;
        json_array_foreach(v, i, sub)
        {
            char index[24];
            int n = snprintf(index, sizeof index, "%zu", i);
            if (!walk_child(w, path, apd_str_from(index, (size_t)n), sub))
                return false;
        }
        return true;
    }
    apd_json_value leaf;
    to_value(v, w->a, &leaf);
    return w->each(w->ctx, path, &leaf);
}

void apd_json_walk(const apd_json *doc, apd_arena *scratch,
                   bool (*each)(void *ctx, apd_str path, const apd_json_value *v), void *ctx)
{
    walk w = {scratch, each, ctx};
    walk_value(&w, APD_LIT(""), doc->root);
}
