/* Typed values of event fields: from the text of a scenario to the bytes of EVTX, and back to text
 * for the lists that the checks compare with other readers. */
#ifndef MK_VALUE_H
#define MK_VALUE_H

#include "clock.h"
#include "out.h"

/* The numbers are those of the format. */
typedef enum mk_type {
    MK_NULL = 0x00,
    MK_STRING = 0x01,
    MK_ANSI = 0x02,
    MK_I8 = 0x03,
    MK_U8 = 0x04,
    MK_I16 = 0x05,
    MK_U16 = 0x06,
    MK_I32 = 0x07,
    MK_U32 = 0x08,
    MK_I64 = 0x09,
    MK_U64 = 0x0a,
    MK_BOOL = 0x0d,
    MK_BINARY = 0x0e,
    MK_GUID = 0x0f,
    MK_FILETIME = 0x11,
    MK_SYSTEMTIME = 0x12,
    MK_SID = 0x13,
    MK_HEX32 = 0x14,
    MK_HEX64 = 0x15,
    MK_BINXML = 0x21,
    MK_STRINGS = 0x81 /* array of texts, each with its NUL */
} mk_type;

/* False if there is no type of that name. */
bool mk_type_parse(apd_str name, mk_type *out);
const char *mk_type_name(mk_type t);
/* Appends the value; false if the text is not one of that type. An empty text is zero. */
bool mk_value_put(mk_out *o, mk_type t, apd_str text);

#endif
