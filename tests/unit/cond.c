/* Conditions: every target with every operator, on a record of an event log and a line of text. */
#include "select_world.h"

#include "cond.h"

/* The record of an event log that the table below asks about. */
static sample record(world *w)
{
    static const uint8_t sid[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
    static const uint8_t guid[] = {0x78, 0x56, 0x34, 0x12, 0x34, 0x12, 0x34, 0x12,
                                   1,    2,    3,    4,    5,    6,    7,    8};
    sample e = event(w, "Mdm-Provider", "AutoPilot", 62407);
    e.ev.level = 2;
    e.ev.where.record = 4711;
    add_field(w, &e, "Name", utf16(w, "ESP_TPMAttestation_TimedOut"));
    add_field(w, &e, "Umlaut",
              utf16(w, "gr\xc3\xbc\xc3\x9f"
                       "e"));
    add_field(w, &e, "Padded", bytes(APD_T_UTF16LE, "a\0b\0\0\0\0\0", 8));
    add_field(w, &e, "Value",
              utf16(w, "{\"message\":\"gave up\",\"errorCode\":2147943860,"
                       "\"deep\":{\"list\":[1,{\"x\":\"Y\"}]},\"none\":null,"
                       "\"real\":2.5,\"yes\":true,\"big\":-5}"));
    add_field(w, &e, "Twice", utf8("\"{\\\"hr\\\":\\\"0x80180014\\\"}\""));
    add_field(w, &e, "Path", utf8("C:\\Windows\\Temp\\"));
    add_field(w, &e, "Text", utf8("send failed, hr = 0x80072EE7."));
    add_field(w, &e, "Same", utf16(w, "SEND failed, hr = 0x80072ee7."));
    add_field(w, &e, "Signed", (apd_field){.type = APD_T_I64, .as.i = -2147023436});
    add_field(w, &e, "Count", (apd_field){.type = APD_T_U64, .as.u = 177});
    add_field(w, &e, "Huge", (apd_field){.type = APD_T_U64, .as.u = UINT64_MAX});
    add_field(w, &e, "Hex", (apd_field){.type = APD_T_HEX, .as.u = 0x80180014});
    add_field(w, &e, "Flag", (apd_field){.type = APD_T_BOOL, .as.b = true});
    add_field(w, &e, "Ratio", (apd_field){.type = APD_T_DOUBLE, .as.d = 0.5});
    add_field(w, &e, "User", bytes(APD_T_SID, sid, sizeof sid));
    add_field(w, &e, "Id", bytes(APD_T_GUID, guid, sizeof guid));
    add_field(w, &e, "Empty", utf8(""));
    add_field(w, &e, "Nothing", (apd_field){.type = APD_T_NONE});
    add_field(w, &e, "Digits", utf8("0042"));
    add_field(w, &e, "Rep", utf8("first"));
    add_field(w, &e, "Rep", utf8("second"));
    add_field(w, &e, "User.Data", utf8("dotted"));
    add_field(w, &e, "Stars", utf8("a*b"));
    add_field(w, &e, "Broken", utf8("{\"hr\": 5"));
    add_field(w, &e, "Broken", utf8("{\"hr\": 6}"));
    return e;
}

/* A line of a text log. */
static sample line(world *w)
{
    sample e = event(w, "AppWorkload", "ime", 0);
    e.ev.message = APD_LIT("[Win32App] Failed to download content, error code = 0x80072EE7");
    add_field(w, &e, "component", utf8("AppWorkload"));
    add_field(w, &e, "thread", (apd_field){.type = APD_T_U64, .as.u = 14});
    return e;
}

/* --- targets and operators --- */

typedef struct row {
    const char *key;
    apd_op op;
    const char *x, *y; /* y: second value, if not NULL */
    int flags;
    bool want;
} row;

static const row on_record[] = {
    /* plain values */
    {"Name", APD_OP_EQ, "esp_tpmattestation_timedout", NULL, 0, true},
    {"Name", APD_OP_EQ, "esp_tpmattestation_timedout", NULL, CASED, false},
    {"nAME", APD_OP_EQ, "ESP_*TimedOut", NULL, 0, true},
    {"Name", APD_OP_EQ, "ESP_*Timedout", NULL, CASED, false},
    {"Name", APD_OP_EQ, "ESP_TPMAttestation", NULL, 0, false},
    {"Name", APD_OP_EQ, "other", "*TimedOut", 0, true},
    {"Name", APD_OP_EQ, "ESP*", "*TimedOut", ALL, true},
    {"Name", APD_OP_EQ, "ESP*", "*Failed", ALL, false},
    {"Stars", APD_OP_EQ, "a\\*b", NULL, 0, true},
    {"Stars", APD_OP_EQ, "a\\?b", NULL, 0, false},
    {"Umlaut", APD_OP_EQ,
     "GR\xc3\xbc\xc3\x9f"
     "E",
     NULL, 0, true},
    {"Umlaut", APD_OP_CONTAINS, "\xc3\xbc", NULL, 0, true},
    {"Umlaut", APD_OP_RE, "gr\xc3\x9c.e$", NULL, 0, true},
    {"Umlaut", APD_OP_RE, "gr\xc3\x9c.e$", NULL, CASED, false},
    {"Padded", APD_OP_EQ, "AB", NULL, 0, true},
    {"Padded", APD_OP_ENDS, "b", NULL, 0, true},
    {"Padded", APD_OP_RE, "^ab$", NULL, 0, true},
    {"Count", APD_OP_EQ, "177", NULL, 0, true},
    {"Count", APD_OP_EQ, "0xB1", NULL, 0, true},
    {"Count", APD_OP_EQ, "1?7", NULL, 0, true},
    {"Count", APD_OP_EQ, "17", NULL, 0, false},
    {"Signed", APD_OP_EQ, "-2147023436", NULL, 0, true},
    {"Huge", APD_OP_EQ, "-1", NULL, 0, false},
    {"Hex", APD_OP_EQ, "0x80180014", NULL, 0, true},
    {"Hex", APD_OP_EQ, "2149056532", NULL, 0, true},
    {"Flag", APD_OP_EQ, "TRUE", NULL, 0, true},
    {"Flag", APD_OP_EQ, "1", NULL, 0, true},
    {"Flag", APD_OP_EQ, "false", NULL, 0, false},
    {"Ratio", APD_OP_EQ, "0.5", NULL, 0, true},
    {"Digits", APD_OP_EQ, "42", NULL, 0, false},
    {"Id", APD_OP_EQ, "{12345678-1234-1234-0102-030405060708}", NULL, 0, true},
    {"Rep", APD_OP_EQ, "second", NULL, 0, true},
    {"Rep", APD_OP_EQ, "first", NULL, 0, true},
    {"Rep", APD_OP_CONTAINS, "first", "second", ALL, false}, /* no one value has both */
    {"Absent", APD_OP_EQ, "*", NULL, 0, false},
    {"Empty", APD_OP_EQ, "", NULL, 0, true},
    /* parts */
    {"Name", APD_OP_CONTAINS, "attestation", NULL, 0, true},
    {"Name", APD_OP_CONTAINS, "attestation", NULL, CASED, false},
    {"Name", APD_OP_CONTAINS, "nope", "Timed", 0, true},
    {"Name", APD_OP_CONTAINS, "ESP", "Timed", ALL, true},
    {"Name", APD_OP_STARTS, "esp_", NULL, 0, true},
    {"Name", APD_OP_STARTS, "TPM", NULL, 0, false},
    {"Name", APD_OP_STARTS, "ESP_TPMAttestation_TimedOut_and_longer", NULL, 0, false},
    {"Name", APD_OP_ENDS, "timedout", NULL, 0, true},
    {"Name", APD_OP_ENDS, "timedout", NULL, CASED, false},
    {"Text", APD_OP_CONTAINS, "FAILED", NULL, 0, true},
    {"Text", APD_OP_STARTS, "Send", NULL, 0, true},
    {"Text", APD_OP_ENDS, "EE7.", NULL, CASED, true},
    {"Count", APD_OP_CONTAINS, "77", NULL, 0, true},
    {"User", APD_OP_STARTS, "S-1-5-", NULL, 0, true},
    /* patterns */
    {"Name", APD_OP_RE, "^esp_.*(failed|timedout)$", NULL, 0, true},
    {"Name", APD_OP_RE, "^esp_", NULL, CASED, false},
    {"Text", APD_OP_RE, "0x[0-9a-f]{8}\\b", NULL, 0, true},
    {"Count", APD_OP_RE, "^\\d+$", NULL, 0, true},
    {"Name", APD_OP_RE, "^ESP", "Out$", ALL, true},
    {"Name", APD_OP_RE, "^ESP", "In$", ALL, false},
    /* numbers */
    {"Count", APD_OP_GT, "176", NULL, 0, true},
    {"Count", APD_OP_GT, "177", NULL, 0, false},
    {"Count", APD_OP_GTE, "177", NULL, 0, true},
    {"Count", APD_OP_LT, "178", NULL, 0, true},
    {"Count", APD_OP_LTE, "176", NULL, 0, false},
    {"Count", APD_OP_GT, "-1", NULL, 0, true},
    {"Signed", APD_OP_LT, "0", NULL, 0, true},
    {"Signed", APD_OP_LT, "-2147023435", NULL, 0, true},
    {"Signed", APD_OP_GT, "-2147023437", NULL, 0, true},
    {"Signed", APD_OP_GT, "-2147023436", NULL, 0, false},
    {"Huge", APD_OP_GT, "18446744073709551614", NULL, 0, true},
    {"Huge", APD_OP_LT, "-1", NULL, 0, false},
    {"Digits", APD_OP_GT, "41", NULL, 0, true},
    /* 177 = 0xB1, 42 = 0x2A */
    {"Count", APD_OP_BITS, "0x31", NULL, 0, true},
    {"Count", APD_OP_BITS, "0x32", NULL, 0, false},
    {"Count", APD_OP_BITS, "2", "16", 0, true},
    {"Digits", APD_OP_BITS, "10", NULL, 0, true},
    {"Digits", APD_OP_BITS, "1", NULL, 0, false},
    {"Text", APD_OP_BITS, "1", NULL, 0, false},
    {"Digits", APD_OP_LT, "43", "40", ALL, false},
    {"Ratio", APD_OP_GT, "0", NULL, 0, true},
    {"Ratio", APD_OP_LT, "-1", NULL, 0, false},
    {"Name", APD_OP_GT, "0", NULL, 0, false},
    {"Count", APD_OP_GT, "many", NULL, 0, false},
    /* presence */
    {"Name", APD_OP_EXISTS, "true", NULL, 0, true},
    {"Empty", APD_OP_EXISTS, "true", NULL, 0, true},
    {"Absent", APD_OP_EXISTS, "true", NULL, 0, false},
    {"Absent", APD_OP_EXISTS, "false", NULL, 0, true},
    {"Name", APD_OP_EXISTS, "false", NULL, 0, false},
    {"Value.errorCode", APD_OP_EXISTS, "true", NULL, 0, true},
    {"Value.other", APD_OP_EXISTS, "false", NULL, 0, true},
    {"Absent", APD_OP_EQ, NULL, NULL, 0, true},
    {"Empty", APD_OP_EQ, NULL, NULL, 0, true},
    {"Nothing", APD_OP_EQ, NULL, NULL, 0, true},
    {"Name", APD_OP_EQ, NULL, NULL, 0, false},
    {"Value.none", APD_OP_EQ, NULL, NULL, 0, true},
    {"Value.other", APD_OP_EQ, NULL, NULL, 0, true},
    {"message", APD_OP_EQ, NULL, NULL, 0, false},
    /* references */
    {"Text", APD_OP_FIELDREF, "Same", NULL, 0, true},
    {"Text", APD_OP_FIELDREF, "same", NULL, CASED, false},
    {"Text", APD_OP_FIELDREF, "Name", NULL, 0, false},
    {"Text", APD_OP_FIELDREF, "Absent", NULL, 0, false},
    {"Rep", APD_OP_FIELDREF, "Rep", NULL, 0, true},
    /* error codes */
    {"Signed", APD_OP_HRESULT, "0x800705B4", NULL, 0, true},
    {"Hex", APD_OP_HRESULT, "0x80180014", NULL, 0, true},
    {"Text", APD_OP_HRESULT, "0x80072EE7", NULL, 0, true},
    {"Same", APD_OP_HRESULT, "2147954407", NULL, 0, true},
    {"Value", APD_OP_HRESULT, "0x800705B4", NULL, 0, true},
    {"Value.errorCode", APD_OP_HRESULT, "0x800705B4", NULL, 0, true},
    {"Twice.hr", APD_OP_HRESULT, "0x80180014", NULL, 0, true},
    {"any", APD_OP_HRESULT, "0x80180014", NULL, 0, true},
    {"any", APD_OP_HRESULT, "0x80180015", NULL, 0, false},
    {"any", APD_OP_HRESULT, "0x80180015", "0x800705B4", 0, true},
    {"message", APD_OP_HRESULT, "0x80072EE7", NULL, 0, true},
    /* paths and SIDs */
    {"Path", APD_OP_PATH, "c:/windows/temp", NULL, 0, true},
    {"Path", APD_OP_PATH, "C:\\Windows", NULL, 0, false},
    {"User", APD_OP_SID, "s-1-5-18", NULL, 0, true},
    {"User", APD_OP_SID, "S-1-5-19", NULL, 0, false},
    /* inside JSON */
    {"Value.message", APD_OP_EQ, "gave up", NULL, 0, true},
    {"value.MESSAGE", APD_OP_CONTAINS, "up", NULL, 0, true},
    {"Value.deep.list.1.x", APD_OP_EQ, "y", NULL, 0, true},
    {"Value.deep.list.1.x", APD_OP_EQ, "y", NULL, CASED, false},
    {"Value.errorCode", APD_OP_EQ, "2147943860", NULL, 0, true},
    {"Value.errorCode", APD_OP_GTE, "2147943860", NULL, 0, true},
    {"Value.big", APD_OP_LT, "-4", NULL, 0, true},
    {"Value.real", APD_OP_GT, "2", NULL, 0, true},
    {"Value.real", APD_OP_EQ, "2.5", NULL, 0, true},
    {"Value.yes", APD_OP_EQ, "true", NULL, 0, true},
    {"Value.deep", APD_OP_CONTAINS, "list", NULL, 0, true},
    {"Value.other", APD_OP_EQ, "*", NULL, 0, false},
    {"Name.x", APD_OP_EQ, "*", NULL, 0, false},
    {"Broken.hr", APD_OP_EQ, "5", NULL, 0, false},
    {"Broken.hr", APD_OP_EQ, "6", NULL, 0, true}, /* in the second field of that name */
    {"User.Data", APD_OP_EQ, "dotted", NULL, 0, true},
    /* the record itself */
    {"EventID", APD_OP_EQ, "62407", NULL, 0, true},
    {"EventID", APD_OP_EQ, "1", "62407", 0, true},
    {"EventID", APD_OP_EQ, "1", NULL, 0, false},
    {"EventID", APD_OP_GTE, "62000", NULL, 0, true},
    {"EventID", APD_OP_EXISTS, "true", NULL, 0, true},
    {"Level", APD_OP_EQ, "2", NULL, 0, true},
    {"Level", APD_OP_LTE, "3", NULL, 0, true},
    {"Level", APD_OP_GT, "3", NULL, 0, false},
    {"Provider_Name", APD_OP_EQ, "mdm-provider", NULL, 0, true},
    {"Provider_Name", APD_OP_CONTAINS, "Mdm", NULL, CASED, true},
    {"Channel", APD_OP_EQ, "autopilot", NULL, 0, true},
    {"Channel", APD_OP_ENDS, "pilot", NULL, CASED, false},
    {"EventRecordID", APD_OP_EQ, "4711", NULL, 0, true},
    {"EventRecordID", APD_OP_LT, "4711", NULL, 0, false},
    /* message of a record without one: each text field in turn, numbers not */
    {"message", APD_OP_CONTAINS, "timedout", NULL, 0, true},
    {"message", APD_OP_CONTAINS, "gave up", "errorCode", ALL, true},
    {"message", APD_OP_CONTAINS, "gave up", "timedout", ALL, false},
    {"message", APD_OP_EQ, "177", NULL, 0, false},
    {"any", APD_OP_EQ, "177", NULL, 0, true},
    {"any", APD_OP_SID, "S-1-5-18", NULL, 0, true},
    {"any", APD_OP_CONTAINS, "no such thing", NULL, 0, false},
};

static const row on_line[] = {
    {"message", APD_OP_CONTAINS, "failed to download", NULL, 0, true},
    {"message", APD_OP_CONTAINS, "failed to download", NULL, CASED, false},
    {"message", APD_OP_CONTAINS, "AppWorkload", NULL, 0, false}, /* a field, not the message */
    {"any", APD_OP_CONTAINS, "AppWorkload", NULL, 0, true},
    {"any", APD_OP_CONTAINS, "download", NULL, 0, true},
    {"any", APD_OP_EQ, "14", NULL, 0, true},
    {"message", APD_OP_STARTS, "[win32app]", NULL, 0, true},
    {"message", APD_OP_ENDS, "0x80072ee7", NULL, 0, true},
    {"message", APD_OP_EQ, "*failed*0x8*", NULL, 0, true},
    {"message", APD_OP_HRESULT, "0x80072EE7", NULL, 0, true},
    {"message", APD_OP_HRESULT, "0x80072EE2", NULL, 0, false},
    {"message", APD_OP_RE, "error code = (0x\\w+)", NULL, 0, true},
    {"message", APD_OP_EQ, NULL, NULL, 0, false},
    {"component", APD_OP_EQ, "appworkload", NULL, 0, true},
    {"thread", APD_OP_EQ, "14", NULL, 0, true},
    {"EventID", APD_OP_EQ, NULL, NULL, 0, true},
    {"EventID", APD_OP_EXISTS, "false", NULL, 0, true},
    {"EventID", APD_OP_EQ, "0", NULL, 0, false},
    {"EventRecordID", APD_OP_EXISTS, "true", NULL, 0, false},
    {"Channel", APD_OP_EQ, "IME", NULL, 0, true},
};

/* One row: by the condition itself, and through apd_select(). */
static void check_row(const row *r, sample (*make)(world *), const char *what)
{
    world *w = world_new();
    const char *const texts[] = {r->x, r->y};
    apd_cond c = cond(w, r->key, r->op, r->flags, r->y ? 2 : 1, texts);
    add_alt(w, false, -1, NULL, 1, &c);
    assert_int_equal(world_ready(w), APD_OK);
    sample e = make(w);

    apd_probe *p = apd_probe_new(&w->r, w->names);
    apd_probe_open(p, ready(&e));
    apd_cond_hit hit = {0};
    bool got = apd_cond_holds(p, &w->selections[0].alts[0].conds[0], false, &hit);
    assert_false(apd_probe_failed(p));
    apd_probe_close(p);
    apd_probe_free(p);

    apd_match *m;
    size_t n = run(w, &e, &m);
    if (got != r->want || (n == 1) != r->want)
        fail_msg("%s: %s op %d '%s' '%s' flags %d: condition %d, select %zu, expected %d", what,
                 r->key, (int)r->op, r->x ? r->x : "null", r->y ? r->y : "", r->flags, got, n,
                 r->want);
    assert_int_equal(hit.has_code, r->want && r->op == APD_OP_HRESULT);
    world_free(w);
}

static void targets_and_operators(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof on_record / sizeof *on_record; i++)
        check_row(&on_record[i], record, "record");
    for (size_t i = 0; i < sizeof on_line / sizeof *on_line; i++)
        check_row(&on_line[i], line, "line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_and_operators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
