/* The decompressors of trace buffers: the examples of [MS-XCA] section 3, what an encoder of the tests makes of
 * many inputs, and damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "xca.h"
#include "xca_writer.h"

typedef size_t decoder(apd_bytes in, uint8_t *out, size_t room, const char **why);
typedef void encoder(mk_out *o, apd_bytes in);

static const struct {
    decoder *decode;
    encoder *encode;
} formats[] = {{xca_lz77, mk_lz77}, {xca_lznt1, mk_lznt1}, {xca_huffman, mk_xpress_huffman}};

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";

static void check(decoder *decode, apd_bytes in, apd_str expected)
{
    const char *why;
    uint8_t *out = malloc(expected.len + 1),
            *copy = malloc(in.len + 1); /* of exact size, for the sanitizer */
    assert_non_null(out);
    assert_non_null(copy);
    memcpy(copy, in.ptr, in.len);
    uint8_t *exact = realloc(copy, in.len ? in.len : 1);
    assert_non_null(exact);
    assert_int_equal(decode((apd_bytes){exact, in.len}, out, expected.len, &why), expected.len);
    assert_null(why);
    assert_memory_equal(out, expected.ptr, expected.len);
    free(out);
    free(exact);
}

static apd_str hundred_abc(char text[300])
{
    for (int i = 0; i < 300; i++)
        text[i] = alphabet[i % 3];
    return (apd_str){text, 300};
}

static void published_lz77(void **state)
{
    static const uint8_t letters[] = "\x3f\0\0\0abcdefghijklmnopqrstuvwxyz";
    static const uint8_t repeated[] = {0xff, 0xff, 0xff, 0x1f, 0x61, 0x62, 0x63,
                                       0x17, 0x00, 0x0f, 0xff, 0x26, 0x01};
    char text[300];
    (void)state;
    check(xca_lz77, (apd_bytes){letters, 30}, APD_LIT("abcdefghijklmnopqrstuvwxyz"));
    check(xca_lz77, (apd_bytes){repeated, sizeof repeated}, hundred_abc(text));
}

static void published_lznt1(void **state)
{
    static const uint8_t packed[] = {
        0x38, 0xb0, 0x88, 0x46, 0x23, 0x20, 0x00, 0x20, 0x47, 0x20, 0x41, 0x00, 0x10, 0xa2, 0x47,
        0x01, 0xa0, 0x45, 0x20, 0x44, 0x00, 0x08, 0x45, 0x01, 0x50, 0x79, 0x00, 0xc0, 0x45, 0x20,
        0x05, 0x24, 0x13, 0x88, 0x05, 0xb4, 0x02, 0x4a, 0x44, 0xef, 0x03, 0x58, 0x02, 0x8c, 0x09,
        0x16, 0x01, 0x48, 0x45, 0x00, 0xbe, 0x00, 0x9e, 0x00, 0x04, 0x01, 0x18, 0x90, 0x00};
    static const char text[] = "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D "
                               "D E E F# D E F# G F# D E "
                               "F# G F# E D E A F# F# G A A G F# E D D E F# E D D";
    (void)state;
    /* The example's text is NUL-terminated. */
    check(xca_lznt1, (apd_bytes){packed, sizeof packed}, (apd_str){text, sizeof text});
}

/* A table with the lengths of the example, then its bits. */
static void published_huffman(void **state)
{
    uint8_t letters[256 + 26] = {0}, repeated[256 + 16] = {0};
    static const uint8_t lengths[] = {0x50, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
                                      0x55, 0x55, 0x55, 0x55, 0x45, 0x44, 0x04};
    static const uint8_t bits[] = {0xd8, 0x52, 0x3e, 0xd7, 0x94, 0x11, 0x5b, 0xe9, 0x19, 0x5f,
                                   0xf9, 0xd6, 0x7c, 0xdf, 0x8d, 0x04, 0,    0,    0,    0};
    static const uint8_t more[] = {0xa8, 0xdc, 0x00, 0x00, 0xff, 0x26, 0x01};
    char text[300];
    (void)state;
    memcpy(letters + 48, lengths, sizeof lengths);
    letters[128] = 0x04;
    memcpy(letters + 256, bits, sizeof bits);
    check(xca_huffman, (apd_bytes){letters, 256 + sizeof bits},
          APD_LIT("abcdefghijklmnopqrstuvwxyz"));
    repeated[48] = 0x30;
    repeated[49] = 0x23;
    repeated[128] = 0x02;
    repeated[143] = 0x20;
    memcpy(repeated + 256, more, sizeof more);
    check(xca_huffman, (apd_bytes){repeated, 256 + sizeof more}, hundred_abc(text));
}

/* Runs, texts with repetitions, and noise: short and long matches near and far. */
static void fill(uint8_t *p, size_t n, unsigned kind, uint64_t *seed)
{
    for (size_t i = 0; i < n;) {
        size_t run = 1 + mk_below(seed, kind == 2 ? n : 60);
        size_t back = 1 + mk_below(seed, i ? i : 1);
        for (bool copy = kind && i && mk_below(seed, 4); run-- && i < n; i++)
            p[i] = copy ? p[i - back] : (uint8_t)(kind == 2 ? 7 : mk_rand(seed) >> 13);
    }
}

static void round_trips(void **state)
{
    static const size_t sizes[] = {1,    2,    3,     17,    300,   4095,  4096,
                                   4097, 9000, 65535, 65536, 70000, 200000};
    uint64_t seed = 9;
    uint8_t *plain = malloc(200000);
    assert_non_null(plain);
    (void)state;
    for (size_t f = 0; f < 3; f++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            mk_out packed = {0};
            fill(plain, sizes[i], i % 3, &seed);
            formats[f].encode(&packed, (apd_bytes){plain, sizes[i]});
            check(formats[f].decode, mk_bytes(&packed), (apd_str){(const char *)plain, sizes[i]});
            mk_free(&packed);
        }
    }
    free(plain);
}

/* Whatever is cut off or changed: no more than there is room for, and a true prefix when it is only cut. */
static void damaged(void **state)
{
    uint64_t seed = 5;
    uint8_t plain[5000], out[5000];
    (void)state;
    fill(plain, sizeof plain, 1, &seed);
    for (size_t f = 0; f < 3; f++) {
        mk_out packed = {0};
        const char *why;
        formats[f].encode(&packed, (apd_bytes){plain, sizeof plain});
        for (size_t n = 0; n < packed.len; n += 1 + packed.len / 300) {
            uint8_t *exact = malloc(n ? n : 1);
            assert_non_null(exact);
            memcpy(exact, packed.ptr, n);
            size_t got = formats[f].decode((apd_bytes){exact, n}, out, sizeof out, &why);
            assert_true(got <= sizeof out);
            if (f < 2)
                assert_memory_equal(out, plain, got);
            if (n)
                exact[mk_below(&seed, n)] ^= (uint8_t)(1 + mk_below(&seed, 255));
            assert_true(formats[f].decode((apd_bytes){exact, n}, out, 1000, &why) <= 1000);
            free(exact);
        }
        mk_free(&packed);
    }
}

static void refers_before_its_beginning(void **state)
{
    static const uint8_t lz77[] = {0, 0, 0, 0x40, 'a', 0x08, 0}; /* a byte, then two bytes back */
    static const uint8_t lznt1[] = {0x03, 0xb0, 0x02, 'a', 0x00, 0x10};
    uint8_t out[64];
    const char *why;
    (void)state;
    assert_int_equal(xca_lz77((apd_bytes){lz77, sizeof lz77}, out, sizeof out, &why), 1);
    assert_string_equal(why, "it refers to bytes before its beginning");
    assert_int_equal(xca_lznt1((apd_bytes){lznt1, sizeof lznt1}, out, sizeof out, &why), 1);
    assert_string_equal(why, "it refers to bytes before its beginning");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_lz77),    cmocka_unit_test(published_lznt1),
        cmocka_unit_test(published_huffman), cmocka_unit_test(round_trips),
        cmocka_unit_test(damaged),           cmocka_unit_test(refers_before_its_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
