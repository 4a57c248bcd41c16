/* Lists of hardware hashes: columns, what a hash says, and every way in which one can be broken. The
 * hashes are of devices that do not exist. */
#include "reading.h"

#include "hash_make.h"
#include "limits.h"

#define HEADING "Device Serial Number,Windows Product ID,Hardware Hash"

static void example(mk_hash *h)
{
    static const uint8_t uuid[16] = {0x78, 0x56, 0x34, 0x12, 0x34, 0x12, 0x78, 0x56,
                                     1,    2,    3,    4,    5,    6,    7,    8};
    static const uint8_t net[10] = {14, 0, 0, 0, 2, 0, 0, 0, 0, 0xab};
    mk_hash_begin(h);
    mk_hash_versions(h);
    mk_hash_text(h, 13, APD_LIT("FBSI 2.0"));
    mk_hash_text(h, 14, APD_LIT("FBK-000017"));
    mk_hash_text(h, 16, APD_LIT("Fabrikam"));
    mk_hash_text(h, 17, APD_LIT("Falcon 14"));
    mk_hash_text(h, 7, APD_LIT("DISK-1"));
    mk_hash_text(h, 7, APD_LIT("DISK-2"));
    mk_hash_block(h, 5, "\x10\0", 2);
    mk_hash_block(h, 8, net, sizeof net);
    mk_hash_block(h, 12, uuid, sizeof uuid);
    mk_hash_block(h, 25, "public key", 10);
    mk_hash_block(h, 99, "unknown", 7);
}

static reading list_of(const char *before, const mk_hash *h, const char *behind)
{
    char text[MK_HASH_TEXT];
    apd_arena *a = apd_arena_new(0);
    mk_hash_base64(h->data, sizeof h->data, text);
    apd_str all = apd_printf_a(a, "%s%s%s", before, text, behind);
    assert_true(apd_parser_devicehash.bid(apd_str_bytes(apd_sub(all, 0, APD_SNIFF)), APD_LIT("x")) >
                0);
    reading r = read_all_ways(&apd_parser_devicehash, "DeviceHash_PC.csv", apd_str_bytes(all));
    for (size_t i = 0; i < r.n; i++) /* the hash never comes out */
        for (uint32_t k = 0; k < r.items[i].ev.nfields; k++)
            assert_true(apd_field_text(&r.items[i].ev.fields[k], r.arena).len < 300);
    apd_arena_free(a);
    return r;
}

static void a_hash_says_what_the_device_is(void **state)
{
    (void)state;
    static const char *const want[][2] = {
        {"Serial", "FBK-000018"},
        {"GroupTag", "Sales, north"},
        {"HashLength", "4000"},
        {"HashValid", "true"},
        {"ChecksumValid", "true"},
        {"Blocks", "12"},
        {"OsBuild", "10.0.22631.4317"},
        {"TpmVersion", "FBSI 2.0"},
        {"SmbiosSerial", "FBK-000017"},
        {"Manufacturer", "Fabrikam"},
        {"Model", "Falcon 14"},
        {"DiskSerial.1", "DISK-1"},
        {"DiskSerial.2", "DISK-2"},
        {"MemoryGb", "16"},
        {"Mac.1", "02-00-00-00-00-AB"},
        {"SmbiosUuid", "{12345678-1234-5678-0102-030405060708}"},
        {"TpmEkPubSha256", "f569a86d3c2c8d7dda26b5dbea20bd5c19eeb35dfc63fdb724bac4f21c227850"},
        {"ProductId", "(none)"},
        {"HashProblem", "(none)"}};
    mk_hash h;
    example(&h);
    mk_hash_seal(&h);
    reading r = list_of("\xef\xbb\xbf" HEADING ",Group Tag,Other\r\nFBK-000018,,", &h,
                        ",\"Sales, north\",x\r\n");
    assert_events(&r, 1);
    assert_text(apd_sym_text(r.names, event_at(&r, 0)->log), "device.hash");
    assert_int_equal(event_at(&r, 0)->kind, APD_FACT);
    assert_int_equal(event_at(&r, 0)->where.record, 2);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_field(&r, 0, want[i][0], want[i][1]);
    assert_int_equal(field_text(&r, 0, "HashSha256").len, 64);
    reading_free(&r);
}

static void broken_hashes_say_why(void **state)
{
    (void)state;
    mk_hash h;
    example(&h);
    mk_hash_seal(&h);
    h.data[h.len + 10] ^= 1;
    reading r = list_of(HEADING "\nA,,", &h, "\n");
    assert_field(&r, 0, "HashValid", "false");
    assert_field(&r, 0, "ChecksumValid", "false");
    assert_field(&r, 0, "HashProblem", "its checksum is wrong");
    assert_field(&r, 0, "Model", "Falcon 14");
    assert_field(&r, 0, "HashSha256", "(none)");
    reading_free(&r);
    static const struct {
        size_t at;
        uint8_t value;
        const char *problem;
    } cases[] = {{0, 'X', "it does not begin as a hardware hash does"},
                 {3, 0xff, "it does not begin as a hardware hash does"}, /* longer than there is */
                 {2, 0, NULL}, /* shorter: the seal is not where it should be */
                 {6, 3, "a block has an impossible length"},
                 {7, 0xff, "a block has an impossible length"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        example(&h);
        mk_hash_seal(&h);
        h.data[cases[i].at] = cases[i].value;
        r = list_of(HEADING "\nA,,", &h, "\n");
        assert_events(&r, 1);
        if (cases[i].problem)
            assert_field(&r, 0, "HashProblem", cases[i].problem);
        reading_free(&r);
    }
    static const char *const texts[] = {"", "T0E", "T0EA*AAA", "T0EEAA==", "QUJD"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char csv[200];
        sprintf(csv, HEADING "\nA,,%s\n", texts[i]);
        r = read_all_ways(&apd_parser_devicehash, "x.csv", apd_str_bytes(apd_str_of(csv)));
        assert_events(&r, 1);
        assert_field(&r, 0, "HashValid", i == 3 ? "true" : "false");
        reading_free(&r);
    }
}

static void many_devices_and_other_columns(void **state)
{
    (void)state;
    reading r = read_all_ways(
        &apd_parser_devicehash, "x.csv",
        BYTES("Group Tag , \"Hardware Hash\",Assigned User,Device Serial Number\n"
              "a,QUJD,u@contoso.example,1\n\n\"b\nc,QUJD\n" HEADING "\n,,,,,,,,,,,,,,,,,,,,x\n"));
    assert_events(&r, 4);
    assert_field(&r, 0, "GroupTag", "a");
    assert_field(&r, 0, "AssignedUser", "u@contoso.example");
    assert_field(&r, 0, "Serial", "1");
    assert_field(&r, 1, "GroupTag", "b");
    assert_field(&r, 2, "GroupTag", "c");
    assert_field(&r, 3, "GroupTag", "(none)");
    reading_free(&r);
    r = read_all_ways(&apd_parser_devicehash, "x.csv", BYTES("Name,Value\n1,2\n"));
    assert_int_equal(r.items[0].status, APD_E_UNSUPPORTED);
    reading_free(&r);
    r = read_all_ways(&apd_parser_devicehash, "x.csv", BYTES(HEADING));
    assert_events(&r, 0);
    reading_free(&r);
    assert_int_equal(apd_parser_devicehash.bid(BYTES("Name,Value\n"), APD_LIT("DeviceHash_x.csv")),
                     0);
    r = read_broken(&apd_parser_devicehash, "x.csv", BYTES(HEADING "\n1,,QUJD\n"));
    assert_broken_end(&r);
    reading_free(&r);
}

static void a_hash_that_is_too_long(void **state)
{
    (void)state;
    enum { N = 2 * APD_MAX_DEVICE_HASH };
    char *s = malloc(N + 200);
    assert_non_null(s);
    size_t n = (size_t)sprintf(s, HEADING "\n1,,");
    memset(s + n, 'A', N);
    reading r = read_all_ways(&apd_parser_devicehash, "x.csv", (apd_bytes){(uint8_t *)s, n + N});
    assert_events(&r, 1);
    assert_field(&r, 0, "HashProblem", "it is too long");
    reading_free(&r);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_says_what_the_device_is),
        cmocka_unit_test(broken_hashes_say_why),
        cmocka_unit_test(many_devices_and_other_columns),
        cmocka_unit_test(a_hash_that_is_too_long),
    };
    return cmocka_run_group_tests_name("devicehash", tests, NULL, NULL);
}
