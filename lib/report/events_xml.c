/* A record of any log as an Event element, in the words of Windows' event schema. */
#include "events_forms.h"

#include "utf.h"

/* Fit for text and attributes alike; what XML cannot hold becomes U+FFFD. */
static size_t put_char(apd_str s, apd_buf *out)
{
    static const apd_str unknown = {"\xef\xbf\xbd", 3};
    uint32_t cp;
    size_t n = apd_utf8_step(s, &cp);
    if (n == 0) {
        apd_buf_add(out, unknown);
        return 1;
    }
    if (cp == '&')
        apd_buf_add(out, APD_LIT("&amp;"));
    else if (cp == '<')
        apd_buf_add(out, APD_LIT("&lt;"));
    else if (cp == '>')
        apd_buf_add(out, APD_LIT("&gt;"));
    else if (cp == '"')
        apd_buf_add(out, APD_LIT("&quot;"));
    else if (cp == '\t' || cp == '\n' || cp == '\r')
        apd_buf_addf(out, "&#%u;", (unsigned)cp);
    else if (cp < 0x20 || cp == 0xfffe || cp == 0xffff)
        apd_buf_add(out, unknown);
    else
        apd_buf_add(out, apd_sub(s, 0, n));
    return n;
}

static size_t plain_run(apd_str s)
{
    size_t n = 0;
    while (n < s.len) {
        unsigned char c = (unsigned char)s.ptr[n];
        if (c < 0x20 || c >= 0x7f || c == '&' || c == '<' || c == '>' || c == '"')
            break;
        n++;
    }
    return n;
}

static void put_text(apd_str s, apd_buf *out)
{
    while (s.len) {
        size_t n = plain_run(s);
        apd_buf_add(out, apd_sub(s, 0, n));
        s = apd_sub(s, n, s.len);
        if (s.len)
            s = apd_sub(s, put_char(s, out), s.len);
    }
}

/* <open>value</close>, where open may end inside an attribute. */
static void put_between(const char *open, apd_str value, const char *close, apd_buf *out)
{
    apd_buf_add(out, apd_str_of(open));
    put_text(value, out);
    apd_buf_add(out, apd_str_of(close));
}

static void put_system(const apd_events_writer *w, const apd_event *ev, apd_buf *out)
{
    char text[APD_TIME_TEXT];
    const char *time = apd_events_time(ev, 7, text);
    apd_buf_add(out, APD_LIT("<System>"));
    put_between("<Provider Name=\"", apd_sym_text(w->names, ev->provider), "\"/>", out);
    apd_buf_addf(out, "<EventID>%u</EventID><Level>%u</Level>", (unsigned)ev->id, ev->level);
    if (*time)
        put_between("<TimeCreated SystemTime=\"", apd_str_of(time), "\"", out);
    if (*time && ev->clock != APD_CLOCK_UTC)
        put_between(" Clock=\"", apd_str_of(apd_clock_name(ev->clock)), "\"", out);
    if (*time)
        apd_buf_add(out, APD_LIT("/>"));
    apd_buf_addf(out, "<EventRecordID>%llu</EventRecordID>", (unsigned long long)ev->where.record);
    put_between("<Channel>", apd_sym_text(w->names, ev->log), "</Channel></System>", out);
}

static void put_data(apd_str name, apd_str value, apd_buf *out)
{
    put_between("<Data Name=\"", name, "\">", out);
    put_between("", value, "</Data>", out);
}

void apd_events_xml(const apd_events_writer *w, const apd_events_row *row, apd_buf *out)
{
    apd_event *ev = row->ev;
    uint32_t n;
    const apd_field *f = apd_event_fields(ev, &n);
    apd_buf_add(out,
                APD_LIT("<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">"));
    put_system(w, ev, out);
    apd_buf_add(out, APD_LIT("<EventData>"));
    apd_str words = apd_event_words(ev, w->scratch);
    if (words.len)
        put_data(APD_LIT("message"), words, out);
    for (uint32_t i = 0; i < n; i++)
        put_data(apd_sym_text(w->names, f[i].name), apd_field_text(&f[i], w->scratch), out);
    apd_buf_add(out, APD_LIT("</EventData></Event>"));
}
