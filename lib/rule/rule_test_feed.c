/* The records of an inline test as events, typed as Windows would type them: whole numbers as
 * integers, 0x… as hexadecimal integers, everything else as text. */
#include "rule_test_feed.h"

#include <stdlib.h>

/* The start that `at` counts from: any moment will do. */
static apd_time start_of_test(void)
{
    apd_time t = 0;
    apd_time_from_civil(2025, 11, 22, 10, 0, 0, 0, &t);
    return t;
}

/* Would the number be written as it was given? `007` and `+1` stay texts. */
static bool is_plain_number(apd_str s)
{
    if (apd_starts(s, APD_LIT("-")))
        s = apd_sub(s, 1, s.len);
    else if (apd_istarts(s, APD_LIT("0x")))
        s = apd_sub(s, 2, s.len);
    return s.len == 1 || (s.len > 1 && s.ptr[0] != '0');
}

static apd_field make_field(const apd_test_field *f)
{
    uint64_t number;
    bool negative;
    apd_field out = {.name = f->name, .type = APD_T_UTF8, .as.raw = apd_str_bytes(f->text)};
    if (f->is_null) {
        out.type = APD_T_NONE;
    } else if (is_plain_number(f->text) && apd_parse_int(f->text, &number, &negative)) {
        out.type = negative                              ? APD_T_I64
                   : apd_istarts(f->text, APD_LIT("0x")) ? APD_T_HEX
                                                         : APD_T_U64;
        out.as.u = number;
        if (negative)
            out.as.i = (int64_t)number;
    }
    return out;
}

static apd_field *make_fields(apd_arena *a, const apd_test_field *fields, size_t n)
{
    apd_field *out = APD_NEWS(a, apd_field, n);
    for (size_t i = 0; out && i < n; i++)
        out[i] = make_field(&fields[i]);
    return out;
}

static apd_status feed_fact(apd_scan *s, const apd_test_fact *f)
{
    if (f->is_null)
        return apd_scan_present(s, f->name, APD_FACT, 0);
    apd_str message = APD_LIT(""); /* of a registry fact its key */
    for (size_t i = 0; i < f->nfields; i++)
        if (apd_eq(apd_sym_text(s->names, f->fields[i].name), APD_LIT("Key")))
            message = f->fields[i].text;
    apd_event ev = {.time = APD_TIME_NONE,
                    .clock = APD_CLOCK_NONE,
                    .kind = APD_FACT,
                    .log = f->name,
                    .message = message,
                    .fields = make_fields(s->keep, f->fields, f->nfields),
                    .nfields = (uint32_t)f->nfields};
    return ev.fields ? apd_scan_event(s, &ev) : APD_E_NOMEM;
}

/* A log that covers a span has been seen at both of its ends. */
static apd_status feed_cover(apd_scan *s, const apd_test_cover *c)
{
    apd_event ev = {.clock = APD_CLOCK_UTC, .provider = c->provider, .log = c->log};
    ev.time = apd_time_add(start_of_test(), c->from);
    bool ok = apd_scan_cover(s, &ev);
    ev.time = apd_time_add(start_of_test(), c->to);
    return ok && apd_scan_cover(s, &ev) ? APD_OK : APD_E_NOMEM;
}

/* A trace is a trace in tests, too: its silence proves nothing. */
static bool is_trace(const apd_scan *s, apd_sym log)
{
    return apd_eq(apd_sym_text(s->names, log), APD_LIT("etl"));
}

static apd_status feed_event(apd_scan *s, const apd_test_event *t, uint64_t record)
{
    apd_event ev = {.time = apd_time_add(start_of_test(), t->at),
                    .clock = t->clock,
                    .level = t->level,
                    .id = t->id,
                    .log = t->log,
                    .provider = t->provider,
                    .message = t->message,
                    .fields = make_fields(s->keep, t->fields, t->nfields),
                    .nfields = (uint32_t)t->nfields,
                    .trace = is_trace(s, t->log),
                    .where.record = t->record ? t->record : record};
    return ev.fields ? apd_scan_event(s, &ev) : APD_E_NOMEM;
}

static int at_cmp(const void *x, const void *y)
{
    const apd_test_event *a = *(apd_test_event *const *)x, *b = *(apd_test_event *const *)y;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a > b) - (a < b); /* of one array: as written */
}

static apd_status feed_events(apd_scan *s, const apd_rule_test *t)
{
    const apd_test_event **order = APD_NEWS(s->keep, const apd_test_event *, t->nevents);
    if (!order)
        return APD_E_NOMEM;
    for (size_t i = 0; i < t->nevents; i++)
        order[i] = &t->events[i];
    if (t->nevents > 1)
        qsort(order, t->nevents, sizeof *order, at_cmp);
    for (size_t i = 0; i < t->nevents; i++) {
        uint64_t number = 1; /* each log counts its own records */
        for (size_t k = 0; k < i; k++)
            number += order[k]->log == order[i]->log;
        APD_TRY(feed_event(s, order[i], number));
    }
    return APD_OK;
}

typedef struct raw_feed {
    apd_scan *scan;
    size_t records;
} raw_feed;

static apd_status take_raw(void *ctx, apd_event *ev)
{
    raw_feed *f = ctx;
    f->records++;
    return apd_scan_event(f->scan, ev);
}

static apd_status feed_raw(apd_scan *s, const apd_test_raw *t, const apd_raw_parser *raw,
                           apd_error *err)
{
    raw_feed f = {.scan = s};
    apd_str file = apd_printf_a(s->keep, "%.*s.log", APD_FMT(apd_sym_text(s->names, t->log)));
    if (!raw)
        return apd_fail(err, APD_E_USAGE, APD_NOWHERE, "there is no parser here for raw text");
    APD_TRY(raw->run(raw->ctx, file, t->text, take_raw, &f, err));
    if (f.records == 0) /* else a test that expects nothing to be found could not fail */
        return apd_fail(err, APD_E_RULE, APD_NOWHERE, "the raw text holds no record");
    return APD_OK;
}

apd_status apd_test_feed(apd_scan *s, const apd_rule_test *t, const apd_raw_parser *raw,
                         apd_error *err)
{
    for (size_t i = 0; i < t->nfacts; i++)
        APD_TRY(feed_fact(s, &t->facts[i]));
    for (size_t i = 0; i < t->ncovers; i++)
        APD_TRY(feed_cover(s, &t->covers[i]));
    APD_TRY(feed_events(s, t));
    for (size_t i = 0; i < t->nraw; i++)
        APD_TRY(feed_raw(s, &t->raw[i], raw, err));
    return APD_OK;
}
