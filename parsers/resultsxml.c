/* results.xml of Intune's "Collect diagnostics": what was asked for, item by item, and what came of it
 * (the ArchiveResults node of the DiagnosticLog CSP).
 *
 *     <Collection HRESULT="0"><ID>..</ID><SasUrl>..</SasUrl>
 *       <RegistryKey HRESULT="-2147024893">HKLM\..</RegistryKey> <Command ..> <Events ..> <FoldersFiles ..>
 *
 * An item's number in the archive's names, "(31) Command ..", is its place among all elements of the
 * collection, ID and SasUrl counted, from 1. The address in SasUrl is a secret that lets anyone
 * write to the storage: it is never kept. */
#include "parsers.h"

#include <stdlib.h>

#include "limits.h"
#include "textin.h"
#include "xml.h"

#define ITEM "intune.collection"
#define SUMMARY "intune.collection.summary"

enum { BID_CONTENT = 95, BID_NAME = 60, MAX_SUMMARY = 16 };

struct apd_reader {
    apd_input in;
    apd_xml *xml;
    apd_facts facts;
    apd_arena *kept; /* of the summary */
    apd_field summary[MAX_SUMMARY];
    size_t nsummary;
    size_t depth, ordinal;
    apd_sym type; /* of the item at hand */
    bool secret, item, has_code;
    uint32_t code;
    char *text; /* APD_MAX_KEPT_TEXT bytes */
    size_t text_len;
    uint64_t cut, cut_line;
};

static bool is_item(apd_str name)
{
    static const char *const types[] = {"RegistryKey", "Command", "Events", "FoldersFiles"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (apd_ieq(name, apd_str_of(types[i])))
            return true;
    return false;
}

/* Signed decimal in files, 0x in hand-made ones. */
static bool read_code(const apd_xml_attr *attrs, size_t n, uint32_t *code)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t v;
        bool negative;
        if (apd_ieq(attrs[i].name, APD_LIT("HRESULT")) &&
            apd_parse_int(apd_trim(attrs[i].value), &v, &negative)) {
            *code = (uint32_t)v;
            return true;
        }
    }
    return false;
}

static apd_field number(apd_reader *r, const char *name, apd_type type, uint64_t v)
{
    return (apd_field){
        .name = apd_intern_add(r->in.names, apd_str_of(name)), .type = type, .as.u = v};
}

static bool on_start(void *ctx, apd_str name, const apd_xml_attr *attrs, size_t n)
{
    apd_reader *r = ctx;
    uint32_t code = 0;
    bool has_code = read_code(attrs, n, &code);
    r->depth++;
    if (r->depth == 1 && has_code)
        r->summary[r->nsummary++] = number(r, "HRESULT", APD_T_HEX, code);
    if (r->depth == 2) {
        r->ordinal++;
        r->type = apd_intern_add(r->in.names, name);
        r->secret = apd_ifind(name, APD_LIT("sas")) != SIZE_MAX;
        r->item = !r->secret && (has_code || is_item(name));
        r->has_code = has_code;
        r->code = code;
        r->text_len = 0;
    }
    return true;
}

static bool on_text(void *ctx, apd_str text)
{
    apd_reader *r = ctx;
    size_t room = APD_MAX_KEPT_TEXT - r->text_len;
    if (r->depth < 2 || r->secret)
        return true;
    if (text.len > room) {
        if (r->cut++ == 0)
            r->cut_line = apd_xml_line(r->xml);
        text = apd_text_prefix(text, room);
    }
    memcpy(r->text + r->text_len, text.ptr, text.len);
    r->text_len += text.len;
    return true;
}

static bool add_item(apd_reader *r, apd_str source)
{
    apd_field *f = APD_NEWS(r->in.batch, apd_field, 4);
    size_t n = 3;
    if (!f)
        return false;
    f[0] = number(r, "Ordinal", APD_T_U64, r->ordinal);
    if (!apd_facts_text(&r->facts, &f[1], "Type", apd_sym_text(r->in.names, r->type)) ||
        !apd_facts_text(&r->facts, &f[2], "Source", source))
        return false;
    if (r->has_code)
        f[n++] = number(r, "HRESULT", APD_T_HEX, r->code);
    return apd_facts_add(&r->facts, ITEM, apd_xml_line(r->xml), f, n);
}

/* An address is no setting, whatever it is called. */
static bool add_setting(apd_reader *r, apd_str value)
{
    if (r->nsummary == MAX_SUMMARY || !r->type || apd_find(value, APD_LIT("://")) != SIZE_MAX)
        return true;
    apd_str copy = apd_strdup_a(r->kept, value);
    r->summary[r->nsummary++] = (apd_field){.name = r->type,
                                            .type = value.len ? APD_T_UTF8 : APD_T_NONE,
                                            .as.raw = apd_str_bytes(copy)};
    return copy.ptr || value.len == 0;
}

static bool on_end(void *ctx)
{
    apd_reader *r = ctx;
    size_t depth = r->depth--;
    if (depth == 1)
        return apd_facts_add(&r->facts, SUMMARY, apd_xml_line(r->xml), r->summary, r->nsummary);
    if (depth != 2 || r->secret)
        return true;
    apd_str text = apd_trim(apd_str_from(r->text, r->text_len));
    return r->item ? add_item(r, text) : add_setting(r, text);
}

static bool is_base_name(apd_str path, apd_str name)
{
    return apd_iends(path, name) &&
           (path.len == name.len || path.ptr[path.len - name.len - 1] == '/' ||
            path.ptr[path.len - name.len - 1] == '\\');
}

static int results_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str s;
    if (!apd_text_head(head, buf, &s))
        return 0;
    s = apd_trim(s);
    if (s.len == 0 || s.ptr[0] != '<')
        return 0;
    if (is_base_name(path, APD_LIT("results.xml")))
        return BID_NAME + (apd_find(s, APD_LIT("<Collection")) != SIZE_MAX);
    /* Whatever its name: no other reader knows that the address in it is a secret. */
    s = apd_sub(s, 0, 1024);
    bool ours = apd_find(s, APD_LIT("<Collection HRESULT=")) != SIZE_MAX ||
                (apd_find(s, APD_LIT("<Collection")) != SIZE_MAX &&
                 apd_ifind(s, APD_LIT("<SasUrl")) != SIZE_MAX);
    return ours ? BID_CONTENT : 0;
}

static void results_close(apd_reader *r)
{
    if (!r)
        return;
    apd_xml_close(r->xml);
    apd_arena_free(r->kept);
    free(r->text);
    free(r);
}

static apd_status results_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    const apd_xml_handler h = {on_start, on_text, on_end, r};
    r->in = *in;
    r->kept = apd_arena_new(0);
    r->text = malloc(APD_MAX_KEPT_TEXT);
    apd_facts_init(&r->facts, in);
    apd_status st = r->kept && r->text ? apd_xml_open(in->stream, in->member, &h, &r->xml, err)
                                       : apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    if (st != APD_OK) {
        results_close(r);
        return st;
    }
    *out = r;
    return APD_OK;
}

static apd_status results_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_status st = apd_xml_facts(r->xml, &r->facts, ev, err);
    if (st != APD_END || r->cut == 0)
        return st;
    r->cut = 0;
    return apd_fail(err, APD_SKIPPED, (apd_where){.member = r->in.member, .record = r->cut_line},
                    "a source longer than %u bytes was cut, at line %llu", APD_MAX_KEPT_TEXT,
                    (unsigned long long)r->cut_line);
}

const apd_parser apd_parser_resultsxml = {
    .name = "intune-results",
    .about = "results.xml of Intune's Collect diagnostics: what was collected, as facts",
    .bid = results_bid,
    .open = results_open,
    .next = results_next,
    .close = results_close,
};
