/* LZX as cabinets use it: one block per frame of 32 KiB, verbatim (two Huffman trees, sent as
 * differences to those of the block before), or uncompressed where that is smaller. The three last
 * match distances have short codes. No translation of x86 calls. */
#include <stdlib.h>

#include "archive_writers.h"
#include "huffman.h"

enum {
    FRAME = 32768,
    MIN_MATCH = 3,
    MAX_MATCH = 257,
    CHAIN = 16, /* candidates tried per position */
    HASHES = 1 << 15,
    MAX_SLOTS = 50,
    NLENGTHS = 249,
    NPRE = 20,
    VERBATIM = 1,
    UNCOMPRESSED = 3
};

typedef struct token {
    uint16_t symbol; /* of the main tree */
    int16_t length;  /* of the length tree, -1 = none */
    uint32_t extra;  /* bits of the distance that follow */
    uint8_t extra_len;
} token;

typedef struct bits {
    mk_out *out;
    uint32_t acc;
    unsigned n;
} bits;

struct mk_lzx {
    apd_bytes all;
    size_t at;
    unsigned window, slots;
    uint32_t base[MAX_SLOTS + 1];
    uint8_t extra[MAX_SLOTS + 1];
    uint32_t recent[3];
    uint8_t main_tree[MK_HUFFMAN_MAX], length_tree[NLENGTHS];
    uint32_t head[HASHES]; /* last position + 1 with that hash */
    uint32_t *previous;    /* ring of the window */
    token tokens[FRAME];
    size_t ntokens;
};

mk_lzx *mk_lzx_new(apd_bytes all, unsigned window_bits)
{
    static const uint8_t slots[] = {30, 32, 34, 36, 38, 42, 50};
    mk_lzx *z = calloc(1, sizeof(*z));
    uint32_t *ring = calloc((size_t)1 << window_bits, sizeof(*ring));
    if (!z || !ring)
        mk_die("out of memory");
    z->all = all;
    z->window = 1u << window_bits;
    z->slots = slots[window_bits - 15];
    z->previous = ring;
    for (unsigned i = 0; i < 3; i++)
        z->recent[i] = 1;
    for (unsigned i = 0; i < MAX_SLOTS; i++) {
        unsigned more = i < 4 ? 0 : i / 2 - 1;
        z->extra[i] = (uint8_t)(more > 17 ? 17 : more);
        z->base[i + 1] = z->base[i] + (1u << z->extra[i]);
    }
    return z;
}

void mk_lzx_free(mk_lzx *z)
{
    free(z->previous);
    free(z);
}

/* --- bits: 16-bit little-endian words, filled from the top --- */

static void put_bits(bits *b, uint32_t v, unsigned n)
{
    b->acc = b->acc << n | v;
    b->n += n;
    if (b->n >= 16) {
        b->n -= 16;
        mk_u16(b->out, (uint16_t)(b->acc >> b->n));
        b->acc &= (1u << b->n) - 1;
    }
}

static void align(bits *b)
{
    if (b->n > 0)
        put_bits(b, 0, 16 - b->n);
}

/* --- matches --- */

static uint32_t hash3(const uint8_t *p)
{
    uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    return v * 2654435761u >> 17;
}

static void remember(mk_lzx *z, size_t at)
{
    if (z->all.len - at < MIN_MATCH)
        return;
    uint32_t h = hash3(z->all.ptr + at);
    z->previous[at & (z->window - 1)] = z->head[h];
    z->head[h] = (uint32_t)at + 1;
}

/* Longest match for `at` that ends before `end`; its distance in *distance. */
static size_t find_match(const mk_lzx *z, size_t at, size_t end, uint32_t *distance)
{
    const uint8_t *d = z->all.ptr;
    size_t best = 0, limit = end - at < MAX_MATCH ? end - at : MAX_MATCH;
    if (limit < MIN_MATCH)
        return 0;
    uint32_t from = z->head[hash3(d + at)];
    for (int tries = 0; from > 0 && tries < CHAIN && at - (from - 1) <= z->window - 3; tries++) {
        size_t p = from - 1, n = 0;
        while (n < limit && d[p + n] == d[at + n])
            n++;
        if (n > best) {
            best = n;
            *distance = (uint32_t)(at - p);
        }
        uint32_t older = z->previous[p & (z->window - 1)];
        if (older >= from)
            break; /* the ring has wrapped */
        from = older;
    }
    return best;
}

static unsigned slot_of(const mk_lzx *z, uint32_t formatted)
{
    unsigned s = 3;
    while (s + 1 < z->slots && z->base[s + 1] <= formatted)
        s++;
    return s;
}

static void add_match(mk_lzx *z, size_t n, uint32_t distance)
{
    token t = {.length = -1};
    unsigned slot = 0;
    while (slot < 3 && z->recent[slot] != distance)
        slot++;
    if (slot < 3) {
        z->recent[slot] = z->recent[0];
    } else {
        slot = slot_of(z, distance + 2);
        t.extra = distance + 2 - z->base[slot];
        t.extra_len = z->extra[slot];
        z->recent[2] = z->recent[1];
        z->recent[1] = z->recent[0];
    }
    z->recent[0] = distance;
    size_t header = n - 2 < 7 ? n - 2 : 7;
    if (header == 7)
        t.length = (int16_t)(n - 9);
    t.symbol = (uint16_t)(256 + slot * 8 + header);
    z->tokens[z->ntokens++] = t;
}

static void tokenize(mk_lzx *z, size_t end)
{
    z->ntokens = 0;
    for (size_t at = z->at; at < end;) {
        uint32_t distance = 0;
        size_t n = find_match(z, at, end, &distance);
        if (n >= MIN_MATCH) {
            add_match(z, n, distance);
        } else {
            n = 1;
            z->tokens[z->ntokens++] = (token){.symbol = z->all.ptr[at], .length = -1};
        }
        for (; n > 0; n--)
            remember(z, at++);
    }
}

/* --- trees --- */

typedef struct step {
    uint8_t symbol, value, value_len;
} step;

/* Lengths as differences modulo 17; runs of zeros have two symbols of their own. */
static size_t tree_steps(const uint8_t *now, const uint8_t *before, size_t n, step *steps)
{
    size_t count = 0;
    for (size_t i = 0; i < n;) {
        size_t zeros = 0;
        while (i + zeros < n && zeros < 51 && now[i + zeros] == 0)
            zeros++;
        step s = {.symbol = (uint8_t)((before[i] + 17 - now[i]) % 17)};
        size_t used = 1;
        if (zeros >= 20) {
            s = (step){18, (uint8_t)(zeros - 20), 5};
            used = zeros;
        } else if (zeros >= 4) {
            s = (step){17, (uint8_t)(zeros - 4), 4};
            used = zeros;
        }
        steps[count++] = s;
        i += used;
    }
    return count;
}

static void put_tree(bits *b, const uint8_t *now, const uint8_t *before, size_t n)
{
    step steps[MK_HUFFMAN_MAX];
    uint32_t freq[NPRE] = {0};
    uint8_t length[NPRE];
    uint16_t code[NPRE];
    size_t count = tree_steps(now, before, n, steps);
    for (size_t i = 0; i < count; i++)
        freq[steps[i].symbol]++;
    mk_huffman_lengths(freq, NPRE, 15, length);
    mk_huffman_codes(length, NPRE, code);
    for (size_t i = 0; i < NPRE; i++)
        put_bits(b, length[i], 4);
    for (size_t i = 0; i < count; i++) {
        put_bits(b, code[steps[i].symbol], length[steps[i].symbol]);
        put_bits(b, steps[i].value, steps[i].value_len);
    }
}

/* --- blocks --- */

static void block_header(bits *b, bool first, unsigned kind, size_t plain)
{
    if (first)
        put_bits(b, 0, 1); /* no call translation */
    put_bits(b, kind, 3);
    put_bits(b, (uint32_t)plain >> 8, 16);
    put_bits(b, (uint32_t)plain & 0xFF, 8);
}

static void put_tokens(bits *b, const mk_lzx *z, const uint8_t *main_tree, const uint8_t *lengths)
{
    uint16_t main_code[MK_HUFFMAN_MAX] = {0}, length_code[NLENGTHS] = {0};
    mk_huffman_codes(main_tree, 256 + 8 * z->slots, main_code);
    mk_huffman_codes(lengths, NLENGTHS, length_code);
    for (size_t i = 0; i < z->ntokens; i++) {
        const token *t = &z->tokens[i];
        put_bits(b, main_code[t->symbol], main_tree[t->symbol]);
        if (t->length >= 0)
            put_bits(b, length_code[t->length], lengths[t->length]);
        if (t->extra_len > 16)
            put_bits(b, t->extra >> 16, t->extra_len - 16u);
        put_bits(b, t->extra & 0xFFFF, t->extra_len > 16 ? 16 : t->extra_len);
    }
}

static void verbatim_block(mk_lzx *z, mk_out *o, size_t plain, uint8_t *main_tree, uint8_t *lengths)
{
    uint32_t main_freq[MK_HUFFMAN_MAX] = {0}, length_freq[NLENGTHS] = {0};
    size_t nmain = 256 + 8 * z->slots;
    for (size_t i = 0; i < z->ntokens; i++) {
        main_freq[z->tokens[i].symbol]++;
        if (z->tokens[i].length >= 0)
            length_freq[z->tokens[i].length]++;
    }
    mk_huffman_lengths(main_freq, nmain, 16, main_tree);
    mk_huffman_lengths(length_freq, NLENGTHS, 16, lengths);
    bits b = {.out = o};
    block_header(&b, z->at == 0, VERBATIM, plain);
    put_tree(&b, main_tree, z->main_tree, 256);
    put_tree(&b, main_tree + 256, z->main_tree + 256, nmain - 256);
    put_tree(&b, lengths, z->length_tree, NLENGTHS);
    put_tokens(&b, z, main_tree, lengths);
    align(&b);
}

static void uncompressed_block(mk_lzx *z, mk_out *o, size_t plain)
{
    bits b = {.out = o};
    block_header(&b, z->at == 0, UNCOMPRESSED, plain);
    align(&b);
    for (unsigned i = 0; i < 3; i++)
        mk_u32(o, z->recent[i]);
    mk_put(o, z->all.ptr + z->at, plain);
    if (plain & 1)
        mk_u8(o, 0);
}

bool mk_lzx_frame(mk_lzx *z, mk_out *o, size_t *plain)
{
    size_t left = z->all.len - z->at, start = o->len;
    uint32_t recent[3];
    uint8_t main_tree[MK_HUFFMAN_MAX] = {0}, lengths[NLENGTHS] = {0};
    if (left == 0)
        return false;
    *plain = left < FRAME ? left : FRAME;
    memcpy(recent, z->recent, sizeof(recent));
    tokenize(z, z->at + *plain);
    verbatim_block(z, o, *plain, main_tree, lengths);
    if (o->len - start > *plain + 20) {
        o->len = start;
        memcpy(z->recent, recent, sizeof(recent));
        uncompressed_block(z, o, *plain);
    } else {
        memcpy(z->main_tree, main_tree, sizeof(main_tree));
        memcpy(z->length_tree, lengths, sizeof(lengths));
    }
    z->at += *plain;
    return true;
}
