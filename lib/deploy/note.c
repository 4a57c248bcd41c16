/* The vocabulary of notes: names as tracker files write them. */
#include "note.h"

static const char *const phase_values[] = {"phase", "edge",     "detail", "part",
                                           "code",  "scenario", NULL};
static const char *const scenario_values[] = {"is", "weight", "say", "next", NULL};
static const char *const item_values[] = {
    "kind",  "id",      "user",         "name",      "version",  "intent", "blocking",
    "phase", "state",   "by",           "attempt",   "bytes",    "total",  "peers",
    "exit",  "mapping", "code",         "detection", "detected", "until",  "reason",
    "time",  "raw",     "asleep_since", NULL};
static const char *const stall_values[] = {"reason", "item", "until", "say", "edge", "lasts", NULL};
static const char *const device_values[] = {"manufacturer",
                                            "model",
                                            "serial",
                                            "name",
                                            "os_edition",
                                            "os_build",
                                            "os_version",
                                            "tpm_version",
                                            "tpm_manufacturer",
                                            "tpm_firmware",
                                            "tpm_ready",
                                            "entra_joined",
                                            "domain_joined",
                                            "entra_device_id",
                                            "intune_device_id",
                                            "tenant_id",
                                            "tenant_domain",
                                            "mdm_url",
                                            "profile",
                                            "profile_date",
                                            "oobe_config",
                                            "join_method",
                                            "esp_timeout",
                                            "esp_block",
                                            "esp_skip_device",
                                            "esp_skip_user",
                                            "ime_version",
                                            "time_zone",
                                            "user",
                                            NULL};
static const char *const clock_values[] = {"kind", "key", "at",    "since",  "within", "bias",
                                           "old",  "new", "slept", "writer", NULL};
static const char *const version_values[] = {"of", "is", NULL};

#define NEEDS(value) (UINT32_C(1) << (value))

static const apd_verb_info verbs[APD_NVERBS] = {
    [APD_SAYS_PHASE] = {"phase", phase_values, NEEDS(APD_PHASE_NAME) | NEEDS(APD_PHASE_EDGE)},
    [APD_SAYS_SCENARIO] = {"scenario", scenario_values, NEEDS(APD_SCENARIO_IS)},
    [APD_SAYS_ITEM] = {"item", item_values, NEEDS(APD_ITEM_KIND) | NEEDS(APD_ITEM_ID)},
    [APD_SAYS_STALL] = {"stall", stall_values, NEEDS(APD_STALL_REASON)},
    [APD_SAYS_DEVICE] = {"device", device_values, 0},
    [APD_SAYS_CLOCK] = {"clock", clock_values, NEEDS(APD_CLOCK_KIND)},
    [APD_SAYS_VERSION] = {"version", version_values, NEEDS(APD_VERSION_OF) | NEEDS(APD_VERSION_IS)},
};

const apd_verb_info *apd_verb_at(apd_verb v)
{
    return &verbs[v];
}

apd_verb apd_verb_find(apd_str name)
{
    int v = 0;
    while (v < APD_NVERBS && !apd_eq(name, apd_str_of(verbs[v].name)))
        v++;
    return (apd_verb)v;
}

size_t apd_verb_value(apd_verb v, apd_str name)
{
    for (size_t i = 0; verbs[v].values[i]; i++)
        if (apd_eq(name, apd_str_of(verbs[v].values[i])))
            return i;
    return SIZE_MAX;
}

bool apd_note_time(apd_str text, apd_time *out)
{
    uint64_t n;
    bool negative;
    apd_clock clock;
    text = apd_trim(text);
    if (apd_time_parse_net(text, out))
        return true;
    if (apd_parse_int(text, &n, &negative)) {
        /* FILETIMEs of our days; smaller numbers are something else */
        bool plausible =
            !negative && n > UINT64_C(120000000000000000) && n < UINT64_C(160000000000000000);
        if (plausible)
            *out = (apd_time)n;
        return plausible;
    }
    return apd_time_parse_iso(text, out, &clock) && apd_clock_is_utc(clock);
}

/* A number of at most four digits off the front of s. */
static bool take_digits(apd_str *s, int *out)
{
    size_t n = 0;
    for (*out = 0; n < s->len && n < 4 && apd_is_digit(s->ptr[n]); n++)
        *out = *out * 10 + (s->ptr[n] - '0');
    *s = apd_sub(*s, n, s->len);
    return n > 0;
}

static bool take_mark(apd_str *s, char mark)
{
    if (s->len == 0 || s->ptr[0] != mark)
        return false;
    *s = apd_sub(*s, 1, s->len);
    return true;
}

/* 11/22/2025 21:03:00, 11/22/2025 9:03:00 PM */
static bool invariant_date(apd_str s, apd_time *out)
{
    int month, day, year, hour, minute, second;
    if (!take_digits(&s, &month) || !take_mark(&s, '/') || !take_digits(&s, &day) ||
        !take_mark(&s, '/') || !take_digits(&s, &year) || !take_mark(&s, ' ') ||
        !take_digits(&s, &hour) || !take_mark(&s, ':') || !take_digits(&s, &minute) ||
        !take_mark(&s, ':') || !take_digits(&s, &second))
        return false;
    s = apd_trim(s);
    bool am = apd_ieq(s, APD_LIT("AM")), pm = apd_ieq(s, APD_LIT("PM"));
    if ((s.len && !am && !pm) || ((am || pm) && (hour < 1 || hour > 12)))
        return false;
    if (am || pm)
        hour = hour % 12 + (pm ? 12 : 0);
    return apd_time_from_civil(year, month, day, hour, minute, second, 0, out);
}

bool apd_note_time_utc(apd_str text, apd_time *out)
{
    apd_clock clock;
    text = apd_trim(text);
    return apd_note_time(text, out) || invariant_date(text, out) ||
           apd_time_parse_iso(text, out, &clock);
}

bool apd_version_parse(apd_str s, uint16_t rest, uint64_t *out)
{
    enum { PARTS = 4 };
    *out = 0;
    for (int i = 0; i < PARTS; i++) {
        uint64_t part = rest;
        bool negative = false;
        apd_str text = apd_cut(&s, '.');
        if ((text.len || i == 0) &&
            (!apd_parse_int(text, &part, &negative) || negative || part > UINT16_MAX))
            return false;
        *out = *out << 16 | part;
    }
    return s.len == 0;
}
