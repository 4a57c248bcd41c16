#include "options.h"

#include <ctype.h>
#include <string.h>

#include "term.h"

static const apd_option *lookup(const apd_option *table, const char *arg, size_t n)
{
    for (; table->name; table++)
        if (strlen(table->name) == n && strncmp(table->name, arg, n) == 0)
            return table;
    return NULL;
}

/* Is value one of the words of "a|b|c"? A table entry in capitals takes anything. */
static bool allowed(const char *words, const char *value)
{
    size_t n = strlen(value);
    if (isupper((unsigned char)words[0]))
        return n > 0;
    for (const char *w = words; w; w = strchr(w, '|') ? strchr(w, '|') + 1 : NULL)
        if (strncmp(w, value, n) == 0 && (w[n] == '|' || w[n] == '\0'))
            return n > 0;
    return false;
}

static bool store(const char *command, const apd_option *o, const char *value)
{
    if (o->flag)
        *o->flag = true;
    if (!o->value)
        return true;
    if (!allowed(o->value, value)) {
        apd_complain("%s: %s wants %s, not \"%s\"", command, o->name, o->value, value);
        return false;
    }
    if (o->text)
        *o->text = value;
    if (o->each)
        o->each(o->ctx, value);
    return true;
}

int apd_options_parse(const char *command, const apd_option *table, int argc, char **argv)
{
    int operands = 0;
    bool options = true;
    for (int i = 0; i < argc; i++) {
        char *arg = argv[i];
        if (!options || arg[0] != '-' || arg[1] == '\0') {
            argv[operands++] = arg;
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            options = false;
            continue;
        }
        const char *equals = strchr(arg, '=');
        const apd_option *o = lookup(table, arg, equals ? (size_t)(equals - arg) : strlen(arg));
        if (!o || (equals && !o->value)) {
            apd_complain("%s: unknown option %s; see apdiag --help", command, arg);
            return -1;
        }
        const char *value = equals ? equals + 1 : NULL;
        if (o->value && !value && ++i < argc)
            value = argv[i];
        if (o->value && !value) {
            apd_complain("%s: %s wants %s", command, o->name, o->value);
            return -1;
        }
        if (!store(command, o, value))
            return -1;
    }
    return operands;
}

void apd_options_help(FILE *to, const apd_option *table)
{
    for (; table->name; table++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", table->name, table->value ? " " : "",
                 table->value ? table->value : "");
        fprintf(to, "  %-34s %s\n", left, table->help);
    }
}

bool apd_options_time(const char *command, const char *option, const char *text, bool end,
                      apd_time *out)
{
    apd_clock clock;
    if (!text)
        return true;
    if (!apd_time_parse_iso(apd_str_of(text), out, &clock)) {
        fprintf(stderr,
                "apdiag %s: %s wants a time such as 2025-11-22 or 2025-11-22T10:00:00Z, not "
                "\"%s\"\n",
                command, option, text);
        return false;
    }
    if (end && clock == APD_CLOCK_DATE)
        *out += APD_TICKS_DAY;
    return true;
}
