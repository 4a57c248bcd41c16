/* What became of each source. Files that are there speak first, then the collector's list, then what was asked
 * of it. */
#include <stdlib.h>

#include "source_names.h"

typedef struct judging {
    const apd_sources_bundle *b;
    apd_arena *a;
    apd_source_seen *seen;
    APD_VEC(apd_str) remarks;
    bool failed;
} judging;

const char *apd_source_state_name(apd_source_state s)
{
    static const char *const names[] = {"present", "empty",         "not read",
                                        "failed",  "not asked for", "unknown"};
    return names[s];
}

static void remark(judging *j, apd_str text)
{
    j->failed |= !text.ptr || !APD_PUSH(j->a, j->remarks, text);
}

/* --- files --- */

typedef struct place {
    apd_time first;
    uint32_t file;
} place;

static int by_time(const void *x, const void *y)
{
    const place *a = x, *b = y;
    bool later = a->first == APD_TIME_NONE, other = b->first == APD_TIME_NONE;
    if (later != other)
        return later - other;
    if (a->first != b->first)
        return (a->first > b->first) - (a->first < b->first);
    return (a->file > b->file) - (a->file < b->file);
}

static const uint32_t *in_order(judging *j, place *at, size_t n)
{
    uint32_t *list = APD_NEWS(j->a, uint32_t, n);
    if (!list)
        return NULL;
    qsort(at, n, sizeof *at, by_time);
    for (size_t i = 0; i < n; i++)
        list[i] = at[i].file;
    return list;
}

static void widen(apd_source_seen *s, apd_time first, apd_time last, apd_clock clock)
{
    if (first == APD_TIME_NONE)
        return;
    bool fresh = s->first == APD_TIME_NONE;
    s->first = fresh || first < s->first ? first : s->first;
    s->last = fresh || last > s->last ? last : s->last;
    s->clock = fresh || clock > s->clock ? clock : s->clock;
}

static void find_files(judging *j)
{
    apd_source_seen *s = j->seen;
    APD_VEC(place) found = {0};
    for (size_t i = 0; i < j->b->nfiles; i++) {
        const apd_file *f = &j->b->files[i];
        if (!apd_source_has_file(s->source, f->path, apd_sym_text(j->b->names, f->log)))
            continue;
        s->records += f->records;
        s->lost += f->lost;
        j->failed |= !APD_PUSH(j->a, found, ((place){f->first, (uint32_t)i}));
    }
    if (found.n && !(s->files = in_order(j, found.at, found.n)))
        j->failed = true;
    s->nfiles = s->files ? found.n : 0;
}

/* Nobody recognised it, or what could be read of it is nothing. */
static bool unread(const apd_file *f)
{
    return !f->format || (f->records == 0 && f->problems > 0);
}

static apd_source_state state_of_files(const judging *j)
{
    const apd_source_seen *s = j->seen;
    size_t dark = 0, archives = 0;
    for (size_t i = 0; i < s->nfiles; i++) {
        const apd_file *f = &j->b->files[s->files[i]];
        archives += apd_file_is_archive(f);
        dark += unread(f) && f->bytes > 0;
    }
    if (s->records || archives)
        return APD_SRC_PRESENT;
    return dark ? APD_SRC_UNREAD : APD_SRC_EMPTY;
}

/* --- what the records of its logs tell --- */

static void lost_stretch(judging *j, const apd_log_cover *row)
{
    apd_time from, to;
    char a[APD_TIME_TEXT], b[APD_TIME_TEXT];
    if (!apd_cover_lost(row, &from, &to))
        return;
    bool utc = apd_clock_is_utc(row->clock);
    if (from == INT64_MIN && to == INT64_MAX)
        remark(j, APD_LIT("records are missing somewhere"));
    else if (from == INT64_MIN)
        remark(j,
               apd_printf_a(j->a, "records are missing before %s", apd_time_format(to, 0, utc, b)));
    else if (to == INT64_MAX)
        remark(j, apd_printf_a(j->a, "records are missing after %s",
                               apd_time_format(from, 0, utc, a)));
    else
        remark(j, apd_printf_a(j->a, "records are missing between %s and %s",
                               apd_time_format(from, 0, utc, a), apd_time_format(to, 0, utc, b)));
}

static void read_coverage(judging *j)
{
    apd_source_seen *s = j->seen;
    const apd_coverage *c = j->b->coverage;
    for (size_t i = 0; c && i < apd_coverage_count(c); i++) {
        const apd_log_cover *row = apd_coverage_at(c, i);
        if (row->kind != APD_EVENT || row->records == 0 ||
            !apd_source_has_log(s->source, apd_sym_text(j->b->names, row->log)))
            continue;
        widen(s, row->first, row->last, row->clock);
        s->missing += row->id_gaps;
        if (row->first_id && (s->first_id == 0 || row->first_id < s->first_id))
            s->first_id = row->first_id;
        lost_stretch(j, row);
    }
}

/* Coverage may know a log's clock better than its file does; of a renamed log only the file is known. */
static void find_span(judging *j)
{
    apd_source_seen *s = j->seen;
    for (size_t i = 0; s->first == APD_TIME_NONE && i < s->nfiles; i++) {
        const apd_file *f = &j->b->files[s->files[i]];
        widen(s, f->first, f->last, f->clock);
    }
}

static void remark_on_records(judging *j)
{
    apd_source_seen *s = j->seen;
    if (s->nfiles > 1)
        remark(j, apd_printf_a(j->a, "%zu files", s->nfiles));
    if (s->lost)
        remark(j, apd_printf_a(j->a, "%llu record%s could not be read", (unsigned long long)s->lost,
                               s->lost == 1 ? "" : "s"));
    read_coverage(j);
    find_span(j);
    if (s->first_id > 1)
        remark(j, apd_printf_a(j->a, "begins with record %llu, older ones are gone",
                               (unsigned long long)s->first_id));
    if (s->missing)
        remark(j, apd_printf_a(j->a, "%llu record%s missing by number",
                               (unsigned long long)s->missing, s->missing == 1 ? "" : "s"));
}

/* --- what is not there --- */

static bool is_item(const apd_source *r, apd_str what)
{
    for (apd_str list = r->items; list.len;)
        if (apd_squashed_has(what, apd_cut(&list, '|')))
            return true;
    return r->channels.len && apd_source_is_channel(r, what);
}

/* The collector's word on it, or NULL. One place may be asked for in several ways: one that worked counts. */
static const apd_collected_item *find_item(const judging *j)
{
    const apd_collected *c = j->b->collected;
    const apd_collected_item *found = NULL;
    for (size_t i = 0; i < c->items.n; i++)
        if ((!found || found->failed) && is_item(j->seen->source, c->items.at[i].what))
            found = &c->items.at[i];
    return found;
}

static apd_str reason_of(const judging *j, const apd_collected_item *it)
{
    const apd_code *c = it->has_code ? apd_code_find(j->b->codes, it->code) : NULL;
    if (c && c->meaning.len)
        return apd_printf_a(j->a, "%.*s (0x%08X)", APD_FMT(c->meaning), (unsigned)it->code);
    if (it->reason.len)
        return it->reason;
    if (it->has_code)
        return apd_printf_a(j->a, "0x%08X", (unsigned)it->code);
    return APD_LIT("the collector gives no reason");
}

static bool asked(const judging *j, apd_str areas)
{
    const apd_collected *c = j->b->collected;
    if (apd_eq(areas, APD_LIT("*")))
        return c->by_tool || c->areas.len;
    while (areas.len)
        if (apd_collected_area(c, apd_cut(&areas, ';')))
            return true;
    return false;
}

static bool only_inside_cab(const apd_source *r)
{
    return apd_istarts(r->intune, APD_LIT("mdmlogs"));
}

/* The tool's list leaves out what is always made, so its silence says nothing; Intune's names every item. */
static apd_source_state judge_request(judging *j)
{
    const apd_source *r = j->seen->source;
    const apd_collected *c = j->b->collected;
    if (!c->by_tool && !c->by_intune)
        return APD_SRC_UNKNOWN;
    if (asked(j, r->areas)) {
        remark(j, APD_LIT("asked for, and the collector does not speak of it"));
        return APD_SRC_UNKNOWN;
    }
    if (c->by_intune && r->intune.len && !only_inside_cab(r))
        remark(j, APD_LIT("not among the items of this collection"));
    else if (r->areas.len)
        remark(j, apd_printf_a(j->a, "-area %.*s brings it", APD_FMT(r->areas)));
    else
        remark(j, apd_printf_a(j->a, "Intune's Collect diagnostics brings it (%.*s)",
                               APD_FMT(r->intune)));
    return APD_SRC_NOT_ASKED;
}

static apd_source_state judge_absent(judging *j)
{
    const apd_collected_item *it = find_item(j);
    apd_source_state state;
    if (it && it->failed) {
        remark(j, reason_of(j, it));
        state = APD_SRC_FAILED;
    } else if (it) {
        remark(j, APD_LIT("its place was collected, and no file here goes by its name"));
        state = APD_SRC_UNKNOWN;
    } else {
        state = judge_request(j);
    }
    if (j->seen->source->since.len)
        remark(j, j->seen->source->since);
    return state;
}

static void judge(judging *j)
{
    apd_source_seen *s = j->seen;
    s->first = s->last = APD_TIME_NONE;
    s->clock = APD_CLOCK_NONE;
    find_files(j);
    if (s->nfiles) {
        s->state = state_of_files(j);
        remark_on_records(j);
    } else {
        s->state = judge_absent(j);
    }
    s->remarks = j->remarks.at;
    s->nremarks = j->remarks.n;
}

const apd_source_seen *apd_sources_judge(const apd_sources *s, const apd_sources_bundle *b,
                                         apd_arena *a)
{
    size_t n = apd_sources_count(s);
    apd_source_seen *seen = APD_NEWS(a, apd_source_seen, n + 1);
    bool ok = seen != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        seen[i].source = apd_sources_at(s, i);
        judging j = {.b = b, .a = a, .seen = &seen[i]};
        judge(&j);
        ok = !j.failed;
    }
    return ok ? seen : NULL;
}
