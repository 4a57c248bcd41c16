#include "xca_writer.h"

#include <stdlib.h>

#include "huffman.h"

/* The longest match for what stands at `at`, among the last `reach` bytes: brute force over the last places
 * where the same three bytes stood. */
typedef struct match {
    size_t distance, length;
} match;

static match longest(apd_bytes in, size_t at, size_t from, size_t reach, size_t most)
{
    match best = {0, 0};
    size_t first = at - from > reach ? at - reach : from, tries = 0;
    if (most > in.len - at)
        most = in.len - at;
    for (size_t back = at; back > first && tries < 4000 && best.length < most; back--, tries++) {
        const uint8_t *a = in.ptr + back - 1, *b = in.ptr + at;
        size_t n = 0;
        while (n < most && a[n] == b[n])
            n++;
        if (n > best.length)
            best = (match){at - (back - 1), n};
    }
    return best;
}

/* --- plain LZ77 --- */

typedef struct lz77 {
    mk_out *out;
    size_t flags_at, half_at; /* SIZE_MAX: no half byte is open */
    uint32_t flags;
    unsigned n;
} lz77;

static void flag(lz77 *w, unsigned bit)
{
    if (w->n == 32) {
        mk_store32(w->out->ptr + w->flags_at, w->flags);
        w->flags_at = w->out->len;
        mk_u32(w->out, 0);
        w->n = 0;
        w->flags = 0;
    }
    w->flags |= bit << (31 - w->n++);
}

static void put_match(lz77 *w, match m)
{
    size_t length = m.length - 3;
    mk_u16(w->out, (uint16_t)((m.distance - 1) << 3 | (length < 7 ? length : 7)));
    if (length < 7)
        return;
    uint8_t nibble = length - 7 < 15 ? (uint8_t)(length - 7) : 15;
    if (w->half_at == SIZE_MAX) {
        w->half_at = w->out->len;
        mk_u8(w->out, nibble);
    } else {
        w->out->ptr[w->half_at] |= (uint8_t)(nibble << 4);
        w->half_at = SIZE_MAX;
    }
    if (nibble < 15)
        return;
    if (length - 22 < 255) {
        mk_u8(w->out, (uint8_t)(length - 22));
        return;
    }
    mk_u8(w->out, 255);
    mk_u16(w->out, length < 65536 ? (uint16_t)length : 0);
    if (length >= 65536)
        mk_u32(w->out, (uint32_t)length);
}

void mk_lz77(mk_out *o, apd_bytes in)
{
    lz77 w = {.out = o, .flags_at = o->len, .half_at = SIZE_MAX};
    mk_u32(o, 0);
    for (size_t at = 0; at < in.len;) {
        match m = longest(in, at, 0, 8192, in.len);
        flag(&w, m.length >= 3);
        if (m.length >= 3) {
            put_match(&w, m);
            at += m.length;
        } else {
            mk_u8(o, in.ptr[at++]);
        }
    }
    for (unsigned n = w.n; n < 32; n++)
        w.flags |= 1u << (31 - n);
    mk_store32(o->ptr + w.flags_at, w.flags);
}

/* --- LZNT1 --- */

static void lznt1_chunk(mk_out *o, apd_bytes in)
{
    size_t head = o->len;
    mk_u16(o, 0);
    for (size_t at = 0; at < in.len;) {
        size_t flags_at = o->len;
        uint8_t flags = 0;
        mk_u8(o, 0);
        for (unsigned bit = 0; bit < 8 && at < in.len; bit++) {
            unsigned length_bits = 12;
            while (at > 0 && length_bits > 4 && (size_t)1 << (16 - length_bits) < at)
                length_bits--;
            match m = longest(in, at, 0, 4096, ((size_t)1 << length_bits) + 2);
            if (m.length < 3) {
                mk_u8(o, in.ptr[at++]);
                continue;
            }
            flags |= (uint8_t)(1u << bit);
            mk_u16(o, (uint16_t)((m.distance - 1) << length_bits | (m.length - 3)));
            at += m.length;
        }
        o->ptr[flags_at] = flags;
    }
    size_t size = o->len - head - 2;
    if (size >= in.len) { /* not worth it */
        o->len = head + 2;
        mk_put(o, in.ptr, in.len);
        size = in.len;
        mk_store16(o->ptr + head, (uint16_t)(0x3000 | (size - 1)));
        return;
    }
    mk_store16(o->ptr + head, (uint16_t)(0xb000 | (size - 1)));
}

void mk_lznt1(mk_out *o, apd_bytes in)
{
    for (size_t at = 0; at < in.len; at += 4096)
        lznt1_chunk(o, (apd_bytes){in.ptr + at, in.len - at < 4096 ? in.len - at : 4096});
    mk_u16(o, 0);
}

/* --- LZ77+Huffman --- */

enum { SYMBOLS = 512, BLOCK = 65536, END = 256 };

typedef struct item {
    match m; /* length 0: a byte as it is */
    uint8_t byte;
} item;

static unsigned log2_of(size_t v)
{
    unsigned n = 0;
    while (v >>= 1)
        n++;
    return n;
}

static unsigned symbol_of(const item *i)
{
    if (i->m.length == 0)
        return i->byte;
    size_t length = i->m.length - 3;
    return 256 + (log2_of(i->m.distance) << 4 | (unsigned)(length < 15 ? length : 15));
}

/* Bits go into 16-bit words, the highest first. A reader holds two words; the place of the third is wherever the
 * output stands when the first bit of the second is written. */
typedef struct bits {
    mk_out *out;
    size_t word, next; /* places of the word being filled and the one after it */
    uint32_t have;
    unsigned n;
} bits;

static void start_bits(bits *b, mk_out *o)
{
    *b = (bits){.out = o, .word = o->len, .next = o->len + 2};
    mk_u32(o, 0);
}

static void put_bits(bits *b, uint32_t v, unsigned n)
{
    while (n > 0) {
        if (b->n == 16) {
            mk_store16(b->out->ptr + b->word, (uint16_t)b->have);
            b->word = b->next;
            b->next = b->out->len;
            mk_u16(b->out, 0);
            b->have = b->n = 0;
        }
        b->have = b->have << 1 | (v >> --n & 1);
        b->n++;
    }
}

static void end_bits(bits *b)
{
    mk_store16(b->out->ptr + b->word, (uint16_t)(b->have << (16 - b->n)));
}

static void put_length(mk_out *o, size_t length)
{
    if (length < 15)
        return;
    if (length - 15 < 255) {
        mk_u8(o, (uint8_t)(length - 15));
        return;
    }
    mk_u8(o, 255);
    mk_u16(o, length < 65536 ? (uint16_t)length : 0);
    if (length >= 65536)
        mk_u32(o, (uint32_t)length);
}

static size_t find_items(apd_bytes in, size_t from, size_t to, item *items)
{
    size_t n = 0;
    for (size_t at = from; at < to;) {
        match m = longest(in, at, 0, 65535, to - at);
        items[n] = (item){.m = m, .byte = in.ptr[at]};
        if (m.length < 3)
            items[n].m.length = 0;
        at += items[n].m.length ? m.length : 1;
        n++;
    }
    return n;
}

static void put_item(bits *b, const item *i, const uint8_t *length, const uint16_t *code)
{
    unsigned s = symbol_of(i);
    put_bits(b, code[s], length[s]);
    if (i->m.length == 0)
        return;
    unsigned more = log2_of(i->m.distance);
    put_length(b->out, i->m.length - 3);
    put_bits(b, (uint32_t)i->m.distance & ((1u << more) - 1), more);
}

static void huffman_block(mk_out *o, apd_bytes in, size_t from, item *items)
{
    size_t to = in.len - from < BLOCK ? in.len : from + BLOCK;
    size_t n = find_items(in, from, to, items);
    uint32_t freq[SYMBOLS] = {0};
    uint8_t length[SYMBOLS];
    uint16_t code[SYMBOLS] = {0};
    bits b;
    for (size_t i = 0; i < n; i++)
        freq[symbol_of(&items[i])]++;
    freq[END] += to == in.len;
    mk_huffman_lengths(freq, SYMBOLS, 15, length);
    mk_huffman_codes(length, SYMBOLS, code);
    for (size_t s = 0; s < SYMBOLS; s += 2)
        mk_u8(o, (uint8_t)(length[s] | length[s + 1] << 4));
    start_bits(&b, o);
    for (size_t i = 0; i < n; i++)
        put_item(&b, &items[i], length, code);
    if (to == in.len)
        put_bits(&b, code[END], length[END]);
    end_bits(&b);
}

void mk_xpress_huffman(mk_out *o, apd_bytes in)
{
    item *items = calloc(BLOCK, sizeof(*items));
    if (!items)
        mk_die("out of memory");
    for (size_t from = 0; from < in.len; from += BLOCK)
        huffman_block(o, in, from, items);
    free(items);
}
