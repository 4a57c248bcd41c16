/* Registry files in both dialects: the dump of mdmdiagnosticstool and what reg.exe exports. A scenario gives keys with
 * values; a value is a text, or a map of one kind: dword, qword, expand, multi (a list), hex. */
#include "text_writers.h"

/* Keys are written with short hives. */
static void put_key(mk_out *o, const mk_registry *r, apd_str key)
{
    static const char *const hives[][2] = {{"HKLM", "HKEY_LOCAL_MACHINE"},
                                           {"HKU", "HKEY_USERS"},
                                           {"HKCU", "HKEY_CURRENT_USER"},
                                           {"HKCR", "HKEY_CLASSES_ROOT"}};
    apd_str rest = key, hive = apd_cut(&rest, '\\');
    size_t i = 0;
    while (i < 4 && !apd_eq(hive, apd_str_of(hives[i][0])))
        i++;
    mk_u8(o, '[');
    mk_str(o, i < 4 ? apd_str_of(hives[i][1]) : hive);
    /* The collector names its roots in lower case; what lies below is as Windows has it. */
    for (int depth = 0; rest.len; depth++) {
        apd_str part = apd_cut(&rest, '\\');
        mk_u8(o, '\\');
        for (size_t k = 0; k < part.len; k++)
            mk_u8(o, (uint8_t)(r->form == MK_DUMP && depth < 3 ? apd_lower(part.ptr[k])
                                                               : part.ptr[k]));
    }
    mk_str(o, APD_LIT("]\r\n"));
}

/* A dump escapes nothing. */
static void put_text(mk_out *o, const mk_registry *r, apd_str s)
{
    mk_u8(o, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\n') {
            mk_u8(o, '\r');
        } else if (r->form != MK_DUMP && (s.ptr[i] == '"' || s.ptr[i] == '\\')) {
            mk_u8(o, '\\');
        }
        mk_u8(o, (uint8_t)s.ptr[i]);
    }
    mk_u8(o, '"');
}

static void put_bytes(mk_out *o, const mk_registry *r, const char *kind, apd_bytes b)
{
    enum { PER_LINE = 25 };
    mk_str(o, apd_str_of(kind));
    for (size_t i = 0; i < b.len; i++) {
        bool more = i + 1 < b.len;
        mk_printf(o, more ? "%02x," : "%02x", b.ptr[i]);
        if (r->form != MK_DUMP && more && i % PER_LINE == PER_LINE - 1)
            mk_str(o, APD_LIT("\\\r\n  "));
    }
}

static void put_wide(mk_out *o, const mk_registry *r, const char *kind, apd_str s)
{
    mk_out wide = {0};
    mk_utf16(&wide, s);
    mk_u16(&wide, 0);
    put_bytes(o, r, kind, mk_bytes(&wide));
    mk_free(&wide);
}

static void put_multi(mk_out *o, const mk_registry *r, const mk_node *list)
{
    mk_out all = {0};
    for (const mk_node *n = list->first; n; n = n->next) {
        if (r->form == MK_DUMP && n != list->first)
            mk_str(&all, APD_LIT("\r\n"));
        if (r->form == MK_DUMP)
            mk_str(&all, n->text);
        else
            mk_utf16(&all, n->text);
        if (r->form != MK_DUMP)
            mk_u16(&all, 0);
    }
    if (r->form == MK_DUMP) {
        mk_str(o, APD_LIT("MULTI_SZ:\""));
        mk_str(o, apd_bytes_str(mk_bytes(&all)));
        mk_u8(o, '"');
    } else {
        mk_u16(&all, 0);
        put_bytes(o, r, "hex(7):", mk_bytes(&all));
    }
    mk_free(&all);
}

static void put_hex(mk_out *o, const mk_registry *r, const mk_node *n)
{
    mk_out b = {0};
    for (size_t i = 0; i + 1 < n->text.len; i += 2) {
        char pair[5] = {'0', 'x', n->text.ptr[i], n->text.ptr[i + 1], '\0'};
        uint64_t v;
        bool negative;
        if (!apd_parse_int(apd_str_of(pair), &v, &negative))
            mk_die_at(n, "hex takes pairs of hexadecimal digits");
        mk_u8(&b, (uint8_t)v);
    }
    put_bytes(o, r, r->form == MK_DUMP ? "hex(3):" : "hex:", mk_bytes(&b));
    mk_free(&b);
}

static void put_qword(mk_out *o, const mk_registry *r, uint64_t v)
{
    uint8_t bytes[8];
    mk_store64(bytes, v);
    if (r->form == MK_DUMP)
        mk_printf(o, "QWORD:%llx", (unsigned long long)v);
    else
        put_bytes(o, r, "hex(b):", (apd_bytes){bytes, sizeof bytes});
}

static void put_value(mk_out *o, const mk_registry *r, const mk_node *n)
{
    static const char *const kinds[] = {"dword", "qword", "expand", "multi", "hex", NULL};
    if (n->kind == MK_SCALAR) {
        put_text(o, r, n->text);
        return;
    }
    mk_only_keys(n, kinds);
    if (mk_get(n, "dword"))
        mk_printf(o, r->form == MK_DUMP ? "DWORD:%08x" : "dword:%08x",
                  (unsigned)mk_get_number(n, "dword", 0));
    else if (mk_get(n, "qword"))
        put_qword(o, r, mk_get_number(n, "qword", 0));
    else if (mk_get(n, "expand"))
        put_wide(o, r, "hex(2):", mk_get_text(n, "expand", ""));
    else if (mk_get(n, "multi"))
        put_multi(o, r, mk_get(n, "multi"));
    else if (mk_get(n, "hex"))
        put_hex(o, r, mk_get(n, "hex"));
    else
        mk_die_at(n, "a value is a text, or a map of dword, qword, expand, multi or hex");
}

static void put_name(mk_out *o, const mk_registry *r, apd_str name)
{
    if (r->form == MK_DUMP)
        mk_str(o, APD_LIT("    "));
    if (apd_eq(name, APD_LIT("@")))
        mk_u8(o, '@');
    else
        put_text(o, r, name);
    mk_u8(o, '=');
}

void mk_registry_write(mk_out *o, const mk_registry *r)
{
    mk_out text = {0};
    if (r->form == MK_EXPORT)
        mk_str(&text, APD_LIT("Windows Registry Editor Version 5.00\r\n\r\n"));
    for (const mk_node *key = r->keys->first; key; key = key->next) {
        put_key(&text, r, key->key);
        for (const mk_node *v = key->first; v; v = v->next) {
            put_name(&text, r, v->key);
            put_value(&text, r, v);
            mk_str(&text, APD_LIT("\r\n"));
        }
        mk_str(&text, APD_LIT("\r\n"));
    }
    if (r->form == MK_EXPORT) {
        mk_u16(o, 0xFEFF);
        mk_utf16(o, apd_bytes_str(mk_bytes(&text)));
    } else {
        mk_str(o, apd_bytes_str(mk_bytes(&text)));
    }
    mk_free(&text);
}
