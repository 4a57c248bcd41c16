/* Which form, what surrounds it, and the one place where secrets are taken out. */
#include "events_forms.h"

#include "escape.h"

apd_str apd_events_head(apd_events_form form)
{
    switch (form) {
    case APD_EVENTS_JSON:
        return APD_LIT("[\n");
    case APD_EVENTS_XML:
        return APD_LIT("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events>\n");
    case APD_EVENTS_CSV:
        return APD_LIT("time,clock,level,log,channel,provider,id,record,file,text\r\n");
    default:
        return APD_LIT("");
    }
}

apd_str apd_events_between(apd_events_form form)
{
    return form == APD_EVENTS_JSON  ? APD_LIT(",\n")
           : form == APD_EVENTS_CSV ? APD_LIT("\r\n")
                                    : APD_LIT("\n");
}

apd_str apd_events_tail(apd_events_form form, bool any_record)
{
    switch (form) {
    case APD_EVENTS_JSON:
        return any_record ? APD_LIT("\n]\n") : APD_LIT("]\n");
    case APD_EVENTS_XML:
        return any_record ? APD_LIT("\n</Events>\n") : APD_LIT("</Events>\n");
    case APD_EVENTS_CSV:
        return any_record ? APD_LIT("\r\n") : APD_LIT("");
    default:
        return any_record ? APD_LIT("\n") : APD_LIT("");
    }
}

const char *apd_events_time(const apd_event *ev, int digits, char dst[APD_TIME_TEXT])
{
    if (ev->time == APD_TIME_NONE || ev->clock == APD_CLOCK_NONE)
        return "";
    bool utc = apd_clock_is_utc(ev->clock);
    apd_time_format(ev->time, digits, utc, dst);
    if (ev->clock == APD_CLOCK_DATE)
        dst[10] = '\0';
    return dst;
}

/* The record as its own format writes it, where it has a form of its own. */
static bool put_own(const apd_events_writer *w, const apd_events_row *row, apd_buf *out)
{
    size_t before = out->len;
    apd_form form = w->form == APD_EVENTS_XML ? APD_FORM_XML : APD_FORM_JSON;
    /* What is damaged in it is told by its reader's next next(). */
    apd_status st = apd_event_render(row->ev, form, out);
    if ((st != APD_OK && st != APD_SKIPPED) || out->len == before) {
        out->len = before;
        return false;
    }
    if (form == APD_FORM_JSON) {
        out->len--; /* the closing brace */
        if (w->carved)
            apd_events_json_carved(w, row, out);
        apd_buf_add(out, row->member); /* last, so that it can follow what a format wrote itself */
        apd_buf_addc(out, '}');
    }
    return true;
}

static void put(const apd_events_writer *w, const apd_events_row *row, apd_buf *out)
{
    switch (w->form) {
    case APD_EVENTS_TEXT:
        apd_events_text(w, row, out);
        break;
    case APD_EVENTS_CSV:
        apd_events_csv(w, row, out);
        break;
    case APD_EVENTS_XML:
        if (!put_own(w, row, out))
            apd_events_xml(w, row, out);
        break;
    case APD_EVENTS_JSONL:
    case APD_EVENTS_JSON:
        if (!put_own(w, row, out))
            apd_events_json(w, row, out);
        break;
    }
}

apd_status apd_events_put(const apd_events_writer *w, const apd_events_row *row, apd_buf *out)
{
    size_t before = out->len;
    apd_mark mark = apd_arena_mark(w->scratch);
    put(w, row, out);
    apd_arena_rewind(w->scratch, mark);
    if (!out->failed)
        return APD_OK;
    out->len = before;
    out->failed = false;
    return APD_E_NOMEM;
}

void apd_events_redact(apd_buf *records, size_t from)
{
    if (records->len > from)
        records->len = from + apd_redact_in_place(records->ptr + from, records->len - from);
}
