/* A record of any log as one JSON object, in the shape that EVTX records have. */
#include "events_forms.h"

/* key: with what surrounds it, `,"key":` */
static void put_pair(apd_str key, apd_str value, apd_buf *out)
{
    if (!value.len)
        return;
    apd_buf_add(out, key);
    apd_json_put_string(value, out);
}

static bool is_there(const apd_field *fields, uint32_t from, uint32_t to, apd_sym name)
{
    for (uint32_t i = from; i < to; i++)
        if (fields[i].name == name)
            return true;
    return false;
}

/* Do fields of one name always stand together, as far as a glance tells? */
static bool are_together(const apd_field *fields, uint32_t n)
{
    uint64_t seen[8] = {0};
    for (uint32_t i = 0; i < n; i++) {
        if (i && fields[i].name == fields[i - 1].name)
            continue;
        uint64_t bit = UINT64_C(1) << fields[i].name % 64, *word = &seen[fields[i].name / 64 % 8];
        if (*word & bit)
            return false;
        *word |= bit;
    }
    return true;
}

/* All values up to `to` of the name that fields[i] has first. */
static void put_list(const apd_events_writer *w, const apd_field *fields, uint32_t i, uint32_t to,
                     apd_second *second, apd_buf *out)
{
    apd_buf_addc(out, '[');
    for (uint32_t k = i; k < to; k++) {
        if (fields[k].name != fields[i].name)
            continue;
        if (k > i)
            apd_buf_addc(out, ',');
        apd_json_put_value(&fields[k], second, w->scratch, out);
    }
    apd_buf_addc(out, ']');
}

/* One key for each name; what stands there several times is a list. */
static void put_data(const apd_events_writer *w, apd_event *ev, apd_second *second, apd_buf *out)
{
    uint32_t n;
    const apd_field *f = apd_event_fields(ev, &n);
    bool together = are_together(f, n);
    apd_buf_add(out, APD_LIT(",\"data\":{"));
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && f[end].name == f[i].name;)
            end++;
        if (!together && is_there(f, 0, i, f[i].name))
            continue; /* part of a list */
        apd_str key = apd_json_name(w, f[i].name);
        apd_json_put_part(key, i == 0, key.len, out);
        uint32_t to = !together && is_there(f, end, n, f[i].name) ? n : end;
        if (to > i + 1)
            put_list(w, f, i, to, second, out);
        else
            apd_json_put_value(&f[i], second, w->scratch, out);
    }
    apd_buf_addc(out, '}');
}

static void put_time(const apd_events_writer *w, const apd_event *ev, apd_second *second,
                     apd_buf *out)
{
    char text[APD_TIME_TEXT];
    apd_field time = {.type = APD_T_TIME, .as.t = ev->time};
    if (ev->clock == APD_CLOCK_UTC && ev->time != APD_TIME_NONE)
        apd_json_put_value(&time, second, w->scratch, out);
    else if (*apd_events_time(ev, 7, text))
        apd_json_put_string(apd_str_of(text), out);
    else
        apd_buf_add(out, APD_LIT("null"));
}

/* The name with its quotes. */
static void put_named(const apd_events_writer *w, apd_str key, apd_sym name, apd_buf *out)
{
    if (!name)
        return;
    apd_str text = apd_json_name(w, name);
    apd_buf_add(out, key);
    apd_json_put_part(text, 1, text.len - 1, out);
}

static void put_origin(const apd_events_writer *w, const apd_event *ev, apd_buf *out)
{
    if (ev->kind == APD_FACT) {
        put_named(w, APD_LIT(",\"fact\":"), ev->log, out);
        return;
    }
    apd_json_put_number(APD_LIT(",\"record\":"), ev->where.record, out);
    apd_json_put_number(APD_LIT(",\"id\":"), ev->id, out);
    apd_json_put_number(APD_LIT(",\"level\":"), ev->level, out);
    put_named(w, APD_LIT(",\"provider\":"), ev->provider, out);
    put_named(w, APD_LIT(",\"channel\":"), ev->log, out);
}

void apd_events_json(const apd_events_writer *w, const apd_events_row *row, apd_buf *out)
{
    apd_event *ev = row->ev;
    apd_second none = {0}, *second = w->memo ? &w->memo->second : &none;
    uint32_t n;
    (void)apd_event_fields(ev, &n); /* the words may be made of them */
    bool timed = ev->time != APD_TIME_NONE && ev->clock != APD_CLOCK_NONE;
    apd_buf_add(out, APD_LIT("{\"time\":"));
    put_time(w, ev, second, out);
    if (timed && ev->clock != APD_CLOCK_UTC)
        put_pair(APD_LIT(",\"clock\":"), apd_str_of(apd_clock_name(ev->clock)), out);
    put_origin(w, ev, out);
    put_pair(APD_LIT(",\"message\":"), apd_event_words(ev, w->scratch), out);
    put_data(w, ev, second, out);
    if (w->carved)
        apd_events_json_carved(w, row, out);
    apd_buf_add(out, row->member);
    apd_buf_addc(out, '}');
}

/* Of several fields of that name the last one is the reader's. */
void apd_events_json_carved(const apd_events_writer *w, const apd_events_row *row, apd_buf *out)
{
    uint32_t n;
    const apd_field *f = apd_event_fields(row->ev, &n);
    apd_sym name = apd_intern_find(w->names, APD_LIT("Carved"));
    while (name && n-- > 0)
        if (f[n].name == name) {
            put_pair(APD_LIT(",\"carved\":"), apd_field_text(&f[n], w->scratch), out);
            return;
        }
}

void apd_events_member(apd_str file, apd_buf *out)
{
    put_pair(APD_LIT(",\"file\":"), file, out);
}
