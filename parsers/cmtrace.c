/* CMTrace logs: the Intune Management Extension and Configuration Manager.
 *
 *     <![LOG[message]LOG]!><time="HH:mm:ss.fffffff" date="M-d-yyyy" component=".." ... file="">
 *
 * A message may hold anything: line ends, "]LOG]", even whole records quoted by a script. So a
 * record ends where "]LOG]!>" is followed by a list of attributes, and is torn where the opening
 * mark stands at the start of a line before that happened. Both marks hold a '!', which messages
 * seldom do: looking for that byte alone is what makes this fast.
 *
 * What is not inside a record is delivered line by line. A line that ends in attributes is the tail
 * of a record whose front went into the file rotated before, and has their time. */
#include "parsers.h"

#include <stdlib.h>

#include "limits.h"
#include "textin.h"

#define OPEN "<![LOG["
#define BOM "\xef\xbb\xbf"
enum {
    OPEN_LEN = sizeof OPEN - 1,
    BOM_LEN = sizeof BOM - 1,
    OPEN_BANG = 1, /* bytes of the opening mark before its '!' */
    CLOSE_BANG = 5,
    LOOK_BACK = 8 /* bytes before a '!' that decide what it is: line end, byte order mark, '<' */
};
enum { BID_FRONT = 95, BID_LINE = 85, BID_NAME = 40 };
enum { FIRST_SPAN = 4096 };
/* Minutes. Zones reach from -14 h to +12 h; more is a fault of the writer. */
enum { MAX_BIAS = 15 * 60 };

/* In the order that writers use. */
enum { TIME, DATE, COMPONENT, CONTEXT, TYPE, THREAD, FILE_NAME, NATTRS };
static const apd_str attr_names[NATTRS] = {
    {"time", 4}, {"date", 4},   {"component", 9}, {"context", 7},
    {"type", 4}, {"thread", 6}, {"file", 4},
};

typedef struct attrs {
    apd_str value[NATTRS];
} attrs;

struct apd_reader {
    apd_textin text;
    apd_input in;
    apd_mark batch;
    apd_sym log, names[NATTRS];
    uint64_t record;    /* delivered so far */
    uint64_t passed;    /* bytes left out of the record delivered last */
    apd_where too_long; /* and where it is */

    /* Neighbours mostly share date and component. */
    char date[16];
    size_t date_len;
    apd_time midnight;
    apd_str component; /* its text in the table of names */
    apd_sym provider;
    uint32_t new_names; /* that it may still add */

    apd_field fields[NATTRS];
};

/* What stands at the front of the window, as offsets from there. */
typedef struct piece {
    size_t text, text_end; /* the message */
    size_t end;            /* of the whole; 0 while it is not in the window */
    bool has_attrs;
    attrs a;
} piece;

/* --- attributes --- */

static int attr_index(apd_str name, int expected)
{
    for (int k = 0; k < NATTRS; k++) {
        int i = (expected + k) % NATTRS;
        if (apd_eq(name, attr_names[i]))
            return i;
    }
    return -1;
}

/* One name="value" at *i. 1: read, 0: it is something else, -1: s ends inside. */
static int read_attr(apd_str s, size_t *i, attrs *a, int *expected)
{
    size_t name = *i, p = name;
    while (p < s.len && apd_lower(s.ptr[p]) >= 'a' && apd_lower(s.ptr[p]) <= 'z')
        p++;
    if (s.len - p < 2)
        return -1;
    if (p == name || s.ptr[p] != '=' || s.ptr[p + 1] != '"')
        return 0;
    size_t value = p + 2;
    const char *q = memchr(s.ptr + value, '"', s.len - value);
    if (!q)
        return -1;
    int k = attr_index(apd_str_from(s.ptr + name, p - name), *expected);
    if (k >= 0) {
        a->value[k] = apd_str_from(s.ptr + value, (size_t)(q - s.ptr) - value);
        *expected = k + 1;
    }
    *i = (size_t)(q - s.ptr) + 1;
    return 1;
}

/* Reads `time=".." date=".." ...>` at the front of s. Returns its length, 0 if it is something
 * else, SIZE_MAX if s ends inside. A list never spans lines, and has a name that is known. Where
 * the file ends inside, what is whole of the list counts. */
static size_t read_attrs(apd_str s, bool final, attrs *a)
{
    size_t limit = s.len < APD_MAX_ATTRIBUTES ? s.len : APD_MAX_ATTRIBUTES;
    const char *nl = memchr(s.ptr, '\n', limit);
    bool whole = nl || limit == APD_MAX_ATTRIBUTES;
    int expected = 0, got = 1;
    s.len = nl ? (size_t)(nl - s.ptr) : limit;
    *a = (attrs){0};
    for (size_t i = 0; got > 0;) {
        while (i < s.len && s.ptr[i] == ' ')
            i++;
        if (i < s.len && s.ptr[i] == '>')
            return expected ? i + 1 : 0;
        got = read_attr(s, &i, a, &expected);
    }
    if (got == 0 || whole)
        return 0;
    return !final ? SIZE_MAX : expected ? s.len : 0;
}

/* --- marks --- */

typedef enum mark { MARK_NONE, MARK_OPEN, MARK_CLOSE, MARK_UNSURE } mark;

/* Writers that append to the file may put another byte order mark in front of their record. */
static bool at_line_start(apd_str s, size_t i)
{
    if (i >= BOM_LEN && memcmp(s.ptr + i - BOM_LEN, BOM, BOM_LEN) == 0)
        i -= BOM_LEN;
    return i > 0 && s.ptr[i - 1] == '\n';
}

/* `is` if s begins with the text, MARK_UNSURE if it ends before that can be told. */
static mark if_begins(apd_str s, apd_str text, bool final, mark is)
{
    size_t n = s.len < text.len ? s.len : text.len;
    if (memcmp(s.ptr, text.ptr, n) != 0)
        return MARK_NONE;
    return n == text.len ? is : final ? MARK_NONE : MARK_UNSURE;
}

/* Is the '!' at `bang` part of a mark? *len: bytes of a closing mark with its attributes. */
static mark judge(apd_str s, size_t bang, bool final, bool inside, size_t *len, attrs *a)
{
    apd_str behind = {s.ptr + bang, s.len - bang};
    if (bang >= OPEN_BANG && s.ptr[bang - 1] == '<') {
        if (inside && !at_line_start(s, bang - OPEN_BANG))
            return MARK_NONE;
        return if_begins(behind, APD_LIT("![LOG["), final, MARK_OPEN);
    }
    if (bang < CLOSE_BANG || memcmp(s.ptr + bang - CLOSE_BANG, "]LOG]", CLOSE_BANG) != 0)
        return MARK_NONE;
    mark m = if_begins(behind, APD_LIT("!><"), final, MARK_CLOSE);
    if (m != MARK_CLOSE)
        return m;
    size_t n = read_attrs(apd_sub(behind, 3, behind.len), final, a);
    if (n == 0 || n == SIZE_MAX)
        return n ? MARK_UNSURE : MARK_NONE;
    *len = CLOSE_BANG + 3 + n;
    return MARK_CLOSE;
}

/* Looks for the first mark whose '!' is at or behind *from. Found: *at is its first byte. Not
 * found: *from is where to go on once more text is there. */
static mark find_mark(apd_str s, size_t *from, bool final, bool inside, size_t *at, size_t *len,
                      attrs *a)
{
    while (*from < s.len) {
        const char *p = memchr(s.ptr + *from, '!', s.len - *from);
        size_t bang = p ? (size_t)(p - s.ptr) : s.len;
        *from = bang;
        if (!p)
            break;
        mark m = judge(s, bang, final, inside, len, a);
        if (m != MARK_NONE) {
            *at = bang - (m == MARK_OPEN ? OPEN_BANG : CLOSE_BANG);
            return m;
        }
        *from = bang + 1;
    }
    return MARK_NONE;
}

/* --- pieces --- */

/* Finds the end of the piece at the front within `span` bytes, going on at *from. */
static void look(const apd_textin *t, bool inside, size_t span, size_t *from, piece *p)
{
    apd_str s = {t->at, t->left < span ? t->left : span};
    bool final = t->ended && s.len == t->left;
    const char *nl = inside ? NULL : memchr(s.ptr, '\n', s.len);
    if (nl) { /* outside of records no more than a line belongs together */
        s.len = (size_t)(nl - s.ptr);
        final = true;
    }
    size_t at = 0, len = 0;
    mark m = find_mark(s, from, final, inside, &at, &len, &p->a);
    bool found = m == MARK_OPEN || m == MARK_CLOSE;
    p->has_attrs = m == MARK_CLOSE;
    p->text_end = found ? at : s.len;
    p->end = found ? at + len : final ? s.len : 0;
}

/* The end of a piece of which the window holds more than is shown: copies the front to *text and
 * passes over the rest of the message. The window is left with the end of the piece. */
static apd_status pass_over(apd_reader *r, bool inside, size_t from, piece *p, apd_str *text,
                            apd_error *err)
{
    apd_textin *t = &r->text;
    apd_str front = apd_text_prefix(apd_str_from(t->at, t->left), APD_MAX_RECORD);
    uint64_t shown = t->offset + apd_textin_size(t, front.len);
    apd_arena_rewind(r->in.batch, r->batch);
    *text = apd_strdup_a(r->in.batch, apd_sub(front, p->text, front.len));
    if (!text->ptr)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    while (!p->end) {
        apd_textin_take(t, from - LOOK_BACK);
        from = LOOK_BACK;
        apd_status st = apd_textin_more(t, err);
        if (st > APD_SKIPPED)
            return st;
        look(t, inside, SIZE_MAX, &from, p);
    }
    r->passed = t->offset + apd_textin_size(t, p->text_end) - shown;
    return APD_OK;
}

/* Finds the whole of the piece at the front. */
static apd_status find_piece(apd_reader *r, piece *p, apd_str *text, apd_error *err)
{
    apd_textin *t = &r->text;
    bool inside = t->left >= OPEN_LEN && memcmp(t->at, OPEN, OPEN_LEN) == 0;
    size_t from = p->text = inside ? OPEN_LEN : 0;
    /* Short lines must not cost a search of the whole window each. */
    size_t span = inside ? SIZE_MAX : FIRST_SPAN;
    for (;;) {
        look(t, inside, span, &from, p);
        /* Behind the limit nothing that comes can end it before. */
        if (p->end || from > APD_MAX_RECORD + LOOK_BACK)
            break;
        if (span < t->left) {
            span *= 2;
            continue;
        }
        apd_status st = apd_textin_more(t, err);
        if (st > APD_SKIPPED)
            return st;
    }
    if (!p->end || p->text_end > APD_MAX_RECORD)
        return pass_over(r, inside, from, p, text, err);
    *text = apd_str_from(t->at + p->text, p->text_end - p->text);
    return APD_OK;
}

/* Takes what separates pieces off the front. */
static apd_status to_front(apd_textin *t, apd_error *err)
{
    for (;;) {
        apd_status st = apd_textin_skip_blank(t, err);
        if (st != APD_OK)
            return st;
        while (t->left < OPEN_LEN && !t->ended)
            APD_TRY(apd_textin_more(t, err));
        if (t->left < BOM_LEN || memcmp(t->at, BOM, BOM_LEN) != 0)
            return APD_OK;
        apd_textin_take(t, BOM_LEN);
    }
}

/* --- events --- */

/* Digits at *i; false if there are fewer than least or more than most. */
static bool digits(apd_str s, size_t *i, size_t least, size_t most, int *out)
{
    size_t n = 0;
    int v = 0;
    for (; *i < s.len && apd_is_digit(s.ptr[*i]); ++*i) {
        if (++n > most)
            return false;
        v = v * 10 + (s.ptr[*i] - '0');
    }
    *out = v;
    return n >= least;
}

static bool literal(apd_str s, size_t *i, char c)
{
    if (*i == s.len || s.ptr[*i] != c)
        return false;
    ++*i;
    return true;
}

/* ".1234567"; digits behind the seventh are below our resolution. */
static int64_t fraction(apd_str s, size_t *i)
{
    int64_t v = 0, unit = APD_TICKS_SECOND;
    for (; *i < s.len && apd_is_digit(s.ptr[*i]); ++*i)
        if (unit > 1)
            v += (s.ptr[*i] - '0') * (unit /= 10);
    return v;
}

/* "+480", "-60" and, from writers that print the sign twice, "+-420": minutes to add for UTC. */
static bool read_bias(apd_str s, size_t *i, int *bias)
{
    bool minus = s.ptr[*i] == '-';
    if (!literal(s, i, '+') && !literal(s, i, '-'))
        return false;
    minus |= literal(s, i, '-');
    if (!digits(s, i, 1, 5, bias))
        return false;
    *bias = minus ? -*bias : *bias;
    return true;
}

/* Time of day in ticks. */
static bool read_time(apd_str s, int64_t *ticks, int *bias, apd_clock *clock)
{
    int h, m, sec;
    size_t i = 0;
    if (!digits(s, &i, 1, 2, &h) || !literal(s, &i, ':') || !digits(s, &i, 1, 2, &m) ||
        !literal(s, &i, ':') || !digits(s, &i, 1, 2, &sec) || h > 23 || m > 59 || sec > 60)
        return false;
    *ticks = h * APD_TICKS_HOUR + m * APD_TICKS_MINUTE + sec * APD_TICKS_SECOND;
    if (literal(s, &i, '.'))
        *ticks += fraction(s, &i);
    *clock = APD_CLOCK_LOCAL;
    if (i == s.len)
        return true;
    if (!read_bias(s, &i, bias) || i != s.len)
        return false;
    if (*bias >= -MAX_BIAS && *bias <= MAX_BIAS)
        *clock = APD_CLOCK_OFFSET;
    return true;
}

/* "M-d-yyyy", padded or not. */
static bool read_date(apd_reader *r, apd_str s)
{
    int month, day, year;
    size_t i = 0;
    if (s.len && s.len == r->date_len && memcmp(s.ptr, r->date, s.len) == 0)
        return true;
    r->date_len = 0;
    if (s.len > sizeof r->date || !digits(s, &i, 1, 2, &month) || !literal(s, &i, '-') ||
        !digits(s, &i, 1, 2, &day) || !literal(s, &i, '-') || !digits(s, &i, 4, 4, &year) ||
        i != s.len || !apd_time_from_civil(year, month, day, 0, 0, 0, 0, &r->midnight))
        return false;
    memcpy(r->date, s.ptr, s.len);
    r->date_len = s.len;
    return true;
}

static void set_time(apd_reader *r, const attrs *a, apd_event *ev)
{
    int64_t ticks = 0;
    int bias = 0;
    if (!read_date(r, a->value[DATE]))
        return;
    if (!read_time(a->value[TIME], &ticks, &bias, &ev->clock)) {
        ev->time = r->midnight;
        ev->clock = APD_CLOCK_DATE;
        return;
    }
    ev->time = r->midnight + ticks;
    if (ev->clock == APD_CLOCK_OFFSET)
        ev->time += bias * APD_TICKS_MINUTE;
}

/* Components are names only while they are few: the table is shared by the whole run. */
static apd_sym provider(apd_reader *r, apd_str component)
{
    if (apd_eq(component, r->component))
        return r->provider;
    r->provider = apd_intern_some(r->in.names, component, &r->new_names);
    r->component = apd_sym_text(r->in.names, r->provider);
    return r->provider;
}

static uint8_t level(apd_str type)
{
    enum { ERROR = 2, WARNING = 3, INFORMATION = 4 };
    char c = type.len == 1 ? type.ptr[0] : '1';
    return c == '3' ? ERROR : c == '2' ? WARNING : INFORMATION;
}

static void set_attrs(apd_reader *r, const attrs *a, apd_event *ev)
{
    static const uint8_t shown[] = {COMPONENT, THREAD, TYPE, CONTEXT, FILE_NAME};
    set_time(r, a, ev);
    ev->provider = provider(r, a->value[COMPONENT]);
    ev->level = level(a->value[TYPE]);
    ev->fields = r->fields;
    for (size_t i = 0; i < sizeof shown; i++) {
        apd_str v = a->value[shown[i]];
        if (v.len)
            r->fields[ev->nfields++] =
                (apd_field){r->names[shown[i]], APD_T_UTF8, {.raw = apd_str_bytes(v)}};
    }
}

static apd_status say_too_long(apd_reader *r, apd_error *err)
{
    uint64_t passed = r->passed;
    r->passed = 0;
    return apd_fail(err, APD_SKIPPED, r->too_long,
                    "record %llu is longer than %u KiB; %llu bytes of its message were passed over",
                    (unsigned long long)r->too_long.record, APD_MAX_RECORD >> 10,
                    (unsigned long long)passed);
}

/* The line end of a piece without attributes is not part of its text. */
static apd_str trim_end(apd_str s)
{
    if (apd_ends(s, APD_LIT(BOM)))
        s.len -= BOM_LEN;
    while (s.len && apd_is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

static apd_status cmtrace_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_textin *t = &r->text;
    if (r->passed)
        return say_too_long(r, err);
    for (;;) {
        piece p = {0};
        apd_str text = {0};
        apd_status st = to_front(t, err);
        if (st != APD_OK)
            return st;
        apd_where where = {r->in.member, 0, r->record + 1, t->offset};
        st = find_piece(r, &p, &text, err);
        if (st != APD_OK)
            return st;
        if (!p.has_attrs)
            text = trim_end(text);
        *ev = (apd_event){.time = APD_TIME_NONE,
                          .clock = APD_CLOCK_NONE,
                          .kind = APD_EVENT,
                          .level = 4,
                          .log = r->log,
                          .message = text};
        if (p.has_attrs)
            set_attrs(r, &p.a, ev);
        apd_textin_take(t, p.end);
        if (text.len == 0 && !p.has_attrs)
            continue;
        uint64_t size = t->offset - where.offset;
        where.len = size < UINT32_MAX ? (uint32_t)size : 0;
        ev->where = r->too_long = where;
        r->record++;
        return APD_OK;
    }
}

/* --- opening --- */

/* The logs of the Intune Management Extension: one that begins in the middle of a long message
 * shows no mark in its head. */
static bool is_ime_name(apd_str path)
{
    static const char *const names[] = {
        "IntuneManagementExtension",
        "AppWorkload",
        "AppActionProcessor",
        "AgentExecutor",
        "HealthScripts",
        "ClientHealth",
        "ClientCertCheck",
        "Win32AppInventory",
        "DeviceHealthMonitoring",
        "Sensor",
        "ImeUI",
    };
    apd_str name = apd_log_name(path);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (apd_ieq(name, apd_str_of(names[i])))
            return true;
    return false;
}

static int cmtrace_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str s;
    bool is_text = apd_text_head(head, buf, &s);
    if (apd_starts(apd_trim(s), APD_LIT(OPEN)))
        return BID_FRONT;
    if (apd_find(s, APD_LIT("\n" OPEN)) != SIZE_MAX ||
        apd_find(s, APD_LIT("]LOG]!><time=\"")) != SIZE_MAX)
        return BID_LINE;
    return is_text && is_ime_name(path) ? BID_NAME : 0;
}

static void cmtrace_close(apd_reader *r)
{
    if (!r)
        return;
    apd_textin_close(&r->text);
    free(r);
}

static apd_status cmtrace_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    apd_status st = apd_textin_open(&r->text, in->stream, err);
    if (st > APD_SKIPPED) {
        cmtrace_close(r);
        return st;
    }
    r->in = *in;
    r->batch = apd_arena_mark(in->batch);
    r->new_names = APD_MAX_COMPONENTS;
    r->log = apd_intern_add(in->names, apd_log_name(in->path));
    for (size_t i = 0; i < NATTRS; i++)
        r->names[i] = apd_intern_add(in->names, attr_names[i]);
    *out = r;
    return APD_OK;
}

const apd_parser apd_parser_cmtrace = {
    .name = "cmtrace",
    .about = "CMTrace logs of the Intune Management Extension and Configuration Manager",
    .bid = cmtrace_bid,
    .open = cmtrace_open,
    .next = cmtrace_next,
    .close = cmtrace_close,
};
