#include "term.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "escape.h"

static unsigned width_of(FILE *out)
{
    const char *columns = getenv("COLUMNS");
    if (columns && atoi(columns) > 0)
        return (unsigned)atoi(columns);
    if (!isatty(fileno(out)))
        return 0;
    struct winsize w;
    if (ioctl(fileno(out), TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
        return w.ws_col;
    return 80;
}

static bool wants_colour(FILE *out, const char *colour)
{
    if (strcmp(colour, "always") == 0)
        return true;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return strcmp(colour, "never") != 0 && isatty(fileno(out)) && !(no && *no) &&
           !(term && strcmp(term, "dumb") == 0);
}

static bool is_utf8(void)
{
    static const char *const vars[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof vars / sizeof *vars; i++) {
        const char *v = getenv(vars[i]);
        if (v && *v)
            return apd_ifind(apd_str_of(v), APD_LIT("utf")) != SIZE_MAX;
    }
    return false;
}

apd_style apd_term_style(FILE *out, const char *colour)
{
    return (apd_style){
        .colour = wants_colour(out, colour), .width = width_of(out), .ascii = !is_utf8()};
}

void apd_print_line(FILE *to, apd_str line)
{
    apd_arena *a = apd_arena_new(0);
    if (!a)
        return;
    apd_str shown = apd_escape_term(a, line, 0);
    fprintf(to, "%.*s\n", APD_FMT(shown));
    apd_arena_free(a);
}

void apd_complain(const char *fmt, ...)
{
    char text[1024] = "apdiag: ";
    size_t n = strlen(text);
    va_list args;
    va_start(args, fmt);
    vsnprintf(text + n, sizeof text - n, fmt, args);
    va_end(args);
    apd_print_line(stderr, apd_str_of(text));
}

void apd_progress(apd_str what, uint64_t bytes)
{
    if (!isatty(STDERR_FILENO))
        return;
    apd_arena *a = apd_arena_new(0);
    if (!a)
        return;
    apd_str name = apd_escape_term(a, what, 60);
    fprintf(stderr, "\r\x1b[K%llu MB  %.*s", (unsigned long long)(bytes >> 20), APD_FMT(name));
    apd_arena_free(a);
}

void apd_progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\x1b[K", stderr);
}
