/* Logs of lines in the formats of Windows and its installers, local time unless the format says
 * otherwise. A format is a function that writes one record; type 1, 2, 3 is information, warning,
 * error as in CMTrace logs. */
#include "text_writers.h"

typedef struct form {
    const char *name;
    bool utf16;
    void (*head)(mk_out *o, const apd_civil *t);
    void (*line)(mk_out *o, const mk_line *l, const apd_civil *t);
} form;

static const char *level(const mk_line *l)
{
    return l->type == 3 ? "Error" : l->type == 2 ? "Warning" : "Info";
}

static void us_date(mk_out *o, const apd_civil *t)
{
    mk_printf(o, "%02d/%02d/%04d %02d:%02d:%02d", t->month, t->day, t->year, t->hour, t->minute,
              t->second);
}

static void iso_date(mk_out *o, const apd_civil *t, char separator)
{
    mk_printf(o, "%04d-%02d-%02d%c%02d:%02d:%02d", t->year, t->month, t->day, separator, t->hour,
              t->minute, t->second);
}

static int milliseconds(const apd_civil *t)
{
    return (int)(t->fraction / 10000);
}

static void setup(mk_out *o, const mk_line *l, const apd_civil *t)
{
    iso_date(o, t, ' ');
    mk_printf(o, ", %-22s%-7.*s", level(l), APD_FMT(l->component));
    mk_str(o, l->message);
}

static void netsetup(mk_out *o, const mk_line *l, const apd_civil *t)
{
    us_date(o, t);
    mk_printf(o, ":%03d ", milliseconds(t));
    mk_str(o, l->message);
}

/* Windows pads neither day nor minute here. */
static void pfro(mk_out *o, const mk_line *l, const apd_civil *t)
{
    mk_printf(o, "%d/%d/%d %d:%d:%d - ", t->month, t->day, t->year, t->hour, t->minute, t->second);
    mk_str(o, l->message);
}

static void reporting(mk_out *o, const mk_line *l, const apd_civil *t)
{
    mk_str(o, APD_LIT("{00000000-0000-0000-0000-0000000000AA}\t"));
    iso_date(o, t, ' ');
    mk_printf(o, ":%03d+0000\t1\t", milliseconds(t));
    mk_str(o, l->component);
    mk_printf(o, "\t101\t{00000000-0000-0000-0000-0000000000BB}\t1\t%s\tUpdateOrchestrator\t%s\t",
              l->type == 3 ? "80070643" : "0", l->type == 3 ? "Failure" : "Success");
    mk_str(o, APD_LIT("Content Install\t"));
    mk_str(o, l->message);
}

static void office_head(mk_out *o, const apd_civil *t)
{
    (void)t;
    mk_str(o, APD_LIT("Timestamp\tProcess\tTID\tArea\tCategory\tEventID\tLevel\tMessage\t"
                      "Correlation\r\n"));
}

static void office(mk_out *o, const mk_line *l, const apd_civil *t)
{
    us_date(o, t);
    mk_printf(o, ".%03d\tOFFICECL (0x4d8c)\t0x%x\t\tClick-To-Run General Telemetry\t8r7ba\t%s\t",
              milliseconds(t), l->thread, l->type == 3 ? "Unexpected" : "Medium");
    mk_str(o, l->message);
    mk_str(o, APD_LIT("\t"));
}

static void winget(mk_out *o, const mk_line *l, const apd_civil *t)
{
    iso_date(o, t, ' ');
    mk_printf(o, ".%03d [%-4.*s] ", milliseconds(t), APD_FMT(l->component));
    mk_str(o, l->message);
}

static void toolkit(mk_out *o, const mk_line *l, const apd_civil *t)
{
    mk_printf(o, "[%02d-%02d-%04d %02d:%02d:%02d.%03d] [Installation] [%.*s] [%s] :: ", t->month,
              t->day, t->year, t->hour, t->minute, t->second, milliseconds(t),
              APD_FMT(l->component), level(l));
    mk_str(o, l->message);
}

static void msi_head(mk_out *o, const apd_civil *t)
{
    mk_printf(o,
              "=== Verbose logging started: %d/%d/%d  %d:%02d:%02d  Build type: SHIP UNICODE "
              "5.00.10011.00  Calling process: C:\\Windows\\system32\\msiexec.exe ===\r\n",
              t->month, t->day, t->year, t->hour, t->minute, t->second);
}

static void msi(mk_out *o, const mk_line *l, const apd_civil *t)
{
    if (!apd_eq(l->component, APD_LIT("-")))
        mk_printf(o, "MSI (s) (A4:B0) [%02d:%02d:%02d:%03d]: ", t->hour, t->minute, t->second,
                  milliseconds(t));
    mk_str(o, l->message);
}

static void setupapi(mk_out *o, const mk_line *l, const apd_civil *t)
{
    mk_str(o, APD_LIT(">>>  ["));
    mk_str(o, l->message);
    mk_printf(o, "]\r\n>>>  Section start %04d/%02d/%02d %02d:%02d:%02d.%03d\r\n", t->year,
              t->month, t->day, t->hour, t->minute, t->second, milliseconds(t));
    if (l->type > 1)
        mk_printf(o, "%s dvi: not done\r\n", l->type == 3 ? "!!! " : "!   ");
    mk_printf(o, "<<<  [Exit status: %.*s]\r\n", APD_FMT(l->component));
}

static void delivery(mk_out *o, const mk_line *l, const apd_civil *t)
{
    mk_str(o, APD_LIT("TimeCreated : "));
    iso_date(o, t, 'T');
    mk_printf(o, ".%07dZ\r\nProcessId   : 4312\r\nThreadId    : %u\r\nLevel       : %d\r\n",
              (int)t->fraction, l->thread,
              l->type == 3   ? 2
              : l->type == 2 ? 3
                             : 4);
    mk_str(o, APD_LIT("Message     : "));
    mk_str(o, l->message);
    mk_str(o, APD_LIT("\r\nFunction    : CDownload::Run\r\nLineNumber  : 100\r\nErrorCode   : "));
    mk_str(o, l->component);
    mk_str(o, APD_LIT("\r\n"));
}

static const form forms[] = {
    {"setup", false, NULL, setup},
    {"netsetup", false, NULL, netsetup},
    {"pfro", true, NULL, pfro},
    {"reporting", true, NULL, reporting},
    {"office", false, office_head, office},
    {"winget", false, NULL, winget},
    {"toolkit", false, NULL, toolkit},
    {"msi", true, msi_head, msi},
    {"setupapi", false, NULL, setupapi},
    {"delivery", false, NULL, delivery},
};

static const form *form_of(apd_str name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (apd_eq(name, apd_str_of(forms[i].name)))
            return &forms[i];
    return NULL;
}

bool mk_lines_format(apd_str name)
{
    return form_of(name) != NULL;
}

/* Two formats write UTC. */
static int64_t offset(const mk_scenario *s, const form *f)
{
    return f->line == reporting || f->line == delivery ? 0 : s->utc_offset;
}

void mk_lines_write(mk_out *o, const mk_scenario *s, apd_str log)
{
    mk_out text = {0};
    const form *first = NULL;
    for (size_t i = 0; i < s->lines.n; i++) {
        const mk_line *l = &s->lines.at[i];
        const form *f = form_of(l->format);
        if (!f || !apd_eq(l->log, log))
            continue;
        apd_civil t = apd_time_civil(l->time + offset(s, f));
        if (!first && f->head)
            f->head(&text, &t);
        first = first ? first : f;
        f->line(&text, l, &t);
        mk_str(&text, APD_LIT("\r\n"));
    }
    if (first && first->utf16) {
        mk_u16(o, 0xfeff);
        mk_utf16(o, apd_bytes_str(mk_bytes(&text)));
    } else {
        mk_put(o, text.ptr, text.len);
    }
    mk_free(&text);
}
