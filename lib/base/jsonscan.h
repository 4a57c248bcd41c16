/* JSON looked through where it lies, without taking it apart: elements of an array, members of an object, as views of
 * the text. For lists of many kilobytes of which a few members are wanted; jsondoc.h reads a document for good. Text
 * that is no JSON gives an early end, never a read beyond it. */
#ifndef APD_JSONSCAN_H
#define APD_JSONSCAN_H

#include "bytes.h"

/* Takes the next element off the front of an array: *rest begins at its '[', later behind the last element. False at
 * its end, and where the text breaks off. */
bool apd_json_next(apd_str *rest, apd_str *element);
/* The same for the next member of an object: its name without quotes, its value as it is written (a string with its
 * quotes). Escapes stand as they are in both. */
bool apd_json_member(apd_str *rest, apd_str *name, apd_str *value);

#endif
