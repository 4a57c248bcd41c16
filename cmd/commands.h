/* The commands: each gets its own arguments and returns an exit code. */
#ifndef APD_COMMANDS_H
#define APD_COMMANDS_H

/* 0 nothing at or above --fail-on, 1 findings, 2 wrong usage or rule file, 3 input unreadable. */
enum { APD_EXIT_CLEAN, APD_EXIT_FINDINGS, APD_EXIT_USAGE, APD_EXIT_UNREADABLE };

int apd_cmd_diagnose(int argc, char **argv);
void apd_cmd_diagnose_help(void);
int apd_cmd_coverage(int argc, char **argv);
void apd_cmd_coverage_help(void);
int apd_cmd_timeline(int argc, char **argv);
void apd_cmd_timeline_help(void);
int apd_cmd_apps(int argc, char **argv);
void apd_cmd_apps_help(void);
int apd_cmd_device(int argc, char **argv);
void apd_cmd_device_help(void);
int apd_cmd_members(int argc, char **argv);
void apd_cmd_members_help(void);
int apd_cmd_formats(int argc, char **argv);
void apd_cmd_formats_help(void);
int apd_cmd_events(int argc, char **argv);
void apd_cmd_events_help(void);
int apd_cmd_rules(int argc, char **argv);
void apd_cmd_rules_help(void);

#endif
