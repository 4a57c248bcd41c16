/* Values are few (a dozen for a device), so they are looked for one after the other at every start of a word. */
#include "mask.h"

#include <stdlib.h>

#include "hash.h"
#include "limits.h"
#include "vec.h"

typedef struct pair {
    apd_str value, instead;
} pair;

struct apd_mask {
    apd_arena *arena;
    APD_VEC(pair) pairs;
};

apd_mask *apd_mask_new(void)
{
    apd_arena *a = apd_arena_new(0);
    apd_mask *m = a ? APD_NEW(a, apd_mask) : NULL;
    if (!m) {
        apd_arena_free(a);
        return NULL;
    }
    m->arena = a;
    return m;
}

void apd_mask_free(apd_mask *m)
{
    if (m)
        apd_arena_free(m->arena);
}

static bool is_letter(char c)
{
    return apd_lower(c) >= 'a' && apd_lower(c) <= 'z';
}

static bool is_hex_only(apd_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_letter(s.ptr[i]) && apd_lower(s.ptr[i]) > 'f')
            return false;
    return true;
}

/* How much of the front tells only what kind of value it is. */
static size_t open_front(apd_str s)
{
    if (apd_istarts(s, APD_LIT("S-1-12-1-")))
        return 9;
    if (apd_istarts(s, APD_LIT("S-1-5-21-")))
        return 9;
    return s.len > 4 ? 2 : 0;
}

static apd_str invent(apd_mask *m, apd_str s)
{
    apd_str copy = apd_strdup_a(m->arena, s);
    char *p = (char *)copy.ptr;
    char letters = is_hex_only(s) ? 6 : 26;
    uint64_t seed = apd_hash_u64(m->pairs.n + 1);
    for (size_t i = open_front(s); p && i < s.len; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        unsigned roll = (unsigned)(seed >> 40);
        if (apd_is_digit(p[i]))
            p[i] = (char)('0' + roll % 10);
        else if (is_letter(p[i]))
            p[i] = (char)((p[i] >= 'a' ? 'a' : 'A') + (int)(roll % (unsigned)letters));
        else if ((uint8_t)p[i] >= 0x80)
            p[i] = 'x'; /* letters of other scripts would be told apart by their bytes */
    }
    return copy;
}

static const pair *pair_of(apd_mask *m, apd_str value)
{
    for (size_t i = 0; i < m->pairs.n; i++)
        if (apd_ieq(m->pairs.at[i].value, value))
            return &m->pairs.at[i];
    pair p = {apd_strdup_a(m->arena, value), invent(m, value)};
    if (!p.value.ptr || !p.instead.ptr || !APD_PUSH(m->arena, m->pairs, p))
        return NULL;
    return &m->pairs.at[m->pairs.n - 1];
}

bool apd_mask_add(apd_mask *m, apd_str value)
{
    enum { SHORTEST = 3 };
    value = apd_trim(value);
    return value.len < SHORTEST || m->pairs.n >= APD_MAX_ITEMS || pair_of(m, value) != NULL;
}

/* --- finding them --- */

static bool is_word(char c)
{
    return is_letter(c) || apd_is_digit(c) || (uint8_t)c >= 0x80;
}

/* The SID of a person or a device that begins here: a domain's or Entra's. 0 if there is none. */
static size_t sid_length(apd_str s)
{
    if (!apd_istarts(s, APD_LIT("S-1-5-21-")) && !apd_istarts(s, APD_LIT("S-1-12-1-")))
        return 0;
    size_t n = 9;
    while (n < s.len && (apd_is_digit(s.ptr[n]) || s.ptr[n] == '-'))
        n++;
    return n > 12 ? n : 0;
}

static bool is_name_part(char c)
{
    return is_word(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%' || c == '#';
}

/* name@domain.tld */
static size_t upn_length(apd_str s)
{
    size_t at = 0, n, dot = 0;
    enum { LONGEST = 113 }; /* of the part before the @ */
    while (at < s.len && at <= LONGEST && is_name_part(s.ptr[at]))
        at++;
    if (at == 0 || at == s.len || s.ptr[at] != '@')
        return 0;
    for (n = at + 1; n < s.len && (is_word(s.ptr[n]) || s.ptr[n] == '.' || s.ptr[n] == '-');)
        n++;
    while (n > at && !is_word(s.ptr[n - 1])) /* the end of a sentence */
        n--;
    for (size_t i = at + 2; i + 1 < n; i++)
        dot = s.ptr[i] == '.' ? i : dot;
    return dot ? n : 0;
}

static const pair *known_at(const apd_mask *m, apd_str s)
{
    const pair *best = NULL;
    for (size_t i = 0; i < m->pairs.n; i++) {
        const pair *p = &m->pairs.at[i];
        bool ends =
            apd_istarts(s, p->value) && (s.len == p->value.len || !is_word(s.ptr[p->value.len]));
        if (ends && (!best || p->value.len > best->value.len))
            best = p;
    }
    return best;
}

static const pair *found_at(apd_mask *m, apd_str s)
{
    size_t n = sid_length(s);
    if (n == 0)
        n = upn_length(s);
    return n ? pair_of(m, apd_sub(s, 0, n)) : known_at(m, s);
}

apd_str apd_mask_text(apd_mask *m, apd_arena *a, apd_str text)
{
    if (!m)
        return text;
    apd_buf out;
    apd_buf_init(&out, a);
    size_t done = 0;
    for (size_t i = 0; i < text.len;) {
        bool starts = is_word(text.ptr[i]) && (i == 0 || !is_word(text.ptr[i - 1]));
        const pair *p = starts ? found_at(m, apd_sub(text, i, text.len)) : NULL;
        if (!p) {
            i++;
            continue;
        }
        apd_buf_add(&out, apd_sub(text, done, i - done));
        apd_buf_add(&out, p->instead);
        i += p->value.len;
        done = i;
    }
    if (done == 0)
        return text;
    apd_buf_add(&out, apd_sub(text, done, text.len));
    return apd_buf_str(&out);
}
