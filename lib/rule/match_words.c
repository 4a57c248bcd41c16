/* A filter over the text, and a hash table of words behind it.
 *
 * Most positions of a log line start no word. The first three bytes of every word, and its second
 * to fourth, are hashed into a bit set; testing every other position of a text against it finds
 * every place where a word may start. A second bit set, of the first four bytes of every word, has
 * to agree. Only there are words looked up: by their first eight bytes, shorter ones by their first
 * three. All of this stays in the nearest cache, which an automaton of the same words does not.
 *
 * The time that a text takes is bounded by its length times that of a word (APD_MAX_LITERAL) times
 * the words that begin alike, of which rules have few. */
#include "match_words.h"

#define GRAM_BITS 15
#define GRAM_CASE                                                                                  \
    UINT64_C(0x2020202020202020) /* folds letters; merges a few other bytes, harmlessly */
#define SHORT_KEY UINT64_C(0xFFFFFF)

typedef struct entry {
    uint64_t key; /* in lower case: eight bytes, or three of a shorter word */
    apd_str text; /* in lower case */
    uint32_t owner;
} entry;

struct apd_wordset {
    const entry *entries;  /* by slot */
    const uint32_t *first; /* per slot: its first entry; one more at the end */
    unsigned shift;        /* slots = 1 << (64 - shift) */
    uint32_t grams[1u << (GRAM_BITS - 5)];
    uint32_t heads[1u << (GRAM_BITS - 5)];
};

static inline uint32_t gram_slot(uint64_t low3)
{
    return ((uint32_t)low3 << 8) * UINT32_C(0x9E3779B1) >> (32 - GRAM_BITS);
}

static inline uint32_t head_slot(uint64_t low4)
{
    return (uint32_t)low4 * UINT32_C(0x9E3779B1) >> (32 - GRAM_BITS);
}

static inline size_t slot_of(const apd_wordset *w, uint64_t key)
{
    return (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> w->shift);
}

static uint64_t low_bytes(const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)(uint8_t)p[i] << 8 * i;
    return v;
}

/* Eight bytes with their letters A to Z in lower case. */
static inline uint64_t lower8(uint64_t v)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t low7 = v & ~tops;
    uint64_t from_a = low7 + (0x80 - 'A') * ones, behind_z = low7 + (0x80 - 'Z' - 1) * ones;
    return v | (from_a & ~behind_z & ~v & tops) >> 2;
}

static uint64_t long_key(const char *p)
{
    return lower8(apd_u64le((const uint8_t *)p));
}

static uint64_t short_key(const char *p)
{
    return lower8(low_bytes(p, 3));
}

static uint64_t key_of(apd_str word)
{
    return word.len >= 8 ? long_key(word.ptr) : short_key(word.ptr);
}

/* --- building --- */

static void add_bit(uint32_t *set, uint32_t slot)
{
    set[slot >> 5] |= UINT32_C(1) << (slot & 31);
}

/* The first four bytes of a word: two grams and a head. */
static void add_start(apd_wordset *w, uint64_t low4)
{
    low4 |= GRAM_CASE;
    add_bit(w->grams, gram_slot(low4));
    add_bit(w->grams, gram_slot(low4 >> 8));
    add_bit(w->heads, head_slot(low4));
}

static void add_starts(apd_wordset *w, apd_str word)
{
    if (word.len > 3) {
        add_start(w, low_bytes(word.ptr, 4));
        return;
    }
    for (uint64_t any = 0; any < 256; any++) /* what may follow a word of three */
        add_start(w, low_bytes(word.ptr, 3) | any << 24);
}

/* Equal words, of several owners, get one text: then they are compared only once. */
static void share_texts(const apd_wordset *w, entry *entries, size_t slots)
{
    for (size_t s = 0; s < slots; s++)
        for (uint32_t i = w->first[s]; i < w->first[s + 1]; i++)
            for (uint32_t k = w->first[s]; k < i; k++)
                if (apd_eq(entries[k].text, entries[i].text))
                    entries[i].text = entries[k].text;
}

/* Sorts the words by slot: how many each has, where its entries end, and there they go. */
static bool fill_slots(apd_wordset *w, apd_arena *a, const apd_word *words, size_t n)
{
    unsigned bits = 1;
    while ((size_t)1 << bits < 2 * n)
        bits++;
    w->shift = 64 - bits;
    size_t slots = (size_t)1 << bits;
    entry *entries = APD_NEWS(a, entry, n);
    uint32_t *first = APD_NEWS(a, uint32_t, slots + 1);
    if (!entries || !first)
        return false;
    for (size_t i = 0; i < n; i++)
        first[slot_of(w, key_of(words[i].text))]++;
    for (size_t s = 1; s <= slots; s++)
        first[s] += first[s - 1];
    for (size_t i = n; i-- > 0;) {
        uint64_t key = key_of(words[i].text);
        entry *e = &entries[--first[slot_of(w, key)]];
        char *text = apd_alloc(a, words[i].text.len);
        if (!text)
            return false;
        for (size_t k = 0; k < words[i].text.len; k++)
            text[k] = apd_lower(words[i].text.ptr[k]);
        *e = (entry){key, {text, words[i].text.len}, words[i].owner};
    }
    w->entries = entries;
    w->first = first;
    share_texts(w, entries, slots);
    return true;
}

apd_wordset *apd_wordset_new(apd_arena *a, const apd_word *words, size_t n)
{
    apd_wordset *w = APD_NEW(a, apd_wordset);
    if (!w || !fill_slots(w, a, words, n))
        return NULL;
    for (size_t i = 0; i < n; i++)
        add_starts(w, words[i].text);
    return w;
}

/* --- scanning --- */

/* The lowest bit tells whether the three low bytes are in the set. */
static inline uint32_t gram_bit(const apd_wordset *w, uint64_t folded)
{
    uint32_t slot = gram_slot(folded);
    return w->grams[slot >> 5] >> (slot & 31);
}

static inline uint32_t head_bit(const apd_wordset *w, uint64_t folded)
{
    uint32_t slot = head_slot(folded);
    return w->heads[slot >> 5] >> (slot & 31);
}

/* Does the text begin with the word? The first eight bytes of a long word, its key, do. */
static bool begins(apd_str text, apd_str word)
{
    if (word.len < 8)
        return apd_ieq(apd_sub(text, 0, word.len), word);
    for (size_t i = 8; i + 8 < word.len; i += 8)
        if (long_key(text.ptr + i) != apd_u64le((const uint8_t *)word.ptr + i))
            return false;
    size_t last = word.len - 8;
    return long_key(text.ptr + last) == apd_u64le((const uint8_t *)word.ptr + last);
}

static bool compare(const entry *e, const entry *last, uint64_t key, apd_str text, uint64_t *owners)
{
    const char *compared = NULL;
    bool equal = false, any = false;
    for (; e < last; e++) {
        if (e->key != key || e->text.len > text.len)
            continue;
        if (e->text.ptr != compared)
            equal = begins(text, e->text);
        compared = e->text.ptr;
        if (equal)
            owners[e->owner >> 6] |= UINT64_C(1) << (e->owner & 63);
        any |= equal;
    }
    return any;
}

static inline bool look_up(const apd_wordset *w, uint64_t key, apd_str text, uint64_t *owners)
{
    size_t slot = slot_of(w, key);
    uint32_t first = w->first[slot], last = w->first[slot + 1];
    return first < last && compare(&w->entries[first], &w->entries[last], key, text, owners);
}

/* The words that start here; the text has three bytes at least. */
static bool words_at(const apd_wordset *w, apd_str text, uint64_t *owners)
{
    if (text.len < 8)
        return look_up(w, short_key(text.ptr), text, owners);
    uint64_t key = long_key(text.ptr);
    bool any = look_up(w, key, text, owners);
    return look_up(w, key & SHORT_KEY, text, owners) || any;
}

/* Those that start at offset 0 or 1, if the first four bytes there are a word's. */
static inline bool words_at_two(const apd_wordset *w, const uint8_t *p, const uint8_t *end,
                                uint64_t folded, uint64_t *owners)
{
    apd_str text = apd_str_from((const char *)p, (size_t)(end - p));
    bool any = head_bit(w, folded) & 1 && words_at(w, text, owners);
    if (head_bit(w, folded >> 8) & 1)
        any |= words_at(w, apd_sub(text, 1, text.len), owners);
    return any;
}

/* Nine bytes hold the heads at offsets 0 to 5. Every word that starts there has a gram at 1, 3 or 5. */
bool apd_wordset_scan(const apd_wordset *w, apd_str text, uint64_t *owners)
{
    const uint8_t *p = (const uint8_t *)text.ptr, *end = p + text.len;
    bool any = false;
    for (; end - p >= 9; p += 6) {
        uint64_t v = apd_u64le(p) | GRAM_CASE;
        uint32_t a = gram_bit(w, v >> 8), b = gram_bit(w, v >> 24), c = gram_bit(w, v >> 40);
        if (!((a | b | c) & 1))
            continue;
        if (a & 1)
            any |= words_at_two(w, p, end, v, owners);
        if (b & 1)
            any |= words_at_two(w, p + 2, end, v >> 16, owners);
        if (c & 1)
            any |= words_at_two(w, p + 4, end, (apd_u64le(p + 1) | GRAM_CASE) >> 24, owners);
    }
    for (; end - p >= APD_MIN_LITERAL; p++) {
        apd_str rest = apd_str_from((const char *)p, (size_t)(end - p));
        if (gram_bit(w, short_key(rest.ptr) | GRAM_CASE) & 1)
            any |= words_at(w, rest, owners);
    }
    return any;
}
