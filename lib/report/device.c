/* What the device is: each property with its source and with what another source says differently. */
#include "apps_p.h"
#include "table.h"

enum { LABEL_CELL = 22 };

typedef struct property {
    enum apd_device_value which;
    const char *heading; /* of the group that begins here, or NULL */
    const char *label;
    bool personal;
} property;

static const property properties[] = {
    {APD_DEVICE_MANUFACTURER, "Device", "manufacturer", false},
    {APD_DEVICE_MODEL, NULL, "model", false},
    {APD_DEVICE_SERIAL, NULL, "serial number", true},
    {APD_DEVICE_NAME, NULL, "name", true},
    {APD_DEVICE_OS_EDITION, "Windows", "edition", false},
    {APD_DEVICE_OS_VERSION, NULL, "version", false},
    {APD_DEVICE_OS_BUILD, NULL, "build", false},
    {APD_DEVICE_TIME_ZONE, NULL, "time zone", false},
    {APD_DEVICE_TPM_VERSION, "TPM", "TPM version", false},
    {APD_DEVICE_TPM_MANUFACTURER, NULL, "TPM manufacturer", false},
    {APD_DEVICE_TPM_FIRMWARE, NULL, "TPM firmware", false},
    {APD_DEVICE_TPM_READY, NULL, "TPM ready", false},
    {APD_DEVICE_ENTRA_JOINED, "Belongs to", "Entra joined", false},
    {APD_DEVICE_DOMAIN_JOINED, NULL, "domain joined", false},
    {APD_DEVICE_TENANT_ID, NULL, "tenant id", true},
    {APD_DEVICE_TENANT_DOMAIN, NULL, "tenant domain", true},
    {APD_DEVICE_ENTRA_ID, NULL, "Entra device id", true},
    {APD_DEVICE_INTUNE_ID, NULL, "Intune device id", true},
    {APD_DEVICE_USER, NULL, "user", true},
    {APD_DEVICE_MDM_URL, NULL, "MDM address", false},
    {APD_DEVICE_PROFILE, "Autopilot profile", "profile", false},
    {APD_DEVICE_PROFILE_DATE, NULL, "downloaded", false},
    {APD_DEVICE_OOBE_CONFIG, NULL, "OobeConfig", false},
    {APD_DEVICE_JOIN_METHOD, NULL, "join method", false},
    {APD_DEVICE_ESP_TIMEOUT, "Enrollment Status Page", "time limit", false},
    {APD_DEVICE_ESP_BLOCK, NULL, "when it fails", false},
    {APD_DEVICE_ESP_SKIP_DEVICE, NULL, "device phase", false},
    {APD_DEVICE_ESP_SKIP_USER, NULL, "account phase", false},
    {APD_DEVICE_IME_VERSION, "Intune Management Extension", "agent version", false},
};
enum { NPROPERTIES = sizeof properties / sizeof *properties };

/* Where rules/enums.tsv spells the value out. */
static apd_str meaning_of(apd_arena *a, const apd_report *r, enum apd_device_value which,
                          apd_str value)
{
    static const struct {
        enum apd_device_value which;
        const char *key, *name;
    } places[] = {
        {APD_DEVICE_OOBE_CONFIG, "HKLM\\SOFTWARE\\Microsoft\\Provisioning\\Diagnostics\\Autopilot",
         "CloudAssignedOobeConfig"},
        {APD_DEVICE_JOIN_METHOD, "HKLM\\SOFTWARE\\Microsoft\\Provisioning\\Diagnostics\\Autopilot",
         "CloudAssignedDomainJoinMethod"},
        {APD_DEVICE_ESP_BLOCK, "HKLM\\SOFTWARE\\Microsoft\\Enrollments\\x\\FirstSync",
         "BlockInStatusPage"},
        {APD_DEVICE_ESP_SKIP_DEVICE, "HKLM\\SOFTWARE\\Microsoft\\Enrollments\\x\\FirstSync",
         "SkipDeviceStatusPage"},
        {APD_DEVICE_ESP_SKIP_USER, "HKLM\\SOFTWARE\\Microsoft\\Enrollments\\x\\FirstSync",
         "SkipUserStatusPage"},
    };
    apd_field f = {.type = APD_T_UTF8, .as.raw = apd_str_bytes(value)};
    if (which == APD_DEVICE_ESP_TIMEOUT)
        return APD_LIT("minutes");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i].which == which)
            return apd_enum_meaning(r->enums, r->codes, a, apd_str_of(places[i].key),
                                    apd_str_of(places[i].name), &f)
                .text;
    return APD_LIT("");
}

static apd_str source_words(apd_arena *a, const apd_report *r, apd_sym log, apd_where where)
{
    apd_str name = apd_sym_text(r->names, log);
    return apd_printf_a(a, "%.*s in %.*s", APD_FMT(name), APD_FMT(apd_where_words(a, r, where)));
}

static apd_str with_meaning(out *o, enum apd_device_value which, apd_str value)
{
    apd_str m = meaning_of(o->a, o->r, which, value);
    if (m.len == 0)
        return value;
    return which == APD_DEVICE_ESP_TIMEOUT
               ? apd_printf_a(o->a, "%.*s %.*s", APD_FMT(value), APD_FMT(m))
               : apd_printf_a(o->a, "%.*s (%.*s)", APD_FMT(value), APD_FMT(m));
}

static void value_line(out *o, const char *label, enum apd_device_value which, apd_str value,
                       apd_str source)
{
    char lead_text[LABEL_CELL + 8];
    snprintf(lead_text, sizeof lead_text, "  %-*s ", LABEL_CELL, label);
    lead(o, PLAIN, lead_text);
    paragraph(o, PLAIN, with_meaning(o, which, value), LABEL_CELL + 3);
    if (o->style->verbose) {
        fprintf(o->f, "%*s", LABEL_CELL + 3, "");
        paragraph(o, DIM, source, LABEL_CELL + 3);
    }
}

static bool property_lines(out *o, const property *p, const char *heading)
{
    const apd_property *v = apd_device_property(apd_model_device(o->r->model), p->which);
    apd_mark m = apd_arena_mark(o->a);
    if (!v->value.len)
        return false;
    if (heading)
        fprintf(o->f, "\n%s%s%s\n", paint(o, BOLD), heading, paint(o, PLAIN));
    value_line(o, p->label, p->which, v->value, source_words(o->a, o->r, v->log, v->where));
    if (v->other.len) {
        apd_str text = apd_printf_a(o->a, "but %.*s says %.*s",
                                    APD_FMT(source_words(o->a, o->r, v->other_log, v->other_where)),
                                    APD_FMT(v->other));
        fprintf(o->f, "%*s", LABEL_CELL + 3, "");
        paragraph(o, YELLOW, text, LABEL_CELL + 3);
    }
    apd_arena_rewind(o->a, m);
    return true;
}

bool apd_device_term(FILE *f, const apd_report *r, const apd_style *style)
{
    out o = {f, r, style, apd_arena_new(0)};
    const char *heading = NULL;
    bool any = false;
    if (!o.a)
        return false;
    put(&o, BOLD, r->bundle, 0);
    fputs(":\n", f);
    for (size_t i = 0; r->model && i < NPROPERTIES; i++) {
        heading = properties[i].heading ? properties[i].heading : heading;
        if (!property_lines(&o, &properties[i], heading))
            continue;
        heading = NULL;
        any = true;
    }
    if (!any)
        fputs("\nNo file of the bundle says anything about the device.\n", f);
    apd_arena_free(o.a);
    return !ferror(f);
}

/* --- JSON --- */

static void put_source(json *j, const apd_report *r, apd_str value, apd_sym log, apd_where where)
{
    put_s(j, "value", value);
    put_s(j, "source", apd_sym_text(r->names, log));
    put_s(j, "file", where.member < r->nfiles ? r->files[where.member].path : APD_LIT(""));
    put_u(j, "record", where.record);
}

void apd_properties_json(json *j, const apd_report *r)
{
    open_(j, '{');
    for (size_t i = 0; r->model && i < APD_DEVICE_VALUES; i++) {
        const apd_property *p =
            apd_device_property(apd_model_device(r->model), (enum apd_device_value)i);
        if (!p->value.len)
            continue;
        key(j, apd_verb_at(APD_SAYS_DEVICE)->values[i]);
        open_(j, '{');
        put_source(j, r, p->value, p->log, p->where);
        apd_str m = meaning_of(j->a, r, (enum apd_device_value)i, p->value);
        if (m.len)
            put_s(j, "meaning", m);
        if (p->other.len) {
            key(j, "other");
            open_(j, '{');
            put_source(j, r, p->other, p->other_log, p->other_where);
            close_(j, '}');
        }
        close_(j, '}');
    }
    close_(j, '}');
}

bool apd_device_json(FILE *f, const apd_report *r)
{
    json j = {.f = f, .a = apd_arena_new(0), .mask = r->mask};
    if (!j.a)
        return false;
    open_(&j, '{');
    put_z(&j, "schema", "apdiag/device/1");
    put_z(&j, "version", r->version);
    put_s(&j, "bundle", r->bundle);
    key(&j, "device");
    apd_properties_json(&j, r);
    close_(&j, '}');
    fputc('\n', f);
    apd_arena_free(j.a);
    return !ferror(f);
}

/* --- what is personal --- */

static bool add_user(apd_mask *m, apd_str user)
{
    bool nobody = true; /* "00000000-…" and "S-0-0-00-…" stand for the device */
    for (size_t i = 0; i < user.len; i++)
        nobody &= user.ptr[i] == '0' || user.ptr[i] == '-' || user.ptr[i] == 'S';
    return nobody || apd_mask_add(m, user);
}

apd_mask *apd_mask_of(const apd_report *r)
{
    apd_mask *m = apd_mask_new();
    bool ok = m != NULL;
    for (size_t i = 0; ok && r->model && i < NPROPERTIES; i++) {
        const apd_property *p =
            apd_device_property(apd_model_device(r->model), properties[i].which);
        if (properties[i].personal)
            ok = apd_mask_add(m, p->value) && apd_mask_add(m, p->other);
    }
    const apd_items *items = ok && r->model ? apd_model_items(r->model) : NULL;
    for (size_t i = 0; ok && items && i < apd_items_count(items); i++)
        ok = add_user(m, apd_items_at(items, i)->user);
    if (!ok) {
        apd_mask_free(m);
        return NULL;
    }
    return m;
}
