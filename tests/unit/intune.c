/* What Intune's "Collect diagnostics" says of itself: results.xml and the markers without content. */
#include "reading.h"

#include "limits.h"

static reading results(apd_bytes data)
{
    return read_all_ways(&apd_parser_resultsxml, "results.xml", data);
}

static void every_item_is_a_fact(void **state)
{
    (void)state;
    reading r =
        results(BYTES("<Collection HRESULT=\"0\">\r\n<ID>11-22</ID>\r\n"
                      "<SasUrl>https://x.example/c?sig=SECRET</SasUrl>\r\n"
                      "<RegistryKey HRESULT=\"-2147024893\">\"HKLM\\A &amp; B\"</RegistryKey>\r\n"
                      "<Command HRESULT=\"0\">%windir%\\a.exe -x</Command>"
                      "<Events>System</Events><NewKind HRESULT=\"1\">n</NewKind>"
                      "<OutputFileFormat>Flattened</OutputFileFormat></Collection>"));
    static const char *const items[][4] = {
        {"3", "RegistryKey", "\"HKLM\\A & B\"", "0x80070003"},
        {"4", "Command", "%windir%\\a.exe -x", "0x0"},
        {"5", "Events", "System", "(none)"},
        {"6", "NewKind", "n", "0x1"},
    };
    assert_events(&r, 5);
    for (size_t i = 0; i < 4; i++) {
        assert_text(apd_sym_text(r.names, event_at(&r, i)->log), "intune.collection");
        assert_int_equal(event_at(&r, i)->kind, APD_FACT);
        assert_field(&r, i, "Ordinal", items[i][0]);
        assert_field(&r, i, "Type", items[i][1]);
        assert_field(&r, i, "Source", items[i][2]);
        assert_field(&r, i, "HRESULT", items[i][3]);
    }
    assert_int_equal(event_at(&r, 0)->where.record, 4);
    assert_int_equal(event_at(&r, 0)->fields[3].type, APD_T_HEX);
    assert_text(apd_sym_text(r.names, event_at(&r, 4)->log), "intune.collection.summary");
    assert_int_equal(event_at(&r, 4)->nfields, 3);
    assert_field(&r, 4, "HRESULT", "0x0");
    assert_field(&r, 4, "ID", "11-22");
    assert_field(&r, 4, "OutputFileFormat", "Flattened");
    reading_free(&r);
}

/* Nowhere, under no name, in no piece. */
static void the_storage_address_is_never_kept(void **state)
{
    (void)state;
    static const char *const docs[] = {
        "<Collection HRESULT=\"0\"><SasUrl>https://x?sig=SECRET</SasUrl></Collection>",
        "<Collection HRESULT=\"0\"><sasurl HRESULT=\"0\">SECRET</sasurl></Collection>",
        "<Collection HRESULT=\"0\"><SasUrl a=\"SECRET\"><x>SECRET</x>SECRET</SasUrl></Collection>",
        "<Collection HRESULT=\"0\"><Upload>https://x?sig=SECRET</Upload></Collection>",
        "<Collection SasUrl=\"SECRET\" HRESULT=\"0\"></Collection>",
        "<Collection HRESULT=\"0\"><SasUrl>SECRET",
    };
    for (size_t i = 0; i < sizeof docs / sizeof *docs; i++) {
        reading r = results(apd_str_bytes(apd_str_of(docs[i])));
        for (size_t k = 0; k < r.n; k++) {
            assert_null(strstr(r.items[k].note, "SECRET"));
            if (r.items[k].status != APD_OK)
                continue;
            assert_text(apd_sym_text(r.names, event_at(&r, k)->log), "intune.collection.summary");
            for (uint32_t f = 0; f < event_at(&r, k)->nfields; f++)
                assert_int_equal(apd_find(apd_field_text(&event_at(&r, k)->fields[f], r.arena),
                                          APD_LIT("SECRET")),
                                 SIZE_MAX);
        }
        reading_free(&r);
    }
}

static void a_torn_list_counts_as_far_as_it_goes(void **state)
{
    (void)state;
    reading r =
        results(BYTES("<Collection HRESULT=\"0\">\n<Events HRESULT=\"0\">System</Events>\n<Ev"));
    assert_int_equal(r.n, 3);
    assert_field(&r, 0, "Source", "System");
    assert_int_equal(r.items[1].status, APD_SKIPPED);
    assert_non_null(strstr(r.items[1].note, "from line 3 on"));
    assert_int_equal(r.items[2].status, APD_END);
    reading_free(&r);
    r = read_broken(&apd_parser_resultsxml, "results.xml",
                    BYTES("<Collection HRESULT=\"0\"><Events HRESULT=\"0\">System</Events>"));
    assert_int_equal(r.n, 2);
    assert_broken_end(&r);
    reading_free(&r);
}

static void long_sources_are_cut_and_said(void **state)
{
    (void)state;
    size_t size = 1u << 20, n = 0;
    char *doc = malloc(size + 200);
    assert_non_null(doc);
    n += (size_t)sprintf(doc, "<Collection HRESULT=\"0\"><Command HRESULT=\"0\">");
    memset(doc + n, 'x', size);
    n += size;
    n += (size_t)sprintf(doc + n, "</Command></Collection>");
    reading r = results((apd_bytes){(uint8_t *)doc, n});
    assert_int_equal(r.n, 4);
    assert_int_equal(field_text(&r, 0, "Source").len, APD_MAX_KEPT_TEXT);
    assert_int_equal(r.items[2].status, APD_SKIPPED);
    reading_free(&r);
    free(doc);
}

static void results_are_known_by_their_head(void **state)
{
    (void)state;
    static const struct {
        const char *path, *head;
        bool ours;
    } cases[] = {
        {"results.xml", "<Collection HRESULT=\"0\">", true},
        {"a\\Results.XML", "<Coll", true},
        {"x", " \r\n<Collection HRESULT=\"-1\">", true},
        {"testresults.xml", "<a/>", false},
        {"results.xml", "text", false},
        {"x.xml", "<Collection>", false},
        {"results (1).txt", "<Collection>\n<ID>1</ID><SasUrl>https://x", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(apd_parser_resultsxml.bid(apd_str_bytes(apd_str_of(cases[i].head)),
                                                   apd_str_of(cases[i].path)) > 0,
                         cases[i].ours);
}

static void markers_tell_by_their_name(void **state)
{
    (void)state;
    static const char *const markers[][5] = {
        {"(11) No Results - Error [0x80070002] FoldersFiles windir_ccmsetup_logs_log", "11",
         "FoldersFiles", "windir_ccmsetup_logs_log", "0x80070002"},
        {"a/b.zip ! x/(7) no results - error [0x80070003] RegistryKey HKLM_Software_A B", "7",
         "RegistryKey", "HKLM_Software_A B", "0x80070003"},
        {"(5) No Results - Error [-2147024894] Events", "5", "Events", "", "0x80070002"},
    };
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        assert_true(apd_parser_intuneitem.bid(BYTES(""), apd_str_of(markers[i][0])) > 0);
        assert_int_equal(apd_parser_intuneitem.bid(BYTES("x"), apd_str_of(markers[i][0])), 0);
        reading r = read_all_ways(&apd_parser_intuneitem, markers[i][0], BYTES(""));
        assert_events(&r, 1);
        assert_text(apd_sym_text(r.names, event_at(&r, 0)->log), "intune.item");
        assert_field(&r, 0, "Ordinal", markers[i][1]);
        assert_field(&r, 0, "Type", markers[i][2]);
        assert_field(&r, 0, "Source", markers[i][3]);
        assert_field(&r, 0, "HRESULT", markers[i][4]);
        reading_free(&r);
    }
    static const char *const others[] = {
        "(11) FoldersFiles x",           "No Results - Error [0x80070002] x",
        "() No Results - Error [0x1] x", "(x) No Results - Error [0x1] x",
        "(1) No Results - Error [0x1 x", "(1) No Results - Error [y] x"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(apd_parser_intuneitem.bid(BYTES(""), apd_str_of(others[i])), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_a_fact),
        cmocka_unit_test(the_storage_address_is_never_kept),
        cmocka_unit_test(a_torn_list_counts_as_far_as_it_goes),
        cmocka_unit_test(long_sources_are_cut_and_said),
        cmocka_unit_test(results_are_known_by_their_head),
        cmocka_unit_test(markers_tell_by_their_name),
    };
    return cmocka_run_group_tests_name("intune", tests, NULL, NULL);
}
