/* Most bytes of such a payload are no text, so where a run begins is looked for 64 bytes at a time: one bit a byte says
 * whether it is printable, another whether it is zero, and a run is a few of them in a row. */
#include "etl_runs.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    RUN = 4,                /* characters that make a text */
    SIGHT = 64,             /* bytes */
    SURE = SIGHT - 2 * RUN, /* a run that begins among so many is wholly in sight */
    NEITHER = 0xff          /* behind the end: neither printable nor zero */
};

typedef struct sight {
    uint64_t printable, zero; /* a bit a byte, the first one lowest */
} sight;

static bool printable(uint8_t c)
{
    return c >= 0x20 && c < 0x7f;
}

static inline sight look_at(const uint8_t *s)
{
    sight v = {0, 0};
#if defined(__SSE2__)
    for (unsigned i = 0; i < SIGHT; i += 16) {
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
        __m128i odd = _mm_or_si128(_mm_cmplt_epi8(b, _mm_set1_epi8(0x20)),
                                   _mm_cmpeq_epi8(b, _mm_set1_epi8(0x7f)));
        __m128i zero = _mm_cmpeq_epi8(b, _mm_setzero_si128());
        v.printable |= (uint64_t)(~(unsigned)_mm_movemask_epi8(odd) & 0xffff) << i;
        v.zero |= (uint64_t)(unsigned)_mm_movemask_epi8(zero) << i;
    }
#else
    for (unsigned i = 0; i < SIGHT; i++) {
        v.printable |= (uint64_t)printable(s[i]) << i;
        v.zero |= (uint64_t)(s[i] == 0) << i;
    }
#endif
    return v;
}

/* Where four characters in a row begin. */
static inline uint64_t beginnings(sight v)
{
    uint64_t two = v.printable & v.printable >> 1, four = two & two >> 2;
    uint64_t unit = v.printable & v.zero >> 1, units = unit & unit >> 2;
    return four | (units & units >> 4);
}

static inline size_t lowest(uint64_t bits)
{
#if defined(__GNUC__)
    return (size_t)__builtin_ctzll(bits);
#else
    size_t n = 0;
    while (!(bits >> n & 1))
        n++;
    return n;
#endif
}

/* The next run at s or behind it; end without one. */
static const uint8_t *next_run(const uint8_t *s, const uint8_t *end)
{
    for (; end - s >= SIGHT; s += SURE) {
        uint64_t found = beginnings(look_at(s)) & ((UINT64_C(1) << SURE) - 1);
        if (found)
            return s + lowest(found);
    }
    uint8_t last[SIGHT];
    memset(last, NEITHER, sizeof last);
    if (s < end)
        memcpy(last, s, (size_t)(end - s));
    uint64_t found = beginnings(look_at(last));
    return found ? s + lowest(found) : end;
}

/* Characters of a run of UTF-16. */
static size_t wide_run(const uint8_t *from, const uint8_t *end)
{
    const uint64_t units = UINT64_C(0x5555555555555555);
    const uint8_t *p = from;
    for (; end - p >= SIGHT; p += SIGHT) {
        sight v = look_at(p);
        uint64_t others = units & ~(v.printable & v.zero >> 1);
        if (others)
            return ((size_t)(p - from) + lowest(others)) / 2;
    }
    while (end - p >= 2 && printable(p[0]) && p[1] == 0)
        p += 2;
    return (size_t)(p - from) / 2;
}

static size_t narrow_run(const uint8_t *from, const uint8_t *end)
{
    const uint8_t *p = from;
    for (; end - p >= SIGHT; p += SIGHT) {
        uint64_t others = ~look_at(p).printable;
        if (others)
            return (size_t)(p - from) + lowest(others);
    }
    while (p < end && printable(*p))
        p++;
    return (size_t)(p - from);
}

apd_str etl_runs(apd_bytes payload, apd_arena *a)
{
    const uint8_t *s = payload.ptr, *end = s + payload.len;
    apd_buf b;
    apd_buf_init(&b, a);
    while (s < end && (s = next_run(s, end)) < end) {
        size_t n = wide_run(s, end);
        bool wide = n >= RUN;
        if (!wide)
            n = narrow_run(s, end);
        if (b.len)
            apd_buf_add(&b, APD_LIT(" | "));
        if (!apd_buf_room(&b, n))
            break;
        char *to = b.ptr + b.len;
        if (wide)
            for (size_t i = 0; i < n; i++)
                to[i] = (char)s[2 * i];
        else
            memcpy(to, s, n);
        b.len += n;
        s += wide ? 2 * n : n;
    }
    return apd_buf_str(&b);
}
