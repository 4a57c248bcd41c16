/* Measures apd_select(): bytes of IME log text per second with some 60 text selections, and the
 * cost of an event log record that no rule is interested in.
 *
 *     bench_select [MB]
 *
 * The text is made here, in memory, with one line in 400 that a rule is about. Times are of this
 * process, so that a busy machine disturbs them less. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "hash.h"
#include "select_matcher.h"

/* What rules look for in these logs. */
static const struct {
    apd_op op;
    const char *text;
} wanted[] = {
    {APD_OP_CONTAINS, "Failed to download content"},
    {APD_OP_CONTAINS, "installation failed with exit code"},
    {APD_OP_CONTAINS, "Failed to get AAD token"},
    {APD_OP_CONTAINS, "application was not detected after installation"},
    {APD_OP_CONTAINS, "(407) Proxy Authentication Required"},
    {APD_OP_CONTAINS, "ESP timeout"},
    {APD_OP_CONTAINS, "TPM attestation failed"},
    {APD_OP_CONTAINS, "Hash validation failed"},
    {APD_OP_CONTAINS, "is not applicable for this device"},
    {APD_OP_CONTAINS, "requirement rule is not met"},
    {APD_OP_CONTAINS, "[Win32App] dependency"},
    {APD_OP_CONTAINS, "Timed out waiting for"},
    {APD_OP_CONTAINS, "disk space"},
    {APD_OP_CONTAINS, "another installation is in progress"},
    {APD_OP_CONTAINS, "reboot is required"},
    {APD_OP_CONTAINS, "decryption failed"},
    {APD_OP_CONTAINS, "unzipping failed"},
    {APD_OP_CONTAINS, "Delivery Optimization"},
    {APD_OP_CONTAINS, "CertificateException"},
    {APD_OP_CONTAINS, "NameResolutionFailure"},
    {APD_OP_CONTAINS, "TrustFailure"},
    {APD_OP_CONTAINS, "user session is not"},
    {APD_OP_CONTAINS, "policy is not targeted"},
    {APD_OP_CONTAINS, "PowerShell script exceeded"},
    {APD_OP_CONTAINS, "execution policy"},
    {APD_OP_STARTS, "[StatusService] Unable to"},
    {APD_OP_STARTS, "Exception occurs in"},
    {APD_OP_STARTS, "[Win32App][ESPAppLockInAction]"},
    {APD_OP_ENDS, "will be retried later"},
    {APD_OP_EQ, "*GRS*expired*"},
    {APD_OP_EQ, "Agent executor completed, exit code 1*"},
    {APD_OP_RE, "exit code (1603|1618|1619|1625|1638)\\b"},
    {APD_OP_RE, "\\[Win32App\\].{0,60}(failed|timed out)"},
    {APD_OP_RE, "error ?code\\W{1,3}(0x[0-9a-f]{8}|-?\\d{10})"},
    {APD_OP_RE, "(proxy|gateway|firewall).{0,40}(denied|blocked|407)"},
    {APD_OP_RE, "sha256 (mismatch|differs)"},
    {APD_OP_RE, "app [0-9a-f-]{36} (still )?pending"},
    {APD_OP_RE, "attempt \\d+ of \\d+ failed"},
    {APD_OP_RE, "status code (5\\d\\d|429)"},
    {APD_OP_RE, "cannot (find|open|access) (the )?(file|path)"},
    {APD_OP_RE, "install(er|ation)? (was )?cancel?led"},
    {APD_OP_RE, "WinGet.*(no applicable|not found)"},
    {APD_OP_RE, "msi.*returned (1603|1605)"},
    {APD_OP_RE, "clock|time skew"},
    {APD_OP_RE, "bits.*(0x80190\\w+|transient)"},
    {APD_OP_HRESULT, "0x80072EE7"},
    {APD_OP_HRESULT, "0x80072F8F"},
    {APD_OP_HRESULT, "0x87D1041C"},
    {APD_OP_HRESULT, "0x87D13B64"},
    {APD_OP_HRESULT, "0x80070005"},
    {APD_OP_HRESULT, "0x80070643"},
    {APD_OP_HRESULT, "0x800705B4"},
    {APD_OP_HRESULT, "0x80180014"},
    {APD_OP_HRESULT, "0x81039001"},
    {APD_OP_HRESULT, "0xCAA70004"},
    {APD_OP_HRESULT, "0x80070070"},
    {APD_OP_HRESULT, "0x87D30068"},
    {APD_OP_HRESULT, "0x80246007"},
    {APD_OP_HRESULT, "0x8024401C"},
    {APD_OP_HRESULT, "0x80072EFD"},
};
enum { WANTED = sizeof wanted / sizeof *wanted };

static const char *const calm[] = {
    "[Win32App] Checking detection rule for app id %s name Contoso VPN %u",
    "[Win32App][ActionProcessor] App with id: %s, targeted intent: RequiredInstall, and "
    "enforceability: Enforceable "
    "has projected enforcement classification: EnforcementPoint %u",
    "[Win32App] ExecManager: processing targeted app (name='Adobe Reader', id='%s') with intent=3, "
    "appApplicabilityStateDueToAssginmentFilters= for user session %u",
    "[Win32App] SideCarProductCodeDetectionManager Product code {%s} detected = True (%u)",
    "[Win32App][WinGetApp][AppStateMachine] %s: Done processing subgraph. ReportingState: "
    "AlreadyInstalled, %u",
    "Get policies = [{\"Id\":\"%s\",\"Name\":\"Company "
    "Portal\",\"Version\":%u,\"Intent\":3,\"TargetType\":2,"
    "\"AppApplicabilityStateDueToAssginmentFilters\":null}]",
    "[HS] processing remediation policy id %s, type 6, schedule every %u minutes, last run "
    "2025-11-14",
    "[Flighting] %s FlightingManager evaluated key SideCar_%u default value False",
    "Sending network request to "
    "https://fef.msub05.manage.microsoft.com/TrafficGateway/TrafficRoutingService/SideCar/"
    "StatelessSideCarGatewayService/SideCarGatewaySessions('%s') %u",
    "[Proxy Poller] %s checking proxy settings, user SID S-1-12-1-%u, session 1, proxy: none",
    "[Location Service] %s got DO endpoint in %u ms, cached until 2025-11-14T00:00:00Z",
    "AAD User check is not needed because device %s is in ESP, skipping; ESPDetected=True, "
    "phase=DeviceSetup, attempt %u",
    "Agent executor completed %s, exit code 0, elapsed %u ms, output length 48",
};

static const char *const hot[] = {
    "[Win32App] Failed to download content for app %s, error code = 0x80072EE7, retry %u",
    "[Win32App] installation failed with exit code 1603 for app %s (%u)",
    "Failed to get AAD token %s. errorCode = 3399548929, hr = 0xCAA70004, msg = The server or "
    "proxy was not found %u",
    "[StatusService] Unable to get error code and hence returning %s. 0x87D1041C application was "
    "not detected %u",
    "Exception occurs in CheckIn %s, System.Net.WebException: (407) Proxy Authentication Required. "
    "%u",
    "ESP timeout: DevicePreparation exceeded 60 minutes, blocking app %s still pending %u",
    "TPM attestation failed 0x81039001 for EK certificate %s, vendor INTC %u",
    "[Win32App] Hash validation failed for %s, expected sha256 mismatch %u",
};

typedef struct bench {
    apd_arena *a;
    apd_intern *names;
    apd_rules r;
    char *text;
    apd_str *lines;
    size_t nlines, bytes;
} bench;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint32_t rnd(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

static void make_text(bench *b, size_t bytes)
{
    uint64_t rng = 7;
    b->text = malloc(bytes + 1024);
    b->lines = malloc((bytes / 40 + 1) * sizeof *b->lines);
    if (!b->text || !b->lines)
        exit(1);
    while (b->bytes < bytes) {
        char guid[40];
        snprintf(guid, sizeof guid, "%08x-%04x-%04x-%04x-%08x%04x", rnd(&rng, UINT32_MAX),
                 rnd(&rng, 65536), rnd(&rng, 65536), rnd(&rng, 65536), rnd(&rng, UINT32_MAX),
                 rnd(&rng, 65536));
        const char *format = rnd(&rng, 400) ? calm[rnd(&rng, sizeof calm / sizeof *calm)]
                                            : hot[rnd(&rng, sizeof hot / sizeof *hot)];
        char *at = b->text + b->bytes;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        int n = snprintf(at, 1024, format, guid, rnd(&rng, 100000));
#pragma GCC diagnostic pop
        b->lines[b->nlines++] = apd_str_from(at, (size_t)n);
        b->bytes += (size_t)n;
    }
}

static void quiet(void *ctx, bool error, apd_mark_at at, const char *fmt, ...)
{
    (void)ctx;
    (void)at;
    if (error)
        fprintf(stderr, "%s\n", fmt);
}

static apd_sym symbol(bench *b, const char *name)
{
    return apd_sym_fold(b->names, apd_intern_add(b->names, apd_str_of(name)));
}

/* One selection a text on the alias "ime"; one on EventIDs of the alias "mdm". */
static void make_rules(bench *b)
{
    apd_sym *syms = APD_NEWS(b->a, apd_sym, 2);
    syms[0] = symbol(b, "IntuneManagementExtension");
    syms[1] = symbol(b, "Mdm-Admin");
    apd_alias_row *rows = APD_NEWS(b->a, apd_alias_row, 2);
    rows[0] = (apd_alias_row){.files = &syms[0], .nfiles = 1};
    rows[1] = (apd_alias_row){.channels = &syms[1], .nchannels = 1};
    apd_alias *aliases = APD_NEWS(b->a, apd_alias, 2);
    aliases[0] = (apd_alias){.rows = &rows[0], .nrows = 1};
    aliases[1] = (apd_alias){.rows = &rows[1], .nrows = 1};
    static const uint16_t ime = 0, mdm = 1;

    apd_selection *selections = APD_NEWS(b->a, apd_selection, WANTED + 1);
    apd_alt *alts = APD_NEWS(b->a, apd_alt, WANTED + 1);
    apd_cond *conds = APD_NEWS(b->a, apd_cond, WANTED + 1);
    apd_value *values = APD_NEWS(b->a, apd_value, WANTED + 1);
    apd_pattern *patterns = APD_NEWS(b->a, apd_pattern, WANTED);
    size_t npatterns = 0;
    for (size_t i = 0; i <= WANTED; i++) {
        bool text = i < WANTED;
        apd_value *v = &values[i];
        v->text = apd_str_of(text ? wanted[i].text : "72");
        v->is_number = apd_parse_int(v->text, &v->number, &v->negative);
        v->has_glob = text && wanted[i].op == APD_OP_EQ;
        if (text && wanted[i].op == APD_OP_RE) {
            v->pattern = (uint32_t)npatterns;
            patterns[npatterns++] = (apd_pattern){.text = v->text};
        }
        conds[i] = (apd_cond){.target = text ? APD_ON_MESSAGE : APD_ON_EVENT_ID,
                              .op = text ? wanted[i].op : APD_OP_EQ,
                              .values = v,
                              .nvalues = 1};
        alts[i] = (apd_alt){
            .aliases = text ? &ime : &mdm, .naliases = 1, .conds = &conds[i], .nconds = 1};
        selections[i] = (apd_selection){.alts = &alts[i], .nalts = 1};
    }
    b->r = (apd_rules){.arena = b->a,
                       .names = b->names,
                       .aliases = aliases,
                       .naliases = 2,
                       .selections = selections,
                       .nselections = WANTED + 1,
                       .patterns = patterns,
                       .npatterns = npatterns};
}

static void time_text(bench *b, apd_selector *s)
{
    apd_event ev = {.kind = APD_EVENT};
    ev.log = apd_intern_add(b->names, APD_LIT("IntuneManagementExtension"));
    apd_sym components[4];
    static const char *const names[] = {"AppWorkload", "Win32AppInventory", "Sensor",
                                        "ClientHealth"};
    for (int i = 0; i < 4; i++)
        components[i] = apd_intern_add(b->names, apd_str_of(names[i]));
    for (int run = 0; run < 5; run++) {
        size_t matches = 0, hit_lines = 0;
        double start = now();
        for (size_t i = 0; i < b->nlines; i++) {
            apd_match *m;
            size_t n;
            ev.provider = components[i & 3];
            ev.message = b->lines[i];
            if (apd_select(s, &ev, &m, &n) != APD_OK)
                exit(1);
            matches += n;
            hit_lines += n > 0;
        }
        double t = now() - start;
        printf("select  %6.0f MB/s  %5.0f ns a line, %zu of %zu lines hit, %zu matches\n",
               (double)b->bytes / t / 1e6, t / (double)b->nlines * 1e9, hit_lines, b->nlines,
               matches);
    }
}

static void time_wordset(const bench *b)
{
    const struct apd_matcher *m = b->r.matcher;
    uint64_t *seen = APD_NEWS(b->a, uint64_t, 2 * m->words);
    for (int run = 0; run < 3; run++) {
        size_t lines = 0;
        double start = now();
        for (size_t i = 0; i < b->nlines; i++)
            lines += apd_wordset_scan(m->literals, b->lines[i], seen);
        double t = now() - start;
        printf("literals %5.0f MB/s  %5.0f ns a line, in %zu lines\n", (double)b->bytes / t / 1e6,
               t / (double)b->nlines * 1e9, lines);
    }
}

/* What no record of ours costs: another log, and an id of a log of ours that no rule asks for. */
static void time_events(bench *b, apd_selector *s, const char *log)
{
    enum { N = 20000000 };
    apd_sym providers[16];
    for (unsigned i = 0; i < 16; i++) {
        char name[32];
        snprintf(name, sizeof name, "Provider %u", i);
        providers[i] = apd_intern_add(b->names, apd_str_of(name));
    }
    apd_event ev = {.kind = APD_EVENT, .id = 5};
    ev.log = apd_intern_add(b->names, apd_str_of(log));
    size_t matches = 0;
    double start = now();
    for (size_t i = 0; i < N; i++) {
        apd_match *m;
        size_t n;
        ev.provider = providers[i & 15];
        ev.id = (uint32_t)(i % 70);
        if (apd_select(s, &ev, &m, &n) != APD_OK)
            exit(1);
        matches += n;
    }
    printf("record of %-12s %5.1f ns (%zu matches)\n", log, (now() - start) / N * 1e9, matches);
}

int main(int argc, char **argv)
{
    bench b = {.a = apd_arena_new(0), .names = apd_intern_new()};
    make_text(&b, (size_t)(argc > 1 ? atoi(argv[1]) : 100) * 1000000);
    make_rules(&b);
    double start = now();
    if (apd_matcher_new(&b.r, quiet, NULL) != APD_OK)
        return 1;
    printf("%d text selections, matcher built in %.2f ms\n", WANTED, (now() - start) * 1e3);
    apd_selector *s = apd_selector_new(&b.r, b.names);
    if (!s)
        return 1;
    time_wordset(&b);
    time_text(&b, s);
    time_events(&b, s, "Application");
    time_events(&b, s, "Mdm-Admin");
    apd_selector_free(s);
    apd_matcher_free(&b.r);
    apd_intern_free(b.names);
    apd_arena_free(b.a);
    free(b.text);
    free(b.lines);
    return 0;
}
