/* Four characters are 24 bits; the last group may end in one or two '='. */
#include "base64.h"

/* 0..63, or -1 */
static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (apd_is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* A group of four; `bytes` of it are data (3, or less where it ends in '='). */
static bool group(const char *p, size_t bytes, uint32_t *out)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int d = i <= bytes ? digit(p[i]) : 0;
        if (d < 0)
            return false;
        bits = bits << 6 | (uint32_t)d;
    }
    *out = bits;
    return bytes == 3 || (bits & (0xffffffu >> 8 * bytes)) == 0;
}

bool apd_base64_decode(apd_str s, uint8_t *dst, size_t cap, size_t *n)
{
    *n = 0;
    if (s.len % 4)
        return false;
    for (size_t i = 0; i < s.len; i += 4) {
        size_t bytes = 3;
        uint32_t bits;
        if (i + 4 == s.len)
            bytes -= (size_t)(s.ptr[i + 3] == '=') + (s.ptr[i + 3] == '=' && s.ptr[i + 2] == '=');
        if (cap - *n < bytes || !group(s.ptr + i, bytes, &bits))
            return false;
        for (size_t k = 0; k < bytes; k++)
            dst[(*n)++] = (uint8_t)(bits >> (16 - 8 * k));
    }
    return true;
}
