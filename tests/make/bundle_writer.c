#include "bundle_writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "etl_writer.h"
#include "evtx_writer.h"
#include "text_writers.h"

apd_str mk_channel_file(apd_arena *a, apd_str channel)
{
    apd_buf b;
    apd_buf_init(&b, a);
    for (size_t i = 0; i < channel.len; i++)
        apd_buf_addc(&b, channel.ptr[i] == '/' ? '-' : apd_lower(channel.ptr[i]));
    apd_buf_add(&b, APD_LIT(".evtx"));
    return apd_buf_str(&b);
}

static mk_out *add_member(const mk_scenario *s, mk_members *m, apd_str name)
{
    mk_member member = {.name = name};
    for (size_t i = 0; i < m->n; i++)
        if (apd_ieq(m->at[i].name, name))
            mk_die("two members have the name %.*s", APD_FMT(name));
    if (!APD_PUSH(s->arena, *m, member))
        mk_die("out of memory");
    return &m->at[m->n - 1].data;
}

/* --- logs --- */

/* The channels of all events and of all listed logs, each once. */
static mk_logs all_logs(const mk_scenario *s)
{
    mk_logs logs = {0};
    for (size_t i = 0; i < s->logs.n + s->events.n; i++) {
        mk_log log = {.first_record = 1, .chunks = 1};
        if (i < s->logs.n)
            log = s->logs.at[i];
        else
            log.channel = s->events.at[i - s->logs.n].channel;
        size_t k = 0;
        while (k < logs.n && !apd_eq(logs.at[k].channel, log.channel))
            k++;
        if (k < logs.n && i < s->logs.n)
            logs.at[k] = log;
        else if (k == logs.n && !APD_PUSH(s->arena, logs, log))
            mk_die("out of memory");
    }
    return logs;
}

static const mk_event **events_of(const mk_scenario *s, apd_str channel, size_t *n)
{
    const mk_event **list = calloc(s->events.n + 1, sizeof(*list));
    if (!list)
        mk_die("out of memory");
    *n = 0;
    for (size_t i = 0; i < s->events.n; i++)
        if (apd_eq(s->events.at[i].channel, channel))
            list[(*n)++] = &s->events.at[i];
    return list;
}

void mk_each_record(const mk_scenario *s,
                    void (*each)(void *ctx, apd_str member, uint64_t record, const mk_event *e),
                    void *ctx)
{
    mk_logs logs = all_logs(s);
    for (size_t i = 0; i < logs.n; i++) {
        size_t n;
        const mk_event **list = events_of(s, logs.at[i].channel, &n);
        apd_str member = mk_channel_file(s->arena, logs.at[i].channel);
        for (size_t k = 0; k < n; k++)
            each(ctx, member, logs.at[i].first_record + k, list[k]);
        free(list);
    }
}

static void add_logs(const mk_scenario *s, mk_members *m)
{
    mk_logs logs = all_logs(s);
    for (size_t i = 0; i < logs.n; i++) {
        mk_evtx how = {.minor = s->evtx_minor,
                       .flags = s->evtx_flags,
                       .first_record = logs.at[i].first_record,
                       .min_chunks = logs.at[i].chunks};
        size_t n;
        const mk_event **list = events_of(s, logs.at[i].channel, &n);
        mk_evtx_write(add_member(s, m, mk_channel_file(s->arena, logs.at[i].channel)), &how, list,
                      n);
        free(list);
    }
}

static void add_lines(const mk_scenario *s, mk_members *m)
{
    for (size_t i = 0; i < s->lines.n; i++) {
        size_t k = 0;
        while (k < i && !apd_eq(s->lines.at[k].log, s->lines.at[i].log))
            k++;
        if (k < i)
            continue;
        apd_str name = apd_printf_a(s->arena, "%.*s.log", APD_FMT(s->lines.at[i].log));
        mk_out *o = add_member(s, m, name);
        if (s->lines.at[i].format.len)
            mk_lines_write(o, s, s->lines.at[i].log);
        else
            mk_cmtrace_write(o, s, s->lines.at[i].log);
    }
}

static void add_files(const mk_scenario *s, const mk_files *files, mk_members *m)
{
    for (size_t i = 0; i < files->n; i++) {
        const mk_file *f = &files->at[i];
        mk_out *o = add_member(s, m, f->name);
        if (f->form != MK_TEXT)
            mk_tree_write(o, s, f);
        else if (f->fill.len == 0)
            mk_plain_write(o, f);
        else if (!mk_fill_write(o, f, s->seed * 1000 + i))
            mk_die("%.*s: there is no filler %.*s", APD_FMT(f->name), APD_FMT(f->fill));
    }
}

/* --- order --- */

static size_t rank(const mk_scenario *s, apd_str name)
{
    for (size_t i = 0; i < s->order.n; i++)
        if (apd_ieq(s->order.at[i], name))
            return i;
    return s->order.n;
}

static bool comes_before(const mk_scenario *s, const mk_member *a, const mk_member *b)
{
    size_t ra = rank(s, a->name), rb = rank(s, b->name);
    return ra != rb ? ra < rb : apd_cmp(a->name, b->name) < 0;
}

void mk_members_of(const mk_scenario *s, mk_members *out)
{
    add_logs(s, out);
    add_lines(s, out);
    for (size_t i = 0; i < s->traces.n; i++)
        mk_etl_write(add_member(s, out, mk_get_text(s->traces.at[i], "name", "trace.etl")), s,
                     s->traces.at[i]);
    if (s->profile)
        mk_profile_write(add_member(s, out, s->profile_name), s->profile);
    for (const mk_node *n = s->reports ? s->reports->first : NULL; n; n = n->next)
        mk_report_write(add_member(s, out, mk_get_text(n, "name", "")), n);
    for (size_t i = 0; i < s->registry.n; i++)
        mk_registry_write(add_member(s, out, s->registry.at[i].name), &s->registry.at[i]);
    add_files(s, &s->files, out);
    for (size_t i = 1; i < out->n; i++) {
        mk_member m = out->at[i];
        size_t k = i;
        for (; k > 0 && comes_before(s, &m, &out->at[k - 1]); k--)
            out->at[k] = out->at[k - 1];
        out->at[k] = m;
    }
}

/* --- disk --- */

static void save(const char *path, apd_bytes b)
{
    FILE *f = fopen(path, "wb");
    bool written = f && (b.len == 0 || fwrite(b.ptr, 1, b.len, f) == b.len);
    if (!written || fclose(f) != 0)
        mk_die("%s: cannot be written", path);
}

static void save_folder(apd_arena *a, const mk_members *m, const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        mk_die("%s: cannot be made", path);
    for (size_t i = 0; i < m->n; i++)
        save(apd_printf_a(a, "%s/%.*s", path, APD_FMT(m->at[i].name)).ptr,
             mk_bytes(&m->at[i].data));
}

static mk_out pack(const mk_bundle *how, const mk_members *m, apd_time local)
{
    mk_out o = {0};
    if (how->pack == MK_ZIP)
        mk_zip_write(&o, m, how, local);
    else
        mk_cab_write(&o, m, how, local);
    return o;
}

static void free_members(mk_members *m)
{
    for (size_t i = 0; i < m->n; i++)
        mk_free(&m->at[i].data);
    m->n = 0;
}

void mk_bundle_save(const mk_scenario *s, const char *path, bool folder)
{
    mk_members m = {0};
    mk_out packed = {0};
    apd_time local = s->collected + s->utc_offset;
    mk_members_of(s, &m);
    if (folder || s->bundles.n == 0 || s->bundles.at[0].pack == MK_FOLDER) {
        save_folder(s->arena, &m, path);
        free_members(&m);
        return;
    }
    for (size_t i = 0; i < s->bundles.n; i++) {
        const mk_bundle *how = &s->bundles.at[i];
        if (i > 0) {
            *add_member(s, &m, how->name) = packed;
            add_files(s, &how->with, &m);
        }
        packed = pack(how, &m, local);
        free_members(&m);
    }
    save(path, mk_bytes(&packed));
    mk_free(&packed);
}

static mk_out load(const char *path)
{
    mk_out o = {0};
    uint8_t block[65536];
    FILE *f = fopen(path, "rb");
    if (!f)
        mk_die("%s: cannot be opened", path);
    for (size_t n; (n = fread(block, 1, sizeof(block), f)) > 0;)
        mk_put(&o, block, n);
    fclose(f);
    return o;
}

void mk_pack_files(apd_arena *a, const mk_bundle *how, const char *out, char **paths, int n)
{
    mk_members m = {0};
    apd_time when;
    for (int i = 0; i < n; i++) {
        const char *slash = strrchr(paths[i], '/');
        mk_member member = {apd_str_of(slash ? slash + 1 : paths[i]), load(paths[i])};
        if (!APD_PUSH(a, m, member))
            mk_die("out of memory");
    }
    if (!apd_time_from_civil(2025, 11, 18, 12, 0, 0, 0, &when))
        mk_die("the fixed date is wrong");
    mk_out o = pack(how, &m, when);
    save(out, mk_bytes(&o));
    mk_free(&o);
    free_members(&m);
}
