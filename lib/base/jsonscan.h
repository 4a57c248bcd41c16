/* JSON looked through where it lies, without taking it apart: elements of an array, members of an object, as views of
 * the text. For lists of many kilobytes of which a few members are wanted; jsondoc.h reads a document for good. Text
 * that is no JSON gives an early end, never a read beyond it. */
#ifndef APD_JSONSCAN_H
#define APD_JSONSCAN_H

#include "bytes.h"

/* Takes the next element off the front of an array: *rest begins at its '[', later behind the last element. False at
 * its end, and where the text breaks off. */
bool apd_json_next(apd_str *rest, apd_str *element);
/* The value of a member of this object, as it is written (a string with its quotes). Names are compared without
 * regard to ASCII case; those written with escapes are not found. */
bool apd_json_member(apd_str object, apd_str name, apd_str *value);

#endif
