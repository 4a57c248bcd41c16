/* MdmLogCollectorFootPrint.txt: what mdmdiagnosticstool tried to collect and what came of it.
 *
 *     --- Start at:2026-08-20T07:59:12            "AreaName" : "deviceenrollment;autopilot;"
 *     Collected EventViewer Entry: CHANNEL        Failed (HResult:0x80073a9f) to collect EventViewer Entry: CHANNEL
 *     Copied file:FROM, to:TO                     Failed (HResult: 0x80070003) to CollectFileEntry:PATTERN
 *     Succeeded to dump HKLM registry:KEY         Failed (HResult:0x80070002) to dump HKCU registry:KEY
 *
 * Each line stays a line of text; one that tells of an item is followed by the fact collector.item.
 * The lines are read by the reader of plain text. */
#include "parsers.h"

#include <stdlib.h>

#include "facts.h"
#include "limits.h"
#include "textin.h"

enum { BID_CONTENT = 95, BID_NAME = 70, MAX_ITEM_FIELDS = 7, AREA_BYTES = 512 };

struct apd_reader {
    apd_input in;
    apd_reader *lines;
    apd_sym log;
    apd_str line; /* the one delivered last, if nothing has been said of it yet */
    uint64_t record;
    char area[AREA_BYTES];
    size_t area_len;
    apd_mark batch;
};

/* What a line says of an item. */
typedef struct item {
    const char *kind;
    const char *hive; /* NULL: none */
    apd_str name, to;
    bool failed, has_code;
    uint64_t code;
} item;

/* How a line goes on behind "Collected ", "Copied ", "Succeeded to " or "Failed (..) to ". */
static const struct {
    const char *text, *kind, *hive;
} phrases[] = {
    {"EventViewer Entry:", "EventLog", NULL},
    {"collect EventViewer Entry:", "EventLog", NULL},
    {"file:", "File", NULL},
    {"CollectFileEntry:", "File", NULL},
    {"dump HKLM registry:", "Registry", "HKLM"},
    {"dump HKCU registry:", "Registry", "HKCU"},
};

static const struct {
    const char *text;
    bool failed;
} openings[] = {
    {"Collected ", false}, {"Copied ", false}, {"Succeeded to ", false}, {"Failed", true}};

static const struct {
    uint32_t code;
    const char *text;
} reasons[] = {
    {0x80070002, "there is no such file or key"},
    {0x80070003, "there is no such folder"},
    {0x80070005, "access was denied"},
    {0x80070020, "another program has it open"},
    {0x80073a9f, "this Windows has no such event log"},
};

static bool take(apd_str *s, const char *text)
{
    apd_str prefix = apd_str_of(text);
    if (!apd_istarts(*s, prefix))
        return false;
    *s = apd_trim(apd_sub(*s, prefix.len, s->len));
    return true;
}

/* " (HResult: 0x80070003) to " in front of what was tried. */
static void take_code(apd_str *s, item *it)
{
    bool negative;
    apd_str rest = *s;
    if (!take(&rest, "(HResult:") || apd_find(rest, APD_LIT(")")) == SIZE_MAX)
        return;
    it->has_code = apd_parse_int(apd_trim(apd_cut(&rest, ')')), &it->code, &negative);
    *s = apd_trim(rest);
}

/* False if the line does not tell of an item. */
static bool read_item(apd_str line, item *it)
{
    size_t i = 0, n = sizeof openings / sizeof *openings;
    *it = (item){.kind = "Other", .has_code = false};
    while (i < n && !take(&line, openings[i].text))
        i++;
    if (i == n)
        return false;
    it->failed = openings[i].failed;
    it->has_code = !it->failed;
    if (it->failed) {
        take_code(&line, it);
        take(&line, "to ");
    }
    for (size_t k = 0; k < sizeof phrases / sizeof *phrases; k++)
        if (take(&line, phrases[k].text)) {
            it->kind = phrases[k].kind;
            it->hive = phrases[k].hive;
            break;
        }
    it->name = line;
    size_t to = it->failed ? SIZE_MAX : apd_find(line, APD_LIT(", to:"));
    if (to != SIZE_MAX) {
        it->name = apd_sub(line, 0, to);
        it->to = apd_trim(apd_sub(line, to + 5, line.len));
    }
    return it->name.len > 0;
}

static apd_str reason_for(const item *it)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (it->has_code && (uint32_t)it->code == reasons[i].code)
            return apd_str_of(reasons[i].text);
    return APD_LIT("");
}

/* `"AreaName" : "a;b;"`, in older versions without quotes. */
static void note_area(apd_reader *r, apd_str line)
{
    apd_str key = apd_cut(&line, ':');
    key = apd_trim(key);
    if (!apd_ieq(key, APD_LIT("\"AreaName\"")) && !apd_ieq(key, APD_LIT("AreaName")))
        return;
    line = apd_trim(line);
    if (line.len >= 2 && line.ptr[0] == '"' && line.ptr[line.len - 1] == '"')
        line = apd_sub(line, 1, line.len - 2);
    line = apd_text_prefix(line, AREA_BYTES);
    memcpy(r->area, line.ptr, line.len);
    r->area_len = line.len;
}

static bool fill_item(apd_reader *r, const item *it, apd_event *ev)
{
    apd_facts f = {.batch = r->in.batch, .names = r->in.names};
    apd_field *to = APD_NEWS(r->in.batch, apd_field, MAX_ITEM_FIELDS);
    size_t n = 0;
    apd_str name =
        it->hive ? apd_printf_a(r->in.batch, "%s\\%.*s", it->hive, APD_FMT(it->name)) : it->name;
    bool ok = to && name.ptr &&
              apd_facts_text(&f, &to[n++], "Area", apd_str_from(r->area, r->area_len)) &&
              apd_facts_text(&f, &to[n++], "Item", name) &&
              apd_facts_text(&f, &to[n++], "Kind", apd_str_of(it->kind)) &&
              apd_facts_text(&f, &to[n++], "Result",
                             it->failed ? APD_LIT("failed") : APD_LIT("collected"));
    if (ok && it->has_code)
        to[n++] = (apd_field){
            apd_intern_add(r->in.names, APD_LIT("HRESULT")), APD_T_HEX, {.u = (uint32_t)it->code}};
    apd_str reason = reason_for(it);
    if (ok && reason.len)
        ok = apd_facts_text(&f, &to[n++], "Reason", reason);
    if (ok && it->to.len)
        ok = apd_facts_text(&f, &to[n++], "To", it->to);
    *ev = (apd_event){.time = APD_TIME_NONE,
                      .clock = APD_CLOCK_NONE,
                      .kind = APD_FACT,
                      .log = apd_intern_add(r->in.names, APD_LIT("collector.item")),
                      .fields = to,
                      .nfields = (uint32_t)n,
                      .where = {.member = r->in.member, .record = r->record}};
    return ok;
}

/* "--- Start at:2026-08-20T07:59:12", whose clock is not told. */
static void set_time(apd_event *ev)
{
    size_t at = apd_ifind(ev->message, APD_LIT(" at:"));
    if (!apd_starts(ev->message, APD_LIT("---")) || at == SIZE_MAX)
        return;
    apd_str time = apd_trim(apd_sub(ev->message, at + 4, ev->message.len));
    if (!apd_time_parse_iso(time, &ev->time, &ev->clock)) {
        ev->time = APD_TIME_NONE;
        ev->clock = APD_CLOCK_NONE;
    }
}

static apd_status footprint_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    item it;
    apd_arena_rewind(r->in.batch, r->batch);
    bool told = read_item(r->line, &it);
    r->line = APD_LIT("");
    if (told)
        return fill_item(r, &it, ev) ? APD_OK
                                     : apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    apd_status st = apd_parser_text.next(r->lines, ev, err);
    if (st != APD_OK)
        return st;
    ev->log = r->log;
    set_time(ev);
    note_area(r, ev->message);
    r->line = ev->message;
    r->record = ev->where.record;
    return APD_OK;
}

static int footprint_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str s;
    if (!apd_text_head(head, buf, &s) || s.len == 0)
        return 0;
    if (apd_starts(s, APD_LIT("--- Start at:")) &&
        apd_ifind(apd_sub(s, 0, 512), APD_LIT("AreaName")) != SIZE_MAX)
        return BID_CONTENT;
    return apd_iends(path, APD_LIT("MdmLogCollectorFootPrint.txt")) ? BID_NAME : 0;
}

static void footprint_close(apd_reader *r)
{
    if (!r)
        return;
    apd_parser_text.close(r->lines);
    free(r);
}

static apd_status footprint_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    r->in = *in;
    r->batch = apd_arena_mark(in->batch);
    r->log = apd_intern_add(in->names, APD_LIT("MdmLogCollectorFootPrint"));
    apd_status st = apd_parser_text.open(in, &r->lines, err);
    if (st != APD_OK) {
        footprint_close(r);
        return st;
    }
    *out = r;
    return APD_OK;
}

const apd_parser apd_parser_footprint = {
    .name = "collector-footprint",
    .about = "MdmLogCollectorFootPrint.txt: lines, and what was collected or failed to, as facts",
    .bid = footprint_bid,
    .open = footprint_open,
    .next = footprint_next,
    .close = footprint_close,
};
