/* A record of any log as one JSON object, in the shape that EVTX records have. */
#include "events_forms.h"

#include "utf.h"

/* Characters that may stand in a string as they are. */
static size_t plain_run(apd_str s)
{
    size_t n = 0;
    while (n < s.len) {
        unsigned char c = (unsigned char)s.ptr[n];
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            break;
        n++;
    }
    return n;
}

static size_t put_char(apd_str s, apd_buf *out)
{
    uint32_t cp;
    size_t n = apd_utf8_step(s, &cp);
    if (n == 0) {
        apd_buf_add(out, APD_LIT("\xef\xbf\xbd"));
        return 1;
    }
    if (cp == '"' || cp == '\\') {
        apd_buf_addc(out, '\\');
        apd_buf_addc(out, (char)cp);
    } else if (cp == '\n') {
        apd_buf_add(out, APD_LIT("\\n"));
    } else if (cp == '\r') {
        apd_buf_add(out, APD_LIT("\\r"));
    } else if (cp == '\t') {
        apd_buf_add(out, APD_LIT("\\t"));
    } else if (cp < 0x20 || cp == 0x7f) {
        apd_buf_addf(out, "\\u%04x", (unsigned)cp);
    } else {
        apd_buf_add(out, apd_sub(s, 0, n));
    }
    return n;
}

static void put_string(apd_str s, apd_buf *out)
{
    if (!apd_buf_room(out, s.len + 2))
        return;
    apd_buf_addc(out, '"');
    while (s.len) {
        size_t n = plain_run(s);
        apd_buf_add(out, apd_sub(s, 0, n));
        s = apd_sub(s, n, s.len);
        if (s.len)
            s = apd_sub(s, put_char(s, out), s.len);
    }
    apd_buf_addc(out, '"');
}

/* key: with what surrounds it, `,"key":` */
static void put_pair(apd_str key, apd_str value, apd_buf *out)
{
    if (!value.len)
        return;
    apd_buf_add(out, key);
    put_string(value, out);
}

static void put_value(const apd_events_writer *w, const apd_field *f, apd_buf *out)
{
    switch (f->type) {
    case APD_T_NONE:
        apd_buf_add(out, APD_LIT("null"));
        break;
    case APD_T_I64:
        apd_buf_addf(out, "%lld", (long long)f->as.i);
        break;
    case APD_T_U64:
        apd_buf_addf(out, "%llu", (unsigned long long)f->as.u);
        break;
    case APD_T_BOOL:
        apd_buf_add(out, f->as.b ? APD_LIT("true") : APD_LIT("false"));
        break;
    default:
        put_string(apd_field_text(f, w->scratch), out);
    }
}

static bool is_repeated(const apd_field *fields, uint32_t from, uint32_t to, apd_sym name)
{
    for (uint32_t i = from; i < to; i++)
        if (fields[i].name == name)
            return true;
    return false;
}

/* One key for each name; what stands there several times is a list. */
static void put_data(const apd_events_writer *w, apd_event *ev, apd_buf *out)
{
    uint32_t n;
    const apd_field *f = apd_event_fields(ev, &n);
    apd_buf_add(out, APD_LIT(",\"data\":{"));
    for (uint32_t i = 0, keys = 0; i < n; i++) {
        if (is_repeated(f, 0, i, f[i].name))
            continue;
        if (keys++)
            apd_buf_addc(out, ',');
        put_string(apd_sym_text(w->names, f[i].name), out);
        bool list = is_repeated(f, i + 1, n, f[i].name);
        apd_buf_add(out, list ? APD_LIT(":[") : APD_LIT(":"));
        for (uint32_t k = i; k < (list ? n : i + 1); k++) {
            if (f[k].name != f[i].name)
                continue;
            if (k > i)
                apd_buf_addc(out, ',');
            put_value(w, &f[k], out);
        }
        if (list)
            apd_buf_addc(out, ']');
    }
    apd_buf_addc(out, '}');
}

void apd_events_json(const apd_events_writer *w, const apd_events_row *row, apd_buf *out)
{
    apd_event *ev = row->ev;
    char text[APD_TIME_TEXT];
    const char *time = apd_events_time(ev, 7, text);
    apd_buf_addf(out, *time ? "{\"time\":\"%s\"" : "{\"time\":null", time);
    if (*time && ev->clock != APD_CLOCK_UTC)
        put_pair(APD_LIT(",\"clock\":"), apd_str_of(apd_clock_name(ev->clock)), out);
    if (ev->kind == APD_FACT) {
        put_pair(APD_LIT(",\"fact\":"), apd_sym_text(w->names, ev->log), out);
    } else {
        apd_buf_addf(out, ",\"record\":%llu,\"id\":%u,\"level\":%u",
                     (unsigned long long)ev->where.record, (unsigned)ev->id, ev->level);
        put_pair(APD_LIT(",\"provider\":"), apd_sym_text(w->names, ev->provider), out);
        put_pair(APD_LIT(",\"channel\":"), apd_sym_text(w->names, ev->log), out);
    }
    put_pair(APD_LIT(",\"message\":"), apd_event_words(ev, w->scratch), out);
    put_data(w, ev, out);
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
