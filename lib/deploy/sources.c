/* The table, and which name belongs to which row. Rows are few (about 70), so every look-up goes through
 * all of them. */
#include "sources.h"

#include "source_names.h"
#include "tsv.h"

struct apd_sources {
    APD_VEC(apd_source) rows;
};

static apd_str column(apd_str *line)
{
    apd_str s = apd_trim(apd_cut(line, '\t'));
    return apd_eq(s, APD_LIT("-")) ? APD_LIT("") : s;
}

static bool read_row(apd_str line, apd_source *r)
{
    apd_str *const columns[] = {&r->name,  &r->logs,   &r->files, &r->channels, &r->items,
                                &r->areas, &r->intune, &r->since, &r->shows};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (line.len == 0)
            return false;
        *columns[i] = column(&line);
    }
    return line.len == 0 && r->name.len && r->shows.len;
}

static bool put_row(apd_arena *a, apd_sources *s, apd_source r)
{
    for (size_t i = 0; i < s->rows.n; i++)
        if (apd_ieq(s->rows.at[i].name, r.name)) {
            s->rows.at[i] = r;
            return true;
        }
    return APD_PUSH(a, s->rows, r);
}

apd_status apd_sources_load(apd_arena *a, const apd_str *files, const apd_str *texts, size_t n,
                            apd_sources **out, apd_error *err)
{
    apd_sources *s = APD_NEW(a, apd_sources);
    if (!s)
        return APD_E_NOMEM;
    apd_tsv t = {.names = files, .texts = texts, .n = n};
    while (apd_tsv_next(&t)) {
        apd_source r;
        if (!read_row(t.row, &r))
            return apd_tsv_fail(&t, err,
                                "expected nine columns with tabs between them, \"-\" for "
                                "nothing; a source needs its name and what it shows");
        if (!put_row(a, s, r))
            return APD_E_NOMEM;
    }
    *out = s;
    return APD_OK;
}

size_t apd_sources_count(const apd_sources *s)
{
    return s ? s->rows.n : 0;
}

const apd_source *apd_sources_at(const apd_sources *s, size_t i)
{
    return &s->rows.at[i];
}

const apd_source *apd_source_of_alias(const apd_sources *s, apd_str alias)
{
    for (size_t i = 0; i < apd_sources_count(s); i++)
        if (apd_source_lists(s->rows.at[i].logs, '|', alias))
            return &s->rows.at[i];
    return NULL;
}

bool apd_source_lists(apd_str list, char separator, apd_str one)
{
    while (list.len)
        if (apd_ieq(apd_trim(apd_cut(&list, separator)), one))
            return true;
    return false;
}

/* --- names of files --- */

static apd_str base_name(apd_str path)
{
    size_t i = path.len;
    while (i > 0 && path.ptr[i - 1] != '/' && path.ptr[i - 1] != '\\' &&
           !apd_ends(apd_sub(path, 0, i), APD_LIT(" ! ")))
        i--;
    return apd_sub(path, i, path.len);
}

static bool glob_any(apd_str globs, apd_str name)
{
    while (globs.len)
        if (apd_glob(apd_cut(&globs, '|'), name, true))
            return true;
    return false;
}

/* "x-operational.evtx", "x%4Operational.evtx", "(62) Events x_Operational Events.evtx": the name of the
 * channel is what is left, but for its signs. */
static apd_str channel_part(apd_str base)
{
    base = apd_sub(base, 0, base.len - 5);
    size_t at = apd_find(base, APD_LIT(") Events "));
    if (base.len && base.ptr[0] == '(' && at != SIZE_MAX)
        base = apd_sub(base, at + 9, base.len);
    if (apd_iends(base, APD_LIT(" Events")))
        base.len -= 7;
    return base;
}

bool apd_source_is_channel(const apd_source *r, apd_str channel)
{
    for (apd_str list = r->channels; list.len;)
        if (apd_squashed_eq(apd_cut(&list, '|'), channel))
            return true;
    return false;
}

bool apd_source_has_log(const apd_source *r, apd_str log)
{
    enum { MOST = 256 };
    char name[MOST];
    if (apd_source_lists(r->channels, '|', log))
        return true;
    if (log.len + 4 > sizeof name || log.len == 0)
        return false;
    memcpy(name, log.ptr, log.len);
    memcpy(name + log.len, ".log", 4);
    return glob_any(r->files, apd_str_from(name, log.len + 4));
}

bool apd_source_has_file(const apd_source *r, apd_str path, apd_str log)
{
    apd_str base = base_name(path);
    if (glob_any(r->files, base))
        return true;
    if (log.len)
        return apd_source_has_log(r, log);
    return r->channels.len && apd_iends(base, APD_LIT(".evtx")) &&
           apd_source_is_channel(r, channel_part(base));
}

const apd_source *apd_source_of_log(const apd_sources *s, apd_str log)
{
    for (size_t i = 0; i < apd_sources_count(s); i++)
        if (apd_source_has_log(&s->rows.at[i], log))
            return &s->rows.at[i];
    return NULL;
}

const apd_source *apd_source_of_file(const apd_sources *s, apd_str path, apd_str log)
{
    for (size_t i = 0; i < apd_sources_count(s); i++)
        if (apd_source_has_file(&s->rows.at[i], path, log))
            return &s->rows.at[i];
    return NULL;
}

/* --- names that collectors change --- */

/* The next letter or digit, as a small letter; 0 at the end. "%4" is how a file name writes '/'. */
static char next_letter(apd_str *s)
{
    while (s->len) {
        char c = apd_lower(s->ptr[0]);
        bool slash = c == '%' && s->len > 1 && s->ptr[1] == '4';
        *s = apd_sub(*s, slash ? 2 : 1, s->len);
        if (!slash && (apd_is_digit(c) || (c >= 'a' && c <= 'z')))
            return c;
    }
    return 0;
}

bool apd_squashed_eq(apd_str a, apd_str b)
{
    char x, y;
    do {
        x = next_letter(&a);
        y = next_letter(&b);
    } while (x && x == y);
    return x == y;
}

static bool squashed_starts(apd_str text, apd_str part)
{
    for (char c; (c = next_letter(&part)) != 0;)
        if (next_letter(&text) != c)
            return false;
    return true;
}

bool apd_squashed_has(apd_str text, apd_str part)
{
    for (;; text = apd_sub(text, 1, text.len)) {
        if (squashed_starts(text, part))
            return true;
        if (text.len == 0)
            return false;
    }
}
