/* Plain text as lines: one event for each line that holds anything, without a time. It bids lowest,
 * so that a format with a reader of its own always wins; command output, setup logs, HTML, XML and
 * registry exports end up here. */
#include "parsers.h"

#include <stdlib.h>

#include "limits.h"
#include "textin.h"

enum { BID_TEXT = 10, BID_EMPTY = 1, LEVEL_INFORMATION = 4 };

struct apd_reader {
    apd_textin text;
    apd_sym log;
    uint32_t member;
    uint64_t line;  /* number of the line at the front of the window, from 1 */
    size_t scanned; /* bytes of the window that hold no end of line */
    bool cut;       /* the window begins inside a line of which the front was delivered */
};

static int text_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str text;
    (void)path;
    if (head.len == 0)
        return BID_EMPTY;
    return apd_text_head(head, buf, &text) ? BID_TEXT : 0;
}

static void text_close(apd_reader *r)
{
    if (!r)
        return;
    apd_textin_close(&r->text);
    free(r);
}

static apd_status text_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return APD_E_NOMEM;
    apd_status st = apd_textin_open(&r->text, in->stream, err);
    if (st > APD_SKIPPED) {
        text_close(r);
        return st;
    }
    r->log = apd_intern_add(in->names, apd_log_name(in->path));
    r->member = in->member;
    r->line = 1;
    *out = r;
    return APD_OK;
}

/* Brings the end of the line at the front into the window. *n: bytes before it, *end: with it.
 * *too_long: it gave up behind APD_MAX_LINE bytes. */
static apd_status find_line(apd_reader *r, size_t *n, size_t *end, bool *too_long, apd_error *err)
{
    apd_textin *t = &r->text;
    for (;;) {
        const char *nl =
            t->left > r->scanned ? memchr(t->at + r->scanned, '\n', t->left - r->scanned) : NULL;
        *n = nl ? (size_t)(nl - t->at) : t->left;
        *end = nl ? *n + 1 : t->left;
        r->scanned = *n;
        *too_long = *n > APD_MAX_LINE;
        if (nl || *too_long)
            return APD_OK;
        apd_status st = apd_textin_more(t, err);
        if (st == APD_END)
            return t->left ? APD_OK : APD_END;
        if (st != APD_OK)
            return st;
    }
}

static void take_line(apd_reader *r, size_t end)
{
    apd_textin_take(&r->text, end);
    r->scanned = 0;
}

/* Passes over what is left of a line that was too long, and says so. */
static apd_status drop_rest(apd_reader *r, apd_error *err)
{
    apd_where where = {r->member, 0, r->line, r->text.offset};
    size_t n, end;
    bool too_long;
    apd_status st;
    while ((st = find_line(r, &n, &end, &too_long, err)) == APD_OK && too_long)
        take_line(r, n);
    if (st > APD_SKIPPED)
        return st;
    if (st == APD_OK)
        take_line(r, end);
    r->cut = false;
    r->line++;
    return apd_fail(err, APD_SKIPPED, where,
                    "line %llu is longer than %u KiB; the rest of the line was passed over",
                    (unsigned long long)where.record, APD_MAX_LINE >> 10);
}

static void fill(const apd_reader *r, apd_event *ev, apd_str line)
{
    uint64_t size = apd_textin_size(&r->text, line.len);
    *ev = (apd_event){
        .time = APD_TIME_NONE,
        .clock = APD_CLOCK_NONE,
        .kind = APD_EVENT,
        .level = LEVEL_INFORMATION,
        .log = r->log,
        .message = line,
        .where = {r->member, size < UINT32_MAX ? (uint32_t)size : 0, r->line, r->text.offset},
    };
}

static apd_status text_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    if (r->cut)
        return drop_rest(r, err);
    for (;;) {
        size_t n, end;
        bool too_long;
        apd_status st = find_line(r, &n, &end, &too_long, err);
        if (st != APD_OK)
            return st;
        if (too_long) {
            apd_str front = apd_text_prefix(apd_str_from(r->text.at, n), APD_MAX_LINE);
            fill(r, ev, front);
            take_line(r, front.len);
            r->cut = true;
            return APD_OK;
        }
        apd_str line = apd_str_from(r->text.at, n);
        while (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        bool blank = apd_text_blank(line);
        if (!blank)
            fill(r, ev, line);
        take_line(r, end);
        r->line++;
        if (!blank)
            return APD_OK;
    }
}

const apd_parser apd_parser_text = {
    .name = "text",
    .about = "plain text logs and command output, line by line",
    .bid = text_bid,
    .open = text_open,
    .next = text_next,
    .close = text_close,
};
