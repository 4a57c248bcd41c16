#include "reading.h"

#include "limits.h"

#define DDS "AutopilotDDSZTDFile.json"
#define OFFLINE "AutopilotConfigurationFile.json"
#define CONCIERGE "AutopilotConciergeFile.json"

static reading profile(const char *path, apd_bytes data)
{
    return read_all_ways(&apd_parser_profile, path, data);
}

static void assert_fact(const reading *r, const char *name, uint32_t nfields)
{
    assert_events(r, 1);
    const apd_event *ev = event_at(r, 0);
    assert_text(apd_sym_text(r->names, ev->log), name);
    assert_int_equal(ev->kind, APD_FACT);
    assert_int_equal(ev->clock, APD_CLOCK_NONE);
    assert_int_equal(ev->time, APD_TIME_NONE);
    assert_int_equal(ev->nfields, nfields);
    assert_int_equal(ev->where.member, 7);
}

static void assert_type(const reading *r, const char *name, apd_type type)
{
    apd_event ev = *event_at(r, 0);
    apd_sym sym = apd_sym_fold(r->names, apd_intern_find(r->names, apd_str_of(name)));
    const apd_field *f = apd_event_field(&ev, r->names, sym);
    assert_non_null(f);
    assert_int_equal(f->type, type);
}

static void every_leaf_is_a_field(void **state)
{
    (void)state;
    reading r =
        profile(DDS, BYTES("{\"ZtdRegistrationId\":\"11-22\",\"CloudAssignedOobeConfig\":286,"
                           "\"IsExplicitProfileAssignment\":true,\"No\":false,\"Nil\":null,"
                           "\"Deep\":{\"Er\":{\"x\":-1.5},\"List\":[\"a\",{\"b\":2}]},"
                           "\"Empty\":{},\"None\":[],\"CloudAssignedDeviceName\":\"X-\\u00e4\","
                           "\"Blank\":\"\"}"));
    assert_fact(&r, "autopilot.profile", 12);
    assert_field(&r, 0, "ZtdRegistrationId", "11-22");
    assert_type(&r, "ZtdRegistrationId", APD_T_UTF8);
    assert_field(&r, 0, "CloudAssignedOobeConfig", "286");
    assert_type(&r, "CloudAssignedOobeConfig", APD_T_I64);
    assert_type(&r, "IsExplicitProfileAssignment", APD_T_BOOL);
    assert_true(event_at(&r, 0)->fields[2].as.b);
    assert_false(event_at(&r, 0)->fields[3].as.b);
    assert_type(&r, "Nil", APD_T_NONE);
    assert_type(&r, "Deep.Er.x", APD_T_DOUBLE);
    assert_true(event_at(&r, 0)->fields[5].as.d == -1.5);
    assert_field(&r, 0, "Deep.List.0", "a");
    assert_field(&r, 0, "Deep.List.1.b", "2");
    assert_type(&r, "Empty", APD_T_NONE);
    assert_type(&r, "None", APD_T_NONE);
    assert_field(&r, 0, "cloudassigneddevicename", "X-\xc3\xa4");
    assert_type(&r, "Blank", APD_T_UTF8);
    assert_field(&r, 0, "Blank", "");
    reading_free(&r);
}

static void all_encodings_read_alike(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_str s = APD_LIT("{\"ErrorCode\":908,\"ErrorReason\":\"HardwareMarkerMismatch\","
                        "\"PolicyDownloadDate\":\"2024-04-28T11:45:03Z\"}\r\n");
    apd_bytes forms[] = {apd_str_bytes(s), to_utf16(a, s, false, true), to_utf16(a, s, true, true),
                         to_utf16(a, s, false, false),
                         apd_str_bytes(apd_printf_a(a, "\xef\xbb\xbf%.*s", APD_FMT(s)))};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_true(apd_parser_profile.bid(forms[i], APD_LIT("unnamed")) > 0);
        reading r = profile("unnamed", forms[i]);
        assert_fact(&r, "autopilot.profile", 3);
        assert_field(&r, 0, "ErrorCode", "908");
        assert_field(&r, 0, "ErrorReason", "HardwareMarkerMismatch");
        reading_free(&r);
    }
    apd_arena_free(a);
}

static void content_names_the_fact_then_the_file_does(void **state)
{
    (void)state;
    static const struct {
        const char *path, *json, *fact;
    } cases[] = {
        {DDS, "{\"PolicyDownloadDate\":\"2023-12-26T19:32:49Z\"}", "autopilot.profile"},
        {CONCIERGE, "{\"PolicyDownloadDate\":\"2023-12-26T19:32:49Z\"}", "autopilot.concierge"},
        {"x.json", "{\"PolicyDownloadDate\":\"2023-12-26T19:32:49Z\"}", "autopilot.profile"},
        {"x.json", "{\"CloudAssignedRegion\":\"DE\"}", "autopilot.concierge"},
        {"x.json", "{\"CloudAssignedRegion\":\"DE\",\"CloudAssignedTenantId\":\"t\"}",
         "autopilot.profile"},
        {DDS, "{\"CloudAssignedRegion\":\"DE\"}", "autopilot.profile"},
        {"x.json", "{\"ZtdCorrelationId\":\"1\",\"CloudAssignedTenantId\":\"t\"}",
         "autopilot.offline-profile"},
        {DDS, "{\"Comment_File\":\"Profile Lab\",\"CloudAssignedTenantId\":\"t\"}",
         "autopilot.offline-profile"},
        {OFFLINE, "{\"ZtdRegistrationId\":\"1\"}", "autopilot.profile"},
        {OFFLINE, "{\"ZtdRegistrationId\":\"1\",\"ZtdCorrelationId\":\"2\"}",
         "autopilot.offline-profile"},
        {"x.json", "{\"ErrorCode\":1,\"ErrorReason\":\"r\"}", "autopilot.profile"},
        {"(9) FoldersFiles autopilotconfigurationfile.json", "{\"Version\":2049}",
         "autopilot.offline-profile"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r = profile(cases[i].path, apd_str_bytes(apd_str_of(cases[i].json)));
        assert_events(&r, 1);
        assert_text(apd_sym_text(r.names, event_at(&r, 0)->log), cases[i].fact);
        reading_free(&r);
    }
}

static void an_empty_document_is_a_fact(void **state)
{
    (void)state;
    static const char *const inputs[] = {"", "{}", " \r\n{ }\r\n", "\xef\xbb\xbf", "\xff\xfe"};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        reading r = profile(CONCIERGE, apd_str_bytes(apd_str_of(inputs[i])));
        assert_fact(&r, "autopilot.concierge", 0);
        reading_free(&r);
    }
    reading r = profile(DDS, BYTES("{\"ErrorCode\":1}\0\0\0"));
    assert_fact(&r, "autopilot.profile", 1);
    reading_free(&r);
}

static void broken_json_is_said_with_its_place(void **state)
{
    (void)state;
    reading r = profile(DDS, BYTES("{\"PolicyDownloadDate\":\"x\",\r\n  \"ErrorCode\":}"));
    assert_int_equal(r.n, 2);
    assert_int_equal(r.items[0].status, APD_SKIPPED);
    assert_non_null(strstr(r.items[0].note, "not valid JSON at 2:1"));
    assert_int_equal(r.items[0].where.member, 7);
    assert_int_equal(r.items[1].status, APD_END);
    reading_free(&r);
    static const char *const inputs[] = {"[1]", "null", "text", "{\"a\":1} {\"b\":2}",
                                         "{\"a\":1,\"a\":2}"};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        r = profile(DDS, apd_str_bytes(apd_str_of(inputs[i])));
        assert_int_equal(r.n, 2);
        assert_int_equal(r.items[0].status, APD_SKIPPED);
        assert_true(strlen(r.items[0].note) > 20);
        reading_free(&r);
    }
}

static void too_deep_and_too_large_are_refused(void **state)
{
    (void)state;
    char deep[512];
    size_t n = 0;
    for (int i = 0; i < APD_MAX_JSON_DEPTH + 1; i++)
        n += (size_t)sprintf(deep + n, "{\"a\":");
    reading r = profile(DDS, (apd_bytes){(uint8_t *)deep, n});
    assert_int_equal(r.items[0].status, APD_SKIPPED);
    assert_non_null(strstr(r.items[0].note, "nested"));
    reading_free(&r);

    size_t size = APD_MAX_JSON + 10;
    char *large = malloc(size);
    assert_non_null(large);
    memset(large, ' ', size);
    large[0] = '{';
    large[size - 1] = '}';
    r = profile(DDS, (apd_bytes){(uint8_t *)large, size});
    assert_int_equal(r.items[0].status, APD_SKIPPED);
    assert_non_null(strstr(r.items[0].note, "larger than"));
    reading_free(&r);
    free(large);
}

static void values_without_room_are_counted(void **state)
{
    (void)state;
    enum { N = APD_MAX_FIELDS + 10 };
    char *s = malloc(N * 16 + 2 * APD_MAX_NAME_BYTES), *p = s;
    assert_non_null(s);
    p += sprintf(p, "{\"");
    for (size_t i = 0; i <= APD_MAX_NAME_BYTES; i++)
        *p++ = 'n';
    p += sprintf(p, "\":1");
    for (int i = 0; i < N; i++)
        p += sprintf(p, ",\"k%d\":%d", i, i);
    *p++ = '}';
    reading r = profile(DDS, (apd_bytes){(uint8_t *)s, (size_t)(p - s)});
    assert_int_equal(r.n, 3);
    assert_int_equal(event_at(&r, 0)->nfields, APD_MAX_FIELDS);
    assert_int_equal(r.items[1].status, APD_SKIPPED);
    assert_non_null(strstr(r.items[1].note, "11 values"));
    reading_free(&r);
    free(s);
}

static void a_broken_archive_gives_no_half_fact(void **state)
{
    (void)state;
    reading r = read_broken(&apd_parser_profile, DDS, BYTES("{\"PolicyDownloadDate\":\"x\"}"));
    assert_int_equal(r.n, 1);
    assert_broken_end(&r);
    reading_free(&r);
}

static void other_json_is_left_alone(void **state)
{
    (void)state;
    static const struct {
        const char *path, *head;
        bool ours;
    } cases[] = {
        {"x.json", "{\"PolicyDownloadDate\": \"2", true},
        {"x.json", "  {\n \"a\": {\"b\": [1, \"}\"]}, \"CloudAssignedTenantId\" : 1", true},
        {"x.json", "{\"ErrorCode\":807,\"ErrorReason\":\"ZtdDeviceIsNotRegistered\"}", true},
        {"x.json", "{\"ErrorCode\":807}", false},
        {"x.json", "{\"a\":\"PolicyDownloadDate\"}", false},
        {"x.json", "{\"a\":{\"PolicyDownloadDate\":1}}", false},
        {"x.json", "{\"a\":\"\\\"\",\"b\":[\"PolicyDownloadDate\",1]}", false},
        {"x.json", "[{\"PolicyDownloadDate\":1}]", false},
        {"x.jsonl", "{\"PolicyDownloadDate\":1}\n{\"PolicyDownloadDate\":2}\n", false},
        {"x.json", "{\"MdmDiagVersion\":\"1.0\"}", false},
        {"x.json", "{\"Comment_File\":1}", false},
        {"x.json", "", false},
        {"a/" DDS, "", true},
        {"a\\autopilotddsztdfile.JSON", "{}", true},
        {OFFLINE, "garbage", true},
        {CONCIERGE, "{\"x\"", true},
        {DDS ".bak", "{}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        apd_bytes head = apd_str_bytes(apd_str_of(cases[i].head));
        assert_int_equal(apd_parser_profile.bid(head, apd_str_of(cases[i].path)) > 0,
                         cases[i].ours);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_leaf_is_a_field),
        cmocka_unit_test(all_encodings_read_alike),
        cmocka_unit_test(content_names_the_fact_then_the_file_does),
        cmocka_unit_test(an_empty_document_is_a_fact),
        cmocka_unit_test(broken_json_is_said_with_its_place),
        cmocka_unit_test(too_deep_and_too_large_are_refused),
        cmocka_unit_test(values_without_room_are_counted),
        cmocka_unit_test(a_broken_archive_gives_no_half_fact),
        cmocka_unit_test(other_json_is_left_alone),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
