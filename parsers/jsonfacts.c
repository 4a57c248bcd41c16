/* JSON files that each are one fact, by the table below: the leaves by dotted path are its fields. A
 * new file takes a row.
 *
 * Up to Windows 10 1909 MdmDiagLogMetadata.json was written without quotes, one `key : value` a line,
 * which no JSON reader takes; such lines are read as they stand. */
#include "parsers.h"

#include <stdlib.h>

#include "jsonleaves.h"
#include "limits.h"
#include "utf.h"
#include "vec.h"

enum { BID_KEY = 90, BID_NAME = 80 };

typedef struct row {
    const char *file; /* the end of the path, wildcards allowed */
    const char *key;  /* at the head of the file, whatever its name; NULL none */
    const char *fact, *what;
    bool bare; /* may come without quotes */
} row;

static const row rows[] = {
    {"*MdmDiagLogMetadata*.json", "MdmDiagVersion", "collector.request", "MdmDiagLogMetadata.json",
     true},
    {"*DiagnosticsFrameworkData*.json", NULL, "collector.framework",
     "DiagnosticsFrameworkData.json", false},
};

struct apd_reader {
    apd_input in;
    apd_textin text;
    apd_mark batch;
    const row *row;
    uint64_t lost;
    bool done;
};

/* A head in UTF-16 without a byte order mark looks binary, so names of keys are not looked for. */
static const row *row_for(apd_bytes head, apd_str path, int *bid)
{
    char buf[APD_HEAD_TEXT];
    apd_str s;
    size_t n = sizeof rows / sizeof *rows;
    bool text = apd_text_head(head, buf, &s);
    apd_str front = apd_sub(apd_trim(s), 0, 256);
    for (size_t i = 0; text && front.len && front.ptr[0] == '{' && i < n; i++)
        if (rows[i].key && apd_find(front, apd_str_of(rows[i].key)) != SIZE_MAX) {
            *bid = BID_KEY;
            return &rows[i];
        }
    for (size_t i = 0; i < n; i++)
        if (apd_glob(apd_str_of(rows[i].file), path, true)) {
            *bid = text || apd_json_bare_utf16(apd_bytes_str(head)) ? BID_NAME : 0;
            return &rows[i];
        }
    *bid = 0;
    return &rows[0];
}

static int jsonfacts_bid(apd_bytes head, apd_str path)
{
    int bid;
    row_for(head, path, &bid);
    return bid;
}

static void jsonfacts_close(apd_reader *r)
{
    if (!r)
        return;
    apd_textin_close(&r->text);
    free(r);
}

static apd_status jsonfacts_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    apd_bytes head;
    int bid;
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    apd_status st = apd_stream_peek(in->stream, APD_SNIFF, &head, err);
    if (st <= APD_SKIPPED) {
        head.len = head.len < APD_SNIFF ? head.len : APD_SNIFF;
        r->row = row_for(head, in->path, &bid);
        st = apd_textin_open(&r->text, in->stream, err);
    }
    if (st > APD_SKIPPED) {
        jsonfacts_close(r);
        return st;
    }
    r->in = *in;
    r->batch = apd_arena_mark(in->batch);
    *out = r;
    return APD_OK;
}

/* --- without quotes --- */

static bool has_bare_keys(apd_str s)
{
    s = apd_trim(s);
    if (s.len == 0 || s.ptr[0] != '{')
        return false;
    s = apd_trim(apd_sub(s, 1, s.len));
    return s.len > 0 && s.ptr[0] != '"' && s.ptr[0] != '}';
}

static apd_status read_bare(const apd_input *in, apd_str s, apd_jsonleaves *out, apd_error *err)
{
    APD_VEC(apd_field) fields = {0};
    uint32_t left = APD_MAX_FIELDS;
    apd_arena *a = in->batch;
    while (s.len) {
        apd_str value = apd_trim(apd_cut(&s, '\n'));
        apd_str key = apd_trim(apd_cut(&value, ':'));
        value = apd_trim(value);
        if (apd_ends(value, APD_LIT(",")))
            value = apd_trim(apd_sub(value, 0, value.len - 1));
        if (key.len == 0 || value.len == 0)
            continue;
        apd_sym name = fields.n < APD_MAX_FIELDS ? apd_intern_some(in->names, key, &left) : 0;
        apd_str copy = apd_strdup_a(a, value);
        if (!name)
            out->lost++;
        else if (!copy.ptr ||
                 !APD_PUSH(a, fields,
                           ((apd_field){name, APD_T_UTF8, {.raw = apd_str_bytes(copy)}})))
            return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    }
    out->fields = fields.at;
    out->n = fields.n;
    return APD_OK;
}

static apd_status jsonfacts_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_str json = {0};
    apd_jsonleaves l = {0};
    if (r->lost)
        return apd_jsonleaves_lost(&r->in, &r->lost, r->row->what, err);
    if (r->done)
        return APD_END;
    r->done = true;
    apd_arena_rewind(r->in.batch, r->batch);
    APD_TRY(apd_jsonleaves_text(&r->in, &r->text, &json, err));
    apd_status st = r->row->bare && json.len <= APD_MAX_JSON && has_bare_keys(json)
                        ? read_bare(&r->in, json, &l, err)
                        : apd_jsonleaves_read(&r->in, json, true, r->row->what, &l, err);
    r->lost = l.lost;
    if (st != APD_OK)
        return st;
    *ev = (apd_event){
        .time = APD_TIME_NONE,
        .clock = APD_CLOCK_NONE,
        .kind = APD_FACT,
        .log = apd_intern_add(r->in.names, apd_str_of(r->row->fact)),
        .fields = l.fields,
        .nfields = (uint32_t)l.n,
        .where = {.member = r->in.member, .record = 1},
    };
    return APD_OK;
}

const apd_parser apd_parser_jsonfacts = {
    .name = "json-facts",
    .about = "MdmDiagLogMetadata.json and DiagnosticsFrameworkData.json, as facts",
    .bid = jsonfacts_bid,
    .open = jsonfacts_open,
    .next = jsonfacts_next,
    .close = jsonfacts_close,
};
