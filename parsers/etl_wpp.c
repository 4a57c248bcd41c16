/* WPP: a message is a GUID, a number and raw arguments; text and types are in a message file (TMF) that tracepdb
 * takes out of the component's PDB:
 *
 *     a1b2c3d4-… component.sys // SRC=file.c MJ= MN=
 *     #typev file_c123 10 "%0Got %10!s!, status %11!x!" //   LEVEL=… FLAGS=… FUNC=Receive
 *     {
 *     name, ItemString -- 10
 *     status, ItemNTSTATUS -- 11
 *     }
 *
 * Arguments count from 10. */
#include "etl_schema.h"

#include "limits.h"
#include "vec.h"

typedef struct reader {
    apd_schemas *pool;
    uint8_t guid[16];
    apd_sym component;
    bool has_guid;
    uint32_t number; /* of the message whose arguments come */
    etl_schema *message;
    APD_VEC(etl_prop) props;
    bool broken;
    size_t learnt;
} reader;

typedef struct item {
    const char *name;
    uint8_t in, show;
} item;

static const item items[] = {
    {"ItemLong", ETL_IN_I32, ETL_SHOW_PLAIN},
    {"ItemULong", ETL_IN_U32, ETL_SHOW_PLAIN},
    {"ItemULongX", ETL_IN_HEX32, ETL_SHOW_PLAIN},
    {"ItemLongX", ETL_IN_HEX32, ETL_SHOW_PLAIN},
    {"ItemLongO", ETL_IN_U32, ETL_SHOW_PLAIN},
    {"ItemShort", ETL_IN_I16, ETL_SHOW_PLAIN},
    {"ItemUShort", ETL_IN_U16, ETL_SHOW_PLAIN},
    {"ItemChar", ETL_IN_I8, ETL_SHOW_PLAIN},
    {"ItemUChar", ETL_IN_U8, ETL_SHOW_PLAIN},
    {"ItemCharSign", ETL_IN_I8, ETL_SHOW_PLAIN},
    {"ItemCharShort", ETL_IN_I8, ETL_SHOW_PLAIN},
    {"ItemLongLong", ETL_IN_I64, ETL_SHOW_PLAIN},
    {"ItemULongLong", ETL_IN_U64, ETL_SHOW_PLAIN},
    {"ItemLongLongX", ETL_IN_HEX64, ETL_SHOW_PLAIN},
    {"ItemLongLongXX", ETL_IN_HEX64, ETL_SHOW_PLAIN},
    {"ItemLongLongO", ETL_IN_U64, ETL_SHOW_PLAIN},
    {"ItemHRESULT", ETL_IN_HEX32, ETL_SHOW_PLAIN},
    {"ItemNTSTATUS", ETL_IN_HEX32, ETL_SHOW_PLAIN},
    {"ItemNTerror", ETL_IN_HEX32, ETL_SHOW_PLAIN},
    {"ItemMerror", ETL_IN_HEX32, ETL_SHOW_PLAIN},
    {"ItemWINERROR", ETL_IN_U32, ETL_SHOW_PLAIN},
    {"ItemPtr", ETL_IN_POINTER, ETL_SHOW_PLAIN},
    {"ItemDouble", ETL_IN_DOUBLE, ETL_SHOW_PLAIN},
    {"ItemGuid", ETL_IN_GUID, ETL_SHOW_PLAIN},
    {"ItemCLSID", ETL_IN_GUID, ETL_SHOW_PLAIN},
    {"ItemIID", ETL_IN_GUID, ETL_SHOW_PLAIN},
    {"ItemLIBID", ETL_IN_GUID, ETL_SHOW_PLAIN},
    {"ItemString", ETL_IN_ANSI, ETL_SHOW_PLAIN},
    {"ItemRString", ETL_IN_ANSI, ETL_SHOW_PLAIN},
    {"ItemWString", ETL_IN_UTF16, ETL_SHOW_PLAIN},
    {"ItemRWString", ETL_IN_UTF16, ETL_SHOW_PLAIN},
    {"ItemPString", ETL_IN_COUNTED_ANSI, ETL_SHOW_PLAIN},
    {"ItemPWString", ETL_IN_COUNTED_UTF16, ETL_SHOW_PLAIN},
    {"ItemHEXDump", ETL_IN_COUNTED_BINARY, ETL_SHOW_PLAIN},
    {"ItemSid", ETL_IN_SID, ETL_SHOW_PLAIN},
    {"ItemTimestamp", ETL_IN_FILETIME, ETL_SHOW_PLAIN},
    {"ItemTimeDelta", ETL_IN_I64, ETL_SHOW_PLAIN},
    {"ItemIPAddr", ETL_IN_U32, ETL_SHOW_IPV4},
    {"ItemPort", ETL_IN_U16, ETL_SHOW_PORT},
    {"ItemListLong", ETL_IN_U32, ETL_SHOW_PLAIN},
    {"ItemListShort", ETL_IN_U16, ETL_SHOW_PLAIN},
    {"ItemListByte", ETL_IN_U8, ETL_SHOW_PLAIN},
    {"ItemSetLong", ETL_IN_U32, ETL_SHOW_PLAIN},
    {"ItemSetShort", ETL_IN_U16, ETL_SHOW_PLAIN},
    {"ItemSetByte", ETL_IN_U8, ETL_SHOW_PLAIN},
    {"ItemEnum", ETL_IN_U32, ETL_SHOW_PLAIN},
};

static const item *item_named(apd_str name)
{
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        if (apd_eq(name, apd_str_of(items[i].name)))
            return &items[i];
    return NULL;
}

/* "Low,High": values 0, 1, …; of a set they are bits. Kept under the list's own text. */
static apd_sym learn_list(reader *r, apd_str type, apd_str list)
{
    bool set = apd_starts(type, APD_LIT("ItemSet"));
    apd_arena *a = etl_pool_arena(r->pool);
    apd_str whole = apd_printf_a(a, "%.*s(%.*s)", APD_FMT(type),
                                 (int)(list.len < 900 ? list.len : 900), list.ptr);
    apd_sym name = apd_intern_add(etl_pool_names(r->pool), whole);
    APD_VEC(struct etl_map_entry) at = {0};
    for (uint32_t i = 0; name && list.len && i < (set ? 32 : UINT16_MAX); i++) {
        struct etl_map_entry e = {set ? UINT32_C(1) << i : i, apd_trim(apd_cut(&list, ','))};
        e.text = apd_strdup_a(a, e.text);
        if (!e.text.ptr || !APD_PUSH(a, at, e))
            return 0;
    }
    etl_map *m = name ? APD_NEW(a, etl_map) : NULL;
    if (!m)
        return 0;
    *m = (etl_map){.bits = set, .n = (uint32_t)at.n, .at = at.at};
    return etl_pool_put(r->pool, ETL_KEPT_MAP, r->guid, name, m) ? name : 0;
}

/* "status, ItemNTSTATUS -- 11" */
static void argument(reader *r, apd_str line)
{
    size_t type_at = SIZE_MAX; /* the name may be an expression with commas */
    for (size_t from = 0, at;
         (at = apd_find(apd_sub(line, from, line.len), APD_LIT(", Item"))) != SIZE_MAX;
         from = type_at)
        type_at = from + at + 2;
    if (type_at == SIZE_MAX || r->props.n >= 256) {
        r->broken = true;
        return;
    }
    apd_str name = apd_trim(apd_sub(line, 0, type_at - 2)), rest = apd_sub(line, type_at, line.len);
    size_t dashes = apd_find(rest, APD_LIT("--"));
    apd_str type = apd_trim(apd_sub(rest, 0, dashes)), list = APD_LIT("");
    size_t open = apd_find(type, APD_LIT("("));
    if (open != SIZE_MAX) {
        list = apd_sub(type, open + 1, type.len - open - 2);
        type = apd_sub(type, 0, open);
    }
    const item *it = item_named(type);
    etl_prop p = {.name = apd_intern_add(etl_pool_names(r->pool), name),
                  .next = (uint16_t)(r->props.n + 1)};
    if (!it || !p.name) {
        r->broken = true;
        return;
    }
    p.in = it->in;
    p.show = it->show;
    if (list.len && !apd_eq(type, APD_LIT("ItemEnum"))) {
        p.map = learn_list(r, type, list);
        apd_str text =
            apd_printf_a(etl_pool_arena(r->pool), "%.*s.text", APD_FMT(apd_sub(name, 0, 900)));
        p.map_text = p.map ? apd_intern_add(etl_pool_names(r->pool), text) : 0;
    }
    r->broken |= !APD_PUSH(etl_pool_arena(r->pool), r->props, p);
}

/* The arguments are complete. */
static void keep(reader *r)
{
    if (!r->message || r->broken)
        return;
    uint16_t n = (uint16_t)r->props.n;
    r->message->layout = etl_layout_of(r->props.at, n, n);
    r->learnt += etl_pool_put(r->pool, ETL_KEPT_MESSAGE, r->guid, r->number, r->message);
    r->message = NULL;
}

/* FUNC=Receive */
static apd_sym function_of(reader *r, apd_str behind)
{
    size_t at = apd_find(behind, APD_LIT("FUNC="));
    if (at == SIZE_MAX)
        return 0;
    apd_str name = apd_trim(apd_sub(behind, at + 5, behind.len));
    name = apd_cut(&name, ' ');
    return name.len ? apd_intern_add(etl_pool_names(r->pool), name) : 0;
}

/* #typev file_line number "text" // … */
static void begin_message(reader *r, apd_str line)
{
    uint64_t number;
    bool negative;
    r->message = NULL;
    r->props.at = NULL; /* those of the last message are in use */
    r->props.n = r->props.cap = 0;
    r->broken = false;
    (void)apd_cut(&line, ' ');
    (void)apd_cut(&line, ' ');
    if (!r->has_guid || !apd_parse_int(apd_cut(&line, ' '), &number, &negative) || negative ||
        number > UINT16_MAX)
        return;
    size_t end = line.len;
    while (end && line.ptr[end - 1] != '"')
        end--;
    if (end < 2 || line.ptr[0] != '"')
        return;
    etl_schema *m = APD_NEW(etl_pool_arena(r->pool), etl_schema);
    apd_str text = apd_strdup_a(etl_pool_arena(r->pool), apd_sub(line, 1, end - 2));
    if (!m || !text.ptr)
        return;
    *m = (etl_schema){.message = text, .tmf = true, .provider = r->component};
    m->event = function_of(r, apd_sub(line, end, line.len));
    r->number = (uint32_t)number;
    r->message = m;
}

static void take_line(reader *r, apd_str line, bool *inside)
{
    uint8_t guid[16];
    if (*inside) {
        if (line.ptr[0] == '}') {
            *inside = false;
            keep(r);
        } else {
            argument(r, line);
        }
    } else if (line.ptr[0] == '{') {
        *inside = true;
    } else if (apd_starts(line, APD_LIT("#type"))) {
        keep(r); /* one without arguments may have no braces */
        begin_message(r, line);
    } else if (apd_parse_guid(apd_sub(line, 0, 36), guid)) {
        keep(r);
        memcpy(r->guid, guid, sizeof guid);
        apd_str name = apd_trim(apd_sub(line, 36, line.len));
        r->component = apd_intern_add(etl_pool_names(r->pool), apd_cut(&name, ' '));
        r->has_guid = true;
    }
}

size_t apd_schemas_tmf(apd_schemas *s, apd_str text)
{
    reader r = {.pool = s};
    bool inside = false;
    while (text.len) {
        apd_str line = apd_trim(apd_cut(&text, '\n'));
        if (line.len)
            take_line(&r, line, &inside);
    }
    keep(&r);
    return r.learnt;
}
