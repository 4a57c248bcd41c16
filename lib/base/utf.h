/* Text encodings: UTF-16LE (what Windows writes) to UTF-8, and checks of UTF-8.
 *
 * Lone surrogates become U+FFFD, so the result is always valid UTF-8. */
#ifndef APD_UTF_H
#define APD_UTF_H

#include "arena.h"

/* Bytes of UTF-8 that `utf16` (an odd last byte is ignored) turns into. */
size_t apd_utf16_utf8_len(apd_bytes utf16);
/* Writes exactly that many bytes to dst. Returns the count. */
size_t apd_utf16_to_utf8(apd_bytes utf16, char *dst);
/* The same into an arena; {NULL, 0} when out of memory. */
apd_str apd_utf16_dup(apd_arena *a, apd_bytes utf16);
/* Cuts trailing NUL units. */
apd_bytes apd_utf16_trim(apd_bytes utf16);
/* True if the UTF-16LE text equals / contains the ASCII text, ASCII case ignored when `fold`.
 * Lets a rule's literal be compared without converting the value. */
bool apd_utf16_eq_ascii(apd_bytes utf16, apd_str ascii, bool fold);
bool apd_utf16_find_ascii(apd_bytes utf16, apd_str ascii, bool fold);

/* The character that a byte is in Windows code page 1252; U+FFFD for the five it does not have. */
uint32_t apd_cp1252(uint8_t c);

/* Length of the valid UTF-8 sequence at s (1..4), or 0 if the bytes there are not one. */
size_t apd_utf8_step(apd_str s, uint32_t *codepoint);
bool apd_utf8_valid(apd_str s);
/* Writes cp (any value; bad ones as U+FFFD) and returns 1..4. */
size_t apd_utf8_put(uint32_t cp, char dst[4]);

#endif
