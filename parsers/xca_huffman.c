/* LZ77+Huffman: blocks of 65,536 bytes of output, each with the lengths of its 512 codes in front. Codes come
 * from a stream of 16-bit words, the highest bit first; the bytes of long lengths stand between these words,
 * where reading has just arrived. */
#include "xca.h"

enum {
    SYMBOLS = 512,
    TABLE = SYMBOLS / 2, /* bytes, two lengths each */
    LONGEST = 15,
    BLOCK = 65536,
    END_OF_DATA = 256
};

/* Canonical codes: of one length they are consecutive, in the order of their symbols. */
typedef struct codes {
    uint16_t
        first[LONGEST +
              2]; /* smallest code of each length, at the left of 15 bits; then the end of all */
    uint16_t index[LONGEST + 1]; /* where its symbols stand */
    uint16_t symbols[SYMBOLS];
} codes;

/* False: there are more codes than fit, or none. */
static bool make_codes(const uint8_t table[TABLE], codes *c)
{
    unsigned count[LONGEST + 1] = {0};
    uint16_t next[LONGEST + 1];
    for (unsigned s = 0; s < SYMBOLS; s++)
        count[table[s / 2] >> (s % 2 * 4) & 15]++;
    uint32_t code = 0;
    uint16_t at = 0;
    for (unsigned len = 1; len <= LONGEST; len++) {
        c->first[len] = (uint16_t)code;
        c->index[len] = next[len] = at;
        code += count[len] << (LONGEST - len);
        at = (uint16_t)(at + count[len]);
        if (code > 1u << LONGEST)
            return false;
    }
    c->first[LONGEST + 1] = (uint16_t)code;
    for (unsigned s = 0; s < SYMBOLS; s++) {
        unsigned len = table[s / 2] >> (s % 2 * 4) & 15;
        if (len)
            c->symbols[next[len]++] = (uint16_t)s;
    }
    return code > 0;
}

typedef struct bits {
    apd_bytes in;
    uint32_t word; /* what comes next, at the left */
    int spare;     /* bits of it beyond the 16 that must be there */
    int invented; /* words of it from behind the end: the last code may look further than the data reach */
} bits;

static uint16_t get_word(bits *b)
{
    uint16_t v = 0;
    if (!apd_get_u16le(&b->in, &v)) {
        b->in.len = 0;
        b->invented++;
    }
    return v;
}

/* Was something read that is not there? */
static bool is_over(const bits *b)
{
    return 16 * b->invented > 16 + b->spare;
}

static void start_bits(bits *b)
{
    b->word = (uint32_t)get_word(b) << 16;
    b->word |= get_word(b);
    b->spare = 16;
    b->invented = b->in.len ? 0 : b->invented;
}

static void drop(bits *b, unsigned n)
{
    b->word <<= n;
    b->spare -= (int)n;
    if (b->spare < 0) {
        b->word |= (uint32_t)get_word(b) << -b->spare;
        b->spare += 16;
    }
}

/* SYMBOLS: no symbol has that code, or the input is over. */
static unsigned get_symbol(bits *b, const codes *c)
{
    uint32_t seen = b->word >> (32 - LONGEST);
    unsigned len = 1;
    if (seen >= c->first[LONGEST + 1])
        return SYMBOLS;
    while (len < LONGEST && seen >= c->first[len + 1])
        len++;
    unsigned at = c->index[len] + ((seen - c->first[len]) >> (LONGEST - len));
    drop(b, len);
    return is_over(b) ? SYMBOLS : c->symbols[at];
}

static bool get_length(bits *b, unsigned low, size_t *length)
{
    *length = low;
    if (low < 15)
        return true;
    uint8_t byte;
    uint16_t word;
    if (!apd_get_u8(&b->in, &byte))
        return false;
    *length = 15u + byte;
    if (byte < 255)
        return true;
    if (!apd_get_u16le(&b->in, &word))
        return false;
    *length = word;
    if (word == 0) {
        if (b->in.len < 4)
            return false;
        *length = apd_u32le(b->in.ptr);
        (void)apd_skip(&b->in, 4);
    }
    return *length >= 15;
}

/* Writes up to `to`; what a match has beyond it (matches may cross blocks) is written too. */
static size_t one_block(bits *b, const codes *c, uint8_t *out, size_t n, size_t to, size_t room,
                        const char **why)
{
    while (n < to) {
        unsigned s = get_symbol(b, c);
        if (s < 256) {
            out[n++] = (uint8_t)s;
            continue;
        }
        if (s == END_OF_DATA && b->in.len == 0)
            return n;
        size_t length;
        *why = "it ends inside of an item";
        if (s == SYMBOLS)
            return n;
        if (!get_length(b, s & 15, &length))
            return n;
        length += 3;
        unsigned more = (s - 256) >> 4;
        size_t distance = (size_t)1 << more;
        if (more)
            distance |= b->word >> (32 - more);
        drop(b, more);
        if (!xca_match(out, &n, room, distance, length, why))
            return n;
    }
    return n;
}

size_t xca_huffman(apd_bytes in, uint8_t *out, size_t room, const char **why)
{
    size_t n = 0;
    codes c = {{0}, {0}, {0}};
    bits b = {.in = in};
    *why = NULL;
    while (n < room && b.in.len) {
        apd_bytes table;
        if (!apd_get_bytes(&b.in, TABLE, &table)) {
            *why = "it ends inside of a table";
            return n;
        }
        if (!make_codes(table.ptr, &c)) {
            *why = "its table of codes contradicts itself";
            return n;
        }
        start_bits(&b);
        size_t before = n, to = room - n < BLOCK ? room : n + BLOCK;
        n = one_block(&b, &c, out, n, to, room, why);
        if (*why || n == before)
            return n;
    }
    return n;
}
