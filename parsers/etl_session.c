#include "etl_session.h"

typedef struct writer {
    apd_intern *names;
    apd_field *at;
    uint32_t n;
} writer;

enum { FIELDS = 17 };

static apd_field *add(writer *w, const char *name, apd_type type)
{
    apd_field *f = &w->at[w->n++];
    *f = (apd_field){.name = apd_intern_add(w->names, apd_str_of(name)), .type = type};
    return f;
}

static void add_number(writer *w, const char *name, uint64_t v)
{
    add(w, name, APD_T_U64)->as.u = v;
}

static void add_time(writer *w, const char *name, apd_time t)
{
    if (t > 0)
        add(w, name, APD_T_TIME)->as.t = t;
}

static const char *clock_name(etl_clock_type type)
{
    static const char *const names[] = {"unknown", "performance counter", "system time",
                                        "processor cycles"};
    return names[type];
}

/* How far the clock was set back meanwhile, as a trace shows whose clock is that of its start: it ended, by
 * the clock on the wall, before its last events. */
static int64_t set_back(const etl_trace *t)
{
    apd_time last = etl_clock_time(&t->clock, t->index.last_flush);
    if (t->clock.type == ETL_CLOCK_SYSTEM || t->header.end <= 0 || last == APD_TIME_NONE)
        return 0;
    return t->header.end < last - APD_TICKS_SECOND ? last - t->header.end : 0;
}

static void add_fields(const etl_trace *t, const etl_record *r, writer *w)
{
    const etl_header *h = &t->header;
    apd_bytes logger, file;
    etl_header_names(r, &logger, &file);
    add(w, "EventName", APD_T_UTF8)->as.raw = apd_str_bytes(APD_LIT("Session"));
    add(w, "LoggerName", APD_T_UTF16LE)->as.raw = logger;
    add(w, "LogFileName", APD_T_UTF16LE)->as.raw = file;
    add_time(w, "StartTime", h->start);
    add_time(w, "EndTime", h->end);
    add_number(w, "Build", h->build);
    add(w, "Clock", APD_T_UTF8)->as.raw = apd_str_bytes(apd_str_of(clock_name(t->clock.type)));
    add_number(w, "PointerSize", h->narrow ? 4 : 8);
    add_number(w, "Processors", h->cpus);
    add(w, "LogFileMode", APD_T_HEX)->as.u = h->mode;
    add_number(w, "Buffers", t->buffers);
    add_number(w, "BuffersOverwritten", t->overwritten);
    add_number(w, "EventsLost", h->events_lost);
    add_number(w, "BuffersLost", h->buffers_lost);
    add(w, "Unfinished", APD_T_BOOL)->as.b = h->end <= 0;
    if (set_back(t))
        add_number(w, "ClockSetBackSeconds", (uint64_t)(set_back(t) / APD_TICKS_SECOND));
}

static void add_sentences(const etl_trace *t, apd_buf *out)
{
    char span[APD_TIME_TEXT];
    if (t->header.end <= 0)
        apd_buf_add(out, APD_LIT("; it was still being recorded when it was copied"));
    if (t->overwritten)
        apd_buf_addf(out, "; it went round and its first %llu buffers are overwritten",
                     (unsigned long long)t->overwritten);
    if (t->header.events_lost || t->header.buffers_lost)
        apd_buf_addf(out, "; the session lost %u events and %u buffers", t->header.events_lost,
                     t->header.buffers_lost);
    if (set_back(t))
        apd_buf_addf(out,
                     "; the clock was set back by %s meanwhile, its times are by the clock of its "
                     "start",
                     apd_span_format(set_back(t), span));
    if (!t->index.whole)
        apd_buf_add(out, APD_LIT("; it is too large to be held: events of different processors are "
                                 "in order piece by piece only"));
    if (t->order == ETL_AS_IN_FILE)
        apd_buf_add(out,
                    APD_LIT("; its buffers are too large to be merged: events are in the order "
                            "of the file"));
}

bool etl_session_event(const etl_trace *t, const etl_record *r, apd_intern *names, apd_arena *a,
                       apd_event *ev)
{
    writer w = {.names = names, .at = APD_NEWS(a, apd_field, FIELDS)};
    apd_buf text;
    if (!w.at)
        return false;
    add_fields(t, r, &w);
    apd_buf_init(&text, a);
    apd_buf_addf(&text, "trace of %llu buffers", (unsigned long long)t->buffers);
    add_sentences(t, &text);
    ev->provider = apd_intern_add(names, APD_LIT("EventTrace"));
    ev->fields = w.at;
    ev->nfields = w.n;
    ev->message = apd_buf_str(&text);
    return !text.failed;
}

bool etl_step_event(const etl_trace *t, const etl_record *r, apd_intern *names, apd_arena *a,
                    apd_event *ev)
{
    writer w = {.names = names, .at = APD_NEWS(a, apd_field, FIELDS)};
    char span[APD_TIME_TEXT];
    if (!w.at)
        return false;
    add(&w, "EventName", APD_T_UTF8)->as.raw = apd_str_bytes(APD_LIT("ClockStep"));
    add(&w, "BackSeconds", APD_T_U64)->as.u = (uint64_t)(t->back / APD_TICKS_SECOND);
    *ev = (apd_event){
        .time = r->time,
        .clock = APD_CLOCK_UTC,
        .kind = APD_EVENT,
        .level = 3,
        .trace = true,
        .provider = apd_intern_add(names, APD_LIT("EventTrace")),
        .log = apd_intern_add(names, APD_LIT("etl")),
        .message = apd_printf_a(a, "the clock went back %s here; the order of the events is kept",
                                apd_span_format(t->back, span)),
        .fields = w.at,
        .nfields = w.n,
        .where = {.member = t->member, .record = t->record, .offset = r->offset}};
    return ev->message.ptr != NULL;
}
