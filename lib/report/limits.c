/* Limits of a diagnosis in words: which log falls short, by how much, and what therefore cannot be seen. */
#include "limits_json.h"
#include "vec.h"

/* "the ESP failed", "the failure": what the finding is about, without its title. */
static const char *what_happened(const apd_report *r)
{
    const apd_diagnosis *d = r->diagnosis;
    if (!d || d->nfindings == 0)
        return "the newest attempt began";
    apd_str phase = d->findings[0].phase;
    bool page = apd_starts(phase, APD_LIT("esp-")) || apd_eq(phase, APD_LIT("apps")) ||
                apd_eq(phase, APD_LIT("policy")) || apd_eq(phase, APD_LIT("securing-hardware"));
    if (d->findings[0].severity == APD_SEV_INFO)
        return "what was found";
    return page ? "the ESP failed" : "the failure";
}

static const apd_source *source_of(const apd_report *r, const apd_limit *l)
{
    const apd_source *s = NULL;
    if (!r->source_table)
        return NULL;
    if (l->row)
        s = apd_source_of_log(r->source_table, apd_sym_text(r->names, l->row->log));
    return s ? s : apd_source_of_alias(r->source_table, l->log);
}

static apd_str name_of(const apd_report *r, const apd_limit *l)
{
    const apd_source *s = source_of(r, l);
    if (s)
        return s->name;
    return l->row ? apd_sym_text(r->names, l->row->log) : l->log;
}

static apd_str shown_by(const apd_report *r, const apd_limit *l)
{
    const apd_source *s = source_of(r, l);
    return s ? s->shows : APD_LIT("what it records");
}

/* Why it is not there, or what would bring it: the first remark of its source, or its columns. */
static apd_str how_to_get(apd_arena *a, const apd_report *r, const apd_limit *l)
{
    const apd_source *s = source_of(r, l);
    for (size_t i = 0; r->sources && i < apd_sources_count(r->source_table); i++) {
        const apd_source_seen *seen = &r->sources[i];
        if (seen->source == s && seen->state == APD_SRC_FAILED && seen->nremarks)
            return apd_printf_a(a, "; not collected: %.*s", APD_FMT(seen->remarks[0]));
    }
    if (s && s->areas.len && !apd_eq(s->areas, APD_LIT("*")))
        return apd_printf_a(a, "; mdmdiagnosticstool -area %.*s brings it",
                            APD_FMT(apd_cut(&(apd_str){s->areas.ptr, s->areas.len}, ';')));
    if (s && s->intune.len)
        return APD_LIT("; Intune's Collect diagnostics brings it");
    return APD_LIT("");
}

static apd_str late(apd_arena *a, const apd_report *r, const apd_limit *l)
{
    char by[APD_TIME_TEXT];
    apd_str name = name_of(r, l), shows = shown_by(r, l);
    const char *at = l->kind == APD_LIMIT_AFTER ? what_happened(r) : "this attempt began";
    return apd_printf_a(a, "%.*s begins %s%s after %s: %.*s before that cannot be seen",
                        APD_FMT(name), l->exact ? "" : "at least ", apd_span_format(l->by, by), at,
                        APD_FMT(shows));
}

static apd_str lost(apd_arena *a, const apd_report *r, const apd_limit *l)
{
    char from[APD_TIME_TEXT], to[APD_TIME_TEXT];
    bool utc = apd_clock_is_utc(l->row->clock);
    apd_str name = name_of(r, l), shows = shown_by(r, l);
    if (l->from == INT64_MIN || l->to == INT64_MAX)
        return apd_printf_a(a, "records of %.*s are missing: some of the %.*s may not be seen",
                            APD_FMT(name), APD_FMT(shows));
    return apd_printf_a(
        a, "records of %.*s between %s and %s are missing: %.*s of that time may not be seen",
        APD_FMT(name), apd_time_format(l->from, 0, utc, from), apd_time_format(l->to, 0, utc, to),
        APD_FMT(shows));
}

apd_str apd_limit_words(apd_arena *a, const apd_report *r, const apd_limit *l)
{
    apd_str name = name_of(r, l), shows = shown_by(r, l);
    switch (l->kind) {
    case APD_LIMIT_AFTER:
    case APD_LIMIT_WITHIN:
        return late(a, r, l);
    case APD_LIMIT_LOST:
        return lost(a, r, l);
    case APD_LIMIT_CLOCK:
        return apd_printf_a(a,
                            "%.*s has local time without its offset: whether it reaches back to "
                            "before %s cannot be told",
                            APD_FMT(name), what_happened(r));
    default:
        return apd_printf_a(a, "%.*s is not in this bundle: %.*s cannot be seen%.*s", APD_FMT(name),
                            APD_FMT(shows), APD_FMT(how_to_get(a, r, l)));
    }
}

void apd_limit_json(json *j, const apd_report *r, const apd_limit *l)
{
    static const char *const kinds[] = {"absent", "after", "within", "lost", "clock"};
    apd_mark m = apd_arena_mark(j->a);
    item(j, '{');
    put_z(j, "kind", kinds[l->kind]);
    put_s(j, "log", l->log);
    if (l->row)
        put_s(j, "channel", apd_sym_text(r->names, l->row->log));
    if (l->kind == APD_LIMIT_AFTER || l->kind == APD_LIMIT_WITHIN) {
        put_u(j, "seconds", (uint64_t)(l->by / APD_TICKS_SECOND));
        put_b(j, "exact", l->exact);
    }
    put_s(j, "text", apd_limit_words(j->a, r, l));
    close_(j, '}');
    apd_arena_rewind(j->a, m);
}

/* --- a handful --- */

/* A log of which some records have an offset and some have none is one log. */
static bool named_before(const apd_report *r, const apd_limit *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (list[k].kind == APD_LIMIT_CLOCK && apd_eq(name_of(r, &list[k]), name_of(r, &list[i])))
            return true;
    return false;
}

static apd_str clock_words(apd_arena *a, const apd_report *r, const apd_limit *list, size_t n)
{
    enum { NAMED = 3 };
    apd_buf b;
    apd_buf_init(&b, a);
    size_t logs = 0;
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == APD_LIMIT_CLOCK && !named_before(r, list, i) && logs++ < NAMED) {
            apd_buf_add(&b, logs > 1 ? APD_LIT(", ") : APD_LIT(""));
            apd_buf_add(&b, name_of(r, &list[i]));
        }
    if (logs > NAMED)
        apd_buf_addf(&b, " and %zu more", logs - NAMED);
    apd_buf_addf(&b,
                 logs > 1
                     ? " have local time without its offset: whether they reach back to before "
                       "%s cannot be told"
                     : " has local time without its offset: whether it reaches back to before "
                       "%s cannot be told",
                 what_happened(r));
    return apd_buf_str(&b);
}

const apd_str *apd_limit_sentences(apd_arena *a, const apd_report *r, size_t *n)
{
    enum { MOST = 5 };
    static const apd_limit_kind order[] = {APD_LIMIT_AFTER, APD_LIMIT_LOST, APD_LIMIT_WITHIN,
                                           APD_LIMIT_ABSENT, APD_LIMIT_CLOCK};
    const apd_diagnosis *d = r->diagnosis;
    APD_VEC(apd_str) lines = {0};
    size_t left = 0;
    bool ok = true;
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < d->nlimits; i++) {
            const apd_limit *l = &d->limits[i];
            if (l->kind != order[k])
                continue;
            if (lines.n >= MOST) {
                left++;
                continue;
            }
            bool together = l->kind == APD_LIMIT_CLOCK;
            ok &= APD_PUSH(a, lines,
                           together ? clock_words(a, r, d->limits, d->nlimits)
                                    : apd_limit_words(a, r, l));
            if (together)
                break;
        }
    if (left && ok)
        ok = APD_PUSH(a, lines, apd_printf_a(a, "%zu more; `apdiag coverage` lists them", left));
    *n = ok ? lines.n : 0;
    return lines.at;
}
