/* Logs of the Windows Installer, as msiexec /l*v writes them and the management channel keeps them
 * for the packages it installs.
 *
 *     === Verbose logging started: 11/22/2025  10:00:00  Build type: ... ===
 *     MSI (s) (A4:B0) [10:00:01:345]: text
 *     Action start 10:00:01: InstallFiles.
 *     Action ended 10:00:02: InstallFiles. Return value 3.
 *     Property(S): ProductName = Contoso
 *     CustomAction X returned actual error code 1603 ...
 *
 * Return value 3 is a fatal error, 2 a cancelled installation (Microsoft: Logging of Action Return
 * Values). A line that begins with a blank belongs to the one before. */
#include "parsers.h"

#include <stdlib.h>

#include "limits.h"
#include "lines.h"

enum { BID_HEAD = 92, BID_LINE = 78 };
enum { LEVEL_ERROR = 2, LEVEL_WARNING = 3, LEVEL_INFORMATION = 4 };
enum { MAX_PRODUCT = 256 };

/* In the order they are delivered in. */
enum { PRODUCT, ACTION, RETURN_VALUE, ERROR_CODE, NOTE, PROPERTY, VALUE, SIDE, NFIELDS };
static const char *const field_names[NFIELDS] = {"Product", "Action",   "ReturnValue", "ErrorCode",
                                                 "Note",    "Property", "Value",       "Side"};

struct apd_reader {
    apd_lines lines;
    apd_sym log, provider, names[NFIELDS];
    apd_time day;      /* APD_TIME_NONE before a start line told it */
    apd_time last;     /* time of the line before */
    int64_t clock_was; /* its time of day */
    char product[MAX_PRODUCT];
    size_t product_len;
    apd_field fields[NFIELDS];
};

/* What a line says; an empty text where it says nothing. */
typedef struct facts {
    apd_str value[NFIELDS];
    int64_t time_of_day; /* -1: none */
    uint8_t level;
} facts;

/* --- texts --- */

/* "10:00:01:345" or "10:00:01" at the front; -1 if it is not. */
static int64_t take_time_of_day(apd_str *s)
{
    int h, m, sec;
    apd_str in = *s;
    if (!apd_take_digits(&in, 1, 2, &h) || !apd_take(&in, APD_LIT(":")) ||
        !apd_take_digits(&in, 2, 2, &m) || !apd_take(&in, APD_LIT(":")) ||
        !apd_take_digits(&in, 2, 2, &sec) || h > 23 || m > 59 || sec > 59)
        return -1;
    int64_t ticks = h * APD_TICKS_HOUR + m * APD_TICKS_MINUTE + sec * APD_TICKS_SECOND;
    if (in.len && in.ptr[0] == ':' && in.len > 1 && apd_is_digit(in.ptr[1]))
        ticks += apd_take_fraction(&in);
    *s = in;
    return ticks;
}

/* The part of s behind the text; false if it is not in there. */
static bool behind(apd_str s, apd_str text, apd_str *out)
{
    size_t at = apd_find(s, text);
    if (at == SIZE_MAX)
        return false;
    *out = apd_sub(s, at + text.len, s.len);
    return true;
}

static apd_str until(apd_str s, apd_str text)
{
    size_t at = apd_find(s, text);
    return apd_trim(at == SIZE_MAX ? s : apd_sub(s, 0, at));
}

static apd_str digits_of(apd_str s)
{
    size_t n = 0;
    while (n < s.len && apd_is_digit(s.ptr[n]))
        n++;
    return apd_sub(s, 0, n);
}

/* --- lines --- */

static void remember_product(apd_reader *r, apd_str name)
{
    if (name.len == 0)
        return;
    name = apd_text_prefix(name, MAX_PRODUCT);
    memcpy(r->product, name.ptr, name.len);
    r->product_len = name.len;
}

/* "11/22/2025", "22.11.2025", "22-11-2025", "2025-11-22" in the order the numbers allow; where two are
 * possible, the one of the United States with '/', else the day first. */
static bool read_date(apd_str s, apd_time *day)
{
    int n[3];
    char sep = '\0';
    for (int i = 0; i < 3; i++) {
        if (i && (s.len == 0 || !memchr("/.-", s.ptr[0], 3)))
            return false;
        if (i) {
            sep = s.ptr[0];
            s = apd_sub(s, 1, s.len);
            while (s.len && s.ptr[0] == ' ') /* "22. 11. 2025" */
                s = apd_sub(s, 1, s.len);
        }
        if (!apd_take_digits(&s, 1, 4, &n[i]))
            return false;
    }
    if (n[0] > 31)
        return apd_time_from_civil(n[0], n[1], n[2], 0, 0, 0, 0, day);
    bool month_first = n[0] > 12 ? false : n[1] > 12 ? true : sep == '/';
    return apd_time_from_civil(n[2], n[month_first ? 0 : 1], n[month_first ? 1 : 0], 0, 0, 0, 0,
                               day);
}

/* Behind "logging started: " and "logging stopped: ". */
static void start(apd_reader *r, apd_str s, facts *f)
{
    apd_time day;
    s = apd_trim(s);
    if (!read_date(s, &day))
        return;
    r->day = day;
    r->clock_was = 0;
    apd_str clock;
    if (behind(s, APD_LIT("  "), &clock) || behind(s, APD_LIT(" "), &clock)) {
        clock = apd_trim(clock);
        f->time_of_day = take_time_of_day(&clock);
    }
}

static void read_action(apd_str s, facts *f)
{
    bool ended = apd_take(&s, APD_LIT("ended "));
    if (!ended)
        (void)apd_take(&s, APD_LIT("start "));
    f->time_of_day = take_time_of_day(&s);
    if (f->time_of_day < 0 || !apd_take(&s, APD_LIT(": ")))
        return;
    f->value[ACTION] = until(s, APD_LIT("."));
    apd_str v;
    if (!ended || !behind(s, APD_LIT("Return value "), &v))
        return;
    f->value[RETURN_VALUE] = digits_of(v);
    if (apd_eq(f->value[RETURN_VALUE], APD_LIT("3")))
        f->level = LEVEL_ERROR;
    else if (apd_eq(f->value[RETURN_VALUE], APD_LIT("2")))
        f->level = LEVEL_WARNING;
}

/* 0, 1641 and 3010 mean success. */
static void set_code(facts *f, apd_str code)
{
    f->value[ERROR_CODE] = code;
    if (code.len && !apd_eq(code, APD_LIT("0")) && !apd_eq(code, APD_LIT("1641")) &&
        !apd_eq(code, APD_LIT("3010")))
        f->level = LEVEL_ERROR;
}

/* "CustomAction NAME returned actual error code N" */
static void read_custom_action(apd_str s, facts *f)
{
    apd_str code;
    f->value[ACTION] = until(s, APD_LIT(" returned"));
    if (behind(s, APD_LIT("error code "), &code))
        set_code(f, digits_of(code));
}

static void read_property(apd_reader *r, apd_str s, facts *f)
{
    static const apd_str is = {" = ", 3};
    apd_str name;
    if (!behind(s, APD_LIT("): "), &name))
        return;
    size_t at = apd_find(name, is);
    f->value[PROPERTY] = until(name, is);
    if (at != SIZE_MAX)
        f->value[VALUE] = apd_trim(apd_sub(name, at + is.len, name.len));
    if (apd_eq(f->value[PROPERTY], APD_LIT("ProductName")))
        remember_product(r, f->value[VALUE]);
}

/* What the engine and its event log entries say, with or without the engine's prefix. */
static void read_text(apd_reader *r, apd_str s, facts *f)
{
    apd_str v;
    if (apd_take(&s, APD_LIT("Note: 1: "))) {
        f->value[NOTE] = digits_of(s);
    } else if (apd_take(&s, APD_LIT("Product: "))) {
        remember_product(r, until(s, APD_LIT(" -- ")));
        /* "-- Error 1722. ..." names the code, "-- Installation failed." the outcome. */
        if (behind(s, APD_LIT(" -- Error "), &v))
            set_code(f, digits_of(v));
        else if (apd_find(s, APD_LIT("failed")) != SIZE_MAX)
            f->level = LEVEL_ERROR;
    } else if (apd_starts(s, APD_LIT("Windows Installer ")) &&
               behind(s, APD_LIT("Product Name: "), &v)) {
        remember_product(r, until(v, APD_LIT(". Product Version")));
        if (behind(s, APD_LIT("error status: "), &v))
            set_code(f, digits_of(v));
    } else if (apd_take(&s, APD_LIT("MainEngineThread is returning ")) ||
               apd_take(&s, APD_LIT("Error "))) {
        set_code(f, digits_of(s));
    } else if (apd_take(&s, APD_LIT("PROPERTY CHANGE: "))) {
        /* "Adding NAME property. ..." */
        if (behind(s, APD_LIT(" "), &v))
            f->value[PROPERTY] = until(v, APD_LIT(" property"));
    } else if (apd_take(&s, APD_LIT("Doing action: "))) {
        f->value[ACTION] = apd_trim(s);
    }
}

/* "MSI (s) (A4:B0) [10:00:01:345]: text" */
static bool read_engine(apd_reader *r, apd_str s, facts *f)
{
    apd_str text;
    if (!apd_take(&s, APD_LIT("MSI (")) || s.len < 2)
        return false;
    char side = s.ptr[0];
    if (!behind(apd_sub(s, 0, 32), APD_LIT("["), &text))
        return false;
    text = apd_sub(s, (size_t)(text.ptr - s.ptr), s.len);
    f->time_of_day = take_time_of_day(&text);
    if (f->time_of_day < 0 || !apd_take(&text, APD_LIT("]:")))
        return false;
    f->value[SIDE] = side == 's'   ? APD_LIT("server")
                     : side == 'c' ? APD_LIT("client")
                                   : apd_sub(s, 0, 1);
    read_text(r, apd_trim(text), f);
    return true;
}

static void read_line(apd_reader *r, apd_str s, facts *f)
{
    apd_str v;
    if (apd_starts(s, APD_LIT("=== ")) &&
        (behind(s, APD_LIT("ogging started: "), &v) || behind(s, APD_LIT("ogging stopped: "), &v)))
        start(r, v, f);
    else if (apd_starts(s, APD_LIT("MSI (")) && read_engine(r, s, f))
        return;
    else if (apd_take(&s, APD_LIT("Action ")))
        read_action(s, f);
    else if (apd_starts(s, APD_LIT("Property(")))
        read_property(r, s, f);
    else if (apd_take(&s, APD_LIT("CustomAction ")))
        read_custom_action(s, f);
    else
        read_text(r, s, f);
}

/* --- events --- */

/* A time of day that falls back by half a day belongs to the next one. */
static void set_time(apd_reader *r, const facts *f, apd_event *ev)
{
    if (r->day != APD_TIME_NONE && f->time_of_day >= 0) {
        if (f->time_of_day + APD_TICKS_DAY / 2 < r->clock_was)
            r->day += APD_TICKS_DAY;
        r->clock_was = f->time_of_day;
        r->last = r->day + f->time_of_day;
    }
    ev->time = r->last;
    ev->clock = r->last == APD_TIME_NONE ? APD_CLOCK_NONE : APD_CLOCK_LOCAL;
}

static void fill(apd_reader *r, const apd_entry *e, apd_event *ev)
{
    facts f = {.time_of_day = -1, .level = LEVEL_INFORMATION};
    read_line(r, e->text, &f);
    *ev = (apd_event){.kind = APD_EVENT,
                      .level = f.level,
                      .log = r->log,
                      .provider = r->provider,
                      .message = e->text,
                      .fields = r->fields,
                      .where = e->where};
    set_time(r, &f, ev);
    f.value[PRODUCT] = apd_str_from(r->product, r->product_len);
    for (size_t i = 0; i < NFIELDS; i++)
        if (f.value[i].len)
            r->fields[ev->nfields++] =
                (apd_field){r->names[i], APD_T_UTF8, {.raw = apd_str_bytes(f.value[i])}};
}

static apd_status msilog_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_entry e;
    apd_status st = apd_lines_next(&r->lines, &e, err);
    if (st == APD_OK)
        fill(r, &e, ev);
    return st;
}

static bool begins(void *ctx, apd_str line)
{
    (void)ctx;
    return line.ptr[0] != ' ' && line.ptr[0] != '\t' && line.ptr[0] != '\0';
}

/* --- opening --- */

static int msilog_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str s;
    (void)path;
    if (!apd_text_head(head, buf, &s))
        return 0;
    apd_str front = apd_sub(apd_trim(s), 0, 40);
    if (apd_starts(front, APD_LIT("=== ")) &&
        apd_find(front, APD_LIT("ogging started: ")) != SIZE_MAX)
        return BID_HEAD;
    while (s.len) {
        apd_str line = apd_cut(&s, '\n'), time;
        if (apd_starts(line, APD_LIT("MSI (")) && behind(line, APD_LIT(") ["), &time) &&
            take_time_of_day(&time) >= 0)
            return BID_LINE;
    }
    return 0;
}

static void msilog_close(apd_reader *r)
{
    if (!r)
        return;
    apd_lines_close(&r->lines);
    free(r);
}

static apd_status msilog_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    apd_status st = apd_lines_open(&r->lines, in->stream, in->member, begins, NULL, err);
    if (st > APD_SKIPPED) {
        msilog_close(r);
        return st;
    }
    r->log = apd_intern_add(in->names, apd_log_name(in->path));
    r->provider = apd_intern_add(in->names, APD_LIT("MSI"));
    for (size_t i = 0; i < NFIELDS; i++)
        r->names[i] = apd_intern_add(in->names, apd_str_of(field_names[i]));
    r->day = r->last = APD_TIME_NONE;
    *out = r;
    return APD_OK;
}

const apd_parser apd_parser_msilog = {
    .name = "msi",
    .about = "logs of the Windows Installer",
    .bid = msilog_bid,
    .open = msilog_open,
    .next = msilog_next,
    .close = msilog_close,
};
