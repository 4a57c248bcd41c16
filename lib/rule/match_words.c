/* A filter over the text, and a hash table of words behind it.
 *
 * Each word is looked for by four bytes of it, its head, which are as rare as they can be: those that the
 * words themselves have least often, for words are parts of messages too. Most positions of a log line begin
 * no head. The first three bytes of every head, and its second to fourth, are hashed into a bit set; testing
 * every other position of a text against it finds every place where a head may be. A second bit set, of whole
 * heads, has to agree. Only there are words looked up: by the eight bytes from their head on, shorter ones by
 * their first three. All of this stays in the nearest cache, which an automaton of the same words does not.
 *
 * The time that a text takes is bounded by its length times that of a word (APD_MAX_LITERAL) times the words
 * that share eight bytes, of which rules have few. */
#include "match_words.h"

#include <stdlib.h>

#define GRAM_BITS 15
#define GRAM_CASE                                                                                  \
    UINT64_C(0x2020202020202020) /* folds letters; merges a few other bytes, harmlessly */
#define SHORT_KEY UINT64_C(0xFFFFFF)

typedef struct entry {
    uint64_t key; /* in lower case: eight bytes, or three of a shorter word */
    apd_str text; /* in lower case */
    uint32_t owner;
    uint32_t head; /* where in the word it is; shorter words begin with theirs */
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

static uint64_t long_key(const char *p)
{
    return apd_lower8(apd_u64le((const uint8_t *)p));
}

static uint64_t short_key(const char *p)
{
    return apd_lower8(low_bytes(p, 3));
}

/* --- building --- */

static void add_bit(uint32_t *set, uint32_t slot)
{
    set[slot >> 5] |= UINT32_C(1) << (slot & 31);
}

/* Four bytes with a head: two grams and the head. */
static void add_head(apd_wordset *w, uint64_t low4)
{
    low4 |= GRAM_CASE;
    add_bit(w->grams, gram_slot(low4));
    add_bit(w->grams, gram_slot(low4 >> 8));
    add_bit(w->heads, head_slot(low4));
}

static void add_heads(apd_wordset *w, const entry *e)
{
    if (e->text.len > 3) {
        add_head(w, low_bytes(e->text.ptr + e->head, 4));
        return;
    }
    for (uint64_t any = 0; any < 256; any++) /* what may follow a word of three */
        add_head(w, low_bytes(e->text.ptr, 3) | any << 24);
}

/* How often the words have four bytes, and two. By hash: a collision makes a head less rare than it looks. */
typedef struct census {
    uint16_t fours[1u << GRAM_BITS], twos[1u << GRAM_BITS];
} census;

static uint16_t *four_at(census *c, const char *p)
{
    return &c->fours[head_slot(low_bytes(p, 4) | GRAM_CASE)];
}

static uint16_t *two_at(census *c, const char *p)
{
    return &c->twos[head_slot(low_bytes(p, 2) | GRAM_CASE)];
}

static void count_one(uint16_t *n)
{
    *n += *n < UINT16_MAX;
}

static void count_parts(census *c, apd_str word)
{
    for (size_t i = 0; i + 4 <= word.len; i++)
        count_one(four_at(c, word.ptr + i));
    for (size_t i = 0; i + 2 <= word.len; i++)
        count_one(two_at(c, word.ptr + i));
}

/* The rarest head that eight bytes of the word begin with. */
static uint32_t choose_head(census *c, apd_str word)
{
    uint64_t least = UINT64_MAX;
    size_t head = 0;
    for (size_t i = 0; i + 8 <= word.len; i++) {
        const char *p = word.ptr + i;
        uint64_t n = (uint64_t)*four_at(c, p) << 32;
        n += (uint64_t)*two_at(c, p) + *two_at(c, p + 1) + *two_at(c, p + 2);
        if (n < least) {
            least = n;
            head = i;
        }
    }
    return (uint32_t)head;
}

static bool fill_entry(entry *e, apd_arena *a, const apd_word *word)
{
    char *text = apd_alloc(a, word->text.len);
    if (!text)
        return false;
    for (size_t k = 0; k < word->text.len; k++)
        text[k] = apd_lower(word->text.ptr[k]);
    e->text = apd_str_from(text, word->text.len);
    e->owner = word->owner;
    return true;
}

/* The words in lower case, with their heads. */
static bool fill_entries(entry *entries, apd_arena *a, const apd_word *words, size_t n)
{
    census *c = calloc(1, sizeof *c);
    bool good = c != NULL;
    for (size_t i = 0; i < n && good; i++) {
        good = fill_entry(&entries[i], a, &words[i]);
        if (good)
            count_parts(c, entries[i].text);
    }
    for (size_t i = 0; i < n && good; i++) {
        entry *e = &entries[i];
        e->head = choose_head(c, e->text);
        e->key = e->text.len < 8 ? short_key(e->text.ptr) : long_key(e->text.ptr + e->head);
    }
    free(c);
    return good;
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
static bool fill_slots(apd_wordset *w, apd_arena *a, const entry *unsorted, size_t n)
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
        first[slot_of(w, unsorted[i].key)]++;
    for (size_t s = 1; s <= slots; s++)
        first[s] += first[s - 1];
    for (size_t i = n; i-- > 0;)
        entries[--first[slot_of(w, unsorted[i].key)]] = unsorted[i];
    w->entries = entries;
    w->first = first;
    share_texts(w, entries, slots);
    return true;
}

apd_wordset *apd_wordset_new(apd_arena *a, const apd_word *words, size_t n)
{
    apd_wordset *w = APD_NEW(a, apd_wordset);
    entry *unsorted = calloc(n + 1, sizeof *unsorted);
    bool good =
        w && unsorted && fill_entries(unsorted, a, words, n) && fill_slots(w, a, unsorted, n);
    for (size_t i = 0; i < n && good; i++)
        add_heads(w, &w->entries[i]);
    free(unsorted);
    return good ? w : NULL;
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

/* The text, and where in it the head of a word may be. */
static bool compare(const entry *e, const entry *last, uint64_t key, apd_str text, size_t at,
                    uint64_t *owners)
{
    const char *compared = NULL;
    bool equal = false, any = false;
    for (; e < last; e++) {
        if (e->key != key || e->head > at || e->text.len > text.len - at + e->head)
            continue;
        if (e->text.ptr != compared)
            equal = apd_ieq(apd_sub(text, at - e->head, e->text.len), e->text);
        compared = e->text.ptr;
        if (equal)
            owners[e->owner >> 6] |= UINT64_C(1) << (e->owner & 63);
        any |= equal;
    }
    return any;
}

static inline bool look_up(const apd_wordset *w, uint64_t key, apd_str text, size_t at,
                           uint64_t *owners)
{
    size_t slot = slot_of(w, key);
    uint32_t first = w->first[slot], last = w->first[slot + 1];
    return first < last && compare(&w->entries[first], &w->entries[last], key, text, at, owners);
}

/* The words whose head is here; three bytes at least follow. */
static bool words_at(const apd_wordset *w, apd_str text, size_t at, uint64_t *owners)
{
    if (text.len - at < 8)
        return look_up(w, short_key(text.ptr + at), text, at, owners);
    uint64_t key = long_key(text.ptr + at);
    bool any = look_up(w, key, text, at, owners);
    return look_up(w, key & SHORT_KEY, text, at, owners) || any;
}

/* Those whose head is here or a byte further, if the four bytes there are one. */
static inline bool words_at_two(const apd_wordset *w, apd_str text, size_t at, uint64_t folded,
                                uint64_t *owners)
{
    bool any = head_bit(w, folded) & 1 && words_at(w, text, at, owners);
    if (head_bit(w, folded >> 8) & 1)
        any |= words_at(w, text, at + 1, owners);
    return any;
}

/* Nine bytes hold the heads at offsets 0 to 5. Every head there has a gram at 1, 3 or 5. */
bool apd_wordset_scan(const apd_wordset *w, apd_str text, uint64_t *owners)
{
    const uint8_t *begin = (const uint8_t *)text.ptr;
    size_t at = 0;
    bool any = false;
    for (; at + 9 <= text.len; at += 6) {
        uint64_t v = apd_u64le(begin + at) | GRAM_CASE;
        uint32_t a = gram_bit(w, v >> 8), b = gram_bit(w, v >> 24), c = gram_bit(w, v >> 40);
        if (!((a | b | c) & 1))
            continue;
        if (a & 1)
            any |= words_at_two(w, text, at, v, owners);
        if (b & 1)
            any |= words_at_two(w, text, at + 2, v >> 16, owners);
        if (c & 1)
            any |= words_at_two(w, text, at + 4, (apd_u64le(begin + at + 1) | GRAM_CASE) >> 24,
                                owners);
    }
    for (; at + APD_MIN_LITERAL <= text.len; at++)
        if (gram_bit(w, short_key(text.ptr + at) | GRAM_CASE) & 1)
            any |= words_at(w, text, at, owners);
    return any;
}
