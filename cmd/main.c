/* apdiag: the table of commands. Without a command, the arguments are bundles to diagnose. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "bundle.h"

typedef struct command {
    const char *name, *about;
    int (*run)(int argc, char **argv);
    void (*help)(void);
} command;

static const command commands[] = {
    {"diagnose", "name the cause of a failed deployment (the default)", apd_cmd_diagnose,
     apd_cmd_diagnose_help},
    {"timeline", "attempts, phases, milestones and gaps in order of time", apd_cmd_timeline,
     apd_cmd_timeline_help},
    {"apps", "what became of each app, script and policy, and why nothing happened", apd_cmd_apps,
     apd_cmd_apps_help},
    {"device", "what the device is and how it was set up, with contradictions", apd_cmd_device,
     apd_cmd_device_help},
    {"coverage", "what a bundle holds of what it could hold, and what that limits",
     apd_cmd_coverage, apd_cmd_coverage_help},
    {"members", "list the files of a bundle with kind, size, records and problems", apd_cmd_members,
     apd_cmd_members_help},
    {"events", "print the records of logs and bundles, all or selected ones", apd_cmd_events,
     apd_cmd_events_help},
    {"formats", "list what can be read, and the limits", apd_cmd_formats, apd_cmd_formats_help},
    {"rules", "check, test or list the rules", apd_cmd_rules, apd_cmd_rules_help},
};

static const command *find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int help(const char *topic)
{
    const command *c = topic ? find(topic) : NULL;
    if (c) {
        c->help();
        return APD_EXIT_CLEAN;
    }
    puts("apdiag diagnoses failed Windows Autopilot and Intune deployments from their diagnostic "
         "bundle.\n\n"
         "  apdiag [diagnose] [OPTIONS] BUNDLE...   a CAB, ZIP, folder or log; - reads standard "
         "input");
    for (size_t i = 1; i < sizeof commands / sizeof *commands; i++)
        printf("  apdiag %-33s%s\n", commands[i].name, commands[i].about);
    puts("\nOptions of diagnose:");
    apd_cmd_diagnose_help();
    puts("\nExit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage or rule file,\n"
         "3 a bundle could not be read. `apdiag help COMMAND` tells more.");
    return APD_EXIT_CLEAN;
}

static int version(void)
{
    printf("apdiag %s (%s)\n", APD_VERSION, apd_io_version());
    if (*apd_io_warning())
        printf("note: %s\n", apd_io_warning());
    return APD_EXIT_CLEAN;
}

int main(int argc, char **argv)
{
    /* Archives give no names outside ASCII without this. */
    if (!apd_io_init())
        fputs("apdiag: no UTF-8 locale on this machine; names in archives may not read well\n",
              stderr);
    if (argc < 2) {
        fputs("apdiag: no bundle given; try `apdiag diag.cab` or `apdiag --help`\n", stderr);
        return APD_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    if (strcmp(argv[1], "--version") == 0)
        return version();
    const command *c = find(argv[1]);
    if (c && argc > 2 && strcmp(argv[2], "--help") == 0)
        return help(c->name);
    return c ? c->run(argc - 2, argv + 2) : apd_cmd_diagnose(argc - 1, argv + 1);
}
