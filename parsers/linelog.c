/* Logs of lines that begin with a date and time, in the formats of dialects.c: one event for each
 * record, a record being such a line and what follows it up to the next one. Which format it is, the
 * first lines tell. Fields are only made when asked for. */
#include "parsers.h"

#include <stdlib.h>

#include "dialect.h"
#include "limits.h"
#include "lines.h"

/* Of ten lines of the head one must begin a record where the format is not distinct. */
enum { FEW = 10, NAME_BONUS = 5 };
/* The format's fields, and those found in the message. */
enum { HRESULT, STATUS, MODULE, COMPONENT, NMORE, NFIELDS = APD_DIALECT_FIELDS + NMORE };

struct apd_reader {
    apd_payload payload; /* first: expand() is handed this */
    apd_lines lines;
    apd_intern *names;
    const apd_dialect *dialect;
    apd_format format[APD_DIALECT_FORMATS];
    apd_sym field_name[APD_DIALECT_FORMATS][APD_DIALECT_FIELDS], more[NMORE];
    size_t nformats;
    apd_sym log, provider;
    /* Of the two lines last seen that begin a record. The newest is the one behind the record at
     * hand, if there is one; the other half also takes what failed to match. */
    apd_line_head heads[2];
    unsigned newest;
    const apd_line_head *head; /* of the record at hand */
    apd_str text;              /* and all of its text */
    apd_str component;         /* its text in the table of names, and the symbol */
    apd_sym component_sym;
    uint32_t new_names; /* that it may still add */
    apd_field fields[NFIELDS];
};

/* --- which dialect --- */

static bool any_of(const char *list, apd_str s, bool glob)
{
    apd_str rest = apd_str_of(list);
    while (rest.len) {
        apd_str one = apd_cut(&rest, '|');
        if (glob ? apd_glob(one, s, true) : apd_find(s, one) != SIZE_MAX)
            return true;
    }
    return false;
}

static size_t compile(const apd_dialect *d, apd_format formats[APD_DIALECT_FORMATS])
{
    size_t n = 0;
    while (n < APD_DIALECT_FORMATS && d->format[n] && apd_format_compile(d->format[n], &formats[n]))
        n++;
    return n;
}

static bool match_any(const apd_format *formats, size_t n, apd_str line, apd_line_head *out)
{
    for (size_t i = 0; i < n; i++)
        if (apd_format_match(&formats[i], line, out))
            return true;
    return false;
}

static int bid_of(const apd_dialect *d, apd_str head, apd_str name)
{
    apd_format formats[APD_DIALECT_FORMATS];
    apd_line_head out;
    size_t n = compile(d, formats), lines = 0, hits = 0;
    bool named = d->files && any_of(d->files, name, true);
    if (d->marks && !named && !any_of(d->marks, head, false))
        return 0;
    while (head.len) {
        apd_str line = apd_trim(apd_cut(&head, '\n'));
        lines += line.len > 0;
        hits += match_any(formats, n, line, &out);
    }
    if (hits == 0 || (!named && hits * FEW < lines))
        return 0;
    return d->bid + (named ? NAME_BONUS : 0);
}

static int best_dialect(apd_bytes bytes, apd_str path, const apd_dialect **best)
{
    char buf[APD_HEAD_TEXT];
    apd_str head;
    int highest = 0;
    *best = &apd_dialects[apd_ndialects - 1];
    if (bytes.len > APD_SNIFF)
        bytes.len = APD_SNIFF;
    if (!apd_text_head(bytes, buf, &head))
        return 0;
    for (size_t i = 0; i < apd_ndialects; i++) {
        int bid = bid_of(&apd_dialects[i], head, apd_log_name(path));
        if (bid > highest) {
            highest = bid;
            *best = &apd_dialects[i];
        }
    }
    return highest;
}

static int linelog_bid(apd_bytes head, apd_str path)
{
    const apd_dialect *d;
    return best_dialect(head, path, &d);
}

/* --- records --- */

static bool begins(void *ctx, apd_str line)
{
    apd_reader *r = ctx;
    unsigned other = r->newest ^ 1;
    if (!match_any(r->format, r->nformats, line, &r->heads[other]))
        return false;
    r->newest = other;
    return true;
}

static apd_str span_of(const apd_reader *r, apd_span s)
{
    return apd_sub(r->text, s.at, s.len);
}

/* Components are names only while they are few: the table is shared by the whole run. */
static apd_sym component(apd_reader *r, apd_str text)
{
    if (apd_eq(text, r->component))
        return r->component_sym;
    r->component_sym = apd_intern_some(r->names, text, &r->new_names);
    r->component = apd_sym_text(r->names, r->component_sym);
    return r->component_sym;
}

static void put(apd_reader *r, apd_event *ev, apd_sym name, apd_type type, apd_str text,
                uint32_t value)
{
    apd_field *f = &r->fields[ev->nfields++];
    *f = (apd_field){.name = name, .type = type};
    if (type == APD_T_HEX)
        f->as.u = value;
    else
        f->as.raw = apd_str_bytes(text);
}

static void put_field(apd_reader *r, apd_event *ev, size_t i)
{
    const apd_format *f = r->head->format;
    apd_str text = span_of(r, r->head->field[i]);
    apd_sym name = r->field_name[f - r->format][i];
    char digits[2 + 8] = "0x";
    uint64_t value;
    bool negative;
    if (f->role[i] == 'X' && text.len && text.len <= 8) {
        memcpy(digits + 2, text.ptr, text.len);
        if (apd_parse_int(apd_str_from(digits, 2 + text.len), &value, &negative)) {
            put(r, ev, name, APD_T_HEX, text, (uint32_t)value);
            return;
        }
    }
    if (text.len)
        put(r, ev, name, APD_T_UTF8, text, 0);
}

/* A failure code is the first number of eight digits that begins as HRESULT and NTSTATUS errors do. */
static void put_codes(apd_reader *r, apd_event *ev)
{
    size_t from = 0;
    uint32_t value, last = 0;
    unsigned ndigits = 0;
    bool any = false, failed = false;
    while (apd_find_hex(ev->message, &from, &value, &ndigits)) {
        if (!failed && ndigits == 8 && (value >> 28 == 0x8 || value >> 28 == 0xc)) {
            put(r, ev, r->more[HRESULT], APD_T_HEX, (apd_str){0}, value);
            failed = true;
        }
        last = value;
        any = true;
    }
    if (any)
        put(r, ev, r->more[STATUS], APD_T_HEX, (apd_str){0}, last);
}

/* "[msoobe.exe] text" of setupact.log. */
static void put_module(apd_reader *r, apd_event *ev)
{
    enum { LONGEST = 64 };
    apd_str front = apd_sub(ev->message, 0, LONGEST);
    size_t close = apd_find(front, APD_LIT("]"));
    if (apd_starts(front, APD_LIT("[")) && close != SIZE_MAX && close > 1)
        put(r, ev, r->more[MODULE], APD_T_UTF8, apd_sub(front, 1, close - 1), 0);
}

static bool has_hresult(const apd_format *f)
{
    for (size_t i = 0; i < f->nfields; i++)
        if (f->role[i] == 'X')
            return true;
    return false;
}

static apd_status expand(const apd_payload *self, apd_event *ev)
{
    apd_reader *r = (apd_reader *)(uintptr_t)self;
    const apd_format *f = r->head->format;
    ev->fields = r->fields;
    ev->nfields = 0;
    for (size_t i = 0; i < f->nfields; i++)
        put_field(r, ev, i);
    if (r->head->provider.len)
        put(r, ev, r->more[COMPONENT], APD_T_UTF8, span_of(r, r->head->provider), 0);
    if (!r->dialect->provider)
        put_module(r, ev);
    if (!has_hresult(f))
        put_codes(r, ev);
    return APD_OK;
}

static void fill(apd_reader *r, const apd_entry *e, apd_event *ev)
{
    *ev = (apd_event){.time = APD_TIME_NONE,
                      .clock = APD_CLOCK_NONE,
                      .kind = APD_EVENT,
                      .level = 4,
                      .log = r->log,
                      .provider = r->provider,
                      .message = e->text,
                      .where = e->where};
    if (!e->begins)
        return;
    r->head = &r->heads[r->lines.judged ? r->newest ^ 1 : r->newest];
    r->text = e->text;
    ev->time = r->head->time;
    ev->clock = r->head->clock;
    ev->level = r->head->level;
    ev->message = apd_sub(e->text, r->head->message, e->text.len);
    ev->payload = &r->payload;
    if (!r->provider && r->head->provider.len)
        ev->provider = component(r, span_of(r, r->head->provider));
}

static apd_status linelog_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_entry e;
    apd_status st = apd_lines_next(&r->lines, &e, err);
    if (st == APD_OK)
        fill(r, &e, ev);
    return st;
}

/* --- opening --- */

static void linelog_close(apd_reader *r)
{
    if (!r)
        return;
    apd_lines_close(&r->lines);
    free(r);
}

static void name_things(apd_reader *r, const apd_input *in)
{
    static const char *const more[NMORE] = {"HRESULT", "StatusCode", "Module", "component"};
    r->log = apd_intern_add(in->names, apd_log_name(in->path));
    if (r->dialect->provider)
        r->provider = apd_intern_add(in->names, apd_str_of(r->dialect->provider));
    for (size_t i = 0; i < NMORE; i++)
        r->more[i] = apd_intern_add(in->names, apd_str_of(more[i]));
    for (size_t i = 0; i < r->nformats; i++)
        for (size_t k = 0; k < r->format[i].nfields; k++)
            r->field_name[i][k] = apd_intern_add(in->names, r->format[i].name[k]);
}

static apd_status linelog_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_bytes head;
    *out = NULL;
    APD_TRY(apd_stream_peek(in->stream, APD_SNIFF, &head, err));
    apd_reader *r = calloc(1, sizeof *r);
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    r->payload.expand = expand;
    r->names = in->names;
    r->new_names = APD_MAX_COMPONENTS;
    (void)best_dialect(head, in->path, &r->dialect);
    r->nformats = compile(r->dialect, r->format);
    name_things(r, in);
    apd_status st = apd_lines_open(&r->lines, in->stream, in->member, begins, r, err);
    if (st > APD_SKIPPED) {
        linelog_close(r);
        return st;
    }
    *out = r;
    return APD_OK;
}

const apd_parser apd_parser_linelog = {
    .name = "linelog",
    .about = "logs whose lines begin with date and time: setup, servicing, updates, installers",
    .bid = linelog_bid,
    .open = linelog_open,
    .next = linelog_next,
    .close = linelog_close,
};
