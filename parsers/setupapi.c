/* setupapi.dev.log and its like: what the installation of devices and drivers did, in sections.
 *
 *     >>>  [Device Install (Hardware initiated) - USB\VID_045E]
 *     >>>  Section start 2025/11/22 10:00:00.123
 *          cmd: ...
 *     !    dvi: a warning
 *     !!!  dvi: an error
 *     <<<  Section end 2025/11/22 10:00:01.456
 *     <<<  [Exit status: SUCCESS]
 */
#include "parsers.h"

#include <stdlib.h>

#include "limits.h"
#include "lines.h"

enum { BID_SECTION = 88, BID_LOG = 70 };
enum { LEVEL_ERROR = 2, LEVEL_WARNING = 3, LEVEL_INFORMATION = 4 };
enum { SECTION, STATUS, ERROR_LINE, NFIELDS };
static const char *const field_names[NFIELDS] = {"Section", "Status", "Error"};

struct apd_reader {
    apd_lines lines;
    apd_sym log, provider, names[NFIELDS];
    apd_field fields[NFIELDS];
};

typedef struct section {
    apd_str value[NFIELDS];
    apd_time time;
    uint8_t level;
} section;

static bool begins(void *ctx, apd_str line)
{
    (void)ctx;
    return apd_starts(line, APD_LIT(">>>  ["));
}

/* "2025/11/22 10:00:00.123" */
static void read_time(apd_str s, apd_time *out)
{
    int y, mo, d, h, mi, sec;
    if (!apd_take_digits(&s, 4, 4, &y) || !apd_take(&s, APD_LIT("/")) ||
        !apd_take_digits(&s, 1, 2, &mo) || !apd_take(&s, APD_LIT("/")) ||
        !apd_take_digits(&s, 1, 2, &d) || !apd_take(&s, APD_LIT(" ")) ||
        !apd_take_digits(&s, 1, 2, &h) || !apd_take(&s, APD_LIT(":")) ||
        !apd_take_digits(&s, 1, 2, &mi) || !apd_take(&s, APD_LIT(":")) ||
        !apd_take_digits(&s, 1, 2, &sec))
        return;
    apd_time t;
    if (apd_time_from_civil(y, mo, d, h, mi, sec, apd_take_fraction(&s), &t))
        *out = t;
}

static apd_str in_brackets(apd_str s)
{
    size_t n = s.len;
    while (n > 0 && s.ptr[n - 1] != ']')
        n--;
    return apd_sub(s, 0, n > 0 ? n - 1 : s.len);
}

static void mark(section *x, uint8_t level, apd_str text)
{
    if (level < x->level) {
        x->level = level;
        x->value[ERROR_LINE] = apd_trim(text);
    }
}

static void read_line(section *x, apd_str s)
{
    if (apd_take(&s, APD_LIT(">>>  Section start ")))
        read_time(s, &x->time);
    else if (apd_take(&s, APD_LIT(">>>  [")))
        x->value[SECTION] = in_brackets(s);
    else if (apd_take(&s, APD_LIT("<<<  [Exit status: ")))
        x->value[STATUS] = in_brackets(s);
    else if (apd_take(&s, APD_LIT("!!!")))
        mark(x, LEVEL_ERROR, s);
    else if (apd_take(&s, APD_LIT("!")))
        mark(x, LEVEL_WARNING, s);
}

static void fill(apd_reader *r, const apd_entry *e, apd_event *ev)
{
    section x = {.time = APD_TIME_NONE, .level = LEVEL_INFORMATION};
    for (apd_str rest = e->text; rest.len;)
        read_line(&x, apd_trim(apd_cut(&rest, '\n')));
    if (apd_istarts(x.value[STATUS], APD_LIT("FAILURE")))
        x.level = LEVEL_ERROR;
    *ev = (apd_event){.time = x.time,
                      .clock = x.time == APD_TIME_NONE ? APD_CLOCK_NONE : APD_CLOCK_LOCAL,
                      .kind = APD_EVENT,
                      .level = x.level,
                      .log = r->log,
                      .provider = r->provider,
                      .message = e->text,
                      .fields = r->fields,
                      .where = e->where};
    for (size_t i = 0; i < NFIELDS; i++)
        if (x.value[i].len)
            r->fields[ev->nfields++] =
                (apd_field){r->names[i], APD_T_UTF8, {.raw = apd_str_bytes(x.value[i])}};
}

static apd_status setupapi_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_entry e;
    apd_status st = apd_lines_next(&r->lines, &e, err);
    if (st == APD_OK)
        fill(r, &e, ev);
    return st;
}

static int setupapi_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str s;
    (void)path;
    if (!apd_text_head(head, buf, &s))
        return 0;
    if (apd_find(s, APD_LIT(">>>  Section start ")) != SIZE_MAX)
        return BID_SECTION;
    return apd_starts(s, APD_LIT("[Device Install Log]")) ? BID_LOG : 0;
}

static void setupapi_close(apd_reader *r)
{
    if (!r)
        return;
    apd_lines_close(&r->lines);
    free(r);
}

static apd_status setupapi_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    apd_status st = apd_lines_open(&r->lines, in->stream, in->member, begins, NULL, err);
    if (st > APD_SKIPPED) {
        setupapi_close(r);
        return st;
    }
    r->log = apd_intern_add(in->names, apd_log_name(in->path));
    r->provider = apd_intern_add(in->names, APD_LIT("SetupAPI"));
    for (size_t i = 0; i < NFIELDS; i++)
        r->names[i] = apd_intern_add(in->names, apd_str_of(field_names[i]));
    *out = r;
    return APD_OK;
}

const apd_parser apd_parser_setupapi = {
    .name = "setupapi",
    .about = "sections of setupapi.dev.log",
    .bid = setupapi_bid,
    .open = setupapi_open,
    .next = setupapi_next,
    .close = setupapi_close,
};
