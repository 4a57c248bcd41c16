/* Open addressing over symbol numbers; texts in an arena. */
#include "intern.h"

#include <stdlib.h>

#include "hash.h"
#include "limits.h"

typedef struct entry {
    apd_str text;
    apd_sym fold;
} entry;

struct apd_intern {
    apd_arena *arena;
    entry *entries; /* [0] is "no name" */
    size_t n, cap;
    apd_sym *slots; /* 0 = free; a power of two of them, at most half full */
    size_t nslots;
    bool full;
};

apd_intern *apd_intern_new(void)
{
    apd_intern *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->arena = apd_arena_new(0);
    t->cap = 512;
    t->nslots = 1024;
    t->entries = calloc(t->cap, sizeof *t->entries);
    t->slots = calloc(t->nslots, sizeof *t->slots);
    t->n = 1;
    if (!t->arena || !t->entries || !t->slots) {
        apd_intern_free(t);
        return NULL;
    }
    t->entries[0].text = APD_LIT("");
    return t;
}

void apd_intern_free(apd_intern *t)
{
    if (!t)
        return;
    apd_arena_free(t->arena);
    free(t->entries);
    free(t->slots);
    free(t);
}

static size_t slot_of(const apd_intern *t, apd_str name)
{
    size_t i = apd_hash(name) & (t->nslots - 1);
    while (t->slots[i] && !apd_eq(t->entries[t->slots[i]].text, name))
        i = (i + 1) & (t->nslots - 1);
    return i;
}

static bool grow(apd_intern *t)
{
    if (t->n == t->cap) {
        entry *e = realloc(t->entries, 2 * t->cap * sizeof *e);
        if (!e)
            return false;
        t->entries = e;
        t->cap *= 2;
    }
    if (2 * t->n < t->nslots)
        return true;
    apd_sym *old = t->slots;
    t->slots = calloc(2 * t->nslots, sizeof *t->slots);
    if (!t->slots) {
        t->slots = old;
        return false;
    }
    t->nslots *= 2;
    for (apd_sym s = 1; s < t->n; s++)
        t->slots[slot_of(t, t->entries[s].text)] = s;
    free(old);
    return true;
}

apd_sym apd_intern_find(const apd_intern *t, apd_str name)
{
    return name.len ? t->slots[slot_of(t, name)] : 0;
}

static apd_sym add_one(apd_intern *t, apd_str name)
{
    apd_sym found = apd_intern_find(t, name);
    if (found || name.len == 0)
        return found;
    t->full |= t->n >= APD_MAX_NAMES;
    if (name.len > APD_MAX_NAME_BYTES || t->n >= APD_MAX_NAMES || !grow(t))
        return 0;
    apd_str text = apd_strdup_a(t->arena, name);
    if (!text.ptr)
        return 0;
    apd_sym s = (apd_sym)t->n++;
    t->entries[s] = (entry){text, s};
    t->slots[slot_of(t, text)] = s;
    return s;
}

apd_sym apd_intern_add(apd_intern *t, apd_str name)
{
    apd_sym s = apd_intern_find(t, name);
    if (s || name.len == 0 || name.len > APD_MAX_NAME_BYTES)
        return s;
    char lower[APD_MAX_NAME_BYTES];
    bool upper = false;
    for (size_t i = 0; i < name.len; i++) {
        lower[i] = apd_lower(name.ptr[i]);
        upper |= lower[i] != name.ptr[i];
    }
    apd_sym fold = upper ? add_one(t, apd_str_from(lower, name.len)) : 0;
    if (upper && !fold)
        return 0;
    s = add_one(t, name);
    if (s && upper)
        t->entries[s].fold = fold;
    return s;
}

apd_sym apd_intern_some(apd_intern *t, apd_str name, uint32_t *left)
{
    apd_sym s = apd_intern_find(t, name);
    if (s || *left == 0)
        return s;
    t->full |= t->n >= APD_MAX_CHOSEN_NAMES;
    if (t->n >= APD_MAX_CHOSEN_NAMES)
        return 0;
    s = apd_intern_add(t, name);
    *left -= s != 0;
    return s;
}

bool apd_intern_full(const apd_intern *t)
{
    return t->full;
}

apd_str apd_sym_text(const apd_intern *t, apd_sym s)
{
    return t->entries[s < t->n ? s : 0].text;
}

apd_sym apd_sym_fold(const apd_intern *t, apd_sym s)
{
    return s < t->n ? t->entries[s].fold : 0;
}
