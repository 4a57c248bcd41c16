/* For the tests of damage: an EVTX file that is then damaged, and what is left of it. Include behind
 * cmocka.h. */
#ifndef APD_TEST_EVTX_DAMAGE_H
#define APD_TEST_EVTX_DAMAGE_H

#include <stdlib.h>

#include "evtx_make.h"
#include "evtx_read.h"

static mk f;
static size_t records[8]; /* where in f the records begin */

/* One chunk of five events with ids 1..5. */
static inline void five(void)
{
    mk_file(&f);
    mk_chunk(&f);
    for (unsigned i = 0; i < 5; i++) {
        records[i] = f.len;
        mk_plain_event(&f, i + 1, (uint16_t)(10 + i), "text");
    }
    mk_chunk_end(&f);
}

static inline void repair_checksums(void)
{
    mk_chunk_crc(&f, MK_HEAD);
}

static inline evtx_text read_bytes(size_t n)
{
    /* A copy of exactly n bytes, so that a sanitizer sees a read behind them. */
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, f.data, n);
    evtx_text t = evtx_read((apd_bytes){copy, n}, 0, 0);
    free(copy);
    return t;
}

/* f gives this many events and losses; the last loss says so. */
static inline void expect(unsigned events, unsigned skipped, const char *words)
{
    evtx_text t = read_bytes(f.len);
    if (t.events != events || t.skipped != skipped || t.end != APD_END ||
        (words && apd_find(apd_str_of(t.error.text), apd_str_of(words)) == SIZE_MAX))
        fail_msg("wanted %u events, %u losses, '%s'; got %u, %u:\n%.*s", events, skipped,
                 words ? words : "", t.events, t.skipped, APD_FMT(t.all));
    apd_arena_free(t.arena);
}

#endif
