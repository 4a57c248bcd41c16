/* Documents that a scenario gives as a tree: XML, HTML tables, JSON, and the collector's footprint. */
#include "text_writers.h"

/* --- XML --- */

static void put_escaped(mk_out *o, apd_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        mk_str(o, c == '<'   ? APD_LIT("&lt;")
                  : c == '&' ? APD_LIT("&amp;")
                  : c == '"' ? APD_LIT("&quot;")
                             : apd_str_from(&s.ptr[i], 1));
    }
}

static bool is_attribute(const mk_node *n)
{
    return n->key.len > 1 && n->key.ptr[0] == '@';
}

static void put_indent(mk_out *o, unsigned depth)
{
    mk_u8(o, '\n');
    for (unsigned i = 0; i < 2 * depth; i++)
        mk_u8(o, ' ');
}

static void put_element(mk_out *o, apd_str name, const mk_node *n, unsigned depth);

/* Attributes are keys with '@', the text of an element that has some is the key '='. */
static void put_map(mk_out *o, const mk_node *map, apd_str name, unsigned depth)
{
    bool elements = false;
    for (const mk_node *m = map->first; m; m = m->next)
        if (is_attribute(m)) {
            mk_printf(o, " %.*s=\"", (int)m->key.len - 1, m->key.ptr + 1);
            put_escaped(o, m->text);
            mk_u8(o, '"');
        }
    mk_u8(o, '>');
    for (const mk_node *m = map->first; m; m = m->next) {
        if (is_attribute(m))
            continue;
        if (apd_eq(m->key, APD_LIT("=")))
            put_escaped(o, m->text);
        else
            put_element(o, m->key, m, depth + 1);
        elements |= !apd_eq(m->key, APD_LIT("="));
    }
    if (elements)
        put_indent(o, depth);
    mk_printf(o, "</%.*s>", APD_FMT(name));
}

/* A list is the element again and again. */
static void put_element(mk_out *o, apd_str name, const mk_node *n, unsigned depth)
{
    if (n->kind == MK_SEQ) {
        for (const mk_node *m = n->first; m; m = m->next)
            put_element(o, name, m, depth);
        return;
    }
    put_indent(o, depth);
    mk_printf(o, "<%.*s", APD_FMT(name));
    if (n->kind == MK_MAP) {
        put_map(o, n, name, depth);
    } else if (n->text.len == 0) {
        mk_str(o, APD_LIT("/>"));
    } else {
        mk_u8(o, '>');
        put_escaped(o, n->text);
        mk_printf(o, "</%.*s>", APD_FMT(name));
    }
}

static void put_xml(mk_out *o, const mk_node *tree)
{
    if (tree->kind != MK_MAP || !tree->first || tree->first->next)
        mk_die_at(tree, "an XML document is a map with one key, its root");
    mk_str(o, APD_LIT("<?xml version=\"1.0\"?>"));
    put_element(o, tree->first->key, tree->first, 0);
    mk_u8(o, '\n');
}

/* --- HTML --- */

static void put_html(mk_out *o, const mk_node *tables)
{
    mk_str(o, APD_LIT("<!DOCTYPE html>\n<html><head><title>Report</title></head><body>"));
    for (const mk_node *t = tables->first; t; t = t->next) {
        mk_printf(o, "\n<table id=\"%.*s\">", APD_FMT(t->key));
        for (const mk_node *row = t->first; row; row = row->next) {
            mk_str(o, APD_LIT("\n<tr><td>"));
            put_escaped(o, row->key);
            mk_str(o, APD_LIT("</td><td>"));
            put_escaped(o, row->text);
            mk_str(o, APD_LIT("</td></tr>"));
        }
        mk_str(o, APD_LIT("\n</table>"));
    }
    mk_str(o, APD_LIT("\n</body></html>\n"));
}

/* --- the collector's footprint --- */

static const struct {
    const char *key, *done, *tried;
} kinds[] = {
    {"log", "Collected EventViewer Entry: ", "collect EventViewer Entry: "},
    {"file", "Copied file:", "CollectFileEntry:"},
    {"hklm", "Succeeded to dump HKLM registry:", "dump HKLM registry:"},
    {"hkcu", "Succeeded to dump HKCU registry:", "dump HKCU registry:"},
};
enum { NKINDS = sizeof(kinds) / sizeof(*kinds) };

static void put_item(mk_out *o, const mk_node *n)
{
    static const char *const keys[] = {"log", "file", "hklm", "hkcu", "to", "failed", NULL};
    size_t k = 0;
    mk_only_keys(n, keys);
    while (k < NKINDS && !mk_get(n, kinds[k].key))
        k++;
    if (k == NKINDS)
        mk_die_at(n, "an item is a log, file, hklm or hkcu");
    apd_str name = mk_get(n, kinds[k].key)->text;
    if (mk_get(n, "failed"))
        mk_printf(o, "Failed (HResult:0x%08x) to %s%.*s", (unsigned)mk_get_number(n, "failed", 0),
                  kinds[k].tried, APD_FMT(name));
    else
        mk_printf(o, "%s%.*s", kinds[k].done, APD_FMT(name));
    if (mk_get(n, "to"))
        mk_printf(o, ", to:%.*s", APD_FMT(mk_get(n, "to")->text));
    mk_u8(o, '\n');
}

static void put_footprint(mk_out *o, const mk_node *tree, apd_time local)
{
    static const char *const keys[] = {"areas", "items", NULL};
    char time[APD_TIME_TEXT];
    mk_only_keys(tree, keys);
    const mk_node *items = mk_get(tree, "items");
    apd_time_format(local, 0, false, time);
    mk_printf(o, "--- Start at:%s\n\"AreaName\" : \"%.*s\"\n", time,
              APD_FMT(mk_get_text(tree, "areas", "")));
    for (const mk_node *n = items ? items->first : NULL; n; n = n->next)
        put_item(o, n);
    mk_printf(o, "--- End at:%s\n", time);
}

void mk_tree_write(mk_out *o, const mk_scenario *s, const mk_file *f)
{
    mk_out text = {0};
    mk_file plain = *f;
    switch (f->form) {
    case MK_XML:
        put_xml(&text, f->tree);
        break;
    case MK_HTML:
        put_html(&text, f->tree);
        break;
    case MK_FOOTPRINT:
        put_footprint(&text, f->tree, mk_local(s, s->collected));
        break;
    default:
        mk_json_put(&text, f->tree);
    }
    plain.text = apd_bytes_str(mk_bytes(&text));
    mk_plain_write(o, &plain);
    mk_free(&text);
}

/* --- a report of any size --- */

/* What most of a real report is: the catalogue of every policy that Windows knows. */
static void put_policy(mk_out *o, uint64_t *rnd)
{
    mk_printf(o,
              "<PolicyMetadata><PolicyName>Policy%05u</PolicyName><Behavior>%u</Behavior>"
              "<highrange>%u</highrange><lowrange>0</lowrange><mergealgorithm>1</mergealgorithm>"
              "<policytype>4</policytype><RegKeyPathRedirect>Software\\Policies\\Microsoft\\Area%u"
              "</RegKeyPathRedirect><RegValueNameRedirect>Value%u</RegValueNameRedirect>"
              "</PolicyMetadata>",
              (unsigned)mk_below(rnd, 100000), (unsigned)mk_below(rnd, 64),
              (unsigned)mk_below(rnd, 1000), (unsigned)mk_below(rnd, 300),
              (unsigned)mk_below(rnd, 9000));
}

void mk_report_fill(mk_out *o, uint64_t size, uint64_t *rnd)
{
    static const apd_str end = {"</PolicyManagerMeta></MDMEnterpriseDiagnosticsReport>", 53};
    enum { AREA_MOST = 8192 };
    uint64_t stop = o->len + size;
    mk_str(o, APD_LIT("<MDMEnterpriseDiagnosticsReport><Version>1.1</Version><PolicyManagerMeta>"));
    for (unsigned area = 0; o->len + AREA_MOST + end.len < stop; area++) {
        mk_printf(o, "<AreaMetadata><PolicyAreaName>Area%u</PolicyAreaName>", area);
        for (uint64_t n = 1 + mk_below(rnd, 16); n > 0; n--)
            put_policy(o, rnd);
        mk_str(o, APD_LIT("</AreaMetadata>"));
    }
    mk_str(o, end);
    while (o->len < stop)
        mk_u8(o, ' ');
}
