/* The compiler and the matcher of line descriptors. A line that begins no record mostly fails at its
 * first byte, so that continuation lines cost next to nothing. */
#include "dialect.h"

#include <string.h>

#include "lines.h"

enum op {
    OP_YEAR,
    OP_MONTH,
    OP_DAY,
    OP_HOUR,
    OP_MINUTE,
    OP_SECOND,
    OP_FRACTION,
    OP_ZONE,
    OP_LEVEL,
    OP_COLUMN,
    OP_FIELD,
    OP_BLANKS,
    OP_CHAR
};
enum { NUMBERS = OP_SECOND + 1, NO_FIELD = APD_DIALECT_FIELDS, KNOWN = '!' };
enum { LEVEL_INFORMATION = 4 };
/* Minutes. Zones reach from -12 h to +14 h; more is no zone. */
enum { MAX_ZONE = 15 * 60 };

/* --- compiling --- */

static bool add(apd_format *f, apd_step s)
{
    if (f->nsteps == APD_DIALECT_STEPS)
        return false;
    f->step[f->nsteps++] = s;
    return true;
}

/* "{Name:P}" behind the '%'. What follows ends the field. */
static bool add_field(apd_format *f, apd_str *s)
{
    apd_str in = apd_sub(*s, 1, s->len);
    apd_str text = apd_cut(&in, '}');
    uint8_t role = 0;
    if (in.len == 0 || text.len < 1 || f->nfields == APD_DIALECT_FIELDS)
        return false;
    if (text.len > 2 && text.ptr[text.len - 2] == ':') {
        role = (uint8_t)text.ptr[text.len - 1];
        text.len -= 2;
    }
    *s = in;
    f->name[f->nfields] = text;
    f->role[f->nfields] = role;
    return add(f, (apd_step){OP_FIELD, (uint8_t)f->nfields++, role, in.ptr[0]});
}

static bool add_directive(apd_format *f, apd_str *s)
{
    static const char numbers[] = "YmdHMS";
    int width = 0;
    uint8_t role = 0;
    if (s->len && s->ptr[0] == '{')
        return add_field(f, s);
    if (apd_take(s, APD_LIT("!")))
        role = KNOWN;
    if (!apd_take_digits(s, 0, 2, &width) || s->len == 0)
        return false;
    char c = s->ptr[0];
    *s = apd_sub(*s, 1, s->len);
    const char *number = strchr(numbers, c);
    if (number)
        return add(f, (apd_step){(uint8_t)(OP_YEAR + (number - numbers)), 0, 0, 0});
    switch (c) {
    case 'f':
        return add(f, (apd_step){OP_FRACTION, 0, 0, 0});
    case 'z':
        return add(f, (apd_step){OP_ZONE, 0, 0, 0});
    case 'L':
        return add(f, (apd_step){OP_LEVEL, (uint8_t)width, role, 0});
    case 'P':
        if (width)
            return add(f, (apd_step){OP_COLUMN, (uint8_t)width, 0, 0});
        return s->len && add(f, (apd_step){OP_FIELD, NO_FIELD, 'P', s->ptr[0]});
    default:
        return false;
    }
}

bool apd_format_compile(const char *text, apd_format *out)
{
    apd_str s = apd_str_of(text);
    *out = (apd_format){0};
    while (s.len) {
        char c = s.ptr[0];
        s = apd_sub(s, 1, s.len);
        bool ok = c == '%'   ? add_directive(out, &s)
                  : c == ' ' ? add(out, (apd_step){OP_BLANKS, 0, 0, 0})
                             : add(out, (apd_step){OP_CHAR, 0, 0, c});
        if (!ok)
            return false;
    }
    return out->nsteps > 0;
}

/* --- levels --- */

uint8_t apd_level_of(apd_str word)
{
    static const struct {
        const char *word;
        uint8_t level;
    } levels[] = {
        {"info", 4},
        {"information", 4},
        {"error", 2},
        {"warning", 3},
        {"warn", 3},
        {"success", 4},
        {"medium", 4},
        {"monitorable", 3},
        {"failure", 2},
        {"failed", 2},
        {"verbose", 5},
        {"debug", 5},
        {"trace", 5},
        {"fatal", 1},
        {"critical", 1},
        {"unexpected", 2},
        {"high", 3},
        {"verboseex", 5},
        {"assert", 2},
        {"exception", 2},
        {"perf", 5},
        {"err", 2},
        {"informational", 4},
        {"i", 4},
        {"w", 3},
        {"e", 2},
        {"v", 5},
        {"c", 1},
    };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (apd_ieq(word, apd_str_of(levels[i].word)))
            return levels[i].level;
    return 0;
}

/* --- matching --- */

typedef struct match {
    apd_str line;
    size_t at;
    int number[NUMBERS];
    int64_t fraction, zone;
    bool column; /* the level filled its columns */
    apd_line_head *out;
} match;

static apd_str rest(const match *m)
{
    return (apd_str){m->line.ptr + m->at, m->line.len - m->at};
}

static void move_to(match *m, apd_str left)
{
    m->at = m->line.len - left.len;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_letter(char c)
{
    return apd_lower(c) >= 'a' && apd_lower(c) <= 'z';
}

static bool number(match *m, uint8_t op)
{
    apd_str s = rest(m);
    if (!apd_take_digits(&s, op == OP_YEAR ? 4 : 1, op == OP_YEAR ? 4 : 2, &m->number[op]))
        return false;
    move_to(m, s);
    return true;
}

/* "Z", "+01:00", "-0700", or nothing at all. */
static bool zone(match *m)
{
    apd_str s = rest(m);
    int h, min;
    m->out->clock = APD_CLOCK_LOCAL;
    if (apd_take(&s, APD_LIT("Z"))) {
        m->out->clock = APD_CLOCK_UTC;
    } else if (s.len && (s.ptr[0] == '+' || s.ptr[0] == '-')) {
        bool west = s.ptr[0] == '-';
        s = apd_sub(s, 1, s.len);
        if (!apd_take_digits(&s, 2, 2, &h))
            return false;
        (void)apd_take(&s, APD_LIT(":"));
        if (!apd_take_digits(&s, 2, 2, &min) || h * 60 + min > MAX_ZONE)
            return false;
        m->zone = (west ? -1 : 1) * (h * APD_TICKS_HOUR + min * APD_TICKS_MINUTE);
        m->out->clock = APD_CLOCK_OFFSET;
    }
    move_to(m, s);
    return true;
}

/* A word, then up to `width` columns whatever a fixed layout has there: blanks and a code in
 * brackets, as in "Info       [0x0601d1] ". */
static bool level(match *m, const apd_step *step)
{
    size_t start = m->at, end = start;
    while (end < m->line.len && is_letter(m->line.ptr[end]))
        end++;
    uint8_t known = apd_level_of(apd_str_from(m->line.ptr + start, end - start));
    if (end == start || (step->role == KNOWN && !known))
        return false;
    m->out->level = known ? known : LEVEL_INFORMATION;
    bool code = false;
    while (end < m->line.len && end < start + step->width) {
        char c = m->line.ptr[end];
        code = (code || c == '[') && c != ']';
        if (!code && c != ']' && !is_blank(c))
            break;
        end++;
    }
    m->column = end == start + step->width;
    m->at = end;
    return true;
}

/* The component in its column; a line without one has blanks there. */
static bool column(match *m, uint8_t width)
{
    size_t end = m->at;
    if (!m->column)
        return true;
    while (end < m->line.len && !is_blank(m->line.ptr[end]))
        end++;
    if (end - m->at < width && end < m->line.len) {
        m->out->provider = (apd_span){(uint32_t)m->at, (uint32_t)(end - m->at)};
        m->at = end;
    }
    return true;
}

static size_t find_end(apd_str s, char until)
{
    if (until == ' ') {
        size_t i = 0;
        while (i < s.len && !is_blank(s.ptr[i]))
            i++;
        return i;
    }
    const char *p = s.len ? memchr(s.ptr, until, s.len) : NULL;
    return p ? (size_t)(p - s.ptr) : s.len;
}

static bool field(match *m, const apd_step *step)
{
    apd_str s = rest(m);
    size_t n = find_end(s, step->until);
    if (n == s.len) /* the character behind it is missing */
        return false;
    apd_str value = apd_trim(apd_str_from(s.ptr, n));
    apd_span span = {(uint32_t)(value.ptr - m->line.ptr), (uint32_t)value.len};
    if (step->width != NO_FIELD)
        m->out->field[step->width] = span;
    if (step->role == 'P')
        m->out->provider = span;
    if (step->role == 'L') {
        uint8_t known = apd_level_of(value);
        m->out->level = known ? known : LEVEL_INFORMATION;
    }
    m->at += n;
    return true;
}

static bool blanks(match *m)
{
    size_t start = m->at;
    while (m->at < m->line.len && is_blank(m->line.ptr[m->at]))
        m->at++;
    return m->at > start;
}

static bool run(match *m, const apd_step *step)
{
    apd_str s;
    switch (step->op) {
    case OP_FRACTION:
        s = rest(m);
        m->fraction = apd_take_fraction(&s);
        move_to(m, s);
        return true;
    case OP_ZONE:
        return zone(m);
    case OP_LEVEL:
        return level(m, step);
    case OP_COLUMN:
        return column(m, step->width);
    case OP_FIELD:
        return field(m, step);
    case OP_BLANKS:
        return blanks(m);
    case OP_CHAR:
        return m->at < m->line.len && m->line.ptr[m->at] == step->until && ++m->at;
    default:
        return number(m, step->op);
    }
}

bool apd_format_match(const apd_format *f, apd_str line, apd_line_head *out)
{
    match m = {.line = line, .out = out};
    out->format = f;
    out->clock = APD_CLOCK_LOCAL;
    out->level = LEVEL_INFORMATION;
    out->provider = (apd_span){0, 0};
    for (size_t i = 0; i < f->nsteps; i++)
        if (!run(&m, &f->step[i]))
            return false;
    const int *n = m.number;
    if (!apd_time_from_civil(n[OP_YEAR], n[OP_MONTH], n[OP_DAY], n[OP_HOUR], n[OP_MINUTE],
                             n[OP_SECOND], m.fraction, &out->time))
        return false;
    out->time -= m.zone;
    while (m.at < line.len && is_blank(line.ptr[m.at]))
        m.at++;
    out->message = (uint32_t)m.at;
    return true;
}
