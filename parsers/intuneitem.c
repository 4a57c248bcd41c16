/* The files without content by which Intune's "Collect diagnostics" says that an item came to nothing:
 *
 *     (11) No Results - Error [0x80070002] FoldersFiles windir_ccmsetup_logs_log
 *
 * All of it is in the name: the item's number, the code, its type, and its source as far as a file
 * name can hold it. */
#include "parsers.h"

#include <stdlib.h>

#include "facts.h"
#include "limits.h"

#define MARK ") No Results - Error ["

enum { BID = 100, NFIELDS = 4 };

typedef struct marker {
    uint64_t ordinal, code;
    apd_str type, source;
} marker;

struct apd_reader {
    apd_facts facts;
    apd_str path;
    bool done;
};

static bool read_marker(apd_str path, marker *m)
{
    size_t at = apd_ifind(path, APD_LIT(MARK)), digits = 0;
    bool negative;
    if (at == SIZE_MAX)
        return false;
    while (digits < at && apd_is_digit(path.ptr[at - 1 - digits]))
        digits++;
    if (digits == at || path.ptr[at - 1 - digits] != '(' ||
        !apd_parse_int(apd_sub(path, at - digits, digits), &m->ordinal, &negative))
        return false;
    apd_str rest = apd_sub(path, at + sizeof MARK - 1, path.len);
    if (apd_find(rest, APD_LIT("] ")) == SIZE_MAX)
        return false;
    apd_str code = apd_cut(&rest, ']');
    rest = apd_trim(rest);
    m->type = apd_cut(&rest, ' ');
    m->source = rest;
    return apd_parse_int(code, &m->code, &negative);
}

static int item_bid(apd_bytes head, apd_str path)
{
    marker m;
    return head.len == 0 && read_marker(path, &m) ? BID : 0;
}

static apd_status item_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = r;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    r->path = in->path;
    apd_facts_init(&r->facts, in);
    return APD_OK;
}

static apd_status item_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    marker m;
    apd_facts *f = &r->facts;
    if (r->done || !read_marker(r->path, &m))
        return APD_END;
    r->done = true;
    apd_field *to = APD_NEWS(f->batch, apd_field, NFIELDS);
    if (!to || !apd_facts_text(f, &to[1], "Type", m.type) ||
        !apd_facts_text(f, &to[2], "Source", m.source))
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    to[0] = (apd_field){apd_intern_add(f->names, APD_LIT("Ordinal")), APD_T_U64, {.u = m.ordinal}};
    to[3] = (apd_field){
        apd_intern_add(f->names, APD_LIT("HRESULT")), APD_T_HEX, {.u = (uint32_t)m.code}};
    if (!apd_facts_add(f, "intune.item", 1, to, NFIELDS))
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    apd_facts_take(f, ev);
    return APD_OK;
}

static void item_close(apd_reader *r)
{
    free(r);
}

const apd_parser apd_parser_intuneitem = {
    .name = "intune-item",
    .about = "markers of Intune's Collect diagnostics for items that came to nothing, as facts",
    .bid = item_bid,
    .open = item_open,
    .next = item_next,
    .close = item_close,
};
