/* Notes about mistakes, and "did you mean". */
#include <stdlib.h>

#include "load.h"
#include "utf.h"

void *apd_load_new(apd_load *l, size_t count, size_t size)
{
    void *p = apd_calloc(l->arena, count, size);
    l->failed |= !p;
    return p;
}

void *apd_load_scratch(apd_load *l, size_t count, size_t size)
{
    void *p = apd_calloc(l->scratch, count, size);
    l->failed |= !p;
    return p;
}

apd_str apd_clip(apd_str s)
{
    enum { MOST = 60 };
    size_t n = s.len;
    if (n > MOST)
        for (n = MOST; n > 0 && ((unsigned char)s.ptr[n] & 0xc0) == 0x80;)
            n--;
    return apd_sub(s, 0, n);
}

void apd_load_vnote(apd_load *l, bool error, apd_mark_at at, const char *fmt, va_list ap)
{
    l->errors += error;
    if (error && at.file < l->set->nfiles)
        l->file_bad[at.file] = true;
    if (l->notes.n >= APD_MAX_PROBLEMS)
        return;
    apd_rule_note n = {.error = error, .line = at.line, .column = at.column};
    n.file = at.file < l->set->nfiles ? l->set->files[at.file].name : APD_LIT("");
    n.text = apd_vprintf_a(l->arena, fmt, ap);
    l->failed |= !n.text.ptr;
    apd_load_note entry = {n, l->notes.n};
    APD_LOAD_PUSH(l, l->scratch, l->notes, entry);
}

void apd_load_note_at(void *load, bool error, apd_mark_at at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    apd_load_vnote(load, error, at, fmt, ap);
    va_end(ap);
}

void apd_load_error(apd_load *l, const apd_ynode *n, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    apd_load_vnote(l, true, n->at, fmt, ap);
    va_end(ap);
}

static int compare_notes(const void *a, const void *b)
{
    const apd_load_note *x = a, *y = b;
    int c = apd_cmp(x->note.file, y->note.file);
    if (c)
        return c;
    if (x->note.line != y->note.line)
        return x->note.line < y->note.line ? -1 : 1;
    if (x->note.column != y->note.column)
        return x->note.column < y->note.column ? -1 : 1;
    return x->seq < y->seq ? -1 : 1;
}

void apd_load_sort_notes(apd_load *l, const apd_rule_note **notes, size_t *n)
{
    *notes = NULL;
    *n = 0;
    if (l->notes.n == 0)
        return;
    qsort(l->notes.at, l->notes.n, sizeof *l->notes.at, compare_notes);
    apd_rule_note *out = apd_load_new(l, l->notes.n, sizeof *out);
    if (!out)
        return;
    for (size_t i = 0; i < l->notes.n; i++)
        out[i] = l->notes.at[i].note;
    *notes = out;
    *n = l->notes.n;
}

enum { NEAR_MAX = 48 }; /* longer names are not compared */

/* Insertions, deletions, changes and swaps of neighbours that turn a into b, case ignored. */
static size_t edit_distance(apd_str a, apd_str b)
{
    size_t row[3][NEAR_MAX + 1];
    size_t *before = row[0], *last = row[1], *now = row[2];
    for (size_t j = 0; j <= b.len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = apd_lower(a.ptr[i - 1]), y = apd_lower(b.ptr[j - 1]);
            size_t d = last[j - 1] + (x != y);
            if (last[j] + 1 < d)
                d = last[j] + 1;
            if (now[j - 1] + 1 < d)
                d = now[j - 1] + 1;
            bool swap =
                i > 1 && j > 1 && x == apd_lower(b.ptr[j - 2]) && y == apd_lower(a.ptr[i - 2]);
            if (swap && before[j - 2] + 1 < d)
                d = before[j - 2] + 1;
            now[j] = d;
        }
        size_t *t = before;
        before = last;
        last = now;
        now = t;
    }
    return last[b.len];
}

apd_near apd_near_to(const apd_load *l, apd_str given)
{
    if (l->notes.n >= APD_MAX_PROBLEMS) /* nobody will read it */
        return (apd_near){given, {NULL, 0}, 0};
    size_t most = given.len < 2 ? 0 : given.len < 6 ? 1 : given.len < 12 ? given.len / 3 : 4;
    return (apd_near){given, {NULL, 0}, most + 1};
}

void apd_near_try(apd_near *n, apd_str candidate)
{
    size_t longer = n->given.len > candidate.len ? n->given.len : candidate.len;
    size_t shorter = n->given.len > candidate.len ? candidate.len : n->given.len;
    if (longer > NEAR_MAX || longer - shorter >= n->distance)
        return;
    size_t d = edit_distance(n->given, candidate);
    if (d < n->distance) {
        n->distance = d;
        n->best = candidate;
    }
}

const char *apd_near_hint(apd_load *l, const apd_near *n)
{
    if (!n->best.ptr)
        return "";
    apd_str s = apd_printf_a(l->scratch, "; did you mean '%.*s'?", APD_FMT(n->best));
    l->failed |= !s.ptr;
    return s.ptr ? s.ptr : "";
}
