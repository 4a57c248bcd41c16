/* A sorted array of codes, read once from tab-separated text. */
#include "codes.h"

#include <stdlib.h>

#include "tsv.h"
#include "vec.h"

typedef struct row {
    apd_code code;
    size_t order; /* as read: the first of two equal codes wins */
} row;

struct apd_codes {
    APD_VEC(row) rows;
};

static bool read_row(apd_str line, apd_code *code)
{
    uint64_t v;
    bool negative;
    if (!apd_parse_int(apd_cut(&line, '\t'), &v, &negative) || negative || v > UINT32_MAX)
        return false;
    code->code = (uint32_t)v;
    code->symbol = apd_trim(apd_cut(&line, '\t'));
    code->meaning = apd_trim(line);
    return code->meaning.len > 0;
}

static int by_code(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->code.code != y->code.code)
        return x->code.code < y->code.code ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

apd_status apd_codes_load(apd_arena *a, const apd_str *names, const apd_str *texts, size_t n,
                          apd_codes **out, apd_error *err)
{
    apd_codes *codes = APD_NEW(a, apd_codes);
    if (!codes)
        return APD_E_NOMEM;
    apd_tsv t = {.names = names, .texts = texts, .n = n};
    while (apd_tsv_next(&t)) {
        row r = {.order = codes->rows.n};
        if (!read_row(t.row, &r.code))
            return apd_tsv_fail(&t, err,
                                "expected code, symbol and meaning with tabs between them");
        if (!APD_PUSH(a, codes->rows, r))
            return APD_E_NOMEM;
    }
    if (codes->rows.n)
        qsort(codes->rows.at, codes->rows.n, sizeof *codes->rows.at, by_code);
    *out = codes;
    return APD_OK;
}

const apd_code *apd_code_find(const apd_codes *codes, uint32_t code)
{
    size_t low = 0, high = codes ? codes->rows.n : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (codes->rows.at[mid].code.code < code)
            low = mid + 1;
        else
            high = mid;
    }
    if (!codes || low >= codes->rows.n || codes->rows.at[low].code.code != code)
        return NULL;
    return &codes->rows.at[low].code;
}

size_t apd_codes_count(const apd_codes *codes)
{
    return codes ? codes->rows.n : 0;
}
