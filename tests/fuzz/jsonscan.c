/* JSON looked through where it lies: an element ends at the same place whether its members come along or not, its views
 * lie within it, and what jsondoc.h takes for an array has the same number of elements here. */
#include <stdlib.h>

#include "jsondoc.h"
#include "jsonscan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 4 };

static void must(bool good)
{
    if (!good)
        abort();
}

static bool within(apd_str part, apd_str whole)
{
    return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

static bool is_json(apd_str text)
{
    apd_json *doc;
    bool good = apd_json_parse(apd_str_bytes(text), &doc, NULL) == APD_OK;
    if (good)
        apd_json_free(doc);
    return good;
}

static void check_members(apd_str element, const apd_json_pair *members, size_t n)
{
    apd_str rest = element;
    for (size_t i = 0; i < n; i++) {
        apd_json_pair m;
        must(within(members[i].name, element) && within(members[i].value, element));
        must(apd_json_member(&rest, &m));
        must(m.name.ptr == members[i].name.ptr && apd_eq(m.value, members[i].value));
    }
    apd_json_pair more; /* what is no JSON may go on */
    must(n == ROOM || !apd_json_member(&rest, &more) || !is_json(element));
}

static size_t count_elements(apd_str text)
{
    size_t count = 0;
    apd_str plain = text, full = text;
    for (;; count++) {
        apd_json_pair members[ROOM];
        apd_str element, same;
        size_t none, n;
        bool more = apd_json_next(&plain, &element, NULL, 0, &none);
        must(apd_json_next(&full, &same, members, ROOM, &n) == more);
        must(plain.ptr == full.ptr && plain.len == full.len);
        if (!more)
            return count;
        must(element.ptr == same.ptr && element.len == same.len && within(element, text));
        check_members(element, members, n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    must(text != NULL);
    if (size)
        memcpy(text, data, size);
    apd_str all = apd_str_from(text, size);
    apd_json *doc;
    size_t n = count_elements(all);
    if (apd_json_parse(apd_str_bytes(all), &doc, NULL) == APD_OK) {
        must(apd_trim(all).ptr[0] != '[' || n == apd_json_count(doc, APD_LIT("")));
        apd_json_free(doc);
    }
    free(text);
    return 0;
}
