/* One typed value of a record as a field, without copying it where its bytes can be shown as they
 * are. A value whose size does not agree with its type is kept as plain bytes. */
#ifndef APD_EVTX_VALUE_H
#define APD_EVTX_VALUE_H

#include "event.h"

typedef enum evtx_type {
    EVTX_T_NULL = 0x00,
    EVTX_T_STRING = 0x01,
    EVTX_T_ANSI = 0x02,
    EVTX_T_I8 = 0x03,
    EVTX_T_U8 = 0x04,
    EVTX_T_I16 = 0x05,
    EVTX_T_U16 = 0x06,
    EVTX_T_I32 = 0x07,
    EVTX_T_U32 = 0x08,
    EVTX_T_I64 = 0x09,
    EVTX_T_U64 = 0x0a,
    EVTX_T_FLOAT = 0x0b,
    EVTX_T_DOUBLE = 0x0c,
    EVTX_T_BOOL = 0x0d,
    EVTX_T_BINARY = 0x0e,
    EVTX_T_GUID = 0x0f,
    EVTX_T_SIZE = 0x10,
    EVTX_T_FILETIME = 0x11,
    EVTX_T_SYSTEMTIME = 0x12,
    EVTX_T_SID = 0x13,
    EVTX_T_HEX32 = 0x14,
    EVTX_T_HEX64 = 0x15,
    EVTX_T_BINXML = 0x21,
    EVTX_T_ARRAY = 0x80 /* flag */
} evtx_type;

/* Fits into two registers: values are handed on by the million. */
typedef struct evtx_value {
    const uint8_t *ptr;
    uint32_t len;
    uint8_t type;
} evtx_value;

static inline apd_bytes evtx_raw(evtx_value v)
{
    return (apd_bytes){v.ptr, v.len};
}

static inline evtx_value evtx_text(apd_bytes utf16)
{
    return (evtx_value){utf16.ptr, (uint32_t)utf16.len, EVTX_T_STRING};
}

/* Sets type and value of f; false when out of memory. Not for arrays and BinXML, which have no
 * single field. ANSI texts outside ASCII are converted into the arena. */
bool evtx_value_field(evtx_value v, apd_arena *a, apd_field *f);
/* The next item of an array value; false at its end. v shrinks to what is left. */
bool evtx_value_item(evtx_value *array, evtx_value *item);
/* A number, also written as text (as in records without template). */
bool evtx_value_number(evtx_value v, uint64_t *out);
/* A FILETIME, SYSTEMTIME or ISO text. */
bool evtx_value_time(evtx_value v, apd_time *out);

#endif
