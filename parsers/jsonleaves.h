/* A small JSON document as the fields of one fact, for the readers of such files; private to this
 * room. Names are the dotted paths of the leaves. */
#ifndef APD_JSONLEAVES_H
#define APD_JSONLEAVES_H

#include "parsers.h"
#include "textin.h"

typedef struct apd_jsonleaves {
    const apd_field *fields;
    size_t n;
    uint64_t lost; /* leaves that were left out */
} apd_jsonleaves;

/* These files also come as UTF-16LE without a byte order mark. */
bool apd_json_bare_utf16(apd_str s);

/* The whole document as UTF-8, without what is blank behind it; more than APD_MAX_JSON is refused by
 * apd_jsonleaves_read(). The error that cut the file short, if one did. */
apd_status apd_jsonleaves_text(const apd_input *in, apd_textin *t, apd_str *json,
                               apd_error *err) APD_MUST_USE;

/* Fields in the batch arena; none for an empty document. A document that is not one object (with
 * `arrays`: or array) is APD_SKIPPED, in a sentence about `what`. */
apd_status apd_jsonleaves_read(const apd_input *in, apd_str json, bool arrays, const char *what,
                               apd_jsonleaves *out, apd_error *err) APD_MUST_USE;

/* APD_SKIPPED, saying how many leaves are missing; sets *lost to 0. */
apd_status apd_jsonleaves_lost(const apd_input *in, uint64_t *lost, const char *what,
                               apd_error *err);

#endif
