/* MDMDiagReport.html, or MDMDiagHTMLReport.html by another route: the same report for people. Where the
 * XML is missing, two of its tables still say which device this is and whom it reports to:
 *
 *   mdm.report.device       DeviceInfoTable: PC name, Organization, Edition, OS Build, System Type…
 *   mdm.report.connection   ConnectionInfoTable: Last Sync, Management Server Address, …
 *
 * This is a scanner for tags, not a reader of HTML: it knows tables, rows and cells and lets all else
 * pass. A row of two cells is a name and its value; a row of headings names the cells of the next.
 * Field names are the report's without blanks and colons. */
#include "parsers.h"

#include <stdlib.h>

#include "facts.h"
#include "limits.h"
#include "textin.h"

enum { BID_NAME = 70, CELL_BYTES = 1024, NAME_BYTES = 128 };

static const struct {
    const char *id, *fact;
} tables[] = {
    {"DeviceInfoTable", "mdm.report.device"},
    {"ConnectionInfoTable", "mdm.report.connection"},
};
enum { NTABLES = sizeof tables / sizeof *tables };

typedef struct cell {
    bool heading, cut;
    size_t len;
    char text[CELL_BYTES];
} cell;

struct apd_reader {
    apd_input in;
    apd_textin text;
    apd_facts facts;
    int table; /* index, -1 outside of ours */
    bool in_cell, done;
    uint32_t new_names; /* that it may still add */
    uint64_t lost;      /* values left out or cut */
    uint64_t line;
    size_t ncells, nheadings;
    APD_VEC(apd_field) fields; /* of the table at hand */
    cell cells[APD_MAX_HTML_CELLS];
    char headings[APD_MAX_HTML_CELLS][NAME_BYTES];
    size_t heading_len[APD_MAX_HTML_CELLS];
};

/* --- cells --- */

static void add_text(apd_reader *r, apd_str s)
{
    cell *c = r->ncells ? &r->cells[r->ncells - 1] : NULL;
    if (!r->in_cell || !c)
        return;
    r->lost += s.len > CELL_BYTES - c->len && !c->cut;
    c->cut |= s.len > CELL_BYTES - c->len;
    s = apd_text_prefix(s, CELL_BYTES - c->len);
    memcpy(c->text + c->len, s.ptr, s.len);
    c->len += s.len;
}

static apd_str cell_text(const cell *c)
{
    return apd_trim(apd_str_from(c->text, c->len));
}

static size_t plain_name(apd_str s, char name[NAME_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < NAME_BYTES; i++)
        if (!apd_is_space(s.ptr[i]) && s.ptr[i] != ':')
            name[n++] = s.ptr[i];
    return n;
}

static bool add_field(apd_reader *r, apd_str name, apd_str value)
{
    if (r->fields.n == APD_MAX_FIELDS) {
        r->lost++;
        return true;
    }
    apd_str copy = apd_strdup_a(r->in.batch, value);
    apd_field f = {.name = apd_intern_some(r->in.names, name, &r->new_names),
                   .type = value.len ? APD_T_UTF8 : APD_T_NONE};
    if (value.len)
        f.as.raw = apd_str_bytes(copy);
    if (!f.name) {
        r->lost += name.len > 0;
        return true;
    }
    return (copy.ptr || value.len == 0) && APD_PUSH(r->in.batch, r->fields, f);
}

static bool all_headings(const apd_reader *r)
{
    size_t i = 0;
    while (i < r->ncells && r->cells[i].heading)
        i++;
    return r->ncells > 1 && i == r->ncells;
}

static bool keep_headings(apd_reader *r)
{
    for (size_t i = 0; i < r->ncells; i++)
        r->heading_len[i] = plain_name(cell_text(&r->cells[i]), r->headings[i]);
    r->nheadings = r->ncells;
    return true;
}

static bool add_row(apd_reader *r)
{
    char name[NAME_BYTES];
    if (r->ncells == r->nheadings) {
        for (size_t i = 0; i < r->ncells; i++)
            if (!add_field(r, apd_str_from(r->headings[i], r->heading_len[i]),
                           cell_text(&r->cells[i])))
                return false;
        return true;
    }
    return r->ncells != 2 ||
           add_field(r, apd_str_from(name, plain_name(cell_text(&r->cells[0]), name)),
                     cell_text(&r->cells[1]));
}

static bool end_row(apd_reader *r)
{
    bool ok = all_headings(r) ? keep_headings(r) : add_row(r);
    r->ncells = 0;
    r->in_cell = false;
    return ok;
}

/* --- tags --- */

static bool end_table(apd_reader *r)
{
    const char *fact = tables[r->table].fact;
    bool ok = end_row(r) && (r->fields.n == 0 ||
                             apd_facts_add(&r->facts, fact, r->line, r->fields.at, r->fields.n));
    r->fields.at = NULL;
    r->fields.n = r->fields.cap = 0;
    r->nheadings = 0;
    r->table = -1;
    return ok;
}

static int table_named(apd_str attributes)
{
    for (int i = 0; i < NTABLES; i++)
        if (apd_ifind(attributes, apd_str_of(tables[i].id)) != SIZE_MAX)
            return i;
    return -1;
}

static void start_cell(apd_reader *r, bool heading)
{
    r->in_cell = r->ncells < APD_MAX_HTML_CELLS;
    if (!r->in_cell)
        return;
    cell *c = &r->cells[r->ncells++];
    c->heading = heading;
    c->cut = false;
    c->len = 0;
}

/* Without its brackets. */
static bool on_tag(apd_reader *r, apd_str tag)
{
    size_t n = 0;
    while (n < tag.len && !apd_is_space(tag.ptr[n]))
        n++;
    apd_str name = apd_sub(tag, 0, n), rest = apd_sub(tag, n, tag.len);
    bool table = apd_ieq(name, APD_LIT("table"));
    if (r->table >= 0 && (table || apd_ieq(name, APD_LIT("/table"))) && !end_table(r))
        return false;
    if (table)
        r->table = table_named(rest);
    if (r->table < 0)
        return true;
    if (apd_ieq(name, APD_LIT("td")) || apd_ieq(name, APD_LIT("th")))
        start_cell(r, apd_lower(name.ptr[1]) == 'h');
    else if (apd_ieq(name, APD_LIT("/td")) || apd_ieq(name, APD_LIT("/th")))
        r->in_cell = false;
    else if (apd_ieq(name, APD_LIT("tr")) || apd_ieq(name, APD_LIT("/tr")))
        return r->ncells == 0 || end_row(r);
    else
        add_text(r, APD_LIT(" "));
    return true;
}

/* The text a reference at the front stands for; *len: its own length, 1 if it is none. */
static apd_str resolve(apd_str s, size_t *len)
{
    static const struct {
        const char *name, *text;
    } known[] = {{"&amp;", "&"},   {"&lt;", "<"},  {"&gt;", ">"},
                 {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (apd_istarts(s, apd_str_of(known[i].name))) {
            *len = strlen(known[i].name);
            return apd_str_of(known[i].text);
        }
    *len = 1;
    return apd_sub(s, 0, 1);
}

static void on_text(apd_reader *r, apd_str s)
{
    while (r->in_cell && s.len) {
        const char *amp = memchr(s.ptr, '&', s.len);
        size_t n = amp ? (size_t)(amp - s.ptr) : s.len, len;
        add_text(r, apd_sub(s, 0, n));
        s = apd_sub(s, n, s.len);
        if (s.len == 0)
            return;
        add_text(r, resolve(s, &len));
        s = apd_sub(s, len, s.len);
    }
}

/* --- the reader --- */

static void take(apd_reader *r, size_t n)
{
    const char *p = r->text.at, *end = p + n;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        r->line++;
        p++;
    }
    apd_textin_take(&r->text, n);
}

/* With its brackets; 0 if it does not end in time. */
static size_t tag_length(apd_str s)
{
    size_t most = s.len < APD_MAX_HTML_TAG ? s.len : APD_MAX_HTML_TAG;
    const char *gt = memchr(s.ptr, '>', most);
    return gt ? (size_t)(gt - s.ptr) + 1 : 0;
}

/* What is at the front: text up to the next '<', or a whole tag. A '<' without an end within
 * APD_MAX_HTML_TAG bytes is text. */
static apd_status step(apd_reader *r, apd_error *err)
{
    apd_textin *t = &r->text;
    bool ok = true;
    for (;;) {
        const char *lt = t->left ? memchr(t->at, '<', t->left) : NULL;
        size_t text = lt ? (size_t)(lt - t->at) : t->left;
        size_t tag = lt && text == 0 ? tag_length(apd_str_from(t->at, t->left)) : 0;
        if (tag) {
            ok = on_tag(r, apd_str_from(t->at + 1, tag - 2));
            take(r, tag);
            break;
        }
        if (text == 0 && t->left >= APD_MAX_HTML_TAG)
            text = APD_MAX_HTML_TAG;
        /* Text is handed on up to a tag, so that a reference is never torn. */
        if (text && (lt || text >= APD_MAX_HTML_TAG || t->ended)) {
            text = text < APD_MAX_HTML_TAG ? text : APD_MAX_HTML_TAG;
            on_text(r, apd_str_from(t->at, text));
            take(r, text);
            break;
        }
        apd_status st = apd_textin_more(t, err);
        if (st > APD_END)
            return st;
        if (st == APD_END && t->left == 0)
            return APD_END;
        if (st == APD_END && lt) /* a tag that the file ends in */
            take(r, t->left);
    }
    return ok ? APD_OK : apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
}

static apd_status say_lost(apd_reader *r, apd_error *err)
{
    uint64_t lost = r->lost;
    r->lost = 0;
    return apd_fail(
        err, APD_SKIPPED, (apd_where){.member = r->in.member},
        "%llu values of the report's tables were cut or left out: longer than %u bytes, or "
        "more than %u of them",
        (unsigned long long)lost, (unsigned)CELL_BYTES, APD_MAX_FIELDS);
}

static apd_status html_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    while (!apd_facts_take(&r->facts, ev)) {
        if (r->done)
            return r->lost ? say_lost(r, err) : APD_END;
        do {
            apd_status st = step(r, err);
            if (st > APD_END)
                return st;
            r->done = st == APD_END;
        } while (!r->done && r->facts.queue.n == 0);
        if (r->done && r->table >= 0 && !end_table(r))
            return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    }
    return APD_OK;
}

static int html_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str s;
    return apd_text_head(head, buf, &s) && s.len &&
                   apd_glob(APD_LIT("*MDMDiag*Report.htm*"), path, true)
               ? BID_NAME
               : 0;
}

static void html_close(apd_reader *r)
{
    if (!r)
        return;
    apd_textin_close(&r->text);
    free(r);
}

static apd_status html_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    apd_status st = apd_textin_open(&r->text, in->stream, err);
    if (st > APD_SKIPPED) {
        html_close(r);
        return st;
    }
    r->in = *in;
    r->table = -1;
    r->line = 1;
    r->new_names = APD_MAX_FIELDS;
    apd_facts_init(&r->facts, in);
    *out = r;
    return APD_OK;
}

const apd_parser apd_parser_mdmhtml = {
    .name = "mdm-report-html",
    .about = "MDMDiagReport.html: the tables on the device and its connection, as facts",
    .bid = html_bid,
    .open = html_open,
    .next = html_next,
    .close = html_close,
};
