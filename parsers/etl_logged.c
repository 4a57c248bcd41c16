/* Descriptions out of event logs: the template of a log names the values of a payload and gives their types, but not how
 * long bytes are nor how many elements an array has. In manifests that stands in a number in front of them, as a
 * rule right in front, so that is what it is taken for; whether it holds shows when a payload is cut by it
 * (etl_decode.c). */
#include "etl_schema.h"
#include "limits.h"

static bool is_count(const etl_prop *p)
{
    bool number = (p->in >= ETL_IN_I8 && p->in <= ETL_IN_U64) || p->in == ETL_IN_HEX32 ||
                  p->in == ETL_IN_HEX64;
    return number && p->count_by == ETL_BY_NONE;
}

static bool read_value(apd_schemas *s, const apd_shape_value *v, etl_prop *props, uint16_t i)
{
    etl_prop *p = &props[i];
    *p = (etl_prop){
        .name = v->name, .in = v->type & ~APD_SHAPE_ARRAY & 0xff, .next = (uint16_t)(i + 1)};
    bool array = v->type & APD_SHAPE_ARRAY, bytes = p->in == ETL_IN_BINARY;
    if (p->in == ETL_IN_NONE || p->in > ETL_IN_HEX64 || (array && bytes))
        return false;
    if ((p->in == ETL_IN_I32 || p->in == ETL_IN_U32) &&
        etl_is_hresult_name(apd_sym_text(etl_pool_names(s), p->name)))
        p->show = ETL_SHOW_HEX;
    if (!array && !bytes)
        return true;
    if (i == 0 || !is_count(&props[i - 1]))
        return false;
    *(array ? &p->count_by : &p->length_by) = ETL_BY_PROPERTY;
    *(array ? &p->count : &p->length) = (uint16_t)(i - 1);
    return true;
}

static bool read_layout(apd_schemas *s, const apd_shape *of, etl_layout *out)
{
    if (of->n > APD_MAX_FIELDS)
        return false;
    etl_prop *props = APD_NEWS(etl_pool_arena(s), etl_prop, of->n);
    if (!props)
        return false;
    for (uint16_t i = 0; i < of->n; i++)
        if (!read_value(s, &of->values[i], props, i))
            return false;
    *out = etl_layout_of(props, (uint16_t)of->n, (uint16_t)of->n);
    return true;
}

static uint32_t key_of(const apd_shape *of)
{
    return (uint32_t)of->id << 8 | of->version;
}

static bool wants(void *pool, const apd_shape *of)
{
    return !etl_pool_has(pool, ETL_KEPT_LOGGED, of->guid, key_of(of));
}

static void take(void *pool, const apd_shape *of)
{
    apd_arena *a = etl_pool_arena(pool);
    apd_mark mark = apd_arena_mark(a);
    etl_schema *e = APD_NEW(a, etl_schema);
    apd_sym *name = APD_NEW(a, apd_sym);
    if (!e || !name || !read_layout(pool, of, &e->layout)) {
        apd_arena_rewind(a, mark);
        return;
    }
    *name = of->provider;
    (void)etl_pool_put(pool, ETL_KEPT_LOGGED, of->guid, key_of(of), e);
    if (of->provider && !etl_pool_has(pool, ETL_KEPT_LOGGER, of->guid, 0))
        (void)etl_pool_put(pool, ETL_KEPT_LOGGER, of->guid, 0, name);
}

apd_shape_sink apd_schemas_shapes(apd_schemas *s)
{
    return (apd_shape_sink){s, wants, take};
}
