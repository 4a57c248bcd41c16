/* What commands print, laid out as they do: boxes (dsregcmd), dots (ipconfig), rules (certutil), and
 * the list of hardware hashes. */
#include "text_writers.h"

#include <stdlib.h>

#include "hash_make.h"

static size_t letters(apd_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((uint8_t)s.ptr[i] & 0xc0) != 0x80;
    return n;
}

static void put_boxes(mk_out *o, const mk_node *parts)
{
    static const char edge[] =
        "+----------------------------------------------------------------------+";
    for (const mk_node *p = parts->first; p; p = p->next) {
        mk_printf(o, "%s\n| %-69.*s|\n%s\n\n", edge, APD_FMT(p->key), edge);
        for (const mk_node *v = p->first; v; v = v->next)
            mk_printf(o, "%26.*s : %.*s\n", APD_FMT(v->key), APD_FMT(v->text));
        mk_str(o, APD_LIT("\n"));
    }
}

/* Labels with dots up to the 37th column; further values of a list in lines of their own. */
static void put_dots(mk_out *o, const mk_node *parts)
{
    for (const mk_node *p = parts->first; p; p = p->next) {
        mk_printf(o, "\n%.*s%s\n\n", APD_FMT(p->key), p == parts->first ? "" : ":");
        for (const mk_node *v = p->first; v; v = v->next) {
            const mk_node *value = v->kind == MK_SEQ ? v->first : v;
            mk_printf(o, "   %.*s", APD_FMT(v->key));
            for (size_t n = letters(v->key); n < 34; n++)
                mk_u8(o, n % 2 ? ' ' : '.');
            mk_printf(o, ": %.*s\n", APD_FMT(value->text));
            for (value = v->kind == MK_SEQ ? value->next : NULL; value; value = value->next)
                mk_printf(o, "%39s%.*s\n", "", APD_FMT(value->text));
        }
    }
}

static void put_rules(mk_out *o, const mk_node *parts)
{
    for (const mk_node *p = parts->first; p; p = p->next) {
        if (p->kind == MK_SCALAR) { /* the store */
            mk_printf(o, "%.*s \"%.*s\"\n", APD_FMT(p->key), APD_FMT(p->text));
            continue;
        }
        mk_printf(o, "================ %.*s ================\n", APD_FMT(p->key));
        for (const mk_node *v = p->first; v; v = v->next)
            mk_printf(o, "%.*s: %.*s\n", APD_FMT(v->key), APD_FMT(v->text));
    }
}

static void put_hash(mk_out *o, const mk_node *device)
{
    static const struct {
        const char *key;
        uint8_t type;
    } texts[] = {
        {"tpm", 13}, {"smbios_serial", 14}, {"manufacturer", 16}, {"model", 17}, {"family", 19}};
    char text[MK_HASH_TEXT];
    mk_hash h;
    mk_hash_begin(&h);
    mk_hash_versions(&h);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        apd_str s = mk_get_text(device, texts[i].key, "");
        if (s.len && !mk_hash_text(&h, texts[i].type, s))
            mk_die_at(device, "the hash has no room for %s", texts[i].key);
    }
    mk_hash_seal(&h);
    mk_hash_base64(h.data, sizeof h.data, text);
    mk_str(o, mk_get_text(device, "serial", ""));
    mk_u8(o, ',');
    mk_str(o, mk_get_text(device, "product", ""));
    mk_u8(o, ',');
    mk_str(o, apd_str_of(text));
    mk_u8(o, '\n');
}

static void put_hashes(mk_out *o, const mk_node *parts)
{
    static const char *const keys[] = {"serial",       "product", "tpm",    "smbios_serial",
                                       "manufacturer", "model",   "family", NULL};
    mk_str(o, APD_LIT("Device Serial Number,Windows Product ID,Hardware Hash\n"));
    for (const mk_node *p = parts->first; p; p = p->next) {
        mk_only_keys(p, keys);
        put_hash(o, p);
    }
}

/* The letters of western Europe as a German console writes them. */
static void put_cp850(mk_out *o, apd_str s)
{
    static const char map[][4] = {"\xc3\xa4\x84", "\xc3\xb6\x94", "\xc3\xbc\x81", "\xc3\x9f\xe1",
                                  "\xc3\x84\x8e", "\xc3\x96\x99", "\xc3\x9c\x9a", "\xc3\xa9\x82"};
    while (s.len) {
        size_t i = 0;
        while (i < sizeof map / sizeof *map && !apd_starts(s, apd_str_from(map[i], 2)))
            i++;
        bool known = i < sizeof map / sizeof *map;
        if (!known && (uint8_t)s.ptr[0] >= 0x80)
            mk_die("a letter of the report is not in code page 850 as far as it is known here");
        mk_u8(o, (uint8_t)(known ? map[i][2] : s.ptr[0]));
        s = apd_sub(s, known ? 2 : 1, s.len);
    }
}

void mk_report_write(mk_out *o, const mk_node *report)
{
    static const char *const keys[] = {"name", "layout", "encoding", "parts", NULL};
    static const struct {
        const char *layout;
        void (*put)(mk_out *o, const mk_node *parts);
    } layouts[] = {
        {"boxes", put_boxes}, {"dots", put_dots}, {"rules", put_rules}, {"hashes", put_hashes}};
    mk_only_keys(report, keys);
    apd_str layout = mk_get_text(report, "layout", "");
    const mk_node *parts = mk_get(report, "parts");
    size_t i = 0;
    while (i < 4 && !apd_eq(layout, apd_str_of(layouts[i].layout)))
        i++;
    if (i == 4 || !parts)
        mk_die_at(report, "a report needs 'parts' and a 'layout': boxes, dots, rules or hashes");
    mk_out text = {0};
    layouts[i].put(&text, parts);
    mk_file f = {.text = apd_bytes_str(mk_bytes(&text))};
    apd_str encoding = mk_get_text(report, "encoding", "utf-8");
    mk_out lines = {0};
    f.encoding = apd_eq(encoding, APD_LIT("utf-16le")) ? MK_UTF16LE : MK_UTF8;
    mk_plain_write(&lines, &f);
    if (apd_eq(encoding, APD_LIT("cp850")))
        put_cp850(o, apd_bytes_str(mk_bytes(&lines)));
    else
        mk_put(o, lines.ptr, lines.len);
    mk_free(&lines);
    mk_free(&text);
}
