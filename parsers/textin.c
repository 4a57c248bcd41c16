/* UTF-16 goes through a producer of its own, so that readers only ever see a stream of UTF-8. How
 * many bytes of the file stand behind a piece of that UTF-8 can be told from the piece alone: one
 * unit per sequence, two per four-byte sequence (a lone surrogate became U+FFFD, one unit too). */
#include "textin.h"

#include <stdlib.h>

#include "limits.h"
#include "utf.h"

enum { BLOCK = 32 << 10, STEP = 4096 };

struct apd_utf16 {
    apd_stream *file;
    size_t lent; /* bytes of the file that stand behind the block lent last */
    bool big;    /* high byte first */
    uint8_t units[BLOCK];
    char text[BLOCK / 2 * 3];
};

/* Big-endian units are turned around, so that one converter serves both. */
static void swap_units(const uint8_t *from, size_t n, uint8_t *to)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        to[i] = from[i + 1];
        to[i + 1] = from[i];
    }
}

static bool ends_in_high_surrogate(const struct apd_utf16 *u, apd_bytes b)
{
    return (b.ptr[b.len - (u->big ? 2 : 1)] & 0xfc) == 0xd8;
}

static size_t whole_units(size_t len)
{
    return len < BLOCK ? len & ~(size_t)1 : BLOCK;
}

static apd_status read_utf16(void *ctx, apd_bytes *block, apd_error *err)
{
    struct apd_utf16 *u = ctx;
    apd_bytes in;
    apd_stream_consume(u->file, u->lent);
    u->lent = 0;
    apd_status st = apd_stream_peek(u->file, 2, &in, err);
    if (st > APD_SKIPPED || in.len < 2) /* half a unit at the end is no text */
        return st > APD_SKIPPED ? st : APD_END;
    in.len = whole_units(in.len);
    if (ends_in_high_surrogate(u, in)) { /* its other half may come with the next block */
        if (in.len == 2)
            APD_TRY(apd_stream_peek(u->file, 4, &in, err));
        in.len = whole_units(in.len);
        if (in.len > 2 && ends_in_high_surrogate(u, in))
            in.len -= 2;
    }
    u->lent = in.len;
    if (u->big) {
        swap_units(in.ptr, in.len, u->units);
        in.ptr = u->units;
    }
    *block = (apd_bytes){(const uint8_t *)u->text, apd_utf16_to_utf8(in, u->text)};
    return APD_OK;
}

static apd_status open_utf16(apd_textin *t, apd_stream *file, bool big)
{
    t->utf16 = malloc(sizeof *t->utf16);
    if (!t->utf16)
        return APD_E_NOMEM;
    t->utf16->file = file;
    t->utf16->lent = 0;
    t->utf16->big = big;
    t->utf8 = apd_stream_new((apd_producer){read_utf16, t->utf16});
    return t->utf8 ? APD_OK : APD_E_NOMEM;
}

/* Bytes of a byte order mark at the front; *utf16 tells whose. */
static size_t order_mark(apd_bytes b, bool *utf16, bool *big)
{
    *utf16 = b.len >= 2 && (b.ptr[0] ^ b.ptr[1]) == 1 && (b.ptr[0] | b.ptr[1]) == 0xff;
    *big = *utf16 && b.ptr[0] == 0xfe;
    if (*utf16)
        return 2;
    return b.len >= 3 && memcmp(b.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

apd_status apd_textin_open(apd_textin *t, apd_stream *file, apd_error *err)
{
    apd_bytes head;
    bool utf16, big;
    *t = (apd_textin){.at = "", .utf8 = file};
    APD_TRY(apd_stream_peek(file, 3, &head, err));
    size_t mark = order_mark(head, &utf16, &big);
    apd_stream_consume(file, mark);
    t->offset = mark;
    return utf16 ? open_utf16(t, file, big) : APD_OK;
}

void apd_textin_close(apd_textin *t)
{
    if (t->utf16)
        apd_stream_free(t->utf8);
    free(t->utf16);
    *t = (apd_textin){.at = ""};
}

apd_status apd_textin_more(apd_textin *t, apd_error *err)
{
    apd_bytes b = {NULL, 0};
    size_t had = t->left;
    /* Twice as much as before, so that a long record costs linear time. */
    size_t want = had + (had > STEP ? had : STEP);
    apd_stream_consume(t->utf8, t->taken);
    t->taken = 0;
    apd_status st = apd_stream_peek(t->utf8, want < APD_MAX_PEEK ? want : APD_MAX_PEEK, &b, err);
    t->at = b.ptr ? (const char *)b.ptr : "";
    t->left = b.len;
    t->ended = st != APD_OK;
    if (st > APD_SKIPPED)
        return st;
    return b.len > had ? APD_OK : APD_END;
}

uint64_t apd_textin_size(const apd_textin *t, size_t n)
{
    if (!t->utf16)
        return n;
    uint64_t units = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)t->at[i];
        units += (c & 0xc0) != 0x80;
        units += c >= 0xf0;
    }
    return 2 * units;
}

apd_str apd_text_prefix(apd_str s, size_t max)
{
    if (s.len <= max)
        return s;
    size_t n = max;
    while (n > 0 && max - n < 3 && ((uint8_t)s.ptr[n] & 0xc0) == 0x80)
        n--;
    return apd_str_from(s.ptr, n);
}

static bool is_blank(char c)
{
    return apd_is_space(c) || c == '\0';
}

bool apd_text_blank(apd_str s)
{
    size_t i = 0;
    while (i < s.len && is_blank(s.ptr[i]))
        i++;
    return i == s.len;
}

apd_status apd_textin_skip_blank(apd_textin *t, apd_error *err)
{
    for (;;) {
        size_t n = 0;
        while (n < t->left && is_blank(t->at[n]))
            n++;
        apd_textin_take(t, n);
        if (t->left)
            return APD_OK;
        apd_status st = apd_textin_more(t, err);
        if (st != APD_OK)
            return st;
    }
}

/* Bytes that text does not hold; a conversion fault (U+FFFD) counts with its three bytes. */
static size_t strange_bytes(apd_str s)
{
    static const char fault[] = "\xef\xbf\xbd";
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.ptr[i];
        bool control = (c < 0x20 && !(c >= '\a' && c <= '\r') && c != 0x1b) || c == 0x7f;
        n += control;
        if (c == 0xef && s.len - i >= 3 && memcmp(s.ptr + i, fault, 3) == 0)
            n += 3;
    }
    return n;
}

bool apd_text_head(apd_bytes head, char *buf, apd_str *utf8)
{
    bool utf16, big;
    uint8_t turned[APD_SNIFF];
    *utf8 = APD_LIT("");
    if (head.len == 0) /* its pointer may be NULL */
        return true;
    size_t mark = order_mark(head, &utf16, &big);
    apd_bytes body = {head.ptr + mark, head.len - mark};
    *utf8 = apd_bytes_str(body);
    if (utf16) {
        body.len = body.len < sizeof turned ? body.len : sizeof turned;
        if (big) {
            swap_units(body.ptr, body.len, turned);
            body.ptr = turned;
        }
        *utf8 = apd_str_from(buf, apd_utf16_to_utf8(body, buf));
    }
    bool nul = utf8->len && memchr(utf8->ptr, '\0', utf8->len);
    return !nul && strange_bytes(*utf8) * 64 <= utf8->len;
}
