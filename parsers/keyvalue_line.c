/* Lines of reports as texts: bare comparison, labels, headings. */
#include "keyvalue.h"

#include "limits.h"

static size_t next_bare(apd_str s, size_t i)
{
    while (i < s.len && !apd_kv_bare(s.ptr[i]))
        i++;
    return i;
}

bool apd_kv_same(apd_str a, apd_str b)
{
    size_t i = next_bare(a, 0), k = next_bare(b, 0);
    while (i < a.len && k < b.len && apd_lower(a.ptr[i]) == apd_lower(b.ptr[k])) {
        i = next_bare(a, i + 1);
        k = next_bare(b, k + 1);
    }
    return i >= a.len && k >= b.len;
}

uint64_t apd_kv_hash(apd_str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = next_bare(s, 0); i < s.len; i = next_bare(s, i + 1))
        h = (h ^ (uint8_t)apd_lower(s.ptr[i])) * UINT64_C(0x100000001b3);
    return h;
}

/* A label as the name of a field: what is not a letter or digit goes, the next letter is a capital. */
apd_str apd_kv_squeeze(apd_str label, char *out)
{
    size_t n = 0;
    bool capital = false;
    for (size_t i = 0; i < label.len && i < APD_MAX_LABEL; i++) {
        char c = label.ptr[i];
        bool letter = apd_lower(c) >= 'a' && apd_lower(c) <= 'z';
        if (letter || apd_is_digit(c) || (uint8_t)c >= 0x80)
            out[n++] = capital && letter ? (char)(c & ~0x20) : c;
        capital = !(letter || apd_is_digit(c) || (uint8_t)c >= 0x80);
        if (n == 0)
            capital = false;
    }
    return apd_str_from(out, n);
}

/* Where the label ends: at a colon or an equals sign with a blank or nothing behind it; the latter has a
 * blank before it too. line.len if there is none. */
static size_t label_end(const kv_kind *k, apd_str line)
{
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        if (k->flags & KV_TABS) {
            if (c == '\t')
                return i;
        } else if (c == ':' || c == '=') {
            if ((i + 1 == line.len || apd_is_space(line.ptr[i + 1])) &&
                (c == ':' || (i > 0 && line.ptr[i - 1] == ' ')))
                return i;
        }
    }
    return line.len;
}

/* Dots may lead up to the colon. */
kv_pair apd_kv_split(const kv_kind *k, apd_str line)
{
    size_t at = label_end(k, line);
    apd_str label = apd_trim(apd_sub(line, 0, at));
    while (label.len && (label.ptr[label.len - 1] == '.' || label.ptr[label.len - 1] == ' '))
        label.len--;
    if (at == line.len || label.len == 0 || label.len > APD_MAX_LABEL)
        return (kv_pair){{0}, {0}};
    return (kv_pair){label, apd_trim(apd_sub(line, at + 1, line.len))};
}

/* "| Device State      |" */
bool apd_kv_boxed(apd_str line, apd_str *heading)
{
    line = apd_trim(line);
    if (line.len < 2 || line.ptr[0] != '|' || line.ptr[line.len - 1] != '|')
        return false;
    *heading = apd_trim(apd_sub(line, 1, line.len - 2));
    return true;
}

/* Does the line begin another fact, and what does it call it? */
bool apd_kv_heading(const kv_kind *k, apd_str line, apd_str *title)
{
    *title = apd_trim(line);
    if (k->layout == KV_INDENTED) {
        if (line.len == 0 || apd_is_space(line.ptr[0]) || !apd_ends(*title, APD_LIT(":")))
            return false;
        *title = apd_trim(apd_sub(*title, 0, title->len - 1));
        return title->len > 0;
    }
    if (k->layout != KV_RULED || !apd_starts(*title, APD_LIT("====")) ||
        !apd_ends(*title, APD_LIT("====")))
        return false;
    while (title->len && (title->ptr[0] == '=' || title->ptr[0] == ' '))
        *title = apd_sub(*title, 1, title->len);
    while (title->len && (title->ptr[title->len - 1] == '=' || title->ptr[title->len - 1] == ' '))
        title->len--;
    return true;
}
