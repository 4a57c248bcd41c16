/* Whose record is it? `same: user` goes by SID, `same: app` by the app's GUID. */
#include "relate.h"

static size_t run_of(apd_str s, size_t from, bool (*in)(char))
{
    size_t n = 0;
    while (from + n < s.len && in(s.ptr[from + n]))
        n++;
    return n;
}

static bool in_sid(char c)
{
    return apd_is_digit(c) || c == '-';
}

/* The SID of a person in a text: domain and local accounts, Entra accounts. Those of services say
 * only that Windows itself wrote the record. */
static apd_str find_sid(apd_str text)
{
    static const char *const kinds[] = {"S-1-12-1-", "S-1-5-21-"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t at = apd_ifind(text, apd_str_of(kinds[k]));
        if (at != SIZE_MAX)
            return apd_sub(text, at, 1 + run_of(text, at + 1, in_sid));
    }
    return APD_LIT("");
}

static bool is_guid(const char *p)
{
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? p[i] != '-' : !apd_is_hex(p[i]))
            return false;
    }
    return true;
}

/* The first GUID that is not all zeros. */
static apd_str find_guid(apd_str text)
{
    for (size_t i = 8; i + 28 <= text.len; i++) {
        if (text.ptr[i] != '-' || !is_guid(text.ptr + i - 8))
            continue;
        apd_str guid = apd_sub(text, i - 8, 36);
        if (!apd_eq(guid, APD_LIT("00000000-0000-0000-0000-000000000000")))
            return guid;
    }
    return APD_LIT("");
}

/* Names of fields that hold the key and nothing else. */
static bool is_key_name(apd_str name, apd_same same)
{
    static const char *const users[] = {"UserID", "UserSid", "Sid", NULL};
    static const char *const apps[] = {"AppId", "ApplicationId", "Id", NULL};
    for (const char *const *n = same == APD_SAME_USER ? users : apps; *n; n++)
        if (apd_ieq(name, apd_str_of(*n)))
            return true;
    return false;
}

static apd_str find_key(const apd_view *v, const apd_event *ev, apd_same same)
{
    apd_str (*find)(apd_str) = same == APD_SAME_USER ? find_sid : find_guid;
    apd_str key = APD_LIT("");
    for (uint32_t i = 0; i < ev->nfields && !key.len; i++)
        if (is_key_name(apd_sym_text(v->scan->names, ev->fields[i].name), same))
            key = find(apd_field_text(&ev->fields[i], v->arena));
    if (!key.len)
        key = find(ev->message);
    for (uint32_t i = 0; i < ev->nfields && !key.len; i++)
        key = find(apd_field_text(&ev->fields[i], v->arena));
    return key;
}

/* Looking for it turns whole fields into text; only the key is kept. */
static apd_str keep_key(const apd_view *v, const apd_event *ev, apd_same same)
{
    enum { LONGEST = 200 }; /* a SID has at most 15 numbers */
    char copy[LONGEST];
    apd_mark mark = apd_arena_mark(v->arena);
    apd_str key = apd_sub(find_key(v, ev, same), 0, LONGEST);
    if (key.len)
        memcpy(copy, key.ptr, key.len);
    apd_arena_rewind(v->arena, mark);
    return key.len ? apd_strdup_a(v->arena, apd_str_from(copy, key.len)) : APD_LIT("");
}

apd_str apd_hit_key(const apd_view *v, uint32_t selection, const apd_hit *hit, apd_same same)
{
    apd_hits *h = &v->scan->hits[selection];
    const apd_str **keys = same == APD_SAME_USER ? &h->users : &h->apps;
    if (!*keys) {
        apd_str *fresh = APD_NEWS(v->arena, apd_str, h->n);
        if (!fresh) {
            v->scan->nomem = true;
            return APD_LIT("");
        }
        for (size_t i = 0; i < h->n; i++)
            fresh[i] = keep_key(v, h->at[i].event, same);
        *keys = fresh;
    }
    return (*keys)[hit - h->at];
}
