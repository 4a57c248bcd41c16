/* apdiag formats: what can be read, straight from the table of parsers, and the limits that keep hostile
 * input from doing harm. */
#include <inttypes.h>

#include "bundle.h"
#include "commands.h"
#include "limits.h"
#include "options.h"
#include "parsers.h"
#include "term.h"

typedef struct line {
    const char *name, *about;
} line;

typedef struct limit {
    const char *name;
    uint64_t value;
    const char *unit, *about;
} limit;

static const line archives[] = {
    {"cab", "cabinets, stored, MSZIP or LZX, as mdmdiagnosticstool writes them"},
    {"zip", "ZIP archives, stored or deflated, ZIP64 and names with backslashes included"},
    {"folder", "a folder and what lies below it"},
    {"-", "standard input: a CAB, a ZIP or one file"},
};

static const limit limits[] = {
    {"depth", APD_MAX_DEPTH, "archives", "inside one another"},
    {"members", APD_MAX_MEMBERS, "files", "in one bundle"},
    {"unpacked", APD_MAX_UNPACKED, "bytes", "out of one bundle"},
    {"ratio", APD_MAX_RATIO, ": 1", "unpacked to packed, judged after a grace of megabytes"},
    {"record", APD_MAX_RECORD, "bytes", "of one record of a text log; the rest is passed over"},
    {"line", APD_MAX_LINE, "bytes", "of one line of plain text; the rest is passed over"},
    {"json", APD_MAX_JSON, "bytes", "of one JSON document"},
    {"fields", APD_MAX_FIELDS, "fields", "of one record"},
    {"trace-fields", APD_ETL_MAX_FIELDS, "fields", "of one event of a trace"},
    {"problems", APD_MAX_PROBLEMS, "problems", "listed one by one; further ones are counted"},
};

enum { NARCHIVES = sizeof archives / sizeof *archives, NLIMITS = sizeof limits / sizeof *limits };

void apd_cmd_formats_help(void)
{
    puts("  apdiag formats [--format term|json]\n\n"
         "What a file is, is told by its bytes, never by its name alone.");
}

static void print_term(void)
{
    puts("formats:");
    for (const apd_parser *const *p = apd_parsers(); *p; p++)
        printf("  %-18s %s\n", (*p)->name, (*p)->about);
    puts("\narchives, also inside one another:");
    for (size_t i = 0; i < NARCHIVES; i++)
        printf("  %-18s %s\n", archives[i].name, archives[i].about);
    puts("\nlimits:");
    for (size_t i = 0; i < NLIMITS; i++)
        printf("  %-18s %" PRIu64 " %s %s\n", limits[i].name, limits[i].value, limits[i].unit,
               limits[i].about);
    printf("\nwith %s\n", apd_io_version());
}

/* All of these texts are ours and need no escaping. */
static void print_line(bool first, const char *name, const char *about)
{
    printf("%s{\"name\":\"%s\",\"about\":\"%s\"}", first ? "" : ",", name, about);
}

static void print_json(void)
{
    printf("{\"schema\":\"apdiag/formats/1\",\"version\":\"%s\",\"formats\":[", APD_VERSION);
    for (const apd_parser *const *p = apd_parsers(); *p; p++)
        print_line(p == apd_parsers(), (*p)->name, (*p)->about);
    printf("],\"archives\":[");
    for (size_t i = 0; i < NARCHIVES; i++)
        print_line(i == 0, archives[i].name, archives[i].about);
    printf("],\"limits\":[");
    for (size_t i = 0; i < NLIMITS; i++)
        printf("%s{\"name\":\"%s\",\"value\":%" PRIu64 ",\"unit\":\"%s\",\"about\":\"%s\"}",
               i ? "," : "", limits[i].name, limits[i].value, limits[i].unit, limits[i].about);
    puts("]}");
}

int apd_cmd_formats(int argc, char **argv)
{
    const char *format = "term";
    const apd_option table[] = {
        {"--format", "term|json", "how the list is written (term)", &format, NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL, NULL}};
    int n = apd_options_parse("formats", table, argc, argv);
    if (n < 0)
        return APD_EXIT_USAGE;
    if (n > 0) {
        apd_complain("formats takes no file; apdiag members lists what a bundle holds");
        return APD_EXIT_USAGE;
    }
    if (strcmp(format, "json") == 0)
        print_json();
    else
        print_term();
    return APD_EXIT_CLEAN;
}
