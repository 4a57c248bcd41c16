/* The base room: views, arenas, text encodings, time, names, JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base64.h"
#include "clock.h"
#include "intern.h"
#include "jsondoc.h"
#include "limits.h"
#include "sha256.h"
#include "tsv.h"
#include "utf.h"
#include "vec.h"

static bool is(apd_str s, const char *z)
{
    return apd_eq(s, apd_str_of(z));
}

static void views(void **state)
{
    (void)state;
    apd_str s = APD_LIT("Contoso VPN");
    assert_true(apd_ieq(s, APD_LIT("contoso vpn")));
    assert_false(apd_eq(s, APD_LIT("contoso vpn")));
    assert_int_equal(apd_find(s, APD_LIT("VPN")), 8);
    assert_int_equal(apd_find(s, APD_LIT("vpn")), SIZE_MAX);
    assert_int_equal(apd_ifind(s, APD_LIT("vpn")), 8);
    assert_true(apd_iends(s, APD_LIT("vpn")) && apd_istarts(s, APD_LIT("CON")));
    assert_true(is(apd_trim(APD_LIT(" \r\n x y \t")), "x y"));
    assert_true(is(apd_sub(s, 8, 100), "VPN"));
    assert_int_equal(apd_sub(s, 100, 1).len, 0);
    assert_true(apd_cmp(APD_LIT("a"), APD_LIT("ab")) < 0);
    apd_str rest = APD_LIT("a,,b");
    assert_true(is(apd_cut(&rest, ','), "a") && is(apd_cut(&rest, ','), ""));
    assert_true(is(apd_cut(&rest, ','), "b") && rest.len == 0);
    assert_int_equal(apd_cut(&rest, ',').len, 0);
}

/* Every pair of bytes, at the front, in the middle and at the end of texts of every length that is read differently. */
static void case_ignored(void **state)
{
    (void)state;
    for (size_t len = 1; len < 20; len++) {
        const size_t places[] = {0, len / 2, len - 1};
        char *x = calloc(1, len), *y = calloc(1, len);
        assert_true(x && y);
        for (unsigned pair = 0; pair < 1u << 16; pair++) {
            size_t at = places[pair % 3];
            x[at] = (char)(pair >> 8);
            y[at] = (char)(pair & 0xff);
            bool same = apd_lower(x[at]) == apd_lower(y[at]);
            if (apd_ieq(apd_str_from(x, len), apd_str_from(y, len)) != same)
                fail_msg("bytes %#x at %zu of %zu", pair, at, len);
            x[at] = y[at] = 0;
        }
        assert_false(apd_ieq(apd_str_from(x, len), apd_str_from(y, len - 1)));
        free(x);
        free(y);
    }
    assert_true(apd_ieq((apd_str){NULL, 0}, APD_LIT("")));
}

static void globs(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool match;
    } cases[] = {
        {"*", "", true},
        {"", "", true},
        {"", "x", false},
        {"tpm-*", "tpm-x", true},
        {"tpm-*", "xtpm-", false},
        {"*Timed*out", "TimedTimedout", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"a\\*c", "a*c", true},
        {"a\\*c", "abc", false},
        {"C:\\dir", "C:\\dir", true},
        {"*a*a*a*b", "aaaaaaaaaaaaaaac", false},
        {"ABC", "abc", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (apd_glob(apd_str_of(cases[i].pattern), apd_str_of(cases[i].text), true) !=
            cases[i].match)
            fail_msg("%s against %s", cases[i].pattern, cases[i].text);
    assert_false(apd_glob(APD_LIT("ABC"), APD_LIT("abc"), false));
}

static void codes_in_text(void **state)
{
    (void)state;
    uint32_t code = 1;
    assert_false(apd_find_code(APD_LIT(""), &code));
    assert_false(apd_find_code(APD_LIT("0x"), &code));
    assert_false(apd_find_code(APD_LIT("x80070002 0x8007000, 0x800700021"), &code));
    assert_int_equal(code, 1);
    assert_true(apd_find_code(APD_LIT("exit 0x1 of x.exe: 0x87D1041c (0x80070002)"), &code));
    assert_int_equal(code, 0x87d1041c);
}

static void numbers(void **state)
{
    (void)state;
    uint64_t v;
    bool neg;
    assert_true(apd_parse_int(APD_LIT("2147943860"), &v, &neg) && v == 0x800705B4 && !neg);
    assert_true(apd_parse_int(APD_LIT("-2147023436"), &v, &neg) && (uint32_t)v == 0x800705B4 &&
                neg);
    assert_true(apd_parse_int(APD_LIT("0x800705b4"), &v, &neg) && v == 0x800705B4);
    assert_true(apd_parse_int(APD_LIT("18446744073709551615"), &v, &neg) && v == UINT64_MAX);
    assert_false(apd_parse_int(APD_LIT("18446744073709551616"), &v, &neg));
    assert_false(apd_parse_int(APD_LIT(""), &v, &neg));
    assert_false(apd_parse_int(APD_LIT("12x"), &v, &neg));
    assert_false(apd_parse_int(APD_LIT("-9223372036854775809"), &v, &neg));
}

static void cursors(void **state)
{
    (void)state;
    static const uint8_t data[] = {1, 2, 3};
    apd_bytes c = {data, sizeof data};
    uint16_t two;
    uint8_t one;
    assert_int_equal(apd_u16le(data), 0x0201);
    assert_true(apd_get_u16le(&c, &two) && two == 0x0201);
    assert_false(apd_get_u16le(&c, &two));
    assert_int_equal(c.len, 1);
    assert_true(apd_get_u8(&c, &one) && one == 3);
    assert_false(apd_get_u8(&c, &one));
}

static void arenas(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(1 << 20);
    apd_mark m = apd_arena_mark(a);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++)
            assert_non_null(apd_alloc(a, 500));
        assert_true(apd_arena_used(a) >= 500000);
        apd_arena_rewind(a, m);
        assert_int_equal(apd_arena_used(a), 0);
    }
    assert_null(apd_alloc(a, 2 << 20));
    assert_null(apd_calloc(a, SIZE_MAX / 2, 16));
    apd_str kept = apd_printf_a(a, "%s %d", "attempt", 3);
    m = apd_arena_mark(a);
    assert_non_null(apd_alloc(a, 100000));
    apd_arena_rewind(a, m);
    assert_true(is(kept, "attempt 3"));

    APD_VEC(int) v = {0};
    for (int i = 0; i < 1000; i++)
        assert_true(APD_PUSH(a, v, i));
    for (int i = 0; i < 1000; i++)
        assert_int_equal(v.at[i], i);

    apd_buf b;
    apd_buf_init(&b, a);
    for (int i = 0; i < 100; i++)
        apd_buf_addf(&b, "%02d,", i);
    assert_int_equal(apd_buf_str(&b).len, 300);
    while (!b.failed)
        apd_buf_add(&b, APD_LIT("0123456789012345678901234567890123456789"));
    assert_true(apd_buf_str(&b).len > 300);
    apd_arena_free(a);
}

/* The first text and the longest take room, the others find it. */
static void replaced_texts(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    char text[100];
    memset(text, 'x', sizeof text);
    apd_str s = APD_LIT("");
    uint32_t room = 0;
    assert_true(apd_restr_a(a, &s, &room, APD_LIT("")));
    assert_true(s.len == 0 && s.ptr && apd_arena_used(a) == 0);
    assert_true(apd_restr_a(a, &s, &room, APD_LIT("failed")));
    assert_true(is(s, "failed"));
    for (size_t i = 0; i < 10000; i++) {
        size_t n = i * 37 % (sizeof text + 1);
        assert_true(apd_restr_a(a, &s, &room, apd_str_from(text, n)));
        assert_int_equal(s.len, n);
        assert_true(n == 0 || s.ptr[n - 1] == 'x');
    }
    assert_true(apd_arena_used(a) <= 3 * sizeof text + 64);
    assert_true(apd_restr_a(a, &s, &room, APD_LIT("")));
    assert_int_equal(s.len, 0);
    apd_arena_free(a);
}

static void utf16(void **state)
{
    (void)state;
    /* "Zoë €", U+1F600, a lone high surrogate, "abcd" */
    static const uint8_t in[] = {'Z',  0,    'o',  0,    0xeb, 0,    ' ',  0,   0xac,
                                 0x20, 0x3d, 0xd8, 0x00, 0xde, 0x3d, 0xd8, 'a', 0,
                                 'b',  0,    'c',  0,    'd',  0,    0xff};
    apd_arena *a = apd_arena_new(0);
    apd_str s = apd_utf16_dup(a, (apd_bytes){in, sizeof in});
    assert_true(is(s, "Zo\xc3\xab \xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd"
                      "abcd"));
    assert_true(apd_utf8_valid(s));
    assert_int_equal(apd_utf16_utf8_len((apd_bytes){in, sizeof in}), s.len);
    assert_true(apd_utf16_find_ascii((apd_bytes){in, sizeof in - 1}, APD_LIT("BCD"), true));
    assert_false(apd_utf16_find_ascii((apd_bytes){in, sizeof in - 1}, APD_LIT("BCD"), false));
    assert_true(apd_utf16_eq_ascii((apd_bytes){in + 16, 8}, APD_LIT("abcd"), false));
    static const char *const bad[] = {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
                                      "\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(apd_utf8_valid(apd_str_of(bad[i])));
    apd_arena_free(a);
}

static void times(void **state)
{
    (void)state;
    apd_time t;
    apd_clock c;
    char text[APD_TIME_TEXT];
    assert_true(apd_time_parse_iso(APD_LIT("1970-01-01T00:00:00Z"), &t, &c));
    assert_true(t == INT64_C(116444736000000000) && c == APD_CLOCK_UTC);
    assert_true(apd_time_parse_iso(APD_LIT("2024-02-29T23:59:59.1234567+02:00"), &t, &c));
    assert_int_equal(c, APD_CLOCK_OFFSET);
    assert_string_equal(apd_time_format(t, 7, true, text), "2024-02-29T21:59:59.1234567Z");
    assert_string_equal(apd_time_format(t, 3, false, text), "2024-02-29T21:59:59.123");
    assert_true(apd_time_parse_iso(APD_LIT("2024-02-29"), &t, &c) && c == APD_CLOCK_DATE);
    assert_false(apd_time_parse_iso(APD_LIT("2023-02-29"), &t, &c));
    assert_false(apd_time_parse_iso(APD_LIT("2023-02-28T25:00Z"), &t, &c));
    assert_false(apd_time_parse_iso(APD_LIT("2023-02-28T10:00Zx"), &t, &c));
    /* every day of 900 years goes there and back */
    apd_time day = 0;
    for (int y = 1601; y < 2500; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; apd_time_from_civil(y, m, d, 0, 0, 0, 0, &t); d++) {
                assert_true(t == day);
                apd_civil back = apd_time_civil(t);
                assert_true(back.year == y && back.month == m && back.day == d);
                day += APD_TICKS_DAY;
            }
}

static void times_of_net(void **state)
{
    (void)state;
    static const struct {
        const char *text, *time; /* NULL: none */
    } cases[] = {
        {"/Date(1763805600000)/", "2025-11-22T10:00:00.000"},
        {"\\/Date(1763805600250)\\/", "2025-11-22T10:00:00.250"},
        {"/Date(1763805600000+0100)/", "2025-11-22T10:00:00.000"},
        {"/Date(-1000)/", "1969-12-31T23:59:59.000"},
        {"/Date(99999999999999)/", "5138-11-16T09:46:39.999"},
        {"/Date(999999999999999)/", NULL}, /* its ticks would not fit */
        {"/Date()/", NULL},
        {"/Date(", NULL},
        {"/Date)/", NULL},
        {"\\/Date(1)/", NULL},
        {"/Date(1x)/", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        apd_time t;
        char text[APD_TIME_TEXT];
        bool ok = apd_time_parse_net(apd_str_of(cases[i].text), &t);
        assert_int_equal(ok, cases[i].time != NULL);
        if (ok)
            assert_string_equal(apd_time_format(t, 3, false, text), cases[i].time);
    }
}

static void spans(void **state)
{
    (void)state;
    char text[APD_TIME_TEXT];
    int64_t t;
    assert_string_equal(apd_span_format(12 * APD_TICKS_MINUTE, text), "12 m 00 s");
    assert_string_equal(apd_span_format(125 * APD_TICKS_MINUTE, text), "2 h 05 m");
    assert_string_equal(apd_span_format(APD_TICKS_SECOND / 4, text), "0.250 s");
    assert_string_equal(apd_span_format(50 * APD_TICKS_HOUR, text), "2 d 02 h");
    assert_true(apd_span_parse(APD_LIT("1h30m"), &t) && t == 90 * APD_TICKS_MINUTE);
    assert_true(apd_span_parse(APD_LIT("500ms"), &t) && t == APD_TICKS_SECOND / 2);
    assert_false(apd_span_parse(APD_LIT("15"), &t));
    assert_false(apd_span_parse(APD_LIT("m"), &t));
    assert_false(apd_span_parse(APD_LIT("999999999d999999999d"), &t));
}

static void interning(void **state)
{
    (void)state;
    apd_intern *t = apd_intern_new();
    apd_sym upper = apd_intern_add(t, APD_LIT("ErrorCode"));
    apd_sym lower = apd_intern_add(t, APD_LIT("errorcode"));
    assert_true(upper && lower && upper != lower);
    assert_int_equal(apd_sym_fold(t, upper), lower);
    assert_int_equal(apd_sym_fold(t, lower), lower);
    assert_true(is(apd_sym_text(t, upper), "ErrorCode"));
    assert_int_equal(apd_intern_add(t, APD_LIT("")), 0);
    assert_false(apd_intern_full(t));
    uint32_t left = 1;
    assert_int_equal(apd_intern_some(t, APD_LIT("ErrorCode"), &left), upper);
    assert_true(apd_intern_some(t, APD_LIT("Once"), &left));
    assert_int_equal(left, 0);
    assert_int_equal(apd_intern_some(t, APD_LIT("twice"), &left), 0);
    assert_true(apd_intern_some(t, APD_LIT("Once"), &left));
    char name[32];
    for (int i = 0; i < 20000; i++) {
        int n = snprintf(name, sizeof name, "Name%d", i);
        assert_true(apd_intern_add(t, apd_str_from(name, (size_t)n)));
    }
    for (int i = 0; i < 20000; i++) {
        int n = snprintf(name, sizeof name, "Name%d", i);
        assert_true(is(apd_sym_text(t, apd_intern_find(t, apd_str_from(name, (size_t)n))), name));
    }
    for (unsigned i = 0; i < APD_MAX_NAMES; i++) {
        int n = snprintf(name, sizeof name, "full%u", i);
        apd_intern_add(t, apd_str_from(name, (size_t)n));
    }
    assert_int_equal(apd_intern_add(t, APD_LIT("one too many")), 0);
    assert_true(apd_intern_full(t));
    apd_intern_free(t);
}

static bool count_leaf(void *ctx, apd_str path, const apd_json_value *v)
{
    int *n = ctx;
    if (is(path, "list.1.x"))
        assert_int_equal(v->i, 7);
    (*n)++;
    return true;
}

static void json(void **state)
{
    (void)state;
    apd_arena *a = apd_arena_new(0);
    apd_json *d;
    apd_error err;
    apd_str text =
        APD_LIT("\xef\xbb\xbf{\"errorCode\": 2147943860, \"inner\": \"{\\\"number\\\":-5,"
                "\\\"a.b\\\":1}\", \"list\": [true, {\"x\": 7}], \"empty\": {}}");
    assert_int_equal(apd_json_parse(apd_str_bytes(text), &d, &err), APD_OK);
    apd_json_value v;
    assert_true(apd_json_get(d, APD_LIT("errorcode"), a, &v) && v.i == 2147943860);
    assert_true(apd_json_get(d, APD_LIT("inner.number"), a, &v) && v.i == -5);
    assert_true(apd_json_get(d, APD_LIT("inner.a.b"), a, &v) && v.i == 1);
    assert_true(apd_json_get(d, APD_LIT("list.0"), a, &v) && v.type == APD_JSON_BOOL && v.i == 1);
    assert_false(apd_json_get(d, APD_LIT("list.9"), a, &v));
    assert_false(apd_json_get(d, APD_LIT("errorCode.x"), a, &v));
    int leaves = 0;
    apd_json_walk(d, a, count_leaf, &leaves);
    assert_int_equal(leaves, 5);
    apd_json_free(d);

    assert_int_equal(apd_json_parse(apd_str_bytes(APD_LIT("{\"a\":1,\n\"a\":2}")), &d, &err),
                     APD_E_DAMAGED);
    assert_non_null(strstr(err.text, "2:"));
    char deep[4 * APD_MAX_JSON_DEPTH];
    memset(deep, '[', sizeof deep);
    assert_int_equal(apd_json_parse((apd_bytes){(uint8_t *)deep, sizeof deep}, &d, &err),
                     APD_E_LIMIT);
    static const uint8_t wide[] = {0xff, 0xfe, '{', 0, '"', 0, 'x', 0,
                                   '"',  0,    ':', 0, '1', 0, '}', 0};
    assert_int_equal(apd_json_parse((apd_bytes){wide, sizeof wide}, &d, &err), APD_OK);
    assert_true(apd_json_get(d, APD_LIT("x"), a, &v) && v.i == 1);
    apd_json_free(d);
    apd_arena_free(a);
}

/* A long path does not push the reason out of the sentence, and no character is cut in two. */
static void failures(void **state)
{
    (void)state;
    char path[1001] = "";
    for (size_t i = 0; i < 500; i++)
        strcat(path, "\xc3\xa4");
    apd_error err;
    for (size_t n = 900; n <= 1000; n++) {
        assert_int_equal(
            apd_fail(&err, APD_E_DAMAGED, APD_NOWHERE, "/x%s: no such place", path + 1000 - n),
            APD_E_DAMAGED);
        apd_str text = apd_str_of(err.text);
        assert_true(apd_starts(text, APD_LIT("/x")));
        assert_true(apd_ends(text, APD_LIT(": no such place")));
    }
    apd_fail(&err, APD_E_DAMAGED, APD_NOWHERE, "/%s/%s: no such place", path, path);
    uint32_t cp;
    for (apd_str s = apd_str_of(err.text); s.len;) {
        size_t n = apd_utf8_step(s, &cp);
        assert_true(n > 0);
        s = apd_sub(s, n, s.len);
    }
    assert_int_equal(apd_fail(NULL, APD_E_LIMIT, APD_NOWHERE, "unheard"), APD_E_LIMIT);
}

static void base64(void **state)
{
    (void)state;
    static const struct {
        const char *text, *bytes; /* NULL: not base64 */
    } rows[] = {{"", ""},        {"Zg==", "f"},         {"Zm8=", "fo"},
                {"Zm9v", "foo"}, {"Zm9vYmE=", "fooba"}, {"+/+/", "\xfb\xff\xbf"},
                {"Zm9", NULL},   {"Zh==", NULL},        {"Zm9=", NULL},
                {"Z===", NULL},  {"====", NULL},        {"Zg==Zg==", NULL},
                {"Zm 9", NULL},  {"Zm-_", NULL},        {"Zg=a", NULL}};
    uint8_t out[16];
    size_t n;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool ok = apd_base64_decode(apd_str_of(rows[i].text), out, sizeof out, &n);
        assert_int_equal(ok, rows[i].bytes != NULL);
        if (ok) {
            assert_int_equal(n, strlen(rows[i].bytes));
            assert_memory_equal(out, rows[i].bytes, n);
        }
    }
    assert_false(apd_base64_decode(APD_LIT("Zm9vYmFy"), out, 5, &n));
    assert_true(apd_base64_decode(APD_LIT("Zm9vYmFy"), out, 6, &n));
}

/* The examples of FIPS 180-4, and the lengths around the end of a block. */
static void sha256(void **state)
{
    (void)state;
    static const struct {
        const char *text, *digest;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t digest[APD_SHA256_SIZE];
        char hex[2 * APD_SHA256_SIZE + 1];
        apd_sha256(apd_str_bytes(apd_str_of(rows[i].text)), digest);
        for (size_t k = 0; k < sizeof digest; k++)
            sprintf(hex + 2 * k, "%02x", digest[k]);
        assert_string_equal(hex, rows[i].digest);
    }
}

/* Rows of several files, and the place that an error names. */
static void tables(void **state)
{
    (void)state;
    const apd_str names[] = {APD_LIT("a.tsv"), APD_LIT("empty.tsv"), APD_LIT("b.tsv")};
    const apd_str texts[] = {APD_LIT("# head\n1\tone\r\n\n \t\n2\ttwo"), APD_LIT(""),
                             APD_LIT("#\n3\tthree\n")};
    static const struct {
        const char *row, *place;
    } rows[] = {
        {"1\tone", "a.tsv:2: odd"}, {"2\ttwo", "a.tsv:5: odd"}, {"3\tthree", "b.tsv:2: odd"}};
    apd_tsv t = {.names = names, .texts = texts, .n = 3};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        apd_error err;
        assert_true(apd_tsv_next(&t));
        assert_true(is(apd_trim(t.row), rows[i].row));
        assert_int_equal(apd_tsv_fail(&t, &err, "odd"), APD_E_RULE);
        assert_string_equal(err.text, rows[i].place);
    }
    assert_false(apd_tsv_next(&t));
    t = (apd_tsv){0};
    assert_false(apd_tsv_next(&t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views),        cmocka_unit_test(globs),
        cmocka_unit_test(numbers),      cmocka_unit_test(cursors),
        cmocka_unit_test(arenas),       cmocka_unit_test(utf16),
        cmocka_unit_test(times),        cmocka_unit_test(times_of_net),
        cmocka_unit_test(spans),        cmocka_unit_test(interning),
        cmocka_unit_test(json),         cmocka_unit_test(failures),
        cmocka_unit_test(base64),       cmocka_unit_test(sha256),
        cmocka_unit_test(tables),       cmocka_unit_test(codes_in_text),
        cmocka_unit_test(case_ignored), cmocka_unit_test(replaced_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
