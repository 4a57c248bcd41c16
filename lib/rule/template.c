/* Templates: `{sel.Field}` and `{count(sel)}` in sentences, `{Field}` in `show`. */
#include "jsondoc.h"
#include "scan.h"
#include "utf.h"

enum { VALUE_MAX = 200 }; /* bytes of one value: a sentence stays a sentence */

static void add_value(apd_buf *b, apd_str value)
{
    value = apd_trim(value);
    if (value.len == 0) {
        apd_buf_addc(b, '?');
        return;
    }
    if (value.len <= VALUE_MAX) {
        apd_buf_add(b, value);
        return;
    }
    value.len = VALUE_MAX;
    while (value.len && (value.ptr[value.len] & 0xc0) == 0x80)
        value.len--;
    apd_buf_add(b, value);
    apd_buf_add(b, APD_LIT("\xe2\x80\xa6"));
}

static const apd_field *find_field(const apd_view *v, const apd_event *ev, apd_str name)
{
    for (uint32_t i = 0; i < ev->nfields; i++)
        if (apd_ieq(apd_sym_text(v->scan->names, ev->fields[i].name), name))
            return &ev->fields[i];
    return NULL;
}

/* `Field.a.b`: a value in the JSON text that Field holds. */
static apd_str json_value(const apd_view *v, const apd_event *ev, apd_str name)
{
    size_t dot = apd_find(name, APD_LIT("."));
    const apd_field *f = dot == SIZE_MAX ? NULL : find_field(v, ev, apd_sub(name, 0, dot));
    apd_json *doc;
    apd_json_value value;
    if (!f || apd_json_parse(apd_str_bytes(apd_field_text(f, v->arena)), &doc, NULL) != APD_OK)
        return APD_LIT("");
    bool found = apd_json_get(doc, apd_sub(name, dot + 1, SIZE_MAX), v->arena, &value);
    apd_json_free(doc);
    if (!found || value.type == APD_JSON_NULL)
        return APD_LIT("");
    if (value.type == APD_JSON_INT)
        return apd_printf_a(v->arena, "%lld", (long long)value.i);
    if (value.type == APD_JSON_BOOL)
        return value.i ? APD_LIT("true") : APD_LIT("false");
    return value.text;
}

static apd_str time_text(const apd_view *v, const apd_event *ev)
{
    char text[APD_TIME_TEXT];
    if (ev->time == APD_TIME_NONE)
        return APD_LIT("");
    bool utc = apd_clock_doubt(ev->clock, APD_CLOCK_UTC) == 0;
    return apd_strdup_a(v->arena, apd_str_of(apd_time_format(ev->time, 0, utc, text)));
}

static apd_str value_of(const apd_view *v, const apd_event *ev, apd_str name)
{
    const apd_intern *names = v->scan->names;
    if (apd_eq(name, APD_LIT("time")))
        return time_text(v, ev);
    if (apd_ieq(name, APD_LIT("EventID")))
        return apd_printf_a(v->arena, "%u", (unsigned)ev->id);
    if (apd_ieq(name, APD_LIT("Level")))
        return apd_printf_a(v->arena, "%u", (unsigned)ev->level);
    if (apd_ieq(name, APD_LIT("EventRecordID")))
        return apd_printf_a(v->arena, "%llu", (unsigned long long)ev->where.record);
    if (apd_ieq(name, APD_LIT("Provider_Name")))
        return apd_sym_text(names, ev->provider);
    if (apd_ieq(name, APD_LIT("Channel")))
        return apd_sym_text(names, ev->log);
    if (apd_ieq(name, APD_LIT("message")) && ev->message.len)
        return ev->message;
    const apd_field *f = find_field(v, ev, name);
    return f ? apd_field_text(f, v->arena) : json_value(v, ev, name);
}

/* The rule's selection of that name; false if it has none. */
static bool find_selection(const apd_view *v, const apd_rule *rule, apd_str name, uint32_t *out)
{
    for (uint32_t i = 0; i < rule->sel_count; i++)
        if (apd_eq(v->scan->rules->selections[rule->sel_first + i].name, name)) {
            *out = rule->sel_first + i;
            return true;
        }
    return false;
}

static void add_count(apd_buf *b, const apd_view *v, const apd_rule *rule, apd_str name)
{
    uint32_t sel;
    uint64_t most;
    if (find_selection(v, rule, apd_trim(name), &sel))
        apd_buf_addf(b, "%llu", (unsigned long long)apd_view_count(v, sel, &most));
    else
        apd_buf_addc(b, '?');
}

static void add_of_selection(apd_buf *b, const apd_view *v, const apd_rule *rule, apd_str inner)
{
    size_t dot = apd_find(inner, APD_LIT("."));
    uint32_t sel;
    const apd_hit **at;
    if (dot != SIZE_MAX && find_selection(v, rule, apd_sub(inner, 0, dot), &sel) &&
        apd_view_hits(v, sel, &at) > 0)
        add_value(b, value_of(v, at[0]->event, apd_sub(inner, dot + 1, SIZE_MAX)));
    else
        apd_buf_addc(b, '?');
}

/* What stands between the braces: of one record if there is one, else of the rule's selections. */
static void add_inner(apd_buf *b, const apd_view *v, const apd_rule *rule, const apd_event *ev,
                      apd_str inner)
{
    if (ev)
        add_value(b, value_of(v, ev, inner));
    else if (apd_starts(inner, APD_LIT("count(")) && apd_ends(inner, APD_LIT(")")))
        add_count(b, v, rule, apd_sub(inner, 6, inner.len - 7));
    else
        add_of_selection(b, v, rule, inner);
}

static apd_str fill(const apd_view *v, const apd_rule *rule, const apd_event *ev, apd_str text)
{
    apd_buf b;
    apd_buf_init(&b, v->arena);
    for (size_t open; (open = apd_find(text, APD_LIT("{"))) != SIZE_MAX;) {
        apd_buf_add(&b, apd_sub(text, 0, open));
        text = apd_sub(text, open + 1, SIZE_MAX);
        size_t close = apd_find(text, APD_LIT("}"));
        bool literal = apd_starts(text, APD_LIT("{"));
        if (literal || close == SIZE_MAX) {
            apd_buf_addc(&b, '{');
            text = apd_sub(text, literal, SIZE_MAX);
            continue;
        }
        add_inner(&b, v, rule, ev, apd_trim(apd_sub(text, 0, close)));
        text = apd_sub(text, close + 1, SIZE_MAX);
    }
    apd_buf_add(&b, text);
    if (b.failed)
        v->scan->nomem = true;
    return apd_buf_str(&b);
}

apd_str apd_fill(const apd_view *v, const apd_rule *rule, apd_str text)
{
    return text.len ? fill(v, rule, NULL, text) : text;
}

apd_str apd_fill_event(const apd_view *v, const apd_event *ev, apd_str text)
{
    return text.len ? fill(v, NULL, ev, text) : text;
}
