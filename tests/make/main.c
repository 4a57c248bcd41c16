/* apd-make: writes the bundles that the tests read, from scenario files. */
#include <stdio.h>
#include <stdlib.h>

#include "bundle_writer.h"
#include "evtx_writer.h"
#include "text_writers.h"

#ifndef MK_SOURCE
#define MK_SOURCE "."
#endif

static const char usage[] =
    "usage: apd-make write SCENARIO.yml OUT      the bundle; OUT is a file, or a folder\n"
    "       apd-make folder SCENARIO.yml DIR     the members of the innermost bundle as files\n"
    "       apd-make records SCENARIO.yml        every EVTX record that it has, as JSON lines\n"
    "       apd-make expect SCENARIO.yml         what end-to-end tests expect, as key=value lines\n"
    "       apd-make cab stored|mszip|lzx OUT FILE...\n"
    "       apd-make zip stored|deflate OUT FILE...\n"
    "APD_SOURCE names the source tree, where rules/names.yml and tests/make/*.tsv are read.\n";

static void load(mk_scenario *s, apd_arena *a, const char *path)
{
    const char *env = getenv("APD_SOURCE"), *source = env ? env : MK_SOURCE;
    mk_scenario_load(s, a, path, apd_printf_a(a, "%s/rules/names.yml", source).ptr,
                     apd_printf_a(a, "%s/tests/make", source).ptr);
}

static void print_record(void *ctx, apd_str member, uint64_t record, const mk_event *e)
{
    mk_out *o = ctx;
    char time[APD_TIME_TEXT];
    const apd_str texts[] = {APD_LIT("member"),  member,     APD_LIT("provider"), e->provider,
                             APD_LIT("channel"), e->channel, APD_LIT("computer"), e->computer,
                             APD_LIT("user"),    e->sid,     APD_LIT("guid"),     e->guid,
                             APD_LIT("binary"),  e->binary,  APD_LIT("root"),     e->root};
    mk_printf(o, "{\"record\":%llu,\"id\":%u,\"level\":%u,\"time\":\"%s\"",
              (unsigned long long)record, e->id, e->level, apd_time_format(e->time, 7, true, time));
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i += 2) {
        mk_u8(o, ',');
        mk_json_string(o, texts[i]);
        mk_u8(o, ':');
        mk_json_string(o, texts[i + 1]);
    }
    mk_str(o, APD_LIT(",\"fields\":["));
    for (size_t i = 0; i < e->fields.n; i++) {
        mk_str(o, i > 0 ? APD_LIT(",[") : APD_LIT("["));
        mk_json_string(o, e->fields.at[i].name);
        mk_printf(o, ",\"%s\",", mk_type_name(e->fields.at[i].type));
        mk_json_string(o, e->fields.at[i].text);
        mk_u8(o, ']');
    }
    mk_str(o, APD_LIT("]}\n"));
    fwrite(o->ptr, 1, o->len, stdout);
    o->len = 0;
}

static int run_scenario(apd_arena *a, const char *what, const char *path, const char *out)
{
    mk_scenario s;
    mk_out line = {0};
    load(&s, a, path);
    if (strcmp(what, "records") == 0) {
        mk_each_record(&s, print_record, &line);
    } else if (strcmp(what, "expect") == 0) {
        char start[APD_TIME_TEXT];
        printf("start=%s\n", apd_time_format(s.start, 0, true, start));
        for (size_t i = 0; i < s.expect.n; i++)
            printf("%.*s=%.*s\n", APD_FMT(s.expect.at[i].key), APD_FMT(s.expect.at[i].value));
    } else if (out && (strcmp(what, "write") == 0 || strcmp(what, "folder") == 0)) {
        mk_bundle_save(&s, out, *what == 'f');
    } else {
        fputs(usage, stderr);
        return 2;
    }
    mk_free(&line);
    return 0;
}

static int run_pack(apd_arena *a, char **argv, int argc)
{
    static const char *const squeezes[] = {"stored", "deflate", "mszip", "lzx"};
    mk_bundle how = {.pack = strcmp(argv[1], "cab") == 0 ? MK_CAB : MK_ZIP, .window = 21};
    size_t i = 0;
    while (i < 4 && strcmp(argv[2], squeezes[i]) != 0)
        i++;
    how.squeeze = (mk_squeeze)i;
    if (how.pack == MK_CAB ? i == 4 || how.squeeze == MK_DEFLATE : i > MK_DEFLATE) {
        fputs(usage, stderr);
        return 2;
    }
    mk_pack_files(a, &how, argv[3], argv + 4, argc - 4);
    return 0;
}

int main(int argc, char **argv)
{
    apd_arena *a = apd_arena_new(0);
    int rc = 2;
    if (!a)
        mk_die("out of memory");
    if (argc >= 5 && (strcmp(argv[1], "cab") == 0 || strcmp(argv[1], "zip") == 0))
        rc = run_pack(a, argv, argc);
    else if (argc == 3 || argc == 4)
        rc = run_scenario(a, argv[1], argv[2], argc == 4 ? argv[3] : NULL);
    else
        fputs(usage, stderr);
    apd_arena_free(a);
    return rc;
}
