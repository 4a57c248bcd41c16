/* What is known of an app, in words. */
#include "apps_p.h"

apd_str apd_when_words(apd_arena *a, apd_time t, apd_clock c)
{
    char text[APD_TIME_TEXT];
    if (t == APD_TIME_NONE)
        return APD_LIT("");
    apd_time_format(t, 0, apd_clock_is_utc(c), text);
    text[10] = ' ';
    return apd_printf_a(a, "%s%s", text,
                        c == APD_CLOCK_ESTIMATED ? " est"
                        : apd_clock_is_utc(c)    ? ""
                                                 : " local");
}

apd_str apd_where_words(apd_arena *a, const apd_report *r, apd_where where)
{
    apd_str path =
        where.member < r->nfiles ? r->files[where.member].path : APD_LIT("(unknown file)");
    return where.record ? apd_printf_a(a, "%.*s, record %llu", APD_FMT(path),
                                       (unsigned long long)where.record)
                        : path;
}

static apd_str with_meaning(apd_arena *a, const apd_code *c, const char *number)
{
    return apd_printf_a(a, "%s (%.*s%s%.*s)", number, APD_FMT(c->symbol), c->symbol.len ? ": " : "",
                        APD_FMT(c->meaning));
}

apd_str apd_item_code_words(apd_arena *a, const apd_report *r, uint32_t code)
{
    char number[16];
    const apd_code *c = apd_code_find(r->codes, code);
    snprintf(number, sizeof number, "0x%08X", (unsigned)code);
    return c ? with_meaning(a, c, number) : apd_strdup_a(a, apd_str_of(number));
}

/* Installers give Windows' own codes without the HRESULT around them. */
static const apd_code *exit_meaning(const apd_codes *codes, int64_t exit)
{
    const uint32_t win32 = 0x80070000;
    const apd_code *c = apd_code_find(codes, (uint32_t)exit);
    return c || exit <= 0 || exit > 0xffff ? c : apd_code_find(codes, win32 | (uint32_t)exit);
}

apd_str apd_item_exit_words(apd_arena *a, const apd_report *r, const apd_item *it)
{
    char number[48];
    const apd_code *c = it->exit ? exit_meaning(r->codes, it->exit) : NULL;
    snprintf(number, sizeof number,
             it->exit < INT32_MIN || it->exit > INT32_MAX ? "exit code 0x%llX" : "exit code %lld",
             (long long)it->exit);
    apd_str text = c ? with_meaning(a, c, number) : apd_strdup_a(a, apd_str_of(number));
    return it->mapping.len
               ? apd_printf_a(a, "%.*s, mapped as %.*s", APD_FMT(text), APD_FMT(it->mapping))
               : text;
}

static apd_str bytes_words(apd_arena *a, uint64_t n)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double v = (double)n / 1024;
    size_t u = 0;
    if (n < 1024)
        return apd_printf_a(a, "%llu bytes", (unsigned long long)n);
    for (; v >= 1024 && u + 1 < sizeof units / sizeof *units; u++)
        v /= 1024;
    return apd_printf_a(a, "%.1f %s", v, units[u]);
}

apd_str apd_item_download_words(apd_arena *a, const apd_item *it)
{
    char span[APD_TIME_TEXT];
    apd_buf b;
    apd_buf_init(&b, a);
    if (it->bytes == 0 && it->total == 0)
        return APD_LIT("");
    apd_buf_add(&b, bytes_words(a, it->bytes));
    if (it->total && it->total != it->bytes)
        apd_buf_addf(&b, " of %.*s", APD_FMT(bytes_words(a, it->total)));
    const apd_item_mark *from = &it->download_start, *to = &it->download_end;
    bool timed = from->seen && to->seen && from->time != APD_TIME_NONE && to->time > from->time;
    if (timed) {
        uint64_t rate = (uint64_t)((double)(it->bytes > it->total ? it->bytes : it->total) *
                                   (double)APD_TICKS_SECOND / (double)(to->time - from->time));
        apd_buf_addf(&b, " in %s (%.*s/s)", apd_span_format(to->time - from->time, span),
                     APD_FMT(bytes_words(a, rate)));
    }
    uint64_t all = it->total > it->bytes ? it->total : it->bytes;
    if (it->peers && it->peers <= all)
        apd_buf_addf(&b, ", %.0f %% from peers", 100 * (double)it->peers / (double)all);
    return apd_buf_str(&b);
}

static void add(apd_words *w, apd_str s)
{
    if (s.len && w->n < sizeof w->at / sizeof *w->at)
        w->at[w->n++] = s;
}

/* "log says failed, registry says installed" */
static apd_str sources_words(apd_arena *a, const apd_item *it, bool stale)
{
    apd_buf b;
    apd_buf_init(&b, a);
    for (int by = 0; by < APD_NSOURCES; by++) {
        const apd_item_word *w = &it->said[by];
        if (w->state == APD_ITEM_UNKNOWN || w->stale != stale)
            continue;
        apd_buf_addf(&b, "%s%s says %s", b.len ? ", " : "",
                     apd_item_source_name((apd_item_source)by), apd_item_state_name(w->state));
        if (stale)
            apd_buf_addf(&b, " (%.*s)", APD_FMT(apd_when_words(a, w->mark.time, w->mark.clock)));
    }
    return apd_buf_str(&b);
}

void apd_item_remarks(apd_arena *a, const apd_report *r, const apd_item *it, apd_words *out)
{
    bool failed = it->state == APD_ITEM_FAILED || it->state == APD_ITEM_SLEEPING;
    bool done = it->state == APD_ITEM_INSTALLED || it->state == APD_ITEM_NOT_APPLICABLE;
    *out = (apd_words){.n = 0};
    if (it->has_exit && (it->exit != 0 || failed) && !done)
        add(out, apd_item_exit_words(a, r, it));
    if (it->has_code && !done)
        add(out, apd_printf_a(a, "error %.*s", APD_FMT(apd_item_code_words(a, r, it->code))));
    if (failed && it->detected == 0)
        add(out, it->detection.len ? apd_printf_a(a, "its %.*s detection rule did not find it",
                                                  APD_FMT(it->detection))
                                   : APD_LIT("its detection rules did not find it"));
    if (!done || it->state == APD_ITEM_NOT_APPLICABLE)
        add(out, it->reason);
    if (it->state == APD_ITEM_SLEEPING || (failed && it->until != APD_TIME_NONE))
        add(out, it->until == APD_TIME_NONE
                     ? APD_LIT("not tried again for a day after three failures")
                     : apd_printf_a(a, "not tried again until %.*s",
                                    APD_FMT(apd_when_words(a, it->until, APD_CLOCK_UTC))));
    if (it->disagree)
        add(out, sources_words(a, it, false));
    if (it->stale)
        add(out, apd_printf_a(a, "left over from before this deployment: %.*s",
                              APD_FMT(sources_words(a, it, true))));
    apd_str download = apd_item_download_words(a, it);
    if (download.len)
        add(out, apd_printf_a(a, "downloaded %.*s", APD_FMT(download)));
}

void apd_item_marks(const apd_item *it, apd_named_mark out[APD_NAMED_MARKS])
{
    const apd_named_mark marks[APD_NAMED_MARKS] = {
        {"first seen", &it->first},
        {"assigned", &it->assigned},
        {"download began", &it->download_start},
        {"download ended", &it->download_end},
        {"install began", &it->install_start},
        {"install ended", &it->install_end},
        {"exit code", &it->exit_at},
        {"error code", &it->code_at},
        {"detection", &it->detection_at},
        {"asleep since", &it->asleep_at},
        {"last seen", &it->last},
    };
    memcpy(out, marks, sizeof marks);
}
