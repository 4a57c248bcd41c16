/* Reports of commands: which they are, what their facts hold, and that their lines stay as they were.
 * The texts are made up; their layouts are those of the commands. */
#include "reading.h"

#include "limits.h"

static reading report(const char *path, apd_bytes data)
{
    assert_true(
        apd_parser_keyvalue.bid((apd_bytes){data.ptr, data.len < APD_SNIFF ? data.len : APD_SNIFF},
                                apd_str_of(path)) > 0);
    return read_all_ways(&apd_parser_keyvalue, path, data);
}

/* The i-th fact, as an index into the items. */
static size_t fact_at(const reading *r, size_t i)
{
    for (size_t k = 0; k < r->n; k++)
        if (r->items[k].status == APD_OK && r->items[k].ev.kind == APD_FACT && i-- == 0)
            return k;
    fail_msg("there is no such fact");
    return 0;
}

static size_t facts(const reading *r)
{
    size_t n = 0;
    for (size_t k = 0; k < r->n; k++)
        n += r->items[k].status == APD_OK && r->items[k].ev.kind == APD_FACT;
    return n;
}

static void assert_fact(const reading *r, size_t at, const char *name)
{
    const apd_event *ev = event_at(r, at);
    assert_int_equal(ev->kind, APD_FACT);
    assert_int_equal(ev->clock, APD_CLOCK_NONE);
    assert_text(apd_sym_text(r->names, ev->log), name);
}

static apd_type type_of(const reading *r, size_t at, const char *name)
{
    apd_event ev = *event_at(r, at);
    const apd_field *f = apd_event_field(
        &ev, r->names, apd_sym_fold(r->names, apd_intern_find(r->names, apd_str_of(name))));
    assert_non_null(f);
    return f->type;
}

static void the_tpm_of_both_generations(void **state)
{
    (void)state;
    reading r = report("(12) x.log", BYTES("2024-08-06T01:23:06\r\n"
                                           "TpmHLI GetVersion result: 0x00000000\r\n"
                                           "TpmHLI Version: 2.0\r\n"
                                           "Manufacturer: Fabrikam Silicon\r\n"
                                           "VendorId: FBS0012 \r\n"
                                           "Uefi Is Present: Yes\r\n"
                                           "TpmHLI IsReady for Storage result: 0x00000000\r\n"
                                           "Ready: True\r\n"
                                           "Bits:  0x0\r\n"
                                           "TpmHLI IsReady for Attestation result: 0x80290300\r\n"
                                           "Ready: False\r\n"
                                           "Bits:  0x40001\r\n"
                                           "  -NoValidEkCert: No valid EK cert found\r\n"
                                           "  -Other: two\r\n"));
    assert_events(&r, 15);
    for (size_t i = 0; i < 14; i++) {
        assert_int_equal(event_at(&r, i)->kind, APD_EVENT);
        assert_int_equal(event_at(&r, i)->where.record, i + 1);
        assert_text(apd_sym_text(r.names, event_at(&r, i)->log), "TpmHliInfo_Output");
    }
    assert_message(&r, 12, "  -NoValidEkCert: No valid EK cert found");
    assert_fact(&r, 14, "tpm.hli");
    assert_int_equal(event_at(&r, 14)->where.member, 7);
    static const char *const want[][2] = {{"Collected", "2024-08-06T01:23:06"},
                                          {"GetVersionResult", "0x0"},
                                          {"Version", "2.0"},
                                          {"Manufacturer", "Fabrikam Silicon"},
                                          {"VendorId", "FBS0012"},
                                          {"UefiPresent", "true"},
                                          {"Storage.Ready", "true"},
                                          {"Storage.Bits", "0x0"},
                                          {"Attestation.Ready", "false"},
                                          {"Attestation.ReadyResult", "0x80290300"},
                                          {"Attestation.Bits", "0x40001"},
                                          {"Attestation.Reasons", "NoValidEkCert, Other"},
                                          {"EkCertPresent", "false"}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_field(&r, 14, want[i][0], want[i][1]);
    assert_int_equal(type_of(&r, 14, "Attestation.Bits"), APD_T_HEX);
    assert_int_equal(type_of(&r, 14, "Storage.Ready"), APD_T_BOOL);
    reading_free(&r);
    r = report("TpmHliInfo_Output.txt", BYTES("TpmHLI Version: 1.2\nManufacturer: X\n"
                                              "TpmHLI IsReady result: 0x0\nReady: True\n"
                                              "Bits:  0x0\nReady: False\nManufacturer: Y\n"));
    size_t at = fact_at(&r, 0);
    assert_field(&r, at, "Version", "1.2");
    assert_field(&r, at, "Ready", "false"); /* numbers and truths: the last; texts: the first */
    assert_field(&r, at, "Manufacturer", "X");
    assert_field(&r, at, "EkCertPresent", "(none)");
    reading_free(&r);
}

static void the_attestation_authority(void **state)
{
    (void)state;
#define ANSWER(n, text)                                                                            \
    "HTTP/1.1 " n " " text "\nx-ms-request-id: 5f0e-" n "\n\nMethod: GET(141ms)\nStage: "          \
    "GetCACaps\n"
    reading r = report(
        "output.log",
        BYTES(
            "GetCACaps\nGetCACaps: Not Found\n"
            "{\"Message\":\"The authority \\\"fbsi-keyid-00ff.microsoftaik.azure.net\\\" does not "
            "exist.\"}\n" ANSWER("503", "Busy")
                ANSWER("404", "Not Found") "Not found (404). 0x80190194 (-2145844844 "
                                           "HTTP_E_STATUS_NOT_FOUND)\n"));
    size_t at = fact_at(&r, 0);
    assert_fact(&r, at, "tpm.aik");
    assert_text(apd_sym_text(r.names, event_at(&r, 0)->log), "CertReq_enrollaik_Output");
    assert_field(&r, at, "Host", "fbsi-keyid-00ff.microsoftaik.azure.net");
    assert_field(&r, at, "HttpStatus", "404");
    assert_field(&r, at, "Answers", "2");
    assert_field(&r, at, "GetCACaps", "Not Found");
    assert_field(&r, at, "Stage", "GetCACaps");
    assert_field(&r, at, "Result", "0x80190194");
    assert_field(&r, at, "RequestId", "5f0e-503");
    assert_field(&r, at, "Message",
                 "The authority \\\"fbsi-keyid-00ff.microsoftaik.azure.net\\\" does not exist.");
    assert_field(&r, at, "Certificate", "(none)");
    assert_int_equal(type_of(&r, at, "Result"), APD_T_HEX);
    assert_int_equal(type_of(&r, at, "HttpStatus"), APD_T_U64);
    reading_free(&r);
    r = report("CertReq_enrollaik_Output.txt",
               BYTES("https://FBSI-KeyId-00.microsoftaik.azure.net/templates/Aik/scep\n"
                     "HTTP/1.1 400 Bad Request\n{\"Message\":\"Failed to parse SCEP request.\"}\n"
                     "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"));
    at = fact_at(&r, 0);
    assert_field(&r, at, "Host", "FBSI-KeyId-00.microsoftaik.azure.net");
    assert_field(&r, at, "Message", "Failed to parse SCEP request.");
    assert_field(&r, at, "Certificate", "true");
    reading_free(&r);
#undef ANSWER
}

static void tpm_information_and_uefi_variables(void **state)
{
    (void)state;
    reading r = report("x.txt", BYTES("Platform: TPM-Version:2.0 -Level:0-Revision:1.38-VendorID:"
                                      "'IFX '-Firmware:7.83.3358.0\nEK size: 2048\nOwned: True\n"
                                      "CertUtil: -TPMInfo command completed successfully.\n"));
    size_t at = fact_at(&r, 0);
    assert_fact(&r, at, "tpm.info");
    assert_field(&r, at, "SpecVersion", "2.0");
    assert_field(&r, at, "SpecRevision", "1.38");
    assert_field(&r, at, "ManufacturerId", "IFX");
    assert_field(&r, at, "FirmwareVersion", "7.83.3358.0");
    assert_field(&r, at, "EKSize", "2048");
    assert_int_equal(type_of(&r, at, "EKSize"), APD_T_U64);
    assert_int_equal(type_of(&r, at, "Owned"), APD_T_BOOL);
    assert_field(&r, at, "CertUtil", "(none)");
    reading_free(&r);
    r = report("x.txt",
               BYTES("UEFI is supported.\nNamespace: {1}, variable name: FORCED_NETWORK_FLAG\n"
                     "Error: 0x800700CB\nNamespace: {1}, variable name: AUTOPILOT_MARKER\n"
                     "Value: {abc}\nUEFI query complete.\n"));
    at = fact_at(&r, 0);
    assert_fact(&r, at, "uefi.data");
    assert_int_equal(event_at(&r, at)->nfields, 4);
    assert_field(&r, at, "Supported", "true");
    assert_field(&r, at, "FORCED_NETWORK_FLAG.Error", "0x800700cb");
    assert_field(&r, at, "AUTOPILOT_MARKER.Value", "{abc}");
    assert_field(&r, at, "Complete", "true");
    reading_free(&r);
}

static const char status[] =
    "+-----------------------+\r\n"
    "| Ger\x84testatus         |\r\n"
    "+-----------------------+\r\n"
    "\r\n"
    "             AzureAdJoined : NO\r\n"
    "               Device Name : PC-1.contoso.example\r\n"
    "| Work Account 1        |\r\n"
    "         WorkplaceDeviceId : 11\r\n"
    "                UserEmail : \r\n"
    "| Work Account 2        |\r\n"
    "         WorkplaceDeviceId : 22\r\n"
    "| SSO State             |\r\n"
    "                AzureAdPrt : NO\r\n"
    "    Acquire Prt Diagnostics : PRESENT\r\n"
    "      Previous Prt Attempt : 2025-11-18 08:00:00.000 UTC\r\n"
    "            Attempt Status : 0xc000006d\r\n"
    "| Diagnostic Data       |\r\n"
    "       AD Connectivity Test : FAIL [0x80070054b]\r\n"
    "          Client ErrorCode : 0x801c03f2\r\n"
    "        Server ErrorCode : DirectoryError\r\n"
    "            Server Message : The object by the given id: (x) is not found.\r\n"
    "| IE Proxy Config for Current User |\r\n"
    "      Auto Detect Settings : YES\r\n";

static void dsregcmd_has_every_key(void **state)
{
    (void)state;
    static const char *const want[][2] = {
        {"AzureAdJoined", "NO"},
        {"DeviceName", "PC-1.contoso.example"},
        {"WorkAccount1.WorkplaceDeviceId", "11"},
        {"WorkAccount1.UserEmail", ""},
        {"WorkAccount2.WorkplaceDeviceId", "22"},
        {"AzureAdPrt", "NO"},
        {"AcquirePrt.Diagnostics", "PRESENT"},
        {"AcquirePrt.PreviousPrtAttempt", "2025-11-18 08:00:00.000 UTC"},
        {"AcquirePrt.AttemptStatus", "0xc000006d"},
        {"ADConnectivityTest", "FAIL [0x80070054b]"},
        {"ClientErrorCode", "0x801c03f2"},
        {"ServerErrorCode", "DirectoryError"},
        {"ServerMessage", "The object by the given id: (x) is not found."},
        {"IEProxyConfigForCurrentUser.AutoDetectSettings", "YES"}};
    apd_arena *a = apd_arena_new(0);
    apd_bytes forms[] = {BYTES(status), {NULL, 0}};
    forms[1] = to_utf16(a, APD_LIT("| x |\r\n AzureAdJoined : NO\r\n"), false, true);
    reading r = report("(31) Command status output.log", forms[0]);
    size_t at = fact_at(&r, 0);
    assert_fact(&r, at, "dsregcmd");
    assert_int_equal(at, r.n - 2);
    assert_int_equal(event_at(&r, at)->nfields, sizeof want / sizeof *want);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_field(&r, at, want[i][0], want[i][1]);
    assert_int_equal(type_of(&r, at, "AzureAdJoined"), APD_T_UTF8);
    assert_int_equal(type_of(&r, at, "WorkAccount1.UserEmail"), APD_T_NONE);
    assert_text(apd_sym_text(r.names, event_at(&r, 0)->log), "dsregcmd");
    reading_free(&r);
    r = report("x.txt", forms[1]);
    assert_field(&r, fact_at(&r, 0), "AzureAdJoined", "NO");
    reading_free(&r);
    apd_arena_free(a);
}

static void adapters_in_any_language(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *adapter;
    } cases[] = {
        {"\nWindows IP Configuration\n\n   Host Name . . . . . . . . . . . . : PC-1\n\n"
         "Wireless LAN adapter Wi-Fi:\n\n"
         "   Physical Address. . . . . . . . . : 02-00-00-00-00-01\n"
         "   DHCP Enabled. . . . . . . . . . . : Yes\n"
         "   IPv4 Address. . . . . . . . . . . : 192.0.2.17(Preferred) \n"
         "   Default Gateway . . . . . . . . . : fe80::1%5\n"
         "                                       192.0.2.1\n"
         "   DNS Servers . . . . . . . . . . . : 192.0.2.53\n"
         "                                       192.0.2.54\n",
         "PC-1", "Wireless LAN adapter Wi-Fi"},
        {"\nConfiguration IP de Windows\n\n   Nom de l'h\x93te . . . . . . . . . . : PC-1\n\n"
         "Carte r\x82seau sans fil Wi-Fi :\n\n"
         "   Adresse physique . . . . . . . . . . . : 02-00-00-00-00-01\n"
         "   DHCP activ\x82. . . . . . . . . . . . . . : Oui\n"
         "   Adresse IPv4. . . . . . . . . . . . . .: 192.0.2.17(pr\x82\x66\x82r\x82)\n"
         "   Passerelle par d\x82\x66\x61ut. . . . . . . . . : fe80::1%5\n"
         "                                       192.0.2.1\n"
         "   Serveurs DNS. . .  . . . . . . . . . . : 192.0.2.53\n"
         "                                       192.0.2.54\n",
         "PC-1", "Carte r\x82seau sans fil Wi-Fi"},
        {"\nKonfiguracja IP systemu Windows\n\n   Nazwa hosta . . . . . . . . . . . : PC-1\n\n"
         "Karta Ethernet:\n\n   Adres fizyczny. . . . . . . . . . : 02-00-00-00-00-01\n",
         NULL, "Karta Ethernet"},
        {"\nConfiguraci\xc3\xb3n IP de Windows\n\n   Nombre de host. . . . . . . . . : PC-1\n\n"
         "Adaptador de LAN inal\xc3\xa1mbrica Wi-Fi:\n\n"
         "   Direcci\xc3\xb3n f\xc3\xadsica. . . . . . . . . . . . . : 02-00-00-00-00-01\n"
         "   DHCP habilitado . . . . . . . . . . . . : s\xc3\xad\n"
         "   Direcci\xc3\xb3n IPv4. . . . . . . . . . . . . . : 192.0.2.17(Preferido)\n"
         "   Puerta de enlace predeterminada . . . . . : fe80::1%5\n"
         "                                       192.0.2.1\n"
         "   Servidores DNS. . . . . . . . . . . . . . : 192.0.2.53\n"
         "                                       192.0.2.54\n",
         "PC-1", "Adaptador de LAN inal\xc3\xa1mbrica Wi-Fi"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r = report("x.log", apd_str_bytes(apd_str_of(cases[i].text)));
        size_t n = facts(&r), at = fact_at(&r, n - 1);
        assert_int_equal(n, cases[i].host ? 2 : 1);
        assert_fact(&r, at, "network.adapter");
        assert_field(&r, at, "Adapter", cases[i].adapter);
        assert_field(&r, at, "PhysicalAddress", "02-00-00-00-00-01");
        assert_field(&r, at, "Disconnected", "false");
        if (cases[i].host) {
            assert_fact(&r, fact_at(&r, 0), "network.host");
            assert_field(&r, fact_at(&r, 0), "HostName", cases[i].host);
            assert_field(&r, at, "DhcpEnabled", "true");
            assert_field(&r, at, "Ipv4Address", "192.0.2.17");
            assert_field(&r, at, "DefaultGateway", "fe80::1%5, 192.0.2.1");
            assert_field(&r, at, "DnsServers", "192.0.2.53, 192.0.2.54");
            /* the fact of a part stands before the heading of the next */
            assert_int_equal(event_at(&r, fact_at(&r, 0) + 1)->kind, APD_EVENT);
            assert_int_equal(event_at(&r, at)->where.record,
                             event_at(&r, fact_at(&r, 0) + 1)->where.record);
        }
        reading_free(&r);
    }
    reading r = report("x.log", BYTES("Windows-IP-Konfiguration\n\nEthernet-Adapter Ethernet:\n\n"
                                      "   Medienstatus. . . . . . . . . . . : Medium getrennt\n"
                                      "   DHCP aktiviert. . . . . . . . . . : Nein\n"));
    assert_field(&r, fact_at(&r, 0), "Disconnected", "true");
    assert_field(&r, fact_at(&r, 0), "DhcpEnabled", "false");
    reading_free(&r);
}

static void certificates_one_by_one(void **state)
{
    (void)state;
    reading r = report(
        "x.log",
        BYTES("my \"Personal\"\n================ Certificate 0 ================\n"
              "Serial Number: 00 a1 b2\nIssuer: CN=Microsoft Intune MDM Device CA\n"
              " NotBefore: 11/18/2025 8:20 AM\n NotAfter: 11/18/2026 8:20 AM\n"
              "Subject: CN=77\nNon-root Certificate\nCert Hash(sha1): 00 11 22\n"
              "  Key Container = {x}\n  Provider = Microsoft Platform Crypto Provider\n"
              "Private key is NOT exportable\nEncryption test passed\n\n"
              "================ Certificate 1 ================\n"
              "Seriennummer: 01\nAussteller: CN=A, O=B\n Nicht vor: 18.11.2025 08:20\n"
              " Nicht nach: 18.11.2026 08:20\nAntragsteller: CN=C\nZertifikathash(sha1): ff00\n"
              "\nCRL \"x\"\n================ CRL 0 ================\nIssuer:\n    CN=x\n"
              "================ Certificate 2 ================\nSerial Number: 02\n"
              "  Provider = P\nMissing stored keyset\n"
              "CertUtil: -store command completed successfully.\n"));
    assert_int_equal(facts(&r), 3);
    static const char *const want[3][9] = {
        {"my", "00a1b2", "CN=Microsoft Intune MDM Device CA", "CN=77", "11/18/2025 8:20 AM",
         "11/18/2026 8:20 AM", "001122", "true", "Microsoft Platform Crypto Provider"},
        {"my", "01", "CN=A, O=B", "CN=C", "18.11.2025 08:20", "18.11.2026 08:20", "ff00", "false",
         "(none)"},
        {"CRL", "02", "(none)", "(none)", "(none)", "(none)", "(none)", "false", "P"}};
    static const char *const names[] = {"Store",      "SerialNumber", "Issuer",
                                        "Subject",    "NotBefore",    "NotAfter",
                                        "Thumbprint", "PrivateKey",   "Provider"};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 9; k++)
            assert_field(&r, fact_at(&r, i), names[k], want[i][k]);
    reading_free(&r);
}

static void proxies_licences_and_the_system(void **state)
{
    (void)state;
    static const struct {
        const char *text, *direct, *server, *bypass;
    } cases[] = {
        {"\nCurrent WinHTTP proxy settings:\n\n    Direct access (no proxy server).\n", "true",
         "(none)", "(none)"},
        {"\nAktuelle WinHTTP-Proxyeinstellungen:\n\n    Direktzugriff (kein Proxyserver).\n",
         "true", "(none)", "(none)"},
        {"\nCurrent WinHTTP proxy settings:\n\n    Proxy Server(s) :  p.contoso.example:8080\n"
         "    Bypass List     :  (none)\n",
         "false", "p.contoso.example:8080", "(none)"},
        {"\nParam\x8atres de proxy WinHTTP actuels :\n\n    Serveur(s) proxy :  p:8080\n"
         "    Liste          :  *.contoso.example\n",
         "false", "p:8080", "*.contoso.example"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r = report("x", apd_str_bytes(apd_str_of(cases[i].text)));
        size_t at = fact_at(&r, 0);
        assert_fact(&r, at, "winhttp.proxy");
        assert_field(&r, at, "Direct", cases[i].direct);
        assert_field(&r, at, "ProxyServer", cases[i].server);
        if (i != 2)
            assert_field(&r, at, "BypassList", cases[i].bypass);
        reading_free(&r);
    }
    reading r = report("LicensingDiag_Output.txt", BYTES("Edition: Pro\nStatus = 0xC004F034\n"));
    assert_fact(&r, fact_at(&r, 0), "licensing");
    assert_field(&r, fact_at(&r, 0), "Status", "0xc004f034");
    reading_free(&r);
    r = report("x",
               BYTES("System Information report written at: 11/18/25 09:15:10\nSystem Name: P\n"
                     "[System Summary]\n\nItem\tValue\t\nOS Name\tWindows\t\n"
                     "System Model\tFalcon 14\t\n\n[Hardware Resources]\nA\tB\n"));
    assert_fact(&r, fact_at(&r, 0), "msinfo");
    assert_int_equal(event_at(&r, fact_at(&r, 0))->nfields, 2);
    assert_field(&r, fact_at(&r, 0), "SystemModel", "Falcon 14");
    reading_free(&r);
}

static void what_is_no_report_has_no_fact(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
    } cases[] = {
        {"dsregcmd.txt", "'dsregcmd' is not recognized as a command.\r\n"},
        {"TpmHliInfo_Output.txt", "nothing: here\n"},
        {"ipconfig.log", "Windows IP Configuration\n"},
        {"certutil_store.log", "================ Certificate 0 ================\n"},
        {"netsh_winhttp_show_proxy.log", "The command was not found.\n"},
        {"LicensingDiag_Output.txt", "no label\n: no label\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r = report(cases[i].path, apd_str_bytes(apd_str_of(cases[i].text)));
        assert_int_equal(facts(&r), 0);
        assert_true(r.n > 1);
        reading_free(&r);
    }
    static const char *const others[] = {"setupact.log", "x.txt", "IntuneManagementExtension.log"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(apd_parser_keyvalue.bid(BYTES("2025-11-18 08:00:00, Info  TPM: ready\n"),
                                                 apd_str_of(others[i])),
                         0);
    assert_int_equal(apd_parser_keyvalue.bid(BYTES("\0\1\2\3"), APD_LIT("dsregcmd.txt")), 0);
    assert_int_equal(apd_parser_keyvalue.bid(BYTES(""), APD_LIT("dsregcmd.txt")), 0);
    reading r = read_all_ways(&apd_parser_keyvalue, "x.txt", BYTES("a: b\n"));
    assert_events(&r, 1); /* opened by name although it is nothing */
    reading_free(&r);
    r = read_broken(&apd_parser_keyvalue, "x.txt", BYTES(" AzureAdJoined : NO\n"));
    assert_broken_end(&r);
    assert_int_equal(facts(&r), 0);
    reading_free(&r);
}

/* Many keys, endless lists, long values, long lines. */
static void hostile_reports_stay_small(void **state)
{
    (void)state;
    enum { KEYS = 20000, ADDRESSES = 5000, LONG = 2 * APD_MAX_KEPT_TEXT };
    char *s = malloc(KEYS * 24 + APD_MAX_LINE + LONG + 400), *p = s;
    assert_non_null(s);
    p += sprintf(p, " AzureAdJoined : NO\n Long : ");
    memset(p, 'x', LONG);
    p += LONG;
    for (int i = 0; i < KEYS; i++)
        p += sprintf(p, "\n Key%d : %d", i, i);
    memset(p, 'y', APD_MAX_LINE + 50);
    p += APD_MAX_LINE + 50;
    reading r = report("x.txt", (apd_bytes){(uint8_t *)s, (size_t)(p - s)});
    size_t at = fact_at(&r, 0);
    assert_int_equal(event_at(&r, at)->nfields, APD_MAX_FIELDS);
    assert_int_equal(field_text(&r, at, "Long").len, APD_MAX_KEPT_TEXT);
    assert_int_equal(r.items[at - 1].status, APD_SKIPPED); /* the long line */
    assert_int_equal(r.items[at + 1].status, APD_SKIPPED);
    assert_non_null(strstr(r.items[at + 1].note, "values of dsregcmd were left out"));
    reading_free(&r);
    p = s + sprintf(s, "x\n\nAdapter:\n   DNS Servers . . . : 192.0.2.1\n");
    for (int i = 0; i < ADDRESSES; i++)
        p += sprintf(p, "              192.0.2.2\n");
    r = report("x.txt", (apd_bytes){(uint8_t *)s, (size_t)(p - s)});
    apd_str list = field_text(&r, fact_at(&r, 0), "DnsServers");
    assert_true(list.len <= APD_MAX_KEPT_TEXT && list.len > APD_MAX_KEPT_TEXT - 20);
    reading_free(&r);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tpm_of_both_generations),
        cmocka_unit_test(the_attestation_authority),
        cmocka_unit_test(tpm_information_and_uefi_variables),
        cmocka_unit_test(dsregcmd_has_every_key),
        cmocka_unit_test(adapters_in_any_language),
        cmocka_unit_test(certificates_one_by_one),
        cmocka_unit_test(proxies_licences_and_the_system),
        cmocka_unit_test(what_is_no_report_has_no_fact),
        cmocka_unit_test(hostile_reports_stay_small),
    };
    return cmocka_run_group_tests_name("keyvalue", tests, NULL, NULL);
}
