#include "scenario.h"

#include <stdlib.h>

#include "catalog.h"

#define KEEP(s, vec, value)                                                                        \
    do {                                                                                           \
        if (!APD_PUSH((s)->arena, (vec), (value)))                                                 \
            mk_die("out of memory");                                                               \
    } while (0)

static mk_file read_file_entry(const mk_node *n)
{
    static const char *const keys[] = {"name", "text", "encoding",  "eol",  "fill", "size",
                                       "xml",  "html", "footprint", "json", NULL};
    static const struct {
        const char *key;
        int form;
    } forms[] = {
        {"xml", MK_XML}, {"html", MK_HTML}, {"json", MK_JSON}, {"footprint", MK_FOOTPRINT}};
    mk_only_keys(n, keys);
    mk_file f = {.name = mk_get_text(n, "name", ""),
                 .text = mk_get_text(n, "text", ""),
                 .fill = mk_get_text(n, "fill", ""),
                 .size = mk_get_number(n, "size", 0),
                 .lf = apd_eq(mk_get_text(n, "eol", "crlf"), APD_LIT("lf"))};
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        if (mk_get(n, forms[i].key)) {
            f.form = forms[i].form;
            f.tree = mk_get(n, forms[i].key);
        }
    apd_str e = mk_get_text(n, "encoding", "utf-8");
    if (apd_eq(e, APD_LIT("utf-16le")))
        f.encoding = MK_UTF16LE;
    else if (apd_eq(e, APD_LIT("utf-8-bom")))
        f.encoding = MK_UTF8_BOM;
    else if (!apd_eq(e, APD_LIT("utf-8")))
        mk_die_at(n, "encoding is utf-8, utf-8-bom or utf-16le");
    if (f.name.len == 0)
        mk_die_at(n, "a file needs a name");
    return f;
}

static void read_files(mk_scenario *s, const mk_node *list, mk_files *out)
{
    for (const mk_node *n = list ? list->first : NULL; n; n = n->next) {
        mk_file f = read_file_entry(n);
        size_t i = 0;
        while (i < out->n && !apd_eq(out->at[i].name, f.name))
            i++;
        if (i < out->n)
            out->at[i] = f;
        else
            KEEP(s, *out, f);
    }
}

static void read_registry(mk_scenario *s, const mk_node *list)
{
    static const char *const keys[] = {"name", "form", "keys", NULL};
    for (const mk_node *n = list ? list->first : NULL; n; n = n->next) {
        mk_only_keys(n, keys);
        apd_str form = mk_get_text(n, "form", "dump");
        mk_registry r = {.name = mk_get_text(n, "name", "MdmDiagReport_RegistryDump.reg"),
                         .form = apd_eq(form, APD_LIT("dump")) ? MK_DUMP : MK_EXPORT,
                         .keys = mk_get(n, "keys")};
        if (r.form == MK_EXPORT && !apd_eq(form, APD_LIT("export")))
            mk_die_at(n, "form is dump or export");
        if (!r.keys || r.keys->kind != MK_MAP)
            mk_die_at(n, "a registry file needs keys, a map from paths to values");
        KEEP(s, s->registry, r);
    }
}

static mk_bundle read_pack(const mk_node *n)
{
    static const struct {
        const char *kind, *usual;
        mk_pack pack;
    } packs[] = {
        {"folder", "stored", MK_FOLDER}, {"cab", "mszip", MK_CAB}, {"zip", "deflate", MK_ZIP}};
    static const char *const squeezes[] = {"stored", "deflate", "mszip", "lzx"};
    mk_bundle b = {.window = (uint32_t)mk_get_number(n, "window", 21),
                   .files_per_folder = (uint32_t)mk_get_number(n, "files_per_folder", 0)};
    apd_str kind = mk_get_text(n, "kind", "folder");
    size_t i = 0;
    while (i < 3 && !apd_eq(kind, apd_str_of(packs[i].kind)))
        i++;
    if (i == 3)
        mk_die_at(n, "kind is cab, zip or folder");
    b.pack = packs[i].pack;
    apd_str squeeze = mk_get_text(n, "compression", packs[i].usual);
    for (i = 0; i < 4 && !apd_eq(squeeze, apd_str_of(squeezes[i])); i++)
        ;
    b.squeeze = (mk_squeeze)i;
    bool fits = b.pack == MK_CAB ? i != MK_DEFLATE : i <= MK_DEFLATE;
    if (i == 4 || !fits || b.window < 15 || b.window > 21)
        mk_die_at(n, "a cab is stored, mszip or lzx (window 15 to 21), a zip stored or deflate");
    return b;
}

static void read_bundle(mk_scenario *s, const mk_node *n)
{
    static const char *const keys[] = {"kind",  "compression", "window", "files_per_folder",
                                       "order", "wrap",        NULL};
    static const char *const wrap_keys[] = {"kind", "compression", "window", "files_per_folder",
                                            "name", "with",        NULL};
    if (!n)
        return;
    mk_only_keys(n, keys);
    s->bundles.n = 0;
    KEEP(s, s->bundles, read_pack(n));
    const mk_node *order = mk_get(n, "order");
    for (const mk_node *m = order ? order->first : NULL; m; m = m->next)
        KEEP(s, s->order, m->text);
    const mk_node *wrap = mk_get(n, "wrap");
    for (const mk_node *w = wrap ? wrap->first : NULL; w; w = w->next) {
        mk_only_keys(w, wrap_keys);
        mk_bundle b = read_pack(w);
        b.name = mk_get_text(w, "name", "");
        if (b.name.len == 0)
            mk_die_at(w, "wrap needs the name that the bundle gets inside");
        read_files(s, mk_get(w, "with"), &b.with);
        KEEP(s, s->bundles, b);
    }
}

static void read_logs(mk_scenario *s, const mk_catalog *c, const mk_node *list)
{
    static const char *const keys[] = {"log", "Channel", "first_record", "chunks", NULL};
    for (const mk_node *n = list ? list->first : NULL; n; n = n->next) {
        mk_only_keys(n, keys);
        mk_event e = {.channel = mk_get_text(n, "Channel", "")};
        if (mk_get(n, "log")) {
            if (!mk_catalog_log(c, mk_get(n, "log")->text, &e))
                mk_die_at(n, "names.yml has no such log");
            if (e.provider.len > 0)
                mk_catalog_provider(c, &e);
        }
        mk_log log = {.channel = e.channel,
                      .first_record = mk_get_number(n, "first_record", 1),
                      .chunks = (uint32_t)mk_get_number(n, "chunks", 1)};
        if (log.channel.len == 0 || log.chunks > 4096)
            mk_die_at(n, "a log needs log or Channel, and at most 4096 chunks");
        KEEP(s, s->logs, log);
    }
}

static void read_device(mk_scenario *s, const mk_node *n)
{
    static const char *const keys[] = {"computer", "renamed", "renamed_at", NULL};
    if (!n)
        return;
    mk_only_keys(n, keys);
    s->computer = mk_get_text(n, "computer", "DESKTOP");
    s->renamed = mk_get_text(n, "renamed", "");
    s->renamed_at = s->start + mk_get_span(n, "renamed_at", 0);
}

static void read_evtx(mk_scenario *s, const mk_node *n)
{
    static const char *const keys[] = {"version", "dirty", NULL};
    if (!n)
        return;
    mk_only_keys(n, keys);
    apd_str v = mk_get_text(n, "version", "3.2");
    if (!apd_eq(v, APD_LIT("3.1")) && !apd_eq(v, APD_LIT("3.2")))
        mk_die_at(n, "version is 3.1 or 3.2");
    s->evtx_minor = (uint16_t)(v.ptr[2] - '0');
    s->evtx_flags = apd_eq(mk_get_text(n, "dirty", "false"), APD_LIT("true"));
}

static void read_expect(mk_scenario *s, const mk_node *map)
{
    for (const mk_node *n = map ? map->first : NULL; n; n = n->next) {
        apd_buf b;
        apd_buf_init(&b, s->arena);
        apd_buf_add(&b, n->text);
        for (const mk_node *m = n->first; m; m = m->next)
            apd_buf_addf(&b, "%s%.*s", m == n->first ? "" : " ", APD_FMT(m->text));
        mk_expect e = {n->key, apd_buf_str(&b)};
        KEEP(s, s->expect, e);
    }
}

static void read_scalars(mk_scenario *s, const mk_node *root)
{
    apd_clock clock;
    const mk_node *start = mk_get(root, "start");
    if (start && (!apd_time_parse_iso(start->text, &s->start, &clock) || clock != APD_CLOCK_UTC))
        mk_die_at(start, "start must be a time such as 2025-11-18T08:00:00Z");
    if (mk_get(root, "scenario"))
        s->name = mk_get(root, "scenario")->text;
    s->about = mk_get_text(root, "about", "");
    s->seed = mk_get_number(root, "seed", s->seed);
    s->utc_offset =
        mk_get_span(root, "utc_ahead", s->utc_offset) - mk_get_span(root, "utc_behind", 0);
    read_device(s, mk_get(root, "device"));
    read_evtx(s, mk_get(root, "evtx"));
    read_bundle(s, mk_get(root, "bundle"));
    if (mk_get(root, "reports"))
        s->reports = mk_get(root, "reports");
    if (mk_get(root, "profile"))
        s->profile = mk_get(root, "profile");
    s->profile_name = mk_get_text(root, "profile_name", s->profile_name.ptr);
}

static void apply(mk_scenario *s, const mk_catalog *c, const char *path, int depth)
{
    static const char *const keys[] = {
        "scenario", "about",     "include",   "start",   "utc_ahead",    "utc_behind",
        "seed",     "evtx",      "device",    "bundle",  "logs",         "events",
        "noise",    "ime",       "ime_noise", "profile", "profile_name", "files",
        "expect",   "collected", "registry",  "reports",   "lines",     "traces",  NULL};
    mk_node *root = mk_yaml_load(s->arena, path);
    mk_only_keys(root, keys);
    if (depth > 8)
        mk_die_at(root, "include goes in a circle");
    const mk_node *include = mk_get(root, "include");
    apd_str folder = apd_str_of(path);
    while (folder.len > 0 && folder.ptr[folder.len - 1] != '/')
        folder.len--;
    if (depth == 0)
        read_scalars(s, root); /* the start counts for what is included, too */
    for (const mk_node *n = include ? include->first : NULL; n; n = n->next)
        apply(s, c, apd_printf_a(s->arena, "%.*s%.*s", APD_FMT(folder), APD_FMT(n->text)).ptr,
              depth + 1);
    read_scalars(s, root);
    read_logs(s, c, mk_get(root, "logs"));
    mk_read_records(s, c, root);
    read_files(s, mk_get(root, "files"), &s->files);
    read_registry(s, mk_get(root, "registry"));
    const mk_node *traces = mk_get(root, "traces");
    for (const mk_node *n = traces ? traces->first : NULL; n; n = n->next)
        KEEP(s, s->traces, n);
    if (depth == 0)
        read_expect(s, mk_get(root, "expect"));
    s->collected = s->start + mk_get_span(root, "collected", s->collected - s->start);
}

static int by_event_time(const void *x, const void *y)
{
    const mk_event *a = x, *b = y;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->seq < b->seq ? -1 : 1;
}

static int by_line_time(const void *x, const void *y)
{
    const mk_line *a = x, *b = y;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->seq < b->seq ? -1 : 1;
}

void mk_scenario_load(mk_scenario *s, apd_arena *a, const char *path, const char *names,
                      const char *catalog)
{
    *s = (mk_scenario){.arena = a,
                       .collected = INT64_MIN / 4,
                       .evtx_minor = 2,
                       .computer = APD_LIT("DESKTOP"),
                       .profile_name = APD_LIT("AutopilotDDSZTDFile.json"),
                       .seed = 1};
    apply(s, mk_catalog_load(a, names, catalog), path, 0);
    if (s->name.len == 0 || s->start == 0)
        mk_die("%s: a scenario needs the keys scenario and start", path);
    if (s->events.n > 0)
        qsort(s->events.at, s->events.n, sizeof(*s->events.at), by_event_time);
    if (s->lines.n > 0)
        qsort(s->lines.at, s->lines.n, sizeof(*s->lines.at), by_line_time);
    apd_time last = s->events.n > 0 ? s->events.at[s->events.n - 1].time : s->start;
    if (s->lines.n > 0 && s->lines.at[s->lines.n - 1].time > last)
        last = s->lines.at[s->lines.n - 1].time;
    if (s->collected < last)
        s->collected = last + 4 * APD_TICKS_MINUTE;
    for (size_t i = 0; i < s->events.n; i++) {
        mk_event *e = &s->events.at[i];
        if (e->computer.len == 0)
            e->computer = s->renamed.len > 0 && e->time >= s->renamed_at ? s->renamed : s->computer;
    }
}
