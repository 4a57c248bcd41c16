/* What an event log's templates tell of the payloads its events came with: the name and type of each value, in the
 * order in which the provider wrote them. A trace that does not describe its events is read by that. */
#ifndef APD_SHAPE_H
#define APD_SHAPE_H

#include "intern.h"

#define APD_SHAPE_ARRAY 0x80u

typedef struct apd_shape_value {
    apd_sym name;
    uint8_t
        type; /* as [MS-EVEN6] 2.2.12 numbers the values of BinXML, up to 0x15 like the in types of tdh.h;
                     APD_SHAPE_ARRAY is a flag */
} apd_shape_value;

typedef struct apd_shape {
    const uint8_t *guid; /* of the provider: 16 bytes */
    apd_sym provider;    /* its name */
    uint16_t id;
    uint8_t version;
    const apd_shape_value *values;
    uint32_t n;
} apd_shape;

/* Who wants to know. All views are valid during the call. */
typedef struct apd_shape_sink {
    void *ctx;
    bool (*wants)(void *ctx,
                  const apd_shape *of); /* values are not told yet: is it worth looking for them? */
    void (*take)(void *ctx, const apd_shape *s);
} apd_shape_sink;

#endif
