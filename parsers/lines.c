/* The window over the text holds the record from its first byte. A record ends where a line is
 * judged to begin the next one; that judgement is kept, so that no line is judged twice. */
#include "lines.h"

#include "limits.h"

#define BOM "\xef\xbb\xbf"

apd_status apd_lines_open(apd_lines *l, apd_stream *file, uint32_t member, apd_line_begins begins,
                          void *ctx, apd_error *err)
{
    *l = (apd_lines){.begins = begins, .ctx = ctx, .member = member};
    return apd_textin_open(&l->text, file, err);
}

void apd_lines_close(apd_lines *l)
{
    apd_textin_close(&l->text);
}

/* Writers that append to a file may put another byte order mark in front of their line. */
static apd_str without_mark(apd_str s)
{
    return apd_starts(s, APD_LIT(BOM)) ? apd_sub(s, sizeof BOM - 1, s.len) : s;
}

/* Does the line at `from` begin a record? Not if nothing is there. */
static apd_status judge(apd_lines *l, size_t from, bool *begins, apd_error *err)
{
    apd_textin *t = &l->text;
    size_t looked = 0;
    for (;;) {
        size_t have = t->left - from < APD_MAX_LINE_HEAD ? t->left - from : APD_MAX_LINE_HEAD;
        const char *nl = memchr(t->at + from + looked, '\n', have - looked);
        if (nl || have == APD_MAX_LINE_HEAD || t->ended) {
            apd_str line = {t->at + from, nl ? (size_t)(nl - t->at) - from : have};
            if (apd_ends(line, APD_LIT("\r")))
                line.len--;
            line = without_mark(line);
            *begins = line.len && l->begins(l->ctx, line);
            return APD_OK;
        }
        looked = have;
        APD_TRY(apd_textin_more(t, err));
    }
}

/* Moves *at behind the end of the line it is in; to the end of the window where the file or the
 * limit ends first. */
static apd_status to_line_end(apd_textin *t, size_t *at, apd_error *err)
{
    for (;;) {
        const char *nl = memchr(t->at + *at, '\n', t->left - *at);
        *at = nl ? (size_t)(nl - t->at) + 1 : t->left;
        if (nl || t->ended || *at > APD_MAX_ENTRY)
            return APD_OK;
        APD_TRY(apd_textin_more(t, err));
    }
}

/* *end: behind the record at the front. It is beyond APD_MAX_ENTRY if the record is. */
static apd_status find_end(apd_lines *l, bool begins, size_t *end, apd_error *err)
{
    *end = 0;
    l->judged = false;
    APD_TRY(to_line_end(&l->text, end, err));
    while (begins && !l->judged && *end <= APD_MAX_ENTRY) {
        APD_TRY(judge(l, *end, &l->judged, err));
        if (l->judged || *end == l->text.left)
            break;
        APD_TRY(to_line_end(&l->text, end, err));
    }
    return APD_OK;
}

/* Passes over what is left of a record that was cut, line by line, and says so. */
static apd_status pass_over(apd_lines *l, apd_error *err)
{
    apd_textin *t = &l->text;
    uint64_t from = t->offset;
    while (!l->judged) {
        const char *nl = memchr(t->at, '\n', t->left);
        size_t n = nl ? (size_t)(nl - t->at) + 1 : t->left;
        while (nl && n < t->left && t->at[n] == '\n') /* empty lines need no judgement */
            n++;
        apd_textin_take(t, n);
        if (nl)
            APD_TRY(judge(l, 0, &l->judged, err));
        if (t->left)
            continue;
        apd_status st = apd_textin_more(t, err);
        if (st > APD_SKIPPED)
            return st;
        if (st == APD_END)
            break;
    }
    l->cut = false;
    return apd_fail(err, APD_SKIPPED, l->cut_from,
                    "record %llu is longer than %u KiB; %llu bytes of it were passed over",
                    (unsigned long long)l->cut_from.record, APD_MAX_ENTRY >> 10,
                    (unsigned long long)(t->offset - from));
}

static apd_str trim_end(apd_str s)
{
    while (s.len && (apd_is_space(s.ptr[s.len - 1]) || s.ptr[s.len - 1] == '\0'))
        s.len--;
    return s;
}

apd_status apd_lines_next(apd_lines *l, apd_entry *out, apd_error *err)
{
    apd_textin *t = &l->text;
    size_t end;
    if (l->cut)
        return pass_over(l, err);
    if (!l->judged) {
        apd_status st = apd_textin_skip_blank(t, err);
        if (st != APD_OK)
            return st;
        APD_TRY(judge(l, 0, &l->judged, err));
    }
    *out = (apd_entry){.begins = l->judged, .where = {l->member, 0, ++l->record, t->offset}};
    APD_TRY(find_end(l, out->begins, &end, err));
    apd_str text = {t->at, end};
    if (end > APD_MAX_ENTRY) {
        text = apd_text_prefix(text, APD_MAX_ENTRY);
        end = text.len;
        l->cut = true;
        l->judged = false;
    }
    out->text = trim_end(without_mark(text));
    apd_textin_take(t, end);
    uint64_t size = t->offset - out->where.offset;
    out->where.len = size < UINT32_MAX ? (uint32_t)size : 0;
    l->cut_from = out->where;
    return APD_OK;
}

bool apd_take(apd_str *s, apd_str text)
{
    if (!apd_starts(*s, text))
        return false;
    *s = apd_sub(*s, text.len, s->len);
    return true;
}

bool apd_take_digits(apd_str *s, size_t least, size_t most, int *out)
{
    size_t n = 0;
    int v = 0;
    for (; n < most && n < s->len && apd_is_digit(s->ptr[n]); n++)
        v = v * 10 + (s->ptr[n] - '0');
    *out = v;
    s->ptr += n;
    s->len -= n;
    return n >= least;
}

int64_t apd_take_fraction(apd_str *s)
{
    int64_t v = 0, unit = APD_TICKS_SECOND;
    if (s->len < 2 || !memchr(".,:", s->ptr[0], 3) || !apd_is_digit(s->ptr[1]))
        return 0;
    size_t n = 1;
    for (; n < s->len && apd_is_digit(s->ptr[n]); n++)
        if (unit > 1)
            v += (s->ptr[n] - '0') * (unit /= 10);
    s->ptr += n;
    s->len -= n;
    return v;
}
