#include "reading.h"

#include "limits.h"

#define NAME "MDMDiagReport.xml"
#define OPEN "<MDMEnterpriseDiagnosticsReport>"
#define CLOSE "</MDMEnterpriseDiagnosticsReport>"
#define REPORT(s) BYTES(OPEN s CLOSE)

static reading report(apd_bytes data)
{
    return read_all_ways(&apd_parser_mdmreport, NAME, data);
}

static void assert_fact(const reading *r, size_t i, const char *name, uint32_t nfields)
{
    const apd_event *ev = event_at(r, i);
    assert_text(apd_sym_text(r->names, ev->log), name);
    assert_int_equal(ev->kind, APD_FACT);
    assert_int_equal(ev->clock, APD_CLOCK_NONE);
    assert_int_equal(ev->nfields, nfields);
    assert_int_equal(ev->where.member, 7);
}

/* The last item is a note of the given kind. */
static void assert_note(const reading *r, size_t i, const char *part)
{
    assert_true(i < r->n);
    assert_int_equal(r->items[i].status, APD_SKIPPED);
    if (!strstr(r->items[i].note, part))
        fail_msg("\"%s\" is not in \"%s\"", part, r->items[i].note);
}

static void enrolments_are_whole(void **state)
{
    (void)state;
    reading r = report(REPORT("<Enrollments>\n"
                              "<Enrollment><EnrollmentId>A-1</EnrollmentId><Poll/>"
                              "<FirstSync><Done>1</Done><X><Y>2</Y></X></FirstSync></Enrollment>\n"
                              "<EnrollmentStatus><EnrollmentId>A-1</EnrollmentId>"
                              "<LifecycleNotificationHResult>-2145910756"
                              "</LifecycleNotificationHResult></EnrollmentStatus></Enrollments>"));
    assert_events(&r, 2);
    assert_fact(&r, 0, "mdm.report.enrollment", 4);
    assert_field(&r, 0, "EnrollmentId", "A-1");
    assert_field(&r, 0, "Poll", "");
    assert_field(&r, 0, "FirstSync.Done", "1");
    assert_field(&r, 0, "FirstSync.X.Y", "2");
    assert_int_equal(event_at(&r, 0)->where.record, 2);
    assert_fact(&r, 1, "mdm.report.enrollment-status", 2);
    assert_int_equal(event_at(&r, 1)->where.record, 3);
    assert_true(apd_field_is_hresult(&event_at(&r, 1)->fields[1], 0x8018001c));
    reading_free(&r);
}

static void policies_carry_area_scope_and_provider(void **state)
{
    (void)state;
    reading r = report(
        REPORT("<PolicyManager><ConfigSource><EnrollmentId>A-1</EnrollmentId><PolicyScope>"
               "<PolicyScope>Device</PolicyScope><Area><PolicyAreaName>System</PolicyAreaName>"
               "<AllowTelemetry>1</AllowTelemetry><B>2</B></Area></PolicyScope></ConfigSource>"
               "<CurrentPolicies><PolicyScope>S-1</PolicyScope><CurrentPolicyValues>"
               "<PolicyAreaName>System</PolicyAreaName><T>1</T><T_ProviderSet>1</T_ProviderSet>"
               "<A>9</A><T_WinningProvider>A-1</T_WinningProvider></CurrentPolicyValues>"
               "</CurrentPolicies><GroupPolicies><Data><AreaName>Update</AreaName>"
               "<PolicyName>P</PolicyName><PolicyValue/></Data></GroupPolicies></PolicyManager>"));
    assert_events(&r, 5);
    for (size_t i = 0; i < 5; i++)
        assert_text(apd_sym_text(r.names, event_at(&r, i)->log), "mdm.report.policy");
    assert_field(&r, 0, "Policy", "AllowTelemetry");
    assert_field(&r, 0, "Value", "1");
    assert_field(&r, 0, "Area", "System");
    assert_field(&r, 0, "Scope", "Device");
    assert_field(&r, 0, "EnrollmentId", "A-1");
    assert_field(&r, 0, "State", "configured");
    assert_field(&r, 1, "Policy", "B");
    assert_field(&r, 2, "Policy", "A");
    assert_field(&r, 2, "Value", "9");
    assert_field(&r, 2, "State", "current");
    assert_field(&r, 3, "Policy", "T");
    assert_field(&r, 3, "Value", "1");
    assert_field(&r, 3, "ProviderSet", "1");
    assert_field(&r, 3, "WinningProvider", "A-1");
    assert_field(&r, 3, "Scope", "S-1");
    assert_field(&r, 4, "Area", "Update");
    assert_field(&r, 4, "Policy", "P");
    assert_field(&r, 4, "Value", "");
    assert_field(&r, 4, "State", "group");
    reading_free(&r);
}

static void each_part_has_its_fact(void **state)
{
    (void)state;
    static const struct {
        const char *xml, *fact, *field, *value;
    } cases[] = {
        {"<SystemInformation><OSVersion>10</OSVersion></SystemInformation>", "mdm.report.system",
         "OSVersion", "10"},
        {"<PolicyManagerMeta><AreaMetadata><PolicyAreaName>X</PolicyAreaName><PolicyMetadata>"
         "<PolicyName>P</PolicyName></PolicyMetadata></AreaMetadata></PolicyManagerMeta>",
         "mdm.report.policy-metadata", "Area", "X"},
        {"<PolicyManager><AreaMetadata><PolicyAreaName>X</PolicyAreaName><PolicyMetadata>"
         "<PolicyName>P</PolicyName></PolicyMetadata></AreaMetadata></PolicyManager>",
         "mdm.report.policy-metadata", "Policy", "P"},
        {"<EnterpriseDesktopAppManagementinfo><MsiInstallations><TargetedUser><UserSID>S-0</"
         "UserSID>"
         "<Package><PackageId>{1}</PackageId><Details><Status>60</Status></Details></Package>"
         "</TargetedUser></MsiInstallations></EnterpriseDesktopAppManagementinfo>",
         "mdm.report.app", "PackageId", "{1}"},
        {"<ProvisioningResults><Result><PackageId>{2}</PackageId><Statistics><Area>A</"
         "Area><General>"
         "<Info>i</Info><XML><LastResult>5</LastResult></XML></General></Statistics></Result>"
         "</ProvisioningResults>",
         "mdm.report.provisioning", "PackageId", "{2}"},
        {"<Schedules><Folder><FolderName>f</FolderName><Task><TaskName>t</TaskName></Task></Folder>"
         "</Schedules>",
         "mdm.report.task", "FolderName", "f"},
        {"<Diagnostics><ErrorLog><Component>c</Component><SubComponent><Error>1</Error>"
         "</SubComponent></ErrorLog></Diagnostics>",
         "mdm.report.error-log", "Component", "c"},
        {"<SCEP><Cert><Status><Code>32</Code></Status></Cert></SCEP>", "mdm.report.certificate",
         "Status.Code", "32"},
        {"<A><Certificate Thumbprint=\"AB\"><Subject>CN</Subject></Certificate></A>",
         "mdm.report.certificate", "Thumbprint", "AB"},
        {"<WAP><SecurityPolicies><Area>a</Area></SecurityPolicies></WAP>", "mdm.report", "Path",
         "WAP/SecurityPolicies"},
        {"<EAS/>", "mdm.report", "EAS", ""},
        {"<a>x<b/>stray</a>", "mdm.report", "Text", "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char doc[1024];
        int n = snprintf(doc, sizeof doc, OPEN "%s" CLOSE, cases[i].xml);
        reading r = report((apd_bytes){(uint8_t *)doc, (size_t)n});
        assert_true(r.n >= 2);
        assert_text(apd_sym_text(r.names, event_at(&r, 0)->log), cases[i].fact);
        assert_field(&r, 0, cases[i].field, cases[i].value);
        reading_free(&r);
    }
}

static void all_encodings_read_alike(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_str s = APD_LIT("<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n" OPEN
                        "<V>\xc3\xa4 &amp; \xf0\x9f\x94\x92<![CDATA[<x>]]>&#228;</V>" CLOSE);
    apd_bytes forms[] = {apd_str_bytes(s), to_utf16(a, s, false, true), to_utf16(a, s, true, true)};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_true(apd_parser_mdmreport.bid(forms[i], APD_LIT("unnamed")) > 0);
        reading r = report(forms[i]);
        assert_events(&r, 1);
        assert_field(&r, 0, "V", "\xc3\xa4 & \xf0\x9f\x94\x92<x>\xc3\xa4");
        reading_free(&r);
    }
    apd_arena_free(a);
}

static void what_is_no_text_is_replaced(void **state)
{
    (void)state;
    reading r = report(REPORT("<a>x\xff\0\x01\xed\xa0\x80\xef\xbf\xbfy</a>"));
    assert_events(&r, 1);
#define BAD "\xef\xbf\xbd"
    assert_field(&r, 0, "a", "x" BAD BAD BAD BAD BAD BAD BAD "y");
    reading_free(&r);
    apd_arena *a = apd_arena_new(0);
    apd_bytes lone = to_utf16(a, APD_LIT(OPEN "<a>_</a>" CLOSE), false, true);
    ((uint8_t *)lone.ptr)[2 + 2 * (sizeof OPEN - 1 + 3)] = 0x00;
    ((uint8_t *)lone.ptr)[3 + 2 * (sizeof OPEN - 1 + 3)] = 0xd8;
    r = report(lone);
    assert_events(&r, 1);
    assert_field(&r, 0, "a", BAD);
    reading_free(&r);
    apd_arena_free(a);
}

static void what_came_before_damage_counts(void **state)
{
    (void)state;
    static const struct {
        const char *xml, *note;
        size_t facts;
        uint64_t line;
    } cases[] = {
        {OPEN "\n<A><v>1</v></A>\n<B><v>2</A>", "line 3", 1, 3},
        {OPEN "<A><v>1</v></A><B><v>2", "cannot be read from line 1", 1, 1},
        {OPEN "<A><v>1</v></A><B><v>&nope;</v></B>" CLOSE, "line 1", 1, 1},
        {OPEN "<A><v>1</v></A>" CLOSE "\n<more/>", "line 2", 1, 2},
        {OPEN "<A v=1/>" CLOSE, "line 1", 0, 1},
        {"no XML at all", "line 1", 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r = report(apd_str_bytes(apd_str_of(cases[i].xml)));
        assert_true(r.n >= cases[i].facts + 2);
        assert_note(&r, r.n - 2, cases[i].note);
        assert_note(&r, r.n - 2, "what comes before it counts");
        assert_int_equal(r.items[r.n - 2].where.record, cases[i].line);
        assert_int_equal(r.items[r.n - 1].status, APD_END);
        for (size_t k = 0; k < cases[i].facts; k++)
            assert_field(&r, k, "v", "1");
        reading_free(&r);
    }
    reading r = read_broken(&apd_parser_mdmreport, NAME, BYTES(OPEN "<A><v>1</v></A><B><v>"));
    assert_int_equal(r.n, 2);
    assert_field(&r, 0, "v", "1");
    assert_broken_end(&r);
    reading_free(&r);
}

/* Entities that grow into gigabytes need a document type; so do files read from elsewhere. */
static void document_types_are_refused(void **state)
{
    (void)state;
    static const char *const types[] = {
        "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]>",
        "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE x PUBLIC \"p\" \"http://example.com/x.dtd\">",
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char doc[512];
        int n = snprintf(doc, sizeof doc, "%s" OPEN "<v>&c;&e;</v>" CLOSE, types[i]);
        reading r = report((apd_bytes){(uint8_t *)doc, (size_t)n});
        assert_int_equal(r.n, 2);
        assert_note(&r, 0, "document type declaration");
        reading_free(&r);
    }
}

static void depth_is_limited(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    char *doc = malloc(3 * DEEP + 200), *p = doc;
    assert_non_null(doc);
    p += sprintf(p, OPEN "<A><v>1</v></A>");
    for (int i = 0; i < DEEP; i++)
        p += sprintf(p, "<d>");
    reading r = report((apd_bytes){(uint8_t *)doc, (size_t)(p - doc)});
    assert_int_equal(r.n, 3);
    assert_field(&r, 0, "v", "1");
    assert_note(&r, 1, "nested too deep");
    reading_free(&r);
    free(doc);
}

static void names_are_limited(void **state)
{
    (void)state;
    enum { N = APD_MAX_XML_NAMES + 5000 };
    char *doc = malloc(N * 12 + 200), *p = doc;
    assert_non_null(doc);
    p += sprintf(p, OPEN "<A><v>1</v></A>\n");
    for (int i = 0; i < N; i++)
        p += sprintf(p, "<k%d/>", i);
    p += sprintf(p, CLOSE);
    reading r = report((apd_bytes){(uint8_t *)doc, (size_t)(p - doc)});
    assert_int_equal(r.n, 4);
    assert_field(&r, 0, "v", "1");
    assert_note(&r, 1, "too many different names");
    assert_note(&r, 2, "values were cut or left out");
    reading_free(&r);
    free(doc);
}

/* Two elements in each of two elements... */
static char *put_tree(char *p, int levels)
{
    static const char *const names[] = {"a", "b"};
    for (size_t i = 0; i < 2 && levels; i++) {
        p += sprintf(p, "<%s>", names[i]);
        p = put_tree(p, levels - 1);
        p += sprintf(p, "</%s>", names[i]);
    }
    return p;
}

/* The table of names belongs to the whole run: no file may fill it. Two names make many paths. */
static void paths_do_not_fill_the_table_of_names(void **state)
{
    (void)state;
    enum { OBJECTS = 64, LEVELS = 12 };
    char *doc = malloc(OBJECTS * ((8u << LEVELS << 1) + 200)), *p = doc;
    assert_non_null(doc);
    p += sprintf(p, OPEN "<SCEP>");
    for (unsigned i = 0; i < OBJECTS; i++) {
        p += sprintf(p, "<o>");
        for (unsigned bit = 1; bit < OBJECTS; bit *= 2)
            p += sprintf(p, i & bit ? "<a>" : "<b>");
        p = put_tree(p, LEVELS);
        for (unsigned bit = OBJECTS / 2; bit; bit /= 2)
            p += sprintf(p, i & bit ? "</a>" : "</b>");
        p += sprintf(p, "</o>");
    }
    p += sprintf(p, "</SCEP>" CLOSE);
    reading r = read_steps(&apd_parser_mdmreport, NAME,
                           (apd_bytes){(uint8_t *)doc, (size_t)(p - doc)}, 0, 0);
    assert_int_equal(r.items[r.n - 1].status, APD_END);
    assert_note(&r, r.n - 2, "values were cut or left out");
    assert_true(apd_intern_add(r.names, APD_LIT("a name of the next file")) > APD_MAX_XML_NAMES);
    assert_true(apd_intern_find(r.names, APD_LIT("a name of the next file")) <
                2 * APD_MAX_XML_NAMES);
    reading_free(&r);
    free(doc);
}

/* What goes into every setting of an area must not be long. */
static void a_long_area_does_not_multiply(void **state)
{
    (void)state;
    enum { N = 4000 };
    char *doc = malloc(APD_MAX_XML_TEXT + N * 32u), *p = doc;
    assert_non_null(doc);
    p += sprintf(p, OPEN "<PolicyManager><ConfigSource><PolicyScope><Area><PolicyAreaName>");
    memset(p, 'x', APD_MAX_XML_TEXT - 100);
    p += APD_MAX_XML_TEXT - 100;
    p += sprintf(p, "</PolicyAreaName>");
    for (int i = 0; i < N; i++)
        p += sprintf(p, "<s%d>1</s%d>", i, i);
    p += sprintf(p, "</Area></PolicyScope></ConfigSource></PolicyManager>" CLOSE);
    reading r = read_steps(&apd_parser_mdmreport, NAME,
                           (apd_bytes){(uint8_t *)doc, (size_t)(p - doc)}, 0, 0);
    assert_int_equal(r.n, N + 2);
    assert_int_equal(field_text(&r, N - 1, "Area").len, APD_MAX_XML_KEY);
    assert_note(&r, N, "1 values were cut");
    reading_free(&r);
    free(doc);
}

static void endless_tags_are_refused(void **state)
{
    (void)state;
    static const char *const fronts[] = {OPEN "<a v=\"", OPEN "<a", OPEN "<!--", OPEN "<?a "};
    size_t size = 24u << 20;
    char *doc = malloc(size);
    assert_non_null(doc);
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++) {
        memset(doc, 'x', size);
        memcpy(doc, fronts[i], strlen(fronts[i]));
        reading r =
            read_steps(&apd_parser_mdmreport, NAME, (apd_bytes){(uint8_t *)doc, size}, 0, 0);
        assert_int_equal(r.n, 2);
        assert_note(&r, 0, "is too long");
        reading_free(&r);
    }
    free(doc);
}

static void long_texts_are_cut_and_said(void **state)
{
    (void)state;
    size_t size = 2u << 20, n = 0;
    char *doc = malloc(size + 200);
    assert_non_null(doc);
    n += (size_t)sprintf(doc, OPEN "\n<a>");
    memset(doc + n, 'x', size);
    n += size;
    n += (size_t)sprintf(doc + n, "</a><b>y</b>" CLOSE);
    reading r = report((apd_bytes){(uint8_t *)doc, n});
    assert_int_equal(r.n, 3);
    assert_int_equal(field_text(&r, 0, "a").len, APD_MAX_XML_TEXT);
    assert_field(&r, 0, "b", "y");
    assert_note(&r, 1, "1 values were cut or left out, the first at line 2");
    reading_free(&r);
    free(doc);
}

static void too_many_leaves_are_counted(void **state)
{
    (void)state;
    enum { N = APD_MAX_FIELDS + 10 };
    char *doc = malloc(N * 8 + 200), *p = doc;
    assert_non_null(doc);
    p += sprintf(p, OPEN);
    for (int i = 0; i < N; i++)
        p += sprintf(p, "<k/>");
    p += sprintf(p, CLOSE);
    reading r = report((apd_bytes){(uint8_t *)doc, (size_t)(p - doc)});
    assert_int_equal(r.n, 3);
    assert_int_equal(event_at(&r, 0)->nfields, APD_MAX_FIELDS + 1);
    assert_note(&r, 1, "10 values");
    reading_free(&r);
    free(doc);
}

static void other_xml_is_left_alone(void **state)
{
    (void)state;
    static const struct {
        const char *path, *head;
        bool ours;
    } cases[] = {
        {"x", "<?xml version=\"1.0\"?>\r\n" OPEN, true},
        {"a/mdmdiagreport.XML", "<Cut", true},
        {"x.xml", "<Event/>", false},
        {NAME, "plain text", false},
        {NAME, "", false},
        {"x.txt", "see " OPEN, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(apd_parser_mdmreport.bid(apd_str_bytes(apd_str_of(cases[i].head)),
                                                  apd_str_of(cases[i].path)) > 0,
                         cases[i].ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enrolments_are_whole),
        cmocka_unit_test(policies_carry_area_scope_and_provider),
        cmocka_unit_test(each_part_has_its_fact),
        cmocka_unit_test(all_encodings_read_alike),
        cmocka_unit_test(what_is_no_text_is_replaced),
        cmocka_unit_test(what_came_before_damage_counts),
        cmocka_unit_test(document_types_are_refused),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(names_are_limited),
        cmocka_unit_test(paths_do_not_fill_the_table_of_names),
        cmocka_unit_test(a_long_area_does_not_multiply),
        cmocka_unit_test(endless_tags_are_refused),
        cmocka_unit_test(long_texts_are_cut_and_said),
        cmocka_unit_test(too_many_leaves_are_counted),
        cmocka_unit_test(other_xml_is_left_alone),
    };
    return cmocka_run_group_tests_name("mdmreport", tests, NULL, NULL);
}
