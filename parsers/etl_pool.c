/* One open-addressing table for everything that is kept, keyed by what it is, a GUID and a number. Things lie in an
 * arena with a limit; when it is full, nothing more is learnt and lookups go on. */
#include "etl_pool.h"

#include <stdlib.h>

#include "etl_schema.h"
#include "etl_tables.h"
#include "hash.h"
#include "limits.h"
#include "vec.h"

enum { FIRST_SLOTS = 256 };

typedef struct slot {
    uint8_t guid[16];
    uint32_t key;
    uint32_t kind; /* ETL_KEPT_NONE = free */
    uint64_t sum;  /* of the bytes it was learnt from */
    const void *thing;
} slot;

struct apd_schemas {
    apd_arena *arena;
    apd_intern *names;
    slot *slots; /* a power of two of them, at most half full */
    size_t nslots, n;
    APD_VEC(etl_table) tables;
    size_t read; /* of them */
};

apd_schemas *apd_schemas_new(apd_intern *names)
{
    apd_schemas *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->names = names;
    s->arena = apd_arena_new(APD_ETL_POOL_MEMORY);
    s->nslots = FIRST_SLOTS;
    s->slots = s->arena ? APD_NEWS(s->arena, slot, s->nslots) : NULL;
    if (!s->slots) {
        apd_schemas_free(s);
        return NULL;
    }
    return s;
}

void apd_schemas_free(apd_schemas *s)
{
    if (!s)
        return;
    apd_arena_free(s->arena);
    free(s);
}

bool apd_schemas_table(apd_schemas *s, apd_str name, apd_str text)
{
    return APD_PUSH(s->arena, s->tables, ((etl_table){name, text}));
}

apd_arena *etl_pool_arena(apd_schemas *s)
{
    return s->arena;
}

apd_intern *etl_pool_names(apd_schemas *s)
{
    return s->names;
}

/* --- the table --- */

static slot *find(const apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key)
{
    static const uint8_t no_guid[16] = {0};
    const uint8_t *g = guid ? guid : no_guid;
    uint64_t h =
        apd_hash_u64(apd_u64le(g) ^ apd_hash_u64(apd_u64le(g + 8) + ((uint64_t)key << 8 | kind)));
    for (size_t i = h & (s->nslots - 1);; i = (i + 1) & (s->nslots - 1)) {
        slot *at = &s->slots[i];
        if (at->kind == ETL_KEPT_NONE)
            return at;
        if (at->kind == (uint32_t)kind && at->key == key && memcmp(at->guid, g, 16) == 0)
            return at;
    }
}

static bool widen(apd_schemas *s)
{
    apd_schemas wider = *s;
    wider.nslots = 2 * s->nslots;
    wider.slots = APD_NEWS(s->arena, slot, wider.nslots);
    if (!wider.slots)
        return false;
    for (size_t i = 0; i < s->nslots; i++)
        if (s->slots[i].kind != ETL_KEPT_NONE)
            *find(&wider, (etl_kept)s->slots[i].kind, s->slots[i].guid, s->slots[i].key) =
                s->slots[i];
    *s = wider;
    return true;
}

static slot *claim(apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key)
{
    slot *at = find(s, kind, guid, key);
    if (at->kind != ETL_KEPT_NONE)
        return at;
    if (2 * (s->n + 1) > s->nslots && !widen(s))
        return NULL;
    at = find(s, kind, guid, key);
    *at = (slot){.kind = (uint32_t)kind, .key = key};
    if (guid)
        memcpy(at->guid, guid, 16);
    s->n++;
    return at;
}

/* The tables are read by whoever asks first: most bundles have no trace. What a file tells comes after
 * that, so that it wins. */
static void read_tables(apd_schemas *s)
{
    size_t from = s->read;
    s->read = s->tables.n; /* reading looks things up, too */
    for (size_t i = from; i < s->tables.n; i++)
        etl_table_read(s, &s->tables.at[i]);
}

bool etl_pool_has(const apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key)
{
    return find(s, kind, guid, key)->thing != NULL;
}

const void *etl_pool_get(apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key)
{
    if (s->read < s->tables.n)
        read_tables(s);
    return find(s, kind, guid, key)->thing;
}

bool etl_pool_put(apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key,
                  const void *thing)
{
    slot *at = claim(s, kind, guid, key);
    if (!at)
        return false;
    at->thing = thing;
    return true;
}

bool etl_pool_knows(apd_schemas *s, etl_kept kind, const uint8_t *guid, uint32_t key,
                    apd_bytes from)
{
    if (s->read < s->tables.n)
        read_tables(s);
    uint64_t sum = apd_hash(apd_bytes_str(from)) | 1;
    slot *at = claim(s, kind, guid, key);
    if (!at)
        return true; /* there is no room for another */
    bool known = at->sum == sum;
    at->sum = sum;
    return known;
}

/* --- what is asked --- */

apd_sym etl_pool_provider(apd_schemas *s, const uint8_t *guid)
{
    const apd_sym *name = etl_pool_get(s, ETL_KEPT_PROVIDER, guid, 0);
    if (!name)
        name = etl_pool_get(s, ETL_KEPT_LOGGER, guid, 0);
    return name ? *name : 0;
}

void etl_pool_name_provider(apd_schemas *s, const uint8_t *guid, apd_str name)
{
    apd_sym sym = name.len ? apd_intern_add(s->names, name) : 0;
    if (!sym || etl_pool_provider(s, guid) == sym)
        return;
    apd_sym *kept = APD_NEW(s->arena, apd_sym);
    if (!kept)
        return;
    *kept = sym;
    (void)etl_pool_put(s, ETL_KEPT_PROVIDER, guid, 0, kept);
}

static const etl_schema *of_version(apd_schemas *s, etl_kept kind, const uint8_t *guid,
                                    uint32_t key, uint8_t version)
{
    const etl_schema *found = etl_pool_get(s, kind, guid, key << 8 | version);
    return found ? found : etl_pool_get(s, kind, guid, key << 8 | ETL_ANY_VERSION);
}

const etl_schema *etl_pool_kernel(apd_schemas *s, uint8_t group, uint8_t type, uint8_t version)
{
    return of_version(s, ETL_KEPT_KERNEL, NULL, (uint32_t)group << 8 | type, version);
}

const etl_schema *etl_pool_event(apd_schemas *s, const uint8_t *guid, uint16_t id, uint8_t version)
{
    return of_version(s, ETL_KEPT_EVENT, guid, id, version);
}
