/* JSON documents that we read: strict, limited, looked up by dotted path. The only user of jansson.
 *
 * Documents are small (a profile, a value inside an event); APD_MAX_JSON and APD_MAX_JSON_DEPTH bound them.
 * Input may be UTF-8 (BOM allowed) or UTF-16LE with BOM. Results are copied into the arena. */
#ifndef APD_JSONDOC_H
#define APD_JSONDOC_H

#include "arena.h"

typedef struct apd_json apd_json;

typedef enum apd_json_type {
    APD_JSON_NULL,
    APD_JSON_BOOL,
    APD_JSON_INT,
    APD_JSON_REAL,
    APD_JSON_STRING,
    APD_JSON_OBJECT,
    APD_JSON_ARRAY
} apd_json_type;

/* The error names line and column. The document must be freed with apd_json_free. */
apd_status apd_json_parse(apd_bytes text, apd_json **out, apd_error *err) APD_MUST_USE;
void apd_json_free(apd_json *doc);

typedef struct apd_json_value {
    apd_json_type type;
    int64_t i;    /* BOOL (0/1), INT */
    double real;  /* REAL */
    apd_str text; /* STRING; OBJECT/ARRAY: their JSON text; REAL: its text */
} apd_json_value;

/* Dotted path ("a.b.0.c", array elements by index), names compared exactly, then ignoring ASCII case. A STRING on the way that itself holds a JSON object is unwrapped once per step (Windows encodes twice). False if absent. */
bool apd_json_get(const apd_json *doc, apd_str path, apd_arena *a, apd_json_value *out);

/* Number of elements of the array at a dotted path ("" = the document), 0 if there is none. */
size_t apd_json_count(const apd_json *doc, apd_str path);

/* Calls each() for every leaf, depth first, with its dotted path. Stops when each() is false.
 * Empty objects and arrays are leaves too. Views are valid during the call only. */
void apd_json_walk(const apd_json *doc, apd_arena *scratch,
                   bool (*each)(void *ctx, apd_str path, const apd_json_value *v), void *ctx);

#endif
