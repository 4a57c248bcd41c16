/* Most keys are dismissed by the last bytes of a pattern's head: heads share their beginning. */
#include "regkey.h"

/* Takes the next component off; false at the end. */
static bool take(apd_str *rest, apd_str *part)
{
    if (!rest->ptr)
        return false;
    const char *end = rest->len ? memchr(rest->ptr, '\\', rest->len) : NULL;
    size_t n = end ? (size_t)(end - rest->ptr) : rest->len;
    *part = apd_sub(*rest, 0, n);
    *rest = end ? apd_sub(*rest, n + 1, rest->len) : (apd_str){NULL, 0};
    return true;
}

static bool is_plain(apd_str part)
{
    return !memchr(part.ptr, '*', part.len) && !memchr(part.ptr, '?', part.len);
}

apd_regkey apd_regkey_of(apd_str pattern)
{
    apd_regkey p = {.head = apd_sub(pattern, 0, 0), .rest = pattern};
    apd_str part, rest = pattern;
    while (take(&rest, &part) && is_plain(part)) {
        p.head.len = (size_t)(part.ptr - pattern.ptr) + part.len;
        p.rest = rest;
    }
    return p;
}

/* A component that does not fit sends both back to the last `**`, which then takes one more. */
static bool rest_matches(apd_str p, apd_str k)
{
    apd_str again_p = {NULL, 0}, again_k = {NULL, 0}, part, name;
    bool again = false;
    for (;;) {
        apd_str next_p = p, next_k = k;
        if (!take(&next_p, &part)) {
            if (!k.ptr)
                return true;
        } else if (apd_eq(part, APD_LIT("**"))) {
            again = true;
            again_p = p = next_p;
            again_k = k;
            continue;
        } else if (take(&next_k, &name) && apd_glob(part, name, true)) {
            p = next_p;
            k = next_k;
            continue;
        }
        if (!again || !take(&again_k, &name))
            return false;
        p = again_p;
        k = again_k;
    }
}

/* From the end: heads of different patterns begin alike. */
static bool same_from_end(apd_str a, const char *b)
{
    size_t i = a.len;
    while (i > 0 && apd_lower(a.ptr[i - 1]) == apd_lower(b[i - 1]))
        i--;
    return i == 0;
}

bool apd_regkey_matches(const apd_regkey *p, apd_str key)
{
    size_t n = p->head.len;
    if (n == 0)
        return rest_matches(p->rest, key);
    if (key.len < n || (key.len > n && key.ptr[n] != '\\') || !same_from_end(p->head, key.ptr))
        return false;
    if (key.len > n)
        return rest_matches(p->rest, apd_sub(key, n + 1, key.len));
    return rest_matches(p->rest, (apd_str){NULL, 0});
}

bool apd_regkey_is_root(const apd_regkey *p, apd_str key)
{
    return key.len && key.len <= p->head.len &&
           (key.len == p->head.len || p->head.ptr[key.len] == '\\') &&
           same_from_end(key, p->head.ptr);
}
