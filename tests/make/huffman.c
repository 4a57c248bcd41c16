#include "huffman.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct node {
    uint32_t freq;
    uint16_t symbol; /* of a leaf; equal frequencies go by it */
    int parent;
} node;

static int by_freq(const void *x, const void *y)
{
    const node *a = x, *b = y;
    if (a->freq != b->freq)
        return a->freq < b->freq ? -1 : 1;
    return a->symbol < b->symbol ? -1 : a->symbol > b->symbol;
}

/* Joins the two rarest nodes until one is left. The leaves are sorted and joined nodes come out in
 * rising order, so the rarest is always at the head of one of the two. Returns the node count. */
static int join(node *t, int leaves)
{
    int leaf = 0, inner = leaves, end = leaves;
    for (; end < 2 * leaves - 1; end++) {
        t[end] = (node){.parent = -1};
        for (int k = 0; k < 2; k++) {
            bool from_leaves = leaf < leaves && (inner == end || t[leaf].freq <= t[inner].freq);
            int low = from_leaves ? leaf++ : inner++;
            t[low].parent = end;
            t[end].freq += t[low].freq;
        }
    }
    return end;
}

/* True if no leaf is deeper than longest. */
static bool assign(const node *t, int leaves, int all, unsigned longest, uint8_t *length)
{
    uint8_t depth[2 * MK_HUFFMAN_MAX] = {0};
    for (int i = all - 2; i >= 0; i--)
        depth[i] = (uint8_t)(depth[t[i].parent] + 1);
    for (int i = 0; i < leaves; i++) {
        length[t[i].symbol] = depth[i];
        if (depth[i] > longest)
            return false;
    }
    return true;
}

void mk_huffman_lengths(const uint32_t *freq, size_t n, unsigned longest, uint8_t *length)
{
    node tree[2 * MK_HUFFMAN_MAX];
    int leaves = 0;
    memset(length, 0, n);
    for (size_t i = 0; i < n; i++)
        if (freq[i] > 0)
            tree[leaves++] = (node){.freq = freq[i], .symbol = (uint16_t)i, .parent = -1};
    if (leaves == 1) {
        length[tree[0].symbol] = 1;
        length[tree[0].symbol ? 0 : 1] = 1;
    }
    /* Too deep a tree is flattened by halving the frequencies. */
    while (leaves > 1) {
        qsort(tree, (size_t)leaves, sizeof(*tree), by_freq);
        if (assign(tree, leaves, join(tree, leaves), longest, length))
            return;
        for (int i = 0; i < leaves; i++)
            tree[i].freq = tree[i].freq / 2 + 1;
    }
}

void mk_huffman_codes(const uint8_t *length, size_t n, uint16_t *code)
{
    uint32_t next = 0;
    for (unsigned bits = 1; bits <= 16; bits++) {
        for (size_t i = 0; i < n; i++)
            if (length[i] == bits)
                code[i] = (uint16_t)next++;
        next <<= 1;
    }
}
