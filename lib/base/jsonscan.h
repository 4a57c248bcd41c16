/* JSON looked through where it lies, without taking it apart: elements of an array, members of an object, as views of
 * the text. For lists of many kilobytes of which a few members are wanted; jsondoc.h reads a document for good. Text
 * that is no JSON gives an early end, never a read beyond it. */
#ifndef APD_JSONSCAN_H
#define APD_JSONSCAN_H

#include "bytes.h"

typedef struct apd_json_pair {
    apd_str name;  /* without quotes */
    apd_str value; /* as it is written, a string with its quotes */
} apd_json_pair;   /* escapes stand as they are in both */

/* Takes the next element off the front of an array: *rest begins at its '[', later behind the last element. Of an
 * object its first members come along: *n of them, at most `room`. False at the array's end, and where the text
 * breaks off. */
bool apd_json_next(apd_str *rest, apd_str *element, apd_json_pair *members, size_t room, size_t *n);
/* Takes the next member off the front of an object, in the same way. */
bool apd_json_member(apd_str *rest, apd_json_pair *member);

#endif
