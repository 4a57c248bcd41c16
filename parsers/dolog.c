/* What Get-DeliveryOptimizationLog gives, kept as text: a list of "Name : value" lines, or the
 * indented JSON of ConvertTo-Json, one property a line. Either way a record begins with TimeCreated:
 * the command writes its properties in a fixed order. A JSON text keeps its escapes. */
#include "parsers.h"

#include <stdlib.h>

#include "limits.h"
#include "lines.h"

enum { BID = 75, LEVEL_INFORMATION = 4 };
enum { TIME, MESSAGE, LEVEL, PROCESS, THREAD, LEVEL_NAME, FUNCTION, LINE, ERROR_CODE, NPROPS };
static const apd_str props[NPROPS] = {
    {"TimeCreated", 11}, {"Message", 7},  {"Level", 5},       {"ProcessId", 9}, {"ThreadId", 8},
    {"LevelName", 9},    {"Function", 8}, {"LineNumber", 10}, {"ErrorCode", 9},
};

struct apd_reader {
    apd_lines lines;
    apd_sym log, provider, names[NPROPS];
    apd_field fields[NPROPS];
};

/* `Name : value` and `"Name":  "value",`; false if the line is neither. */
static bool split(apd_str line, apd_str *name, apd_str *value)
{
    apd_str s = apd_trim(line);
    bool quoted = apd_take(&s, APD_LIT("\""));
    size_t n = 0;
    while (n < s.len && ((apd_lower(s.ptr[n]) >= 'a' && apd_lower(s.ptr[n]) <= 'z')))
        n++;
    *name = apd_sub(s, 0, n);
    s = apd_sub(s, n, s.len);
    if (n == 0 || (quoted && !apd_take(&s, APD_LIT("\""))))
        return false;
    s = apd_trim(s);
    if (!apd_take(&s, APD_LIT(":")))
        return false;
    s = apd_trim(s);
    if (quoted && apd_ends(s, APD_LIT(",")))
        s.len--;
    if (quoted && s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
        s = apd_sub(s, 1, s.len - 2);
    *value = s;
    return true;
}

static int prop_index(apd_str name)
{
    for (int i = 0; i < NPROPS; i++)
        if (apd_eq(name, props[i]))
            return i;
    return -1;
}

static bool begins(void *ctx, apd_str line)
{
    apd_str name, value;
    (void)ctx;
    if (!memchr(line.ptr, 'T', line.len)) /* most lines, cheaply */
        return false;
    return split(line, &name, &value) && apd_eq(name, props[TIME]);
}

static void read_record(apd_str rest, apd_str value[NPROPS])
{
    while (rest.len) {
        apd_str name, v, line = apd_cut(&rest, '\n');
        int i = split(line, &name, &v) ? prop_index(name) : -1;
        if (i >= 0 && value[i].len == 0)
            value[i] = v;
    }
}

/* ISO 8601, or what ConvertTo-Json of Windows PowerShell writes: \/Date(1763805600000)\/ */
static void read_time(apd_str s, apd_event *ev)
{
    if (apd_time_parse_net(s, &ev->time)) {
        ev->clock = APD_CLOCK_UTC;
    } else if (!apd_time_parse_iso(s, &ev->time, &ev->clock)) {
        ev->time = APD_TIME_NONE;
        ev->clock = APD_CLOCK_NONE;
    }
}

static void fill(apd_reader *r, const apd_entry *e, apd_event *ev)
{
    apd_str value[NPROPS] = {{0}};
    uint64_t level;
    bool negative;
    *ev = (apd_event){.time = APD_TIME_NONE,
                      .clock = APD_CLOCK_NONE,
                      .kind = APD_EVENT,
                      .level = LEVEL_INFORMATION,
                      .log = r->log,
                      .provider = r->provider,
                      .message = e->text,
                      .where = e->where};
    if (!e->begins)
        return;
    read_record(e->text, value);
    read_time(value[TIME], ev);
    if (value[MESSAGE].len)
        ev->message = value[MESSAGE];
    if (apd_parse_int(value[LEVEL], &level, &negative) && level <= 5 && !negative)
        ev->level = (uint8_t)level;
    ev->fields = r->fields;
    for (size_t i = LEVEL + 1; i < NPROPS; i++)
        if (value[i].len)
            r->fields[ev->nfields++] =
                (apd_field){r->names[i], APD_T_UTF8, {.raw = apd_str_bytes(value[i])}};
}

static apd_status dolog_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_entry e;
    apd_status st = apd_lines_next(&r->lines, &e, err);
    if (st == APD_OK)
        fill(r, &e, ev);
    return st;
}

static int dolog_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str s;
    bool seen[NPROPS] = {false};
    (void)path;
    if (!apd_text_head(head, buf, &s))
        return 0;
    while (s.len) {
        apd_str name, value, line = apd_cut(&s, '\n');
        int i = split(line, &name, &value) ? prop_index(name) : -1;
        if (i >= 0)
            seen[i] = true;
    }
    return seen[TIME] && seen[MESSAGE] && seen[FUNCTION] ? BID : 0;
}

static void dolog_close(apd_reader *r)
{
    if (!r)
        return;
    apd_lines_close(&r->lines);
    free(r);
}

static apd_status dolog_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    apd_status st = apd_lines_open(&r->lines, in->stream, in->member, begins, NULL, err);
    if (st > APD_SKIPPED) {
        dolog_close(r);
        return st;
    }
    r->log = apd_intern_add(in->names, apd_log_name(in->path));
    r->provider = apd_intern_add(in->names, APD_LIT("DeliveryOptimization"));
    for (size_t i = 0; i < NPROPS; i++)
        r->names[i] = apd_intern_add(in->names, props[i]);
    *out = r;
    return APD_OK;
}

const apd_parser apd_parser_dolog = {
    .name = "delivery-optimization",
    .about = "what Get-DeliveryOptimizationLog prints, as a list or JSON",
    .bid = dolog_bid,
    .open = dolog_open,
    .next = dolog_next,
    .close = dolog_close,
};
