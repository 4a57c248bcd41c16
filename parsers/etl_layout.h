/* How the bytes of a payload are cut into fields: the one form that TraceLogging schemas, TRACE_EVENT_INFO,
 * EventSource manifests and our tables are all turned into, and the walk that applies it.
 *
 * In types are TDH's (tdh.h), which TraceLogging shares. The out types of the two differ, so they become an
 * etl_show. Private to the ETL parser. */
#ifndef APD_ETL_LAYOUT_H
#define APD_ETL_LAYOUT_H

#include "event.h"

enum etl_in {
    ETL_IN_NONE,
    ETL_IN_UTF16,
    ETL_IN_ANSI,
    ETL_IN_I8,
    ETL_IN_U8,
    ETL_IN_I16,
    ETL_IN_U16,
    ETL_IN_I32,
    ETL_IN_U32,
    ETL_IN_I64,
    ETL_IN_U64,
    ETL_IN_FLOAT,
    ETL_IN_DOUBLE,
    ETL_IN_BOOL32,
    ETL_IN_BINARY,
    ETL_IN_GUID,
    ETL_IN_POINTER,
    ETL_IN_FILETIME,
    ETL_IN_SYSTEMTIME,
    ETL_IN_SID,
    ETL_IN_HEX32,
    ETL_IN_HEX64,
    ETL_IN_COUNTED_UTF16, /* u16 bytes in front */
    ETL_IN_COUNTED_ANSI,
    ETL_IN_STRUCT,
    ETL_IN_COUNTED_BINARY,
    ETL_IN_MOF = 32, /* TDH 300..310 follow from here */
    ETL_IN_MOF_UTF16 = ETL_IN_MOF,
    ETL_IN_MOF_ANSI,
    ETL_IN_MOF_REVERSED_UTF16, /* the count is big-endian */
    ETL_IN_MOF_REVERSED_ANSI,
    ETL_IN_MOF_REST_UTF16, /* up to the end of the payload */
    ETL_IN_MOF_REST_ANSI,
    ETL_IN_MOF_CHAR16,
    ETL_IN_MOF_CHAR8,
    ETL_IN_MOF_SIZE,
    ETL_IN_MOF_HEXDUMP, /* u32 bytes in front */
    ETL_IN_WBEM_SID     /* a TOKEN_USER in front of the SID, or a u32 of 0 */
};

typedef enum etl_show {
    ETL_SHOW_PLAIN,
    ETL_SHOW_TEXT, /* numbers that are characters */
    ETL_SHOW_UTF8, /* bytes of an ANSI text are UTF-8 */
    ETL_SHOW_BOOL,
    ETL_SHOW_HEX,
    ETL_SHOW_SIGNED,
    ETL_SHOW_UNSIGNED,
    ETL_SHOW_PORT, /* big-endian */
    ETL_SHOW_IPV4,
    ETL_SHOW_IPV6,
    ETL_SHOW_SOCKADDR,
    ETL_SHOW_TIME,    /* a FILETIME in an integer */
    ETL_SHOW_TIME_UTC /* a SYSTEMTIME of known zone */
} etl_show;

/* Where a count (of array elements) or a length (of a text or bytes) comes from. */
typedef enum etl_by {
    ETL_BY_NONE,     /* no array; the value's own length */
    ETL_BY_FIXED,    /* given */
    ETL_BY_PREFIX,   /* u16 in front of the value */
    ETL_BY_PROPERTY, /* the number that this earlier property had */
    ETL_BY_REST      /* as many as there are */
} etl_by;

typedef struct etl_prop {
    apd_sym name;     /* of members with the structs around them: "wilResult.hresult" */
    apd_sym map;      /* name of its value map, 0 without */
    apd_sym map_text; /* name of the further field with the map's text: "state.text" */
    uint8_t in, show, count_by, length_by;
    uint16_t count, length;  /* the number, or the index of the property */
    uint16_t next;           /* index of its next sibling */
    uint16_t first, members; /* of a struct: its first member, how many there are */
    /* made by etl_layout_of() */
    uint8_t
        number; /* apd_type of the field, where the value is a number and stays one; else APD_T_NONE */
    uint8_t size[2]; /* bytes of the number, where pointers have 8 bytes and where they have 4 */
    bool referred;   /* a count or length is the number that this property has */
} etl_prop;

typedef struct etl_layout {
    const etl_prop *props;
    uint16_t n;
    uint16_t top; /* top-level properties begin at 0 and lie below this index */
    bool refers;  /* some count or length comes from a property */
} etl_layout;

/* The layout of props that are complete; what their types say of each is worked out now, once. */
etl_layout etl_layout_of(etl_prop *props, uint16_t n, uint16_t top);

/* A map of numbers to texts. */
typedef struct etl_map {
    bool bits; /* entries are bits, any of which may be set */
    uint32_t n;
    const struct etl_map_entry {
        uint32_t value;
        apd_str text;
    } * at;
} etl_map;

typedef struct etl_walk {
    /* Set by the caller. */
    const etl_layout *layout;
    apd_bytes rest; /* the payload; afterwards what was left over */
    bool narrow;    /* pointers have 4 bytes */
    bool strict;    /* texts end in NUL, the last one too */
    apd_arena *arena;
    const etl_map *(*find_map)(const void *ctx, apd_sym map); /* may be NULL */
    const void *ctx;
    size_t expected; /* fields, for which room is made at first */
    /* Made on the way: the fields so far, which the caller may begin; room for them. */
    apd_field *fields;
    size_t nfields, cap;
    uint32_t *at;    /* not NULL: [top + 1] first field of each top-level property */
    uint64_t *value; /* numbers of the properties met, where the layout refers to them */
    uint32_t steps;
    const char *why;    /* not NULL: stopped early, in words that follow a subject */
    apd_sym why_at;     /* at this property */
    apd_status failure; /* APD_E_NOMEM */
} etl_walk;

/* False: stopped early, see why or failure; the fields before that are there. */
bool etl_walk_run(etl_walk *w);
/* Room for one more field behind the last one, whose number the caller then raises; NULL: there is none. */
apd_field *etl_walk_widen(etl_walk *w, apd_sym name);

static inline apd_field *etl_walk_room(etl_walk *w, apd_sym name)
{
    return w->nfields < w->cap ? &w->fields[w->nfields] : etl_walk_widen(w, name);
}

/* One value off the front of *rest (etl_value.c). length: SIZE_MAX, or characters of a text, bytes of others.
 * False: it ends too early. f->name is not touched. Texts that need conversion go to the arena. */
bool etl_value_take(apd_bytes *rest, const etl_prop *p, size_t length, bool narrow, apd_arena *a,
                    apd_field *f);
/* n elements as one field, where they are characters or bytes: false if the array has to be taken one by one. */
bool etl_value_is_text(const etl_prop *p);
bool etl_value_take_text(apd_bytes *rest, const etl_prop *p, size_t n, apd_arena *a, apd_field *f);
/* Works out number and size of a property; of a value that is one, the number itself (etl_prop.number). */
void etl_value_plan(etl_prop *p);
uint64_t etl_value_number(const uint8_t *at, size_t left, const etl_prop *p, size_t size);
/* The fewest bytes that a value of the type takes. */
size_t etl_value_least(const etl_prop *p, bool narrow);

/* Out types of TraceLogging and of manifests. */
etl_show etl_show_of_tracelogging(uint8_t out);
etl_show etl_show_of_manifest(uint16_t out);
/* TDH's number of an in type; ETL_IN_NONE for one that is not known. */
uint8_t etl_in_of_manifest(uint16_t in);
/* "UInt32", "win:UnicodeString": names that manifests and our tables use; ETL_IN_NONE if it is none. */
uint8_t etl_in_named(apd_str name);
/* "win:HResult", "xs:hexBinary", "port"; ETL_SHOW_PLAIN if it is none. */
etl_show etl_show_named(apd_str name);
/* Integers called like this hold an HRESULT, whatever their type says: they are shown in hex. */
bool etl_is_hresult_name(apd_str name);

/* "name:type[:shown], …" as our tables have it; `[]` behind a type is an array to the end of the payload, `[n]` one
 * of n. False: a word is wrong, or out of memory. */
bool etl_layout_parse(apd_arena *a, apd_intern *names, apd_str text, etl_layout *out);

#endif
