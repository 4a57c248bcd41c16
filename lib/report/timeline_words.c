/* The words of the Intune console and the status page for phases, their items and kinds of deployment. */
#include "timeline_p.h"

typedef struct words {
    const char *name, *words;
} words;

static apd_str find(const words *table, size_t n, apd_str name)
{
    for (size_t i = 0; i < n; i++)
        if (apd_eq(name, apd_str_of(table[i].name)))
            return apd_str_of(table[i].words);
    return name;
}

#define FIND(table, name) find((table), sizeof(table) / sizeof *(table), (name))

apd_str timeline_phase_words(apd_str phase)
{
    static const words table[] = {
        {"network", "Network"},
        {"profile", "Autopilot profile"},
        {"securing-hardware", "Securing your hardware"},
        {"join", "Microsoft Entra join"},
        {"mdm-enroll", "MDM enrollment"},
        {"hybrid-join", "Hybrid join"},
        {"esp-preparation", "Device preparation"},
        {"esp-device", "Device setup"},
        {"esp-account", "Account setup"},
        {"apps", "Apps"},
        {"policy", "Policies"},
        {"device-preparation", "Device preparation (v2)"},
        {"sign-in", "Sign-in"},
        {"desktop", "Desktop"},
    };
    return FIND(table, phase);
}

apd_str timeline_part_words(apd_str part)
{
    static const words table[] = {
        {"PolicyProvidersInstallation", "Intune Management Extension"},
        {"PoliciesInstallation", "Security policies"},
        {"CertificatesInstallation", "Certificates"},
        {"NetworkProfilesInstallation", "Network connections"},
        {"ApplicationsInstallation", "Apps"},
        {"AadTokenRequest", "Token of the user"},
        {"AadRegistration", "Registration with Entra ID"},
        {"StartAadRegistration", "Registration attempt"},
        {"AgentDownloadAndInstall", "Intune Management Extension"},
        {"AgentProvisioningProgress", "Apps and scripts"},
    };
    return FIND(table, part);
}

apd_str timeline_scenario_words(apd_str scenario)
{
    static const words table[] = {
        {"", "unknown"},
        {"pre-provisioning-technician", "pre-provisioning (technician)"},
        {"pre-provisioning-user", "pre-provisioning (user)"},
        {"hybrid", "user-driven, hybrid join"},
        {"device-preparation", "device preparation (v2)"},
        {"existing-device", "existing device (JSON)"},
    };
    return FIND(table, scenario);
}

const char *timeline_kind_name(row_kind k)
{
    static const char *const names[] = {"milestone", "restart", "clock-step",
                                        "gap",       "finding", "event"};
    return names[k];
}

const char *timeline_edge_name(apd_edge e)
{
    static const char *const names[] = {"seen", "start", "success", "failure"};
    return names[e];
}

const char *timeline_offset(int minutes, char dst[16])
{
    int m = minutes < 0 ? -minutes : minutes;
    snprintf(dst, 16, "%c%02d:%02d", minutes < 0 ? '-' : '+', m / 60 % 100, m % 60);
    return dst;
}

const char *timeline_clock_mark(apd_clock c)
{
    switch (c) {
    case APD_CLOCK_UTC:
    case APD_CLOCK_OFFSET:
        return "Z";
    case APD_CLOCK_ESTIMATED:
        return "Z est";
    case APD_CLOCK_LOCAL:
        return " local";
    case APD_CLOCK_DATE:
        return " (day)";
    case APD_CLOCK_NONE:
        break;
    }
    return "";
}

apd_str timeline_moment(apd_arena *a, apd_time t, apd_clock c)
{
    char text[APD_TIME_TEXT];
    if (t == APD_TIME_NONE)
        return APD_LIT("-");
    apd_time_format(t, 0, false, text);
    text[10] = c == APD_CLOCK_DATE ? '\0' : ' ';
    return apd_printf_a(a, "%s%s", text, timeline_clock_mark(c));
}

apd_str timeline_length_words(apd_arena *a, const apd_attempt *at)
{
    char length[APD_TIME_TEXT], set[APD_TIME_TEXT];
    if (at->length < 0)
        return APD_LIT("");
    int64_t forward = at->end - at->start - at->length;
    bool told = forward >= APD_TICKS_MINUTE; /* less is what the time service corrects */
    apd_span_format(at->length, length);
    return apd_printf_a(a, "%s%s%s", length, told ? ", the clock was set forward by " : "",
                        told ? apd_span_format(forward, set) : "");
}

apd_str timeline_step_words(apd_arena *a, const apd_step *s)
{
    apd_str phase = timeline_phase_words(s->phase);
    if (!s->part.len)
        return phase;
    return apd_printf_a(a, "%.*s: %.*s", APD_FMT(phase), APD_FMT(timeline_part_words(s->part)));
}

apd_str timeline_fate_words(apd_arena *a, const apd_attempt *at)
{
    const apd_phase *ph = at->fate;
    apd_buf b;
    apd_buf_init(&b, a);
    if (at->scenario.len)
        apd_buf_addf(&b, "%.*s; ", APD_FMT(timeline_scenario_words(at->scenario)));
    apd_buf_addf(&b, "%.*s %s, %.*s", APD_FMT(timeline_phase_words(ph->name)),
                 apd_outcome_name(ph->outcome),
                 APD_FMT(timeline_moment(a, ph->end, ph->end_clock)));
    if (ph->outcome != APD_SUCCEEDED && at->last_good)
        apd_buf_addf(&b, "; last worked: %.*s, %.*s",
                     APD_FMT(timeline_step_words(a, at->last_good)),
                     APD_FMT(timeline_moment(a, at->last_good->time, at->last_good->clock)));
    return apd_buf_str(&b);
}

apd_str timeline_code(apd_arena *a, const apd_report *r, uint32_t code)
{
    const apd_code *c = apd_code_find(r->codes, code);
    if (!c)
        return apd_printf_a(a, "0x%08X", (unsigned)code);
    return apd_printf_a(a, "0x%08X %.*s%s%.*s", (unsigned)code, APD_FMT(c->symbol),
                        c->symbol.len ? ": " : "", APD_FMT(c->meaning));
}

apd_str timeline_file(const apd_report *r, apd_where where)
{
    return where.member < r->nfiles ? r->files[where.member].path : APD_LIT("");
}

bool timeline_sign_tells(const apd_attempt *at, size_t sign)
{
    const apd_scenario_sign *s = &at->signs[sign];
    bool tells = apd_eq(s->is, at->scenario);
    for (size_t i = 0; i < sign && tells; i++)
        tells = !apd_eq(at->signs[i].is, s->is) || !apd_eq(at->signs[i].say, s->say);
    return tells;
}

apd_str timeline_shift_words(apd_arena *a, const apd_trace_shift *s)
{
    char by[APD_TIME_TEXT], close[APD_TIME_TEXT];
    const char *how = s->said < 0 ? "back" : "forward";
    int64_t said = s->said < 0 ? -s->said : s->said;
    if (!s->known)
        return apd_printf_a(
            a,
            "the clock was set %s by %s meanwhile; too few events that another log has "
            "too, its times stay as they are",
            how, apd_span_format(said, by));
    return apd_printf_a(a,
                        "the clock was set %s by %s meanwhile; its times are moved, %u events of "
                        "other logs agree within %s",
                        how, apd_span_format(s->by < 0 ? -s->by : s->by, by), (unsigned)s->pairs,
                        apd_span_format(s->residual, close));
}
