/* A record as one line for people, and as a row of a table. Both say what happened in a sentence
 * where there is one. */
#include "escape.h"
#include "events_forms.h"
#include "report.h"
#include "utf.h"

static apd_str text_of(const apd_events_writer *w, const apd_events_row *row)
{
    uint32_t n;
    apd_report words = {
        .names = w->names, .codes = w->codes, .sentences = w->sentences, .enums = w->enums};
    (void)apd_event_fields(row->ev, &n);
    return apd_event_summary(w->scratch, &words, row->ev);
}

/* --- text --- */

enum { TIME_COLUMNS = 28 };

static char level_letter(const apd_event *ev)
{
    static const char letters[] = "-CEWIV";
    return ev->kind == APD_EVENT && ev->level < sizeof letters - 1 ? letters[ev->level] : '-';
}

/* "2025-11-22T10:00:00.123Z", "…local": one word whichever clock. */
static void put_time(const apd_event *ev, apd_buf *out)
{
    char text[APD_TIME_TEXT];
    const char *time = apd_events_time(ev, 3, text);
    size_t before = out->len;
    apd_buf_add(out, *time ? apd_str_of(time) : APD_LIT("-"));
    if (ev->clock == APD_CLOCK_LOCAL)
        apd_buf_add(out, APD_LIT("local"));
    while (!out->failed && out->len - before < TIME_COLUMNS)
        apd_buf_addc(out, ' ');
}

void apd_events_text(const apd_events_writer *w, const apd_events_row *row, apd_buf *out)
{
    const apd_event *ev = row->ev;
    put_time(ev, out);
    apd_buf_addc(out, ' ');
    apd_buf_addc(out, level_letter(ev));
    apd_buf_addc(out, ' ');
    apd_buf_add(out, apd_escape_term(w->scratch, row->log, 0));
    if (ev->id)
        apd_buf_addf(out, " %u  ", (unsigned)ev->id);
    else
        apd_buf_add(out, APD_LIT(" -  "));
    apd_buf_add(out, apd_escape_term(w->scratch, text_of(w, row), 0));
}

/* --- CSV --- */

/* A program that opens the table would take such a cell for a formula. */
static bool is_formula(apd_str s)
{
    return s.len && memchr("=+-@\t\r", s.ptr[0], 6);
}

static size_t put_char(apd_str s, apd_buf *out)
{
    uint32_t cp;
    size_t n = apd_utf8_step(s, &cp);
    if (n == 0)
        apd_buf_add(out, APD_LIT("\xef\xbf\xbd"));
    else if (cp == '"')
        apd_buf_add(out, APD_LIT("\"\""));
    else if ((cp < 0x20 && cp != '\n' && cp != '\r' && cp != '\t') || (cp >= 0x7f && cp < 0xa0))
        apd_buf_addf(out, "\\x%02x", (unsigned)cp);
    else
        apd_buf_add(out, apd_sub(s, 0, n));
    return n ? n : 1;
}

static size_t plain_run(apd_str s)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] >= 0x20 && s.ptr[n] < 0x7f && s.ptr[n] != '"')
        n++;
    return n;
}

void apd_csv_cell(apd_str s, apd_buf *out)
{
    apd_buf_add(out, is_formula(s) ? APD_LIT("\"'") : APD_LIT("\""));
    while (s.len) {
        size_t n = plain_run(s);
        apd_buf_add(out, apd_sub(s, 0, n));
        s = apd_sub(s, n, s.len);
        if (s.len)
            s = apd_sub(s, put_char(s, out), s.len);
    }
    apd_buf_addc(out, '"');
}

void apd_events_csv(const apd_events_writer *w, const apd_events_row *row, apd_buf *out)
{
    const apd_event *ev = row->ev;
    char text[APD_TIME_TEXT];
    bool record = ev->kind == APD_EVENT;
    bool timed = *apd_events_time(ev, 7, text) != '\0';
    apd_buf_addf(out, "%s,%s,", timed ? text : "", timed ? apd_clock_name(ev->clock) : "");
    if (record)
        apd_buf_addf(out, "%u", ev->level);
    const apd_str names[] = {row->log, apd_sym_text(w->names, ev->log),
                             apd_sym_text(w->names, ev->provider)};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        apd_buf_addc(out, ',');
        apd_csv_cell(names[i], out);
    }
    apd_buf_addc(out, ',');
    if (ev->id)
        apd_buf_addf(out, "%u", (unsigned)ev->id);
    apd_buf_addc(out, ',');
    if (record)
        apd_buf_addf(out, "%llu", (unsigned long long)ev->where.record);
    apd_buf_addc(out, ',');
    apd_csv_cell(row->file, out);
    apd_buf_addc(out, ',');
    apd_csv_cell(text_of(w, row), out);
}
