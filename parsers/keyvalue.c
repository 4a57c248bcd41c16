/* Reports that commands leave behind: dsregcmd, ipconfig, certutil, certreq, netsh, the TPM and UEFI
 * reports. Every line is an event as in any text file; at the end of each part of a report stands a
 * fact with its values. Lines come from the text reader; what a report means is in tables
 * (keyvalue_kinds.c).
 *
 * A report is known by what stands in its first lines, else by its name: collectors rename, commands
 * translate. A file that is neither has lines only. */
#include "keyvalue.h"

#include <stdlib.h>

#include "limits.h"
#include "parsers.h"
#include "textin.h"
#include "vec.h"

enum { BID_CONTENT = 60, BID_NAME = 40, MAX_LABELS = 1024, MAX_ROWS = 64 };

/* A label of the kind's table. */
typedef struct known_label {
    apd_str text;
    uint64_t hash;
    const kv_row *row; /* NULL: free */
} known_label;

struct apd_reader {
    apd_input in;
    apd_reader *lines;
    const kv_kind *kind; /* NULL: not a report that is known */
    apd_sym log;         /* of the lines, 0: as the text reader says */
    known_label labels[MAX_LABELS];
    apd_str patterns[MAX_ROWS]; /* of the rows that look at whole lines */

    /* the fact that grows */
    apd_mark batch;
    APD_VEC(apd_field) fields;
    size_t field_of[MAX_ROWS]; /* per row: its field, counted from 1; 0: none in this section */
    char section[APD_MAX_LABEL + 1];
    size_t section_len;
    size_t last;        /* field that a continuation adds to, from 1 */
    size_t grown;       /* field whose text has room for more behind it, from 1 */
    size_t valued;      /* labelled lines with a value */
    size_t given;       /* fields that say nothing by themselves: the heading, the store */
    uint32_t new_names; /* that it may still add */
    uint64_t lost;
    apd_where begin;
    bool front;  /* before the first heading */
    bool closed; /* nothing more is wanted */
    bool passed; /* a part that is of no use */
    char carried[APD_MAX_LABEL];
    size_t carried_len;

    apd_event held; /* the heading behind the fact that was delivered */
    bool holds, nomem, ended;
};

/* --- which report --- */

static bool has_mark(const kv_kind *k, apd_str head)
{
    while (head.len) {
        apd_str line = apd_cut(&head, '\n');
        while (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        for (size_t i = 0; i < sizeof k->marks / sizeof *k->marks && k->marks[i]; i++)
            if (apd_glob(apd_str_of(k->marks[i]), line, true))
                return true;
    }
    return false;
}

/* The kind and the bid for it. */
static const kv_kind *recognise(apd_bytes head, apd_str path, int *bid)
{
    char buf[APD_HEAD_TEXT];
    apd_str text;
    *bid = 0;
    if (head.len == 0 || !apd_text_head(head, buf, &text))
        return NULL;
    *bid = BID_CONTENT;
    for (size_t i = 0; i < apd_kv_nkinds; i++)
        if (has_mark(&apd_kv_kinds[i], text))
            return &apd_kv_kinds[i];
    *bid = BID_NAME;
    for (size_t i = 0; i < apd_kv_nkinds; i++)
        if (apd_glob(apd_str_of(apd_kv_kinds[i].file), apd_log_name(path), true))
            return &apd_kv_kinds[i];
    *bid = 0;
    return NULL;
}

static int keyvalue_bid(apd_bytes head, apd_str path)
{
    int bid;
    (void)recognise(head, path, &bid);
    return bid;
}

/* --- opening --- */

static known_label *label_at(apd_reader *r, apd_str text, uint64_t hash)
{
    size_t i = (size_t)hash % MAX_LABELS;
    while (r->labels[i].row && (r->labels[i].hash != hash || !apd_kv_same(r->labels[i].text, text)))
        i = (i + 1) % MAX_LABELS;
    return &r->labels[i];
}

static void index_labels(apd_reader *r)
{
    for (size_t i = 0; i < r->kind->nrows; i++) {
        const kv_row *row = &r->kind->rows[i];
        apd_str rest = r->patterns[i] = apd_str_of(row->pattern);
        while (row->where == KV_LABEL && rest.len) {
            apd_str text = apd_cut(&rest, '|');
            uint64_t hash = apd_kv_hash(text);
            known_label *l = label_at(r, text, hash);
            if (!l->row)
                *l = (known_label){text, hash, row};
        }
    }
}

static void keyvalue_close(apd_reader *r)
{
    if (!r)
        return;
    apd_parser_text.close(r->lines);
    free(r);
}

static apd_status keyvalue_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    apd_bytes head;
    int bid;
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    r->in = *in;
    r->new_names = APD_MAX_FIELDS;
    r->batch = apd_arena_mark(in->batch);
    apd_status st = apd_stream_peek(in->stream, APD_SNIFF, &head, err);
    if (st <= APD_SKIPPED) {
        head.len = head.len < APD_SNIFF ? head.len : APD_SNIFF;
        r->kind = recognise(head, in->path, &bid);
        st = apd_parser_text.open(in, &r->lines, err);
    }
    if (st > APD_SKIPPED) {
        keyvalue_close(r);
        return st;
    }
    r->begin = (apd_where){.member = in->member, .record = 1};
    r->front = true;
    if (r->kind) {
        index_labels(r);
        if (r->kind->log)
            r->log = apd_intern_add(in->names, apd_str_of(r->kind->log));
    }
    *out = r;
    return APD_OK;
}

/* --- fields --- */

/* Copies a text; blanks go where they only divide digits. */
static bool own_text(apd_reader *r, apd_field *f, bool no_blanks)
{
    apd_str s = apd_text_prefix(apd_bytes_str(f->as.raw), APD_MAX_KEPT_TEXT);
    char *p = apd_alloc(r->in.batch, s.len + 1);
    size_t n = 0;
    if (!p)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!no_blanks || !apd_is_space(s.ptr[i]))
            p[n++] = s.ptr[i];
    f->as.raw = (apd_bytes){(const uint8_t *)p, n};
    return true;
}

static apd_sym field_name(apd_reader *r, apd_str name)
{
    char text[sizeof r->section + APD_MAX_LABEL];
    bool whole = apd_starts(name, APD_LIT("."));
    size_t n = whole ? 0 : r->section_len;
    name = apd_sub(name, whole, APD_MAX_LABEL);
    memcpy(text, r->section, n);
    memcpy(text + n, name.ptr, name.len);
    return apd_intern_some(r->in.names, apd_str_from(text, n + name.len), &r->new_names);
}

/* Adds a field and returns its number from 1, 0 if it is lost. */
static size_t add_field(apd_reader *r, apd_str name, apd_field f, bool no_blanks)
{
    if (r->fields.n == APD_MAX_FIELDS || !(f.name = field_name(r, name))) {
        r->lost++;
        return 0;
    }
    bool ok =
        (f.type != APD_T_UTF8 || own_text(r, &f, no_blanks)) && APD_PUSH(r->in.batch, r->fields, f);
    r->nomem |= !ok;
    return ok ? r->fields.n : 0;
}

/* Adds ", s" to a text field, up to what would be kept of it. The field moves once, to where it has
 * that much room. */
static void append(apd_reader *r, size_t field, apd_str s)
{
    apd_field *f = &r->fields.at[field - 1];
    if (f->type != APD_T_UTF8 || s.len == 0 || f->as.raw.len + 2 + s.len > APD_MAX_KEPT_TEXT)
        return;
    char *room = (char *)f->as.raw.ptr;
    if (r->grown != field) {
        room = apd_alloc(r->in.batch, APD_MAX_KEPT_TEXT);
        if (!room) {
            r->nomem = true;
            return;
        }
        memcpy(room, f->as.raw.ptr, f->as.raw.len);
        r->grown = field;
    }
    size_t n = f->as.raw.len;
    memcpy(room + n, ", ", 2);
    memcpy(room + n + 2, s.ptr, s.len);
    f->as.raw = (apd_bytes){(const uint8_t *)room, n + 2 + s.len};
}

/* A row has a value. The first text stays, lists and counts grow, numbers are those of the last line:
 * a report that tries again ends with what counts. */
static void row_value(apd_reader *r, const kv_row *row, apd_str name, apd_str value)
{
    size_t i = (size_t)(row - r->kind->rows);
    apd_field f = {0};
    apd_kv_value(row->type, name, value, &f);
    if (row->type == KV_CODE && f.type != APD_T_HEX)
        return;
    for (size_t k = 0; k < i && r->field_of[i] == 0; k++) /* another row for the same field? */
        if (r->kind->rows[k].field && strcmp(r->kind->rows[k].field, row->field) == 0)
            r->field_of[i] = r->field_of[k];
    size_t *at = &r->field_of[i];
    if (*at == 0) {
        *at = add_field(r, apd_str_of(row->field), f, row->type == KV_DIGITS);
        r->last = *at;
        return;
    }
    apd_field *had = &r->fields.at[*at - 1];
    r->last = 0;
    if (row->type == KV_COUNT)
        had->as.u++;
    else if (row->type == KV_LABELS)
        append(r, *at, apd_bytes_str(f.as.raw));
    else if (f.type != APD_T_UTF8 && had->type == f.type)
        had->as = f.as;
}

static void open_section(apd_reader *r, apd_str prefix)
{
    size_t n = prefix.len < APD_MAX_LABEL ? prefix.len : APD_MAX_LABEL;
    if (n)
        memcpy(r->section, prefix.ptr, n);
    if (n && r->section[n - 1] != '.')
        r->section[n++] = '.';
    r->section_len = n;
    memset(r->field_of, 0, sizeof r->field_of);
    r->last = 0;
}

static void use_row(apd_reader *r, const kv_row *row, apd_str name, apd_str value)
{
    apd_field f;
    if (row->section && strcmp(row->section, "*") == 0) {
        apd_kv_value(row->type, name, value, &f);
        open_section(r, f.type == APD_T_UTF8 ? apd_bytes_str(f.as.raw) : APD_LIT(""));
    } else if (row->section) {
        open_section(r, apd_str_of(row->section));
    }
    if (row->field)
        row_value(r, row, name, value);
}

/* --- lines --- */

/* A box ends what an earlier one opened; some give their name to what follows. */
static void box_line(apd_reader *r, apd_str heading)
{
    char buf[APD_MAX_LABEL];
    apd_str prefix = {"", 0};
    for (size_t i = 0; i < r->kind->nrows; i++) {
        const kv_row *row = &r->kind->rows[i];
        if (row->where == KV_HEADING && apd_glob(apd_str_of(row->pattern), heading, true))
            prefix = apd_kv_squeeze(heading, buf);
    }
    open_section(r, prefix);
}

static void carry(apd_reader *r, const kv_row *row, apd_str line)
{
    apd_field f;
    apd_kv_value(row->type, line, line, &f);
    apd_str s = f.type == APD_T_UTF8 ? apd_text_prefix(apd_bytes_str(f.as.raw), sizeof r->carried)
                                     : APD_LIT("");
    if (s.len)
        memcpy(r->carried, s.ptr, s.len);
    r->carried_len = s.len;
}

/* Does a row that looks at lines, not at labels, hold? *value is then what it takes. */
static bool row_holds(const kv_row *row, apd_str pattern, apd_str line, apd_str *value)
{
    size_t at;
    *value = line;
    switch (row->where) {
    case KV_WITHIN:
    case KV_CONTAINS:
        at = apd_find(line, pattern);
        if (at != SIZE_MAX && row->where == KV_WITHIN)
            *value = apd_sub(line, at + pattern.len, line.len);
        return at != SIZE_MAX;
    case KV_LINE:
    case KV_CARRY:
        return apd_glob(pattern, line, true);
    default:
        return false;
    }
}

static void scan_rows(apd_reader *r, apd_str line, const kv_pair *p)
{
    apd_str text = apd_trim(line), value;
    bool indented = line.len && apd_is_space(line.ptr[0]);
    for (size_t i = 0; i < r->kind->nrows; i++) {
        const kv_row *row = &r->kind->rows[i];
        if (!row_holds(row, r->patterns[i], text, &value))
            continue;
        if (row->where != KV_CARRY)
            use_row(r, row, p->label, value);
        else if (!indented)
            carry(r, row, value);
    }
}

/* Rows for labels that are not known by name: by their place or the form of the value. */
static void guess_rows(apd_reader *r, const kv_pair *p)
{
    r->valued += p->value.len > 0;
    for (size_t i = 0; i < r->kind->nrows; i++) {
        const kv_row *row = &r->kind->rows[i];
        apd_str pattern = apd_str_of(row->pattern);
        uint64_t nth;
        bool negative;
        if ((row->where == KV_SHAPE && apd_glob(pattern, p->value, true)) ||
            (row->where == KV_NTH && p->value.len && apd_parse_int(pattern, &nth, &negative) &&
             nth == r->valued))
            use_row(r, row, p->label, p->value);
    }
}

static void label_line(apd_reader *r, const kv_pair *p)
{
    char buf[APD_MAX_LABEL];
    const kv_row *row = label_at(r, p->label, apd_kv_hash(p->label))->row;
    r->last = 0;
    if (row) {
        use_row(r, row, p->label, p->value);
    } else if (r->kind->flags & KV_OTHERS) {
        apd_field f;
        apd_str name = apd_kv_squeeze(p->label, buf);
        apd_kv_value(r->kind->other, p->label, p->value, &f);
        if (name.len)
            add_field(r, name, f, false);
    } else {
        guess_rows(r, p);
    }
}

static void plain_line(apd_reader *r, apd_str line)
{
    apd_str heading;
    kv_pair p = apd_kv_split(r->kind, line);
    if (r->closed)
        return;
    if ((r->kind->flags & KV_FIRST_PART) && line.len && line.ptr[0] == '[') {
        r->closed = r->fields.n > 0;
        return;
    }
    if (apd_kv_boxed(line, &heading)) {
        box_line(r, heading);
        return;
    }
    scan_rows(r, line, &p);
    if (p.label.len)
        label_line(r, &p);
    else if ((r->kind->flags & KV_CONTINUED) && r->last && apd_is_space(line.ptr[0]))
        append(r, r->last, apd_trim(line));
    else
        r->last = 0;
}

/* --- facts --- */

static bool has_field(const apd_reader *r, const char *name)
{
    for (size_t i = 0; i < r->fields.n; i++)
        if (apd_eq(apd_sym_text(r->in.names, r->fields.at[i].name), apd_str_of(name)))
            return true;
    return false;
}

static void end_rows(apd_reader *r)
{
    open_section(r, APD_LIT(""));
    for (size_t i = 0; i < r->kind->nrows && !(r->front && r->kind->layout != KV_ONE); i++) {
        const kv_row *row = &r->kind->rows[i];
        if (row->where != KV_END || has_field(r, row->field))
            continue;
        apd_field f = {.type = APD_T_BOOL};
        f.as.b = has_field(r, row->pattern) == (row->type == KV_TRUE);
        add_field(r, apd_str_of(row->field), f, false);
    }
}

/* The fact that is whole now. False: there is none. */
static bool finish(apd_reader *r, apd_event *ev)
{
    const char *fact = r->front && r->kind->layout != KV_ONE ? r->kind->front : r->kind->fact;
    if (!fact || r->passed || r->fields.n <= r->given)
        return false;
    end_rows(r);
    *ev = (apd_event){
        .time = APD_TIME_NONE,
        .clock = APD_CLOCK_NONE,
        .kind = APD_FACT,
        .log = apd_intern_add(r->in.names, apd_str_of(fact)),
        .fields = r->fields.at,
        .nfields = (uint32_t)r->fields.n,
        .where = r->begin,
    };
    return true;
}

static void give(apd_reader *r, const char *name, apd_str value)
{
    apd_field f = {.type = APD_T_UTF8};
    f.as.raw = apd_str_bytes(value);
    if (value.len)
        r->given += add_field(r, apd_str_of(name), f, false) > 0;
}

/* What the last fact held goes, what every fact has comes. */
static void begin(apd_reader *r, const apd_event *heading, apd_str title)
{
    const kv_kind *k = r->kind;
    apd_arena_rewind(r->in.batch, r->batch);
    memset(&r->fields, 0, sizeof r->fields);
    open_section(r, APD_LIT(""));
    r->grown = r->given = r->valued = 0;
    r->front = false;
    r->passed = k->skip && apd_glob(apd_str_of(k->skip), title, true);
    r->begin = heading->where;
    if (k->title)
        give(r, k->title, title);
    for (size_t i = 0; i < k->nrows; i++)
        if (k->rows[i].where == KV_CARRY)
            give(r, k->rows[i].field, apd_str_from(r->carried, r->carried_len));
}

static apd_status say_lost(apd_reader *r, apd_error *err)
{
    uint64_t lost = r->lost;
    r->lost = 0;
    return apd_fail(err, APD_SKIPPED, r->begin,
                    "%llu values of %s were left out: a report has at most %u",
                    (unsigned long long)lost, r->kind->fact, APD_MAX_FIELDS);
}

/* A line as an event; a heading waits behind the fact that it ends. */
static apd_status line_event(apd_reader *r, apd_event *ev)
{
    apd_str title;
    apd_event fact;
    if (r->log)
        ev->log = r->log;
    if (!apd_kv_heading(r->kind, ev->message, &title)) {
        plain_line(r, ev->message);
    } else if (finish(r, &fact)) {
        r->held = *ev;
        r->holds = true;
        *ev = fact;
    } else {
        begin(r, ev, title);
    }
    return APD_OK;
}

static apd_status keyvalue_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_str title;
    apd_status st = APD_OK;
    if (r->lost && (r->holds || r->ended))
        return say_lost(r, err);
    if (r->ended)
        return APD_END;
    if (r->holds) {
        r->holds = false;
        *ev = r->held;
        (void)apd_kv_heading(r->kind, ev->message, &title);
        begin(r, ev, title);
    } else {
        st = apd_parser_text.next(r->lines, ev, err);
        if (!r->kind)
            return st;
        if (st == APD_OK)
            st = line_event(r, ev);
        r->ended = st == APD_END;
        if (r->ended && finish(r, ev))
            st = APD_OK;
        else if (r->ended && r->lost)
            return say_lost(r, err);
    }
    return r->nomem ? apd_fail(err, APD_E_NOMEM, r->begin, "out of memory") : st;
}

const apd_parser apd_parser_keyvalue = {
    .name = "report",
    .about = "output of dsregcmd, ipconfig, certutil, certreq, netsh, msinfo32, the TPM and UEFI "
             "reports, as lines and facts",
    .bid = keyvalue_bid,
    .open = keyvalue_open,
    .next = keyvalue_next,
    .close = keyvalue_close,
};
