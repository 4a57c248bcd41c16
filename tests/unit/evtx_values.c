/* EVTX: every type of value, with the right size and with a wrong one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "evtx_make.h"
#include "evtx_read.h"

static mk f;

/* The one field that a value of this type and these bytes becomes. */
static void check(uint8_t type, const char *bytes, size_t n, const char *want)
{
    mk_file(&f);
    mk_chunk(&f);
    mk_event(&f, 1, 1);
    uint32_t definition = mk_payload(&f);
    mk_open(&f, "EventData", 0xffff, 0);
    mk_body(&f);
    mk_data(&f, "V", 0, 1, 0); /* the type said here does not count */
    mk_data(&f, "Next", 1, 1, 0);
    mk_close(&f);
    mk_payload_values(&f, definition, 2);
    mk_raw(&f, type, bytes, n);
    mk_string(&f, "n");
    mk_event_end(&f);
    mk_chunk_end(&f);
    evtx_text t = evtx_read((apd_bytes){f.data, f.len}, 0, 0);
    apd_str line = apd_printf_a(t.arena, "  V %s\n  Next u16 n\n", want);
    if (!apd_eq(t.payload, line))
        fail_msg("type %02x: got:\n%.*s\nwanted:\n%.*s", type, APD_FMT(t.all), APD_FMT(line));
    apd_arena_free(t.arena);
}

#define CHECK(type, bytes, want) check(type, bytes, sizeof(bytes) - 1, want)

static void texts(void **state)
{
    (void)state;
    CHECK(0x00, "", "none ");
    CHECK(0x00, "abc", "none "); /* passed over */
    CHECK(0x01, "h\0i\0", "u16 hi");
    CHECK(0x01, "h\0i\0\0\0", "u16 hi");
    CHECK(0x01, "h\0i\0!", "u16 hi"); /* odd */
    CHECK(0x01, "\x00\xd8", "u16 \xef\xbf\xbd");
    CHECK(0x01, "", "u16 ");
    CHECK(0x02, "plain", "u8 plain");
    CHECK(0x02, "plain\0\0", "u8 plain");
    CHECK(0x02, "a\x80\xe4\x81\0b",
          "u8 a\xe2\x82\xac\xc3\xa4\xef\xbf\xbd"
          "b");
}

static void numbers(void **state)
{
    (void)state;
    CHECK(0x03, "\xff", "i64 -1");
    CHECK(0x04, "\xff", "u64 255");
    CHECK(0x05, "\xfe\xff", "i64 -2");
    CHECK(0x06, "\xfe\xff", "u64 65534");
    CHECK(0x07, "\xb4\x05\x07\x80", "i64 -2147023436");
    CHECK(0x08, "\xb4\x05\x07\x80", "u64 2147943860");
    CHECK(0x09, "\0\0\0\0\0\0\0\x80", "i64 -9223372036854775808");
    CHECK(0x0a, "\xff\xff\xff\xff\xff\xff\xff\xff", "u64 18446744073709551615");
    CHECK(0x0b, "\0\0\xc0\x3f", "double 1.5");
    CHECK(0x0c, "\0\0\0\0\0\0\x02\xc0", "double -2.25");
    CHECK(0x0d, "\0\0\0\0", "bool false");
    CHECK(0x0d, "\0\x01\0\0", "bool true");
    CHECK(0x0d, "\x05", "bool true");
    CHECK(0x10, "\xe7\x03\0\0", "hex 0x3e7");
    CHECK(0x10, "\xe7\x03\0\0\x01\0\0\0", "hex 0x1000003e7");
    CHECK(0x14, "\xb4\x05\x07\x80", "hex 0x800705b4");
    CHECK(0x15, "\0\0\0\0\0\0\0\x80", "hex 0x8000000000000000");
}

static void others(void **state)
{
    (void)state;
    CHECK(0x0e, "\xde\xad", "blob DEAD");
    CHECK(0x0f, "0123456789abcdef", "guid {33323130-3534-3736-3839-616263646566}");
    CHECK(0x11, "\x87\x56\x48\x0c\xd1\xdf\xd6\x01", "time 2021-01-01T00:00:00.1234567Z");
    CHECK(0x11, "\xff\xff\xff\xff\xff\xff\xff\xff", "blob FFFFFFFFFFFFFFFF");
    CHECK(0x12, "\xe5\x07\x0b\0\x01\0\x16\0\x0a\0\x1e\0\x0f\0\xfa\0",
          "time 2021-11-22T10:30:15.2500000Z");
    CHECK(0x12, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "none ");
    CHECK(0x12, "\xe5\x07\x0d\0\x01\0\x16\0\x0a\0\x1e\0\x0f\0\xfa\0",
          "blob E5070D00010016000A001E000F00FA00");
    CHECK(0x13, "\1\1\0\0\0\0\0\5\x12\0\0\0", "sid S-1-5-18");
    CHECK(0x13, "\1\1\0\0\0\0\0\5\x12\0\0\0\0\0", "sid S-1-5-18"); /* bytes behind it */
    CHECK(0x20, "h", "blob 68");
    CHECK(0x23, "x", "blob 78");
    CHECK(0x7f, "?", "blob 3F");
}

/* A size that its type cannot have: the bytes as they are, and the value behind is not moved. */
static void wrong_sizes(void **state)
{
    (void)state;
    CHECK(0x08, "\1\2\3", "blob 010203");
    CHECK(0x0a, "\1\2\3\4", "blob 01020304");
    CHECK(0x0d, "\1\2\3", "blob 010203");
    CHECK(0x0f, "short", "blob 73686F7274");
    CHECK(0x10, "\1\2", "blob 0102");
    CHECK(0x11, "\1", "blob 01");
    CHECK(0x12, "\1", "blob 01");
    CHECK(0x13, "\1\2\0\0\0\0\0\5\x12\0\0\0", "blob 010200000000000512000000");
    CHECK(0x13, "\1", "blob 01");
    CHECK(0x15, "", "blob ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(numbers),
        cmocka_unit_test(others),
        cmocka_unit_test(wrong_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
