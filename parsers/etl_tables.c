#include "etl_tables.h"

#include "etl_schema.h"

static bool number(apd_str text, uint32_t most, uint32_t *out)
{
    uint64_t n;
    bool negative;
    if (!apd_parse_int(apd_trim(text), &n, &negative) || negative || n > most)
        return false;
    *out = (uint32_t)n;
    return true;
}

/* "2", "2-4", "*" */
static bool versions(apd_str text, uint32_t *from, uint32_t *to)
{
    text = apd_trim(text);
    if (apd_eq(text, APD_LIT("*"))) {
        *from = *to = ETL_ANY_VERSION;
        return true;
    }
    apd_str first = apd_cut(&text, '-');
    if (!number(first, ETL_ANY_VERSION - 1, from))
        return false;
    *to = *from;
    return text.len == 0 || (number(text, ETL_ANY_VERSION - 1, to) && *to >= *from);
}

static etl_schema *schema(apd_schemas *s, apd_str fields)
{
    etl_schema *e = APD_NEW(etl_pool_arena(s), etl_schema);
    if (!e || !etl_layout_parse(etl_pool_arena(s), etl_pool_names(s), apd_trim(fields), &e->layout))
        return NULL;
    e->shipped = true;
    return e;
}

/* guid, name */
static bool provider_row(apd_schemas *s, apd_str row)
{
    uint8_t guid[16];
    if (!apd_parse_guid(apd_cut(&row, '\t'), guid) || apd_trim(row).len == 0)
        return false;
    etl_pool_name_provider(s, guid, apd_trim(row));
    return true;
}

/* guid, group, name (for people) */
static bool class_row(apd_schemas *s, apd_str row)
{
    uint8_t guid[16];
    uint32_t group;
    if (!apd_parse_guid(apd_cut(&row, '\t'), guid) ||
        !number(apd_cut(&row, '\t'), UINT8_MAX, &group))
        return false;
    uint8_t *kept = APD_NEW(etl_pool_arena(s), uint8_t);
    if (!kept)
        return false;
    *kept = (uint8_t)group;
    return etl_pool_put(s, ETL_KEPT_CLASS, guid, 0, kept);
}

/* An event of a version nobody described still has its name. */
static bool name_kernel(apd_schemas *s, uint32_t key, apd_sym event)
{
    if (etl_pool_get(s, ETL_KEPT_KERNEL, NULL, key << 8 | ETL_ANY_VERSION))
        return true;
    etl_schema *e = APD_NEW(etl_pool_arena(s), etl_schema);
    if (!e)
        return false;
    *e = (etl_schema){.event = event, .named_only = true};
    return etl_pool_put(s, ETL_KEPT_KERNEL, NULL, key << 8 | ETL_ANY_VERSION, e);
}

/* group, type, event, versions, fields; the last two may be missing */
static bool kernel_row(apd_schemas *s, apd_str row)
{
    uint32_t group, type, from, to;
    if (!number(apd_cut(&row, '\t'), UINT8_MAX, &group) ||
        !number(apd_cut(&row, '\t'), UINT8_MAX, &type))
        return false;
    apd_sym event = apd_intern_add(etl_pool_names(s), apd_trim(apd_cut(&row, '\t')));
    uint32_t key = group << 8 | type;
    if (!event || apd_trim(row).len == 0)
        return event && name_kernel(s, key, event);
    if (!versions(apd_cut(&row, '\t'), &from, &to))
        return false;
    etl_schema *e = schema(s, row);
    if (!e)
        return false;
    e->event = event;
    for (uint32_t v = from; v <= to; v++)
        if (!etl_pool_put(s, ETL_KEPT_KERNEL, NULL, key << 8 | v, e))
            return false;
    return name_kernel(s, key, event);
}

/* guid, id, versions, fields */
static bool fields_row(apd_schemas *s, apd_str row)
{
    uint8_t guid[16];
    uint32_t id, from, to;
    if (!apd_parse_guid(apd_cut(&row, '\t'), guid) ||
        !number(apd_cut(&row, '\t'), UINT16_MAX, &id) || !versions(apd_cut(&row, '\t'), &from, &to))
        return false;
    etl_schema *e = schema(s, row);
    for (uint32_t v = from; e && v <= to; v++)
        if (!etl_pool_put(s, ETL_KEPT_EVENT, guid, id << 8 | v, e))
            return false;
    return e != NULL;
}

bool etl_table_row(apd_schemas *s, apd_str table, apd_str row)
{
    if (apd_eq(table, APD_LIT("providers.tsv")))
        return provider_row(s, row);
    if (apd_eq(table, APD_LIT("classes.tsv")))
        return class_row(s, row);
    if (apd_eq(table, APD_LIT("kernel.tsv")))
        return kernel_row(s, row);
    return apd_eq(table, APD_LIT("fields.tsv")) && fields_row(s, row);
}

void etl_table_read(apd_schemas *s, const etl_table *t)
{
    apd_str text = t->text;
    while (text.len) {
        apd_str line = apd_cut(&text, '\n');
        if (apd_trim(line).len && line.ptr[0] != '#')
            (void)etl_table_row(s, t->name, line);
    }
}
