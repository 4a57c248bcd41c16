/* Aho-Corasick over byte classes, with a filter in front of it.
 *
 * The automaton is a dense table: state x byte class -> state. Bytes that occur in no word share
 * class 0, letters share a class with their other case, so a row has some 50 entries.
 *
 * Most positions of a log line start no word. The first three bytes of every word, and its second
 * to fourth, are hashed into a bit set; testing every other position of a text against it finds
 * every place where a word may start. Only there does the automaton start, and as soon as it has
 * lost the thread (less than three bytes matched) the filter takes over again.
 *
 * States are numbered breadth first, so the depth class of a state is a comparison. */
#include "match_ac.h"

#define HIT 0x80000000u /* in a table entry: the state it leads to ends a word */

#define GRAM_BITS 15
#define GRAM_CASE                                                                                  \
    UINT64_C(0x2020202020202020) /* folds letters; merges a few other bytes, harmlessly */

typedef struct owner_list {
    uint32_t owner;
    uint32_t next; /* index + 1 into owners, 0 = end */
} owner_list;

struct apd_ac {
    const uint32_t *go;     /* [state * stride + class] = next state * stride, with HIT */
    const uint32_t *first;  /* per state: its owners, index + 1 into owners */
    const uint32_t *suffix; /* per state: the longest proper suffix that is a word, 0 = none */
    const owner_list *owners;
    unsigned shift;     /* stride = 1 << shift */
    uint32_t two, deep; /* first entry values of depth 2 and of depth 3 */
    uint8_t class_of[256];
    uint32_t grams[1u << (GRAM_BITS - 5)];
};

/* --- building --- */

typedef struct trie {
    const apd_ac_word *words;
    size_t nwords;
    unsigned nclasses;
    uint32_t *child; /* [node * nclasses + class]; 0 = none, since nothing leads back to the root */
    uint32_t *fail, *suffix, *first;
    uint32_t *order; /* nodes breadth first */
    uint32_t *depth;
    size_t n;
} trie;

static uint32_t gram_slot(uint64_t low3)
{
    return ((uint32_t)low3 << 8) * UINT32_C(0x9E3779B1) >> (32 - GRAM_BITS);
}

static unsigned class_bytes(apd_ac *ac, const apd_ac_word *words, size_t n)
{
    unsigned next = 1;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < words[i].text.len; k++) {
            uint8_t c = (uint8_t)apd_lower(words[i].text.ptr[k]);
            if (!ac->class_of[c])
                ac->class_of[c] = (uint8_t)next++;
        }
    }
    for (unsigned c = 'A'; c <= 'Z'; c++)
        ac->class_of[c] = ac->class_of[c | 0x20];
    return next; /* at most 1 + 256 - 26 */
}

static void add_gram(apd_ac *ac, char x, char y, char z)
{
    uint64_t low3 = (uint8_t)x | (uint64_t)(uint8_t)y << 8 | (uint64_t)(uint8_t)z << 16;
    uint32_t slot = gram_slot(low3 | GRAM_CASE);
    ac->grams[slot >> 5] |= UINT32_C(1) << (slot & 31);
}

static void add_grams(apd_ac *ac, apd_str word)
{
    const char *p = word.ptr;
    add_gram(ac, p[0], p[1], p[2]);
    if (word.len > 3) {
        add_gram(ac, p[1], p[2], p[3]);
        return;
    }
    for (unsigned any = 0; any < 256; any++) /* what may follow a word of three */
        add_gram(ac, p[1], p[2], (char)any);
}

static bool trie_alloc(trie *t, apd_arena *a)
{
    size_t most = 1;
    for (size_t i = 0; i < t->nwords; i++)
        most += t->words[i].text.len;
    t->child = APD_NEWS(a, uint32_t, most * t->nclasses);
    t->fail = APD_NEWS(a, uint32_t, most);
    t->suffix = APD_NEWS(a, uint32_t, most);
    t->first = APD_NEWS(a, uint32_t, most);
    t->order = APD_NEWS(a, uint32_t, most);
    t->depth = APD_NEWS(a, uint32_t, most);
    return t->child && t->fail && t->suffix && t->first && t->order && t->depth;
}

static void trie_fill(trie *t, const uint8_t *class_of, owner_list *owners)
{
    t->n = 1;
    for (size_t i = 0; i < t->nwords; i++) {
        uint32_t node = 0;
        for (size_t k = 0; k < t->words[i].text.len; k++) {
            uint32_t *to =
                &t->child[node * t->nclasses + class_of[(uint8_t)t->words[i].text.ptr[k]]];
            if (!*to) {
                t->depth[t->n] = t->depth[node] + 1;
                *to = (uint32_t)t->n++;
            }
            node = *to;
        }
        owners[i] = (owner_list){t->words[i].owner, t->first[node]};
        t->first[node] = (uint32_t)i + 1;
    }
}

/* Completes the child table into the transition function, breadth first: a node's fail is
 * shallower, so its row is complete when it is needed. */
static void trie_link(trie *t)
{
    size_t tail = 1;
    for (size_t head = 0; head < tail; head++) {
        uint32_t node = t->order[head];
        uint32_t *row = &t->child[node * t->nclasses];
        const uint32_t *fallback = &t->child[t->fail[node] * t->nclasses];
        for (unsigned c = 0; c < t->nclasses; c++) {
            uint32_t next = row[c];
            if (!next) {
                row[c] = node ? fallback[c] : 0;
                continue;
            }
            uint32_t fail = node ? fallback[c] : 0;
            t->fail[next] = fail;
            t->suffix[next] = t->first[fail] ? fail : t->suffix[fail];
            t->order[tail++] = next;
        }
    }
}

static bool freeze(apd_ac *ac, trie *t, apd_arena *a, uint32_t *number)
{
    while ((1u << ac->shift) < t->nclasses)
        ac->shift++;
    if (t->n << ac->shift >= HIT)
        return false;
    uint32_t *go = APD_NEWS(a, uint32_t, t->n << ac->shift);
    uint32_t *first = APD_NEWS(a, uint32_t, t->n);
    uint32_t *suffix = APD_NEWS(a, uint32_t, t->n);
    if (!go || !first || !suffix)
        return false;
    for (uint32_t i = 0; i < t->n; i++)
        number[t->order[i]] = i;
    ac->two = ac->deep = (uint32_t)(t->n << ac->shift);
    for (uint32_t i = (uint32_t)t->n; i-- > 0;) {
        uint32_t node = t->order[i];
        first[i] = t->first[node];
        suffix[i] = number[t->suffix[node]];
        if (t->depth[node] >= 2)
            ac->two = i << ac->shift;
        if (t->depth[node] >= 3)
            ac->deep = i << ac->shift;
        for (unsigned c = 0; c < t->nclasses; c++) {
            uint32_t next = t->child[node * t->nclasses + c];
            bool hit = t->first[next] || t->suffix[next];
            go[(i << ac->shift) + c] = number[next] << ac->shift | (hit ? HIT : 0);
        }
    }
    ac->go = go;
    ac->first = first;
    ac->suffix = suffix;
    return true;
}

static bool build(apd_ac *ac, apd_arena *a, apd_arena *scratch, const apd_ac_word *words, size_t n)
{
    trie t = {.words = words, .nwords = n, .nclasses = class_bytes(ac, words, n)};
    owner_list *owners = APD_NEWS(a, owner_list, n);
    if (!owners || !trie_alloc(&t, scratch))
        return false;
    for (size_t i = 0; i < n; i++)
        add_grams(ac, words[i].text);
    trie_fill(&t, ac->class_of, owners);
    trie_link(&t);
    uint32_t *number = APD_NEWS(scratch, uint32_t, t.n);
    ac->owners = owners;
    return number && freeze(ac, &t, a, number);
}

apd_ac *apd_ac_new(apd_arena *a, const apd_ac_word *words, size_t n)
{
    apd_ac *ac = APD_NEW(a, apd_ac);
    apd_arena *scratch = ac ? apd_arena_new(0) : NULL;
    bool ok = scratch && build(ac, a, scratch, words, n);
    apd_arena_free(scratch);
    return ok ? ac : NULL;
}

/* --- scanning --- */

/* The lowest bit tells whether the three low bytes are in the set. */
static inline uint32_t gram_bit(const apd_ac *ac, uint64_t folded)
{
    uint32_t slot = gram_slot(folded);
    return ac->grams[slot >> 5] >> (slot & 31);
}

/* A place at or one before the next word's start, or less than three bytes before the end.
 *
 * Eight bytes hold the starts at offsets 0 to 5. Every word that starts there has a gram at 1, 3 or
 * 5, and another one beside it. */
static const uint8_t *next_start(const apd_ac *ac, const uint8_t *p, const uint8_t *end)
{
    for (; end - p >= 8; p += 6) {
        uint64_t v = apd_u64le(p) | GRAM_CASE;
        uint32_t a = gram_bit(ac, v >> 8), b = gram_bit(ac, v >> 24), c = gram_bit(ac, v >> 40);
        if (!((a | b | c) & 1))
            continue;
        uint32_t middle = gram_bit(ac, v >> 16);
        a &= gram_bit(ac, v) | middle;
        b &= gram_bit(ac, v >> 32) | middle;
        if ((a | b | c) & 1)
            return p + (a & 1 ? 0 : b & 1 ? 2 : 4);
    }
    for (; end - p >= 3; p++)
        if (gram_bit(ac, (p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16) | GRAM_CASE) & 1)
            break;
    return p;
}

static void report(const apd_ac *ac, uint32_t state, uint64_t *owners)
{
    do {
        for (uint32_t i = ac->first[state]; i; i = ac->owners[i - 1].next) {
            uint32_t owner = ac->owners[i - 1].owner;
            owners[owner >> 6] |= UINT64_C(1) << (owner & 63);
        }
        state = ac->suffix[state];
    } while (state);
}

bool apd_ac_scan(const apd_ac *ac, apd_str text, uint64_t *owners)
{
    enum { LEAST = 4 }; /* the byte before a word, and three of it: then it counts as deep */
    const uint8_t *p = (const uint8_t *)text.ptr, *end = p + text.len;
    bool any = false;
    while (end - (p = next_start(ac, p, end)) >= APD_MIN_LITERAL) {
        const uint8_t *q = p;
        uint32_t state = 0;
        do {
            uint32_t next = ac->go[state + ac->class_of[*q++]];
            state = next & ~HIT;
            if (next & HIT) {
                report(ac, state >> ac->shift, owners);
                any = true;
            }
        } while (q < end && (state >= ac->deep || q - p < LEAST));
        if (q == end)
            break;
        p = q - (state >= ac->two ? 2 : state ? 1 : 0);
    }
    return any;
}
