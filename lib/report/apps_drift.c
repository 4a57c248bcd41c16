/* How well the phrases of the trackers fit the agent's version in this bundle: what they no longer find is where an
 * agent has learned new words. */
#include "apps_p.h"

typedef enum fit { FITS, OUTSIDE, UNSEEN } fit;

static fit fit_of(const apd_phrase *p, bool known, uint64_t version)
{
    bool inside = !known || ((p->since == 0 || version >= p->since) &&
                             (p->until == 0 || version <= p->until));
    if (!inside)
        return p->seen ? OUTSIDE : FITS;
    return p->seen ? FITS : UNSEEN;
}

static apd_str version_of(const apd_report *r, bool *known, uint64_t *version)
{
    apd_str v =
        r->model ? apd_device_version(apd_model_device(r->model), APD_LIT("ime")) : APD_LIT("");
    *known = v.len && apd_version_parse(v, 0, version);
    return v;
}

static void put_phrases(json *j, const apd_report *r, const char *name, fit which)
{
    bool known;
    uint64_t version = 0;
    (void)version_of(r, &known, &version);
    key(j, name);
    open_(j, '[');
    for (size_t i = 0; i < r->drift.nphrases; i++) {
        const apd_phrase *p = &r->drift.phrases[i];
        if (fit_of(p, known, version) != which)
            continue;
        item(j, '{');
        put_s(j, "tracker", p->tracker);
        put_s(j, "phrase", p->name);
        put_u(j, "seen", p->seen);
        close_(j, '}');
    }
    close_(j, ']');
}

void apd_drift_json(json *j, const apd_report *r)
{
    bool known;
    uint64_t version = 0;
    open_(j, '{');
    put_s(j, "version", version_of(r, &known, &version));
    put_u(j, "lines", r->drift.lines);
    put_u(j, "told", r->drift.told);
    put_u(j, "phrases", r->drift.nphrases);
    put_phrases(j, r, "outside", OUTSIDE);
    put_phrases(j, r, "unseen", UNSEEN);
    close_(j, '}');
}

static apd_str names_of(apd_arena *a, const apd_report *r, fit which, bool known, uint64_t version)
{
    apd_buf b;
    apd_buf_init(&b, a);
    for (size_t i = 0; i < r->drift.nphrases; i++) {
        const apd_phrase *p = &r->drift.phrases[i];
        if (fit_of(p, known, version) == which)
            apd_buf_addf(&b, "%s%.*s/%.*s", b.len ? ", " : "", APD_FMT(p->tracker),
                         APD_FMT(p->name));
    }
    return apd_buf_str(&b);
}

void apd_drift_words(apd_arena *a, const apd_report *r, apd_words *out)
{
    bool known;
    uint64_t version = 0;
    apd_str v = version_of(r, &known, &version);
    *out = (apd_words){.n = 0};
    if (r->drift.lines == 0)
        return;
    out->at[out->n++] = apd_printf_a(
        a, "Intune Management Extension %.*s: %llu of %llu lines of its logs were understood",
        APD_FMT(v.len ? v : APD_LIT("of unknown version")), (unsigned long long)r->drift.told,
        (unsigned long long)r->drift.lines);
    apd_str outside = names_of(a, r, OUTSIDE, known, version),
            unseen = names_of(a, r, UNSEEN, known, version);
    if (outside.len)
        out->at[out->n++] = apd_printf_a(a, "seen, though this version should not write them: %.*s",
                                         APD_FMT(outside));
    if (unseen.len)
        out->at[out->n++] = apd_printf_a(a, "never seen: %.*s", APD_FMT(unseen));
}
